"""By ear: two editions laid beside each other by their sound, where one has no picture, or theirs differ wholly.

The prints' own search tells which stretches of A B bears, and at which distances. Then every landmark of B says which
of these distances it speaks for: of one recording most of A's landmarks are where they should be, of another hardly
any. The best way through the distances, and through "it is not A's", is found as in `chain`, so that a join lies
between two landmarks, and a stretch that is other sound is told though what follows it is in step with what came
before.

Contents
    segments_by_ear    the alignment of two sounds
    pieces_by_ear      its pieces
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rewatch.compare.chain import best_way
from rewatch.compare.heard import Sounds
from rewatch.compare.order import Piece, closed, laid_out, snug, without_overlaps
from rewatch.compare.segments import Alignment, Segment, Side, Sound
from rewatch.library.edition import Edition
from rewatch.sounds.prints import Prints
from rewatch.sounds.prints_landmarks import HOPS
from rewatch.sounds.prints_matches import Alignment as Stretch
from rewatch.sounds.prints_matches import LandmarkIndex

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

SPEEDS = (1.0, 25 / 24, 24 / 25)
"""Seconds of A in one of B that are tried, the likeliest first."""
_CHANCE, _SURVIVE = 0.05, 0.75
"""Share of landmarks that are there by chance, and most of those that are taken to survive: in noise fewer do."""
_TURN = 10.0
"""What it costs, in nats, to go from one distance to another; neighbouring landmarks count for half."""
_REACH = 20.0
"""Seconds of B by which a distance may hold on beyond where the search found it."""
_ONE = 3.0
"""Hops by which two distances may differ and be one."""
_MOST = 80
_LEAST = 0.4
"""Seconds below which nothing is said to be another sound."""
_BLUR = 0.5
"""Seconds that stand for nothing opposite a long stretch of the other film: no landmark lies there."""
_QUIET = -45.0
"""LUFS, momentary: below it a coder leaves few landmarks where they were."""
_SLACK = 0.25
"""Seconds below which nothing is said to be missing."""


def segments_by_ear(a: Edition, b: Edition, common: Sounds, *, picture: tuple[bool, bool]) -> Alignment:
    """The alignment of the sounds; a note says how good its joins are.

    picture: whether A and B have one
    """
    names, durations = (a.name, b.name), (a.duration, b.duration)
    found = common if common.stretches else _at_another_speed(common)
    if not found.stretches or found.a is None or found.b is None:
        nothing = (
            Segment("removed", Side(None, None, 0.0, a.duration), None),
            Segment("added", None, Side(None, None, 0.0, b.duration)),
        )
        notes: tuple[str, ...] = ()
        if not common.both:
            lacking = " and ".join(name for name, has in zip(("A", "B"), picture, strict=True) if not has)
            notes = (f"{lacking or 'neither'} has no picture, and there is no sound in both to go by",)
        return Alignment(a.id, b.id, names, durations, nothing, related=False, notes=notes)
    long_a, long_b = round(a.duration * HOPS), round(b.duration * HOPS)
    pieces = pieces_by_ear(found.a, found.b, found.stretches, found.speed, pitched=found.pitched)
    pieces = _over_silence(pieces, found)
    pieces = closed(without_overlaps(_inside(pieces, long_a, long_b)), long_a, long_b, round(_SLACK * HOPS))
    pieces = snug(pieces, long_a, long_b, round(_BLUR * HOPS))
    segments: list[Segment] = []
    for kind, of_a, of_b, _ in laid_out(pieces, long_a, long_b, round(_SLACK * HOPS)):
        side_a, side_b = _side(of_a, long_a, a.duration), _side(of_b, long_b, b.duration)
        if kind == "replaced":
            segments.append(Segment(kind, side_a, side_b, sound=Sound(True, replaced=True), sure=0.7))
        elif side_a is None or side_b is None:
            segments.append(Segment(kind, side_a, side_b, sure=0.7))
        else:
            sound = Sound(changed=False, offset_s=0.0)
            segments.append(Segment(kind, side_a, side_b, round(found.speed, 5), None, sound, 0.9))
    said = ("by the sound alone: joins are good to about a fifth of a second, in silence not even to that",)
    return Alignment(a.id, b.id, names, durations, tuple(segments), notes=said, speed=round(found.speed, 6))


def _at_another_speed(common: Sounds) -> Sounds:
    """The sounds at the speed under which most of B is A's."""
    tried = [Sounds(common.a, common.b, common.loud_a, common.loud_b, speed) for speed in SPEEDS[1:]]
    return max(tried, key=lambda sounds: sum(s.landmarks for s in sounds.stretches))


