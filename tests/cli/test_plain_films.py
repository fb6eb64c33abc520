"""Every question of films that have next to nothing to tell: black, a strobe, a single frame, a tone alone."""

from __future__ import annotations

import json
import shutil
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame

from rewatch.cli.main import run

Run = Callable[..., tuple[int, str, str]]
QUESTIONS = (
    "shots F",
    "shots F --review",
    "score F",
    "score F --tracks",
    "minute 1 F",
    "sounds F",
    "images F",
    "explain F",
    "find F --look dark",
    "find --like F@0:00",
    "echoes F",
    "unnoticed F",
    "compare F black",
)
SECONDS = 9


def _pictures(path: Path, levels: Iterator[int]) -> None:
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=12)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for level in levels:
            frame = VideoFrame.from_ndarray(np.full((48, 64), level, np.uint8), format="gray")
            out.mux(stream.encode(frame.reformat(format="yuv420p")))
        out.mux(stream.encode(None))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, demo_film: object) -> Path:
    from rewatch.library.library import Library
    from rewatch.watch.run import watch

    folder = tmp_path_factory.mktemp("plain")
    _pictures(folder / "black.mp4", iter([0] * 12 * SECONDS))
    _pictures(folder / "strobe.mp4", iter([0, 255] * 6 * SECONDS))
    _pictures(folder / "single.mp4", iter([90]))
    with wave.open(str(folder / "tone.wav"), "wb") as out:
        out.setparams((1, 2, 8000, 0, "NONE", ""))
        at = np.arange(8000 * SECONDS) / 8000
        out.writeframes((8000 * np.sin(2 * np.pi * 440 * at)).astype("<i2").tobytes())
    shutil.copy(demo_film.path, folder / "other.mp4")  # type: ignore[attr-defined]
    for path in sorted(folder.iterdir()):
        watch(path, Library(folder / "library"))
    return folder


@pytest.fixture
def rewatch(capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("REWATCH_LIBRARY", str(folder / "library"))

    def call(*words: str) -> tuple[int, str, str]:
        status = 0
        try:
            run(words)
        except SystemExit as done:
            status = int(done.code or 0)
        return status, *capsys.readouterr()

    return call


def _no_number(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


@pytest.mark.parametrize("film", ["black", "strobe", "single", "tone"])
def test_every_question_has_an_answer_or_a_reason(film: str, rewatch: Run) -> None:
    for question in QUESTIONS:
        words = [word.replace("F@", f"{film}@") if word != "F" else film for word in question.split()]
        for ending in ((), ("--json",)) if "--tracks" not in words else (("--json",),):
            status, out, err = rewatch(*words, *ending)
            assert "fault in rewatch" not in err, (question, err)
            if status:
                assert (status, out, err.count("\n")) == (1, "", 1), (question, err)
            elif ending:
                json.loads(out, parse_constant=_no_number)


def test_nothing_is_made_up_of_them(rewatch: Run) -> None:
    for film in ("black", "strobe"):
        status, out, _ = rewatch("score", film)
        assert status == 0
        assert "one shot, 9.00 s" in out
        assert "nothing moves" in out
        assert "movements" not in out
        assert "nothing in it stands apart" in rewatch("unnoticed", film)[2]
        assert "Seen once" not in rewatch("images", film)[1]
    _, out, _ = rewatch("sounds", "tone")
    assert "No sound stands apart" in out
    assert "Comes back" not in out
    assert rewatch("images", "tone")[2] == "rewatch: tone has no picture\n"
    assert "rank" not in rewatch("minute", "1", "tone")[1]


@pytest.mark.parametrize("film", ["black", "single", "tone"])
def test_a_film_of_less_than_a_minute_has_one(film: str, rewatch: Run, tmp_path: Path) -> None:
    assert rewatch("export", film, "--to", "minutes", "-o", str(tmp_path / "out"))[2].endswith(": 1 minute\n")
    assert (tmp_path / "out" / "minute-001" / "minute.md").exists()
    assert rewatch("minute", "2", film)[2] == f"rewatch: {film} has no minute 2: it has minute 1 alone\n"
