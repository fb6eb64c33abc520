"""Blocks of grids are matched alike, however many pairs there are."""

from __future__ import annotations

import numpy as np

from rewatch.images.boundaries_grid import FEW, matched_blocks


def test_few_pairs_are_matched_as_many_are() -> None:
    random = np.random.default_rng(3)
    for finer, channels in ((1, 3), (2, 1)):
        shape = (FEW + 3, channels, 18 * finer, 32 * finer)
        before, after = random.integers(0, 256, (2, *shape), dtype=np.uint8)
        many = matched_blocks(before, after, finer)
        for count in (1, FEW // finer):
            assert np.array_equal(matched_blocks(before[:count], after[:count], finer), many[:count])
