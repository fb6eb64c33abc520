// Two films side by side: one leads, the other follows it over what was found to lie beside each other.
import { timecode, typing } from "./api.js";
import { Player } from "./player.js";
import { Ribbons } from "./ribbons.js";
import { work } from "./work.js";

const page = document.getElementById("beside");
const films = JSON.parse(page.dataset.films), segments = JSON.parse(page.dataset.segments);
const boxes = [...document.querySelectorAll(".pair .player")];
const players = boxes.map((box, side) => new Player(films[side],
  { video: box.querySelector("video"), still: box.querySelector("img"), cannot: box.querySelector(".cannot") }));
const where = document.getElementById("where");
const SIDES = ["a", "b"];
/** Seconds that the follower may be off before it is sought, while it plays. */
const SLACK = 0.12;
let lead = 0, chosen = null;
const svg = document.getElementById("ribbons");
const ribbons = svg && new Ribbons(svg, films, segments, { seek: (side, seconds) => { lead_(side); to(seconds); }, go: (number) => go(number) });

work(page, page.dataset.kind === "compare" ? "Laying the two side by side. " : "Looking for echoes in the other films. ");

/** Where the segments of each side begin and end: two editions are laid from their first frame to their last, which need
 * not be the first and the last moment of their files. */
const reach = SIDES.map((side) => segments.map((s) => s[side]).filter(Boolean)).map((own) => [Math.min(...own.map((s) => s[0])), Math.max(...own.map((s) => s[1]))]);

/** The segment that a second of a side lies in: the one that was chosen, else the first; -1 for none. */
function segmentAt(side, seconds) {
  const at = page.dataset.kind === "compare" ? Math.max(reach[side][0], Math.min(reach[side][1] - 1e-3, seconds)) : seconds;
  const own = SIDES[side], holds = (s) => s[own] && at >= s[own][0] - 1e-6 && at < s[own][1];
  if (chosen !== null && holds(segments[chosen])) return chosen;
  return segments.findIndex(holds);
}

/** Where a second of the leader is in the other: {seconds, there, number, speed}. */
function across(seconds) {
  const own = SIDES[lead], other = SIDES[1 - lead], number = segmentAt(lead, seconds), segment = segments[number];
  if (!segments.length) return { seconds, there: true, number: -1, speed: 1 };
  if (segment?.[other] && segment.kind !== "replaced") {
    const speed = (segment[other][1] - segment[other][0]) / Math.max(1e-6, segment[own][1] - segment[own][0]);
    return { seconds: segment[other][0] + (seconds - segment[own][0]) * speed, there: true, number, speed };
  }
  if (segment?.[other]) return { seconds: Math.min(segment[other][0] + seconds - segment[own][0], segment[other][1] - 0.02), there: true, number, speed: 1 };
  // Not there: the other waits where it would go on.
  const before = segments.filter((s) => s[own] && s[other] && s[own][1] <= seconds + 1e-6).sort((s, t) => t[own][1] - s[own][1])[0];
  return { seconds: before ? before[other][1] : 0, there: false, number, speed: 1 };
}

let last = { number: null, there: null };
function tick() {
  const leader = players[lead], follower = players[1 - lead], now = leader.time, at = across(now);
  const wanted = Math.max(0, Math.min(films[1 - lead].duration, at.seconds));
  if (leader.playing && at.there) {
    if (Math.abs(follower.time - wanted) > SLACK) follower.seek(wanted);
    if (!follower.playing) follower.play(at.speed);
    // A little faster or slower draws it level, which nobody hears or sees.
    const behind = Math.max(-0.1, Math.min(0.1, wanted - follower.time)), rate = leader.video.playbackRate * at.speed * (1 + behind * 0.8);
    if (follower.mode === "video" && Math.abs(follower.video.playbackRate - rate) > 0.004) follower.video.playbackRate = Math.max(0.1, Math.min(16, rate));
  } else {
    if (follower.playing) follower.pause();
    if (Math.abs(follower.time - wanted) > 0.004) follower.seek(wanted);
  }
  boxes[lead].querySelector(".clock").textContent = timecode(now);
  boxes[1 - lead].querySelector(".clock").textContent = timecode(follower.time);
  ribbons?.move(lead ? follower.time : now, lead ? now : follower.time);
  if (at.number !== last.number || at.there !== last.there) told(at);
}

