"""What is played is what truth says: tempo, heartbeat, hum, silence and levels, by numbers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from scipy import signal

from rewatch.demo import Variant
from rewatch.demo.soundtrack import soundtrack
from rewatch.demo.synth import RATE
from rewatch.demo.timeline import Timeline
from rewatch.demo.truth import Truth, truth_of

Samples = npt.NDArray[np.float32]


@pytest.fixture(scope="module")
def stereo() -> Samples:
    return soundtrack(2)


@pytest.fixture(scope="module")
def truth() -> Truth:
    return truth_of(Timeline(Variant()))


def piece(samples: Samples, span: dict[str, float]) -> Samples:
    return samples[:, round(span["begin"] * RATE) : round(span["end"] * RATE)]


def decibels(samples: Samples) -> float:
    return float(10 * np.log10((samples.astype(np.float64) ** 2).mean() + 1e-12))


def beats_a_minute(samples: Samples, low: float, high: float, between: tuple[float, float]) -> float:
    """The rate at which the energy of a band rises again and again, by autocorrelation, sought between two rates."""
    band = signal.butter(2, (low, high), "bandpass", fs=RATE, output="sos")
    energy = signal.sosfilt(band, samples.mean(axis=0)) ** 2
    hop = RATE // 200
    energy = np.log10(energy[: energy.size // hop * hop].reshape(-1, hop).mean(axis=1) + 1e-7)
    rises = np.maximum(np.diff(energy), 0)
    rises -= rises.mean()
    same = np.correlate(rises, rises, "full")[rises.size - 1 :]
    lags = np.arange(int(200 * 60 / between[1]), int(200 * 60 / between[0]) + 1)
    best = int(lags[np.argmax(same[lags])])
    # Between the samples: the top of the parabola through the three highest.
    a, b, c = same[best - 1 : best + 2]
    return float(200 * 60 / (best + (a - c) / (2 * (a - 2 * b + c))))


def test_heart_beats_at_its_rate(stereo: Samples, truth: Truth) -> None:
    span = truth.sound["heartbeat"]
    assert beats_a_minute(piece(stereo, span), 30, 120, (50, 110)) == pytest.approx(span["bpm"], abs=0.7)


def test_waltz_and_drums_have_their_tempo(stereo: Samples, truth: Truth) -> None:
    # Above the waves: there the waltz is alone until the train comes.
    for name in ("waltz", "waltz_again"):
        span = truth.sound[name]
        assert beats_a_minute(piece(stereo, span), 300, 4000, (70, 140)) == pytest.approx(span["bpm"], abs=0.7)
    span = truth.sound["drums"]
    assert beats_a_minute(piece(stereo, span), 30, 120, (80, 160)) == pytest.approx(span["bpm"], abs=0.7)


def test_silence_is_nothing_and_the_only_one(stereo: Samples, truth: Truth) -> None:
    span = truth.sound["silence"]
    assert np.abs(piece(stereo, span)).max() == 0
    hop = RATE // 10
    power = (stereo**2).mean(axis=0)
    power = power[: power.size // hop * hop].reshape(-1, hop).mean(axis=1)
    quiet = np.flatnonzero(power < 1e-6) / 10
    inside = quiet[(quiet > 0.2) & (quiet < 84.5)]
    assert inside.min() >= span["begin"] - 0.05
    assert inside.max() <= span["end"] + 0.15


def test_hum_is_heard_once_at_its_pitch(stereo: Samples, truth: Truth) -> None:
    span = truth.sound["hum"]
    hz, power = signal.welch(piece(stereo, span).mean(axis=0), RATE, nperseg=RATE)
    deep = hz < 300
    assert hz[deep][np.argmax(power[deep])] == pytest.approx(span["hz"], abs=1)
    # A low tone that lasts: the least power of its band within two seconds, so that strokes do not count.
    band = signal.butter(4, (50, 60), "bandpass", fs=RATE, output="sos")
    tone = signal.sosfilt(band, stereo.mean(axis=0)) ** 2
    hop = RATE // 10
    tone = np.sqrt(tone[: tone.size // hop * hop].reshape(-1, hop).mean(axis=1))
    lasting = np.lib.stride_tricks.sliding_window_view(tone, 20).min(axis=1)
    heard = np.flatnonzero(lasting > lasting.max() / 4) / 10
    assert heard.min() >= span["begin"]
    assert heard.max() + 2 <= span["end"] + 0.1


def test_levels(stereo: Samples, truth: Truth) -> None:
    assert 20 * np.log10(np.abs(stereo).max()) == pytest.approx(-1.5, abs=0.01)
    levels = {
        name: decibels(piece(stereo, {"begin": a, "end": b}))
        for name, (a, b) in {
            "title": (1, 5),
            "waltz": (5.4, 8.4),
            "storm": (30, 33),
            "first beats": (36, 40),
            "last beats": (46, 50),
            "staccato": (54, 56),
        }.items()
    }
    assert levels["title"] < levels["waltz"] < levels["storm"] < levels["staccato"]
    assert levels["first beats"] < levels["last beats"]


def test_lines_are_heard(stereo: Samples, truth: Truth) -> None:
    band = signal.butter(4, (90, 4000), "bandpass", fs=RATE, output="sos")
    for line in truth.lines:
        during = decibels(signal.sosfilt(band, piece(stereo, line)))
        assert during > -32, line["text"]


@pytest.mark.parametrize("channels", [1, 6, 8])
def test_other_layouts(channels: int) -> None:
    samples = soundtrack(channels)
    assert samples.shape == (channels, 85 * RATE)
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() <= 10 ** (-1.5 / 20) + 1e-6
    assert all(channel.any() for channel in samples)


def test_same_sound_each_time(stereo: Samples) -> None:
    again = soundtrack.__wrapped__(2)
    assert again is not stereo
    assert np.array_equal(stereo, again)
