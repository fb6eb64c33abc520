"""note, notes, viewed and viewings as they are typed; annotations and Letterboxd's tables out and in."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from rewatch.cli.main import run
from rewatch.exports.as_webannotation import read_notes, web_annotations
from rewatch.exports.registry import EXPORTS
from rewatch.library import notebook as notebook_module
from rewatch.library.edition import Edition
from rewatch.library.library import Library
from rewatch.study.notes import NoteError, Notes
from rewatch.study.viewings import Viewings

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def rewatch(capsys: pytest.CaptureFixture[str], edition: Edition, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("REWATCH_LIBRARY", str(edition.folder.parents[1]))

    def call(*words: str) -> tuple[int, str, str]:
        status = 0
        try:
            run(words)
        except SystemExit as done:
            status = int(done.code or 0)
        out, err = capsys.readouterr()
        return status, out, err

    return call


def test_a_note_from_end_to_end(rewatch: Run, tmp_path: Path) -> None:
    status, out, _ = rewatch("note", "long way", "1:02.5", "A", "mirror", "--to", "1:04", "--region", "10%,10%,20%,20%",
                             "--tag", "mirror", "--json")  # fmt: skip
    assert status == 0
    note = json.loads(out)
    assert (note["begin"], note["end"], note["text"], note["tags"]) == (62.5, 64.0, "A mirror", ["mirror"])
    status, out, _ = rewatch("notes", "long way")
    assert "1:02.5 to 1:04.0" in out
    assert "A mirror [region] #mirror" in out
    assert json.loads(rewatch("notes", "--search", "mir", "--json")[1])[0]["id"] == note["id"]
    assert rewatch("notes", "--edit", note["id"][:8], "Two mirrors")[0] == 0
    assert rewatch("notes", "--delete", note["id"][:8])[0] == 0
    assert "no notes" in rewatch("notes")[2]
    assert rewatch("notes", "--undo")[0] == 0
    assert "Two mirrors" in rewatch("notes")[1]
    assert rewatch("notes", "--tags", "--json")[1] == '{\n  "mirror": 1\n}\n'
    for form in ("json", "webannotation"):
        path = tmp_path / form
        assert rewatch("notes", "--export", str(path), "--as", form)[0] == 0
        assert "0 new, 0 brought" in rewatch("notes", "--import", str(path))[1]
    backup = tmp_path / "copy.sqlite"
    assert rewatch("notes", "--backup", str(backup))[0] == 0
    other = str(tmp_path / "other")
    assert "1 notes and 0 viewings" in rewatch("notes", "--import", str(backup), "--library", other)[1]
    assert "Two mirrors" in rewatch("notes", "--library", other)[1]
    assert rewatch("notes", "--undo", "--library", other)[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("note", "long", "9:00", "late"), "ends at 4:00"),
        (("note", "long", "1:00", " "), "some words"),
        (("note", "long", "1:00", "--region", "2,2,2,2", "x"), "does not lie"),
        (("note", "nowhere", "1:00", "x"), "no film"),
        (("notes", "--edit", "ffff", "x"), "no note"),
        (("notes", "--delete", "../.."), "no note"),
        (("notes", "--import", "no-such-file"), "no such file"),
        (("notes", "--backup", "x.sqlite"), "no notes"),
        (("notes", "long", "--carry", "long"), "one edition"),
        (("viewed", "long", "--rating", "7"), "no rating"),
        (("viewed", "long", "--on", "soon"), "no day"),
        (("viewed", "long", "--on", "2999-01-01"), "yet to come"),
        (("viewings", "--delete", "ffff"), "no viewing"),
    ],
)
def test_what_is_wrong_is_told_in_a_line(rewatch: Run, words: tuple[str, ...], said: str) -> None:
    status, out, err = rewatch(*words)
    assert (status, out) == (1, "")
    assert said in err
    assert err.count("\n") == 1


def test_a_note_that_cannot_be_saved_is_put_somewhere(
    rewatch: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(notebook_module.Writing, "put", full)
    monkeypatch.chdir(tmp_path)
    status, _, err = rewatch("note", "long", "1:00", "words that must not vanish")
    assert status == 1
    (kept,) = tmp_path.glob("rewatch-note-*.md")
    assert kept.read_text() == "words that must not vanish"
    assert str(kept) in err
    assert err.count("\n") == 1


def test_text_of_strangers_does_not_steer_the_terminal(rewatch: Run, edition: Edition) -> None:
    Notes(Library(edition.folder.parents[1])).add(edition, 1, "red \x1b[31m [bold]not[/bold] \x1b]0;title\x07")
    out = rewatch("notes")[1]
    assert "\x1b" not in out
    assert "\x07" not in out
    assert "[bold]not[/bold]" in out


@pytest.fixture
def annotated(edition: Edition, library: Library) -> Notes:
    notes = Notes(library)
    notes.add(edition, 1 / 3, 'An <instant> & "quotes" 🎬\n\n- list\n', tags=["one", "two words"])
    notes.add(edition, 10.041708, "span", end=20.0)
    notes.add(edition, 30.5, "region", end=31.25, region=(1 / 3, 0.1, 0.2, 0.25))
    notes.add(edition, 2, "instant in a region", region=(0.0, 0.0, 1.0, 1.0))
    return notes


def test_annotations_come_back_without_loss(annotated: Notes, library: Library, tmp_path: Path) -> None:
    path = tmp_path / "notes.json"
    path.write_text(web_annotations(annotated.find(), library), "utf-8")
    assert read_notes(path, None, library) == annotated.find()
    plain = json.loads(path.read_text())
    assert plain["total"] == 4
    for item in plain["first"]["items"]:
        assert item["type"] == "Annotation"
        selector = item["target"]["selector"]
        times = selector["value"].split("&")[0].removeprefix("t=").split(",")
        # A media fragment must not be empty.
        assert float(times[0]) < float(times[1])


def test_notes_are_in_what_archives_and_annotators_get(
    annotated: Notes, edition: Edition, library: Library, tmp_path: Path
) -> None:
    manifest = json.loads(EXPORTS["iiif"].text(edition))
    (page,) = [p for p in manifest["items"][0]["annotations"] if p["id"].endswith(":notes")]
    assert [a["body"][0]["value"] for a in page["items"]] == [n.text for n in annotated.find()]
    assert page["items"][-1]["target"].endswith("#t=30.5,31.25&xywh=percent:33.333333,10,20,25")
    # Shots and lines are in the film's annotations as well; what comes back is what somebody wrote.
    path = tmp_path / "film.jsonld"
    path.write_text(EXPORTS["webannotation"].text(edition), "utf-8")
    whole = json.loads(path.read_text())
    count = len(edition.spans("shots")) + len(edition.spans("lines")) + 4
    assert whole["total"] == count
    assert read_notes(path, None, library) == annotated.find()


def test_what_was_edited_elsewhere_is_an_edited_note(annotated: Notes, library: Library, tmp_path: Path) -> None:
    plain = json.loads(web_annotations(annotated.find(), library))
    items = plain["first"]["items"]
    items[0]["body"][0]["value"] = "Edited elsewhere"
    items[1]["target"]["selector"]["value"] = "t=11,12"
    items[2]["body"].append({"type": "TextualBody", "purpose": "tagging", "value": "new"})
    path = tmp_path / "notes.json"
    path.write_text(json.dumps(plain))
    assert annotated.take_in(read_notes(path, None, library)) == (0, 3, 0)
    now = {n.text: n for n in annotated.find()}
    assert "Edited elsewhere" in now
    ids = {item["id"].removeprefix("urn:uuid:").replace("-", ""): i for i, item in enumerate(items)}
    by_item = {ids[n.id]: n for n in now.values()}
    assert (by_item[1].begin, by_item[1].end) == (11.0, 12.0)
    assert by_item[2].tags[-1] == "new"


def test_annotations_of_others(edition: Edition, library: Library, tmp_path: Path) -> None:
    """Shapes as other tools write them: bodyValue, a target that is an address, pixels, a point."""
    file = Path(edition.facts.path).name
    given = [
        {"type": "Annotation", "id": "http://a.org/1", "bodyValue": "one", "target": f"http://x.org/{file}#t=10,20"},
        {"type": "Annotation", "body": {"type": "TextualBody", "value": "two"},
         "target": {"source": f"file:///films/{file}".replace(" ", "%20"),
                    "selector": {"type": "FragmentSelector", "value": "xywh=pixel:128,53.4,640,267&t=npt:0:01:00.5"}}},
        {"type": ["Annotation"], "body": [{"type": "TextualBody", "value": "t", "purpose": "tagging"}],
         "target": [{"source": {"id": f"urn:rewatch:edition:{edition.id}"},
                     "selector": [{"type": "PointSelector", "t": 14.5}]}]},
    ]  # fmt: skip
    path = tmp_path / "others.json"
    path.write_text(json.dumps({"type": "AnnotationPage", "items": given}))
    one, two, three = read_notes(path, edition, library)
    assert (one.text, one.begin, one.end, one.edition) == ("one", 10.0, 20.0, edition.id)
    assert (two.begin, two.end, two.region) == (60.5, None, pytest.approx((0.1, 0.1, 0.5, 0.5)))
    assert (three.text, three.tags, three.begin) == ("#t", ("t",), 14.5)
    assert read_notes(path, edition, library)[0].id == one.id
    for wrong, said in [
        ("{", "no JSON"),
        ("[]", "no notes"),
        ('{"rewatch": "notes", "notes": 3}', "no notes"),
        ("[" * 100_000, "no JSON"),
        (json.dumps([{**given[0], "target": "http://x.org/film"}]), "about no moment"),
        (json.dumps([{**given[0], "bodyValue": " "}]), "entry 1"),
        (json.dumps([{**given[0], "target": 3}]), "entry 1"),
        (json.dumps([{"type": "Annotation"}]), "entry 1"),
    ]:
        path.write_text(wrong)
        with pytest.raises(NoteError, match=said):
            read_notes(path, edition, library)
    path.write_text(json.dumps([{**given[0], "target": "http://x.org/film#t=1"}]))
    with pytest.raises(NoteError, match="which film"):
        read_notes(path, None, library)


def test_viewings_out_to_letterboxd_and_in(rewatch: Run, edition: Edition, tmp_path: Path) -> None:
    yesterday = (date.today() - timedelta(days=1)).isoformat()
    assert rewatch("note", "long", "0:10", "written that day")[0] == 0
    assert "seen once" in rewatch("viewed", "long", "--on", "1996-02-16", "--with", "Ada", "--with", "Bo")[1]
    status, out, _ = rewatch("viewed", "long", '=1+1 said "she"', "--rating", "4.5", "--tag", "35mm", "--json")
    assert (status, json.loads(out)["times"]) == (0, 2)
    assert "seen 3 times" in rewatch("viewed", "long", "--on", "yesterday")[1]
    listed = json.loads(rewatch("viewings", "long", "--json")[1])
    assert [v["day"] for v in listed] == ["1996-02-16", yesterday, date.today().isoformat()]
    assert sum(v["notes"] for v in listed) == 1
    counts = json.loads(rewatch("viewings", "--counts", "--json")[1])
    assert [(c["times"], c["first"], c["rating"]) for c in counts] == [(3, "1996-02-16", 4.5)]
    path = tmp_path / "log.csv"
    assert rewatch("viewings", "--export", str(path))[0] == 0
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8"), newline="")))
    assert [r["Rewatch"] for r in rows] == ["false", "true", "true"]
    assert rows[0]["Tags"] == "with Ada, with Bo"
    assert rows[2]["Review"] == '=1+1 said "she"'
    assert (rows[0]["Title"], rows[0]["Year"], rows[0]["WatchedDate"]) == (edition.title, "1974", "1996-02-16")
    assert "0 new, 0" in rewatch("viewings", "--import", str(path))[1]
    other = ("--library", str(tmp_path / "other"))
    assert "3 new" in rewatch("viewings", "--import", str(path), *other)[1]
    again = Viewings(Library(tmp_path / "other")).find()
    kept = ("film", "year", "day", "company", "rating", "text", "tags")
    was = Viewings(Library(edition.folder.parents[1])).find()
    assert [[getattr(v, k) for k in kept] for v in again] == [[getattr(v, k) for k in kept] for v in was]
    assert rewatch("viewings", "--undo", *other)[0] == 0
    assert Viewings(Library(tmp_path / "other")).find() == []
    gone = was[0].id
    assert rewatch("viewings", "--delete", gone[:8])[0] == 0
    assert len(json.loads(rewatch("viewings", "--json")[1])) == 2
    assert rewatch("viewings", "--undo")[0] == 0
    assert len(json.loads(rewatch("viewings", "--json")[1])) == 3


def test_what_letterboxd_exports(rewatch: Run, tmp_path: Path) -> None:
    diary = tmp_path / "diary.csv"
    diary.write_text(
        "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date\n"
        "2012-05-13,Chronicle,2012,https://boxd.it/a,2,,,2012-05-06\n"
        '2014-06-04,The Long Way Down,1974,https://boxd.it/b,3.5,Yes,"cinema, with Ada",2014-05-28\n'
        "2014-06-04,,,,,,,\n"
        "2014-06-05,Wrong,19x4,,,,,2014-05-28\n"
        "2014-06-05,Six stars,1994,,6,,,2014-05-28\n"
    )
    status, out, err = rewatch("viewings", "--import", str(diary))
    assert (status, out[:5]) == (0, "2 new")
    assert err.count("left out") == 3
    reviews = tmp_path / "reviews.csv"
    reviews.write_text(
        "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Review,Tags,Watched Date\n"
        '2012-05-13,Chronicle,2012,https://boxd.it/a,2,,"Fine, ""really"".\nYes.",,2012-05-06\n'
    )
    assert rewatch("viewings", "--import", str(reviews))[1].startswith("0 new, 1 of")
    watched = tmp_path / "watched.csv"
    watched.write_text("Date,Name,Year,Letterboxd URI\n2012-05-13,Chronicle,2012,u\n2012-05-13,Heat,1995,u\n")
    assert rewatch("viewings", "--import", str(watched))[1].startswith("1 new")
    log = {v["film"]: v for v in json.loads(rewatch("viewings", "--json")[1])}
    assert log["Chronicle"]["text"] == 'Fine, "really".\nYes.'
    assert log["Heat"]["day"] == ""
    long = log["The Long Way Down"]
    assert (long["edition"], long["company"], long["tags"], long["rating"]) == ("ab" * 16, ["Ada"], ["cinema"], 3.5)
    (tmp_path / "no.csv").write_text("a,b\n1,2\n")
    assert "no log" in rewatch("viewings", "--import", str(tmp_path / "no.csv"))[2]
