"""Paper: the sheet a scene is drawn on, and the few ways of drawing on it.

Conventions
    A picture is planar, (3, height, width) float32, display-referred R'G'B' in 0..1.
    Places are in picture heights: y from 0 (top) to 1 (bottom), x from the middle of the picture, so that a scene
    looks the same at every size. Everything is anti-aliased, and everything random comes from a seed.

Contents
    Paper     size, grids; gradient, noise, text
    Stencil   a silhouette being cut: polygons, ellipses, lines; `stamp()` gives its mask
    Stamp     a cut mask and where it lies
    paste, below, glow, scroll    putting paper on paper
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

Picture: TypeAlias = npt.NDArray[np.float32]
Mask: TypeAlias = npt.NDArray[np.float32]
Points: TypeAlias = Sequence[tuple[float, float]] | npt.NDArray[np.float64]
Ink: TypeAlias = npt.NDArray[np.float32]

FINE = 4
"""Stencils are cut this many times finer than the picture and averaged: that is the anti-aliasing."""


def ink(colour: str) -> Ink:
    """(3, 1, 1) of ``"#rrggbb"``."""
    value = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return np.array(value, dtype=np.float32).reshape(3, 1, 1)


def ease(t: float, begin: float = 0.0, end: float = 1.0) -> float:
    """0 before `begin`, 1 after `end`, smooth between."""
    s = min(1.0, max(0.0, (t - begin) / (end - begin)))
    return s * s * (3 - 2 * s)


def _spline(at: Mask, count: int) -> Mask:
    """(places, count) weights of evenly spaced values in a cubic B-spline; 0 <= place < count - 2."""
    far = np.abs(at[:, None] + 1 - np.arange(count, dtype=np.float32))
    near = 2 / 3 - far * far * (1 - far / 2)
    tail = (2 - far) ** 3 / 6
    return np.where(far < 1, near, np.where(far < 2, tail, 0)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A mask (rows, columns) 0..1 whose corner lies at pixel (top, left) of the picture."""

    mask: Mask
    top: int
    left: int


