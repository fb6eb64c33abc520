"""What counts as a shot, and how far the count can be trusted.

Counting rules
    Barry Salt counts from the first shot after the main titles to the last before the end titles, and lets a dissolve's
    cut fall at its midpoint (Film Style and Technology, 1983; Cinemetrics, Measurement Theory). Others count whole
    films, or from where the next shot begins to show. `CountingRules` says which; the default is the whole film and
    the midpoint.

The error band
    A detector finds some cuts that are none and misses some that are. With precision P and recall R known from
    labelled films, `error_band` asks: which films could have given the shots that were found? It makes many of them:
    each cut found is kept with probability P; of each true cut that was found there were, on average, (1 - R) / R
    more that were not (a negative binomial number), and these fall anywhere in the film's time. The middle 90 % of
    the ASL and of the median over all of them is the band: of the true figures, so where a detector misses more than it
    invents the measured ASL lies above it. P and R differ more from film to film than chance would have
    it, so the films made take the pairs of all labelled films in turn; and what was counted on few boundaries is itself
    uncertain, so each pair is drawn from what it could truly be. The draws are fixed: the same shots give the
    same band.

Contents
    CountingRules, ShotTimes, counted
    DetectorQuality, Band, error_band
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from rewatch.clock import FrameTimes
from rewatch.track import Spans

Array = npt.NDArray[np.float64]

CutsAt = Literal["midpoint", "begin", "end"]


@dataclass(frozen=True, slots=True)
class CountingRules:
    """How shots are counted.

    exclude: stretches in seconds, (begin, end), that do not count: titles, credits. A shot that lies in one is left
             out; one that reaches into it is as long as what lies outside.
    cuts_at: where a gradual transition (dissolve, fade, wipe) parts two shots: its "midpoint", its "begin" (first
             mixed frame) or its "end" (first frame that is all new)
    """

    exclude: tuple[tuple[float, float], ...] = ()
    cuts_at: CutsAt = "midpoint"

    def __post_init__(self) -> None:
        if self.cuts_at not in ("midpoint", "begin", "end"):
            raise ValueError(f"a cut falls at the midpoint, begin or end of a transition, not at {self.cuts_at!r}")
        for begin, end in self.exclude:
            if not (np.isfinite(begin) and np.isfinite(end) and begin < end):
                raise ValueError(f"an excluded stretch must begin before it ends, not {begin} to {end}")


@dataclass(frozen=True, slots=True)
class ShotTimes:
    """The shots that count, in seconds.

    begin, end: (n,) where each begins and ends in the film, what is excluded at its edges left off
    length:     (n,) what of it counts, all above 0
    zero:       how many shots of no length were passed by
    outside:    how many lay wholly in an excluded stretch
    film:       second at which the film begins and ends
    """

    begin: Array
    end: Array
    length: Array
    zero: int
    outside: int
    film: tuple[float, float]

    def __len__(self) -> int:
        return len(self.length)

    @property
    def cuts(self) -> Array:
        """Seconds at which one shot that counts gives way to the next: neither the film's edges nor those of a gap."""
        return self.begin[1:][np.abs(self.begin[1:] - self.end[:-1]) < 1e-6]


def counted(shots: Spans, frames: FrameTimes | None = None, rules: CountingRules | None = None) -> ShotTimes:
    """The shots of a track that count by `rules`; `frames` is needed where the track's clock counts frames.

    Where a gradual transition begins and ends is read from the columns ``first_frame`` and ``last_frame`` (ticks of the
    track's clock, -1 where not known); a track without them is taken as it stands.
    """
    rules = rules or CountingRules()
    begin, end = np.asarray(shots.begin, dtype=np.int64), np.asarray(shots.end, dtype=np.int64)
    if rules.cuts_at != "midpoint" and {"first_frame", "last_frame"} <= set(shots.columns):
        begin, end = _moved(begin, end, shots, rules.cuts_at)
    starts, ends = shots.clock.seconds_of(begin, frames), shots.clock.seconds_of(end, frames)
    film = (float(starts[0]), float(ends.max())) if len(starts) else (0.0, 0.0)
    some = ends > starts
    length, begins, finishes = _lengths(begin, end, shots, frames), starts.copy(), ends.copy()
    for left, right in _united(rules.exclude):
        length -= np.clip(np.minimum(ends, right) - np.maximum(starts, left), 0.0, None)
        begins = np.where((begins >= left) & (begins < right), np.minimum(right, finishes), begins)
        finishes = np.where((finishes > left) & (finishes <= right), np.maximum(left, begins), finishes)
    rest = length > 1e-6  # what rounding leaves of a shot that was wholly excluded is not a shot
    keep = some & rest
    zero, outside = int((~some).sum()), int((some & ~rest).sum())
    return ShotTimes(begins[keep], finishes[keep], length[keep], zero, outside, film)


