"""How much of a picture stands in another, part by part, and what a change brings back."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter

from rewatch.images.boundaries_kept import kept
from rewatch.images.boundaries_returns import FEATURES, returned

Grids = npt.NDArray[np.uint8]


def picture(seed: int, rows: int = 56, columns: int = 84) -> npt.NDArray[np.float64]:
    field = gaussian_filter(np.random.default_rng(seed).normal(0, 1, (rows, columns)), 1.5)
    return field / field.std() * 40 + 120


def fine(*pictures: npt.NDArray[np.float64]) -> Grids:
    return np.clip(np.stack(pictures) + 0.5, 0, 255).astype(np.uint8)[:, None]


def test_a_part_is_found_wherever_it_went() -> None:
    a = picture(1)
    still, moved, other = a[10:46, 10:74], a[13:49, 16:80], picture(2)[10:46, 10:74]
    parts = kept(fine(still, still, still, still), fine(still, moved, 30 + 0.3 * still, other))
    assert (parts[0] > 0.95).all()
    assert np.median(parts[1]) > 0.9
    assert np.median(parts[2]) > 0.85
    assert np.median(parts[3]) < 0.6


def test_what_was_laid_over_a_part_leaves_the_others() -> None:
    a = picture(1)[10:46, 10:74]
    covered = a.copy()
    covered[:18, :32] = picture(2)[:18, :32]
    (parts,) = kept(fine(a), fine(covered)).reshape(1, 4, 4)
    assert (parts[2:, 2:] > 0.95).all()
    assert parts[0, 0] < 0.6


def test_flat_parts_are_not_found() -> None:
    flat = np.full((36, 64), 120.0)
    assert kept(fine(flat), fine(flat)).max() < 0.1


def test_what_comes_back() -> None:
    """A to white and back to A comes back; A to B does not."""
    a, b = picture(1)[10:46, 10:74], 90 + 0.4 * picture(2)[10:46, 10:74]
    white = np.full_like(a, 240)

    def film(*parts: tuple[npt.NDArray[np.float64], int]) -> tuple[Grids, Grids]:
        luma = fine(*[one for one, count in parts for _ in range(count)])
        grids = luma.reshape(len(luma), 1, 18, 2, 32, 2).mean(axis=(3, 5)).astype(np.uint8)
        return np.concatenate([grids, np.full_like(grids, 128), np.full_like(grids, 128)], axis=1), luma

    measured = []
    for parts in (((a, 60), (white, 10), (a, 60)), ((a, 60), (white, 10), (b, 60))):
        grids, luma = film(*parts)
        (row,) = returned(grids, lambda frames, luma=luma: luma[frames], np.array([[59, 64]]))
        measured.append(dict(zip(FEATURES, row.tolist(), strict=True)))
    back, gone = measured
    assert back["persists_back"] > 0.95
    assert back["spread_back"] < 0.05
    assert gone["persists_back"] < 0.5
    assert gone["spread_back"] > 0.05
