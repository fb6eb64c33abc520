"""Order: runs of frames become the segments of an alignment: what stayed, went, came, moved.

Contents
    Piece        a stretch of B and the stretch of A that it shows
    pieces_of    the pieces of a chain, no frame of A used twice
    without_overlaps   the same where they are known
    closed       the same without the small gaps of frames that do not go one by one
    snug         the same without a frame or two that lie opposite a long stretch of the other film
    dark_ends, with_dark_ends   black that a film begins and ends with, which no chain can tell from other black
    in_order     which of them keep their order: the longest rising row, by its frames
    laid_out     all of both films, in order: pairs of stretches with their kind
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Literal

import numpy as np
import numpy.typing as npt

from rewatch.compare.chain import Line, Run
from rewatch.compare.segments import Kind

Stretch = tuple[int, int]

Told = Callable[[npt.NDArray[np.int64], npt.NDArray[np.int64]], npt.NDArray[np.float32]]

_SHARED = 10.0
"""Nats by which one of two pieces must speak for some of the frames that both have."""
_BLACK = 0.02
"""Mean and spread of the light of a frame that is black."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Frames ``b[0] .. b[1]`` of B show ``a[0] .. a[1]`` of A, half-open; score: evidence a frame.

    parts: (b, a) of the stretches that go frame by frame, where not all of it does
    back: they run backwards
    """

    b: Stretch
    a: Stretch
    score: float = 0.0
    parts: tuple[tuple[Stretch, Stretch], ...] = ()
    back: bool = False

    @property
    def frames(self) -> int:
        return self.b[1] - self.b[0]


def pieces_of(runs: Sequence[Run], line: Line, count: int, told: Told | None = None) -> list[Piece]:
    """The pieces of a chain in order of B; `count`: frames of A. No frame of A is in two.

    Where one piece ends in frames with which another begins, each frame belongs to the one that it speaks for; else to
    the longest piece with it. told: evidence, in nats, that frames of B are these of A
    """
    found: list[Piece] = []
    for run in runs:
        if run.distance is None:
            continue
        frames = np.arange(run.begin, run.end)
        of_a = line.frames(frames, run.distance)
        inside = np.flatnonzero((of_a >= 0) & (of_a < count))
        if len(inside):
            first, last = int(inside[0]), int(inside[-1])
            piece = Piece((run.begin + first, run.begin + last + 1), (int(of_a[first]), int(of_a[last]) + 1), run.score)
            found.append(piece)
    if line.by_frame and told is not None:
        found = _shared_out(found, told)
    return without_overlaps(found)


def without_overlaps(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces in order of B, what is in two of them left to the longest."""
    kept: list[Piece] = []
    for piece in sorted(pieces, key=lambda p: -p.frames):
        left: Piece | None = piece
        for other in kept:
            left = _without(left, other) if left else None
        if left and left.frames > 0:
            kept.append(left)
    return sorted(kept, key=lambda p: p.b)


def _shared_out(pieces: Sequence[Piece], told: Told) -> list[Piece]:
    """The frames of A with which one piece ends and another begins, shared out between them."""
    found = list(pieces)
    for n, m in permutations(range(len(found)), 2):
        one, other = found[n], found[m]
        low, high = other.a[0], one.a[1]
        if not one.a[0] < low < high < other.a[1]:
            continue
        shared = np.arange(low, high)
        apart = told(shared - one.a[0] + one.b[0], shared) - told(shared - low + other.b[0], shared)
        worth = np.concatenate([[0.0], np.cumsum(apart)])
        # What one shows as well as the other is its whose it was first: shown again, it was added.
        best, ends = int(worth.argmax()), (len(shared), 0) if one.b < other.b else (0, len(shared))
        for end in ends[::-1]:
            if worth[best] - worth[end] < _SHARED:
                best = end
        found[n] = replace(one, a=(one.a[0], low + best), b=(one.b[0], one.b[1] - len(shared) + best))
        found[m] = replace(other, a=(low + best, other.a[1]), b=(other.b[0] + best, other.b[1]))
    return found


def closed(pieces: Sequence[Piece], frames_a: int, frames_b: int, slack: int) -> list[Piece]:
    """The pieces with gaps of no more than `slack` frames between them, before and after them, closed in both films."""
    found = _closed_in([*pieces], "b", frames_b, slack)
    found = _closed_in(sorted(found, key=lambda p: p.a), "a", frames_a, slack)
    return sorted(found, key=lambda p: p.b)


