"""Palette: the histogram of colours, and the main colours of a stretch."""

from __future__ import annotations

import numpy as np
import pytest

from rewatch.images.colour import srgb8_to_oklab
from rewatch.images.palette import BINS, Palette, bin_of, palette


def ycbcr(rgb):
    r, g, b = rgb
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    return round(y), round(128 + (b - y) / 1.8556), round(128 + (r - y) / 1.5748)


def striped(make_pictures, colours, frames=24):
    """Vertical stripes: [(rgb, columns of 64)]."""
    planes = [[], [], []]
    for rgb, wide in colours:
        for plane, value in zip(planes, ycbcr(rgb), strict=True):
            plane += [value] * wide
    y, cb, cr = (np.array(plane) for plane in planes)
    return make_pictures(
        np.tile(np.repeat(y, 2), (frames, 72, 1)), np.tile(cb, (frames, 36, 1)), np.tile(cr, (frames, 36, 1))
    )


def code(hexadecimal):
    return np.array(list(bytes.fromhex(hexadecimal[1:])))


def test_the_bins_are_named_once_each():
    assert len(BINS) == len(set(BINS)) == 53


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((0, 0, 0), "black"),
        ((128, 128, 128), "grey"),
        ((255, 255, 255), "white"),
        ((255, 0, 0), "mid red vivid"),
        ((0, 0, 200), "dark blue vivid"),
        ((230, 120, 20), "light orange vivid"),
        ((250, 235, 60), "light yellow vivid"),
        ((30, 160, 50), "mid green vivid"),
        ((120, 140, 125), "mid green soft"),
        ((0, 190, 200), "light cyan vivid"),
        ((140, 60, 200), "mid violet vivid"),
        ((230, 60, 160), "mid pink vivid"),
    ],
)
def test_colours_fall_where_people_would_look_for_them(rgb, name):
    assert BINS[int(bin_of(srgb8_to_oklab(rgb)))] == name


def test_shares_of_a_striped_picture(run, make_pictures):
    piece = striped(make_pictures, [((200, 30, 30), 32), ((20, 20, 160), 24), ((245, 245, 245), 8)])
    tracks = run(Palette(), piece)
    histogram = tracks["palette"]
    assert histogram.values.shape == (4, len(BINS))
    assert histogram.values.sum(axis=1) == pytest.approx(1)
    assert histogram.column("mid red vivid") == pytest.approx(0.5)
    assert histogram.column("dark blue vivid") == pytest.approx(0.375)
    found = palette(tracks["swatches"].values)
    assert [share for _, share in found] == pytest.approx([0.5, 0.375, 0.125], abs=0.005)
    for (hexadecimal, _), rgb in zip(found, [(200, 30, 30), (20, 20, 160), (245, 245, 245)], strict=True):
        assert code(hexadecimal) == pytest.approx(rgb, abs=3)


def test_colours_that_cannot_be_told_apart_become_one(run, make_pictures):
    piece = striped(make_pictures, [((100, 100, 100), 32), ((108, 108, 108), 16), ((240, 200, 20), 16)])
    found = palette(run(Palette(), piece)["swatches"].values)
    assert len(found) == 2
    assert code(found[0][0]) == pytest.approx([102.7] * 3, abs=3)
    assert found[0][1] == pytest.approx(0.75, abs=0.01)


def test_no_more_colours_than_asked_for(run, make_pictures):
    colours = [((255, 0, 0), 16), ((0, 200, 0), 16), ((0, 0, 255), 16), ((255, 255, 255), 8), ((0, 0, 0), 8)]
    rows = run(Palette(), striped(make_pictures, colours))["swatches"].values
    assert [len(palette(rows, most)) for most in (1, 2, 3, 5, 9)] == [1, 2, 3, 5, 5]
    assert sum(share for _, share in palette(rows, 3)) == pytest.approx(1, abs=0.002)


def test_nothing_has_no_palette():
    assert palette(np.zeros((0, 32), np.uint8)) == []


def test_each_quarter_of_a_second_shows_the_frame_in_its_middle(run, make_pictures):
    # One frame is on the screen at 0.125, 0.375, ... s: frames 3, 9, 15, 21 at 24 a second.
    luma = np.zeros((24, 16, 16))
    luma[[3, 9, 15, 21]] = 255
    for lengths in ((64,), (1,), (5, 3)):
        assert run(Palette(), make_pictures(luma), lengths)["palette"].column("white").tolist() == [1, 1, 1, 1]
    others = 255 - luma
    assert run(Palette(), make_pictures(others))["palette"].column("black").tolist() == [1, 1, 1, 1]


def test_a_frame_stays_until_the_next_one(run, make_pictures):
    luma = np.zeros((2, 16, 16))
    luma[1] = 255
    pts = [24 * 512, 48 * 512]  # the picture begins at 1 s, its second frame is shown at 2 s
    values = run(Palette(), make_pictures(luma, pts=pts), (1,))["palette"]
    assert values.column("black").tolist() == [1] * 8
    assert values.column("white").tolist() == [0] * 8
    pts = [0, 3 * 512, 6 * 512]
    values = run(Palette(), make_pictures(np.zeros((3, 16, 16)), pts=pts))["palette"]
    assert len(values) == 1


def test_one_frame_has_a_palette(run, make_pictures):
    assert len(run(Palette(), make_pictures(np.zeros((1, 16, 16))))["palette"]) == 1
