"""Whether two pictures show the same thing in another light: a lamp goes out, the lights come on, no shot ends.

Light changes brightness, contrast and colour, and changes them differently across the picture; where edges stand and
which way they face stays. So gradients are compared, each in units of those around it (as in histograms of oriented
gradients: Dalal & Triggs 2005, block normalisation), and as a correlation: 1 = every edge is where it was.

Contents
    gradients     of pictures, whatever their light
    inside_bars   where a pair of pictures shows something
    persistence   how far the structure of one picture is still there in another
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rewatch.images.boundaries_grid import Grids, local_means

PERSISTS = 0.55
"""Persistence above which two pictures are one in another light. Shots of one place from other sides reach 0.4."""
BARS = 24
"""Full-range code value up to which rows and columns at the edge are bars, whose edges all shots share."""
REACH = 2

Floats = npt.NDArray[np.float32]


def gradients(luma: Floats, within: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Across and down, (n, h - 2, w - 2), in units of those around; 0 where not `within`."""
    down = luma[:, 2:, 1:-1] - luma[:, :-2, 1:-1]
    across = luma[:, 1:-1, 2:] - luma[:, 1:-1, :-2]
    energy = np.maximum(local_means(across * across + down * down, (9, 9)), 0)
    # The constant keeps noise in flat places from being blown up to edges.
    scale = within / np.sqrt(energy + 16)
    return across * scale, down * scale


def inside_bars(a: Floats, b: Floats) -> npt.NDArray[np.bool_]:
    """(n, h - 2, w - 2) False on and at the edge of bars that both pictures have."""
    seen = np.maximum(a, b) > BARS
    result = np.ones(seen.shape, bool)
    for other in (2, 1):
        lines: npt.NDArray[np.bool_] = np.any(seen, axis=other)
        inside = np.logical_or.accumulate(lines, axis=1)
        inside &= np.logical_or.accumulate(lines[:, ::-1], axis=1)[:, ::-1]
        result &= np.expand_dims(inside, other)
    shrunk: npt.NDArray[np.bool_] = result[:, 1:-1, 1:-1] & result[:, 2:, 1:-1] & result[:, :-2, 1:-1]
    shrunk &= result[:, 1:-1, 2:] & result[:, 1:-1, :-2]
    return shrunk


def persistence(before: Grids, after: Grids) -> Floats:
    """(n,) correlation of the normalised gradients, -1..1, of pairs of (n, 1, h, w) luma; best of shifts up to 2."""
    a, b = (g[:, 0].astype(np.float32) for g in (before, after))
    within = inside_bars(a, b)
    (ax, ay), (bx, by) = gradients(a, within), gradients(b, within)
    energy_a, energy_b = ax * ax + ay * ay, bx * bx + by * by
    high, wide = within.shape[1:]
    best = np.full(len(a), -1, np.float32)
    for down in range(-REACH, REACH + 1):
        for across in range(-REACH, REACH + 1):
            one, other = (
                (
                    ...,
                    slice(max(0, s * down), high + min(0, s * down)),
                    slice(max(0, s * across), wide + min(0, s * across)),
                )
                for s in (1, -1)
            )
            product = (ax[one] * bx[other] + ay[one] * by[other]).sum(axis=(1, 2))
            norm = np.sqrt(energy_a[one].sum(axis=(1, 2)) * energy_b[other].sum(axis=(1, 2)))
            best = np.maximum(best, product / (norm + 1))
    return best
