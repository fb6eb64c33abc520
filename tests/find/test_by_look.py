"""Looks: the language, the vocabulary and its page, and what they find in a film of which all is known."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from rewatch.find.by_look import find_look, spans_of
from rewatch.find.look_language import LookUnknown, read_look
from rewatch.find.look_words import WORDS, document, word_of
from rewatch.find.moments import Moments
from rewatch.library.library import Library

ROOT = Path(__file__).parents[2]


class FakeMoments(Moments):
    """Half seconds of which only some columns are known."""

    def __init__(self, **columns: Any) -> None:
        self.known = {name.replace("_", " "): np.asarray(values, float) for name, values in columns.items()}
        self.edges = np.arange(len(next(iter(self.known.values()))) + 1) / 2
        self.length = float(self.edges[-1])
        self.edition = SimpleNamespace(tracks={})  # type: ignore[assignment]

    def column(self, name: str) -> Any:
        values = self.known.get(name)
        return None if values is None else (values, np.ones(len(values), dtype=bool))


def degree(look: str, **columns: Any) -> list[float]:
    return [round(float(d), 2) for d in read_look(look).degree(FakeMoments(**columns))[0]]


def test_words_are_put_together_by_degree() -> None:
    light, level = [0.08, 0.15, 0.5, 0.5], [-62, -56, -62, -10]
    assert degree("dark", light=light) == [1.0, 0.5, 0.0, 0.0]
    assert degree("dark and silent", light=light, level=level) == [1.0, 0.5, 0.0, 0.0]
    assert degree("dark silent", light=light, level=level) == degree("dark, silent", light=light, level=level)
    assert degree("dark or silent", light=light, level=level) == [1.0, 0.5, 1.0, 0.0]
    assert degree("not dark", light=light) == [0.0, 0.5, 1.0, 1.0]
    assert degree("not (dark or silent)", light=light, level=level) == [0.0, 0.5, 0.0, 1.0]
    assert degree("very dark", light=light) == [1.0, 0.25, 0.0, 0.0]
    # `and` binds closer than `or`.
    assert degree("silent or dark and bright", light=light, level=level) == [1.0, 0.5, 1.0, 0.0]


def test_what_is_not_known_is_not_found_by_not_either() -> None:
    assert degree("not loud", light=[0.5, 0.5]) == [0.0, 0.0]


def test_minutes_and_times() -> None:
    dark = np.zeros(600)
    assert np.flatnonzero(degree("dark minute 2", light=dark)).tolist() == list(range(120, 240))
    assert np.flatnonzero(degree("dark minutes 2-3", light=dark)).tolist() == list(range(120, 360))
    assert np.flatnonzero(degree("dark 1:00-1:02", light=dark)).tolist() == list(range(120, 124))


@pytest.mark.parametrize(
    ("look", "hint"),
    [
        ("drak", "dark"),
        ("", "made of words"),
        ("(dark", "parenthesis"),
        ("dark)", "too many"),
        ("dark and", "another word"),
        ("minutes ten", "minutes 10-20"),
        ("#12345", "docs/look.md"),
    ],
)
def test_what_is_not_understood_is_told_in_one_line(look: str, hint: str) -> None:
    with pytest.raises(LookUnknown, match=hint) as told:
        read_look(look)
    assert "\n" not in str(told.value)


def test_the_page_is_written_from_the_code() -> None:
    assert (ROOT / "docs" / "look.md").read_text("utf-8") == document()


def test_each_name_means_one_word() -> None:
    names = [name for word in WORDS.values() for name in (word.name, *word.also)]
    assert len(names) == len(set(names))
    assert all((found := word_of(name)) is not None and read_look(name).words == (found,) for name in names)


def test_relative_words_need_a_film_that_varies() -> None:
    assert degree("darker", light=np.full(50, 0.3)) == [0.0] * 50
    varied = np.linspace(0.1, 0.6, 50)
    assert degree("darker", light=varied)[0] == 1.0
    assert degree("darker", light=varied)[25] == 0.0


def test_stretches_do_not_touch_and_pass_over_gaps() -> None:
    values = np.zeros(60)
    values[10:20], values[14], values[40:42] = 0.9, 0.1, 0.5
    found = spans_of(values, 5)
    assert [(a, b) for a, b, _ in found] == [(10, 20), (40, 42)]
    assert found[0][2] == pytest.approx(0.82)


@pytest.mark.parametrize(
    ("look", "begin", "end"),
    [
        ("silent", 56, 58.4),
        ("flash", 29.4, 31.5),
        ("whip-pan", 68.9, 69.4),
        ("heartbeat", 36, 50),
        ("staccato and not dark", 50, 56),
        ("long and dark", 34, 50),
        ("zoom minute 1", 15, 27),
    ],
)
def test_what_is_known_of_the_demo_film_is_found(demo_library: Library, look: str, begin: float, end: float) -> None:
    best = find_look(demo_library, look, top=1)[0]
    shared = min(best.end or 0.0, end) - max(best.time, begin)
    assert shared >= 0.5 * min(end - begin, (best.end or 0.0) - best.time)
    assert best.evidence == "look"
    assert 0.3 <= best.score <= 1


def test_what_is_not_in_a_film_is_not_found(demo_library: Library) -> None:
    assert find_look(demo_library, "heartbeat and silent") == []
    assert find_look(demo_library, "minutes 10-20") == []
