"""``rewatch import``: a film without a file, known by a list that somebody made."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import click

from rewatch.cli.common import json_option, library_option, messages, open_library, parse_rate, write_json
from rewatch.clock import parse_time


def _duration(text: str | None) -> Fraction | None:
    try:
        return None if text is None else parse_time(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--duration") from None


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--from", "format", required=True, metavar="FORMAT", help="shot-lengths, cinemetrics, csv, eaf, edl or srt."
)
@click.option("--title", metavar="T", help="What the film is called [default: as the list is].")
@click.option("--year", type=click.IntRange(1870, 2200), metavar="Y", help="The film's year.")
@click.option("--column", metavar="NAME", help="The film's column; of an .eaf the tier that holds the shots.")
@click.option("--rate", metavar="FPS", help="Frames a second, where the list counts frames: 25, 24000/1001.")
@click.option("--duration", metavar="TIME", help="The film's length, where the list does not say: 1:58:05 or seconds.")
@library_option
@json_option
def command(
    file: Path,
    format: str,
    title: str | None,
    year: int | None,
    column: str | None,
    rate: str | None,
    duration: str | None,
    library_folder: Path | None,
    as_json: bool,
) -> None:
    """Put a film into the library that is known only by a list: its shots, its subtitles, annotations.

    Everything that needs no picture and no sound is measured on it. What was repaired in the list is told.

    \b
    shot-lengths  a table with a column of shot lengths a film; --column names the film
    cinemetrics   a film of the Cinemetrics database: its .cms file, or its table of shots
    csv           a table of shots (start, end or length, in any order); or a folder of such tables
    eaf           annotations made in ELAN; --column names the tier that holds the shots
    edl           an edit decision list (CMX 3600); --rate says how many frames are in a second
    srt           subtitles alone (SubRip, WebVTT, ASS)

    \b
    Example:
      rewatch import lengths.csv --from shot-lengths --column "Jaws (1975)"
      rewatch import forrest-gump/ --from csv --title "Forrest Gump" --year 1994
      rewatch score jaws
    """
    from rewatch.imports.film import FORMATS, read_film

    if format not in FORMATS:
        raise click.UsageError(f"no format {format!r}: there are {', '.join(FORMATS)}")
    told = {"column": column, "rate": rate, "duration": duration}
    film = read_film(
        file,
        format,
        title=title,
        year=year,
        column=column,
        rate=None if rate is None else parse_rate(rate),
        duration=_duration(duration),
    )
    from rewatch.exports.terminal import headline
    from rewatch.watch.imported import enter_film

    done = enter_film(film, open_library(library_folder), told)
    err = messages()
    for note in done.notes:
        err.print(f"rewatch: {file}: {note}", markup=False, soft_wrap=True)
    if as_json:
        answer = {
            "film": done.edition.name,
            "edition": done.edition.id,
            "duration": done.edition.duration,
            "tracks": {name: len(track) for name, track in film.tracks.items()},
            "notes": list(done.notes),
        }
        write_json(answer)
    else:
        click.echo(headline(done.edition))
