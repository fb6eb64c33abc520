// The hand on the score: click to seek, drag to move, shift and drag to choose a span, wheel and pinch to zoom; and what
// lies under the pointer.
import { element, timecode } from "./api.js";
import { after } from "./strip.js";

export function handle(score, { seek, choose }) {
  const box = score.box;
  const at = (event) => score.seconds(event.clientX - box.getBoundingClientRect().left);
  const fingers = new Map();
  let from = null;

  box.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    fingers.set(event.pointerId, event);
    box.setPointerCapture(event.pointerId);
    from = { x: event.clientX, begin: score.begin, end: score.end, second: at(event), span: event.shiftKey, moved: false, apart: 0 };
  });
  box.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId) || !from) return;
    fingers.set(event.pointerId, event);
    if (fingers.size === 2) {
      const [a, b] = [...fingers.values()];
      const apart = Math.abs(a.clientX - b.clientX) + 1;
      const middle = (a.clientX + b.clientX) / 2 - box.getBoundingClientRect().left;
      if (from.apart) score.zoom(from.apart / apart, score.seconds(middle));
      from.apart = apart;
      from.moved = true;
      return;
    }
    const dx = event.clientX - from.x;
    if (!from.moved && Math.abs(dx) < 4) return;
    from.moved = true;
    if (from.span) choose(Math.min(from.second, at(event)), Math.max(from.second, at(event)));
    else {
      const seconds = (dx / score.width) * (from.end - from.begin);
      score.show(from.begin - seconds, from.end - seconds);
    }
  });
  const up = (event) => {
    const was = fingers.delete(event.pointerId);
    if (was && from && !from.moved && event.type === "pointerup") seek(at(event));
    if (!fingers.size) from = null;
    else if (from) from.apart = 0;
  };
  box.addEventListener("pointerup", up);
  box.addEventListener("pointercancel", up);
  box.addEventListener("wheel", (event) => {
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (event.ctrlKey || event.metaKey || event.altKey) {
      event.preventDefault();
      score.zoom(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) * 0.006), at(event));
    } else if (sideways || event.shiftKey) {
      event.preventDefault();
      score.pan(((sideways ? event.deltaX : event.deltaY) / score.width) * (score.end - score.begin));
    }
  }, { passive: false });
  box.addEventListener("dblclick", (event) => {
    const shots = score.shots;
    if (!shots?.length) return;
    const i = Math.max(0, after(shots, at(event)) - 1);
    const begin = shots[i].at, end = shots[i + 1]?.at ?? score.film.duration;
    score.show(begin - (end - begin) * 0.1, end + (end - begin) * 0.1);
  });
}

/** The card under the pointer: still, time, line and figures. */
export function hover(score, card) {
  const box = score.box, film = score.film;
  const image = element("img", { alt: "" });
  const head = element("b"), spoken = element("q"), list = element("dl");
  if (film.stills) card.append(image);
  card.append(element("div", {}, head, spoken, list));
  const known = new Map();
  let waiting = 0, latest = 0;

  const fill = (moment) => {
    const shot = moment.shot;
    head.textContent = `${moment.timecode}${moment.frame !== null ? ` · frame ${moment.frame}` : ""}${shot ? ` · shot ${shot.number}` : ""}`;
    spoken.textContent = moment.line ? moment.line.text : "";
    spoken.hidden = !moment.line;
    list.replaceChildren(...moment.figures.flatMap((f) => [element("dt", { textContent: f.title }), element("dd", { textContent: f.word ? `${f.value}  ${f.word}` : f.value })]));
    if (shot && film.stills) still(shot.number);
  };
  const still = (number) => {
    const source = `/films/${film.id}/stills/${number}?w=240&v=${film.stamp}`;
    if (image.dataset.of !== source) { image.dataset.of = source; image.src = source; }
  };
  const ask = async (seconds, key) => {
    const turn = ++latest;
    try {
      const moment = known.get(key) ?? await fetch(`/films/${film.id}/at?t=${seconds}`).then((a) => (a.ok ? a.json() : null));
      if (!moment) return;
      if (known.size > 500) known.clear();
      known.set(key, moment);
      if (turn === latest) fill(moment);
    } catch { /* the server is gone: the card keeps what it has */ }
  };

  box.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch") return;
    const rect = box.getBoundingClientRect();
    const x = event.clientX - rect.left;
    const seconds = Math.max(0, Math.min(film.duration, score.seconds(x)));
    score.pointer = seconds;
    score.drawHead();
    if (event.buttons) { card.hidden = true; return; }
    card.hidden = false;
    const sheet = card.parentElement.getBoundingClientRect();
    const left = rect.left - sheet.left + x;
    const wide = card.offsetWidth, high = card.offsetHeight;
    card.style.left = `${left + 18 + wide > sheet.width ? left - wide - 18 : left + 18}px`;
    const below = innerHeight - sheet.top - 8;
    card.style.top = `${Math.max(Math.min(event.clientY - sheet.top - 40, below - high), -sheet.top + 4)}px`;
    if (score.shots?.length) {
      const number = after(score.shots, seconds);
      if (film.stills) still(Math.max(1, number));
      head.textContent = `${timecode(seconds)} · shot ${Math.max(1, number)}`;
    } else head.textContent = timecode(seconds);
    clearTimeout(waiting);
    const key = Math.round(seconds * 50);
    if (known.has(key)) fill(known.get(key));
    else waiting = setTimeout(() => ask(seconds, key), 30);
  });
  box.addEventListener("pointerleave", () => {
    card.hidden = true;
    score.pointer = null;
    clearTimeout(waiting);
    latest++;
    score.drawHead();
  });
}
