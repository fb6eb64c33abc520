"""A minute of a film that is known only by a list: shots without frames, figures of cuts and words."""

from __future__ import annotations

import pytest

from rewatch.imports.film import read_film
from rewatch.library.edition import Edition
from rewatch.library.library import Library
from rewatch.study.explain import explain
from rewatch.study.minute import minute, minute_table
from rewatch.watch.imported import enter_film


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("list")
    path = folder / "list.csv"
    # Six minutes: a shot of 10 s in each of the first, 2 s in the fourth, one of 60 s in the fifth.
    lengths = [10.0] * 18 + [2.0] * 30 + [60.0] + [10.0] * 6
    path.write_text("length\n" + "".join(f"{x}\n" for x in lengths))
    return enter_film(read_film(path, "csv", title="Six minutes"), Library(folder / "library")).edition


def test_shots_have_no_frames_but_times(edition: Edition) -> None:
    found = minute(edition, 2)
    assert [(s.begin, s.end) for s in found.shots] == [(60.0 + 10 * i, 70.0 + 10 * i) for i in range(6)]
    assert {(s.first_frame, s.last_frame) for s in found.shots} == {(None, None)}
    assert found.shots[0].index == 7


def test_cuts_are_counted_and_the_fastest_minute_stands_out(edition: Edition) -> None:
    assert minute_table(edition)["cuts"].tolist() == [5, 6, 6, 30, 1, 6]
    fast = minute(edition, 4)
    assert fast.figures["cuts"].rank == 1
    assert any(line.startswith("the most cuts of all 6 minutes") for line in fast.stands_out)
    held = minute(edition, 5)
    assert any("one shot holds" in line for line in held.stands_out)
    assert any("longest shot is here: 60.0 s from 4:00" in line for line in held.stands_out)


def test_an_explanation_ends_at_the_list(edition: Edition) -> None:
    found = explain(edition, "asl")
    assert found.value == pytest.approx(360 / 55)
    assert found.evidence == [f"a list (csv): {edition.facts.path}"]
    assert [s.made_by["analyser"] for s in found.steps if s.track == "shots"] == ["import"]
