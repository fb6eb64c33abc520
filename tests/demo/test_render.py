"""The files: as many frames, at the times, in the codecs and with the lines that were asked for; truth seen in them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import av
import numpy as np
import pytest
from av.video.reformatter import Interpolation, VideoReformatter

from rewatch.demo import Truth, Variant, render, truth_path
from rewatch.demo.timeline import Timeline

CODECS = {
    "h264": ("h264", "aac"),
    "variable": ("h264", "aac"),
    "vp9": ("vp9", "opus"),
}


def decoded(film: Any) -> tuple[list[Fraction], list[np.ndarray]]:
    """(second, small R'G'B' picture) of each frame in the file."""
    times, pictures, smaller = [], [], VideoReformatter()
    with av.open(str(film.path)) as container:
        for frame in container.decode(video=0):
            assert frame.pts is not None
            assert frame.time_base is not None
            times.append(frame.pts * frame.time_base)
            small = smaller.reformat(
                frame, width=32, height=18, format="rgb24", interpolation=Interpolation.AREA, threads=1
            )
            pictures.append(small.to_ndarray())
    return times, pictures


@pytest.mark.parametrize("name", CODECS)
def test_frames_and_times(name: str, demo_variant: Callable[[str], Any]) -> None:
    film = demo_variant(name)
    timeline = Timeline(film.variant)
    with av.open(str(film.path)) as container:
        picture, sound = container.streams.video[0], container.streams.audio[0]
        assert (picture.codec_context.name, sound.codec_context.name) == CODECS[name]
        assert (picture.codec_context.width, picture.codec_context.height) == (film.variant.width, film.variant.height)
    times, _ = decoded(film)
    assert len(times) == film.truth.frames == len(timeline)
    off = [abs(shown - timeline.seconds(n)) for n, shown in enumerate(times)]
    assert max(off) <= Fraction(1, 1000)  # Matroska counts in milliseconds
    if film.path.suffix == ".mp4":
        assert max(off) == 0


def test_cuts_are_in_the_file_where_truth_has_them(demo_variant: Callable[[str], Any]) -> None:
    for name in ("h264", "variable"):
        film = demo_variant(name)
        _, pictures = decoded(film)
        steps = np.array(
            [np.abs(a.astype(int) - b).mean() for a, b in itertools.pairwise(pictures)]
        )  # step n: from frame n to n + 1
        for row in film.truth.boundaries:
            if row["kind"] == "cut":
                n = row["frame"] - 1
                around = steps[[n - 2, n - 1, n + 1]]
                assert steps[n] > 10
                assert steps[n] > 2.2 * around.max(), (name, row)


def test_truth_lies_beside_the_film(demo_film: Any) -> None:
    assert Truth.read(truth_path(demo_film.path)) == demo_film.truth
    assert len(demo_film.truth.picture_hash) == 64


def test_lines_are_in_the_film(demo_film: Any) -> None:
    found = []
    with av.open(str(demo_film.path)) as container:
        stream = container.streams.subtitles[0]
        assert stream.language == "eng"
        for packet in container.demux(stream):
            for rect in packet.decode():
                found.append((float(packet.pts * packet.time_base), rect.dialogue.decode()))
    assert found == [(line["begin"], line["text"]) for line in demo_film.truth.lines]


def test_lines_beside_the_film(demo_variant: Callable[[str], Any]) -> None:
    film = demo_variant("side_subtitles")
    text = film.path.with_name(film.path.stem + ".en.vtt").read_text(encoding="utf-8")
    assert text.startswith("WEBVTT\n\n00:00:16.400 --> 00:00:18.300\n<v Keeper>Listen, cat.")
    with av.open(str(film.path)) as container:
        assert not container.streams.subtitles


def test_sound_alone(demo_variant: Callable[[str], Any]) -> None:
    film = demo_variant("sound_only")
    with av.open(str(film.path)) as container:
        assert not container.streams.video
        samples = sum(frame.samples for frame in container.decode(audio=0))
    assert samples == pytest.approx(85 * 48000, abs=4096)
    assert film.truth.frames == 0
    assert film.truth.boundaries == []


def test_progress_counts_every_frame(tmp_path: Any) -> None:
    seen: list[tuple[int, int]] = []
    variant = Variant(width=64, height=64, rate=Fraction(8), sound_codec=None, subtitles="none")
    truth = render(tmp_path / "slow.mp4", variant, lambda done, whole: seen.append((done, whole)))
    assert seen == [(n + 1, truth.frames) for n in range(truth.frames)]
    again = render(tmp_path / "again.mp4", variant)
    assert again.picture_hash == truth.picture_hash
    assert (tmp_path / "slow.mp4").read_bytes() == (tmp_path / "again.mp4").read_bytes()
