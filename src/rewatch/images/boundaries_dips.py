"""Dips: a shot fades into a flat colour and the next one out of it, through white above all.

A fade to black is told by the black beside it (`boundaries_light_fades`), which few shots hold by themselves. White is
in every window and lamp, and a flash or an explosion goes there and comes back to the shot that was there: then what
it changes is no boundary, however suddenly. So a dip is looked for as a whole: a frame that shows next to nothing
between two that do, the way there and the way back each a mix of one picture and one and the same colour. Either way
may also be one frame: a shot that ends in a flash out of which the next one comes.

Contents
    Dip, find_dips   in a window of grids
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from rewatch.images.boundaries_cuts import Fine
from rewatch.images.boundaries_grid import Grids, matched
from rewatch.images.boundaries_kept import kept
from rewatch.images.boundaries_light import PERSISTS, persistence
from rewatch.images.boundaries_light_fades import length_of

LONGEST = 64
"""Mixed frames of either way."""
LONGEST_HOLD = 48
"""Frames of the flat colour between them: more of it is a shot by itself."""
SHALLOW = 0.45
"""Contrast at the bottom of a dip, at most, as a share of the most on either side."""
BARE = 2.5
"""Contrast (code values) up to which a frame is the flat colour itself, with noise."""
NOISE = 1.0
"""Contrast by which frames of the flat colour differ."""
LEAST_CONTRAST = 8.0
"""Contrast that the pictures at the ends of a dip have."""
MOST_APART = 24.0
"""Code values by which the colour that the one way leads to may be off the one that the other comes from."""
MOST_OFF = 0.2
"""Root mean square of the frames' distance from the mixes that they should be, as a share of the way."""
LEAST_MATCHED = 15.0
"""Distance of the pictures at the ends once blocks may move; below it one is the other after a movement."""
AWAY = (0, 4, 10, 20)
"""Frames before and after a dip in which the other end's picture is looked for: what comes back is no other shot."""
MOST_KEPT = 0.65
"""Median of what the parts of the one picture keep in the other above which it is still there."""
BLACK = 28.0
"""Luma up to which the colour is black."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Dip:
    """``first .. last`` its mixed and flat frames, inclusive; `black`: what it goes through; `sure`: 0.5..0.99.

    back: whether it leads back to the shot that was there: a flash, and no boundary
    """

    first: int
    last: int
    black: bool
    sure: float
    back: bool = False

    def holds(self, first: int, last: int) -> bool:
        """Whether a change is of it: a cut may be the first frame after it."""
        return self.first <= first and last <= self.last + 1


def contrast(small: Floats) -> Floats:
    """(n,) root mean square of how far cells are from their frame's mean colour, of (n, 432) coarse grids."""
    cells = small.reshape(len(small), 3, -1)
    away = cells - cells.mean(axis=2, keepdims=True)
    result: Floats = np.sqrt((away * away).mean(axis=(1, 2)))
    return result


def _bottoms(flat: Floats, begin: int, end: int) -> list[tuple[int, int]]:
    """Stretches, inclusive, that show next to nothing between frames that do, which begin in ``begin .. end``."""
    count = len(flat)
    padded = np.pad(flat, LONGEST + 2, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, LONGEST + 3).max(axis=1)
    before, after = windows[:count], windows[LONGEST + 2 : LONGEST + 2 + count]
    lowest = np.lib.stride_tricks.sliding_window_view(np.pad(flat, 2, constant_values=np.inf), 5).min(axis=1)
    side = np.minimum(before, after)
    at = np.flatnonzero((flat <= lowest + 1e-3) | (flat <= BARE))
    at = at[(flat[at] < SHALLOW * side[at]) & (side[at] >= LEAST_CONTRAST)]
    found: list[tuple[int, int]] = []
    for frame in at.tolist():
        if found and frame <= found[-1][1] + 1:
            found[-1] = found[-1][0], frame
        else:
            found.append((frame, frame))
    return [(a, b) for a, b in found if begin <= a < end and b - a < LONGEST_HOLD and a > 0 and b < count - 1]


def _colour(cells: Floats, flat: Floats, near: int, far: int) -> Floats:
    """(3,) colour that a way leads to, from the two frames of it beside the bottom: where no contrast is left."""
    low, high = float(flat[near]), float(flat[far])
    share = low / max(high - low, 1e-3) if low > BARE else 0.0
    one, other = cells[near].mean(axis=1), cells[far].mean(axis=1)
    colour: Floats = np.clip(one - min(share, 1.0) * (other - one), 0, 255)
    return colour


