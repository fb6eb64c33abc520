"""What is no boundary, put into real single-shot footage: how often is one seen there?

    python benchmarks/stress_shots.py [--fitted] [--footage FOLDER] [--list] [--markdown FILE]

The longest shots of the labelled films, each by itself and with every disturbance of the list; any boundary that is
found is a false alarm (of the footage as it is, too). On small pictures, as the detector sees them. It decides by
weights fitted without the work that the footage is from (`--fitted`: by those in the package); the disturbances that
they were fitted on (`compose_disturbances`) are made in other ways.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter, map_coordinates

sys.path.insert(0, str(Path(__file__).parent))

from compose_transitions import Planes, Stretch, resize, stretches
from films import FILMS
from fit_boundaries import calibrated, decided_by, found_in, gathered, planes_of, without

Picture = npt.NDArray[np.float32]
Random = np.random.Generator
LONGEST, SHORTEST, SHOTS = 160, 60, 6
"""Frames of a clip, at most and at least; clips of a film."""


def _lit(luma: Picture, at: int, values: list[float]) -> None:
    for n, value in enumerate(values):
        luma[at + n] += (255 - luma[at + n]) * value


def flash(luma: Picture, cb: Picture, cr: Picture, rng: Random) -> None:
    _lit(luma, len(luma) // 2, [1.0, 0.8, 0.3])


def lightning(luma: Picture, cb: Picture, cr: Picture, rng: Random) -> None:
    for at in (20, 23, 25, 40, 41, 44):
        luma[at] = luma[at] * rng.uniform(1.5, 3) + rng.uniform(20, 90)


def explosion(luma: Picture, cb: Picture, cr: Picture, rng: Random) -> None:
    count, height, width = luma.shape
    y, x = np.mgrid[:height, :width]
    ragged = gaussian_filter(rng.normal(0, 1, (height, width)), 5)
    away = np.hypot(y - height * rng.random(), x - width * rng.random()) + ragged / ragged.std() * 8
    for n in range(20, count):
        size = (n - 19) / 8 * width if n < 32 else width * 1.5 * np.exp(-(n - 32) / 14)
        cover = np.clip((size - away) / 14, 0, 1) * 0.95
        luma[n] += (225 + 15 * rng.normal() - luma[n]) * cover
        for plane, level in ((cb, 90), (cr, 160)):
            plane[n] += (level - plane[n]) * cover[::2, ::2]


def whip(luma: Picture, cb: Picture, cr: Picture, rng: Random) -> None:
    """To the other end of the picture and back, within a window half as large."""
    count = len(luma)
    way = np.interp(np.arange(count), [0, 30, 34, 50, 55, count], [0, 0, 1, 1, 0, 0])
    for plane in (luma, cb, cr):
        _, height, width = plane.shape
        y, x = np.mgrid[:height, :width].astype(float)
        for n in range(count):
            plane[n] = map_coordinates(plane[n], [y / 2 + height / 4, x / 2 + way[n] * width / 2], order=1)


def shake(luma: Picture, cb: Picture, cr: Picture, rng: Random) -> None:
    by = rng.integers(-4, 5, (len(luma), 2)) * 2
    for plane, part in ((luma, 1), (cb, 2), (cr, 2)):
        for n, (down, across) in enumerate(by // part):
            plane[n] = np.roll(plane[n], (down, across), (0, 1))


def strobe(luma: Picture, cb: Picture, cr: Picture, rng: Random) -> None:
    luma[20:70:3] *= 0.2


def glitch(luma: Picture, cb: Picture, cr: Picture, rng: Random) -> None:
    """Blocks of a damaged stream: other places of the picture, grey, for a frame or a few."""
    for at in rng.integers(10, len(luma) - 10, 6):
        for n in range(at, at + int(rng.integers(1, 4))):
            for _ in range(12):
                y, x, other = int(rng.integers(0, 56)), int(rng.integers(0, 96)), int(rng.integers(0, 96))
                luma[n, y : y + 16, x : x + 32] = luma[n, y : y + 16, other : other + 32] if rng.random() < 0.6 else 128


def water(luma: Picture, cb: Picture, cr: Picture, rng: Random) -> None:
    for plane in (luma, cb, cr):
        _, height, width = plane.shape
        y, x = np.mgrid[:height, :width].astype(float)
        for n in range(len(plane)):
            waves = height * 0.06 * np.sin(y / height * 25 + n * 1.3) * np.sin(x / width * 18 - n * 0.9)
            plane[n] = map_coordinates(plane[n], [y + waves, x + waves], order=1, mode="nearest")


def confetti(luma: Picture, cb: Picture, cr: Picture, rng: Random) -> None:
    for n in range(len(luma)):
        for _ in range(90):
            y, x = int(rng.integers(0, 34)), int(rng.integers(0, 62))
            luma[n, 2 * y : 2 * y + 4, 2 * x : 2 * x + 4] = rng.uniform(60, 255)
            cb[n, y : y + 2, x : x + 2], cr[n, y : y + 2, x : x + 2] = rng.uniform(60, 200, 2)


def close(luma: Picture, cb: Picture, cr: Picture, rng: Random) -> None:
    """Something dark and out of focus goes past the lens and fills the picture."""
    width = luma.shape[2]
    texture = gaussian_filter(rng.normal(0, 400, luma.shape[1:]), 9)
    for n in range(30):
        right, left = min(width, 14 * n), max(0, 14 * n - 190)
        luma[25 + n, :, left:right] = 45 + texture[:, left:right]
        cb[25 + n, :, left // 2 : right // 2], cr[25 + n, :, left // 2 : right // 2] = 120, 136


def subtitles(luma: Picture, cb: Picture, cr: Picture, rng: Random) -> None:
    for begin in range(5, len(luma) - 20, 30):
        marks = 235 * (rng.random((10, 84)) < 0.45)
        luma[begin : begin + 24, 56:66, 22:106] = np.where(marks, 235, luma[begin : begin + 24, 56:66, 22:106])


def title(luma: Picture, cb: Picture, cr: Picture, rng: Random) -> None:
    """A large title fades in and out over the picture."""
    marks = gaussian_filter((rng.random((6, 12)) < 0.5).repeat(7, 0).repeat(8, 1)[:40, :96].astype(float), 0.7)
    share = np.interp(np.arange(len(luma)), [15, 27, 50, 58], [0, 1, 1, 0])[:, None, None]
    luma[:, 16:56, 16:112] += (240 - luma[:, 16:56, 16:112]) * share * marks


def tape(luma: Picture, cb: Picture, cr: Picture, rng: Random) -> None:
    for n in range(len(luma)):
        for row, by in enumerate(np.round(rng.normal(0, 0.8, luma.shape[1])).astype(int)):
            luma[n, row] = np.roll(luma[n, row], by)
        at = (n * 3) % 66
        luma[n, at : at + 6] += rng.normal(40, 60, luma[n, at : at + 6].shape)
    luma += rng.normal(0, 12, luma.shape)
    cb += rng.normal(0, 10, cb.shape)
    cr += rng.normal(0, 10, cr.shape)


def on_twos(luma: Picture, cb: Picture, cr: Picture, rng: Random) -> None:
    for plane in (luma, cb, cr):
        plane[:] = plane[np.arange(len(plane)) // 3 * 3]


def combed(luma: Picture, cb: Picture, cr: Picture, rng: Random) -> None:
    """Fields of two frames in one, two of every five, as film on tape has it."""
    for plane in (luma, cb, cr):
        for n in range(len(plane) - 1):
            if n % 5 in (2, 3):
                plane[n, 1::2] = plane[n + 1, 1::2]


def old(luma: Picture, cb: Picture, cr: Picture, rng: Random) -> None:
    luma *= rng.normal(1, 0.08, len(luma))[:, None, None]
    luma += rng.normal(0, 8, luma.shape)
    cb[:], cr[:] = 128, 128
    for n in range(len(luma)):
        luma[n] = np.roll(luma[n], tuple(rng.integers(-1, 2, 2)), (0, 1))
        if rng.random() < 0.1:
            luma[n, :, int(rng.integers(0, 127))] = 230


def letterboxed(luma: Picture, cb: Picture, cr: Picture, rng: Random) -> None:
    luma[:, :10], luma[:, -10:] = 0, 0
    for plane in (cb, cr):
        plane[:, :5], plane[:, -5:] = 128, 128


def dark(luma: Picture, cb: Picture, cr: Picture, rng: Random) -> None:
    luma *= 0.15


def exposure(luma: Picture, cb: Picture, cr: Picture, rng: Random) -> None:
    """The camera goes out of the dark into the light and adapts."""
    luma *= np.interp(np.arange(len(luma)), [20, 30, 55], [0.5, 1.9, 1.0])[:, None, None]


DISTURBANCES: tuple[Callable[[Picture, Picture, Picture, Random], None], ...] = (
    flash, lightning, explosion, whip, shake, strobe, glitch, water, confetti, close, subtitles, title, tape, on_twos,
    combed, old, letterboxed, dark, exposure,
)  # fmt: skip


def clips() -> list[tuple[str, Stretch]]:
    """The longest shots of each film."""
    found = []
    for path in sorted(FILMS.glob("*.shots.json")):
        doc = json.loads(path.read_text())
        footage = [s for s in stretches(planes_of(FILMS / doc["film"]), doc) if len(s) >= SHORTEST]
        for shot in sorted(footage, key=len, reverse=True)[:SHOTS]:
            planes = (resize(p[:LONGEST], (72, 128) if n == 0 else (36, 64)) for n, p in enumerate(shot.planes))
            found.append((doc["film"], Stretch(tuple(planes))))  # type: ignore[arg-type]
    return found


def disturbed(shot: Stretch, disturb: Callable[..., None] | None, seed: int) -> Planes:
    planes = [p.astype(np.float32) for p in shot.planes]
    if disturb is not None:
        disturb(*planes, np.random.default_rng(seed))
    return tuple(np.clip(p + 0.5, 0, 255).astype(np.uint8) for p in planes)  # type: ignore[return-value]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fitted", action="store_true", help="decide by the weights of the package")
    parser.add_argument("--footage", type=Path, help="fitted on a folder of folders of clips too, see `fit_boundaries`")
    parser.add_argument("--list", action="store_true", help="name each false alarm")
    parser.add_argument("--markdown", type=Path, help="write the table to this file too")
    args = parser.parse_args()
    shots = clips()
    docs = {d["film"]: d for d in (json.loads(p.read_text()) for p in sorted(FILMS.glob("*.shots.json")))}
    sources = {} if args.fitted else gathered(args.footage)[1]
    found: dict[str, list[dict[str, Any]]] = {}
    for film in docs:
        with nullcontext() if args.fitted else decided_by(calibrated(without(sources, film))):
            for disturb in (None, *DISTURBANCES):
                name = disturb.__name__ if disturb is not None else "none"
                of_all = found.setdefault(name, [])
                for seed, (of, shot) in enumerate(shots):
                    for b in found_in(disturbed(shot, disturb, seed))["boundaries"] if of == film else ():
                        of_all.append(b)
                        if args.list:
                            print(f"{name}, {film}, shot {seed}: {b}")
    frames = sum(len(s) for _, s in shots)
    lines = [f"| disturbance | false alarms in {len(shots)} shots, {frames} frames |", "|---|---|"]
    for name, of_all in found.items():
        kinds = Counter(b["kind"] for b in of_all)
        told = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
        lines.append(f"| {name} | {len(of_all)}{f' ({told})' if told else ''} |")
    lines.append(f"| together | {sum(map(len, found.values()))} |")
    print("\n".join(lines))
    if args.markdown:
        args.markdown.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
