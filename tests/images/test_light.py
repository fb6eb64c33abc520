"""Light: mean and spread of luma."""

from __future__ import annotations

import numpy as np
import pytest

from rewatch.images.light import Light


def test_mean_and_spread_are_those_of_the_code_values(run, make_pictures):
    luma = np.zeros((3, 72, 128))
    luma[1] = 255
    luma[2, :, 64:] = 200
    values = run(Light(), make_pictures(luma))["light"].values
    assert values[:, 0] == pytest.approx([0, 1, 100 / 255], abs=1e-6)
    assert values[:, 1] == pytest.approx([0, 0, 100 / 255], abs=1e-6)


def test_against_numpy_on_noise(run, make_pictures):
    luma = np.random.default_rng(0).integers(0, 256, (20, 54, 128))
    values = run(Light(), make_pictures(luma), (7, 1))["light"].values
    assert values[:, 0] == pytest.approx(luma.mean(axis=(1, 2)) / 255, abs=1e-6)
    assert values[:, 1] == pytest.approx(luma.std(axis=(1, 2)) / 255, abs=1e-6)


def test_hdr_is_measured_as_it_is_shown(run, make_pictures, make_facts):
    # PQ code 0.508 is 100 cd/m2, about half of diffuse white: on an SDR screen a light grey, not a middle one.
    luma = np.full((2, 72, 128), round(0.508 * 255))
    film = make_facts(transfer="pq", primaries="bt2020", matrix="bt2020nc")
    (mean, spread), _ = run(Light(), make_pictures(luma), film=film)["light"].values
    assert 0.55 < mean < 0.75
    assert spread == 0
