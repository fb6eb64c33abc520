"""What the commands share: the options that go with each, and how answers are written.

Answers go to standard output, as a table for a person or as JSON alone; progress and messages to standard error.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from rewatch.library.edition import Edition
    from rewatch.library.library import Library

_WIDE = 10_000
_SHORT = 16
"""Characters of a column that is not folded in a narrow terminal."""
F = TypeVar("F", bound=Callable[..., Any])


def library_option(command: F) -> F:
    return click.option(
        "--library",
        "library_folder",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="The library's folder [default: $REWATCH_LIBRARY, else your data folder].",
    )(command)


def json_option(command: F) -> F:
    return click.option("--json", "as_json", is_flag=True, help="Answer as JSON on standard output.")(command)


def parse_rate(text: str) -> Fraction:
    """Frames a second as they are typed. BadParameter for what is none."""
    if not re.fullmatch(r"\d{1,6}(\.\d{1,6}|/0*[1-9]\d{0,6})?", text.strip()) or not Fraction(text):
        raise click.BadParameter("write it as 24, 25 or 24000/1001", param_hint="--rate")
    return Fraction(text)


def open_library(folder: Path | None) -> Library:
    from rewatch.library.library import Library

    return Library(folder)


def find_film(folder: Path | None, name: str) -> Edition:
    """The edition that FILM means: a film's path, a title, an id; or the path of the list that it is known by.

    Where its picture was no more than glanced at, that is said on standard error: what is answered is provisional.
    """
    edition = _found(folder, name)
    if edition.provisional:
        messages().print(f"rewatch: provisional: {edition.provisional}", markup=False)
    return edition


def find_or_watch(folder: Path | None, name: str) -> Edition:
    """As `find_film`; the path of a film file that is not in the library is watched first, and said so."""
    from rewatch.errors import FilmUnknown

    try:
        return find_film(folder, name)
    except FilmUnknown:
        path = Path(name).expanduser()
        if not path.is_file():
            raise
    from rewatch.cli.progress import Messages, bar
    from rewatch.watch.run import watch
    from rewatch.watch.work import Stopped

    err = Messages()
    err.print(f"{path.name} is not in the library yet: watching it first")
    try:
        done = watch(path, open_library(folder), progress=bar(err))
    except Stopped as error:
        err.print(f"rewatch: {error}")
        sys.exit(130)
    for note in done.notes:
        err.print(f"rewatch: {path.name}: {note}")
    return done.edition


def _found(folder: Path | None, name: str) -> Edition:
    from rewatch.errors import FilmAmbiguous, FilmUnknown
    from rewatch.film.identity import identify

    library = open_library(folder)
    try:
        return library.find(name, identify)
    except FilmUnknown:
        path = Path(name).expanduser()
        known = [e for e in library.entries() if path.exists() and e.path == str(path.absolute())]
        listed = [e for e in known if library.edition(e.id).facts.listed]
        if not listed:
            raise
        if len(listed) > 1:
            named = ", ".join(f"{e.name} [{e.id[:8]}]" for e in listed[:6])
            raise FilmAmbiguous(f"{name} holds {len(listed)} films of the library: {named}") from None
        return library.edition(listed[0].id)


def write_json(answer: Any) -> None:
    """One JSON document on standard output; floats that are no numbers are an error, never an answer."""
    sys.stdout.write(json.dumps(answer, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def console() -> Console:
    """For answers on standard output: colour on a terminal, plain text into a pipe."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())


def messages() -> Console:
    """For messages and progress on standard error: a message is one line, which the terminal may fold."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=True)


def printable(text: str) -> str:
    """A text of strangers without what would steer a terminal: control characters other than the end of a line.

    >>> printable("red \\x1b[31m")
    'red [31m'
    """
    return "".join(c for c in text if c in "\n\t" or not (ord(c) < 32 or 127 <= ord(c) < 160))


def print_table(columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]], title: str = "") -> None:
    """A table for a person: columns of (heading, "left" | "right")."""
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, title=title or None, title_justify="left", pad_edge=False)
    cells = [[printable(cell) for cell in row] for row in rows]
    for n, (heading, side) in enumerate(columns):
        # In a narrow terminal texts and paths are folded; numbers, dates and ids are of no use but whole.
        whole = side == "right" or max((len(row[n]) for row in cells), default=0) <= _SHORT
        table.add_column(heading, justify="right" if side == "right" else "left", no_wrap=whole, overflow="fold")
    for row in cells:
        table.add_row(*map(escape, row))
    if sys.stdout.isatty():
        console().print(table)
        return
    # Into a pipe or a file nothing is cut to the width of a terminal, unless COLUMNS asks for one.
    wide = Console(highlight=False, width=None if os.environ.get("COLUMNS", "").isdigit() else _WIDE)
    with wide.capture() as drawn:
        wide.print(table)
    sys.stdout.write("\n".join(line.rstrip() for line in drawn.get().splitlines()) + "\n")


def print_hanging(text: Text, indent: int) -> None:
    """A line on standard output; on a terminal too narrow for it what is folded stands `indent` characters in."""
    out = console()
    if not sys.stdout.isatty():
        out.print(text)
        return
    first, *rest = text[indent:].wrap(out, max(out.width - indent, 12)) or [text[:0]]
    for lead, line in ((text[:indent], first), *((" " * indent, line) for line in rest)):
        line.rstrip()
        out.print(lead, line, sep="", soft_wrap=True)


def print_strips(rows: Iterable[Text]) -> None:
    """Strips of a film, a row each; one that is colour alone is left out where there are no colours."""
    out = console()
    for row in rows:
        label, _, drawn = row.plain.partition(" ")
        if out.color_system or not label or drawn.strip():
            out.print(row)
