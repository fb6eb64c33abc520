"""The copy for browsers: H.264 and AAC, on the film's own clock, there wholly or not at all."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from rewatch.errors import FilmError
from rewatch.film.probe import open_film
from rewatch.library.edition import Edition
from rewatch.library.library import Library
from rewatch.web.proxy import make_proxy, proxy_path

RATE, FRAMES = Fraction(24000, 1001), 60


@pytest.fixture
def edition(tmp_path: Path) -> Edition:
    """Two and a half seconds of MPEG-2 and MP2, anamorphic, which no browser plays."""
    path = tmp_path / "old.mpg"
    with av.open(str(path), "w", format="mpeg") as film:
        picture = film.add_stream("mpeg2video", rate=RATE)
        picture.width, picture.height, picture.pix_fmt = 352, 288, "yuv420p"
        picture.codec_context.sample_aspect_ratio = Fraction(16, 11)
        sound = film.add_stream("mp2", rate=48000)
        for i in range(FRAMES):
            luma = np.full((288, 352, 3), 40 + 3 * i, np.uint8)
            frame = av.VideoFrame.from_ndarray(luma, "rgb24")
            frame.pts, frame.time_base = i, 1 / RATE
            film.mux(picture.encode(frame))
        film.mux(picture.encode(None))
        tone = (8000 * np.sin(np.arange(48000 * 5 // 2) * 0.05)).astype(np.int16)
        for at in range(0, len(tone) - 1151, 1152):
            piece = av.AudioFrame.from_ndarray(
                tone[None, at : at + 1152].repeat(2, 0).T.reshape(1, -1), "s16", "stereo"
            )
            piece.sample_rate, piece.pts = 48000, at
            film.mux(sound.encode(piece))
        film.mux(sound.encode(None))
    library = Library(tmp_path / "library")
    return library.add(open_film(path))


def test_the_copy_keeps_the_clock_and_what_is_seen(edition: Edition) -> None:
    told: list[float] = []
    path = make_proxy(edition, lambda at, of: told.append(at))
    assert path == proxy_path(edition)
    with av.open(edition.facts.path) as film:
        seen = [
            (float(f.pts * f.time_base - edition.facts.zero), f.to_ndarray(format="gray").mean())
            for f in film.decode(video=0)
        ]
    with av.open(str(path)) as copy:
        video, audio = copy.streams.video[0], copy.streams.audio[0]
        assert (video.codec_context.name, video.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert audio.codec_context.name == "aac"
        # As shown: square pixels.
        width, height = edition.facts.picture.display_size if edition.facts.picture else (0, 0)
        assert abs(video.codec_context.width / video.codec_context.height - width / height) < 0.01
        shown = [(float(f.pts * f.time_base), f.to_ndarray(format="gray").mean()) for f in copy.decode(video=0)]
    assert len(shown) == len(seen) == FRAMES
    for (at, light), (was_at, was_light) in zip(shown, seen, strict=True):
        assert abs(at - was_at) < 2e-5
        assert abs(light - was_light) < 3
    with av.open(str(path)) as copy:
        first = next(copy.decode(audio=0))
    with av.open(edition.facts.path) as film:
        was = next(film.decode(audio=0))
    # AAC's first packet holds what the encoder needs to begin: less than two of its frames.
    assert abs(float(first.pts * first.time_base) - float(was.pts * was.time_base - edition.facts.zero)) < 2048 / 48000
    assert told[-1] == pytest.approx(edition.duration)


def test_no_frame_is_dropped_whose_time_is_guessed(tmp_path: Path) -> None:
    """H.264 with B frames in AVI, which holds times of decoding alone."""
    path = tmp_path / "old.avi"
    with av.open(str(path), "w") as film:
        picture = film.add_stream("libx264", rate=RATE, options={"bf": "3", "g": "30"})
        picture.width, picture.height, picture.pix_fmt = 192, 128, "yuv420p"
        for i in range(FRAMES):
            frame = av.VideoFrame.from_ndarray(np.full((128, 192, 3), 40 + 3 * i, np.uint8), "rgb24")
            frame.pts, frame.time_base = i, 1 / RATE
            film.mux(picture.encode(frame))
        film.mux(picture.encode(None))
    with av.open(str(make_proxy(Library(tmp_path / "library").add(open_film(path))))) as copy:
        shown = [(float(f.pts * f.time_base), f.to_ndarray(format="gray").mean()) for f in copy.decode(video=0)]
    times, light = (np.array(column) for column in zip(*shown, strict=True))
    assert len(shown) == FRAMES
    assert np.abs(np.diff(times) - float(1 / RATE)).max() < 1e-3
    assert (np.diff(light) > 0).all()


def test_a_film_that_cannot_be_read_leaves_no_copy(edition: Edition) -> None:
    Path(edition.facts.path).write_bytes(b"no film at all" * 100)
    with pytest.raises(FilmError):
        make_proxy(edition)
    assert not proxy_path(edition).exists()
    assert not list(proxy_path(edition).parent.glob("*"))
