"""Averages against libswscale and against plain arithmetic."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange

from rewatch.film.averages import LEAST, averages_for
from rewatch.film.decoding import Decoding
from rewatch.film.probe import open_film


def frame_of(pixels: str, wide: int, high: int, value: object) -> VideoFrame:
    frame = VideoFrame(wide, high, pixels)
    for n, plane in enumerate(frame.planes):
        lines = np.zeros((plane.height, plane.line_size), np.uint8)
        lines[:, : plane.width] = value(n, plane.height, plane.width)  # type: ignore[operator]
        plane.update(lines.tobytes())
    return frame


def test_black_white_and_grey_are_so_to_the_digit() -> None:
    for level, luma in ((16, 0), (235, 255), (0, 0), (255, 255)):
        frame = frame_of("yuv420p", 1280, 720, lambda n, h, w, level=level: 128 if n else level)
        averages = averages_for(frame, (128, 72), full=False)
        assert averages is not None
        y, u, v = averages(frame)
        assert (y.shape, u.shape, v.shape) == ((72, 128), (36, 64), (36, 64))
        assert (np.unique(y).tolist(), np.unique(u).tolist(), np.unique(v).tolist()) == ([luma], [128], [128])


@pytest.mark.parametrize(("pixels", "wide", "high"), [("yuv420p", 1280, 720), ("yuv422p", 1279, 721)])
def test_each_field_is_the_mean_of_its_samples(pixels: str, wide: int, high: int) -> None:
    rng = np.random.default_rng(1)
    held = {}

    def noise(n: int, tall: int, across: int) -> np.ndarray:
        held[n] = rng.integers(0, 256, (tall, across), np.uint8)
        return held[n]

    frame = frame_of(pixels, wide, high, noise)
    averages = averages_for(frame, (128, 72), full=True)
    assert averages is not None
    y, u, _ = averages(frame)
    for small, whole in ((y, held[0]), (u, held[1])):
        rows = np.round(np.arange(small.shape[0] + 1) * whole.shape[0] / small.shape[0]).astype(int)
        step = whole.shape[1] / small.shape[1]
        for row, column in ((0, 0), (7, 11), (small.shape[0] - 1, small.shape[1] - 1)):
            begin, end = column * step, (column + 1) * step
            weight = np.clip(
                np.minimum(np.arange(whole.shape[1]) + 1, end) - np.maximum(np.arange(whole.shape[1]), begin), 0, 1
            )
            mean = (whole[rows[row] : rows[row + 1]] @ weight).mean() / step
            assert abs(float(small[row, column]) - mean) <= 0.502


def test_as_libswscale_does_it(tmp_path: Path, render: object) -> None:
    film = open_film(render(tmp_path / "large.mp4", size=(1280, 720), count=4))  # type: ignore[operator]
    assert film.picture is not None
    decode = Decoding(film, film.picture)
    got = decode.next()
    assert got is not None
    ours = decode.reduce(got[0])
    theirs = decode._scaled(got[0], None, int(ColorRange.MPEG))
    decode.close()
    for one, other in zip(ours, theirs, strict=True):
        assert one.shape == other.shape
        assert np.abs(one.astype(float) - other).max() <= 1


def test_small_frames_and_strange_ones_are_left_to_it() -> None:
    grey = lambda n, h, w: 128  # noqa: E731
    assert averages_for(frame_of("yuv420p", LEAST * 128 - 2, 720, grey), (128, 72), full=False) is None
    assert averages_for(VideoFrame(1280, 720, "yuv420p10le"), (128, 72), full=False) is None
    assert averages_for(VideoFrame(1280, 720, "rgb24"), (128, 72), full=True) is None
