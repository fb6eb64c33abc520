"""A film as it is played: which note each shot is, how strong, and how the bars lie on the clock.

The mapping, as one would expect to hear it; `Playing` holds every number of it
    pitch     each shot a note: the shorter, the higher, as on the sheet. A shot of the film's median length is A4; each
              halving goes up two steps of the scale (D dorian: it has no leading note that begs to be resolved, so
              that no order of notes sounds wrong), each doubling down two; clipped to C3 .. A6
    strength  how loud it is where the shot begins (mean level of its first second against the film's own); without
              sound how much the shot moves among the film's shots; of a film that is a list, its tempo there
    length    the shot's; a staccato shot sounds for half of it, a portato for nine tenths
    bars      4/4; the stretches of the track ``tempo_marks`` have a tempo each (largo 50 beats a minute, adagio 60,
              andante 76, moderato 92, allegro 120, vivace 144, presto 176), a few per cent faster or slower so that
              each stretch is a whole number of bars and the film ends with the last one

Contents
    Playing       the numbers
    Note, cuts    the shots as notes
    Bars, bars    how bars lie on the clock
    level_at      how strongly it is played at a second
    sections      named parts of the film, for marks
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from rewatch.errors import ExportError
from rewatch.exports.reduce import Floats
from rewatch.exports.study_view import Study, curve, events, seconds_between, spans

BEATS = 4
"""Quarters in a bar."""


def _metronome() -> dict[str, float]:
    return {"largo": 50, "adagio": 60, "andante": 76, "moderato": 92, "allegro": 120, "vivace": 144, "presto": 176}


@dataclass(frozen=True, slots=True)
class Playing:
    """What the mapping is made of.

    tonic:     MIDI number of the scale's first step (60 = C4); scale: its steps in semitones above it
    middle:    step of a shot of median length, counted from the tonic
    a_doubling: steps from a shot to one half as long
    lowest, highest: MIDI numbers; what would lie beyond is played there
    sounds:    articulation -> share of the shot for which its note sounds
    quietest, loudest: level (LU against the film's own) played at strength 0 and 1
    metronome: tempo in words -> beats a minute; walk: where there is no word
    """

    tonic: int = 62
    scale: tuple[int, ...] = (0, 2, 3, 5, 7, 9, 10)
    middle: int = 4
    a_doubling: int = 2
    lowest: int = 48
    highest: int = 93
    sounds: Mapping[str, float] = field(default_factory=lambda: {"legato": 1.0, "portato": 0.9, "staccato": 0.5})
    quietest: float = -22.0
    loudest: float = 9.0
    metronome: Mapping[str, float] = field(default_factory=_metronome)
    walk: float = 92.0

    def pitch(self, step: int) -> int:
        """MIDI number of a step of the scale, counted from the tonic; octaves on end, within lowest .. highest.

        >>> Playing().pitch(0), Playing().pitch(4), Playing().pitch(-3)
        (62, 69, 57)
        """
        octave, degree = divmod(step, len(self.scale))
        number = self.tonic + 12 * octave + self.scale[degree]
        while number < self.lowest:
            number += 12
        while number > self.highest:
            number -= 12
        return number


@dataclass(frozen=True, slots=True)
class Note:
    """One shot as it is played: seconds, MIDI number, strength 0..1.

    shot:  its index from 0; kind: how it begins ("cut", "dissolve", ... "" = not known, or the first)
    sounds: second until which its note sounds, at most `end`
    staccato, accent: as the score says
    """

    shot: int
    begin: float
    end: float
    sounds: float
    pitch: int
    strength: float
    kind: str
    staccato: bool = False
    accent: bool = False


def cuts(study: Study, playing: Playing) -> list[Note]:
    """The shots of a film as notes, none of which outlasts the film; ExportError where it has none."""
    shots = spans(study, "shots")
    if shots is None or not len(shots):
        raise ExportError(f"{study.title}: no shots to play")
    begin, end = seconds_between(study, shots)
    end = np.minimum(end, study.duration)
    lasts = np.flatnonzero(end > begin)
    if not len(lasts):
        raise ExportError(f"{study.title}: no shot in it lasts at all")
    length = end - begin
    median = float(np.median(length[lasts]))
    steps = playing.middle - np.rint(playing.a_doubling * np.log2(np.maximum(length, 1e-9) / median)).astype(int)
    strength = _strengths(study, begin, end, playing)
    played, accents = spans(study, "articulation_shots"), events(study, "accents")
    words = list(played.label) if played is not None and len(played) == len(shots) else [""] * len(shots)
    struck = set(np.asarray(accents.columns["shot"]).tolist()) if accents and "shot" in accents.columns else set()
    return [
        Note(
            i,
            float(begin[i]),
            float(end[i]),
            float(begin[i] + length[i] * playing.sounds.get(words[i], 1.0)),
            playing.pitch(int(steps[i])),
            float(strength[i]),
            str(shots.label[i]),
            words[i] == "staccato",
            i in struck,
        )
        for i in lasts.tolist()
    ]


def level_at(study: Study, playing: Playing) -> tuple[Floats, Floats] | None:
    """Seconds and strength 0..1 along the film by its loudness; None where it has no level."""
    level = curve(study, "dynamics")
    if level is None:
        return None
    values = np.asarray(level.column(), dtype=np.float64)
    share = (values - playing.quietest) / (playing.loudest - playing.quietest)
    return level.seconds(study.times), np.clip(share, 0.0, 1.0)


def _strengths(study: Study, begin: Floats, end: Floats, playing: Playing) -> Floats:
    """(n,) 0..1: by loudness, else by motion, else by tempo, else all alike."""
    level = level_at(study, playing)
    if level is not None:
        return _means(*level, begin, np.minimum(begin + 1.0, end))
    activity = curve(study, "activity")
    if activity is not None:
        motion = _means(activity.seconds(study.times), np.asarray(activity.column(), np.float64), begin, end)
        order = np.argsort(np.argsort(motion, kind="stable"), kind="stable")
        return np.asarray((order + 0.5) / len(order))
    tempo = curve(study, "tempo")
    if tempo is not None:
        pace = _means(tempo.seconds(study.times), np.asarray(tempo.column(), np.float64), begin, end)
        return np.asarray(np.clip(0.55 + 0.15 * pace, 0.2, 0.95))
    return np.full(len(begin), 0.6)


def _means(seconds: Floats, values: Floats, begin: Floats, end: Floats) -> Floats:
    """(n,) mean of a curve over each stretch; where none of its entries falls in one, the nearest."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    a, b = np.searchsorted(seconds, begin), np.searchsorted(seconds, end)
    near = np.clip(a, 0, len(values) - 1)
    return np.asarray(np.where(b > a, (total[b] - total[a]) / np.maximum(b - a, 1), values[near]))


@dataclass(frozen=True, slots=True)
class Bars:
    """Stretches of one tempo, each a whole number of bars.

    begin: (k + 1,) seconds: where each begins, and where the last ends
    first: (k + 1,) number of its first bar, from 0, and the number of all bars
    words: k tempo words, "" where there is none
    """

    begin: Floats
    first: npt.NDArray[np.int64]
    words: tuple[str, ...]

    @property
    def count(self) -> int:
        return int(self.first[-1])

    @property
    def rates(self) -> Floats:
        """(k,) beats a minute."""
        return np.asarray(np.diff(self.first) * BEATS * 60.0 / np.diff(self.begin))

    def beat(self, seconds: npt.ArrayLike) -> Floats:
        """Quarters since the beginning at each second."""
        return np.asarray(np.interp(np.asarray(seconds, dtype=np.float64), self.begin, self.first * float(BEATS)))


def bars(study: Study, playing: Playing) -> Bars:
    """How the bars lie on the film's clock. ExportError for a film of no length."""
    end = float(study.duration)
    if not end > 0:
        raise ExportError(f"{study.title}: a film of no length cannot be played")

    def bar(word: str) -> float:
        return BEATS * 60.0 / playing.metronome.get(word, playing.walk)

    marks = spans(study, "tempo_marks")
    kept: list[tuple[float, str]] = []
    if marks is not None:
        for at, until, word in zip(*seconds_between(study, marks), marks.label, strict=True):
            # What does not last a bar is no tempo of its own: the one before it goes on.
            if min(until, end) - at >= bar(word) and (not kept or word != kept[-1][1]):
                kept.append((float(at), str(word)))
    kept = [(0.0, kept[0][1]), *kept[1:]] if kept else [(0.0, "")]
    begin = np.array([at for at, _ in kept] + [end])
    words = tuple(word for _, word in kept)
    count = [max(1, round(length / bar(word))) for length, word in zip(np.diff(begin).tolist(), words, strict=True)]
    return Bars(begin, np.concatenate([[0], np.cumsum(count)]).astype(np.int64), words)


def sections(study: Study) -> list[tuple[float, str]]:
    """Begin and name of the film's movements; of its scenes where it has no movements."""
    for name in ("movements", "scenes"):
        found = spans(study, name)
        if found is not None and len(found):
            begin = seconds_between(study, found)[0].tolist()
            named = [(at, plain(label)) for at, label in zip(begin, found.label, strict=True) if at < study.duration]
            return [(at, label or f"{name[:-1]} {i + 1}") for i, (at, label) in enumerate(named)]
    return []


def plain(text: str) -> str:
    """A text on one line, of signs that any file can hold.

    >>> plain("a\\x00b\\n c\\ud800")
    'a b c'
    """
    return " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
