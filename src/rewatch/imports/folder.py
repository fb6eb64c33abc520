"""A film annotated by hand: a folder of tables, one a kind of thing, as the studyforrest project keeps Forrest Gump.

    shots.csv                 the track ``shots``: start (end, length) of each shot
    dialogue.csv, lines.csv   the track ``lines``: start, end, person, text
    scenes.csv, music.csv, locations.tsv, sequences.csv   tracks of that name
    any other .csv or .tsv    a track ``list_NAME``

A table needs a column for the begin (start, onset); without an end or a duration each of its rows lasts until the next,
the last until the film ends. The label of a stretch is the first of the columns text, title, label, location,
major_location and name that there is; all columns besides times are kept as columns of the track, as numbers where all
of them are. Files without times (a README, a table of something else) are passed by and named in a note.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from rewatch.clock import MILLISECONDS
from rewatch.errors import ShotListError
from rewatch.imports import listing
from rewatch.imports.film import Asked, Found
from rewatch.imports.shots import Row, by_starts, kind_of, shots_track
from rewatch.imports.tables import BLANK, Table, number, read_table
from rewatch.track import Column, Spans

_KNOWN = {name: name for name in ("shots", "scenes", "sequences", "music", "locations", "lines")}
_KNOWN |= {"dialogue": "lines", "dialog": "lines", "dialogues": "lines", "subtitles": "lines", "speech": "lines"}
_KNOWN |= {"shot": "shots", "scene": "scenes", "location": "locations"}

_LABEL = ("text", "title", "label", "location", "major location", "name", "description")
_SPEAKER = ("person", "speaker", "character", "name", "who")


@dataclass(frozen=True, slots=True)
class _Timed:
    """A table with its times: an end is None where the table has none for that row."""

    name: str
    table: Table
    columns: listing.Columns
    begin: list[Fraction]
    end: list[Fraction | None]
    rows: list[int]


def read(path: Path, asked: Asked) -> Found:
    """All tables of a folder."""
    files = sorted(p for p in path.iterdir() if p.suffix.lower() in (".csv", ".tsv") and p.is_file())
    if not files:
        raise ShotListError(f"{path} holds no table (.csv, .tsv)")
    tables: list[_Timed] = []
    notes: list[str] = []
    for file in files:
        timed = _timed(file, asked.rate)
        if timed is None:
            notes.append(f"{file.name} has no column of times and is passed by")
        elif timed.name in {other.name for other in tables}:
            raise ShotListError(f"{path} holds two tables of {timed.name}, {file.name} is the second")
        else:
            tables.append(timed)
    if not tables:
        raise ShotListError(f"{path} holds no table with times in it")
    ends = [end for timed in tables for end in (*timed.end, *timed.begin) if end is not None]
    film = asked.duration if asked.duration is not None else max(ends)
    found = Found(duration=film, notes=notes)
    for timed in tables:
        try:
            track, repaired = _track(timed, film)
        except ShotListError as error:
            raise ShotListError(f"{timed.table.path}, {error}") from error
        found.tracks[track.name] = track
        found.notes += [f"{timed.table.path.name}: {note}" for note in repaired]
    if asked.duration is None:
        found.notes.append(f"the film's end is that of the last thing in its lists, {float(film):.2f} s")
    return found


def _timed(file: Path, rate: Fraction | None) -> _Timed | None:
    table = read_table(file)
    try:
        columns = listing.columns_of(table)
    except ShotListError:
        return None
    if columns.begin is None:
        return None
    try:
        begins = listing.times_of(table, columns.begin, rate, "begin")
        ends: Sequence[Fraction | None] = [None] * len(begins)
        if columns.end is not None:
            ends = listing.times_of(table, columns.end, rate, "end")
        elif columns.length is not None:
            lengths = listing.times_of(table, columns.length, rate, "length")
            ends = [b + n if b is not None and n is not None else None for b, n in zip(begins, lengths, strict=True)]
    except ShotListError as error:
        raise ShotListError(f"{file}, {error}") from error
    pairs = [(i, b, e) for i, (b, e) in enumerate(zip(begins, ends, strict=True)) if b is not None]
    plain = re.sub(r"\W+", "_", file.stem.casefold()).strip("_")
    return _Timed(
        _KNOWN.get(plain, f"list_{plain}"),
        table,
        columns,
        [b for _, b, _ in pairs],
        [e for _, _, e in pairs],
        [i for i, _, _ in pairs],
    )


def _track(timed: _Timed, film: Fraction) -> tuple[Spans, list[str]]:
    rows = [
        Row(begin, end, line=timed.table.lines[i])
        for begin, end, i in zip(timed.begin, timed.end, timed.rows, strict=True)
    ]
    if timed.name == "shots":
        kinds = timed.table.column(timed.columns.kind) if timed.columns.kind is not None else None
        shots = [
            Row(row.begin, row.end, kind_of(kinds[i]) if kinds else "", line=row.line)
            for row, i in zip(rows, timed.rows, strict=True)
        ]
        return shots_track(by_starts(shots), film)
    order = sorted(range(len(rows)), key=lambda i: rows[i].begin)
    notes = [] if order == list(range(len(rows))) else ["the rows were not in order of time: they are now"]
    lasting = by_starts([rows[i] for i in order])
    begin, end = [], []
    for row in lasting:
        until = row.end if row.end is not None else max(film, row.begin)
        if row.begin < 0:
            raise ShotListError(f"line {row.line}: nothing begins before 0, at {float(row.begin):g} s")
        if until < row.begin:
            notes.append(
                f"line {row.line} begins at {float(row.begin):g} s and ends before, at {float(until):g} s: "
                "it is taken to last no time"
            )
            until = row.begin
        begin.append(round(row.begin * 1000))
        end.append(round(until * 1000))
    texts = _texts(timed, order)
    label = next((texts[name] for name in _LABEL if name in texts), None) or next(
        iter(texts.values()), [""] * len(rows)
    )
    columns: dict[str, Column]
    if timed.name == "lines":
        speaker = next((texts[name] for name in _SPEAKER if name in texts and texts[name] is not label), None)
        columns = {"speaker": speaker or [""] * len(rows)}
    else:
        columns = {name.replace(" ", "_"): _typed(cells) for name, cells in texts.items()}
    begins, ends = np.array(begin, dtype=np.int64), np.array(end, dtype=np.int64)
    return Spans(timed.name, begins, ends, list(label), MILLISECONDS, columns), notes


def _texts(timed: _Timed, order: list[int]) -> dict[str, list[str]]:
    """The columns of a table besides its times, by plain name, in the order of time."""
    used = {timed.columns.begin, timed.columns.end, timed.columns.length}
    names = timed.table.head or tuple(f"column {i + 1}" for i in range(timed.table.width))
    plain = {re.sub(r"[\W_]+", " ", name.casefold()).strip(): i for i, name in enumerate(names) if i not in used}
    return {name: [timed.table.column(i)[timed.rows[k]] for k in order] for name, i in plain.items() if name}


def _typed(cells: list[str]) -> Column:
    """Numbers where every cell is one (whole ones as such), else the texts."""
    values = [number(cell) for cell in cells if cell.casefold() not in BLANK]
    if len(values) < len(cells) or any(value is None for value in values) or not values:
        return cells
    numbers = [value for value in values if value is not None]
    if all(value.denominator == 1 and abs(value) < 2**53 for value in numbers):
        return np.array([int(value) for value in numbers], dtype=np.int64)
    return np.array([float(value) for value in numbers])
