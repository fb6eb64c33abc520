"""What is drawn is what truth says, before any encoder has touched it."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from rewatch.demo import Variant
from rewatch.demo.picture import Projector
from rewatch.demo.timeline import Timeline
from rewatch.demo.truth import Truth, truth_of

SMALL = Variant(width=128, height=72)


@pytest.fixture(scope="module")
def projector() -> Projector:
    return Projector(Timeline(SMALL))


@pytest.fixture(scope="module")
def truth() -> Truth:
    return truth_of(Timeline(SMALL))


def apart(projector: Projector, a: int, b: int) -> float:
    """Mean difference of two frames in grey levels, grain averaged out."""
    one, other = (projector.frame(n).astype(np.float32).reshape(18, 4, 32, 4, 3).mean(axis=(1, 3)) for n in (a, b))
    return float(np.abs(one - other).mean())


def test_same_frames_in_any_order(projector: Projector) -> None:
    numbers = [30, 130, 300, 450, 600, 700, 1000, 1210, 1500, 1658, 1800, 2000]
    forwards = [projector.frame(n).tobytes() for n in numbers]
    fresh = Projector(Timeline(SMALL))
    backwards = [fresh.frame(n).tobytes() for n in reversed(numbers)][::-1]
    assert forwards == backwards
    assert len(set(forwards)) == len(numbers)


def test_black_is_black_and_nothing_else_is(projector: Projector, truth: Truth) -> None:
    for first, last in truth.black:
        assert projector.frame(first).max() == 0
        assert projector.frame(last).max() == 0
        for beside in (first - 1, last + 1):
            if 0 <= beside < truth.frames:
                assert projector.frame(beside).max() > 3


def test_a_cut_is_the_largest_change_about(projector: Projector, truth: Truth) -> None:
    for row in truth.boundaries:
        if row["kind"] == "cut":
            n = row["frame"]
            steps = [apart(projector, k - 1, k) for k in range(n - 2, n + 3)]
            assert steps[2] > 12
            assert steps[2] > 2.5 * max(steps[:2] + steps[3:]), (n, steps)


def test_gradual_ones_have_no_jump(projector: Projector, truth: Truth) -> None:
    for row in truth.boundaries:
        if row["kind"] in ("dissolve", "wipe", "fade_in", "fade_out"):
            first, last = row["first"], row["last"]
            whole = apart(projector, first - 1, last + 1)
            largest = max(apart(projector, n - 1, n) for n in range(first, last + 2))
            assert largest < whole * 0.55 if last > first + 3 else True
            assert whole > 12


def test_a_flash_is_bright_and_what_was_there_returns(projector: Projector, truth: Truth) -> None:
    for name in ("flash_1", "flash_2", "flash_3"):
        event = truth.events[name]
        assert apart(projector, event["first"] - 1, event["first"]) > 60
        assert apart(projector, event["first"] - 1, event["last"] + 1) < 12


def test_lights_on_brightens_one_and_the_same_room(projector: Projector, truth: Truth) -> None:
    event = truth.events["lights_on"]
    before, after = (projector.frame(n).mean() for n in (event["first"] - 1, event["last"] + 1))
    assert after > before + 60
    cuts = [row["frame"] for row in truth.boundaries if row["kind"] == "cut"]
    assert not any(event["first"] - 24 <= n <= event["last"] + 24 for n in cuts)


def test_the_same_set_up_returns(projector: Projector, truth: Truth) -> None:
    event = truth.events["returning_image"]
    assert apart(projector, event["first"], event["again"]["first"]) < 15
    assert apart(projector, event["first"], truth.events["long_take"]["first"] + 50) > 30


def test_the_camera_moves_in_the_pan_and_rests_beside_it(projector: Projector, truth: Truth) -> None:
    event = truth.events["whip_pan"]
    middle = (event["first"] + event["last"]) // 2
    moving = apart(projector, middle, middle + 1)
    resting = apart(projector, event["first"] - 6, event["first"] - 5)
    assert moving > 5 * resting
    assert apart(projector, event["first"] - 1, event["last"] + 1) > 10


@pytest.mark.parametrize(
    "variant",
    [
        Variant(width=128, height=96, letterbox=Fraction(239, 100)),
        Variant(width=96, height=72, pixel_aspect=Fraction(4, 3)),
        Variant(width=160, height=72),
        Variant(width=72, height=128),
    ],
)
def test_other_shapes_are_filled(variant: Variant) -> None:
    projector = Projector(Timeline(variant))
    for n in (60, 200, 300, 450, 500, 600, 700, 900, 1205, 1220, 1300, 1500, 1620, 1660, 1800, 2000):
        frame = projector.frame(n)
        assert frame.shape == (variant.height, variant.width, 3)
        bar = (variant.height - variant.picture_height) // 2
        if bar:
            assert frame[:bar].max() == frame[-bar:].max() == 0
        assert frame[bar + 1].max() > 0
