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

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import erfc
from typing import Any

import numpy as np
import numpy.typing as npt

from rewatch.compare.echoes_chance import Tail, tail_of
from rewatch.compare.echoes_found import Found, Stretch
from rewatch.compare.echoes_look import Stills, fitting
from rewatch.compare.echoes_step import in_step
from rewatch.compare.echoes_views import Floats, View, seen_in, views_of
from rewatch.images.looks import ACROSS, DOWN, unpack_layout
from rewatch.images.prints import open_prints
from rewatch.library.edition import Edition

Numbers = npt.NDArray[np.int64]

QUALITY = 20
"""PDQ's quality of a picture below which it tells nothing."""
UNEVEN = 32
"""Bits by which the ones of a hash may be more or fewer than half."""
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
ALIKE = 0.45
"""Likeness of two layouts from which on the shots may be looked at."""
PAIRS = 300_000
"""Pairs of layouts that are gone into, the likest."""
FLOOR = float(np.arctanh(0.55))
SLOPE = 15.0
"""Of what chance yields, per unit of Fisher's z."""
LOOKED_AT, OF_EACH = 200, 5
"""Pairs of shots whose stills are laid over each other, and of those of one shot."""
DECODED = 16
"""Pairs of which frames are decoded, where the stills do not show the same and the files are at hand."""
POINTS = Tail(9.0, 1.0, 0.45)
"""What chance yields of points that fit: none of 650 pairs of shots of unrelated films had nine."""
PLACED, MOMENTS = 12, 6
"""Echoes that are laid to the moment, and moments of a shot that are tried at first."""
ENOUGH = 18
"""Points that say for themselves that it is the same picture."""
SURE = float(np.arctanh(0.85))
"""Likeness from which on it is the same picture, where there are no stills to ask."""


_MIRROR = np.where(np.arange(256) % 2, 1, -1).astype(np.float32)
"""Bit 16 i + j of a hash is the frequency j + 1 across: in a mirror image the odd ones change their sign."""


