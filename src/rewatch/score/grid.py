"""The even clock that the curves of the score share, and how evidence is laid on it.

Entry i of every curve of the score is the mean over seconds ``[i / 2, (i + 1) / 2)``, so that nothing that lasts
less than half a second is passed over. A mean is taken by integrating the evidence exactly and differencing the
integral at the edges of the entries.

Contents
    GRID          the clock: twice a second
    edges         the edges of the entries of a film of a given length
    mean_of_steps stretches with a value each -> means and how much of each entry is covered
    mean_of_frames values of frames -> the same
    smooth        a Gaussian over weighted entries
    times_of      frame times out of the tracks
    to_ms         seconds -> ticks of milliseconds
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from rewatch.clock import Clock, FrameTimes
from rewatch.smoothing import gaussian
from rewatch.track import Events, Spans, Track, frame_times

Array: TypeAlias = npt.NDArray[np.float64]

RATE = 2
GRID = Clock(Fraction(RATE), Fraction(1, 2 * RATE))


def edges(length: float) -> Array:
    """(n + 1,) seconds: the edges of the entries that cover ``[0, length)``."""
    return np.arange(max(0, math.ceil(length * RATE - 1e-6)) + 1, dtype=np.float64) / RATE


def mean_of_steps(at: Array, begin: Array, end: Array, values: Array) -> tuple[Array, Array]:
    """Means over ``[at[i], at[i + 1])`` of a staircase, and the share of each that it covers (0..1).

    begin, end, values: (m,) stretches in order that do not overlap, and the value of each. Where nothing covers an
    entry its mean is 0 and its share 0.
    """
    if not len(begin) or len(at) < 2:
        return np.zeros(max(0, len(at) - 1)), np.zeros(max(0, len(at) - 1))
    knots = np.empty(2 * len(begin))
    knots[0::2], knots[1::2] = begin, end
    lasts = end - begin

    def integral(rate: Array) -> Array:
        total = np.zeros(2 * len(begin))
        total[1::2] = np.cumsum(rate * lasts)
        total[2::2] = total[1:-1:2]
        return np.diff(np.interp(at, knots, total))

    covered, sums = integral(np.ones(len(begin))), integral(values)
    means = np.divide(sums, covered, out=np.zeros_like(sums), where=covered > 1e-9)
    width = np.diff(at)
    share = np.divide(covered, width, out=np.zeros_like(covered), where=width > 1e-9)
    return means, np.clip(share, 0.0, 1.0)


def mean_of_frames(at: Array, times: FrameTimes, values: Array, keep: npt.NDArray[np.bool_]) -> tuple[Array, Array]:
    """Means of the values of frames over ``[at[i], at[i + 1])``, each for as long as it is shown; the share covered.

    values, keep: (n,); frames that are not kept count for nothing
    """
    seconds = times.seconds(np.arange(len(times) + 1))
    return mean_of_steps(at, seconds[:-1][keep], seconds[1:][keep], values[keep])


def smooth(values: Array, weights: Array, sigma: float) -> Array:
    """Gaussian mean (sigma in seconds) of entries, each counting by its weight; nothing counts beyond the ends.

    Entries that no weight reaches take the nearest value that there is; all zero where there is none.
    """
    if not len(values):
        return values
    width = sigma * RATE
    mass = gaussian(weights, width, "nothing")
    found = gaussian(values * weights, width, "nothing")
    known = mass > 1e-6
    if not known.any():
        return np.zeros_like(values)
    at = np.arange(len(values))
    result: Array = np.interp(at, at[known], found[known] / mass[known])
    return result


def times_of(tracks: Mapping[str, Track]) -> FrameTimes | None:
    """Frame times out of the track ``frames``; None where the film has no picture."""
    frames = tracks.get("frames")
    return frame_times(frames) if isinstance(frames, Events) and len(frames) else None


def shot_seconds(tracks: Mapping[str, Track]) -> tuple[Array, Array] | None:
    """Begin and end in seconds of each shot; None where there are no shots, or frames without their times.

    Shots count frames, or, in a film that is known only by its shot list, ticks of an even clock. In such a list they
    may leave gaps, which stay, or overlap: then each ends where the next begins.
    """
    shots = tracks.get("shots")
    times = times_of(tracks)
    if not isinstance(shots, Spans) or not len(shots) or (shots.clock.counts_frames and times is None):
        return None
    begin, end = shots.begin_seconds(times), shots.end_seconds(times)
    end[:-1] = np.minimum(end[:-1], begin[1:])
    return begin, end


def to_ms(seconds: npt.ArrayLike) -> npt.NDArray[np.int64]:
    return np.rint(np.asarray(seconds, dtype=np.float64) * 1000).astype(np.int64)
