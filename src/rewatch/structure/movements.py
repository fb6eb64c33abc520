"""Movements and sequences: the large parts of a film, divided where it turns, and what each is like.

Boundaries are the peaks of novelty (`novelty`) by prominence: movements at its largest scale, sequences at its middle
one and wherever a movement begins. A wide checkerboard says that a film turns, not just where: each boundary moves to
the strongest turn in detail near by, and from there to the nearest change of shot, if one is within `SNAP` seconds.
A movement may well begin within a shot: then the boundary stays.

Words. A stretch is called by what sets it apart from the film that it is in: loud is louder than this film's mean, by
at least half of its own standard deviation and by enough to notice (`AXES`). The standard deviation is that of means
over a fortieth of the film, else the long parts of a feature, in which much evens out, would all be as the whole. The
furthest four stand in the label of a movement, three in that of a sequence, always in the order sound, cutting,
motion, light, colour, talk. Where nothing reaches that far, the furthest stands alone if it is half as far: as itself
where one would notice, else as "a little faster". A stretch that nothing sets apart is called "as elsewhere". A film
in which there is such a stretch, and no other is set apart as far as one would notice, is not divided: of a still, a
test card or steady noise only the coding turns.

Contents
    AXES         what stretches are told apart by, and their words
    divide       novelty -> the seconds at which a film divides, at two scales
    Profile      the film's own distribution, and a stretch against it
    Movements    the analyser: tracks ``novelty``, ``movements``, ``sequences``
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rewatch.analyser import Analyser, Gives
from rewatch.clock import MILLISECONDS
from rewatch.facts import FilmFacts
from rewatch.figure import Figure
from rewatch.smoothing import running_mean
from rewatch.structure.evenly import RATE, Array, length_of, shot_seconds
from rewatch.structure.form import ALIKE, letters
from rewatch.structure.novelty import FOOTE, SCALES, chance, novelty_of, novelty_track, peaks, scales
from rewatch.structure.portrait import NEEDS, QUIETEST, Group, portrait
from rewatch.track import Column, Spans, Track

SNAP = 1.5
ABOVE_CHANCE = 2.5
"""Times the novelty of noise that a turn must have."""
APART = 0.5
"""Standard deviations of the film by which a stretch must stand apart to be called so."""
WORDLESS, WORDY = 0.02, 0.05
"""A stretch is wordless with so little talk in it (share of time), in a film that has so much more."""
MOST_WORDS = {"movements": 4, "sequences": 3}
NOTHING, LITTLE = "as elsewhere", "a little "
NOTICED = {"kinds": 0.15, "speakers": 0.1, "texture": 3.0}
"""Evidence without a word of its own, and how far (share, share, dB) means of stretches of it must lie apart."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One thing that stretches are told apart by.

    group, column: where in the portrait; sign: -1 where more of it is less of what the axis is named for
    least:      difference of means that one would notice, in the unit of the portrait; "a little" is a quarter of it
    more, less: the words
    little:     what follows "a little" where the difference is less than that: of more, of less
    """

    name: str
    group: str
    column: str
    sign: float
    least: float
    more: str
    less: str
    little: tuple[str, str]


AXES = (
    Axis("loudness", "loudness", "short_term", 1.0, 2.0, "loud", "quiet", ("louder", "quieter")),
    Axis("music", "kinds", "music", 1.0, 0.1, "with music", "without music", ("more music", "less music")),
    Axis("cutting", "cutting", "length", -1.0, 0.22, "fast", "slow", ("faster", "slower")),
    Axis("motion", "motion", "activity", 1.0, 0.2, "restless", "still", ("more restless", "stiller")),
    Axis("light", "light", "mean", 1.0, 0.03, "bright", "dark", ("brighter", "darker")),
    Axis("chroma", "colour", "chroma", 1.0, 0.01, "vivid", "pale", ("more vivid", "paler")),
    Axis("talk", "words", "talk", 1.0, 0.08, "talkative", "few words", ("more talk", "less talk")),
)
"""In the order in which their words stand. The hue comes after the chroma."""
RANK = ("loudness", "cutting", "hue", "talk", "light", "motion", "music", "chroma")
"""Which of two words a label takes where a stretch is about as far apart by both: what is remembered first."""
HUES = ("red", "orange", "brown", "yellow", "green", "cyan", "blue", "violet", "pink")
HUE_SHARE, HUE_MORE = 0.1, 1.25
"""A stretch is red where a tenth of its picture is, and a quarter more than of the film's."""

COLUMNS = (*(axis.name for axis in AXES), "novelty")

