"""Every analyser of the score, and of words and structure, on films that lack something; and how long they take."""

import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from rewatch.analyser import Analyser
from rewatch.clock import Clock
from rewatch.score import registry as score
from rewatch.structure import registry as structure
from rewatch.track import Curve, Events, Figures, Spans, Track
from rewatch.words import registry as words

MakeTracks = Callable[..., dict[str, Track]]
ALL = (*words.ANALYSERS, *structure.ANALYSERS, *score.ANALYSERS)


def as_declared(analyser: type[Analyser[Any]], given: dict[str, Track]) -> None:
    kinds = {"curve": Curve, "events": Events, "spans": Spans, "figures": Figures}
    assert set(given) == {gives.name for gives in analyser.gives}
    for gives in analyser.gives:
        track = given[gives.name]
        assert isinstance(track, kinds[gives.kind])
        assert track.name == gives.name
        if not isinstance(track, Figures):
            assert track.unit == gives.unit
            assert tuple(track.columns) == gives.columns or gives.name in ("lines",)


@pytest.mark.parametrize("lacking", ["nothing", "sound", "picture", "everything", "cuts", "noise"])
def test_films_that_lack_something(make_picture: MakeTracks, make_sound: MakeTracks, lacking: str) -> None:
    lengths = [30.0] if lacking == "cuts" else [2.0] * 15
    tracks: dict[str, Track] = {}
    if lacking not in ("picture", "everything"):
        tracks |= make_picture(lengths, [0.1] * len(lengths))
    if lacking not in ("sound", "everything"):
        loud = np.full(300, -70.0 if lacking == "noise" else -23.0)
        tracks |= make_sound(loud, None, [] if lacking == "noise" else np.arange(0.5, 30, 0.5))
    for analyser in ALL:
        made = dict(analyser().finish({name: tracks[name] for name in analyser.needs if name in tracks}))
        as_declared(analyser, made)
        for track in made.values():
            if isinstance(track, Figures):
                assert {name for name, value in track.values.items() if value is None} <= set(track.why)
        tracks |= made


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ([0, 1000, 1000, 4000], [1000, 1000, 4000, 9000]),
        ([0, 2000, 9000], [1000, 5000, 9500]),
        ([0, 1000, 1500, 8000], [1200, 8000, 8000, 9000]),
        ([5000, 5000], [5000, 5000]),
    ],
    ids=["of no length", "gaps", "overlaps", "nothing but no length"],
)
def test_shot_lists_of_films_without_a_file(make_sound: MakeTracks, begin: list[int], end: list[int]) -> None:
    label = [""] * len(begin)
    tracks: dict[str, Track] = {"shots": Spans("shots", np.array(begin), np.array(end), label, Clock(Fraction(1000)))}
    tracks |= make_sound(np.full(100, -23.0), None, [1.0, 2.0, 9.0])
    for analyser in score.ANALYSERS:
        made = dict(analyser().finish({name: tracks[name] for name in analyser.needs if name in tracks}))
        as_declared(analyser, made)
        tracks |= made


def test_names_are_given_once() -> None:
    tracks = [gives.name for analyser in ALL for gives in analyser.gives]
    assert len(tracks) == len(set(tracks))
    figures = [figure.name for package in (words, structure, score) for figure in package.FIGURES]
    assert len(figures) == len(set(figures))


def test_the_score_of_three_hours_and_three_thousand_shots_takes_less_than_five_seconds(
    make_picture: MakeTracks, make_sound: MakeTracks
) -> None:
    rng = np.random.default_rng(1)
    seconds = 3 * 3600
    lengths = rng.lognormal(0.9, 0.8, 3000)
    lengths *= seconds / lengths.sum()
    frames = int(np.maximum(1, np.rint(lengths * 24)).sum())
    tracks = make_picture(lengths, np.abs(rng.normal(0.05, 0.03, frames)))
    tracks |= make_sound(-25 + rng.normal(0, 6, seconds * 10), -24.0, np.sort(rng.uniform(0, seconds, 3 * seconds)))
    began = time.process_time()
    for analyser in score.ANALYSERS:
        tracks |= analyser().finish({name: tracks[name] for name in analyser.needs if name in tracks})
    assert time.process_time() - began < 5
