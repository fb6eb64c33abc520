"""Staves: what a stave is, and those of the picture: the barcode, the cuts, the motion, the tempo."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from rewatch.exports.reduce import (
    Bytes,
    Floats,
    display_light,
    linear_light,
    mean_rows,
    oklab_to_linear,
    reduce_curve,
    smooth,
)
from rewatch.exports.sheet.layout import Box
from rewatch.exports.sheet.marks import TEMPO_WORDS, terraces
from rewatch.exports.sheet.pen import Pen
from rewatch.exports.study_view import Study, curve, seconds_between, spans

FINE = 0.3
"""How finely curves are drawn, mm."""


class Stave(ABC):
    """One line of the score, over all systems.

    name, short: in the margin of the first system and of those after it
    weight:      its share of a system's height
    barred:      whether bar lines run through it
    """

    name: ClassVar[str]
    short: ClassVar[str]
    weight: ClassVar[float]
    barred: ClassVar[bool] = True

    @property
    @abstractmethod
    def about(self) -> str:
        """The legend: one or two short sentences."""

    @abstractmethod
    def draw(self, pen: Pen, box: Box) -> None:
        """Draw the stretch of the film that `box` covers."""


class Barcode(Stave):
    """The film's colours side by side: each column is an instant, from the top of the picture to its foot."""

    name, short, weight, barred = "Colour", "Col.", 2.1, False

    def __init__(self, seconds: Floats, rows: Floats) -> None:
        """rows: (n, bands, 3) linear light at even `seconds`."""
        self.seconds, self.rows = seconds, rows

    @classmethod
    def of(cls, study: Study) -> Barcode | None:
        found = curve(study, "barcode")
        if found is not None and found.values.shape[-1] % 3 == 0:
            return cls(found.seconds(study.times), linear_light(found.values.reshape(len(found), -1, 3)))
        found = curve(study, "colour")
        if found is not None and found.values.shape[-1] == 3:
            return cls(found.seconds(study.times), oklab_to_linear(found.values)[:, None])
        return None

    @property
    def about(self) -> str:
        if self.rows.shape[1] > 1:
            return "The picture itself, squeezed to a line: each column is one instant, from the top of the frame to its foot."
        return "The picture's mean colour, instant by instant."

    def image(self, begin: float, end: float, columns: int) -> Bytes:
        """(h, columns, 3) uint8: the stretch as a picture, dark where the film has no frames."""
        edges = np.linspace(begin, end, columns + 1)
        step = (self.seconds[-1] - self.seconds[0]) / max(len(self.seconds) - 1, 1) or 1.0
        total = np.concatenate([np.zeros((1, *self.rows.shape[1:])), np.cumsum(self.rows, axis=0)])
        low = np.searchsorted(self.seconds - step / 2, edges[:-1], side="right") - 1
        high = np.searchsorted(self.seconds - step / 2, edges[1:], side="left")
        low = np.clip(low, 0, len(self.rows) - 1)
        high = np.clip(high, low + 1, len(self.rows))
        means = (total[high] - total[low]) / (high - low)[:, None, None]
        bands = means.shape[1]
        if bands > 1:  # from 12 bands to a soft vertical passage
            fine = np.linspace(-0.5, bands - 0.5, bands * 3 + 1)[:-1] + 1 / 6
            lower = np.clip(np.floor(fine).astype(int), 0, bands - 1)
            upper = np.clip(lower + 1, 0, bands - 1)
            part = np.clip(fine - lower, 0, 1)[None, :, None]
            means = means[:, lower] * (1 - part) + means[:, upper] * part
        return display_light(means.transpose(1, 0, 2))

    def draw(self, pen: Pen, box: Box) -> None:
        pen.picture(box.left, box.top, box.right, box.bottom, self.image(box.begin, box.end, round(box.width * 5)))


