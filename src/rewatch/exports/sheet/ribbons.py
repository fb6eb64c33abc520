"""Two editions on one page: their barcodes on one scale of time, and ribbons from each stretch to where it is now.

Contents
    draw_ribbons    the page as an SVG, PDF or PNG file
    ribbons_bytes   the same as bytes
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rewatch.clock import timecode
from rewatch.compare.segments import Alignment, Side
from rewatch.compare.words import whole_film
from rewatch.errors import ExportError
from rewatch.exports.sheet.ink import DAY, NIGHT, Ink, spaced
from rewatch.exports.sheet.layout import Box, Page
from rewatch.exports.study_view import Study
from rewatch.exports.whole import whole

if TYPE_CHECKING:
    from rewatch.exports.sheet.pen import Pen

Along = Callable[[float], float]

PAGE = Page(width=420, height=210, head=44, foot=30)
_BAR = 30.0
_EDGE = 1.6
_THIN = 0.35
"""mm: no ribbon is drawn thinner than that where it begins or ends."""
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)


def draw_ribbons(a: Study, b: Study, alignment: Alignment, path: Path, *, dark: bool = False) -> None:
    """Draw both films as SVG, PDF or PNG, as the file's name ends. ExportError for another, or films of no length."""
    from rewatch.exports.sheet import suffix_of

    suffix = suffix_of(path)
    with whole(path) as part:
        part.write_bytes(ribbons_bytes(a, b, alignment, suffix, dark=dark))


def ribbons_bytes(a: Study, b: Study, alignment: Alignment, suffix: str, *, dark: bool = False) -> bytes:
    """The page as the bytes of an SVG, PDF or PNG file."""
    longest = max(a.duration, b.duration)
    if not longest > 0:
        raise ExportError("films of no length cannot be drawn beside each other")
    from rewatch.exports.sheet.front import one_line
    from rewatch.exports.sheet.paper import pages_bytes

    def draw(pen: Pen, page: Page) -> None:
        _draw(pen, page, (a, b), alignment, longest)

    title = one_line(f"{alignment.names[0]} and {alignment.names[1]}")
    (drawn,) = pages_bytes([(PAGE, draw)], NIGHT if dark else DAY, suffix, title)
    return drawn


def _draw(pen: Pen, page: Page, films: tuple[Study, Study], alignment: Alignment, longest: float) -> None:
    from rewatch.exports.sheet.front import one_line

    title, size = pen.fitting(alignment.summary(), 22, 10, page.right - page.left)
    pen.text(page.left, 22, title, size)
    below = "   ·   ".join((*whole_film(alignment), *alignment.notes))
    if below:
        pen.text(page.left, 28.5, *pen.fitting(one_line(below), 8.5, 6, page.right - page.left), colour=pen.ink.soft,
                 style="italic")  # fmt: skip
    top_a, top_b = page.head, page.height - page.foot - _BAR
    wide = page.right - page.left

    def at(second: float) -> float:
        return page.left + wide * min(max(second, 0.0), longest) / longest

    for film, top, letter, name in zip(films, (top_a, top_b), "AB", alignment.names, strict=True):
        _film(pen, film, Box(0.0, film.duration, page.left, at(film.duration), top, top + _BAR), name, letter)
        _scale(pen, film.duration, longest, at, top - 2.2 if letter == "A" else top + _BAR + 4.0)
    _ribbons(pen, alignment, at, top_a + _BAR, top_b)
    _legend(pen, page, alignment)


def _film(pen: Pen, film: Study, box: Box, name: str, letter: str) -> None:
    from rewatch.exports.sheet.front import one_line
    from rewatch.exports.sheet.staves import Barcode

    colours = Barcode.of(film)
    if colours is not None and box.width > 0:
        colours.draw(pen, box)
    elif box.width > 0:
        pen.boxes([box.left], [box.top], [box.right], [box.bottom], pen.ink.hair)
        pen.text(box.left + 2, box.top + _BAR / 2, "no picture", 8, colour=pen.ink.soft, style="italic")
    pen.text(PAGE.margin + 4, box.top + _BAR / 2 + 2.5, letter, 20, along="center")
    foot = box.top - 7.5 if letter == "A" else box.bottom + 10.5
    pen.text(box.left, foot, *pen.fitting(one_line(name), 11, 7, PAGE.right - PAGE.left), style="bold")


def _scale(pen: Pen, duration: float, longest: float, at: Along, y: float) -> None:
    step = next((s for s in _STEPS if longest / s <= 16), _STEPS[-1])
    for n in range(int(duration // step) + 1):
        x = at(n * step)
        pen.text(x, y, timecode(n * step), 6, colour=pen.ink.soft, along="center" if n else "left")


def colours_of(ink: Ink) -> dict[str, tuple[str, float]]:
    """Colour and opacity of each kind."""
    return {
        "same": (ink.hair, 0.55),
        "moved": (ink.tempo, 0.75),
        "removed": (ink.sound, 0.85),
        "added": (ink.words, 0.85),
        "replaced": (ink.motion, 0.8),
    }


def _ribbons(pen: Pen, alignment: Alignment, at: Along, top: float, bottom: float) -> None:
    colours = colours_of(pen.ink)

    def ends(side: Side | None, other: float) -> tuple[float, float]:
        """Left and right on the page; a point where there is nothing of the film."""
        if side is None:
            return at(other), at(other)
        left, right = at(side.start), at(side.end)
        spread = max(_THIN - (right - left), 0.0) / 2
        return left - spread, right + spread

    for order, kinds in enumerate((("same",), ("removed", "added", "replaced"), ("moved",))):
        for segment in alignment:
            if segment.kind not in kinds:
                continue
            in_a = segment.a.start if segment.a else alignment.to_a(segment.b.start if segment.b else 0.0).seconds
            in_b = segment.b.start if segment.b else alignment.to_b(in_a).seconds
            above, below = ends(segment.a, in_a), ends(segment.b, in_b)
            colour, alpha = colours[segment.kind]
            pen.ribbon(above, top + _EDGE, below, bottom - _EDGE, colour, order=2 + order / 10, alpha=alpha)
            if segment.kind != "same":
                for side, (left, right), y in ((segment.a, above, top), (segment.b, below, bottom - _EDGE)):
                    if side is not None:
                        pen.boxes([left], [y], [right], [y + _EDGE], colour, order=3)


def _legend(pen: Pen, page: Page, alignment: Alignment) -> None:
    x, y = page.left, page.height - 9
    for kind, (colour, alpha) in colours_of(pen.ink).items():
        count = sum(s.kind == kind for s in alignment)
        if not count:
            continue
        pen.boxes([x], [y - 2.4], [x + 6], [y], colour, alpha=alpha)
        told = spaced(kind if kind == "same" else f"{count} {kind}")
        pen.text(x + 8, y, told, 6.2, colour=pen.ink.soft)
        x += 8 + pen.width(told, 6.2) + 9
