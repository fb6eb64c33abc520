"""A glance at films of a few frames, with holes in them, cut short: it tells of them what the full watch does."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame

from rewatch.cli.main import run
from rewatch.cli.score import show
from rewatch.library.library import Library
from rewatch.watch import glance
from rewatch.watch.run import watch


def render(path: Path, stamps: Iterable[int]) -> Path:
    """A film of 24 frames a second, a frame at each of these ticks: noise that moves, another one every 48 frames."""
    rng = np.random.default_rng(5)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=24, options={"preset": "ultrafast", "g": "48"})
        stream.width, stream.height, stream.pix_fmt = 192, 128, "yuv420p"
        for number, at in enumerate(stamps):
            if number % 48 == 0:
                coarse = rng.integers(0, 256, (16, 24, 3), np.uint8)
            picture = np.roll(np.kron(coarse, np.ones((8, 8, 1), np.uint8)), number % 48, axis=1)
            frame = VideoFrame.from_ndarray(np.ascontiguousarray(picture), "rgb24")
            frame.pts, frame.time_base = at, Fraction(1, 24)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("count", [1, 2, 3, 14])
def test_a_film_of_a_few_frames(tmp_path: Path, count: int, capsys: pytest.CaptureFixture[str]) -> None:
    path, library = render(tmp_path / "short.mp4", range(count)), Library(tmp_path / "library")
    edition = watch(path, library, glance=True).edition
    assert edition.provisional
    for name in ("activity", "light", "frames"):
        assert len(edition.tracks[name]) == count, name
    assert len(edition.spans("shots")) == 1
    show(edition)
    assert "one shot" in capsys.readouterr().out


def test_holes_and_a_missing_end_are_told_at_a_glance_too(tmp_path: Path) -> None:
    path = render(tmp_path / "holed.mkv", [*range(96), *range(192, 384)])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    at_a_glance = watch(path, Library(tmp_path / "glance"), glance=True)
    full = watch(path, Library(tmp_path / "full"))
    assert at_a_glance.notes == full.notes
    assert at_a_glance.notes[0] == "there is no picture from 0:04.0 to 0:08.0"
    assert at_a_glance.notes[1].startswith("the file ends at 0:1")
    assert at_a_glance.edition.provisional.startswith("glanced at")
    assert len(at_a_glance.edition.events("frames")) == len(full.edition.events("frames"))


def test_what_was_read_in_full_at_a_glance_is_not_provisional(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(glance, "LONGEST", 1)
    path, where = render(tmp_path / "far_apart.mp4", range(96)), ("--library", str(tmp_path / "library"))
    assert called("watch", "--glance", str(path), *where) == 0
    err = " ".join(capsys.readouterr().err.split())
    assert (
        "every frame looked at (keyframes are far apart); a watch without --glance adds what a glance does not" in err
    )
    edition = Library(tmp_path / "library").edition(Library(tmp_path / "library").entries()[0].id)
    assert edition.glance
    assert not edition.provisional
    assert not edition.glanced_from("activity")
    for words in (("shots",), ("score",), ("explain", "camera"), ("films",)):
        film = () if words == ("films",) else ("far_apart",)
        assert called(words[0], *film, *words[1:], *where) == 0
        out, err = capsys.readouterr()
        assert "glanced" not in out, words
        assert not err, words
    assert "has no camera yet: a glance does not measure that; rewatch watch" in edition.why_missing("camera")


def called(*words: str) -> int:
    """The exit status of a command."""
    try:
        run(words)
    except SystemExit as done:
        return int(done.code or 0)
    return 0
