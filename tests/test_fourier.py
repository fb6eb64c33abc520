"""Fourier transforms: NumPy's, in single precision."""

from __future__ import annotations

import numpy as np
import pytest

from rewatch.fourier import of_powers, powers, quick_length


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 10, 25, 2160])
def test_powers_of_rows(size: int) -> None:
    rows = np.random.default_rng(size).standard_normal((7, size)).astype(np.float32)
    wanted = np.abs(np.fft.rfft(rows.astype(np.float64))) ** 2
    into = np.empty((7, size // 2 + 1), np.float32)
    assert powers(rows, out=into) is into
    assert np.allclose(into, wanted, atol=1e-6 * size)


@pytest.mark.parametrize("size", [200, 324, 1024, 1920, 2160])
def test_rows_are_alike_whatever_stands_beside_them(size: int) -> None:
    rows = np.random.default_rng(size).standard_normal((20, size)).astype(np.float32)
    found = powers(rows)
    for first, last in ((0, 20), (1, 2), (5, 12)):
        assert np.array_equal(powers(rows[first:last].copy()), found[first:last])


@pytest.mark.parametrize(("size", "known"), [(2, 1), (2, 2), (4, 2), (4, 3), (10, 4), (10, 6), (324, 162)])
def test_and_back(size: int, known: int) -> None:
    power = np.random.default_rng(size).random((5, known)).astype(np.float32)
    assert np.allclose(of_powers(power, size), np.fft.irfft(power.astype(np.float64), size), atol=1e-6)


def test_lengths_are_even_and_quick() -> None:
    for size in range(1, 3000):
        quick = quick_length(size)
        assert quick >= size
        assert quick % 2 == 0
        assert 2**20 * 3**9 * 5**7 % quick == 0


def test_no_rows_have_no_powers() -> None:
    assert powers(np.zeros((0, 324), np.float32)).shape == (0, 163)
    assert of_powers(np.zeros((0, 163), np.float32), 324).shape == (0, 324)
