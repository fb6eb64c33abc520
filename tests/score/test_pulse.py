"""Pulse: known rates are found, and nothing is found in what does not beat."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest

from rewatch.clock import Clock
from rewatch.score.pulse import Pulse
from rewatch.score.tempogram import sharpen, tempogram
from rewatch.track import Curve, Events, Spans, Track

MakeTracks = Callable[..., dict[str, Track]]
Array = npt.NDArray[np.float64]


def pulse(at: Array, strengths: Array | None = None, picture: dict[str, Track] | None = None) -> dict[str, Track]:
    order = np.argsort(at)
    weights = np.ones(len(at)) if strengths is None else strengths
    ticks = np.rint(at[order] * 1000).astype(np.int64)
    onsets = Events("onsets", ticks, Clock(Fraction(1000)), {"strength": weights[order]})
    return dict(Pulse().finish({"onsets": onsets} | (picture or {})))


def steady(tracks: dict[str, Track], of: str = "sound") -> list[tuple[float, float, float, str]]:
    """(begin, end, rate, label) of each steady pulse."""
    found = tracks["pulse_stretches"]
    assert isinstance(found, Spans)
    rows = zip(found.begin_seconds(), found.end_seconds(), np.asarray(found.columns["bpm"]), found.label, strict=True)
    return [
        (float(a), float(b), float(rate), label)
        for (a, b, rate, label), source in zip(rows, found.columns["of"], strict=True)
        if source == of
    ]


def noise(rng: np.random.Generator, seconds: float, rate: float) -> tuple[Array, Array]:
    count = int(seconds * rate)
    return rng.uniform(0, seconds, count), rng.lognormal(-0.5, 0.7, count)


def speech(rng: np.random.Generator, seconds: float) -> Array:
    """Syllables about five a second in phrases of 4 to 15, with pauses between."""
    at, out = 0.0, []
    while at < seconds:
        for _ in range(int(rng.integers(4, 16))):
            out.append(at)
            at += max(0.08, rng.normal(0.21, 0.07))
        at += rng.uniform(0.3, 1.5)
    return np.array(out)


@pytest.mark.parametrize("rate", [41, 60, 72, 97, 120, 150, 178])
def test_clicks_at_a_known_rate_among_as_many_that_fall_anyhow(rate: float) -> None:
    rng = np.random.default_rng(int(rate))
    beats = np.arange(20, 60, 60 / rate) + rng.normal(0, 0.008, len(np.arange(20, 60, 60 / rate)))
    others, strengths = noise(rng, 90, rate / 60)
    found = steady(pulse(np.concatenate((beats, others)), np.concatenate((np.ones(len(beats)), strengths))))
    assert found
    for _, _, bpm, _ in found:
        assert bpm == pytest.approx(rate, rel=0.01)
    covered = sum(min(b, 60) - max(a, 20) for a, b, _, _ in found)
    assert covered > 25


@pytest.mark.parametrize("rate", [80, 90, 100, 128, 170])
def test_a_drum_kit_beats_at_its_beat_not_at_its_hats(rate: float) -> None:
    rng = np.random.default_rng(1)
    period = 60 / rate
    beat = np.arange(0, 60, period)
    at = np.concatenate((beat, beat + period / 2)) + rng.normal(0, 0.005, 2 * len(beat))
    strong = np.concatenate((np.where(np.arange(len(beat)) % 2, 0.8, 1.0), np.full(len(beat), 0.35)))
    found = steady(pulse(np.abs(at), strong))
    assert len(found) == 1
    assert found[0][2] == pytest.approx(rate, rel=0.01)
    assert found[0][3] == "steady"


@pytest.mark.parametrize("rate", [62, 68, 75, 86])
def test_cymbals_between_slow_beats_make_no_beat_of_half_the_length(rate: float) -> None:
    """Drum 1.0, snare 2.0, and cymbals of 0.8 between them: what an attack of each comes to under speech."""
    rng = np.random.default_rng(3)
    beat = np.arange(0, 60, 60 / rate)
    at = np.concatenate((beat, beat + 30 / rate)) + rng.normal(0, 0.005, 2 * len(beat))
    strong = np.concatenate((np.where(np.arange(len(beat)) % 2, 2.0, 1.0), np.full(len(beat), 0.6)))
    grain, weak = noise(rng, 60, 2)
    found = steady(pulse(np.abs(np.concatenate((at, grain))), np.concatenate((strong, 0.2 * weak))))
    assert found
    assert all(bpm == pytest.approx(rate, rel=0.01) for _, _, bpm, _ in found)
    assert sum(b - a for a, b, _, _ in found) > 40


def test_a_snare_does_not_outweigh_the_drum_between_its_blows() -> None:
    beat = np.arange(0, 60, 60 / 92)
    at = np.concatenate((beat, beat + 30 / 92))
    strong = np.concatenate((np.where(np.arange(len(beat)) % 2, 4.5, 1.5), np.full(len(beat), 1.6)))
    found = steady(pulse(at, strong))
    assert [round(bpm) for _, _, bpm, _ in found] == [92]


def test_what_is_low_makes_a_stroke_stronger() -> None:
    """Of 150 equal attacks a minute every other is a drum: then the drum beats, at 75; not where the low is noise's."""
    at = np.arange(0, 60, 0.4)
    onsets = Events(
        "onsets", np.rint(at * 1000).astype(np.int64), Clock(Fraction(1000)), {"strength": np.ones(len(at))}
    )
    late = np.rint(at[::2] * 1000 + 20).astype(np.int64)

    def rates(strength: float) -> list[int]:
        low = Events("low_onsets", late, Clock(Fraction(1000)), {"strength": np.full(len(late), strength)})
        return [round(bpm) for _, _, bpm, _ in steady(dict(Pulse().finish({"onsets": onsets, "low_onsets": low})))]

    assert rates(24.0) == [75]
    assert rates(3.5) == [150]


