"""Marks: where a curve changes its grade for long enough to be worth a word on this page.

The score knows every change of tempo and dynamics; a page shows those that last as long as their word is wide.

Contents
    terraces   where each grade begins
    hairpins   between two grades: where the rise or fall runs
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from rewatch.exports.reduce import Floats


def terraces(seconds: Floats, level: Floats, steps: Sequence[float], least: float) -> list[tuple[float, int]]:
    """The grades of a curve as a player would read them: (second, grade), each held at least `least` seconds.

    seconds, level: (n,) even in time
    steps:          where grade i passes into i + 1, increasing

    Grades that do not last give way to the neighbour that is nearer; equal neighbours become one.

    >>> t = np.arange(10.0)
    >>> terraces(t, np.array([0, 0, 0, 0, 9, 0, 5, 5, 5, 5.0]), [3.0], 2.0)
    [(0.0, 0), (6.0, 1)]
    """
    n = len(seconds)
    if not n:
        return []
    grade = np.searchsorted(np.asarray(steps), level, side="right")
    starts = np.flatnonzero(np.diff(grade, prepend=grade[0] - 1)).tolist()
    runs = [[s, e, int(grade[s])] for s, e in zip(starts, [*starts[1:], n], strict=True)]
    step = float(seconds[-1] - seconds[0]) / max(n - 1, 1)
    total = np.concatenate([[0.0], np.cumsum(level)])
    middles = [steps[0], *[(a + b) / 2 for a, b in itertools.pairwise(steps)], steps[-1]]
    # The shortest run goes first, into that neighbour whose grade is nearer to what the curve does there.
    while len(runs) > 1:
        shortest = min(range(len(runs)), key=lambda i: runs[i][1] - runs[i][0])
        begin, end, _ = runs[shortest]
        if (end - begin) * step >= least:
            break
        mean = (total[end] - total[begin]) / (end - begin)
        beside = [i for i in (shortest - 1, shortest + 1) if 0 <= i < len(runs)]
        into = min(beside, key=lambda i: abs(middles[runs[i][2]] - mean))
        keep, gone = min(into, shortest), max(into, shortest)
        runs[keep] = [runs[keep][0], runs[gone][1], runs[into][2]]
        del runs[gone]
        for at in (keep + 1, keep):
            if 0 < at < len(runs) and runs[at][2] == runs[at - 1][2]:
                runs[at - 1][1] = runs[at][1]
                del runs[at]
    return [(float(seconds[begin]), g) for begin, _, g in runs]


def hairpins(
    seconds: Floats, level: Floats, marks: Sequence[tuple[float, int]], room: float
) -> list[tuple[float, float, int]]:
    """(begin, end, +1 crescendo | -1 diminuendo): the way to each mark, as far back as the curve runs so.

    room: seconds that a mark itself takes up
    """
    found = []
    for (before, low), (at, grade) in itertools.pairwise(marks):
        way = 1 if grade > low else -1
        i = min(int(np.searchsorted(seconds, at)), len(level) - 1)
        first = int(np.searchsorted(seconds, before + room))
        while i > first and (level[i] - level[i - 1]) * way >= 0:
            i -= 1
        begin, end = float(seconds[i]), at - room * 0.2
        if end - begin >= room * 0.7:
            found.append((begin, end, way))
    return found
