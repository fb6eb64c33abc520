"""The frame of the picture: which part of A's picture B shows, and whether it is mirrored.

Layouts are the lowest frequencies of a picture, so that the part of a picture, its mirror image and how alike two are
can be had from them without decoding anything: cutting is a linear map of the coefficients, mirroring a change of
sign, and likeness a product.

Contents
    Framing            how B's picture lies in A's
    likeness           how alike the layouts of two films are
    framing_of         the framing under which most of B is found in A
    as_shown           the light of both films, reckoned on what both show
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from rewatch.compare.seen import Seen
from rewatch.images.looks import ACROSS, DOWN

Floats = npt.NDArray[np.float32]

_SHARES = (0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65)
ALIKE = 0.6
"""Layouts of different pictures are hardly ever more alike than that (measured between unrelated films: 1 in 200)."""
_CLEARLY = 1.03
_MOST = 400, 3000
"""Of B and of A: layouts that are looked at for the framing."""

_WELL = 0.2
"""Likeness beyond that of different pictures that a right framing has, on the average of a film."""
_FEW, _TRIED = (150, 1500), 3
"""Layouts of B and of A that are looked at for a framing off the middle; how many of these are in full."""

_SHARE = 0.25, 4.0
"""Least and most that the light of a part is of that of the whole."""

_weight = np.hypot(*np.mgrid[:DOWN, :ACROSS]).astype(np.float32)
"""Pictures hold less the finer the detail: with this weight each frequency says as much as the others."""


@dataclass(frozen=True, slots=True)
class Framing:
    """How B's picture lies in A's.

    wide, high: share of A's width and height that B shows; over 1 where B shows more than A
    mirrored:   left and right are exchanged
    right, down: how far the middle of B's picture stands off that of A's, as shares of A's width and height
    moving:     it stands elsewhere from shot to shot (see `windows`)
    """

    wide: float = 1.0
    high: float = 1.0
    mirrored: bool = False
    right: float = 0.0
    down: float = 0.0
    moving: bool = False

    @property
    def whole(self) -> bool:
        return self.wide == self.high == 1.0

    def of_a(self, layouts: Floats) -> Floats:
        """Layouts of A as B would show them, as far as B shows less."""
        right, down = self.right if self.wide <= 1 else 0.0, self.down if self.high <= 1 else 0.0
        return part(layouts, min(self.wide, 1.0), min(self.high, 1.0), right, down)

    def of_b(self, layouts: Floats) -> Floats:
        """Layouts of B as A would show them, as far as A shows less."""
        if self.mirrored:
            layouts = layouts * np.where(np.arange(ACROSS) % 2, -1, 1).astype(np.float32)
        # B's middle lies off A's: seen from B, A's lies as far off on the other side.
        right = -self.right / self.wide if self.wide > 1 else 0.0
        down = -self.down / self.high if self.high > 1 else 0.0
        return part(layouts, min(1 / self.wide, 1.0), min(1 / self.high, 1.0), right, down)


def part(layouts: Floats, wide: float, high: float, right: float = 0.0, down: float = 0.0) -> Floats:
    """Layouts of a part of pictures, its middle so far off theirs: (n, DOWN, ACROSS) -> the same shape."""
    if wide == high == 1.0:
        return layouts
    found = np.matmul(np.matmul(_cut(DOWN, high, down), layouts), _cut(ACROSS, wide, right).T)
    return np.asarray(found, dtype=np.float32)


def _cut(count: int, share: float, off: float) -> Floats:
    """(count, count): coefficients of a picture -> those of a part of it."""
    at = (np.arange(256) + 0.5) / 256
    inside = (1 - share) / 2 + off + share * at
    return np.asarray(_waves(at, count).T @ _waves(inside, count) / len(at), dtype=np.float32)


def _waves(at: npt.NDArray[np.float64], count: int) -> npt.NDArray[np.float64]:
    k = np.arange(count)
    waves: npt.NDArray[np.float64] = np.where(k == 0, 1, np.sqrt(2)) * np.cos(np.pi * at[:, None] * k)
    return waves


def likeness(b: Floats, a: Floats) -> Floats:
    """(n, m) -1..1: the correlation of layouts of B with those of A; brightness and contrast do not matter."""
    return _unit(b) @ _unit(a).T


def _unit(layouts: Floats) -> Floats:
    flat = (layouts * _weight).reshape(len(layouts), DOWN * ACROSS)
    return np.asarray(flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6), dtype=np.float32)


def framing_of(a: Seen, b: Seen) -> Framing:
    """The framing under which most of B is found in A; the plain one where no other is clearly better."""
    of_b, of_a = some(b.layouts, _MOST[0]), some(a.layouts, _MOST[1])
    if not len(of_a) or not len(of_b):
        return Framing()
    # Each pair of films is alike in a few pictures; a framing must explain more than the plain one did.
    scores = {framing: explained(framing, of_a, of_b) for framing in _framings()}
    best = max(scores, key=lambda framing: scores[framing])
    least = scores[Framing()]
    if scores[best] < _WELL * len(of_b):
        # Not the middle of the picture, perhaps.
        few_b, few_a = some(of_b, _FEW[0]), some(of_a, _FEW[1])
        tried = {framing: explained(framing, few_a, few_b) for framing in _off_the_middle()}
        for framing in sorted(tried, key=lambda framing: -tried[framing])[:_TRIED]:
            scores[framing] = explained(framing, of_a, of_b)
            if scores[framing] > _CLEARLY * scores[best]:
                best = framing
    if scores[best] <= _CLEARLY * least:
        return Framing()
    return _finely(best, of_a, of_b)


def some(layouts: Floats, most: int) -> Floats:
    """At most so many, spread over the film."""
    return layouts[:: -(-len(layouts) // most)] if len(layouts) else layouts


def explained(framing: Framing, of_a: Floats, of_b: Floats) -> float:
    """How much likeness beyond that of different pictures layouts of B have in A under a framing, all together."""
    most = likeness(framing.of_b(of_b), framing.of_a(of_a)).max(axis=1)
    return float(np.clip(most - ALIKE, 0, None).sum())


def _finely(framing: Framing, of_a: Floats, of_b: Floats) -> Framing:
    """The framing to a hundredth: under which the pictures that it pairs are most alike."""
    if framing.whole:
        return framing
    like = likeness(framing.of_b(of_b), framing.of_a(of_a))
    best = like.argmax(axis=1)
    paired = like.max(axis=1) > ALIKE
    x, y = of_b[paired], of_a[best[paired]]
    if len(x) < 4:
        return framing

    def alike(one: Framing) -> float:
        return float((_unit(one.of_b(x)) * _unit(one.of_a(y))).sum(axis=1).mean())

    steps = np.arange(-0.05, 0.0501, 0.01).tolist()
    tried = {
        replace(framing, wide=_near(framing.wide, dx), high=_near(framing.high, dy))
        for dx in (steps if framing.wide != 1 else (0.0,))
        for dy in (steps if framing.high != 1 else (0.0,))
    }
    framing = max(tried, key=alike)
    if framing.right == framing.down == 0:
        return framing
    for _ in range(2):
        right = [framing.right + (step if framing.wide != 1 else 0.0) for step in steps]
        framing = max((replace(framing, right=round(off, 4)) for off in right), key=alike)
        down = [framing.down + (step if framing.high != 1 else 0.0) for step in steps]
        framing = max((replace(framing, down=round(off, 4)) for off in down), key=alike)
        framing = max(
            (
                replace(framing, wide=_near(framing.wide, dx), high=_near(framing.high, dy))
                for dx in steps[3:8]
                for dy in steps[3:8]
            ),
            key=alike,
        )
    return framing


def _near(share: float, step: float) -> float:
    """A share a step off; what is whole stays so."""
    if share == 1:
        return share
    return float(round(share + step, 4) if share < 1 else 1 / round(1 / share + step, 4))


def _framings() -> Iterator[Framing]:
    for mirrored in (False, True):
        yield Framing(mirrored=mirrored)
        for wide, high in _parts():
            yield Framing(wide, high, mirrored)
            yield Framing(1 / wide, 1 / high, mirrored)


def _off_the_middle() -> Iterator[Framing]:
    """Parts of the picture that lie at an edge or in a corner."""
    for mirrored in (False, True):
        for wide, high in _parts():
            # Near the middle is as good as there.
            for right in (-(1 - wide) / 2, 0.0, (1 - wide) / 2) if wide < 0.95 else (0.0,):
                for down in (-(1 - high) / 2, 0.0, (1 - high) / 2) if high < 0.95 else (0.0,):
                    if right or down:
                        yield Framing(wide, high, mirrored, right, down)
                        yield Framing(1 / wide, 1 / high, mirrored, -right / wide, -down / high)


def _parts() -> Iterator[tuple[float, float]]:
    for share in _SHARES:
        yield from ((share, 1.0), (1.0, share), (share, share))


def as_shown(a: Seen, b: Seen, framing: Framing) -> tuple[Seen, Seen]:
    """Both films with the light of each frame reckoned on what both show of it.

    A crop takes off a dark rim or a bright sky, in each shot as much as there is: no one grade says what is left. How
    the light of a part stands to that of the whole the layouts tell, about one a second; between two of a shot it goes
    evenly from the one to the other.
    """
    if framing.whole:
        return a, b
    return _on_part(a, framing.of_a), _on_part(b, framing.of_b)


def _on_part(seen: Seen, cut: Callable[[Floats], Floats]) -> Seen:
    if not len(seen.keys):
        return seen
    of_part = cut(seen.layouts)
    mean, mean_part = seen.layouts[:, 0, 0], of_part[:, 0, 0]
    low, low_part = ((layouts**2).sum(axis=(1, 2)) - layouts[:, 0, 0] ** 2 for layouts in (seen.layouts, of_part))
    # Detail that is finer than a layout is taken to lie evenly over the picture.
    spread = seen.values[seen.keys, 1].astype(np.float64) ** 2
    fine = np.maximum(spread - low, 0)
    shares = np.stack([_ratio(mean_part, mean), np.sqrt(_ratio(low_part + fine, low + fine))], axis=1)
    shots = np.searchsorted(seen.cuts, np.arange(len(seen)), side="right")
    of_keys = shots[seen.keys]
    share = np.ones((len(seen), 2))
    for shot in np.unique(of_keys):
        inside = np.flatnonzero(shots == shot)
        here = of_keys == shot
        for column in range(2):
            share[inside, column] = np.interp(inside, seen.keys[here], shares[here, column])
    values = seen.values.copy()
    # Oklab's lightness goes with the code values.
    values[:, :3] *= share[:, [0, 1, 0]]
    return replace(seen, values=values)


def _ratio(part: Floats, whole: Floats) -> Floats:
    least = 1e-3
    return np.asarray(np.clip((part + least) / (whole + least), *_SHARE), dtype=np.float64)
