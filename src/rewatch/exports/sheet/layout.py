"""Layout: where on the page everything stands. Millimetres and seconds; draws nothing.

A film is broken into systems as music is: lines of so many whole minutes, the last one as long as what is left. A
film of up to ten minutes is one system over the whole width.

Contents
    Page, A3        the page and its margins
    Box             one stave in one system: turns seconds into millimetres
    System          one line of music
    systems         a film's length -> its systems
    stacked         the staves of a system, one below the other
    Beat, beats     where bar lines and time marks fall
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Page:
    """Millimetres. `gutter`: room for the staves' names; `head`, `foot`: for the title and the legend."""

    width: float = 420
    height: float = 297
    margin: float = 20
    gutter: float = 17
    head: float = 48
    foot: float = 36

    @property
    def left(self) -> float:
        return self.margin + self.gutter

    @property
    def right(self) -> float:
        return self.width - self.margin - 5


A3 = Page()


@dataclass(frozen=True, slots=True)
class Box:
    """One stave of one system: `begin` falls on `left`, `end` on `right`.

    above, below: room for words and marks outside of it
    bars:         mm at which double bars cross it
    fresh:        a page begins here: what holds from before it is said again
    """

    begin: float
    end: float
    left: float
    right: float
    top: float
    bottom: float
    above: float = 0.0
    below: float = 0.0
    bars: tuple[float, ...] = ()
    fresh: bool = False

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def a_second(self) -> float:
        """Millimetres a second."""
        return self.width / (self.end - self.begin)

    def x(self, seconds: npt.ArrayLike) -> Floats:
        """Millimetres of seconds, kept within the stave."""
        at = np.asarray(seconds, dtype=np.float64)
        return np.clip(self.left + (at - self.begin) * self.a_second, self.left, self.right)

    def y(self, share: npt.ArrayLike) -> Floats:
        """Millimetres of a height: 0 = the foot of the stave, 1 = its top."""
        return self.bottom - np.clip(np.asarray(share, dtype=np.float64), 0, 1) * self.height

    def clear(self, x: float, wide: float) -> float:
        """Where a word that is to begin at x and is so wide stands clear of the double bars: on the nearer side."""
        for bar in self.bars:
            if x - 0.9 < bar < x + wide + 0.9:
                return bar + 0.9 if bar - x < wide / 2 else bar - wide - 1.4
        return x

    def holds(self, second: float) -> bool:
        return self.begin - 1e-9 <= second < self.end

    def marks(self, found: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
        """Of marks (second, word) in order those that stand here; on a fresh page the one that holds there too."""
        here = [(second, word) for second, word in found if self.holds(second)]
        before = [word for second, word in found if second < self.begin - 1e-9]
        # A word is some seconds wide: one that follows at once makes the old one idle.
        if self.fresh and before and (not here or (here[0][0] - self.begin) * self.a_second > 18):
            return [(self.begin, before[-1]), *here]
        return here

    def within(self, begin: Floats, end: Floats) -> npt.NDArray[np.bool_]:
        """Which stretches show in this system."""
        inside: npt.NDArray[np.bool_] = (begin < self.end) & (end > self.begin)
        return inside


@dataclass(frozen=True, slots=True)
class System:
    """One line of music, from `begin` to `end` seconds."""

    begin: float
    end: float
    left: float
    right: float
    top: float
    bottom: float
    first: bool
    last: bool

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def large(self) -> float:
        """How much larger than in the densest page writing and marks stand: 1 to 1.5."""
        return min(1.5, max(1.0, self.height / 60))

    def x(self, second: float) -> float:
        return self.left + (second - self.begin) * (self.right - self.left) / (self.end - self.begin)


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
    gap = {1: 0.0, 2: 15.0, 3: 12.0}.get(count, 8.5)
    # The more lines there are, the nearer they come to the title.
    top, bottom = page.head - min(4, count - 1), page.height - page.foot
    height = (bottom - top - gap * (count - 1)) / count
    lines = []
    for i in range(count):
        begin, end = i * each, min((i + 1) * each, duration)
        here = top + i * (height + gap)
        right = page.left + (page.right - page.left) * (end - begin) / each
        lines.append(System(begin, end, page.left, right, here, here + height, i == 0, i == count - 1))
    return lines


def stacked(system: System, staves: Sequence[tuple[float, float, float]]) -> list[Box]:
    """The staves of a system from above: each (weight, room above, room below), rooms in mm, sharing what is left."""
    if not staves:
        return []
    gap = min(4.0, max(0.8, system.height * 0.024))
    spent = gap * (len(staves) - 1) + sum(above + below for _, above, below in staves)
    room, total = system.height - spent, sum(weight for weight, _, _ in staves)
    boxes, at = [], system.top
    for weight, above, below in staves:
        top = at + above
        bottom = top + room * weight / total
        boxes.append(Box(system.begin, system.end, system.left, system.right, top, bottom, above, below))
        at = bottom + below + gap
    return boxes


@dataclass(frozen=True, slots=True)
class Beat:
    """A bar line or a time mark. `minute`: a whole minute; `label`: written above it, or ""."""

    seconds: float
    minute: bool
    label: str


STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600)


def prime_label(seconds: float) -> str:
    """Times as they stand in scores.

    >>> prime_label(40), prime_label(65), prime_label(3900)
    ('40″', '1′05″', '65′')
    """
    minutes, rest = divmod(round(seconds), 60)
    if not rest:
        return f"{minutes}′"
    return f"{minutes}′{rest:02d}″" if minutes else f"{rest}″"


def beats(system: System, room: float = 23, bar: float = 2.2) -> list[Beat]:
    """Bar lines (minutes, as far as they have `bar` mm each) and labels (at least `room` mm apart)."""
    a_second = (system.right - system.left) / (system.end - system.begin)
    labelled = next((s for s in STEPS if s * a_second >= room), STEPS[-1])
    minutes = next((s for s in STEPS if s >= 60 and s * a_second >= bar), STEPS[-1])
    marks: dict[int, Beat] = {}
    for step in (min(minutes, labelled), labelled):
        at = math.ceil(system.begin / step - 1e-9) * step
        while at < system.end - 1e-6:
            label = prime_label(at) if at % labelled == 0 or at == system.begin else ""
            marks[at] = Beat(at, at % 60 == 0, label)
            at += step
    # The line's first mark stays; one that would touch it goes.
    first = round(system.begin)
    if first in marks:
        for at, mark in marks.items():
            if at != first and mark.label and (at - first) * a_second < room * 0.6:
                marks[at] = Beat(at, mark.minute, "")
    return [marks[at] for at in sorted(marks)]
