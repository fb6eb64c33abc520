"""Black bars: seen where they are, told from dark pictures and titles."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from rewatch.images.boundaries_bars import Bars, Told, bars_of, both, narrowest, still_of


def shown(rows: int = 0, columns: int = 0, level: float = 1.0) -> npt.NDArray[np.uint8]:
    """`placed` with as much on either side."""
    return placed((rows, rows, columns, columns), level)


def placed(bars: Bars, level: float = 1.0) -> npt.NDArray[np.uint8]:
    """(64, 72, 128) luma of noise, from 30 to 200, within bars of 0 to 2."""
    random = np.random.default_rng(1)
    luma = random.integers(0, 3, (64, 72, 128), np.uint8)
    inside = luma[:, bars[0] : 72 - bars[1], bars[2] : 128 - bars[3]]
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


SYMMETRIC = [(0, 0, 0, 0), (9, 9, 0, 0), (2, 2, 0, 0), (0, 0, 16, 16), (8, 8, 14, 14)]
ONE_SIDED = [(0, 9, 0, 0), (4, 14, 0, 0), (0, 0, 30, 0), (0, 28, 0, 50), (7, 29, 40, 11)]
NOTHING: Told = (None, None, None, None)


@pytest.mark.parametrize("bars", [*SYMMETRIC, *ONE_SIDED])
def test_bars_are_seen(bars: Bars) -> None:
    assert bars_of(placed(bars)) == bars


def test_a_bar_on_one_side_has_to_be_there_in_nearly_all_frames() -> None:
    luma = placed((0, 9, 0, 0))
    luma[:8, 66:] = 100
    assert bars_of(luma) == (0, 0, 0, 0)


def test_more_than_bars_may_take_is_no_bar() -> None:
    assert bars_of(placed((0, 44, 0, 0)))[:2] in [(0, 0), (None, None)]


def test_what_is_written_in_a_bar_leaves_it_a_bar() -> None:
    assert bars_of(written()) == (9, 9, 0, 0)
    assert bars_of(written_twice())[:2] == (9, 9)


@pytest.mark.parametrize("luma", [in_the_night(), titled(), shown(36)], ids=["night", "title", "black"])
def test_what_is_dark_tells_nothing(luma: Any) -> None:
    assert bars_of(luma) == NOTHING
    assert bars_of(luma, (9, 9, 0, 0)) == (9, 9, 0, 0)


def test_a_change_within_a_block_has_the_narrower_bars() -> None:
    assert bars_of(np.concatenate([shown(9), shown()])) == (0, 0, 0, 0)


def test_a_line_in_which_the_bar_ends_is_of_the_bar() -> None:
    assert bars_of(shown(8), (9, 9, 0, 0)) == (9, 9, 0, 0)
    assert bars_of(shown(8), (7, 9, 0, 0)) == (8, 9, 0, 0)
    assert bars_of(shown(), (1, 1, 0, 0)) == (0, 0, 0, 0)


def test_a_window_has_the_narrowest_bars() -> None:
    assert narrowest([NOTHING, (9, 4, None, None), (None, None, 0, 0)]) == (9, 4, 0, 0)
    assert narrowest([(9, 9, 0, 0), (0, 0, 16, 16), (9, 9, 0, 0)]) == (0, 0, 0, 0)
    assert narrowest([NOTHING]) == (0, 0, 0, 0)


def framed(above: int, below: int, left: int, right: int) -> npt.NDArray[np.uint8]:
    """The same as `placed`, within a border that is lit and stands still."""
    luma = placed((above, below, left, right))
    border = np.random.default_rng(2).integers(60, 200, (72, 128), np.uint8)
    border[above : 72 - below, left : 128 - right] = 0
    return np.maximum(luma, border)


@pytest.mark.parametrize("border", [*SYMMETRIC, (14, 14, 30, 30), *ONE_SIDED])
def test_a_border_that_stands_still_is_seen(border: Bars) -> None:
    assert still_of(framed(*border)) == border


def test_what_runs_in_a_border_leaves_it_one() -> None:
    luma = framed(9, 9, 0, 0)
    for n in range(len(luma)):
        luma[n, 65:70, n : n + 60 : 2] = 235
    assert still_of(luma) == (9, 9, 0, 0)


def test_a_border_that_changes_is_none() -> None:
    luma = framed(0, 0, 16, 16)
    luma[40:, :, :16] = 20
    assert still_of(luma, (None, None, 16, 16)) == (0, 0, 0, 16)


def test_a_still_picture_tells_nothing_of_a_border() -> None:
    still = np.repeat(framed(0, 0, 16, 16)[:1], 64, axis=0)
    assert still_of(still) == NOTHING
    assert still_of(still, (None, None, 16, 16)) == (None, None, 16, 16)


@pytest.mark.parametrize("wide", [24, 40, 60])
def test_what_moves_within_a_still_picture_has_no_border(wide: int) -> None:
    """A figure before a camera that stands: what it passes over ends nowhere in a straight line on both sides."""
    luma = np.repeat(framed(0, 0, 0, 0)[:1], 64, axis=0)
    y, x = np.mgrid[:72, :128]
    for n in range(64):
        inside = ((x - 64 - 18 * np.sin(n / 7)) / wide) ** 2 + ((y - 40) / 34) ** 2 < 1
        luma[n][inside] = 30 + n
    assert not any(still_of(luma))


def test_a_bar_goes_before_a_border() -> None:
    assert both((9, 9, None, None), (10, 10, 16, 16)) == (9, 9, 16, 16)
    assert both((0, 0, 0, 0), (8, 0, None, None)) == (8, 0, 0, 0)
    assert both(NOTHING, (0, 0, None, None)) == (0, 0, None, None)