def _closed_in(pieces: list[Piece], film: Literal["a", "b"], frames: int, slack: int) -> list[Piece]:
    found: list[Piece] = []
    for piece in pieces:
        before = getattr(found[-1], film)[1] if found else 0
        begin, end = getattr(piece, film)
        if 0 < begin - before <= slack:
            piece = _with(piece, film, (before, end))
        found.append(piece)
    if found and 0 < frames - getattr(found[-1], film)[1] <= slack:
        found[-1] = _with(found[-1], film, (getattr(found[-1], film)[0], frames))
    return found


def _with(piece: Piece, film: Literal["a", "b"], stretch: Stretch) -> Piece:
    return replace(piece, a=stretch) if film == "a" else replace(piece, b=stretch)


def dark_ends(values: npt.NDArray[np.float32]) -> tuple[int, int, int]:
    """How many frames a film has, with how many black ones it begins, and with how many it ends.

    values: (n, ...) of each frame; the first two are light's mean and spread
    """
    lit = np.flatnonzero((values[:, 0] > _BLACK) | (values[:, 1] > _BLACK))
    count = len(values)
    return (count, int(lit[0]), count - 1 - int(lit[-1])) if len(lit) else (count, count, count)


def with_dark_ends(
    pieces: Sequence[Piece], ends_a: tuple[int, int, int], ends_b: tuple[int, int, int], pace: float = 1.0
) -> list[Piece]:
    """The pieces, and where both films begin or end in black that is in none of them, that black as one more.

    pace: frames of A for one of B
    """
    found = list(pieces)
    if not found:
        return found
    count_a, count_b = ends_a[0], ends_b[0]
    # From the ends inwards, as far as no piece is: of black one frame is as good as another.
    free_a, free_b = min(p.a[0] for p in found), min(p.b[0] for p in found)
    of_a, of_b = _as_long(min(ends_a[1], free_a), min(ends_b[1], free_b), pace)
    if of_a and of_b:
        found.insert(0, Piece((0, of_b), (0, of_a)))
    free_a, free_b = count_a - max(p.a[1] for p in found), count_b - max(p.b[1] for p in found)
    of_a, of_b = _as_long(min(ends_a[2], free_a), min(ends_b[2], free_b), pace)
    if of_a and of_b:
        found.append(Piece((count_b - of_b, count_b), (count_a - of_a, count_a)))
    return _joined(found)


def snug(pieces: Sequence[Piece], frames_a: int, frames_b: int, loose: int = 2) -> list[Piece]:
    """The pieces, grown over what lies between two that follow each other where it is next to nothing in one film.

    A frame or two that no piece has, opposite a long stretch that the other film has there, is the blur of a join
    (a frame coded badly after a cut, a black one): nobody exchanges one frame for a hundred. Pieces that go frame by
    frame; loose: frames that are next to nothing
    """
    edges = [Piece((0, 0), (0, 0)), *pieces, Piece((frames_b, frames_b), (frames_a, frames_a))]
    for n in range(len(edges) - 1):
        one, other = edges[n], edges[n + 1]
        gone, come = other.a[0] - one.a[1], other.b[0] - one.b[1]
        few = min(gone, come)
        if not 0 < few <= loose or max(gone, come) < 4 * loose:
            continue
        # The longer one is the surer one.
        if one.frames > other.frames:
            edges[n] = replace(one, a=(one.a[0], one.a[1] + few), b=(one.b[0], one.b[1] + few))
        else:
            edges[n + 1] = replace(other, a=(other.a[0] - few, other.a[1]), b=(other.b[0] - few, other.b[1]))
    return edges[1:-1]


