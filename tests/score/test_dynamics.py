"""Dynamics on loudness whose dynamics are evident."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest

from rewatch.clock import FRAMES, Clock
from rewatch.score.dynamics import Dynamics, integrated
from rewatch.track import Curve, Events, Figures, Spans, Track

MakeTracks = Callable[..., dict[str, Track]]


def tracks_of(given: dict[str, Track]) -> dict[str, Track]:
    return dict(Dynamics().finish(given))


def spans(tracks: dict[str, Track], name: str) -> Spans:
    found = tracks[name]
    assert isinstance(found, Spans)
    return found


def talk(seconds: float, level: float = -24.0, seed: int = 1) -> npt.NDArray[np.float64]:
    """Momentary loudness of talk: phrases of 1 to 4 s about `level`, with pauses 15 to 30 LU below."""
    rng = np.random.default_rng(seed)
    parts: list[npt.NDArray[np.float64]] = []
    while sum(map(len, parts)) < seconds * 10:
        parts.append(level + rng.normal(0, 2.0, rng.integers(10, 40)))
        parts.append(np.full(rng.integers(3, 15), level - rng.uniform(15, 30)))
    return np.concatenate(parts)[: int(seconds * 10)]


def test_levels_are_told_by_the_films_own_loudness(make_sound: MakeTracks) -> None:
    steps = {"ppp": -25, "pp": -16, "p": -10, "mp": -4, "mf": 0, "f": 3, "ff": 7, "fff": 12}
    momentary = np.concatenate([np.full(200, -23.0 + lu) for lu in steps.values()])
    found = spans(tracks_of(make_sound(momentary, -23.0)), "dynamics_marks")
    assert list(found.label) == list(steps)
    assert found.begin_seconds() == pytest.approx(np.arange(8) * 20.0, abs=3.5)
    curve = tracks_of(make_sound(momentary - 10, -33.0))["dynamics"]
    assert isinstance(curve, Curve)
    assert curve.unit == "LU"
    assert curve.values[190] == pytest.approx(0, abs=0.01)


def test_marks_do_not_flicker(make_sound: MakeTracks) -> None:
    rng = np.random.default_rng(2)
    momentary = -25.0 + rng.normal(0, 0.4, 6000)
    found = spans(tracks_of(make_sound(momentary, -23.0)), "dynamics_marks")
    assert len(found) <= 2


def test_a_storm_coming_nearer_is_a_crescendo(make_sound: MakeTracks) -> None:
    rng = np.random.default_rng(3)
    ramp = np.concatenate((np.full(200, -35.0), np.linspace(-35, -15, 150), np.full(200, -15.0)))
    found = spans(tracks_of(make_sound(ramp + rng.normal(0, 1, len(ramp)), -23.0)), "hairpins")
    assert list(found.label) == ["crescendo"]
    assert found.begin_seconds()[0] == pytest.approx(20, abs=3)
    assert found.end_seconds()[0] == pytest.approx(35, abs=3)
    change = np.asarray(found.columns["change"])[0]
    assert change == pytest.approx(0.8 * 20, abs=2)
    assert change == np.asarray(found.columns["to"])[0] - np.asarray(found.columns["from"])[0]
    back = spans(tracks_of(make_sound(ramp[::-1].copy(), -23.0)), "hairpins")
    assert list(back.label) == ["diminuendo"]


def test_a_fade_to_silence_is_a_diminuendo(make_sound: MakeTracks) -> None:
    ramp = np.concatenate((np.full(300, -22.0), np.linspace(-22, -70, 60), np.full(200, -70.0)))
    found = spans(tracks_of(make_sound(ramp, -22.5)), "hairpins")
    assert list(found.label) == ["diminuendo"]


def test_what_rests_on_the_way_is_no_one_crescendo(make_sound: MakeTracks) -> None:
    parts = (np.linspace(-40, -30, 80), np.full(200, -30.0), np.linspace(-30, -20, 80), np.full(200, -20.0))
    found = spans(tracks_of(make_sound(np.concatenate(parts), -23.0)), "hairpins")
    assert list(found.label) == ["crescendo", "crescendo"]
    assert found.begin_seconds() == pytest.approx([0, 28], abs=3)
    assert found.end_seconds() == pytest.approx([8, 36], abs=3)


def test_a_door_that_opens_on_a_party_is_no_crescendo(make_sound: MakeTracks) -> None:
    step = np.concatenate((np.full(300, -40.0), np.full(300, -18.0), np.full(300, -40.0)))
    assert len(spans(tracks_of(make_sound(step, -23.0)), "hairpins")) == 0


def test_talk_has_no_hairpins_and_no_sforzandi(make_sound: MakeTracks) -> None:
    momentary = talk(600)
    found = tracks_of(make_sound(momentary))
    assert len(spans(found, "hairpins")) <= 1
    assert len(found["sforzandi"]) == 0


def test_a_bang_in_a_quiet_scene_is_a_sforzando_at_its_attack(make_sound: MakeTracks) -> None:
    momentary = np.full(600, -34.0)
    momentary[:200] = -23.0
    momentary[400:420] = np.linspace(-12, -34, 20)
    found = tracks_of(make_sound(momentary, -23.0, onsets=[5.0, 40.02, 50.0]))["sforzandi"]
    assert isinstance(found, Events)
    assert found.seconds() == pytest.approx([40.02])
    assert np.asarray(found.columns["rise"])[0] == pytest.approx(22, abs=0.1)
    assert np.asarray(found.columns["level"])[0] == pytest.approx(11, abs=0.1)


def test_a_bang_is_found_without_onsets_and_only_once(make_sound: MakeTracks) -> None:
    momentary = np.full(600, -30.0)
    momentary[400:440] = -12.0
    found = tracks_of(make_sound(momentary, -23.0))["sforzandi"]
    assert isinstance(found, Events)
    assert found.seconds() == pytest.approx([40.0], abs=0.2)


def test_gunfire_startles_once(make_sound: MakeTracks) -> None:
    momentary = np.full(600, -30.0)
    momentary[300:400:8] = -12.0
    assert len(tracks_of(make_sound(momentary, -23.0))["sforzandi"]) == 1


def test_rests_are_silence_and_black(make_picture: MakeTracks, make_sound: MakeTracks) -> None:
    given = make_picture([10.0, 10.0]) | make_sound(np.full(200, -23.0))
    clock = Clock(Fraction(100))
    given["silence"] = Spans("silence", np.array([200, 900]), np.array([230, 1000]), ["silence"] * 2, clock)
    given["black"] = Spans("black", np.array([0, 216]), np.array([24, 264]), ["black"] * 2, FRAMES)
    found = spans(tracks_of(given), "rests")
    assert list(found.label) == ["black", "silence", "black"]
    assert found.begin_seconds() == pytest.approx([0, 9, 9])
    assert found.end_seconds() == pytest.approx([1, 10, 11])


def test_silence_throughout_is_told_not_measured(make_sound: MakeTracks) -> None:
    given = tracks_of(make_sound(np.full(600, -70.0)))
    assert len(given["dynamics"]) == len(given["dynamics_marks"]) == len(given["sforzandi"]) == 0
    figures = given["dynamics_figures"]
    assert isinstance(figures, Figures)
    assert set(figures.values.values()) == {None}
    assert set(figures.why) == set(figures.values)


def test_a_silent_film_rests_only_where_it_is_black(make_picture: MakeTracks) -> None:
    given = make_picture([10.0])
    given["black"] = Spans("black", np.array([0]), np.array([48]), ["black"], FRAMES)
    found = tracks_of(given)
    assert list(spans(found, "rests").label) == ["black"]
    figures = found["dynamics_figures"]
    assert isinstance(figures, Figures)
    assert figures.why["loud_share"] == "the film has no sound"


def test_a_film_of_ten_seconds_and_of_one_value(make_sound: MakeTracks) -> None:
    assert len(tracks_of(make_sound(np.full(100, -20.0)))["dynamics"]) == 20
    assert len(tracks_of(make_sound(np.full(1, -20.0)))["dynamics"]) == 1


def test_integrated_loudness_is_gated() -> None:
    assert integrated(np.full(100, -70.0)) is None
    assert integrated(np.full(100, -23.0)) == pytest.approx(-23.0)
    # EBU Tech 3341 case 3: the quiet parts lie below the relative gate and count for nothing.
    three = np.concatenate((np.full(100, -36.0), np.full(600, -23.0), np.full(100, -36.0)))
    assert integrated(three) == pytest.approx(-23.0)
