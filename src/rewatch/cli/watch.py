"""``rewatch watch``: from film files to their studies in the library."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from rewatch.cli.common import library_option, open_library
from rewatch.errors import RewatchError


@click.command("watch")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--audio-stream", type=click.IntRange(min=0), metavar="N", help="Which audio stream, counted from 0.")
@click.option("--subtitles", type=click.Path(path_type=Path), metavar="FILE", help="Lines to use (.srt, .vtt, .ass).")
@click.option("--title", metavar="T", help="What the film is called [default: as the file is].")
@click.option("--year", type=click.IntRange(1870, 2200), metavar="Y", help="The film's year.")
@click.option("--glance", is_flag=True, help="Shots in a part of the time: decode only what packets leave open.")
@click.option(
    "--shots-precision",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    metavar="P",
    help="How probable a shot boundary must be to count, 0 to 1 [default: as before; at first 0.5].",
)
@click.option("--again", is_flag=True, help="Forget what was charted, and watch all of it anew.")
@library_option
def command(
    files: tuple[str, ...],
    audio_stream: int | None,
    subtitles: Path | None,
    title: str | None,
    year: int | None,
    glance: bool,
    shots_precision: float | None,
    again: bool,
    library_folder: Path | None,
) -> None:
    """Watch film files and chart them into the library: shots, light, colour, motion, sound, words, score.

    With --glance the picture is charted from its packets and a part of its frames; what comes of it is marked as
    glanced, and a watch without it refines it. The watch of a film of 15 minutes or more begins with a first look, at
    its keyframes alone: until it is done, commands answer from that, and say that the answer is provisional.

    --shots-precision trades shots that are missed against shots that are none: 0.9 keeps what is all but certain, 0.2
    takes in what is doubtful. It stands for the film until another one is asked for; no film is watched anew for it. Of
    shots corrected by hand (rewatch shots FILM --review) nothing is lost.

    What is there already is not done twice; a watch that was stopped goes on where it was.

    \b
    Example:
      rewatch watch "Heat (1995).mkv"
      rewatch watch --glance "Heat (1995).mkv"
      rewatch watch disc1.mkv disc2.mkv --audio-stream 1
      rewatch watch film.mp4 --subtitles film.fr.srt --title "La Jetée" --year 1962
    """
    if len(files) > 1 and (title or year or subtitles):
        raise click.UsageError("--title, --year and --subtitles go with one film at a time")
    from rewatch.cli.progress import Messages, bar
    from rewatch.watch.corrected import asked_of
    from rewatch.watch.run import watch
    from rewatch.watch.work import Stopped

    library = open_library(library_folder)
    err = Messages()
    failed = 0
    for file in files:
        try:
            done = watch(
                file,
                library,
                audio_stream=audio_stream,
                subtitles=subtitles,
                title=title,
                year=year,
                again=again,
                glance=glance,
                shots_precision=shots_precision,
                progress=bar(err),
            )
        except Stopped as error:
            err.print(f"rewatch: {error}")
            sys.exit(130)
        except RewatchError as error:
            if len(files) == 1:
                raise
            err.print(f"rewatch: {error}")
            failed += 1
            continue
        for note in done.notes:
            err.print(f"rewatch: {file}: {note}")
        if not done.made:
            err.print(f"{done.edition.name}: nothing to do, all of it was charted before")
        if glance and done.made and (how := done.edition.glance):
            more = "refines it" if done.edition.provisional else "adds what a glance does not measure"
            err.print(f"rewatch: {file}: {how}; a watch without --glance {more}")
        if "boundaries" in done.edition.tracks and (shots_precision, asked_of(done.edition)) != (None, None):
            from rewatch.study.review import traded

            err.print(f"rewatch: {traded(done.edition)}")
        from rewatch.exports.terminal import headline  # here: nothing to load before the decoding begins

        click.echo(headline(done.edition))
    if failed:
        err.print(f"rewatch: {failed} of {len(files)} files could not be watched")
        sys.exit(1)
