// Talking to the server, and to the person: requests that bear our header, and lines that come and go.

export class Refused extends Error {
  constructor(status, told) {
    super(told.error || `the server answered ${status}`);
    this.status = status;
    this.told = told;
  }
}

/** Send JSON (or bytes) and read JSON. Throws Refused with the server's line, TypeError where it cannot be reached. */
export async function send(method, path, body, { raw = false } = {}) {
  const headers = { "x-rewatch": "1", accept: "application/json" };
  if (body !== undefined && !raw) headers["content-type"] = "application/json";
  const answer = await fetch(path, { method, headers, body: raw ? body : body === undefined ? undefined : JSON.stringify(body) });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, told);
  return told;
}

export async function get(path) {
  const answer = await fetch(path, { headers: { accept: "application/json" } });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, told);
  return told;
}

/** Follow a piece of work; calls `told` with each of its states, the last one with an end. Returns a way to stop. */
export function follow(job, told) {
  const source = new EventSource(`/jobs/${job}/events`);
  source.onmessage = (message) => {
    const event = JSON.parse(message.data);
    if (["done", "failed", "stopped"].includes(event.state)) source.close();
    told(event);
  };
  return () => source.close();
}

/** A line at the foot of the page; with a button where there is something to do about it. */
export function toast(line, action, act) {
  const box = document.createElement("div");
  box.className = "toast";
  box.append(Object.assign(document.createElement("span"), { textContent: line }));
  const gone = setTimeout(() => box.remove(), action ? 9000 : 4000);
  if (action) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: action });
    button.addEventListener("click", () => { clearTimeout(gone); box.remove(); act(); });
    box.append(button);
  }
  document.getElementById("toasts").append(box);
}

export const line = (error) => (error instanceof Refused ? error.message : "the server cannot be reached: is rewatch serve still running?");

/** 3723.5 -> "1:02:03.50" */
export function timecode(seconds, decimals = 2) {
  const units = Math.floor(Math.max(0, seconds) * 10 ** decimals + 1e-6);
  const whole = Math.floor(units / 10 ** decimals);
  const part = decimals ? "." + String(units % 10 ** decimals).padStart(decimals, "0") : "";
  const h = Math.floor(whole / 3600), m = Math.floor(whole / 60) % 60, s = String(whole % 60).padStart(2, "0");
  return (h ? `${h}:${String(m).padStart(2, "0")}` : `${m}`) + `:${s}${part}`;
}

export const lasting = (seconds) => `${seconds >= 0.995 ? seconds.toFixed(1) : parseFloat(seconds.toPrecision(2))} s`;

export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export const typing = (target) => target instanceof Element && !!target.closest("input, textarea, select, [contenteditable]");
