"""``rewatch export``: a film's study in another format."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from rewatch.cli.common import find_film, library_option, messages


@click.command("export")
@click.argument("film")
@click.option("--to", "to", required=True, metavar="FORMAT", help="csv, json, vtt, midi, musicxml, svg, ...")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="[default: standard output]")
@click.option("--start-timecode", metavar="TC", help="Of the first frame (edl, fcpxml, otio): 01:00:00:00, or with ;")
@click.option("--set", "told", multiple=True, metavar="NAME=VALUE", help="How it is played (midi, musicxml).")
@library_option
def command(
    film: str,
    to: str,
    output: Path | None,
    start_timecode: str | None,
    told: tuple[str, ...],
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

    \b
    Example:
      rewatch export heat --to csv -o heat.csv
      rewatch export heat --to json | jq .figures
      rewatch export heat --to midi -o heat.mid
      rewatch export heat --to midi --set tonic=57 --set metronome.presto=200 -o heat.mid
    """
    from rewatch.exports.registry import EXPORTS

    if to not in EXPORTS:
        raise click.UsageError(f"no format {to!r}: there are {', '.join(EXPORTS)}")
    edition = find_film(library_folder, film)
    export = EXPORTS[to]
    if start_timecode is not None and not export.start:
        raise click.UsageError(f"--start-timecode: {to} counts no timecode")
    if told and not export.played:
        raise click.UsageError(f"--set: {to} is not played")
    asked: dict[str, Any] = {} if start_timecode is None else {"start": start_timecode}
    if told:
        asked["told"] = told
    if output is None:
        sys.stdout.write(export.text(edition, **asked))
        return
    export.write(edition, output, **asked)
    messages().print(f"{edition.name} → {output}", markup=False, soft_wrap=True)
