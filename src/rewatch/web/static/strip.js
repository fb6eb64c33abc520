// The strip of stills along the top: one a shot where shots are wide, one every so often where they are not.

const HELD = 240;
const AT_ONCE = 3;

export class Strip {
  constructor(film, changed) {
    this.film = film;
    this.changed = changed;
    this.images = new Map();
    this.loading = 0;
    this.queue = [];
    this.open = false;
  }

  /** From now on stills may be fetched: what matters more has come. */
  start() { this.open = true; this.changed(); }

  draw(score, ctx) {
    const shots = score.shots, row = score.row.strip;
    if (!this.open || !shots?.length || !row) return;
    const slot = Math.min(110, Math.max(34, row.height * (this.film.width / this.film.height || 1.78)));
    const perSecond = score.width / (score.end - score.begin);
    const first = Math.max(0, after(shots, score.begin) - 1), last = Math.min(shots.length - 1, after(shots, score.end));
    this.queue = [];
    if ((score.width / (last - first + 1)) > slot * 0.8) {
      for (let i = first; i <= last; i++) {
        // The still of a shot that began before the view stands at the view's edge.
        const left = Math.max(0, score.x(shots[i].at)), right = i + 1 < shots.length ? score.x(shots[i + 1].at) : score.x(this.film.duration);
        this.#put(ctx, i, left, row.top, Math.min(slot, right - left - 1), row.height);
        ctx.fillStyle = score.colours.sunk;
        ctx.fillRect(left + Math.min(slot, right - left) , row.top, Math.max(0, right - left - slot - 1), row.height);
      }
    } else {
      const step = 2 ** Math.ceil(Math.log2(slot / perSecond));
      for (let k = Math.floor(score.begin / step); k * step < score.end; k++) {
        const last = Math.min(this.film.duration, (k + 1) * step), middle = (k * step + last) / 2;
        if (last <= k * step) break;
        this.#put(ctx, Math.max(0, after(shots, middle) - 1), score.x(k * step), row.top, (last - k * step) * perSecond - 1, row.height);
      }
    }
    this.#load();
  }

  #put(ctx, index, left, top, width, height) {
    const image = this.images.get(index);
    if (!image) { this.queue.push(index); return; }
    if (!image.naturalWidth || width < 2) return;
    const scale = Math.max(width / image.naturalWidth, height / image.naturalHeight);
    const w = width / scale, h = height / scale;
    ctx.drawImage(image, (image.naturalWidth - w) / 2, (image.naturalHeight - h) / 2, w, h, left, top, width, height);
  }

  #load() {
    while (this.queue.length && this.loading < AT_ONCE) {
      const index = this.queue.shift();
      if (this.images.has(index)) continue;
      const image = new Image();
      this.images.set(index, image);
      if (this.images.size > HELD) this.images.delete(this.images.keys().next().value);
      this.loading++;
      image.onload = image.onerror = () => { this.loading--; this.changed(); };
      image.src = `/films/${this.film.id}/stills/${index + 1}?w=160&v=${this.film.stamp}`;
    }
  }
}

/** How many shots begin at or before a second. */
export function after(shots, seconds) {
  let low = 0, high = shots.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (shots[middle].at <= seconds + 1e-6) low = middle + 1; else high = middle;
  }
  return low;
}
