"""Where curves turn, rise, rest and hold a level."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewatch.score.turns import climbs, flanks, levels, turning_points

curves = st.lists(st.floats(-10, 10, allow_nan=False), min_size=0, max_size=60).map(
    lambda values: np.array(values, dtype=np.float64)
)


@given(curves, st.floats(0.1, 5))
def test_between_turns_a_curve_never_turns_back(values: np.ndarray, reversal: float) -> None:
    points = turning_points(values, reversal)
    assert points == sorted(set(points))
    if len(values):
        assert (points[0], points[-1]) == (0, len(values) - 1)
    for a, b in itertools.pairwise(points):
        part = values[a : b + 1]
        up = (np.maximum.accumulate(part) - part).max()
        down = (part - np.minimum.accumulate(part)).max()
        assert min(up, down) < reversal or b == len(values) - 1 or a == 0


def test_flanks_are_cut_down_to_their_slopes() -> None:
    values = np.concatenate((np.zeros(20), np.linspace(0, 10, 21), np.full(20, 10.0), np.linspace(10, 0, 11)))
    assert flanks(values, 5, 2) == [(22, 38, 10.0), (62, 70, -10.0)]
    assert flanks(values, 11, 2) == []


def test_a_rise_is_cut_where_it_rests() -> None:
    values = np.concatenate((np.linspace(0, 5, 11), np.full(30, 5.0), np.linspace(5, 10, 11)))
    first, second = climbs(values, 10)
    assert first == (pytest.approx(0, abs=1), pytest.approx(10, abs=1))
    assert second == (pytest.approx(41, abs=1), 51)
    assert climbs(values, 40) == [(0, 51)]


def test_levels_have_hysteresis_and_a_least_length() -> None:
    values = np.array([0.0] * 10 + [1.05] * 10 + [1.3] * 10 + [0.95] * 10 + [2.5] * 2 + [0.95] * 10)
    runs = levels(values, np.array([1.0, 2.0]), 0.2, 4)
    assert [(a, b) for a, b, _ in runs] == [(0, 20), (20, 52)]
    assert [level for _, _, level in runs] == [0, 1]


@given(curves, st.integers(1, 12))
def test_levels_tile_the_curve(values: np.ndarray, shortest: int) -> None:
    runs = levels(values, np.array([-3.0, 0.0, 4.0]), 0.5, shortest)
    assert [a for a, _, _ in runs[1:]] == [b for _, b, _ in runs[:-1]]
    assert sum(b - a for a, b, _ in runs) == len(values)
    assert all(x[2] != y[2] for x, y in itertools.pairwise(runs))
    assert len(runs) == 1 or all(b - a >= shortest for a, b, _ in runs)
