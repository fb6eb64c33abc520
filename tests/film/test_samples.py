"""The sound, every sample at its time."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame

from rewatch.evidence import Damage
from rewatch.film.probe import open_film
from rewatch.film.samples import read_samples, read_stretch


def heard(path, **options):
    damage = Damage()
    film = open_film(path)
    pieces = list(read_samples(film, damage=damage, **options))
    at = 0
    for piece in pieces:
        assert piece.first == at
        assert piece.values.dtype == np.float32
        assert (piece.start, piece.rate, piece.layout) == (pieces[0].start, pieces[0].rate, pieces[0].layout)
        at += len(piece)
    values = np.concatenate([piece.values for piece in pieces]) if pieces else np.zeros((0, 0), np.float32)
    return values, pieces, damage


def clicks(values, rate):
    """Seconds of the clicks in the first channel."""
    loud = np.flatnonzero(np.abs(values[:, 0]) > 0.3)
    return loud[np.diff(loud, prepend=-rate) > rate // 50] / rate


@pytest.mark.parametrize(
    ("suffix", "codec", "layout", "rate"),
    [
        (".mkv", "pcm_s16le", "stereo", 48000),
        (".mkv", "pcm_s24le", "mono", 44100),
        (".mkv", "flac", "5.1", 48000),
        (".mkv", "flac", "7.1", 48000),
        (".mkv", "pcm_f32le", "5.1", 48000),
    ],
)
def test_lossless_sound_is_heard_as_it_was(tmp_path, render, suffix, codec, layout, rate):
    path = render(tmp_path / f"film{suffix}", count=12, sound=codec, layout=layout, sound_rate=rate)
    values, pieces, damage = heard(path)
    channels = {"mono": 1, "stereo": 2, "5.1": 6, "7.1": 8}[layout]
    assert values.shape == (round(2.5 * rate), channels)
    assert (pieces[0].rate, pieces[0].layout, pieces[0].start) == (rate, layout, 0)
    np.testing.assert_allclose(values, render.tone(len(values), rate, channels).T, atol=1e-4)
    assert damage.notes == []


@pytest.mark.parametrize(
    ("suffix", "codec"), [(".mp4", "aac"), (".mkv", "aac"), (".mkv", "libopus"), (".ts", "mp2"), (".mkv", "ac3")]
)
def test_priming_is_left_out_and_clicks_fall_where_they_were(tmp_path, render, suffix, codec):
    path = render(tmp_path / f"film{suffix}", count=60, sound=codec)
    values, pieces, _ = heard(path)
    found = clicks(values, pieces[0].rate) + float(pieces[0].start)
    film = open_film(path)
    # Transport streams begin with whichever stream is first: there the zero is the sound's own start.
    shift = found[0] - round(found[0], 1) if suffix == ".ts" else 0
    wanted = np.arange(25) / 10
    near = np.abs(found[:, None] - shift - wanted[None, :]).min(axis=0)
    assert (near[1:] < 0.003).all()
    assert film.sound.sample_rate == pieces[0].rate


def test_eight_planes(tmp_path, render):
    # AAC decodes to one plane a channel, of which PyAV cannot read eight by itself.
    path = render(tmp_path / "film.mp4", count=12, sound="aac", layout="7.1")
    values, pieces, _ = heard(path)
    assert (values.shape[1], pieces[0].layout) == (8, "7.1")
    level = values[4800:100_000].std(axis=0)
    wanted = render.tone(100_000, 48000, 8)[:, 4800:].std(axis=1)
    full = [channel for channel in range(8) if channel != 3]  # the fourth is low frequencies alone
    np.testing.assert_allclose(level[full], wanted[full], rtol=0.15)


def test_blocks_are_as_long_as_asked(tmp_path, render):
    path = render(tmp_path / "film.mkv", codec=None, sound="flac")
    _, pieces, _ = heard(path, block_seconds=0.4)
    assert [len(piece) for piece in pieces] == [19200] * 6 + [4800]
    whole, _, _ = heard(path, block_seconds=60)
    parts, _, _ = heard(path, block_seconds=0.01)
    np.testing.assert_array_equal(whole, parts)


def stamped(path, stretches, rate=48000, layout="stereo"):
    """PCM in Matroska, in frames of 10 ms: (second at which a stretch says it begins, its length) each."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=rate, layout=layout)
        value = 0
        for begin, length in stretches:
            for part in range(round(length * 100)):
                value += 1
                samples = np.full((1, rate // 100 * stream.codec_context.channels), value, np.int16)
                frame = AudioFrame.from_ndarray(samples, "s16", layout)
                frame.sample_rate = rate
                frame.pts, frame.time_base = round((begin + part / 100) * rate), Fraction(1, rate)
                for packet in stream.encode(frame):
                    out.mux(packet)
        out.mux(stream.encode())
    return path


def test_a_hole_is_filled_with_silence(tmp_path):
    values, _, _ = heard(stamped(tmp_path / "film.mkv", [(0, 1), (3, 1)]))
    assert len(values) == 4 * 48000
    assert (values[47990:48000] != 0).all()
    assert (values[48000 : 3 * 48000] == 0).all()
    assert values[3 * 48000, 0] == pytest.approx(101 / 32768)


def test_a_hole_takes_no_memory_of_its_own(tmp_path):
    import tracemalloc

    film = open_film(stamped(tmp_path / "film.mkv", [(0, 0.1), (3600, 0.1)]))
    tracemalloc.start()
    assert sum(len(piece) for piece in read_samples(film)) == pytest.approx(3600.1 * 48000, abs=100)
    assert tracemalloc.get_traced_memory()[1] < 20e6
    tracemalloc.stop()


def test_small_jitter_is_not_believed(tmp_path):
    values, _, damage = heard(stamped(tmp_path / "film.mkv", [(0, 1), (1.015, 1), (2.008, 1)]))
    assert len(values) == 3 * 48000
    assert (np.diff(values[:, 0]) >= 0).all()
    assert damage.repaired == 0


def test_an_overlap_is_cut_off(tmp_path):
    values, _, damage = heard(_overlapping(tmp_path))
    assert len(values) == pytest.approx(1.5 * 48000, abs=2400)
    assert np.abs(values[5000:46000]).max() == pytest.approx(3000 / 32768, rel=0.05)
    assert np.abs(values[50000:70000]).max() == pytest.approx(12000 / 32768, rel=0.05)
    assert damage.repaired > 0


def _overlapping(tmp_path):
    # A muxer refuses times that run backwards; these are two transport streams end to end, the second of which
    # begins half a second before the first ends, and is louder.
    parts = []
    for name, begin in (("a", 0), ("b", 0.5)):
        path = tmp_path / f"{name}.ts"
        with av.open(str(path), "w", options={"mpegts_copyts": "1", "muxdelay": "0"}) as out:
            stream = out.add_stream("mp2", rate=48000, layout="mono")
            wave = (3000 if name == "a" else 12000) * np.sin(2 * np.pi * 500 * np.arange(48000) / 48000)
            frame = AudioFrame.from_ndarray(wave.astype(np.int16)[None], "s16", "mono")
            frame.sample_rate, frame.pts, frame.time_base = 48000, round(begin * 48000), Fraction(1, 48000)
            out.mux(stream.encode(frame))
            out.mux(stream.encode())
        parts.append(path.read_bytes())
    path = tmp_path / "film.ts"
    path.write_bytes(b"".join(parts))
    return path


def test_sound_that_begins_late_says_so(tmp_path, render):
    path = tmp_path / "film.mkv"
    with av.open(str(path), "w") as out:
        picture = out.add_stream("libx264", rate=24)
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        sound = out.add_stream("pcm_s16le", rate=48000, layout="mono")
        for _ in range(48):
            out.mux(picture.encode(av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8))))
        out.mux(picture.encode())
        frame = AudioFrame.from_ndarray(np.ones((1, 48000), np.int16), "s16", "mono")
        frame.sample_rate, frame.pts, frame.time_base = 48000, 24000, Fraction(1, 48000)
        out.mux(sound.encode(frame))
        out.mux(sound.encode())
    values, pieces, _ = heard(path)
    assert pieces[0].start == Fraction(1, 2)
    assert len(values) == 48000


