"""``rewatch export``: a film's study in another format."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rewatch.cli.common import find_film, find_or_watch, library_option, messages

if TYPE_CHECKING:
    from rewatch.exports.study_view import Study
    from rewatch.library.edition import Edition

FOLDERS = ("minutes", "rss")
"""What is no file but a folder."""


LINES = ("srt", "vtt")
"""What can be written for another edition."""


def _retimed(a: Edition, b: Edition) -> Study:
    """B with the lines of A."""
    from rewatch.compare.editions import compare
    from rewatch.errors import ExportError
    from rewatch.exports.retimed import Retimed

    found = compare(a, b)
    for note in found.notes:
        messages().print(f"rewatch: {note}", markup=False)
    if not found.related:
        raise ExportError(f"{a.name} and {b.name} have nothing in common: its lines do not fit there")
    return Retimed(found, a, b)


def _folder(edition: Edition, to: str, output: Path | None, url: str | None) -> None:
    if output is None:
        raise click.UsageError(f"{to} is a folder: name it with -o DIR")
    if to == "minutes":
        from rewatch.exports.as_minutes import write_minutes

        count = write_minutes(edition, output)
        messages().print(f"{edition.name} → {output}: {count} minute{'s' * (count > 1)}", markup=False, soft_wrap=True)
        return
    if url is None:
        raise click.UsageError("rss: --url says where the episodes will be found: https://example.org/heat/")
    from rewatch.exports.as_rss import write_feed

    messages().print(f"{edition.name} → {write_feed(edition, output, url)}", markup=False, soft_wrap=True)


@click.command("export")
@click.argument("film")
@click.option("--to", "to", required=True, metavar="FORMAT", help="csv, json, vtt, midi, musicxml, svg, ...")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="[default: standard output]")
@click.option("--start-timecode", metavar="TC", help="Of the first frame (edl, fcpxml, otio): 01:00:00:00, or with ;")
@click.option("--set", "told", multiple=True, metavar="NAME=VALUE", help="How it is played (midi, musicxml).")
@click.option("--url", metavar="URL", help="Where the episodes' folder is on the web (rss).")
@click.option("--for", "other", metavar="B", help="The lines at their times in another edition (srt, vtt).")
@library_option
def command(
    film: str,
    to: str,
    output: Path | None,
    start_timecode: str | None,
    url: str | None,
    told: tuple[str, ...],
    other: str | None,
    library_folder: Path | None,
) -> None:
    """Write a film's study in another format.

    \b
    csv            its shots, one a row; into a folder (-o DIR): every track
    json           all of it: facts, figures, tracks
    vtt            its lines as WebVTT subtitles
    vtt-shots      its shots as WebVTT metadata cues
    midi           its score to be heard: cuts, lines and pulse as notes
    musicxml       its cuts as a score for notation programs
    svg, png, pdf  its score sheet
    srt            its lines as SubRip subtitles
    edl, fcpxml    its shots for editing systems; --start-timecode 10:00:00:00
    otio           its shots and lines as OpenTimelineIO
    eaf            its shots, scenes and lines for ELAN
    cinemetrics    its shots as Cinemetrics lists them
    webannotation  its shots, lines and notes as W3C Web Annotations
    iiif           a IIIF Presentation 3 manifest
    matroska, ffmetadata, podcast   its chapters
    parquet        its shots; into a folder (-o DIR): every track
    minutes        a folder a minute (-o DIR): dossier, contact sheet, lines, chapters
    rss            the feed of a podcast, minute by minute: -o DIR holds the episodes' audio, --url says where it is

    \b
    Example:
      rewatch export heat --to csv -o heat.csv
      rewatch export heat --to json | jq .figures
      rewatch export heat --to midi -o heat.mid
      rewatch export heat --to midi --set tonic=57 --set metronome.presto=200 -o heat.mid
      rewatch export heat-tv --to srt --for heat-restored -o heat-restored.srt
    """
    from rewatch.exports.registry import EXPORTS

    if to not in EXPORTS and to not in FOLDERS:
        raise click.UsageError(f"no format {to!r}: there are {', '.join((*EXPORTS, *FOLDERS))}")
    if url is not None and to != "rss":
        raise click.UsageError(f"--url: {to} has no addresses")
    if other is not None and to not in LINES:
        raise click.UsageError(f"--for: {to} is not retimed; {' and '.join(LINES)} are")
    edition = find_film(library_folder, film)
    if to in FOLDERS:
        _folder(edition, to, output, url)
        return
    export = EXPORTS[to]
    if start_timecode is not None and not export.start:
        raise click.UsageError(f"--start-timecode: {to} counts no timecode")
    if told and not export.played:
        raise click.UsageError(f"--set: {to} is not played")
    asked: dict[str, Any] = {} if start_timecode is None else {"start": start_timecode}
    if told:
        asked["told"] = told
    study: Study = edition if other is None else _retimed(edition, find_or_watch(library_folder, other))
    if output is None:
        sys.stdout.write(export.text(study, **asked))
        return
    export.write(study, output, **asked)
    messages().print(f"{edition.name} → {output}", markup=False, soft_wrap=True)
