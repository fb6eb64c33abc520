"""A film of the Cinemetrics database, in either of its two hands.

.cms: what the Cinemetrics tool saves. Some lines of totals and of the names of shot types, then ``&@``, then a line a
shot, ``number;length;time;type``, in tenths of a second; `time` is when the shot ended. The format is described nowhere
that we could find; this is what its own help page tells (a simple mode, and one with eight buttons of shot types,
http://cinemetrics.lv/cinhelp.php) and what others write for it (FilmEditDetection of Dartmouth's Media Ecology Project,
https://github.com/tre3x/FilmEditDetection: ``1``, number of shots, average, length, eight names of types, two lines of
eight numbers, ``&@`` on the line of the first shot, lengths with two decimals and type 0).

Table: what its page shows or gives away, tab, comma or semicolon between the cells: a number, a length (or the time of
the cut), a type perhaps, with or without names above. Lengths are seconds or tenths: a table whose lengths are all
whole numbers is in tenths if its median is 10 or more, as the database stores them (hardly a list has a median of 10 s
and not one shot between two seconds). What was taken is told in a note.
"""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from statistics import median

from rewatch.errors import ShotListError
from rewatch.imports.film import Asked, Found
from rewatch.imports.listing import columns_of, times_of
from rewatch.imports.shots import Row, by_lengths, by_starts, shots_track
from rewatch.imports.tables import Table, number, read_table, read_text

TENTH = Fraction(1, 10)
_MARK = "&@"


def read(path: Path, asked: Asked) -> Found:
    """The film's shots; the track's column ``note`` is the type of each shot (its scale) where the list has types."""
    text = read_text(path)
    notes: list[str] = []
    if _MARK in text:
        above, _, below = text.partition(_MARK)
        rows = _saved(above, below)
    else:
        rows, notes = _table(read_table(path), asked)
    shots, repaired = shots_track(rows, asked.duration)
    return Found({"shots": shots}, notes=notes + repaired)


def _saved(above: str, below: str) -> list[Row]:
    named = [line.split(";") for line in above.splitlines() if ";" in line]
    types = [name.strip() for name in named[0]] if named else []
    lengths, kinds, lines = [], [], []
    first = above.count("\n") + 1
    for index, line in enumerate(below.splitlines()):
        if not line.strip():
            continue
        cells = line.split(";")
        length = number(cells[1]) if len(cells) > 1 else None
        if length is None:
            raise ShotListError(f"line {first + index}: {line.strip()!r} is no shot (number;length;time;type)")
        kind = int(cells[3]) if len(cells) > 3 and cells[3].strip().isdigit() else 0
        lengths.append(length * TENTH)
        kinds.append(types[kind] if types and 0 < kind < len(types) else "")
        lines.append(first + index)
    # Type 0 is what a list without types (simple mode) gives every shot; with types it is the first of them.
    if any(kinds) and types:
        kinds = [kind or types[0] for kind in kinds]
    return [
        Row(row.begin, row.end, note=kind, line=row.line)
        for row, kind in zip(by_lengths(lengths, lines), kinds, strict=True)
    ]


def _table(table: Table, asked: Asked) -> tuple[list[Row], list[str]]:
    columns = columns_of(table)
    types = table.column(_type(table) or 0) if _type(table) is not None else [""] * len(table.rows)
    if columns.length is None:
        assert columns.begin is not None
        times = times_of(table, columns.begin, asked.rate, "time")
        at = [(value, i) for i, value in enumerate(times) if value is not None]
        return _by_cuts(at, types, table), []
    lengths = times_of(table, columns.length, asked.rate, "length")
    known = [(value, i) for i, value in enumerate(lengths) if value is not None]
    if not known:
        raise ShotListError(f"{table.path} has no shot lengths")
    values = [value for value, _ in known]
    tenths = all(value.denominator == 1 for value in values) and median(values) >= 10
    unit = TENTH if tenths else Fraction(1)
    rows = by_lengths([value * unit for value in values], [table.lines[i] for _, i in known])
    note = f"lengths read as {'tenths of a second' if tenths else 'seconds'}"
    return [Row(r.begin, r.end, note=types[i], line=r.line) for r, (_, i) in zip(rows, known, strict=True)], [note]


def _type(table: Table) -> int | None:
    names = [re.sub(r"\W+", " ", name.casefold()).strip() for name in table.head or ()]
    return next(
        (i for i, name in enumerate(names) if name in ("type", "shot type", "scale", "shot scale", "mode")), None
    )


def _by_cuts(at: list[tuple[Fraction, int]], types: list[str], table: Table) -> list[Row]:
    """Times of cuts: of begins where the first is 0, else of ends, as the tool takes them."""
    if at and at[0][0] == 0:
        return by_starts([Row(value, None, note=types[i], line=table.lines[i]) for value, i in at])
    rows, begin = [], Fraction(0)
    for value, i in at:
        rows.append(Row(begin, value, note=types[i], line=table.lines[i]))
        begin = value
    return rows
