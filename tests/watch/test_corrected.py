"""Corrections of shots by hand: kept apart, followed by all that rests on shots, found again by every later watch."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from rewatch.cli.main import run
from rewatch.library.library import Library
from rewatch.study.review import traded
from rewatch.watch import run as run_module
from rewatch.watch.run import watch
from rewatch.watch.work import Stopped


@pytest.fixture(scope="module")
def folder(demo_film: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corrected")
    watch(demo_film.path, Library(folder), title="The Demo", year=2026)
    return folder


@pytest.fixture
def library(folder: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "library"
    shutil.copytree(folder, copy)
    return copy


def called(*words: str) -> int:
    """The exit status of a command."""
    try:
        run(words)
    except SystemExit as done:
        return int(done.code or 0)
    return 0


def told(capsys: Any, *words: str) -> Any:
    capsys.readouterr()
    assert called(*words, "--json") == 0
    return json.loads(capsys.readouterr().out)


def test_corrections_are_followed_and_survive_every_watch(library: Path, demo_film: Any, capsys: Any) -> None:
    shots = ("shots", "demo", "--library", str(library))
    before = told(capsys, *shots)
    gone = next(s["first_frame"] for s in before["shots"][2:] if s["transition"]["kind"] == "cut")
    longest = max(before["shots"], key=lambda s: s["last_frame"] - s["first_frame"])
    new = (longest["first_frame"] + longest["last_frame"]) // 2 + 3
    after = told(capsys, *shots, "--not", str(gone), "--cut", str(new))
    begins = {s["first_frame"]: s for s in after["shots"]}
    assert gone not in begins
    assert begins[new]["by_hand"]
    assert [(c["frame"], c["kind"]) for c in after["corrections"]] == sorted([(gone, "not"), (new, "cut")])
    assert len(after["shots"]) == len(before["shots"])

    edition = Library(library).entries()[0].id
    study = Library(library).edition(edition)
    lengths = study.spans("shots").end - study.spans("shots").begin
    assert study.figures("cutting").values["maximum"] < float(longest["end"] - longest["start"])
    assert study.events("stills").columns["shot"].tolist() == list(range(len(lengths)))
    for file in study.events("stills").columns["file"]:
        Image.open(study.kept("stills") / file).verify()
    explained = told(capsys, "explain", "demo", "asl", "--library", str(library))
    assert f"a cut at {new}" in " ".join(explained["evidence"])

    # Nothing is left to do; a watch anew, and a glance, find them again.
    assert watch(demo_film.path, Library(library)).made == ()
    watch(demo_film.path, Library(library), again=True)
    assert told(capsys, *shots)["shots"] == after["shots"]
    watch(demo_film.path, Library(library), again=True, glance=True)
    assert {s["first_frame"] for s in told(capsys, *shots)["shots"]} == set(begins)
    says_what_it_rests_on(library, capsys)

    undone = told(capsys, *shots, "--undo")
    assert undone["corrections"] == []
    assert {s["first_frame"] for s in undone["shots"]} == {s["first_frame"] for s in before["shots"]}
    assert called(*shots, "--undo") == 1


def says_what_it_rests_on(library: Path, capsys: Any) -> None:
    """Of a film that was glanced at, and corrected, all that is told says both."""
    where = ("--library", str(library))
    for words, key in (
        (("films",), "films"),
        (("shots", "demo"), ""),
        (("minute", "1", "demo"), ""),
        (("score", "demo"), ""),
    ):
        found = told(capsys, *words, *where)
        assert (found[key][0] if key else found)["glanced"], words
    for words, says in (
        (("films",), "* glanced at"),
        (("shots", "demo"), "glanced at"),
        (("score", "demo"), "glanced at"),
        (("explain", "demo", "activity"), "the bytes that frames take"),
        (("explain", "demo", "camera"), "no camera yet: its picture was no more than glanced at"),
    ):
        assert called(*words, *where) == 0
        out, err = capsys.readouterr()
        assert says in " ".join(out.split()), words
        assert err.startswith("rewatch: provisional: glanced at ") or words == ("films",)
        assert err.count("\n") <= 1
    assert called("images", "demo", *where) == 1
    assert "no prints of its picture yet: its picture was no more than glanced at" in capsys.readouterr().err
    for to, by_hand, glanced in (
        ("csv", ",yes", ""),
        ("json", '"by_hand"', '"glanced": true'),
        ("vtt-shots", '"by_hand": true', "(glanced at)"),
        ("edl", "BY HAND", "GLANCED AT"),
        ("fcpxml", 'value="cut, by hand"', "no more than glanced at"),
        ("otio", '"by_hand": true', '"glanced": true'),
        ("eaf", "cut, by hand", ""),
        ("iiif", "cut, by hand", ""),
        ("webannotation", "cut, by hand", ""),
    ):
        assert called("export", "demo", "--to", to, *where) == 0
        out = capsys.readouterr().out
        assert by_hand in out, to
        assert glanced in out, to


@pytest.mark.parametrize("stands", ["a glance", "a first look"])
def test_what_is_corrected_while_a_watch_is_stopped_takes_nothing_of_it(
    demo_film: Any, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch, stands: str, stops_at: Any
) -> None:
    library = Library(tmp_path)
    if stands == "a glance":
        watch(demo_film.path, library, glance=True)
    else:
        monkeypatch.setattr(run_module, "FIRST_LOOK_FROM", 0)
    with pytest.raises(Stopped, match="the same command goes on from there"):
        watch(demo_film.path, library, title="The Demo", progress=stops_at(5))
    capsys.readouterr()
    assert called("shots", "demo", "--library", str(tmp_path), "--cut", "11") == 0
    assert "next watch" not in capsys.readouterr().err
    glanced = told(capsys, "shots", "demo", "--library", str(tmp_path))
    assert glanced["shots"][1]["by_hand"]
    assert glanced["glanced"]
    done = watch(demo_film.path, library)
    assert done.resumed > 0
    assert not done.edition.provisional
    assert told(capsys, "shots", "demo", "--library", str(tmp_path))["shots"][1]["by_hand"]
    assert sorted(p.name for p in done.edition.folder.iterdir() if p.is_dir()) == ["kept", "tracks"]


def test_the_later_of_two_stands_and_one_can_be_taken_back(library: Path, capsys: Any) -> None:
    shots = ("shots", "demo", "--library", str(library))
    frame = told(capsys, *shots)["shots"][1]["last_frame"] - 4
    told(capsys, *shots, "--cut", str(frame))
    told(capsys, *shots, "--not", str(frame))
    assert [c["kind"] for c in told(capsys, *shots)["corrections"]] == ["not"]
    assert [c["kind"] for c in told(capsys, *shots, "--undo")["corrections"]] == ["cut"]
    assert told(capsys, *shots, "--take-back", str(frame))["corrections"] == []
    assert called(*shots, "--not", "3") == 1
    # The film fades in from frame 6 on, and the first shot begins nowhere else that could be named.
    assert "no shot begins at frame 3; the nearest does at 6" in capsys.readouterr().err
    assert called(*shots, "--cut", "99999") == 1
    assert called("notes", "--undo", "--library", str(library)) == 0
    assert "nothing to take back" in capsys.readouterr().out


def test_review_shows_the_least_sure_first(library: Path, tmp_path: Path, capsys: Any) -> None:
    sheet = tmp_path / "doubts.png"
    asked = ("shots", "demo", "--library", str(library), "--review", "--most", "5")
    rows = told(capsys, *asked, "--sheet", str(sheet))["boundaries"]
    assert len(rows) == 5
    away = [abs(r["sure"] - 0.5) for r in rows]
    assert away == sorted(away)
    with Image.open(sheet) as page:
        assert page.width > 1000
        assert len(page.resize((64, 64)).convert("RGB").getcolors(4096) or []) > 200
    counts = next(r for r in rows if r["counts"])
    told(capsys, "shots", "demo", "--library", str(library), "--not", str(counts["frame"]))
    assert counts["frame"] not in [r["frame"] for r in told(capsys, *asked)["boundaries"]]


def test_of_many_shots_those_around_a_correction_are_listed(
    library: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rewatch.cli.shots._MANY", 10)
    asked = ("shots", "demo", "--library", str(library))
    shots = told(capsys, *asked)["shots"]
    frame = shots[8]["first_frame"]
    for change, around in ((("--not", str(frame)), range(5, 12)), (("--undo",), range(6, 13))):
        assert called(*asked, *change) == 0
        rows = re.findall(r"^ +(\d+) +\d+:\d", capsys.readouterr().out, re.MULTILINE)
        assert [int(row) for row in rows] == list(around)


def test_how_sure_a_boundary_must_be_is_asked_without_watching_the_film_again(
    library: Path, demo_film: Any, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = Library(library).entries()[0].id
    usual = Library(library).edition(edition)
    shots, doubts = len(usual.spans("shots")), usual.spans("doubtful")
    boundaries = usual.spans("boundaries")
    sure = np.asarray(boundaries.columns["sure"])
    # Told apart from the least sure to the digits that are told.
    strict = float(sure[sure.round(4) > sure.round(4).min()].min())
    key = usual.made_by("boundaries").key

    def decode(*_: Any, **__: Any) -> None:
        raise AssertionError("the picture is read again")

    monkeypatch.setattr("rewatch.watch.streams.PictureReader", decode)

    made = watch(demo_film.path, Library(library), shots_precision=strict).made
    assert {"shots", "stills", "cutting"} <= set(made)
    assert not {"boundaries", "light", "loudness"} & set(made)
    study = Library(library).edition(edition)
    assert study.made_by("boundaries").key == key
    assert study.made_by("shots").settings["least_sure"] == strict
    assert 1 < len(study.spans("shots")) < shots
    assert np.asarray(study.spans("shots").columns["sure"]).min() >= strict
    assert len(study.events("stills")) == len(study.spans("shots"))
    every = np.concatenate([boundaries.columns["sure"], doubts.columns["sure"]])
    assert traded(study).startswith(f"{(every >= strict).sum()} boundaries count, being sure by {strict:g} or more")
    assert traded(study).endswith(f"do not count some {every[every < strict].sum():.1f} should be some")

    # It stands for the film: for its corrections, its review, every later watch.
    corrected = told(capsys, "shots", "demo", "--library", str(library), "--cut", "11")
    assert corrected["shots"][1]["by_hand"]
    assert len(corrected["shots"]) == len(study.spans("shots")) + 1
    asked = told(capsys, "shots", "demo", "--library", str(library), "--review", "--most", "99")["boundaries"]
    assert all(row["counts"] == (row["sure"] >= round(strict, 4)) for row in asked)
    assert called("watch", str(demo_film.path), "--library", str(library)) == 0
    said = " ".join(capsys.readouterr().err.split())
    assert "nothing to do" in said
    assert f"being sure by {strict:g} or more" in said

    watch(demo_film.path, Library(library), shots_precision=0.99999999)
    assert traded(Library(library).edition(edition)).startswith("no boundary counts, being sure by 1 or more; of ")
    back = watch(demo_film.path, Library(library), shots_precision=0.5).edition
    assert "least_sure" not in back.made_by("shots").settings
    assert len(back.spans("shots")) == shots + 1
    assert called("shots", "demo", "--undo", "--library", str(library)) == 0
    again = Library(library).edition(edition)
    assert again.spans("shots").begin.tolist() == usual.spans("shots").begin.tolist()
    assert again.made_by("shots").key == usual.made_by("shots").key
