"""Found: one echo between two films, before it is told of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Stretch = tuple[float, float]
"""Begin and end, in seconds of the film."""


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of A and the one of B that it returns in.

    score:    how alike they are, 0..1
    expected: how many as good chance yields between the two films
    details:  plain JSON values: what speaks for it
    """

    kind: str
    a: Stretch
    b: Stretch
    score: float
    expected: float
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def weaker(self) -> bool:
        """Whether it is the weaker of two that a kind has: a composition or a melody, no footage or recording."""
        return self.details.get("same") in ("composition", "melody")

    @property
    def shift(self) -> float:
        return self.b[0] - self.a[0]


def overlap(one: Stretch, other: Stretch) -> float:
    """Seconds that two stretches share."""
    return max(0.0, min(one[1], other[1]) - max(one[0], other[0]))


def covered(stretches: list[Stretch]) -> float:
    """Seconds that any of them covers.

    >>> covered([(0, 2), (1, 3), (5, 6)])
    4.0
    """
    total, end = 0.0, float("-inf")
    for begin, finish in sorted(stretches):
        total += max(0.0, finish - max(begin, end))
        end = max(end, finish)
    return float(total)
