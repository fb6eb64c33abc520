"""Visual activity: 1 - r of near-adjacent frames."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from rewatch.images.motion import Activity


def activity(run, piece, **more):
    return run(Activity(), piece, **more)["activity"].values


def test_it_is_one_minus_pearsons_r_with_the_frame_but_one(run, make_pictures):
    luma = np.random.default_rng(0).integers(0, 256, (12, 72, 128))
    luma[6:] = luma[5]
    values = activity(run, make_pictures(luma), lengths=(5, 1))
    flat = luma.reshape(12, -1)
    expected = [1 - np.corrcoef(flat[n], flat[max(n - 2, 0)])[0, 1] for n in range(12)]
    assert values == pytest.approx(expected, abs=1e-3)
    assert values[7:].tolist() == [0] * 5


def test_a_cut_is_high_for_two_frames_and_no_longer(run, make_pictures):
    a, b = np.random.default_rng(1).integers(0, 256, (2, 72, 128))
    values = activity(run, make_pictures(np.stack([a] * 5 + [b] * 5)))
    assert (values > 0.9).tolist() == [False] * 5 + [True] * 2 + [False] * 3


def test_faster_is_more(run, make_pictures, texture):
    def pan(step):
        return np.stack([texture[:72, n * step : n * step + 128] for n in range(10)]).clip(0, 255)

    slow, middle, fast = (activity(run, make_pictures(pan(step)))[2:].mean() for step in (1, 2, 6))
    assert 0 < slow < middle < fast < 1


def test_brightness_alone_is_no_motion(run, make_pictures, texture):
    picture = texture[:72, :128].clip(0, 255)
    fading = np.stack([picture * (1 - 0.05 * n) for n in range(10)])
    assert activity(run, make_pictures(fading)).max() < 0.005


def test_black_with_noise_is_still(run, make_pictures):
    dark = np.random.default_rng(2).integers(0, 2, (10, 72, 128))
    assert activity(run, make_pictures(dark)).max() < 0.25
    assert activity(run, make_pictures(np.zeros((10, 72, 128)))).tolist() == [0] * 10


def test_other_rates_compare_over_the_same_time(run, make_pictures, make_facts):
    a, b = np.random.default_rng(1).integers(0, 256, (2, 72, 128))
    rate = Fraction(50)
    piece = make_pictures(np.stack([a] * 6 + [b] * 8), rate=rate)
    values = activity(run, piece, film=make_facts(rate))
    assert (values > 0.9).tolist() == [False] * 6 + [True] * 4 + [False] * 4