_WORDS = "; ".join(f"{a.name}: {a.more} / {a.less}" for a in AXES)
FIGURES = (
    Figure(
        "movements",
        "Movements",
        "",
        "divided at the peaks of novelty at the scale of movements (240 s across, a quarter of a film under 16 min), "
        "the most prominent first, none shorter than a twelfth of the film; moved to the strongest turn in detail near "
        f"by and to a change of shot within {SNAP} s. Called by what is {APART} standard deviations (of means over a "
        f"fortieth of the film) from the film's mean ({_WORDS}; and the hue), else by what is half as far. Columns: "
        "these distances, 0 where the "
        "film has no such evidence. letter: A, B, C ... in order; primed where the means of all evidence are less "
        "than a third as far (squared) from an earlier movement's as both are from their neighbours'",
        FOOTE + "; the choice of peaks, the words and the letters are ours",
        ("novelty", *NEEDS),
        "the large form of a film, as one tells that of a symphony",
        "acts of the story: a turn that neither looks nor sounds different is not seen; what is loud is loud for this "
        "film alone",
    ),
    Figure(
        "sequences",
        "Sequences",
        "",
        "as the movements, at the scale of 60 s across, none shorter than a thirtieth of the film, 4 to 60 s; a "
        "movement begins a sequence",
        FOOTE + "; the choice of peaks and the words are ours",
        ("novelty", *NEEDS),
        "finding one's way within a movement",
        "scenes: a sequence may hold several, or divide one",
    ),
)


def divide(novelty: Array, changes: Array, length: float) -> tuple[list[float], list[float]]:
    """Seconds at which movements and sequences begin, both with 0.0 first.

    novelty: (n + 1, 3) at the edges of the grid; changes: seconds of the changes of shot
    """
    if not len(novelty):
        return [0.0], [0.0]
    detail, middle, large = novelty.T
    _, short_side, long_side = scales(length)
    least = max(4.0, length / 12)
    most = min(12, 5 + int(length / 1200))
    found = peaks(large, round(least * RATE), most - 1, 0.2, ABOVE_CHANCE * chance(long_side)).tolist()
    movements = _apart([_settled(peak, detail, long_side, changes) for peak in found], [], least / 2, length)
    shortest = min(60.0, max(4.0, length / 30))
    found = peaks(middle, round(shortest * RATE), len(middle), 0.1, ABOVE_CHANCE * chance(short_side)).tolist()
    sequences = _apart([_settled(peak, detail, short_side, changes) for peak in found], movements, shortest, length)
    return [0.0, *movements], [0.0, *sorted(movements + sequences)]


def _settled(peak: int, detail: Array, side: float, changes: Array) -> float:
    """Second of a boundary: the strongest turn in detail near the peak, moved to a change of shot close by."""
    sigma = side / 8 * RATE
    low, high = max(0, round(peak - 2 * sigma)), min(len(detail), round(peak + 2 * sigma) + 1)
    near = np.arange(low, high)
    at = low + int(np.argmax(detail[low:high] * np.exp(-0.5 * ((near - peak) / sigma) ** 2)))
    second = at / RATE
    if len(changes):
        nearest = float(changes[np.argmin(np.abs(changes - second))])
        if abs(nearest - second) <= SNAP:
            return nearest
    return second


def _apart(found: Sequence[float], taken: Sequence[float], least: float, length: float) -> list[float]:
    """Those of `found` that stand `least` seconds from each other, from those taken and from both ends of the film."""
    kept: list[float] = []
    for second in found:
        if all(abs(second - other) >= least for other in (0.0, *taken, *kept, length)):
            kept.append(second)
    return kept


