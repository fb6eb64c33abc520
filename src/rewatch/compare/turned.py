"""Turned: a comparison of A with B as one of B with A, where it can be made in one direction only.

Contents
    turned    the alignment the other way round
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rewatch.compare.segments import Alignment, Grade, Kind, Picture, Segment, Sound

_KINDS: dict[Kind, Kind] = {"removed": "added", "added": "removed"}


def turned(found: Alignment) -> Alignment:
    """The alignment of B with A: in the order of the film that was A."""
    return replace(
        found,
        a=found.b,
        b=found.a,
        names=found.names[::-1],
        durations=found.durations[::-1],
        segments=_in_order([_segment(segment) for segment in found]),
        speed=round(1 / found.speed, 6),
        notes=tuple(_note(line) for line in found.notes),
        times=None if found.times is None else found.times[::-1],
    )


def _in_order(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """By what is now B; what was removed stands where what is now A would have gone on."""
    rows = sorted((s for s in segments if s.b is not None), key=lambda s: s.b.start if s.b else 0.0)
    for gone in sorted((s for s in segments if s.b is None), key=lambda s: s.a.start if s.a else 0.0):
        begin = gone.a.start if gone.a else 0.0
        before = [n for n, s in enumerate(rows) if s.a is not None and s.kind != "moved" and s.a.end <= begin + 1e-6]
        rows.insert(max(before, default=-1) + 1, gone)
    return tuple(rows)


def _segment(segment: Segment) -> Segment:
    return replace(
        segment,
        kind=_KINDS.get(segment.kind, segment.kind),
        a=segment.b,
        b=segment.a,
        speed=round(1 / segment.speed, 6),
        picture=None if segment.picture is None else _picture(segment.picture),
        sound=None if segment.sound is None else _sound(segment.sound, segment),
        frames=tuple((b, a, count) for a, b, count in segment.frames),
    )


def _picture(picture: Picture) -> Picture:
    crop = picture.crop
    if crop is not None:
        left, top, right, bottom = crop
        wide, high = right - left, bottom - top
        crop = round(-left / wide, 4), round(-top / high, 4), round((1 - left) / wide, 4), round((1 - top) / high, 4)
    grade = picture.grade
    if grade is not None and grade.gain > 0:
        saturation = 1 / grade.saturation if grade.saturation > 0.25 else 4.0
        grade = Grade(round(1 / grade.gain, 3), round(-grade.lift / grade.gain, 4), round(saturation, 3))
    return replace(picture, crop=crop, grade=grade, bars_a=picture.bars_b, bars_b=picture.bars_a)


def _sound(sound: Sound, segment: Segment) -> Sound:
    parts: tuple[tuple[float, float], ...] = ()
    if segment.a is not None and segment.b is not None and segment.a.seconds > 0:
        a, b, pace = segment.a, segment.b, segment.b.seconds / segment.a.seconds
        parts = tuple(
            (b.start + (low - a.start) * pace, b.start + (high - a.start) * pace) for low, high in sound.parts
        )
    return replace(
        sound,
        gain_db=None if sound.gain_db is None else -sound.gain_db,
        offset_s=None if sound.offset_s is None else -sound.offset_s,
        parts=parts,
        missing=None if sound.missing is None else "b" if sound.missing == "a" else "a",
    )


def _note(line: str) -> str:
    for one, other in (("A ", "B "), ("B ", "A ")):
        if line.startswith(one + "has no"):
            return other + line[2:]
    return line