def test_a_stream_that_changes_rate_and_layout_goes_on_in_its_first(tmp_path):
    parts = []
    for begin, (rate, layout) in enumerate(((44100, "stereo"), (32000, "mono"))):
        path = tmp_path / f"{rate}.ts"
        with av.open(str(path), "w") as out:
            stream = out.add_stream("aac", rate=rate, layout=layout)
            channels = stream.codec_context.channels
            wave = 0.5 * np.sin(2 * np.pi * 500 * np.arange(rate) / rate)
            frame = AudioFrame.from_ndarray(np.stack([wave] * channels).astype(np.float32), "fltp", layout)
            frame.sample_rate, frame.pts, frame.time_base = rate, begin * rate, Fraction(1, rate)
            out.mux(stream.encode(frame))
            out.mux(stream.encode())
        parts.append(path.read_bytes())
    path = tmp_path / "film.ts"
    path.write_bytes(b"".join(parts))
    values, pieces, _ = heard(path)
    assert (pieces[0].rate, pieces[0].layout) == (44100, "stereo")
    assert len(values) == pytest.approx(2 * 44100, rel=0.06)
    tail = values[-30000:-10000, 0]
    peak = np.abs(np.fft.rfft(tail * np.hanning(len(tail)))).argmax() * 44100 / len(tail)
    assert peak == pytest.approx(500, abs=3)


