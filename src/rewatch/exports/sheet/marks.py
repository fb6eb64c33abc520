"""Marks: where a curve changes its grade for long enough to be worth a word: dynamics, tempo, hairpins.

Contents
    DYNAMICS, TEMPO_WORDS   the grades, lowest first
    terraces                where each grade begins
    hairpins                between two grades: where the rise or fall runs
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rewatch.exports.reduce import Floats

DYNAMICS = ("ppp", "pp", "p", "mp", "mf", "f", "ff", "fff")
DYNAMIC_STEPS = (-20.0, -14.0, -9.0, -4.0, 0.0, 4.0, 8.0)
"""Loudness against the film's integrated loudness, LU, at which one dynamic passes into the next."""

TEMPO_WORDS = ("largo", "adagio", "andante", "moderato", "allegro", "vivace", "presto")


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
    starts = np.flatnonzero(np.diff(grade, prepend=grade[0] - 1))
    runs = [[int(s), int(e), int(grade[s])] for s, e in zip(starts, [*starts[1:], n], strict=True)]
    step = (seconds[-1] - seconds[0]) / max(n - 1, 1)
    total = np.concatenate([[0.0], np.cumsum(level)])
    middles = [steps[0], *[(a + b) / 2 for a, b in zip(steps, steps[1:], strict=False)], steps[-1]]
    # The shortest run goes first, into that neighbour whose grade is nearer to what the curve does there.
    while len(runs) > 1:
        shortest = min(range(len(runs)), key=lambda i: runs[i][1] - runs[i][0])
        begin, end, _ = runs[shortest]
        if (end - begin) * step >= least:
            break
        mean = (total[end] - total[begin]) / (end - begin)
        beside = [i for i in (shortest - 1, shortest + 1) if 0 <= i < len(runs)]
        into = min(beside, key=lambda i: abs(middles[runs[i][2]] - mean))
        runs[min(into, shortest)] = [min(begin, runs[into][0]), max(end, runs[into][1]), runs[into][2]]
        del runs[max(into, shortest)]
        for i in range(len(runs) - 1, 0, -1):
            if runs[i][2] == runs[i - 1][2]:
                runs[i - 1][1] = runs[i][1]
                del runs[i]
    return [(float(seconds[begin]), g) for begin, _, g in runs]


def hairpins(seconds: Floats, level: Floats, marks: Sequence[tuple[float, int]], room: float) -> list[tuple[float, float, int]]:
    """(begin, end, +1 crescendo | -1 diminuendo): the climb to each mark, as far back as the curve runs that way.

    room: seconds that a mark itself takes up
    """
    found = []
    for (before, low), (at, grade) in zip(marks, marks[1:], strict=False):
        way = 1 if grade > low else -1
        last = int(np.searchsorted(seconds, at))
        first = int(np.searchsorted(seconds, before + room))
        i = last
        while i > first and (level[i - 1] - level[min(i, len(level) - 1)]) * way <= 0:
            i -= 1
        begin, end = float(seconds[min(i, len(seconds) - 1)]), at - room * 0.35
        if end - begin >= room * 0.6:
            found.append((begin, end, way))
    return found
