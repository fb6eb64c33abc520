"""The music of a page: a system's staves, its bar lines, its bracket, and the names of the movements above it.

Contents
    draw_system      staves, bar lines and bracket
    draw_movements   names and double bars
    double_bars      where movements begin within a system, mm
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rewatch.exports.sheet.layout import Box, System, beats, stacked
from rewatch.exports.sheet.pen import Pen
from rewatch.exports.sheet.staves import Stave

NAME = 8.2
"""Points, of a movement's name."""


def draw_system(
    pen: Pen, system: System, staves: Sequence[Stave], bars: tuple[float, ...] = (), fresh: bool = False
) -> None:
    """One line of music; bars: where movements begin (`double_bars`): words keep clear of them; fresh: see `Box`."""
    laid = stacked(system, [(s.weight, s.above * system.large, s.below * system.large) for s in staves])
    boxes = [replace(box, bars=bars, fresh=fresh) for box in laid]
    _bar_lines(pen, system, staves, boxes)
    size = 7.4 * min(1.2, system.large)
    for stave, box in zip(staves, boxes, strict=True):
        stave.draw(pen, box)
        name = stave.name if system.first else stave.short
        pen.text(system.left - 4.6, box.middle + size * 0.11, name, size, style="italic", along="right")
    _bracket(pen, system)


def _bar_lines(pen: Pen, system: System, staves: Sequence[Stave], boxes: Sequence[Box]) -> None:
    ink = pen.ink
    for mark in beats(system):
        x = system.x(mark.seconds)
        if mark.label:
            first = x - system.left < 0.1
            pen.text(
                x + first * 1.1, system.top - 2.2, mark.label, 6.6, colour=ink.soft, along="left" if first else "center"
            )
        if x - system.left < 0.1:
            continue
        if mark.label:
            pen.lines(x, system.top - 1.5, x, system.top - 0.3, ink.soft, 0.4)
        if not mark.minute:
            continue
        # Through all staves and what lies between them, but never through the picture.
        top = system.top
        for stave, box in zip(staves, boxes, strict=True):
            if not stave.barred:
                pen.lines(x, top, x, box.top - 0.4, ink.hair, 0.35, order=1)
                top = box.bottom + 0.4
        pen.lines(x, top, x, system.bottom, ink.hair, 0.35, order=1)


def draw_movements(pen: Pen, system: System, parts: Sequence[tuple[float, str]]) -> None:
    """Names of the movements above the line in which they begin, and again above those in which they go on."""
    ends = [*(second for second, _ in parts[1:]), float("inf")]
    for (second, name), after in zip(parts, ends, strict=False):
        begins = system.begin <= second < system.end
        if not begins and not second < system.begin < after:
            continue
        x = system.x(second) if begins else system.left
        room = system.x(min(after, system.end)) - x - 3
        if not begins and room < 12:
            continue
        room = max(room, 6)
        text, size = pen.fitting(name, NAME, 6.8, room, "italic")
        if text != name and after > system.end and not system.last:
            # It stands in full above the next line.
            text, size = name.partition(" ")[0], NAME
        # At the left of a line the bracket above it curls in.
        pen.text(
            x + (1.4 if x - system.left < 1 and not system.first else 0.3),
            system.top - 5.3,
            text,
            size,
            style="italic",
            colour=None if begins else pen.ink.soft,
        )
    for x in double_bars(system, parts):
        for at in (x - 0.5, x):
            pen.lines(at, system.top, at, system.bottom, pen.ink.ink, 0.5, order=3.6)


def double_bars(system: System, parts: Sequence[tuple[float, str]]) -> tuple[float, ...]:
    """Where movements begin within a system, mm."""
    return tuple(system.x(second) for second, _ in parts if second > 0 and system.begin <= second < system.end)


def _bracket(pen: Pen, system: System) -> None:
    ink, top, bottom = pen.ink, system.top, system.bottom
    pen.lines(system.left, top, system.left, bottom, ink.ink, 0.5)
    x = system.left - 2.0
    pen.boxes(x, top - 0.8, x + 0.8, bottom + 0.8, ink.ink, order=4)
    pen.wing(x, top - 0.8, -1)
    pen.wing(x, bottom + 0.8, 1)
    if system.last:
        pen.lines(system.right + 0.35, top, system.right + 0.35, bottom, ink.ink, 0.5)
        pen.boxes(system.right + 1.0, top, system.right + 1.8, bottom, ink.ink, order=4)
    else:
        pen.lines(system.right, top, system.right, bottom, ink.ink, 0.5)
