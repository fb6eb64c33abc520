"""A glance at films of a few frames, with holes in them, cut short: it tells of them what the full watch does."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame

from rewatch.cli.score import show
from rewatch.library.library import Library
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
    glance = watch(path, Library(tmp_path / "glance"), glance=True)
    full = watch(path, Library(tmp_path / "full"))
    assert glance.notes == full.notes
    assert glance.notes[0] == "there is no picture from 0:04.0 to 0:08.0"
    assert glance.notes[1].startswith("the file ends at 0:1")
    assert glance.edition.provisional.startswith("glanced at")
    assert len(glance.edition.events("frames")) == len(full.edition.events("frames"))
