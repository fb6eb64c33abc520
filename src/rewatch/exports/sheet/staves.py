"""Staves: what a stave is, and those of colour, motion and tempo. Those of cuts and of sound stand in `staves_*`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt

from rewatch.exports.reduce import (
    Floats,
    Reduced,
    reduce_curve,
    smooth,
)
from rewatch.exports.sheet.layout import Box
from rewatch.exports.sheet.marks import terraces
from rewatch.exports.sheet.pen import Pen
from rewatch.exports.study_view import Study, curve, spans
from rewatch.images.colour import Bytes, linear_to_srgb8, oklab_to_linear, srgb8_to_linear
from rewatch.track import Curve

FINE = 0.4
"""How finely curves are drawn, mm."""

TURNS = {"accelerando": "accel.", "ritardando": "rit."}


class Stave(ABC):
    """One line of the score, over all systems.

    name, short:  in the margin of the first system and of those after it
    weight:       its share of a system's height
    above, below: room it needs outside for words and marks, mm on the densest page
    barred:       whether bar lines run through it
    source:       what it is drawn from: a stream of the file, or the list that a film without a file is known by
    """

    name: ClassVar[str]
    short: ClassVar[str]
    weight: float
    above: ClassVar[float] = 0.0
    below: ClassVar[float] = 0.0
    barred: ClassVar[bool] = True
    source: ClassVar[Literal["picture", "sound", "words", "list"]] = "picture"

    @classmethod
    @abstractmethod
    def of(cls, study: Study) -> Stave | None:
        """The stave of a film; None where the film has nothing to put on it."""

    @property
    @abstractmethod
    def about(self) -> str:
        """The legend: one or two short sentences."""

    @abstractmethod
    def draw(self, pen: Pen, box: Box) -> None:
        """Draw the stretch of the film that `box` covers."""


def first_column(track: Curve) -> Floats:
    """(n,) float64: a curve's first column."""
    return np.asarray(track.values, dtype=np.float64).reshape(len(track), -1)[:, 0]


def drawn(seconds: Floats, values: Floats, box: Box, fine: float = FINE) -> Reduced:
    """A curve as it is to be drawn in a box; one that has few values in it is rounded where it would show corners."""
    part = reduce_curve(seconds, values, box.begin, box.end, round(box.width / fine))
    if len(part) > 3 and box.width / len(part) > 1.2:
        from scipy.interpolate import PchipInterpolator

        at = np.linspace(part.seconds[0], part.seconds[-1], int(box.width / 0.8))
        # Monotone between its values (Fritsch and Carlson 1980): rounds the corners, invents no peak.
        mean: Floats = PchipInterpolator(part.seconds, part.mean)(at)
        return Reduced(at, mean, mean, mean)
    return part


def bridged(values: Floats, keep: npt.NDArray[np.bool_]) -> Floats:
    """(n,) values, those not kept replaced by the lesser of the two kept ones beside them; all 0 where none is.

    >>> bridged(np.array([1.0, 9.0, 9.0, 2.0]), np.array([True, False, False, True])).tolist()
    [1.0, 1.0, 1.0, 2.0]
    """
    kept = np.flatnonzero(keep)
    if not len(kept):
        return np.zeros_like(values)
    after = np.searchsorted(kept, np.arange(len(values)))
    before = np.clip(after - 1, 0, len(kept) - 1)
    lesser = np.minimum(values[kept[before]], values[kept[np.minimum(after, len(kept) - 1)]])
    return np.where(keep, values, lesser)


class Barcode(Stave):
    """The film's colours side by side: each column is an instant, from the top of the picture to its foot."""

    name, short, weight, barred = "Colour", "Col.", 2.3, False

    COLUMNS: ClassVar[float] = 5.0
    """Image columns a millimetre."""

    def __init__(self, seconds: Floats, rows: Floats) -> None:
        """rows: (n, bands, 3) linear light at even `seconds`."""
        self.seconds, self.bands = seconds, rows.shape[1]
        self.total = np.concatenate([np.zeros((1, *rows.shape[1:])), np.cumsum(rows, axis=0)])

    @classmethod
    def of(cls, study: Study) -> Barcode | None:
        found = curve(study, "barcode")
        if found is not None and found.values.ndim == 2 and found.values.shape[1] % 3 == 0:
            return cls(found.seconds(study.times), srgb8_to_linear(found.values.reshape(len(found), -1, 3)))
        found = curve(study, "colour")
        if found is not None and found.values.ndim == 2 and found.values.shape[1] == 3:
            return cls(found.seconds(study.times), oklab_to_linear(found.values)[:, None])
        return None

    @property
    def about(self) -> str:
        if self.bands > 1:
            return "The film itself: each column is one instant, from the top of the frame to its foot."
        return "The film itself: the mean colour of each instant."

    def image(self, begin: float, end: float, columns: int) -> Bytes:
        """(h, columns, 3) uint8: the stretch as a picture; each column the mean of the light in its time."""
        count = len(self.seconds)
        edges = np.linspace(begin, end, columns + 1)
        step = float(self.seconds[-1] - self.seconds[0]) / max(count - 1, 1)
        starts = self.seconds - step / 2
        low = np.clip(np.searchsorted(starts, edges[:-1], side="right") - 1, 0, count - 1)
        high = np.clip(np.searchsorted(starts, edges[1:], side="left"), low + 1, count)
        means = (self.total[high] - self.total[low]) / (high - low)[:, None, None]
        if self.bands > 1:  # the passage from band to band is soft, as it was in the picture
            fine = (np.arange(self.bands * 3) + 0.5) / 3 - 0.5
            lower = np.clip(np.floor(fine).astype(np.int64), 0, self.bands - 1)
            upper = np.clip(lower + 1, 0, self.bands - 1)
            part = np.clip(fine - lower, 0, 1)[None, :, None]
            means = means[:, lower] * (1 - part) + means[:, upper] * part
        return linear_to_srgb8(means.transpose(1, 0, 2))

    def draw(self, pen: Pen, box: Box) -> None:
        pen.picture(
            box.left, box.top, box.right, box.bottom, self.image(box.begin, box.end, round(box.width * self.COLUMNS))
        )


