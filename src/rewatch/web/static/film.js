// A film's page: player, score, moment and notes, on one clock.
import { element, follow, get, lasting, timecode, typing } from "./api.js";
import { handle, hover } from "./pointer.js";
import { Notes } from "./notes.js";
import { Player } from "./player.js";
import { Score } from "./score.js";

const at = (id) => document.getElementById(id);
const film = JSON.parse(at("film").dataset.film);
const box = at("canvases");
const score = new Score(film, box);
const player = new Player(film, { video: at("video"), still: at("still"), cannot: at("cannot") });
let span = null;

// -- the view in the address ---------------------------------------------------------------------------------------

function read() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const t = parseFloat(asked.get("t")), z = (asked.get("z") ?? "").split("-").map(parseFloat);
  if (z.length === 2 && z.every(Number.isFinite) && z[1] > z[0]) score.show(z[0], z[1]);
  if (Number.isFinite(t)) { player.seek(t); score.reveal(t); }
}

let writing = 0;
function write() {
  clearTimeout(writing);
  writing = setTimeout(() => {
    const whole = score.end - score.begin >= film.duration - 1e-6;
    const z = whole ? "" : `&z=${score.begin.toFixed(2)}-${score.end.toFixed(2)}`;
    history.replaceState(null, "", `#t=${player.time.toFixed(3)}${z}`);
  }, 250);
}
addEventListener("hashchange", read);

// -- this moment ---------------------------------------------------------------------------------------------------

let asking = false, askAgain = false, askedAt = -1;
async function moment() {
  const seconds = player.time;
  if (Math.abs(seconds - askedAt) < 0.005) return;
  if (asking) { askAgain = true; return; }
  asking = true;
  askedAt = seconds;
  try {
    const now = await get(`/films/${film.id}/at?t=${seconds.toFixed(4)}`);
    at("now-minute").textContent = `minute ${now.minute}`;
    at("now-minute").href = `/films/${film.id}/minutes/${now.minute}`;
    at("now-shot").textContent = now.shot ? `shot ${now.shot.number} of ${now.shot.of} · ${lasting(now.shot.end - now.shot.begin)}${now.shot.by_hand ? " · by hand" : ""}` : "";
    at("now-shot").title = now.shot?.transition ? `It begins by: ${now.shot.transition}` : "";
    at("now-line").textContent = now.line ? now.line.text : "";
    at("now-movement").textContent = now.movement;
    at("now-figures").replaceChildren(...now.figures.flatMap((figure) => {
      const link = element("a", { href: `/films/${film.id}/explain/${figure.figure}`, textContent: figure.title, className: "why" });
      return [element("dt", {}, link), element("dd", { className: "word", textContent: figure.word }), element("dd", { textContent: figure.value })];
    }));
  } catch { /* the next one may fare better */ }
  asking = false;
  if (askAgain) { askAgain = false; setTimeout(moment, 120); }
}

let turn = 0;
const number = async () => {
  if (!film.frames) return;
  const mine = ++turn;
  try {
    const frame = await player.frame();
    if (mine === turn) at("now-frame").textContent = `frame ${frame}`;
  } catch { /* not known here */ }
};

let lastMoment = 0;
function tick() {
  const seconds = player.time;
  score.head = seconds;
  score.drawHead();
  at("clock").textContent = timecode(seconds);
  at("overview-head").style.left = `${(seconds / film.duration) * 100}%`;
  const now = performance.now();
  if (!player.playing || now - lastMoment > 250) {
    lastMoment = now;
    box.setAttribute("aria-valuenow", seconds.toFixed(2));
    box.setAttribute("aria-valuetext", timecode(seconds));
    moment();
    notes.light(seconds);
    number();
    write();
  }
  // The playhead leaves the window: turn the page.
  if (player.playing && (seconds > score.end || seconds < score.begin)) score.reveal(seconds);
}
player.addEventListener("time", tick);
player.addEventListener("frame", () => { if (!player.playing) number(); });
player.addEventListener("seek", () => score.reveal(player.time));
player.addEventListener("state", () => {
  const playing = player.playing;
  at("play").setAttribute("aria-label", playing ? "Stop" : "Play");
  at("play").querySelector("path").setAttribute("d", playing ? "M5.5 4h3.5v12H5.5z M11 4h3.5v12H11z" : "M6 4v12l10-6z");
  at("rate").textContent = playing && player.speed !== 1 ? `${player.speed}×` : "";
});

