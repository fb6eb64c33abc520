"""Bins: the values of one column brought down to the pixels of one tile, a byte each.

A film's columns share few clocks, so where the entries of a clock fall among a tile's bins is reckoned once for all.

Contents
    Source    a column laid along the clock, and its range
    Bins      the bins of one tile
    reduced   lowest, mean and highest value of each bin
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]

BINS = 1024
NONE = 255
"""Stands where there is no value."""


@dataclass(frozen=True, slots=True)
class Source:
    """A column laid along the clock: seconds and values (n,), and the running sum that means are read from."""

    seconds: Floats
    values: Floats
    total: Floats
    held: bool
    low: float
    high: float


class Bins:
    """The bins of one tile, and where the entries of each clock fall into them: many lanes share one."""

    def __init__(self, begin: float, end: float) -> None:
        self.edges: Floats = np.linspace(begin, end, BINS + 1, dtype=np.float64)
        self._laid: dict[tuple[int, float, float], _Laid] = {}

    def laid(self, at: Floats) -> _Laid:
        key = (len(at), float(at[0]), float(at[-1]))
        if key not in self._laid:
            self._laid[key] = _Laid.of(at, self.edges)
        return self._laid[key]


@dataclass(frozen=True, slots=True)
class _Laid:
    """Which entries of a clock fall into which bin.

    bounds: (BINS + 1,) number of the first entry at or after each edge
    full:   numbers of the bins that have entries; starts, counts: their first entries, and how many
    middle: (BINS,) the bins' middles; None where every bin has entries
    beyond: bins before the first entry or after the last
    """

    bounds: npt.NDArray[np.intp]
    full: npt.NDArray[np.intp]
    starts: npt.NDArray[np.intp]
    counts: npt.NDArray[np.intp]
    middle: Floats | None
    beyond: npt.NDArray[np.bool_] | None

    @classmethod
    def of(cls, at: Floats, edges: Floats) -> _Laid:
        bounds = np.searchsorted(at, edges)
        counts = bounds[1:] - bounds[:-1]
        full = np.flatnonzero(counts)
        step = (at[-1] - at[0]) / max(len(at) - 1, 1)
        beyond = None
        if edges[0] < at[0] - step or edges[-1] > at[-1] + step:
            beyond = (edges[1:] < at[0] - step) | (edges[:-1] > at[-1] + step)
        middle = None if len(full) == BINS else (edges[:-1] + edges[1:]) / 2
        return cls(bounds, full, bounds[full], counts[full], middle, beyond)


def reduced(source: Source, bins: Bins) -> Bytes:
    """(3, BINS): lowest, mean, highest of each bin as bytes."""
    at, values = source.seconds, source.values
    laid = bins.laid(at)
    reckoned = np.empty((3, BINS))
    first, last = int(laid.bounds[0]), int(laid.bounds[-1])
    if laid.middle is not None:
        # Bins without an entry of their own: what holds there, or lies between both neighbours.
        near = slice(max(first - 1, 0), min(last + 1, len(at)))
        if source.held:
            before = np.searchsorted(at[near], laid.middle, side="right") - 1
            reckoned[:] = values[near][np.maximum(before, 0)]
        else:
            reckoned[:] = np.interp(laid.middle, at[near], values[near])
    if len(laid.full):
        seen, starts = values[first:last], laid.starts - first
        reckoned[0, laid.full] = np.minimum.reduceat(seen, starts)
        reckoned[1, laid.full] = (source.total[laid.starts + laid.counts] - source.total[laid.starts]) / laid.counts
        reckoned[2, laid.full] = np.maximum.reduceat(seen, starts)
    reckoned -= source.low
    reckoned *= 254 / (source.high - source.low)
    np.clip(np.rint(reckoned, out=reckoned), 0, 254, out=reckoned)
    out = reckoned.astype(np.uint8)
    if laid.beyond is not None:
        out[:, laid.beyond] = NONE
    return out
