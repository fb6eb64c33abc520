"""Files of films: whether they are at hand, to look closer or to listen."""

from __future__ import annotations

from pathlib import Path

from rewatch.facts import FilmFacts


def file_at_hand(film: FilmFacts) -> bool:
    """Whether a film's file is where it was, and as long as it was."""
    try:
        return Path(film.path).stat().st_size == film.size
    except OSError:
        return False
