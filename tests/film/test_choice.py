"""Which frames are kept large."""

from __future__ import annotations

import numpy as np

from rewatch.film.choice import LargeChoice


def chosen(frames):
    choice = LargeChoice()
    return [number for number, luma in enumerate(frames) if choice.wants(luma)]


def noise(count, seed, level=120):
    """A still picture with grain."""
    rng = np.random.default_rng(seed)
    picture = rng.integers(0, level, (54, 128))
    return [(picture + rng.integers(0, 4, picture.shape)).astype(np.uint8) for _ in range(count)]


def test_after_a_cut_at_growing_distances():
    assert chosen(noise(60, 1) + noise(60, 2) + noise(300, 3)) == [
        0, 4, 16, 48, 64, 76, 108, 124, 136, 168, 240]  # fmt: skip


def test_a_long_take_is_seen_every_300_frames():
    assert chosen(noise(1000, 1)) == [0, 4, 16, 48, 120, 300, 600, 900]


def test_a_slow_dissolve_is_noticed():
    first, last = noise(1, 1)[0].astype(float), noise(1, 9)[0].astype(float)
    steps = [np.uint8(first + (last - first) * min(1, t / 400)) for t in range(480)]
    between = [number for number in chosen(steps) if 250 < number < 480]
    assert between


def test_a_moving_picture_does_not_keep_all():
    rng = np.random.default_rng(5)
    wide = rng.integers(0, 255, (54, 4000)).astype(np.uint8)
    frames = [wide[:, 5 * t : 5 * t + 128] for t in range(500)]
    assert len(chosen(frames)) < 25
