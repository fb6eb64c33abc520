"""Look again: the frames around each join, decoded, decide where it lies, and whether it is one at all.

What is stored of a film tells most; the pictures themselves tell the rest. Around each join, and through every short
run, and wherever a frame of B does not look like the frame of A that it should show, the frames of B are laid over
those of A that they may show, each as a small grey picture in B's framing. What is left of one after the other was
taken off, scaled as the grade allows, says how well they agree; and the best way is looked for as in `chain`.

Contents
    look_again    the runs, put right
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from types import EllipsisType

import numpy as np
import numpy.typing as npt

from rewatch.compare.agreement import agreement, in_nats, slid, unlike
from rewatch.compare.chain import Likeness, Line, Run, best_way, one_distance
from rewatch.compare.claims import claimed
from rewatch.compare.frame import Framing
from rewatch.compare.pictures import Pictures, grade_of, pictures_of
from rewatch.compare.seen import Seen
from rewatch.compare.sounding import Sounding

Floats = npt.NDArray[np.float64]

_AROUND = 12
"""Frames on both sides of a join."""
_SHORT = 8.0
"""Seconds of a run that is looked at from end to end."""
_SAMPLE, _BESIDE = 16, 12
"""Frames of a stretch that are tried, and frames beside its distance at which they are."""
_CLEARLY = 2.0
"""Nats a frame by which another distance must be better."""
_SLIP, _WON = 3, 6.0
"""Frames of A by which a slip is off; nats a frame that tell it from one."""
_EDIT, _AT_CUT = 30.0, 16.0
_ODD = -0.5
"""Evidence of a frame (of what is stored, over three frames) below which it is looked at."""
_EVEN = 1.0
"""Evidence of the frames beside a lone one that is looked at, on their average."""
_STRANGE, _FEW = -8.0, 5
"""Nats below which a frame may show something else altogether; so many frames may, for which no edit would be told."""
_HELD, _TELLS = 240, 0.5
"""Frames around a join that may be one held picture; evidence that tells two frames of one apart."""
_MOST_ODD = 3000
"""Frames that are looked at for that reason at most."""


def look_again(
    a: Seen,
    b: Seen,
    line: Line,
    framing: Framing,
    runs: Sequence[Run],
    like: Likeness | None = None,
    heard: Sounding | None = None,
) -> list[Run]:
    """The runs after their joins were looked at in the files; both must be at hand.

    like: the grade of the film; heard: what the sound says of it
    """
    grade = grade_of(like)
    of_a, of_b = pictures_of(a, b, framing)
    short = round(_SHORT * b.rate)
    runs, doubtful = claimed(a, b, line, framing, runs, like)
    turns = {run.begin: run.distance for run in runs}
    odd = doubtful + _odd(a, b, line, runs, like) + _alike(a, b, line, runs, like)
    for low, high in _windows(runs, short, len(b), odd):
        near = [r for r in runs if r.begin < high and r.end > low]
        states: list[float | None] = [None, *sorted({r.distance for r in near if r.distance is not None})]
        if len(states) < 2:
            continue
        first, last = near[0].distance, near[-1].distance
        window = _Window(of_a, of_b, line, np.arange(low, high), b.cuts, grade, heard)
        # At the film's edges nothing holds the way: it begins and ends where the pictures say.
        ends = first if low else ..., last if high < len(b) else ...
        taken = window.way(states, *ends)
        more = [d for d in window.nearby(taken, states) if d not in states]
        if more:
            states += more
            taken = window.way(states, *ends)
        for place in [t for t in turns if low < t < high]:
            del turns[place]
        turns[low] = turns.get(low, states[taken[0]]) if low else states[taken[0]]
        for t in np.flatnonzero(np.diff(taken)) + 1:
            turns[low + int(t)] = states[taken[t]]
        of_a.forget()
        of_b.forget()
    return _merged(turns, runs, line, len(b))


class _Window:
    """Frames of B that are looked at one by one, and how well they agree with those of A at any distance."""

    def __init__(
        self,
        of_a: Pictures,
        of_b: Pictures,
        line: Line,
        frames: npt.NDArray[np.int64],
        cuts: npt.NDArray[np.int64],
        grade: tuple[float, float, float],
        heard: Sounding | None,
    ) -> None:
        self._heard = heard
        self._a, self._b, self._line, self._frames, self._grade = of_a, of_b, line, frames, grade
        self._shots = np.searchsorted(cuts, frames, side="right")
        self._price = np.where(np.isin(frames, cuts), _AT_CUT, _EDIT).astype(np.float64)
        self._known: dict[float, Floats] = {}
        of_b.read(int(frames[0]), int(frames[-1]) + 1)

    def evidence(self, distance: float, rows: slice | npt.NDArray[np.int64] = slice(None)) -> Floats:
        """Of each frame (of those of `rows`), in nats."""
        frames = self._frames[rows]
        at = self._line.frames(frames, distance)
        self._a.read(int(at[0]), int(at[-1]) + 1)
        pairs = zip(at.tolist(), frames.tolist(), strict=True)
        found = [agreement(slid(self._a[i], self._b[j]), self._b[j], self._grade) for i, j in pairs]
        told = in_nats(np.array(found), self._shots[rows], self._grade[2])
        return told if self._heard is None else told + self._heard.evidence(frames, distance)

    def way(
        self, states: Sequence[float | None], first: float | EllipsisType | None, last: float | EllipsisType | None
    ) -> npt.NDArray[np.int64]:
        """(n,) the best way through the states, the first of which is None; first, last: ... where it is free."""
        evidence = np.zeros((len(self._frames), len(states)))
        for column, distance in enumerate(states):
            if distance is not None:
                if distance not in self._known:
                    self._known[distance] = self.evidence(distance)
                evidence[:, column] = self._known[distance]
        held = [None if end is ... else states.index(end) for end in (first, last)]
        taken = _without_slips(best_way(evidence, held[0], held[1], self._price), evidence, states)
        return self._without_strangers(taken, evidence, states)

    def _without_strangers(
        self, taken: npt.NDArray[np.int64], evidence: Floats, states: Sequence[float | None]
    ) -> npt.NDArray[np.int64]:
        """The way without frames that show something else between frames that agree: two edits, and too few to pay."""
        told = evidence[np.arange(len(taken)), taken]
        edges = [0, *(np.flatnonzero(np.diff(told < _STRANGE)) + 1).tolist(), len(taken)]
        for begin, end in pairwise(edges):
            if begin == 0 or end == len(taken) or end - begin > _FEW or told[begin] >= _STRANGE:
                continue
            distance = states[taken[begin]]
            if distance is None or not (taken[begin - 1] == taken[begin : end + 1]).all():
                continue
            if told[begin - 1] <= 0 or told[end] <= 0:
                continue
            frames = self._frames[begin:end]
            at = self._line.frames(frames, distance)
            # Nor what stands beside it: a cut that a frame is late for.
            beside = range(int(at[0]) - _SLIP, int(at[-1]) + _SLIP + 1)
            self._a.read(beside.start, beside.stop)
            if all(unlike(slid(self._a[i], self._b[j]), self._b[j]) for j in frames.tolist() for i in beside):
                taken[begin:end] = states.index(None)
        return taken

    def nearby(self, taken: npt.NDArray[np.int64], states: Sequence[float | None]) -> list[float]:
        """Distances a few frames beside those of the way at which its stretches agree clearly better."""
        found: list[float] = []
        edges = [0, *(np.flatnonzero(np.diff(taken)) + 1).tolist(), len(taken)]
        for begin, end in pairwise(edges):
            distance = states[taken[begin]]
            if distance is None or end - begin < _AROUND // 2:
                continue
            rows = np.unique(np.linspace(begin, end - 1, min(end - begin, _SAMPLE)).astype(np.int64))
            # All at once: the frames of A around the stretch are decoded in one go.
            span = self._line.frames(self._frames[[begin, end - 1]], distance)
            self._a.read(int(span[0]) - _BESIDE, int(span[1]) + _BESIDE + 1)
            tried = {step: float(self.evidence(distance + step, rows).sum()) for step in range(-_BESIDE, _BESIDE + 1)}
            best = max(tried, key=lambda step: tried[step])
            if tried[best] > tried[0] + _CLEARLY * len(rows):
                found.append(distance + best)
        return found


def _odd(a: Seen, b: Seen, line: Line, runs: Sequence[Run], like: Likeness | None) -> list[int]:
    """Frames of B that do not look as those of A that they should show: an insert, a dropped frame, perhaps."""
    if like is None:
        return []
    found: list[int] = []
    lone: list[int] = []
    for run in runs:
        if run.distance is not None and run.end - run.begin > 3:
            frames = np.arange(run.begin, run.end)
            told = like.evidence(a, b, frames, line.frames(frames, run.distance))
            smooth = np.convolve(told, np.full(3, 1 / 3), "same")
            found += frames[smooth < _ODD].tolist()
            beside = np.convolve(told, [0.25, 0.25, 0, 0.25, 0.25])[2:-2]
            lone += frames[(told < _ODD) & (beside > _EVEN)].tolist()
    # Where much is odd it is the model that is: a scene with a grade of its own.
    return [n for row in (found, lone) if len(row) <= _MOST_ODD for n in row]


def _alike(a: Seen, b: Seen, line: Line, runs: Sequence[Run], like: Likeness | None) -> list[int]:
    """Frames around joins that could be on either side of them: a held picture."""
    if like is None:
        return []
    found: list[int] = []
    for one, other in pairwise(runs):
        if one.distance is None or other.distance is None:
            found += _goes_on(a, b, line, one, other, like)
            continue
        low, high = max(one.begin, one.end - _HELD), min(other.end, one.end + _HELD)
        frames = np.arange(low, high)
        told = [like.evidence(a, b, frames, line.frames(frames, d)) for d in (one.distance, other.distance)]
        unlike = np.abs(told[0] - told[1]) > _TELLS
        before = np.flatnonzero(unlike[: one.end - low])
        after = np.flatnonzero(unlike[one.end - low :])
        first = low + int(before[-1]) + 1 if len(before) else low
        last = one.end + int(after[0]) if len(after) else high
        found += range(first, last, _AROUND)
    return found


def _goes_on(a: Seen, b: Seen, line: Line, one: Run, other: Run, like: Likeness) -> list[int]:
    """Frames of an insert that may be those of the run beside it, going on; and as many at the insert's other end."""
    if one.distance is None and other.distance is None:
        return []
    insert, on = (other, one.distance) if other.distance is None else (one, other.distance)
    long = min(_HELD, insert.end - insert.begin)
    frames = (
        np.arange(insert.begin, insert.begin + long) if insert is other else np.arange(insert.end - long, insert.end)
    )
    assert on is not None
    could = like.evidence(a, b, frames, line.frames(frames, on)) > 0
    # From the join on, as far as it may be so without a break.
    many = int(np.argmin(np.append(could if insert is other else could[::-1], False)))
    if insert is other:
        return [*range(insert.begin, insert.begin + many, _AROUND), *range(insert.end, insert.end + many, _AROUND)]
    return [*range(insert.end - many, insert.end, _AROUND), *range(insert.begin - many, insert.begin, _AROUND)]


