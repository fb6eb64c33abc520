"""What keyframes tell of a film, whatever is around the picture."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from rewatch.images.glance_evidence import compare_keys

KEYS = 16


def shown(around: npt.NDArray[np.uint8]) -> list[npt.NDArray[np.uint8]]:
    """Y'CbCr of keyframes, two of each shot, raised and to the left within what is around them."""
    random = np.random.default_rng(4)
    shots = random.integers(30, 220, (KEYS // 2, 9, 15), np.uint8).repeat(2, axis=0)
    luma = np.repeat(around[None], KEYS, axis=0)
    luma[:, 4:58, 6:96] = shots.repeat(6, axis=1).repeat(6, axis=2)
    return [luma, *(np.full((KEYS, 36, 64), 128, np.uint8) for _ in range(2))]


@pytest.mark.parametrize("lit", [False, True], ids=["black", "a page"])
def test_keyframes_are_compared_without_what_stands_around_them(lit: bool) -> None:
    page = np.random.default_rng(5).integers(60, 240, (72, 128), np.uint8)
    seen = compare_keys(*shown(page if lit else np.full_like(page, 1)))
    inside = [plane[:, 4 // d : 58 // d, 6 // d : 96 // d] for plane, d in zip(shown(page), (1, 2, 2), strict=True)]
    alone = compare_keys(*inside)
    assert np.allclose(seen.near, alone.near, atol=1e-3)
    assert np.allclose(seen.level, alone.level, atol=0.5)
    # From shot to shot, and within a shot.
    assert seen.near[1::2, 0].min() > seen.near[::2, 0].max() + 1
