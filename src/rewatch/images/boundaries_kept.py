"""How much of one picture stands in another, part by part: each part found again wherever it went, in any light.

As in `boundaries_light` gradients are compared, in units of those around them; but each of sixteen parts of the
picture is looked for by itself, a seventh of the picture up and down and an eighth to the sides (template matching,
normalised). Of two shots no part of the one is in the other: chance alone gives a third. Of one shot, most parts are
found however blurred or dark it is, and whatever was laid over the rest.

Contents
    PARTS, kept   how well each part of a picture is found in another
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from rewatch.images.boundaries_grid import Grids
from rewatch.images.boundaries_light import gradients, inside_bars

PARTS = 4, 4
SIZE = 8, 15
"""Rows and columns of a part, in cells of 36 x 64."""
REACH = 5, 8
FLAT = 0.15
"""Mean energy of the gradients up to which a part shows next to nothing: it counts as lost rather than found."""

Floats = npt.NDArray[np.float32]


def kept(before: Grids, after: Grids) -> Floats:
    """(n, 16) correlation, 0..1, of each part of `before` with the best place for it in `after`.

    before, after: (n, 1, 36, 64) luma
    """
    count = len(before)
    best = np.zeros((count, PARTS[0] * PARTS[1]), np.float32)
    if not count:
        return best
    a, b = (g[:, 0].astype(np.float32) for g in (before, after))
    within = inside_bars(a, b)
    ours, theirs = (np.stack(gradients(one, within), axis=-1) for one in (a, b))
    margin = ((0, 0), (REACH[0], REACH[0]), (REACH[1], REACH[1]), (0, 0))
    theirs = np.pad(theirs, margin)
    high, wide = SIZE
    energy = (theirs * theirs).sum(axis=3)
    floor = np.float32((FLAT * high * wide) ** 2)
    rows, columns = (
        np.linspace(0, whole - part, parts).round().astype(int).tolist()
        for whole, part, parts in zip(within.shape[1:], SIZE, PARTS, strict=True)
    )
    places = [(row, column) for row in rows for column in columns]
    for n in range(count):
        there = cv2.boxFilter(
            energy[n], -1, (wide, high), anchor=(0, 0), normalize=False, borderType=cv2.BORDER_CONSTANT
        )
        for part, (row, column) in enumerate(places):
            one = ours[n, row : row + high, column : column + wide]
            down, across = row + 2 * REACH[0] + 1, column + 2 * REACH[1] + 1
            field = theirs[n, row : down + high - 1, column : across + wide - 1]
            fits = cv2.matchTemplate(field, one, cv2.TM_CCORR)
            norm = np.sqrt(np.float32(np.vdot(one, one)) * there[row:down, column:across] + floor)
            best[n, part] = (fits / norm).max()
    result: Floats = np.clip(best, 0, 1)
    return result
