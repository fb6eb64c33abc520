"""Pictures: frames of two editions, decoded, as small grey pictures of what both show.

Contents
    Pictures      those of an edition's file by frame number, decoded once
    pictures_of   those of both films, in one framing
    grade_of      the film's grade, in code values
    at_hand       whether an edition's file is where it was
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from rewatch.compare.chain import Likeness
from rewatch.compare.frame import Framing
from rewatch.compare.seen import Seen
from rewatch.errors import FilmError
from rewatch.film.identity import identify
from rewatch.film.still import read_frames
from rewatch.library.edition import Edition

_SIZE = 64, 36
_WIDTH = 160
_TRIM = 0.025
"""Share of a faint picture that is left out at an edge where either film has bars: they are known to a row or two, and
a dark rim is all that differs in fog, in snow, in a fade."""
_FAINT = 8.0
"""Spread of luma (code values) within up to which a picture is faint: in any other one the rim weighs little, and what
is left out at an edge does."""


class Pictures:
    """Small grey pictures of an edition by frame number: (36, 64) float32, of the part that both films show."""

    def __init__(
        self,
        seen: Seen,
        wide: float,
        high: float,
        mirrored: bool = False,
        off: tuple[float, float] = (0.0, 0.0),
        size: tuple[int, int] = _SIZE,
        trim: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        self._seen = seen
        self._part = wide, high
        self._off = off
        self._size = size
        self._mirrored = mirrored
        self._trim = trim
        self._bars = seen.bars
        self._held: dict[int, npt.NDArray[np.float32]] = {}

    def __getitem__(self, frame: int) -> npt.NDArray[np.float32] | None:
        return self._held.get(self._seen.frame(frame)) if 0 <= frame < len(self._seen) else None

    def read(self, begin: int, end: int) -> None:
        """Decode frames ``begin .. end``; those that cannot be had are missing."""
        begin, end = max(0, begin), min(len(self._seen), end)
        if begin >= end:
            return
        seen = self._seen
        wanted = [n for n in range(seen.frame(begin), seen.frame(end - 1) + 1) if n not in self._held]
        if not wanted:
            return
        try:
            for number, rgb in read_frames(seen.edition.facts, wanted[0], wanted[-1] + 1, seen.shown, _WIDTH):
                self._held[number] = self._small(rgb)
        except FilmError:
            return

    def forget(self) -> None:
        self._held.clear()

    def _small(self, rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        top, bottom, left, right = self._bars
        high, wide = rgb.shape[:2]
        rgb = rgb[round(top * high) : high - round(bottom * high), round(left * wide) : wide - round(right * wide)]
        high, wide = rgb.shape[:2]
        if self._mirrored:
            rgb = rgb[:, ::-1]
        x, y = wide * ((1 - self._part[0]) / 2 + self._off[0]), high * ((1 - self._part[1]) / 2 + self._off[1])
        x, y = max(0, round(x)), max(0, round(y))
        rgb = rgb[y : y + round(high * self._part[1]), x : x + round(wide * self._part[0])]
        grey = np.asarray(cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2GRAY), np.uint8)
        across, down = (round(share * n) for share, n in zip(self._trim, (grey.shape[1], grey.shape[0]), strict=True))
        inside = grey[down : len(grey) - down, across : grey.shape[1] - across]
        if inside.std() < _FAINT:
            grey = inside
        return cv2.resize(grey, self._size, interpolation=cv2.INTER_AREA).astype(np.float32)


def at_hand(edition: Edition) -> bool:
    """Whether the file that an edition was watched from is still where it was, and still the same."""
    try:
        return Path(edition.facts.path).is_file() and identify(edition.facts.path) == edition.facts.identity
    except (OSError, FilmError):
        return False


def grade_of(like: Likeness | None) -> tuple[float, float, float]:
    """Gain, lift and scatter in code values."""
    return (1.0, 0.0, 0.0) if like is None else (like.gain[0], 255 * like.lift[0], 255 * like.scatter[0])


def pictures_of(a: Seen, b: Seen, framing: Framing) -> tuple[Pictures, Pictures]:
    """Pictures of both films, of the part that both show; A's whole width where B's window moves in it."""
    barred = [max(sides) > 0 for sides in zip(a.bars, b.bars, strict=True)]
    across, down = _TRIM * any(barred[2:]), _TRIM * any(barred[:2])
    if framing.moving:
        wide = round(_SIZE[0] / framing.wide), _SIZE[1]
        return Pictures(a, 1.0, 1.0, size=wide, trim=(0.0, down)), Pictures(b, 1.0, 1.0, trim=(0.0, down))
    # B's middle lies off A's: the one is shifted where A shows more, the other where B does.
    in_b = -framing.right / framing.wide, -framing.down / framing.high
    less = framing.wide <= 1, framing.high <= 1
    of_a = Pictures(
        a,
        min(framing.wide, 1.0),
        min(framing.high, 1.0),
        off=(framing.right * less[0], framing.down * less[1]),
        trim=(across, down),
    )
    of_b = Pictures(
        b,
        min(1 / framing.wide, 1.0),
        min(1 / framing.high, 1.0),
        framing.mirrored,
        (in_b[0] * (not less[0]), in_b[1] * (not less[1])),
        trim=(across, down),
    )
    return of_a, of_b
