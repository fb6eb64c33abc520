"""Black bars: seen where they are, told from dark pictures and titles."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from rewatch.images.boundaries_bars import bars_of, narrowest


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
