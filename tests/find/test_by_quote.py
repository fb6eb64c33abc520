"""Quotes: misspelt, misremembered, over breaks, in any script; and what nobody says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from rewatch.find.by_quote import find_quote
from rewatch.library.library import Library

_SPEC = importlib.util.spec_from_file_location("lines_library", Path(__file__).with_name("lines_library.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
made = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(made)

FILMS: dict[str, Any] = {
    "Harbour": [
        ("Anna", "Listen to me. The evening train leaves at nine."),
        ("Tom", "You said the same thing yesterday,"),
        ("Tom", "and the day before, and nobody came."),
        ("Anna", "It will be a wild night."),
        ("Tom", "It will be a wild night."),
        "[thunder in the distance]",
        ("Anna", "Don't you dare\nopen that window!"),
        ("Tom", "I have never seen a lighthouse from inside."),
        ("Anna", "Good night, Tom."),
    ],
    "Café": ["C'est déjà l'été, mon général!", "Où est la bibliothèque?", "Je ne regrette rien."],
    "夜": ["我知道你在哪里。", "今天晚上会下雨。", "雨の音が聞こえる。", "ありがとうございます"],
    "Ночь": ["Я тебя не понимаю, всё это сон.", "Ещё один поезд ушёл."],
    "دريا": ["باران می‌بارد، پنجره را ببند."],
    "서울": ["비가 오는 밤이었다.", "어디로 가는 거야?"],
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    found: Library = made.new_library(tmp_path_factory.mktemp("quotes"), FILMS)
    return found


@pytest.mark.parametrize(
    ("asked", "film", "seconds"),
    [
        ("the evening train leaves at nine", "Harbour", 0),
        ("the evning trane leaves at nine", "Harbour", 0),
        ("THE EVENING BUS LEAVES AT NINE!", "Harbour", 0),
        ("same thing yesterday and the day before", "Harbour", 3),
        ("dont you dare to open the window", "Harbour", 18),
        ("never saw a light house from the inside", "Harbour", 21),
        ("goodnight tom", "Harbour", 24),
        ("thunder", "Harbour", 15),
        ("c est deja l ete mon general", "Café", 0),
        ("ou est la bibliotheque", "Café", 3),
        ("知道", "夜", 0),
        ("雨", "夜", 3),
        ("今晚会下雨", "夜", 3),
        ("雨の音", "夜", 6),
        ("все это сон", "Ночь", 0),
        ("еще один поезд", "Ночь", 3),
        ("پنجره را ببند", "دريا", 0),
        ("비가 오는 밤", "서울", 0),
    ],
)
def test_it_is_found(library: Library, asked: str, film: str, seconds: float) -> None:
    best = find_quote(library, asked)[0]
    assert (best.film, best.time) == (film, seconds)


@pytest.mark.parametrize("asked", ["purple elephants dance on tables", "xyzzy", "", "...!?", "蝴蝶", "где мой кот"])
def test_what_nobody_says_has_no_answer(library: Library, asked: str) -> None:
    assert find_quote(library, asked) == []


def test_a_quote_over_a_break_lasts_over_both_lines(library: Library) -> None:
    best = find_quote(library, "the same thing yesterday and the day before and nobody came")[0]
    assert (best.time, best.end, best.details["lines"]) == (3.0, 8.0, 2)


def test_words_found_are_marked_where_they_stand(library: Library) -> None:
    best = find_quote(library, "dare open that")[0]
    text = best.details["text"]
    assert [text[begin:end] for begin, end in best.details["found"]] == ["dare", "open", "that"]


def test_two_that_say_the_same_share(library: Library) -> None:
    first, second, *_ = find_quote(library, "it will be a wild night")
    assert {first.time, second.time} == {9.0, 12.0}
    assert first.score == second.score
    assert 0.4 < first.score <= 0.5


def test_only_one_speaker(library: Library) -> None:
    found = find_quote(library, "it will be a wild night", who="tom")
    assert [match.time for match in found] == [12.0]
    assert found[0].score > 0.9
    assert find_quote(library, "it will be a wild night", who="nobody") == []


def test_only_some_films(library: Library) -> None:
    harbour = next(entry.id for entry in library.entries() if entry.title == "Harbour")
    assert find_quote(library, "雨の音", [harbour]) == []
    assert find_quote(library, "lighthouse", [harbour])[0].time == 21.0


def test_an_exact_quote_is_surer_than_a_spoilt_one(library: Library) -> None:
    exact = find_quote(library, "the evening train leaves at nine")[0].score
    spoilt = find_quote(library, "the evning trane leaves at ten")[0].score
    assert exact > 0.95
    assert spoilt < exact


def test_scripts_whose_vowels_are_marks(tmp_path: Path) -> None:
    library = made.new_library(
        tmp_path, {"रात": ["मैं तुम्हें नहीं जानता।", "दरवाज़ा खोलो, जल्दी करो!"], "คืน": ["ฉันไม่รู้จักคุณ", "เปิดประตูเร็ว"]}
    )
    assert find_quote(library, "दरवाज़ा खोलो")[0].time == 3.0
    assert find_quote(library, "तुम्हें नहीं जानता")[0].time == 0.0
    assert find_quote(library, "เปิดประตู")[0].time == 3.0
