"""Whether a gradual change leads to another shot, or only covers, lights or uncovers the one that is there.

A title fades in, lamps go up, an explosion fills the picture and dies down, somebody walks past the lens: the frames
go a straight way from A to B, as in a dissolve. But parts of A are in B where they were, or A comes back soon after,
or B had been there shortly before. That costs many comparisons of two frames each, so it is asked only where a ramp
may be one by all else.

Contents
    FEATURES, returned   how much of what is left comes back
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from rewatch.images.boundaries_cuts import Fine
from rewatch.images.boundaries_grid import (
    BLOCK_COLUMNS,
    BLOCK_ROWS,
    COLUMNS,
    ROWS,
    Grids,
    distance,
    matched_blocks,
    spread_distance,
)
from rewatch.images.boundaries_kept import kept
from rewatch.images.boundaries_light import persistence

AWAY = (6, 13, 22, 34, 48)
"""Frames before A and after B in which the other is looked for."""
ALIKE = 0.5
"""Overlap over union from which on two ramps are asked about as one."""
LONGEST_AROUND = 24
"""Frames, at most, over which it is seen how much changes before A and after B."""
FEATURES = (
    "persists",
    "kept",
    "kept_most",
    "spread",
    "quarter",
    "persists_back",
    "spread_back",
    "new",
    "alike",
    "parts",
)
"""
persists          how far the structure of A is in B, 0..1
kept, kept_most   how much of A is kept in B, part by part: median, best quarter
spread            distance of the values of A and B, wherever they stand
quarter           quartile of the blocks' distances of A and B, blocks free to move
persists_back     most of how far the structure of A is in a frame after B, or that of a frame before A in B
spread_back       least of the distances of their values, as a share of `spread`
new               share of the cells that change far more from A to B than before and after
alike             quartile of the distances of A's blocks from those of B, their means alone: small where something is
                  laid over a part of a picture, whatever moves in the rest
parts             share of the blocks whose means change far more from A to B than before and after
"""

Floats = npt.NDArray[np.float32]


def _block_means(grids: Grids, frames: npt.NDArray[np.int64]) -> Floats:
    """Frames (k, n) -> (k, n, 3, 48) mean of each block of theirs."""
    chosen = grids[frames.ravel()].astype(np.float32)
    shape = (*frames.shape, 3, ROWS // BLOCK_ROWS, BLOCK_ROWS, COLUMNS // BLOCK_COLUMNS, BLOCK_COLUMNS)
    means: Floats = chosen.reshape(shape).mean(axis=(4, 6)).reshape(*frames.shape, 3, -1)
    return means


def returned(grids: Grids, fine: Fine, spans: npt.NDArray[np.int64]) -> Floats:
    """(n, len(FEATURES)) of the ways from frame A to frame B of a window.

    grids: (m, 3, 18, 32) the window
    fine:  frames of the window -> (k, 1, 36, 64) their luma
    spans: (n, 2) A and B
    """
    count = len(spans)
    if not count:
        return np.zeros((0, len(FEATURES)), np.float32)
    a, b = spans.T
    away, last = np.array(AWAY), len(grids) - 1
    # The way itself first, then A against what follows B, then what precedes A against B.
    before = np.concatenate([a, np.repeat(a, len(away)), np.maximum(a[:, None] - away, 0).ravel()])
    after = np.concatenate([b, np.minimum(b[:, None] + away, last).ravel(), np.repeat(b, len(away))])
    frames, where = np.unique(np.concatenate([before, after]), return_inverse=True)
    luma, links = fine(frames), where.reshape(2, -1)
    there = np.maximum(persistence(luma[links[0]], luma[links[1]]), 0)
    spread = spread_distance(grids[before], grids[after])
    persists_back, spread_back = (
        v[count:].reshape(2, count, len(away)).transpose(1, 0, 2).reshape(count, -1) for v in (there, spread)
    )
    parts = kept(luma[links[0, :count]], luma[links[1, :count]])
    length = np.minimum(b - a, LONGEST_AROUND)
    ends = np.stack([np.maximum(a - length, 0), a, b, np.minimum(b + length, last)])
    around = [
        distance(grids[one], grids[other]).sum(axis=1, dtype=np.uint16).reshape(count, -1)
        for one, other in pairwise(ends)
    ]
    new = around[1] > 2 * np.maximum(around[0], around[2]) + 6
    means = _block_means(grids, ends)
    blocks = [np.abs(other - one).sum(axis=1) for one, other in pairwise(means)]
    parts_new = blocks[1] > 2 * np.maximum(blocks[0], blocks[2]) + 4
    result: Floats = np.stack(
        [
            there[:count],
            np.median(parts, axis=1),
            np.quantile(parts, 0.75, axis=1),
            spread[:count],
            np.quantile(matched_blocks(grids[a], grids[b]), 0.25, axis=1),
            persists_back.max(axis=1),
            spread_back.min(axis=1) / (spread[:count] + 2),
            new.mean(axis=1),
            np.quantile(blocks[1], 0.25, axis=1),
            parts_new.mean(axis=1),
        ],
        axis=1,
    ).astype(np.float32)
    return result
