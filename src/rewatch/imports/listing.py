"""A table of shots from anywhere: begin, end, length, label, under whatever names, in whatever order.

Read are: begin and end; begin and length; begins alone; lengths alone. Times may be seconds, minutes:seconds, timecode
or (with a rate) frames. Without a line of names the numbers must tell: two columns of which the first ascends and the
second is never below it are begins and ends; one column that starts at 0 or ascends throughout is begins, else
lengths.

Contents
    read
    columns_of, Columns, times_of   also used for folders of tables
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from rewatch.errors import ShotListError
from rewatch.imports.film import Asked, Found
from rewatch.imports.shots import Row, by_lengths, by_starts, kind_of, shots_track
from rewatch.imports.tables import BLANK, Table, moment, read_table

# In order of preference: seconds before timecode before frames.
_BEGIN = (
    "start time seconds", "start seconds", "start s", "start ms", "start", "begin", "onset", "in", "from", "start time",
    "begin time", "starttime", "begin s", "onset s", "start timecode", "tc in", "timecode in", "time in", "rec in",
    "record in", "anfang", "beginn", "debut", "début", "inicio", "inizio", "cut", "cut time", "time", "timecode",
    "start frame", "first frame", "begin frame", "frame",
)  # fmt: skip
_END = (
    "end time seconds", "end seconds", "end s", "end ms", "end", "stop", "offset", "out", "to", "end time", "endtime",
    "stop time", "end timecode", "tc out", "timecode out", "time out", "rec out", "record out", "ende", "fin", "final",
    "fine", "end frame", "last frame", "stop frame",
)  # fmt: skip
_LENGTH = (
    "length seconds", "duration seconds", "shot length seconds", "length s", "duration s", "duration ms", "length ms",
    "shot length", "shot lengths", "length", "duration", "dur", "shot duration", "sl", "dauer", "durée", "duree",
    "durata", "duración", "seconds", "length frames", "duration frames", "frames",
)  # fmt: skip
_KIND = ("transition", "transition kind", "kind", "type", "transition type", "cut type", "boundary")
_NOTE = ("label", "note", "notes", "description", "comment", "comments", "text", "name", "scale", "shot scale", "type")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where in a table is what; None = nowhere."""

    begin: int | None = None
    end: int | None = None
    length: int | None = None
    kind: int | None = None
    note: int | None = None


def read(path: Path, asked: Asked) -> Found:
    """The shots of a table."""
    table = read_table(path)
    columns = _only(table, asked.column) if asked.column is not None else columns_of(table)
    rows = _rows(table, columns, asked.rate)
    if not rows:
        raise ShotListError(f"{path} has no row with a time")
    shots, notes = shots_track(rows, asked.duration)
    return Found({"shots": shots}, notes=notes)


def _plain(name: str) -> str:
    return " ".join(re.sub(r"[^\w]+|_", " ", name.casefold()).split())


def columns_of(table: Table) -> Columns:
    """Find the columns by their names, or by their numbers where they have none. ShotListError where neither tells."""
    if table.head is None:
        return _by_numbers(table)
    names = [_plain(name) for name in table.head]

    def first(known: Sequence[str]) -> int | None:
        return next((names.index(name) for name in known if name in names), None)

    begin, end, length = first(_BEGIN), first(_END), first(_LENGTH)
    if begin is None and length is None:
        if table.width == 1:
            return _single(table, 0)
        raise ShotListError(
            f"{table.path} has the columns {', '.join(table.head)}: which of them is a shot's start or length? "
            "Name it so, or say --column"
        )
    kind = next((i for i, name in enumerate(names) if name in _KIND and any(map(kind_of, table.column(i)))), None)
    note = next((names.index(name) for name in _NOTE if name in names and names.index(name) != kind), None)
    return Columns(begin, end, length, kind, note)


def _only(table: Table, name: str) -> Columns:
    found = [i for i, known in enumerate(table.head or ()) if _plain(known) == _plain(name)]
    if len(found) != 1:
        raise ShotListError(
            f"{table.path} has no column {name!r}" if not found else f"{table.path} has it twice: {name!r}"
        )
    plain = _plain(name)
    if plain in _LENGTH:
        return Columns(length=found[0])
    return Columns(begin=found[0]) if plain in _BEGIN else _single(table, found[0])


def _values(table: Table, index: int) -> list[Fraction] | None:
    """All cells of a column as times; None where one is no time."""
    values = [moment(cell, Fraction(25)) for cell in table.column(index) if cell.casefold() not in BLANK]
    return [value for value in values if value is not None] if values and None not in values else None


