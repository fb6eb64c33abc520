"""The command line: its answers, its JSON, its errors in one line."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rewatch.cli.main import COMMANDS, run

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def library(demo_film: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from rewatch.library.library import Library
    from rewatch.watch.run import watch

    folder = tmp_path_factory.mktemp("library")
    watch(demo_film.path, Library(folder), title="The Demo", year=2026)
    return folder


@pytest.fixture
def rewatch(capsys: pytest.CaptureFixture[str], library: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process: exit status, standard output, standard error."""
    monkeypatch.setenv("REWATCH_LIBRARY", str(library))

    def call(*words: str) -> tuple[int, str, str]:
        status = 0
        try:
            run(words)
        except SystemExit as done:
            status = int(done.code or 0)
        out, err = capsys.readouterr()
        return status, out, err

    return call


def answer(done: tuple[int, str, str]) -> Any:
    status, out, err = done
    assert status == 0, err
    return json.loads(out)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches_by_example(command: str, rewatch: Run) -> None:
    status, out, _ = rewatch(command, "--help")
    assert status == 0
    assert "Example:" in out
    assert f"rewatch {command}" in out


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from rewatch.cli.main import run\n"
        "try: run(['--help'])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('numpy', 'scipy', 'av', 'pyarrow', 'matplotlib', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.splitlines()[-1] == "[]"


