"""Hard cuts: a change between two frames that neither movement nor a flash explains.

A candidate is a frame whose distance from the one before, with every block free to move (`matched`), stands out from
its neighbours'. What makes it a cut is asked of more pairs of frames around it:
    - a movement, however fast, goes on: the frames before and after it change about as much
    - a flash, an explosion, something before the lens comes back: some frame after is like some frame before
    - light that changes leaves the structure (each cell against its surroundings) where it was

Duplicate frames (animation on twos, changed frame rates) are passed over: each frame is compared with the last one
that differs. So are frames that are a mix of their neighbours across a cut, by fields or by a changed frame rate; and,
beside a cut, what passes (`boundaries_passing`).

Contents
    Candidates, find_candidates   candidates and their features, in a window of grids
    joined                        candidates, those of some frames by others
    ask_again, without_lights     what more is asked of those in doubt, and of those that are not
    structure                     grids made independent of light
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from rewatch.images.boundaries_grid import BLOCKS, Grids, local_means, matched_blocks, spread_distance
from rewatch.images.boundaries_kept import kept
from rewatch.images.boundaries_light import PERSISTS, persistence
from rewatch.images.boundaries_passing import ACROSS, AROUND, LEAST_CHANGE, Passing, find_passing, without

LEAST_PEAK = 0.92
"""Of the larger neighbouring distance: a frame that changes less than that stands out from nothing."""
WOVEN_PEAK = 1.3
"""Of the larger neighbouring distance: what a frame of two fields is from those that the fields are of, at least."""
WOVEN_OFF = 0.03
"""How far it may be off their mean: energy, as a share of that of the way from one to the other."""
BRIEF = 3
"""Frames of a shot in which none is taken for a copy of another; what passes as briefly is no shot."""
JUMPS, USUAL = 4.0, 0.8
"""A jump is so many times what frames around change by, at that quantile: it leaves out cuts, not every other frame."""
FEATURES = (
    "change",
    "peak",
    "wide_peak",
    "comes_back",
    "comes_back_change",
    "structure",
    "structure_peak",
    "quartile",
    "structure_quartile",
    "spread",
    "spread_peak",
    "backward",
    "backward_peak",
    "structure_back",
    "fine",
    "fine_structure",
)
AGAIN = ("kept", "kept_most", "kept_around", "kept_across", "lost")

Floats = npt.NDArray[np.float32]
Fine = Callable[[npt.NDArray[np.int64]], Grids]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Frames that may be the first of a shot: `frame` (n,) in the window, `features` (n, len(FEATURES)).

    around: (n, 4) the two frames before and the two from the candidate on, without copies, in the window
    again:  (n, len(AGAIN)) what is asked only of those in doubt, NaN elsewhere: how much of the picture before is
            `kept`, the median of its parts and the best quarter; how much the frames before and after keep of each
            other, the lesser; how much is kept from one side to the other over two frames more; and by how much more
            the frames on each side keep of each other
    """

    frame: npt.NDArray[np.int64]
    features: Floats
    around: npt.NDArray[np.int64]
    again: Floats


def structure(grids: Grids, finer: int = 1) -> Grids:
    """(n, channels, rows, columns): luma of each cell against its surroundings, in units of their contrast; no colour.

    Unchanged by brightness and contrast of the light, so far as it changes alike over a quarter of the picture.
    """
    luma = grids[:, 0].astype(np.float32)
    size = (7 * finer, 9 * finer)
    away = luma - local_means(luma, size)
    # Running sums leave what should be zero a little below it.
    contrast = np.sqrt(np.maximum(local_means(away * away, size), 0))
    # The constant keeps noise in flat places from being blown up to structure.
    result = np.zeros_like(grids)
    result[:, 0] = np.clip(128 + 48 * away / (contrast + 4), 0, 255)
    return result


def distinct(step: Floats) -> npt.NDArray[np.int64]:
    """Indices of the frames that are no copy of the one before; long runs of copies (a still) count as frames."""
    before, after = np.append(0, step[:-1]), np.append(step[1:], 0)
    copy = (step < 0.5) | (step < 0.15 * np.maximum(before, after))
    if len(step):
        # Between two jumps what hardly moves is a short shot, not copies.
        around = np.lib.stride_tricks.sliding_window_view(np.pad(step, AROUND, mode="edge"), 2 * AROUND + 1)
        jumps = np.flatnonzero(step > JUMPS * np.quantile(around, USUAL, axis=1) + 2 * LEAST_CHANGE)
        for one, other in pairwise(jumps.tolist()):
            if other - one <= BRIEF:
                copy[one + 1 : other] &= step[one + 1 : other] < 0.5
    # A frame after three copies is no longer a matter of frame rates: the picture stands still.
    run = copy.copy()
    for back in (1, 2, 3):
        run[back:] &= copy[:-back]
        run[:back] = False
    return np.flatnonzero(~copy | run)


