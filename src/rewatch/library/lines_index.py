"""The index of lines: every line of every film of the library, by three letters at a time (SQLite FTS5, trigrams).

It stands in ``lines.sqlite`` beside the catalogue. Nothing is in it that is not in the editions' tracks ``lines``: each
time it is asked, the times of those files are set against what it was made from, and what is new, changed or gone is
done anew; lost, damaged or of another version, it is built from nothing. Where it cannot be written (a library on a
read-only disk), it is built in memory.

A search asks for lines that may hold a quote; whether they do is for `find.by_quote` to say. Letters that are rare in
this library are asked for first, and runs of words together, until enough lines have been named: so it takes about as
long in a thousand films as in one.

Contents
    IndexedLine   one line as the index holds it
    LinesIndex    the index of one library
"""

from __future__ import annotations

import contextlib
import itertools
import math
import os
import sqlite3
import time
import zlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from rewatch.errors import LibraryError
from rewatch.library.database import Database, Migration
from rewatch.library.library import Library
from rewatch.track import Spans
from rewatch.words.folding import fold

T = TypeVar("T")
Ids = npt.NDArray[np.int64]

VERSION = 2
"""Of how lines are folded and kept: one higher, and the index is built anew."""

_TABLES: tuple[Migration, ...] = (
    (
        "CREATE TABLE about (version INTEGER NOT NULL)",
        f"INSERT INTO about VALUES ({VERSION})",
        # first, count: the film's lines have the ids first .. first + count
        """
        CREATE TABLE films (
            edition TEXT PRIMARY KEY, stamp TEXT NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL
        )
        """,
        """
        CREATE TABLE lines (
            id      INTEGER PRIMARY KEY,
            begin   INTEGER NOT NULL,
            end     INTEGER NOT NULL,
            speaker TEXT NOT NULL,
            text    TEXT NOT NULL,
            folded  TEXT NOT NULL
        )
        """,
        "CREATE TABLE speakers (edition TEXT NOT NULL, speaker TEXT NOT NULL, PRIMARY KEY (edition, speaker))",
        "CREATE INDEX lines_speaker ON lines (speaker) WHERE speaker != ''",
        "CREATE TABLE grams (gram TEXT PRIMARY KEY, lines INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE VIRTUAL TABLE folded USING fts5(line, content='', detail=none, tokenize='trigram')",
        # Two words that follow each other as one: see _pairs
        "CREATE VIRTUAL TABLE pairs USING fts5(line, content='', detail=none, tokenize='ascii')",
    ),
)
_MOST_NAMED = 8_000
"""Lines that one search may have named by single trigrams; each takes half a microsecond."""
_MOST_OF_A_RUN = 1_500
"""Lines that a run of words may name; what names more is too common, and is asked for with another."""
_CHECKED_FOR = 2.0
"""Seconds for which the index is taken to be up to date when it was found to be: to ask a thousand files takes time."""
_CHECKED: dict[Path, tuple[tuple[tuple[int, int], ...], float]] = {}
"""Index -> the catalogue's size and time, and when."""
_MOST_JOINED = 20
"""Common pairs that are asked for together with another."""
_FEW = 3
"""Words of a quote that is so short that it is asked for as a whole, too."""
_MOST_PAIRS = 40
"""Pairs of words of a quote that are asked for: enough to know a long one by."""


