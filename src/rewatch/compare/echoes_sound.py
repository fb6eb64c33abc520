"""Echoes by ear: the same recording in two films, also under other sound.

Where the landmarks of both agree (`echoes_landmarks`), and the films' files are at hand, the sounds themselves are laid
over each other (`echoes_waves`). What chance yields of landmarks is measured by B played backwards: it has the same
notes, as many of them and as evenly, but no recording runs backwards.

Contents
    sound_echoes   all of them between two films
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from rewatch.compare.echoes_chance import Tail, tail_of
from rewatch.compare.echoes_found import Found, overlap
from rewatch.compare.echoes_landmarks import (
    BESIDE,
    FLOOR,
    LONG,
    Heard,
    Marks,
    Place,
    backwards,
    places,
    stretches,
    turned,
)
from rewatch.compare.echoes_waves import MOST, PART, Laid, Wave, everywhere, laid, short
from rewatch.sounds.prints import Prints
from rewatch.sounds.prints_landmarks import HOPS, RATE

SLOPE = 0.18
"""Of what chance yields, per nat of landmarks, as measured on films played backwards (benchmarks/echoes.md)."""
LISTENED = 40
"""Places at which the sounds themselves are laid over each other."""
SURE = 1e-6
"""What landmarks make as sure as that need not be listened to."""
IN_STEP = MOST * (LONG / HOPS * RATE / PART) ** 0.5
"""Standard deviations above chance where every part says that the recording is the same."""
WAVES = Tail(6.8, 0.08, 2.5)
"""What chance yields at so many places, in standard deviations: measured on 4,000 of 100 pairs of unrelated sounds."""

EVERYWHERE, TRIED = 12, 32_400.0
"""Places that are listened to of all that two short films have; seconds of one times those of the other for ..."""
ALL_WAVES = Tail(6.1, 0.03, 2.0)
"""... what chance yields there: measured on 120 pairs of unrelated sounds of three minutes."""


def sound_echoes(
    a: Prints,
    b: Prints,
    *,
    speed: Fraction = Fraction(1),
    least: float = 1.0,
    waves: tuple[Wave, Wave] | None = None,
) -> list[Found]:
    """Stretches of A that B bears too, the surest first; none where chance yields more than `least` as good ones.

    speed: seconds of B in a second of A, where the pitch went with it: 24/25 where B quotes A from a PAL transfer
    waves: the sounds themselves, where they are at hand
    """
    if not len(a) or not len(b):
        return []
    quoted = turned(a, speed)
    marks_a, marks_b = Marks(quoted), Marks(b)
    likeliest = places(marks_a, marks_b)
    heard = stretches(marks_a, marks_b, likeliest)
    tail = chance_tail(quoted, b) if heard else Tail(FLOOR, 0.5, SLOPE)
    found = [_by_landmarks(a, b, one, speed, tail.expected(one.nats)) for one in heard]
    if waves is not None:
        sure = [one for one, echo in zip(heard, found, strict=True) if echo.expected < SURE]
        few = [one for one, echo in zip(heard, found, strict=True) if echo.expected < 1]
        for place in _open(likeliest, sure):
            # Of places that landmarks make as likely there is one at most: it is not the best of many.
            tried = 1 if any(one.beside(place.begin, place.begin + LONG, place.shift) for one in few) else LISTENED
            one = _listened(a, b, place, speed, waves)
            found += [] if one is None else [_by_wave(one, speed, WAVES.expected(one.stands) * tried / LISTENED)]
        if short(*waves):
            length = max(1.0, (waves[0].end - waves[0].begin) * (waves[1].end - waves[1].begin) / TRIED)
            for one in everywhere(*waves, speed, EVERYWHERE):
                found.append(_by_wave(one, speed, ALL_WAVES.expected(one.stands) * length))
    return [one for one in _once(found) if one.expected <= least]


def chance_tail(a: Prints, b: Prints) -> Tail:
    """What chance yields of landmarks between two sounds."""
    marks_a, marks_b = Marks(a), Marks(backwards(b))
    heard = stretches(marks_a, marks_b, places(marks_a, marks_b))
    return tail_of([one.nats for one in heard], floor=FLOOR, slope=SLOPE)


def _by_landmarks(a: Prints, b: Prints, one: Heard, speed: Fraction, expected: float) -> Found:
    begin, end = (float(a.start) + hop / HOPS / float(speed) for hop in (one.begin, one.end))
    of_b = tuple(float(b.start) + (hop + one.shift) / HOPS for hop in (one.begin, one.end))
    details: dict[str, Any] = {
        "same": "recording",
        "nats": round(one.nats, 1),
        "landmarks": one.shared,
        "of": one.had,
        **_speed(speed),
    }
    share = one.shared / max(one.had, 1)
    return Found("sound", (begin, end), (of_b[0], of_b[1]), round(share, 3), expected, details)


def _open(likeliest: Sequence[Place], sure: Sequence[Heard]) -> Iterator[Place]:
    """The likeliest places at which landmarks leave it open whether the recording is the same, some of them."""
    taken: list[Place] = []
    for place in likeliest:
        if len(taken) == LISTENED:
            break
        of_sure = any(one.beside(place.begin, place.begin + LONG, place.shift) for one in sure)
        if not of_sure and not any(abs(t.begin - place.begin) < LONG and abs(t.shift - place.shift) < 4 for t in taken):
            taken.append(place)
            yield place


def _listened(a: Prints, b: Prints, place: Place, speed: Fraction, waves: tuple[Wave, Wave]) -> Laid | None:
    rate = HOPS * float(speed)
    begin, end = (float(a.start) + hop / rate for hop in (place.begin, place.begin + LONG))
    # From A at B's speed to B.
    shift = float(b.start) - float(a.start) * float(speed) + place.shift / HOPS
    found = laid(*waves, begin, end, shift, speed)
    return found if found is not None and found.end > found.begin else None


def _by_wave(one: Laid, speed: Fraction, expected: float) -> Found:
    of_b = tuple(second * float(speed) + one.shift for second in (one.begin, one.end))
    details = {"same": "recording", "in_step": round(one.stands, 1), **_speed(speed)}
    score = round(min(1.0, one.stands / IN_STEP), 3)
    return Found("sound", (one.begin, one.end), (of_b[0], of_b[1]), score, expected, details)


def _once(found: Sequence[Found]) -> list[Found]:
    """Each place once, the surest first."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda f: (f.expected, f.a)):
        for n, k in enumerate(kept):
            if abs(k.shift - one.shift) <= BESIDE / HOPS and overlap(k.a, one.a):
                kept[n] = replace(k, details={**one.details, **k.details})
                break
        else:
            kept.append(one)
    return kept


def _speed(speed: Fraction) -> dict[str, float]:
    return {} if speed == 1 else {"speed": round(float(speed), 4)}
