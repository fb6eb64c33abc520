// What is to be read on the score: the ruler, names of movements, words of tempo and dynamics, lines, notes.
import { timecode } from "./api.js";

const STEPS = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

export function drawRuler(score, ctx) {
  const { colours, width, begin, end, height } = score;
  const row = score.row.ruler;
  const wanted = (84 / width) * (end - begin);
  const frame = 1 / (score.film.rate || 25);
  const step = STEPS.find((s) => s >= wanted) ?? 7200;
  const decimals = step < 0.1 ? 2 : step < 1 ? 1 : 0;
  ctx.font = "11px system-ui, 'Liberation Sans', sans-serif";
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  for (let i = Math.ceil(begin / step - 1e-9); i * step <= end; i++) {
    const x = Math.round(score.x(i * step));
    ctx.globalAlpha = 0.55;
    ctx.fillStyle = colours.hair;
    ctx.fillRect(x, row.height - 2, 1, height);
    ctx.globalAlpha = 1;
    ctx.fillStyle = colours.soft;
    ctx.fillRect(x, row.top + 4, 1, row.height - 6);
    if (x < width - 20) ctx.fillText(timecode(i * step, decimals), x + 4, row.top + 9);
  }
  // Near single frames each has its tick.
  const perFrame = (frame / (end - begin)) * width;
  if (perFrame > 5) {
    ctx.fillStyle = colours.edge;
    for (let i = Math.floor(begin / frame); i * frame < end; i++) ctx.fillRect(Math.round(score.x(i * frame)), row.height - 5, 1, 4);
  }
}

export function drawLabels(score, ctx, spans) {
  const { row } = score;
  if (row.movements) blocks(score, ctx, spans.get("movements"), row.movements, true);
  if (row.scenes) blocks(score, ctx, spans.get("scenes"), row.scenes, false);
  if (row.shots) shots(score, ctx, spans.get("shots"), row.shots);
  if (row.tempo) words(score, ctx, spans.get("tempo_marks"), row.tempo, "italic 12.5px ", score.colours.ink, "top");
  if (row.dynamics) {
    hairpins(score, ctx, spans.get("hairpins"), row.dynamics);
    words(score, ctx, spans.get("dynamics_marks"), row.dynamics, "italic bold 14px ", score.colours.ink, "bottom");
  }
  if (row.pulse) pulses(score, ctx, spans.get("pulse_stretches"), row.pulse);
  if (row.lines) lines(score, ctx, spans.get("lines"), row.lines);
}

const NUMERALS = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"];

function blocks(score, ctx, rows, row, numbered) {
  const { colours } = score;
  ctx.textBaseline = "middle";
  for (const [number, begin, end, label] of rows ?? []) {
    const left = Math.max(-2, score.x(begin)), right = Math.min(score.width + 2, score.x(end));
    if (right - left < 0.5) continue;
    ctx.fillStyle = number % 2 ? colours.sunk : colours.hair;
    ctx.globalAlpha = number % 2 ? 1 : 0.7;
    ctx.fillRect(left, row.top, right - left, row.height);
    ctx.globalAlpha = 1;
    ctx.fillStyle = colours.edge;
    ctx.fillRect(Math.round(score.x(begin)), row.top, 1, row.height);
    const text = numbered ? `${NUMERALS[number] ?? number + 1}.  ${label}` : label;
    fit(ctx, text, Math.max(left, 0) + 6, right - Math.max(left, 0) - 10, row.top + row.height / 2 + 1, `italic 12.5px ${score.serif}`, colours.ink);
  }
}

function fit(ctx, text, x, room, y, font, colour) {
  if (room < 22 || !text) return;
  ctx.font = font;
  ctx.fillStyle = colour;
  ctx.textAlign = "left";
  let shown = text;
  if (width(ctx, font, text) > room) {
    let count = Math.floor((room / width(ctx, font, text)) * text.length);
    do shown = `${text.slice(0, count).trimEnd()}…`; while (count-- > 3 && ctx.measureText(shown).width > room);
    if (shown.length < 4) return;
  }
  ctx.fillText(shown, x, y);
}

const widths = new Map();
function width(ctx, font, text) {
  const key = font + text;
  let found = widths.get(key);
  if (found === undefined) {
    if (widths.size > 4000) widths.clear();
    ctx.font = font;
    found = ctx.measureText(text).width;
    widths.set(key, found);
  }
  return found;
}

