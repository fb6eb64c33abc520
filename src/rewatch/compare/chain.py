"""The chain: for every frame of B the frame of A that it shows, or none; found at once over the whole film.

Each state of the chain is one distance between the films' frames. A frame of B speaks for a state by how well its light
and colour are those of the frame of A at that distance (the grade between the two films is fitted, so is how far it
scatters), against any frame of B's own; going from one distance to another costs what an edit is worth. The best way
through is found by dynamic programming (Viterbi 1967), first over every third frame and the distances that votes and
a local search propose, then frame by frame around each join.

Contents
    Line        which frame of A belongs to a frame of B at a distance
    Run         a stretch of B at one distance
    chain_of    the runs of B, in order
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rewatch.compare.seen import Seen
from rewatch.compare.votes import Votes

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

EDIT = 14.0
"""What an edit costs: it needs e**14 times better evidence than going on."""
_TEMPER = 0.25
"""Neighbouring frames say nearly the same: a frame counts for a fourth of one."""
_CAP = 9.0
"""No column of a frame speaks louder than this, for or against."""
_STEP = 3
_CHUNK = 240
_REACH = 36
"""Frames by which a state may be wider than what proposed it."""
_ROUND = 72
"""Frames on both sides of a join that are looked at one by one."""
_NEAR = 12
"""Frames on both sides of a proposed distance that are tried."""
_AT_CUT, _AT_NEW_CUT = 0.8, 0.35
"""What an edit costs less where B has a cut, and where that cut is none in A."""
_LIGHT = 3
"""The first columns are light: its mean, its spread, and lightness."""
_FINEST = 0.003
"""Of the values' scatter: two codings of one film differ by that."""
_ROUNDS, _MOST = 6, 0.6
"""Of the fit; share of the pairs that it goes by at least."""


@dataclass(frozen=True, slots=True)
class Line:
    """Frame of A = floor(base + distance): `base` is (n,) float64 for the frames of B, whole where frames go 1:1.

    by_frame: the frames of the two films go one by one
    """

    base: Floats
    by_frame: bool
    speed: float

    def frames(self, b: Numbers, distance: float | Floats) -> Numbers:
        return np.floor(self.base[b] + distance).astype(np.int64)


def line_of(a: Seen, b: Seen, speed: float) -> Line:
    """The map between the frames of two films at a speed: by frames where their rates fit it, else by time."""
    even = a.slots is None and b.slots is None
    if even and abs(speed * a.rate / b.rate - 1) < 4e-4:
        return Line(np.arange(len(b), dtype=np.float64), True, speed)
    middles = b.times.seconds(np.arange(len(b))) + 0.5 / b.rate
    return Line(speed * middles * a.rate, False, speed)


@dataclass(frozen=True, slots=True)
class Run:
    """Frames ``begin .. end`` of B show those of A at `distance`; None: they are not in A.

    score: evidence for it, per frame, in nats
    """

    begin: int
    end: int
    distance: float | None
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Likeness:
    """How the values of B's frames follow from A's: value = gain x A's + lift, give or take `scatter`; (5,) each.

    mean, spread: of the values of all frames of B
    """

    gain: Floats
    lift: Floats
    scatter: Floats
    mean: Floats
    spread: Floats

    def evidence(self, a: Seen, b: Seen, of_b: Numbers, of_a: Numbers) -> npt.NDArray[np.float32]:
        """Log odds that frames of B are those of A; `of_b` and `of_a` broadcast. -cap where A has no such frame."""
        inside = (of_a >= 0) & (of_a < len(a))
        at = np.clip(of_a, 0, len(a) - 1)
        total = np.zeros(np.broadcast_shapes(of_b.shape, of_a.shape), np.float32)
        # Plain numbers: with NumPy's own all would be reckoned in double precision.
        figures = np.stack([self.gain, self.lift, self.scatter, self.mean, self.spread], axis=1).tolist()
        for c, (gain, lift, scatter, mean, spread) in enumerate(figures):
            value = b.values[of_b, c]
            expected = gain * a.light(at, c, b, of_b) + lift
            if c < _LIGHT:
                # Nothing is darker than black, whatever the line through the other values says.
                expected = np.maximum(expected, 0)
            off = (value - expected) / scatter
            wide = max(spread, scatter)
            usual = (value - mean) / wide
            odds = np.minimum(usual * usual, 2 * _CAP) / 2 - np.minimum(off * off, 2 * _CAP) / 2
            total += np.clip(odds + math.log(wide / scatter), -_CAP, _CAP)
        return np.where(inside, _TEMPER * total, np.float32(-_CAP)).astype(np.float32)


