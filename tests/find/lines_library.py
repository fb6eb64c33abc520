"""A library of films that hold nothing but lines."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from rewatch.evidence import Line
from rewatch.facts import FilmFacts
from rewatch.library.edition import Edition, Made
from rewatch.library.library import Library
from rewatch.words.lines import lines_track


def add_film(library: Library, name: str, lines: Sequence[str | tuple[str, str]], key: str = "test") -> Edition:
    """A film of which each line lasts 2 s and begins 3 s after the one before; a line may be (speaker, text)."""
    identity = name.encode().hex().ljust(32, "0")[:32]
    length = Fraction(3 * len(lines) + 10)
    facts = FilmFacts(f"/films/{name}.mkv", identity, "list srt", 0, length, Fraction(0), None, None)
    edition = library.add(facts, name)
    spoken = [("", line) if isinstance(line, str) else line for line in lines]
    track = lines_track([Line(3000 * i, 3000 * i + 2000, text, who) for i, (who, text) in enumerate(spoken)])
    edition.commit(Made("lines", 1, {}, key, ("lines",)), {"lines": track})
    library.enter(edition, watched=True)
    return edition


def new_library(folder: Path, films: dict[str, Sequence[str | tuple[str, str]]]) -> Library:
    library = Library(folder)
    for name, lines in films.items():
        add_film(library, name, lines)
    return library
