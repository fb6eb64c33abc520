"""Fades followed by their light alone."""

from __future__ import annotations

import numpy as np
import pytest

from rewatch.images.boundaries_light_fades import fades_beside

NONE = np.zeros(0, np.int64)


def lit(count: int, seed: int = 1) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Light of a picture in which things move: 60 code values, wandering."""
    noise = np.random.default_rng(seed).normal(0, 1, count)
    return (60 + 0.5 * np.cumsum(noise)).astype(np.float32)


@pytest.mark.parametrize("length", [3, 8, 24, 60])
def test_a_fade_out_and_the_fade_in_after_it(length: int) -> None:
    light = lit(260)
    share = np.arange(1, length + 1, dtype=np.float32) / (length + 1)
    light[120 - length : 120] *= share[::-1]
    light[120:130] = 0
    light[130 : 130 + length] *= share
    out, up = fades_beside(np.array([[120, 130]]), light, light / 3, NONE)
    assert (out.rises, up.rises) == (False, True)
    assert out.last == 119
    assert up.first == 130
    assert abs(out.first - (120 - length)) <= max(1, length // 6)
    assert abs(up.last - (129 + length)) <= max(1, length // 6)
    assert out.sure > 0.8


def test_a_cut_to_black_is_no_fade() -> None:
    light = lit(200)
    light[100:110] = 0
    assert fades_beside(np.array([[100, 110]]), light, light / 3, NONE) == []


def test_no_fade_goes_over_a_cut() -> None:
    light = lit(200)
    light[70:100] *= np.linspace(1, 0.03, 30, dtype=np.float32)
    light[100:110] = 0
    black = np.array([[100, 110]])
    (fade,) = fades_beside(black, light, light / 3, NONE)
    assert fade.first < 80
    assert all(f.first >= 85 for f in fades_beside(black, light, light / 3, np.array([85])))