def _as_long(frames_a: int, frames_b: int, pace: float) -> tuple[int, int]:
    """As many frames of A and of B as last equally long."""
    if frames_a <= frames_b * pace:
        return frames_a, min(frames_b, round(frames_a / pace))
    return min(frames_a, round(frames_b * pace)), frames_b


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces that go on in both films, as one."""
    found: list[Piece] = []
    for piece in pieces:
        if found and found[-1].b[1] == piece.b[0] and found[-1].a[1] == piece.a[0]:
            before = found.pop()
            piece = Piece((before.b[0], piece.b[1]), (before.a[0], piece.a[1]), max(before.score, piece.score))
        found.append(piece)
    return found


def _without(piece: Piece, other: Piece) -> Piece | None:
    """What is left of a piece when the frames of A that another shows are taken away; None: nothing to speak of."""
    low, high = max(piece.a[0], other.a[0]), min(piece.a[1], other.a[1])
    if low >= high:
        return piece
    before, after = low - piece.a[0], piece.a[1] - high
    share = piece.frames / (piece.a[1] - piece.a[0])
    if before >= after:
        return replace(piece, b=(piece.b[0], piece.b[0] + round(before * share)), a=(piece.a[0], low))
    return replace(piece, b=(piece.b[1] - round(after * share), piece.b[1]), a=(high, piece.a[1]))


def in_order(pieces: Sequence[Piece]) -> list[bool]:
    """Which pieces keep their order: of all rows that rise in A, the one with the most frames."""
    weight: list[int] = []
    before: list[int] = []
    for n, piece in enumerate(pieces):
        best, link = 0, -1
        for m in range(n):
            if pieces[m].a[1] <= piece.a[0] and weight[m] > best:
                best, link = weight[m], m
        weight.append(best + piece.frames)
        before.append(link)
    kept = [False] * len(pieces)
    at = max(range(len(pieces)), key=lambda n: weight[n], default=-1)
    while at >= 0:
        kept[at] = True
        at = before[at]
    return kept


def laid_out(
    pieces: Sequence[Piece], frames_a: int, frames_b: int, slack: int = 0
) -> list[tuple[Kind, Stretch | None, Stretch | None, float]]:
    """Both films wholly: (kind, stretch of A, stretch of B, score), in order of B, removals where A would go on.

    slack: gaps of so few frames are none: frames that do not go one by one leave such
    """
    ordered = in_order(pieces)
    used = sorted(p.a for p in pieces)
    moved = [p for p, kept in zip(pieces, ordered, strict=True) if not kept]
    rows: list[tuple[Kind, Stretch | None, Stretch | None, float]] = []
    at_a = at_b = 0
    spine = [p for p, kept in zip(pieces, ordered, strict=True) if kept]
    for piece in [*spine, Piece((frames_b, frames_b), (frames_a, frames_a))]:
        gone = _free(used, at_a, piece.a[0])
        between = [p for p in moved if at_b <= p.b[0] < max(piece.b[0], at_b + 1) and p.b[1] <= piece.b[0]]
        come = _free(sorted(p.b for p in between), at_b, piece.b[0])
        gone = [g for g in gone if g[1] - g[0] > slack]
        # What stands beside the same neighbour in both films stands in the other's place.
        pair = _in_place(gone, come, (at_a, at_b), (piece.a[0], piece.b[0]))
        new: list[tuple[Kind, Stretch | None, Stretch | None, float]] = [
            ("replaced", pair[0], c, 0.0) if pair and c == pair[1] else ("added", None, c, 0.0) for c in come
        ]
        new += [("moved", p.a, p.b, p.score) for p in between]
        rows += [("removed", g, None, 0.0) for g in gone if not pair or g != pair[0]]
        rows += sorted(new, key=lambda row: row[2] or (0, 0))
        if piece.frames:
            rows.append(("same", piece.a, piece.b, piece.score))
        at_a, at_b = max(at_a, piece.a[1]), piece.b[1]
    return rows


def _in_place(
    gone: Sequence[Stretch], come: Sequence[Stretch], before: Stretch, after: Stretch
) -> tuple[Stretch, Stretch] | None:
    """Of what is gone from A and new in B between two pieces that stayed, the two that stand at one place.

    before, after: where the piece before ends and where the one after begins, in A and in B
    """
    found: list[tuple[int, int, tuple[Stretch, Stretch]]] = []
    for g in gone:
        for c in come:
            beside = (g[0] == before[0] and c[0] == before[1]) + (g[1] == after[0] and c[1] == after[1])
            if beside:
                found.append((beside, min(g[1] - g[0], c[1] - c[0]), (g, c)))
    return max(found)[2] if found else None


def _free(used: Sequence[Stretch], begin: int, end: int) -> list[Stretch]:
    """What is left of ``begin .. end`` between the used stretches."""
    free: list[Stretch] = []
    at = begin
    for low, high in used[max(0, bisect_left(used, (begin, begin)) - 1) :]:
        if low >= end:
            break
        if low > at:
            free.append((at, min(low, end)))
        at = max(at, high)
    if at < end:
        free.append((at, end))
    return free
