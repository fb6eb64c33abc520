"""The catalogue: which films are in the library, in one SQLite file (WAL: readers and a writer side by side).

It can be rebuilt from the editions' own records at any time (`Library.rebuild`); nothing stands in it alone but what
a person made. Its version is SQLite's ``user_version``; each step of `MIGRATIONS` leads one version on.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rewatch.errors import LibraryError, LibraryNewer
from rewatch.library.atomic import explained

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE editions (
        id       TEXT PRIMARY KEY,
        title    TEXT NOT NULL,
        year     INTEGER,
        path     TEXT NOT NULL,
        duration REAL NOT NULL,
        added    TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')),
        watched  TEXT
    );
    CREATE INDEX editions_title ON editions (title COLLATE NOCASE);
    """,
)

_ENTRIES = """
    SELECT id, title, year, path, duration, added, watched FROM editions ORDER BY title COLLATE NOCASE, year, id
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One edition as the catalogue lists it.

    watched: when its last watch was finished, ISO 8601; None = never
    """

    id: str
    title: str
    year: int | None
    path: str
    duration: float
    added: str
    watched: str | None

    @property
    def name(self) -> str:
        return f"{self.title} ({self.year})" if self.year else self.title


class Catalogue:
    """The table of editions; opened for each call, so that no handle outlives a fork, a thread or a kill."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def exists(self) -> bool:
        return self._path.exists()

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with explained(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            connection = sqlite3.connect(self._path, timeout=30, isolation_level=None)
        except sqlite3.Error as error:
            raise LibraryError(f"the catalogue {self._path} could not be opened: {error}") from error
        try:
            self._migrate(connection)
            yield connection
        except (sqlite3.OperationalError, sqlite3.IntegrityError) as error:
            raise LibraryError(f"the catalogue {self._path}: {error}") from error
        except sqlite3.DatabaseError as error:
            raise LibraryError(
                f"the catalogue {self._path} is damaged ({error}): remove it, and it is written anew from the editions"
            ) from error
        finally:
            connection.close()

    def _go_wal(self, connection: sqlite3.Connection) -> None:
        # SQLite's own waiting does not hold for this change: of several that find a new file, the later ones try again.
        for patience in range(300):
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or patience == 299:
                    raise
                time.sleep(0.1)

    def _migrate(self, connection: sqlite3.Connection) -> None:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == len(MIGRATIONS):
            return
        if version > len(MIGRATIONS):
            raise LibraryNewer(f"{self._path} was written by a later rewatch than this one: update rewatch")
        self._go_wal(connection)
        connection.execute("BEGIN IMMEDIATE")
        # Two runs at once may both have seen the old version: the second finds the work done.
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        for step in MIGRATIONS[version:]:
            for statement in filter(str.strip, step.split(";")):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")

    def put(self, id: str, title: str, year: int | None, path: str, duration: float, *, watched: bool = False) -> None:
        """Enter an edition, or bring its entry up to date."""
        with self._open() as db:
            db.execute(
                """
                INSERT INTO editions (id, title, year, path, duration) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET title = excluded.title, year = excluded.year, path = excluded.path,
                                               duration = excluded.duration
                """,
                (id, title, year, path, duration),
            )
            if watched:
                db.execute("UPDATE editions SET watched = strftime('%Y-%m-%dT%H:%M:%SZ', 'now') WHERE id = ?", (id,))

    def drop(self, id: str) -> None:
        """Take an edition out."""
        with self._open() as db:
            db.execute("DELETE FROM editions WHERE id = ?", (id,))

    def entries(self) -> list[Entry]:
        """All editions, by title."""
        if not self._path.exists():
            return []
        try:
            with self._open() as db:
                rows = db.execute(_ENTRIES).fetchall()
        except LibraryError as error:
            if not isinstance(error.__cause__, sqlite3.OperationalError):
                raise
            # A reader of a WAL writes beside it, too. On a disk that is read-only, or full, the file alone is read.
            try:
                with contextlib.closing(sqlite3.connect(f"{self._path.as_uri()}?immutable=1", uri=True)) as db:
                    rows = db.execute(_ENTRIES).fetchall()
            except sqlite3.Error:
                raise error from None
        return [Entry(*row) for row in rows]
