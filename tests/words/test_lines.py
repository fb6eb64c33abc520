"""Lines as a track, and what counts as a word."""

import numpy as np
import pytest

from rewatch.clock import MILLISECONDS
from rewatch.evidence import Line
from rewatch.words.lines import count_words, lines_track, spoken


def test_lines_become_spans_in_order_of_time() -> None:
    track = lines_track([Line(5000, 6000, "Second", "ANNA"), Line(1000, 2000, "First"), Line(7000, 7500, "  ")])
    assert list(track.label) == ["First", "Second"]
    assert track.clock == MILLISECONDS
    assert track.begin.tolist() == [1000, 5000]
    assert track.end.tolist() == [2000, 6000]
    assert list(track.columns["speaker"]) == ["", "ANNA"]


def test_no_lines_is_an_empty_track() -> None:
    track = lines_track([])
    assert len(track) == 0
    assert track.begin.dtype == np.int64


def test_a_line_that_ends_before_it_begins_is_an_instant() -> None:
    assert lines_track([Line(1000, 900, "What?")]).end.tolist() == [1000]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Where were you?", 3),
        ("I don’t know -- mother-in-law's.", 4),
        ("- Yes.\n- No!", 2),
        ("<i>Once upon a time</i>", 4),
        ("[door slams] (SIGHS) Hello", 1),
        ("♪ ♪", 0),
        ("...", 0),
        ("At 5.30, room 12", 4),
        ("Où est-il ?", 2),
        ("어디 있었어요", 2),
    ],
)
def test_words_that_are_spoken(text: str, words: float) -> None:
    assert count_words(text) == words


def test_scripts_without_spaces_are_counted_by_their_characters() -> None:
    assert count_words("你昨天晚上去哪儿了") == pytest.approx(9 / 2.8)
    assert count_words("昨日の夜、どこにいたの？") == pytest.approx(10 / 3.0)
    assert count_words("เมื่อคืนคุณไปไหนมา") == pytest.approx(18 / 6.0)
    assert count_words("他说OK了") == pytest.approx(3 / 2.8 + 1)


def test_what_is_not_said_goes() -> None:
    assert spoken("{\\an8}<b>Run!</b> [glass breaks]") == "Run!"
