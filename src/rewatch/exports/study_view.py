"""What the exports see of a film: its title, its facts and its tracks, wherever they are kept.

The library's `Edition` is such a study; a test can make one of a few arrays. An export asks for tracks by name and
gets None where the film has none: a film without sound has no loudness, and the sheet then says so.

Contents
    Study               the protocol
    curve, events, spans, figure   one track of a shape, one figure by its name, or None
    seconds_between     begin and end of spans in seconds
    glanced             whether the picture was no more than glanced at
    by_hand, begins_by  which shots begin where a person said so; how one begins, in words
    movements           where the film's movements begin, and their names
    key_figures         the handful of numbers that stand on the sheet
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from rewatch.clock import FrameTimes
from rewatch.errors import NotMeasured
from rewatch.facts import FilmFacts
from rewatch.track import Curve, Events, Figures, Spans, Track

Shape = TypeVar("Shape", Curve, Events, Spans, Figures)
Floats = npt.NDArray[np.float64]


class Study(Protocol):
    """One edition of a film as it has been charted.

    times:    when each frame is shown; None where there is no picture
    tracks:   by name; may read them from disk when asked
    duration: seconds
    provisional: what was looked at of the picture, in words, where it was no more than glanced at; else ""
    """

    @property
    def title(self) -> str: ...
    @property
    def year(self) -> int | None: ...
    @property
    def facts(self) -> FilmFacts: ...
    @property
    def times(self) -> FrameTimes | None: ...
    @property
    def tracks(self) -> Mapping[str, Track]: ...
    @property
    def duration(self) -> float: ...
    @property
    def provisional(self) -> str: ...


def _track(study: Study, name: str, shape: type[Shape]) -> Shape | None:
    try:
        track = study.tracks[name]
    except (KeyError, NotMeasured):
        return None
    if not isinstance(track, shape):
        return None
    clock = getattr(track, "clock", None)
    if clock is not None and clock.counts_frames and study.times is None and len(track):
        return None  # a track of frames without their times cannot be laid along the clock
    return track


def curve(study: Study, name: str) -> Curve | None:
    """The curve of that name, or None where the film has none (or an empty one)."""
    found = _track(study, name, Curve)
    return found if found is not None and len(found) else None


def events(study: Study, name: str) -> Events | None:
    """The events of that name, or None where it was not measured. May be empty: nothing happened."""
    return _track(study, name, Events)


def spans(study: Study, name: str) -> Spans | None:
    """The spans of that name, or None where they were not measured. May be empty."""
    return _track(study, name, Spans)


def figure(study: Study, track: str, name: str) -> float | int | None:
    """A figure of the whole film, as `explain` tells it; None where it was not measured."""
    found = _track(study, track, Figures)
    return None if found is None else found.values.get(name)


def no_shots(study: Study) -> str:
    """Why a film has no shots, in words."""
    return "the list does not tell them" if study.facts.listed else "the film has no picture"


def seconds_between(study: Study, track: Spans) -> tuple[Floats, Floats]:
    """(n,) and (n,): begin and end of each span in seconds."""
    return track.begin_seconds(study.times), track.end_seconds(study.times)


def glanced(study: Study) -> bool:
    """Whether the picture was no more than glanced at: its figures are provisional until a watch takes their place."""
    return bool(study.provisional)


def by_hand(shots: Spans) -> list[bool]:
    """Of each shot, whether a person said that it begins there."""
    said = shots.columns.get("by_hand")
    return [False] * len(shots) if said is None else [bool(one) for one in said]


def begins_by(kind: str, said: bool) -> str:
    """How a shot begins, in words.

    >>> begins_by("fade_in", False), begins_by("cut", True), begins_by("", False)
    ('fade in', 'cut, by hand', '')
    """
    words = kind.replace("_", " ")
    return f"{words}, by hand" if said else words


NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def movements(study: Study) -> list[tuple[float, str]]:
    """Second and name of each movement of the film, where it has some: ``(0.0, "I. quiet, slow, blue")``.

    Where one returns they bear their letters: ``(310.0, "III. A′ · quiet, slow, blue")``. One that nothing sets apart
    has a number, and a letter, alone.
    """
    from rewatch.structure.movements import NOTHING

    track = spans(study, "movements")
    if track is None or len(track) < 2:
        return []
    begin, _ = seconds_between(study, track)
    letters = [str(letter) for letter in track.columns.get("letter", ())]
    # Letters say something where one returns: A B A′.
    returns = len({letter.rstrip("′") for letter in letters}) < len(letters)
    names = []
    for i, label in enumerate(track.label):
        number = NUMERALS[i] if i < len(NUMERALS) else str(i + 1)
        label = "" if label == NOTHING else label
        if returns:
            label = f"{letters[i]} · {label}" if label else letters[i]
        names.append(f"{number}. {label}" if label else f"{number}.")
    return list(zip(begin.tolist(), names, strict=True))


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A number for people: ``3.1 s`` ``median shot``."""

    value: str
    label: str


def _plain(value: float, decimals: int) -> str:
    """A number with a true minus sign and thin thousands: how print wants it."""
    return f"{value:,.{decimals}f}".replace("-", "−").replace(",", " ")


def _length(seconds: float) -> str:
    return f"{_plain(seconds, 1 if seconds >= 1 else 2)} s"


def key_figures(study: Study) -> tuple[tuple[KeyFigure, ...], tuple[KeyFigure, ...]]:
    """What stands beside the title: figures of the picture, and of sound and words; those that there are."""
    shots, average, median = (figure(study, "cutting", name) for name in ("shots", "asl", "median"))
    picture: list[KeyFigure] = []
    if shots and average is not None and median is not None:
        picture = [
            KeyFigure(_plain(shots, 0), "shot" if shots == 1 else "shots"),
            KeyFigure(_length(average), "average shot"),
            KeyFigure(_length(median), "median shot"),
        ]
    heard: list[KeyFigure] = []
    for track, key, digits, unit, label in (
        ("loudness_figures", "integrated", 1, " LUFS", "loudness"),
        ("loudness_figures", "range", 1, " LU", "loudness range"),
        ("dialogue_figures", "words_per_minute", 0, "", "words a minute"),
    ):
        value = figure(study, track, key)
        if value is not None:
            heard.append(KeyFigure(f"{_plain(value, digits)}{unit}", label))
    return tuple(picture), tuple(heard)
