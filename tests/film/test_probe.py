"""What a file holds, and which of it is watched."""

from __future__ import annotations

import os
from fractions import Fraction

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame
from av.stream import Disposition
from av.video.frame import VideoFrame

from rewatch.errors import NoSuchStream
from rewatch.film.identity import identify
from rewatch.film.pictures import read_pictures
from rewatch.film.probe import open_film


def with_sounds(path, kinds):
    """A film with a picture and one audio stream for each (layout, disposition, title)."""
    with av.open(str(path), "w") as out:
        picture = out.add_stream("libx264", rate=24)
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        sounds = []
        for layout, disposition, title in kinds:
            stream = out.add_stream("flac", rate=48000, layout=layout)
            stream.disposition = disposition
            if title:
                stream.metadata["title"] = title
            sounds.append((stream, layout))
        for _ in range(3):
            out.mux(picture.encode(VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8))))
        out.mux(picture.encode())
        for stream, layout in sounds:
            channels = stream.codec_context.channels
            frame = AudioFrame.from_ndarray(np.zeros((1, 4608 * channels), np.int16), "s16", layout)
            frame.sample_rate = 48000
            out.mux(stream.encode(frame))
            out.mux(stream.encode())
    return path


PLAIN, DEFAULT, COMMENT, AUDIO_DESCRIPTION = (
    Disposition(0), Disposition.default, Disposition.comment, Disposition.visual_impaired)  # fmt: skip


@pytest.mark.parametrize(
    ("kinds", "chosen"),
    [
        ([("stereo", DEFAULT, ""), ("5.1", PLAIN, "")], 0),
        ([("stereo", PLAIN, ""), ("5.1", DEFAULT, "")], 1),
        ([("stereo", PLAIN, ""), ("5.1", PLAIN, ""), ("5.1", PLAIN, "")], 1),
        ([("stereo", DEFAULT | COMMENT, ""), ("mono", PLAIN, "")], 1),
        ([("stereo", DEFAULT, "Director's Commentary"), ("mono", PLAIN, "")], 1),
        ([("stereo", AUDIO_DESCRIPTION | DEFAULT, ""), ("mono", PLAIN, "")], 1),
        ([("stereo", COMMENT, "")], 0),
    ],
)
def test_the_sound_that_players_choose(tmp_path, kinds, chosen):
    film = open_film(with_sounds(tmp_path / "film.mkv", kinds))
    assert film.sound is not None
    assert film.sound.number == chosen
    assert film.sounds[chosen] == film.sound
    assert len(film.sounds) == len(kinds)


def test_an_audio_stream_can_be_asked_for(tmp_path):
    path = with_sounds(tmp_path / "film.mkv", [("stereo", DEFAULT, ""), ("5.1", PLAIN, "")])
    film = open_film(path, audio_stream=1)
    assert (film.sound.layout, film.sound.channels) == ("5.1", 6)
    with pytest.raises(NoSuchStream, match="no audio stream 2: they are numbered 0 to 1"):
        open_film(path, audio_stream=2)


def test_silent_film(tmp_path, render):
    path = render(tmp_path / "film.mp4", count=5)
    assert open_film(path).sound is None
    with pytest.raises(NoSuchStream, match="it has none"):
        open_film(path, audio_stream=0)


def test_facts_of_a_rendered_film(tmp_path, render):
    path = render(
        tmp_path / "film.mp4", count=48, codec="libx265", pixel_format="yuv420p10le", rate=Fraction(24000, 1001),
        colour=(9, 16, 9), sound="aac", sound_rate=44100, language="fra", lines=[(500, 900, "Bonjour")],
    )  # fmt: skip
    film = open_film(path)
    picture, sound = film.picture, film.sound
    assert (picture.codec, picture.width, picture.height) == ("hevc", 192, 128)
    assert picture.rate == Fraction(24000, 1001)
    assert (picture.pixel_format, picture.bit_depth) == ("yuv420p10le", 10)
    assert (picture.primaries, picture.transfer, picture.matrix) == ("bt2020", "pq", "bt2020nc")
    assert not picture.full_range
    assert not picture.interlaced
    assert (picture.frames, picture.rotation, picture.pixel_aspect) == (48, 0, 1)
    assert float(picture.duration) == pytest.approx(2.002, abs=0.001)
    assert (sound.codec, sound.sample_rate, sound.layout, sound.language) == ("aac", 44100, "stereo", "fra")
    assert [(words.codec, words.text, words.forced) for words in film.words] == [("mov_text", True, False)]
    assert film.identity == identify(path)
    assert film.size == os.path.getsize(path)
    assert film.path == str(path)


