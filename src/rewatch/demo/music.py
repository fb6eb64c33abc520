"""Music: a music-box waltz in two lights (minor at dusk, major at dawn), and the drums of the staccato passage.

Contents
    waltz, drums
"""

from __future__ import annotations

from rewatch.demo import timeline as story
from rewatch.demo.synth import Mix, bell, drum, pluck
from rewatch.demo.timeline import Stretch

_NAMES = {"C": 0, "C#": 1, "D": 2, "D#": 3, "E": 4, "F": 5, "F#": 6, "G": 7, "G#": 8, "A": 9, "Bb": 10, "B": 11}

_DUSK = (
    ("D5 1 F5 1 A5 1", "D3 F4 A4"),
    ("G5 1.5 F5 .5 E5 1", "G3 G4 Bb4"),
    ("F5 1 D5 1 F5 1", "D3 F4 A4"),
    ("E5 2 C#5 1", "A2 E4 A4"),
    ("D5 1 A5 1 F5 1", "Bb2 F4 Bb4"),
    ("E5 1 D5 2", "D3 F4 A4"),
)
_DAWN = (
    ("D5 1 F#5 1 A5 1", "D3 F#4 A4"),
    ("B5 1.5 A5 .5 G5 1", "G3 G4 B4"),
    ("F#5 1 A5 1 D6 1", "D3 F#4 A4"),
    ("C#6 2 A5 1", "A2 E4 A4"),
    ("B5 1 G5 1 E5 1", "G3 G4 B4"),
    ("F#5 1 E5 2", "A2 E4 A4"),
    ("D5 3", "D3 F#4 D5"),
)
"""Bars of three quarters: melody as notes and their quarters, then the bass and the two notes after it."""


def _hertz(note: str) -> float:
    return float(440 * 2 ** ((_NAMES[note[:-1]] - 9) / 12 + int(note[-1]) - 4))


def waltz(mix: Mix, stretch: Stretch, dawn: bool, level: float) -> None:
    """Lay a waltz into its stretch: as many bars as fit, at `WALTZ_BPM` quarters a minute."""
    beat = 60 / story.WALTZ_BPM
    bars = _DAWN if dawn else _DUSK
    for number, (melody, chord) in enumerate(bars):
        at = float(stretch.begin) + 3 * number * beat
        bass, *others = chord.split()
        mix.lay(at, pluck(_hertz(bass), 1.8, 0.5), 0.75 * level, -0.25)
        for quarter in (1, 2):
            for note in others:
                mix.lay(at + quarter * beat, pluck(_hertz(note), 0.7, 0.4), 0.36 * level, -0.15)
        words = melody.split()
        for note, quarters in zip(words[::2], words[1::2], strict=True):
            long = 2.6 if float(quarters) >= 2 else 1.4
            mix.lay(at, pluck(_hertz(note), long), 0.8 * level, 0.2)
            at += float(quarters) * beat


def drums(mix: Mix, level: float) -> None:
    """A stroke on every beat of the staccato passage, on every half where the cuts double; a bell where it rings."""
    begin, end = float(story.STACCATO.begin), float(story.STACCATO.end)
    beat = 60 / story.STACCATO_BPM
    count = round((end - begin) / beat)
    for k in range(count):
        grow = 0.55 + 0.45 * k / count
        mix.lay(begin + k * beat, drum(k), level * grow)
        if begin + k * beat >= end - 2:
            mix.lay(begin + (k + 0.5) * beat, drum(50 + k), 0.7 * level * grow, 0.3)
        for note, quarter in (("D3", 0), ("A3", 1), ("D4", 2), ("F4", 3)):
            mix.lay(
                begin + (k + quarter / 4) * beat,
                pluck(_hertz(note) * (1 + (k >= 8) / 17), 0.3, 1.4),
                0.3 * level * grow,
                0.5 - quarter / 3,
            )
    for entry in story.STORY:
        if entry.kind == "bell" and entry.how is not None:
            mix.lay(float(entry.how.begin), bell(587.3), 0.5 * level, -0.3)
