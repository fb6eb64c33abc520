"""Packets without decoding."""

from __future__ import annotations

import numpy as np

from rewatch.film.packets import NO_TIME, read_packets
from rewatch.film.probe import open_film


def test_packets_are_in_the_order_of_decoding(tmp_path, render):
    path = render(tmp_path / "film.mp4", count=48)
    packets = read_packets(open_film(path))
    assert len(packets) == 48
    assert (np.diff(packets.dts) > 0).all()
    assert (np.diff(packets.pts) < 0).any()  # B-frames
    assert len(set(packets.pts.tolist())) == 48
    assert packets.keyframe[0]
    assert 0 < packets.size.sum() < path.stat().st_size
    assert packets.size.min() > 0


def test_another_stream_by_its_index(films):
    film = open_film(films / "nasa_13013.mp4")
    assert len(read_packets(film)) == 390
    assert len(read_packets(film, stream=0)) == 325


def test_a_film_without_picture_has_none(tmp_path, render):
    assert len(read_packets(open_film(render(tmp_path / "sound.m4a", codec=None, sound="aac")))) == 0


def test_a_missing_time_is_marked(tmp_path, render):
    packets = read_packets(open_film(render(tmp_path / "film.mkv", count=20)))
    assert (packets.pts != NO_TIME).all()
    assert (packets.dts == NO_TIME).any()  # Matroska stores no decoding times; libav cannot tell the first ones
