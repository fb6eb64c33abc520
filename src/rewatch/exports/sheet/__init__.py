"""The score sheet: the whole film on one page, drawn like engraved music; and a strip a movement.

    ink      colours and letters, by day and by night
    pen      draws in millimetres
    paper    pages as the bytes of a file
    layout   page, systems, staves, bar lines: where everything stands
    marks    grades of a curve: dynamics, tempo words, hairpins
    staves, staves_cuts, staves_heard, staves_words, staves_listed   one class a stave
    music    a system's staves, bar lines, bracket, and the names of the movements
    front    title, figures, legend
    strips   each movement across a page of its own, its stills above it

A new stave is one class with `of` and `draw`, and one entry in `staves_of`. A film of any length is reduced to the
page's resolution before anything is drawn.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rewatch.errors import ExportError
from rewatch.exports.sheet.ink import DAY, NIGHT
from rewatch.exports.sheet.layout import A3, Page, systems
from rewatch.exports.study_view import Study, movements
from rewatch.exports.whole import whole

if TYPE_CHECKING:
    from rewatch.exports.sheet.pen import Pen
    from rewatch.exports.sheet.staves import Stave

FORMATS = ("svg", "pdf", "png")


def suffix_of(path: Path) -> str:
    """Which of `FORMATS` a file's name asks for; ExportError for another."""
    suffix = path.suffix.lower().lstrip(".")
    if suffix not in FORMATS:
        raise ExportError(f"{path.name}: a sheet is drawn as .svg, .pdf or .png")
    return suffix


def draw_sheet(study: Study, path: Path, *, dark: bool = False) -> None:
    """Draw a film's score sheet as SVG, PDF or PNG, as the file's name ends: A3, landscape.

    The same study gives the same bytes. Staves of what the film lacks are left out and named at the foot.
    Raises ExportError for another ending, for a film of no length, and where the file cannot be written.
    """
    suffix = suffix_of(path)
    with whole(path) as part:
        part.write_bytes(sheet_bytes(study, suffix, dark=dark))


def sheet_bytes(study: Study, suffix: str, *, dark: bool = False) -> bytes:
    """The sheet as the bytes of an SVG, PDF or PNG file."""
    if not study.duration > 0:
        raise ExportError(f"{study.title}: a film of no length has no sheet")
    from rewatch.exports.sheet.front import one_line
    from rewatch.exports.sheet.paper import pages_bytes

    def draw(pen: Pen, page: Page) -> None:
        _draw(pen, page, study)

    (drawn,) = pages_bytes([(A3, draw)], NIGHT if dark else DAY, suffix, one_line(study.title))
    return drawn


def staves_of(study: Study) -> dict[type[Stave], Stave | None]:
    """The staves from above, each with what it shows of a film; None where the film has nothing to put on it."""
    from rewatch.exports.sheet.staves import Barcode, Motion, Tempo
    from rewatch.exports.sheet.staves_cuts import Cuts
    from rewatch.exports.sheet.staves_heard import Kinds, Loudness
    from rewatch.exports.sheet.staves_listed import Listed
    from rewatch.exports.sheet.staves_words import Words

    kinds: tuple[type[Stave], ...] = (Tempo, Barcode, Cuts, Motion, Loudness, Kinds, Words, Listed)
    return {kind: kind.of(study) for kind in kinds}


def _draw(pen: Pen, page: Page, study: Study) -> None:
    from rewatch.exports.sheet.front import draw_legend, draw_title
    from rewatch.exports.sheet.music import double_bars, draw_movements, draw_system

    found = staves_of(study)
    staves = [stave for stave in found.values() if stave is not None]
    draw_title(pen, page, study)
    parts = movements(study)
    for system in systems(page, study.duration):
        draw_system(pen, system, staves, double_bars(system, parts))
        draw_movements(pen, system, parts)
    # What a list might have told is no lack of the film.
    missing = [kind for kind, stave in found.items() if stave is None and kind.source != "list"]
    draw_legend(pen, page, staves, missing, study)


def as_svg(study: Study) -> bytes:
    return sheet_bytes(study, "svg")


def as_pdf(study: Study) -> bytes:
    return sheet_bytes(study, "pdf")


def as_png(study: Study) -> bytes:
    return sheet_bytes(study, "png")