class Motion(Stave):
    """How much moves from one frame to the next, and the momentum it gathers."""

    name, short, weight = "Motion", "Mot.", 1.25

    def __init__(self, seconds: Floats, activity: Floats, momentum: tuple[Floats, Floats] | None) -> None:
        self.seconds, self.activity, self.momentum = seconds, activity, momentum
        self.top = float(np.percentile(activity, 99)) or 1.0

    @classmethod
    def of(cls, study: Study) -> Motion | None:
        from rewatch.score.activity import moving_frames

        found = curve(study, "activity")
        if found is None:
            return None
        seconds, activity = found.seconds(study.times), first_column(found)
        times = study.times
        if found.clock.counts_frames and times is not None and len(times) == len(found):
            # At a boundary activity measures the change of shot, not motion.
            keep = moving_frames(times, spans(study, "boundaries"))
            activity = bridged(activity, keep)
        momentum = curve(study, "momentum")
        gathered = None if momentum is None else (momentum.seconds(study.times), first_column(momentum))
        return cls(seconds, activity, gathered)

    @property
    def about(self) -> str:
        line = " The line is momentum: motion in flight, across the cuts." if self.momentum else ""
        return f"How much of the picture changes from frame to frame.{line}"

    def draw(self, pen: Pen, box: Box) -> None:
        ink = pen.ink
        part = reduce_curve(self.seconds, self.activity, box.begin, box.end, round(box.width / FINE))
        x = box.x(part.seconds)
        pen.form(x, box.y(0), box.y(part.mean / self.top), ink.motion_pale)
        pen.line([box.left, box.right], [box.bottom] * 2, ink.motion, 0.4)
        if self.momentum:
            line = drawn(*self.momentum, box, FINE * 2)
            pen.line(box.x(line.seconds), box.y(line.mean / self.top), ink.motion, 0.9, order=4)


class Tempo(Stave):
    """How fast the film goes, against its own average: above the line faster, below it slower."""

    name, short, weight, above = "Tempo", "Tem.", 1.0, 2.7

    def __init__(self, seconds: Floats, values: Floats, turns: list[tuple[float, str]] | None = None) -> None:
        """turns: second and word of each change of tempo."""
        self.seconds, self.values, self.turns = seconds, values, turns or []
        self.reach = max(float(np.percentile(np.abs(values), 96)), 0.6)

    @classmethod
    def of(cls, study: Study) -> Tempo | None:
        found = curve(study, "tempo")
        if found is None:
            return None
        edges = spans(study, "tempo_edges")
        turns = []
        if edges is not None:
            begin = edges.begin_seconds(study.times).tolist()
            turns = [(t, TURNS[word]) for t, word in zip(begin, edges.label, strict=True) if word in TURNS]
        return cls(found.seconds(study.times), first_column(found), turns)

    @property
    def about(self) -> str:
        return "Cutting and motion together, against the film's own mean: above the line faster, below it slower."

    def draw(self, pen: Pen, box: Box) -> None:
        ink = pen.ink
        part = drawn(self.seconds, self.values, box, FINE * 2)
        x, y = box.x(part.seconds), box.y(0.5 + part.mean / self.reach / 2)
        pen.form(x, np.full_like(x, box.middle), y, ink.tempo_pale)
        pen.line([box.left, box.right], [box.middle] * 2, ink.tempo, 0.35, order=2.5, alpha=0.7)
        pen.line(x, y, ink.tempo, 0.9)
        size, base = min(9.0, 2.75 * box.above), box.top - box.above * 0.2
        taken: list[tuple[float, float]] = []
        for at, word in box.marks(self.words(box.a_second)):
            wide = pen.width(word, size, "bold")
            x0 = box.clear(float(box.x(at)) + 0.6, wide)
            if x0 + wide < box.right:
                pen.text(x0, base, word, size, style="bold")
                taken.append((x0 - 1.5, x0 + wide + 1.5))
        for at, word in self.turns:
            wide = pen.width(word, size * 0.9, "italic")
            x0 = box.clear(float(box.x(at)), wide)
            if box.holds(at) and x0 + wide < box.right and not any(a < x0 + wide and x0 < b for a, b in taken):
                pen.text(x0, base, word, size * 0.9, style="italic")
                taken.append((x0 - 1.5, x0 + wide + 1.5))

    def words(self, a_second: float) -> list[tuple[float, str]]:
        """Seconds, and the word that stands there: where the tempo changes for a while."""
        from rewatch.score.tempo import BOUNDS, WORDS

        part = reduce_curve(self.seconds, self.values, self.seconds[0], self.seconds[-1], 2000)
        level = smooth(part.seconds, part.mean, 8 / a_second)
        return [(t, WORDS[g].capitalize()) for t, g in terraces(part.seconds, level, BOUNDS.tolist(), 24 / a_second)]
