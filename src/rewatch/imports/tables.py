"""Tables as people write them: encodings, delimiters, decimal commas, times in many hands.

Contents
    read_text, read_table, Table
    number, moment
"""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from rewatch.errors import ShotListError
from rewatch.film.encoding import decode_text

LARGEST = 64 * 1024 * 1024
"""Bytes: no shot list is longer; what is was meant for another command."""

LARGEST_NUMBER = 1_000_000_000
"""No time of a film, in seconds, milliseconds or frames, is larger."""

BLANK = frozenset({"", "na", "n/a", "nan", "none", "null", "-", "–"})
"""Cells that hold nothing, in lower case."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts.

    head:  names of the columns; None where the first row is data already
    rows:  cells, stripped; rows without any are left out
    lines: the line of the file on which each row ends, counted from 1: for messages
    """

    path: Path
    head: tuple[str, ...] | None
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]

    @property
    def width(self) -> int:
        return max((len(row) for row in self.rows), default=0)

    def column(self, index: int) -> list[str]:
        """Cells of a column; "" where a row ends before it."""
        return [row[index] if index < len(row) else "" for row in self.rows]


def read_text(path: Path) -> str:
    """A text file, whatever of the usual encodings it is in. ShotListError with a line to show where it is none."""
    try:
        if path.is_dir():
            raise ShotListError(f"{path} is a folder, not a file")
        if path.stat().st_size > LARGEST:
            raise ShotListError(f"{path} is too large to be a list: {path.stat().st_size / 1e6:.0f} MB")
        raw = path.read_bytes()
    except FileNotFoundError:
        raise ShotListError(f"{path}: no such file") from None
    except OSError as error:
        raise ShotListError(f"{path} cannot be read: {error.strerror or error}") from error
    text = decode_text(raw)
    if text is None:
        raise ShotListError(f"{path} is no text, or in an encoding that cannot be told; save it as UTF-8")
    return text.removeprefix("\ufeff")


def read_table(path: Path) -> Table:
    """A table with or without a line of names, its delimiter found out. ShotListError where there is none in it."""
    text = read_text(path)
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise ShotListError(f"{path} is empty")
    delimiter = _delimiter(lines)
    rows, numbers = [], []
    try:
        reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
        for row in reader:
            cells = tuple(cell.strip() for cell in row)
            if any(cells):
                rows.append(cells)
                numbers.append(reader.line_num)
    except csv.Error as error:
        raise ShotListError(f"{path} is no table: {error}") from error
    # PySceneDetect sets a line "Timecode List:" above the names.
    if rows and rows[0][0].casefold().startswith("timecode list"):
        rows, numbers = rows[1:], numbers[1:]
    if not rows:
        raise ShotListError(f"{path} has no rows")
    head = rows[0] if _names(rows[0], rows[1:50]) else None
    skip = 1 if head else 0
    if len(rows) == skip:
        raise ShotListError(f"{path} has names of columns but no rows")
    return Table(path, head, tuple(rows[skip:]), tuple(numbers[skip:]))


def _names(first: tuple[str, ...], rest: Sequence[tuple[str, ...]]) -> bool:
    """Whether the first row names the columns: it has no time at all, or words where the rows below have times."""
    times = [_is_time(cell) for cell in first]
    if not any(times):
        return True
    for index, is_time in enumerate(times):
        below = [row[index] for row in rest if index < len(row) and row[index].casefold() not in BLANK]
        if not is_time and first[index] and below and all(map(_is_time, below)):
            return True
    return False


def _delimiter(lines: Sequence[str]) -> str:
    """The mark between cells: one that the first line has and most others have as often; a space where there is none.

    A comma comes last, for it may be a decimal comma. A file of single numbers with decimal commas has no delimiter.
    """
    some = [_outside_quotes(line) for line in lines[:200]]
    for mark in ("\t", ";", "|"):
        count = some[0].count(mark)
        if count and sum(line.count(mark) == count for line in some) * 2 >= len(some):
            return mark
    if some[0].count(","):
        pairs = [re.fullmatch(r"\s*(\d+),(\d+)\s*", line) for line in some]
        if all(pairs) and not _ascends([(int(m[1]), int(m[2])) for m in pairs if m]):
            return "\0"  # 3,5 and 4,2 below one another: one column, decimal commas
        return ","
    return "\0"


def _ascends(pairs: Sequence[tuple[int, int]]) -> bool:
    """Whether pairs of whole numbers can be begins and ends, one after another."""
    return all(a < b for a, b in pairs) and all(x[0] < y[0] for x, y in itertools.pairwise(pairs))


def _outside_quotes(line: str) -> str:
    return re.sub(r'"[^"]*"', '""', line)


def number(cell: str) -> Fraction | None:
    """A number as written, exact: point or comma for decimals, the other between thousands; None if it is none.

    >>> number("3,5"), number("1.234,5"), number("-2"), number("two")
    (Fraction(7, 2), Fraction(2469, 2), Fraction(-2, 1), None)
    """
    text = cell.strip().removesuffix("s").strip().replace("\u00a0", "").replace(" ", "")
    if "," in text and "." in text:
        thousands = "," if text.rindex(".") > text.rindex(",") else "."
        text = text.replace(thousands, "")
    text = text.replace(",", ".")
    if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", text):
        return None
    value = Fraction(text)
    return value if abs(value) <= LARGEST_NUMBER else None


_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2})(?:[.,](\d{1,9}))?")
_TIMECODE = re.compile(r"(\d{1,3}):(\d{2}):(\d{2})[:;](\d{2,3})")


def _is_time(cell: str) -> bool:
    return number(cell) is not None or bool(_CLOCK.fullmatch(cell.strip()) or _TIMECODE.fullmatch(cell.strip()))


def moment(cell: str, rate: Fraction | None = None) -> Fraction | None:
    """Seconds out of a cell: 75.2, 75,2, 1:15.2, 0:01:15,200, or hours:minutes:seconds:frames where a `rate` is given.

    None where it is no time. ShotListError where it counts frames and no rate is known.

    >>> moment("0:01:15,5"), moment("00:00:02:12", Fraction(24))
    (Fraction(151, 2), Fraction(5, 2))
    """
    text = cell.strip()
    plain = number(text)
    if plain is not None:
        return plain
    if found := _TIMECODE.fullmatch(text):
        if rate is None:
            raise ShotListError(f"{text} counts frames: --rate must say how many are in a second")
        hours, minutes, seconds, frames = (int(part) for part in found.groups())
        # Timecode counts whole frames: at 24000/1001 each of its "seconds" holds 24.
        return Fraction((hours * 3600 + minutes * 60 + seconds) * nominal(rate) + frames) / rate
    if found := _CLOCK.fullmatch(text):
        hours_text, minutes_text, seconds_text, part = found.groups()
        whole = int(hours_text or 0) * 3600 + int(minutes_text) * 60 + int(seconds_text)
        return whole + (Fraction(int(part), 10 ** len(part)) if part else Fraction(0))
    return None


def nominal(rate: Fraction) -> int:
    """Frames that one second of timecode counts: 30 for 30000/1001."""
    return -(-rate.numerator // rate.denominator)
