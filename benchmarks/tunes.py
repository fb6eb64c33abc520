"""Tunes that no one has heard: made at random, as songs are (a scale, a motif that returns, chords), and played in any
key and tempo, on four made instruments. For `echoes_alone.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rewatch.sounds.prints_landmarks import RATE

SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 3, 5, 7, 9, 10))
STEPS = (-4, -2, -1, -1, 0, 1, 1, 2, 3)
LENGTHS = (0.5, 0.5, 1.0, 1.0, 1.0, 1.5, 2.0)
ROOTS = (0, 0, 3, 4, 5)
INSTRUMENTS = (
    ([1 / h for h in range(1, 9)], 2.5),
    ([1 / h**2 for h in range(1, 9)], 1.2),
    ([(1.0 if h % 2 else 0.2) / h for h in range(1, 9)], 0.3),
    ([1.0, 0.8, 0.9, 0.5, 0.4, 0.2, 0.1, 0.1], 0.5),
)
"""Levels of the overtones, and how fast the note dies away, 1/s."""


@dataclass(frozen=True, slots=True)
class Tune:
    """Notes of the melody and of the chords: (beat, beats, MIDI number)."""

    melody: list[tuple[float, float, int]]
    chords: list[tuple[float, float, int]]


def made(random: np.random.Generator, notes: int = 30) -> Tune:
    scale = SCALES[random.integers(len(SCALES))]

    def pitch(degree: int, low: int) -> int:
        return low + 12 * (degree // 7) + scale[degree % 7]

    motif = [(int(random.choice(STEPS)), float(random.choice(LENGTHS))) for _ in range(8)]
    degree, beat, melody = int(random.integers(7)), 0.0, []
    for n in range(notes):
        again = random.random() < 0.6
        step, long = motif[n % 8] if again else (int(random.choice(STEPS)), float(random.choice(LENGTHS)))
        degree = int(np.clip(degree + step, -3, 9))
        melody.append((beat, long, pitch(degree, 60)))
        beat += long
    roots = [int(random.choice(ROOTS)) for _ in range(int(beat // 4) + 1)]
    chords = [(4.0 * bar, 4.0, pitch(root + third, 48)) for bar, root in enumerate(roots) for third in (0, 2, 4)]
    return Tune(melody, chords)


def played(tune: Tune, random: np.random.Generator, beat: float, key: int) -> np.ndarray:
    """(n,) at 8 kHz, over a little noise. beat: seconds. key: semitones that it is higher."""
    levels, decay = INSTRUMENTS[random.integers(len(INSTRUMENTS))]
    end = (tune.melody[-1][0] + tune.melody[-1][1] + 4) * beat
    wave = 0.002 * random.normal(size=int(end * RATE) + 2 * RATE)
    broken = random.random() < 0.5
    notes = [(at, long, note, 0.3) for at, long, note in tune.melody]
    for n, (at, long, note) in enumerate(tune.chords):
        notes += [(at + n % 3, 1.0, note, 0.13)] if broken else [(at, long, note, 0.09)]
    for at, long, note, loud in notes:
        hertz = 440 * 2 ** ((note + key - 69) / 12)
        t = np.arange(int((long * beat + 0.15) * RATE)) / RATE
        edge = np.minimum(1, np.minimum(t / 0.01, (t[-1] - t) / 0.05))
        for overtone, level in enumerate(levels, start=1):
            if hertz * overtone < 3800:
                tone = np.sin(2 * np.pi * hertz * overtone * t + 6 * random.random())
                tone *= level * loud * edge * np.exp(-decay * (1 + 0.3 * overtone) * t)
                begin = int(at * beat * RATE)
                wave[begin : begin + len(t)] += tone[: len(wave) - begin]
    return wave.astype(np.float32)