function shots(score, ctx, rows, row) {
  ctx.textBaseline = "middle";
  for (const [number, begin, end, label] of rows ?? []) {
    const left = score.x(begin), right = score.x(end);
    if (right < 0 || left > score.width || right - left < 26) continue;
    const at = Math.max(left, 0);
    const text = right - at > 110 && label ? `${number + 1}  ${label.replaceAll("_", " ")}` : String(number + 1);
    fit(ctx, text, at + 5, right - at - 6, row.top + row.height / 2 + 1, "11px system-ui, 'Liberation Sans', sans-serif", score.colours.soft);
  }
}

function words(score, ctx, rows, row, style, colour, where) {
  const font = style + score.serif;
  ctx.textBaseline = where === "top" ? "top" : "alphabetic";
  const y = where === "top" ? row.top : row.top + row.height - 5;
  let free = 0;
  for (const [, begin, end, label] of rows ?? []) {
    const right = Math.min(score.x(end), score.width);
    const x = Math.max(score.x(begin), 0) + 3;
    if (right < 0 || x < free || x > score.width) continue;
    const wide = width(ctx, font, label);
    // A word stands only where its stretch has some room for it.
    if (right - x < wide * 0.6) continue;
    ctx.font = font;
    ctx.textAlign = "left";
    ctx.lineWidth = 3;
    ctx.strokeStyle = score.colours.paper;
    ctx.globalAlpha = 0.75;
    ctx.strokeText(label, x, y);
    ctx.globalAlpha = 1;
    ctx.fillStyle = colour;
    ctx.fillText(label, x, y);
    free = x + wide + 8;
  }
}

function hairpins(score, ctx, rows, row) {
  ctx.strokeStyle = score.colours.ink;
  ctx.lineWidth = 1;
  for (const [, begin, end, label] of rows ?? []) {
    const left = score.x(begin), right = score.x(end);
    if (right < 0 || left > score.width || right - left < 12) continue;
    const middle = row.top + 9, [open, shut] = label === "crescendo" ? [right, left] : [left, right];
    ctx.beginPath();
    ctx.moveTo(open, middle - 4.5);
    ctx.lineTo(shut, middle);
    ctx.lineTo(open, middle + 4.5);
    ctx.stroke();
  }
}

function pulses(score, ctx, rows, row) {
  ctx.textBaseline = "middle";
  let free = 0;
  for (const [, begin, end, label, bpm] of rows ?? []) {
    const left = Math.max(score.x(begin), 0), right = Math.min(score.x(end), score.width);
    if (right <= left) continue;
    ctx.fillStyle = score.colours.sound;
    ctx.fillRect(left, row.top + row.height - 2, right - left, 2);
    const text = bpm === null || bpm === undefined ? label : `${label} ${Math.round(bpm)}`;
    // Two pulses may go on at once, of the sound and of the cuts: their words stand one after the other.
    const at = Math.max(left + 4, free), font = `italic 12px ${score.serif}`;
    fit(ctx, text, at, right - at, row.top + 8, font, score.colours.ink);
    if (right - at >= 22) free = at + Math.min(width(ctx, font, text), right - at) + 8;
  }
}

function lines(score, ctx, rows, row) {
  ctx.textBaseline = "middle";
  for (const [, begin, end, label] of rows ?? []) {
    const left = score.x(begin), right = score.x(end);
    if (right < 0 || left > score.width || right - left < 40) continue;
    ctx.fillStyle = score.colours.words;
    ctx.fillRect(left, row.top + 2, 1.5, row.height - 4);
    const at = Math.max(left, 0);
    fit(ctx, label.replaceAll("\n", " / "), at + 6, right - at - 8, row.top + row.height / 2 + 1, `12.5px ${score.serif}`, score.colours.ink);
  }
}

export function drawNotes(score, ctx) {
  const row = score.row.notes;
  for (const note of score.notes) {
    const left = score.x(note.begin), right = note.end === null ? left : score.x(note.end);
    if (right < -8 || left > score.width + 8) continue;
    ctx.fillStyle = score.colours.tempoLine;
    if (right - left > 3) {
      ctx.globalAlpha = 0.35;
      ctx.fillRect(left, row.top + 3, right - left, row.height - 6);
      ctx.globalAlpha = 1;
      ctx.fillRect(left, row.top + 3, 2, row.height - 6);
      fit(ctx, note.text.replaceAll("\n", " "), Math.max(left, 0) + 6, right - Math.max(left, 0) - 8, row.top + row.height / 2 + 1, `12px ${score.serif}`, score.colours.ink);
    } else {
      ctx.beginPath();
      ctx.arc(left, row.top + row.height / 2, 4.5, 0, 7);
      ctx.fill();
    }
  }
}

