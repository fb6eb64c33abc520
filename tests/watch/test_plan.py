"""The plan: an order in which all can finish, and keys that change with whatever they depend on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from rewatch.analyser import Analyser, Gives
from rewatch.track import Track
from rewatch.watch.plan import all_analysers, in_order, keys


def analyser(
    name: str, gives: str, needs: tuple[str, ...] = (), version: int = 1, settings: Mapping[str, Any] | None = None
) -> Analyser[Any]:
    class Some(Analyser[Any]):
        watches = "tracks"

        def settings(self) -> Mapping[str, Any]:
            return settings or {}

        def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
            return {}

    Some.name, Some.version, Some.needs = name, version, needs
    Some.gives = (Gives(gives, "curve", ""),)
    return Some()


def test_each_stands_after_what_it_needs() -> None:
    a, b, c = analyser("a", "x", ("y",)), analyser("b", "y", ("z",)), analyser("c", "z")
    assert [s.name for s in in_order([a, b, c])] == ["c", "b", "a"]


def test_a_circle_is_told() -> None:
    with pytest.raises(ValueError, match="needs, in the end, itself"):
        in_order([analyser("a", "x", ("y",)), analyser("b", "y", ("x",))])


def test_two_givers_of_one_track_are_told() -> None:
    with pytest.raises(ValueError, match="both give the track x"):
        in_order([analyser("a", "x"), analyser("b", "x")])


def test_a_change_upstream_changes_every_key_downstream_and_no_other() -> None:
    def of(version: int = 1, settings: Mapping[str, Any] | None = None, lines: str = "1") -> dict[str, str]:
        first = analyser("first", "x", ("lines",), version, settings)
        some = [first, analyser("second", "y", ("x",)), analyser("aside", "z")]
        return keys("edition", some, {"lines": lines})

    before = of()
    for after in (of(version=2), of(settings={"window": 3}), of(lines="2")):
        assert {k for k in before if before[k] != after[k]} == {"first", "second"}
    assert of() == before


def test_all_analysers_can_be_ordered_and_need_nothing_that_nobody_gives() -> None:
    found = all_analysers()
    # The runner gives frames, lines and corrections; music comes with a film known by a list.
    given = {g.name for a in found for g in a.gives} | {"frames", "lines", "corrections", "music"}
    assert {n for a in found for n in a.needs} <= given
    assert len({a.name for a in found}) == len(found)
    assert all(g.about for a in found for g in a.gives)
