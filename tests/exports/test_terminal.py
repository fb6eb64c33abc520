"""Drawing on a terminal: widths, heights, colours."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from rewatch.clock import MILLISECONDS, Clock
from rewatch.exports.study_view import key_figures
from rewatch.exports.terminal import BLOCKS, barcode_line, headline, minute_strip, score_strip, sparkline
from rewatch.track import Curve, Figures, Spans


@pytest.mark.parametrize("width", [0, 1, 7, 80, 1000])
@pytest.mark.parametrize("n", [0, 1, 5, 80, 5000])
def test_sparkline_is_as_wide_as_asked(n: int, width: int) -> None:
    assert len(sparkline(np.arange(n), width)) == width


def test_sparkline_never_loses_an_attack() -> None:
    values = np.zeros(10_000)
    values[4321] = 1
    drawn = sparkline(values, 50)
    assert drawn.count(BLOCKS[-1]) == 1
    assert drawn.index(BLOCKS[-1]) == 4321 * 50 // 10_000


def test_sparkline_of_equal_values_is_flat_and_scale_can_be_given() -> None:
    assert sparkline([3, 3, 3], 3) == BLOCKS[0] * 3
    assert sparkline([3, 3, 3], 3, low=0, high=3) == BLOCKS[-1] * 3
    assert sparkline([-5, 50], 2, low=0, high=3) == BLOCKS[0] + BLOCKS[-1]
    assert sparkline([0, 8, 0, 0], 2, keep="mean", low=0, high=8) == BLOCKS[4] + BLOCKS[0]


def test_barcode_shows_the_mean_of_the_light() -> None:
    strip = barcode_line(np.array([[0, 0, 0], [255, 255, 255], [255, 0, 0], [255, 0, 0]]), 2)
    colours = [span.style.bgcolor.triplet for span in strip.spans]
    assert strip.plain == "  "
    assert [tuple(c) for c in colours] == [(188, 188, 188), (255, 0, 0)]
    assert barcode_line(np.zeros((0, 3)), 10).plain == ""


def test_strips_are_one_width_and_leave_out_what_is_not_there(short_film, fakes) -> None:
    for begin, end in ((0.0, 60.0), (60.0, 90.0), (89.0, 90.0)):
        rows = minute_strip(short_film, begin, end, 72)
        assert [row.plain[:10].strip() for row in rows] == ["colour", "cuts", "tempo", "motion", "loudness", "lines"]
        assert {len(row.plain) for row in rows} == {72}
    deaf = fakes.without(short_film, sound=False, words=False)
    assert [row.plain[:10].strip() for row in score_strip(deaf, 72)] == ["colour", "cuts", "tempo", "motion", ""]
    assert minute_strip(fakes.FakeStudy("x", None, short_film.facts, None, 10.0), 0, 10, 72) == []


def test_the_loud_part_stands_higher(fakes) -> None:
    loud = np.full(600, -40.0)
    loud[300:] = -15
    track = Curve("loudness", np.stack([loud, loud], 1), Clock(Fraction(10)), "LUFS", ("momentary", "short_term"))
    study = fakes.FakeStudy("x", None, fakes.facts(60.0), None, 60.0, {"loudness": track})
    (row, _) = score_strip(study, 70)
    drawn = [BLOCKS.index(c) for c in row.plain[10:]]
    assert max(drawn[:29]) < min(drawn[31:]) == len(BLOCKS) - 1


def test_a_long_film_shows_how_many_cuts_and_how_much_talk(fakes) -> None:
    """4 cells of 600 s: 300 cuts, 100, none, 200; talk throughout the first, in a quarter of the second."""
    cuts = np.concatenate((np.arange(0, 600, 2), np.arange(600, 1200, 6), np.arange(1800, 2400, 3)))
    ends = np.append(cuts[1:], 2400)
    tracks = {
        "shots": Spans("shots", cuts * 1000, ends * 1000, [""] * len(cuts), MILLISECONDS),
        # Two talk at once: that fills the time once.
        "lines": Spans(
            "lines", np.array([0, 0, 600_000]), np.array([600_000, 300_000, 750_000]), ["a"] * 3, MILLISECONDS
        ),
    }
    study = fakes.FakeStudy("x", None, fakes.facts(2400.0), None, 2400.0, tracks)
    shown = {row.plain[:10].strip(): row.plain[10:] for row in score_strip(study, 14)}
    assert shown["cuts"] == "█▃·▆"
    assert shown["lines"] == "█▃  "


def test_silence_throughout_is_not_loud(fakes) -> None:
    track = Curve("loudness", np.full((600, 2), -70.0), Clock(Fraction(10)), "LUFS", ("momentary", "short_term"))
    study = fakes.FakeStudy("x", None, fakes.facts(60.0), None, 60.0, {"loudness": track})
    (row, _) = score_strip(study, 70)
    assert set(row.plain[10:]) <= {BLOCKS[0], BLOCKS[1], BLOCKS[2]}


def test_headline(short_film, fakes) -> None:
    assert headline(short_film).startswith("The Long Way Down (1974): 1:30, ")
    assert "-23.4 LUFS" in headline(short_film)
    silent = fakes.without(short_film, sound=False, words=False)
    assert headline(silent).endswith("no sound")
    blind = fakes.without(short_film, picture=False)
    assert "no picture" in headline(blind)


def test_the_figures_shown_are_those_that_are_explained(fakes) -> None:
    """Not counted again: a list's shot of no length is no shot, and words are not what stands between spaces."""
    told = {
        "cutting": Figures("cutting", {"shots": 3, "asl": 4.04, "median": 2.5}),
        "dialogue_figures": Figures("dialogue_figures", {"words_per_minute": 97.4}),
    }
    milliseconds = np.array([0, 2000, 2000, 4500]), np.array([2000, 2000, 4500, 12120])
    tracks = {
        "shots": Spans("shots", *milliseconds, [""] * 4, MILLISECONDS),
        "lines": Spans("lines", np.array([0]), np.array([900]), ["[a door] 君の名は"], MILLISECONDS),
    }
    study = fakes.FakeStudy("x", None, fakes.facts(12.12), None, 12.12, tracks | told)
    assert headline(study) == "x: 0:12, 3 shots of 4.0 s on average, 97 words a minute"
    shown = [(figure.value, figure.label) for side in key_figures(study) for figure in side]
    assert shown == [("3", "shots"), ("4.0 s", "average shot"), ("2.5 s", "median shot"), ("97", "words a minute")]
