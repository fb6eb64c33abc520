"""Every frame, once, in order, at its time, as it looks."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from rewatch.evidence import Damage
from rewatch.film.pictures import read_pictures
from rewatch.film.probe import open_film


def read(path, **options):
    """A film's pictures joined: facts, numbers of frames as read off the picture's bits are left to the caller."""
    film = open_film(path)
    damage = options.pop("damage", Damage())
    pieces = list(read_pictures(film, damage=damage, **options))
    assert [piece.first for piece in pieces] == list(np.cumsum([0, *(len(piece) for piece in pieces)])[:-1])
    return film, pieces, damage


def joined(pieces, name):
    return np.concatenate([getattr(piece, name) for piece in pieces])


@pytest.mark.parametrize(
    ("suffix", "codec", "pixel_format"),
    [
        (".mp4", "libx264", "yuv420p"),
        (".mkv", "libx264", "yuv444p"),
        (".mp4", "libx265", "yuv420p10le"),
        (".webm", "libvpx-vp9", "yuv420p"),
        (".webm", "libvpx", "yuv420p"),
        (".mkv", "libsvtav1", "yuv420p10le"),
        (".mpg", "mpeg2video", "yuv420p"),
        (".ts", "mpeg2video", "yuv422p"),
        (".avi", "mpeg4", "yuv420p"),
        (".mov", "mjpeg", "yuvj420p"),
        (".mov", "prores", "yuv422p10le"),
        (".mkv", "ffv1", "bgr0"),
    ],
)
def test_every_frame_once_in_order(tmp_path, render, number_of, suffix, codec, pixel_format):
    path = render(tmp_path / f"film{suffix}", codec=codec, pixel_format=pixel_format, rate=Fraction(24), count=61)
    film, pieces, damage = read(path, batch=16)
    numbers = [number_of(luma) for luma in joined(pieces, "luma")]
    assert numbers == list(range(61))
    times = joined(pieces, "pts") * float(film.picture.time_base)
    np.testing.assert_allclose(times, np.arange(61) / 24, atol=0.0015)
    assert damage.frames == 0
    assert damage.notes == []
    assert joined(pieces, "luma").shape == (61, 86, 128)
    assert joined(pieces, "cb").shape == (61, 43, 64)
    assert joined(pieces, "keyframe")[0]


def test_variable_rate_keeps_the_files_own_times(tmp_path, render, number_of):
    pts = np.cumsum([0, *([40, 40, 80, 17, 500] * 8)])
    path = render(tmp_path / "film.mkv", count=41, pts=[int(at) for at in pts], time_base=Fraction(1, 1000))
    film, pieces, damage = read(path)
    assert film.picture.time_base == Fraction(1, 1000)
    assert joined(pieces, "pts").tolist() == pts.tolist()
    assert [number_of(luma) for luma in joined(pieces, "luma")] == list(range(41))
    assert damage.repaired == 0


def test_pieces_say_how_long_the_last_frame_lasts(tmp_path, render):
    film, pieces, _ = read(render(tmp_path / "film.mp4", count=10), batch=4)
    assert [len(piece) for piece in pieces] == [4, 4, 2]
    assert pieces[-1].duration * film.picture.time_base == Fraction(1, 24)


def test_kinds_sizes_and_keyframes_are_those_of_the_packets(tmp_path, render):
    from rewatch.film.packets import read_packets

    film, pieces, _ = read(render(tmp_path / "film.mp4", count=48))
    packets = read_packets(film)
    order = np.argsort(packets.pts)
    assert joined(pieces, "size").tolist() == packets.size[order].tolist()
    assert joined(pieces, "keyframe").tolist() == packets.keyframe[order].tolist()
    assert joined(pieces, "keyframe").sum() >= 4
    kinds = bytes(joined(pieces, "kind")).decode()
    assert set(kinds) == {"I", "P", "B"}
    assert kinds[0] == "I"


@pytest.mark.parametrize("full", [False, True])
def test_luma_is_full_range_whatever_the_files_range(tmp_path, render, drawn, full):
    # FFV1 keeps values as they are, so that what is read can be held against what was drawn.
    film, pieces, _ = read(render(tmp_path / "film.mkv", codec="ffv1", count=2, full_range=full))
    assert film.picture.full_range is full
    rgb = drawn(0).astype(float)
    expected = (rgb @ (0.299, 0.587, 0.114)).reshape(128, 192)
    luma = pieces[0].luma[0]
    assert luma[30:].mean() == pytest.approx(expected[45:].mean(), abs=1.5)
    assert int(luma.min()) == pytest.approx(20, abs=3)
    cb = 128 + (rgb[..., 2] - expected) / 1.772
    assert pieces[0].cb[0][16:].mean() == pytest.approx(cb[48:].mean(), abs=1.5)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_rotation_turns_small_and_large_upright(tmp_path, render, number_of, drawn, degrees):
    # set_display_rotation counts counter-clockwise: a player turns the picture by it, clockwise is its negative.
    path = tmp_path / "film.mp4"
    _render_turned(path, render, degrees)
    film, pieces, _ = read(path)
    assert film.picture.rotation == degrees
    luma = joined(pieces, "luma")
    assert luma.shape[1:] == (86, 128)
    assert [number_of(small) for small in luma] == list(range(8))
    large = pieces[0].large[0]
    assert large.shape == (128, 192, 3)
    assert np.abs(large.astype(int) - drawn(0)).mean() < 6


def _render_turned(path, render, degrees):
    """Upright pictures, stored turned against the clock, with the note to turn them back by it."""
    import av
    from av.video.frame import VideoFrame

    from_conftest = render.picture
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=24, options={"qp": "1"})
        turned = np.rot90(from_conftest(0), degrees // 90)
        stream.width, stream.height, stream.pix_fmt = turned.shape[1], turned.shape[0], "yuv420p"
        stream.set_display_rotation(-degrees)
        for number in range(8):
            picture = np.ascontiguousarray(np.rot90(from_conftest(number), degrees // 90))
            out.mux(stream.encode(VideoFrame.from_ndarray(picture, "rgb24")))
        out.mux(stream.encode())


def test_pixel_aspect_shapes_small_and_large(tmp_path, render):
    path = render(tmp_path / "film.mkv", codec="mpeg4", count=4, size=(192, 144), aspect=Fraction(4, 3))
    film, pieces, _ = read(path)
    assert film.picture.display_size == (256, 144)
    assert pieces[0].luma.shape[1:] == (72, 128)
    assert pieces[0].large[0].shape == (144, 256, 3)


def test_an_interlaced_still_has_no_combs(tmp_path, render):
    options = {"flags": "+ildct+ilme", "b": "4M"}
    path = render(tmp_path / "film.mpg", codec="mpeg2video", count=4, interlaced=True, options=options)
    film, pieces, _ = read(path)
    assert film.picture.interlaced
    large = pieces[0].large[0].astype(int)
    combs = np.abs(large[1:-1] - (large[:-2] + large[2:]) / 2).mean()
    progressive = render(tmp_path / "flat.mpg", codec="mpeg2video", count=4, options={"b": "4M"})
    plain = read(progressive)[1][0].large[0].astype(int)
    assert large.shape == plain.shape
    assert combs < 1.5 * np.abs(plain[1:-1] - (plain[:-2] + plain[2:]) / 2).mean() + 0.5


def test_a_stream_that_changes_its_size_on_the_way_reads_on(tmp_path, render, number_of):
    # Elementary streams may be joined end to end.
    parts = [render(tmp_path / f"{side}.h264", count=20, size=(side * 3 // 2, side)) for side in (128, 96)]
    path = tmp_path / "film.h264"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    _, pieces, _ = read(path)
    assert [number_of(luma) for luma in joined(pieces, "luma")] == [*range(20), *range(20)]
    assert joined(pieces, "luma").shape[1:] == (86, 128)


def test_large_frames_are_few_and_follow_the_cuts(tmp_path, films):
    _, pieces, _ = read(films / "sintel_trailer.mp4")
    large = sorted(number for piece in pieces for number in piece.large)
    assert large[0] == 0
    assert 25 < len(large) < 120
    sizes = {piece.large[number].shape for piece in pieces for number in piece.large}
    assert sizes == {(204, 480, 3)}


def test_no_picture_gives_nothing(tmp_path, render):
    path = render(tmp_path / "sound.m4a", codec=None, sound="aac")
    assert read(path)[1] == []


def test_timestamps_that_repeat_are_repaired_and_the_picture_stays_with_the_sound(films):
    film, pieces, damage = read(films / "agent327_240p_other_transfer.mp4", batch=500)
    pts = joined(pieces, "pts")
    assert len(pts) == 5680  # as many as bare decoding gives
    assert (np.diff(pts) > 0).all()
    assert 100 < damage.repaired < 140
    end = float((int(pts[-1]) + pieces[-1].duration) * film.picture.time_base)
    assert end == pytest.approx(231.5, abs=0.1)


def test_second_zero_is_the_containers_start(films):
    film, pieces, _ = read(films / "sintel_excerpt_mpeg1.mpg")
    assert film.zero == Fraction(47848, 90000)
    assert pieces[0].pts[0] == 48750 - 47848
    assert sum(map(len, pieces)) == 480


def test_hdr_stills_look_like_the_sdr_grade(films):
    stills = []
    for name in ("cosmos_clip_sdr.mp4", "cosmos_clip_hdr_pq.mp4"):
        _, pieces, _ = read(films / name)
        luma = joined(pieces, "luma")
        stills.append(({n: s for piece in pieces for n, s in piece.large.items()}, luma))
    (sdr, _), (hdr, _) = stills
    shared = sorted(set(sdr) & set(hdr))
    assert len(shared) > 10
    means = np.array([(sdr[n].mean(), hdr[n].mean()) for n in shared])
    assert np.corrcoef(means.T)[0, 1] > 0.9
    assert 0.7 < means[:, 1].mean() / means[:, 0].mean() < 1.4
