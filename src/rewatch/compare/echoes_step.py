"""In step: two shots that show the same, laid to each other by the hashes of all their pictures.

A shot in which hardly anything moves looks alike all through; but pictures of one moment, graded or coded anew, differ
in fewer bits than those of two moments, on the whole.

Contents
    in_step   at which moments
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LAID = 50.0
"""Mean bits by which hashes differ at most: of pictures that were cropped they say nothing."""
TOGETHER = 0.15
"""Seconds by which two hashes of one moment are apart at most."""


def in_step(at_a: Floats, at_b: Floats, bits: npt.NDArray[np.floating]) -> tuple[float, float] | None:
    """Seconds of A and B that are one moment; None: there are none, or too many bits between.

    at_a, at_b: (n,), (m,) seconds of the pictures of a shot of A and one of B, in order
    bits:       (n, m) by which their hashes differ
    """
    if len(at_a) < len(at_b):
        found = in_step(at_b, at_a, bits.T)
        return None if found is None else (found[1], found[0])
    least, moment = LAID, None
    # The shorter shot begins at any moment of the longer one.
    for begin in at_a.tolist():
        seconds = at_b - at_b[0] + begin
        nearest = np.clip(np.searchsorted(at_a, seconds - TOGETHER), 0, len(at_a) - 1)
        both = np.abs(at_a[nearest] - seconds) <= TOGETHER
        if 2 * int(both.sum()) < len(at_b):
            continue
        mean = float(bits[nearest[both], np.flatnonzero(both)].mean())
        if mean < least:
            least, moment = mean, begin
    return None if moment is None or not len(at_b) else (moment, float(at_b[0]))
