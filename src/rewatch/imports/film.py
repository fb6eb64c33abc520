"""A film that is known by a list: reading it, whatever the format, into tracks as a watched film has them.

Contents
    read_film, FORMATS
    ImportedFilm   what comes out
    Asked, Found   what a format's reader is given and gives back
"""

from __future__ import annotations

import hashlib
import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from rewatch.errors import ShotListError
from rewatch.facts import FilmFacts
from rewatch.track import Curve, Events, Figures, Spans, Track

FORMATS: Mapping[str, str] = {
    "shot-lengths": "a table with a column of shot lengths a film; --column names the film",
    "cinemetrics": "a film of the Cinemetrics database: its .cms file, or its table of shots",
    "csv": "a table of shots (start, end or length, in any order); or a folder of such tables",
    "eaf": "annotations made in ELAN; --column names the tier that holds the shots",
    "edl": "an edit decision list (CMX 3600); --rate says how many frames are in a second",
    "srt": "subtitles alone (SubRip, WebVTT, ASS)",
}
"""Formats by the word that ``--from`` takes, with a line about each."""

_MODULES = {
    "shot-lengths": "shot_lengths",
    "cinemetrics": "cinemetrics",
    "csv": "listing",
    "eaf": "eaf",
    "edl": "edl",
    "srt": "subtitles",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person said of a list besides its format; None where nothing.

    column:   the film's column, the tier of the shots
    rate:     frames a second
    duration: of the film, seconds
    """

    column: str | None = None
    rate: Fraction | None = None
    duration: Fraction | None = None


@dataclass(slots=True)
class Found:
    """What a format's reader found.

    title: as the list has it, the year perhaps behind it; "" where it has none
    notes: one line each for a person: what was repaired, guessed, left out
    """

    tracks: dict[str, Track] = field(default_factory=dict)
    title: str = ""
    duration: Fraction | None = None
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ImportedFilm:
    """A film known by a list.

    format:   of `FORMATS`
    identity: 32 hexadecimal digits, of the list's content, the format and the column: what its edition is known by
    size:     bytes of the list
    duration: seconds: as told, else to the end of the last thing in the list
    tracks:   by name; ``shots`` (Spans on an even clock), ``lines`` and whatever else the list holds
    notes:    one line each: what was repaired, guessed, left out
    """

    title: str
    year: int | None
    format: str
    path: str
    identity: str
    size: int
    duration: Fraction
    tracks: Mapping[str, Track]
    notes: tuple[str, ...] = ()

    @property
    def facts(self) -> FilmFacts:
        """The facts of a film's file, for a film that has none: no picture, no sound."""
        return FilmFacts(
            path=self.path,
            identity=self.identity,
            container=f"list ({self.format})",
            size=self.size,
            duration=self.duration,
            zero=Fraction(0),
            picture=None,
            sound=None,
        )


def read_film(
    path: str | Path,
    format: str,
    *,
    title: str | None = None,
    year: int | None = None,
    column: str | None = None,
    rate: Fraction | None = None,
    duration: Fraction | None = None,
) -> ImportedFilm:
    """Read a list in one of `FORMATS`.

    title, year: as they shall be; else as the list has them, else by the file's name
    column:      shot-lengths: the film; eaf: the tier of the shots; csv: the one column to read
    rate:        frames a second, where the list counts frames
    duration:    the film's, seconds, where the list does not say

    ShotListError with a line to show where the format is unknown, the file is no such list, or makes no sense.
    """
    path = Path(path)
    if format not in _MODULES:
        raise ShotListError(f"no format {format!r}: it can be {', '.join(FORMATS)}")
    if rate is not None and rate <= 0:
        raise ShotListError(f"there cannot be {rate} frames in a second")
    if not path.exists():
        raise ShotListError(f"{path}: no such file")
    # One module a format, read when it is asked for.
    name = "folder" if format == "csv" and path.is_dir() else _MODULES[format]
    asked = Asked(column, rate, duration)
    try:
        found: Found = importlib.import_module(f"rewatch.imports.{name}").read(path, asked)
    except ShotListError as error:
        # Whatever is told of a row must say of which file.
        raise error if str(path) in str(error) else ShotListError(f"{path}: {error}") from error
    end = _end(found.tracks)
    length = duration if duration is not None else max(found.duration or end, end)
    if length < end:
        raise ShotListError(f"{path}: the film cannot end at {float(length):g} s, its list goes to {float(end):g} s")
    read_title, read_year = _title(found.title or path.stem)
    identity, size = _identity(path, format, column)
    return ImportedFilm(
        title=title or read_title,
        year=year if year is not None else (None if title else read_year),
        format=format,
        path=str(path.absolute()),
        identity=identity,
        size=size,
        duration=length,
        tracks=found.tracks,
        notes=tuple(found.notes),
    )


def _end(tracks: Mapping[str, Track]) -> Fraction:
    """Second at which the last thing in any track ends."""
    ends = [Fraction(0)]
    for track in tracks.values():
        if isinstance(track, Figures) or not len(track):
            continue
        if isinstance(track, Spans):
            ends.append(track.clock.seconds(int(track.end.max())))
        elif isinstance(track, Events):
            ends.append(track.clock.seconds(int(track.at[-1])))
        elif isinstance(track, Curve):
            ends.append(track.clock.seconds(len(track)))
    return max(ends)


def _title(text: str) -> tuple[str, int | None]:
    """``Heat (1995)`` -> title and year."""
    text = " ".join(text.split())
    found = re.fullmatch(r"(.+?)\s*\((\d{4})\)", text)
    return (found[1], int(found[2])) if found else (text, None)


def _identity(path: Path, format: str, column: str | None) -> tuple[str, int]:
    digest = hashlib.blake2b(digest_size=16)
    digest.update(f"rewatch list\0{format}\0{column or ''}\0".encode())
    size = 0
    files = sorted(p for p in path.iterdir() if p.is_file()) if path.is_dir() else [path]
    for file in files:
        content = file.read_bytes()
        digest.update(f"{file.name if path.is_dir() else ''}\0{len(content)}\0".encode())
        digest.update(content)
        size += len(content)
    return digest.hexdigest(), size
