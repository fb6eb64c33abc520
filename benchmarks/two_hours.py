"""Two films of two hours for ``compare.py``, known by what is stored alone: prints of real and drawn films, joined.

Stretches of watched films follow each other, a second or so to half a minute each, every one in a disguise of its own
(prints turned by a mask, light and colour shifted), so that no two look the same. The second film is the first one cut
anew, at PAL speed, darker, with the scatter that another coding has, and prints of other frames.

Contents
    Joined       a film of joined stretches, as a comparison reads an edition
    two_hours    both films, and what was done
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from re_edits import Piece, random_cut
from rewatch.clock import FrameTimes
from rewatch.compare.heard import prints as sound_prints
from rewatch.images.prints import Prints, open_prints
from rewatch.library.edition import Edition
from rewatch.sounds.prints import Prints as SoundPrints
from rewatch.sounds.prints import save_prints
from rewatch.sounds.prints_landmarks import HOPS

RATE = 24


@dataclass(slots=True)
class Joined:
    """(n, ...) light, colour and activity of each frame; prints of some; landmarks of the sound by seconds."""

    light: npt.NDArray[np.float32]
    colour: npt.NDArray[np.float32]
    activity: npt.NDArray[np.float32]
    at: npt.NDArray[np.int64]
    hashes: npt.NDArray[np.uint64]
    has_layout: npt.NDArray[np.bool_]
    layouts: npt.NDArray[np.int8]
    heard: npt.NDArray[np.float64]
    bins: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.light)

    def edition(self, name: str, rate: int, folder: Path) -> Any:
        """What `compare` asks an edition for; the prints are written to `folder` and mapped, as those of a library."""
        keys = np.flatnonzero(self.has_layout).astype(np.int32)
        flat, areas = np.zeros(len(keys), np.uint8), np.zeros((1, 5), np.float32)
        seconds = (self.at / rate).astype(np.float32)
        layouts = self.layouts[self.has_layout]
        Prints(self.at.astype(np.int32), seconds, self.hashes, keys, layouts, flat, areas).save(
            folder / "picture_prints"
        )
        hops = np.round(self.heard * HOPS).astype(np.int64)
        order = np.lexsort((self.bins, hops))
        count = int(len(self) / rate * HOPS)
        heard = SoundPrints(hops[order].astype(np.uint32), self.bins[order].astype(np.uint16), Fraction(0), count)
        save_prints(heard, folder / "sound_prints")
        curves = {"light": self.light, "colour": self.colour, "activity": self.activity[:, None]}
        # Every tenth of a second; all of one loudness.
        curves["loudness"] = np.full((len(self) * 10 // rate, 1), -20, np.float32)
        cuts = np.flatnonzero(np.abs(np.diff(self.light[:, 0], prepend=0)) > 0.15)
        times = FrameTimes.even(len(self), Fraction(rate))
        return SimpleNamespace(
            id=name,
            name=name,
            duration=len(self) / rate,
            times=times,
            facts=SimpleNamespace(sound=True),
            tracks=dict.fromkeys(["shots", "loudness"]),
            curve=lambda track: _curve(curves[track]),
            spans=lambda track: SimpleNamespace(begin=cuts),
            kept=lambda what: folder / what,
        )


def _curve(values: npt.NDArray[np.float32]) -> Any:
    return SimpleNamespace(
        values=values, column=lambda name="": values[:, 0], seconds=lambda: np.arange(len(values)) / 10
    )


def two_hours(films: Sequence[Edition], seed: int, hours: float = 2.0) -> tuple[Any, Any, list[Piece], int]:
    """Both films, the pieces of the first that the second is made of, and how many frames the first has."""
    rng = np.random.default_rng(seed)
    whole = _joined([_stretch(films, rng) for _ in range(int(hours * 3600 / 6))], int(hours * 3600 * RATE))
    other = _joined([_stretch(films, rng) for _ in range(30)], 100 * RATE)
    pieces = random_cut(len(whole), RATE, [("other", len(other))], 20, seed)
    cut = _joined([_part(whole if p.source == "a" else other, p.begin, p.end) for p in pieces], 10**9)
    folder = Path(tempfile.mkdtemp(prefix="two-hours-"))
    a = whole.edition("A", RATE, folder / "a")
    return a, _copied(cut, rng).edition("B", 25, folder / "b"), pieces, len(whole)


def _stretch(films: Sequence[Edition], rng: np.random.Generator) -> Joined:
    """Some seconds of one of the films, disguised."""
    film = films[int(rng.integers(len(films)))]
    light, colour = film.curve("light").values, film.curve("colour").values
    prints, heard = open_prints(film.kept("picture_prints")), sound_prints(film)
    assert prints is not None
    has = np.zeros(len(prints), bool)
    has[prints.keys] = True
    layouts = np.zeros((len(prints), prints.layouts.shape[1]), np.int8)
    layouts[prints.keys] = prints.layouts * rng.choice([-1, 1], prints.layouts.shape[1]).astype(np.int8)
    mask = rng.integers(0, 2**64, 4, dtype=np.uint64)
    whole = Joined(
        np.clip(light * rng.uniform(0.6, 1.2) + rng.uniform(-0.05, 0.1), 0, 1).astype(np.float32),
        (colour * rng.uniform(0.4, 1.2) + rng.normal(0, 0.02, colour.shape[1])).astype(np.float32),
        film.curve("activity").column().astype(np.float32),
        np.asarray(prints.frames, np.int64),
        np.asarray(prints.hashes) ^ mask,
        has,
        layouts,
        np.zeros(0) if heard is None else heard.seconds(heard.hop),
        np.zeros(0, np.int64) if heard is None else (heard.bin.astype(np.int64) + int(rng.integers(60))),
    )
    long = min(len(whole), int(RATE * np.exp(rng.uniform(np.log(1.5), np.log(30)))))
    begin = int(rng.integers(0, len(whole) - long + 1))
    return _part(whole, begin, begin + long)


def _part(film: Joined, begin: int, end: int) -> Joined:
    shown = (film.at >= begin) & (film.at < end)
    heard = (film.heard >= begin / RATE) & (film.heard < end / RATE)
    return Joined(
        film.light[begin:end],
        film.colour[begin:end],
        film.activity[begin:end],
        film.at[shown] - begin,
        film.hashes[shown],
        film.has_layout[shown],
        film.layouts[shown],
        film.heard[heard] - begin / RATE,
        film.bins[heard],
    )


def _joined(parts: Sequence[Joined], most: int) -> Joined:
    """One after the other, up to `most` frames."""
    begins = np.cumsum([0, *(len(part) for part in parts)])
    columns = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("light", "colour", "activity", "hashes", "has_layout", "layouts", "bins")
    }
    at = np.concatenate([part.at + begin for part, begin in zip(parts, begins[:-1], strict=True)])
    heard = np.concatenate([part.heard + begin / RATE for part, begin in zip(parts, begins[:-1], strict=True)])
    return _part(Joined(at=at, heard=heard, **columns), 0, min(most, int(begins[-1])))


def _copied(film: Joined, rng: np.random.Generator) -> Joined:
    """Another transfer at 25 frames a second: darker, coded anew, prints of other frames, half of the landmarks."""
    kept = rng.random(len(film.heard)) < 0.55
    flips = rng.random((len(film.hashes), 256)) < 0.04
    noise = np.packbits(flips, axis=1).view(np.uint64)
    layouts = np.clip(film.layouts + rng.normal(0, 4, film.layouts.shape), -127, 127)
    return Joined(
        (0.9 * film.light + rng.normal(0, 0.004, film.light.shape)).astype(np.float32),
        (0.8 * film.colour + rng.normal(0, 0.002, film.colour.shape)).astype(np.float32),
        (film.activity * rng.lognormal(0, 0.05, film.activity.shape)).astype(np.float32),
        np.clip(film.at + rng.integers(-2, 3, len(film.at)), 0, len(film) - 1),
        film.hashes ^ noise,
        film.has_layout,
        layouts.astype(np.int8),
        film.heard[kept] * RATE / 25,
        np.round(film.bins[kept] * 25 / RATE).astype(np.int64),
    )