def likeness_of(a: Seen, b: Seen, of_b: Numbers, of_a: Numbers) -> Likeness:
    """Fitted to pairs of frames most of which are the same; those that are not are left out (iterated trimming)."""
    rows = [_line_through(a.light(of_a, c, b, of_b), b.values[of_b, c]) for c in range(b.values.shape[1])]
    table = np.array(rows)
    of_all = b.values.mean(axis=0, dtype=np.float64), b.values.std(axis=0, dtype=np.float64) + 1e-3
    return Likeness(table[:, 0], table[:, 1], table[:, 2], *of_all)


def _line_through(given: npt.NDArray[np.float32], told: npt.NDArray[np.float32]) -> tuple[float, float, float]:
    """Gain, lift and scatter of a column."""
    x, y = given.astype(np.float64), told.astype(np.float64)
    good = np.ones(len(x), bool)
    gain, lift, scatter = 1.0, 0.0, 1.0
    for _ in range(_ROUNDS):
        vary = float(x[good].var())
        gain = float(np.mean((x[good] - x[good].mean()) * (y[good] - y[good].mean()))) / vary if vary > 1e-9 else 0.0
        lift = float(y[good].mean() - gain * x[good].mean())
        off = np.abs(y - gain * x - lift)
        scatter = 1.4826 * float(np.median(off[good])) + 1e-4
        # Never fewer than most of them: else the line shrinks upon the one scene that lies closest to it.
        kept = off <= max(3 * scatter, float(np.quantile(off, _MOST)))
        if kept.sum() < 8 or bool((kept == good).all()):
            break
        good = kept
    return gain, lift, max(scatter, _FINEST)


def chain_of(a: Seen, b: Seen, line: Line, votes: Votes) -> tuple[list[Run], Likeness | None]:
    """The runs of B, in order, covering it; and how B's values follow from A's (None: nothing is the same)."""
    nothing = [Run(0, len(b), None)]
    if not len(votes):
        return nothing, None
    first = _popular(line, votes)
    if not first.any():
        return nothing, None  # a few likenesses here and there, as two films have that are not one
    like = likeness_of(a, b, votes.b[first], votes.a[first])
    runs = nothing
    for _ in range(2):
        runs = _way(a, b, line, like, _proposed(a, b, line, like, votes))
        of_b, of_a = pairs(runs, line)
        inside = (of_a >= 0) & (of_a < len(a))
        if inside.sum() < 8:
            return nothing, None
        like = likeness_of(a, b, of_b[inside], of_a[inside])
    # What was found anywhere may go on further than what proposed it: everywhere, now.
    known = sorted({r.distance for r in runs if r.distance is not None})
    runs = _way(a, b, line, like, {d: [(0, len(b))] for d in known})
    return _finely(a, b, line, like, runs), like


def pairs(runs: Sequence[Run], line: Line) -> tuple[Numbers, Numbers]:
    """Frames of B that are in A, and the frames of A that they show."""
    of_b = [np.zeros(0, np.int64)]
    of_a = [np.zeros(0, np.int64)]
    for run in runs:
        if run.distance is not None:
            frames = np.arange(run.begin, run.end)
            of_b.append(frames)
            of_a.append(line.frames(frames, run.distance))
    return np.concatenate(of_b), np.concatenate(of_a)


def _popular(line: Line, votes: Votes) -> npt.NDArray[np.bool_]:
    """The votes for the distances that most agree on."""
    bins = np.floor((votes.a - line.base[votes.b]) / 6).astype(np.int64)
    values, inverse, count = np.unique(bins, return_inverse=True, return_counts=True)
    popular = count >= max(3, 0.1 * count.max())
    found: npt.NDArray[np.bool_] = popular[inverse] if len(values) else np.zeros(0, bool)
    return found