def blended(grids: Grids, step: Floats) -> npt.NDArray[np.bool_]:
    """(n,) whether a frame is a mix of the one before and the one after and stands between two far larger steps.

    Such frames come of changed frame rates and of fields: a cut with one of them in it is still a cut.
    """
    result = np.zeros(len(step), bool)
    if len(step) < 4:
        return result
    padded = np.pad(step, (1, 2))
    calm = np.maximum(padded[:-3], padded[3:])
    at = np.flatnonzero((step > 2.5 * calm + 4) & (padded[2:-1] > 2.5 * calm + 4))
    at = at[(at > 0) & (at < len(step) - 1)]
    if len(at):
        a, mixed, b = (grids[at + k].reshape(len(at), -1).astype(np.float32) for k in (-1, 0, 1))
        way = b - a
        length = np.maximum((way * way).sum(axis=1), 1)
        share = ((mixed - a) * way).sum(axis=1) / length
        off = mixed - a - share[:, None] * way
        result[at] = ((off * off).sum(axis=1) < 0.04 * length) & (share > 0.05) & (share < 0.95)
    return result


def _changes(
    grids: Grids, chain: npt.NDArray[np.int64], step: Floats, over: npt.NDArray[np.bool_], begin: int, end: int
) -> Floats:
    """(n,) distance of each frame of a chain from the one before it, blocks moved to where they fit.

    Movement only takes from the distance that there is without it. So it is worked out where there is enough of that
    among ``begin .. end``, and around; elsewhere it is 0.

    over: whether the frame before it is passed over, and the one before that is compared with
    """
    at = np.flatnonzero((chain >= begin) & (chain < end) & ((step[chain] > LEAST_CHANGE - 0.01) | over))
    at = np.unique(np.clip(at[:, None] + np.arange(-2, 3), 0, max(len(chain) - 1, 0)))
    before = np.where(over[at], chain[at - 1], np.maximum(chain[at] - 1, 0))
    values = np.zeros(len(chain), np.float32)
    values[at] = matched_blocks(grids[before], grids[chain[at]]).mean(axis=1, dtype=np.float32)
    return values


def _woven(grids: Grids, chain: npt.NDArray[np.int64], values: Floats) -> npt.NDArray[np.int64]:
    """Where in a chain a frame is half the one before and half the one after, and stands out from what moves around it.

    So a cut looks in film that was brought to another rate by fields, however much moves on either side of it.
    """
    if len(chain) < 4:
        return np.zeros(0, np.int64)
    before, into, out, after = values[:-3], values[1:-2], values[2:-1], values[3:]
    stands_out = np.minimum(into, out) > WOVEN_PEAK * (np.maximum(before, after) + 1.5)
    at = np.flatnonzero(stands_out & (into > LEAST_CHANGE) & (before > 0) & (after > 0)) + 1
    a, mixed, b = (grids[chain[at + k]].reshape(len(at), grids[0].size).astype(np.float32) for k in (-1, 0, 1))
    way = b - a
    off = mixed - (a + b) / 2
    halfway: npt.NDArray[np.int64] = at[(off * off).sum(axis=1) < WOVEN_OFF * (way * way).sum(axis=1)]
    return halfway


def find_candidates(grids: Grids, fine: Fine, step: Floats, begin: int, end: int) -> Candidates:
    """Candidates among the frames ``begin .. end`` of a window.

    grids: (n, 3, 18, 32) the window
    fine:  frames of the window -> (m, 1, 36, 64) their luma
    step:  (n,) distance from the frame before, nothing moved
    """
    between = blended(grids, step)
    chain = distinct(step)
    chain = chain[~between[chain]]
    over = between[np.maximum(chain - 1, 0)]
    over[:1] = False
    # What passes just outside may hide a cut inside.
    values = _changes(grids, chain, step, over, begin - ACROSS, end + ACROSS)
    woven = _woven(grids, chain, values)
    if len(woven):
        chain, values, _ = without(grids, chain, values, woven)
    found = _measured(grids, fine, chain, values, _likely(chain, values, begin, end))
    runs = find_passing(grids, chain, values)
    return joined(found, *_hidden(grids, fine, chain, values, runs, begin, end)) if runs else found


