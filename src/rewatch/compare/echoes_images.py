"""Echoes in the picture: the same footage in two films, cropped, mirrored, graded; or, weaker, the same composition.

Hashes of pictures (see `images.looks`) find footage that shows the whole picture. Layouts, their lowest frequencies,
are compared as any part of the picture would look, so that what was cropped or panned and scanned is found as well. The
stills of the likeliest shots are then laid over each other (`echoes_look`). What chance yields is read off the pictures
of A against the mirror images of B, which have as much sky above and as many faces in the middle, and of B against
those of A. Pictures that show next to nothing (black, a title on a plain ground) are left out.

Contents
    Pictured       the pictures of one film that tell something
    image_echoes   what two films both show
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import erfc
from typing import Any

import numpy as np
import numpy.typing as npt

from rewatch.compare.echoes_chance import Tail, tail_of
from rewatch.compare.echoes_found import Found, Stretch
from rewatch.compare.echoes_look import Stills
from rewatch.compare.echoes_views import Floats, View, seen_in, views_of
from rewatch.images.looks import ACROSS, DOWN, unpack_layout
from rewatch.images.prints import open_prints
from rewatch.library.edition import Edition

Numbers = npt.NDArray[np.int64]

QUALITY = 20
"""PDQ's quality of a picture below which it tells nothing."""
CONTRAST = 0.02
"""Of full scale: the spread of luma below which it does not either."""
SIMPLE = 4.0
"""Frequencies that share a picture's contrast: one of fewer is a plain ground, a stripe, a spot."""
SETTLED = 0.92
"""Likeness to the picture before from which on another one of the shot tells nothing new."""
BITS = 20
"""Bits from the hash before, likewise."""
MOST = 4000
"""Layouts, and twice as many hashes, of a film that are compared."""
NEAR = 70
"""Bits by which hashes of one picture differ at most."""
SPREAD = 9.0
"""Standard deviation of the bits by which hashes of different pictures differ, at least."""
FLOOR = float(np.arctanh(0.55))
SLOPE = 15.0
"""Of what chance yields, per unit of Fisher's z."""
LOOKED_AT = 60
"""Pairs of shots whose stills are laid over each other."""
POINTS_FLOOR, POINTS_SLOPE = 9.0, 0.45
"""Points that fit by chance, and how fast they become fewer."""
SURE = float(np.arctanh(0.85))
"""Likeness from which on it is the same picture, where there are no stills to ask."""


