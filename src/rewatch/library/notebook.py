"""The notebook: what a person made (notes, viewings, corrections, what was shown to them), in one SQLite file.

    LIBRARY/notebook.sqlite              never rebuilt, never recomputed; no command removes it
    LIBRARY/notebook-copies/DATE.sqlite  as it was before the first change of that day; the last `COPIES` days kept

It stands apart from the catalogue, which may be thrown away. Taking a film out of the library leaves its notes in.
Every change is an act: the row as it was before is kept with it, so that each can be undone, and no wording is ever
overwritten without a trace. What is deleted is marked so, and no longer shown.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rewatch.errors import LibraryError, LibraryNewer, NotSaved
from rewatch.library import atomic
from rewatch.library.database import Database, Migration

COPIES = 14

MIGRATIONS: tuple[Migration, ...] = (
    (
        """
        CREATE TABLE notes (
            number  INTEGER PRIMARY KEY,
            id      TEXT NOT NULL UNIQUE,
            edition TEXT NOT NULL,
            film    TEXT NOT NULL,
            begin   REAL NOT NULL,
            "end"   REAL,
            region  TEXT,
            text    TEXT NOT NULL,
            tags    TEXT NOT NULL,
            created TEXT NOT NULL,
            changed TEXT NOT NULL,
            version INTEGER NOT NULL,
            anchor  TEXT NOT NULL,
            beside  TEXT NOT NULL,
            deleted INTEGER NOT NULL
        )
        """,
        "CREATE INDEX notes_edition ON notes (edition, begin)",
        """
        CREATE TABLE viewings (
            number  INTEGER PRIMARY KEY,
            id      TEXT NOT NULL UNIQUE,
            edition TEXT NOT NULL,
            film    TEXT NOT NULL,
            year    INTEGER,
            day     TEXT NOT NULL,
            company TEXT NOT NULL,
            rating  REAL,
            text    TEXT NOT NULL,
            tags    TEXT NOT NULL,
            created TEXT NOT NULL,
            changed TEXT NOT NULL,
            version INTEGER NOT NULL,
            link    TEXT NOT NULL,
            deleted INTEGER NOT NULL
        )
        """,
        """
        CREATE TABLE acts (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            batch  TEXT NOT NULL,
            kind   TEXT NOT NULL,
            what   TEXT NOT NULL,
            id     TEXT NOT NULL,
            was    TEXT,
            at     TEXT NOT NULL,
            undone TEXT
        )
        """,
        "CREATE INDEX acts_id ON acts (id)",
        """
        CREATE TABLE shown (
            edition TEXT NOT NULL,
            detail  TEXT NOT NULL,
            sitting INTEGER NOT NULL,
            at      TEXT NOT NULL,
            kind    TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (edition, detail)
        )
        """,
        "CREATE VIRTUAL TABLE notes_words USING fts5 (text, tags, tokenize = 'unicode61 remove_diacritics 2')",
        """
        CREATE TRIGGER notes_put AFTER INSERT ON notes BEGIN
            INSERT INTO notes_words (rowid, text, tags) VALUES (new.number, new.text, new.tags);
        END
        """,
        """
        CREATE TRIGGER notes_changed AFTER UPDATE OF text, tags ON notes BEGIN
            UPDATE notes_words SET text = new.text, tags = new.tags WHERE rowid = new.number;
        END
        """,
    ),
    (
        """
        CREATE TABLE corrections (
            number  INTEGER PRIMARY KEY,
            id      TEXT NOT NULL UNIQUE,
            edition TEXT NOT NULL,
            film    TEXT NOT NULL,
            frame   INTEGER NOT NULL,
            kind    TEXT NOT NULL,
            created TEXT NOT NULL,
            changed TEXT NOT NULL,
            version INTEGER NOT NULL,
            deleted INTEGER NOT NULL
        )
        """,
        "CREATE INDEX corrections_edition ON corrections (edition, frame)",
    ),
)


def now() -> str:
    """This moment as it is written down: ISO 8601, UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Act:
    """One change that was undone. kind: "added", "changed" or "deleted"; what: "note", "viewing" or "correction"."""

    kind: str
    what: str
    id: str