function told(at) {
  last = at;
  const segment = segments[at.number], absent = boxes[1 - lead].querySelector(".absent");
  boxes[lead].querySelector(".absent").hidden = true;
  absent.hidden = at.there;
  absent.textContent = page.dataset.kind === "compare" ? `not in ${"AB"[1 - lead]}` : "no echo here";
  where.textContent = segment ? segment.kind : "";
  for (const row of document.querySelectorAll("tr[data-row]")) row.classList.toggle("lit", Number(row.dataset.row) === at.number);
}

function to(seconds) {
  players[lead].seek(seconds);
  tick();
}

function lead_(side) {
  if (side === lead) return;
  const playing = players[lead].playing;
  for (const player of players) player.pause();
  lead = side;
  sound();
  last = { number: null, there: null };
  if (playing) players[lead].play();
  tick();
}

function sound() {
  players.forEach((player, side) => { player.video.muted = side !== lead; });
  const button = document.getElementById("lead");
  button.textContent = `${"AB"[lead]} leads`;
  button.setAttribute("aria-pressed", String(lead === 1));
}

function go(number) {
  const segment = segments[number];
  chosen = number;
  if (!segment[SIDES[lead]]) lead_(1 - lead);
  // A breath before, so that one sees what comes of it; stopped, at its very beginning.
  const begin = segment[SIDES[lead]][0];
  to(players[lead].playing ? Math.max(0, begin - 1) : begin + 0.5 / (films[lead].rate || 25));
}

/** The next place that the list shows, in the leader's time. */
function place(way) {
  const rows = [...document.querySelectorAll("tr[data-row]")].map((row) => Number(row.dataset.row)).filter((n) => segments[n][SIDES[lead]]);
  const now = players[lead].time, at = (n) => segments[n][SIDES[lead]][0];
  const found = way > 0 ? rows.filter((n) => at(n) > now + 0.06).sort((m, n) => at(m) - at(n))[0]
    : rows.filter((n) => at(n) < now - 0.6).sort((m, n) => at(n) - at(m))[0];
  if (found !== undefined) go(found);
}

const ACTS = {
  play: () => players[lead].toggle(),
  "frame-back": () => players[lead].step(-1),
  "frame-on": () => players[lead].step(1),
  back: () => place(-1),
  on: () => place(1),
  lead: () => lead_(1 - lead),
  "second-back": () => to(players[lead].time - 1),
  "second-on": () => to(players[lead].time + 1),
  stop: () => players[lead].pause(),
};
const KEYS = { " ": "play", k: "stop", ArrowLeft: "frame-back", ArrowRight: "frame-on", ArrowUp: "back", ArrowDown: "on", s: "lead" };
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if ([" ", "Enter"].includes(event.key) && event.target.closest?.("button, a, summary")) return;
  let act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (event.shiftKey && event.key.startsWith("Arrow")) act = { ArrowLeft: "second-back", ArrowRight: "second-on" }[event.key] ?? act;
  if (!act) return;
  event.preventDefault();
  ACTS[act]();
});
document.addEventListener("click", (event) => {
  const act = event.target.closest?.("[data-do]"), row = event.target.closest?.("[data-go]");
  if (act) ACTS[act.dataset.do]();
  else if (row) go(Number(row.dataset.go));
});
boxes.forEach((box, side) => box.querySelector(".screen").addEventListener("click", (event) => {
  if (event.target.closest("button")) return;
  lead_(side);
  players[lead].toggle();
}));
players.forEach((player, side) => player.addEventListener("time", () => { if (side === lead) tick(); }));
players.forEach((player, side) => player.addEventListener("state", () => {
  if (side !== lead) return;
  const playing = player.playing;
  document.getElementById("play").setAttribute("aria-label", playing ? "Stop both" : "Play both");
  document.querySelector("#play path").setAttribute("d", playing ? "M5.5 4h3.5v12H5.5z M11 4h3.5v12H11z" : "M6 4v12l10-6z");
  tick();
}));

sound();
function read() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const t = parseFloat(asked.get("t"));
  if (Number.isFinite(t)) { lead_(0); to(t + 0.5 / (films[0].rate || 25)); } else tick();
}
addEventListener("hashchange", read);
read();
window.rewatch = { films, players, segments, across, get lead() { return lead; } };
