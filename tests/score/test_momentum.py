"""Momentum: motion in flight, and how a film opens and ends."""

from collections.abc import Callable

import numpy as np
import pytest

from rewatch.score.momentum import Momentum, percentile_of
from rewatch.track import Curve, Figures, Track

MakeTracks = Callable[..., dict[str, Track]]


def momentum(tracks: dict[str, Track]) -> tuple[Curve, Figures]:
    given = Momentum().finish(tracks)
    curve, figures = given["momentum"], given["momentum_figures"]
    assert isinstance(curve, Curve)
    assert isinstance(figures, Figures)
    return curve, figures


def test_a_film_that_starts_and_ends_in_motion(make_picture: MakeTracks) -> None:
    curve, figures = momentum(make_picture([30.0] * 20, [0.6] + [0.1] * 18 + [0.7]))
    opening, ending = figures.values["opening"], figures.values["ending"]
    assert opening is not None
    assert ending is not None
    assert opening > 90
    assert ending > 90
    assert figures.values["momentum_peak"] == pytest.approx(600, abs=30)
    assert curve.values.min() == pytest.approx(0.1, abs=1e-6)


def test_a_film_that_comes_to_rest(make_picture: MakeTracks) -> None:
    _, figures = momentum(make_picture([30.0] * 20, np.linspace(0.8, 0.1, 20)))
    assert figures.values["opening"] == pytest.approx(98, abs=3)
    assert figures.values["ending"] == pytest.approx(2, abs=3)


def test_what_does_not_move_has_no_opening(make_picture: MakeTracks) -> None:
    """A still, of which the coding stirs a little."""
    _, figures = momentum(make_picture([30.0] * 4, [1e-5, 0.0, 0.0, 2e-5]))
    assert figures.values["opening"] is figures.values["ending"] is figures.values["momentum_peak"] is None
    assert figures.why["opening"] == "nothing moves"
    assert figures.values["mean_activity"] == pytest.approx(8e-6, abs=4e-6)


def test_cuts_leave_no_trace(make_picture: MakeTracks) -> None:
    curve, figures = momentum(make_picture([0.5] * 200, [0.2] * 200))
    assert curve.values == pytest.approx(np.full(len(curve), 0.2))
    assert figures.values["mean_activity"] == pytest.approx(0.2)
    assert figures.values["opening"] == pytest.approx(50)


def test_motion_has_mass(make_picture: MakeTracks) -> None:
    curve, _ = momentum(make_picture([100.0, 100.0], [0.0, 0.4]))
    assert curve.values[200] == pytest.approx(0.2, abs=0.02)
    assert curve.values[180] == pytest.approx(0.009, abs=0.005)


@pytest.mark.parametrize("lengths", [[0.04], [0.04] * 5, [3.0], [10.0]])
def test_short_films(make_picture: MakeTracks, lengths: list[float]) -> None:
    curve, figures = momentum(make_picture(lengths, [0.3] * len(lengths)))
    assert len(curve) == max(1, int(np.ceil(2 * sum(lengths) - 0.02)))
    if sum(lengths) < 8:
        assert figures.values["opening"] is None
        assert "8 s" in figures.why["opening"]
    else:
        assert figures.values["opening"] == pytest.approx(50)


def test_without_picture_the_figures_say_why() -> None:
    curve, figures = momentum({})
    assert len(curve) == 0
    assert set(figures.values.values()) == {None}
    assert set(figures.why) == set(figures.values)


def test_percentiles_count_equals_half() -> None:
    values = np.array([1.0, 2.0, 2.0, 3.0])
    assert percentile_of(values, 2.0) == 50
    assert percentile_of(values, 0.0) == 0
    assert percentile_of(values, 9.0) == 100
