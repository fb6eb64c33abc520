"""``rewatch note``: write a note to a moment of a film."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from rewatch.cli.common import find_film, json_option, library_option, write_json
from rewatch.cli.notes import put_somewhere
from rewatch.clock import parse_time, timecode


def _second(text: str, option: str) -> float:
    try:
        return float(parse_time(text))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from None


@click.command("note")
@click.argument("film")
@click.argument("time")
@click.argument("text", nargs=-1, required=True)
@click.option("--to", "to", metavar="TIME", help="Where what the note is about ends.")
@click.option("--region", metavar="X,Y,W,H", help="Part of the picture, as shares (0.1,0.2,0.3,0.4) or percent.")
@click.option("--tag", "tags", multiple=True, metavar="T", help="A tag; may be given several times.")
@library_option
@json_option
def command(
    film: str,
    time: str,
    text: tuple[str, ...],
    to: str | None,
    region: str | None,
    tags: tuple[str, ...],
    library_folder: Path | None,
    as_json: bool,
) -> None:
    """Write a note to a moment of a film, a stretch of it, or a region of its picture. TEXT is Markdown; - reads it
    from standard input, and -- goes before one that begins with a dash.

    \b
    Example:
      rewatch note heat 43:10 "He never takes the keys." --tag keys
      rewatch note heat 43:10 --to 43:20 --region 0.6,0.1,0.2,0.3 "The clock on the wall stands."
    """
    from rewatch.cli.common import open_library
    from rewatch.errors import NotSaved
    from rewatch.study.notes import Notes, parse_region

    edition = find_film(library_folder, film)
    words = " ".join(text)
    if text == ("-",):
        words = sys.stdin.read().rstrip("\n")
    end = None if to is None else _second(to, "--to")
    part = None if region is None else parse_region(region)
    try:
        notes = Notes(open_library(library_folder))
        note = notes.add(edition, _second(time, "TIME"), words, end=end, region=part, tags=tags)
    except NotSaved as error:
        put_somewhere(error)
        raise
    if as_json:
        write_json(note.as_json())
        return
    where = timecode(note.begin, 1) + ("" if note.end is None else f" to {timecode(note.end, 1)}")
    click.echo(f"{note.id[:8]}  {edition.name}, {where}")
