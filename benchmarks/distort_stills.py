"""What happens to a still on its way from a film to somebody's folder: the distortions of ``find_still.py``.

Each takes (H, W, 3) sRGB and a generator of random numbers, and gives the distorted picture.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Random = np.random.Generator


def _clip(values: npt.NDArray[Any]) -> Bytes:
    return np.clip(np.round(values), 0, 255).astype(np.uint8)


def jpeg(rgb: Bytes, quality: int) -> Bytes:
    _, data = cv2.imencode(".jpg", rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1])


def scaled(rgb: Bytes, width: int) -> Bytes:
    high, wide = rgb.shape[:2]
    way = cv2.INTER_AREA if width < wide else cv2.INTER_CUBIC
    return cv2.resize(rgb, (width, round(high * width / wide)), interpolation=way)


def cropped(rgb: Bytes, across: float, down: float, random: Random) -> Bytes:
    high, wide = rgb.shape[:2]
    w, h = round(wide * across), round(high * down)
    x, y = int(random.integers(0, wide - w + 1)), int(random.integers(0, high - h + 1))
    return rgb[y : y + h, x : x + w].copy()


def bordered(rgb: Bytes, random: Random, way: str) -> Bytes:
    high, wide = rgb.shape[:2]
    colour = int(random.choice([0, 0, 0, 16, 255]))
    down, across = round(high * random.uniform(0.1, 0.35)), round(wide * random.uniform(0.08, 0.3))
    sides = ((down, down), (0, 0), (0, 0)) if way == "letterbox" else ((0, 0), (across, across), (0, 0))
    return jpeg(np.pad(rgb, sides, constant_values=colour), 80)


def regraded(rgb: Bytes, random: Random) -> Bytes:
    x = rgb / 255.0
    x = x ** random.uniform(0.6, 1.6)
    x = (x - 0.5) * random.uniform(0.7, 1.4) + 0.5 + random.uniform(-0.08, 0.08)
    tint = np.array([random.uniform(0.8, 1.2), 1.0, random.uniform(0.75, 1.25)])
    x = np.clip(x * tint, 0, 1)
    grey = x.mean(axis=2, keepdims=True)
    return _clip(255 * np.clip(grey + (x - grey) * random.uniform(0.3, 1.6), 0, 1))


def black_and_white(rgb: Bytes, random: Random) -> Bytes:
    return np.repeat(_clip(rgb @ np.array([0.35, 0.5, 0.15]))[..., None], 3, axis=2)


def logo(rgb: Bytes, random: Random) -> Bytes:
    out = rgb.copy()
    high, wide = out.shape[:2]
    x, y = (int(random.choice([0.04, 0.78]) * wide), int(random.choice([0.06, 0.78]) * high))
    w, h = int(0.17 * wide), int(0.14 * high)
    part = out[y : y + h, x : x + w].astype(float)
    out[y : y + h, x : x + w] = _clip(0.25 * part + 0.75 * np.array(random.integers(60, 255, 3)))
    return jpeg(out, 75)


def subtitled(rgb: Bytes, random: Random) -> Bytes:
    out = rgb.copy()
    high, wide = out.shape[:2]
    size = min(high / 500, wide / 800)
    for n, text in enumerate(("I never said that I would come", "back here before the winter.")):
        at = int(0.14 * wide), int((0.83 + 0.09 * n) * high)
        cv2.putText(out, text, at, cv2.FONT_HERSHEY_SIMPLEX, 1.35 * size, (0, 0, 0), max(3, int(6 * size)))
        cv2.putText(out, text, at, cv2.FONT_HERSHEY_SIMPLEX, 1.35 * size, (255, 255, 200), max(1, int(2.6 * size)))
    return jpeg(out, 75)


def controls(rgb: Bytes, random: Random) -> Bytes:
    """A player's: the bar below with what has been played, and the large sign in the middle."""
    out = rgb.copy()
    high, wide = out.shape[:2]
    top, played = int(0.84 * high), random.uniform(0.1, 0.9)
    out[top:] = _clip(out[top:] * 0.3 + 12)
    cv2.rectangle(out, (int(0.03 * wide), top + 4), (int(0.97 * wide), top + 8), (200, 200, 200), -1)
    cv2.rectangle(out, (int(0.03 * wide), top + 4), (int((0.03 + 0.94 * played) * wide), top + 8), (230, 30, 30), -1)
    cv2.circle(out, (wide // 2, high // 2), int(0.08 * high), (240, 240, 240), -1)
    return jpeg(out, 75)


def vhs(rgb: Bytes, random: Random) -> Bytes:
    high, wide = rgb.shape[:2]
    small = cv2.resize(rgb, (280, 240), interpolation=cv2.INTER_AREA)
    ycc = cv2.cvtColor(small, cv2.COLOR_RGB2YCrCb).astype(float)
    ycc[..., 0] = cv2.GaussianBlur(ycc[..., 0], (0, 0), 1.2) + random.normal(0, 12, (240, 280))
    for c in (1, 2):
        ycc[..., c] = np.roll(cv2.GaussianBlur(ycc[..., c], (0, 0), 5), 3, axis=1) + random.normal(0, 6, (240, 280))
    shift = np.round(random.normal(0, 0.7, 240) + 1.5 * np.sin(np.arange(240) / 17)).astype(int)
    for n in range(240):
        ycc[n] = np.roll(ycc[n], shift[n], axis=0)
    out = cv2.cvtColor(_clip(ycc * 0.85 + np.array([20, 19, 19])), cv2.COLOR_YCrCb2RGB)
    return jpeg(cv2.resize(out, (640, round(640 * high / wide)), interpolation=cv2.INTER_LINEAR), 70)


def photographed(rgb: Bytes, random: Random) -> Bytes:
    """A phone's picture of a screen: perspective, bezel, room, glare, moire, uneven light, blur, noise, JPEG."""
    high, wide = rgb.shape[:2]
    out_wide, out_high = 1200, 900 if random.random() < 0.5 else 675
    screen = cv2.resize(rgb, (960, round(960 * high / wide)), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    # The screen's own grid of pixels.
    grid = 1 - 0.25 * (np.arange(screen.shape[0]) % 3 == 0)[:, None, None] * np.ones((1, screen.shape[1], 1))
    screen *= grid.astype(np.float32)
    screen = np.pad(screen, ((26, 26), (26, 26), (0, 0)), constant_values=random.uniform(5, 40))
    sh, sw = screen.shape[:2]
    fill = random.uniform(0.75, 1.12)
    part = fill * min(out_wide / sw, out_high / sh)
    w, h = sw * part, sh * part
    cx, cy = out_wide / 2 + random.uniform(-30, 30), out_high / 2 + random.uniform(-30, 30)
    square = np.array([(-w / 2, -h / 2), (w / 2, -h / 2), (w / 2, h / 2), (-w / 2, h / 2)])
    angle = np.radians(random.uniform(-5, 5))
    turn = np.array([(np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle))])
    corners = square @ turn.T + (cx, cy) + random.uniform(-0.05, 0.05, (4, 2)) * w
    source = np.array([(0, 0), (sw, 0), (sw, sh), (0, sh)], np.float32)
    matrix = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    room = np.full((out_high, out_wide, 3), random.uniform(10, 110, 3), np.float32)
    room += cv2.resize(random.normal(0, 25, (6, 8, 3)).astype(np.float32), (out_wide, out_high))
    photo = cv2.warpPerspective(screen, matrix, (out_wide, out_high), dst=room, borderMode=cv2.BORDER_TRANSPARENT)
    y, x = np.mgrid[0:out_high, 0:out_wide].astype(np.float32)
    phase = random.uniform(0, 6.28)
    moire = 1 + 0.06 * np.sin((x * random.uniform(0.1, 0.3) + y * random.uniform(0.1, 0.4)) + phase)
    slope = (
        1
        + random.uniform(-0.25, 0.25) * (x / out_wide - 0.5) * 2
        + random.uniform(-0.2, 0.2) * (y / out_high - 0.5) * 2
    )
    vignette = 1 - 0.3 * (((x - out_wide / 2) / out_wide) ** 2 + ((y - out_high / 2) / out_high) ** 2) * 2
    photo *= (moire * slope * vignette)[..., None]
    gx, gy, gr = random.uniform(0.2, 0.8) * out_wide, random.uniform(0.2, 0.8) * out_high, random.uniform(40, 130)
    glare = random.uniform(60, 200) * np.exp(-((x - gx) ** 2 + (y - gy) ** 2) / (2 * gr * gr))
    photo = photo * random.uniform(0.8, 1.1) + glare[..., None] + random.uniform(0, 18)
    photo = cv2.GaussianBlur(photo, (0, 0), random.uniform(0.8, 1.8))
    photo = photo + random.normal(0, random.uniform(3, 9), photo.shape)
    return jpeg(_clip(photo), int(random.integers(60, 90)))


def _several(rgb: Bytes, random: Random) -> Bytes:
    """Mirrored, cropped, regraded, small, with a logo, and badly coded: as things go round."""
    out = regraded(cropped(rgb[:, ::-1], 0.85, 0.85, random), random)
    return jpeg(scaled(out, 320), 35)


DISTORTIONS: dict[str, Callable[[Bytes, Random], Bytes]] = {
    "as it is": lambda rgb, _: rgb,
    "JPEG quality 20": lambda rgb, _: jpeg(rgb, 20),
    "160 pixels wide": lambda rgb, _: scaled(rgb, 160),
    "3840 pixels wide": lambda rgb, _: jpeg(scaled(rgb, 3840), 85),
    "letterboxed": lambda rgb, r: bordered(rgb, r, "letterbox"),
    "pillarboxed": lambda rgb, r: bordered(rgb, r, "pillarbox"),
    "cropped to 85 %": lambda rgb, r: cropped(rgb, 0.85, 0.85, r),
    "cropped to 70 %": lambda rgb, r: cropped(rgb, 0.7, 0.7, r),
    "cropped to a square": lambda rgb, r: cropped(rgb, min(1.0, rgb.shape[0] / rgb.shape[1]), 1.0, r),
    "mirrored": lambda rgb, _: rgb[:, ::-1].copy(),
    "regraded": regraded,
    "black and white": black_and_white,
    "a logo": logo,
    "subtitles": subtitled,
    "a player's controls": controls,
    "as from VHS": vhs,
    "photographed": photographed,
    "several at once": _several,
}