@dataclass(frozen=True, slots=True)
class IndexedLine:
    """id: its place in the index; lines of one film follow each other. begin, end: milliseconds. folded: see `fold`."""

    id: int
    begin: int
    end: int
    speaker: str
    text: str
    folded: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a search names.

    ids:   of the lines, the likeliest first
    films: edition -> first id, count of its lines; those that were looked in
    lines: of each three letters of the quote, how many lines of the library hold them
    total: lines in the library
    text:  id -> line, of those and of their neighbours in the film
    order: the films in order of their lines
    """

    ids: list[int]
    films: dict[str, tuple[int, int]]
    lines: dict[str, int]
    total: int
    text: dict[int, IndexedLine] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)

    def edition(self, id: int) -> str:
        """The film that a line is of."""
        return self.order[bisect_right(self.order, id, key=lambda edition: self.films[edition][0]) - 1]

    def beside(self, id: int, reach: int) -> tuple[int, int]:
        """Ids [first, last) of the lines of the same film that are near a line, itself among them."""
        begin, count = self.films[self.edition(id)]
        return max(begin, id - reach), min(begin + count, id + reach + 1)


class LinesIndex:
    """The lines of one library, as they are searched."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._database = Database(
            library.folder / "lines.sqlite", _TABLES, "index of lines", "remove it, and it is written anew"
        )
        self._memory: sqlite3.Connection | None = None

    def renew(self, in_memory: bool = True) -> int:
        """Bring the index up to date with the library; how many films were entered anew or taken out.

        in_memory: where it cannot be written, build it in memory; else it is left for the search that needs it

        Where nothing was entered into the catalogue since, films are looked at again after `_CHECKED_FOR` only.
        """
        state = self._catalogue_stamp()
        before = _CHECKED.get(self._database.path)
        if (
            before
            and before[0] == state
            and time.monotonic() - before[1] < _CHECKED_FOR
            and self._database.path.is_file()
        ):
            return 0
        stamps = dict(self._stamps())
        _CHECKED[self._database.path] = (state, time.monotonic())
        if not stamps and not self._database.exists():
            return 0
        for attempt in range(2):
            try:
                return self._renew(stamps)
            except LibraryError as error:
                if isinstance(error.__cause__, sqlite3.OperationalError) or attempt:
                    break
                # Damaged: nothing is in it that cannot be had again.
                with contextlib.suppress(OSError):
                    self._remove()
            except OSError:
                break
        _CHECKED.pop(self._database.path, None)
        if not in_memory:
            return 0
        self._memory = sqlite3.connect(":memory:", isolation_level=None)
        for statement in (s for step in _TABLES for s in step):
            self._memory.execute(statement)
        return self._bring(self._memory, stamps, dict(stamps), [])

    def _renew(self, stamps: dict[str, str]) -> int:
        def state(db: sqlite3.Connection) -> tuple[int, dict[str, str]]:
            (version,) = db.execute("SELECT version FROM about").fetchone()
            return version, dict(db.execute("SELECT edition, stamp FROM films"))

        try:
            version, have = self._database.read(state)
        except sqlite3.DatabaseError as error:
            raise LibraryError(str(error)) from error
        if version != VERSION:
            self._remove()
            have = {}
        new = {id: stamp for id, stamp in stamps.items() if have.get(id) != stamp}
        gone = [id for id in have if id not in stamps]
        if not new and not gone:
            return 0
        with self._database.changing() as db:
            return self._bring(db, stamps, new, gone)

    def _catalogue_stamp(self) -> tuple[tuple[int, int], ...]:
        found = []
        for end in ("", "-wal"):
            with contextlib.suppress(OSError):
                stat = os.stat(f"{self._library.folder}/catalogue.sqlite{end}")
                found.append((stat.st_size, stat.st_mtime_ns))
        return tuple(found)

    def _stamps(self) -> Iterator[tuple[str, str]]:
        """What each film's lines are known by: edition -> size and time of their file."""
        for entry in self._library.entries():
            # Text, not Path: of a thousand films this is most of what a search takes.
            with contextlib.suppress(OSError):
                stat = os.stat(f"{self._library.folder}/editions/{entry.id}/tracks/lines.parquet")
                yield entry.id, f"{stat.st_size} {stat.st_mtime_ns}"

    def _remove(self) -> None:
        for end in ("", "-wal", "-shm"):
            path = self._database.path
            path.with_name(path.name + end).unlink(missing_ok=True)

    def _bring(self, db: sqlite3.Connection, stamps: dict[str, str], new: Iterable[str], gone: Iterable[str]) -> int:
        count = 0
        # Another run may have done some of it meanwhile.
        have = dict(db.execute("SELECT edition, stamp FROM films"))
        grams: Counter[str] = Counter()
        for edition in [*gone, *new]:
            if edition in stamps and have.get(edition) == stamps[edition]:
                continue
            if edition in have:
                _take_out(db, edition, grams)
            if edition in stamps:
                _enter(db, edition, stamps[edition], self._lines(edition), grams)
            count += 1
        db.executemany(
            "INSERT INTO grams VALUES (?, ?) ON CONFLICT (gram) DO UPDATE SET lines = lines + excluded.lines",
            [item for item in grams.items() if item[1]],
        )
        return count

    def _lines(self, edition: str) -> Spans | None:
        from rewatch.library.tables import read_track

        try:
            track, _ = read_track(self._library.place(edition).track_path("lines"))
        except LibraryError:
            return None  # damaged: the film has no lines until it is watched again
        return track if isinstance(track, Spans) and track.clock.rate is not None else None

    # -- asking -------------------------------------------------------------------------------------------------

    def search(
        self, folded: str, films: Sequence[str] | None = None, speaker: str = "", most: int = 160, reach: int = 2
    ) -> Found:
        """Lines that may hold a quote, those first that share the most and rarest letters with it.

        folded:  as `fold` gives it
        films:   ids of editions to look in; None: all
        speaker: only lines of speakers of whose names this is a word or more, folded; "": all
        most:    how many lines at most
        reach:   lines before and after each that are read with it
        """

        def question(db: sqlite3.Connection) -> Found:
            found = _search(db, folded, films, speaker, most)
            near = {i for first, last in (found.beside(id, reach) for id in found.ids) for i in range(first, last)}
            return replace(found, text=_read(db, sorted(near)))

        return self._ask(question)

    def _ask(self, question: Callable[[sqlite3.Connection], T]) -> T:
        if self._memory is not None:
            return question(self._memory)
        return self._database.read(question)