@dataclass(frozen=True, slots=True)
class Pictured:
    """The pictures of one film that tell something.

    layouts: (n, DOWN, ACROSS), of seconds `at` and of shots `shot`
    hashes:  (m, 4), of seconds `hash_at` and of shots `hash_shot`
    begin, end: (k,) seconds of each shot
    shape:   how many times as wide as high the picture is, without bars
    every:   seconds and hashes of all pictures, in order of time
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
    every: tuple[npt.NDArray[np.float64], npt.NDArray[np.uint64]] | None = None

    def all_hashes(self, shot: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.uint64]]:
        """Seconds and hashes of a shot, also of pictures that tell nothing new."""
        at, hashes = (self.hash_at, self.hashes) if self.every is None else self.every
        first, end = np.searchsorted(at, (self.begin[shot] - 1e-3, self.end[shot] - 1e-3))
        return at[first:end], hashes[first:end]

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
        # Nor has a picture that is black, in a fade: half the bits of every hash are ones but of such.
        ones = np.bitwise_count(hashes).sum(axis=1, dtype=np.int64)
        rows = rows[np.abs(ones[rows] - 128) <= UNEVEN]
        rows = rows[_new_hashes(hashes[rows], shot[rows])]
        rows = rows[:: max(1, -(-len(rows) // (2 * MOST)))]
        shape = _shape(edition, prints)
        stills = Stills(edition, np.asarray(first, np.int64))
        return cls(
            edition, layouts, seconds[keys], shot[keys], hashes[rows], seconds[rows], shot[rows], begin, end, shape,
            stills, (seconds, hashes),
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
    looked = [_looked_at(a, b, pair, n < DECODED) for n, pair in enumerate(_likeliest(list(pairs.values())))]
    surest = sorted((pair for pair in looked if pair.expected <= least), key=lambda p: p.expected)
    placed = [_placed(a, b, pair) if n < PLACED else pair for n, pair in enumerate(surest)]
    found = [_found(a, b, pair) for pair in placed]
    return _joined([one for one in found if one is not None])


def _likeliest(pairs: list[_Pair]) -> list[_Pair]:
    """The pairs of shots that are worth a look; of one shot that looks like many, only some."""
    taken: Counter[tuple[str, int]] = Counter()
    chosen: list[_Pair] = []
    for pair in sorted(pairs, key=lambda p: (p.expected, -p.likeness)):
        of = ("a", pair.shots[0]), ("b", pair.shots[1])
        if len(chosen) < LOOKED_AT and max(taken[key] for key in of) < OF_EACH:
            taken.update(of)
            chosen.append(pair)
    return chosen


def by_hash(a: Pictured, b: Pictured) -> Iterator[_Pair]:
    """Pairs of shots with a picture whose hashes are near, of all the best."""
    signs_a = _signs(a.hashes)
    count = len(a.hashes) * len(b.hashes)
    for mirrored in (False, True):
        of_a = signs_a * _MIRROR if mirrored else signs_a
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
    found = [_alike(a, b, mirrored) for mirrored in (False, True)]
    for mirrored in (False, True):
        here, other = found[mirrored], found[not mirrored]
        # A pair of shots speaks where it is the more alike: what is symmetrical would be its own chance.
        mine = {shots: pair for shots, pair in here.items() if pair.likeness >= _likeness(other, shots)}
        theirs = [pair.likeness for shots, pair in other.items() if pair.likeness > _likeness(here, shots)]
        theirs = [likeness for likeness in theirs if np.arctanh(likeness) < SURE]  # those are none of chance's
        tail = chance_tail(np.arctanh(np.array(theirs, np.float64)))
        for pair in mine.values():
            yield replace(pair, expected=tail.expected(float(np.arctanh(pair.likeness))))


def _likeness(pairs: dict[tuple[int, int], _Pair], shots: tuple[int, int]) -> float:
    return pairs[shots].likeness if shots in pairs else -1.0


def chance_tail(z: npt.NDArray[np.float64]) -> Tail:
    """What chance yields, from pairs of shots of which none is the same."""
    return tail_of(z, floor=FLOOR, slope=SLOPE)


def _alike(a: Pictured, b: Pictured, mirrored: bool) -> dict[tuple[int, int], _Pair]:
    """Pairs of shots that are at all alike, each by its two pictures that are most."""
    views = views_of(a.shape, b.shape, mirrored)
    best = np.full((len(b.layouts), len(a.layouts)), -1.0, np.float32)
    which = np.zeros(best.shape, np.uint8)
    for n, view in enumerate(views):
        like = seen_in(b.layouts, view.part_b, mirrored) @ seen_in(a.layouts, view.part_a).T
        better = like > best
        best[better] = like[better]
        which[better] = n
    least = ALIKE
    if best.size > PAIRS:
        least = max(least, float(np.partition(best, best.size - PAIRS, axis=None)[best.size - PAIRS]))
    row, column = np.nonzero(best >= least)
    order = np.argsort(-best[row, column], kind="stable")
    key = b.shot[row[order]] * (int(a.shot.max()) + 1) + a.shot[column[order]]
    first = order[np.sort(np.unique(key, return_index=True)[1])]
    found: dict[tuple[int, int], _Pair] = {}
    for i, j in zip(row[first].tolist(), column[first].tolist(), strict=True):
        shots = int(a.shot[j]), int(b.shot[i])
        at = float(a.at[j]), float(b.at[i])
        found[shots] = _Pair(shots, at, min(float(best[i, j]), 0.995), np.inf, views[which[i, j]])
    return found


def _looked_at(a: Pictured, b: Pictured, pair: _Pair, frames: bool) -> _Pair:
    """A pair of shots, pictures of theirs laid over each other: the stills, or else frames that are decoded."""
    mirrored = pair.view.mirrored
    points = fitting(a.stills.of_shot(pair.shots[0]), b.stills.of_shot(pair.shots[1], mirrored))
    if frames and points < ENOUGH and a.stills.at_hand and b.stills.at_hand:
        of_b = b.stills.of_moment(pair.at[1], mirrored)
        points = max(points, fitting(a.stills.of_moment(pair.at[0]), of_b))
    by_chance = POINTS.expected(points) if points else np.inf
    return replace(pair, points=points, expected=min(pair.expected, float(by_chance)))


def _placed(a: Pictured, b: Pictured, pair: _Pair) -> _Pair:
    """Shots that show the same, laid to each other to a fifth of a second by all their hashes.

    Where the picture was cropped those do not tell: then to the moment of A that fits best, to about half a second.
    """
    laid = _laid(a, b, pair)
    if laid is not None:
        return replace(pair, at=laid)
    if not pair.points or not (a.stills.at_hand and b.stills.at_hand):
        return pair
    begin, end = (float(side[pair.shots[0]]) for side in (a.begin, a.end))
    of_b = b.stills.of_moment(pair.at[1], pair.view.mirrored)
    step = (end - begin) / MOMENTS
    fits = {pair.at[0]: fitting(a.stills.of_moment(pair.at[0]), of_b)}
    moments = (begin + step * (np.arange(MOMENTS) + 0.5)).tolist()
    while True:
        fits |= {at: fitting(a.stills.of_moment(at), of_b) for at in moments if at not in fits}
        best = max(fits, key=lambda at: (fits[at], at == pair.at[0]))
        step /= 2
        if step < 0.25 or len(fits) > 4 * MOMENTS:
            return replace(pair, at=(best, pair.at[1]), points=max(pair.points, fits[best]))
        moments = [at for at in (best - step, best + step) if begin <= at < end]


def _laid(a: Pictured, b: Pictured, pair: _Pair) -> tuple[float, float] | None:
    """Seconds of A and B at which two shots are in step; None: their hashes are too far apart to say."""
    (at_a, hashes_a), (at_b, hashes_b) = a.all_hashes(pair.shots[0]), b.all_hashes(pair.shots[1])
    signs = _signs(hashes_a) * _MIRROR if pair.view.mirrored else _signs(hashes_a)
    return in_step(at_a, at_b, (256 - signs @ _signs(hashes_b).T) / 2)


def _found(a: Pictured, b: Pictured, pair: _Pair) -> Found | None:
    (begin_a, end_a), (begin_b, end_b) = (
        (float(side.begin[n]), float(side.end[n])) for side, n in zip((a, b), pair.shots, strict=True)
    )
    shift = pair.at[1] - pair.at[0]
    begin, end = max(begin_a, begin_b - shift), min(end_a, end_b - shift)
    if end <= begin:
        return None
    footage = pair.bits <= NEAR or pair.points >= ENOUGH or np.arctanh(min(pair.likeness, 0.99)) >= SURE
    if not footage and not pair.view.plain:
        return None  # parts of pictures that are alike are no composition
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
