"""``rewatch films``: what is in the library."""

from __future__ import annotations

from pathlib import Path

import click

from rewatch.cli.common import json_option, library_option, open_library, print_table, write_json
from rewatch.clock import timecode


@click.command("films")
@library_option
@json_option
def command(library_folder: Path | None, as_json: bool) -> None:
    """List the films of the library.

    \b
    Example:
      rewatch films
      rewatch films --json
    """
    from rewatch.exports.study_view import glanced

    library = open_library(library_folder)
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
