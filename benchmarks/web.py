"""The page under a film of three hours: how soon its score is there, how smoothly it moves, how it bears many at once.

    python benchmarks/web.py [--film FILE] [--watch FILE] [--seconds 4]

A study of three hours that was never shot (about 2,800 shots, twelve lanes) is put into a library of its own, and
beside it one of four minutes; `rewatch serve` runs on it as a person would run it, headless Chromium looks at it.
--film: a video that the long study is said to be of, so that the page has something to play; --watch: a film that is
watched while many ask at once.

Measured
    first picture    from the last byte of the page to the score drawn, by the page's own clock
    bytes            all that was transferred until then, and until the video's metadata were there
    moving           frames a second while the view is zoomed from the whole film to single frames and panned, every
                     frame a new view; the 95th percentile of the time between two frames; drawing time of one frame
    hover            from the pointer's move to the figures in the card
    many at once     50 requests at a time (tiles never asked for before, moments, ranges of the film), ten rounds
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
IDS = {"three hours": "10" * 16, "four minutes": "04" * 16}

MOVE = """
const done = arguments[arguments.length - 1], seconds = arguments[0];
const { score, film } = window.rewatch;
const began = performance.now(), stamps = [];
score.trace = [];
function step(now) {
  stamps.push(now);
  const t = (performance.now() - began) / 1000 / seconds;
  if (t >= 1) {
    const gaps = stamps.slice(1).map((s, i) => s - stamps[i]).sort((a, b) => a - b);
    const draw = score.trace.map((t) => t[1]).sort((a, b) => a - b);
    score.trace = null;
    const at = (list, q) => list[Math.min(list.length - 1, Math.floor(q * list.length))];
    done({frames: gaps.length, fps: 1000 * gaps.length / gaps.reduce((a, b) => a + b, 0), p95: at(gaps, 0.95),
          drawn: draw.length, draw: at(draw, 0.5), draw95: at(draw, 0.95)});
    return;
  }
  // In to single frames and out again, moving along the whole film meanwhile.
  const depth = 0.5 - 0.5 * Math.cos(2 * Math.PI * t * 2);
  const length = film.duration * Math.pow(score.shortest * 2 / film.duration, depth);
  const middle = film.duration * (0.1 + 0.8 * t);
  score.show(middle - length / 2, middle + length / 2);
  requestAnimationFrame(step);
}
requestAnimationFrame(step);
"""

HOVER = """
const done = arguments[arguments.length - 1], share = arguments[0];
const box = document.getElementById("canvases"), rect = box.getBoundingClientRect();
const list = document.querySelector("#hover dl");
const began = performance.now();
const watch = new MutationObserver(() => { watch.disconnect(); done(performance.now() - began); });
watch.observe(list, { childList: true });
const where = { clientX: rect.left + rect.width * share, clientY: rect.top + 120 };
box.dispatchEvent(new PointerEvent("pointermove", { ...where, pointerType: "mouse", bubbles: true }));
setTimeout(() => { watch.disconnect(); done(-1); }, 5000);
"""

LOADED = """
const nav = performance.getEntriesByType("navigation")[0];
const resources = performance.getEntriesByType("resource");
const media = resources.find((r) => /\\/(media|proxy)$/.test(new URL(r.name).pathname));
const late = (until) => resources.filter((r) => r !== media && r.responseEnd <= until)
  .reduce((sum, r) => sum + r.transferSize, nav.transferSize);
const first = window.rewatch.score.first;
return {first: first - nav.responseEnd, bytes_first: late(first), media: media ? media.responseEnd : null,
        bytes_media: media ? late(media.responseEnd) : null, all: late(Infinity)};
