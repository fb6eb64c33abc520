"""Pulse from the sound itself: clicks, drums, hearts in noise; rain, a drone, noise alone."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from scipy import signal

from rewatch.evidence import Samples
from rewatch.facts import FilmFacts, SoundFacts
from rewatch.score.pulse import Pulse
from rewatch.sounds.texture import Texture
from rewatch.track import Spans

Array = npt.NDArray[np.float64]
RATE = 48_000
SECONDS = 30
COUNT = RATE * SECONDS
T = np.arange(RATE // 4) / RATE


def steady(sound: Array, folder: Path) -> list[tuple[float, str]]:
    """(rate, label) of each steady pulse that is heard in one channel of sound."""
    facts = SoundFacts(0, 0, "pcm", RATE, 1, "mono", True, None)
    texture = Texture()
    texture.begin(FilmFacts("/f", "0" * 32, "wav", 1, Fraction(SECONDS), Fraction(0), None, facts), folder)
    values = (sound / np.abs(sound).max() * 0.7).astype(np.float32)[:, None]
    texture.feed(Samples(0, Fraction(0), RATE, "mono", values))
    heard = texture.finish({})
    found = Pulse().finish({name: heard[name] for name in ("onsets", "low_onsets")})["pulse_stretches"]
    assert isinstance(found, Spans)
    return list(zip(np.asarray(found.columns["bpm"]).tolist(), found.label, strict=True))


def struck(times: Array, sound: Array, gain: float = 1.0) -> Array:
    out = np.zeros(COUNT)
    for time in times:
        at = int(time * RATE)
        end = min(COUNT, at + len(sound))
        out[at:end] += gain * sound[: max(0, end - at)]
    return out


def in_noise(sound: Array, seed: int) -> Array:
    """Sound and as much power of white noise: 0 dB."""
    return sound / sound.std() + np.random.default_rng(seed).normal(size=COUNT)


def click() -> Array:
    return np.sin(2 * np.pi * 1500 * T) * np.exp(-T / 0.006)


def hat(seed: int = 0) -> Array:
    high = signal.butter(2, 7000, "high", fs=RATE, output="sos")
    return np.asarray(signal.sosfilt(high, np.random.default_rng(seed).normal(size=len(T)))) * np.exp(-T / 0.02)


@pytest.mark.parametrize("rate", [45, 100, 176])
def test_clicks_in_as_much_noise(rate: float, tmp_path: Path) -> None:
    found = steady(in_noise(struck(np.arange(1, SECONDS - 1, 60 / rate), click()), int(rate)), tmp_path)
    assert [bpm for bpm, _ in found] == [pytest.approx(rate, rel=0.01)]


@pytest.mark.parametrize("rate", [92, 140])
def test_drums_in_as_much_noise(rate: float, tmp_path: Path) -> None:
    beat = np.arange(1, SECONDS - 1, 60 / rate)
    kick = np.sin(2 * np.pi * (50 * T + 6 * (1 - np.exp(-T / 0.03)))) * np.exp(-T / 0.08)
    snare = (np.random.default_rng(1).normal(size=len(T)) * 0.7 + np.sin(2 * np.pi * 190 * T)) * np.exp(-T / 0.06)
    hats = struck(np.concatenate((beat, beat + 30 / rate)), hat(), 0.35)
    found = steady(in_noise(struck(beat[::2], kick) + struck(beat[1::2], snare, 0.6) + hats, int(rate)), tmp_path)
    assert [bpm for bpm, _ in found] == [pytest.approx(rate, rel=0.01)]


def test_a_heart_in_as_much_noise(tmp_path: Path) -> None:
    thud = np.sin(2 * np.pi * 45 * T) * np.exp(-T / 0.05)
    beat = np.arange(1, SECONDS - 1, 60 / 72)
    found = steady(in_noise(struck(beat, thud) + struck(beat + 0.3, thud, 0.6), 5), tmp_path)
    assert found == [(pytest.approx(72, rel=0.01), "like a heartbeat")]


@pytest.mark.parametrize("kind", ["noise", "drone", "beating drone", "rain", "drips"])
def test_what_does_not_beat(kind: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(8)
    t = np.arange(COUNT) / RATE
    if kind == "noise":
        sound = rng.normal(size=COUNT)
    elif kind == "drone":
        sound = sum((np.sin(2 * np.pi * hertz * t) for hertz in (55, 110.3, 165.9)), start=np.zeros(COUNT))
    elif kind == "beating drone":
        sound = np.sin(2 * np.pi * 110 * t) + np.sin(2 * np.pi * 111.2 * t)
    else:
        drops = np.sort(rng.uniform(0, SECONDS, SECONDS * (40 if kind == "rain" else 4)))
        sound, drop = 0.01 * rng.normal(size=COUNT), hat()
        for at, gain in zip((drops * RATE).astype(int), rng.lognormal(-1, 0.8, len(drops)), strict=True):
            end = min(COUNT, at + 2000)
            sound[at:end] += gain * drop[: end - at]
    assert steady(sound, tmp_path) == []


def test_a_heart_in_as_much_pink_noise(tmp_path: Path) -> None:
    """Pink noise is as loud as the heart where the heart is: in the mean over all bands it is lost."""
    thud = np.sin(2 * np.pi * 45 * T) * np.exp(-T / 0.05)
    beat = np.arange(1, SECONDS - 1, 60 / 66)
    sound = struck(beat, thud) + struck(beat + 0.32, thud, 0.6)
    hertz = np.fft.rfftfreq(COUNT)
    pink = np.fft.irfft(
        np.fft.rfft(np.random.default_rng(11).normal(size=COUNT)) / np.sqrt(np.maximum(hertz, hertz[1])), COUNT
    )
    assert steady(sound / sound.std() + pink / pink.std(), tmp_path) == [
        (pytest.approx(66, rel=0.01), "like a heartbeat")
    ]
    assert steady(pink, tmp_path) == []
