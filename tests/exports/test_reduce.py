"""Reduction keeps what it says it keeps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewatch.exports.reduce import (
    max_rows,
    mean_rows,
    reduce_curve,
    smooth,
)
from rewatch.images.colour import linear_to_srgb8, srgb8_to_linear


@given(st.integers(2, 4000), st.integers(1, 300), st.integers(0, 10))
def test_reduced_curve_keeps_its_extremes(n: int, bins: int, seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=n)
    seconds = np.arange(n) / 10
    part = reduce_curve(seconds, values, 0.0, n / 10, bins)
    assert len(part) <= max(bins, min(n, bins)) + 2
    assert part.high.max() == values.max()
    assert part.low.min() == values.min()
    assert (part.low <= part.mean + 1e-12).all()
    assert (part.mean <= part.high + 1e-12).all()
    assert (np.diff(part.seconds) > 0).all()


def test_reduced_curves_meet_at_the_edge_of_two_stretches() -> None:
    seconds, values = np.arange(100) / 10, np.arange(100.0)
    left = reduce_curve(seconds, values, 0.0, 5.05, 500)
    right = reduce_curve(seconds, values, 5.05, 9.9, 500)
    assert left.seconds[-1] == right.seconds[0] == 5.05
    assert left.mean[-1] == right.mean[0] == pytest.approx(50.5)


def test_a_stretch_without_values_is_empty_or_a_straight_line() -> None:
    seconds, values = np.array([0.0, 10.0]), np.array([0.0, 10.0])
    part = reduce_curve(seconds, values, 4.0, 6.0, 100)
    assert part.mean.tolist() == [4.0, 6.0]
    assert len(reduce_curve(seconds, values, 20.0, 30.0, 100)) == 0


@given(st.integers(1, 500), st.integers(1, 200))
def test_mean_and_max_of_rows(n: int, count: int) -> None:
    values = np.arange(n, dtype=float)
    means, highest = mean_rows(values, count), max_rows(values, count)
    assert means.shape == highest.shape == (count,)
    assert highest.max() == means.max() == n - 1 if count >= n else highest.max() == n - 1
    if n % count == 0:
        assert means.mean() == pytest.approx(values.mean())
        assert np.array_equal(highest, values.reshape(count, -1).max(axis=1))


def test_grey_is_averaged_as_light() -> None:
    # Half black, half white is half the light: 188, not 128, in sRGB.
    rows = np.array([[0, 0, 0], [255, 255, 255]])
    assert linear_to_srgb8(mean_rows(srgb8_to_linear(rows), 1)).tolist() == [[188, 188, 188]]


def test_smoothing_keeps_a_constant_and_spreads_a_peak() -> None:
    seconds = np.arange(100) / 10
    assert smooth(seconds, np.full(100, 3.0), 2.0) == pytest.approx(3.0)
    peak = np.zeros(100)
    peak[50] = 1
    spread = smooth(seconds, peak, 1.0)
    assert np.flatnonzero(spread > 0).tolist() == list(range(45, 56))
    assert spread.sum() == pytest.approx(1.0)