def _read(db: sqlite3.Connection, ids: Sequence[int]) -> dict[int, IndexedLine]:
    found: dict[int, IndexedLine] = {}
    for i in range(0, len(ids), 500):
        some = ids[i : i + 500]
        marks = ",".join("?" * len(some))
        rows = db.execute(f"SELECT id, begin, end, speaker, text, folded FROM lines WHERE id IN ({marks})", some)
        found |= {row[0]: IndexedLine(*row) for row in rows}
    return found


def _search(db: sqlite3.Connection, folded: str, films: Sequence[str] | None, speaker: str, most: int) -> Found:
    every = db.execute("SELECT edition, first, count FROM films WHERE count ORDER BY first").fetchall()
    total = sum(count for _, _, count in every)
    here = every if films is None else [film for film in every if film[0] in set(films)]
    grams = list(dict.fromkeys(folded[i : i + 3] for i in range(len(folded) - 2)))
    if not here or not grams:
        return Found([], {}, {}, total)
    known = dict(
        db.execute(f"SELECT gram, lines FROM grams WHERE gram IN ({','.join('?' * len(grams))})", grams).fetchall()
    )
    shares = {gram: known.get(gram, 0) for gram in grams}
    weight = {gram: math.log((total + 1) / (lines + 0.5)) for gram, lines in shares.items() if lines}
    # Of a part of the library, a part of the lines: about so many of those named lie in it.
    part = sum(count for _, _, count in here) / total
    low, high = here[0][1], here[-1][1] + here[-1][2]
    asked = _Asking(db, low, high)
    named = asked.rarest(weight, {g: n * part for g, n in shares.items()}) + asked.pairs(folded, total)
    if folded.count(" ") <= _FEW + 1:
        named += asked.whole(grams, weight, shares)
    if not named:
        return Found([], {}, {}, total)
    ids, owner = np.unique(np.concatenate([at for at, _ in named]), return_inverse=True)
    strength = np.bincount(owner, np.concatenate([np.full(len(at), of) for at, of in named]), len(ids))
    keep = _within(ids, [(first, count) for _, first, count in here])
    if speaker:
        keep &= np.isin(ids, _lines_of(db, speaker, [edition for edition, _, _ in here]))
    ids, strength = ids[keep], strength[keep]
    # A quote may run over to the next line: what that one holds speaks for this one as well.
    follows = np.diff(ids, prepend=-9) == 1
    beside = np.zeros(len(ids))
    beside[1:][follows[1:]] = strength[:-1][follows[1:]]
    after = np.flatnonzero(follows) - 1
    beside[after] = np.maximum(beside[after], strength[after + 1])
    best = ids[np.argsort(-(strength + beside / 2), kind="stable")[:most]]
    spans = {e: (first, count) for e, first, count in here}
    return Found(best.tolist(), spans, shares, total, order=list(spans))


