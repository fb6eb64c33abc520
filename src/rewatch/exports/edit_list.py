"""A film as editing systems see it: clips of one file, end to end, counted in frames of a steady rate.

Where the picture runs steadily a frame's number is its place. Where it does not (variable frame rates, films known
only by a list) each cut goes to the frame of the steady rate that is nearest to its second.

Contents
    EditList, Clip, edit_list
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from rewatch.clock import FrameTimes
from rewatch.errors import ExportError
from rewatch.exports.study_view import Study, by_hand, glanced, no_shots, spans

_NTSC = tuple(Fraction(n * 1000, 1001) for n in (24, 30, 60))

STANDARD = (*_NTSC, *(Fraction(n) for n in (24, 25, 30, 48, 50, 60)))

MIXED = ("dissolve", "wipe")
"""Transitions with a shot on either side of every frame; fades go to black and are in the picture already."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One shot.

    begin, end:  frames
    kind:        how it begins
    first, last: mixed frames of that transition, or -1
    mixed:       frames of a transition that can be written as one: of the `MIXED` kinds, and between its two shots
                 alone; 0 for a cut, for fades, and for one that reaches over a shot shorter than it
    by_hand:     whether a person said that it begins there
    """

    index: int
    begin: int
    end: int
    kind: str
    first: int
    last: int
    mixed: int = 0
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class EditList:
    """rate: frames a second; path: of the film's file; name: "Heat (1995)"; size: width, height as shown, or None;
    glanced: whether its picture was no more than glanced at."""

    name: str
    path: str
    rate: Fraction
    clips: tuple[Clip, ...]
    size: tuple[int, int] | None
    channels: int
    sample_rate: int
    source_start: str
    glanced: bool = False

    @property
    def file(self) -> str:
        return Path(self.path).name

    @property
    def url(self) -> str:
        path = Path(self.path)
        return path.as_uri() if path.is_absolute() else path.name

    @property
    def frames(self) -> int:
        return self.clips[-1].end


def edit_list(study: Study) -> EditList:
    """The shots of a film as clips. ExportError for a film without any."""
    shots = spans(study, "shots")
    if shots is None or not len(shots):
        raise ExportError(f"{study.title}: no shots to write: {no_shots(study)}")
    times = study.times if shots.clock.counts_frames else None
    rate, steady = _rate(study, times, shots.clock.rate)
    zero = times.begin_seconds if times is not None else 0.0

    def frames_of(ticks: object) -> list[int]:
        at = np.asarray(ticks, dtype=np.int64)
        if steady:
            return [int(v) for v in at]
        seconds = shots.clock.seconds_of(at, times) - zero
        return [int(v) for v in np.rint(seconds * rate.numerator / rate.denominator)]

    begin, end = frames_of(shots.begin), frames_of(shots.end)
    none = np.full(len(shots), -1)
    first, last = (np.asarray(shots.columns.get(c, none), dtype=np.int64) for c in ("first_frame", "last_frame"))
    known = (first >= 0) & (last >= first)
    mixed_from = frames_of(np.where(known, first, 0))
    mixed_to = frames_of(np.where(known, last, 0))
    clips: list[Clip] = []
    said = by_hand(shots)
    for i, kind in enumerate(shots.label):
        # Two shots that fall on one frame of the steady rate are one there.
        if end[i] > begin[i]:
            there = bool(known[i])
            one, other = (mixed_from[i], mixed_to[i]) if there else (-1, -1)
            room = clips[-1].last + 1 if clips and clips[-1].mixed else clips[-1].begin if clips else begin[i]
            alone = kind in MIXED and room <= one < begin[i] <= other < end[i]
            mixed = other + 1 - one if alone else 0
            clips.append(Clip(i + 1, begin[i], end[i], str(kind), one, other, mixed, said[i]))
    if not clips:
        raise ExportError(f"{study.title}: no shot lasts a frame at {rate} frames a second")
    facts = study.facts
    sound = facts.sound
    return EditList(
        f"{study.title} ({study.year})" if study.year else study.title,
        facts.path,
        rate,
        tuple(clips),
        None if facts.picture is None else facts.picture.display_size,
        0 if sound is None else sound.channels,
        0 if sound is None else sound.sample_rate,
        str(facts.tags.get("timecode", "")),
        glanced(study),
    )


def _rate(study: Study, times: FrameTimes | None, ticks: Fraction | None) -> tuple[Fraction, bool]:
    """The steady rate, and whether the shots' own ticks are its frames."""
    if times is None or len(times) < 2:
        # The frames of an EDL; a list in milliseconds has none.
        if ticks is not None and ticks <= 120:
            return ticks, True
        picture = study.facts.picture
        return (picture.rate if picture is not None else Fraction(25)), times is not None
    seconds = times.seconds(np.arange(len(times)))
    told = study.facts.picture.rate if study.facts.picture is not None else Fraction(0)
    mean = (len(times) - 1) / float(seconds[-1] - seconds[0])
    near = min(STANDARD, key=lambda r: abs(float(r) - mean))
    if abs(float(near) - mean) > 3e-4 * mean:
        near = told if told and abs(float(told) - mean) <= 3e-4 * mean else Fraction(mean).limit_denominator(1001)
    drift = seconds - seconds[0] - np.arange(len(times)) / float(near)
    return near, bool(np.abs(drift).max() < 0.5 / float(near))
