// The score: lanes on one time axis. It moves drawn tiles about, and writes on them what is to be read.
//
// Two canvases: the lower is drawn anew when the view moves, the upper (playhead, pointer, span) whenever the film does.
import { layout } from "./draw.js";
import { drawLabels, drawNotes, drawRuler } from "./labels.js";
import { Strip } from "./strip.js";
import { Tiles } from "./tiles.js";

const FEWEST_FRAMES = 6;

export class Score extends EventTarget {
  constructor(film, box, { interactive = true, notes = true } = {}) {
    super();
    Object.assign(this, { film, box, interactive });
    this.withNotes = notes;
    this.lower = box.querySelector("#lanes");
    this.upper = box.querySelector("#head");
    this.ctx = this.lower.getContext("2d", { alpha: false });
    this.top = this.upper.getContext("2d");
    this.begin = 0;
    this.end = film.duration;
    this.head = 0;
    this.pointer = null;
    this.span = null;
    this.notes = [];
    this.shots = null;
    this.chosen = new Set(film.lanes.filter((lane) => lane.default).map((lane) => lane.name));
    this.tiles = new Tiles(film);
    this.strip = film.stills ? new Strip(film, () => this.draw()) : null;
    this.trace = null;
    this.tiles.addEventListener("tile", () => this.draw());
    new ResizeObserver(() => this.resize()).observe(box);
    addEventListener("themechange", () => this.paint());
    this.configure();
  }

  /** Which lanes stand in the score; the gutter follows by the event "rows". */
  configure() {
    const lanes = this.film.lanes.filter((lane) => this.chosen.has(lane.name));
    const { rows, height } = layout(lanes, { barcode: this.film.barcode, glanced: this.film.glanced, strip: !!this.strip, notes: this.withNotes });
    this.rows = rows;
    this.height = height;
    this.row = Object.fromEntries(rows.map((row) => [row.name, row]));
    this.box.style.height = `${height}px`;
    this.box.style.minHeight = "0";
    this.paint();
    this.resize();
    this.dispatchEvent(new Event("rows"));
  }

  /** Take the colours that now hold, and draw all anew. */
  paint() {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    this.colours = { paper: colour("paper"), ink: colour("ink"), soft: colour("soft"), hair: colour("hair"), edge: colour("edge"),
      raised: colour("raised"), sunk: colour("sunk"),
      motion: colour("motion"), motionPale: colour("motion-pale"), sound: colour("sound"), soundPale: colour("sound-pale"),
      words: colour("words"), wordsPale: colour("words-pale"), tempoLine: colour("tempo-line"), tempoPale: colour("tempo-pale"),
      head: colour("head") };
    this.serif = getComputedStyle(document.body).fontFamily;
    this.tiles.configure({ rows: this.rows, height: this.height, colours: this.colours, scale: Math.min(2, devicePixelRatio || 1) });
    this.draw();
  }

