"""What passes: a few frames of something else, behind which the picture goes on, as a flash or a damaged frame.

By itself it is told from a shot by what comes back. Beside a cut it hides that: a cut between a picture and another one
is a small change next to a white frame. So such runs are found first, and what is near them is judged without them.

Contents
    Passing, find_passing   runs of frames that pass
    without                 a chain of frames without some of them
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rewatch.images.boundaries_grid import Grids, matched_blocks

LEAST_CHANGE = 4.0
"""Code values (three channels summed): below it no change of shot is visible."""
ACROSS = 4
"""A flash or an obstacle may last that many frames (that differ) and is still seen to come back."""
SAME, OTHER = 0.3, 0.6
"""How far the pictures before and behind what passes are apart, at most: as a share of the greater of their distances
from it where they are one picture, of the lesser where they are two."""
AROUND = 8
"""Frames before and behind that tell how much changes anyway."""
STANDS_OUT, CUTS = 2.0, 4.0
"""Times that, which what passes must be from what is beside it, and the pictures beside it from each other to be two.
Where all shakes, or flickers, nothing passes."""

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Passing:
    """Places ``first .. end`` (half-open) of a chain.

    cuts: whether the picture behind is another than the one before, and the place where it begins: the run belongs to
          the one that it is less far from; None where they are one picture
    """

    first: int
    end: int
    cuts: int | None


def find_passing(grids: Grids, chain: Places, values: Floats) -> list[Passing]:
    """Runs of a chain that pass, in order, none beside another.

    grids: (n, channels, rows, columns) the window that the chain's frames are in
    values: (k,) distance of each frame of the chain from the one before it, blocks moved to where they fit
    """
    jumps = np.flatnonzero(values > LEAST_CHANGE)
    jumps = jumps[(jumps > 0) & (jumps < len(chain) - 1)]
    if not len(jumps):
        return []
    around = np.lib.stride_tricks.sliding_window_view(np.pad(values, AROUND, mode="edge"), 2 * AROUND + 1)
    calm = (np.median(around[jumps], axis=1) + 1.5)[:, None]
    ends = jumps[:, None] + np.arange(1, ACROSS + 1)
    inside = ends < len(chain)
    ends = np.where(inside, ends, 0)
    least = np.minimum(values[jumps][:, None], values[ends])
    most = np.maximum(values[jumps][:, None], values[ends])
    row, column = np.nonzero(inside & (least > STANDS_OUT * calm))
    if not len(row):
        return []
    apart = np.full(ends.shape, np.inf, np.float32)
    pairs = grids[chain[jumps[row] - 1]], grids[chain[ends[row, column]]]
    apart[row, column] = matched_blocks(*pairs).mean(axis=1, dtype=np.float32)
    two = (apart > LEAST_CHANGE) & (apart > CUTS * calm)
    near = apart < OTHER * least
    same = near & (apart < SAME * most)
    runs: list[Passing] = []
    free = 0
    # From left to right: of a picture that flickers, what was there first stays.
    for n, jump in enumerate(jumps.tolist()):
        lengths = same[n] if same[n].any() else near[n] & two[n]
        if jump < free or not lengths.any():
            continue
        at = int(np.argmax(lengths))
        end = int(ends[n, at])
        begins = jump if values[end] < values[jump] else end
        runs.append(Passing(jump, end, begins if two[n, at] else None))
        free = end + 1
    return runs


def without(grids: Grids, chain: Places, values: Floats, gone: Places) -> tuple[Places, Floats, Places]:
    """A chain without some of its places, its distances, and the places in it of the frames right behind those."""
    left_out = np.zeros(len(chain), np.bool_)
    left_out[gone] = True
    shorter, left = chain[~left_out], values[~left_out]
    behind = np.flatnonzero(np.append(False, left_out[:-1])[~left_out])
    left[behind] = matched_blocks(grids[shorter[behind - 1]], grids[shorter[behind]]).mean(axis=1, dtype=np.float32)
    return shorter, left, behind
