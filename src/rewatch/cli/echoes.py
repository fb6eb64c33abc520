"""``rewatch echoes``: what of one film is found again in others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rewatch.cli.common import (
    console,
    find_film,
    json_option,
    library_option,
    messages,
    open_library,
    printable,
    write_json,
)
from rewatch.clock import timecode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.text import Text

    from rewatch.compare.echoes import Echo, Echoes, Side
    from rewatch.library.edition import Edition

KINDS = ("image", "sound", "line", "rhythm")


@click.command("echoes")
@click.argument("film")
@click.argument("others", nargs=-1, metavar="[OTHER]...")
@click.option(
    "--kind", "kinds", type=click.Choice(KINDS), multiple=True, help="Only these; may be given several times."
)
@click.option(
    "--chance",
    type=click.FloatRange(0, 1, min_open=True),
    help="Tell what is no likelier than this to be chance, in two films of this length. [default: 0.01; of lines, what "
    "chance yields once in an hour of film]",
)
@click.option("--top", type=click.IntRange(1, 10_000), default=40, show_default=True, help="How many at most.")
@library_option
@json_option
def command(
    film: str,
    others: tuple[str, ...],
    kinds: tuple[str, ...],
    chance: float | None,
    top: int,
    library_folder: Path | None,
    as_json: bool,
) -> None:
    """Look for a film's echoes in others, or in the whole library: the same footage or composition, the same
    recording under other sound or the same melody, the same words, the same cutting rhythm.

    Each comes with the probability that chance alone yields as good a match; most films have none. Of lines also those
    are told that may be chance, as many as it yields once in an hour of film: each says so. What many films have, a
    studio's logo, a stock phrase, is told apart.

    \b
    Example:
      rewatch echoes heat
      rewatch echoes heat thief --kind sound --kind line
      rewatch echoes heat --chance 0.2 --json
    """
    from rewatch.compare.echoes import echoes

    edition = find_film(library_folder, film)
    library = open_library(library_folder)
    every = [library.edition(entry.id) for entry in library.entries()]
    named = [find_film(library_folder, other) for other in others]
    asked = named or [e for e in every if e.id != edition.id]
    found = echoes(edition, asked, kinds=kinds or KINDS, chance=chance, library=every, told=_telling())
    for note in found.notes:
        messages().print(f"rewatch: {note}", markup=False)
    if as_json:
        answer = found.as_json()
        write_json({**answer, "echoes": answer["echoes"][:top]})
    else:
        _show(edition, asked, found, top)


def _telling() -> Callable[[str], None] | None:
    """Progress on standard error, where a person watches: one line that is written over."""
    from rich.status import Status

    out = messages()
    if not out.is_terminal:
        return None
    status = Status("", console=out)

    def tell(line: str) -> None:
        status.update(printable(line).replace("[", r"\["))

    status.start()
    click.get_current_context().call_on_close(status.stop)
    return tell


# -- for a person ---------------------------------------------------------------------------------------------------


def _show(film: Edition, others: Sequence[Edition], found: Echoes, top: int) -> None:
    out = console()
    own = [echo for echo in found.echoes if not echo.common]
    common = [echo for echo in found.echoes if echo.common]
    for edition in found.editions:
        out.print(f"{edition.name} [{edition.id[:8]}] is another edition of this film:", markup=False)
        out.print(f"  rewatch compare {film.id[:8]} {edition.id[:8]}", markup=False)
    compared = [e for e in others if e.id not in {film.id, *(same.id for same in found.editions)}]
    if not compared:
        if not found.editions:
            out.print("There is no other film to look in.")
        return
    where = compared[0].name if len(compared) == 1 else f"{len(compared)} films"
    if own:
        _tables(own[:top])
        if len(own) > top:
            out.print(f"{len(own) - top} more: --top {len(own)} shows them")
    else:
        out.print(f"No echoes: nothing of {film.name} is in {where} beyond what chance yields.", markup=False)
    if common:
        out.print("Common property: further films have it, too.")
        _tables(common[:top])


def _tables(echoes: Sequence[Echo]) -> None:
    """A table for each film, the film with the surest echo first."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    for film in dict.fromkeys((echo.b.edition, echo.b.film) for echo in echoes):
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=Text(f"in {printable(film[1])}"), title_justify="left")
        for heading in ("echo", "here", "there", "what", "by chance"):
            table.add_column(heading, no_wrap=heading != "what")
        for echo in echoes:
            if (echo.b.edition, echo.b.film) == film:
                here, there = (Text(_clock(side), style="cyan") for side in (echo.a, echo.b))
                table.add_row(_kind(echo), here, there, _about(echo), _odds(echo.chance))
        console().print(table)


def _kind(echo: Echo) -> str:
    return str(echo.details.get("same", {"line": "words"}.get(echo.kind, echo.kind)))


def _clock(side: Side) -> str:
    return f"{timecode(side.start, 1)}-{timecode(side.end, 1)}"


def _about(echo: Echo) -> Text:
    from rich.text import Text

    details = echo.details
    if echo.kind == "line":
        here, there = (printable(str(details[side]).replace("\n", " ")) for side in ("a", "b"))
        return Text(f"“{here}”") if here == there else Text(f"“{here}”\n“{there}”")
    if details.get("same") == "melody":
        key = int(details["key"])
        said = "" if key == 0 else f", {abs(key)} semitones {'higher' if key > 0 else 'lower'} there"
        return Text(f"{details['tempo']:g} times as long there{said}")
    if echo.kind == "sound":
        heard = [f"{details['landmarks']} of {details['of']} peaks"] if "landmarks" in details else []
        heard += ["sample by sample"] if "in_step" in details else []
        heard += [f"{details['speed']} times as long"] if "speed" in details else []
        return Text(", ".join(heard))
    if echo.kind == "rhythm":
        tempo = details["tempo"]
        shots = " and ".join(dict.fromkeys(str(n) for n in details["shots"]))
        return Text(f"{shots} shots" + ("" if tempo == 1 else f", {tempo:g} times as long there"))
    looks = [f"likeness {details['likeness']:.2f}"]
    looks += ["mirrored"] if details.get("mirrored") else []
    looks += ["a part of it there"] if "shown_of_a" in details else []
    looks += ["a part of it here"] if "shown_of_b" in details else []
    return Text(", ".join(looks))


def _odds(chance: float) -> str:
    """A probability as people say it.

    >>> _odds(0.005), _odds(1e-12), _odds(0.3)
    ('1 in 200', '< 1 in a billion', '0.30')
    """
    if chance > 0.1:
        return f"{chance:.2f}"
    if chance <= 1e-9:
        return "< 1 in a billion"
    digits = len(str(int(1 / chance))) - 1
    return f"1 in {round(1 / chance, -max(0, digits - 1)):,.0f}"
