"""A SQLite file of the library: opened for each call, brought to the newest version, its errors told in one line.

WAL, so that readers and a writer work side by side; ``synchronous = FULL`` there, so that what was committed outlives a
power cut. The version is SQLite's ``user_version``; each step of the migrations leads one version on.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from rewatch.errors import LibraryError, LibraryNewer
from rewatch.library.atomic import explained

Migration = tuple[str, ...]
"""The statements that lead one version on."""

T = TypeVar("T")

_ROOM = 1 << 16
"""Bytes that SQLite needs at least beside a file in WAL mode."""


class Database:
    """One file; no handle outlives a call, so none outlives a fork, a thread or a kill.

    called:  what it is, for messages: "catalogue"
    damaged: what a person shall do when it is
    """

    def __init__(self, path: Path, migrations: tuple[Migration, ...], called: str, damaged: str) -> None:
        self.path = path
        self._migrations = migrations
        self._called = called
        self._damaged = damaged

    def exists(self) -> bool:
        return self.path.exists()

    @contextlib.contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """A connection that commits each statement by itself; `changing` for several that belong together."""
        with explained(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            connection = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        except sqlite3.Error as error:
            raise LibraryError(f"the {self._called} {self.path} could not be opened: {error}") from error
        try:
            self._migrate(connection)
            yield connection
        except (sqlite3.OperationalError, sqlite3.IntegrityError) as error:
            raise LibraryError(f"the {self._called} {self.path}: {self._why(error)}") from error
        except sqlite3.DatabaseError as error:
            raise LibraryError(f"the {self._called} {self.path} is damaged ({error}): {self._damaged}") from error
        finally:
            connection.close()

    def _why(self, error: sqlite3.Error) -> str:
        # What SQLite calls an I/O error is a full disk as often as not: there was no room for what stands beside a WAL.
        with contextlib.suppress(OSError):
            if "disk I/O" in str(error) and shutil.disk_usage(self.path.parent).free < _ROOM:
                return "the disk is full"
        return str(error)

    @contextlib.contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """A connection in a transaction that sees no other writer; all of it is done, or nothing."""
        with self.open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise

    def read(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """The answer to a question; on a disk that is read-only, or full, too: then the file alone is read."""
        try:
            with self.open() as connection:
                return question(connection)
        except LibraryError as error:
            if not isinstance(error.__cause__, sqlite3.OperationalError):
                raise
            # A reader of a WAL writes beside it.
            try:
                with contextlib.closing(sqlite3.connect(f"{self.path.as_uri()}?immutable=1", uri=True)) as connection:
                    return question(connection)
            except sqlite3.Error:
                raise error from None

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
        newest = len(self._migrations)
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == newest:
            return
        if version > newest:
            raise LibraryNewer(f"{self.path} was written by a later rewatch than this one: update rewatch")
        self._go_wal(connection)
        connection.execute("BEGIN IMMEDIATE")
        # Two runs at once may both have seen the old version: the second finds the work done.
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        for step in self._migrations[version:]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {newest}")
        connection.execute("COMMIT")
