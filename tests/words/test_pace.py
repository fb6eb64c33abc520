"""Pace and dialogue out of known lines."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from rewatch.evidence import Line
from rewatch.facts import FilmFacts
from rewatch.track import Curve, Figures
from rewatch.words.dialogue import Dialogue, covered
from rewatch.words.lines import lines_track
from rewatch.words.pace import Pace, pace


def facts(duration: Fraction | None) -> FilmFacts:
    return FilmFacts("/film.mp4", "0" * 32, "mp4", 1, duration, Fraction(0), None, None)


def figures(lines: list[Line], duration: Fraction | None = Fraction(60)) -> Figures:
    analyser = Dialogue()
    analyser.begin(facts(duration), Path())
    found = analyser.finish({"lines": lines_track(lines)})["dialogue_figures"]
    assert isinstance(found, Figures)
    return found


def curve(lines: list[Line], duration: Fraction | None) -> Curve:
    analyser = Pace()
    analyser.begin(facts(duration), Path())
    found = analyser.finish({"lines": lines_track(lines)})["pace"]
    assert isinstance(found, Curve)
    return found


def test_steady_talk_has_the_same_pace_from_first_second_to_last() -> None:
    begin = np.arange(0, 300, 2.0)
    values = pace(begin, begin + 2.0, np.full(150, 5.0), 300.0)
    assert values == pytest.approx(np.full(300, 150.0))


def test_no_word_is_lost_in_the_middle_of_a_film() -> None:
    values = pace(np.array([300.0]), np.array([304.0]), np.array([12.0]), 600.0)
    assert values.sum() / 60 == pytest.approx(12.0, rel=1e-3)
    assert abs(int(values.argmax()) - 302) <= 1


def test_the_window_is_half_a_minute_wide_at_half_height() -> None:
    values = pace(np.array([300.0]), np.array([300.2]), np.array([10.0]), 600.0)
    assert (values > values.max() / 2).sum() == pytest.approx(30, abs=1)


def test_lines_that_overlap_both_count() -> None:
    both = pace(np.array([10.0, 12.0]), np.array([14.0, 13.0]), np.array([4.0, 3.0]), 40.0)
    one = pace(np.array([10.0]), np.array([14.0]), np.array([4.0]), 40.0)
    other = pace(np.array([12.0]), np.array([13.0]), np.array([3.0]), 40.0)
    assert both == pytest.approx(one + other)


def test_the_curve_lasts_as_long_as_the_film() -> None:
    lines = [Line(1000, 2000, "Hello there"), Line(70_000, 71_000, "after the end")]
    assert len(curve(lines, Fraction(121, 2))) == 61
    assert len(curve(lines, None)) == 71


def test_a_film_without_subtitles_has_no_pace_and_says_so() -> None:
    assert len(curve([], Fraction(60))) == 0
    found = figures([])
    assert set(found.values.values()) == {None}
    assert set(found.why) == set(found.values)


def test_figures_of_dialogue() -> None:
    lines = [
        Line(0, 6000, "One two three", "Anna"),
        Line(4000, 12_000, "four five", "ANNA"),
        Line(20_000, 26_000, "[thunder]"),
    ]
    found = figures(lines)
    assert found.values["words"] == 5
    assert found.values["lines"] == 2
    assert found.values["dialogue_share"] == pytest.approx(100 * 12 / 60)
    assert found.values["words_per_minute"] == pytest.approx(5)
    assert found.values["speech_rate"] == pytest.approx(25)
    assert found.values["speakers"] == 1


def test_what_the_subtitles_do_not_say_is_none_with_a_reason() -> None:
    found = figures([Line(0, 1000, "[rain]")])
    assert found.values["words"] == 0
    assert found.values["dialogue_share"] == 0
    assert found.values["speech_rate"] is None
    assert found.values["speakers"] is None
    assert set(found.why) == {"speech_rate", "speakers"}


def test_time_that_two_lines_cover_counts_once() -> None:
    assert covered(np.array([0.0, 1.0, 2.0, 8.0]), np.array([5.0, 2.0, 6.0, 9.0])) == pytest.approx(7.0)
    assert covered(np.zeros(0), np.zeros(0)) == 0.0
