"""``rewatch images``: the pictures of a film that come back, and those that are seen once."""

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
    print_hanging,
    write_json,
)
from rewatch.clock import timecode

if TYPE_CHECKING:
    from rewatch.find.one_of_a_kind_pictures import Picture
    from rewatch.library.edition import Edition


@click.command("images")
@click.argument("film")
@click.option("--top", type=click.IntRange(1, 100), default=8, show_default=True, help="How many of each at most.")
@click.option("--save", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Write each as a JPEG.")
@library_option
@json_option
def command(film: str, top: int, save: Path | None, library_folder: Path | None, as_json: bool) -> None:
    """Show the pictures of a film that come back, a set-up or a place, and those that are seen once.

    \b
    Example:
      rewatch images heat
      rewatch images heat --save images/
    """
    from rewatch.find.one_of_a_kind_pictures import pictures_of

    edition = find_film(library_folder, film)
    found = pictures_of(open_library(library_folder), edition, top)
    saved = _save(edition, found, save) if save is not None else {}
    if as_json:
        images = [p.as_json() | ({"saved": saved[i]} if i in saved else {}) for i, p in enumerate(found)]
        write_json({"film": edition.name, "edition": edition.id, "images": images})
    else:
        _show(edition, found)
        if save is not None and saved:
            count = sum(map(len, saved.values()))
            console().print(f"{count} picture{'s' * (count > 1)} in {save}", markup=False)


def _save(edition: Edition, found: list[Picture], folder: Path) -> dict[int, list[str]]:
    """Write a picture of every place; number -> files."""
    from rewatch.errors import FilmError, NotMeasured
    from rewatch.exports.moment_still import moment_still

    folder.mkdir(parents=True, exist_ok=True)
    saved: dict[int, list[str]] = {}
    for i, picture in enumerate(found):
        for shot, (begin, _), frame in zip(picture.shots, picture.places, picture.frames, strict=True):
            try:
                still = moment_still(edition, begin, frame)
            except (FilmError, NotMeasured) as error:
                messages().print(f"rewatch: no picture of shot {shot}: {error}", markup=False)
                continue
            path = folder / f"{i + 1:02d}_{picture.kind}_shot{shot}_{timecode(begin, 1).replace(':', '.')}.jpg"
            still.save(path, quality=92)
            saved.setdefault(i, []).append(str(path))
    return saved


def _show(edition: Edition, found: list[Picture]) -> None:
    from rich.text import Text

    out = console()
    back = [p for p in found if p.kind == "returns"]
    once = [p for p in found if p.kind == "once"]
    out.print(Text(edition.name, style="bold"))
    out.print("\nComes back" if back else "\nNo set-up of the camera comes back.")
    for picture in back:
        _row(picture, f"{_alike(picture.alike)} {picture.alike:.2f}")
    if once:
        out.print("\nSeen once")
    for picture in once:
        _row(picture, f"nearest to it in the film: {max(picture.alike, 0.0):.2f} alike")


def _alike(value: float) -> str:
    return "the same picture" if value > 0.9 else "the same set-up" if value > 0.78 else "much alike"


def _row(picture: Picture, said: str) -> None:
    from rich.text import Text

    places = "  ".join(
        f"{timecode(b, 1)} (shot {shot})" for shot, (b, _) in list(zip(picture.shots, picture.places, strict=True))[:6]
    )
    if len(picture.shots) > 6:
        places += f"  and {len(picture.shots) - 6} times more"
    if picture.pattern:
        said += f"; cut to and fro, {picture.pattern}"
    if picture.library is not None and picture.library < 1:
        said += f"; in {100 * (1 - picture.library):.0f} % of the other films too"
    print_hanging(Text.assemble("  ", (places, "cyan"), "  ", said), 4)