def _take_out(db: sqlite3.Connection, edition: str, grams: Counter[str]) -> None:
    first, count = db.execute("SELECT first, count FROM films WHERE edition = ?", (edition,)).fetchone()
    stretch = (first, first + count)
    for id, folded in db.execute("SELECT id, folded FROM lines WHERE id >= ? AND id < ?", stretch).fetchall():
        # A table without content is told what it held.
        db.execute("INSERT INTO folded (folded, rowid, line) VALUES ('delete', ?, ?)", (id, folded))
        db.execute("INSERT INTO pairs (pairs, rowid, line) VALUES ('delete', ?, ?)", (id, " ".join(_pairs(folded))))
        grams.subtract(_grams(folded))
    db.execute("DELETE FROM lines WHERE id >= ? AND id < ?", stretch)
    db.execute("DELETE FROM speakers WHERE edition = ?", (edition,))
    db.execute("DELETE FROM films WHERE edition = ?", (edition,))


def _enter(db: sqlite3.Connection, edition: str, stamp: str, lines: Spans | None, grams: Counter[str]) -> None:
    (last,) = db.execute("SELECT coalesce(max(first + count), 0) FROM films").fetchone()
    # A gap of more lines than a quote may span: no neighbour is ever another film's.
    first = last + 8
    count = 0 if lines is None else len(lines)
    db.execute("INSERT INTO films VALUES (?, ?, ?, ?)", (edition, stamp, first, count))
    if lines is None or not count:
        return
    begin, end = (1000 * lines.begin_seconds()).round(), (1000 * lines.end_seconds()).round()
    speakers = [str(name) for name in lines.columns.get("speaker", [""] * count)]
    ids = range(first, first + count)
    folded = [fold(str(text)) for text in lines.label]
    times = (begin.astype(int).tolist(), end.astype(int).tolist())
    db.executemany(
        "INSERT INTO lines VALUES (?, ?, ?, ?, ?, ?)",
        zip(ids, *times, speakers, map(str, lines.label), folded, strict=True),
    )
    db.executemany("INSERT INTO speakers VALUES (?, ?)", [(edition, name) for name in {*speakers} - {""}])
    db.executemany("INSERT INTO folded (rowid, line) VALUES (?, ?)", zip(ids, folded, strict=True))
    paired = (" ".join(_pairs(line)) for line in folded)
    db.executemany("INSERT INTO pairs (rowid, line) VALUES (?, ?)", zip(ids, paired, strict=True))
    for line in folded:
        grams.update(_grams(line))


def _pairs(folded: str) -> list[str]:
    """Each two words that follow each other, as a number of eight digits: a tokeniser takes no script apart then."""
    words = folded.split()
    return [f"{zlib.crc32(f'{a} {b}'.encode()):08x}" for a, b in itertools.pairwise(words)]