// -- the score -----------------------------------------------------------------------------------------------------

handle(score, { seek: (seconds) => player.seek(seconds), choose: (begin, end) => choose([Math.max(0, begin), Math.min(film.duration, end)]) });
hover(score, at("hover"));

function gutter() {
  at("gutter").replaceChildren(...score.rows.filter((row) => row.title).map((row) => {
    const label = row.figure
      ? element("a", { href: `/films/${film.id}/explain/${row.figure}`, textContent: row.title, className: row.glanced ? "why glanced" : "why", title: row.glanced ? `From ${row.glanced}` : "Where this comes from" })
      : element("span", { textContent: row.title });
    label.style.top = `${row.top + (innerWidth > 832 ? row.height / 2 : 0)}px`;
    return label;
  }));
}
score.addEventListener("rows", gutter);
addEventListener("resize", gutter);
gutter();

function view() {
  const whole = score.end - score.begin >= film.duration - 1e-6;
  at("shown").textContent = whole ? "the whole film" : `${timecode(score.begin, 1)} – ${timecode(score.end, 1)}`;
  at("overview-window").style.left = `${(score.begin / film.duration) * 100}%`;
  at("overview-window").style.width = `${((score.end - score.begin) / film.duration) * 100}%`;
  at("overview-window").hidden = whole;
  write();
}
score.addEventListener("view", view);
view();

at("lanes-list").replaceChildren(...film.lanes.map((lane) => {
  const check = element("input", { type: "checkbox", checked: lane.default });
  check.addEventListener("change", () => {
    if (check.checked) score.chosen.add(lane.name); else score.chosen.delete(lane.name);
    score.configure();
  });
  return element("label", {}, check, lane.title);
}));
addEventListener("pointerdown", (event) => { if (!event.target.closest?.("#lanes-menu")) at("lanes-menu").open = false; });

if (film.barcode) at("overview-barcode").src = `/films/${film.id}/barcode/0/0?v=${film.stamp}`; else at("overview-barcode").remove();
at("overview").addEventListener("pointerdown", (event) => {
  const overview = at("overview"), rect = overview.getBoundingClientRect();
  const length = score.end - score.begin;
  const to = (e) => { const middle = ((e.clientX - rect.left) / rect.width) * film.duration; score.show(middle - length / 2, middle + length / 2); };
  overview.setPointerCapture(event.pointerId);
  if (length < film.duration - 1e-6) to(event);
  else player.seek(((event.clientX - rect.left) / rect.width) * film.duration);
  const move = (e) => { if (length < film.duration - 1e-6) to(e); };
  overview.addEventListener("pointermove", move);
  overview.addEventListener("pointerup", () => overview.removeEventListener("pointermove", move), { once: true });
});

function choose(chosen) {
  span = chosen;
  score.span = chosen;
  score.drawHead();
  at("span").textContent = chosen ? `${timecode(chosen[0], 1)} – ${chosen[1] === null ? "…" : timecode(chosen[1], 1)}` : "";
}

// -- notes, explanations ---------------------------------------------------------------------------------------------

const notes = new Notes(film, {
  seek: (seconds) => player.seek(seconds),
  time: () => player.time,
  span: () => (span && span[1] !== null ? span : null),
  clear: () => choose(null),
});
notes.changed = (list) => { score.notes = list; score.draw(); };

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a.why");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const dialog = at("explained");
  const answer = await fetch(`${link.getAttribute("href")}?part=1`, { headers: { accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) { location.href = link.href; return; }
  dialog.innerHTML = await answer.text();  // our own template, in which everything is escaped
  const close = element("form", { method: "dialog" }, element("button", { textContent: "Close" }));
  dialog.append(close);
  dialog.showModal();
});
for (const dialog of document.querySelectorAll("dialog")) {
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
}

// -- what can be done ------------------------------------------------------------------------------------------------