"""


def fake_films() -> Any:
    path = ROOT / "tests" / "exports" / "fake_films.py"
    spec = importlib.util.spec_from_file_location("rewatch_fake_films", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["rewatch_fake_films"] = module
    spec.loader.exec_module(module)
    return module


def more_tracks(duration: float, seed: int = 3) -> dict[str, Any]:
    """The lanes that the fake films lack."""
    from rewatch.clock import MILLISECONDS, Clock
    from rewatch.track import Curve, Spans

    rng = np.random.default_rng(seed)

    def wave(rate: int, low: float, high: float) -> Any:
        n = int(duration * rate) + 1
        drift = np.convolve(rng.standard_normal(n + 40), np.ones(41) / 6.4, "valid")
        return np.clip((low + high) / 2 + drift * (high - low) / 6, low, high)

    def spans(name: str, every: float, labels: list[str], **columns: Any) -> Spans:
        begin = np.arange(0, duration, every)
        end = np.append(begin[1:], duration)
        ms = lambda t: (t * 1000).astype(np.int64)  # noqa: E731
        names = [labels[i % len(labels)] for i in range(len(begin))]
        given = {k: [v] * len(begin) if isinstance(v, str) else np.full(len(begin), v) for k, v in columns.items()}
        return Spans(name, ms(begin), ms(end), names, MILLISECONDS, given)

    half, one = Clock(Fraction(2)), Clock(Fraction(1))
    return {
        "dynamics": Curve("dynamics", wave(2, -25, 8), half, "LU"),
        "articulation": Curve("articulation", wave(2, 0.2, 0.8), half),
        "pulse": Curve("pulse", np.stack([wave(1, 50, 140), wave(1, 0, 1)], axis=1), one, "", ("bpm", "clarity")),
        "movements": spans("movements", duration / 7, ["quiet, slow, blue", "loud, fast, dark", "still, bright"]),
        "dynamics_marks": spans("dynamics_marks", 12, ["pp", "mf", "f", "p"]),
        "tempo_marks": spans("tempo_marks", 17, ["adagio", "allegro", "presto"]),
        "pulse_stretches": spans("pulse_stretches", 61, ["steady", "heartbeat"], bpm=72.0, clarity=0.6, of="sound"),
    }


def stocked(folder: Path, film: Path | None) -> None:
    """A library with a film of three hours and one of four minutes."""
    from io import BytesIO

    from PIL import Image

    from rewatch.clock import FRAMES
    from rewatch.library.edition import EditionRecord, Made
    from rewatch.library.library import Library
    from rewatch.track import Events

    library, fakes = Library(folder), fake_films()
    for title, length in (("three hours", 10_800), ("four minutes", 240)):
        study = fakes.film(length, title=title)
        facts = replace(study.facts, identity=IDS[title])
        if film is not None and title == "three hours":
            facts = replace(facts, path=str(film), size=film.stat().st_size)
        edition = library.place(facts.identity)
        edition.save(EditionRecord(facts.identity, title, None, facts, played={"pictures": facts.duration}))
        kept = edition.kept("stills")
        kept.mkdir(parents=True)
        shots, rng, files = study.tracks["shots"], np.random.default_rng(1), []
        for i in range(len(shots)):
            files.append(f"{i:05d}.jpg")
            rough = Image.fromarray(rng.integers(0, 256, (9, 16, 3), np.uint8)).resize(
                (640, 360), Image.Resampling.BICUBIC
            )
            out = BytesIO()
            rough.save(out, "JPEG", quality=82)
            (kept / files[-1]).write_bytes(out.getvalue())
        stills = Events("stills", np.asarray(shots.begin), FRAMES, {"shot": np.arange(len(shots)), "file": files})
        tracks = {**study.tracks, **more_tracks(length), "stills": stills}
        edition.commit(Made("watch", 1, {}, "key", tuple(tracks)), tracks)
        library.enter(edition, watched=True)
        print(f"{title}: {len(shots)} shots, {len(study.times)} frames", file=sys.stderr)


def browser(width: int = 1600, height: int = 1000) -> Any:
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    options = Options()
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        f"--window-size={width},{height}",
    ):
        options.add_argument(argument)
    options.binary_location = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    driver = webdriver.Chrome(options=options, service=Service(os.environ.get("CHROMEDRIVER", "/usr/bin/chromedriver")))
    driver.set_script_timeout(60)
    return driver


class Connection:
    """One kept connection. Little more than a socket: a full client costs more than the answers it waits for."""

    def __init__(self, address: str) -> None:
        self._host, port = address.removeprefix("http://").split(":")
        self._port = int(port)

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port, limit=2**20)

    async def get(self, path: str, header: str = "") -> int:
        asked = f"GET {path} HTTP/1.1\r\nHost: {self._host}\r\nAccept-Encoding: gzip\r\n{header}\r\n"
        self._writer.write(asked.encode())
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = re.search(r"content-length: (\d+)", head)
        assert length is not None
        await self._reader.readexactly(int(length.group(1)))
        return int(head.split()[1])

    def close(self) -> None:
        self._writer.close()


async def many(address: str, rounds: int = 10, at_once: int = 50) -> dict[str, Any]:
    """Seconds of each answer by its kind; how many failed."""
    id, rng = IDS["three hours"], random.Random(5)
    lanes = "movements,shots,motion,loudness,dynamics,articulation,tempo,pulse,heard,lines"
    took: dict[str, list[float]] = {"lanes": [], "moment": [], "range": []}
    failed = 0

    async def one(connection: Connection, kind: str) -> None:
        nonlocal failed
        level = rng.randrange(4, 12)
        path = {
            "lanes": f"/films/{id}/lanes/{level}/{rng.randrange(2**level)}?of={lanes}",
            "moment": f"/films/{id}/at?t={rng.random() * 10_000}",
            "range": f"/films/{id}/media",
        }[kind]
        start = rng.randrange(50_000_000)
        began = time.perf_counter()
        status = await connection.get(path, f"Range: bytes={start}-{start + 262_143}\r\n" if kind == "range" else "")
        took[kind].append(time.perf_counter() - began)
        # Without --film there is no film to ask for.
        failed += status not in ((206, 404) if kind == "range" else (200,))

    kinds = ["lanes"] * (at_once * 3 // 5) + ["moment"] * (at_once // 5) + ["range"] * (at_once // 5)
    connections = [Connection(address) for _ in kinds]
    await asyncio.gather(*(c.open() for c in connections))
    try:
        for turn in range(rounds + 1):
            if turn == 1:  # the first one opened the film
                for found in took.values():
                    found.clear()
            await asyncio.gather(*(one(c, k) for c, k in zip(connections, kinds, strict=True)))
            await asyncio.sleep(0.3)
    finally:
        for connection in connections:
            connection.close()
    return {"took": took, "failed": failed}


def quantile(values: list[float], q: float) -> float:
    return float(np.quantile(values, q)) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--film", type=Path)
    parser.add_argument("--watch", type=Path)
    parser.add_argument("--seconds", type=float, default=4)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rewatch-bench-") as folder:
        stocked(Path(folder) / "library", given.film)
        command = [
            sys.executable,
            "-m",
            "rewatch.cli.main",
            "serve",
            "--no-open",
            "--port",
            "0",
            "--library",
            f"{folder}/library",
        ]
        server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        watching = None
        try:
            assert server.stderr is not None
            address = re.search(r"http://\S+?:\d+", server.stderr.readline()).group()  # type: ignore[union-attr]
            looked_at(address, given.seconds)
            if given.watch:
                import httpx

                headers = {"x-rewatch": "1"}
                job = httpx.post(
                    f"{address}/watch", json={"path": str(given.watch)}, headers=headers, timeout=30
                ).json()
                watching = job["id"]
                time.sleep(5)
            found = asyncio.run(many(address))
            where = " while a film is watched" if watching else ""
            print(f"\n50 at once{where}: {found['failed']} failed")
            for kind, took in found["took"].items():
                middle, worst = quantile(took, 0.5), quantile(took, 0.99)
                print(f"  {kind:<7} median {middle:6.0f} ms   p99 {worst:6.0f} ms   of {len(took)}")
            if watching:
                httpx.delete(f"{address}/jobs/{watching}", headers=headers, timeout=30)
        finally:
            server.terminate()
            server.wait(20)


def processor_seconds(root: int) -> float:
    """What a process and all that it started have used of the processor (Linux; 0 elsewhere)."""
    parents: dict[int, int] = {}
    used: dict[int, float] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        id = int(stat.parent.name)
        parents[id] = int(fields[1])
        used[id] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    family, grown = {root}, True
    while grown:
        more = {id for id, parent in parents.items() if parent in family} - family
        family |= more
        grown = bool(more)
    return sum(used.get(id, 0.0) for id in family)


def looked_at(address: str, seconds: float) -> None:
    driver = browser()
    try:
        for title in ("four minutes", "three hours", "three hours"):
            driver.get("about:blank")
            driver.execute_cdp_cmd("Network.clearBrowserCache", {})
            driver.get(f"{address}/films/{IDS[title]}")
            for _ in range(200):
                if driver.execute_script("return !!window.rewatch?.score?.first"):
                    break
                time.sleep(0.1)
            time.sleep(2)
            told = driver.execute_script(LOADED)
            before_video = f"{told['bytes_media'] / 1000:.0f} kB before the video; " if told["media"] else ""
            print(
                f"\n{title}: first picture {told['first']:.0f} ms after the page, {told['bytes_first'] / 1000:.0f} "
                f"kB by then; {before_video}{told['all'] / 1000:.0f} kB in all"
            )
            before = processor_seconds(driver.service.process.pid)
            moved = driver.execute_async_script(MOVE, seconds)
            used = processor_seconds(driver.service.process.pid) - before
            print(
                f"  moving: {moved['fps']:.1f} frames a second, 95 % within {moved['p95']:.1f} ms; {moved['drawn']} "
                f"drawn in {moved['draw']:.1f} ms (95 %: {moved['draw95']:.1f}); "
                f"{1000 * used / moved['frames']:.1f} ms of the processor a frame, all of Chromium together"
            )
            hovered = [driver.execute_async_script(HOVER, share) for share in np.linspace(0.05, 0.95, 12).tolist()]
            print(f"  hover: median {np.median(hovered):.0f} ms, longest {max(hovered):.0f} ms")
    finally:
        driver.quit()


if __name__ == "__main__":
    main()
