"""Reduction: a track of any length brought down to what a page or a line of text can show.

Payload grows with the width of what is drawn, never with the film. Every reduction here is exact about what it keeps:
the mean for what has an area (loudness drawn as a form, colour), the extremes for what must not vanish (attacks).

Contents
    Reduced, reduce_curve    a curve in a stretch of time, by equal bins: low, mean, high
    mean_rows                rows of a table, averaged into fewer
    smooth                   a running mean
    max_rows                 the same, keeping the greatest
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reduced:
    """A curve in one stretch: all (n,), n at most the bins asked for plus two; `seconds` increasing."""

    seconds: Floats
    low: Floats
    mean: Floats
    high: Floats

    def __len__(self) -> int:
        return len(self.seconds)


def reduce_curve(seconds: Floats, values: npt.NDArray[Any], begin: float, end: float, bins: int) -> Reduced:
    """What is to be drawn of a curve between two seconds.

    seconds, values: (n,) increasing, and the curve's values there
    bins:            resolution of the drawing

    Where the stretch holds fewer values than bins they are given as they are. Where the curve goes on beyond the
    stretch its value at the edge is interpolated, so that lines of a page meet; where it begins or ends within a step
    of the edge (an entry is the middle of what was measured) it is drawn up to it.
    """
    first, last = int(np.searchsorted(seconds, begin)), int(np.searchsorted(seconds, end, side="right"))
    at, value = seconds[first:last], np.asarray(values[first:last], dtype=np.float64)
    if len(at) > bins:
        which = np.minimum(((at - begin) / (end - begin) * bins).astype(np.int64), bins - 1)
        starts = np.flatnonzero(np.diff(which, prepend=-1))
        counts = np.diff(np.append(starts, len(at)))
        middle = begin + (which[starts] + 0.5) * (end - begin) / bins
        low, high = np.minimum.reduceat(value, starts), np.maximum.reduceat(value, starts)
        mean = np.add.reduceat(value, starts) / counts
    else:
        middle, low, mean, high = at, value, value, value
    if len(seconds) > 1:
        step = 1.01 * float(seconds[-1] - seconds[0]) / (len(seconds) - 1)
        beyond = step if len(middle) else 0.0
        edges = [e for e in (begin, end) if seconds[0] - beyond < e < seconds[-1] + beyond]
        for edge in edges:
            here = float(np.interp(edge, seconds, values))
            place = 0 if edge == begin else len(middle)
            if len(middle) and abs(middle[min(place, len(middle) - 1)] - edge) < 1e-9:
                continue
            middle = np.insert(middle, place, edge)
            low, mean, high = (np.insert(a, place, here) for a in (low, mean, high))
    return Reduced(middle, low, mean, high)


def smooth(seconds: Floats, values: npt.NDArray[Any], width: float) -> Floats:
    """Running mean over `width` seconds of an even curve; at its ends over what there is."""
    n = len(values)
    if n < 3:
        return np.asarray(values, dtype=np.float64)
    step = (seconds[-1] - seconds[0]) / (n - 1)
    half = int(width / 2 / step) if step > 0 else 0
    total = np.concatenate([[0.0], np.cumsum(np.asarray(values, dtype=np.float64))])
    index = np.arange(n)
    low, high = np.maximum(index - half, 0), np.minimum(index + half + 1, n)
    smoothed: Floats = (total[high] - total[low]) / (high - low)
    return smoothed


def mean_rows(rows: npt.NDArray[Any], count: int) -> Floats:
    """(count, ...) float64 of (n, ...): each new row is the mean of its share of the old ones, or repeats one.

    >>> mean_rows(np.array([0.0, 2.0, 4.0, 6.0]), 2)
    array([1., 5.])
    """
    n = len(rows)
    if not n or not count:
        return np.zeros((0 if not n else count, *rows.shape[1:]))
    edges = np.linspace(0, n, count + 1)
    begin = np.minimum(np.floor(edges[:-1] + 1e-9).astype(np.int64), n - 1)
    end = np.maximum(np.floor(edges[1:] + 1e-9).astype(np.int64), begin + 1)
    total = np.concatenate([np.zeros((1, *rows.shape[1:])), np.cumsum(rows, axis=0, dtype=np.float64)])
    share = (end - begin).reshape(-1, *([1] * (rows.ndim - 1)))
    means: Floats = (total[end] - total[begin]) / share
    return means


def max_rows(values: npt.NDArray[Any], count: int) -> Floats:
    """(count,) of (n,): the greatest of each share: what keeps a single attack in sight."""
    n = len(values)
    if not n or not count:
        return np.zeros(0)
    begin = np.minimum(np.arange(count) * n // count, n - 1)
    if count >= n:
        return np.asarray(values, dtype=np.float64)[begin]
    return np.asarray(np.maximum.reduceat(values, begin), dtype=np.float64)
