"""Voices: babble that follows the letters of a line, as a puppet player hums what his puppets say.

A buzz of harmonics is shaped by three formants that glide from vowel to vowel (values after Peterson & Barney 1952);
consonants are short breaths between the syllables. It has the rhythm, pitch and spectrum of speech, and no words.

Contents
    say
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

import numpy as np

from rewatch.demo.synth import RATE, Sound, noise

_FORMANTS = {
    "a": (730, 1090, 2440),
    "e": (530, 1840, 2480),
    "i": (270, 2290, 3010),
    "o": (570, 840, 2410),
    "u": (300, 870, 2240),
    "y": (390, 1990, 2550),
}
_WIDTHS = (90.0, 120.0, 180.0)
_LEVELS = (1.0, 0.55, 0.28)


@dataclass(frozen=True, slots=True)
class Voice:
    """pitch: Hz; size: how short the throat is (formants times this); melody: octaves up and down in a line."""

    pitch: float
    size: float
    melody: float


VOICES = {"Keeper": Voice(112, 0.95, 0.22), "Stoker": Voice(150, 1.05, 0.35), "Cat": Voice(470, 1.55, 0.5)}


def _vowels(text: str) -> list[str]:
    return [found[0].lower() for found in re.findall(r"[aeiouy]+", re.sub(r"e\b", "", text), re.IGNORECASE)]


def say(text: str, speaker: str, seconds: float) -> Sound:
    """The babble of a line, as long as it lasts. Same text, same sound."""
    voice = VOICES[speaker]
    vowels = _vowels(text) or ["a"]
    rng = np.random.default_rng(zlib.crc32(text.encode()))
    # A syllable is a rise, a vowel and a fall; the last of a line is drawn out.
    lengths = rng.uniform(0.8, 1.2, len(vowels))
    lengths[-1] *= 1.5
    edges = np.concatenate([[0], np.cumsum(lengths)]) / lengths.sum() * seconds
    t = np.arange(round(seconds * RATE)) / RATE
    middles = (edges[:-1] + edges[1:]) / 2
    part = np.interp(t, edges, np.arange(edges.size)) % 1
    level = np.sin(np.pi * np.clip(part, 0.001, 0.999)) ** 0.6
    level *= np.interp(t, [0, 0.05, seconds - 0.12, seconds], [0, 1, 1, 0])
    notes = voice.melody * rng.uniform(-0.5, 0.5, len(vowels)) - voice.melody * np.linspace(0, 0.8, len(vowels))
    if text.endswith("!"):
        notes += np.linspace(0.5, 0.1, len(vowels)) * voice.melody
    pitch = voice.pitch * 2 ** np.interp(t, middles, notes) * (1 + 0.008 * np.sin(2 * np.pi * 5.2 * t))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    # Formants move slowly: their gains are found every 5 ms and drawn out between.
    grid = np.arange(0, seconds + 0.005, 0.005)
    formants = [np.interp(grid, middles, [_FORMANTS[v][k] * voice.size for v in vowels]) for k in range(3)]
    hertz = np.interp(grid, t, pitch)
    out = np.zeros_like(t)
    for k in range(1, int(4200 * voice.size / voice.pitch) + 1):
        gain = sum(
            peak / (1 + ((k * hertz - formants[f]) / (_WIDTHS[f] * voice.size)) ** 2) for f, peak in enumerate(_LEVELS)
        )
        out += np.interp(t, grid, np.asarray(gain) / k**0.35) * np.sin(k * phase)
    out *= level
    for edge in edges[1:-1]:
        hiss = noise(0.07, 1800, 7000, round(edge * 1000)) * np.hanning(round(0.07 * RATE)) * 0.35
        begin = max(0, round(edge * RATE) - hiss.size // 2)
        end = min(out.size, begin + hiss.size)
        out[begin:end] += hiss[: end - begin] * 0.6
    return np.asarray(out / np.sqrt((out**2).mean()), np.float32)
