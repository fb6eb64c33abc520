"""``rewatch viewings``: the log of viewings, and how often each film was seen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rewatch.cli.common import (
    find_film,
    json_option,
    library_option,
    messages,
    open_library,
    print_table,
    write_json,
)

if TYPE_CHECKING:
    from rewatch.library.edition import Edition
    from rewatch.study.viewings import Viewings


@click.command("viewings")
@click.argument("film", required=False)
@click.option("--counts", is_flag=True, help="How often each film was seen.")
@click.option("--export", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Letterboxd's CSV.")
@click.option("--import", "take_in", type=click.Path(path_type=Path), metavar="FILE", help="CSV from Letterboxd.")
@click.option("--delete", metavar="ID", help="Take a viewing out of the log.")
@click.option("--undo", is_flag=True, help="Take back the last change.")
@library_option
@json_option
def command(
    film: str | None,
    counts: bool,
    export: Path | None,
    take_in: Path | None,
    delete: str | None,
    undo: bool,
    library_folder: Path | None,
    as_json: bool,
) -> None:
    """Show the log of viewings, of one film or of all, with the notes written on each day.

    --import reads what Letterboxd exports (diary.csv, reviews.csv, watched.csv, ratings.csv); --export writes what it
    takes in. What is logged already is not doubled.

    \b
    Example:
      rewatch viewings
      rewatch viewings --counts
      rewatch viewings --import diary.csv
    """
    from rewatch.study.viewings import Viewings

    if sum([counts, export is not None, take_in is not None, delete is not None, undo]) > 1:
        raise click.UsageError("one of --counts, --export, --import, --delete, --undo at a time")
    log = Viewings(open_library(library_folder))
    edition = None if film is None else find_film(library_folder, film)
    if delete is not None:
        gone = log.delete(delete)
        click.echo(f"{gone.id[:8]} deleted; rewatch viewings --undo brings it back")
    elif undo:
        acts = log.undo()
        click.echo(f"taken back: {len(acts)}" if acts else "there is nothing to take back")
    elif take_in is not None:
        from rewatch.exports.as_letterboxd import read_viewings

        found, told = read_viewings(take_in)
        for line in told:
            messages().print(f"rewatch: {take_in}: {line}", markup=False)
        new, filled = log.take_in(found)
        if as_json:
            write_json({"new": new, "filled": filled, "left_out": told})
        else:
            click.echo(f"{new} new, {filled} of those logged already told something new")
    elif export is not None:
        from rewatch.exports.as_letterboxd import viewings_csv
        from rewatch.exports.whole import whole

        found = log.find(edition)
        with whole(export) as part:
            part.write_bytes(viewings_csv(found, log.rewatches()).encode("utf-8"))
        click.echo(f"{len(found)} viewing{'' if len(found) == 1 else 's'} → {export}")
    elif counts:
        _counts(log, as_json)
    else:
        _list(log, edition, as_json)


def _counts(log: Viewings, as_json: bool) -> None:
    counted = log.counts()
    if as_json:
        names = ("film", "edition", "times", "first", "last", "rating")
        write_json([{name: getattr(c, name) for name in names} for c in counted])
        return
    rows = [
        (c.film, str(c.times), c.first or "?", c.last or "?", "" if c.rating is None else f"{c.rating:.1f}")
        for c in counted
    ]
    print_table([("film", "left"), ("times", "right"), ("first", "left"), ("last", "left"), ("rating", "right")], rows)


def _list(log: Viewings, edition: Edition | None, as_json: bool) -> None:
    from rewatch.study.notes import Notes

    found = log.find(edition)
    written: dict[tuple[str, str], int] = {}
    for note in Notes(log.library).find():
        key = (note.edition, note.created[:10])
        written[key] = written.get(key, 0) + 1
    if as_json:
        write_json([{**v.as_json(), "notes": written.get((v.edition, v.day), 0)} for v in found])
        return
    if not found:
        messages().print("no viewings yet: rewatch viewed FILM logs one", markup=False)
        return
    rows = []
    for v in found:
        notes = written.get((v.edition, v.day), 0)
        said = v.text + "".join(f" #{tag.replace(' ', '_')}" for tag in v.tags)
        said += f" ({notes} note{'s' if notes > 1 else ''})" if notes else ""
        stars = "" if v.rating is None else f"{v.rating:g}"
        rows.append((v.day or "?", v.name, ", ".join(v.company), stars, said, v.id[:8]))
    heads = [("on", "left"), ("film", "left"), ("with", "left"), ("rating", "right"), ("", "left"), ("id", "left")]
    print_table(heads, rows)
