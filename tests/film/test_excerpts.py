"""Stretches decoded by themselves are the frames of the full reading, to the bit; what cannot be told is refused."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace

import av
import numpy as np
import pytest

from rewatch.film.decoding import Decoding
from rewatch.film.excerpts import ExcerptsFailed, read_excerpts
from rewatch.film.order import NoOrder, order_of
from rewatch.film.packets import NO_TIME, read_packets
from rewatch.film.pictures import read_pictures
from rewatch.film.probe import open_film


def full(film):
    pieces = list(read_pictures(film))
    return tuple(np.concatenate([getattr(p, name) for p in pieces]) for name in ("luma", "cb", "cr", "pts", "size"))


@pytest.mark.parametrize(
    ("codec", "name"),
    [("libx264", "film.mp4"), ("libx264", "film.mkv"), ("mpeg2video", "film.mkv"), ("mjpeg", "film.mov")],
)
def test_excerpts_are_the_frames_of_the_full_reading(tmp_path, render, codec, name):
    options = {"mpeg2video": {"g": "12", "bf": "2"}, "libx264": {"g": "12", "bf": "3", "preset": "veryfast"}}
    formats = {"mjpeg": "yuvj420p"}
    path = render(
        tmp_path / name, count=72, codec=codec, options=options.get(codec), pixel_format=formats.get(codec, "yuv420p")
    )
    film = open_film(path)
    order = order_of(film, read_packets(film)).thinned()
    luma, cb, _, pts, size = full(film)
    assert len(order) == len(luma) == 72
    assert np.array_equal(order.pts, pts)
    keys = order.keyframes.tolist()
    assert 6 <= len(keys) <= 7
    spans = [(keys[1], keys[1] + 5), (keys[3], keys[4] + 3), (keys[5], 72)]
    for (begin, end), piece in zip(spans, read_excerpts(film, order, spans), strict=True):
        assert piece.first == begin
        assert np.array_equal(piece.luma, luma[begin:end])
        assert np.array_equal(piece.cb, cb[begin:end])
        assert np.array_equal(piece.size, size[begin:end])
        assert piece.keyframe[0]


def test_skimmed_excerpts_hold_what_was_decoded_until_the_next(tmp_path, render):
    # MPEG-2, where no frame refers to a B frame: what is decoded is as in the full reading.
    film = open_film(render(tmp_path / "film.mkv", count=72, codec="mpeg2video", options={"g": "12", "bf": "2"}))
    order = order_of(film, read_packets(film))
    luma = full(film)[0]
    only = order.anchor.copy()
    only[order.keyframes] = True
    assert 0.2 < only.mean() < 0.5
    keys = order.keyframes.tolist()
    spans = [(keys[1], keys[2]), (keys[2], keys[2] + 8), (keys[4], 72)]
    shown = np.maximum.accumulate(np.where(only, np.arange(72), 0))
    for (begin, end), piece in zip(spans, read_excerpts(film, order, spans, only=only), strict=True):
        assert piece.first == begin
        assert np.array_equal(piece.luma, luma[shown[begin:end]])
        assert np.array_equal(piece.pts, order.pts[begin:end])


def test_frames_that_are_asked_for_come_large(tmp_path, render):
    film = open_film(render(tmp_path / "film.mp4", count=24))
    order = order_of(film, read_packets(film))
    (piece,) = read_excerpts(film, order, [(0, 12)], choice=lambda: lambda frame, luma: frame == 5)
    assert list(piece.large) == [5]
    assert piece.large[5].shape == (128, 192, 3)


def test_spans_begin_with_keyframes(tmp_path, render):
    film = open_film(render(tmp_path / "film.mp4", count=24))
    order = order_of(film, read_packets(film))
    with pytest.raises(ValueError, match="keyframes"):
        list(read_excerpts(film, order, [(1, 5)]))
    with pytest.raises(ValueError, match="order"):
        list(read_excerpts(film, order, [(12, 20), (0, 5)]))


def test_other_frames_than_promised_are_refused(tmp_path, render):
    film = open_film(render(tmp_path / "film.mp4", count=36))
    order = order_of(film, read_packets(film))
    raw = order.raw.copy()
    raw[4] += 1
    with pytest.raises(ExcerptsFailed, match="frame 4"):
        list(read_excerpts(film, replace(order, raw=raw), [(0, 12)]))


def test_pieces_put_together_may_overlap_by_a_frame(tmp_path, render):
    piece = render(tmp_path / "piece.mp4", count=36, options={"g": "12", "bf": "3", "preset": "veryfast"})
    joined = tmp_path / "joined.mkv"
    with av.open(str(joined), "w") as out:
        new = None
        for turn in range(3):
            with av.open(str(piece)) as source:
                stream = source.streams.video[0]
                new = new or out.add_stream_from_template(stream)
                for packet in source.demux(stream):
                    if packet.dts is not None:
                        shift = round(turn * 35 / stream.average_rate / packet.time_base)
                        packet.pts, packet.dts, packet.stream = packet.pts + shift, packet.dts + shift, new
                        out.mux(packet)
    film = open_film(joined)
    order = order_of(film, read_packets(film))
    assert (np.diff(order.raw) == 0).sum() == 2
    luma, _, _, pts, _ = full(film)
    assert len(order) == len(luma) == 108
    assert np.array_equal(order.pts, pts)
    keys = order.keyframes.tolist()
    assert 36 in keys
    assert 72 in keys
    spans = [(keys[1], 36), (36, 40), (60, 84)]
    for (begin, end), part in zip(spans, read_excerpts(film, order, spans), strict=True):
        assert np.array_equal(part.luma, luma[begin:end])
        assert np.array_equal(part.pts, pts[begin:end])


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"pts": lambda p: np.where(np.arange(len(p)) == 3, NO_TIME, p.pts)}, "without a time"),
        ({"pts": lambda p: np.where(np.arange(len(p)) == 3, p.pts[2], p.pts)}, "repeated"),
        ({"pts": lambda p: np.roll(p.pts, 70)}, "anew"),
        ({"keyframe": lambda p: np.zeros(len(p), bool)}, "keyframe"),
        ({"unsound": lambda p: np.arange(len(p)) == 9}, "damaged"),
    ],
)
def test_what_packets_cannot_tell_is_refused(tmp_path, render, change, why):
    film = open_film(render(tmp_path / "film.mp4", count=144))
    packets = read_packets(film)
    with pytest.raises(NoOrder, match=why):
        order_of(film, replace(packets, **{name: make(packets) for name, make in change.items()}))


def test_a_closed_decoder_is_gone_at_once(demo_film):
    """A glance opens hundreds, each with frames of its own: they must not wait until cycles are looked for."""
    film = open_film(demo_film.path)
    assert film.picture is not None
    gc.disable()
    try:
        decoding = Decoding(film, film.picture)
        decoding.next()
        decoding.close()
        gone = weakref.ref(decoding)
        del decoding
        assert gone() is None
    finally:
        gc.enable()
