"""An even grid, twice a second, and how evidence is laid on it.

Entry i of the grid is the mean over seconds ``[i / 2, (i + 1) / 2)``.

Contents
    GRID        the clock
    times_of, shot_seconds   frame times, and begin and end of the shots in seconds
    length_of   how long a film is, out of its tracks
    edges_of    the edges of the entries
    stretches   the entries of a curve as stretches of seconds
    means       a staircase -> means over the entries of the grid
    share       how much of each entry some spans cover
    column_blocks   wide values, some columns at a time
    relative    values -> spreads from the film's median
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from rewatch.clock import Clock, FrameTimes
from rewatch.track import Curve, Events, Spans, Track, frame_times

Array: TypeAlias = npt.NDArray[np.float64]

RATE = 2
GRID = Clock(Fraction(RATE), Fraction(1, 2 * RATE))
FURTHEST = 4.0


def times_of(tracks: Mapping[str, Track]) -> FrameTimes | None:
    """Frame times out of the track ``frames``; None where the film has no picture."""
    frames = tracks.get("frames")
    return frame_times(frames) if isinstance(frames, Events) and len(frames) else None


def shot_seconds(tracks: Mapping[str, Track]) -> tuple[Array, Array]:
    """Begin and end in seconds of the shots, in order, none reaching into the next; empty where there are none."""
    shots, times = tracks.get("shots"), times_of(tracks)
    if not isinstance(shots, Spans) or not len(shots) or (shots.clock.counts_frames and times is None):
        return np.zeros(0), np.zeros(0)
    begin, end = shots.begin_seconds(times), shots.end_seconds(times)
    end[:-1] = np.minimum(end[:-1], begin[1:])
    return begin, end


def length_of(tracks: Mapping[str, Track], otherwise: float = 0.0) -> float:
    """Seconds of the film: to the end of its picture, its sound, its shots and its lines; else `otherwise`."""
    times, ends = times_of(tracks), [0.0]
    if times is not None:
        ends.append(times.end_seconds)
    for name in ("shots", "lines", "music"):
        track = tracks.get(name)
        if isinstance(track, Spans) and len(track) and not (track.clock.counts_frames and times is None):
            ends.append(float(track.end_seconds(times).max()))
    loudness = tracks.get("loudness")
    if isinstance(loudness, Curve) and len(loudness):
        ends.append(float(loudness.seconds()[-1]))
    return max(ends) if max(ends) > 0 else otherwise


def edges_of(length: float) -> Array:
    """(n + 1,) seconds: the edges of the entries that cover ``[0, length)``."""
    return np.arange(max(0, math.ceil(length * RATE - 1e-6)) + 1, dtype=np.float64) / RATE


def stretches(track: Curve, times: FrameTimes | None) -> tuple[Array, Array] | None:
    """Begin and end in seconds of what each entry of a curve stands for; None for frames without their times."""
    if track.clock.rate is None:
        if times is None or len(times) != len(track):
            return None
        seconds = times.seconds(np.arange(len(times) + 1))
        return seconds[:-1], seconds[1:]
    middle, half = track.seconds(), 0.5 / float(track.clock.rate)
    return middle - half, middle + half


def share(edges: Array, begin: Array, end: Array) -> Array:
    """(n,) how much of each entry the spans cover, 0..1; where two overlap both count, but never above 1."""
    if not len(begin) or len(edges) < 2:
        return np.zeros(max(0, len(edges) - 1))
    at = np.concatenate([begin, end])
    order = np.argsort(at, kind="stable")
    knots = at[order]
    depth = np.cumsum(np.concatenate([np.ones(len(begin)), -np.ones(len(end))])[order])
    covered = np.concatenate([[0.0], np.cumsum(depth[:-1] * np.diff(knots))])
    found: Array = np.clip(np.diff(np.interp(edges, knots, covered)) * RATE, 0.0, 1.0)
    return found


_AT_ONCE = 1 << 17


def column_blocks(values: npt.NDArray[Any]) -> Iterator[slice]:
    """Slices of the columns of (n, k) values, of a megabyte each at most, but of one column at least.

    Of a long film's palette each array of all columns takes tens of megabytes; what is worked out column by column
    need not hold several of these.
    """
    step = max(1, _AT_ONCE // max(1, len(values)))
    return (slice(first, first + step) for first in range(0, values.shape[1], step))


def means(edges: Array, begin: Array, end: Array, values: npt.NDArray[Any]) -> tuple[Array, Array]:
    """Means over ``[edges[i], edges[i + 1])`` of stretches in order that do not overlap, and the share covered.

    begin, end: (m,) seconds; values: (m, k) of any precision. (n, k) means, 0 where nothing covers an entry; (n,)
    shares 0..1.
    """
    count = max(0, len(edges) - 1)
    if not len(begin) or not count:
        return np.zeros((count, values.shape[1])), np.zeros(count)
    lasts = end - begin
    # The integral of the staircase at each edge: all the whole stretches before it and its part of the one it is in.
    at = np.searchsorted(begin, edges, side="right") - 1
    before = np.maximum(at, 0)
    inside = np.where(at >= 0, np.clip(edges - begin[before], 0.0, lasts[before]), 0.0)
    covered = np.maximum(_between(lasts[:, None], before, inside[:, None])[:, 0], 0.0)
    known = covered > 1e-6
    found = np.zeros((count, values.shape[1]))
    for some in column_blocks(values):
        part = _between(values[:, some] * lasts[:, None], before, inside[:, None] * values[before, some])
        found[known, some] = part[known] / covered[known, None]
    return found, np.clip(covered * RATE, 0.0, 1.0)


def _between(wholes: Array, before: npt.NDArray[np.int64], parts: Array) -> Array:
    """Differences from edge to edge: the sums of all before the stretch that an edge lies in, and its part of that."""
    running = np.zeros((len(wholes) + 1, wholes.shape[1]))
    np.cumsum(wholes, axis=0, out=running[1:])
    integral = running[before]
    integral += parts
    return np.diff(integral, axis=0)


def relative(values: Array, known: npt.NDArray[np.bool_]) -> Array:
    """(n, k) values -> spreads from the film's median, held within `FURTHEST`; 0 where nothing is known.

    The spread is the quartile range / 1.349 (one standard deviation, were it Gaussian); where most of a film is of
    one value, what lies between its 2nd and 98th percentile / 4.107, else the standard deviation; where all of it is,
    everything is 0.
    """
    out = np.zeros_like(values)
    if not known.any():
        return out
    have = values[known]
    least, low, middle, high, most = np.percentile(have, [2, 25, 50, 75, 98], axis=0)
    wide = (most - least) / 4.107
    wide = np.where(wide > 0, wide, have.std(axis=0))
    spread = (high - low) / 1.349
    spread = np.where(spread > 0.1 * wide, spread, wide)
    tiny = 1e-6 * (1e-3 + np.abs(middle))
    scaled = (have - middle) / np.where(spread > tiny, spread, 1.0)
    scaled[:, spread <= tiny] = 0.0
    out[known] = np.clip(scaled, -FURTHEST, FURTHEST)
    return out
