"""Strips: a page a movement, stills where their shots begin; and what a list tells, on the sheet."""

from __future__ import annotations

import dataclasses
import itertools
import xml.etree.ElementTree as ET
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from rewatch.clock import MILLISECONDS, Clock
from rewatch.errors import ExportError
from rewatch.exports.sheet import sheet_bytes, staves_of
from rewatch.exports.sheet.layout import Box
from rewatch.exports.sheet.pen import Pen
from rewatch.exports.sheet.staves_listed import Listed
from rewatch.exports.sheet.strips import APART, chosen, draw_strips, figures_of, parts_of, strips_bytes
from rewatch.track import Spans


@pytest.fixture(autouse=True)
def coarse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rewatch.exports.sheet.paper.DPI", 30)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """All words that a pen writes."""
    found: list[str] = []
    write = Pen.text

    def listen(self, x, y, text, size, **how) -> None:
        found.append(text)
        write(self, x, y, text, size, **how)

    monkeypatch.setattr(Pen, "text", listen)
    return found


def in_two(film):
    parts = Spans("movements", np.array([0, 40]), np.array([40, 90]), ["slow, blue", "fast"], Clock(Fraction(1)))
    return dataclasses.replace(film, tracks={**film.tracks, "movements": parts})


def test_each_movement_has_its_page(short_film, tmp_path, written) -> None:
    study = in_two(short_film)
    assert [(p.begin, p.end, p.number, p.name) for p in parts_of(study)] == [
        (0.0, 40.0, "I.", "slow, blue"),
        (40.0, 90.0, "II.", "fast"),
    ]
    paths = draw_strips(study, tmp_path / "film.png", dark=True)
    assert [p.name for p in paths] == ["film-1.png", "film-2.png"]
    for path in paths:
        with Image.open(path) as page:
            assert page.size[0] > 1.5 * page.size[1]
    assert {"slow, blue", "fast", "I.", "II."} <= set(written)
    # The second page's clock begins where its movement does.
    assert "50″" in written
    (document,) = strips_bytes(study, "pdf")
    assert document.count(b"/Type /Page ") == 2


def test_a_film_that_never_turns_is_one_strip_and_a_film_of_nothing_none(short_film, fakes, tmp_path) -> None:
    assert [p.name for p in draw_strips(short_film, tmp_path / "film.svg")] == ["film.svg"]
    ET.parse(tmp_path / "film.svg")
    with pytest.raises(ExportError, match="no length"):
        draw_strips(fakes.FakeStudy("x", None, fakes.facts(1.0), None, 0.0, {}), tmp_path / "x.svg")
    with pytest.raises(ExportError, match=r"\.svg, \.pdf or \.png"):
        draw_strips(short_film, tmp_path / "film.gif")


def test_the_figures_of_a_strip_are_those_of_its_movement(short_film) -> None:
    study = in_two(short_film)
    first, second = parts_of(study)
    shots = study.tracks["shots"]
    begin, end = shots.begin_seconds(study.times), shots.end_seconds(study.times)
    for part in (first, second):
        values = {f.label: f.value for f in figures_of(study, part)}
        assert values["shots"] == str(int(((begin < part.end - 0.02) & (end > part.begin + 0.02)).sum()))
        lines = study.tracks["lines"].begin_seconds()
        assert values["lines"] == str(int(((lines >= part.begin) & (lines < part.end)).sum()))


@settings(deadline=None)
@given(st.lists(st.floats(0, 300), min_size=1, max_size=120), st.floats(10, 60))
def test_stills_do_not_overlap_and_stay_within(at: list[float], wide: float) -> None:
    at = sorted(at)
    found = chosen(at, wide, 0.0, 300.0)
    edges = [edge for _, edge in found]
    assert found
    assert [i for i, _ in found] == sorted({i for i, _ in found})
    assert all(b - a >= wide + APART - 1e-6 for a, b in itertools.pairwise(edges))
    assert edges[0] >= -1e-6
    assert edges[-1] <= 300 - wide + 1e-6


def test_words_keep_clear_of_double_bars() -> None:
    box = Box(0, 10, 0, 100, 0, 10, bars=(50.0,))
    assert box.clear(20, 10) == 20
    assert box.clear(49, 10) > 50
    assert box.clear(42, 10) + 10 < 50
    fresh = dataclasses.replace(box, begin=5.0, fresh=True)
    assert fresh.marks([(1.0, "p"), (2.0, "f"), (9.0, "mf")]) == [(5.0, "f"), (9.0, "mf")]
    assert box.marks([(1.0, "p"), (12.0, "f")]) == [(1.0, "p")]


def listed(fakes):
    """A film known by a list of places and music."""
    facts = dataclasses.replace(fakes.facts(600.0, False, False, False), container="list (csv)")
    place = np.array([0, 200_000, 300_000, 400_000])
    ends = np.append(place[1:], 600_000)
    tracks = {
        "locations": Spans("locations", place, ends, ["Savannah", "Vietnam", "Vietnam", "Savannah"], MILLISECONDS),
        "music": Spans(
            "music",
            np.array([10_000, 300_000]),
            np.array([90_000, 420_000]),
            ["Hound Dog", "Walk Right In"],
            MILLISECONDS,
            {"background": np.array([0, 1])},
        ),
        "scenes": Spans("scenes", place, ends, list("abcd"), MILLISECONDS, {"sure": np.ones(4)}),
    }
    return fakes.FakeStudy("Annotated", None, facts, None, 600.0, tracks)


def test_what_a_list_tells_stands_on_the_sheet(fakes, written) -> None:
    study = listed(fakes)
    stave = staves_of(study)[Listed]
    assert isinstance(stave, Listed)
    # Scenes that were measured are no annotation; neighbours of one name are one stretch.
    assert [(row.name, row.label) for row in stave.rows] == [
        ("locations", ["Savannah", "Vietnam", "Savannah"]),
        ("music", ["Hound Dog", "Walk Right In"]),
    ]
    assert stave.rows[1].strong.tolist() == [True, False]
    ET.fromstring(sheet_bytes(study, "svg"))
    assert {"Savannah", "Vietnam", "Hound Dog", "Walk Right In", "Annotated"} <= set(written)
    assert staves_of(fakes.film(30))[Listed] is None