class Paper:
    """A sheet of `width` x `height` pixels, each `pixel_aspect` times as wide as high.

    x: (1, width) and y: (height, 1) float32, places of the pixel middles in picture heights
    """

    def __init__(self, width: int, height: int, pixel_aspect: float = 1.0) -> None:
        self.width, self.height, self.pixel_aspect = width, height, pixel_aspect
        self.x: Mask = ((np.arange(width) + 0.5 - width / 2) * pixel_aspect / height).astype(np.float32)[None, :]
        self.y: Mask = ((np.arange(height) + 0.5) / height).astype(np.float32)[:, None]
        self.half = width * pixel_aspect / height / 2

    def blank(self) -> Picture:
        return np.zeros((3, self.height, self.width), np.float32)

    def column(self, x: float) -> float:
        """Pixel column (a fraction) of a place."""
        return x * self.height / self.pixel_aspect + self.width / 2

    def gradient(self, *stops: tuple[float, str]) -> Picture:
        """A picture that runs through (y, colour) stops from top to bottom."""
        at = [s[0] for s in stops]
        colours = np.array([ink(s[1]).ravel() for s in stops])
        rows = np.stack([np.interp(self.y[:, 0], at, colours[:, c]) for c in range(3)]).astype(np.float32)
        return np.repeat(rows[:, :, None], self.width, axis=2)

    def noise(self, seed: int, size: float, octaves: int = 3, stretch: float = 1.0) -> Mask:
        """(height, width) smooth noise, about -1..1: patches `size` high and `stretch` times as wide."""
        rng = np.random.default_rng(seed)
        total = np.zeros((self.height, self.width), np.float32)
        weight = 1.0
        for _ in range(octaves):
            rows = int(np.ceil(1 / size)) + 4
            columns = int(np.ceil(2 * self.half / (size * stretch))) + 4
            grid = rng.uniform(-1, 1, (rows, columns)).astype(np.float32)
            up = _spline(self.y[:, 0] / size, rows)
            along = _spline((self.x[0] + self.half) / (size * stretch), columns)
            total += np.float32(weight) * (up @ grid @ along.T)
            weight, size = weight / 2, size / 2
        return total

    def text(self, text: str, x: float, y: float, size: float, spacing: float = 0.0) -> Stamp:
        """Lettering centred on (x, y); `size` and `spacing` between the letters in picture heights."""
        fine = 3
        scale = self.height * fine
        font = ImageFont.load_default(size=max(4.0, size * scale))
        widths = [font.getlength(letter) for letter in text]
        total = sum(widths) + spacing * scale * (len(text) - 1)
        margin = int(size * scale)
        sheet = Image.new("L", (int(total) + 2 * margin, int(2 * size * scale)))
        pen, at = ImageDraw.Draw(sheet), float(margin)
        for letter, width in zip(text, widths, strict=True):
            pen.text((at, size * scale), letter, fill=255, font=font, anchor="lm")
            at += width + spacing * scale
        columns = max(1, round(sheet.width / fine / self.pixel_aspect))
        small = sheet.resize((columns, max(1, sheet.height // fine)), Image.Resampling.BOX)
        mask = np.asarray(small, dtype=np.float32) / np.float32(255)
        return Stamp(mask, round(y * self.height - mask.shape[0] / 2), round(self.column(x) - mask.shape[1] / 2))


class Stencil:
    """A silhouette being cut inside the box (x0, y0)..(x1, y1); what lies outside the picture is left away."""

    def __init__(self, paper: Paper, x0: float, y0: float, x1: float, y1: float) -> None:
        self._paper = paper
        left, right = (int(np.clip(np.floor(paper.column(x)), -1, paper.width + 1)) for x in (x0, x1))
        top, bottom = (int(np.clip(np.floor(y * paper.height), -1, paper.height + 1)) for y in (y0, y1))
        self.left, self.top = max(0, left), max(0, top)
        self._columns = max(1, min(paper.width, right + 1) - self.left)
        self._rows = max(1, min(paper.height, bottom + 1) - self.top)
        self._sheet = Image.new("L", (self._columns * FINE, self._rows * FINE))
        self._pen = ImageDraw.Draw(self._sheet)

    @classmethod
    def whole(cls, paper: Paper) -> Stencil:
        return cls(paper, -paper.half, 0, paper.half, 1)

    def _pixels(self, points: Points) -> list[tuple[float, float]]:
        paper = self._paper
        across, down = paper.height / paper.pixel_aspect * FINE, paper.height * FINE
        left, top = (paper.width / 2 - self.left) * FINE, -self.top * FINE
        # In plain Python: the lists are short, and arrays would cost more than they save.
        plain = points.tolist() if isinstance(points, np.ndarray) else points
        return [(p[0] * across + left, p[1] * down + top) for p in plain]

    def polygon(self, points: Points, fill: float = 1.0) -> Stencil:
        self._pen.polygon(self._pixels(points), fill=round(255 * fill))
        return self

    def box(self, x0: float, y0: float, x1: float, y1: float, fill: float = 1.0) -> Stencil:
        return self.polygon([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], fill)

    def ellipse(self, x: float, y: float, rx: float, ry: float | None = None, fill: float = 1.0) -> Stencil:
        (a, b), (c, d) = self._pixels([(x - rx, y - (ry or rx)), (x + rx, y + (ry or rx))])
        self._pen.ellipse((a, b, max(a, c), max(b, d)), fill=round(255 * fill))
        return self

    def line(self, points: Points, width: float, fill: float = 1.0) -> Stencil:
        """A line of round-ended strokes."""
        at = self._pixels(points)
        thick = max(FINE * 0.6, width * self._paper.height * FINE)
        self._pen.line(at, fill=round(255 * fill), width=max(1, round(thick)), joint="curve")
        r = thick / 2
        if r > 2:
            for c, d in (at[0], at[-1]):
                self._pen.ellipse((c - r, d - r, c + r, d + r), fill=round(255 * fill))
        return self

    def stamp(self) -> Stamp:
        small = self._sheet.reduce(FINE)
        return Stamp(np.asarray(small, dtype=np.float32) / np.float32(255), self.top, self.left)


def paste(picture: Picture, stamp: Stamp, colour: Ink, opacity: float = 1.0) -> None:
    """Lay a stamp on a picture in one colour ((3, 1, 1), or (3, rows, columns) of the stamp's size)."""
    rows, columns = stamp.mask.shape
    top, left = max(0, stamp.top), max(0, stamp.left)
    bottom = min(picture.shape[1], stamp.top + rows)
    right = min(picture.shape[2], stamp.left + columns)
    if bottom <= top or right <= left:
        return
    here = (slice(top - stamp.top, bottom - stamp.top), slice(left - stamp.left, right - stamp.left))
    mask = stamp.mask[here] if opacity == 1.0 else stamp.mask[here] * np.float32(opacity)
    if colour.shape[1] > 1:
        colour = colour[(slice(None), *here)]
    part = picture[:, top:bottom, left:right]
    part += mask * (colour - part)


def shade(picture: Picture, stamp: Stamp, blur: float, strength: float, drop: tuple[float, float] = (0.0, 0.0)) -> None:
    """The soft shadow that a piece of paper throws on what lies behind it; blur and drop in picture heights."""
    high = picture.shape[1]
    pad = int(3 * blur * high) + 1
    mask = ndimage.gaussian_filter(np.pad(stamp.mask, pad), blur * high)
    moved = Stamp(mask, stamp.top - pad + round(drop[1] * high), stamp.left - pad + round(drop[0] * high))
    paste(picture, moved, ink("#000000"), strength)


def below(
    picture: Picture,
    paper: Paper,
    line: Mask,
    colour: Picture,
    rim: Ink | None = None,
    shadow: float = 0.0,
    rim_width: float = 0.006,
) -> None:
    """Lay a sheet of paper whose upper edge is `line` ((width,), in picture heights) and that reaches to the bottom.

    colour: (3, 1, 1) or (3, height, 1 or width)
    rim:    the torn edge, lit; shadow: how dark the shade is that the edge throws upwards (0..1)
    """
    high = paper.height
    rows = np.arange(high, dtype=np.float32)[:, None] + 1.0
    at = (line * high).astype(np.float32)[None, :]
    reach = 0.035 * high
    if shadow:
        top, bottom = (int(np.clip(v, 0, high)) for v in (at.min() - reach, at.max() + 1))
        near = np.clip(1 - (at - rows[top:bottom]) / reach, 0, 1)
        picture[:, top:bottom] *= 1 - np.float32(shadow) * near * near
    sheets = [(at, colour)] if rim is None else [(at, rim), (at + rim_width * high, colour)]
    for edge, fill in sheets:
        top, bottom = (int(np.clip(v, 0, high)) for v in (edge.min() - 2, edge.max() + 2))
        flat = fill.shape[1] == 1
        mask = np.clip(rows[top:bottom] - edge, 0, 1)
        part = picture[:, top:bottom]
        part += mask * ((fill if flat else fill[:, top:bottom]) - part)
        picture[:, bottom:] = fill if flat else fill[:, bottom:]


def halo(paper: Paper, x: float, y: float, radius: float) -> Mask:
    """(height, width) light around a place: 1 in the middle, a third at `radius`, soft to nothing."""
    far = ((paper.x - x) ** 2 + (paper.y - y) ** 2) / (radius * radius)
    return (1 / (1 + far * (1 + far))).astype(np.float32)


def glow(picture: Picture, paper: Paper, x: float, y: float, radius: float, colour: Ink, strength: float) -> None:
    """Add light around a place, out to four radii (beyond it is under half a grey level)."""
    reach = 4 * radius
    left, right = (int(np.clip(paper.column(v), 0, paper.width)) for v in (x - reach, x + reach))
    top, bottom = (int(np.clip(v * paper.height, 0, paper.height)) for v in (y - reach, y + reach))
    if left >= right or top >= bottom:
        return
    far = ((paper.x[:, left:right] - x) ** 2 + (paper.y[top:bottom] - y) ** 2) / (radius * radius)
    light = np.maximum(1 / (1 + far * (1 + far)) - 1 / 273, 0) * np.float32(strength)
    picture[:, top:bottom, left:right] += light * colour


def scroll(strip: Mask, offset: float, width: int) -> Mask:
    """`width` columns of an endless strip (rows, period), begun at a column that may be a fraction."""
    period = strip.shape[1]
    whole = int(np.floor(offset))
    part = np.float32(offset - whole)
    columns = np.arange(whole, whole + width + 1) % period
    taken = strip[:, columns]
    return taken[:, :-1] * (1 - part) + taken[:, 1:] * part


def rounded(points: Points, rounds: int = 2) -> npt.NDArray[np.float64]:
    """A closed outline with its corners cut round (Chaikin 1974)."""
    at = np.asarray(points, dtype=np.float64)
    for _ in range(rounds):
        after = np.roll(at, -1, axis=0)
        at = np.stack([0.75 * at + 0.25 * after, 0.25 * at + 0.75 * after], axis=1).reshape(-1, 2)
    return at


def placed(
    points: Points, x: float, y: float, size: float, angle: float = 0.0, flip: bool = False
) -> npt.NDArray[np.float64]:
    """Points of a figure of height 1 that stands on (0, 0), put where it stands in the picture."""
    at = np.asarray(points, dtype=np.float64) * size
    if flip:
        at = at * (-1.0, 1.0)
    c, s = np.cos(angle), np.sin(angle)
    turned: npt.NDArray[np.float64] = at @ np.array([[c, s], [-s, c]]) + np.array([x, y])
    return turned


def spot(px: float, py: float, x: float, y: float, size: float) -> tuple[float, float]:
    """One point of a figure, put where it stands in the picture."""
    return x + px * size, y + py * size


def ridge(x: Mask, base: float, swing: float, seed: int, waves: Iterable[float] = (1.0, 2.3, 4.1, 7.7)) -> Mask:
    """(width,) the line of a hill: a few sines of random phase, the finer the flatter."""
    rng = np.random.default_rng(seed)
    line = np.full(x.size, base, np.float32)
    for wave in waves:
        line += np.float32(swing / wave) * np.sin(
            x.ravel() * np.float32(wave * 2.2) + np.float32(rng.uniform(0, 6.283))
        )
    return line
