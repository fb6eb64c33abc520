"""Explain: every figure that a score holds can be explained, down to frames and samples."""

from __future__ import annotations

import pytest

from rewatch.errors import NotMeasured
from rewatch.imports.film import read_film
from rewatch.library.edition import Edition
from rewatch.library.library import Library
from rewatch.study.explain import explain, known_figures
from rewatch.study.score import score
from rewatch.watch.imported import enter_film
from rewatch.watch.plan import all_analysers

PRINTS = {"picture_prints", "sound_prints"}
"""Tracks that are looked things up by, and are no measures."""


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """A film known by a list of twelve shots and three lines."""
    folder = tmp_path_factory.mktemp("listed")
    (folder / "shots.csv").write_text("start\n" + "".join(f"{4 * i + i % 3}\n" for i in range(12)), "utf-8")
    (folder / "dialogue.csv").write_text(
        "start,end,person,text\n1,2,A,One\n5,7,B,Two words\n9,11,A,And three\n", "utf-8"
    )
    film = read_film(folder, "csv", title="Listed", year=None, column=None, rate=None, duration=None)
    return enter_film(film, Library(folder / "library")).edition


def test_every_track_of_ours_can_be_explained() -> None:
    known = known_figures()
    given = [g for a in all_analysers() if type(a).__module__.startswith("rewatch.") for g in a.gives]
    assert {g.name for g in given if g.kind != "figures"} - PRINTS <= set(known)
    assert "frames" in known


def test_every_figure_that_a_score_holds_can_be_explained(listed: Edition) -> None:
    known = known_figures()
    answer = score(listed)
    for part, found in answer.items():
        for name, value in (found or {}).items():
            if part == "why" or name == "why":
                continue
            named = {name, f"{part}_{name}", *([f"{name}.{leaf}" for leaf in value] if isinstance(value, dict) else ())}
            assert named & set(known), f"{part}.{name}"


def test_each_explanation_names_what_it_was_measured_on(listed: Edition) -> None:
    for name in known_figures():
        found = explain(listed, name)
        if found.value is not None or found.steps:
            assert any("list (csv)" in line for line in found.evidence), name
        else:
            assert found.why, name
    assert "shot 1: 0.000 to 5.000 s" in explain(listed, "maximum").evidence
    assert any(line.startswith("0.000 to 5.000 s; 5.000 to 10.000 s; ") for line in explain(listed, "shots").evidence)


def test_what_a_list_does_not_tell_is_null_with_the_reason(listed: Edition) -> None:
    answer = score(listed)
    assert "never heard" in answer["dynamics"]["why"]["true_peak"]
    assert answer["dynamics"]["true_peak"] is None
    assert "never seen" in answer["momentum"]["why"]["opening"]
    assert "cutting alone" in answer["tempo"]["why"]["motion"]
    assert {(row["motion"], row["attacks"]) for row in answer["articulation"]["shots"]} == {(None, None)}
    assert set(answer["articulation"]["why"]) >= {"shots.motion", "shots.attacks"}


def test_a_part_of_the_score_says_which_figures_it_has(listed: Edition) -> None:
    with pytest.raises(NotMeasured, match=r"its figures are .*asl"):
        explain(listed, "cutting")
    with pytest.raises(NotMeasured, match="did you mean median"):
        explain(listed, "medain")
    assert explain(listed, "Motion").figure.name == "activity"  # as the score calls it
