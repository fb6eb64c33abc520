"""Smoothing: filters along a line of numbers, or along the first axis of rows of them.

To the bit what ``scipy.ndimage`` gives (its package takes longer to load than a film of ten seconds to be heard), for
they add in the same order. Of an even window the larger half lies before an entry.

Contents
    running_mean, running_highest, running_median   over a window around each entry
    gaussian                                        by a bell
    ahead                                           by weights of what follows each entry
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Beyond = Literal["nothing", "edge", "mirror"]
"""What lies beyond the ends: zeros, the last entry for ever, all of it again backwards."""
_AT_ONCE = 1 << 15
"""Windows that are laid out at once: of a long film all would take tens of megabytes."""

Array = npt.NDArray[np.float64]


def _padded(values: npt.NDArray[Any], before: int, after: int, beyond: Beyond) -> npt.NDArray[Any]:
    count = len(values)
    if beyond == "nothing":
        padded = np.zeros((before + count + after, *values.shape[1:]), values.dtype)
        padded[before : before + count] = values
        return padded
    at = np.arange(-before, count + after)
    if beyond == "mirror":
        at %= 2 * count
        at = np.minimum(at, 2 * count - 1 - at)
    return values[np.clip(at, 0, count - 1)]


def _sides(size: int) -> tuple[int, int]:
    return size // 2, size - 1 - size // 2


def running_mean(values: npt.ArrayLike, size: int, beyond: Beyond, later: int = 0) -> Array:
    """Mean of the `size` entries around each, in double precision; later: entries that it lies further on.

    >>> running_mean([3, 0, 0, 3], 3, "edge").tolist()
    [2.0, 1.0, 1.0, 2.0]
    """
    rows = np.asarray(values)
    found = np.empty(rows.shape)
    if not len(rows):
        return found
    before, after = _sides(size)
    # Of a long film each copy in double precision takes megabytes.
    padded = _padded(rows, before - later, after + later, beyond)
    found[0] = np.add.accumulate(padded[:size], axis=0, dtype=np.float64)[-1]
    np.subtract(padded[size:], padded[: len(rows) - 1], out=found[1:], dtype=np.float64)
    del padded
    np.add.accumulate(found, axis=0, out=found)
    found /= size
    return found


def running_highest(values: npt.NDArray[Any], size: int, beyond: Beyond, later: int = 0) -> npt.NDArray[Any]:
    """The highest of the `size` entries around each; later: entries that it lies further on."""
    if not len(values):
        return values.copy()
    before, after = _sides(size)
    highest = _padded(values, before - later, after + later, beyond)
    # Of 2, of 4, of 8 entries ..., and the rest by two of those that overlap.
    wide = 1
    while 2 * wide <= size:
        highest = np.maximum(highest[:-wide], highest[wide:])
        wide *= 2
    rest = size - wide
    return np.maximum(highest[: len(highest) - rest], highest[rest:]) if rest else highest


def running_median(values: npt.NDArray[Any], size: int, beyond: Beyond) -> npt.NDArray[Any]:
    """Median of the `size` (odd) entries around each of (n,)."""
    found = np.empty_like(values)
    if not len(values):
        return found
    windows = np.lib.stride_tricks.sliding_window_view(_padded(values, *_sides(size), beyond), size)
    for first in range(0, len(found), _AT_ONCE):
        some = slice(first, first + _AT_ONCE)
        found[some] = np.partition(windows[some], size // 2, axis=1)[:, size // 2]
    return found


def gaussian(values: npt.ArrayLike, sigma: float, beyond: Beyond) -> Array:
    """Mean of what is around each entry, weighed by a bell of standard deviation `sigma` that ends at four of them."""
    rows = np.asarray(values, dtype=np.float64)
    if not len(rows):
        return rows.copy()
    reach = int(4 * sigma + 0.5)
    weights = np.exp(-0.5 / (sigma * sigma) * np.arange(-reach, reach + 1) ** 2)
    weights /= weights.sum()
    padded = _padded(rows, reach, reach, beyond)
    count = len(rows)
    found: Array = rows * weights[reach]
    # From the ends of the bell inwards, both sides as one.
    for away in range(reach, 0, -1):
        found += (padded[reach - away :][:count] + padded[reach + away :][:count]) * weights[reach - away]
    return found


def ahead(values: npt.ArrayLike, weights: Array) -> Array:
    """Sum of ``weights[k]`` times the entry k further on, for each; beyond the end there is nothing.

    >>> ahead([1, 2, 4], np.array([1.0, 0.5])).tolist()
    [2.0, 4.0, 4.0]
    """
    rows = np.asarray(values, dtype=np.float64)
    padded, last = _padded(rows, 0, len(weights) - 1, "nothing"), len(weights) - 1
    count = len(rows)
    found: Array = padded[last:] * weights[last]
    for away in range(last):
        found += padded[away : away + count] * weights[away]
    return found