def _proposed(a: Seen, b: Seen, line: Line, like: Likeness, votes: Votes) -> dict[float, list[tuple[int, int]]]:
    """Distances that are worth a state, each with the stretches of B where it is."""
    grid = np.round((votes.a - line.base[votes.b]) / 6).astype(np.int64)
    fine = 1.0 if line.by_frame else 0.5
    steps = np.arange(-_NEAR, _NEAR + fine, fine)
    apart = int(10 * b.rate)
    margin = int(1.5 * b.rate)
    found: dict[float, list[tuple[int, int]]] = {}
    order = np.lexsort((votes.b, grid))
    grid, of_b, weight = grid[order], votes.b[order], votes.weight[order]
    edges = np.flatnonzero(np.diff(grid, prepend=grid[0] - 1, append=grid[-1] + 1))
    for low, high in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        places, centre = of_b[low:high], 6.0 * float(grid[low])
        if high - low < 2 and weight[low] < 0.85:
            continue
        for part in np.split(places, np.flatnonzero(np.diff(places) > apart) + 1):
            begin, end = max(0, int(part[0]) - margin), min(len(b), int(part[-1]) + margin + 1)
            frames = np.arange(begin, end)
            of_a = line.frames(frames[:, None], centre + steps)
            evidence = like.evidence(a, b, frames[:, None], of_a)
            smooth = _box(evidence, 13)
            best, value = smooth.argmax(axis=1), smooth.max(axis=1)
            for n in np.unique(best).tolist():
                held = frames[(best == n) & (value > 0)]
                if len(held) >= 6:
                    stretch = (max(0, int(held[0]) - _REACH), min(len(b), int(held[-1]) + _REACH))
                    found.setdefault(centre + float(steps[n]), []).append(stretch)
    return found


