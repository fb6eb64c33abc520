"""``rewatch minute``: what happens in one minute of a film."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rewatch.cli.common import console, find_film, json_option, library_option, print_strips, write_json
from rewatch.clock import lasting, timecode

if TYPE_CHECKING:
    from rewatch.library.edition import Edition
    from rewatch.study.minute import Minute


@click.command("minute")
@click.argument("number", type=click.IntRange(min=1), metavar="N")
@click.argument("film")
@click.option("--sheet", type=click.Path(path_type=Path), metavar="FILE", help="A contact sheet of its shots.")
@library_option
@json_option
def command(number: int, film: str, sheet: Path | None, library_folder: Path | None, as_json: bool) -> None:
    """Show what happens in minute N of a film: its shots, its lines, its figures, and what stands out.

    Minute 1 runs from 0:00 to 1:00.

    \b
    Example:
      rewatch minute 43 heat
      rewatch minute 43 heat --sheet minute43.jpg
    """
    from rewatch.study.minute import minute

    edition = find_film(library_folder, film)
    found = minute(edition, number)
    if sheet is not None:
        from rewatch.cli.shots import draw

        draw(edition, sheet, found.begin, found.end)
    if as_json:
        named = {"film": edition.name, "edition": edition.id, "glanced": edition.provisional or None}
        write_json({**named, **asdict(found)})
    else:
        _show(edition, found)


def _show(edition: Edition, found: Minute) -> None:
    from rich.table import Table
    from rich.text import Text

    from rewatch.exports.terminal import minute_strip
    from rewatch.study.minute import MEASURES

    out = console()
    out.print(
        Text.assemble(
            (f"{edition.name}", "bold"),
            f"  minute {found.number}  ",
            (f"{timecode(found.begin)} - {timecode(found.end)}", "dim"),
        )
    )
    print_strips(minute_strip(edition, found.begin, found.end, min(out.width, 100)))
    if found.stands_out:
        out.print()
        for line in found.stands_out:
            out.print(Text.assemble(("  * ", "yellow"), line))
    if found.figures:
        table = Table(box=None, padding=(0, 2, 0, 0), show_header=True, header_style="dim")
        alone = found.begin == 0 and found.end >= edition.duration  # then there is nothing to set it beside
        for heading in ("figure", "here") if alone else ("figure", "here", "median", "rank"):
            table.add_column(heading, justify="left" if heading == "figure" else "right")
        digits = {m.name: m.digits for m in MEASURES}
        for name, figure in found.figures.items():
            unit = f" {figure.unit}" if figure.unit and not figure.unit.startswith("/") else figure.unit
            value, median = (f"{x:.{digits[name]}f}{unit}" for x in (figure.value, figure.median))
            table.add_row(name, value, *(() if alone else (median, f"{figure.rank} of {figure.of}")))
        out.print()
        out.print(table)
    out.print()
    _show_events(found)


def _show_events(found: Minute) -> None:
    """Shots and lines on one time line."""
    from rich.text import Text

    from rewatch.exports.study_view import begins_by

    out = console()
    rows: list[tuple[float, int, Text]] = []
    for shot in found.shots:
        # A list of shots need not say how they begin.
        how = begins_by(shot.transition, shot.by_hand) or ("the film begins" if shot.index == 1 else "")
        begins = shot.begin if shot.begin >= found.begin else found.begin
        text = Text.assemble(
            (timecode(begins, 1).rjust(10), "cyan"),
            f"  shot {shot.index}",
            (f"  {lasting(shot.end - shot.begin)}  {how if shot.begin >= found.begin else 'goes on'}", "dim"),
        )
        rows.append((begins, 0, text))
    for line in found.lines:
        who = f"{line.speaker}: " if line.speaker else ""
        spoken = Text.assemble(
            (timecode(line.begin, 1).rjust(10), "dim cyan"),
            "    ",
            (f"{who}{' / '.join(line.text.splitlines())}", "italic"),
        )
        rows.append((line.begin, 1, spoken))
    for _, _, text in sorted(rows, key=lambda r: r[:2]):
        out.print(text)
