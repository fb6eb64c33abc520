"""Sounds that come back: the same recording heard again in a film, found by its prints laid over themselves.

Pairs of landmarks (``sounds.prints``) with one hash and the same time between their two places, many within two
seconds, are one sound that is heard twice. What repeats without a pause between is a sound that goes on, no return.

Contents
    coming_back
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rewatch.sounds.prints import Prints
from rewatch.sounds.prints_landmarks import HOPS
from rewatch.sounds.prints_pairs import pairs_of

Stretch = tuple[float, float]
Ints = npt.NDArray[np.int64]

SOONEST = 4.0
"""Seconds after which a sound may be heard again."""
WINDOW = 2 * HOPS
FEWEST = 8
"""Pairs within two seconds that are no chance: unrelated sounds of a film share three at most."""
_FAN = 10
"""Pairs that each landmark begins."""
_COMMON = 48
"""Places of one hash from which on it tells nothing: a hum of the mains."""
_SLACK = 2
"""Hops by which the time between may differ: 31 ms."""
_PAUSE = 2.0
_SHORTEST = 0.6


def coming_back(prints: Prints, most: int = 10) -> list[list[Stretch]]:
    """The sounds that are heard more than once: of each its places (begin, end in seconds), in order of time.

    Those of which most is heard come first: length by number of returns.
    """
    again = _again(prints)
    found: list[list[Stretch]] = []
    used: list[Stretch] = []
    # The longest and best kept first; each is the seed of one sound.
    for begin, end, _, _ in again:
        if end - begin < _SHORTEST or any(_over(b, e, begin, end) > 0.3 * (end - begin) for b, e in used):
            continue
        places = [(begin, end)]
        for b, e, lag, _ in again:
            shared = _over(b, e, begin, end)
            if shared > 0.6 * (end - begin) or (shared > 0.6 * (e - b) and e - b > 0.6 * (end - begin)):
                places.append((max(b, begin) + lag, min(e, end) + lag))
        for b, e, lag, _ in again:
            if _over(b + lag, e + lag, begin, end) > 0.6 * (end - begin):
                places.append((max(b + lag, begin) - lag, min(e + lag, end) - lag))
        merged = _merged(places)
        if len(merged) > 1:
            found.append(merged)
            used += merged
    found.sort(key=lambda places: -sum(e - b for b, e in places))
    return found[:most]


def _over(b: float, e: float, begin: float, end: float) -> float:
    return min(e, end) - max(b, begin)


def _merged(places: Sequence[Stretch]) -> list[Stretch]:
    """Places in order; those that touch, or nearly, are one."""
    merged: list[Stretch] = []
    for begin, end in sorted(places):
        if merged and begin - merged[-1][1] < _PAUSE:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return merged


def _again(prints: Prints) -> list[tuple[float, float, float, int]]:
    """Stretches that are heard again: begin, end, seconds later, pairs that say so; most pairs first."""
    hashes, begins = pairs_of(np.asarray(prints.hop, dtype=np.int64), np.asarray(prints.bin), _FAN)
    first, lag = _coincidences(hashes, begins)
    if not len(first):
        return []
    found: list[tuple[float, float, float, int]] = []
    # Twice, by cells that lie over each other: a lag at the edge of one is in the middle of another.
    for shift in (0, _SLACK // 2):
        cell = (lag + shift) // _SLACK
        order = np.lexsort((first, cell))
        key = cell[order] * np.int64(1 << 40) + first[order]
        near = np.searchsorted(key, key + WINDOW, side="right") - np.arange(len(key))
        dense = np.flatnonzero(near >= FEWEST)
        if not len(dense):
            continue
        # Windows of one lag that touch are one stretch.
        apart = np.flatnonzero(np.diff(key[dense]) > WINDOW) + 1
        for run in np.split(dense, apart):
            low, high = int(run[0]), int(run[-1] + near[run[-1]])
            at, later = first[order][low:high], lag[order][low:high]
            begin, end = (float(x) / HOPS for x in (at[0], at[-1] + HOPS // 4))
            found.append((begin, end, float(np.median(later)) / HOPS, high - low))
    start = float(prints.start)
    found.sort(key=lambda a: (-a[3], a[0]))
    return [(b + start, e + start, lag, pairs) for b, e, lag, pairs in found]


def _coincidences(hashes: npt.NDArray[np.uint32], begins: Ints) -> tuple[Ints, Ints]:
    """Hop of the earlier of two pairs with one hash, and hops to the later, for all that are `SOONEST` apart."""
    order = np.lexsort((begins, hashes))
    value, at = hashes[order], begins[order]
    edges = np.flatnonzero(np.diff(value)) + 1
    starts = np.concatenate([[0], edges])
    sizes = np.diff(np.concatenate([starts, [len(value)]]))
    rare = np.repeat(sizes <= _COMMON, sizes)
    firsts, lags = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for step in range(1, _COMMON):
        same = (value[step:] == value[:-step]) & rare[step:]
        if not same.any():
            break
        i = np.flatnonzero(same)
        lag = at[i + step] - at[i]
        keep = lag >= SOONEST * HOPS
        firsts.append(at[i][keep])
        lags.append(lag[keep])
    return np.concatenate(firsts), np.concatenate(lags)
