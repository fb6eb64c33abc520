"""Bad input: watched as far as it goes, and what is missing is said."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import numpy as np
import pytest

from rewatch.clock import FrameTimes
from rewatch.errors import FilmError, NotAFilm
from rewatch.evidence import Damage
from rewatch.film.decoding import Decoding
from rewatch.film.order import known_order
from rewatch.film.pictures import read_pictures
from rewatch.film.probe import open_film
from rewatch.film.samples import read_samples
from rewatch.film.still import read_frame


def numbers(path, number_of):
    damage = Damage()
    film = open_film(path)
    pieces = list(read_pictures(film, damage=damage))
    return [number_of(luma) for piece in pieces for luma in piece.luma], pieces, damage


def flipped(path, target, share, length=400, seed=1):
    """A copy with `length` bytes overwritten at `share` of the file."""
    data = bytearray(path.read_bytes())
    at = int(len(data) * share)
    data[at : at + length] = random.Random(seed).randbytes(length)
    target.write_bytes(data)
    return target


@pytest.mark.parametrize(
    ("suffix", "codec"),
    [(".mkv", "libx264"), (".mkv", "libx265"), (".webm", "libvpx-vp9"), (".mpg", "mpeg2video"), (".ts", "libx264"),
     (".mkv", "mjpeg"), (".avi", "mpeg4"), (".mkv", "ffv1")],
)  # fmt: skip
@pytest.mark.parametrize("seed", [1, 2])
def test_a_corrupt_stretch_is_passed_over(tmp_path, render, number_of, suffix, codec, seed):
    pixels = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    path = render(tmp_path / f"film{suffix}", codec=codec, count=120, pixel_format=pixels)
    bad = flipped(path, tmp_path / f"bad{suffix}", 0.5, length=600, seed=seed)
    seen, pieces, damage = numbers(bad, number_of)
    assert len(seen) > 80
    assert seen[:30] == list(range(30))
    assert seen[-1] == 119
    pts = np.concatenate([piece.pts for piece in pieces])
    assert (np.diff(pts) > 0).all()
    assert damage.frames > 0 or len(seen) == 120
    assert any("could not be decoded" in note for note in damage.notes) or len(seen) == 120


@pytest.mark.parametrize("suffix", [".mkv", ".mp4", ".avi"])
def test_a_truncated_film_is_watched_as_far_as_it_goes(tmp_path, drawn, number_of, suffix):
    options = {"movflags": "faststart"} if suffix == ".mp4" else {}
    path = tmp_path / f"film{suffix}"
    _render_with_index_first(path, options, drawn)
    data = path.read_bytes()
    cut = tmp_path / f"cut{suffix}"
    cut.write_bytes(data[: len(data) * 6 // 10])
    seen, _, damage = numbers(cut, number_of)
    assert 100 < len(seen) < 200
    assert seen == list(range(len(seen)))
    assert damage.missing == pytest.approx(10 - len(seen) / 24, abs=0.3)
    assert [note for note in damage.notes if "of 0:10" in note]


@pytest.mark.parametrize("share", [0.41, 0.6, 0.83])
def test_every_frame_that_is_whole_is_had_of_a_truncated_film(tmp_path, drawn, number_of, share):
    import av

    path = tmp_path / "film.mp4"
    _render_with_index_first(path, {"movflags": "faststart"}, drawn)
    with av.open(str(path)) as film:
        packets = [p for p in film.demux(video=0) if p.size]
    packet = packets[int(len(packets) * share)]
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(path.read_bytes()[: packet.pos + packet.size // 2])
    whole = sorted(round(p.pts * p.time_base * 24) for p in packets if p.pos < packet.pos)
    seen, _, _ = numbers(cut, number_of)
    assert seen == whole
    # What is left of the frame in the middle of which the file ends keeps nobody from parting it, or glancing at it.
    assert len(known_order(open_film(cut))) == len(whole)


def _render_with_index_first(path, options, drawn):
    import av
    from av.video.frame import VideoFrame

    codec = "mpeg4" if path.suffix == ".avi" else "libx264"
    with av.open(str(path), "w", options=options) as out:
        stream = out.add_stream(codec, rate=24, options={"g": "12"})
        stream.width, stream.height, stream.pix_fmt = 192, 128, "yuv420p"
        for number in range(240):
            out.mux(stream.encode(VideoFrame.from_ndarray(drawn(number), "rgb24")))
        out.mux(stream.encode())


def test_a_truncated_real_film(films):
    film = open_film(films / "sintel_trailer_truncated.webm")
    damage = Damage()
    assert sum(len(piece) for piece in read_pictures(film, damage=damage)) == 654
    assert damage.notes == ["the file ends at 0:27 of 0:52"]
    heard = Damage()
    samples = sum(len(piece) for piece in read_samples(film, damage=heard))
    assert samples / 44100 == pytest.approx(27.24, abs=0.05)
    assert heard.notes == ["the file ends at 0:27 of 0:52"]


def test_sound_that_outlasts_the_picture_is_no_truncation(tmp_path, render, number_of):
    path = render(tmp_path / "film.mkv", count=48, sound="flac", sound_seconds=8)
    seen, _, damage = numbers(path, number_of)
    assert len(seen) == 48
    assert damage.notes == []


def test_not_a_film(tmp_path):
    cases = {
        "notes.txt": b"These are my notes about the film.\n" * 40,
        "noise.mp4": random.Random(3).randbytes(50_000),
        "empty.mkv": b"",
        "zeros.mov": bytes(10_000),
        "film.m3u8": b"#EXTM3U\n#EXTINF:10,\nhttp://example.com/a.ts\n",
    }
    for name, data in cases.items():
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(NotAFilm) as caught:
            open_film(path)
        assert str(path) in str(caught.value), name
        assert "\n" not in str(caught.value)


def test_a_single_picture_is_no_film(tmp_path):
    from PIL import Image

    for suffix in (".jpg", ".png"):
        path = tmp_path / f"still{suffix}"
        Image.new("RGB", (64, 48)).save(path)
        with pytest.raises(NotAFilm):
            open_film(path)


def test_missing_directory_forbidden(tmp_path, render, monkeypatch):
    with pytest.raises(FilmError, match="no such file"):
        open_film(tmp_path / "gone.mp4")
    with pytest.raises(FilmError, match="is a directory"):
        open_film(tmp_path)
    path = render(tmp_path / "film.mp4", count=3)

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)  # root may read everything, so chmod would prove nothing
    with pytest.raises(FilmError, match="no permission"):
        open_film(path)


def test_mp4_whose_index_was_never_written(tmp_path, render):
    path = render(tmp_path / "film.mp4", count=48)
    data = path.read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(data[: data.index(b"moov") - 4])
    with pytest.raises(FilmError, match="incomplete"):
        open_film(cut)


def test_a_document_with_photographs_in_it_is_no_film(tmp_path):
    from PIL import Image

    path = tmp_path / "scan.pdf"
    Image.effect_noise((64, 48), 80).convert("RGB").save(path)
    with pytest.raises(NotAFilm, match=r"scan\.pdf"):
        open_film(path)


@pytest.mark.skipif(sys.platform != "linux", reason="only there may a name be any bytes")
def test_a_name_that_is_no_text_is_told(tmp_path, render):
    film = render(tmp_path / "film.mp4", count=3)
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/fi\xfflm.mp4"))
    film.rename(path)
    with pytest.raises(FilmError, match=r"fi\\xfflm\.mp4: its name is not valid text"):
        open_film(path)


def test_pieces_shorter_than_a_jump_follow_each_other(tmp_path, render, number_of):
    piece = render(tmp_path / "piece.ts", codec="mpeg2video", count=96, sound="mp2", sound_seconds=4)
    path = tmp_path / "film.ts"
    path.write_bytes(piece.read_bytes() * 3)
    film = open_film(path)
    pieces = list(read_pictures(film))
    ends = float((int(pieces[-1].pts[-1]) + pieces[-1].duration) * pieces[-1].time_base)
    assert ends == pytest.approx(12, abs=0.3)
    heard = list(read_samples(film))
    assert float(heard[-1].start) + (heard[-1].first + len(heard[-1])) / heard[-1].rate == pytest.approx(12, abs=0.3)


def test_a_short_picture_under_a_long_sound_is_whole(tmp_path, render):
    film = open_film(render(tmp_path / "film.mkv", count=1, sound="flac", sound_seconds=6))
    damage = Damage()
    list(read_pictures(film, damage=damage))
    assert not damage.missing
    assert damage.notes == []


def test_an_avi_whose_times_are_guessed_has_lost_nothing(tmp_path, render, number_of, monkeypatch):
    """AVI holds times of decoding only, and of H.264 with B frames libav guesses those of showing in that order."""
    path = render(tmp_path / "film.avi", count=120, options={"g": "30", "bf": "3", "preset": "fast"})
    seen, pieces, damage = numbers(path, number_of)
    assert seen == list(range(120))
    assert (damage.frames, damage.repaired, damage.notes) == (0, 0, [])
    assert set(np.diff(np.concatenate([piece.pts for piece in pieces]))) == {1}
    size, kind = (np.concatenate([getattr(piece, name) for piece in pieces]) for name in ("size", "kind"))
    assert ord("B") in kind
    assert size.min() > 0
    film = open_film(path)
    times = FrameTimes(np.concatenate([piece.pts for piece in pieces]), pieces[0].time_base, 121)
    assert number_of(read_frame(film, 0, times).mean(axis=2)) == 0
    monkeypatch.setattr(Decoding, "skip", None)  # nor need frames be counted from the start
    for frame in (31, 59, 60, 62, 119):
        assert number_of(read_frame(film, frame, times).mean(axis=2)) == frame


@pytest.mark.parametrize("suffix", [".mkv", ".mp4"])
def test_a_picture_that_begins_late_is_whole(tmp_path, render, number_of, suffix):
    path = render(tmp_path / f"late{suffix}", count=96, pts=range(120, 216), sound="aac", sound_seconds=9)
    seen, pieces, damage = numbers(path, number_of)
    assert seen == list(range(96))
    assert float(pieces[0].pts[0] * pieces[0].time_base) == pytest.approx(5, abs=0.1)
    assert damage.notes == []


def test_a_frame_that_a_join_damaged_is_counted_once(tmp_path, render, number_of):
    """The frame of the other piece that bears the same time is none of it."""
    one, other = (render(tmp_path / f"{n}.ts", count=96) for n in range(2))
    path = tmp_path / "joined.ts"
    path.write_bytes(one.read_bytes() + other.read_bytes())
    seen, _, damage = numbers(path, number_of)
    assert seen == [*range(96), *range(96)]
    assert damage.frames == 1
