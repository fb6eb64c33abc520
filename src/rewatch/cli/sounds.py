"""``rewatch sounds``: the sounds of a film that are one of a kind, and those that come back."""

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
    from rewatch.find.one_of_a_kind import Sound
    from rewatch.library.edition import Edition


@click.command("sounds")
@click.argument("film")
@click.option("--top", type=click.IntRange(1, 100), default=8, show_default=True, help="How many of each at most.")
@click.option("--save", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Write each as a WAV.")
@library_option
@json_option
def command(film: str, top: int, save: Path | None, library_folder: Path | None, as_json: bool) -> None:
    """Show the sounds of a film that are heard once and never again, and those that come back.

    \b
    Example:
      rewatch sounds heat
      rewatch sounds heat --save sounds/
    """
    from rewatch.find.one_of_a_kind import sounds_of

    edition = find_film(library_folder, film)
    found = sounds_of(open_library(library_folder), edition, top)
    saved = _save(edition, found, save) if save is not None else {}
    if as_json:
        sounds = [s.as_json() | ({"saved": saved[i]} if i in saved else {}) for i, s in enumerate(found)]
        write_json({"film": edition.name, "edition": edition.id, "sounds": sounds})
    else:
        _show(edition, found)
        if save is not None and saved:
            count = sum(map(len, saved.values()))
            console().print(f"{count} sound{'s' * (count > 1)} in {save}", markup=False)


def _save(edition: Edition, found: list[Sound], folder: Path) -> dict[int, list[str]]:
    """Write every place of every sound; number -> files."""
    from rewatch.errors import FilmError
    from rewatch.exports.sound_clips import write_clips

    if not Path(edition.facts.path).is_file():
        raise FilmError(f"{edition.facts.path}: the file is gone, and its sound with it")
    folder.mkdir(parents=True, exist_ok=True)
    clips, of = [], []
    for i, sound in enumerate(found):
        for begin, end in sound.places:
            name = f"{i + 1:02d}_{sound.kind}_{timecode(begin, 1).replace(':', '.')}.wav"
            clips.append((begin, end, folder / name))
            of.append(i)
    written = set(write_clips(edition.facts, clips))
    if len(written) < len(clips):
        messages().print(f"rewatch: {len(clips) - len(written)} sounds could not be read from the file", markup=False)
    saved: dict[int, list[str]] = {}
    for (_, _, path), i in zip(clips, of, strict=True):
        if path in written:
            saved.setdefault(i, []).append(str(path))
    return saved


def _show(edition: Edition, found: list[Sound]) -> None:
    from rich.text import Text

    out = console()
    once = [s for s in found if s.kind == "once"]
    back = [s for s in found if s.kind != "once"]
    films = next((s.library is not None for s in found), False)
    out.print(Text(edition.name, style="bold"))
    out.print(
        Text("\nHeard once" if once else "\nNo sound stands apart: all of it is like something else in the film.")
    )
    for sound in once:
        _row(sound, f"rarity {sound.rare:.2f}", films)
    if back:
        out.print("\nComes back")
    for sound in back:
        _row(sound, "the same recording" if sound.kind == "again" else "played again, or much alike", films)


def _row(sound: Sound, how: str, films: bool) -> None:
    from rich.text import Text

    places = "  ".join(f"{timecode(b, 1)}-{timecode(e, 1)}" for b, e in sound.places[:6])
    if len(sound.places) > 6:
        places += f"  and {len(sound.places) - 6} times more"
    said = f"{sound.says}; {how}"
    if films and sound.library is not None:
        share = 100 * (1 - sound.library)
        said += "; in no other film" if sound.library == 1 else f"; in {share:.0f} % of the other films too"
    print_hanging(Text.assemble("  ", (places, "cyan"), "  ", said), 4)
