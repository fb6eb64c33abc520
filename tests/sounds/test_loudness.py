"""Loudness: the documents' own signals, FFmpeg beside it, every rate and layout, and what cannot be measured."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from scipy.signal import butter, resample, sosfilt

from rewatch.film.probe import open_film
from rewatch.film.samples import read_samples
from rewatch.sounds.channels import loudness_weights
from rewatch.sounds.loudness import Loudness
from rewatch.track import Curve, Figures

CASES = ["3341-1", "3341-2", "3341-3", "3341-4", "3341-5", "3341-6", "3341-9", "3341-12"]
CASES += [f"3341-{n}.{i}" for n in (10, 13) for i in (1, 2, 8, 14, 20)]
CASES += [f"3341-{n}" for n in range(15, 20)] + [f"3342-{n}" for n in range(1, 5)]


@pytest.fixture(scope="module")
def cases(signals: ModuleType) -> dict[str, object]:
    return {case.name: case for case in signals.ebu_cases()}


def measured(signals: ModuleType, values: np.ndarray, rate: int, layout: str) -> dict[str, float | None]:
    found = signals.analyse(Loudness(), values, rate, layout)["loudness_figures"]
    assert isinstance(found, Figures)
    return dict(found.values)


@pytest.mark.parametrize("name", CASES)
def test_shows_what_the_ebu_asks(name: str, cases: dict[str, object], signals: ModuleType) -> None:
    case = cases[name]
    found = measured(signals, case.values, 48000, case.layout)
    for figure, (value, below, above) in case.expected.items():
        assert value - below <= found[figure] <= value + above, figure


def test_no_case_is_left_out(cases: dict[str, object]) -> None:
    assert sorted(cases) == sorted(CASES)


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 32000, 44100, 48000, 88200, 96000, 192000])
def test_a_full_sine_on_one_side_is_at_minus_three(rate: int, signals: ModuleType) -> None:
    # BS.1770-5, annex 1: 0 dBFS, 997 Hz, one front channel: -3.01 LKFS.
    sine = signals.tone(0, 4, 997, rate)
    found = measured(signals, np.stack([sine, np.zeros_like(sine)], axis=1), rate, "stereo")
    assert found["integrated"] == pytest.approx(-3.01, abs=0.04)


@pytest.mark.parametrize("layout", ["mono", "stereo", "2.1", "quad", "5.0", "5.1", "5.1(side)"])
def test_layouts_as_ffmpeg(layout: str, signals: ModuleType) -> None:
    channels = len(loudness_weights(layout, 6)) if layout.startswith("5.1") else {"mono": 1, "stereo": 2, "2.1": 3,
        "quad": 4, "5.0": 5}[layout]  # fmt: skip
    rng = np.random.default_rng(3)
    swell = 0.02 + 0.1 * np.abs(np.sin(np.arange(12 * 48000) / 48000))
    noise = np.stack([signals.pink(12 * 48000, rng) * swell * rng.uniform(0.3, 1) for _ in range(channels)], axis=1)
    noise = noise.astype(np.float32)
    ours, theirs = measured(signals, noise, 48000, layout), signals.ebur128(noise, 48000, layout)
    for figure, within in (("integrated", 0.1), ("range", 0.1), ("true_peak", 0.2), ("sample_peak", 0.01)):
        assert ours[figure] == pytest.approx(theirs[figure], abs=within), figure


def test_weights_go_by_where_the_loudspeaker_stands() -> None:
    assert loudness_weights("7.1", 8).tolist() == [1, 1, 1, 0, 1, 1, 1.41, 1.41]
    assert loudness_weights("5.1(side)", 6).tolist() == [1, 1, 1, 0, 1.41, 1.41]
    assert loudness_weights("7.1.4", 12).tolist() == [1, 1, 1, 0, 1, 1, 1.41, 1.41, 1, 1, 1, 1]
    assert loudness_weights("no such layout", 3).tolist() == [1, 1, 1]


def test_low_frequency_effects_do_not_count_but_peak(signals: ModuleType) -> None:
    film = np.zeros((4 * 48000, 6), dtype=np.float32)
    film[:, 2] = signals.tone(-23, 4)
    with_boom = film.copy()
    with_boom[:, 3] = signals.tone(-1, 4, 50)
    dry, wet = measured(signals, film, 48000, "5.1"), measured(signals, with_boom, 48000, "5.1")
    assert wet["integrated"] == dry["integrated"]
    assert wet["true_peak"] == pytest.approx(-1, abs=0.05)


@pytest.mark.parametrize("rate", [44100, 48000, 96000])
def test_curve_follows_ffmpegs_meter(rate: int, signals: ModuleType) -> None:
    rng = np.random.default_rng(4)
    noise = (signals.pink(8 * rate, rng) * np.linspace(0.001, 0.2, 8 * rate)).astype(np.float32)[:, None]
    curve = signals.analyse(Loudness(), noise, rate, "mono")["loudness"]
    assert isinstance(curve, Curve)
    theirs = signals.ebur128(noise, rate, "mono")
    # Entry i is centred on i / 10; FFmpeg's nth whole window of 400 ms ends at (n + 4) / 10.
    ours = curve.column("momentary")[2 : 2 + len(theirs["momentary"])]
    assert np.abs(ours - np.maximum(theirs["momentary"][: len(ours)], -70)).max() < 0.1
    ours = curve.column("short_term")[15 : 15 + len(theirs["short_term"])]
    assert np.abs(ours - np.maximum(theirs["short_term"][: len(ours)], -70)).max() < 0.1


def test_curve_stands_where_the_sound_is(signals: ModuleType) -> None:
    bang = np.zeros((10 * 48000, 1), dtype=np.float32)
    bang[5 * 48000 : 5 * 48000 + 9600, 0] = signals.tone(-10, 0.2)
    curve = signals.analyse(Loudness(), bang, 48000, "mono", start=Fraction(3, 2))["loudness"]
    loud = curve.seconds()[curve.column("momentary") > -20]
    assert loud.mean() == pytest.approx(1.5 + 5.1, abs=0.051)
    assert len(curve) == 100
    assert curve.clock.start == Fraction(3, 2)
    assert curve.values.min() == -70


def test_true_peak_never_skips_one(signals: ModuleType) -> None:
    # The truth: the sound on a grid of four times the rate, by an ideal filter, none of it skipped.
    rng = np.random.default_rng(5)
    low = butter(8, 0.7, output="sos")
    for seed in range(5):
        noise = sosfilt(low, rng.laplace(size=10 * 48000)) * 0.05
        noise[5 * 48000 : 5 * 48000 + 4800] += signals.tone(20 * np.log10(0.1 * seed + 0.3), 0.1, 12000, phase=45)
        grid = np.abs(resample(noise, 4 * len(noise))).max()
        found = measured(signals, noise.astype(np.float32)[:, None], 48000, "mono")
        assert found["true_peak"] == pytest.approx(20 * np.log10(grid), abs=0.03)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (np.zeros((0, 2)), "there is no sound"),
        (np.zeros((96000, 2)), "the sound is digital silence throughout"),
        (np.full((4800, 2), 0.1), "the sound lasts 0.10 s, the measure needs 0.4 s"),
        (np.tile([[1e-5], [-1e-5]], (96000, 1)), "no 0.4 s of it is above -70 LUFS"),
    ],
)
def test_says_why_there_is_no_figure(values: np.ndarray, reason: str, signals: ModuleType) -> None:
    found = signals.analyse(Loudness(), values.astype(np.float32), 48000, "stereo" if values.shape[1] == 2 else "mono")
    figures = found["loudness_figures"]
    assert figures.values["integrated"] is None
    assert figures.why["integrated"] == reason
    assert set(figures.why) == {name for name, value in figures.values.items() if value is None}
    assert len(found["loudness"]) == -(-len(values) * 10 // 48000)


@pytest.mark.parametrize("name", ["sintel_trailer.mp4", "sintel_excerpt_mpeg1.mpg"])
def test_real_films_as_ffmpeg(name: str, films: Path, signals: ModuleType) -> None:
    pieces = list(read_samples(open_film(films / name)))
    values = np.concatenate([piece.values for piece in pieces])
    ours = measured(signals, values, pieces[0].rate, pieces[0].layout)
    theirs = signals.ebur128(values, pieces[0].rate, pieces[0].layout)
    for figure, within in (("integrated", 0.1), ("range", 0.2), ("true_peak", 0.2), ("sample_peak", 0.01)):
        assert ours[figure] == pytest.approx(theirs[figure], abs=within), figure
