"""Contact sheets."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from rewatch.images.contact_sheet import GROUND, contact_sheets, mosaic_columns


@pytest.fixture
def stills(tmp_path):
    """``stills(n)``: n flat pictures of 320 x 180, each of its own red."""

    def make(count, size=(320, 180)):
        paths = []
        for n in range(count):
            paths.append(tmp_path / f"{n:06d}.png")
            Image.new("RGB", size, (40 + 5 * n, 90, 120)).save(paths[-1])
        return paths

    return make


def reds(page):
    """The reds of the stills in the order in which they are read: rows from the top, then from the left."""
    pixels = np.asarray(page)
    found = []
    for line in pixels[::5]:
        row = [int(r) for r, g, b in line[::5] if (g, b) == (90, 120)]
        found += [r for n, r in enumerate(row) if n == 0 or r != row[n - 1]]
    return list(dict.fromkeys(found))


def test_stills_stand_in_order_on_a_dark_ground(stills):
    (page,) = contact_sheets(
        stills(10), [f"shot {n}" for n in range(10)], title="A film", subtitle="10 shots", width=800
    )
    assert page.size[0] == 800
    assert page.getpixel((0, 0)) == GROUND
    assert reds(page) == [40 + 5 * n for n in range(10)]


def test_a_long_film_takes_pages_of_one_width(stills):
    pages = contact_sheets(stills(30), width=600, columns=3, title="Long")
    assert len(pages) > 1
    assert {page.width for page in pages} == {600}
    assert all(page.height <= 1.3 * 600 + 1 for page in pages)
    assert [red for page in pages for red in reds(page)] == [40 + 5 * n for n in range(30)]


def test_captions_are_drawn_under_their_stills_and_cut_to_fit(stills):
    (plain,) = contact_sheets(stills(2), width=400, columns=2)
    (named,) = contact_sheets(stills(2), ["0:00", "a very long caption indeed " * 10], width=400, columns=2)
    assert named.height > plain.height
    band = np.asarray(named)[plain.height - 5 :].astype(int)
    assert (np.abs(band - GROUND).sum(axis=2) > 100).any()
    # Nothing of the long caption stands in the right margin.
    assert (band[:, -8:] == GROUND).all()


def test_a_still_of_another_shape_is_fitted_whole(stills, tmp_path):
    tall = tmp_path / "tall.png"
    Image.new("RGB", (90, 180), (200, 90, 120)).save(tall)
    page = np.asarray(contact_sheets([*stills(1), tall], width=400, columns=2)[0])
    wide = (page == (200, 90, 120)).all(axis=2).any(axis=0).sum()
    high = (page == (200, 90, 120)).all(axis=2).any(axis=1).sum()
    assert wide / high == pytest.approx(0.5, abs=0.05)


def test_a_missing_file_leaves_its_place_empty(stills, tmp_path):
    (page,) = contact_sheets([*stills(2), tmp_path / "gone.jpg"], width=400, columns=3)
    assert reds(page) == [40, 45]


def test_what_cannot_be_laid_out_is_said(stills):
    assert contact_sheets([]) == []
    with pytest.raises(ValueError, match="2 captions for 3 stills"):
        contact_sheets(stills(3), ["a", "b"])
    with pytest.raises(ValueError, match="columns do not fit"):
        contact_sheets(stills(3), width=60, columns=20)


def test_columns_never_exceed_the_pictures():
    for count in range(1, 60):
        assert 1 <= mosaic_columns(count, 2.39) <= min(count, 8)
