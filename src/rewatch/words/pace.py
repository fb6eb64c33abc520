"""Pace: how fast the words come.

Contents
    pace   lines -> words a minute, as an array
    Pace   the analyser
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rewatch.analyser import Analyser, Gives
from rewatch.clock import Clock
from rewatch.facts import FilmFacts
from rewatch.figure import Figure
from rewatch.smoothing import gaussian
from rewatch.track import Curve, Spans, Track
from rewatch.words.lines import read_lines

CLOCK = Clock(Fraction(1), Fraction(1, 2))
WINDOW = 30.0

FIGURES = (
    Figure(
        "pace",
        "Words a minute",
        "words/min",
        "words of the lines, spread evenly over the time of each, weighted by a Gaussian whose width at half height "
        "is 30 s; at the ends of the film the part of it that lies in the film",
        "rewatch",
        ("lines",),
        "where a film talks and where it falls silent",
        "how fast one person speaks: pauses within a subtitle are not known, and what has no subtitle is not counted",
    ),
)


def pace(
    begin: npt.NDArray[np.float64],
    end: npt.NDArray[np.float64],
    words: npt.NDArray[np.float64],
    length: float,
    window: float = WINDOW,
) -> npt.NDArray[np.float64]:
    """Words a minute at every second (entry i = the middle of second i) of a film that lasts `length` seconds.

    begin, end: (n,) seconds of the lines; words: (n,) words in each, spread evenly from begin to end
    window:     width at half height of the Gaussian, seconds
    """
    count = math.ceil(length)
    if count <= 0:
        return np.zeros(0)
    # A line shorter than a tenth of a second is as good as an instant, and must not divide by nothing.
    end = np.maximum(end, begin + 0.1)
    edges = np.minimum(np.arange(count + 1, dtype=np.float64), max(length, float(end.max(initial=0.0))))
    # The number of words said up to t is a sum of ramps: a slope begins with each line and ends with it.
    slope = words / (end - begin)
    at = np.concatenate((begin, end))
    order = np.argsort(at, kind="stable")
    knots, steps = at[order], np.concatenate((slope, -slope))[order]
    rate = np.cumsum(steps)
    said = np.concatenate(([0.0], np.cumsum(rate[:-1] * np.diff(knots)))) if len(knots) else np.zeros(0)
    per_second = np.diff(np.interp(edges, knots, said)) if len(knots) else np.zeros(count)
    sigma = window / math.sqrt(8 * math.log(2))
    inside = gaussian(np.ones(count), sigma, "nothing")
    smooth = gaussian(per_second, sigma, "nothing")
    rate_a_minute: npt.NDArray[np.float64] = np.maximum(smooth / inside * 60.0, 0.0)
    return rate_a_minute


class Pace(Analyser[None]):
    """Words a minute over the film. See `FIGURES`."""

    name = "pace"
    version = 1
    watches = "tracks"
    needs = ("lines",)
    gives = (Gives("pace", "curve", "words a minute", unit="words/min", columns=("value",)),)

    def __init__(self) -> None:
        self.length: float | None = None

    def settings(self) -> Mapping[str, Any]:
        return {"window": WINDOW}

    def begin(self, film: FilmFacts, scratch: Path) -> None:
        self.length = None if film.duration is None else float(film.duration)

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        lines = tracks.get("lines")
        if not isinstance(lines, Spans) or not len(lines):
            return {"pace": Curve("pace", np.zeros(0), CLOCK, "words/min")}
        begin, end, words = read_lines(lines)
        length = self.length or float(end.max())
        return {"pace": Curve("pace", pace(begin, end, words, length), CLOCK, "words/min")}
