"""Echoes in the picture: the same footage in two films, cropped, mirrored, graded; or, weaker, the same composition.

Hashes of pictures (see `images.looks`) find footage that shows the whole picture. Layouts, their lowest frequencies,
are compared as any part of the picture would look, so that what was cropped or panned and scanned is found as well.
What chance yields is read off the pictures of A against the mirror images of B, which have as much sky above and as
many faces in the middle, and of B against those of A. Points of stills, and where the files are at hand and soon
decoded of two pictures a second, are looked up in each other (`echoes_glimpses`): they find whatever part is shown, and
when. Where films are too long for that, the stills of the likeliest shots are laid over each other, and frames of some.

Contents
    image_echoes   what two films both show
    by_hash        shots that have a picture in common, by hashes alone
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
from rewatch.compare.echoes_found import Found
from rewatch.compare.echoes_glimpses import Met, met
from rewatch.compare.echoes_look import fitting
from rewatch.compare.echoes_pictured import Pictured
from rewatch.compare.echoes_step import in_step
from rewatch.compare.echoes_views import SAME, WHOLE, Floats, Part, View, seen_in, views_of

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
LEAST = 9
POINTS = Tail(LEAST, 0.3, 0.45)
"""What chance yields of points that fit: of the likeliest of twelve pairs of unrelated films none had nine."""
PLACED, MOMENTS = 12, 6
"""Echoes that are laid to the moment, and moments of a shot that are tried at first."""
ENOUGH = 18
"""Points that say for themselves that it is the same picture."""
SURE = float(np.arctanh(0.85))
"""Likeness from which on it is the same picture, where there are no stills to ask."""


_MIRROR = np.where(np.arange(256) % 2, 1, -1).astype(np.float32)
"""Bit 16 i + j of a hash is the frequency j + 1 across: in a mirror image the odd ones change their sign."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two shots that look alike. at: seconds of the two pictures that do most. alike: Fisher's z of their layouts, or
    bits apart. expected: as good ones by chance. points: that fit. in_time: whether `at` is one moment, or nearly."""

    shots: tuple[int, int]
    at: tuple[float, float]
    likeness: float
    expected: float
    view: View
    bits: int = 256
    points: int = 0
    in_time: bool = False


def image_echoes(a: Pictured, b: Pictured, *, least: float = 1.0) -> list[Found]:
    """Stretches that both films show, the surest first; none where chance yields more than `least` as good ones."""
    pairs = {pair.shots: pair for pair in by_layout(a, b)}
    for pair in by_hash(a, b):
        known = pairs.get(pair.shots)
        if known is None or pair.expected < known.expected:
            pairs[pair.shots] = replace(pair, likeness=max(pair.likeness, known.likeness if known else 0.0))
    seen = {pair.shots: pair for pair in by_points(a, b)}
    rest = [pair for shots, pair in pairs.items() if shots not in seen]
    # Where every second was looked at, the rest has no points in common.
    looked = rest if a.decoded and b.decoded else _looked_over(a, b, rest)
    for shots, pair in seen.items():
        known = pairs.get(shots, pair)
        expected, likeness = min(pair.expected, known.expected), max(pair.likeness, known.likeness)
        looked.append(replace(pair, expected=expected, likeness=likeness, bits=known.bits))
    surest = sorted((pair for pair in looked if pair.expected <= least), key=lambda p: p.expected)
    placed = [_placed(a, b, pair) if n < PLACED else pair for n, pair in enumerate(surest)]
    found = [_found(a, b, pair) for pair in placed]
    return _joined([one for one in found if one is not None])


def by_points(a: Pictured, b: Pictured) -> Iterator[_Pair]:
    """Pairs of shots with pictures that points carry onto each other, each at the moments of which most are."""
    best: dict[tuple[int, int], Met] = {}
    for one in met(a.glimpses, b.glimpses):
        best.setdefault((one.a.shot, one.b.shot), one)
    for shots, one in best.items():
        of_a, of_b = one.shown()
        view = View(_part(of_a), _part(of_b), one.mirrored)
        score = 1 - LEAST / (2 * one.points)
        yield _Pair(
            shots, (one.a.at, one.b.at), score, POINTS.expected(one.points), view, points=one.points, in_time=True
        )


def _part(sides: tuple[float, ...]) -> Part:
    left, top, right, bottom = sides
    part = Part(left, top, right - left, bottom - top)
    return WHOLE if min(part.wide, part.high) > 1 - SAME else part


def _looked_over(a: Pictured, b: Pictured, pairs: list[_Pair]) -> list[_Pair]:
    return [_looked_at(a, b, pair, n < DECODED) for n, pair in enumerate(_likeliest(pairs))]


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
    if not len(a.hashes) or not len(b.hashes):
        return
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
    if not len(a.layouts) or not len(b.layouts):
        return
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
    fits = {pair.at[0]: fitting(a.stills.of_moment(pair.at[0]), of_b)}
    step = 0.5 if pair.in_time else (end - begin) / MOMENTS
    moments = [] if pair.in_time else (begin + step * (np.arange(MOMENTS) + 0.5)).tolist()
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
    footage = pair.bits <= NEAR or pair.points >= ENOUGH
    if not (a.decoded and b.decoded):  # else points would tell
        footage = footage or bool(np.arctanh(min(pair.likeness, 0.99)) >= SURE)
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
