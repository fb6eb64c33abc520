"""A table with a column a film, its shot lengths in seconds below the title: as collected by James Cutting et al.

Cells below the last shot are blank. A file of one column needs no title.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from rewatch.errors import ShotListError
from rewatch.imports.film import Asked, Found
from rewatch.imports.shots import by_lengths, shots_track
from rewatch.imports.tables import BLANK, Table, number, read_table


def read(path: Path, asked: Asked) -> Found:
    """The film of ``--column``; of the only column where there is one."""
    table = read_table(path)
    index = _column(table, asked.column)
    lengths: list[Fraction] = []
    lines: list[int] = []
    blanks = waiting = 0
    for cell, line in zip(table.column(index), table.lines, strict=True):
        if cell.casefold() in BLANK:
            waiting += 1
            continue
        value = number(cell)
        if value is None:
            raise ShotListError(f"{path}, line {line}: {cell!r} is no shot length")
        blanks, waiting = blanks + waiting, 0
        lengths.append(value)
        lines.append(line)
    if not lengths:
        raise ShotListError(f"{path} has no shot lengths in that column")
    shots, notes = shots_track(by_lengths(lengths, lines))
    if blanks:
        notes.append(f"{blanks} blank cell{'s' if blanks != 1 else ''} between the lengths passed by")
    return Found({"shots": shots}, table.head[index] if table.head else "", notes=notes)


def _column(table: Table, wanted: str | None) -> int:
    names = table.head or tuple("" for _ in range(table.width))
    if wanted is None:
        if len(names) == 1:
            return 0
        some = ", ".join(name for name in names[:4] if name)
        raise ShotListError(f"{table.path} holds {len(names)} films ({some}, ...): --column must say which")
    for fits in (_same, _without_year, _within):
        found = [i for i, name in enumerate(names) if fits(_plain(name), _plain(wanted))]
        if len(found) == 1:
            return found[0]
        if found:
            several = ", ".join(names[i] for i in found[:6])
            raise ShotListError(f"{table.path}: {wanted!r} could be any of {several}")
    raise ShotListError(f"{table.path} has no column {wanted!r}")


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _same(name: str, wanted: str) -> bool:
    return name == wanted


def _without_year(name: str, wanted: str) -> bool:
    return name.partition(" (")[0] == wanted.partition(" (")[0] and not ("(" in wanted and "(" in name)


def _within(name: str, wanted: str) -> bool:
    return wanted in name