def _lengths(
    begin: npt.NDArray[np.int64], end: npt.NDArray[np.int64], shots: Spans, frames: FrameTimes | None
) -> Array:
    """Seconds from begin to end, subtracted as integers: 3.6 stays 3.6 two hours into the film."""
    if shots.clock.rate is not None:
        return np.asarray((end - begin) * shots.clock.rate.denominator / shots.clock.rate.numerator)
    assert frames is not None  # or seconds_of would have raised
    edges = np.append(frames.pts, frames.end)
    return np.asarray((edges[end] - edges[begin]) * frames.time_base.numerator / frames.time_base.denominator)


def _moved(
    begin: npt.NDArray[np.int64], end: npt.NDArray[np.int64], shots: Spans, cuts_at: CutsAt
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    first = np.asarray(shots.columns["first_frame"], dtype=np.int64)
    last = np.asarray(shots.columns["last_frame"], dtype=np.int64)
    gradual = (first >= 0) & (last > first)
    moved = np.where(gradual, first if cuts_at == "begin" else last + 1, begin)
    # Neighbours share the boundary where they met; transitions that touch must not turn a shot inside out.
    moved = np.maximum.accumulate(np.clip(moved, begin[0] if len(begin) else 0, end.max(initial=0)))
    meets = np.append(end[:-1] == begin[1:], False)
    return moved, np.maximum(np.where(meets, np.append(moved[1:], 0), end), moved)


def _united(stretches: tuple[tuple[float, float], ...]) -> list[tuple[float, float]]:
    united: list[tuple[float, float]] = []
    for begin, end in sorted(stretches):
        if united and begin <= united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((begin, end))
    return united


@dataclass(frozen=True, slots=True)
class DetectorQuality:
    """How well the detector that found the shots does on labelled films.

    precision, recall: one pair a film, each above 0 and at most 1; a single pair where only the total is known
    boundaries:        how many labelled boundaries each pair rests on; () where the pairs shall be taken as exact
    """

    precision: tuple[float, ...]
    recall: tuple[float, ...]
    boundaries: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not self.precision or len(self.precision) != len(self.recall):
            raise ValueError("precision and recall come in pairs, one a film")
        if not all(0 < value <= 1 for value in (*self.precision, *self.recall)):
            raise ValueError("precision and recall lie above 0 and reach 1 at most")
        if self.boundaries and (len(self.boundaries) != len(self.precision) or min(self.boundaries) < 1):
            raise ValueError("each pair rests on one number of boundaries, at least 1")


@dataclass(frozen=True, slots=True)
class Band:
    """From the 5th to the 95th percentile, seconds."""

    low: float
    high: float


def error_band(lengths: npt.ArrayLike, quality: DetectorQuality, films: int = 400) -> tuple[Band, Band]:
    """Bands of (ASL, median) that the detector's errors leave, for shots of `lengths` seconds in order.

    See the module's docstring for the model. `films` possible films are made: all alike cost O(shots log shots).
    ValueError without shots.
    """
    found = np.asarray(lengths, dtype=np.float64)
    if not len(found):
        raise ValueError("no shots, no band")
    cuts, total = np.cumsum(found)[:-1], float(found.sum())
    draw = np.random.default_rng(20230101)  # any fixed number: the band must not change from run to run
    asl, median = np.empty(films), np.empty(films)
    for index in range(films):
        pair = index % len(quality.precision)
        precision, recall = quality.precision[pair], quality.recall[pair]
        if quality.boundaries:
            precision, recall = (_drawn(draw, value, quality.boundaries[pair]) for value in (precision, recall))
        kept = cuts[draw.random(len(cuts)) < precision]
        # + 1/2: where no cut was found at all some may still have been missed (Jeffreys' prior on the rate).
        missed = draw.poisson(draw.gamma(len(kept) + 0.5) * (1 - recall) / recall) if recall < 1 else 0
        edges = np.sort(np.concatenate(([0.0, total], kept, draw.random(missed) * total)))
        possible = np.diff(edges)
        asl[index], median[index] = total / len(possible), np.median(possible)
    return _band(asl), _band(median)


def _drawn(draw: np.random.Generator, share: float, of: int) -> float:
    """A share that would have given this one on so few boundaries: Beta, with Jeffreys' prior."""
    return max(float(draw.beta(share * of + 0.5, (1 - share) * of + 0.5)), 1e-3)


def _band(values: Array) -> Band:
    low, high = np.percentile(values, (5.0, 95.0))
    return Band(float(low), float(high))
