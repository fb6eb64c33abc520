"""Summary: a comparison in one line.

Contents
    summary_of   the line
    in_words     a length of time
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rewatch.compare.segments import Alignment

PACE = 0.04
"""Share by which the pace of a stretch must differ from the film's to be told."""


def summary_of(found: Alignment) -> str:
    """ "B is 2 min 14 s shorter: 11 removed, 2 added, 1 moved; 4.2 % faster; B has 1.4 s more of black at its end" """
    if not found.related:
        return "the two have nothing in common that could be found"
    apart = found.durations[1] - found.durations[0]
    length = "as long" if abs(apart) < 0.05 else f"{in_words(abs(apart))} {'longer' if apart > 0 else 'shorter'}"
    of_cut = ["run backwards" if s.backwards else s.kind for s in found if s.of_the_cut]
    counts = [(of_cut.count(kind), kind) for kind in ("removed", "added", "replaced", "moved", "run backwards")]
    told = ", ".join(f"{n} {kind}" for n, kind in counts if n) or "the same cut"
    return f"B is {length}: {told}{_speed(found)}{_sound(found)}{_black(found)}"


def _speed(found: Alignment) -> str:
    said = ""
    if abs(found.speed - 1) > 2e-4:
        # Three figures: a thousandth is what NTSC's rates differ by.
        said = f"; {abs(found.speed - 1) * 100:.2g} % {'faster' if found.speed > 1 else 'slower'}"
    for word, sign in (("slower", -1), ("faster", 1)):
        both = [s for s in found if s.kind in ("same", "moved") and s.b is not None]
        lasts = sum(s.b.seconds for s in both if s.b and sign * (s.speed / found.speed - 1) > PACE)
        said += f"; {in_words(lasts)} of it {word}" if lasts >= 0.05 else ""
    return said


def _sound(found: Alignment) -> str:
    missing = next((s.sound.missing for s in found if s.sound and s.sound.missing), None)
    if missing:
        return f"; {missing.upper()} has no sound"
    other = sum(s.other_sound for s in found)
    whole = sum(s.a.seconds for s in found if s.a and s.sound and s.kind in ("same", "moved"))
    if other > 0.5:
        return "; another sound" if other > 0.9 * whole else f"; another sound for {in_words(other)}"
    return ""


def _black(found: Alignment) -> str:
    said = []
    for where in ("beginning", "end"):
        more = sum(s.b.seconds if s.b else -s.a.seconds if s.a else 0.0 for s in found if s.black == where)
        if abs(more) >= 0.05:
            said.append(f"{in_words(abs(more))} {'more' if more > 0 else 'less'} of black at its {where}")
    return f"; B has {' and '.join(said)}" if said else ""


def in_words(seconds: float) -> str:
    """
    >>> in_words(134), in_words(7.25), in_words(3720)
    ('2 min 14 s', '7.2 s', '1 h 2 min')
    """
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
