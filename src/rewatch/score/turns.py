"""Where a curve turns, rises, falls, and which level it holds.

Contents
    turning_points  the peaks and troughs that matter
    flanks          the rises and falls between them
    climbs          a rise, cut where it rests
    levels          a curve -> stretches at one level, with hysteresis
"""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt

from rewatch.score.grid import Array


def turning_points(values: Array, reversal: float) -> list[int]:
    """Entries at which the curve turns, its first and last included, so that between one and the next it goes up or
    down and never turns back by `reversal` or more."""
    if len(values) < 2:
        return list(range(len(values)))
    points = [0]
    low = high = 0
    rising: bool | None = None
    series = values.tolist()
    for i, value in enumerate(series):
        if rising is not False and value > series[high]:
            high = i
        if rising is not True and value < series[low]:
            low = i
        if rising is not False and series[high] - value >= reversal:
            if points[-1] != high:
                points.append(high)
            rising, low = False, i
        elif rising is not True and value - series[low] >= reversal:
            if points[-1] != low:
                points.append(low)
            rising, high = True, i
    last = high if rising else low if rising is False else len(series) - 1
    if points[-1] != last:
        points.append(last)
    if points[-1] != len(series) - 1:
        points.append(len(series) - 1)
    return points


def flanks(values: Array, change: float, reversal: float) -> list[tuple[int, int, float]]:
    """The rises and falls of at least `change`: (first entry, last entry, signed change) of each.

    Each is cut down to where it runs from a tenth to nine tenths of its change: what lies before and after is
    level ground.
    """
    points = turning_points(values, reversal)
    found = []
    for a, b in itertools.pairwise(points):
        delta = float(values[b] - values[a])
        if abs(delta) < change:
            continue
        way = (values[a : b + 1] - values[a]) / delta
        begin = a + int(np.flatnonzero(way <= 0.1)[-1])
        end = begin + int(np.flatnonzero(way[begin - a :] >= 0.9)[0])
        found.append((begin, end, delta))
    return found


def climbs(values: Array, rest: int) -> list[tuple[int, int]]:
    """(first, last) entries of the parts of a rise between which it rests: goes on for more than `rest` entries without
    gaining a twentieth of the whole. The parts are cut where the resting begins and ends."""
    if len(values) < 2:
        return []
    reach = np.maximum.accumulate(values)
    least = (reach[-1] - reach[0]) / 20
    # From each entry, the first at which the rise has gained that much on it.
    gained = np.searchsorted(reach, reach + least)
    parts, begin, at = [], 0, 0
    while at < len(values) - 1:
        if gained[at] - at > rest and gained[at] < len(values):
            if at > begin:
                parts.append((begin, at))
            at = begin = int(gained[at]) - 1
        at += 1
    parts.append((begin, len(values) - 1))
    return parts


def levels(values: Array, bounds: Array, slack: float, shortest: int) -> list[tuple[int, int, int]]:
    """Stretches at one level: (begin, end, level) that tile the curve.

    bounds:   level k lies between bounds[k - 1] and bounds[k]
    slack:    a level is left only when the curve is that far beyond its bound
    shortest: entries; stretches that are shorter join their longer neighbour, the shortest first
    """
    if not len(values):
        return []
    up: npt.NDArray[np.int64] = np.searchsorted(bounds, values - slack, side="right")
    down: npt.NDArray[np.int64] = np.searchsorted(bounds, values + slack, side="right")
    level = int(np.searchsorted(bounds, values[0], side="right"))
    held = []
    for least, most in zip(up.tolist(), down.tolist(), strict=True):
        level = min(max(level, least), most)
        held.append(level)
    cuts = [0, *(np.flatnonzero(np.diff(held)) + 1).tolist(), len(held)]
    runs = [(a, b, held[a]) for a, b in itertools.pairwise(cuts)]
    for short in range(1, shortest):
        while len(runs) > 1 and any(b - a <= short for a, b, _ in runs):
            runs = _joined(runs, short)
    # What a stretch took in may have moved its mean over a bound.
    means = [(a, b, int(np.searchsorted(bounds, values[a:b].mean(), side="right"))) for a, b, _ in runs]
    return _joined(means, 0)


def _joined(runs: list[tuple[int, int, int]], short: int) -> list[tuple[int, int, int]]:
    """Runs of `short` entries or fewer given to their longer neighbour; equal neighbours made one.

    At least one run fewer comes back where any was short: one that is given takes its neighbour's level. With `short`
    0 only equal neighbours are joined.
    """
    given = list(runs)
    for i, (a, b, level) in enumerate(runs):
        if b - a <= short:
            beside = [j for j in (i - 1, i + 1) if 0 <= j < len(runs)]
            nearest = max(beside, key=lambda j: (runs[j][1] - runs[j][0], -abs(given[j][2] - level)))
            given[i] = (a, b, given[nearest][2])
    merged: list[tuple[int, int, int]] = []
    for a, b, level in given:
        if merged and merged[-1][2] == level:
            merged[-1] = (merged[-1][0], b, level)
        else:
            merged.append((a, b, level))
    return merged
