"""Span: an exact, half-open stretch of time on one clock.

Conventions
    ``[begin, end)`` in integers of one `Clock`: frames, samples, milliseconds. Two spans meet when one's end is the
    other's begin; nothing is counted twice, nothing falls between. Spans of different clocks do not mix: that is a
    ValueError, not a conversion.

Contents
    Span, tile, gaps
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rewatch.clock import FRAMES, Clock


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """``[begin, end)`` on a clock; `begin <= end` always holds.

    >>> Span(10, 20) & Span(15, 30)
    Span(begin=15, end=20, clock=Clock(rate=None, start=Fraction(0, 1)))
    """

    begin: int
    end: int
    clock: Clock = FRAMES

    def __post_init__(self) -> None:
        if self.end < self.begin:
            raise ValueError(f"a span cannot end ({self.end}) before it begins ({self.begin})")

    def __len__(self) -> int:
        return self.end - self.begin

    def __bool__(self) -> bool:
        return self.end > self.begin

    def __contains__(self, tick: int) -> bool:
        return self.begin <= tick < self.end

    def _same_clock(self, other: Span) -> None:
        if self.clock != other.clock:
            raise ValueError("spans on different clocks")

    def overlaps(self, other: Span) -> bool:
        self._same_clock(other)
        return self.begin < other.end and other.begin < self.end

    def meets(self, other: Span) -> bool:
        """Whether `other` begins just where this one ends."""
        self._same_clock(other)
        return self.end == other.begin

    def __and__(self, other: Span) -> Span:
        """What both cover; empty (at the later begin) where they do not overlap."""
        self._same_clock(other)
        begin = max(self.begin, other.begin)
        return Span(begin, max(begin, min(self.end, other.end)), self.clock)

    def hull(self, other: Span) -> Span:
        """The shortest span that covers both."""
        self._same_clock(other)
        return Span(min(self.begin, other.begin), max(self.end, other.end), self.clock)

    def shift(self, ticks: int) -> Span:
        return Span(self.begin + ticks, self.end + ticks, self.clock)

    def minus(self, other: Span) -> tuple[Span, ...]:
        """What of this span `other` leaves: none, one or two non-empty spans."""
        self._same_clock(other)
        if not self.overlaps(other):
            return (self,) if self else ()
        parts = ((self.begin, min(self.end, other.begin)), (max(self.begin, other.end), self.end))
        return tuple(Span(a, b, self.clock) for a, b in parts if a < b)


def tile(whole: Span, at: Iterable[int]) -> Iterator[Span]:
    """Cut `whole` at the given ticks: spans that meet and cover it, in order. Ticks outside it are passed by.

    >>> [(s.begin, s.end) for s in tile(Span(0, 10), [4, 7])]
    [(0, 4), (4, 7), (7, 10)]
    """
    begin = whole.begin
    for tick in sorted(set(at)):
        if whole.begin < tick < whole.end:
            yield Span(begin, tick, whole.clock)
            begin = tick
    if begin < whole.end:
        yield Span(begin, whole.end, whole.clock)


def gaps(whole: Span, covered: Iterable[Span]) -> Iterator[Span]:
    """The stretches of `whole` that none of `covered` covers, in order."""
    at = whole.begin
    for span in sorted(covered):
        if at >= whole.end:
            return
        if span.begin > at:
            yield Span(at, min(span.begin, whole.end), whole.clock)
        at = max(at, span.end)
    if at < whole.end:
        yield Span(at, whole.end, whole.clock)