const full = () => (document.fullscreenElement ? document.exitFullscreen() : at("screen").requestFullscreen?.());
const sound = () => {
  const video = at("video");
  video.muted = !video.muted;
  at("sound").setAttribute("aria-pressed", String(!video.muted));
  at("sound").style.opacity = video.muted ? 0.4 : 1;
};
const note = () => { if (player.playing) player.pause(); notes.open(); };
const ACTS = {
  play: () => player.toggle(),
  "frame-back": () => player.step(-1),
  "frame-on": () => player.step(1),
  "shot-back": () => player.stepShot(-1),
  "shot-on": () => player.stepShot(1),
  in: () => choose([player.time, span && span[1] > player.time ? span[1] : null]),
  out: () => choose([span && span[0] < player.time ? span[0] : 0, player.time]),
  none: () => choose(null),
  note, sound, full,
  wider: () => score.zoom(1.6, player.time >= score.begin && player.time <= score.end ? player.time : undefined),
  closer: () => score.zoom(1 / 1.6, player.time >= score.begin && player.time <= score.end ? player.time : undefined),
  whole: () => score.show(0, film.duration),
  keys: () => at("keys").showModal(),
  back: () => player.back(),
  stop: () => player.pause(),
  faster: () => player.faster(),
  "second-back": () => player.seek(player.time - 1),
  "second-on": () => player.seek(player.time + 1),
  begin: () => player.seek(0),
  end: () => player.seek(film.duration),
};
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-do]");
  if (button) ACTS[button.dataset.do]();
});
at("video").addEventListener("click", () => player.toggle());

const KEYS = { " ": "play", j: "back", k: "stop", l: "faster", ArrowLeft: "frame-back", ArrowRight: "frame-on", ArrowUp: "shot-back",
  ArrowDown: "shot-on", i: "in", o: "out", x: "none", n: "note", m: "sound", f: "full", "+": "closer", "=": "closer", "-": "wider",
  "−": "wider", 0: "whole", Home: "begin", End: "end", "?": "keys" };
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  // A focused button or link keeps the keys that are its own.
  if ([" ", "Enter"].includes(event.key) && event.target.closest?.("button, a, summary")) return;
  let act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (event.shiftKey && event.key.startsWith("Arrow")) act = { ArrowLeft: "second-back", ArrowRight: "second-on" }[event.key] ?? act;
  if (!act) return;
  event.preventDefault();
  ACTS[act]();
});

// -- what may come later: where the shots begin, stills; a watch that is under way -------------------------------------

async function later() {
  if (film.levels) {
    try {
      const data = new DataView(await (await fetch(`/films/${film.id}/shots?v=${film.stamp}`)).arrayBuffer());
      const shots = [];
      for (let i = 0; i + 12 <= data.byteLength; i += 12) shots.push({ at: data.getFloat64(i, true), frame: data.getInt32(i + 8, true) });
      score.shots = player.shots = shots;
      player.refresh();
    } catch { /* no stepping by shots */ }
  }
  score.strip?.start();
}
const video = at("video");
if (player.mode === "video" && video.readyState < 1) {
  const once = () => { clearTimeout(late); later(); };
  video.addEventListener("loadedmetadata", once, { once: true });
  const late = setTimeout(() => { video.removeEventListener("loadedmetadata", once); later(); }, 1500);
} else later();

if (film.job) {
  const says = element("span"), bar = element("progress", { max: 1, value: 0 });
  at("being").replaceChildren(says, bar);
  at("being").hidden = false;
  let stamp = film.stamp;
  follow(film.job, async (event) => {
    const share = event.of ? event.at / event.of : 0;
    bar.value = share;
    says.textContent = event.state === "waiting" ? "Waiting for its turn to be watched. You can play it and write notes already."
      : `Being watched: ${Math.round(share * 100)} %. You can play it and write notes already; lanes come as they are done.`;
    if (["failed", "stopped"].includes(event.state)) { says.textContent = event.error || "The watch was stopped; what was charted is kept."; bar.remove(); }
    if (event.state === "done") {
      // Who plays it, reads or writes is not interrupted.
      if (!player.playing && !notes.busy && !document.querySelector("dialog[open]")) { location.reload(); return; }
      says.textContent = "It is watched to its end.";
      const show = element("button", { type: "button", textContent: "Show all that was charted" });
      show.addEventListener("click", () => location.reload());
      bar.replaceWith(show);
    }
    try {
      const state = await get(`/films/${film.id}/state`);
      if (state.stamp === stamp) return;
      stamp = film.stamp = state.stamp;
      Object.assign(film, { lanes: state.lanes, barcode: state.barcode, glanced: state.glanced });
      if (state.duration > film.duration || !film.levels) Object.assign(film, { duration: state.duration, levels: state.levels });
      score.chosen = new Set(state.lanes.filter((lane) => lane.default).map((lane) => lane.name));
      score.configure();
    } catch { /* the next one may fare better */ }
  });
}

read();
tick();
/** For whoever tests or measures the page. */
window.rewatch = { film, score, player, notes };
