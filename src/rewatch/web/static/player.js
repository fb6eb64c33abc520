// The player: one clock, whether a video runs, its copy does, or stills stand in for it.
//
// Frames are stepped by their own times, into the middle of each: a player that rounds a little still shows the right one.
import { element, follow, line, send } from "./api.js";
import { Frames } from "./frames.js";
import { after } from "./strip.js";

const CODECS = { hevc: 'video/mp4; codecs="hvc1.1.6.L120.B0"', h264: 'video/mp4; codecs="avc1.64001f"', vp8: 'video/webm; codecs="vp8"',
  vp9: 'video/webm; codecs="vp9"', av1: 'video/mp4; codecs="av01.0.08M.08"', theora: 'video/ogg; codecs="theora"' };
const SOUNDS = { ac3: 'audio/mp4; codecs="ac-3"', eac3: 'audio/mp4; codecs="ec-3"', dts: 'audio/mp4; codecs="dtsc"', truehd: "", mp2: "",
  mlp: "", wmav2: "", cook: "", pcm_s16be: "" };

export class Player extends EventTarget {
  constructor(film, { video, still, cannot }) {
    super();
    Object.assign(this, { film, video, still, cannot });
    this.frames = new Frames(film);
    this.shots = null;
    this.mode = "none";
    this.virtual = 0;
    this.target = null;
    this.shown = null;
    this.speed = 0;
    this.#listen();
    if (film.missing) this.#stills(film.missing, false);
    else if (film.proxy && !this.#plays()) this.#load("proxy");
    else if (!this.#plays()) this.#stills(`This browser cannot play ${film.called[0] || film.called[1]}.`, true);
    else this.#load("media");
  }

  #plays() {
    const { picture } = this.film;
    if (!picture) return true;
    return picture in CODECS ? this.video.canPlayType(CODECS[picture]) !== "" : false;
  }

  #load(what) {
    this.mode = "video";
    this.source = what;
    this.video.hidden = false;
    this.still.hidden = true;
    this.cannot.hidden = true;
    this.video.src = `/films/${this.film.id}/${what}`;
    if (this.virtual) this.video.currentTime = this.virtual;
  }

  #listen() {
    const { video } = this;
    const tell = () => this.dispatchEvent(new Event("time"));
    for (const name of ["timeupdate", "seeked", "play", "pause", "ended", "ratechange"]) video.addEventListener(name, tell);
    for (const name of ["play", "pause", "ended"]) video.addEventListener(name, () => this.dispatchEvent(new Event("state")));
    video.addEventListener("error", () => {
      if (this.mode !== "video") return;
      const at = video.currentTime || this.virtual;
      this.virtual = at;
      if (this.source === "media" && this.film.proxy) this.#load("proxy");
      else this.#stills("This browser cannot play the file.", this.source === "media");
    });
    video.addEventListener("loadedmetadata", () => {
      if (this.mode !== "video" || this.source !== "media") return;
      if (this.film.picture && !video.videoWidth) { this.#stills(`This browser cannot show ${this.film.called[0]}.`, true); return; }
      const sound = SOUNDS[this.film.sound];
      if (sound !== undefined && !(sound && video.canPlayType(sound))) {
        if (this.film.proxy) this.#load("proxy");
        else this.#offer(`This browser plays the picture, but not its sound (${this.film.called[1]}).`, true);
      }
    });
    if (video.requestVideoFrameCallback) {
      const seen = (_, data) => {
        this.shown = data.mediaTime;
        this.dispatchEvent(new Event("frame"));
        video.requestVideoFrameCallback(seen);
      };
      video.requestVideoFrameCallback(seen);
    }
    const run = () => {
      if (this.playing) tell();
      requestAnimationFrame(run);
    };
    requestAnimationFrame(run);
  }

  // -- what stands in where the film cannot be played ------------------------------------------------------------

