// Fetches tiles, decodes and draws them beside the page's own thread, which is left to move them.
import { decode, drawTile } from "./draw.js";

let config = null;
const running = new Map();

async function make({ key, tile, barcode }) {
  const stop = new AbortController();
  running.set(key, stop);
  const now = config;
  try {
    const [data, image] = await Promise.all([
      fetch(tile, { signal: stop.signal }).then((answer) => { if (!answer.ok) throw new Error(String(answer.status)); return answer.arrayBuffer(); }),
      barcode ? fetch(barcode, { signal: stop.signal }).then(async (answer) => (answer.ok ? createImageBitmap(await answer.blob()) : null)) : null,
    ]);
    if (now !== config) { postMessage({ key, stale: true }); return; }
    const decoded = decode(data);
    const canvas = new OffscreenCanvas(decoded.bins, Math.ceil(now.height * now.scale));
    drawTile(canvas.getContext("2d"), decoded, now.rows, now.colours, now.scale, image);
    image?.close();
    const spans = {};
    for (const lane of decoded.lanes.values()) Object.assign(spans, lane.spans);
    const bitmap = canvas.transferToImageBitmap();
    postMessage({ key, bitmap, spans, begin: decoded.begin, end: decoded.end, config: now.number }, [bitmap]);
  } catch (error) {
    postMessage({ key, failed: error.name !== "AbortError" });
  } finally {
    running.delete(key);
  }
}

onmessage = ({ data }) => {
  if (data.config) config = data.config;
  else if (data.drop) running.get(data.drop)?.abort();
  else make(data);
};
