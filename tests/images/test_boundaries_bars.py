"""Black bars: seen where they are, told from dark pictures and titles."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from rewatch.images.boundaries_bars import bars_of, both, narrowest, still_of


def shown(rows: int = 0, columns: int = 0, level: float = 1.0) -> npt.NDArray[np.uint8]:
    """(64, 72, 128) luma of noise, from 30 to 200, within bars of 0 to 2."""
    random = np.random.default_rng(1)
    luma = random.integers(0, 3, (64, 72, 128), np.uint8)
    inside = luma[:, rows : 72 - rows, columns : 128 - columns]
    inside[:] = level * random.integers(30, 200, inside.shape)
    return luma


def written() -> npt.NDArray[np.uint8]:
    luma = shown(9)
    luma[:48, 65:70, 20:108:2] = 235
    luma[:, 66:70, 4:30] = 200
    return luma


def written_twice() -> npt.NDArray[np.uint8]:
    """A line under the picture, a mark above it that ends where the picture begins."""
    luma = written()
    luma[:, 3:9, 104:118] = 220
    return luma


def in_the_night() -> npt.NDArray[np.uint8]:
    luma = shown(level=0.1)
    luma[:, 30:50, 50:80] = 180
    return luma


def titled() -> npt.NDArray[np.uint8]:
    luma = shown(36)
    luma[:, 30:42, 20:108:3] = 220
    return luma


@pytest.mark.parametrize("bars", [(0, 0), (9, 0), (2, 0), (0, 16), (8, 14)])
def test_bars_are_seen(bars: tuple[int, int]) -> None:
    assert bars_of(shown(*bars)) == bars


def test_what_is_written_in_a_bar_leaves_it_a_bar() -> None:
    assert bars_of(written()) == (9, 0)
    assert bars_of(written_twice())[0] == 9


@pytest.mark.parametrize("luma", [in_the_night(), titled(), shown(36)], ids=["night", "title", "black"])
def test_what_is_dark_tells_nothing(luma: Any) -> None:
    assert bars_of(luma) == (None, None)
    assert bars_of(luma, (9, 0)) == (9, 0)


def test_a_change_within_a_block_has_the_narrower_bars() -> None:
    assert bars_of(np.concatenate([shown(9), shown()])) == (0, 0)


def test_a_line_in_which_the_bar_ends_is_of_the_bar() -> None:
    assert bars_of(shown(8), (9, 0)) == (9, 0)
    assert bars_of(shown(8), (7, 0)) == (8, 0)
    assert bars_of(shown(), (1, 0)) == (0, 0)


def test_a_window_has_the_narrowest_bars() -> None:
    assert narrowest([(None, None), (9, None), (None, 0)]) == (9, 0)
    assert narrowest([(9, 0), (0, 16), (9, 0)]) == (0, 0)
    assert narrowest([(None, None)]) == (0, 0)


def framed(rows: int, columns: int) -> npt.NDArray[np.uint8]:
    """The same as `shown`, within a border that is lit and stands still."""
    luma = shown(rows, columns)
    border = np.random.default_rng(2).integers(60, 200, (72, 128), np.uint8)
    border[rows : 72 - rows, columns : 128 - columns] = 0
    return np.maximum(luma, border)


@pytest.mark.parametrize("border", [(0, 0), (9, 0), (0, 16), (8, 14), (14, 30)])
def test_a_border_that_stands_still_is_seen(border: tuple[int, int]) -> None:
    assert still_of(framed(*border)) == border


def test_what_runs_in_a_border_leaves_it_one() -> None:
    luma = framed(9, 0)
    for n in range(len(luma)):
        luma[n, 65:70, n : n + 60 : 2] = 235
    assert still_of(luma) == (9, 0)


def test_a_border_that_changes_is_none() -> None:
    luma = framed(0, 16)
    luma[40:, :, :16] = 20
    assert still_of(luma, (None, 16)) == (0, 0)


def test_a_still_picture_tells_nothing_of_a_border() -> None:
    still = np.repeat(framed(0, 16)[:1], 64, axis=0)
    assert still_of(still) == (None, None)
    assert still_of(still, (None, 16)) == (None, 16)


@pytest.mark.parametrize("wide", [24, 40, 60])
def test_what_moves_within_a_still_picture_has_no_border(wide: int) -> None:
    """A figure before a camera that stands: what it passes over ends nowhere in a straight line on both sides."""
    luma = np.repeat(framed(0, 0)[:1], 64, axis=0)
    y, x = np.mgrid[:72, :128]
    for n in range(64):
        inside = ((x - 64 - 18 * np.sin(n / 7)) / wide) ** 2 + ((y - 40) / 34) ** 2 < 1
        luma[n][inside] = 30 + n
    assert still_of(luma) in [(None, None), (0, None), (None, 0), (0, 0)]


def test_a_bar_goes_before_a_border() -> None:
    assert both((9, None), (10, 16)) == (9, 16)
    assert both((0, 0), (8, None)) == (8, 0)
    assert both((None, None), (0, None)) == (0, None)