  #stills(why, copy) {
    this.mode = "stills";
    this.video.removeAttribute("src");
    this.video.hidden = true;
    this.still.hidden = false;
    this.#offer(why, copy);
    this.#picture();
  }

  #offer(why, copy) {
    const says = element("p", { textContent: why });
    this.cannot.replaceChildren(says);
    this.cannot.hidden = false;
    if (!copy) return;
    const button = element("button", { type: "button", textContent: "Make a copy that it can play" });
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        const told = await send("POST", `/films/${this.film.id}/proxy`);
        if (told.ready) this.#copied();
        else this.#follow(told.job, says, button);
      } catch (error) {
        says.textContent = line(error);
        button.disabled = false;
      }
    });
    this.cannot.append(button);
  }

  #follow(job, says, button) {
    const bar = element("progress", { max: 1, value: 0 });
    button.replaceWith(bar);
    follow(job, (event) => {
      if (event.of) bar.value = event.at / event.of;
      says.textContent = event.state === "waiting" ? "Another copy is being made first…" : `Making a copy: ${Math.round(bar.value * 100)} %`;
      if (event.state === "done") this.#copied();
      if (event.state === "failed" || event.state === "stopped") this.#offer(event.error || "The copy was not made.", true);
    });
  }

  #copied() {
    this.film.proxy = true;
    this.virtual = this.time;
    this.#load("proxy");
  }

  #picture() {
    const { film, still } = this;
    if (this.drawing) { this.again = true; return; }
    const shot = this.shots?.length ? after(this.shots, this.virtual) : 1;
    const whole = !film.missing && film.frames && !this.playing;
    Promise.resolve(whole ? this.frames.at(this.virtual) : null).catch(() => null).then((frame) => {
      const source = frame !== null ? `/films/${film.id}/frame/${frame}?w=1280&v=${film.stamp}`
        : film.stills ? `/films/${film.id}/stills/${Math.max(1, shot)}?v=${film.stamp}` : "";
      if (!source || still.dataset.of === source) return;
      still.dataset.of = source;
      this.drawing = true;
      still.onload = still.onerror = () => { this.drawing = false; if (this.again) { this.again = false; this.#picture(); } };
      still.src = source;
    });
  }

  /** Show again what is now: its shots are known. */
  refresh() { if (this.mode === "stills") this.#picture(); }

  // -- the clock -------------------------------------------------------------------------------------------------

  get time() {
    if (this.mode === "video") return this.pending ?? this.video.currentTime;
    if (this.began) return Math.min(this.film.duration, this.virtual + ((performance.now() - this.began) / 1000) * this.speed);
    return this.virtual;
  }

  get playing() { return this.mode === "video" ? !this.video.paused || this.speed < 0 : !!this.began; }

  seek(seconds, { keep = false } = {}) {
    const at = Math.max(0, Math.min(this.film.duration, seconds));
    if (!keep) this.target = null;
    if (this.mode === "video") {
      this.video.currentTime = at;
      this.virtual = at;
    } else {
      this.virtual = at;
      if (this.began) this.began = performance.now();
      this.#picture();
    }
    this.dispatchEvent(new Event("time"));
    this.dispatchEvent(new Event("seek"));
  }

  play(speed = 1) {
    const now = this.time;  // by the speed that was
    this.target = null;
    this.stopBack();
    this.speed = speed;
    if (this.mode === "video") {
      this.video.playbackRate = Math.min(16, speed);
      this.video.play().catch(() => {});
    } else if (this.mode === "stills") {
      this.virtual = now;
      this.began = performance.now();
      clearInterval(this.showing);
      this.showing = setInterval(() => {
        const at = this.time;
        if (at >= this.film.duration) { this.pause(); return; }
        const keep = this.virtual;
        this.virtual = at;
        this.#picture();
        this.virtual = keep;
      }, 300);
    }
    this.dispatchEvent(new Event("state"));
  }

  pause() {
    const now = this.time;
    this.stopBack();
    this.speed = 0;
    if (this.mode === "video") this.video.pause();
    else {
      this.virtual = now;
      this.began = null;
      clearInterval(this.showing);
      this.#picture();
    }
    this.dispatchEvent(new Event("state"));
    this.dispatchEvent(new Event("time"));
  }

  toggle() { if (this.playing) this.pause(); else this.play(); }

  /** L: on, and faster each time. */
  faster() { this.play(this.playing && this.speed > 0 ? Math.min(8, this.speed * 2) : 1); }

  /** J: backwards, which no video does of itself: it is sought back step by step. */
  back() {
    const speed = this.speed < 0 ? Math.max(-8, this.speed * 2) : -1;
    this.pause();
    this.speed = speed;
    let last = performance.now();
    this.backing = setInterval(() => {
      if (this.video.seeking) return;
      const now = performance.now(), to = this.time + ((now - last) / 1000) * speed;
      last = now;
      this.seek(to, { keep: true });
      if (to <= 0) this.pause();
    }, 60);
    this.dispatchEvent(new Event("state"));
  }

  stopBack() { clearInterval(this.backing); this.backing = null; }

  /** The number of the frame on screen; null where the film has none. */
  async frame() {
    if (!this.film.frames) return null;
    if (this.target !== null) return this.target;
    const paused = this.mode === "video" && this.video.paused && !this.video.seeking && this.shown !== null;
    return this.frames.at(paused ? this.shown : this.time);
  }

  /** So many frames on; keys that repeat faster than the picture follows add up. */
  step(count) {
    if (this.playing) this.pause();
    this.stepping = (this.stepping ?? Promise.resolve()).then(async () => {
      const now = await this.frame();
      if (now === null) { this.seek(this.time + count / (this.film.rate || 25)); return; }
      const wanted = Math.max(0, Math.min(this.film.frames - 1, now + count));
      const [begin, end] = await this.frames.span(wanted, this.time);
      this.target = wanted;
      this.seek((begin + end) / 2, { keep: true });
      this.dispatchEvent(new Event("frame"));
    }).catch(() => {});
    return this.stepping;
  }

  stepShot(count) {
    const { shots } = this;
    if (!shots?.length) return;
    const now = Math.max(0, after(shots, this.time) - 1);
    // Back goes to the beginning of this shot first, as players go to the beginning of a song.
    const inside = this.time - shots[now].at > 0.6;
    const to = count < 0 && inside ? now : now + count;
    if (to >= shots.length || to < 0) { this.seek(to < 0 ? 0 : this.film.duration); return; }
    const half = 0.5 / (this.film.rate || 25);
    this.seek(shots[to].at + (to ? half : 0));
  }
}
