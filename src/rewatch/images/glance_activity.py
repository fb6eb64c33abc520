"""Visual activity of a film of which most frames were not looked at: from what its frames cost to code.

Where stretches were decoded, activity is measured as ever. For the rest it is read from the bytes a frame takes, as a
share of those of the keyframe before: a line is fitted, on logarithms, to the film's own measured stretches.

Contents
    CodedActivity
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rewatch.evidence import Pictures
from rewatch.facts import FilmFacts
from rewatch.images.motion import Activity, lag_of
from rewatch.track import Curve

REACH = 6
"""Frames on either side over which bytes are averaged: one kind of frame alone says little."""
LEAST = 100
"""Measured frames below which the line is not fitted."""
LINE = (-1.5, 0.75)
"""What is used then: logarithm of activity at bytes like the keyframe's, and its slope."""
FLOOR = 1e-3

Doubles = npt.NDArray[np.float64]


class CodedActivity:
    """Fed with what was looked at; `curve` at the end."""

    def __init__(self, film: FilmFacts, scratch: Path) -> None:
        self._film, self._scratch = film, scratch
        self._lag = lag_of(film.picture.rate) if film.picture else 2
        self._known: list[tuple[int, npt.NDArray[np.float32]]] = []

    def feed(self, piece: Pictures) -> None:
        if len(piece) <= self._lag:
            return
        own = Activity()
        own.begin(self._film, self._scratch)
        own.feed(piece)
        measured = own.finish({})["activity"]
        assert isinstance(measured, Curve)
        # The first ones look back at frames that are not there.
        self._known.append((piece.first + self._lag, measured.values[self._lag :].copy()))

    def curve(
        self, keyframes: npt.NDArray[np.int64], size: npt.NDArray[np.int32], boundaries: Sequence[int]
    ) -> npt.NDArray[np.float32]:
        """(n,) activity of every frame; size: (n,) bytes; boundaries: the first frame of each."""
        cost = _cost(keyframes, size)
        known = np.full(len(size), np.nan)
        for first, values in self._known:
            known[first : first + len(values)] = values
        near = np.zeros(len(size), bool)
        for first in boundaries:
            near[max(0, first - self._lag) : first + 2 * self._lag] = True
        at = np.flatnonzero(~np.isnan(known) & ~near)
        level, slope = LINE
        if len(at) >= LEAST:
            x, y = cost[at], np.log(np.maximum(known[at], FLOOR))
            spread = float(x.var())
            slope = float(np.clip(((x - x.mean()) * (y - y.mean())).mean() / spread, 0, 2)) if spread > 1e-6 else 0.0
            level = float(y.mean() - slope * x.mean())
        read = np.clip(np.exp(level + slope * cost), 0, 2)
        return np.where(np.isnan(known), read, known).astype(np.float32)


def _cost(keyframes: npt.NDArray[np.int64], size: npt.NDArray[np.int32]) -> Doubles:
    """(n,) logarithm of the bytes a frame takes thereabouts, keyframes left out, over the keyframe's."""
    weight = np.ones(len(size))
    weight[keyframes] = 0
    box, middle = np.ones(2 * REACH + 1), slice(REACH, REACH + len(size))  # also of a film shorter than the box
    total = np.convolve(size * weight, box)[middle]
    mean = total / np.maximum(np.convolve(weight, box)[middle], 1)
    key = size[keyframes][np.maximum(np.searchsorted(keyframes, np.arange(len(size)), side="right") - 1, 0)]
    result: Doubles = np.log((mean + 1) / (key + 1.0))
    return result