class Profile:
    """The film's own distribution on each axis and hue, and what a stretch is like against it."""

    def __init__(self, groups: Mapping[str, Group]) -> None:
        self.axes = [pair for axis in AXES if (pair := _measure(axis, groups)) is not None]
        palette = groups.get("palette")
        self.hues: dict[str, Measure] = {}
        if palette is not None:
            for name in HUES:
                wanted = [i for i, column in enumerate(palette.columns) if _hue(column) == name]
                measure = _distribution((palette.values[:, wanted] ** 2).sum(axis=1), palette.known)
                if measure is not None:
                    self.hues[name] = measure

    def distances(self, begin: int, end: int) -> dict[str, float]:
        """Of entries ``[begin, end)``: mean less the film's mean, in standard deviations of the film, an axis each."""
        found = ((axis, measure.at(begin, end)) for axis, measure in self.axes)
        return {axis.name: axis.sign * at.distance for axis, at in found if at is not None}

    def words(self, begin: int, end: int, most: int) -> str:
        """What entries ``[begin, end)`` are called."""
        said = [
            word for place, pair in enumerate(self.axes) if (word := _word(*pair, begin, end, 2 * place)) is not None
        ]
        said += self._hues(begin, end)
        far = [word for word in said if word.distance >= APART]
        chosen = sorted(far, key=_before)[:most] or sorted(said, key=lambda word: -word.distance)[:1]
        return ", ".join(word.text for word in sorted(chosen, key=lambda word: word.place)) or self._little(begin, end)

    def _little(self, begin: int, end: int) -> str:
        """What a stretch is called that nothing sets apart as far as one would notice."""
        found = [(0.0, AXES[0])]
        for axis, measure in self.axes:
            at = measure.at(begin, end)
            if at is not None and abs(at.mean - measure.mean) >= axis.least / 4:
                found.append((at.distance, axis))
        distance, axis = max(found, key=lambda pair: abs(pair[0]))
        if abs(distance) < APART / 2:
            return NOTHING
        return f"{LITTLE}{axis.little[0 if axis.sign * distance > 0 else 1]}"

    def _hues(self, begin: int, end: int) -> list[Word]:
        """The hue that most sets a stretch apart, if one does."""
        place = 1 + 2 * next((i for i, (axis, _) in enumerate(self.axes) if axis.name == "chroma"), len(AXES))
        found = []
        for name, measure in self.hues.items():
            at = measure.at(begin, end)
            if at is not None and at.distance >= APART and at.mean >= max(HUE_SHARE, HUE_MORE * measure.mean):
                found.append(Word("hue", at.distance, place, name))
        return sorted(found, key=lambda word: -word.distance)[:1]


@dataclass(frozen=True, slots=True)
class Word:
    """What a stretch may be called: by which axis, how far it stands apart, the word's place in a label, the word."""

    axis: str
    distance: float
    place: int
    text: str


def _before(word: Word) -> tuple[float, int]:
    """Order of choice: the furthest first, by halves of a standard deviation, and from 1.5 on as good as each other."""
    return -min(int(2 * word.distance), 3), RANK.index(word.axis)


@dataclass(frozen=True, slots=True)
class At:
    """A stretch on one axis: its mean, and how many standard deviations of the film that is from the film's."""

    mean: float
    distance: float


@dataclass(frozen=True, slots=True)
class Measure:
    """An axis over the film: values (n,), where they are known, their mean and how far means of them spread."""

    values: Array
    known: npt.NDArray[np.bool_]
    mean: float
    spread: float

    def at(self, begin: int, end: int) -> At | None:
        """Entries ``[begin, end)``; None where nothing is known of them."""
        inside = self.values[begin:end][self.known[begin:end]]
        if not len(inside):
            return None
        mean = float(inside.mean())
        return At(mean, (mean - self.mean) / self.spread)


def _measure(axis: Axis, groups: Mapping[str, Group]) -> tuple[Axis, Measure] | None:
    group = groups.get(axis.group)
    if axis.name == "music" and "music" in groups:
        group = groups["music"]  # told in a list: surer than heard
    if group is None or axis.column not in group.columns:
        return None
    measure = _distribution(group.column(axis.column), group.known)
    return None if measure is None else (axis, measure)


