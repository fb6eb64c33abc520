"""Likeness: the moment that is like another, never the moment itself."""

from __future__ import annotations

import pytest

from rewatch.errors import NotMeasured
from rewatch.find.by_like import find_like
from rewatch.library.library import Library


def lamp(library: Library) -> str:
    return library.entries()[0].id


@pytest.mark.parametrize(
    ("at", "by", "begin", "end"),
    [
        (17.0, "picture", 77.5, 81.8),  # the keeper's room, once more
        (10.0, "sound", 72.0, 84.6),  # the waltz, once more
    ],
)
def test_what_returns_is_found(demo_library: Library, at: float, by: str, begin: float, end: float) -> None:
    best = find_like(demo_library, lamp(demo_library), at, by=by, top=1)[0]
    assert begin - 1 <= best.time <= end
    assert best.details["by"].keys() == {by}


@pytest.mark.parametrize("by", ["all", "picture", "sound", "rhythm"])
def test_never_the_moment_itself(demo_library: Library, by: str) -> None:
    found = find_like(demo_library, lamp(demo_library), 40.0, by=by, top=50)
    # The shot of 40.0 runs from 34 to 50.
    assert all((m.end or 0) <= 34.5 or m.time >= 49.5 for m in found)
    assert [m.score for m in found] == sorted((m.score for m in found), reverse=True)
    assert all(0.8 <= m.score < 1 for m in found)


def test_a_moment_after_the_end_is_told(demo_library: Library) -> None:
    with pytest.raises(NotMeasured, match="1:25 long"):
        find_like(demo_library, lamp(demo_library), 500.0)
