// How lanes look: the rows of the score, and one tile of them drawn once, to be stretched and moved from then on.

const HEIGHTS = { ruler: 20, strip: 44, barcode: 40, movements: 20, scenes: 18, shots: 22, motion: 42, loudness: 46,
  dynamics: 38, articulation: 30, tempo: 44, pulse: 28, heard: 34, lines: 24, notes: 22 };
const GAP = 5;
const INKS = { motion: "motion", camera: "motion", loudness: "sound", dynamics: "sound", articulation: "plain", tempo: "tempo",
  density: "tempo", pulse: "sound", light: "tempo", momentum: "motion", novelty: "plain", pitch: "sound", pace: "words" };
/** Lanes that a single value does not fill from below: they are lines, with what lies between lowest and highest behind. */
const LINES = new Set(["articulation", "tempo", "pitch"]);
/** Lanes that are written upon: their form is pale, and only its edge is drawn. */
const PALE = new Set(["dynamics", "pulse"]);

/** Rows from top to bottom: [{name, title, top, height, lane}], and their height in all. */
export function layout(lanes, { barcode, glanced = "", strip, notes = true }) {
  const wanted = [{ name: "ruler" }];
  if (strip) wanted.push({ name: "strip" });
  if (barcode) wanted.push({ name: "barcode", title: "Colour", figure: "barcode", glanced });
  wanted.push(...lanes.map((lane) => ({ name: lane.name, title: lane.title, figure: lane.figure, glanced: lane.glanced, lane })));
  if (notes) wanted.push({ name: "notes", title: "Notes" });
  let top = 0;
  const rows = wanted.map((row) => {
    const height = HEIGHTS[row.name] ?? 34;
    const placed = { ...row, top, height };
    top += height + (row.name === "strip" ? 2 : GAP);
    return placed;
  });
  return { rows, height: top };
}

/** Read what the server sent: see rewatch.web.lanes. */
export function decode(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  let at = 4 + length;
  const take = (count) => { const part = new Uint8Array(buffer, at, count); at += count; return part; };
  const lanes = new Map();
  for (const lane of head.lanes) {
    const curves = [];
    for (let i = 0; i < lane.curves; i++) curves.push({ low: take(head.bins), mean: take(head.bins), high: take(head.bins) });
    lanes.set(lane.name, { curves, share: lane.shares ? take(head.bins) : null, spans: lane.spans });
  }
  return { ...head, lanes };
}

/** Draw a tile: as wide as it has bins, `scale` device pixels a pixel high. */
export function drawTile(ctx, tile, rows, colours, scale, barcode) {
  ctx.save();
  ctx.scale(1, scale);
  for (const row of rows) {
    if (row.name === "barcode" && barcode) {
      ctx.drawImage(barcode, 0, row.top, tile.bins, row.height);
      continue;
    }
    const data = row.lane && tile.lanes.get(row.name);
    if (!data) continue;
    if (row.name === "heard") drawHeard(ctx, data.curves, row, colours);
    else if (data.curves.length) drawCurve(ctx, data.curves[0], row, inks(row.name, colours), LINES.has(row.name), PALE.has(row.name));
    if (data.share && row.name === "shots") drawTicks(ctx, data.share, row, colours.ink);
    else if (data.share) drawShare(ctx, data.share, row, colours.words);
  }
  ctx.restore();
}

function inks(name, colours) {
  const ink = INKS[name] ?? "plain";
  if (ink === "plain") return { line: colours.edge, pale: colours.hair };
  return { line: ink === "tempo" ? colours.tempoLine : colours[ink], pale: colours[`${ink}Pale`] };
}

const y = (row, value) => row.top + 1 + (1 - value / 254) * (row.height - 2);

function runs(values, each) {
  for (let begin = 0; begin < values.length;) {
    while (begin < values.length && values[begin] === 255) begin++;
    let end = begin;
    while (end < values.length && values[end] !== 255) end++;
    if (end > begin) each(begin, end);
    begin = end;
  }
}

function drawCurve(ctx, { low, mean, high }, row, ink, asLine, pale) {
  const floor = row.top + row.height - 1;
  runs(mean, (begin, end) => {
    ctx.beginPath();
    for (let i = begin; i < end; i++) { const v = y(row, high[i]); ctx.lineTo(i, v); ctx.lineTo(i + 1, v); }
    if (asLine) for (let i = end - 1; i >= begin; i--) { const v = y(row, low[i]) + 1; ctx.lineTo(i + 1, v); ctx.lineTo(i, v); }
    else { ctx.lineTo(end, floor); ctx.lineTo(begin, floor); }
    ctx.fillStyle = ink.pale;
    ctx.fill();
    if (!asLine && !pale) {
      ctx.beginPath();
      ctx.moveTo(begin, floor);
      for (let i = begin; i < end; i++) { const v = y(row, mean[i]); ctx.lineTo(i, v); ctx.lineTo(i + 1, v); }
      ctx.lineTo(end, floor);
      ctx.fillStyle = ink.line;
      ctx.globalAlpha = 0.75;
      ctx.fill();
      ctx.globalAlpha = 1;
      return;
    }
    ctx.beginPath();
    for (let i = begin; i < end; i++) { const v = y(row, mean[i]); ctx.lineTo(i + 0.5, v); }
    ctx.strokeStyle = ink.line;
    ctx.lineWidth = 1.5;
    ctx.stroke();
  });
}

function drawHeard(ctx, curves, row, colours) {
  // Speech above, music below, as on the printed sheet; what is neither lies faintly behind the music.
  const middle = row.top + row.height / 2;
  const half = row.height / 2 - 1;
  const paint = ({ mean }, sign, colour, alpha) => runs(mean, (begin, end) => {
    ctx.beginPath();
    ctx.moveTo(begin, middle);
    for (let i = begin; i < end; i++) { const v = middle + sign * (mean[i] / 254) * half; ctx.lineTo(i, v); ctx.lineTo(i + 1, v); }
    ctx.lineTo(end, middle);
    ctx.fillStyle = colour;
    ctx.globalAlpha = alpha;
    ctx.fill();
    ctx.globalAlpha = 1;
  });
  if (curves[0]) paint(curves[0], -1, colours.words, 0.8);
  if (curves[2]) paint(curves[2], 1, colours.edge, 0.4);
  if (curves[1]) paint(curves[1], 1, colours.tempoLine, 0.75);
}

function drawTicks(ctx, counts, row, colour) {
  ctx.fillStyle = colour;
  for (let i = 0; i < counts.length; i++) {
    if (!counts[i]) continue;
    ctx.globalAlpha = Math.min(1, 0.5 + 0.2 * counts[i]);
    ctx.fillRect(i, row.top + 2, 1, row.height - 4);
  }
  ctx.globalAlpha = 1;
}

function drawShare(ctx, shares, row, colour) {
  ctx.fillStyle = colour;
  for (let i = 0; i < shares.length;) {
    let end = i + 1;
    while (end < shares.length && shares[end] === shares[i]) end++;
    if (shares[i]) {
      ctx.globalAlpha = 0.16 + 0.5 * (shares[i] / 254);
      ctx.fillRect(i, row.top + 3, end - i, row.height - 6);
    }
    i = end;
  }
  ctx.globalAlpha = 1;
}
