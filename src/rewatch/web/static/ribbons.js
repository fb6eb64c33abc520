// Two films over one scale, each with its barcode, and ribbons from one to the other: what of A is where in B.
import { timecode } from "./api.js";

const SPACE = "http://www.w3.org/2000/svg";
const BAR = 34, GAP = 84, RULER = 16;

function make(tag, attributes = {}) {
  const made = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

export class Ribbons {
  constructor(svg, films, segments, { seek, go }) {
    Object.assign(this, { svg, films, segments });
    this.longest = Math.max(...films.map((film) => film.duration)) || 1;
    new ResizeObserver(() => this.draw()).observe(svg);
    svg.addEventListener("click", (event) => {
      const rect = svg.getBoundingClientRect(), y = event.clientY - rect.top;
      const seconds = ((event.clientX - rect.left) / rect.width) * this.longest;
      const number = event.target.dataset?.number;
      if (number !== undefined) go(Number(number));
      else if (y < RULER + BAR + 4) seek(0, Math.min(seconds, films[0].duration));
      else if (y > RULER + BAR + GAP - 4) seek(1, Math.min(seconds, films[1].duration));
    });
    this.heads = [make("line", { class: "head" }), make("line", { class: "head" })];
    this.draw();
  }

  x(seconds) { return (seconds / this.longest) * this.width; }

  draw() {
    const { svg, films } = this, width = svg.clientWidth;
    if (!width || width === this.width) return;
    this.width = width;
    const height = RULER + BAR + GAP + BAR;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("height", height);
    const parts = [];
    const step = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600].find((s) => this.x(s) > 64) ?? 7200;
    for (let at = 0; at < this.longest - step * 0.4; at += step) {
      const text = make("text", { x: this.x(at) + 3, y: 11 });
      text.textContent = timecode(at, 0);
      parts.push(make("line", { class: "tick", x1: this.x(at), x2: this.x(at), y1: 2, y2: RULER - 2 }), text);
    }
    films.forEach((film, side) => {
      const y = RULER + side * (BAR + GAP), wide = this.x(film.duration);
      parts.push(make("rect", { class: "bar", x: 0, y, width: wide, height: BAR }));
      if (film.barcode) {
        parts.push(make("image", { x: 0, y, width: wide, height: BAR, preserveAspectRatio: "none",
          href: `/films/${film.id}/barcode/0/0?v=${film.stamp}` }));
      }
    });
    const top = RULER + BAR + 2, bottom = RULER + BAR + GAP - 2;
    // What is the same lies beneath, so that the differences are seen on it.
    const order = this.segments.map((segment, number) => [segment, number]).sort(([a], [b]) => (b.kind === "same") - (a.kind === "same"));
    for (const [segment, number] of order) {
      const a = this.#ends(segment.a), b = this.#ends(segment.b);
      const middle = (top + bottom) / 2;
      let d;
      if (a && b) d = `M${a[0]} ${top}C${a[0]} ${middle} ${b[0]} ${middle} ${b[0]} ${bottom}H${b[1]}C${b[1]} ${middle} ${a[1]} ${middle} ${a[1]} ${top}Z`;
      else if (a) d = `M${a[0]} ${top}H${a[1]}L${(a[0] + a[1]) / 2} ${top + GAP * 0.4}Z`;
      else if (b) d = `M${b[0]} ${bottom}H${b[1]}L${(b[0] + b[1]) / 2} ${bottom - GAP * 0.4}Z`;
      if (!d) continue;
      const path = make("path", { class: `ribbon ${segment.kind}`, d, "data-number": number });
      const title = make("title");
      title.textContent = [segment.kind, segment.a && `A ${timecode(segment.a[0], 1)} – ${timecode(segment.a[1], 1)}`,
        segment.b && `B ${timecode(segment.b[0], 1)} – ${timecode(segment.b[1], 1)}`].filter(Boolean).join(", ");
      path.append(title);
      parts.push(path);
    }
    parts.push(...this.heads);
    svg.replaceChildren(...parts);
    this.move(...(this.at ?? [0, 0]));
  }

  /** At least so wide that it can be seen and hit. */
  #ends(side) {
    if (!side) return null;
    const begin = this.x(side[0]), end = this.x(side[1]);
    return end - begin < 2 ? [(begin + end) / 2 - 1, (begin + end) / 2 + 1] : [begin, end];
  }

  /** The playheads. */
  move(a, b) {
    this.at = [a, b];
    if (!this.width) return;
    [a, b].forEach((seconds, side) => {
      const y = RULER + side * (BAR + GAP), head = this.heads[side], x = this.x(seconds);
      for (const [name, value] of [["x1", x], ["x2", x], ["y1", y - 3], ["y2", y + BAR + 3]]) head.setAttribute(name, value);
    });
  }
}
