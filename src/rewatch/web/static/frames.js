// When each frame is shown: fetched a minute at a time, as it is needed.
import { get } from "./api.js";

const PAGE = 60;

export class Frames {
  constructor(film) {
    this.film = film;
    this.pages = new Map();
  }

  page(number) {
    const last = Math.floor(this.film.duration / PAGE);
    const which = Math.max(0, Math.min(last, number));
    if (!this.pages.has(which)) {
      const asked = get(`/films/${this.film.id}/frames/${which}?v=${this.film.stamp}`);
      asked.catch(() => this.pages.delete(which));
      this.pages.set(which, asked);
    }
    return this.pages.get(which);
  }

  /** The frame on screen at a second. */
  async at(seconds) {
    let number = Math.floor(seconds / PAGE), page = await this.page(number);
    // A minute may begin within a frame of the one before it, or have none at all.
    while (number > 0 && (page.seconds.length < 2 || seconds < page.seconds[0] - 1e-6)) page = await this.page(--number);
    const { first, seconds: at } = page;
    let low = 0, high = Math.max(1, at.length - 1);
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (at[middle] <= seconds + 1e-6) low = middle; else high = middle;
    }
    return first + low;
  }

  /** [begin, end] of a frame in seconds; `near`: a second not far from it. */
  async span(frame, near) {
    const wanted = Math.max(0, Math.min(this.film.frames - 1, frame));
    let number = Math.floor(near / PAGE);
    for (let tries = 0; tries < 400; tries++) {
      const page = await this.page(number);
      if (wanted < page.first) number--;
      else if (wanted >= page.first + Math.max(0, page.seconds.length - 1)) number++;
      else return [page.seconds[wanted - page.first], page.seconds[wanted - page.first + 1]];
    }
    throw new Error("no such frame");
  }
}
