// Notes of a film: listed, written, changed, deleted and brought back. What is being typed is kept until it is saved: the
// list is drawn anew around forms that are open, and what a closed tab had in them is there when the film is opened again.
import { element, get, line, send, timecode, toast } from "./api.js";

export class Notes {
  constructor(film, { seek, time, span, clear }) {
    Object.assign(this, { film, seek, time, span, clear });
    this.list = document.getElementById("notes-list");
    this.form = document.getElementById("note-form");
    this.text = document.getElementById("note-text");
    this.tags = document.getElementById("note-tags");
    this.error = document.getElementById("note-error");
    this.none = document.getElementById("no-notes");
    this.notes = [];
    this.forms = new Map();  // id of a note -> its open form
    this.changed = () => {};
    this.draft = `draft-${film.id}`;
    this.edits = `edits-${film.id}`;
    this.region = null;
    this.#listen();
    this.load();
  }

  async load() {
    try {
      this.notes = (await get(`/films/${this.film.id}/notes.json`)).notes;
    } catch (error) {
      toast(line(error));
    }
    if (!this.shown) {
      for (const [id, edit] of Object.entries(this.#stored(this.edits) ?? {})) this.forms.set(id, this.#form({ id, ...edit }));
    }
    this.#show();
    const kept = this.#stored(this.draft);
    if (kept?.text && this.form.hidden && !this.shown) this.open(kept);
    this.shown = true;
  }

  /** Whether something is being written that is not saved yet. */
  get busy() { return !this.form.hidden || this.forms.size > 0; }

  #stored(name) { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } }

  #store(name, value) { try { if (value) localStorage.setItem(name, JSON.stringify(value)); else localStorage.removeItem(name); } catch { /* not kept */ } }

  /** Keep what stands in the form of a note; null: it is done with. */
  #keepEdit(id, edit) {
    const { [id]: was, ...edits } = this.#stored(this.edits) ?? {};
    if (edit) edits[id] = edit;
    this.#store(this.edits, Object.keys(edits).length ? edits : null);
  }

  #listen() {
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.save(); });
    this.form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); this.save(); }
      if (event.key === "Escape") { event.stopPropagation(); this.close(); }
    });
    this.form.addEventListener("input", () => this.#keep());
    document.getElementById("note-cancel").addEventListener("click", () => { this.#forget(); this.text.value = this.tags.value = ""; this.close(); });
    document.getElementById("note-region").addEventListener("click", () => this.#mark());
  }

  #keep() { this.#store(this.draft, { text: this.text.value, tags: this.tags.value, region: this.region, ...this.at }); }

  /** Forget the draft; another tab's, that has taken its place meanwhile, stays. */
  #forget() { if ((this.#stored(this.draft)?.text ?? "") === this.text.value) this.#store(this.draft, null); }

  /** Write a note here, or over the span that was chosen. */
  open(kept = null) {
    const span = this.span();
    this.at = kept ? { begin: kept.begin ?? 0, end: kept.end ?? null } : span ? { begin: span[0], end: span[1] } : { begin: this.time(), end: null };
    this.text.value = kept?.text ?? this.text.value;
    this.tags.value = kept?.tags ?? this.tags.value;
    document.getElementById("note-at").textContent = this.#when(this.at);
    this.error.hidden = true;
    this.region = kept?.region ?? null;
    this.#region(this.region);
    this.form.hidden = false;
    if (!kept) { this.form.scrollIntoView({ block: "nearest" }); this.text.focus({ preventScroll: true }); }
  }

  close() {
    this.form.hidden = true;
    document.getElementById("frame-region").hidden = true;
    document.getElementById("canvases").focus({ preventScroll: true });
  }

  #when({ begin, end }) { return end === null ? timecode(begin, 1) : `${timecode(begin, 1)} – ${timecode(end, 1)}`; }

  async save() {
    const round = (seconds) => Math.round(Math.min(seconds, this.film.duration) * 1000) / 1000;
    const note = { begin: round(this.at.begin), end: this.at.end === null ? null : round(this.at.end), region: this.region,
      text: this.text.value, tags: this.tags.value.split(",").filter((t) => t.trim()) };
    try {
      await send("POST", `/films/${this.film.id}/notes`, note);
    } catch (error) {
      this.error.textContent = `${line(error)} Your text is still here.`;
      this.error.hidden = false;
      this.#keep();
      return;
    }
    this.#forget();
    this.text.value = this.tags.value = "";
    this.clear();
    this.close();
    await this.load();
  }

  #show() {
    const active = this.list.contains(document.activeElement) ? document.activeElement : null;
    this.none.hidden = this.notes.length > 0;
    const gone = [...this.forms.keys()].filter((id) => !this.notes.some((note) => note.id === id));
    this.list.replaceChildren(...this.notes.map((note) => this.#item(note)), ...gone.map((id) => this.#orphan(id)));
    active?.focus({ preventScroll: true });
    this.changed(this.notes);
  }

  #item(note) {
    const at = element("a", { href: `#t=${note.begin}`, textContent: note.when });
    at.addEventListener("click", (event) => { event.preventDefault(); this.seek(note.begin); this.#region(note.region); });
    const body = element("div", { className: "note-text" });
    body.innerHTML = note.html;  // made by the server from Markdown, in which HTML is text
    const change = element("button", { type: "button", className: "plain small", textContent: "edit" });
    const away = element("button", { type: "button", className: "plain small", textContent: "delete" });
    const head = element("p", { className: "note-at" }, at, ...note.tags.map((tag) => element("span", { className: "tag", textContent: tag })),
      element("span", { className: "stretch" }), change, away);
    const item = element("li", { className: note.beside ? "note beside" : "note" }, head, this.forms.get(note.id) ?? body);
    item.dataset.id = note.id;
    change.addEventListener("click", () => this.#edit(note));
    away.addEventListener("click", () => this.#delete(note));
    return item;
  }

  /** The open form of a note that was deleted elsewhere: saved, it brings the note back. */
  #orphan(id) {
    return element("li", { className: "note" }, element("p", { className: "note-at", textContent: "deleted meanwhile; saved, it comes back" }), this.forms.get(id));
  }

  #edit(note) {
    if (!this.forms.has(note.id)) {
      this.forms.set(note.id, this.#form({ id: note.id, version: note.version, text: note.text, tags: note.tags.join(", ") }));
      this.#show();
    }
    this.forms.get(note.id).querySelector("textarea").focus();
  }

  /** A form over the version of a note that one has before one's eyes: what was changed meanwhile is kept beside it. */
  #form({ id, version, text, tags }) {
    const words = element("textarea", { rows: Math.min(12, 2 + text.split("\n").length), value: text });
    words.setAttribute("aria-label", "Note");
    const bears = element("input", { type: "text", value: tags });
    bears.setAttribute("aria-label", "Tags, with commas");
    const leave = element("button", { type: "button", textContent: "Cancel" });
    const complaint = element("p", { className: "complaint", hidden: true });
    complaint.setAttribute("role", "alert");
    const form = element("form", { className: "note-form" }, words,
      element("div", { className: "row" }, bears, element("button", { className: "strong", textContent: "Save" }), leave), complaint);
    const done = () => { this.forms.delete(id); this.#keepEdit(id, null); };
    form.addEventListener("input", () => this.#keepEdit(id, { version, text: words.value, tags: bears.value }));
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); }
    });
    leave.addEventListener("click", () => { done(); this.#show(); });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        await send("PATCH", `/notes/${id}`, { version, text: words.value, tags: bears.value.split(",").filter((t) => t.trim()) });
        toast("Changed.", "Undo", () => this.#undo(id));
      } catch (error) {
        if (!error.told?.beside) { complaint.textContent = `${line(error)} Your text is still here.`; complaint.hidden = false; return; }
        toast("This note was changed meanwhile: both texts are kept, one below the other.");
      }
      done();
      await this.load();
    });
    return form;
  }

  async #delete(note) {
    try {
      await send("DELETE", `/notes/${note.id}`, { version: note.version });
      toast("The note is deleted.", "Undo", () => this.#undo(note.id));
    } catch (error) {
      toast(line(error));
    }
    await this.load();
  }

  async #undo(id) {
    try { await send("POST", `/notes/${id}/undo`); } catch (error) { toast(line(error)); }
    await this.load();
  }

  /** Let a part of the picture be drawn with the mouse. */
  #mark() {
    const screen = document.getElementById("screen"), box = document.getElementById("frame-region");
    const { width, height } = this.film;
    toast("Draw a frame round it on the picture.");
    screen.addEventListener("pointerdown", (down) => {
      down.preventDefault();
      const rect = screen.getBoundingClientRect();
      const scale = Math.min(rect.width / width, rect.height / height);
      const w = width * scale, h = height * scale, left = (rect.width - w) / 2, top = (rect.height - h) / 2;
      const share = (event) => [(event.clientX - rect.left - left) / w, (event.clientY - rect.top - top) / h].map((v) => Math.max(0, Math.min(1, v)));
      const [x0, y0] = share(down);
      const move = (event) => {
        const [x1, y1] = share(event);
        this.region = [Math.min(x0, x1), Math.min(y0, y1), Math.abs(x1 - x0), Math.abs(y1 - y0)];
        this.#region(this.region);
      };
      const up = () => { removeEventListener("pointermove", move); if (this.region && (this.region[2] < 0.005 || this.region[3] < 0.005)) { this.region = null; box.hidden = true; } };
      addEventListener("pointermove", move);
      addEventListener("pointerup", up, { once: true });
    }, { once: true });
  }

  #region(region) {
    const box = document.getElementById("frame-region");
    box.hidden = !region;
    if (!region) return;
    const rect = document.getElementById("screen").getBoundingClientRect();
    const scale = Math.min(rect.width / this.film.width, rect.height / this.film.height);
    const w = this.film.width * scale, h = this.film.height * scale;
    box.style.left = `${(rect.width - w) / 2 + region[0] * w}px`;
    box.style.top = `${(rect.height - h) / 2 + region[1] * h}px`;
    box.style.width = `${region[2] * w}px`;
    box.style.height = `${region[3] * h}px`;
  }

  /** Light up what was written about this moment. */
  light(seconds) {
    for (const note of this.notes) {
      const lit = seconds >= note.begin - 0.5 && seconds <= (note.end ?? note.begin + 2);
      this.list.querySelector(`[data-id="${note.id}"]`)?.classList.toggle("lit", lit);
    }
  }
}

