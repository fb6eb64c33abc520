"""The score sheet: the whole film on one page, drawn like engraved music.

    ink      colours and letters, by day and by night
    pen      draws in millimetres
    layout   page, systems, staves, bar lines: where everything stands
    marks    grades of a curve: dynamics, tempo words, hairpins
    staves, staves_cuts, staves_heard, staves_words   one class a stave
    front    title, figures, legend

A new stave is one class with `of` and `draw`, and one entry in `_draw`. A film of any length is reduced to the page's
resolution before anything is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rewatch.errors import ExportError
from rewatch.exports.sheet.ink import DAY, NIGHT, SETTINGS
from rewatch.exports.sheet.layout import A3, Box, Page, System, beats, stacked, systems
from rewatch.exports.study_view import Study, movements
from rewatch.exports.whole import whole

if TYPE_CHECKING:
    from rewatch.exports.sheet.pen import Pen
    from rewatch.exports.sheet.staves import Stave

FORMATS = ("svg", "pdf", "png")
DPI = 200
"""Of the PNG, and of the pictures that stand in SVG and PDF."""


def draw_sheet(study: Study, path: Path, *, dark: bool = False) -> None:
    """Draw a film's score sheet as SVG, PDF or PNG, as the file's name ends: A3, landscape.

    The same study gives the same bytes. Staves of what the film lacks are left out and named at the foot.
    Raises ExportError for another ending, for a film of no length, and where the file cannot be written.
    """
    suffix = path.suffix.lower().lstrip(".")
    if suffix not in FORMATS:
        raise ExportError(f"{path.name}: a sheet is drawn as .svg, .pdf or .png")
    with whole(path) as part:
        part.write_bytes(sheet_bytes(study, suffix, dark=dark))


def sheet_bytes(study: Study, suffix: str, *, dark: bool = False) -> bytes:
    """The sheet as the bytes of an SVG, PDF or PNG file."""
    if not study.duration > 0:
        raise ExportError(f"{study.title}: a film of no length has no sheet")
    import io
    import warnings

    import matplotlib
    from matplotlib.figure import Figure

    from rewatch.exports.sheet.front import one_line
    from rewatch.exports.sheet.pen import POINT, Pen

    page, ink = A3, NIGHT if dark else DAY
    with matplotlib.rc_context(), warnings.catch_warnings():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(SETTINGS)
        # A sign that no font of this machine has is drawn as a box; nothing a person could do about it here.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure = Figure(figsize=(page.width / 25.4, page.height / 25.4), facecolor=ink.paper, dpi=DPI)
        axes: Any = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.autoscale(False)
        axes.set_xlim(0, page.width * POINT)
        axes.set_ylim(page.height * POINT, 0)
        _draw(Pen(axes, ink), page, study)
        axes.set_xlim(0, page.width * POINT)
        axes.set_ylim(page.height * POINT, 0)
        axes.set_aspect("auto")
        drawn = io.BytesIO()
        title = one_line(study.title)
        metadata: dict[str, dict[str, Any]] = {
            "svg": {"Title": title, "Creator": "rewatch", "Date": None},
            "pdf": {"Title": title, "Creator": "rewatch", "Producer": "rewatch", "CreationDate": None},
            "png": {"Title": title, "Software": "rewatch"},
        }
        figure.savefig(drawn, format=suffix, facecolor=ink.paper, metadata=metadata[suffix], dpi=DPI)
    return leaner(drawn.getvalue()) if suffix == "svg" else drawn.getvalue()


def leaner(svg: bytes) -> bytes:
    """The same drawing in fewer bytes: in a path's data a command is written once for the points that follow it.

    >>> leaner(b'<path d="M 1 2 \\nL 3 4 \\nL 5 6 \\nz\\n"/>')
    b'<path d="M1 2L3 4 5 6z"/>'
    """

    def shorter(found: re.Match[bytes]) -> bytes:
        data, last = [], b""
        for step in found[1].split(b"\n"):
            command, points = step[:1], b" ".join(step[1:].split())
            data.append(b" " + points if command == last and command in b"LC" else command + points)
            last = command
        return b' d="' + b"".join(data) + b'"'

    return re.sub(rb' d="(M[^"]*)"', shorter, svg)


def _draw(pen: Pen, page: Page, study: Study) -> None:
    from rewatch.exports.sheet.front import draw_legend, draw_title
    from rewatch.exports.sheet.staves import Barcode, Motion, Tempo
    from rewatch.exports.sheet.staves_cuts import Cuts
    from rewatch.exports.sheet.staves_heard import Kinds, Loudness
    from rewatch.exports.sheet.staves_words import Words

    kinds: tuple[type[Stave], ...] = (Tempo, Barcode, Cuts, Motion, Loudness, Kinds, Words)
    found = {kind: kind.of(study) for kind in kinds}
    staves = [stave for stave in found.values() if stave is not None]
    draw_title(pen, page, study)
    parts = movements(study)
    for system in systems(page, study.duration):
        _draw_system(pen, system, staves)
        _movements(pen, system, parts)
    missing = [kind for kind, stave in found.items() if stave is None]
    draw_legend(pen, page, staves, missing, study)


def _draw_system(pen: Pen, system: System, staves: Sequence[Stave]) -> None:
    boxes = stacked(system, [(s.weight, s.above * system.large, s.below * system.large) for s in staves])
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


def _movements(pen: Pen, system: System, parts: Sequence[tuple[float, str]]) -> None:
    """Names of the movements above the line in which they begin, and a double bar where they do."""
    starts = [second for second, _ in parts] + [system.end]
    for (second, name), after in zip(parts, starts[1:], strict=True):
        if not system.begin <= second < system.end:
            continue
        x = system.x(second)
        room = system.x(min(after, system.end)) - x - 3
        text, size = pen.fitting(name, 8.2, 6.5, max(room, 6), "italic")
        pen.text(x + 0.3, system.top - 5.3, text, size, style="italic")
        if second > 0:
            for at in (x - 0.5, x):
                pen.lines(at, system.top, at, system.bottom, pen.ink.ink, 0.5, order=3.6)


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


def as_svg(study: Study) -> bytes:
    return sheet_bytes(study, "svg")


def as_pdf(study: Study) -> bytes:
    return sheet_bytes(study, "pdf")


def as_png(study: Study) -> bytes:
    return sheet_bytes(study, "png")
