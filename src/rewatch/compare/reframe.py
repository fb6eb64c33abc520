"""Reframe: where in A's picture that of B is, measured on a few pictures of both.

Layouts say whether B shows a part of A's picture, and about how much of it; they are blurred, and know no pan. Here B's
pictures are scaled step by step and slid over A's until they fit (normalised correlation, Lewis 1995).

Contents
    reframed   the framing to half a hundredth, and how far it stands off the middle
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from rewatch.compare.chain import Line, Run
from rewatch.compare.frame import Framing
from rewatch.compare.seen import Seen
from rewatch.errors import FilmError
from rewatch.film.still import read_frame

Floats = npt.NDArray[np.float32]

_PICTURES = 8
_SIZE = 240, 136
_STEPS = np.arange(-0.06, 0.0601, 0.01)
_FINE = np.arange(-0.01, 0.0101, 0.005)
_FITS = 0.8


def reframed(a: Seen, b: Seen, line: Line, framing: Framing, runs: Sequence[Run]) -> Framing:
    """The framing, measured; as it was where the files' pictures do not fit each other under anything near it."""
    more = max(framing.wide, framing.high) > 1
    inner, outer = (a, b) if more else (b, a)
    wide, high = (1 / framing.wide, 1 / framing.high) if more else (framing.wide, framing.high)
    if max(wide, high) > 1:
        return framing  # wider and lower at once: each shows what the other lacks
    pairs = [(_grey(inner, i, framing.mirrored), _grey(outer, o, False)) for i, o in _chosen(a, b, line, runs, more)]
    whole = [(x, y) for x, y in pairs if x is not None and y is not None]
    if len(whole) < 3:
        return framing
    best = (-1.0, wide, high, 0.0, 0.0)
    for steps in (_STEPS, _FINE):
        _, around_w, around_h, _, _ = best if best[0] >= 0 else (0.0, wide, high, 0.0, 0.0)
        tried = {
            (min(round(around_w + dw, 4), 1.0), min(round(around_h + dh, 4), 1.0))
            for dw in (steps if wide < 1 else (0.0,))
            for dh in (steps if high < 1 else (0.0,))
        }
        best = max([best, *((*_fit(whole, w, h),) for w, h in tried)])
    score, wide, high, left, top = best
    if score < _FITS:
        return framing
    if more:
        return replace(framing, wide=1 / wide, high=1 / high, right=-left / wide, down=-top / high)
    return replace(framing, wide=wide, high=high, right=left, down=top)


def _chosen(a: Seen, b: Seen, line: Line, runs: Sequence[Run], more: bool) -> list[tuple[int, int]]:
    """Frames of both films that show the same and are rich in detail, spread over the film: inner, outer."""
    found: list[tuple[float, int, int]] = []
    for run in runs:
        if run.distance is not None and run.end - run.begin > b.rate:
            keys = b.keys[(b.keys > run.begin + 6) & (b.keys < run.end - 6)]
            of_a = line.frames(keys, run.distance)
            inside = (of_a >= 0) & (of_a < len(a))
            spread = b.values[keys[inside], 1]
            found += zip(spread.tolist(), keys[inside].tolist(), of_a[inside].tolist(), strict=True)
    if not found:
        return []
    found.sort(key=lambda row: row[1])
    parts = np.array_split(np.arange(len(found)), min(_PICTURES, len(found)))
    best = [max((found[n] for n in part.tolist()), key=lambda row: row[0]) for part in parts]
    return [(i, j) if more else (j, i) for _, j, i in best]


def _grey(seen: Seen, frame: int, mirrored: bool) -> Floats | None:
    try:
        rgb = read_frame(seen.edition.facts, seen.frame(frame), seen.shown, 320)
    except FilmError:
        return None
    top, bottom, left, right = seen.bars
    high, wide = rgb.shape[:2]
    rgb = rgb[round(top * high) : high - round(bottom * high), round(left * wide) : wide - round(right * wide)]
    grey = cv2.cvtColor(np.ascontiguousarray(rgb[:, ::-1] if mirrored else rgb), cv2.COLOR_RGB2GRAY)
    return cv2.resize(grey, _SIZE, interpolation=cv2.INTER_AREA).astype(np.float32)


def _fit(pairs: Sequence[tuple[Floats, Floats]], wide: float, high: float) -> tuple[float, float, float, float, float]:
    """How well the one's pictures fit into the other's at these shares, and how far off the middle, as shares."""
    size = max(8, round(wide * _SIZE[0])), max(8, round(high * _SIZE[1]))
    total: Floats | None = None
    for inner, outer in pairs:
        small = cv2.resize(inner, size, interpolation=cv2.INTER_AREA)
        if float(small.std()) < 2 or float(outer.std()) < 2:
            continue
        here = cv2.matchTemplate(outer, small, cv2.TM_CCOEFF_NORMED).astype(np.float32)
        total = here if total is None else np.add(total, here, dtype=np.float32)
    if total is None:
        return -1.0, wide, high, 0.0, 0.0
    total /= len(pairs)
    y, x = np.unravel_index(int(total.argmax()), total.shape)
    off = (float(x) - (_SIZE[0] - size[0]) / 2) / _SIZE[0], (float(y) - (_SIZE[1] - size[1]) / 2) / _SIZE[1]
    # Of a pixel more or less nothing is said.
    right, down = (0.0 if abs(v) <= 1.5 / n else round(v, 4) for v, n in zip(off, _SIZE, strict=True))
    return float(total.max()), wide, high, right, down
