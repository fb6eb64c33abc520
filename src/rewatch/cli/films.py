"""``rewatch films``: what is in the library."""

from __future__ import annotations

from pathlib import Path

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
from rewatch.clock import timecode


@click.command("films")
@click.option("--forget", metavar="FILM", help="Take a film out of the library; its file, notes and viewings stay.")
@library_option
@json_option
def command(forget: str | None, library_folder: Path | None, as_json: bool) -> None:
    """List the films of the library.

    \b
    Example:
      rewatch films
      rewatch films --json
      rewatch films --forget heat
    """
    from rewatch.exports.study_view import glanced

    library = open_library(library_folder)
    if forget is not None:
        edition = find_film(library_folder, forget)
        with edition.locked():
            library.remove(edition)
        messages().print(f"{edition.name} is out of the library; its notes and viewings are kept", markup=False)
        if not as_json:
            return
    entries = library.entries()
    glances = [glanced(library.edition(e.id)) for e in entries]
    if as_json:
        films = [
            {
                "film": e.name,
                "title": e.title,
                "year": e.year,
                "edition": e.id,
                "path": e.path,
                "duration": e.duration,
                "watched": e.watched,
                "glanced": at_a_glance,
            }
            for e, at_a_glance in zip(entries, glances, strict=True)
        ]
        write_json({"films": films})
        return
    if not entries:
        click.echo(f"The library at {library.folder} is empty: rewatch watch FILE fills it.")
        return
    columns = [
        ("film", "left"),
        ("year", "right"),
        ("length", "right"),
        ("id", "left"),
        ("watched", "left"),
        ("file", "left"),
    ]
    print_table(
        columns,
        (
            (
                e.title,
                str(e.year or ""),
                timecode(e.duration),
                e.id[:8],
                e.watched[:10] + "*" * at_a_glance if e.watched else "not finished",
                e.path if Path(e.path).exists() else f"{e.path} (gone)",
            )
            for e, at_a_glance in zip(entries, glances, strict=True)
        ),
    )
    if any(glances):
        click.echo("* glanced at: rewatch watch FILE looks at every frame")
