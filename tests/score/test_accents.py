"""Accents: cuts that keep with the sound are told from cuts that do not."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest

from rewatch.clock import Clock
from rewatch.score.accents import Accents, nearest
from rewatch.score.pulse import Pulse
from rewatch.track import Events, Figures, Track

MakeTracks = Callable[..., dict[str, Track]]
Array = npt.NDArray[np.float64]


def onsets(at: Array) -> Events:
    return Events(
        "onsets", np.rint(np.sort(at) * 1000).astype(np.int64), Clock(Fraction(1000)), {"strength": np.ones(len(at))}
    )


def accents(tracks: dict[str, Track]) -> tuple[Events, Figures]:
    given = Accents().finish(tracks)
    events, figures = given["accents"], given["accents_figures"]
    assert isinstance(events, Events)
    assert isinstance(figures, Figures)
    return events, figures


def cuts(lengths: Array) -> Array:
    return np.round(np.cumsum(np.round(lengths * 24))[:-1]) / 24


def test_cuts_on_attacks_are_far_above_chance(make_picture: MakeTracks) -> None:
    rng = np.random.default_rng(1)
    lengths = rng.lognormal(1, 0.6, 200)
    on = cuts(lengths)[::2] + rng.normal(0, 0.01, 100)
    others = rng.uniform(0, lengths.sum(), 300)
    events, figures = accents(make_picture(lengths) | {"onsets": onsets(np.concatenate((on, others)))})
    share, chance = figures.values["cuts_on_attacks"], figures.values["cuts_on_attacks_chance"]
    assert share is not None
    assert chance is not None
    assert share == pytest.approx(53, abs=4)
    assert chance == pytest.approx(100 * (1 - np.exp(-400 / lengths.sum() * 0.12)), abs=2)
    assert figures.values["cuts_on_attacks_p"] == pytest.approx(1 / 500)
    assert len(events) == round(share * 199 / 100)
    assert np.abs(np.asarray(events.columns["offset"])).max() <= 0.06


def test_cuts_and_attacks_apart_are_not(make_picture: MakeTracks) -> None:
    probabilities = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        lengths = rng.lognormal(1, 0.6, 150)
        _, figures = accents(make_picture(lengths) | {"onsets": onsets(rng.uniform(0, lengths.sum(), 800))})
        probability = figures.values["cuts_on_attacks_p"]
        assert probability is not None
        probabilities.append(probability)
    assert min(probabilities) > 0.002
    assert 0.3 < float(np.mean(probabilities)) < 0.7


def test_cuts_on_the_beat(make_picture: MakeTracks) -> None:
    rng = np.random.default_rng(2)
    beats = np.arange(0, 120, 0.5)
    lengths = rng.integers(2, 9, 40) * 0.5
    tracks = make_picture(lengths) | {"onsets": onsets(beats)}
    _, figures = accents(tracks | dict(Pulse().finish(tracks)))
    assert figures.values["cuts_on_beat"] == pytest.approx(100)
    assert figures.values["cuts_on_beat_chance"] == pytest.approx(20, abs=2)
    assert figures.values["cuts_on_beat_p"] == pytest.approx(0.2**39, rel=0.5)


def test_cuts_off_the_beat(make_picture: MakeTracks) -> None:
    rng = np.random.default_rng(3)
    lengths = rng.lognormal(0.5, 0.5, 60)
    tracks = make_picture(lengths) | {"onsets": onsets(np.arange(0, lengths.sum(), 0.5))}
    _, figures = accents(tracks | dict(Pulse().finish(tracks)))
    probability = figures.values["cuts_on_beat_p"]
    assert probability is not None
    assert probability > 0.02


def test_what_cannot_be_told_has_a_reason(make_picture: MakeTracks) -> None:
    some = onsets(np.arange(10.0))
    cases: list[tuple[dict[str, Track], str]] = [
        ({}, "no picture"),
        (make_picture([10.0] * 20), "no sound"),
        (make_picture([10.0] * 20) | {"onsets": onsets(np.zeros(0))}, "no attacks"),
        (make_picture([10.0]) | {"onsets": some}, "fewer than 10 cuts"),
    ]
    for tracks, reason in cases:
        _, figures = accents(tracks)
        assert set(figures.values.values()) == {None}
        assert all(reason in figures.why[name] for name in figures.values)


def test_without_a_pulse_only_the_beat_is_left_out(make_picture: MakeTracks) -> None:
    rng = np.random.default_rng(4)
    tracks = make_picture(rng.lognormal(1, 0.5, 40)) | {"onsets": onsets(rng.uniform(0, 100, 90))}
    _, figures = accents(tracks | dict(Pulse().finish(tracks)))
    assert figures.values["cuts_on_attacks"] is not None
    assert figures.values["cuts_on_beat"] is None
    assert "steady pulse" in figures.why["cuts_on_beat"]


def test_dissolves_are_no_accents(make_picture: MakeTracks) -> None:
    events, _ = accents(
        make_picture([5.0] * 3, None, ["", "dissolve", "cut"]) | {"onsets": onsets(np.array([5.0, 10.0]))}
    )
    assert np.asarray(events.columns["shot"]).tolist() == [2]


def test_the_nearest_attack() -> None:
    assert nearest(np.array([1.0, 2.0, 4.0]), np.array([0.0, 1.4, 1.6, 3.5, 9.0])).tolist() == [0, 0, 1, 2, 2]
    assert nearest(np.array([3.0]), np.array([0.0, 9.0])).tolist() == [0, 0]
