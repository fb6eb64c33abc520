"""Drawing: shapes have the size and place they are given, edges are soft, noise is bounded and repeatable."""

from __future__ import annotations

import numpy as np
import pytest

from rewatch.demo.paper import Paper, Stencil, below, ink, paste, placed, scroll


def test_a_disc_has_its_area_and_place() -> None:
    paper = Paper(200, 100)
    mask = np.zeros((100, 200), np.float32)
    stamp = Stencil(paper, -1, 0, 1, 1).ellipse(0.3, 0.4, 0.2).stamp()
    mask[stamp.top : stamp.top + stamp.mask.shape[0], stamp.left : stamp.left + stamp.mask.shape[1]] = stamp.mask
    assert mask.sum() == pytest.approx(np.pi * 20**2, rel=0.03)
    rows, columns = np.mgrid[0:100, 0:200] + 0.5
    assert (mask * rows).sum() / mask.sum() == pytest.approx(40, abs=0.3)
    assert (mask * columns).sum() / mask.sum() == pytest.approx(130, abs=0.3)
    assert ((mask > 0.02) & (mask < 0.98)).any()


def test_a_stencil_outside_the_picture_cuts_nothing() -> None:
    paper = Paper(64, 64)
    picture = paper.blank()
    paste(picture, Stencil(paper, 3, 3, 4, 4).ellipse(3.5, 3.5, 0.4).stamp(), ink("#ffffff"))
    assert picture.max() == 0


def test_below_fills_below_its_line_only() -> None:
    paper = Paper(80, 60)
    picture = paper.blank()
    below(picture, paper, np.full(80, 0.5, np.float32), ink("#ff0000"))
    assert picture[0, :29].max() == 0
    assert picture[0, 31:].min() == 1
    assert picture[1:].max() == 0


def test_scroll_goes_round_and_between_columns() -> None:
    strip = np.arange(8, dtype=np.float32)[None, :]
    assert scroll(strip, 6.0, 4)[0].tolist() == [6, 7, 0, 1]
    assert scroll(strip, 2.5, 3)[0].tolist() == [2.5, 3.5, 4.5]


def test_noise_is_bounded_smooth_and_repeatable() -> None:
    paper = Paper(160, 90)
    noise = paper.noise(3, 0.25, 1)
    assert noise.std() > 0.1
    assert np.abs(noise).max() <= 1
    assert np.abs(np.diff(noise, axis=1)).max() < 0.15
    assert np.array_equal(noise, Paper(160, 90).noise(3, 0.25, 1))


def test_placed_turns_about_the_feet() -> None:
    assert placed([(0, -1)], 2, 3, 0.5)[0] == pytest.approx([2, 2.5])
    assert placed([(0, -1)], 2, 3, 0.5, np.pi / 2)[0] == pytest.approx([2.5, 3])
    assert placed([(1, 0)], 2, 3, 0.5, flip=True)[0] == pytest.approx([1.5, 3])
