"""``rewatch compare``: two editions of one film side by side."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rewatch.cli.common import console, find_or_watch, json_option, library_option, messages, print_table, write_json
from rewatch.clock import timecode

if TYPE_CHECKING:
    from rewatch.compare.segments import Alignment, Side

FORMATS = ("otio", "edl", "csv")


@click.command("compare")
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option(
    "--sheet", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Draw both: svg|pdf|png."
)
@click.option(
    "--stills", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Save the pictures at each join."
)
@click.option("--to", type=click.Choice(FORMATS), help="Write it for an editor: otio, edl; or as a list: csv.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Goes with --to.")
@click.option("--hasty", is_flag=True, help="By what is stored alone: joins are not looked at in the files.")
@library_option
@json_option
def command(
    a: str,
    b: str,
    sheet: Path | None,
    stills: Path | None,
    to: str | None,
    output: Path | None,
    hasty: bool,
    library_folder: Path | None,
    as_json: bool,
) -> None:
    """Lay two editions of a film side by side: what was cut, added, moved, replaced, retimed and regraded.

    A and B are films of the library, or film files: a file that is not in it is watched first. Frame-exact where both
    files are at hand. --to writes B as a timeline out of A and, where it has more, out of B.

    \b
    Example:
      rewatch compare heat-tv heat-restored
      rewatch compare heat-tv heat-restored --json | jq '.segments[] | select(.kind == "removed")'
      rewatch compare heat-tv heat-restored --sheet both.png --stills joins/
      rewatch compare heat-tv heat-restored --to otio -o rebuild.otio
    """
    from rewatch.compare.editions import compare

    if output is not None and to is None:
        raise click.UsageError("-o goes with --to: otio, edl or csv")
    if to is not None and as_json and output is None:
        raise click.UsageError("--to and --json both write to standard output: name a file with -o")
    film_a, film_b = find_or_watch(library_folder, a), find_or_watch(library_folder, b)
    if sheet is not None:
        from rewatch.exports.sheet import suffix_of

        suffix_of(sheet)  # A name that cannot be drawn to is told before the work.
    say = messages()
    found = compare(
        film_a, film_b, refine=not hasty, told=lambda line: say.print(f"{line} ...", markup=False, style="dim")
    )
    for note in found.notes:
        say.print(f"rewatch: {note}", markup=False)
    if sheet is not None:
        from rewatch.exports.sheet.ribbons import draw_ribbons

        draw_ribbons(film_a, film_b, found, sheet)
        say.print(f"both → {sheet}", markup=False)
    if stills is not None:
        from rewatch.exports.joins import draw_joins

        count = len(draw_joins(film_a, film_b, found, stills))
        say.print(f"{count} picture{'' if count == 1 else 's'} → {stills}", markup=False)
    if to is not None:
        from rewatch.exports.rebuilding import write_alignment

        text = write_alignment(film_a, film_b, found, to, output)
        if output is None:
            sys.stdout.write(text)
            return
        say.print(f"{found.names[1]} out of {found.names[0]} → {output}", markup=False)
    if as_json:
        write_json(found.as_json())
    else:
        _show(found)


def _show(found: Alignment) -> None:
    """The table of differences, and the line that sums them up."""
    from rewatch.compare.words import changes_of, whole_film

    out = console()
    out.print(f"A  {found.names[0]}, {timecode(found.durations[0])}", markup=False)
    out.print(f"B  {found.names[1]}, {timecode(found.durations[1])}", markup=False)
    if found.related:
        usual = whole_film(found)
        rows = []
        # How far B has fallen behind A, or run ahead, when it stands at the end of each row.
        shift = 0.0
        for segment in found:
            lasts_a = segment.a.seconds if segment.a else 0.0
            lasts_b = segment.b.seconds if segment.b else 0.0
            # What only goes faster neither comes nor goes.
            shift += lasts_b - (lasts_a / segment.speed if segment.kind in ("same", "moved") else lasts_a)
            changes = changes_of(segment, usual, found.speed)
            if segment.kind == "same" and not changes:
                continue
            if segment.kind == "moved":
                shift += lasts_a / segment.speed - lasts_b
            rows.append((segment.kind, *_times(segment.a), *_times(segment.b), f"{shift:+.1f}", ", ".join(changes)))
        if rows:
            columns = [("", "left"), ("A from", "right"), ("lasts", "right"), ("B from", "right"), ("lasts", "right")]
            print_table([*columns, ("B so far", "right"), ("", "left")], rows)
        if usual:
            out.print(f"throughout: {', '.join(usual)}", markup=False)
        moved = [str(change) for change in found.score if change.seen]
        if moved:
            out.print(f"the score: {'; '.join(moved)}", markup=False)
    out.print(found.summary(), markup=False, style="bold")


def _times(side: Side | None) -> tuple[str, str]:
    """When a side begins and how long it is, in seconds; nothing where there is none."""
    return ("", "") if side is None else (timecode(side.start, 2), f"{side.seconds:.2f}")
