"""Single frames by number, exactly."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from rewatch.clock import FrameTimes
from rewatch.errors import FilmError
from rewatch.film.pictures import read_pictures
from rewatch.film.probe import open_film
from rewatch.film.still import read_frame, read_frames


def timed(film):
    pieces = list(read_pictures(film))
    pts = np.concatenate([piece.pts for piece in pieces])
    return FrameTimes(pts, film.picture.time_base, int(pts[-1]) + pieces[-1].duration)


def grey(rgb):
    return rgb @ np.array((0.299, 0.587, 0.114))


@pytest.mark.parametrize(
    ("suffix", "codec", "options"),
    [
        (".mp4", "libx264", None),
        (".mp4", "libx264", {"bf": "3", "g": "48", "x264-params": "open-gop=1", "preset": "veryfast"}),
        (".mkv", "libx265", {"preset": "ultrafast", "x265-params": "log-level=none:keyint=40:bframes=3:open-gop=1"}),
        (".mpg", "mpeg2video", {"bf": "2", "g": "15"}),
        (".ts", "mpeg2video", {"bf": "2", "g": "15"}),
        (".avi", "mpeg4", None),
        (".h264", "libx264", None),
    ],
)
def test_each_frame_is_found_by_its_number(tmp_path, render, number_of, suffix, codec, options):
    film = open_film(render(tmp_path / f"film{suffix}", codec=codec, options=options, count=200))
    times = timed(film)
    assert len(times) == 200
    for frame in (0, 1, 23, 47, 48, 49, 95, 119, 137, 198, 199):
        rgb = read_frame(film, frame, times)
        assert rgb.shape == (128, 192, 3)
        assert number_of(grey(rgb)) == frame


def test_width_makes_it_smaller_never_larger(tmp_path, render):
    film = open_film(render(tmp_path / "film.mp4", count=5))
    times = timed(film)
    assert read_frame(film, 2, times, width=96).shape == (64, 96, 3)
    assert read_frame(film, 2, times, width=960).shape == (128, 192, 3)


def test_a_film_whose_clock_restarts_is_counted_from_its_start(tmp_path, render, number_of):
    parts = [render(tmp_path / f"{number}.ts", codec="mpeg2video", count=400) for number in range(2)]
    path = tmp_path / "film.ts"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    film = open_film(path)
    times = timed(film)
    assert len(times) > 795
    assert times.end_seconds == pytest.approx(800 / 24, abs=0.3)
    assert number_of(grey(read_frame(film, 200, times))) == 200
    assert number_of(grey(read_frame(film, len(times) - 1, times))) == 399


def test_variable_rate_and_holes(tmp_path, render, number_of):
    pts = [int(at) for at in np.cumsum([0, *([40, 33, 900, 17] * 20)])]
    film = open_film(render(tmp_path / "film.mkv", count=81, pts=pts, time_base=Fraction(1, 1000)))
    times = timed(film)
    for frame in (0, 3, 40, 79, 80):
        assert number_of(grey(read_frame(film, frame, times))) == frame


def test_no_such_frame(tmp_path, render):
    film = open_film(render(tmp_path / "film.mp4", count=5))
    with pytest.raises(FilmError, match="no frame 5: they are numbered 0 to 4"):
        read_frame(film, 5, timed(film))
    silent = open_film(render(tmp_path / "sound.m4a", codec=None, sound="aac"))
    with pytest.raises(FilmError, match="no picture"):
        read_frame(silent, 0, FrameTimes([], Fraction(1, 24), 0))


def test_frames_among_broken_timestamps(films):
    film = open_film(films / "agent327_240p_other_transfer.mp4")
    wanted = {}
    pts = []
    for piece in read_pictures(film):
        pts.append(piece.pts)
        wanted |= {
            frame: piece.luma[frame - piece.first] for frame in (700, 5560) if 0 <= frame - piece.first < len(piece)
        }
    times = FrameTimes(np.concatenate(pts), film.picture.time_base, int(pts[-1][-1]) + 1)
    for frame, luma in wanted.items():
        rgb = read_frame(film, frame, times, width=128)
        assert np.abs(grey(rgb) - luma).mean() < 3


def test_frames_of_a_run_that_are_wanted(tmp_path, render, number_of):
    film = open_film(render(tmp_path / "film.mkv", count=40))
    times = timed(film)
    found = dict(read_frames(film, 5, 30, times, only={5, 17, 29, 33}))
    assert sorted(found) == [5, 17, 29]
    assert [number_of(grey(rgb)) for rgb in found.values()] == [5, 17, 29]
    assert sorted(dict(read_frames(film, 6, 9, times, only={7}))) == [7]
