"""Views: which part of one film's picture another may show, and layouts as they would look there.

A layout holds the lowest frequencies of a picture; those of a part of it are a linear map of them (see `frame`). Films
keep the proportions of what they show, so how wide and how high a part is goes by the shapes of both films.

Contents
    View       a part of A's picture that B shows, or the other way round
    views_of   those that are tried
    seen_in    layouts as they look in a view, for products that are their likeness
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from rewatch.images.looks import ACROSS, DOWN

Floats = npt.NDArray[np.float32]

PARTS = (1.0, 0.93, 0.86, 0.78, 0.7)
"""Shares of the largest part that fits."""
SAME = 0.04
"""Shares nearer to the whole than that are the whole."""

_weight = np.hypot(*np.mgrid[:DOWN, :ACROSS]).astype(np.float32)
"""Pictures hold less the finer the detail: with this weight each frequency says as much as the others."""
_odd = np.where(np.arange(ACROSS) % 2, -1, 1).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Part:
    """Of a picture, 0..1: left, top, width, height."""

    left: float = 0.0
    top: float = 0.0
    wide: float = 1.0
    high: float = 1.0

    @property
    def whole(self) -> bool:
        return self.wide == self.high == 1.0


WHOLE = Part()


@dataclass(frozen=True, slots=True)
class View:
    """The part of each picture that is compared, one of them the whole; whether B is mirrored."""

    part_a: Part = WHOLE
    part_b: Part = WHOLE
    mirrored: bool = False

    @property
    def plain(self) -> bool:
        """Whether next to the whole of both is compared."""
        return min(p.wide * p.high for p in (self.part_a, self.part_b)) > 0.7

    def details(self) -> dict[str, Any]:
        said: dict[str, Any] = {}
        for name, part in (("shown_of_a", self.part_a), ("shown_of_b", self.part_b)):
            if not part.whole:
                said[name] = [
                    round(float(v), 2) for v in (part.left, part.top, part.left + part.wide, part.top + part.high)
                ]
        return {**said, **({"mirrored": True} if self.mirrored else {})}


def parts_of(shape: float, other: float) -> list[Part]:
    """Parts of a picture of one shape that fill a picture of another, none larger than it is, the largest first."""
    wide, high = (1.0, shape / other) if other > shape else (other / shape, 1.0)
    found: list[Part] = []
    for share in PARTS:
        w, h = (1.0 if side * share > 1 - SAME else side * share for side in (wide, high))
        for left in _steps(1 - w):
            for top in _steps(1 - h):
                if Part(left, top, w, h) not in found:
                    found.append(Part(left, top, w, h))
    return found


def _steps(room: float) -> list[float]:
    """Where a part may begin: in the middle, or at either end where that is far enough from it."""
    if room < 0.12:
        return [room / 2]
    if room < 0.4:
        return [room / 2, 0.0, room]
    return [room / 2, 0.0, room / 4, 3 * room / 4, room]


def views_of(shape_a: float, shape_b: float, mirrored: bool) -> list[View]:
    """The views that are tried: a part of A in B, a part of B in A."""
    found = [View(part_a=part, mirrored=mirrored) for part in parts_of(shape_a, shape_b)]
    found += [View(part_b=part, mirrored=mirrored) for part in parts_of(shape_b, shape_a) if not part.whole]
    whole = View(mirrored=mirrored)
    # Pictures stretched to another shape: a film taken for anamorphic, or not.
    return found if whole in found else [whole, *found]


def seen_in(layouts: Floats, part: Part = WHOLE, mirrored: bool = False) -> Floats:
    """(n, DOWN, ACROSS) -> (n, DOWN x ACROSS) of length 1: a part of each picture.

    Their products are likenesses, -1..1; brightness and contrast do not matter.
    mirrored: the pictures are, before the part is taken
    """
    if mirrored:
        layouts = layouts * _odd
    if not part.whole:
        down, across = _cut(DOWN, part.top, part.high), _cut(ACROSS, part.left, part.wide)
        layouts = np.asarray(down @ layouts @ across.T, dtype=np.float32)
    flat = (layouts * _weight).reshape(len(layouts), DOWN * ACROSS)
    return np.asarray(flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6), dtype=np.float32)


@lru_cache(maxsize=256)
def _cut(count: int, begin: float, share: float) -> Floats:
    """(count, count): coefficients of a picture -> those of a part of it."""
    at = (np.arange(256) + 0.5) / 256
    return np.asarray(_waves(at, count).T @ _waves(begin + share * at, count) / len(at), dtype=np.float32)


def _waves(at: npt.NDArray[np.float64], count: int) -> npt.NDArray[np.float64]:
    k = np.arange(count)
    waves: npt.NDArray[np.float64] = np.where(k == 0, 1, np.sqrt(2)) * np.cos(np.pi * at[:, None] * k)
    return waves
