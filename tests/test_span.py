"""Span arithmetic, as properties."""

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewatch.clock import FRAMES, MILLISECONDS
from rewatch.span import Span, gaps, tile

ticks = st.integers(-1000, 1000)
spans = st.tuples(ticks, ticks).map(lambda p: Span(min(p), max(p)))


def members(span: Span) -> set[int]:
    return set(range(span.begin, span.end))


@given(spans, spans)
def test_intersection_holds_just_the_common_ticks(a: Span, b: Span) -> None:
    assert members(a & b) == members(a) & members(b)
    assert a.overlaps(b) == b.overlaps(a)


@given(spans, spans)
def test_difference_and_intersection_make_the_whole(a: Span, b: Span) -> None:
    parts = a.minus(b)
    assert set().union(*(members(p) for p in parts)) == members(a) - members(b)
    assert all(parts)
    assert sum(len(p) for p in parts) + len(a & b) == len(a)


@given(spans, spans)
def test_hull_is_the_shortest_that_covers_both(a: Span, b: Span) -> None:
    hull = a.hull(b)
    assert (hull.begin, hull.end) == (min(a.begin, b.begin), max(a.end, b.end))


@given(spans, st.lists(ticks))
def test_tiles_meet_and_cover(whole: Span, at: list[int]) -> None:
    tiles = list(tile(whole, at))
    assert sum(len(t) for t in tiles) == len(whole)
    assert all(a.meets(b) for a, b in itertools.pairwise(tiles))
    assert {t.begin for t in tiles[1:]} == {x for x in at if whole.begin < x < whole.end}


@given(spans, st.lists(spans))
def test_gaps_are_what_nothing_covers(whole: Span, covered: list[Span]) -> None:
    left = members(whole) - set().union(*(members(c) for c in covered))
    found = list(gaps(whole, covered))
    assert set().union(*(members(g) for g in found)) == left
    assert all(found)


@given(spans, ticks)
def test_shift_keeps_the_length(span: Span, by: int) -> None:
    assert len(span.shift(by)) == len(span)
    assert span.shift(by).shift(-by) == span


def test_a_span_cannot_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        Span(3, 2)


def test_clocks_do_not_mix() -> None:
    with pytest.raises(ValueError, match="different clocks"):
        Span(0, 1, FRAMES).overlaps(Span(0, 1, MILLISECONDS))
    assert MILLISECONDS.seconds(1500) == Fraction(3, 2)
