"""``rewatch unnoticed``: details of a film that one has not noticed yet."""

from __future__ import annotations

from pathlib import Path

import click

from rewatch.cli.common import (
    find_film,
    json_option,
    library_option,
    messages,
    open_library,
    print_hanging,
    printable,
    write_json,
)
from rewatch.clock import timecode


@click.command("unnoticed")
@click.argument("film")
@click.option("--top", type=click.IntRange(1, 1000), default=5, metavar="N", help="How many [default: 5].")
@click.option("--again", is_flag=True, help="Those of the last time.")
@library_option
@json_option
def command(film: str, top: int, again: bool, library_folder: Path | None, as_json: bool) -> None:
    """Details of a film that you have not noticed yet: what there is in it once, away from all that you have noted.

    Each says why, with its figures. What was shown is remembered: the next time there are others.

    \b
    Example:
      rewatch unnoticed heat
      rewatch unnoticed heat --top 10 --json
      rewatch unnoticed heat --again
    """
    from rich.text import Text

    from rewatch.study.unnoticed import unnoticed

    edition = find_film(library_folder, film)
    found = unnoticed(open_library(library_folder), edition, top=top, again=again)
    if found.unsaved:
        messages().print(f"rewatch: what was shown is not remembered: {found.unsaved}", markup=False)
    if as_json:
        write_json(
            {
                "film": edition.name,
                "edition": edition.id,
                "sitting": found.sitting,
                "left": found.left,
                "details": [ranked.as_json() for ranked in found.details],
            }
        )
        return
    for ranked in found.details:
        print_hanging(Text(f"{timecode(ranked.detail.begin):>9}  {printable(ranked.detail.sentence)}"), 11)
    if found.left:
        left = "1 more is" if found.left == 1 else f"{found.left} more are"
        messages().print(f"{left} left for the next times", markup=False)
    elif found.details:
        messages().print("that is all: --again shows these once more", markup=False)
    elif found.sitting > 1:
        messages().print("nothing is left to show: --again shows the last ones", markup=False)
    else:
        messages().print("nothing in it stands apart", markup=False)
