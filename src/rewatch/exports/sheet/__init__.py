"""The score sheet: the whole film on one page, drawn like engraved music.

    ink      colours and letters, by day and by night
    pen      draws in millimetres
    layout   page, systems, staves, bar lines: where everything stands
    marks    grades of a curve: dynamics, tempo words, hairpins
    staves, staves_heard   one class a stave
    front    title, figures, legend

A new stave is one class with `of` and `draw`, and one entry in `STAVES`. Stave coordinates are millimetres; a film of
any length is reduced to the page's resolution before anything is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rewatch.errors import ExportError
from rewatch.exports.sheet.ink import DAY, NIGHT, SETTINGS
from rewatch.exports.sheet.layout import A3, Beat, Page, System, beats, stacked, systems
from rewatch.exports.study_view import Study
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
        title = " ".join(study.title.split())
        metadata: dict[str, dict[str, Any]] = {
            "svg": {"Title": title, "Creator": "rewatch", "Date": None},
            "pdf": {"Title": title, "Creator": "rewatch", "Producer": "rewatch", "CreationDate": None},
            "png": {"Title": title, "Software": "rewatch"},
        }
        figure.savefig(drawn, format=suffix, facecolor=ink.paper, metadata=metadata[suffix], dpi=DPI)
    return drawn.getvalue()


def _draw(pen: Pen, page: Page, study: Study) -> None:
    from rewatch.exports.sheet.front import draw_legend, draw_title
    from rewatch.exports.sheet.staves import Barcode, Cuts, Motion, Tempo
    from rewatch.exports.sheet.staves_heard import Kinds, Loudness, Words

    found = [(kind.name.lower(), kind.of(study)) for kind in (Tempo, Barcode, Cuts, Motion, Loudness, Kinds, Words)]
    staves: list[Stave] = [stave for _, stave in found if stave is not None]
    draw_title(pen, page, study)
    lines = systems(page, study.duration)
    for system in lines:
        _draw_system(pen, page, system, staves)
    draw_legend(pen, page, staves, [f"no {name}" for name, stave in found if stave is None], study)


def _draw_system(pen: Pen, page: Page, system: System, staves: Sequence[Stave]) -> None:
    from rewatch.exports.sheet.staves import Tempo
    from rewatch.exports.sheet.staves_heard import Loudness

    ink = pen.ink
    gap = min(4.5, max(1.1, (system.bottom - system.top) * 0.032))
    bands = stacked(system.top, system.bottom, [stave.weight for stave in staves], gap)
    marks = beats(system)
    _bar_lines(pen, system, staves, bands, marks)
    size = 8.5 if system.bottom - system.top > 60 else 7.2
    for stave, (top, bottom) in zip(staves, bands, strict=True):
        box = system.box(top, bottom)
        stave.draw(pen, box)
        name = stave.name if system.first else stave.short
        pen.text(system.left - 4, (top + bottom) / 2 + size * 0.11, name, size, style="italic", along="right")
        if isinstance(stave, Tempo):
            for at, word in stave.words(box.a_second):
                if box.begin <= at < box.end:
                    pen.text(float(box.x(at)), top - 0.2, word, size, style="italic", halo=True)
        if isinstance(stave, Loudness):
            _dynamics(pen, box, stave)
    _bracket(pen, system)


def _dynamics(pen: Pen, box: Any, stave: Any) -> None:
    words, wedges = stave.marks(box.a_second)
    room = stave.marks_height(box)
    base, size = box.bottom - room * 0.22, min(11.5, room * 2.35)
    for at, word in words:
        if box.begin <= at < box.end:
            pen.text(float(box.x(at)), base, word, size, style="dynamic")
    middle, open_ = base - size * 0.085, min(1.1, room * 0.2)
    for begin, end, way in wedges:
        if begin < box.end and end > box.begin:
            a, b = float(box.x(begin)), float(box.x(end))
            if b - a < 2.5:
                continue
            tip, mouth = (a, b) if way > 0 else (b, a)
            pen.lines([tip] * 2, [middle] * 2, [mouth] * 2, [middle - open_, middle + open_], pen.ink.ink, 0.5)


def _bar_lines(pen: Pen, system: System, staves: Sequence[Stave], bands: Sequence[tuple[float, float]],
               marks: Sequence[Beat]) -> None:  # fmt: skip
    ink = pen.ink
    for mark in marks:
        x = system.left + (mark.seconds - system.begin) * (system.right - system.left) / (system.end - system.begin)
        if mark.label:
            pen.text(x, system.top - 3.6, mark.label, 6.5, colour=ink.soft, along="center")
            pen.lines(x, system.top - 2.6, x, system.top - 1.4, ink.soft, 0.4)
        if not mark.minute or x - system.left < 0.1:
            continue
        for stave, (top, bottom) in zip(staves, bands, strict=True):
            if stave.barred:
                pen.lines(x, top, x, bottom, ink.hair, 0.45 if mark.label else 0.3, order=1.5)


def _bracket(pen: Pen, system: System) -> None:
    ink = pen.ink
    top, bottom = system.top, system.bottom
    pen.lines(system.left, top, system.left, bottom, ink.ink, 0.5)
    x = system.left - 1.6
    pen.lines(x, top - 0.6, x, bottom + 0.6, ink.ink, 2.2)
    pen.arcs([x - 0.35, x - 0.35], [x + 2.0, x + 2.0], [top - 0.7, bottom + 0.7], [0.35, -0.35], ink.ink, thick=0.3)
    if system.last:
        pen.lines(system.right - 0.0, top, system.right, bottom, ink.ink, 2.0)
        pen.lines(system.right - 1.3, top, system.right - 1.3, bottom, ink.ink, 0.5)
    else:
        pen.lines(system.right, top, system.right, bottom, ink.ink, 0.5)


def as_svg(study: Study) -> bytes:
    return sheet_bytes(study, "svg")


def as_pdf(study: Study) -> bytes:
    return sheet_bytes(study, "pdf")


def as_png(study: Study) -> bytes:
    return sheet_bytes(study, "png")
