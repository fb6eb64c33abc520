"""A film known by its subtitles alone: SubRip, WebVTT, ASS. Its lines, read as those of a watched film are."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from rewatch.errors import ShotListError, SubtitleError
from rewatch.facts import FilmFacts
from rewatch.film.subtitles import read_lines
from rewatch.imports.film import Asked, Found
from rewatch.words.lines import lines_track


def read(path: Path, asked: Asked) -> Found:
    """The lines of a subtitle file, in order of time."""
    if path.is_dir():
        raise ShotListError(f"{path} is a folder, not a file")
    nothing = FilmFacts(str(path), "", "subtitles", 0, None, Fraction(0), None, None)
    try:
        lines, _ = read_lines(nothing, path)
    except SubtitleError as error:
        raise ShotListError(str(error)) from error
    return Found({"lines": lines_track(lines)})