@dataclass(frozen=True, slots=True)
class Pictured:
    """The pictures of one film that tell something.

    layouts: (n, DOWN, ACROSS), of seconds `at` and of shots `shot`
    hashes:  (m, 4), of seconds `hash_at` and of shots `hash_shot`
    begin, end: (k,) seconds of each shot
    shape:   how many times as wide as high the picture is, without bars
    """

    edition: Edition
    layouts: Floats
    at: npt.NDArray[np.float64]
    shot: Numbers
    hashes: npt.NDArray[np.uint64]
    hash_at: npt.NDArray[np.float64]
    hash_shot: Numbers
    begin: npt.NDArray[np.float64]
    end: npt.NDArray[np.float64]
    shape: float
    stills: Stills

    @classmethod
    def of(cls, edition: Edition) -> Pictured | None:
        """None: there are no prints."""
        prints = open_prints(edition.kept("picture_prints"))
        times = edition.times
        if prints is None or times is None:
            return None
        if "shots" in edition.tracks:
            shots = edition.spans("shots")
            first, begin, end = shots.begin, shots.begin_seconds(times), shots.end_seconds(times)
        else:
            first = np.zeros(1, np.int64)
            begin, end = np.array([times.begin_seconds]), np.array([times.end_seconds])
        frames, seconds = np.asarray(prints.frames, np.int64), np.asarray(prints.seconds, np.float64)
        shot = np.maximum(np.searchsorted(first, frames, side="right") - 1, 0)
        layouts = unpack_layout(np.asarray(prints.layouts))[:, : DOWN * ACROSS].reshape(-1, DOWN, ACROSS)
        keys = np.asarray(prints.keys, np.int64)
        telling = (np.asarray(prints.quality) >= QUALITY) & _telling(layouts)
        keys, layouts = keys[telling], layouts[telling]
        new = _new_layouts(layouts, shot[keys])
        keys, layouts = keys[new], layouts[new]
        hashes = np.asarray(prints.hashes)
        # A shot whose layouts tell nothing has no hashes that do.
        rows = np.flatnonzero(np.isin(shot, np.unique(shot[keys])))
        rows = rows[_new_hashes(hashes[rows], shot[rows])]
        rows = rows[:: max(1, -(-len(rows) // (2 * MOST)))]
        shape = _shape(edition, prints)
        stills = Stills(edition, np.asarray(first, np.int64))
        return cls(
            edition, layouts, seconds[keys], shot[keys], hashes[rows], seconds[rows], shot[rows], begin, end, shape,
            stills,
        )  # fmt: skip

    def between(self, stretch: Stretch) -> Pictured:
        """What is shown in a stretch of it."""
        of, by = ((at >= stretch[0] - 0.3) & (at < stretch[1] + 0.3) for at in (self.at, self.hash_at))
        return replace(
            self,
            layouts=self.layouts[of],
            at=self.at[of],
            shot=self.shot[of],
            hashes=self.hashes[by],
            hash_at=self.hash_at[by],
            hash_shot=self.hash_shot[by],
        )


def _shape(edition: Edition, prints: Any) -> float:
    picture = edition.facts.picture
    wide, high = picture.display_size if picture else (16, 9)
    shape = wide / max(1, high)
    if len(prints.areas):
        rows = np.append(prints.areas[:, 0], len(prints))
        _, top, bottom, left, right = prints.areas[int(np.diff(rows).argmax())].tolist()
        shape *= (1 - left - right) / max(0.1, 1 - top - bottom)
    return float(shape)


def _telling(layouts: Floats) -> npt.NDArray[np.bool_]:
    """Pictures with some contrast, in more than a few frequencies."""
    fine = layouts.copy()
    fine[:, 0, 0] = 0
    power = (fine.reshape(len(fine), -1) ** 2).astype(np.float64)
    total = power.sum(axis=1)
    many = total**2 / np.maximum((power**2).sum(axis=1), 1e-12)
    telling: npt.NDArray[np.bool_] = (np.sqrt(total) >= CONTRAST) & (many >= SIMPLE / 2)
    return telling


def _new_layouts(layouts: Floats, shot: Numbers) -> Numbers:
    """Numbers of the layouts that differ from those before them in their shot."""
    unit = seen_in(layouts)
    kept: list[int] = []
    for n in range(len(unit)):
        if not kept or shot[kept[-1]] != shot[n] or float(unit[kept[-1]] @ unit[n]) < SETTLED:
            kept.append(n)
    return np.array(kept[:: max(1, -(-len(kept) // MOST))], np.int64)


def _new_hashes(hashes: npt.NDArray[np.uint64], shot: Numbers) -> Numbers:
    kept: list[int] = []
    bits = [int.from_bytes(row.tobytes(), "little") for row in np.ascontiguousarray(hashes)]
    for n, value in enumerate(bits):
        if not kept or shot[kept[-1]] != shot[n] or (value ^ bits[kept[-1]]).bit_count() > BITS:
            kept.append(n)
    return np.array(kept, np.int64)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two shots that look alike. at: seconds of the two pictures that do most. alike: Fisher's z of their layouts, or
    bits apart. expected: as good ones by chance."""

    shots: tuple[int, int]
    at: tuple[float, float]
    likeness: float
    expected: float
    view: View
    bits: int = 256
    points: int = 0


def image_echoes(a: Pictured, b: Pictured, *, least: float = 1.0) -> list[Found]:
    """Stretches that both films show, the surest first; none where chance yields more than `least` as good ones."""
    if not len(a.layouts) or not len(b.layouts):
        return []
    pairs = {pair.shots: pair for pair in by_layout(a, b)}
    for pair in by_hash(a, b):
        known = pairs.get(pair.shots)
        if known is None or pair.expected < known.expected:
            pairs[pair.shots] = replace(pair, likeness=max(pair.likeness, known.likeness if known else 0.0))
    ranked = sorted(pairs.values(), key=lambda p: p.expected)
    looked = [_looked_at(a, b, pair) for pair in ranked[:LOOKED_AT]]
    found = [_found(a, b, pair) for pair in looked if pair.expected <= least]
    return _joined([one for one in found if one is not None])


def by_hash(a: Pictured, b: Pictured) -> Iterator[_Pair]:
    """Pairs of shots with a picture whose hashes are near, of all the best."""
    signs_a = _signs(a.hashes)
    count = len(a.hashes) * len(b.hashes)
    for mirrored in (False, True):
        # Bit 16 i + j is the frequency j + 1 across: in a mirror image the odd ones change their sign.
        of_a = signs_a * np.where(np.arange(256) % 2, 1, -1).astype(np.float32) if mirrored else signs_a
        best: dict[tuple[int, int], tuple[int, int, int]] = {}
        spread = SPREAD
        for first in range(0, len(b.hashes), 512):
            bits = (256 - _signs(b.hashes[first : first + 512]) @ of_a.T) / 2
            if bits.size > 2000:
                spread = max(spread, (128 - float(np.quantile(bits, 0.001))) / 3.09)
            for i, j in zip(*np.nonzero(bits <= NEAR), strict=True):
                shots = int(a.hash_shot[j]), int(b.hash_shot[first + i])
                apart = int(bits[i, j])
                if shots not in best or apart < best[shots][0]:
                    best[shots] = apart, int(j), first + int(i)
        for shots, (apart, j, i) in best.items():
            # Of numbers spread like those of chance, as many pairs as there are.
            expected = count * 0.5 * erfc((128 - apart) / spread / np.sqrt(2))
            at = float(a.hash_at[j]), float(b.hash_at[i])
            yield _Pair(shots, at, 1 - apart / 128, expected, View(mirrored=mirrored), apart)


def _signs(hashes: npt.NDArray[np.uint64]) -> Floats:
    bits = np.unpackbits(np.ascontiguousarray(hashes).view(np.uint8), axis=1, bitorder="little")
    return bits.astype(np.float32) * 2 - 1


def by_layout(a: Pictured, b: Pictured) -> Iterator[_Pair]:
    """Pairs of shots with a picture that looks like the other, or like a part of it."""
    found = {mirrored: _alike(a, b, mirrored) for mirrored in (False, True)}
    for mirrored, (z, which, (row, column), views) in found.items():
        tail = chance_tail(found[not mirrored][0])
        for n in range(len(z)):
            at = float(a.at[column[n]]), float(b.at[row[n]])
            shots = int(a.shot[column[n]]), int(b.shot[row[n]])
            expected = tail.expected(float(z[n]))
            yield _Pair(shots, at, float(np.tanh(z[n])), expected, views[int(which[n])])


def chance_tail(z: npt.NDArray[np.float64]) -> Tail:
    """What chance yields, from pairs of shots of which none is the same."""
    return tail_of(z, floor=FLOOR, slope=SLOPE)


_Alike = tuple[npt.NDArray[np.float64], Numbers, tuple[Numbers, Numbers], list[View]]


def _alike(a: Pictured, b: Pictured, mirrored: bool) -> _Alike:
    """Of each pair of shots that are at all alike: Fisher's z, which view, rows of B and A; and the views."""
    views = views_of(a.shape, b.shape, mirrored)
    best = np.full((len(b.layouts), len(a.layouts)), -1.0, np.float32)
    which = np.zeros(best.shape, np.uint8)
    for n, view in enumerate(views):
        like = seen_in(b.layouts, view.part_b, mirrored) @ seen_in(a.layouts, view.part_a).T
        better = like > best
        best[better] = like[better]
        which[better] = n
    row, column = np.nonzero(best >= np.tanh(FLOOR) - 0.05)
    value = best[row, column]
    # The best of each pair of shots.
    key = b.shot[row] * (int(a.shot.max()) + 1) + a.shot[column]
    order = np.lexsort((-value, key))
    first = order[np.flatnonzero(np.diff(key[order], prepend=-1))] if len(order) else order
    row, column = row[first], column[first]
    z = np.arctanh(np.clip(best[row, column].astype(np.float64), -0.995, 0.995))
    return z, which[row, column].astype(np.int64), (row, column), views


def _looked_at(a: Pictured, b: Pictured, pair: _Pair) -> _Pair:
    """A pair of shots, their stills laid over each other."""
    points = a.stills.fit(pair.shots[0], b.stills, pair.shots[1], mirrored=pair.view.mirrored)
    by_chance = Tail(POINTS_FLOOR, 0.3 * LOOKED_AT, POINTS_SLOPE).expected(points) if points else np.inf
    return replace(pair, points=points, expected=min(pair.expected, float(by_chance)))


def _found(a: Pictured, b: Pictured, pair: _Pair) -> Found | None:
    (begin_a, end_a), (begin_b, end_b) = (
        (float(side.begin[n]), float(side.end[n])) for side, n in zip((a, b), pair.shots, strict=True)
    )
    shift = pair.at[1] - pair.at[0]
    begin, end = max(begin_a, begin_b - shift), min(end_a, end_b - shift)
    if end <= begin:
        return None
    footage = pair.bits <= NEAR or pair.points >= 2 * POINTS_FLOOR or np.arctanh(min(pair.likeness, 0.99)) >= SURE
    details: dict[str, Any] = {
        "same": "footage" if footage else "composition",
        "likeness": round(pair.likeness, 3),
        **pair.view.details(),
    }
    if pair.bits < 256:
        details["bits"] = pair.bits
    if pair.points:
        details["points"] = pair.points
    score = round(min(1.0, max(pair.likeness, 0.0)), 3)
    return Found("image", (begin, end), (begin + shift, end + shift), score, pair.expected, details)


def _joined(found: list[Found]) -> list[Found]:
    """Shots that follow on in both films are one echo."""
    joined: list[Found] = []
    for one in sorted(found, key=lambda f: (f.a, f.b)):
        for n, other in enumerate(joined):
            follows = -0.5 <= one.a[0] - other.a[1] <= 1.0 and -0.5 <= one.b[0] - other.b[1] <= 1.0
            if follows and abs(one.shift - other.shift) <= 1.0 and one.details["same"] == other.details["same"]:
                best = min(one, other, key=lambda f: f.expected)
                joined[n] = replace(best, a=(other.a[0], one.a[1]), b=(other.b[0], one.b[1]))
                break
        else:
            joined.append(one)
    return sorted(joined, key=lambda f: f.expected)
