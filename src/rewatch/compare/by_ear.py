"""By ear: two editions laid beside each other by their sound, where one has no picture, or theirs differ wholly."""

from __future__ import annotations

from rewatch.compare.heard import Sounds
from rewatch.compare.segments import Alignment, Segment, Side, Sound
from rewatch.library.edition import Edition

_GAP = 0.5
"""Seconds below which nothing is said to be missing: prints begin and end where something is heard."""


def segments_by_ear(a: Edition, b: Edition, common: Sounds, *, picture: tuple[bool, bool]) -> Alignment:
    """The alignment of the sounds; joins are good to some tenths of a second, and a note says so.

    picture: whether A and B have one
    """
    names, durations = (a.name, b.name), (a.duration, b.duration)
    notes: tuple[str, ...] = ("by the sound alone: joins are good to about half a second",)
    rows = _in_order(common)
    if not rows:
        nothing = (
            Segment("removed", Side(None, None, 0.0, a.duration), None),
            Segment("added", None, Side(None, None, 0.0, b.duration)),
        )
        if not common.both:
            lacking = " and ".join(name for name, has in zip(("A", "B"), picture, strict=True) if not has)
            notes = (f"{lacking or 'neither'} has no picture, and there is no sound in both to go by",)
        return Alignment(a.id, b.id, names, durations, nothing, related=False, notes=notes)
    segments: list[Segment] = []
    at_a = at_b = 0.0
    for begin_a, end_a, begin_b, end_b, speed in [*rows, (a.duration, a.duration, b.duration, b.duration, 1.0)]:
        gone, come = begin_a - at_a > _GAP, begin_b - at_b > _GAP
        side_a, side_b = Side(None, None, at_a, begin_a), Side(None, None, at_b, begin_b)
        if gone and come and abs((begin_a - at_a) - (begin_b - at_b)) > _GAP:
            segments.append(Segment("replaced", side_a, side_b, sure=0.7))
        elif gone and come:
            # As long in both: what is heard tells nothing here, a silence or a replaced sound.
            segments.append(Segment("replaced", side_a, side_b, sound=Sound(True, replaced=True), sure=0.6))
        elif gone:
            segments.append(Segment("removed", side_a, None, sure=0.7))
        elif come:
            segments.append(Segment("added", None, side_b, sure=0.7))
        else:
            begin_a, begin_b = at_a, at_b
        if end_a > begin_a:
            sides = Side(None, None, begin_a, end_a), Side(None, None, begin_b, end_b)
            segments.append(Segment("same", *sides, round(speed, 5), None, Sound(changed=False, offset_s=0.0), 0.9))
        at_a, at_b = end_a, end_b
    return Alignment(a.id, b.id, names, durations, tuple(segments), notes=notes)


def _in_order(common: Sounds) -> list[tuple[float, float, float, float, float]]:
    """Stretches that rise in both films, the most seconds of them; without overlaps."""
    stretches = sorted(common.stretches, key=lambda s: s.begin_a)
    weight: list[float] = []
    before: list[int] = []
    for n, s in enumerate(stretches):
        best, link = 0.0, -1
        for m in range(n):
            other = stretches[m]
            if other.end_a <= s.begin_a + 1 and other.end_b <= s.begin_b + 1 and weight[m] > best:
                best, link = weight[m], m
        weight.append(best + s.end_a - s.begin_a)
        before.append(link)
    rows: list[tuple[float, float, float, float, float]] = []
    at = max(range(len(stretches)), key=lambda n: weight[n], default=-1)
    while at >= 0:
        s = stretches[at]
        rows.append((s.begin_a, s.end_a, s.begin_b, s.end_b, 1 / s.speed if s.speed else 1.0))
        at = before[at]
    rows.reverse()
    apart: list[tuple[float, float, float, float, float]] = []
    for row in rows:
        if apart and row[0] < apart[-1][1]:
            cut = apart[-1][1] - row[0]
            row = (row[0] + cut, row[1], row[2] + cut / row[4], row[3], row[4])
        if row[1] > row[0]:
            apart.append(row)
    return apart