class Notebook:
    """The file; opened for each call."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        damaged = (
            f"move it away, then rewatch notes --import brings back the newest copy in {folder / 'notebook-copies'}"
        )
        self.database = Database(folder / "notebook.sqlite", MIGRATIONS, "notebook", damaged)

    def exists(self) -> bool:
        return self.database.exists()

    def rows(self, question: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """What a SELECT finds, a dictionary a row; nothing where there is no notebook yet."""
        if not self.exists():
            return []

        def ask(db: sqlite3.Connection) -> list[dict[str, Any]]:
            found = db.execute(question, values)
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found]

        return self.database.read(ask)

    @contextlib.contextmanager
    def writing(self) -> Iterator[Writing]:
        """One transaction: all of what is written in it, or nothing, in one batch that is undone as one."""
        self._copy_of_the_day()
        with self.database.changing() as db:
            yield Writing(db, uuid.uuid4().hex)

    def backup(self, path: Path) -> None:
        """A whole copy of the notebook, as of this moment, whoever writes meanwhile; `path` is replaced.

        LibraryError where it cannot be written, or where there is nothing to copy.
        """
        if not self.exists():
            raise LibraryError(f"the library at {self.folder} has no notes and no viewings yet")
        with atomic.replacing(path) as part:
            self._copy_to(part)

    def restore(self, path: Path) -> None:
        """Make a copy that `backup` wrote this library's notebook. LibraryError where it has one, or that is none."""
        if self.exists():
            raise LibraryError(f"{self.database.path} is there already: move it away first")
        copied_rows(path, "SELECT notes.id FROM notes, viewings LIMIT 1")
        with atomic.explained(self.database.path):
            self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with (
                contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source,
                contextlib.closing(sqlite3.connect(self.database.path)) as target,
            ):
                source.backup(target)
                target.execute("PRAGMA journal_mode = WAL")
        except sqlite3.Error as error:
            raise LibraryError(f"{path} could not be copied to {self.database.path}: {error}") from error

    def _copy_to(self, path: Path) -> None:
        def copy(db: sqlite3.Connection) -> None:
            with contextlib.closing(sqlite3.connect(path)) as other:
                db.backup(other)
                # One file, without a WAL beside it.
                other.execute("PRAGMA journal_mode = DELETE")

        try:
            self.database.read(copy)
        except LibraryError as error:
            raise LibraryError(f"{path.parent}: the copy of the notebook could not be made: {error}") from error

    def _copy_of_the_day(self) -> None:
        if not self.exists():
            return
        folder = self.folder / "notebook-copies"
        target = folder / f"{datetime.now(UTC).date().isoformat()}.sqlite"
        if target.exists():
            return
        # A copy that cannot be made is no reason to refuse a note: if the disk is full the note itself will say so.
        with contextlib.suppress(LibraryError, OSError):
            self.backup(target)
            for old in sorted(folder.glob("????-??-??.sqlite"))[:-COPIES]:
                old.unlink()


class Writing:
    """Changes within one transaction; each is entered among the acts with the row as it was."""

    def __init__(self, db: sqlite3.Connection, batch: str) -> None:
        self.db = db
        self._batch = batch

    def row(self, table: str, id: str) -> dict[str, Any] | None:
        """A row of a table by its id, deleted ones too."""
        found = self.db.execute(f"SELECT * FROM {table} WHERE id = ?", (id,))
        names = [column[0] for column in found.description]
        row = found.fetchone()
        return None if row is None else dict(zip(names, row, strict=True))

    def put(self, table: str, row: dict[str, Any], kind: str) -> None:
        """Write a row, new or over the one of its id."""
        was = self.row(table, row["id"])
        self._write(table, row)
        self.db.execute(
            "INSERT INTO acts (batch, kind, what, id, was, at) VALUES (?, ?, ?, ?, ?, ?)",
            (self._batch, kind, table[:-1], row["id"], None if was is None else json.dumps(was), now()),
        )

    def _write(self, table: str, row: dict[str, Any]) -> None:
        columns = [name for name in row if name != "number"]
        values = [row[name] for name in columns]
        named = ", ".join(f'"{name}"' for name in columns)
        over = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name != "id")
        self.db.execute(
            f"INSERT INTO {table} ({named}) VALUES ({', '.join('?' * len(columns))}) "
            f"ON CONFLICT (id) DO UPDATE SET {over}",
            values,
        )

    def undo(self, what: str | None = None, id: str | None = None) -> list[Act]:
        """Take back the last batch of changes (of one note, or viewing, where an id is given); what was taken back.

        A row comes back as it was, with a version above any it had; one that was new is marked deleted. How it stood
        before the undoing is kept with the act. Nothing left to take back: an empty list.
        """
        wanted = "undone IS NULL" + (" AND what = :what" if what else "") + (" AND id = :id" if id else "")
        given = {"what": what, "id": id}
        last = self.db.execute(f"SELECT batch FROM acts WHERE {wanted} ORDER BY number DESC LIMIT 1", given).fetchone()
        if last is None:
            return []
        acts = self.db.execute(
            f"SELECT number, kind, what, id, was FROM acts WHERE {wanted} AND batch = :batch ORDER BY number DESC",
            {**given, "batch": last[0]},
        ).fetchall()
        taken = []
        for number, kind, whose, row_id, was in acts:
            table = whose + "s"
            stands = self.row(table, row_id)
            if stands is None:
                continue
            before = json.loads(was) if was is not None else {**stands, "deleted": 1}
            self._write(table, {**before, "version": stands["version"] + 1, "changed": now()})
            self.db.execute("UPDATE acts SET undone = ? WHERE number = ?", (json.dumps(stands), number))
            taken.append(Act(kind, whose, row_id))
        return taken


def copied_rows(path: Path, question: str) -> list[dict[str, Any]]:
    """What a SELECT finds in a copy of a notebook. LibraryError where the file is none, or is damaged."""
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if version > len(MIGRATIONS):
                raise LibraryNewer(f"{path} was written by a later rewatch than this one: update rewatch")
            found = db.execute(question)
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found]
    except sqlite3.Error as error:
        raise LibraryError(f"{path} is no copy of a notebook, or is damaged: {error}") from error


@contextlib.contextmanager
def saving(text: str) -> Iterator[None]:
    """Whatever goes wrong with the library while `text` is saved becomes NotSaved, which carries it."""
    try:
        yield
    except NotSaved:
        raise
    except (LibraryError, OSError) as error:
        raise NotSaved(" ".join(str(error).split()), text) from error