def _way(cells: Floats, colour: Floats, zero: int, step: int, most: int) -> tuple[int, float] | None:
    """Length and misfit of the way from `zero`, where nothing but the colour is, in the direction of `step`.

    A length of 0: the whole picture is beside it. None where it is no fade.
    """
    reach = cells[zero + 1 : zero + most + 1] if step > 0 else cells[max(0, zero - most) : zero][::-1]
    if len(reach) < 2:
        return None
    away = reach - colour[:, None]
    light = np.sqrt((away * away).mean(axis=(1, 2))).astype(np.float64)
    length, off = length_of(light) or (0, 0.0)
    if length >= len(reach) or light[length] < LEAST_CONTRAST:
        return None
    if not length:
        # A picture that is there at once stays about as it is.
        near = light[:4]
        return (0, 0.0) if near.min() > 0.7 * near.max() else None
    whole = away[length].ravel()
    inside = away[:length].reshape(length, -1)
    share = np.clip(inside @ whole / max(float(whole @ whole), 1e-6), 0, 1)
    rest = inside - share[:, None] * whole
    bent = float(np.sqrt((rest * rest).mean()) / (np.sqrt((whole * whole).mean()) + 2))
    return (length, max(off, bent)) if bent <= MOST_OFF else None


def _dip(cells: Floats, flat: Floats, a: int, b: int, most: tuple[int, int]) -> Dip | None:
    """The dip whose bottom is ``a .. b``; most: frames that there are before and after it, up to cuts."""
    if bare := float(flat[a : b + 1].min()) <= BARE:
        inside = np.flatnonzero(flat[a : b + 1] <= flat[a : b + 1].min() + NOISE)
        a, b = a + int(inside[0]), a + int(inside[-1])
        zeros = [(a, b)]
    else:
        # Between two frames nothing is left of the one nor there yet of the other; which frame is of which fits better.
        zeros = [(b + 1, b), (a, a - 1)] if a == b else [(b, b - 1)]
    best: tuple[float, int, int, float] | None = None
    for falls, rises in zeros:
        if falls < 2 or rises > len(cells) - 3:
            continue
        if bare:
            colours = cells[a].mean(axis=1), cells[b].mean(axis=1)
        else:
            colours = _colour(cells, flat, falls - 1, falls - 2), _colour(cells, flat, rises + 1, rises + 2)
        if float(np.abs(colours[0] - colours[1]).max()) > MOST_APART:
            continue
        colour: Floats = (colours[0] + colours[1]) / 2
        out = _way(cells, colour, falls, -1, min(most[0], LONGEST))
        into = _way(cells, colour, rises, 1, min(most[1], LONGEST))
        if out is None or into is None or max(out[0], into[0]) < 2 or (not bare and min(out[0], into[0]) < 1):
            continue
        off = max(out[1], into[1])
        if best is None or off < best[0]:
            best = off, falls - out[0], rises + into[0], float(colour[0])
    if best is None:
        return None
    off, first, last, level = best
    return Dip(first, last, level <= BLACK, float(np.clip(1 - 1.6 * off, 0.5, 0.99)))


def _told(grids: Grids, fine: Fine, dip: Dip) -> Dip | None:
    """The dip, with whether the picture before is there again after, or the one after was there before.

    None where they may be one shot and may not: neither a boundary nor a flash.
    """
    away = np.array(AWAY)
    before = np.maximum(dip.first - 1 - away, 0)
    after = np.minimum(dip.last + 1 + away, len(grids) - 1)
    one = np.concatenate([np.full(len(away), before[0]), before])
    other = np.concatenate([after, np.full(len(away), after[0])])
    pictures, others = fine(one), fine(other)
    there = persistence(pictures, others) >= PERSISTS
    there |= np.median(kept(pictures, others).reshape(len(one), -1), axis=1) >= MOST_KEPT
    if there.any():
        return replace(dip, back=True)
    return None if float(matched(grids[one], grids[other]).min()) < LEAST_MATCHED else dip


def find_dips(grids: Grids, small: Floats, fine: Fine, cuts: npt.NDArray[np.int64], begin: int, end: int) -> list[Dip]:
    """Dips whose bottom begins in ``begin .. end`` of a window, neither way across one of `cuts`.

    small: (n, 432) the grids, coarser; fine: frames of the window -> (m, 1, 36, 64) their luma
    """
    flat = contrast(small)
    cells = small.reshape(len(small), 3, -1)
    found: list[Dip] = []
    for a, b in _bottoms(flat, begin, end):
        before, after = cuts[cuts < a], cuts[cuts > b + 1]
        most = a - (int(before[-1]) if len(before) else 0), (int(after[0]) if len(after) else len(flat)) - b - 1
        one = _dip(cells, flat, a, b, most)
        if one is not None and one.first > 0 and one.last < len(flat) - 1:
            told = _told(grids, fine, one)
            found += [told] if told is not None else []
    return found
