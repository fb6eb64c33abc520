"""Camera motion, against synthetic pans, tilts, zooms and rolls of a textured picture."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from scipy import ndimage

from rewatch.images.camera import COLUMNS, Camera, between_frames

WIDE, HIGH, FINE = 128, 72, 4


@pytest.fixture(scope="session")
def view(texture):
    """``view(x, y, zoom, roll)``: the picture seen by a camera that looks at (x, y) in frame widths, 128 x 72."""

    def look(x: float = 0.0, y: float = 0.0, zoom: float = 0.0, roll: float = 0.0, fine: int = FINE):
        high, wide = HIGH * fine, WIDE * fine
        down, right = np.mgrid[0:high, 0:wide].astype(float)
        right = (right - (wide - 1) / 2) * FINE / fine
        down = (down - (high - 1) / 2) * FINE / fine
        cos, sin, scale = np.cos(roll), np.sin(roll), np.exp(zoom)
        across = (right * cos + down * sin) / scale + 600 + x * WIDE * FINE
        along = (down * cos - right * sin) / scale + 450 + y * WIDE * FINE
        seen = ndimage.map_coordinates(texture, [along, across], order=1, mode="wrap")
        return seen.reshape(HIGH, fine, WIDE, fine).mean(axis=(1, 3))

    return look


def bytes_of(frames) -> npt.NDArray[np.uint8]:
    return np.clip(np.round(np.stack(frames)), 0, 255).astype(np.uint8)


def mean_of(frames) -> dict[str, float]:
    return dict(zip(COLUMNS, between_frames(bytes_of(frames)).mean(axis=0).tolist(), strict=True))


@pytest.mark.parametrize("speed", [0.0005, 0.002, 0.006, 0.01, -0.02, 0.05, -0.1])
def test_a_pan_to_the_right_moves_the_picture_to_the_left(view, speed):
    motion = mean_of([view(x=n * speed) for n in range(6)])
    assert motion["dx"] == pytest.approx(-speed, rel=0.05)
    assert abs(motion["dy"]) < max(0.0002, abs(speed) * 0.03)
    assert abs(motion["zoom"]) < max(0.0003, abs(speed) * 0.03)
    assert motion["residual"] < 0.02
    assert motion["sure"] > 0.8


@pytest.mark.parametrize("speed", [0.004, -0.03])
def test_a_tilt_down_moves_the_picture_up(view, speed):
    motion = mean_of([view(y=n * speed) for n in range(6)])
    assert motion["dy"] == pytest.approx(-speed, rel=0.05)
    assert abs(motion["dx"]) < max(0.0002, abs(speed) * 0.03)


@pytest.mark.parametrize("speed", [0.0005, 0.002, 0.01, 0.03, -0.01])
def test_zooms(view, speed):
    motion = mean_of([view(zoom=n * speed) for n in range(6)])
    assert motion["zoom"] == pytest.approx(speed, rel=0.1)
    assert abs(motion["dx"]) + abs(motion["dy"]) < 0.0004


def test_a_roll(view):
    motion = mean_of([view(roll=n * 0.01) for n in range(6)])
    assert motion["roll"] == pytest.approx(0.01, rel=0.1)
    assert abs(motion["dx"]) + abs(motion["dy"]) < 0.0004


def test_all_at_once(view):
    motion = mean_of([view(x=0.007 * n, y=-0.003 * n, zoom=0.004 * n) for n in range(6)])
    assert (motion["dx"], motion["dy"], motion["zoom"]) == pytest.approx((-0.007, 0.003, 0.004), rel=0.1)


def crossing(view, texture, steps, camera=0.0):
    """A patch of other texture, 25 x 55 % of the frame, that crosses it; the camera pans by `camera` a frame."""
    frames = []
    for n in range(steps):
        frame = view(x=camera * n).copy()
        left = 15 + 3 * n
        frame[15:55, left : left + 32] = texture[600:640, 200:232] + 20
        frames.append(frame)
    return frames


def test_something_that_crosses_a_still_frame_is_no_camera_motion(view, texture):
    still = mean_of([view()] * 4)
    assert still["residual"] == 0
    motion = mean_of(crossing(view, texture, 10))
    assert abs(motion["dx"]) < 0.001
    assert abs(motion["dy"]) < 0.0005
    assert abs(motion["zoom"]) < 0.0015
    assert motion["residual"] > 0.015
    assert motion["sure"] > 0.5


def test_the_camera_is_found_behind_what_moves_on_its_own(view, texture):
    motion = mean_of(crossing(view, texture, 10, camera=0.01))
    assert motion["dx"] == pytest.approx(-0.01, rel=0.15)
    assert motion["residual"] > 0.015


def test_black_bars_do_not_hold_the_picture_fast(view):
    frames = [view(y=0.01 * n) for n in range(6)]
    for frame in frames:
        frame[:9] = frame[-9:] = 0
    motion = mean_of(frames)
    assert motion["dy"] == pytest.approx(-0.01, rel=0.05)


def test_fades_and_noise_do_not_move(view):
    random = np.random.default_rng(0)
    fading = [view() * (1 - 0.08 * n) for n in range(8)]
    noisy = [view() + random.normal(0, 2, (HIGH, WIDE)) for _ in range(8)]
    for frames in (fading, noisy):
        motion = mean_of(frames)
        assert abs(motion["dx"]) + abs(motion["dy"]) + abs(motion["zoom"]) < 0.0006
        assert motion["residual"] < 0.02


def test_a_cut_is_not_sure_and_all_residual(view, texture):
    frames = bytes_of([view(), texture[300:372, 700:828]])
    motion = dict(zip(COLUMNS, between_frames(frames)[0].tolist(), strict=True))
    assert motion["residual"] > 0.4
    assert motion["sure"] < 0.2
    assert motion["dx"] == motion["dy"] == motion["zoom"] == motion["roll"] == 0


def test_a_flat_picture_says_nothing():
    motion = between_frames(np.full((3, HIGH, WIDE), 90, np.uint8))
    assert np.abs(motion).max() < 1e-6


def test_pieces_of_any_length_give_the_same_bits(view, texture, run, make_pictures):
    frames = [
        *crossing(view, texture, 20),
        *(view(x=0.02 * n) for n in range(20)),
        *(view(zoom=0.01 * n) for n in range(5)),
    ]
    piece = make_pictures(bytes_of(frames))
    whole = run(Camera(), piece)["camera"].values
    assert len(whole) == 45
    assert whole[0, :5].tolist() == [0] * 5
    for lengths in ((1,), (7, 30, 2)):
        assert (run(Camera(), piece, lengths)["camera"].values == whole).all()


@pytest.mark.parametrize("size", [(2, 128), (128, 54), (128, 128), (54, 128)])
def test_pictures_of_every_shape(size, texture):
    motion = between_frames(
        np.stack([texture[n : n + size[0], : size[1]] for n in range(4)]).clip(0, 255).astype(np.uint8)
    )
    assert motion.shape == (3, 6)
    if min(size) > 16:
        assert motion[:, 1] == pytest.approx(-1 / size[1], rel=0.1)
