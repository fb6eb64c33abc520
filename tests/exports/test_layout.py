"""Where things stand on the sheet."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewatch.exports.sheet.layout import A3, beats, lines_of_music, stacked, systems
from rewatch.exports.sheet.marks import hairpins, terraces


@settings(deadline=None)
@given(st.floats(0.04, 12 * 3600))
def test_systems_cover_the_film_and_stay_on_the_page(duration: float) -> None:
    lines = systems(A3, duration)
    assert lines[0].begin == 0
    assert lines[-1].end == pytest.approx(duration)
    assert [a.end for a in lines[:-1]] == [b.begin for b in lines[1:]]
    assert [line.first for line in lines] == [True] + [False] * (len(lines) - 1)
    assert [line.last for line in lines] == [False] * (len(lines) - 1) + [True]
    for line in lines:
        assert A3.left <= line.left < line.right <= A3.right + 1e-9
        assert A3.head - 5 < line.top < line.bottom <= A3.height - A3.foot + 1e-9
    for above, below in itertools.pairwise(lines):
        assert above.bottom + 5 < below.top
        # All lines share one scale, so that a minute is as wide everywhere.
        scale = (above.right - above.left) / (above.end - above.begin)
        assert (below.right - below.left) / (below.end - below.begin) == pytest.approx(scale)


def test_a_short_film_is_one_line_and_a_long_one_several() -> None:
    assert [lines_of_music(m * 60)[0] for m in (1, 10, 25, 90, 170, 200)] == [1, 1, 2, 4, 5, 6]


@settings(deadline=None)
@given(st.floats(1, 6 * 3600))
def test_time_marks_do_not_touch(duration: float) -> None:
    for system in systems(A3, duration):
        marks = [m for m in beats(system) if m.label]
        at = [system.x(m.seconds) for m in marks]
        assert all(b - a > 10 for a, b in itertools.pairwise(at))
        assert all(system.begin <= m.seconds < system.end for m in marks)


def test_staves_share_the_height() -> None:
    (system,) = systems(A3, 60)
    boxes = stacked(system, [(1, 2, 0), (2, 0, 3), (1, 0, 0)])
    assert boxes[0].top == system.top + 2
    assert boxes[-1].bottom == pytest.approx(system.bottom)
    assert boxes[1].height == pytest.approx(2 * boxes[0].height)
    assert stacked(system, []) == []
    assert boxes[0].x([0, 60]).tolist() == [system.left, system.right]
    assert boxes[0].y([0, 1]).tolist() == [boxes[0].bottom, boxes[0].top]


@settings(deadline=None)
@given(st.integers(0, 50), st.floats(0.5, 20))
def test_terraces_last_and_differ(seed: int, least: float) -> None:
    level = np.cumsum(np.random.default_rng(seed).normal(size=300))
    seconds = np.arange(300) / 2
    found = terraces(seconds, level, (-3.0, 0.0, 3.0), least)
    assert found[0][0] == 0
    starts = [t for t, _ in found] + [seconds[-1] + 0.5]
    assert all(b - a >= least - 1e-9 for a, b in itertools.pairwise(starts)) or len(found) == 1
    assert all(a[1] != b[1] for a, b in itertools.pairwise(found))


def test_a_hairpin_runs_up_to_the_louder_mark() -> None:
    seconds = np.arange(100.0)
    level = np.clip(seconds - 40, 0, 20)
    marks = terraces(seconds, level, (10.0,), 5)
    ((begin, end, way),) = hairpins(seconds, level, marks, 4)
    assert way == 1
    assert begin <= 41
    assert 45 < end < 51
    falling = hairpins(seconds, -level, terraces(seconds, -level, (-10.0,), 5), 4)
    assert [w for *_, w in falling] == [-1]
