"""What stands beside ``rewatch compare``: one constant offset, and plain dynamic time warping.

Contents
    by_offset    the offset that most of the truth has: no tool that gives one can do better
    by_warping   warping of what is stored of each frame (Sakoe and Chiba 1978), its straight parts taken for the same
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from re_edits_score import Row


def by_offset(truth: Sequence[Row], count_a: int, count_b: int) -> list[Row]:
    """The one offset that most of the truth has; before and after it, what is left."""
    seconds: dict[int, int] = {}
    for kind, a, b in truth:
        if kind in ("same", "moved") and a and b:
            seconds[a[0] - b[0]] = seconds.get(a[0] - b[0], 0) + b[1] - b[0]
    apart = max(seconds, key=lambda d: seconds[d], default=0)
    low, high = max(0, -apart), min(count_b, count_a - apart)
    rows: list[Row] = []
    if low + apart > 0:
        rows.append(("removed", (0, low + apart - 1), None))
    if low > 0:
        rows.append(("added", None, (0, low - 1)))
    rows.append(("same", (low + apart, high + apart - 1), (low, high - 1)))
    if high + apart < count_a:
        rows.append(("removed", (high + apart, count_a - 1), None))
    if high < count_b:
        rows.append(("added", None, (high, count_b - 1)))
    return rows


def by_warping(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> list[Row]:
    """Dynamic time warping of two films' values: its straight parts are the same, the others removed or added."""
    spread = np.concatenate([a, b]).std(axis=0) + 1e-6
    a, b = a / spread, b / spread
    n, m = len(a), len(b)
    came = np.zeros((n + m, n), np.uint8)
    before, last = np.full(n, np.inf, np.float32), np.full(n, np.inf, np.float32)
    for diagonal in range(n + m - 1):
        low, high = max(0, diagonal - m + 1), min(n, diagonal + 1)
        i = np.arange(low, high)
        cost = np.abs(a[i] - b[diagonal - i]).sum(axis=1)
        ways = np.full((3, len(i)), np.inf, np.float32)
        inner = i > 0
        ways[0, inner], ways[1, inner] = before[i[inner] - 1], last[i[inner] - 1]
        ways[2] = last[i]
        if diagonal == 0:
            ways[0, 0] = 0
        best = ways.argmin(axis=0)
        came[diagonal, i] = best
        now = np.full(n, np.inf, np.float32)
        now[i] = ways[best, np.arange(len(i))] + cost
        before, last = last, now
    i, j, path = n - 1, m - 1, []
    while i >= 0 and j >= 0:
        path.append((i, j))
        step = came[i + j, i]
        i, j = i - (step != 2), j - (step != 1)
    path.reverse()
    return _straight(path, n, m)


def _straight(path: Sequence[tuple[int, int]], n: int, m: int) -> list[Row]:
    rows: list[Row] = []
    at_a = at_b = begin = 0

    def gap(to_a: int, to_b: int) -> None:
        gone, come = (at_a, to_a - 1) if to_a > at_a else None, (at_b, to_b - 1) if to_b > at_b else None
        if gone or come:
            rows.append(("replaced" if gone and come else "removed" if gone else "added", gone, come))

    for k in range(1, len(path) + 1):
        if k < len(path) and (path[k][0] - path[k - 1][0], path[k][1] - path[k - 1][1]) == (1, 1):
            continue
        if k - begin >= 12:
            gap(*path[begin])
            rows.append(("same", (path[begin][0], path[k - 1][0]), (path[begin][1], path[k - 1][1])))
            at_a, at_b = path[k - 1][0] + 1, path[k - 1][1] + 1
        begin = k
    gap(n, m)
    return rows