def test_cover_art_is_no_picture(tmp_path, render):
    song = open_film(render(tmp_path / "song.mp4", codec=None, sound="aac", cover=b"x"))
    assert song.picture is None
    assert song.pictures == ()
    film = open_film(render(tmp_path / "film.mp4", count=5, cover=b"x"))
    assert film.picture.codec == "h264"
    assert len(film.pictures) == 1


def test_the_larger_of_two_pictures(films):
    film = open_film(films / "nasa_13013.mp4")
    assert [(picture.width, picture.height) for picture in film.pictures] == [(320, 180), (480, 270)]
    assert film.picture == film.pictures[1]
    assert film.picture.rate == Fraction(30000, 1001)
    assert sum(len(piece) for piece in read_pictures(film)) == 390
    assert [sound.sample_rate for sound in film.sounds] == [8000, 16000]
    assert film.sound.number == 0
    assert len(film.words) == 2


def test_rate_is_the_nominal_one_though_some_frames_are_crammed(films):
    assert open_film(films / "agent327_240p_other_transfer.mp4").picture.rate == 24
    assert open_film(films / "sintel_excerpt_mpeg1.mpg").picture.rate == 24


def test_chapters_and_tags(tmp_path):
    path = tmp_path / "film.mkv"
    with av.open(str(path), "w") as out:
        out.metadata["title"] = "A Film"
        out.set_chapters(
            [{"id": 1, "start": 0, "end": 1000, "time_base": Fraction(1, 1000), "metadata": {"title": "One"}},
             {"id": 2, "start": 1000, "end": 2000, "time_base": Fraction(1, 1000), "metadata": {}}]
        )  # fmt: skip
        stream = out.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(48):
            out.mux(stream.encode(VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8))))
        out.mux(stream.encode())
    film = open_film(path)
    assert [(chapter.begin, chapter.end, chapter.title) for chapter in film.chapters] == [
        (0, 1, "One"), (1, 2, "Chapter 2")]  # fmt: skip
    assert film.tags["title"] == "A Film"


def test_a_colon_in_the_name_is_no_protocol(tmp_path, render):
    path = render(tmp_path / "film.mp4", count=3).rename(tmp_path / "http: the film.mp4")
    assert open_film(path).picture.width == 192


def test_a_file_of_unknown_codec(tmp_path, render):
    from rewatch.errors import UnknownCodec

    path = render(tmp_path / "film.mp4", count=5)
    path.write_bytes(path.read_bytes().replace(b"avc1", b"zzz1"))
    with pytest.raises(UnknownCodec, match="cannot be decoded"):
        open_film(path)


def test_sound_of_unknown_codec_is_told_of_but_not_watched(tmp_path, render):
    from rewatch.errors import UnknownCodec

    path = render(tmp_path / "film.mov", count=5, sound="pcm_s16le")
    path.write_bytes(path.read_bytes().replace(b"sowt", b"zzz4"))
    film = open_film(path)
    assert film.picture is not None
    assert film.sound is None
    assert len(film.sounds) == 1
    with pytest.raises(UnknownCodec, match="audio stream 0"):
        open_film(path, audio_stream=0)
    only = render(tmp_path / "sound.mov", codec=None, sound="pcm_s16le")
    only.write_bytes(only.read_bytes().replace(b"sowt", b"zzz4"))
    with pytest.raises(UnknownCodec, match="sound"):
        open_film(only)
