"""What happens within a shot and is no boundary, put into small pictures: for `compose_transitions`.

Conventions
    Planes are float32: luma (n, h, w), cb and cr (n, h/2, w/2), changed in place; n > 10. What a disturbance looks like
    is drawn anew each time. `stress_shots` has disturbances of its own, made in other ways: what was fitted on these is
    tried on those.

Contents
    DISTURBANCES, disturb   one of them, drawn
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter

Floats = npt.NDArray[np.float32]
Random = np.random.Generator


def _texture(rng: Random, shape: tuple[int, ...], blur: float, spread: float) -> Any:
    texture = gaussian_filter(rng.normal(0, 1, shape), blur)
    return texture * spread / (texture.std() + 1e-6)


def _away(rng: Random, height: int, width: int, ragged: float) -> Any:
    """Distance of each place from one of them, unevenly."""
    y, x = np.mgrid[:height, :width]
    away = np.hypot(y - height * rng.random(), x - width * rng.random())
    return away + _texture(rng, (height, width), 5, ragged)


def flash(rng: Random, planes: list[Floats], at: int) -> None:
    luma, *chroma = planes
    over = int(rng.integers(1, 4)) if rng.random() < 0.7 else int(rng.integers(3, 9))
    over = min(over, len(luma) - at)
    strength = np.linspace(rng.uniform(0.5, 1.2), rng.uniform(0.1, 0.6), over).clip(0, 1)[:, None, None]
    luma[at : at + over] += (255 - luma[at : at + over]) * strength
    for plane in chroma:
        plane[at : at + over] += (128 - plane[at : at + over]) * strength


def step(rng: Random, planes: list[Floats], at: int) -> None:
    """The lights go on or off, everywhere or in a part of the picture, at once or within half a second; for good or
    for a while."""
    luma = planes[0]
    length, height, width = luma.shape
    over = int(rng.integers(1, 3)) if rng.random() < 0.6 else int(rng.integers(3, 14))
    bright = float(rng.choice([rng.uniform(0.3, 0.7), rng.uniform(1.4, 2.5)]))
    factor = np.clip((np.arange(length) - at + 1) / over, 0, 1)
    if rng.random() < 0.3:
        until = at + over + int(rng.integers(2, 40))
        factor = np.minimum(factor, np.clip((until - np.arange(length)) / int(rng.integers(1, 20)), 0, 1))
    mask: Any = np.ones((height, width))
    if rng.random() < 0.5:
        mask = gaussian_filter(rng.random((height, width)), 12)
        mask = np.clip((mask - mask.min()) / (np.ptp(mask) + 1e-6) + 0.6, 0, 1)
    luma *= 1 + (bright - 1) * factor[:, None, None] * mask


def exposure(rng: Random, planes: list[Floats], at: int) -> None:
    """The camera adapts to a darkness or a light that it comes into."""
    length = len(planes[0])
    first, second = rng.uniform(0.35, 0.8), rng.uniform(1.2, 2.2)
    first, second = (first, second) if rng.random() < 0.6 else (1 / second, 1 / second)
    turns = [at, at + int(rng.integers(4, 20)), at + 20 + int(rng.integers(5, 40))]
    planes[0] *= np.interp(np.arange(length), turns, [first, second, 1.0])[:, None, None]


def strobe(rng: Random, planes: list[Floats], at: int) -> None:
    planes[0][at :: int(rng.integers(2, 5))] *= rng.uniform(0.2, 0.6)


def crossing(rng: Random, planes: list[Floats], at: int) -> None:
    """Something before the lens crosses the picture, its edge out of focus; what takes its time may fill all of it."""
    luma, *chroma = planes
    length, height, width = luma.shape
    slow = rng.random() < 0.5
    over, wide = (int(rng.integers(12, 45)), rng.uniform(0.4, 1.6)) if slow else (int(rng.integers(3, 10)), 0.6)
    soft = rng.uniform(0.02, 0.2)
    surface = rng.uniform(10, 200) + _texture(rng, (height, width), rng.uniform(3, 10), rng.uniform(5, 25))
    tint = rng.normal(128, 6, 2)
    where, way = (np.arange(width) + 0.5) / width, 1
    if rng.random() < 0.5:
        where, way = 1 - where, -1
    lean = np.linspace(-0.2, 0.2, height)[:, None] * rng.normal()
    for n in range(at, min(length, at + over)):
        front = (n - at + 1) / over * (1 + wide + 2 * soft)
        cover = np.clip((front - where - lean) / soft, 0, 1) * np.clip((where + lean - front + wide) / soft, 0, 1)
        # It takes its surface along.
        luma[n] += (np.roll(surface, way * int(front * width), 1) - luma[n]) * cover
        for plane, level in zip(chroma, tint, strict=True):
            plane[n] += (level - plane[n]) * cover[::2, ::2][: plane.shape[1], : plane.shape[2]]


def burst(rng: Random, planes: list[Floats], at: int) -> None:
    """Fire, an explosion: light that grows over the picture from one place, ragged at its edge; it may die down again,
    or thin out."""
    luma, cb, cr = planes
    length, height, width = luma.shape
    over = int(rng.integers(3, 45))
    away = _away(rng, height, width, rng.uniform(3, 12))
    dense, level, tints = rng.uniform(0.7, 1), rng.uniform(190, 250), (rng.uniform(80, 118), rng.uniform(138, 170))
    ends, fades = at + over + int(rng.integers(0, 12)), rng.uniform(5, 25)
    how = str(rng.choice(["stays", "shrinks", "thins"]))
    for n in range(at, length):
        size, left = min(1.0, (n - at + 1) / over) * rng.uniform(0.95, 1.05) * width * 0.9, dense
        if n > ends and how != "stays":
            left_over = float(np.exp(-(n - ends) / fades))
            size, left = (size * left_over, dense) if how == "shrinks" else (size, dense * left_over)
        cover = np.clip((size - away) / 12, 0, 1) * left
        luma[n] += (level + 10 * rng.normal() - luma[n]) * cover
        for plane, tint in zip((cb, cr), tints, strict=True):
            plane[n] += (tint - plane[n]) * cover[::2, ::2][: plane.shape[1], : plane.shape[2]]


def dim(rng: Random, planes: list[Floats], at: int) -> None:
    length = len(planes[0])
    planes[0] *= np.interp(np.arange(length), [0, length], [1, rng.uniform(0.4, 0.8)])[:, None, None]


def subtitle(rng: Random, planes: list[Floats], at: int) -> None:
    luma = planes[0]
    length, height, width = luma.shape
    row, end = int(height * rng.uniform(0.7, 0.85)), int(rng.integers(at + 2, length))
    marks = (rng.random((height // 10, width // 2)) < 0.5).repeat(2, axis=1)[:, width // 8 : -width // 8]
    part = luma[at:end, row : row + len(marks), width // 8 : width // 8 + marks.shape[1]]
    part[:, marks] = 235


def title(rng: Random, planes: list[Floats], at: int) -> None:
    """Lines of lettering, small to huge, that fade in over the picture, stay, and may fade out or drift."""
    luma, *chroma = planes
    length, height, width = luma.shape
    size = rng.choice([rng.uniform(0.03, 0.12), rng.uniform(0.1, 0.3)]) * height
    lines, letters = int(rng.integers(1, 5)), int(rng.integers(3, 16))
    rows, columns = max(2, round(3 * lines)), 2 * letters
    coarse = (rng.random((rows, columns)) < 0.65) * (np.arange(rows) % 3 < 2)[:, None] * (np.arange(columns) % 2 < 1)
    marks = coarse.astype(float).repeat(max(1, round(size / 1.5)), 0).repeat(max(1, round(size / 2)), 1)
    marks = gaussian_filter(marks[: height - 4, : width - 8], 0.6)
    high, wide = marks.shape
    y, x = int(rng.integers(0, height - high)), int(rng.integers(0, width - wide))
    cover = np.zeros((height, width))
    cover[y : y + high, x : x + wide] = marks
    over, stays = int(rng.integers(1, 25)), int(rng.integers(4, 60))
    share = np.clip((np.arange(length) - at + 1) / over, 0, 1)
    if rng.random() < 0.5:
        share = np.minimum(share, np.clip((at + over + stays - np.arange(length)) / int(rng.integers(1, 25)), 0, 1))
    level, tints = float(rng.choice([rng.uniform(180, 255), rng.uniform(5, 60)])), rng.normal(128, 15, 2)
    drift = rng.normal(0, 0.15) if rng.random() < 0.3 else 0.0
    for n in np.flatnonzero(share):
        here = np.roll(cover, int(drift * (n - at)), 1) * share[n]
        luma[n] += (level - luma[n]) * here
        for plane, tint in zip(chroma, tints, strict=True):
            plane[n] += (tint - plane[n]) * here[::2, ::2][: plane.shape[1], : plane.shape[2]]


def glitch(rng: Random, planes: list[Floats], at: int) -> None:
    """Damage of a stream: blocks or bands of other places, of other frames or grey, for a frame or a few."""
    length, height, width = planes[0].shape
    for begin in rng.integers(2, length - 4, int(rng.integers(1, 6))):
        for n in range(begin, min(length - 1, begin + int(rng.integers(1, 5)))):
            for _ in range(int(rng.integers(1, 16))):
                high = int(rng.choice([8, 16, 24]))
                y, x = (int(rng.integers(0, size - 8)) // 2 * 2 for size in (height, width))
                wide = width if rng.random() < 0.3 else int(rng.choice([16, 32]))
                other, by = int(rng.integers(0, length)), int(rng.integers(-width, width)) // 2 * 2
                grey = rng.random() < 0.25
                for part, plane in zip((1, 2, 2), planes, strict=True):
                    place = (slice(y // part, (y + high) // part), slice(x // part, (x + wide) // part))
                    plane[n][place] = 128 if grey else np.roll(plane[other], by // part, 1)[place]


def blinks(rng: Random, planes: list[Floats], at: int) -> None:
    """A frame or a few that show nothing: black, white, grey, noise."""
    length, noise = len(planes[0]), rng.random() < 0.3
    for n in range(at, min(length - 1, at + int(rng.integers(1, 4)))):
        for plane in planes:
            level = rng.uniform(0, 255) if plane is planes[0] else 128.0
            plane[n] = rng.uniform(0, 255, plane[n].shape) if noise else level


DISTURBANCES: dict[Callable[[Random, list[Floats], int], None], float] = {
    flash: 0.1, step: 0.1, exposure: 0.1, strobe: 0.05, crossing: 0.14, burst: 0.13, dim: 0.02, subtitle: 0.03,
    title: 0.22, glitch: 0.06, blinks: 0.05,
}  # fmt: skip
"""Each, and how often it is drawn."""


def disturb(rng: Random, planes: list[Floats]) -> tuple[str, int, int]:
    """One of them; what, and where it begins."""
    how = list(DISTURBANCES)[int(rng.choice(len(DISTURBANCES), p=list(DISTURBANCES.values())))]
    at = int(rng.integers(2, len(planes[0]) - 5))
    how(rng, planes, at)
    return how.__name__, at, at + 1
