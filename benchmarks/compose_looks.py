"""Footage as the labelled films do not show it, and films as they come beside: for `compose_transitions`.

Drawings, graphics, puppets before a plain ground: few flat colours, plain shapes. Cuts that match: the same thing in
other colours, mirrored, from nearer. And whole films turned on their side, washed out, in black and white, at 30 frames
a second by fields or by repeated frames.

Conventions
    Planes are luma (n, h, w), cb and cr (n, h/2, w/2); boundaries are in the format of the labels.

Contents
    drawn        footage as a drawing of few colours
    recoloured   another view of footage, in other colours
    come         a film as it comes: its planes and boundaries
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter

Random = np.random.Generator


def _bytes(planes: list[Any]) -> list[npt.NDArray[np.uint8]]:
    return [np.clip(p + 0.5, 0, 255).astype(np.uint8) for p in planes]


def drawn(rng: Random, planes: Any) -> Any:
    """Shapes of the footage, each of a few grounds and colours of its own; at times a lit middle and paper's grain."""
    luma = planes[0].astype(np.float32)
    blur = float(np.exp(rng.uniform(np.log(1), np.log(6))))
    soft = np.stack([gaussian_filter(one, blur) for one in luma])
    colours = int(rng.integers(2, 6))
    # One colour for most of the picture, as often as not.
    shares = np.sort(rng.uniform(0.05, 0.95, colours - 1) ** rng.choice([0.4, 1.0, 2.5]))
    area = np.searchsorted(np.quantile(soft[:: max(1, len(soft) // 8)], shares), soft)
    vivid = rng.uniform(0, 45)
    levels = rng.uniform(5, 245, colours)
    while np.ptp(levels) < 25:
        levels = rng.uniform(5, 245, colours)
    palette = np.stack([levels, *rng.normal(128, vivid, (2, colours))])
    full = palette[0][area].astype(np.float32)
    chroma = [level[area[:, ::2, ::2]].astype(np.float32) for level in palette[1:]]
    height, width = luma.shape[1:]
    if rng.random() < 0.5:
        y, x = np.mgrid[:height, :width]
        away = np.hypot((y - height * rng.uniform(0.2, 0.8)) / height, (x - width * rng.uniform(0.2, 0.8)) / width)
        full = full * np.clip(rng.uniform(1, 1.3) - away * rng.uniform(0.2, 1.0), 0.2, 1.4)
    if rng.random() < 0.5:
        full = full + gaussian_filter(rng.normal(0, rng.uniform(1, 8), (height, width)), rng.uniform(0, 1))
    # Lines are as sharp as a camera, or a scaler, has them.
    full = gaussian_filter(full, (0, 0.6, 0.6))
    return tuple(_bytes([full, *(gaussian_filter(p, (0, 0.6, 0.6)) for p in chroma)]))


def recoloured(rng: Random, planes: Any) -> Any:
    """Nearer, mirrored or both, and with other colours: hues turned, another curve of brightness."""
    luma, *chroma = planes
    height, width = (2 * (side // 2) for side in luma.shape[1:])
    zoom = rng.uniform(0.55, 0.9)
    high, wide = 2 * int(height * zoom / 2), 2 * int(width * zoom / 2)
    y, x = (2 * int(rng.integers(0, (whole - part) // 2 + 1)) for whole, part in ((height, high), (width, wide)))
    way = -1 if rng.random() < 0.6 else 1
    luma, cb, cr = (
        p[:, y // part : (y + high) // part, x // part : (x + wide) // part][..., ::way].astype(np.float32)
        for p, part in zip((luma, *chroma), (1, 2, 2), strict=True)
    )
    luma = 255 * (luma / 255) ** float(np.exp(rng.normal(0, 0.5))) * rng.uniform(0.7, 1.1)
    turn, size = rng.uniform(-np.pi, np.pi), rng.uniform(0.3, 1.6)
    blue, red = (cb - 128) * size, (cr - 128) * size
    cb, cr = blue * np.cos(turn) - red * np.sin(turn), blue * np.sin(turn) + red * np.cos(turn)
    return tuple(_bytes([luma, cb + 128 + rng.normal(0, 8), cr + 128 + rng.normal(0, 8)]))


def come(rng: Random, planes: list[Any], boundaries: list[dict[str, Any]]) -> tuple[list[Any], list[dict[str, Any]]]:
    """The film in one of the ways in which films come."""
    ways = {"as it is": 0.3, "side": 0.15, "pale": 0.2, "grey": 0.1, "fields": 0.15, "repeated": 0.1}
    how = str(rng.choice(list(ways), p=list(ways.values())))
    if how == "side":
        return [p.swapaxes(1, 2) for p in planes], boundaries
    if how == "pale":
        contrast, level = rng.uniform(0.4, 0.9), rng.uniform(90, 150)
        luma, *chroma = planes
        return [(luma - 126) * contrast + level, *((p - 128) * contrast + 128 for p in chroma)], boundaries
    if how == "grey":
        return [planes[0], *(np.full_like(p, 128.0) for p in planes[1:])], boundaries
    if how in ("fields", "repeated"):
        return _faster(planes, how == "fields"), [_later(b, how == "fields") for b in boundaries]
    return planes, boundaries


def _faster(planes: list[Any], by_fields: bool) -> list[Any]:
    """Five frames of four: A, B, BC, CD, D by fields, which small pictures show as means, or A, B, C, D, D."""
    count = len(planes[0])
    new = np.arange(count // 4 * 5 + count % 4)
    group, at = np.divmod(new, 5)
    one, other = ([0, 1, 1, 2, 3], [0, 1, 2, 3, 3]) if by_fields else ([0, 1, 2, 3, 3],) * 2
    first, second = (np.minimum(4 * group + np.array(of)[at], count - 1) for of in (one, other))
    return [(p[first] + p[second]) / 2 for p in planes]


def _later(boundary: dict[str, Any], by_fields: bool) -> dict[str, Any]:
    """A boundary of the film at 24 frames a second in that of 30."""
    firsts, lasts = ([0, 1, 2, 3], [0, 2, 3, 4]) if by_fields else ([0, 1, 2, 3], [0, 1, 2, 4])
    result = dict(boundary)
    for key, of in (("frame", firsts), ("first", firsts), ("last", lasts)):
        if key in boundary:
            group, at = divmod(boundary[key], 4)
            result[key] = 5 * group + of[at]
    return result
