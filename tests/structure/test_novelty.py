"""Novelty is Foote's checkerboard, computed without its matrix; the grid under it averages exactly."""

import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest
from scipy.signal import find_peaks

from rewatch.structure.evenly import RATE, edges_of, means, relative, share
from rewatch.structure.novelty import checkerboard, novelty_of, peaks, prominences, scales, summits
from rewatch.structure.portrait import portrait
from rewatch.track import Curve, Spans, Track

Makes = Callable[..., dict[str, Track]]


def foote(rows: np.ndarray, reach: int) -> np.ndarray:
    """As published: the similarity matrix, a checkerboard with a Gaussian taper slid along its diagonal."""
    place = np.arange(-reach, reach) + 0.5
    taper = np.exp(-0.5 * (place / (reach / 2)) ** 2)
    sign = np.sign(place)
    kernel = np.outer(sign * taper, sign * taper) / taper[reach:].sum() ** 2
    matrix = -((rows[:, None] - rows[None]) ** 2).sum(axis=2) / 2
    edges = range(reach, len(rows) - reach + 1)
    return np.array([(kernel * matrix[i - reach : i + reach, i - reach : i + reach]).sum() for i in edges])


@pytest.mark.parametrize("reach", [2, 5, 12])
def test_equals_the_checkerboard_on_the_self_similarity(reach: int) -> None:
    rows = np.random.default_rng(3).normal(size=(80, 4))
    rows[40:] += 1.5
    ours = checkerboard(rows, reach / RATE)[reach : len(rows) - reach + 1]
    np.testing.assert_allclose(ours, foote(rows, reach), atol=1e-9)


@pytest.mark.parametrize("seconds", [4.0, 30.0, 120.0])
def test_a_turn_is_found_where_it_is(seconds: float) -> None:
    rows = np.random.default_rng(3).normal(size=(2000, 6))
    rows[1130:] += 1.0
    assert abs(int(np.argmax(checkerboard(rows, seconds))) - 1130) <= max(2, seconds * RATE / 20)


def test_memory_does_not_grow_with_the_square_of_the_film() -> None:
    rows = np.random.default_rng(3).normal(size=(21600, 4))
    tracemalloc.start()
    checkerboard(rows, 30.0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30 * rows.nbytes


def test_nothing_is_said_of_what_does_not_vary_and_of_films_of_no_length() -> None:
    assert not checkerboard(np.ones((50, 3)), 5.0).round(9).any()
    assert len(checkerboard(np.zeros((0, 3)), 5.0)) == 1
    assert novelty_of({}, 100.0).shape == (0, 3)
    assert scales(7200) == (8.0, 30.0, 120.0)


def test_peaks_are_the_most_prominent_and_stand_apart() -> None:
    curve = np.zeros(100)
    curve[[20, 24, 50, 80]] = [5, 4, 1, 3]
    assert peaks(curve, 10, 9, 0.1).tolist() == [20, 50, 80]
    assert peaks(curve, 10, 2, 0.1).tolist() == [20, 80]
    assert peaks(curve, 10, 9, 0.5).tolist() == [20, 80]
    assert peaks(np.ones(100), 10, 9, 0.1).tolist() == []


def test_each_group_weighs_the_same(make_film: Makes) -> None:
    tracks = make_film([5] * 12, [1, 7] * 6, luma=[0.2, 0.7] * 6, level=[-20.0, -30.0] * 6)
    for group in portrait(tracks, 60.0).values():
        assert group.scaled.var(axis=0).sum() == pytest.approx(1.0)


def test_activity_at_cuts_is_no_motion(make_film: Makes) -> None:
    tracks = make_film([5] * 12, [1, 7] * 6, moving=[0.1, 0.11] * 6)
    activity, boundaries = tracks["activity"], tracks["boundaries"]
    assert isinstance(activity, Curve)
    assert isinstance(boundaries, Spans)
    values = activity.values.copy()
    values[boundaries.begin] = 1.9
    leaping = {**tracks, "activity": Curve("activity", values, activity.clock, "1 - r")}
    calm, leapt = (portrait(t, 60.0)["motion"].values for t in (tracks, leaping))
    np.testing.assert_allclose(calm, leapt)


def test_means_are_exact() -> None:
    at = edges_of(2.0)
    found, covered = means(at, np.array([0.25, 1.0]), np.array([0.75, 1.2]), np.array([[4.0], [8.0]]))
    assert found[:, 0].tolist() == [4.0, 4.0, 8.0, 0.0]
    np.testing.assert_allclose(covered, [0.5, 0.5, 0.4, 0.0])
    np.testing.assert_allclose(share(at, np.array([0.0, 0.25]), np.array([0.5, 1.0])), [1.0, 1.0, 0.0, 0.0])


def test_relative_to_the_films_own_median_and_spread() -> None:
    values = np.random.default_rng(1).normal(10, 3, size=(4000, 1))
    values[0] = 1e6
    scaled = relative(values, np.ones(4000, dtype=bool))
    assert scaled.max() == 4.0
    assert abs(np.median(scaled)) < 1e-9
    assert scaled.std() == pytest.approx(1.0, abs=0.05)


def test_summits_and_prominences_are_scipys() -> None:
    random = np.random.default_rng(5)
    for curve in (random.normal(size=500).cumsum(), random.integers(0, 6, 400).astype(float), np.ones(9), np.zeros(0)):
        found, about = find_peaks(curve, prominence=0)
        assert summits(curve).tolist() == found.tolist()
        assert np.allclose(prominences(curve, found), about["prominences"])
