"""Wipes: each place of the picture changes once from one shot to the other, and when it does follows a straight sweep.

Looked for where two frames differ nearly everywhere while the one half way is in part like the one and in part like
the other: a dissolve's is like neither, nor is a moving camera's. There every cell's change is timed and a plane
``t = a x + b y + c`` fitted to the times: it must account for nearly all of them.

Contents
    Wipe, find_wipes   in a window of grids
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rewatch.images.boundaries_grid import COLUMNS, ROWS, Grids, distance, matched

HALVES = (5, 7, 10, 14, 19, 26, 34, 44)
"""Half lengths, in frames, of the stretches that are searched: a wipe lies wholly within one."""
SHORTEST, LONGEST = 2, 80
APART = 15.0
"""Code values, three channels summed, by which a cell of two shots must differ to be told."""
MOST_ALIKE = 0.5
"""Share of the cells that tell something in which the two shots may be alike."""
BLACK = 28.0
"""Luma (code values) up to which a cell of both shots tells nothing: letterbox bars, the night."""
LEAST_LIT = 0.4
"""Share of cells that must tell something."""
MOST_STRANGE = 0.25
"""Distance of the frames within from the nearer of the two shots, as a share of the distance between the shots."""
LEAST_MATCHED = 15.0
"""Distance of the two shots once blocks may move: below it one is the other after a movement."""
MOST_OFF = 0.08
"""Deviation of the cells' times from the plane, as a share of the wipe's length."""
FITS = 0.1
"""Deviation up to which a cell of a long wipe goes with the sweep: what moves meanwhile changes at times of its own."""
LEAST_FIT = 0.7
"""Share of the cells that must."""
WHOLE = 0.25, 1 / 12
"""Median deviation and variance of times told in whole frames: no sweep, however straight, accounts for them."""
LEAST_EXPLAINED = 0.8
"""Share of the variance of their times that the sweep accounts for."""
MOST_UNDECIDED = 0.12
RETURNS = (1, 3, 6, 10, 15, 21, 28, 36, 48)
"""Frames after (or before) which something that crosses the picture may have passed."""
FEATURES = ("unexplained", "unfit", "off", "strange", "undecided", "apart", "flatter", "alike", "length")

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Wipe:
    """``first .. last`` its mixed frames, inclusive.

    features: (len(FEATURES),)
        unexplained  share of the variance of the cells' times that neither the sweep nor whole frames account for
        unfit        share of the cells that change at other times
        off          median deviation of the others from it, beyond that of whole frames, as a share of its length
        strange      distance of the frames within from the nearer of the two shots, as a share of that of the shots
        undecided    how far between both the cells are
        apart        distance of the two shots once blocks may move
        flatter      standard deviation of the luma of one of them, the lesser
        alike        share of the lit cells in which they are alike
        length       frames
    returns:  what comes back (`boundaries_returns`); None where that was not asked
    """

    first: int
    last: int
    features: tuple[float, ...]
    returns: tuple[float, ...] | None = None


def _around(grids: Grids, most: np.ufunc) -> Grids:
    """The least (``np.minimum``) or most of each cell and the eight around it."""
    across = grids.copy()
    most(across[..., 1:], grids[..., :-1], out=across[..., 1:])
    most(across[..., :-1], grids[..., 1:], out=across[..., :-1])
    both = across.copy()
    most(both[..., 1:, :], across[..., :-1, :], out=both[..., 1:, :])
    most(both[..., :-1, :], across[..., 1:, :], out=both[..., :-1, :])
    return both


def _off(frames: Grids, low: Grids, high: Grids) -> Floats:
    """(n, rows, columns) how far cells are outside of what a reference has there and in the cells around."""
    apart: Floats = distance(frames, np.clip(frames, low, high)).sum(axis=1, dtype=np.uint16).astype(np.float32)
    return apart


def _wipe(grids: Grids, a: int, b: int) -> Wipe | None:
    """The wipe between frames `a` and `b`, which must be whole pictures of the two shots; None where there is none."""
    frames, ends = grids[a : b + 1], grids[[a, b]]
    low, high = _around(ends, np.minimum), _around(ends, np.maximum)
    between = _off(ends[::-1], low, high).min(axis=0)
    told = between > APART / 2
    lit = np.maximum(ends[0, 0], ends[1, 0]) > BLACK
    if lit.mean() < LEAST_LIT or told[lit].mean() < 1 - MOST_ALIKE:
        return None
    of_a, of_b = _off(frames, low[0], high[0]), _off(frames, low[1], high[1])
    strange = np.minimum(of_a, of_b)[:, told].mean() / between[told].mean()
    share = (of_a / (of_a + of_b + 1e-3))[:, told]
    undecided = float(np.minimum(share, 1 - share).mean())
    if strange > MOST_STRANGE or undecided > MOST_UNDECIDED:
        return None
    # The first frame in which a cell is of B, to a part of a frame; and that it changes once.
    when = (1 - share).sum(axis=0)
    new = np.arange(len(frames))[:, None] >= when
    if float(np.abs(share - new).mean()) > MOST_UNDECIDED:
        return None
    y, x = np.nonzero(told)
    terms = np.stack([(x + 0.5) / COLUMNS - 0.5, (y + 0.5) / ROWS - 0.5, np.ones(len(x))], axis=1)
    kept = np.ones(len(x), bool)
    plane, length = np.zeros(3), 0.0
    for _ in range(4):
        plane = np.linalg.lstsq(terms[kept], when[kept], rcond=None)[0]
        off = np.abs(terms @ plane - when)
        length = float(abs(plane[0]) + abs(plane[1]))
        kept = off <= max(1.5, 2.5 * float(np.median(off)), FITS * length)
        if kept.sum() < 0.5 * len(x):
            return None
    if not SHORTEST <= length <= LONGEST + 1 or kept.mean() < LEAST_FIT or np.median(off) > max(0.5, MOST_OFF * length):
        return None
    explained = 1 - float((off[kept] ** 2).mean() / max(float(when[kept].var()), 1e-6))
    # A cell counts as new from half way on; the sweep enters and leaves at the corners.
    begin, end = plane[2] - length / 2, plane[2] + length / 2
    first, last = a + int(np.floor(begin + 0.5)), a + int(np.ceil(end - 0.5)) - 1
    if explained < LEAST_EXPLAINED or first <= a or last >= b:
        return None
    apart = float(matched(grids[a][None], grids[b][None])[0])
    if apart < LEAST_MATCHED:
        return None
    unfit, off_by = 1 - float(kept.mean()), max(float(np.median(off)) - WHOLE[0], 0) / length
    unexplained = max(float((off[kept] ** 2).mean()) - WHOLE[1], 0) / max(float(when[kept].var()), 1e-6)
    flatter, alike = float(ends[:, 0].std(axis=(1, 2)).min()), 1 - float(told[lit].mean())
    features = (unexplained, unfit, off_by, float(strange), undecided, apart, flatter, alike, last - first + 1.0)
    return Wipe(first, last, features)


def _comes_back(grids: Grids, wipe: Wipe) -> bool:
    """Whether the first shot is there again soon after, or the second was before: something crossed the picture."""
    away = np.array(RETURNS)
    later = np.minimum(wipe.last + away, len(grids) - 1)
    earlier = np.maximum(wipe.first - away, 0)
    before = np.concatenate([grids[np.full(len(away), wipe.first - 1)], grids[earlier]])
    after = np.concatenate([grids[later], grids[np.full(len(away), wipe.last + 1)]])
    return bool(matched(before, after).min() < LEAST_MATCHED)


def _between(cells: Floats, middle: npt.NDArray[np.int64], half: int, step: int) -> tuple[Floats, Floats]:
    """Of the frames ``middle + step``: the share of cells nearer to the first shot, and how far from the nearer one."""
    of_a, of_b = (np.abs(cells[middle + step] - cells[middle + side]).sum(axis=1) for side in (-half, half))
    return (of_a < of_b).mean(axis=1), np.minimum(of_a, of_b).mean(axis=1)


def find_wipes(grids: Grids, small: Floats, cuts: npt.NDArray[np.int64], begin: int, end: int) -> list[Wipe]:
    """Wipes in stretches whose middle lies in ``begin .. end`` of a window, none across one of `cuts`.

    small: (n, 3 cells) the grids, coarser
    """
    count = len(grids)
    shot = np.searchsorted(cuts, np.arange(count), side="right")
    cells = small.reshape(count, 3, -1)
    found: list[Wipe] = []
    for half in HALVES:
        stride = max(1, half // 4)
        # Multiples of the stride from the block's begin, which does not depend on the pieces.
        middle = np.arange(begin, end, stride)
        middle = middle[(middle >= half) & (middle < count - half)]
        middle = middle[shot[middle - half] == shot[middle + half]]
        if not len(middle):
            continue
        ends = np.abs(cells[middle + half] - cells[middle - half]).sum(axis=1)
        lit = np.maximum(cells[middle + half, 0], cells[middle - half, 0]) > BLACK
        apart = ((ends > APART) & lit).sum(axis=1) >= (1 - MOST_ALIKE) * np.maximum(lit.sum(axis=1), 1)
        possible = apart & (lit.mean(axis=1) >= LEAST_LIT)
        middle, ends = middle[possible], ends[possible]
        if not len(middle):
            continue
        # A quarter of the way, half way, three quarters: ever more is of the second shot, and little of neither.
        way = [_between(cells, middle, half, step) for step in (-(half // 2), 0, half // 2)]
        (early, _), (nearer, _), (late, _) = way
        sweeps = (nearer > 0.1) & (nearer < 0.9) & (early > nearer + 0.05) & (nearer > late + 0.05)
        strange = np.max([apart / ends.mean(axis=1) for _, apart in way], axis=0)
        for at in middle[sweeps & (strange < 1.4 * MOST_STRANGE)].tolist():
            if any(f.first - 2 <= at <= f.last + 2 for f in found):
                continue
            one = _wipe(grids, at - half, at + half)
            if one is not None and not _comes_back(grids, one):
                found.append(one)
    return found
