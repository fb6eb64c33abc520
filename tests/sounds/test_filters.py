"""Filters of a stream: what they give is what SciPy gives."""

import numpy as np
import pytest
from scipy import signal

from rewatch.sounds.filters import Sections, Thinner, hann, low_pass
from rewatch.sounds.kweighting import k_weighting


def test_windows_and_taps_are_scipys() -> None:
    assert np.allclose(hann(512), signal.get_window("hann", 512), atol=1e-15)
    assert np.allclose(low_pass(40, 0.3, np.hamming(81)), signal.firwin(81, 0.3), atol=1e-14)


@pytest.mark.parametrize("rate", [8000, 44_100, 48_000])
def test_sections_over_a_stream(rate: int) -> None:
    heard = np.random.default_rng(rate).standard_normal((2, 2 * rate + 777)).astype(np.float32)
    heard[:, rate // 2 : rate] = 0
    sections = k_weighting(rate)
    stream = Sections(sections, 2)
    found = np.concatenate([stream(heard[:, at : at + rate]) for at in range(0, heard.shape[1], rate)], axis=1)
    assert np.allclose(found, signal.sosfilt(sections, heard.astype(np.float64), axis=-1), atol=1e-9)
    assert stream(heard[:, :0]).shape == (2, 0)


@pytest.mark.parametrize(("up", "down"), [(1, 6), (80, 441), (1, 2), (8000, 22_051)])
def test_thinner_is_upfirdn(up: int, down: int) -> None:
    side = 12 * down
    taps = low_pass(side, 0.94 / max(up, down), np.kaiser(2 * side + 1, 7.0)) * up
    heard = np.random.default_rng(up).standard_normal(9000).astype(np.float32)
    count = len(heard) * up // down
    thinner = Thinner(taps, up, down)
    found = thinner(np.concatenate([np.zeros(thinner.reach, np.float32), heard]), count)
    wanted = signal.upfirdn(taps, heard.astype(np.float64), up, down)[side // down :]
    assert np.allclose(found, wanted[:count], atol=1e-5)
