"""The catalogue: which films are in the library, in one SQLite file.

It can be rebuilt from the editions' own records at any time (`Library.rebuild`); nothing stands in it alone. What a
person made (notes, viewings) is in a file of its own that is never rebuilt: see ``notebook``.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path

from rewatch.library.database import Database, Migration

MIGRATIONS: tuple[Migration, ...] = (
    (
        """
        CREATE TABLE editions (
            id       TEXT PRIMARY KEY,
            title    TEXT NOT NULL,
            year     INTEGER,
            path     TEXT NOT NULL,
            duration REAL NOT NULL,
            added    TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')),
            watched  TEXT
        )
        """,
        "CREATE INDEX editions_title ON editions (title COLLATE NOCASE)",
    ),
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
        again = "remove it, and it is written anew from the editions"
        self._database = Database(path, MIGRATIONS, "catalogue", again)

    def exists(self) -> bool:
        return self._database.exists()

    def put(self, id: str, title: str, year: int | None, path: str, duration: float, *, watched: bool = False) -> None:
        """Enter an edition, or bring its entry up to date."""
        with self._database.open() as db:
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
        with self._database.open() as db:
            db.execute("DELETE FROM editions WHERE id = ?", (id,))

    def entries(self) -> list[Entry]:
        """All editions, by title."""
        if not self.exists():
            return []
        found = [Entry(*row) for row in self._database.read(lambda db: db.execute(_ENTRIES).fetchall())]
        # SQLite knows the case of a to z alone: Äpfel stands beside Apfel, Émile beside Emil.
        return sorted(found, key=lambda entry: (_plain(entry.title), entry.year or 0, entry.id))


def _plain(title: str) -> str:
    """A title as it is put in order: without case and accents."""
    apart = unicodedata.normalize("NFKD", title.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