def pieces_by_ear(
    a: Prints, b: Prints, stretches: Sequence[Stretch], speed: float = 1.0, *, pitched: bool = True
) -> list[Piece]:
    """What of B is A's, in hops of 1/64 s from second 0 of each film, in order of B; stretches of A may overlap.

    stretches: what A and B share, by the prints' own search; speed: seconds of A in one of B
    """
    hop, bins = b.between(0, b.hops)
    seconds = b.seconds(hop)
    turned = np.round(bins / speed).astype(np.int64) if speed != 1 and pitched else bins.astype(np.int64)
    index = LandmarkIndex(*a.between(0, a.hops))
    lines = _lines(stretches, speed)
    evidence = np.zeros((len(hop), len(lines) + 1))
    had = np.zeros((len(hop), len(lines)), bool)
    near = np.zeros((len(hop), len(lines)), bool)
    for n, (begin, end, off) in enumerate(lines):
        inside = (seconds >= begin - _REACH) & (seconds < end + _REACH)
        at = np.floor((seconds[inside] * speed + off - float(a.start)) * HOPS).astype(np.int64)
        had[inside, n] = index.has(at, turned[inside])
        near[:, n] = inside
    if not len(hop) or not lines:
        return []
    # How many of A's landmarks survive in B: coders and other sounds take some.
    best = had.sum(axis=0).argmax()
    core = (seconds >= lines[best][0]) & (seconds < lines[best][1])
    share = float(np.clip(had[core, best].mean() if core.any() else 0.5, 0.3, _SURVIVE))
    hit, miss = 0.5 * np.log(share / _CHANCE), 0.5 * np.log((1 - share) / (1 - _CHANCE))
    evidence[:, 1:] = np.where(near, np.where(had, hit, miss), -1e6)
    taken = best_way(evidence, None, None, np.full(len(hop), _TURN))
    turns = np.flatnonzero(np.diff(taken)) + 1
    # A join lies somewhere between two landmarks.
    edges = [0.0, *((seconds[turns - 1] + seconds[turns]) / 2).tolist(), float(b.start) + b.hops / HOPS]
    states = taken[np.concatenate([[0], turns])].tolist()
    found: list[Piece] = []
    for begin, end, state in _without_short(edges, states):
        if state:
            off = lines[state - 1][2]
            of_b = round(begin * HOPS), round(end * HOPS)
            of_a = round((begin * speed + off) * HOPS), round((end * speed + off) * HOPS)
            found.append(Piece(of_b, of_a))
    return [piece for piece in found if piece.frames > 0]


def _lines(stretches: Sequence[Stretch], speed: float) -> list[tuple[float, float, float]]:
    """Seconds of B from and to, and by how much A's second lies off `speed` times B's; those that are one, joined."""
    found: list[tuple[float, float, float]] = []
    for s in sorted(stretches, key=lambda s: -s.landmarks)[:_MOST]:
        # Where the speed is not quite the one that was told, the distance drifts: a line for every minute.
        parts = max(1, round((s.end_b - s.begin_b) / 60))
        for n in range(parts):
            begin, end = (s.begin_b + (s.end_b - s.begin_b) * k / parts for k in (n, n + 1))
            middle = (begin + end) / 2
            off = s.begin_a + (middle - s.begin_b) * (s.end_a - s.begin_a) / (s.end_b - s.begin_b) - middle * speed
            for k, (low, high, other) in enumerate(found):
                if abs(off - other) * HOPS <= _ONE and begin - 2 * _REACH < high and low < end + 2 * _REACH:
                    found[k] = min(low, begin), max(high, end), other
                    break
            else:
                found.append((begin, end, off))
    return found


def _without_short(edges: Sequence[float], states: Sequence[int]) -> list[tuple[float, float, int]]:
    """Stretches of B with their state; what is another sound for a moment only is that of what is beside it."""
    rows = [(begin, end, state) for begin, end, state in zip(edges, edges[1:], states, strict=False)]
    found: list[tuple[float, float, int]] = []
    for n, (begin, end, state) in enumerate(rows):
        if not state and end - begin < _LEAST and len(rows) > 1:
            state = rows[n + 1][2] if n + 1 < len(rows) else rows[n - 1][2]
        if found and found[-1][2] == state:
            found[-1] = found[-1][0], end, state
        else:
            found.append((begin, end, state))
    return found


def _over_silence(pieces: Sequence[Piece], sounds: Sounds) -> list[Piece]:
    """The pieces; two that are in step are one where both films are all but silent between them."""
    found: list[Piece] = []
    for piece in pieces:
        if found:
            gaps = piece.a[0] - found[-1].a[1], piece.b[0] - found[-1].b[1]
            in_step = gaps[1] >= 0 and abs(gaps[0] - gaps[1] * sounds.speed) <= _ONE
            quiet = _quiet(sounds.loud_a, found[-1].a[1], piece.a[0]) and _quiet(
                sounds.loud_b, found[-1].b[1], piece.b[0]
            )
            if in_step and quiet:
                before = found.pop()
                piece = Piece((before.b[0], piece.b[1]), (before.a[0], piece.a[1]))
        found.append(piece)
    return found


def _quiet(loud: tuple[Floats, Floats] | None, begin: int, end: int) -> bool:
    """Whether hardly anything is heard between two hops."""
    if loud is None:
        return False
    seconds, level = loud
    inside = level[(seconds >= begin / HOPS) & (seconds <= end / HOPS)]
    return bool(len(inside)) and float(np.median(inside)) <= _QUIET


def _inside(pieces: Sequence[Piece], long_a: int, long_b: int) -> list[Piece]:
    """The pieces, as far as both films have them."""
    found = []
    for piece in pieces:
        pace = (piece.a[1] - piece.a[0]) / piece.frames
        low = max(0, piece.b[0], round(piece.b[0] - piece.a[0] / pace))
        high = min(long_b, piece.b[1], round(piece.b[1] - (piece.a[1] - long_a) / pace))
        if high > low:
            first = max(0, round(piece.a[0] + (low - piece.b[0]) * pace))
            found.append(Piece((low, high), (first, min(long_a, first + round((high - low) * pace)))))
    return found


def _side(hops: tuple[int, int] | None, whole: int, duration: float) -> Side | None:
    if hops is None:
        return None
    begin, end = (duration if hop == whole else hop / HOPS for hop in hops)
    return Side(None, None, begin, end)
