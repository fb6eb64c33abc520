"""How well a comparison was told: segments and joins against the truth of a re-edit.

Contents
    Row                      kind, first and last frame in A, in B
    truth_rows, found_rows   of a re-edit, of a comparison
    Open, open_joins         where the picture is held over a join, so that nothing tells where it lies
    hits, f1, exact_joins    segments that are right; joins to the frame
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from re_edits import Dress, Piece, Source, truth_of
from rewatch.compare.segments import Alignment

Row = tuple[str, tuple[int, int] | None, tuple[int, int] | None]

_HELD = 1.0
"""Code values, on the average: pictures that differ by less are one held picture."""


def truth_rows(pieces: Sequence[Piece], source: Source, dress: Dress) -> list[Row]:
    """The truth in the frames of both files."""
    ratio = (dress.rate or source.rate * dress.speed) / (source.rate * dress.speed)

    def of_b(span: tuple[int, int] | None) -> tuple[int, int] | None:
        if span is None:
            return None
        first, after = (-(-n * ratio.numerator // ratio.denominator) for n in (span[0], span[1] + 1))
        return first, after - 1

    rows = [(r["kind"], r["a"], of_b(r["b"])) for r in truth_of(pieces, len(source.frames))]
    return [row for row in rows if row[2] is None or row[2][1] >= row[2][0]]


def found_rows(found: Alignment) -> list[Row]:
    """What was found; what goes on in both films is one segment, whatever its sound."""
    rows: list[Row] = []
    for s in found:
        a, b = ((None if side is None else (side.first_frame, side.last_frame)) for side in (s.a, s.b))
        if rows and s.kind == rows[-1][0] == "same" and a and b and rows[-1][1] and rows[-1][2]:
            before_a, before_b = rows[-1][1], rows[-1][2]
            if a[0] == before_a[1] + 1 and b[0] == before_b[1] + 1:
                rows[-1] = ("same", (before_a[0], a[1]), (before_b[0], b[1]))
                continue
        rows.append((s.kind, a, b))
    return rows


@dataclass(frozen=True, slots=True)
class Open:
    """How far each edge of the truth may slide with nothing to be seen: frame of A or of B -> (back, on)."""

    a: dict[int, tuple[int, int]]
    b: dict[int, tuple[int, int]]


def open_joins(pieces: Sequence[Piece], sources: dict[str, Source], truth: Sequence[Row]) -> Open:
    """Where the picture is held over a join: what comes before it goes on as what comes after it begins."""
    of_a: dict[int, tuple[int, int]] = {}
    of_b: dict[int, tuple[int, int]] = {}
    edges_b = [row[2][0] for row in truth if row[2] is not None]
    for number, (one, other) in enumerate(itertools.pairwise(pieces), 1):
        on = _run(sources, (one.source, one.end), (other.source, other.begin), 1)
        back = _run(sources, (one.source, one.end - 1), (other.source, other.begin - 1), -1)
        for piece, edge in ((one, one.end), (other, other.begin)):
            if piece.source == "a":
                of_a[edge] = back, on
        if number < len(edges_b):
            of_b[edges_b[number]] = back, on
    return Open(of_a, of_b)


def _run(sources: dict[str, Source], one: tuple[str, int], other: tuple[str, int], step: int) -> int:
    """How many frames of two films from these places on look the same."""
    count = 0
    while count < 480:
        pair = []
        for name, at in (one, other):
            frames = sources[name].frames
            place = at + step * count
            if not 0 <= place < len(frames):
                return count
            pair.append(cv2.resize(frames[place], (64, 36), interpolation=cv2.INTER_AREA).astype(np.float32))
        if float(np.abs(pair[0] - pair[1]).mean()) >= _HELD:
            return count
        count += 1
    return count


def hits(truth: Sequence[Row], found: Sequence[Row], slack: int, open_: Open | None = None) -> list[tuple[Row, Row]]:
    """Segments of the truth and of what was found that are the same, each used once."""

    def near(edge: int, wanted: int, table: dict[int, tuple[int, int]]) -> bool:
        back, on = table.get(wanted, (0, 0))
        return wanted - back - slack <= edge <= wanted + on + slack

    def agree(one: Row, other: Row) -> bool:
        if one[0] != other[0]:
            return False
        for side, table in ((1, open_.a if open_ else {}), (2, open_.b if open_ else {})):
            wanted, got = one[side], other[side]
            if (wanted is None) != (got is None):
                return False
            if wanted and got and not (near(got[0], wanted[0], table) and near(got[1] + 1, wanted[1] + 1, table)):
                return False
        return True

    left = list(found)
    pairs = []
    for row in truth:
        match = next((other for other in left if agree(row, other)), None)
        if match is not None:
            left.remove(match)
            pairs.append((row, match))
    return pairs


def f1(right: int, wanted: int, told: int) -> float:
    return 2 * right / (wanted + told) if wanted + told else 1.0


def exact_joins(truth: Sequence[Row], found: Sequence[Row], open_: Open) -> tuple[int, int]:
    """Joins of B (and of A, where something was removed) that are told to the frame, of how many."""
    right = every = 0
    for side, table in ((1, open_.a), (2, open_.b)):
        edges = {row[side][0] for row in truth if row[side]} - {0}  # type: ignore[index]
        told = np.array(sorted({row[side][0] for row in found if row[side]}))  # type: ignore[index]
        for edge in edges:
            back, on = table.get(edge, (0, 0))
            every += 1
            right += bool(((told >= edge - back) & (told <= edge + on)).any())
    return right, every