@pytest.mark.parametrize("rate", [50, 72, 110])
def test_lub_dub_is_one_beat_and_like_a_heartbeat(rate: float) -> None:
    rng = np.random.default_rng(3)
    lub = np.arange(40, 56, 60 / rate)
    at = np.concatenate((lub, lub + 0.36 * 60 / rate))
    at += rng.normal(0, 0.006, len(at))
    strong = np.concatenate((np.full(len(lub), 1.0), np.full(len(lub), 0.7)))
    others, strengths = noise(rng, 100, 0.5)
    found = steady(pulse(np.concatenate((at, others)), np.concatenate((strong, strengths))))
    assert len(found) == 1
    begin, end, bpm, label = found[0]
    assert bpm == pytest.approx(rate, rel=0.01)
    assert label == "like a heartbeat"
    assert begin == pytest.approx(40, abs=2.5)
    assert end == pytest.approx(56, abs=2.5)


@pytest.mark.parametrize("rate", [0.3, 1.0, 3.0, 8.0, 12.0])
def test_rain_does_not_beat(rate: float) -> None:
    at, strengths = noise(np.random.default_rng(int(10 * rate)), 1800, rate)
    assert steady(pulse(at, strengths)) == []


def test_talk_does_not_beat() -> None:
    rng = np.random.default_rng(6)
    at = speech(rng, 1800)
    assert steady(pulse(at, rng.lognormal(0, 0.6, len(at)))) == []


def test_feet_out_of_step_do_not_beat() -> None:
    rng = np.random.default_rng(7)
    at = np.cumsum(np.maximum(0.2, rng.normal(0.5, 0.1, 5000)))
    assert steady(pulse(at)) == []


def test_a_pulse_with_beats_missing_and_a_tempo_that_breathes() -> None:
    rng = np.random.default_rng(2)
    at = np.cumsum(60 / (100 + 3 * np.sin(np.arange(400) / 20)))
    kept = at[rng.uniform(size=400) > 0.15]
    found = steady(pulse(kept))
    assert sum(b - a for a, b, _, _ in found) > 0.8 * at[-1]
    for _, _, bpm, _ in found:
        assert bpm == pytest.approx(100, rel=0.03)


def test_a_pulse_that_misses_three_beats_in_its_middle_is_one_pulse() -> None:
    at = np.arange(5, 65, 0.6)
    found = steady(pulse(at[(at < 33) | (at > 34.9)]))
    assert len(found) == 1
    assert found[0][:3] == (pytest.approx(5), pytest.approx(65, abs=0.7), pytest.approx(100, rel=0.001))


def test_beats_lie_on_the_strokes() -> None:
    tracks = pulse(np.arange(5, 35, 0.5))
    beats = tracks["beats"]
    assert isinstance(beats, Events)
    assert beats.seconds() == pytest.approx(np.arange(5, 35, 0.5), abs=0.002)
    assert np.asarray(beats.columns["stretch"]).tolist() == [0] * 60


def test_metric_cutting_has_a_pulse_and_free_cutting_has_none(make_picture: MakeTracks) -> None:
    rng = np.random.default_rng(5)
    free = list(rng.lognormal(0.7, 0.7, 60))
    metric = [0.75] * 40
    found = steady(dict(Pulse().finish(make_picture(free + metric + free))), "cuts")
    assert len(found) == 1
    begin, end, rate, _ = found[0]
    assert rate == pytest.approx(80, rel=0.01)
    assert begin == pytest.approx(sum(free), abs=2)
    assert end == pytest.approx(sum(free) + 30, abs=2)


@pytest.mark.parametrize("count", [0, 1, 2, 4])
def test_hardly_any_attacks(count: int) -> None:
    tracks = pulse(np.arange(count, dtype=np.float64))
    curve = tracks["pulse"]
    assert isinstance(curve, Curve)
    assert not curve.values.any()
    assert steady(tracks) == []


def test_without_sound_and_picture_all_is_empty() -> None:
    assert [len(track) for track in Pulse().finish({}).values()] == [0, 0, 0, 0]


def test_without_sound_the_cuts_still_beat(make_picture: MakeTracks) -> None:
    tracks = dict(Pulse().finish(make_picture([0.5] * 40)))
    assert len(tracks["pulse"]) == 0
    assert steady(tracks, "cuts")[0][2] == pytest.approx(120, rel=0.01)


def test_attacks_that_repeat_to_the_hundredth_are_perfectly_clear() -> None:
    _, rates, clarity = tempogram(np.arange(0, 60, 0.6), np.ones(100), 60.0)
    assert rates[20] == pytest.approx(100, rel=0.002)
    assert clarity[20] > 0.95


def test_sharpening_finds_a_rate_to_a_thousandth() -> None:
    rng = np.random.default_rng(0)
    at = np.arange(0, 20, 60 / 71.3)
    assert sharpen(at + rng.normal(0, 0.005, len(at)), np.ones(len(at)), 72.5) == pytest.approx(71.3, rel=0.001)
