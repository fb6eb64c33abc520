"""Glimpses: points carry a picture onto whatever part of it another film shows."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from rewatch.compare.echoes_glimpses import Glimpse, met
from rewatch.compare.echoes_look import fitting, turned_over
from rewatch.find.by_still_check import points_of

Bytes = npt.NDArray[np.uint8]
WIDE, HIGH = 400, 224


def picture(seed: int) -> Bytes:
    """Shapes of many sizes over a cloudy ground."""
    random = np.random.default_rng(seed)
    small = random.normal(128, 40, (14, 25)).astype(np.float32)
    ground = cv2.resize(small, (WIDE, HIGH), interpolation=cv2.INTER_CUBIC)
    for _ in range(60):
        centre = int(random.integers(WIDE)), int(random.integers(HIGH))
        axes = int(random.integers(4, 40)), int(random.integers(4, 40))
        cv2.ellipse(ground, centre, axes, float(random.uniform(0, 180)), 0, 360, float(random.uniform(20, 235)), -1)
    return np.clip(ground, 0, 255).astype(np.uint8)


def part_of(whole: Bytes, left: int, top: int, wide: int) -> Bytes:
    """A part of the same shape, as large as the whole, graded."""
    cut = np.ascontiguousarray(whole[top : top + wide * HIGH // WIDE, left : left + wide])
    shown = cv2.resize(cut, (WIDE, HIGH), interpolation=cv2.INTER_CUBIC)
    return np.clip(15 + 215 * (shown / 255.0) ** 0.8, 0, 255).astype(np.uint8)


def film(pictures: list[Bytes]) -> list[Glimpse]:
    """A picture a shot, one a second."""
    return [Glimpse.of(p, float(n), n) for n, p in enumerate(pictures)]


def test_half_of_a_picture_graded_and_mirrored() -> None:
    a, b = ([picture(first + n) for n in range(12)] for first in (0, 100))
    b[3] = part_of(a[7], 80, 50, 280)
    b[9] = np.ascontiguousarray(part_of(a[2], 20, 30, 260)[:, ::-1])
    found = met(film(a), film(b))
    assert {(m.a.shot, m.b.shot, m.mirrored) for m in found} == {(7, 3, False), (2, 9, True)}
    by_shot = {m.b.shot: m for m in found}
    assert min(m.points for m in found) > 20
    of_a, of_b = by_shot[3].shown()
    assert of_a == pytest.approx((80 / WIDE, 50 / HIGH, 360 / WIDE, 206 / HIGH), abs=0.02)
    assert of_b == pytest.approx((0, 0, 1, 1), abs=0.02)
    assert by_shot[9].shown()[0] == pytest.approx((20 / WIDE, 30 / HIGH, 280 / WIDE, 175 / HIGH), abs=0.02)


def test_unlike_pictures_do_not_meet() -> None:
    a, b = (film([picture(first + n) for n in range(20)]) for first in (200, 300))
    assert met(a, b) == []
    blank = film([np.full((HIGH, WIDE), 90, np.uint8)] * 3)
    assert met(a, blank) == met(blank, a) == met([], a) == met(a, []) == []


def test_points_of_a_mirror_image() -> None:
    grey = picture(5)
    mirrored = points_of(np.ascontiguousarray(grey[:, ::-1]), 300)
    assert fitting(mirrored, points_of(grey, 300)) == 0
    assert fitting(mirrored, turned_over(points_of(grey, 300), WIDE)) > 100
