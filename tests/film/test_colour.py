"""Matrices as players guess them, HDR as it is shown."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from rewatch.film.colour import is_full_range, is_rgb, matrix_of, tone_map
from rewatch.film.probe import open_film


@pytest.fixture(scope="module")
def picture(tmp_path_factory, render):
    return open_film(render(tmp_path_factory.mktemp("colour") / "film.mp4", count=2)).picture


@pytest.mark.parametrize(
    ("matrix", "size", "expected"),
    [
        ("", (720, 576), "bt601"),
        ("", (1280, 720), "bt709"),
        ("bt709", (320, 240), "bt709"),
        ("smpte170m", (1920, 1080), "bt601"),
        ("bt470bg", (720, 576), "bt601"),
        ("bt2020nc", (3840, 2160), "bt2020"),
    ],
)
def test_matrix(picture, matrix, size, expected):
    facts = dataclasses.replace(picture, matrix=matrix, width=size[0], height=size[1])
    assert matrix_of(facts) == expected


def test_range_and_rgb():
    assert is_full_range("yuv420p", 2)
    assert not is_full_range("yuvj420p", 1)
    assert is_full_range("yuvj420p", 0)
    assert not is_full_range("yuv420p10le", 0)
    assert is_rgb("gbrp10le")
    assert not is_rgb("gray")


def pq(nits):
    """SMPTE ST 2084, the other way: code values 0..65535 of cd/m2."""
    y = np.asarray(nits, float) / 10000
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
    return np.round(65535 * ((c1 + c2 * y**m1) / (1 + c3 * y**m1)) ** m2).astype(np.uint16)


def test_pq_greys_stay_grey_and_in_order():
    nits = np.array([0, 1, 5, 26, 100, 203, 1000, 4000])
    shown = tone_map(np.repeat(pq(nits)[:, None], 3, axis=1), "pq", "bt2020").astype(int)
    assert (np.ptp(shown, axis=1) <= 1).all()
    assert (np.diff(shown[:, 1]) >= 0).all()
    assert shown[0, 1] == 0
    assert 80 < shown[3, 1] < 125  # 18 % grey of SDR is code 118
    assert 170 < shown[5, 1] < 235  # diffuse white is bright, and leaves room above
    assert shown[6, 1] == 255


def test_hues_are_kept():
    red = tone_map(np.stack([pq([300, 120, 120])]), "pq", "bt2020")[0].astype(int)
    assert red[0] > 1.5 * red[1]
    assert abs(red[1] - red[2]) < 40
    brighter = tone_map(np.stack([pq([1200, 480, 480])]), "pq", "bt2020")[0].astype(int)
    assert brighter[0] > brighter[1] + 20  # not washed out to white


def test_hlg_greys():
    code = np.array([0, 0.25, 0.5, 0.75, 1.0])
    shown = tone_map(np.repeat((65535 * code).astype(np.uint16)[:, None], 3, axis=1), "hlg", "bt2020").astype(int)
    assert (np.ptp(shown, axis=1) <= 1).all()
    assert (np.diff(shown[:, 1]) > 0).all()
    assert shown[0, 1] == 0
    assert shown[-1, 1] >= 254
