"""Several searches at once: all must hold, at one moment."""

from __future__ import annotations

from rewatch.find.combine import together
from rewatch.find.match import Match


def match(kind: str, time: float, score: float, edition: str = "a", end: float | None = None) -> Match:
    return Match("Film", edition, time, score, kind, end=end, about=f"{kind} {time}", details={"of": kind})


def test_one_search_stands_as_it_is() -> None:
    found = [match("look", 1, 0.9), match("look", 5, 0.8)]
    assert together({"look": found}, 1) == found[:1]


def test_all_must_hold() -> None:
    quotes = [match("quote", 10, 0.9, end=12), match("quote", 50, 0.8, end=52), match("quote", 10, 0.9, "b", 12)]
    looks = [match("look", 11, 0.5, end=30), match("look", 70, 1.0, end=80)]
    (found,) = together({"look": looks, "quote": quotes})
    assert (found.time, found.edition, found.evidence) == (10, "a", "quote+look")
    assert found.score == 0.45
    assert found.details["look"] == {"of": "look"}


def test_the_best_of_those_near_counts_and_a_near_miss_is_a_hit() -> None:
    looks = [match("look", 14, 0.5, end=16), match("look", 13, 0.7, end=16), match("look", 20, 1.0, end=30)]
    (found,) = together({"quote": [match("quote", 10, 1.0, end=12)], "look": looks})
    assert found.score == 0.7


def test_the_most_exact_says_when() -> None:
    still, sound = match("still", 10.2, 0.9), match("sound", 8.0, 0.9, end=13.0)
    (found,) = together({"sound": [sound], "still": [still]})
    assert found.time == 10.2