class Cuts(Stave):
    """Every shot a note: it begins with its cut, stands the higher the shorter it is, and is held as long as it lasts."""

    name, short, weight = "Cuts", "Cuts", 2.2

    GRADUAL: ClassVar[frozenset[str]] = frozenset({"dissolve", "wipe"})
    FADES: ClassVar[frozenset[str]] = frozenset({"fade_in", "fade_through_black"})

    def __init__(self, begin: Floats, end: Floats, kind: list[str], closes_with_fade: bool = False) -> None:
        self.begin, self.end, self.kind = begin, end, np.array(kind, dtype=object)
        self.length = np.maximum(end - begin, 1e-3)
        self.closes_with_fade = closes_with_fade
        low, high = np.percentile(self.length, [2, 98])
        self.low, self.high = min(low, 1.0) * 0.8, max(high, 4.0) * 1.3

    @classmethod
    def of(cls, study: Study) -> Cuts | None:
        shots = spans(study, "shots")
        if shots is None or not len(shots):
            return None
        boundaries = spans(study, "boundaries")
        fades = boundaries is not None and len(boundaries) > 0 and boundaries.label[-1] == "fade_out"
        return cls(*seconds_between(study, shots), list(shots.label), fades)

    @property
    def about(self) -> str:
        text = "Each shot a note, held as long as it lasts: the shorter the shot, the higher it stands."
        signs = []
        if any(k in self.GRADUAL for k in self.kind):
            signs.append("a slur is a dissolve")
        if any(k in self.FADES for k in self.kind):
            signs.append("a wedge a fade")
        joined = ", ".join(signs)
        return f"{text} {joined[0].upper()}{joined[1:]}." if signs else text

    def height(self, length: npt.ArrayLike) -> Floats:
        """0..1 of a shot's length: logarithmic, short is high."""
        share: Floats = np.log(self.high / np.asarray(length)) / np.log(self.high / self.low)
        return np.clip(share, 0, 1)

    def rules(self) -> list[float]:
        """The lengths at which the staff has its lines, seconds."""
        return [s for s in (0.25, 1, 4, 15, 60, 240) if self.low <= s <= self.high]

    def draw(self, pen: Pen, box: Box) -> None:
        ink = pen.ink
        for length in self.rules():
            y = float(box.y(self.height(length)))
            pen.line([box.left, box.right], [y, y], ink.hair, 0.35, order=1)
            if box.height > 5:
                pen.text(box.right + 1.2, y + 0.65, f"{length:g} s", 5.5, colour=ink.soft, style="italic")
        shows = box.within(self.begin, self.end)
        if not shows.any():
            return
        begin, end, length, kind = self.begin[shows], self.end[shows], self.length[shows], self.kind[shows]
        left, right, y = box.x(begin), box.x(end), box.y(self.height(length))
        starts_here = begin >= box.begin - 1e-6
        close = float(np.median(np.maximum(self.length, 0.05))) * box.a_second
        head = float(np.clip(close * 0.62, 0.62, min(2.1, box.height * 0.16)))
        stem = min(box.height * 0.22, head * 2.7)
        held = right - left > head * 1.15
        pen.lines(left[held], y[held], np.maximum(right - head * 0.55, left)[held], y[held], ink.edge, head * 0.62, order=3,
                  alpha=0.55)  # fmt: skip
        at = left + head * 0.5
        long = length >= max(self.high * 0.45, 8)
        pen.lines(at[starts_here & ~long] + head * 0.43, y[starts_here & ~long] - head * 0.1,
                  at[starts_here & ~long] + head * 0.43, y[starts_here & ~long] - stem, ink.ink, max(0.3, head * 0.32))  # fmt: skip
        pen.heads(at[starts_here & ~long], y[starts_here & ~long], head, ink.ink)
        pen.heads(at[starts_here & long], y[starts_here & long], head * 1.15, ink.ink, open_=True)
        self._joins(pen, box, at, y, kind, starts_here, head)

    def _joins(self, pen: Pen, box: Box, at: Floats, y: Floats, kind: npt.NDArray[np.object_],
               starts_here: npt.NDArray[np.bool_], head: float) -> None:  # fmt: skip
        slurred = np.flatnonzero(np.isin(kind, list(self.GRADUAL)) & starts_here)
        for i in slurred:
            before = at[i - 1] if i else box.left
            a, b = max(before, at[i] - 14), at[i]
            foot = max(y[i], y[i - 1] if i else y[i]) + head * 0.75
            pen.arcs(a, b, foot, -min(2.2, 0.5 + (b - a) * 0.12), pen.ink.ink, thick=min(0.3, head * 0.25))
        faded = np.flatnonzero(np.isin(kind, list(self.FADES)) & starts_here)
        size = max(1.1, min(2.2, head * 1.4))
        for i in faded:
            x, foot = at[i] - head * 0.5, box.bottom + 0.2
            if kind[i] == "fade_through_black":
                pen.lines([x - size * 1.4] * 2, [foot - size * 0.5, foot + size * 0.5], x, foot, pen.ink.ink, 0.5)
            pen.lines(x, foot, [x + size * 1.4] * 2, [foot - size * 0.5, foot + size * 0.5], pen.ink.ink, 0.5)
        if self.closes_with_fade and box.end >= self.end[-1] - 1e-6:
            foot = box.bottom + 0.2
            pen.lines([box.right - size * 2.4] * 2, [foot - size * 0.5, foot + size * 0.5], box.right - size, foot,
                      pen.ink.ink, 0.5)  # fmt: skip


