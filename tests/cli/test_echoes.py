"""``rewatch echoes``: a table for a person, JSON for a program, a friendly line where there is nothing."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from rewatch.cli.main import run
from rewatch.library.library import Library

_SPEC = importlib.util.spec_from_file_location("lines_library", Path(__file__).parents[1] / "find" / "lines_library.py")
assert _SPEC is not None
assert _SPEC.loader is not None
made = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(made)

Run = Callable[..., tuple[int, str, str]]

TALK = {
    "Harbour": [
        "The evening train leaves at nine.",
        "Every lighthouse keeper dreams of purple whales.",
        "Close that door.",
    ],
    "Station": ["No smoking on the platform, sir.", "Every lighthouse keeper dreams of silver whales.", "Good night."],
    "Garden": ["These tulips want watering again.", "My brother sold both horses last autumn.", "Close that door."],
}


@pytest.fixture
def rewatch(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    library: Library = made.new_library(tmp_path / "library", TALK)
    monkeypatch.setenv("REWATCH_LIBRARY", str(library.folder))
    monkeypatch.setenv("COLUMNS", "120")

    def call(*words: str) -> tuple[int, str, str]:
        status = 0
        try:
            run(words)
        except SystemExit as done:
            status = int(done.code or 0)
        out, err = capsys.readouterr()
        return status, out, err

    return call


def test_json(rewatch: Run) -> None:
    status, out, err = rewatch("echoes", "harbour", "--json")
    assert (status, err) == (0, "")
    answer = json.loads(out)
    (echo,) = answer["echoes"]
    assert echo["kind"] == "line"
    assert (echo["a"]["film"], echo["b"]["film"]) == ("Harbour", "Station")
    assert (echo["a"]["start"], echo["a"]["end"]) == (3.0, 5.0)
    assert 0 < echo["chance"] < 0.01
    assert 0 < echo["score"] <= 1
    assert answer["editions"] == []


def test_a_table(rewatch: Run) -> None:
    status, out, _ = rewatch("echoes", "harbour", "station")
    assert status == 0
    assert "in Station" in out
    assert "0:03.0-0:05.0" in out
    assert "purple whales" in out
    assert "silver whales" in out
    assert "1 in " in out


def test_nothing_found_is_an_answer(rewatch: Run) -> None:
    status, out, err = rewatch("echoes", "garden")
    assert (status, err) == (0, "")
    assert out == "No echoes: nothing of Garden is in 2 films beyond what chance yields.\n"
    assert json.loads(rewatch("echoes", "garden", "harbour", "--json")[1])["echoes"] == []
    assert json.loads(rewatch("echoes", "harbour", "--kind", "sound", "--json")[1])["echoes"] == []


def test_the_film_itself_is_no_other(rewatch: Run) -> None:
    status, out, _ = rewatch("echoes", "harbour", "harbour")
    assert status == 0
    assert out == "There is no other film to look in.\n"


def test_errors_are_one_line(rewatch: Run) -> None:
    status, _, err = rewatch("echoes", "harbour", "jungle")
    assert status == 1
    assert err.count("\n") == 1
    assert rewatch("echoes", "harbour", "--chance", "0")[0] == 2
    assert rewatch("echoes", "harbour", "--kind", "smell")[0] == 2


def test_from_python(rewatch: Run, tmp_path: Path) -> None:
    import rewatch as package

    found = package.echoes("harbour", folder=tmp_path / "library")
    assert [echo.b.film for echo in found.echoes] == ["Station"]
    film = package.open("station", tmp_path / "library")
    assert [echo.a.film for echo in package.echoes(film, ["harbour"]).echoes] == ["Station"]
    assert not package.echoes(film, ["garden"], kinds=["line"]).echoes