def _hidden(
    grids: Grids,
    fine: Fine,
    chain: npt.NDArray[np.int64],
    values: Floats,
    runs: Sequence[Passing],
    begin: int,
    end: int,
) -> tuple[npt.NDArray[np.int64], Candidates]:
    """What `runs` of frames that pass hide: the frames to be judged anew, and the candidates there without the runs."""
    passing = np.concatenate([np.arange(run.first, run.end) for run in runs])
    shorter, left, behind = without(grids, chain, values, passing)
    likely = _likely(shorter, left, begin, end)
    across = {int(place): run for place, run in zip(behind, runs, strict=True) if run.cuts is not None}
    beside = np.abs(likely[:, None] - behind).min(axis=1)
    likely = likely[((beside > 0) & (beside <= ACROSS)) | np.isin(likely, list(across))]
    found = _measured(grids, fine, shorter, left, likely)
    begins = [chain[across[place].cuts] if place in across else shorter[place] for place in likely.tolist()]
    found = replace(found, frame=np.array(begins, np.int64).reshape(-1))
    gone = [run for run in runs if run.cuts is not None or chain[run.end] - chain[run.first] <= BRIEF]
    edges = [chain[place] for run in gone for place in (run.first, run.end)]
    return np.concatenate([found.frame, np.array(edges, np.int64)]), found


def joined(found: Candidates, frames: npt.NDArray[np.int64], others: Candidates) -> Candidates:
    """Candidates in order, those of some frames by others."""
    kept = ~np.isin(found.frame, frames)
    order = np.argsort(np.concatenate([found.frame[kept], others.frame]), kind="stable")
    rows = ((getattr(found, f.name)[kept], getattr(others, f.name)) for f in fields(Candidates))
    return Candidates(*(np.concatenate(pair)[order] for pair in rows))


def _likely(chain: npt.NDArray[np.int64], values: Floats, begin: int, end: int) -> npt.NDArray[np.int64]:
    """Where in a chain candidates are, among the frames ``begin .. end``."""
    near = _beside(values)[0]
    likely = (
        (values > LEAST_CHANGE) & (values > LEAST_PEAK * (near + 1.5)) & (chain >= begin) & (chain < end) & (chain > 0)
    )
    at = np.flatnonzero(likely)
    return at[at > 0]


def _beside(values: Floats) -> tuple[Floats, Floats]:
    """(n,) the largest of the neighbours' distances, and of theirs too."""
    padded = np.zeros(len(values) + 4, values.dtype)
    padded[2:-2] = values
    near = np.maximum(padded[1:-3], padded[3:-1])
    return near, np.maximum(near, np.maximum(padded[:-4], padded[4:]))


