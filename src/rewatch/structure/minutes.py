"""Minutes: the clock laid over a film, as those who talk about it a minute an episode count.

Contents
    minutes_track   length -> the track ``minutes``
    Minutes         the analyser
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np

from rewatch.analyser import Analyser, Gives
from rewatch.clock import Clock
from rewatch.facts import FilmFacts
from rewatch.figure import Figure
from rewatch.track import Curve, Events, Spans, Track, frame_times

CLOCK = Clock(Fraction(1))

FIGURES = (
    Figure(
        "minutes",
        "Minutes",
        "",
        "minute n runs from second 60 (n - 1) to 60 n",
        "rewatch",
        ("frames", "loudness"),
        "talking of a film a minute at a time, in the terms of any player's clock",
        "the film's own joints: a minute begins in the middle of a shot",
    ),
)


def minutes_track(length: float) -> Spans:
    """The minutes of a film of `length` seconds: labels "1", "2", ...; the last ends with the film (whole seconds)."""
    seconds = max(0, math.ceil(length - 1e-6))
    begin = np.arange(0, seconds, 60, dtype=np.int64)
    label = [str(n + 1) for n in range(len(begin))]
    return Spans("minutes", begin, np.minimum(begin + 60, seconds), label, CLOCK)


class Minutes(Analyser[None]):
    """The minutes of what there is of the film: of its picture and its sound; else of what its header says."""

    name = "minutes"
    version = 1
    watches = "tracks"
    needs = ("frames", "loudness")
    gives = (Gives("minutes", "spans", "minute 1 is 0:00 to 1:00, and so on"),)

    def __init__(self) -> None:
        self.length = 0.0

    def begin(self, film: FilmFacts, scratch: Path) -> None:
        self.length = 0.0 if film.duration is None else float(film.duration)

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        frames, loudness = tracks.get("frames"), tracks.get("loudness")
        ends = []
        if isinstance(frames, Events) and len(frames):
            ends.append(frame_times(frames).end_seconds)
        if isinstance(loudness, Curve) and len(loudness):
            ends.append(float(loudness.seconds()[-1]))
        return {"minutes": minutes_track(max(ends, default=self.length))}