  resize() {
    const width = this.box.clientWidth;
    if (!width) return;
    const scale = Math.min(2, devicePixelRatio || 1);
    this.width = width;
    this.scale = scale;
    for (const canvas of [this.lower, this.upper]) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(this.height * scale);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${this.height}px`;
    }
    this.draw();
    this.drawHead();
  }

  // -- the view -------------------------------------------------------------------------------------------------

  get shortest() { return Math.min(this.film.duration, FEWEST_FRAMES / (this.film.rate || 25)); }

  show(begin, end) {
    const length = Math.max(this.shortest, Math.min(this.film.duration, end - begin));
    const from = Math.max(0, Math.min(this.film.duration - length, begin));
    if (from === this.begin && from + length === this.end) return;
    this.begin = from;
    this.end = from + length;
    this.draw();
    this.drawHead();
    this.dispatchEvent(new Event("view"));
  }

  zoom(factor, around = (this.begin + this.end) / 2) {
    const length = Math.max(this.shortest, Math.min(this.film.duration, (this.end - this.begin) * factor));
    const share = (around - this.begin) / (this.end - this.begin);
    this.show(around - share * length, around + (1 - share) * length);
  }

  pan(seconds) { this.show(this.begin + seconds, this.end + seconds); }

  /** Bring a second into sight, without moving what is in sight already. */
  reveal(seconds) {
    const length = this.end - this.begin;
    if (seconds < this.begin || seconds > this.end) this.show(seconds - length * 0.15, seconds + length * 0.85);
  }

  x(seconds) { return ((seconds - this.begin) / (this.end - this.begin)) * this.width; }
  seconds(x) { return this.begin + (x / this.width) * (this.end - this.begin); }

  // -- drawing --------------------------------------------------------------------------------------------------

  draw() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => { this.waiting = false; this.compose(); });
  }

  drawHead() {
    if (this.headWaiting) return;
    this.headWaiting = true;
    requestAnimationFrame(() => { this.headWaiting = false; this.composeHead(); });
  }

  compose() {
    if (!this.width) return;
    const began = performance.now();
    const { ctx, scale, width, height } = this;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.fillStyle = this.colours.paper;
    ctx.fillRect(0, 0, this.lower.width, this.lower.height);
    const perSecond = width / (this.end - this.begin);
    const tiles = this.tiles.between(this.begin, this.end, this.tiles.level(perSecond));
    for (const { tile, from, to } of tiles) {
      const begin = Math.max(from, this.begin), end = Math.min(to, this.end);
      const bins = tile.bitmap.width / (tile.end - tile.begin);
      const left = Math.round(this.x(begin) * scale), right = Math.round(this.x(end) * scale);
      const source = Math.max(0, (begin - tile.begin) * bins);
      const wide = Math.min(tile.bitmap.width - source, (end - begin) * bins);
      if (right > left && wide > 0) ctx.drawImage(tile.bitmap, source, 0, wide, tile.bitmap.height, left, 0, right - left, tile.bitmap.height);
    }
    ctx.setTransform(scale, 0, 0, scale, 0, 0);
    drawRuler(this, ctx);
    if (this.strip) this.strip.draw(this, ctx);
    drawLabels(this, ctx, this.#spans(tiles));
    if (this.withNotes) drawNotes(this, ctx);
    this.first ??= tiles.length ? performance.now() : undefined;
    if (this.trace) this.trace.push([began, performance.now() - began]);
  }

  /** The spans of the tiles in sight, each once: Map of track -> [[number, begin, end, label, extra]]. */
  #spans(tiles) {
    const key = tiles.map(({ tile }) => `${tile.begin},${tile.end}`).join(";");
    if (key === this.spansKey) return this.spansNow;
    const tracks = new Map();
    for (const { tile } of tiles) {
      for (const [track, rows] of Object.entries(tile.spans)) {
        if (!tracks.has(track)) tracks.set(track, new Map());
        for (const row of rows) tracks.get(track).set(row[0], row);
      }
    }
    this.spansKey = key;
    this.spansNow = new Map([...tracks].map(([track, rows]) => [track, [...rows.values()].sort((a, b) => a[1] - b[1])]));
    return this.spansNow;
  }

  composeHead() {
    if (!this.width) return;
    const { top, scale, height, colours } = this;
    top.setTransform(scale, 0, 0, scale, 0, 0);
    top.clearRect(0, 0, this.width, height);
    if (this.span) {
      const left = this.x(this.span[0]), right = this.x(this.span[1] ?? this.head);
      top.fillStyle = colours.tempoLine;
      top.globalAlpha = 0.18;
      top.fillRect(left, 0, right - left, height);
      top.globalAlpha = 1;
      for (const x of [left, right]) top.fillRect(Math.round(x), 0, 1, height);
    }
    if (this.pointer !== null) {
      top.fillStyle = colours.ink;
      top.globalAlpha = 0.35;
      top.fillRect(Math.round(this.x(this.pointer)), 0, 1, height);
      top.globalAlpha = 1;
    }
    const x = this.x(this.head);
    if (this.interactive && x >= -8 && x <= this.width + 8) {
      top.fillStyle = colours.head;
      top.fillRect(Math.round(x) - 0.5, 6, 1.5, height - 6);
      top.beginPath();
      top.moveTo(x - 5.5, 2);
      top.lineTo(x + 5.5, 2);
      top.lineTo(x, 11);
      top.fill();
    }
  }
}
