"""``rewatch viewed``: log a viewing of a film."""

from __future__ import annotations

from pathlib import Path

import click

from rewatch.cli.common import find_film, json_option, library_option, write_json


@click.command("viewed")
@click.argument("film")
@click.argument("text", nargs=-1)
@click.option("--on", "on", metavar="DATE", default="today", help="When: 1995-12-15, yesterday [default: today].")
@click.option("--with", "company", multiple=True, metavar="NAME", help="Who was there; may be given several times.")
@click.option("--rating", type=float, metavar="R", help="Stars: half a star to five, by halves.")
@click.option("--tag", "tags", multiple=True, metavar="T", help="A tag; may be given several times.")
@library_option
@json_option
def command(
    film: str,
    text: tuple[str, ...],
    on: str,
    company: tuple[str, ...],
    rating: float | None,
    tags: tuple[str, ...],
    library_folder: Path | None,
    as_json: bool,
) -> None:
    """Log a viewing of a film, with a few words perhaps. rewatch viewings shows the log.

    \b
    Example:
      rewatch viewed heat --on 1996-02-16 --with Ada --rating 4.5 "The last reel out of focus."
    """
    from rewatch.cli.common import open_library
    from rewatch.cli.notes import put_somewhere
    from rewatch.errors import NotSaved
    from rewatch.study.viewings import Viewings, parse_day

    edition = find_film(library_folder, film)
    log = Viewings(open_library(library_folder))
    try:
        viewing = log.add(
            edition, day=parse_day(on), company=company, rating=rating, text=" ".join(text), tags=tags
        )  # fmt: skip
    except NotSaved as error:
        if error.text:
            put_somewhere(error)
        raise
    times = len(log.find(edition))
    if as_json:
        write_json({**viewing.as_json(), "times": times})
        return
    often = "once" if times == 1 else "twice" if times == 2 else f"{times} times"
    click.echo(f"{viewing.id[:8]}  {edition.name}, {viewing.day}: seen {often} now")
