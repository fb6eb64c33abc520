"""The truth of the demo film, in every rate: in order, in range, and where the story has it."""

from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from rewatch.demo import Truth, Variant
from rewatch.demo.timeline import LINES, SECONDS, STORY, Timeline
from rewatch.demo.truth import truth_of

RATES = [
    Variant(),
    Variant(rate=Fraction(24000, 1001)),
    Variant(rate=Fraction(25)),
    Variant(rate=Fraction(30000, 1001)),
    Variant(rate=Fraction(60)),
    Variant(variable=True),
]


def ends(row: dict[str, Any]) -> tuple[int, int]:
    return (row["frame"], row["frame"]) if row["kind"] == "cut" else (row["first"], row["last"])


@pytest.mark.parametrize("variant", RATES, ids=lambda v: f"{v.rate}{'v' * v.variable}".replace("/", "_"))
def test_truth_is_in_order_and_in_range(variant: Variant) -> None:
    timeline = Timeline(variant)
    truth = truth_of(timeline)
    assert truth.frames == len(timeline) == len(timeline.looks)
    spans = [ends(row) for row in truth.boundaries]
    assert all(0 <= first <= last < truth.frames for first, last in spans)
    assert all(a[1] < b[0] for a, b in itertools.pairwise(spans))
    kinds = {row["kind"] for row in truth.boundaries}
    assert kinds == {"cut", "dissolve", "fade_in", "fade_out", "fade_through_black", "wipe"}
    assert [row["kind"] for row in truth.boundaries if row.get("edge")] == ["fade_in", "fade_out"]
    for first, last in truth.black:
        assert 0 <= first <= last < truth.frames
    for event in truth.events.values():
        assert 0 <= event["first"] <= event["last"] < truth.frames


@pytest.mark.parametrize("variant", RATES, ids=lambda v: f"{v.rate}{'v' * v.variable}".replace("/", "_"))
def test_mixed_frames_are_those_that_truth_names(variant: Variant) -> None:
    timeline = Timeline(variant)
    truth = truth_of(timeline)
    mixed = {n for n, look in enumerate(timeline.looks) if look.under != look.over}
    named: set[int] = set()
    for row in truth.boundaries:
        if row["kind"] != "cut":
            first, last = ends(row)
            named |= set(range(first, last + 1))
            if "black" in row:
                black = set(range(row["black"][0], row["black"][1] + 1))
                assert black < named
                named -= black
    assert mixed == named
    assert all(0 < timeline.looks[n].mix < 1 for n in mixed)


def test_every_change_of_picture_is_a_boundary() -> None:
    timeline = Timeline(Variant())
    truth = truth_of(timeline)
    cuts = {row["frame"] for row in truth.boundaries if row["kind"] == "cut"}
    changes = {
        n
        for n in range(1, len(timeline))
        if timeline.looks[n].under == timeline.looks[n].over
        and timeline.looks[n - 1].under == timeline.looks[n - 1].over
        and STORY[timeline.looks[n].over] is not STORY[timeline.looks[n - 1].over]
    }
    assert changes == cuts


def test_rates_agree_in_seconds() -> None:
    exact = [float(entry.how.begin) for entry in STORY if entry.how]
    for variant in RATES:
        timeline = Timeline(variant)
        for row, begin in zip(truth_of(timeline).boundaries, exact, strict=True):
            first = ends(row)[0]
            assert float(timeline.seconds(first)) >= begin - 1e-9
            assert float(timeline.seconds(first - 1)) < begin


def test_variable_times_are_uneven_and_increase() -> None:
    timeline = Timeline(Variant(variable=True))
    steps = [b - a for a, b in itertools.pairwise(timeline.ticks)]
    assert min(steps) > 0
    assert len(set(steps)) > 10
    assert max(steps) > 75  # a frame held for two
    assert timeline.ticks == Timeline(Variant(variable=True)).ticks
    assert timeline.end_tick == SECONDS * 1000


def test_shots_of_a_variable_film_are_never_shorter_than_three_frames() -> None:
    cuts = [row["frame"] for row in truth_of(Timeline(Variant(variable=True))).boundaries if row["kind"] == "cut"]
    assert min(b - a for a, b in itertools.pairwise(cuts)) >= 3


def test_lines_do_not_overlap_and_stay_in_the_film() -> None:
    for a, b in itertools.pairwise(LINES):
        assert a.begin < a.end <= b.begin
    assert LINES[-1].end < SECONDS


def test_truth_survives_the_file(tmp_path: Path) -> None:
    truth = truth_of(Timeline(Variant()), "abc")
    truth.write(tmp_path / "truth.json")
    assert Truth.read(tmp_path / "truth.json") == truth
    assert truth.frame_rate == "24"
    assert truth_of(Timeline(Variant(rate=Fraction(24000, 1001)))).frame_rate == "24000/1001"


@pytest.mark.parametrize(
    "wrong",
    [
        {"codec": "divx"},
        {"sound_codec": "midi"},
        {"codec": None, "sound_codec": None},
        {"width": 321},
        {"height": 20},
        {"rate": Fraction(4)},
        {"channels": 3},
        {"bits": 12},
        {"subtitles": "burned"},
    ],
)
def test_what_cannot_be_rendered_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Variant(**wrong)
