"""``rewatch find``, ``sounds`` and ``images``: their answers, their JSON, their errors in one line."""

from __future__ import annotations

import json
import wave
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from rewatch.cli.main import run
from rewatch.library.library import Library

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def rewatch(capsys: pytest.CaptureFixture[str], demo_library: Library, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process: exit status, standard output, standard error."""
    monkeypatch.setenv("REWATCH_LIBRARY", str(demo_library.folder))
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


def matches(done: tuple[int, str, str]) -> list[dict[str, object]]:
    status, out, err = done
    assert status == 0, err
    found: list[dict[str, object]] = json.loads(out)["matches"]
    return found


def test_a_quote(rewatch: Run) -> None:
    best = matches(rewatch("find", "--quote", "burn litle light plese", "--json"))[0]
    assert best["film"] == "The Lamp on the Hill (2026)"
    assert best["time"] == 59.8
    assert best["frame"] == 1435
    assert best["evidence"] == "quote"
    assert 0.5 < float(str(best["score"])) <= 1


def test_a_person_sees_when_and_which_words(rewatch: Run) -> None:
    _, out, _ = rewatch("find", "--quote", "wild night")
    assert "0:00:18" in out
    assert "It will be a *wild night*." in out
    assert "certain" in out


def test_nothing_found_is_an_answer(rewatch: Run) -> None:
    status, out, _ = rewatch("find", "--quote", "purple elephants on the moon")
    assert status == 0
    assert out.count("\n") == 1
    assert out.startswith("Nothing found")
    assert matches(rewatch("find", "--quote", "purple elephants on the moon", "--json")) == []


def test_several_must_hold_together(rewatch: Run) -> None:
    (found,) = matches(rewatch("find", "--quote", "the lamp", "--look", "dark", "--json"))
    assert found["evidence"] == "quote+look"
    assert set(found["details"]) == {"quote", "look"}  # type: ignore[call-overload]
    assert matches(rewatch("find", "--quote", "the lamp", "--look", "bright and silent", "--json")) == []


def test_in_one_film_and_how_many(rewatch: Run) -> None:
    assert len(matches(rewatch("find", "lamp", "--look", "dark or bright", "--top", "2", "--json"))) == 2


def test_like_another_moment_with_pictures(rewatch: Run, tmp_path: Path) -> None:
    given = ("find", "--like", "lamp@0:17", "--by", "picture", "--top", "1", "--stills", str(tmp_path / "found"))
    (found,) = matches(rewatch(*given, "--json"))
    assert 77 <= float(str(found["time"])) <= 82
    with Image.open(str(found["still"])) as picture:
        assert picture.size == (256, 144)
    _, out, _ = rewatch(*given)
    assert "1 picture in" in out


def test_without_the_file_the_kept_still_is_shown(rewatch: Run, demo_library: Library, tmp_path: Path) -> None:
    import shutil

    from rewatch.exports.moment_still import moment_still
    from rewatch.library.edition import Edition

    folder = tmp_path / demo_library.entries()[0].id
    shutil.copytree(demo_library.place(folder.name).folder, folder)
    record = (folder / "edition.json").read_text("utf-8").replace("lamp_h264", "gone")
    (folder / "edition.json").write_text(record, "utf-8")
    assert moment_still(Edition(folder), 62.9).size[0] > 100


@pytest.mark.parametrize(
    ("words", "status", "line"),
    [
        (("--look", "shinny"), 1, "near it"),
        (("--like", "lamp@9:99:99:9"), 2, "is no time"),
        (("--like", "lamp"), 2, "FILM@TIME"),
        (("--like", "lamp@10:00"), 1, "1:25 long"),
        (("--like", "nofilm@0:10"), 1, "nofilm"),
        ((), 2, "--quote"),
        (("--quote", "x", "--by", "sound"), 2, "--like"),
        (("--look", "dark", "--who", "Tom"), 2, "--quote"),
        (("nofilm", "--quote", "light"), 1, "nofilm"),
    ],
)
def test_what_is_wrong_is_told(rewatch: Run, words: tuple[str, ...], status: int, line: str) -> None:
    found, out, err = rewatch("find", *words)
    assert (found, out) == (status, "")
    assert line in err
    assert "Traceback" not in err


def test_an_empty_library(rewatch: Run, tmp_path: Path) -> None:
    status, _, err = rewatch("find", "--quote", "light", "--library", str(tmp_path))
    assert status == 1
    assert "empty" in err
    assert err.count("\n") == 1


def test_sounds(rewatch: Run, tmp_path: Path) -> None:
    status, out, err = rewatch("sounds", "lamp", "--top", "3", "--json", "--save", str(tmp_path / "wav"))
    assert status == 0, err
    answer = json.loads(out)
    assert {s["kind"] for s in answer["sounds"]} == {"once", "alike"}
    for sound in answer["sounds"]:
        assert len(sound["saved"]) == len(sound["places"])
        assert 0 <= sound["rarity"] <= 1
        for place, path in zip(sound["places"], sound["saved"], strict=True):
            with wave.open(path) as heard:
                length = heard.getnframes() / heard.getframerate()
            assert length == pytest.approx(place["end"] - place["start"], abs=0.05)
    _, out, _ = rewatch("sounds", "lamp", "--top", "3")
    assert "Heard once" in out
    assert "Comes back" in out


def test_images(rewatch: Run, tmp_path: Path) -> None:
    status, out, err = rewatch("images", "lamp", "--top", "2", "--json", "--save", str(tmp_path / "jpg"))
    assert status == 0, err
    answer = json.loads(out)
    assert [p["kind"] for p in answer["images"]] == ["returns", "returns", "once", "once"]
    assert all(Path(path).suffix == ".jpg" and Path(path).exists() for p in answer["images"] for path in p["saved"])
    _, out, _ = rewatch("images", "lamp")
    assert "Comes back" in out
    assert "Seen once" in out
