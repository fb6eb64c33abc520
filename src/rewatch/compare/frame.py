"""The frame of the picture: which part of A's picture B shows, and whether it is mirrored.

Layouts are the lowest frequencies of a picture, so that the part of a picture, its mirror image and how alike two are
can be had from them without decoding anything: cutting is a linear map of the coefficients, mirroring a change of
sign, and likeness a product.

Contents
    Framing            how B's picture lies in A's
    likeness           how alike the layouts of two films are
    framing_of         the framing under which most of B is found in A
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rewatch.compare.seen import Seen
from rewatch.images.looks import ACROSS, DOWN

Floats = npt.NDArray[np.float32]

_SHARES = (0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65)
_ALIKE = 0.6
"""Layouts of different pictures are hardly ever more alike than that (measured between unrelated films: 1 in 200)."""
_MOST = 400, 3000
"""Of B and of A: layouts that are looked at for the framing."""

_weight = np.hypot(*np.mgrid[:DOWN, :ACROSS]).astype(np.float32)
"""Pictures hold less the finer the detail: with this weight each frequency says as much as the others."""


@dataclass(frozen=True, slots=True)
class Framing:
    """How B's picture lies in A's.

    wide, high: share of A's width and height that B shows; over 1 where B shows more than A
    mirrored:   left and right are exchanged
    """

    wide: float = 1.0
    high: float = 1.0
    mirrored: bool = False

    @property
    def whole(self) -> bool:
        return self.wide == self.high == 1.0

    def of_a(self, layouts: Floats) -> Floats:
        """Layouts of A as B would show them, as far as B shows less."""
        return part(layouts, min(self.wide, 1.0), min(self.high, 1.0))

    def of_b(self, layouts: Floats) -> Floats:
        """Layouts of B as A would show them, as far as A shows less."""
        if self.mirrored:
            layouts = layouts * np.where(np.arange(ACROSS) % 2, -1, 1).astype(np.float32)
        return part(layouts, min(1 / self.wide, 1.0), min(1 / self.high, 1.0))


def part(layouts: Floats, wide: float, high: float) -> Floats:
    """Layouts of the middle part of pictures: (n, DOWN, ACROSS) -> the same shape."""
    if wide == high == 1.0:
        return layouts
    return np.asarray(np.einsum("hi,nij,wj->nhw", _cut(DOWN, high), layouts, _cut(ACROSS, wide)), dtype=np.float32)


def _cut(count: int, share: float) -> npt.NDArray[np.float64]:
    """(count, count): coefficients of a picture -> those of its middle part."""
    at = (np.arange(256) + 0.5) / 256
    inside = (1 - share) / 2 + share * at
    found: npt.NDArray[np.float64] = _waves(at, count).T @ _waves(inside, count) / len(at)
    return found


def _waves(at: npt.NDArray[np.float64], count: int) -> npt.NDArray[np.float64]:
    k = np.arange(count)
    waves: npt.NDArray[np.float64] = np.where(k == 0, 1, np.sqrt(2)) * np.cos(np.pi * at[:, None] * k)
    return waves


def likeness(b: Floats, a: Floats) -> Floats:
    """(n, m) -1..1: the correlation of layouts of B with those of A; brightness and contrast do not matter."""
    return _unit(b) @ _unit(a).T


def _unit(layouts: Floats) -> Floats:
    flat = (layouts * _weight).reshape(len(layouts), -1)
    return np.asarray(flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6), dtype=np.float32)


def framing_of(a: Seen, b: Seen) -> Framing:
    """The framing under which most of B is found in A; the plain one where no other is clearly better."""
    of_b = b.layouts[:: -(-len(b.layouts) // _MOST[0])]
    of_a = a.layouts[:: -(-len(a.layouts) // _MOST[1])]
    best, found = -1.0, Framing()
    for framing in _framings():
        most = likeness(framing.of_b(of_b), framing.of_a(of_a)).max(axis=1)
        # Each pair of films is alike in a few pictures; a framing must explain more than the plainer ones did.
        score = float(np.clip(most - _ALIKE, 0, None).sum())
        if score > best * 1.03:
            best, found = score, framing
    return found


def _framings() -> Iterator[Framing]:
    for mirrored in (False, True):
        yield Framing(mirrored=mirrored)
        for share in _SHARES:
            for wide, high in ((share, 1.0), (1.0, share), (share, share)):
                yield Framing(wide, high, mirrored)
                yield Framing(1 / wide, 1 / high, mirrored)
