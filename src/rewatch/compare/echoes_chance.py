"""Chance: how many matches as good as one are found where there is nothing to be found.

Each kind of echo is looked for twice: between two films, and between one of them and the other spoilt so that nothing
of the first can be in it any more, while all else stays as it was (a sound played backwards, shots in reverse order).
What is found there is chance. Best scores of independent trials fall off exponentially far out (Gumbel 1958; Karlin and
Altschul 1990, for alignments that begin and end anywhere), so the number of chance matches above any score is read off
a line through the logarithms. Where there are few to go by, a slope measured on many films counts as so many more.

Contents
    Tail      expected number of chance matches at a score, and the chance of one
    tail_of   the tail of scores that are known to be chance
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RARE = 0.1
"""As many chance matches are expected at the best chance score at least."""


@dataclass(frozen=True, slots=True)
class Tail:
    """`count` chance matches are expected at a score of `floor` or more, and e times fewer for each 1 / `slope` on."""

    floor: float
    count: float
    slope: float

    def expected(self, score: float) -> float:
        """How many matches of this score or a better one chance yields in films of this length."""
        return self.count * math.exp(min(50.0, self.slope * (self.floor - score)))

    def chance(self, score: float) -> float:
        """The probability that it yields one at all.

        >>> Tail(10.0, 1.0, 0.5).chance(20.0) < 0.007 < Tail(10.0, 1.0, 0.5).chance(19.0)
        True
        """
        return chance_of(self.expected(score))


def chance_of(expected: float) -> float:
    """Of at least one, where so many are expected."""
    return -math.expm1(-expected)


def tail_of(
    scores: Sequence[float] | npt.NDArray[np.floating],
    *,
    floor: float,
    slope: float,
    least: float = 0.5,
    weight: float = 6.0,
    most: int = 40,
    bent: bool = True,
) -> Tail:
    """The tail of chance scores.

    floor:  least score that was looked for
    slope:  what it usually is, counting as `weight` scores
    least:  matches expected at the floor where none was found
    most:   scores that the line is laid through, the best ones
    bent:   whether the best of them is taken for chance, however far it stands from the others
    """
    values = np.sort(np.asarray(scores, np.float64))[::-1]
    values = values[values >= floor]
    if len(values) > most:
        floor, values = float(values[most]), values[:most]
    count = len(values)
    steep = (count + weight) / (float((values - floor).sum()) + weight / slope)
    if bent and count and values[0] > floor:
        steep = min(steep, math.log((count + least) / RARE) / float(values[0] - floor))
    return Tail(floor, count + least, steep)
