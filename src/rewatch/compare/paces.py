"""Paces: a stretch of B that shows a stretch of A slower, faster or backwards, between two that go as the film goes.

To a chain of even distances slow motion is a row of small inserts, and a stretch run backwards a heap of single frames
that moved. Between two long pieces that keep their order one straight line is tried instead, from where the one leaves
off to where the other takes up, forwards and backwards. Where it explains the frames clearly better than the pieces do,
it takes their place.

Contents
    repaced    the pieces, those that a change of pace explains put in one
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from rewatch.compare.chain import EDIT
from rewatch.compare.order import Piece, in_order
from rewatch.compare.summary import PACE

Numbers = npt.NDArray[np.int64]
Told = Callable[[Numbers, Numbers], npt.NDArray[np.float32]]
"""Evidence, in nats, that frames of B are these of A."""

_LONG = 2.5
"""Seconds of a piece that a change of pace may begin or end at."""
_SHORT, _LONGEST = 0.5, 120.0
"""Seconds of B that it lasts at least and at most."""
_AROUND = 36
"""Frames by which the pieces on both sides may reach into it, or fall short of it."""
_COARSE, _SAMPLE = 6, 48
"""Frames from one trial to the next, at first, and frames that speak for it then."""
_LEAST = 6
"""Frames of A that it shows."""
_CLEARLY, _MEAN, _PERHAPS = 30.0, 0.7, 0.2
"""Nats by which it must be better; nats a frame that must speak for it, and that must at first."""
_EXTREME = 8.0


@dataclass(frozen=True, slots=True)
class _Way:
    """B's frames from `begin` to `end` show A's from `first` to `after`, evenly; back: from the last to the first."""

    begin: int
    end: int
    first: float
    after: float
    back: bool

    @property
    def pace(self) -> float:
        return (self.after - self.first) / (self.end - self.begin)

    def frames(self, b: Numbers) -> Numbers:
        share = (b - self.begin + 0.5) / (self.end - self.begin)
        if self.back:
            share = 1 - share
        return np.floor(self.first + share * (self.after - self.first)).astype(np.int64)


def repaced(
    pieces: Sequence[Piece],
    rate: float,
    pace: float,
    told: Told,
    seen: Callable[[Numbers, Numbers], bool] | None = None,
) -> list[Piece]:
    """The pieces in order of B.

    rate: frames of B a second; pace: frames of A for one of B in the film; seen: whether pictures of B are these of A
    """
    found = [*pieces]
    long = [n for n, kept in enumerate(in_order(found)) if kept and found[n].frames >= _LONG * rate]
    for n, m in reversed([*pairwise(long)]):
        one, other = found[n], found[m]
        between = found[n + 1 : m]
        if not _SHORT * rate <= other.b[0] - one.b[1] <= _LONGEST * rate or other.a[0] - one.a[1] < _LEAST:
            continue
        way = _best(one, other, between, pace, told)
        if way is None or way.end - way.begin < _SHORT * rate:
            continue
        frames = np.arange(way.begin, way.end)
        if seen is not None and not seen(frames, way.frames(frames)):
            continue
        score = float(told(frames, way.frames(frames)).mean())
        first, after = round(way.first), round(way.after)
        new = Piece((way.begin, way.end), (first, after), score, back=way.back)
        found[n : m + 1] = [
            replace(one, b=(one.b[0], way.begin), a=(one.a[0], first)),
            new,
            replace(other, b=(way.end, other.b[1]), a=(after, other.a[1])),
        ]
    return found


def _best(one: Piece, other: Piece, between: Sequence[Piece], pace: float, told: Told) -> _Way | None:
    low, high = max(one.b[0] + 1, one.b[1] - _AROUND), min(other.b[1] - 1, other.b[0] + _AROUND)
    frames = np.arange(low, high)

    def goes_on(piece: Piece, at: int, end: int) -> float:
        """The frame of A that a piece would show, if it went on, with frame `at` of B."""
        return piece.a[end] + (at - piece.b[end]) * pace

    before = np.floor(goes_on(one, low, 1) + (frames - low + 0.5) * pace).astype(np.int64)
    behind = np.floor(goes_on(other, low, 0) + (frames - low + 0.5) * pace).astype(np.int64)
    of_before = np.concatenate([[0.0], np.cumsum(told(frames, before))])
    of_behind = np.concatenate([[0.0], np.cumsum(told(frames, behind))])
    # What the pieces say now, each join for its price.
    now = of_before[max(0, one.b[1] - low)] + of_behind[-1] - of_behind[min(len(frames), other.b[0] - low)]
    for piece in between:
        inside = np.arange(*piece.b)
        share = (inside - piece.b[0] + 0.5) / piece.frames
        at = np.floor(piece.a[0] + share * (piece.a[1] - piece.a[0])).astype(np.int64)
        now += float(told(inside, at).sum()) - EDIT
    now -= EDIT * (1 + (other.b[0] > one.b[1]))

    def worth(way: _Way, most: int | None = None) -> float:
        long = way.end - way.begin
        inside = np.arange(way.begin, way.end)
        if most is not None and long > most:
            inside = inside[np.linspace(0, long - 1, most).astype(np.int64)]
        mean = float(told(inside, way.frames(inside)).mean())
        if mean < (_MEAN if most is None else _PERHAPS):
            return -np.inf
        return float(of_before[way.begin - low] + mean * long + of_behind[-1] - of_behind[way.end - low]) - 2 * EDIT

    def ways(begins: Sequence[int], ends: Sequence[int], backs: Sequence[bool]) -> list[_Way]:
        tried = []
        for begin in begins:
            for end in ends:
                first, after = goes_on(one, begin, 1), goes_on(other, end, 0)
                if not low <= begin < end <= high or after - first < 2 or end - begin < 2:
                    continue
                for back in backs:
                    way = _Way(begin, end, first, after, back)
                    # Forwards at the film's own pace there is nothing to tell.
                    if back or (abs(way.pace / pace - 1) > PACE and 1 / _EXTREME < way.pace / pace < _EXTREME):
                        tried.append(way)
        return tried

    tried = ways(
        range(max(low, one.b[1] - _AROUND), min(high, one.b[1] + _AROUND) + 1, _COARSE),
        range(max(low, other.b[0] - _AROUND), min(high, other.b[0] + _AROUND) + 1, _COARSE),
        (False, True),
    )
    if not tried:
        return None
    best = max(tried, key=lambda way: worth(way, _SAMPLE))
    if worth(best, _SAMPLE) < now - _CLEARLY:
        return None
    steps = range(-_COARSE, _COARSE + 1)
    near = ways([best.begin + step for step in steps], [best.end + step for step in steps], (best.back,))
    best = max(near, key=lambda way: worth(way, 4 * _SAMPLE))
    return best if worth(best) > now + _CLEARLY else None