def test_corrupt_sound_reads_on(tmp_path, render):
    import random

    path = render(tmp_path / "film.mkv", codec=None, sound="aac", sound_seconds=10)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = random.Random(5).randbytes(3000)
    path.write_bytes(data)
    values, _, damage = heard(path)
    assert len(values) / 48000 == pytest.approx(10, abs=0.2)
    assert damage.frames > 0 or any("hole" in note for note in damage.notes)
    found = clicks(values, 48000)
    assert np.abs(found[-5:] * 10 - np.round(found[-5:] * 10)).max() < 0.05


def test_no_sound_gives_nothing(tmp_path, render):
    assert heard(render(tmp_path / "film.mp4", count=3))[1] == []


def test_real_sound_is_as_long_as_the_film(films):
    values, pieces, damage = heard(films / "sintel_excerpt_mpeg1.mpg")
    assert pieces[0].start == 0
    assert len(values) / 48000 == pytest.approx(20.016, abs=0.03)
    assert damage == Damage()


@pytest.mark.parametrize(
    ("suffix", "codec"), [(".mp4", "aac"), (".mkv", "aac"), (".mkv", "libopus"), (".ts", "mp2"), (".mkv", "flac")]
)
def test_a_stretch_is_what_the_whole_has_there(tmp_path, render, suffix, codec):
    path = render(tmp_path / f"film{suffix}", count=60, sound=codec, layout="stereo", sound_rate=48000)
    values, pieces, _ = heard(path)
    film = open_film(path)
    (part,) = read_stretch(film, 1.5, 2.25)
    first = round((float(part.start - pieces[0].start)) * 48000)
    begin, end = round(1.5 * 48000), round(2.25 * 48000)
    assert first <= begin
    assert first + len(part) >= end
    # Matroska's clock counts milliseconds, and a coder that is begun amid a sound needs a moment.
    there = part.values[begin - first : end - first]
    assert min(np.abs(there - values[begin - late : end - late]).max() for late in range(-48, 49)) < 0.05
    assert list(read_stretch(film, -2.0, -1.0)) == []