def _distribution(values: Array, known: npt.NDArray[np.bool_]) -> Measure | None:
    """None where nothing varies."""
    have = values[known]
    if not len(have):
        return None
    wide = max(1, len(have) // 40)
    spread = float(running_mean(have, wide, "edge").std())
    return Measure(values, known, float(have.mean()), spread) if spread > 1e-6 else None


def _word(axis: Axis, measure: Measure, begin: int, end: int, place: int) -> Word | None:
    """The word of an axis for a stretch, if it is half as far apart as it must be to be called so."""
    at = measure.at(begin, end)
    if at is None:
        return None
    apart = abs(at.mean - measure.mean)
    if axis.name == "talk" and at.mean < WORDLESS and apart >= WORDY:
        return Word(axis.name, max(abs(at.distance), APART), place, "wordless")
    if abs(at.distance) < APART / 2 or apart < axis.least:
        return None
    word = axis.more if axis.sign * at.distance > 0 else axis.less
    if axis.name == "loudness" and at.mean <= QUIETEST + 2:
        word = "silent"
    return Word(axis.name, abs(at.distance), place, word)


def _hue(column: str) -> str:
    """Name of the hue of a bin of the palette: ``dark red vivid`` -> ``red``; dark orange is what is called brown."""
    parts = column.split()
    if len(parts) != 3:
        return ""
    return "brown" if parts[0] == "dark" and parts[1] == "orange" else parts[1]


def notable(label: Sequence[str], starts: Sequence[float], length: float, groups: Mapping[str, Group]) -> bool:
    """Whether one would notice that a film divides at `starts`, where the stretches are called by `label`."""
    if NOTHING not in label or any(word != NOTHING and not word.startswith(LITTLE) for word in label):
        return True
    edges = [round(second * RATE) for second in (*starts, length)]
    for name, least in NOTICED.items():
        group = groups.get(name)
        if group is not None:
            parts = [group.values[a:b][group.known[a:b]] for a, b in itertools.pairwise(edges)]
            means = [part.mean(axis=0) for part in parts if len(part)]
            if len(means) > 1 and float(np.ptp(means, axis=0).max()) >= least:
                return True
    return False


def stretches(
    name: str,
    starts: Sequence[float],
    length: float,
    profile: Profile,
    novelty: Array,
    scale: int,
    letter: list[str] | None = None,
) -> Spans:
    """Spans from each start to the next, the last to the end of the film, with their words and distances."""
    ends = [*starts[1:], length]
    begin = np.rint(np.array(starts) * 1000).astype(np.int64)
    end = np.rint(np.array(ends) * 1000).astype(np.int64)
    label, rows = [], []
    for a, b in zip(starts, ends, strict=True):
        first = min(round(a * RATE), max(0, round(length * RATE) - 1))
        last = max(first + 1, round(b * RATE))
        label.append(profile.words(first, last, MOST_WORDS[name]) if len(starts) > 1 else "")
        distances = profile.distances(first, last)
        height = float(novelty[first, scale]) if len(novelty) > first and a > 0 else 0.0
        rows.append([*(distances.get(axis.name, 0.0) for axis in AXES), height])
    table = np.array(rows, dtype=np.float64)
    columns: dict[str, Column] = {column: table[:, i] for i, column in enumerate(COLUMNS)}
    if letter is not None:
        columns["letter"] = letter
    return Spans(name, begin, end, label, MILLISECONDS, columns)


class Movements(Analyser[None]):
    """Novelty, movements, and the sequences within them; see the module.

    A film in which nothing turns (or that is shorter than 4 s) is one movement without words; one of no length has
    none.
    """

    name = "movements"
    version = 4
    watches = "tracks"
    needs = NEEDS
    gives = (
        Gives("novelty", "curve", "how much a film turns into something else", "", SCALES, FOOTE),
        Gives(
            "movements",
            "spans",
            "the large parts of the film, what sets each apart, and its letter",
            "",
            (*COLUMNS, "letter"),
            FOOTE,
        ),
        Gives("sequences", "spans", "the parts of the movements", "", COLUMNS, FOOTE),
    )

    def __init__(self) -> None:
        self.length = 0.0

    def settings(self) -> Mapping[str, Any]:
        return {"alike": ALIKE, "apart": APART, "snap": SNAP, "noticed": NOTICED, "sides": [8.0, 30.0, 120.0]}

    def begin(self, film: FilmFacts, scratch: Path) -> None:
        self.length = 0.0 if film.duration is None else float(film.duration)

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        length = length_of(tracks, self.length)
        if length <= 0:
            none: dict[str, Column] = {column: np.zeros(0) for column in COLUMNS}
            nothing = np.zeros(0, dtype=np.int64)
            empty = {name: Spans(name, nothing, nothing, [], MILLISECONDS, none) for name in MOST_WORDS}
            empty["movements"] = Spans("movements", nothing, nothing, [], MILLISECONDS, {**none, "letter": []})
            return {"novelty": novelty_track(np.zeros((0, len(SCALES)))), **empty}
        groups = portrait(tracks, length)
        novelty = novelty_of(groups, length)
        profile = Profile(groups)
        found: dict[str, Spans] = {}
        for name, starts in zip(MOST_WORDS, divide(novelty, shot_seconds(tracks)[0][1:], length), strict=True):
            for some in (starts, [0.0]):
                letter = letters(groups, some, length) if name == "movements" else None
                scale = SCALES.index(name.removesuffix("s"))
                found[name] = stretches(name, some, length, profile, novelty, scale, letter)
                within = name == "sequences" and len(found["movements"]) > 1  # a movement begins a sequence
                if within or notable(found[name].label, some, length, groups):
                    break
        return {"novelty": novelty_track(novelty), **found}
