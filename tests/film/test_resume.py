"""A killed reading goes on where it stopped, to the bit."""

from __future__ import annotations

import pickle
from fractions import Fraction
from itertools import islice

import numpy as np
import pytest

from rewatch.film.pictures import PictureReader, ResumeFailed, read_pictures
from rewatch.film.probe import open_film

ARRAYS = ("pts", "luma", "cb", "cr", "keyframe", "size", "kind")


def same(rest, whole, first):
    """Whether the pieces `rest` are what `whole` gave from frame `first` on."""
    for name in ARRAYS:
        wanted = np.concatenate([getattr(piece, name) for piece in whole])[first:]
        got = np.concatenate([getattr(piece, name) for piece in rest])
        np.testing.assert_array_equal(got, wanted, err_msg=name)
    large = {number: still for piece in whole for number, still in piece.large.items() if number >= first}
    again = {number: still for piece in rest for number, still in piece.large.items()}
    assert sorted(again) == sorted(large)
    for number, still in large.items():
        np.testing.assert_array_equal(again[number], still)


def stopped_after(film, pieces, batch):
    """A resume point as another process would find it."""
    reader = PictureReader(film, batch=batch)
    for _ in islice(reader, pieces):
        pass
    point = reader.resume_point()
    reader.close()
    return pickle.loads(pickle.dumps(point))


@pytest.mark.parametrize(
    ("suffix", "codec", "options"),
    [
        (".mp4", "libx264", {"bf": "3", "g": "12", "preset": "veryfast"}),
        (".mp4", "libx264", {"bf": "3", "g": "24", "x264-params": "open-gop=1", "preset": "veryfast"}),
        (".mkv", "libx265", {"preset": "ultrafast", "x265-params": "log-level=none:keyint=20:bframes=3:open-gop=1"}),
        (".mpg", "mpeg2video", {"bf": "2", "g": "12"}),
        (".ts", "libx264", {"bf": "2", "g": "15", "preset": "veryfast"}),
        (".avi", "mpeg4", {"g": "12"}),
        (".webm", "libvpx-vp9", None),
    ],
)
@pytest.mark.parametrize("pieces", [1, 7, 14])
def test_resumed_frames_are_those_of_an_uninterrupted_reading(tmp_path, render, suffix, codec, options, pieces):
    film = open_film(render(tmp_path / f"film{suffix}", codec=codec, options=options, count=150))
    whole = list(read_pictures(film, batch=10))
    point = stopped_after(film, pieces, 10)
    assert point.frame == 10 * pieces
    rest = list(read_pictures(film, batch=7, resume=point))
    assert rest[0].first == point.frame
    same(rest, whole, point.frame)


def test_the_point_of_an_earlier_piece_can_be_had(tmp_path, render):
    film = open_film(render(tmp_path / "film.mp4", count=60))
    reader = read_pictures(film, batch=10)
    assert reader.resume_point() is None
    whole = list(reader)
    assert reader.resume_point().frame == 60
    assert reader.resume_point(33) is None
    point = reader.resume_point(30)
    same(list(read_pictures(film, resume=point)), whole, 30)


def test_at_the_end_nothing_is_left(tmp_path, render):
    film = open_film(render(tmp_path / "film.mp4", count=60))
    reader = read_pictures(film)
    list(reader)
    assert list(read_pictures(film, resume=reader.resume_point())) == []


def test_another_film_does_not_resume(tmp_path, render):
    film = open_film(render(tmp_path / "film.mp4", count=60))
    point = stopped_after(film, 4, 10)
    other = open_film(render(tmp_path / "other.mp4", count=60, codec="mpeg4", rate=Fraction(25)))
    with pytest.raises(ResumeFailed, match="frame 40"):
        next(read_pictures(other, resume=point))


@pytest.mark.parametrize("name", ["agent327_480p.mp4", "agent327_240p_other_transfer.mp4"])
def test_real_film_resumes(films, name):
    film = open_film(films / name)
    reader = PictureReader(film, batch=100)
    kept = [next(reader) for _ in range(12)]
    at = kept[9].first + len(kept[9])
    point = reader.resume_point(at)
    reader.close()
    resumed = PictureReader(film, batch=100, resume=point)
    rest = [next(resumed), next(resumed)]
    resumed.close()
    same(rest, kept, at)


def test_a_still_film_resumes_by_its_times(tmp_path):
    # The same frame over and over: only the timestamps tell where it stood.
    import av
    from av.video.frame import VideoFrame

    path = tmp_path / "still.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 128, 72, "yuv420p"
        for _ in range(100):
            out.mux(stream.encode(VideoFrame.from_ndarray(np.full((72, 128, 3), 90, np.uint8))))
        out.mux(stream.encode())
    film = open_film(path)
    whole = list(read_pictures(film, batch=10))
    same(list(read_pictures(film, resume=stopped_after(film, 6, 10))), whole, 60)
