"""The score of material where the answer is evident: the demo film's soundtrack, the labelled films."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rewatch.clock import FRAMES, Clock, FrameTimes
from rewatch.demo.soundtrack import soundtrack
from rewatch.demo.synth import RATE
from rewatch.demo.timeline import Timeline
from rewatch.demo.truth import Truth, truth_of
from rewatch.demo.variant import Variant
from rewatch.evidence import Samples
from rewatch.facts import FilmFacts, SoundFacts
from rewatch.score.articulation import Articulation
from rewatch.score.dynamics import Dynamics
from rewatch.score.pulse import Pulse
from rewatch.score.tempo import Tempo
from rewatch.sounds.loudness import Loudness
from rewatch.sounds.texture import Texture
from rewatch.structure.shots import Shots
from rewatch.track import Curve, Events, Spans, Track


@pytest.fixture(scope="module")
def truth() -> Truth:
    return truth_of(Timeline(Variant()))


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Track]:
    """Loudness and attacks of the demo film's soundtrack, pulse and dynamics out of them."""
    sound = soundtrack(1).T
    facts = SoundFacts(0, 0, "pcm", RATE, 1, "mono", True, None)
    film = FilmFacts("/demo", "0" * 32, "wav", 1, Fraction(len(sound), RATE), Fraction(0), None, facts)
    tracks: dict[str, Track] = {}
    for analyser in (Loudness(), Texture()):
        analyser.begin(film, tmp_path_factory.mktemp("scratch"))
        for first in range(0, len(sound), 10 * RATE):
            analyser.feed(Samples(first, Fraction(0), RATE, "mono", sound[first : first + 10 * RATE]))
        tracks |= analyser.finish({})
    for part in (Pulse(), Dynamics()):
        tracks |= part.finish({name: tracks[name] for name in part.needs if name in tracks})
    return tracks


def spans(tracks: dict[str, Track], name: str) -> list[tuple[str, float, float]]:
    found = tracks[name]
    assert isinstance(found, Spans)
    return list(zip(found.label, found.begin_seconds().tolist(), found.end_seconds().tolist(), strict=True))


def test_the_demo_films_heart_beats_and_only_its_heart_is_like_one(heard: dict[str, Track], truth: Truth) -> None:
    heart = truth.sound["heartbeat"]
    found = heard["pulse_stretches"]
    assert isinstance(found, Spans)
    like = [i for i, label in enumerate(found.label) if label == "like a heartbeat"]
    assert len(like) == 1
    assert np.asarray(found.columns["bpm"])[like[0]] == pytest.approx(heart["bpm"], rel=0.01)
    _, begin, end = spans(heard, "pulse_stretches")[like[0]]
    assert (begin, end) == (pytest.approx(heart["begin"], abs=2), pytest.approx(heart["end"], abs=2))


def test_every_pulse_of_the_demo_film_is_one_that_it_has(heard: dict[str, Track], truth: Truth) -> None:
    known = [(what["begin"], what["end"], what["bpm"]) for what in truth.sound.values() if "bpm" in what]
    found = heard["pulse_stretches"]
    assert isinstance(found, Spans)
    rates = np.asarray(found.columns["bpm"]).tolist()
    for (_, begin, end), rate in zip(spans(heard, "pulse_stretches"), rates, strict=True):
        over = [bpm for a, b, bpm in known if min(b, end) - max(a, begin) > 0.5 * (end - begin)]
        assert over, f"a pulse of {rate:.1f} at {begin:.1f} to {end:.1f} s"
        assert rate == pytest.approx(over[0], rel=0.01)
    for a, b, _ in known:
        assert any(min(b, end) > max(a, begin) for _, begin, end in spans(heard, "pulse_stretches"))


def test_the_storm_is_the_loudest_and_the_silence_a_rest(heard: dict[str, Track], truth: Truth) -> None:
    level = heard["dynamics"]
    assert isinstance(level, Curve)
    at = level.seconds()

    def within(name: str) -> float:
        what = truth.sound[name]
        return float(np.median(level.values[(at > what["begin"] + 1.5) & (at < what["end"] - 1)]))

    assert within("thunder_1") > within("heartbeat") + 5
    assert within("drums") > within("heartbeat")
    silence = truth.sound["silence"]
    rests = [(begin, end) for label, begin, end in spans(heard, "rests") if label == "silence"]
    assert (pytest.approx(silence["begin"], abs=0.3), pytest.approx(silence["end"], abs=0.3)) in rests


def tracks_of(doc: dict[str, Any]) -> dict[str, Track]:
    """frames, boundaries and shots of a film as it was labelled by eye."""
    count, rate = int(doc["frames"]), Fraction(doc["fps"]).limit_denominator(1001)
    rows = []
    for boundary in doc["boundaries"]:
        if boundary["kind"] != "ambiguous":
            first = boundary.get("frame", boundary.get("first"))
            rows.append((first, boundary.get("last", first) + 1, boundary["kind"]))
    rows.sort()
    times = FrameTimes.even(count, rate)
    ticks = np.diff(np.append(times.pts, times.end))
    tracks: dict[str, Track] = {
        "frames": Events("frames", times.pts, Clock(1 / times.time_base), {"duration": ticks}),
        "boundaries": Spans(
            "boundaries",
            np.array([a for a, _, _ in rows], dtype=np.int64),
            np.array([b for _, b, _ in rows], dtype=np.int64),
            [kind for _, _, kind in rows],
            FRAMES,
        ),
    }
    return tracks | dict(Shots().finish(tracks))


def labelled(folder: Path, name: str) -> dict[str, Track]:
    path = folder / f"{name}.shots.json"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    return tracks_of(json.loads(path.read_text(encoding="utf-8")))


def test_a_fight_against_a_talk(films: Path) -> None:
    """Agent 327: the fight is from 1:28 to 2:14, the talk before it from 0:26 to 1:20."""
    tracks = labelled(films, "agent327_480p")
    for name, given in (("articulation", Articulation().finish(tracks)), ("tempo", Tempo().finish(tracks))):
        curve = given[name]
        assert isinstance(curve, Curve)
        at = curve.seconds()
        fight, talk = curve.values[(at > 88) & (at < 134)], curve.values[(at > 26) & (at < 80)]
        assert fight.mean() > talk.mean() + (0.1 if name == "articulation" else 1.0)
        assert np.median(fight) > np.percentile(talk, 90)


@pytest.mark.parametrize(
    ("name", "count"),
    [("agent327_480p", 76), ("cosmos_clip_sdr", 10), ("nosferatu_clip", 10), ("sintel_excerpt_mpeg1", 8)],
)
def test_what_counts_as_a_shot_in_films_labelled_by_eye(films: Path, name: str, count: int) -> None:
    """As many shots as changes that count by the labels (records of one group are one) and one more."""
    assert len(labelled(films, name)["shots"]) == count
