"""Colour: Oklab, what is shown of Y'CbCr, the mean colour and the barcode."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from rewatch.images.colour import Colour, Shown, area_means, oklab_to_srgb8, shown_luma, srgb8_to_oklab

# Ottosson's own table, by way of linear light: white, red, green, blue (CSS Color 4, section 9.2, gives the same).
KNOWN = {
    (255, 255, 255): (1.0, 0.0, 0.0),
    (255, 0, 0): (0.62796, 0.22486, 0.12585),
    (0, 255, 0): (0.86644, -0.23389, 0.17950),
    (0, 0, 255): (0.45201, -0.03246, -0.31153),
}


@pytest.mark.parametrize(("rgb", "lab"), KNOWN.items())
def test_oklab_of_known_colours(rgb, lab):
    assert srgb8_to_oklab(rgb) == pytest.approx(lab, abs=2e-4)


def test_oklab_and_back_gives_every_colour():
    rgb = np.random.default_rng(0).integers(0, 256, (2000, 3)).astype(np.uint8)
    assert (oklab_to_srgb8(srgb8_to_oklab(rgb)) == rgb).all()


def to_ycbcr(rgb, red, blue):
    r, g, b = (np.float64(c) for c in rgb)
    y = red * r + (1 - red - blue) * g + blue * b
    return y, 128 + (b - y) / (2 - 2 * blue), 128 + (r - y) / (2 - 2 * red)


@pytest.mark.parametrize(
    ("matrix", "red", "blue"), [("bt601", 0.299, 0.114), ("bt709", 0.2126, 0.0722), ("bt2020", 0.2627, 0.0593)]
)
def test_each_matrix_is_undone(matrix, red, blue):
    rgb = (200, 90, 40)
    y, cb, cr = (np.array([v]) for v in to_ycbcr(rgb, red, blue))
    assert Shown(matrix).srgb(y, cb, cr)[0] * 255 == pytest.approx(rgb, abs=0.01)
    assert oklab_to_srgb8(Shown(matrix).oklab(y, cb, cr))[0] == pytest.approx(rgb, abs=1)


def test_area_means_share_pixels_between_areas():
    plane = np.arange(5, dtype=np.uint8)[None, None].repeat(4, axis=1)
    means = area_means(plane, 2, 2)
    # Five columns in two areas: 0, 1 and half of 2; half of 2, 3 and 4.
    assert means[0] == pytest.approx(np.array([[0.8, 3.2]] * 2))


def test_mean_colour_of_a_flat_frame_is_its_colour(run, make_pictures):
    rgb = (30, 120, 200)
    y, cb, cr = (round(float(v)) for v in to_ycbcr(rgb, 0.2126, 0.0722))
    piece = make_pictures(np.full((5, 54, 128), y), np.full((5, 27, 64), cb), np.full((5, 27, 64), cr))
    tracks = run(Colour(), piece)
    assert tracks["colour"].values == pytest.approx(np.tile(srgb8_to_oklab(rgb), (5, 1)), abs=0.006)
    assert np.abs(tracks["barcode"].values.reshape(-1, 3).astype(int) - rgb).max() <= 2


def test_barcode_has_bands_from_top_to_foot_four_times_a_second(run, make_pictures):
    luma = np.zeros((48, 72, 128))
    luma[:, :36] = 200
    luma[24:] = 255 - luma[24:]
    barcode = run(Colour(), make_pictures(luma), (5,))["barcode"]
    assert barcode.clock.rate == 4
    assert barcode.values.shape == (8, 36)
    assert barcode.values.dtype == np.uint8
    assert (barcode.values[0].reshape(12, 3)[:6] == 200).all()
    assert (barcode.values[0].reshape(12, 3)[6:] == 0).all()
    assert (barcode.values[7].reshape(12, 3)[:6] == 55).all()
    assert barcode.column("r11")[0] == 0
    assert float(barcode.clock.seconds(0)) == 0.125


def test_barcode_bridges_holes_and_a_late_beginning(run, make_pictures):
    pts = np.array([18, 24, 48 * 2]) * 512  # 0.75 s, 1 s, 4 s
    luma = np.zeros((3, 72, 128))
    luma[0], luma[1], luma[2] = 10, 100, 250
    red = run(Colour(), make_pictures(luma, pts=pts), (1,))["barcode"].column("r0")
    assert red.tolist() == [10] * 4 + [100] * 12 + [250]


def test_editions_in_pq_and_in_sdr_look_alike(run, make_pictures, make_facts):
    # A grey ramp as SDR, and the same light as PQ with diffuse white at 203 cd/m2.
    code = np.linspace(0.05, 0.75, 36)
    light = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4) * 203 / 10000
    pq = ((0.8359375 + 18.8515625 * light**0.1593017578125) / (1 + 18.6875 * light**0.1593017578125)) ** 78.84375
    bars = [np.repeat(np.round(v * 255), 2)[:, None] * np.ones((1, 128)) for v in (code, pq)]
    sdr = run(Colour(), make_pictures(np.stack([bars[0]] * 6)))["barcode"].values.astype(int)
    film = make_facts(transfer="pq", primaries="bt2020", matrix="bt2020nc")
    hdr = run(Colour(), make_pictures(np.stack([bars[1]] * 6)), film=film)["barcode"].values.astype(int)
    # The shadows keep their place; highlights are pulled down to make room for what is brighter than white.
    assert np.abs(sdr - hdr)[0, :18].max() < 16
    assert (hdr <= sdr + 2).all()
    # As code values PQ would be far off: black near the middle of the scale, and little contrast.
    assert (np.ptp(hdr[0]), np.ptp(sdr[0])) == pytest.approx((130, 155), abs=25)
    assert np.ptp(bars[1]) < 100


def test_shown_luma_rises_and_is_none_for_sdr(make_facts):
    assert shown_luma(make_facts().picture) is None
    assert shown_luma(None) is None
    for transfer in ("pq", "hlg"):
        curve = shown_luma(make_facts(transfer=transfer).picture).astype(int)
        assert curve[0] == 0
        assert curve[-1] == 255
        assert (np.diff(curve) >= 0).all()


def test_frame_rates_that_do_not_divide(run, make_pictures):
    rate = Fraction(24000, 1001)
    barcode = run(Colour(), make_pictures(np.full((480, 16, 16), 90), rate=rate))["barcode"]
    assert len(barcode) == 80  # frame 479 comes at 19.978 s, in the last quarter of the twentieth second
