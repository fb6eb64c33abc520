"""Articulation where the answer is evident."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest

from rewatch.clock import Clock
from rewatch.score.articulation import Articulation, editing, joins, staccato_of_lengths
from rewatch.track import Curve, Events, Spans, Track

MakeTracks = Callable[..., dict[str, Track]]
MILLI = Fraction(1000)
Array = npt.NDArray[np.float64]


def articulated(tracks: dict[str, Track]) -> tuple[Curve, Spans, Spans]:
    given = Articulation().finish(tracks)
    curve, shots, cut = given["articulation"], given["articulation_shots"], given["editing"]
    assert isinstance(curve, Curve)
    assert isinstance(shots, Spans)
    assert isinstance(cut, Spans)
    return curve, shots, cut


def numbers(shots: Spans) -> Array:
    return np.asarray(shots.columns["staccato"], dtype=np.float64)


def jerky(frames: int, seed: int) -> Array:
    """Activity that starts and stops every 5 to 9 frames."""
    lengths = np.random.default_rng(seed).integers(5, 10, frames // 5 + 1)
    return np.repeat(np.where(np.arange(len(lengths)) % 2, 0.02, 0.5), lengths)[:frames]


def test_a_fight_is_staccato_and_a_slow_scene_under_dissolves_is_legato(make_picture: MakeTracks) -> None:
    lengths = [8.0] * 8 + [1.0] * 40 + [8.0] * 8
    kinds = ["", *["dissolve"] * 7, *["cut"] * 41, *["dissolve"] * 7]
    activity = np.concatenate((np.full(64 * 24, 0.1), jerky(40 * 24, 1), np.full(64 * 24, 0.1)))
    tracks = make_picture(lengths, activity, kinds)
    rng = np.random.default_rng(4)
    at = np.sort(np.concatenate((rng.uniform(0, 168, 40), rng.uniform(64, 104, 200))))
    tracks["onsets"] = Events("onsets", (at * 1000).astype(np.int64), Clock(MILLI), {"strength": np.ones(240)})
    curve, shots, _ = articulated(tracks)
    assert set(shots.label[10:46]) == {"staccato"}
    assert set(shots.label[:7]) | set(shots.label[49:]) == {"legato"}
    seconds = curve.seconds()
    assert curve.values[(seconds > 70) & (seconds < 98)].min() > 0.6
    assert curve.values[seconds < 56].max() < 0.4


def test_a_dialogue_cut_to_and_fro_lies_between(make_picture: MakeTracks) -> None:
    rng = np.random.default_rng(2)
    _, shots, _ = articulated(make_picture(rng.lognormal(np.log(4), 0.3, 60)))
    assert list(shots.label).count("portato") > 30
    assert 0.42 < numbers(shots).mean() < 0.58


def test_a_dissolve_slurs(make_picture: MakeTracks) -> None:
    cut = numbers(articulated(make_picture([4.0] * 5))[1])
    slurred = numbers(articulated(make_picture([4.0] * 5, None, ["", "cut", "dissolve", "cut", "cut"]))[1])
    assert slurred[1] < cut[1]
    assert slurred[2] < cut[2]
    assert slurred[4] == pytest.approx(cut[4])


def test_quick_dissolves_slur_less() -> None:
    quick, slow = (joins(["", "dissolve"], np.array([0.0, seconds])) for seconds in (0.2, 1.0))
    assert quick.tolist() == pytest.approx([0.36, 0.36])
    assert slow.tolist() == [0.0, 0.0]


def test_shortness_is_told_against_neighbours_film_and_all_films() -> None:
    assert staccato_of_lengths(np.full(9, 5.0)) == pytest.approx(0.5)
    assert staccato_of_lengths(np.full(9, 1.0))[0] > 0.6
    assert staccato_of_lengths(np.full(1, 600.0))[0] < 0.2
    among_long = staccato_of_lengths(np.concatenate((np.full(40, 10.0), [3.0], np.full(40, 10.0))))[40]
    among_short = staccato_of_lengths(np.concatenate((np.full(40, 10.0), np.full(41, 3.0), np.full(40, 10.0))))[60]
    assert among_long > among_short > 0.5


def test_motion_is_none_fluid_or_staccato(make_picture: MakeTracks) -> None:
    drift = 0.1 + 0.02 * np.sin(np.arange(96) / 20)
    activity = np.concatenate((np.full(96, 0.002), drift, jerky(96, 3), np.full(12, 0.2)))
    _, shots, _ = articulated(make_picture([4.0, 4.0, 4.0, 0.5], activity))
    assert list(shots.columns["motion"]) == ["none", "fluid", "staccato", ""]


@pytest.mark.parametrize(
    ("lengths", "label"),
    [
        ([1.0, 1.05, 0.95, 1.0, 1.1, 1.0, 0.9, 1.0, 1.0], "metric"),
        (list(np.geomspace(6, 1, 10)), "accelerated"),
        (list(np.geomspace(1, 6, 10)), "decelerated"),
    ],
)
def test_editing_is_metric_accelerated_or_decelerated(lengths: list[float], label: str) -> None:
    rng = np.random.default_rng(8)
    free = list(rng.lognormal(1, 0.8, 30))
    every = np.array(free + lengths + free)
    end = np.cumsum(every)
    found = editing(end - every, end)
    assert label in found.label
    at = list(found.label).index(label)
    assert found.begin_seconds()[at] <= sum(free) + sum(lengths) / 2 <= found.end_seconds()[at]
    assert found.begin[0] == 0
    assert (found.begin[1:] == found.end[:-1]).all()
    assert int(np.asarray(found.columns["shots"]).sum()) == len(every)


def test_lengths_that_fall_anyhow_are_free() -> None:
    rng = np.random.default_rng(9)
    lengths = rng.lognormal(1, 0.8, 2000)
    end = np.cumsum(lengths)
    found = editing(end - lengths, end)
    share = np.asarray(found.columns["shots"])[np.array([label != "free" for label in found.label])].sum() / 2000
    assert share < 0.05


@pytest.mark.parametrize("lengths", [[10.0], [0.04], [0.04, 0.04, 3.0]])
def test_films_of_hardly_any_shots(make_picture: MakeTracks, lengths: list[float]) -> None:
    curve, shots, cut = articulated(make_picture(lengths, [0.0] * len(lengths)))
    assert len(shots) == len(lengths)
    assert len(curve) >= 1
    assert list(cut.label) == ["free"]
    assert ((curve.values >= 0) & (curve.values <= 1)).all()


def test_without_picture_all_is_empty() -> None:
    assert [len(track) for track in articulated({})] == [0, 0, 0]


def test_a_film_known_by_its_shot_list_is_articulated_too() -> None:
    shots = Spans("shots", np.array([0, 4000]), np.array([4000, 5000]), ["", "cut"], Clock(MILLI))
    _, found, _ = articulated({"shots": shots})
    assert found.clock == shots.clock
    assert numbers(found)[1] > numbers(found)[0]
    assert list(found.columns["motion"]) == ["", ""]