class Motion(Stave):
    """How much moves from one frame to the next, and the momentum it gathers."""

    name, short, weight = "Motion", "Mot.", 1.25

    def __init__(self, seconds: Floats, activity: Floats, momentum: tuple[Floats, Floats] | None) -> None:
        self.seconds, self.activity, self.momentum = seconds, activity, momentum
        self.top = float(np.percentile(activity, 99.2)) or 1.0

    @classmethod
    def of(cls, study: Study) -> Motion | None:
        found = curve(study, "activity")
        if found is None:
            return None
        momentum = curve(study, "momentum")
        activity = found.values if found.values.ndim == 1 else found.values[:, 0]
        return cls(
            found.seconds(study.times),
            np.asarray(activity, dtype=np.float64),
            None
            if momentum is None
            else (momentum.seconds(study.times), momentum.values if momentum.values.ndim == 1 else momentum.values[:, 0]),
        )

    @property
    def about(self) -> str:
        line = " The line is momentum, its running mean." if self.momentum else ""
        return f"How much of the picture changes from frame to frame.{line}"

    def draw(self, pen: Pen, box: Box) -> None:
        ink = pen.ink
        part = reduce_curve(self.seconds, self.activity, box.begin, box.end, round(box.width / FINE))
        x = box.x(part.seconds)
        pen.form(x, box.y(0), box.y(part.mean / self.top), ink.motion_pale)
        pen.line([box.left, box.right], [box.bottom] * 2, ink.motion, 0.4)
        if self.momentum:
            line = reduce_curve(*self.momentum, box.begin, box.end, round(box.width / FINE / 2))
            pen.line(box.x(line.seconds), box.y(line.mean / self.top), ink.motion, 0.9, order=4)


class Tempo(Stave):
    """How fast the film goes, against its own average: above the line faster, below it slower."""

    name, short, weight = "Tempo", "Tem.", 0.95

    def __init__(self, seconds: Floats, values: Floats) -> None:
        self.seconds, self.values = seconds, values
        self.middle = float(np.median(values))
        self.reach = float(np.percentile(np.abs(values - self.middle), 98)) or 1.0

    @classmethod
    def of(cls, study: Study) -> Tempo | None:
        found = curve(study, "tempo")
        if found is None:
            return None
        values = found.values if found.values.ndim == 1 else found.values[:, 0]
        return cls(found.seconds(study.times), np.asarray(values, dtype=np.float64))

    @property
    def about(self) -> str:
        return "Cutting and motion together, against the film's own average: above the line it goes faster, below it slower."

    def draw(self, pen: Pen, box: Box) -> None:
        ink = pen.ink
        part = reduce_curve(self.seconds, self.values, box.begin, box.end, round(box.width / FINE / 2))
        share = 0.5 + (part.mean - self.middle) / self.reach / 2 * 0.95
        x, middle = box.x(part.seconds), box.y(0.5)
        pen.form(x, np.broadcast_to(middle, x.shape), box.y(share), ink.tempo_pale)
        pen.line([box.left, box.right], [float(middle)] * 2, ink.hair, 0.35, order=1)
        pen.line(x, box.y(share), ink.tempo, 0.8)

    def words(self, a_second: float) -> list[tuple[float, str]]:
        """Seconds, and the word that stands there: where the tempo changes for a while."""
        part = reduce_curve(self.seconds, self.values, self.seconds[0], self.seconds[-1], 2000)
        level = smooth(part.seconds, (part.mean - self.middle) / self.reach, 14 / a_second)
        found = terraces(part.seconds, level, (-0.75, -0.45, -0.15, 0.15, 0.45, 0.75), 24 / a_second)
        return [(t, TEMPO_WORDS[grade]) for t, grade in found]
