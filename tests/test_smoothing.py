"""Smoothing: to the bit what SciPy gives, whatever the window and whatever lies beyond the ends."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from rewatch.smoothing import Beyond, ahead, gaussian, running_highest, running_mean, running_median

SCIPYS: dict[Beyond, str] = {"nothing": "constant", "edge": "nearest", "mirror": "reflect"}
beyonds = st.sampled_from(sorted(SCIPYS))


@given(st.integers(0, 2**32 - 1), st.integers(3, 300), st.integers(1, 40), beyonds, st.booleans())
def test_windows_are_scipys(seed: int, count: int, size: int, beyond: Beyond, many: bool) -> None:
    draw = np.random.default_rng(seed)
    values = draw.standard_normal((count, 3) if many else count).astype(np.float32)
    mode = SCIPYS[beyond]
    mean = ndimage.uniform_filter1d(values, size, axis=0, mode=mode, output=np.float64)
    assert np.array_equal(running_mean(values, size, beyond), mean)
    assert np.array_equal(running_highest(values, size, beyond), ndimage.maximum_filter1d(values, size, 0, mode=mode))
    if size % 2 and not many:
        assert np.array_equal(running_median(values, size, beyond), ndimage.median_filter(values, size, mode=mode))


@given(st.integers(0, 2**32 - 1), st.integers(1, 300), st.integers(2, 40), st.data())
def test_a_window_may_lie_further_on(seed: int, count: int, size: int, data: st.DataObject) -> None:
    values = np.random.default_rng(seed).standard_normal(count)
    later = data.draw(st.integers(1 - size + size // 2, size // 2))
    for beyond, mode in SCIPYS.items():
        mean = ndimage.uniform_filter1d(values, size, mode=mode, origin=-later)
        assert np.array_equal(running_mean(values, size, beyond, later), mean)
        highest = ndimage.maximum_filter1d(values, size, mode=mode, origin=-later)
        assert np.array_equal(running_highest(values, size, beyond, later), highest)


@given(st.integers(0, 2**32 - 1), st.integers(1, 200), st.floats(0.3, 20), beyonds)
def test_bells_are_scipys(seed: int, count: int, sigma: float, beyond: Beyond) -> None:
    for values in (np.random.default_rng(seed).standard_normal(shape) for shape in (count, (count, 2))):
        wanted = ndimage.gaussian_filter1d(values, sigma, axis=0, mode=SCIPYS[beyond], truncate=4)
        assert np.array_equal(gaussian(values, sigma, beyond), wanted)


@pytest.mark.parametrize("wide", [1, 2, 7, 40])
def test_what_is_ahead_is_scipys(wide: int) -> None:
    draw = np.random.default_rng(wide)
    rows, weights = draw.standard_normal((50, 3)), draw.random(wide)
    wanted = ndimage.correlate1d(rows, weights, axis=0, mode="constant", origin=-(wide // 2))
    assert np.array_equal(ahead(rows, weights), wanted)


def test_nothing_is_smoothed_to_nothing() -> None:
    nothing = np.zeros(0)
    for found in (running_mean(nothing, 3, "edge"), running_highest(nothing, 3, "edge"), gaussian(nothing, 1, "edge")):
        assert found.shape == (0,)
    assert running_median(nothing, 3, "mirror").shape == (0,)


def test_many_windows_are_laid_out_some_at_a_time() -> None:
    values = np.random.default_rng(1).standard_normal(100_000)
    assert np.array_equal(running_median(values, 5, "edge"), ndimage.median_filter(values, 5, mode="nearest"))
