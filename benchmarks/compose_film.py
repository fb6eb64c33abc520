"""Films as an encoder makes them, composed of single shots of a labelled film: what a glance's estimates are fitted on.

    python benchmarks/compose_film.py FILM[,FILM] --seeds 1 2 3 --into FOLDER

The shots of one work (labels beside the film) follow each other in any order: forwards, backwards, back and forth, two
or three times as fast, on twos, mirrored, framed anew, panned over and zoomed into; most are joined by cuts, some by
dissolves and fades. A film of some 3,000 frames for each seed is coded by x264, with settings drawn from what people
use. Where its boundaries are is left to the full detector (`fit_glance.py`).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.video.stream import VideoStream

sys.path.insert(0, str(Path(__file__).parent))

from compose_transitions import Planes, Stretch, stretches

Picture = npt.NDArray[np.uint8]
"""(height * 3 / 2, width): Y'CbCr 4:2:0, plane after plane, as PyAV gives and takes it."""
PRESETS = ("medium", "veryfast", "fast", "faster", "superfast")
HEIGHTS = (270, 360, 480, 720)
KINDS = ("cut", "dissolve", "fade")
SHARES = ((0.92, 0.05, 0.03), (0.8, 0.15, 0.05), (0.97, 0.02, 0.01))
"""Of those kinds, by the seed."""


def shots_of(film: Path) -> list[Stretch]:
    """The shots of a labelled film, at its own size."""
    labels = json.loads(film.with_suffix(".shots.json").read_text())
    planes: list[list[Picture]] = [[], [], []]
    with av.open(str(film)) as source:
        for frame in source.decode(video=0):
            packed = frame.reformat(format="yuv420p").to_ndarray()
            wide, high = frame.width, frame.height
            chroma = packed[high:].reshape(2, -1)[:, : high // 2 * (wide // 2)].reshape(2, high // 2, wide // 2)
            for plane, into in zip((packed[:high], *chroma), planes, strict=True):
                into.append(plane)
    return stretches((np.stack(planes[0]), np.stack(planes[1]), np.stack(planes[2])), labels)


def _framed(planes: Planes, zoom: float, place: Any, mirrored: bool, size: tuple[int, int]) -> Picture:
    """A window of a frame, of relative size `zoom` at a relative place, scaled to (width, height)."""
    height, width = planes[0].shape
    wide, high = (int(x * zoom) // 2 * 2 for x in (width, height))
    x, y = (
        int((whole - part) * p) // 2 * 2 for whole, part, p in zip((width, height), (wide, high), place, strict=True)
    )
    parts = [planes[0][y : y + high, x : x + wide]]
    parts += [c[y // 2 : (y + high) // 2, x // 2 : (x + wide) // 2] for c in planes[1:]]
    if mirrored:
        parts = [p[:, ::-1] for p in parts]
    window = np.concatenate([p.ravel() for p in parts]).reshape(high * 3 // 2, wide)
    return av.VideoFrame.from_ndarray(window, format="yuv420p").reformat(width=size[0], height=size[1]).to_ndarray()


def _played(rng: np.random.Generator, shot: Stretch, size: tuple[int, int]) -> list[Picture]:
    """A stretch of a shot, as an editor might have it."""
    length = int(np.clip(np.exp(rng.normal(np.log(50), 0.75)), 8, 220))
    order = list(range(0, len(shot), int(rng.choice([1, 1, 1, 2, 3]))))
    if rng.random() < 0.4:
        order = order[::-1]
    while len(order) < length:
        order = order + order[::-1][1:]
    begin = int(rng.integers(0, len(order) - length + 1))
    order = order[begin : begin + length]
    mirrored = bool(rng.random() < 0.5)
    zoom = rng.uniform(0.45, 1) if rng.random() < 0.6 else 1.0
    last_zoom = zoom * rng.uniform(0.7, 1.3) if rng.random() < 0.25 else zoom
    last_zoom = min(1.0, max(0.4, last_zoom))
    place = rng.random(2)
    last_place = np.clip(place + rng.normal(0, 0.5, 2) * (rng.random() < 0.35), 0, 1)
    held = 2 if rng.random() < 0.08 else 1
    pictures = []
    for n in range(length):
        at = n // held * held
        gone = at / max(1, length - 1)
        zoomed, placed = zoom + (last_zoom - zoom) * gone, place + (last_place - place) * gone
        y, cb, cr = (plane[order[at]] for plane in shot.planes)
        pictures.append(_framed((y, cb, cr), zoomed, placed, mirrored, size))
    return pictures


def _mixed(a: Picture, b: Picture, share: float) -> Picture:
    mixed: Picture = np.round(a * (1 - share) + b * share).astype(np.uint8)
    return mixed


def composed(rng: np.random.Generator, shots: list[Stretch], seed: int, size: tuple[int, int]) -> Iterator[Picture]:
    """The frames of one film."""
    total, count, before = int(rng.integers(2500, 3500)), 0, -1
    black = np.concatenate([np.full((size[1], size[0]), 16), np.full((size[1] // 2, size[0]), 128)]).astype(np.uint8)
    tail: list[Picture] = []
    while count < total:
        number = int(rng.integers(len(shots)))
        number = (number + 1) % len(shots) if number == before else number
        before = number
        clip = _played(rng, shots[number], size)
        kind = rng.choice(KINDS, p=SHARES[seed % len(SHARES)])
        over = min(int(rng.integers(6, 40)), len(clip) // 3, len(tail) // 3) if kind != "cut" else 0
        ready = tail
        if over >= 4:
            ready, last = tail[:-over], tail[-over:]
            if kind == "dissolve":
                ready += [_mixed(a, b, (n + 1) / (over + 1)) for n, (a, b) in enumerate(zip(last, clip, strict=False))]
                clip = clip[over:]
            else:
                ready += [_mixed(a, black, (n + 1) / over) for n, a in enumerate(last)]
                clip = [_mixed(black, a, n / over) for n, a in enumerate(clip[:over])] + clip[over:]
        tail = clip
        count += len(ready)
        yield from ready
    yield from tail


def write(target: Path, shots: list[Stretch], seed: int) -> None:
    rng = np.random.default_rng([seed, sum(map(ord, target.stem))])
    options = {"preset": str(rng.choice(PRESETS)), "crf": str(int(rng.integers(17, 27)))}
    height = int(rng.choice(HEIGHTS))
    high, wide = shots[0].planes[0].shape[1:]
    size = round(height * wide / high / 2) * 2, height
    if rng.random() < 0.25:
        options["bframes"] = str(rng.choice([0, 1, 2]))
    if rng.random() < 0.2:
        options["g"] = str(rng.choice([96, 120, 300]))
    with av.open(str(target), "w") as out:
        stream = out.add_stream("libx264", rate=24, options=options)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for n, picture in enumerate(composed(rng, shots, seed, size)):
            frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
            frame.pts = n
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    print(target, options, f"{size[0]}x{size[1]}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("films", help="films of one work, labels beside each: FILM[,FILM]")
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--into", type=Path, required=True)
    args = parser.parse_args()
    files = [Path(f) for f in args.films.split(",")]
    args.into.mkdir(parents=True, exist_ok=True)
    shots = [s for f in files for s in shots_of(f)]
    for seed in args.seeds:
        write(args.into / f"{files[0].stem}_{seed}.mp4", shots, seed)


if __name__ == "__main__":
    main()