def _windows(runs: Sequence[Run], short: int, count: int, odd: Sequence[int] = ()) -> list[tuple[int, int]]:
    """Where to look: around joins and odd frames, and through short runs; in order, apart."""
    found: list[list[int]] = []
    wanted = [(r.begin - _AROUND, r.begin + _AROUND) for r in runs[1:]]
    wanted += [(r.begin - _AROUND, r.end + _AROUND) for r in runs if r.end - r.begin <= short and len(runs) > 1]
    wanted += [(n - _AROUND, n + _AROUND) for n in odd]
    for low, high in sorted(wanted):
        low, high = max(0, low), min(count, high)
        if found and low <= found[-1][1]:
            found[-1][1] = max(found[-1][1], high)
        else:
            found.append([low, high])
    return [(low, high) for low, high in found]


def _without_slips(
    taken: npt.NDArray[np.int64], evidence: Floats, states: Sequence[float | None]
) -> npt.NDArray[np.int64]:
    """The way without slips: a few frames off for a while and back again, which no cutter does, but noise may."""
    edges = [0, *(np.flatnonzero(np.diff(taken)) + 1).tolist(), len(taken)]
    for before, begin, end in zip(edges, edges[1:], edges[2:], strict=False):
        here, there = states[taken[begin]], states[taken[before]]
        after = states[taken[end]] if end < len(taken) else None
        if here is None or there is None or there != after or abs(here - there) > _SLIP:
            continue
        won = float((evidence[begin:end, taken[begin]] - evidence[begin:end, taken[before]]).sum())
        if won < 2 * _EDIT + _WON * (end - begin):
            taken[begin:end] = taken[before]
    return taken


def _merged(turns: dict[int, float | None], runs: Sequence[Run], line: Line, count: int) -> list[Run]:
    merged: list[tuple[int, float | None]] = []
    for place in sorted(turns):
        if not merged or not one_distance(merged[-1][1], turns[place], line):
            merged.append((place, turns[place]))
    ends = [place for place, _ in merged[1:]] + [count]
    score = {r.distance: r.score for r in sorted(runs, key=lambda r: r.end - r.begin)}
    found = [Run(b, e, d, score.get(d, 0.0)) for (b, d), e in zip(merged, ends, strict=True)]
    return [replace(r) for r in found if r.end > r.begin]
