"""A film read in stretches side by side is the film read in one, to the bit."""

from __future__ import annotations

import os
import pickle
from itertools import islice

import numpy as np
import pytest

import rewatch.film.groups as groups
import rewatch.film.pictures as pictures
from rewatch.film.excerpts import ExcerptsFailed
from rewatch.film.groups import SHORTEST, part_of, stretches_of
from rewatch.film.pictures import PictureReader, ResumeFailed
from rewatch.film.probe import open_film

ARRAYS = ("pts", "luma", "cb", "cr", "keyframe", "size", "kind")
pytestmark = pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core: films are read in one")


def read(film, **how):
    reader = PictureReader(film, **how)
    pieces = list(reader)
    arrays = {name: np.concatenate([getattr(piece, name) for piece in pieces]) for name in ARRAYS}
    return arrays, pieces, reader.damage


def same(some, others):
    for name in ARRAYS:
        np.testing.assert_array_equal(some[name], others[name], err_msg=name)


@pytest.fixture
def in_one(monkeypatch):
    def read_in_one(film):
        with monkeypatch.context() as only:
            only.setattr(pictures, "stretches_of", lambda film: None)
            return read(film)

    return read_in_one


@pytest.mark.parametrize(
    ("suffix", "codec", "options"),
    [
        (".mp4", "libx264", {"bf": "3", "g": "48", "preset": "veryfast"}),
        (".mkv", "libx264", {"bf": "3", "g": "24", "x264-params": "open-gop=1", "preset": "veryfast"}),
        (".mkv", "libx265", {"preset": "ultrafast", "x265-params": "log-level=none:keyint=40:bframes=3:open-gop=1"}),
        (".mpg", "mpeg2video", {"bf": "2", "g": "12"}),
        (".mkv", "mjpeg", {}),
    ],
)
def test_to_the_bit(tmp_path, render, in_one, suffix, codec, options):
    kind = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    path = render(tmp_path / f"film{suffix}", codec=codec, options=options, count=600, pixel_format=kind)
    film = open_film(path)
    stretches = stretches_of(film)
    assert stretches is not None
    assert len(stretches.spans) >= 3
    assert all(end - begin >= SHORTEST for begin, end in stretches.spans[:-1])
    arrays, pieces, damage = read(film)
    wanted, others, told = in_one(film)
    same(arrays, wanted)
    assert [piece.first for piece in pieces] == np.cumsum([0, *map(len, pieces)])[:-1].tolist()
    assert (damage, pieces[-1].duration) == (told, others[-1].duration)
    assert 0 in {frame for piece in pieces for frame in piece.large}


def test_what_is_not_as_promised_is_gone_on_with_in_one(tmp_path, render, in_one, monkeypatch):
    film = open_film(render(tmp_path / "film.mp4", options={"g": "24", "preset": "veryfast"}, count=600))
    whole = groups.read_excerpts
    for right in (0, 1, 2):

        def failing(*given, right=right, **how):
            yield from islice(whole(*given, **how), right)
            raise ExcerptsFailed("not as promised")

        monkeypatch.setattr(groups, "read_excerpts", failing)
        arrays, _, damage = read(film)
        same(arrays, in_one(film)[0])
        assert damage.frames == 0


def test_a_still_film_is_gone_on_with_in_one_too(tmp_path, render, in_one, monkeypatch):
    # Every frame looks like every other: the place is found by counting.
    import av
    from av.video.frame import VideoFrame

    path = tmp_path / "still.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=24, options={"g": "24"})
        stream.width, stream.height, stream.pix_fmt = 128, 72, "yuv420p"
        for _ in range(600):
            out.mux(stream.encode(VideoFrame.from_ndarray(np.full((72, 128, 3), 90, np.uint8))))
        out.mux(stream.encode())
    film, whole = open_film(path), groups.read_excerpts

    def failing(*given, **how):
        yield from islice(whole(*given, **how), 1)
        raise ExcerptsFailed("not as promised")

    monkeypatch.setattr(groups, "read_excerpts", failing)
    same(read(film)[0], in_one(film)[0])


@pytest.mark.parametrize("at", [1, 4, 5, 6, 14, 18])
def test_a_reading_goes_on_where_it_stood(tmp_path, render, at):
    film = open_film(render(tmp_path / "film.mp4", options={"g": "24", "preset": "veryfast"}, count=600))
    wanted, pieces, _ = read(film)
    reader = PictureReader(film)
    for _ in islice(reader, at):
        pass
    point = pickle.loads(pickle.dumps(reader.resume_point()))
    reader.close()
    rest = list(PictureReader(film, resume=point))
    for name in ARRAYS:
        got = np.concatenate([getattr(piece, name) for piece in rest])
        np.testing.assert_array_equal(got, wanted[name][point.frame :], err_msg=name)
    large = {frame for piece in pieces for frame in piece.large if frame >= point.frame}
    assert {frame for piece in rest for frame in piece.large} == large


def test_another_film_is_not_gone_on_with(tmp_path, render):
    film = open_film(render(tmp_path / "film.mp4", options={"g": "24", "preset": "veryfast"}, count=600))
    reader = PictureReader(film)
    for _ in islice(reader, 7):
        pass
    point = reader.resume_point()
    reader.close()
    other = open_film(render(tmp_path / "other.mp4", options={"g": "24", "preset": "veryfast", "crf": "40"}, count=600))
    with pytest.raises(ResumeFailed):
        next(PictureReader(other, resume=point))


def test_short_films_and_those_without_an_order_are_read_in_one(tmp_path, render):
    assert stretches_of(open_film(render(tmp_path / "short.mp4", count=200))) is None
    hides = render(tmp_path / "hides.webm", codec="libvpx", options={"g": "24"}, count=500)
    assert stretches_of(open_film(hides)) is None


def test_a_part_of_a_piece(tmp_path, render):
    film = open_film(render(tmp_path / "film.mp4", options={"g": "24", "preset": "veryfast"}, count=600))
    piece = next(PictureReader(film, batch=100))
    part = part_of(piece, 10, 30)
    assert (part.first, len(part), part.duration) == (10, 20, int(piece.pts[30] - piece.pts[29]))
    assert set(part.large) == {frame for frame in piece.large if 10 <= frame < 30}
    np.testing.assert_array_equal(part.luma, piece.luma[10:30])
