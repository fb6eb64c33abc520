"""The library: a folder of studies, and the names that its films answer to."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from rewatch.errors import FilmAmbiguous, FilmUnknown, LibraryError, LibraryNewer
from rewatch.facts import FilmFacts
from rewatch.library import atomic
from rewatch.library.catalogue import Catalogue, Entry
from rewatch.library.edition import Edition, EditionRecord, quoted
from rewatch.library.titles import title_of

_SHORTEST_ID = 4


def default_folder() -> Path:
    """``$REWATCH_LIBRARY``, else the platform's data folder."""
    named = os.environ.get("REWATCH_LIBRARY")
    if named:
        return Path(named).expanduser()
    import platformdirs

    return platformdirs.user_data_path("rewatch", appauthor=False)


class Library:
    """All films that have been watched, in one folder. Opening it reads nothing and creates nothing."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = (folder or default_folder()).absolute()
        self.catalogue = Catalogue(self.folder / "catalogue.sqlite")

    def entries(self) -> list[Entry]:
        """What is in it, by title. A catalogue that was lost is written anew."""
        if self.folder.exists() and not self.folder.is_dir():
            raise LibraryError(f"{self.folder} is no folder: choose another library with --library DIR")
        if not self.catalogue.exists() and any((self.folder / "editions").glob("*/edition.json")):
            self.rebuild()
        return self.catalogue.entries()

    def edition(self, id: str) -> Edition:
        """The edition of that id. FilmUnknown where there is none."""
        edition = self.place(id)
        if not (edition.folder / "edition.json").exists():
            raise FilmUnknown(f"the library has no edition {id}: rewatch films lists what it has")
        return edition

    def place(self, id: str) -> Edition:
        """Where the edition of that id is, or will be."""
        return Edition(self.folder / "editions" / id)

    def add(self, facts: FilmFacts, title: str | None = None, year: int | None = None) -> Edition:
        """Enter a film's file: a new edition, or the one it is already, its path brought up to date.

        The caller holds the edition's lock.
        """
        edition = self.place(facts.identity)
        with atomic.explained(edition.folder):
            edition.folder.mkdir(parents=True, exist_ok=True)
        guessed_title, guessed_year = title_of(Path(facts.path))
        try:
            old = edition.record
        except LibraryNewer:
            raise
        except LibraryError:
            # None yet, or a damaged one: the film is watched anew.
            record = EditionRecord(facts.identity, title or guessed_title, year or guessed_year, facts)
        else:
            record = replace(old, facts=facts, title=title or old.title, year=year or old.year)
        edition.save(record)
        self.enter(edition)
        return edition

    def enter(self, edition: Edition, *, watched: bool = False) -> None:
        """Bring the catalogue's entry of an edition up to date."""
        self.catalogue.put(
            edition.id, edition.title, edition.year, edition.facts.path, edition.duration, watched=watched
        )
        if watched:
            # The index imports this module.
            from rewatch.library.lines_index import LinesIndex

            LinesIndex(self).renew(in_memory=False)

    def remove(self, edition: Edition) -> None:
        """Take an edition out of the library, all of it. The caller holds its lock."""
        self.catalogue.drop(edition.id)
        shutil.rmtree(edition.folder, ignore_errors=True)

    def rebuild(self) -> int:
        """Write the catalogue anew out of the editions' own records; how many there are that can be read."""
        count = 0
        for path in sorted((self.folder / "editions").glob("*/edition.json")):
            edition = Edition(path.parent)
            try:
                record = edition.record
            except LibraryNewer:
                raise
            except LibraryError:
                continue  # a damaged record: its film is entered when it is watched again
            self.enter(edition, watched="minutes" in {t for made in record.made.values() for t in made.tracks})
            count += 1
        return count

    def find(self, name: str, identify: Callable[[Path], str]) -> Edition:
        """The one edition that a person means: a path, an id or its unambiguous beginning, a title, words of it.

        `identify` tells a file's identity (``film.identity.identify``). A path at which there is no file any more (a
        disk that is not plugged in) is the film that was watched there. FilmUnknown where nothing fits, FilmAmbiguous
        where several do; the line names them.
        """
        path = Path(name).expanduser()
        if path.is_file():
            try:
                return self.edition(identify(path))
            except FilmUnknown:
                raise FilmUnknown(f"{name} has not been watched yet: rewatch watch {quoted(name)}") from None
        entries = self.entries()
        for fits in (_by_path, _by_id, _by_title, _by_words, _by_beginnings):
            found = [e for e in entries if fits(e, name)]
            if len(found) == 1:
                return self.edition(found[0].id)
            if found:
                alike = len({e.name for e in found}) < len(found)
                named = ", ".join(
                    f"{e.name} [{e.id[:8]}{f', {Path(e.path).name}' if alike else ''}]" for e in found[:6]
                ) + (", ..." if len(found) > 6 else "")
                raise FilmAmbiguous(f"{name!r} could be any of {len(found)} films: {named}")
        if not entries:
            raise FilmUnknown(f"no film {name!r}: the library at {self.folder} is empty; rewatch watch FILE fills it")
        import difflib  # here: it takes its time to load, and is seldom asked

        near = difflib.get_close_matches(name.casefold(), [e.title.casefold() for e in entries], n=1, cutoff=0.7)
        meant = next((f": is it {e.name}?" for e in entries if e.title.casefold() in near), "")
        raise FilmUnknown(f"no file and no film {name!r} in the library{meant or ': rewatch films lists what it has'}")


def _by_path(entry: Entry, name: str) -> bool:
    path = Path(name).expanduser()
    return not path.exists() and entry.path == str(path.absolute())


def _by_id(entry: Entry, name: str) -> bool:
    return len(name) >= _SHORTEST_ID and entry.id.startswith(name.lower())


def _by_title(entry: Entry, name: str) -> bool:
    return name.casefold() in (entry.title.casefold(), entry.name.casefold(), Path(entry.path).stem.casefold())


def _by_words(entry: Entry, name: str) -> bool:
    """Every word asked for is in the title, in any order: "third man" finds The Third Man (1949)."""
    have, want = _words(entry.name), _words(name)
    return bool(want) and all(w in have for w in want)


def _by_beginnings(entry: Entry, name: str) -> bool:
    """Every word asked for begins one of the title: "casab" finds Casablanca."""
    have, want = _words(entry.name), _words(name)
    return bool(want) and all(any(h.startswith(w) for h in have) for w in want)


def _words(name: str) -> list[str]:
    return re.findall(r"\w+", name.casefold().replace("_", " "))
