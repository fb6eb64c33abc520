"""``rewatch import`` as it is typed, and every other command on what it brought in."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from rewatch.cli.main import run

LENGTHS = [4.5, 2.0, 3.5, 10.0, 1.0, 6.0, 8.5, 2.5, 30.0, 12.0]


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setenv("REWATCH_LIBRARY", str(tmp_path / "library"))
    monkeypatch.setenv("COLUMNS", "200")

    def calling(*arguments: str | Path) -> tuple[int, str, str]:
        status = 0
        try:
            run([str(a) for a in arguments])
        except SystemExit as stop:
            status = int(stop.code or 0)
        said = capsys.readouterr()
        return status, said.out, said.err

    return calling


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "lengths.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["First (1950)", "Second (1960)"])
        for i, length in enumerate(LENGTHS):
            writer.writerow([length, length * 2 if i < 5 else ""])
    return path


def test_imported_and_asked_every_question(call, table: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    status, out, err = call(
        "import", table, "--from", "shot-lengths", "--column", "First (1950)", "--title", "A first", "--year", "1951"
    )
    assert (status, err) == (0, "")
    assert out == "A first (1951): 1:20, 10 shots of 8.0 s on average, known by a list (shot-lengths)\n"
    films = json.loads(call("films", "--json")[1])["films"]
    assert [(f["film"], f["duration"]) for f in films] == [("A first (1951)", 80.0)]
    status, out, _ = call("shots", "a first", "--json")
    answer = json.loads(out)
    assert status == 0
    assert answer["frames"] is None
    assert [round(s["end"] - s["start"], 6) for s in answer["shots"]] == LENGTHS
    assert {s["first_frame"] for s in answer["shots"]} == {None}
    score = json.loads(call("score", "a first", "--json", "--tracks")[1])
    assert score["cutting"]["shots"] == 10
    assert score["cutting"]["asl"] == pytest.approx(8.0)
    assert score["cutting"]["median"] == pytest.approx(5.25)
    minute = json.loads(call("minute", "2", "a first", "--json")[1])
    assert [s["index"] for s in minute["shots"]] == [9, 10]
    for words in (("score", "a first"), ("shots", "a first"), ("minute", "1", "a first"), ("explain", "a first")):
        status, out, err = call(*words)
        assert (status, err) == (0, ""), words
        assert out
    assert "the film begins" in call("minute", "1", "a first")[1]
    assert "the film begins" not in call("minute", "2", "a first")[1]
    status, out, _ = call("explain", "a first", "asl")
    assert "= 8 s" in out
    assert str(table) in out
    sheet = tmp_path / "sheet.svg"
    assert call("score", "a first", "--sheet", sheet)[0] == 0
    assert b"A first" in sheet.read_bytes()
    assert b"known by a list (shot-lengths): lengths.csv" in sheet.read_bytes()
    for to in ("csv", "json", "vtt-shots", "midi", "musicxml"):
        path = tmp_path / f"out.{to}"
        assert call("export", "a first", "--to", to, "-o", path)[0] == 0
        assert path.stat().st_size
    folder = tmp_path / "tables"
    folder.mkdir()
    assert call("export", "a first", "--to", "csv", "-o", folder)[0] == 0
    assert (folder / "shots.csv").exists()


def test_a_list_is_a_name_of_its_film_unless_it_holds_several(call, table: Path) -> None:  # type: ignore[no-untyped-def]
    asked = ("--from", "shot-lengths", "--column")
    assert call("shots", table)[0] == 1
    assert call("import", table, *asked, "First (1950)")[0] == 0
    assert json.loads(call("shots", table, "--json")[1])["film"] == "First (1950)"
    assert call("import", table, *asked, "Second (1960)")[0] == 0
    status, _, err = call("shots", table)
    assert status == 1
    assert "First (1950)" in err
    assert "Second (1960)" in err
    assert json.loads(call("shots", "second", "--json")[1])["film"] == "Second (1960)"


def test_json_says_what_was_read_and_repaired(call, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "Heat (1995).csv"
    path.write_text("start;end\n0;2,5\n2,5;2,5\n2,5;6\n")
    status, out, err = call("import", path, "--from", "csv", "--json")
    answer = json.loads(out)
    assert status == 0
    assert answer["film"] == "Heat (1995)"
    assert answer["tracks"] == {"shots": 2}
    assert answer["duration"] == 6.0
    assert answer["notes"] == ["1 shot of no length left out"]
    assert "1 shot of no length left out" in err


def test_rate_and_duration(call, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "frames.csv"
    path.write_text("start frame\n0\n240\n480\n")
    arguments = ("import", path, "--from", "csv", "--rate", "24000/1001", "--duration", "0:40", "--json")
    answer = json.loads(call(*arguments)[1])
    assert answer["duration"] == 40.0
    shots = json.loads(call("shots", "frames", "--json")[1])["shots"]
    assert [s["start"] for s in shots] == pytest.approx([0, 10.01, 20.02], abs=1e-3)
    assert shots[-1]["end"] == 40.0


@pytest.mark.parametrize(
    ("arguments", "status", "word"),
    [
        (("--from", "tarot"), 2, "no format"),
        (("--from", "shot-lengths"), 1, "--column must say which"),
        (("--from", "shot-lengths", "--column", "Third"), 1, "no column"),
        (("--from", "csv", "--rate", "0"), 2, "--rate"),
        (("--from", "csv", "--rate", "1e999999999"), 2, "--rate"),
        (("--from", "csv", "--rate", "24/0"), 2, "--rate"),
        (("--from", "csv", "--duration", "soon"), 2, "--duration"),
        (("--from", "shot-lengths", "--column", "First", "--duration", "10"), 1, "cannot end"),
        ((), 2, "--from"),
    ],
)
def test_what_makes_no_sense_is_one_line(  # type: ignore[no-untyped-def]
    call, table: Path, arguments: tuple[str, ...], status: int, word: str
) -> None:
    got, out, err = call("import", table, *arguments)
    assert got == status
    assert out == ""
    assert word in err
    assert "Traceback" not in err
    assert json.loads(call("films", "--json")[1]) == {"films": []}


def test_a_file_that_is_not_there(call, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    got, _, err = call("import", tmp_path / "none.csv", "--from", "csv")
    assert got == 1
    assert "no such file" in err


def test_a_film_of_subtitles_has_no_shots_and_says_so(call, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "talk.srt"
    path.write_text("1\n00:00:01,000 --> 00:00:02,500\nHello there\n")
    status, out, _ = call("import", path, "--from", "srt")
    assert status == 0
    assert "no shots" in out
    got, _, err = call("shots", "talk")
    assert got == 1
    assert "no shots" in err
    assert json.loads(call("score", "talk", "--json")[1])["cutting"]["asl"] is None


@pytest.mark.parametrize(
    "text",
    [
        "length\n0.4\n",  # one shot, shorter than a bar
        "start,end\n0,1\n500,500.5\n",  # a gap of eight minutes
        "length\n" + "0.04\n" * 600,  # every frame a shot
        "start;end\n0;2,5\n2,5;2,5\n2,4;6\n",  # decimal commas, no length, an overlap
    ],
)
def test_odd_lists_are_films_like_any_other(call, tmp_path: Path, text: str) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "odd.csv"
    path.write_text(text)
    assert call("import", path, "--from", "csv")[0] == 0
    for words in (("score", "odd"), ("minute", "1", "odd"), ("shots", "odd"), ("explain", "odd", "asl")):
        status, out, err = call(*words)
        assert (status, err) == (0, ""), words
        assert "nan" not in out.lower()
    json.loads(call("score", "odd", "--json", "--tracks")[1], parse_constant=lambda c: pytest.fail(c))
    for to in ("csv", "json", "vtt-shots", "midi", "musicxml", "svg"):
        status, _, err = call("export", "odd", "--to", to, "-o", tmp_path / f"out.{to}")
        assert status == 0, err