def test_what_was_made_is_not_searched_once_more_at_the_end() -> None:
    code = (
        "import atexit, gc\n"
        "atexit.register(lambda: print(gc.get_freeze_count() > 0))\n"
        "from rewatch.cli.main import run\n"
        "run(['--version'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.splitlines()[-1] == "True"


def test_films(rewatch: Run, demo_film: Any) -> None:
    (film,) = answer(rewatch("films", "--json"))["films"]
    assert set(film) == {"film", "title", "year", "edition", "path", "duration", "watched", "glanced"}
    assert (film["film"], film["title"], film["year"]) == ("The Demo (2026)", "The Demo", 2026)
    assert film["path"] == str(demo_film.path)
    assert film["duration"] == pytest.approx(demo_film.truth.seconds, abs=0.1)
    assert "The Demo" in rewatch("films")[1]


def test_shots_tile_the_film(rewatch: Run, demo_film: Any) -> None:
    found = answer(rewatch("shots", "demo", "--json"))
    assert set(found) == {"film", "edition", "frames", "frame_rate", "glanced", "shots", "corrections"}
    assert found["frames"] == demo_film.truth.frames
    shots = found["shots"]
    keys = {"index", "first_frame", "last_frame", "start", "end", "transition", "sure", "by_hand"}
    assert all(set(s) == keys for s in shots)
    assert shots[0]["first_frame"] == 0
    assert shots[-1]["last_frame"] == found["frames"] - 1
    for before, after in itertools.pairwise(shots):
        assert after["first_frame"] == before["last_frame"] + 1
        assert after["start"] == before["end"]
        how = after["transition"]
        assert how["kind"] in {"cut", "dissolve", "fade_in", "fade_out", "fade_through_black", "wipe"}
        assert how["first_frame"] - 1 <= after["first_frame"] <= how["last_frame"] + 1
    assert [s["index"] for s in shots] == list(range(1, len(shots) + 1))


def test_score(rewatch: Run) -> None:
    found = answer(rewatch("score", "demo", "--json"))
    for part in ("cutting", "tempo", "momentum", "dynamics", "words"):
        assert found[part], part
    cutting = found["cutting"]
    shots = answer(rewatch("shots", "demo", "--json"))["shots"]
    lengths = [s["end"] - s["start"] for s in shots]
    assert cutting["shots"] == len(shots)
    assert cutting["asl"] == pytest.approx(sum(lengths) / len(lengths))
    assert "tracks" not in found["tempo"]
    with_tracks = answer(rewatch("score", "demo", "--json", "--tracks"))
    assert with_tracks["tempo"]["tracks"]["tempo"]["values"]
    status, out, _ = rewatch("score", "demo")
    assert status == 0
    assert "LUFS" in out


def test_of_shots_all_left_out_none_is_counted(rewatch: Run) -> None:
    _, out, _ = rewatch("score", "demo", "--exclude", "0:00-10:00")
    assert "none of its 29 shots is counted" in out


@pytest.mark.parametrize(("suffix", "begins"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_the_sheet(rewatch: Run, tmp_path: Path, suffix: str, begins: bytes) -> None:
    sheet = tmp_path / f"sheet.{suffix}"
    status, out, err = rewatch("score", "demo", "--sheet", str(sheet))
    assert (status, out) == (0, "")
    assert str(sheet) in err.replace("\n", "")
    assert sheet.read_bytes().startswith(begins)


def test_a_strip_a_movement(rewatch: Run, tmp_path: Path) -> None:
    count = len(answer(rewatch("score", "demo", "--json"))["movements"]["movements"])
    status, out, err = rewatch("score", "demo", "--strips", str(tmp_path / "strip.svg"), "--dark")
    assert (status, out) == (0, "")
    assert count > 1
    drawn = sorted(path.name for path in tmp_path.iterdir())
    assert drawn == [f"strip-{i}.svg" for i in range(1, count + 1)]
    # With stills of its shots.
    assert all((tmp_path / name).read_text("utf-8").count("<image") > 1 for name in drawn)
    assert all(name in err.replace("\n", "") for name in drawn)


def test_minute(rewatch: Run) -> None:
    found = answer(rewatch("minute", "1", "demo", "--json"))
    assert (found["number"], found["begin"], found["end"]) == (1, 0.0, 60.0)
    assert found["shots"][0]["first_frame"] == 0
    assert found["lines"]
    assert found["figures"]["cuts"]["value"] == sum(1 for s in found["shots"][1:] if s["begin"] < 60)
    assert {"loudness", "motion", "light", "words"} <= set(found["figures"])
    assert "shot 1" in rewatch("minute", "1", "demo")[1]
    status, _, err = rewatch("minute", "9", "demo")
    assert status == 1
    assert err == "rewatch: The Demo (2026) has no minute 9: it has minutes 1 to 2\n"


def test_explain_shows_its_work(rewatch: Run) -> None:
    found = answer(rewatch("explain", "demo", "asl", "--json"))
    cutting = answer(rewatch("score", "demo", "--json"))["cutting"]
    assert found["value"] == cutting["asl"]
    assert found["figure"]["formula"]
    assert found["figure"]["source"]
    assert any("frames 0 to" in line for line in found["evidence"])
    made = {s["track"]: s["made_by"]["analyser"] for s in found["steps"]}
    assert made["boundaries"] == "boundaries"
    assert made["shots"] == "shots"
    by_title = answer(rewatch("explain", "demo", "average shot length", "--json"))
    assert by_title["value"] == found["value"]
    status, _, err = rewatch("explain", "demo", "asll")
    assert status == 1
    assert "did you mean asl" in err


def test_every_figure_can_be_explained(rewatch: Run) -> None:
    for figure in answer(rewatch("explain", "demo", "--json"))["figures"]:
        status, out, err = rewatch("explain", "demo", figure["name"])
        assert status == 0, err
        assert out.startswith(figure["title"])


@pytest.mark.parametrize("to", ["csv", "json", "vtt"])
def test_export(rewatch: Run, tmp_path: Path, to: str) -> None:
    status, out, err = rewatch("export", "demo", "--to", to)
    assert status == 0, err
    assert out
    file = tmp_path / f"demo.{to}"
    assert rewatch("export", "demo", "--to", to, "-o", str(file))[0] == 0
    assert file.read_bytes().decode() == out


def test_wrong_usage_is_2(rewatch: Run) -> None:
    assert rewatch("shots")[0] == 2
    assert rewatch("export", "demo", "--to", "papyrus")[0] == 2
    status, _, err = rewatch("shot", "demo")
    assert status == 2
    assert "Did you mean 'shots'?" in err


@pytest.mark.parametrize(
    "words",
    [
        ("shots", "casablanca"),
        ("watch", "/nowhere/film.mkv"),
        ("watch", "/"),
        ("watch", __file__),
        ("find", "--still", "/"),
        ("score", "demo", "--sheet", "/nowhere/sheet.png"),
        ("score", "demo", "--sheet", "sheet.doc"),
        ("films", "--library", f"{__file__}/library"),
    ],
    ids=" ".join,
)
def test_errors_are_one_line(rewatch: Run, words: tuple[str, ...]) -> None:
    status, out, err = rewatch(*words)
    if words[0] == "films":
        assert (status, err) == (0, "")  # a library that is not there yet is empty
        return
    assert status == 1
    assert out == ""
    assert err.startswith("rewatch: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err


def test_several_files_of_which_one_is_no_film(rewatch: Run, demo_film: Any, tmp_path: Path) -> None:
    bad = tmp_path / "bad.mkv"
    bad.write_text("no film")
    status, out, err = rewatch("watch", str(bad), str(demo_film.path))
    assert status == 1
    assert out.startswith("The Demo (2026)")
    assert "1 of 2 files could not be watched" in err


def test_a_film_is_forgotten_and_its_notes_are_not(rewatch: Run, demo_film: Any, tmp_path: Path) -> None:
    import shutil

    from rewatch.library.library import default_folder

    elsewhere = ("--library", str(tmp_path / "library"))
    shutil.copytree(default_folder(), tmp_path / "library")
    assert rewatch("note", "demo", "0:05", "the train", *elsewhere)[0] == 0
    status, out, err = rewatch("films", "--forget", "demo", *elsewhere)
    assert (status, out) == (0, "")
    assert err == "The Demo (2026) is out of the library; its notes and viewings are kept\n"
    assert answer(rewatch("films", "--json", *elsewhere)) == {"films": []}
    assert "the train" in rewatch("notes", *elsewhere)[1]
    assert not list((tmp_path / "library" / "editions").iterdir())
    assert demo_film.path.exists()
    assert rewatch("score", "demo", *elsewhere)[0] == 1


def test_a_reader_that_has_enough_is_no_error(library: Path) -> None:
    command = f"{sys.executable} -m rewatch.cli.main export demo --to json --library {library} | head -c 10"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, timeout=120)
    assert done.stderr == ""
    assert done.returncode == 0