def _grams(folded: str) -> set[str]:
    return {folded[i : i + 3] for i in range(len(folded) - 2)}


class _Asking:
    """Puts questions to the table of trigrams; lines outside ``low .. high`` are passed by."""

    def __init__(self, db: sqlite3.Connection, low: int, high: int) -> None:
        self._db, self._low, self._high = db, low, high

    def rarest(self, weight: dict[str, float], lines: dict[str, float]) -> list[tuple[Ids, float]]:
        """Lines with the rarest trigrams, one after the other until `_MOST_NAMED` lines have been named."""
        named: list[tuple[Ids, float]] = []
        left = float(_MOST_NAMED)
        for gram in sorted(weight, key=lambda g: lines[g]):
            left -= lines[gram]
            if left < 0 and named:
                break
            named.append((self._lines("folded", [gram], _MOST_NAMED), weight[gram]))
        return named

    def pairs(self, folded: str, total: int) -> list[tuple[Ids, float]]:
        """Lines with pairs of words; where a pair is in very many lines, with that and another near it."""
        pairs = _pairs(folded)[:_MOST_PAIRS]
        common = []
        named: list[tuple[Ids, float]] = []
        for i in range(len(pairs)):
            ids = self._lines("pairs", [pairs[i]], _MOST_OF_A_RUN)
            if len(ids) < _MOST_OF_A_RUN:
                named.append((ids, math.log((total + 1) / (len(ids) + 0.5))))
            else:
                common.append(i)
        # A common pair with another of the same line: words that are wrong may stand between the two.
        left = _MOST_JOINED
        for by in (1, 2, 3, 4, 5, 6):
            for i in common:
                if i + by in common and left:
                    ids = self._lines("pairs", [pairs[i], pairs[i + by]], _MOST_OF_A_RUN)
                    left -= 1
                    if len(ids) < _MOST_OF_A_RUN:
                        named.append((ids, math.log((total + 1) / (len(ids) + 0.5))))
        return named

    def whole(self, grams: Sequence[str], weight: dict[str, float], lines: dict[str, int]) -> list[tuple[Ids, float]]:
        """Lines that hold the quote as it is (its letters at least): what finds a quote of a word or two."""
        if any(not lines[g] for g in grams):
            return []
        rarest = sorted(grams, key=lambda g: lines[g])[:8]
        return [(self._lines("folded", rarest, _MOST_OF_A_RUN), sum(weight[g] for g in rarest))]

    def _lines(self, table: str, tokens: Sequence[str], most: int) -> Ids:
        asked = " AND ".join(f'"{token}"' for token in tokens)
        rows = self._db.execute(
            f"SELECT rowid FROM {table} WHERE {table} MATCH ? AND rowid >= ? AND rowid < ? LIMIT ?",
            (asked, self._low, self._high, most),
        ).fetchall()
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))


def _within(ids: Ids, stretches: list[tuple[int, int]]) -> npt.NDArray[np.bool_]:
    """Which of the ids lie in stretches (first, count), that are in order."""
    first = np.array([f for f, _ in stretches])
    end = first + np.array([c for _, c in stretches])
    at = np.searchsorted(first, ids, side="right") - 1
    found: npt.NDArray[np.bool_] = (at >= 0) & (ids < end[np.maximum(at, 0)])
    return found


def _lines_of(db: sqlite3.Connection, speaker: str, editions: Sequence[str]) -> Ids:
    """Ids of all lines of a speaker."""
    inside = set(editions)
    names = {
        name
        for edition, name in db.execute("SELECT edition, speaker FROM speakers")
        if edition in inside and speaker in fold(name)
    }
    rows: list[tuple[int]] = []
    for name in sorted(names):
        rows += db.execute("SELECT id FROM lines WHERE speaker = ?", (name,)).fetchall()
    return np.fromiter((row[0] for row in rows), np.int64, len(rows))
