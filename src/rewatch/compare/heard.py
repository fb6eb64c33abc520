"""Heard: whether the sound goes with the picture, stretch by stretch, and what is to be said of two films by ear alone.

Contents
    Shared      what the sounds of two editions have in common
    shared      find it, at the speed of the picture
    sound_of    the sound of a segment whose picture is known
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from rewatch.compare.segments import Side, Sound
from rewatch.errors import NotMeasured
from rewatch.library.edition import Edition
from rewatch.sounds.prints import Prints, open_prints
from rewatch.sounds.prints_matches import Alignment, matches

_OFFSET = 0.06
"""Seconds of sound against picture below which the two are as they were; lips are seen to be off from there on."""
_GAIN = 1.0
"""LU."""
_LEAST = 3.0
"""Seconds of a segment from which on its sound can be told by its prints."""
_ASIDE = 20.0
"""Seconds by which sound may be shifted against the picture and still be this picture's sound."""
_SILENT = -60.0


@dataclass(frozen=True, slots=True)
class Shared:
    """What the sounds of A and B have in common; None of `a` or `b`: that edition has no sound.

    stretches: where B bears what A bears, in order of A
    pitched:   whether the pitch goes with the speed
    """

    a: Prints | None
    b: Prints | None
    stretches: tuple[Alignment, ...] = ()
    pitched: bool = True

    @property
    def both(self) -> bool:
        return self.a is not None and self.b is not None


def prints(edition: Edition) -> Prints | None:
    """The prints of an edition's sound; None where it has none."""
    try:
        return open_prints(edition.kept("sound_prints"))
    except NotMeasured:
        return None


def shared(a: Edition, b: Edition, speed: float) -> Shared:
    """What two sounds have in common where the picture of A runs `speed` times as fast in B."""
    of_a, of_b = prints(a), prints(b)
    if of_a is None or of_b is None:
        return Shared(of_a, of_b)
    ratio = 1 / Fraction(speed).limit_denominator(1001)
    if abs(float(ratio) * speed - 1) > 2e-4 or abs(speed - 1) < 2e-4:
        ratio = Fraction(1) if abs(speed - 1) < 2e-4 else ratio
    found = {
        pitched: tuple(matches(of_a, of_b, speed=ratio, pitched=pitched))
        for pitched in (True, False)[: 1 + (ratio != 1)]
    }
    pitched = max(found, key=lambda kind: sum(s.landmarks for s in found[kind]))
    return Shared(of_a, of_b, found[pitched], pitched)


def sound_of(a: Edition, b: Edition, of_a: Side, of_b: Side, speed: float, common: Shared) -> Sound | None:
    """The sound of B against that of A where their pictures are the same; None where neither has any."""
    if common.a is None and common.b is None:
        return None
    if not common.both:
        return Sound(changed=True, replaced=True)
    near = [s for s in common.stretches if _overlap(s.begin_a, s.end_a, of_a) > 0.25 or _within(of_a, s)]
    offsets: list[tuple[float, float]] = []
    heard = 0.0
    for stretch in near:
        middle = (max(stretch.begin_a, of_a.start) + min(stretch.end_a, of_a.end)) / 2
        in_b = stretch.begin_b + (middle - stretch.begin_a) * stretch.speed
        expected = of_b.start + (middle - of_a.start) / speed
        long = _overlap(stretch.begin_a, stretch.end_a, of_a)
        if abs(in_b - expected) <= _ASIDE:
            offsets.append((in_b - expected, long))
            heard += long
    loud_a, loud_b = _loudness(a, of_a), _loudness(b, of_b)
    gain = loud_b - loud_a if loud_a is not None and loud_b is not None else None
    if offsets:
        offset = max(offsets, key=lambda pair: pair[1])[0]
        # Prints have hops of 1/64 s: what is less than two of them is none.
        offset = 0.0 if abs(offset) < 1 / 32 else round(offset, 3)
        missing = of_a.seconds - heard
        replaced = heard < 0.4 * of_a.seconds and missing > 2 * _LEAST
        changed = replaced or abs(offset) > _OFFSET or (gain is not None and abs(gain) > _GAIN)
        return Sound(changed, None if gain is None else round(gain, 2), offset, replaced)
    if loud_a is not None and loud_b is not None and max(loud_a, loud_b) < _SILENT:
        return Sound(changed=False, gain_db=0.0, offset_s=0.0)
    if of_a.seconds < _LEAST:
        # Too short for the prints: loudness alone speaks, and only where it says no.
        replaced = gain is not None and abs(gain) > 12
        return Sound(replaced, None if gain is None else round(gain, 2), None, replaced)
    return Sound(changed=True, gain_db=None if gain is None else round(gain, 2), replaced=True)


def _overlap(begin: float, end: float, side: Side) -> float:
    return max(0.0, min(end, side.end) - max(begin, side.start))


def _within(side: Side, stretch: Alignment) -> bool:
    return stretch.begin_a <= side.start and side.end <= stretch.end_a


def _loudness(edition: Edition, side: Side) -> float | None:
    """Mean momentary loudness of a stretch, by energy, LUFS."""
    if "loudness" not in edition.tracks:
        return None
    curve = edition.curve("loudness")
    seconds = curve.seconds()
    inside = curve.column("momentary")[(seconds >= side.start) & (seconds < side.end)]
    if not len(inside):
        return None
    return float(10 * np.log10(np.mean(10 ** (inside.astype(np.float64) / 10))))


def covered(stretches: Sequence[Alignment], side: Side) -> float:
    """Share of a stretch of A whose sound B bears anywhere."""
    return min(1.0, sum(_overlap(s.begin_a, s.end_a, side) for s in stretches) / max(side.seconds, 1e-6))