def _measured(
    grids: Grids, fine: Fine, chain: npt.NDArray[np.int64], values: Floats, at: npt.NDArray[np.int64]
) -> Candidates:
    """What is measured of candidates at some places of a chain."""
    if not len(at):
        return _candidates(np.zeros(0, np.int64), np.zeros((0, len(FEATURES)), np.float32), np.zeros((0, 4), np.int64))
    near, wide = _beside(values)
    reach = np.arange(1, ACROSS + 1)
    last = len(chain) - 1
    before = np.maximum(at[:, None] - 1 - reach, 0)
    after = np.minimum(at[:, None] + reach, last)
    ones = np.ones_like(reach)
    first = np.concatenate([(at[:, None] - 1) * ones, before], axis=1)
    second = np.concatenate([after, at[:, None] * ones], axis=1)

    around = np.clip(at[:, None] + np.arange(-2, 2), 0, last)
    frames, where = np.unique(chain[around.ravel()], return_inverse=True)
    near_grids, links = grids[frames], where.reshape(around.shape)
    shapes = structure(near_grids)
    a, b = links[:, :-1].ravel(), links[:, 1:].ravel()
    before_at, here_at = links[:, 1], links[:, 2]
    # All pairs at once: block matching is a third as dear in long runs.
    pairs = (
        (grids[chain[first.ravel()]], grids[chain[second.ravel()]]),
        (near_grids[b], near_grids[a]),
        (near_grids[before_at], near_grids[here_at]),
        (shapes[a], shapes[b]),
        (shapes[here_at], shapes[before_at]),
    )
    found = matched_blocks(np.concatenate([p[0] for p in pairs]), np.concatenate([p[1] for p in pairs]))
    edges = np.cumsum([len(p[0]) for p in pairs])[:-1]
    back_blocks, backward_blocks, blocks, shape_blocks, shape_back_blocks = np.split(found, edges)
    back = back_blocks.mean(axis=1).reshape(first.shape).min(axis=1)
    backward = backward_blocks.mean(axis=1).reshape(len(at), 3)
    shape_blocks = shape_blocks.reshape(len(at), 3, BLOCKS)
    apart = shape_blocks.mean(axis=2)
    shape_back = shape_back_blocks.mean(axis=1)
    spread = spread_distance(near_grids[a], near_grids[b]).reshape(len(at), 3)
    here = values[at]
    # At twice the size: a jump of half a cell is no match for the coarse grid, and yet no cut. Only where it decides.
    fine_change, fine_shape = here.copy(), apart[:, 1].copy()
    open_yet = np.flatnonzero((here > 1.1 * (near[at] + 1.5)) & (back > 0.3 * here) & (apart[:, 1] > 5))
    if len(open_yet):
        fine_before, fine_here = (fine(frames[side[open_yet]]) for side in (before_at, here_at))
        fine_apart = matched_blocks(
            np.concatenate([fine_before, structure(fine_before, 2)]),
            np.concatenate([fine_here, structure(fine_here, 2)]),
            finer=2,
        ).mean(axis=1)
        fine_change[open_yet], fine_shape[open_yet] = np.split(fine_apart, 2)
    features = np.stack(
        [
            here,
            here / (near[at] + 1.5),
            here / (wide[at] + 1.5),
            back / (near[at] + 1.5),
            back / here,
            apart[:, 1],
            apart[:, 1] / (np.maximum(apart[:, 0], apart[:, 2]) + 1.5),
            np.quantile(blocks, 0.25, axis=1),
            np.quantile(shape_blocks[:, 1], 0.25, axis=1),
            spread[:, 1],
            spread[:, 1] / (np.maximum(spread[:, 0], spread[:, 2]) + 1.5),
            backward[:, 1],
            backward[:, 1] / (np.maximum(backward[:, 0], backward[:, 2]) + 1.5),
            shape_back,
            fine_change,
            fine_shape,
        ],
        axis=1,
    )
    return _candidates(chain[at], features.astype(np.float32), chain[around])


def _candidates(frame: npt.NDArray[np.int64], features: Floats, around: npt.NDArray[np.int64]) -> Candidates:
    return Candidates(frame, features, around, np.full((len(frame), len(AGAIN)), np.nan, np.float32))


def ask_again(found: Candidates, fine: Fine, which: npt.NDArray[np.bool_]) -> Candidates:
    """The candidates, with what is asked only of some of them."""
    again = found.again.copy()
    if which.any():
        frames, where = np.unique(found.around[which].ravel(), return_inverse=True)
        luma, links = fine(frames), where.reshape(-1, 4)
        pairs = ((0, 1), (1, 2), (2, 3), (0, 3))
        one, other = (luma[np.concatenate([links[:, pair[side]] for pair in pairs])] for side in (0, 1))
        parts = kept(one, other).reshape(len(pairs), len(links), -1)
        half = np.median(parts, axis=2)
        most = np.quantile(parts[1], 0.75, axis=1)
        around = np.minimum(half[0], half[2])
        lost = np.maximum(around - np.maximum(half[1], half[3]), 0)
        again[which] = np.stack([half[1], most, around, half[3], lost], axis=1)
    return replace(found, again=again)


def without_lights(found: Candidates, fine: Fine, which: npt.NDArray[np.bool_]) -> Candidates:
    """The candidates but for those of `which` after which the picture is the same in another light."""
    keep = np.ones(len(found.frame), bool)
    if which.any():
        before, here = found.around[which, 1:3].T
        keep[which] = persistence(fine(before), fine(here)) < PERSISTS
    return Candidates(found.frame[keep], found.features[keep], found.around[keep], found.again[keep])
