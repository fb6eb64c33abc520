"""Layout: where on the page everything stands. Millimetres and seconds; draws nothing.

A film is broken into systems as music is: lines of so many whole minutes, the last one as long as what is left. A
film of up to ten minutes is one system over the whole width.

Contents
    Page, A3        the page and its margins
    Box             one stave in one system: turns seconds into millimetres
    System          one line of music
    systems         a film's length -> its systems
    Beat, beats     where bar lines and time marks fall
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Page:
    """Millimetres. `gutter`: room for the staves' names; `head`, `foot`: for the title and the legend."""

    width: float = 420
    height: float = 297
    margin: float = 20
    gutter: float = 17
    head: float = 47
    foot: float = 41

    @property
    def left(self) -> float:
        return self.margin + self.gutter

    @property
    def right(self) -> float:
        return self.width - self.margin


A3 = Page()


@dataclass(frozen=True, slots=True)
class Box:
    """One stave of one system: `begin` falls on `left`, `end` on `right`."""

    begin: float
    end: float
    left: float
    right: float
    top: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def a_second(self) -> float:
        """Millimetres a second."""
        return self.width / (self.end - self.begin)

    def x(self, seconds: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Millimetres of seconds, kept within the stave."""
        at = np.asarray(seconds, dtype=np.float64)
        return np.clip(self.left + (at - self.begin) * self.a_second, self.left, self.right)

    def y(self, share: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Millimetres of a height: 0 = the foot of the stave, 1 = its top."""
        return self.bottom - np.clip(np.asarray(share, dtype=np.float64), 0, 1) * self.height

    def within(self, begin: npt.NDArray[np.float64], end: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Which stretches show in this system."""
        inside: npt.NDArray[np.bool_] = (begin < self.end) & (end >= self.begin) & (begin >= self.begin - (end - begin))
        return inside


@dataclass(frozen=True, slots=True)
class System:
    begin: float
    end: float
    left: float
    right: float
    top: float
    bottom: float
    first: bool
    last: bool

    def box(self, top: float, bottom: float) -> Box:
        return Box(self.begin, self.end, self.left, self.right, top, bottom)


def lines_of_music(duration: float) -> tuple[int, float]:
    """How many systems, and how many seconds each holds.

    >>> lines_of_music(90), lines_of_music(170 * 60)
    ((1, 90), (5, 2040))
    """
    minutes = duration / 60
    if minutes <= 10:
        return 1, duration
    wanted = next((n for n, most in ((2, 30), (3, 62), (4, 110), (5, 180), (6, 250)) if minutes <= most), 7)
    step = 1 if minutes <= 400 else 5
    each = math.ceil(minutes / wanted / step) * step
    return math.ceil(minutes / each - 1e-9), each * 60


def systems(page: Page, duration: float) -> list[System]:
    """The film in lines, from the top of the page to its foot."""
    count, each = lines_of_music(duration)
    top, bottom = page.head, page.height - page.foot
    gap = {1: 0.0, 2: 14.0, 3: 11.0, 4: 9.0}.get(count, 8.0)
    height = (bottom - top - gap * (count - 1)) / count
    lines = []
    for i in range(count):
        begin, end = i * each, min((i + 1) * each, duration)
        here = top + i * (height + gap)
        right = page.left + (page.right - page.left) * (end - begin) / each
        lines.append(System(begin, end, page.left, right, here, here + height, i == 0, i == count - 1))
    return lines


def stacked(top: float, bottom: float, weights: Sequence[float], gap: float) -> list[tuple[float, float]]:
    """Top and bottom of staves that share a height by weight."""
    room = bottom - top - gap * (len(weights) - 1)
    bands, at = [], top
    for weight in weights:
        height = room * weight / sum(weights)
        bands.append((at, at + height))
        at += height + gap
    return bands


@dataclass(frozen=True, slots=True)
class Beat:
    """A bar line or a time mark. `minute`: a whole minute; `label`: written above it, or ""."""

    seconds: float
    minute: bool
    label: str


STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600)


def clock_label(seconds: float) -> str:
    """``0:40``, ``12:00``, ``1:05:00``."""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def beats(system: System, room: float = 15, bar: float = 2.2) -> list[Beat]:
    """Bar lines (minutes, as far as they have `bar` mm each) and labels (at least `room` mm apart)."""
    a_second = (system.right - system.left) / (system.end - system.begin)
    labelled = next((s for s in STEPS if s * a_second >= room), STEPS[-1])
    minutes = next((s for s in STEPS if s >= 60 and s * a_second >= bar), STEPS[-1])
    marks: dict[int, Beat] = {}
    for step in (min(minutes, labelled), labelled):
        at = math.ceil(system.begin / step - 1e-9) * step
        while at < system.end - 1e-6:
            marks[at] = Beat(at, at % 60 == 0, clock_label(at) if at % labelled == 0 else "")
            at += step
    return [marks[at] for at in sorted(marks)]
