"""Synth: the few sounds that everything heard is made of. Mono float32 at 48 kHz; randomness from seeds alone.

Contents
    pluck, thump, drum, bell, whistle, chirp    notes and strokes
    noise, swell                                wind, rain, water, and how they come and go
    Mix                                         where they are laid down, each at its second
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import signal

RATE = 48000
Sound: TypeAlias = npt.NDArray[np.float32]


def _time(seconds: float) -> Sound:
    return np.arange(round(seconds * RATE), dtype=np.float32) / np.float32(RATE)


def _soft(sound: Sound, rise: float = 0.004, fall: float = 0.02) -> Sound:
    """The sound with its ends rounded off, so that it does not click."""
    a, b = round(rise * RATE), round(fall * RATE)
    sound[:a] *= np.linspace(0, 1, a, dtype=np.float32)
    sound[-b:] *= np.linspace(1, 0, b, dtype=np.float32)
    return sound


@lru_cache(maxsize=256)
def pluck(hertz: float, seconds: float, bright: float = 1.0) -> Sound:
    """A comb of a music box: a few partials, the higher the shorter."""
    t = _time(seconds)
    out = np.zeros_like(t)
    for partial, level, decay in (
        (1, 1.0, 2.2),
        (2, 0.45 * bright, 3.5),
        (3.01, 0.2 * bright, 6),
        (5.04, 0.12 * bright, 11),
    ):
        if hertz * partial < 16000:
            out += np.float32(level) * np.exp(-decay * t) * np.sin(np.float32(2 * np.pi * hertz * partial) * t)
    return _soft(out.astype(np.float32), 0.003, 0.05)


def thump(hertz: float = 52.0, decay: float = 17.0, seconds: float = 0.28) -> Sound:
    """One half of a heartbeat: a low knock that falls in pitch."""
    t = _time(seconds)
    phase = 2 * np.pi * hertz * (t + 0.022 * (1 - np.exp(-t * 30)))
    return _soft((np.sin(phase) * np.exp(-decay * t)).astype(np.float32), 0.006, 0.05)


def drum(seed: int, seconds: float = 0.4) -> Sound:
    """A stroke on a deep frame drum: skin and stick."""
    t = _time(seconds)
    skin = np.sin(2 * np.pi * (62 * t + 2.2 * (1 - np.exp(-t * 22)))) * np.exp(-9 * t)
    stick = noise(seconds, 500, 4500, seed) * np.exp(-70 * t)
    return _soft((skin + 0.5 * stick).astype(np.float32), 0.001, 0.05)


def bell(hertz: float, seconds: float = 1.6) -> Sound:
    """A ship's bell: partials that are no multiples."""
    t = _time(seconds)
    out = np.zeros_like(t)
    for partial, level, decay in (
        (0.5, 0.3, 1.6),
        (1, 1.0, 2.4),
        (1.19, 0.5, 3.2),
        (1.71, 0.4, 4),
        (2.0, 0.5, 4.5),
        (2.74, 0.3, 7),
    ):
        out += np.float32(level) * np.exp(-decay * t) * np.sin(np.float32(2 * np.pi * hertz * partial) * t)
    return _soft((out / 2).astype(np.float32), 0.001, 0.1)


def whistle(seconds: float, seed: int) -> Sound:
    """A steam whistle: a chord with breath in it."""
    t = _time(seconds)
    bend = 1 - 0.06 * np.exp(-t * 14) - 0.05 * np.clip((t - seconds + 0.25) / 0.25, 0, 1)
    turns = np.cumsum(bend.astype(np.float64)) / RATE
    chord = sum(np.sin(2 * np.pi * hertz * turns) for hertz in (466.2, 587.3, 698.5)) / 3
    breath = noise(seconds, 800, 5000, seed)
    return _soft((chord + 0.25 * breath).astype(np.float32), 0.06, 0.2)


def chirp(low: float, high: float, seconds: float) -> Sound:
    """One syllable of a bird."""
    t = _time(seconds)
    hertz = low + (high - low) * np.sin(np.pi * t / seconds) ** 2
    out = np.sin(2 * np.pi * np.cumsum(hertz) / RATE) * np.sin(np.pi * t / seconds)
    return np.asarray(out, np.float32)


def noise(seconds: float, low: float, high: float, seed: int) -> Sound:
    """Noise between two frequencies (second-order slopes), of standard deviation 1."""
    raw = np.random.default_rng(seed).standard_normal(round(seconds * RATE)).astype(np.float32)
    band = signal.butter(2, (low, min(high, 0.45 * RATE)), "bandpass", fs=RATE, output="sos")
    out = signal.sosfilt(band, raw)
    return np.asarray(out / max(1e-9, float(out.std())), np.float32)


def swell(seconds: float, *points: tuple[float, float]) -> Sound:
    """A level that runs through (second, level) points."""
    at = [p[0] for p in points]
    return np.interp(_time(seconds), at, [p[1] for p in points]).astype(np.float32)


class Mix:
    """A stereo sheet of `seconds` on which sounds are laid."""

    def __init__(self, seconds: float) -> None:
        self.samples: Sound = np.zeros((2, round(seconds * RATE)), np.float32)

    def lay(self, at: float, sound: Sound, level: float = 1.0, pan: float = 0.0) -> None:
        """Add a sound at a second; pan -1 (left) .. 1 (right), of equal power. What runs over the end is cut off."""
        begin = round(at * RATE)
        end = min(self.samples.shape[1], begin + sound.size)
        angle = (pan + 1) * np.pi / 4
        self.samples[0, begin:end] += np.float32(level * np.cos(angle)) * sound[: end - begin]
        self.samples[1, begin:end] += np.float32(level * np.sin(angle)) * sound[: end - begin]

    def echo(self, seconds: float, level: float, seed: int) -> None:
        """Add a room: noise that dies away within `seconds`, another in each ear."""
        t = _time(seconds)
        rng = np.random.default_rng(seed)
        for channel in self.samples:
            tail = rng.standard_normal(t.size).astype(np.float32) * np.exp(-t * np.float32(6.9 / seconds))
            tail[: round(0.012 * RATE)] = 0
            tail /= np.sqrt((tail**2).sum())
            channel += np.float32(level) * signal.oaconvolve(channel, tail)[: channel.size].astype(np.float32)