def _single(table: Table, index: int) -> Columns:
    values = _values(table, index) or []
    ascends = all(a < b for a, b in itertools.pairwise(values))
    if values and (values[0] == 0 or len(values) > 3) and ascends and len(values) > 1:
        return Columns(begin=index)
    return Columns(length=index)


def _by_numbers(table: Table) -> Columns:
    timed = {i: values for i in range(table.width) if (values := _values(table, i)) is not None}
    some = list(timed)
    if len(some) > 1 and timed[some[0]] in (_counting(table, 0), _counting(table, 1)):
        some = some[1:]  # shots numbered from 0 or 1
    if not some:
        raise ShotListError(f"{table.path} has no column of times")
    note = next((i for i in range(table.width) if i not in timed and any(table.column(i))), None)
    kind = note if note is not None and any(map(kind_of, table.column(note))) else None
    if len(some) == 1:
        alone = _single(table, some[0])
        return Columns(alone.begin, None, alone.length, kind, None if kind is not None else note)
    a, b = timed[some[0]], timed[some[1]]
    if len(a) == len(b) and all(x < y for x, y in itertools.pairwise(a)):
        if all(x <= y for x, y in zip(a, b, strict=True)):
            return Columns(some[0], some[1], None, kind, None if kind is not None else note)
        return Columns(some[0], None, some[1], kind, None if kind is not None else note)
    raise ShotListError(
        f"{table.path}: its columns have no names and do not tell what they are; a first line such as start,end would"
    )


def _counting(table: Table, start: int) -> list[Fraction]:
    return [Fraction(i + start) for i in range(len(table.rows))]


def times_of(table: Table, index: int, rate: Fraction | None, what: str) -> list[Fraction | None]:
    """A column as seconds; None where a cell is blank. Its name tells the unit: ms, frames, else seconds."""
    name = _plain(table.head[index]) if table.head else ""
    frames = name.endswith(("frame", "frames"))
    if frames and rate is None:
        raise ShotListError(f"the column {name!r} counts frames: --rate must say how many are in a second")
    out: list[Fraction | None] = []
    for cell, line in zip(table.column(index), table.lines, strict=True):
        if cell.casefold() in BLANK:
            out.append(None)
            continue
        value = moment(cell, rate)
        if value is None:
            raise ShotListError(f"line {line}: {cell!r} is no {what}")
        out.append(value / rate if frames and rate else value / 1000 if name.endswith(" ms") else value)
    return out


def _rows(table: Table, columns: Columns, rate: Fraction | None) -> list[Row]:
    kinds = table.column(columns.kind) if columns.kind is not None else [""] * len(table.rows)
    notes = table.column(columns.note) if columns.note is not None else [""] * len(table.rows)
    if columns.begin is None:
        assert columns.length is not None
        lengths = times_of(table, columns.length, rate, "length")
        rows = by_lengths(
            [value for value in lengths if value is not None],
            [line for value, line in zip(lengths, table.lines, strict=True) if value is not None],
        )
        chosen = [i for i, value in enumerate(lengths) if value is not None]
        return [
            Row(row.begin, row.end, kind_of(kinds[i]), None, notes[i], row.line)
            for row, i in zip(rows, chosen, strict=True)
        ]
    begins = times_of(table, columns.begin, rate, "begin")
    ends: list[Fraction | None] = [None] * len(begins)
    if columns.end is not None:
        ends = times_of(table, columns.end, rate, "end")
        name = _plain(table.head[columns.end]) if table.head else ""
        if rate is not None and name.endswith("frame"):
            ends = _after_last(begins, ends, 1 / rate)
    elif columns.length is not None:
        lengths = times_of(table, columns.length, rate, "length")
        ends = [b + n if b is not None and n is not None else None for b, n in zip(begins, lengths, strict=True)]
    return by_starts(
        [
            Row(begin, end, kind_of(kinds[i]), None, notes[i], table.lines[i])
            for i, (begin, end) in enumerate(zip(begins, ends, strict=True))
            if begin is not None
        ]
    )


def _after_last(
    begins: Sequence[Fraction | None], ends: Sequence[Fraction | None], frame: Fraction
) -> list[Fraction | None]:
    """Ends that name the last frame of a shot (the next begins one later) become the first frame after it."""
    apart = [b - e for e, b in zip(ends, begins[1:], strict=False) if e is not None and b is not None]
    inclusive = bool(apart) and sum(gap == frame for gap in apart) * 2 > len(apart)
    return [end + frame if end is not None and inclusive else end for end in ends]
