// The tiles at hand: asks the worker for those that are wanted, holds the latest, knows a coarser one where one lacks.

const HELD = 48;
const AT_ONCE = 6;
/** Milliseconds for which a level must have been wanted before tiles of it are asked for, where coarser ones are there. */
const SETTLED = 70;

export class Tiles extends EventTarget {
  constructor(film) {
    super();
    this.film = film;
    this.number = 0;
    this.config = null;
    this.worker = new Worker(new URL("./tile-worker.js", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }) => this.#arrived(data);
    this.held = new Map();
    this.asked = new Set();
    this.failed = new Map();
    this.queue = [];
  }

  /** Draw from now on with these rows and colours; what was drawn otherwise is dropped when its like has come. */
  configure({ rows, height, colours, scale }) {
    this.number++;
    this.config = { rows, height, colours, scale, number: this.number };
    this.names = rows.filter((row) => row.lane).map((row) => row.name).join(",");
    this.worker.postMessage({ config: this.config });
    for (const tile of this.held.values()) tile.bitmap.close();
    this.held.clear();
    this.asked.clear();
    this.queue = [];
  }

  key(level, index) { return `${level}/${index}`; }

  /** The level whose bins are just finer than pixels of that many a second. */
  level(pixelsPerSecond) {
    const level = Math.ceil(Math.log2((pixelsPerSecond * this.film.duration) / 1024) - 0.25);
    return Math.max(0, Math.min(this.film.levels - 1, level));
  }

  /** Tiles to draw between two seconds, as good as there are: [{bitmap, begin, end, from, to}]; asks for what lacks. */
  between(begin, end, level) {
    const count = 2 ** level, length = this.film.duration / count;
    const first = Math.max(0, Math.floor(begin / length)), last = Math.min(count - 1, Math.floor((end - 1e-9) / length));
    const found = [], wanted = [];
    for (let index = first; index <= last; index++) {
      const own = this.#hold(level, index);
      const from = index * length, to = from + length;
      if (!own) wanted.push([level, index]);
      const tile = own ?? this.#coarser(level, index);
      if (tile) found.push({ tile, from, to });
    }
    // Neighbours last: they are wanted when the view moves on.
    for (const index of [first - 1, last + 1]) if (index >= 0 && index < count && !this.#hold(level, index)) wanted.push([level, index]);
    // While the view rushes through the levels, what is at hand will do.
    const now = performance.now();
    if (level !== this.levelNow) { this.levelNow = level; this.since = now; }
    const rushing = now - this.since < SETTLED && found.length === last - first + 1;
    clearTimeout(this.later);
    if (rushing && wanted.length) this.later = setTimeout(() => this.#want(wanted), SETTLED);
    else this.#want(wanted);
    return found;
  }

  #hold(level, index) {
    const key = this.key(level, index), tile = this.held.get(key);
    if (tile) { this.held.delete(key); this.held.set(key, tile); }
    return tile;
  }

  #coarser(level, index) {
    for (let up = 1; up <= level; up++) {
      const tile = this.held.get(this.key(level - up, index >> up));
      if (tile) return tile;
    }
    return null;
  }

  #want(wanted) {
    const keys = new Set(wanted.map(([level, index]) => this.key(level, index)));
    for (const key of this.asked) if (!keys.has(key)) this.worker.postMessage({ drop: key });
    const now = performance.now();
    this.queue = wanted.filter(([level, index]) => {
      const key = this.key(level, index);
      return !this.asked.has(key) && !(this.failed.get(key) > now);
    });
    this.#ask();
  }

  #ask() {
    while (this.queue.length && this.asked.size < AT_ONCE) {
      const [level, index] = this.queue.shift();
      const key = this.key(level, index), film = this.film;
      this.asked.add(key);
      const barcode = film.barcode ? `/films/${film.id}/barcode/${level}/${index}?v=${film.stamp}` : null;
      this.worker.postMessage({ key, tile: `/films/${film.id}/lanes/${level}/${index}?of=${this.names}&v=${film.stamp}`, barcode });
    }
  }

  #arrived({ key, bitmap, spans, begin, end, failed, config }) {
    this.asked.delete(key);
    if (bitmap && config === this.number) {
      this.held.set(key, { bitmap, spans, begin, end });
      while (this.held.size > HELD) {
        const [oldest, tile] = this.held.entries().next().value;
        if (oldest === "0/0") { this.held.delete(oldest); this.held.set(oldest, tile); continue; }
        tile.bitmap.close();
        this.held.delete(oldest);
      }
    } else bitmap?.close();
    if (failed) this.failed.set(key, performance.now() + 3000);
    this.#ask();
    this.dispatchEvent(new Event("tile"));
  }
}
