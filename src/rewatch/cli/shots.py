"""``rewatch shots``: a film's shots, one a line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rewatch.cli.common import find_film, json_option, library_option, messages, print_table, write_json
from rewatch.clock import timecode
from rewatch.errors import NotMeasured

if TYPE_CHECKING:
    from rewatch.library.edition import Edition


@click.command("shots")
@click.argument("film")
@click.option("--sheet", type=click.Path(path_type=Path), metavar="FILE", help="A contact sheet: one still a shot.")
@library_option
@json_option
def command(film: str, sheet: Path | None, library_folder: Path | None, as_json: bool) -> None:
    """List a film's shots: frames, times, lengths, and how each begins.

    Frames are numbered from 0 in the order they are shown; shots meet at the middle of a gradual transition. A film
    that is known only by a list of its shots has no frames.

    \b
    Example:
      rewatch shots heat
      rewatch shots heat --json | jq '.shots | length'
      rewatch shots heat --sheet heat.jpg
    """
    from rewatch.structure.shots import shots_json

    edition = find_film(library_folder, film)
    shots, times = edition.spans("shots"), edition.times
    if times is None and (shots.clock.counts_frames or not len(shots)):
        raise NotMeasured(f"{edition.name} has no picture, so no shots")
    if sheet is not None:
        draw(edition, sheet)
        if not as_json:
            return
    rate = edition.facts.picture.rate if edition.facts.picture else None
    rows = shots_json(shots, times)
    if as_json:
        write_json(
            {
                "film": edition.name,
                "edition": edition.id,
                "frames": None if times is None else len(times),
                "frame_rate": None if rate is None else f"{rate.numerator}/{rate.denominator}",
                "shots": rows,
            }
        )
        return
    columns = [
        ("shot", "right"),
        ("from", "right"),
        ("to", "right"),
        ("length", "right"),
        *([] if times is None else [("frames", "right")]),
        ("begins with", "left"),
    ]
    table = []
    for row in rows:
        how = row["transition"]
        kind = how["kind"].replace("_", " ") if how else ""
        if how and how["first_frame"] is not None and how["first_frame"] != how["last_frame"]:
            kind += f" ({how['first_frame']}-{how['last_frame']})"
        length = f"{row['end'] - row['start']:.2f} s"
        frames = [] if times is None else [f"{row['first_frame']}-{row['last_frame']}"]
        table.append((str(row["index"]), timecode(row["start"], 2), timecode(row["end"], 2), length, *frames, kind))
    print_table(columns, table, f"{edition.name}: {len(rows)} shots")


def draw(edition: Edition, sheet: Path, begin: float = 0.0, end: float | None = None) -> None:
    """Draw the contact sheet of a stretch of a film, and say where it is."""
    from rewatch.exports.contact import draw_contact_sheet

    written = draw_contact_sheet(edition, sheet, begin, end)
    messages().print(f"{edition.name} → {', '.join(map(str, written))}", markup=False, soft_wrap=True)