def _box(values: npt.NDArray[np.float32], size: int) -> npt.NDArray[np.float64]:
    """Sums over `size` rows around each row."""
    total = np.cumsum(np.pad(values.astype(np.float64), ((size // 2 + 1, size // 2), (0, 0))), axis=0)
    return np.asarray(total[size:] - total[:-size])


def _way(a: Seen, b: Seen, line: Line, like: Likeness, states: dict[float, list[tuple[int, int]]]) -> list[Run]:
    """The best way over every third frame, by states that may be taken only in their stretches."""
    known = sorted(states)
    if not known:
        return [Run(0, len(b), None)]
    distances = np.array(known)
    bounds = [(low, high, n) for n, d in enumerate(known) for low, high in states[d]]
    table = np.array(bounds)
    frames = np.arange(0, len(b), _STEP)
    none = len(known)
    value = np.full(none + 1, -np.inf)
    value[none] = 0.0
    backs: list[tuple[Numbers, npt.NDArray[np.bool_], Numbers]] = []
    for at in range(0, len(frames), _CHUNK // _STEP):
        here = frames[at : at + _CHUNK // _STEP]
        near = table[(table[:, 0] <= here[-1]) & (table[:, 1] > here[0])]
        active = np.append(np.unique(near[:, 2]), none)
        evidence = np.zeros((len(here), len(active)))
        if len(active) > 1:
            of_a = line.frames(here[:, None], distances[active[:-1]])
            evidence[:, :-1] = _STEP * like.evidence(a, b, here[:, None], of_a)
            allowed = np.zeros((len(here), none), bool)
            for low, high, n in near.tolist():
                allowed[(here >= low) & (here < high), n] = True
            evidence[:, :-1][~allowed[:, active[:-1]]] = -_CAP * _STEP
        # A state that is left for good at a chunk's edge hands on what it was worth, less an edit.
        best_before = int(value.argmax())
        entered = np.full(none + 1, -np.inf)
        entered[active] = np.maximum(value[active], value[best_before] - EDIT)
        held = np.where(value[active] >= value[best_before] - EDIT, active, best_before)
        value = entered
        now = value[active]
        stays = np.zeros((len(here), len(active)), bool)
        came = np.zeros(len(here), np.int64)
        for n in range(len(here)):
            if n or not at:
                top = int(now.argmax())
                least = now[top] - EDIT
                stays[n] = now >= least
                came[n] = top
                now = np.where(stays[n], now, least)
            now = now + evidence[n]
        value = np.full(none + 1, -np.inf)
        value[active] = now
        backs.append((np.stack([active, held]), stays, came))
    return _runs(_back(backs, value), frames, known, len(b))


def _back(backs: list[tuple[Numbers, npt.NDArray[np.bool_], Numbers]], value: Floats) -> Numbers:
    state = int(value.argmax())
    path: list[int] = []
    for number in range(len(backs) - 1, -1, -1):
        (active, held), stays, came = backs[number]
        column = int(np.flatnonzero(active == state)[0])
        for n in range(len(stays) - 1, -1, -1):
            path.append(int(active[column]))
            if (n or not number) and not stays[n, column]:
                column = int(came[n])
        state = int(held[column])
    return np.array(path[::-1], np.int64)


def _runs(path: Numbers, frames: Numbers, known: Sequence[float], count: int) -> list[Run]:
    turns = np.flatnonzero(np.diff(path)) + 1
    begins = np.concatenate([[0], frames[turns]])
    ends = np.concatenate([frames[turns], [count]])
    states = path[np.concatenate([[0], turns]).astype(np.int64)]
    return [
        Run(int(low), int(high), known[s] if s < len(known) else None)
        for low, high, s in zip(begins, ends, states.tolist(), strict=True)
    ]


def _finely(a: Seen, b: Seen, line: Line, like: Likeness, runs: list[Run]) -> list[Run]:
    """The same way frame by frame, around each join; the distances are those that were found near it."""
    new = _new_cuts(a, b, line, runs)
    joins = sorted({*(r.begin for r in runs[1:]), *new.tolist()})
    windows: list[list[int]] = []
    for join in joins:
        low, high = max(0, join - _ROUND), min(len(b), join + _ROUND)
        if windows and low <= windows[-1][1]:
            windows[-1][1] = high
        else:
            windows.append([low, high])
    path: list[tuple[int, float | None]] = []
    for run in runs:
        path.append((run.begin, run.distance))
    for low, high in windows:
        near = [r for r in runs if r.begin < high + 4 * _ROUND and r.end > low - 4 * _ROUND]
        known = sorted({r.distance for r in near if r.distance is not None})
        first = next(r.distance for r in runs if r.begin <= low < r.end)
        last = next(r.distance for r in runs if r.begin < high <= r.end)
        frames = np.arange(low, high)
        evidence = np.zeros((len(frames), len(known) + 1))
        if known:
            evidence[:, :-1] = like.evidence(a, b, frames[:, None], line.frames(frames[:, None], np.array(known)))
        states: list[float | None] = [*known, None]
        price = np.full(len(frames), EDIT)
        price[np.isin(frames, b.cuts)] *= _AT_CUT
        price[np.isin(frames, new)] *= _AT_NEW_CUT / _AT_CUT
        taken = best_way(evidence, states.index(first), states.index(last), price)
        path = [p for p in path if not low < p[0] < high]
        turns = np.flatnonzero(np.diff(taken)) + 1
        path += [(int(frames[t]), states[taken[t]]) for t in turns]
    path.sort(key=lambda turn: turn[0])
    merged: list[tuple[int, float | None]] = []
    for turn in path:
        if not merged or not one_distance(merged[-1][1], turn[1], line):
            merged.append(turn)
    ends = [turn[0] for turn in merged[1:]] + [len(b)]
    found = []
    for (begin, distance), end in zip(merged, ends, strict=True):
        score = 0.0
        if distance is not None:
            frames = np.arange(begin, end)
            score = float(like.evidence(a, b, frames, line.frames(frames, distance)).mean())
        found.append(Run(begin, end, distance, score))
    return found


def one_distance(before: float | None, after: float | None, line: Line) -> bool:
    """Whether two distances are the same one: to two frames where frames do not go one by one."""
    if before is None or after is None or line.by_frame:
        return before == after
    return abs(before - after) <= 2


def best_way(evidence: Floats, first: int | None, last: int | None, price: Floats) -> Numbers:
    """(n,) states of n frames, from `first` to `last`, by (n, states) evidence and the (n,) price of an edit at each.

    first, last: None where it may begin or end in any state
    """
    count, width = evidence.shape
    now = np.zeros(width)
    if first is not None:
        now = np.full(width, -1e9)
        now[first] = 0.0
    now = now + evidence[0]
    stays = np.ones((count, width), bool)
    came = np.zeros(count, np.int64)
    for n in range(1, count):
        top = int(now.argmax())
        least = now[top] - price[n]
        stays[n] = now >= least
        came[n] = top
        now = np.where(stays[n], now, least) + evidence[n]
    state = int(now.argmax()) if last is None else last
    path = np.zeros(count, np.int64)
    for n in range(count - 1, -1, -1):
        path[n] = state
        if not stays[n, state]:
            state = int(came[n])
    return path


def _new_cuts(a: Seen, b: Seen, line: Line, runs: Sequence[Run]) -> Numbers:
    """Cuts of B where the frames of A that it shows have none: an edit that the chain went over, perhaps."""
    found = [np.zeros(0, np.int64)]
    for run in runs:
        if run.distance is None or not len(a.cuts):
            continue
        cuts = b.cuts[(b.cuts > run.begin + 1) & (b.cuts < run.end - 1)]
        of_a = line.frames(cuts, run.distance)
        at = np.searchsorted(a.cuts, of_a)
        nearest = np.minimum(
            np.abs(a.cuts[np.minimum(at, len(a.cuts) - 1)] - of_a), np.abs(a.cuts[np.maximum(at - 1, 0)] - of_a)
        )
        found.append(cuts[nearest > 1])
    return np.concatenate(found)
