"""Camera: how the picture moves as a whole, apart from what moves in it.

From each frame to the next the picture is taken to shift, to scale and to turn as a whole; what does not follow is
movement within the frame. Two steps, on luma reduced to 64 pixels a line:
    1. phase correlation (Kuglin and Hines 1975) finds the shift to a whole pixel, however far;
    2. the rest is found to a small part of a pixel from gradients (Lucas and Kanade 1981, with the matched filters
       of Farid and Simoncelli 2004), by least squares re-weighted against what moves on its own (Holland and
       Welsch 1977).
Black bars at the edges are left out.

Contents
    between_frames   small pictures -> motion between each and the next
    Camera           the analyser: track ``camera``
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from rewatch.analyser import Analyser, Gives
from rewatch.clock import FRAMES
from rewatch.evidence import Pictures
from rewatch.facts import FilmFacts
from rewatch.figure import Figure
from rewatch.images.blocks import Blocks
from rewatch.rows import Rows
from rewatch.track import Curve, Track

Floats = npt.NDArray[np.float32]

COLUMNS = ("dx", "dy", "zoom", "roll", "residual", "sure")
SOURCE = "Kuglin and Hines 1975; Lucas and Kanade 1981; Farid and Simoncelli 2004, doi 10.1109/TIP.2004.823819"

_SMOOTH = np.array((1 / 6, 2 / 3, 1 / 6), np.float32)
_SLOPE = np.array((-0.5, 0, 0.5), np.float32)
_BAR = 24
"""Code value that no pixel of a black bar is above."""
_FLOOR = 4.0
"""Variance (code values squared) below which a picture is as good as flat."""
_TEXTURE = 0.004
"""Mean square of slope (in spreads a pixel) at which motion is half sure."""
_LOST = 0.45
"""Residual from which on nothing can be said of motion."""
_FAINT = np.float32(0.05)
_ROUNDS = 4
_STAYS = 0.06
"""Mean difference (in spreads) up to which two frames are no whole pixel apart: none was in five films."""
_AT_ONCE = 16
"""Frames that are worked on at once: all that is made of them stays in the cache."""

FIGURES = (
    Figure(
        "camera",
        "Camera motion",
        "frame widths, log scale, radians; per frame",
        "shift dx, dy, zoom and roll that best carry each frame over to the next (phase correlation, then robust least "
        "squares on gradients); residual = share of the picture's variance that does not follow",
        SOURCE,
        ("camera",),
        "pans, tilts, zooms and a hand-held camera; movement in the frame apart from that of the camera",
        "a zoom from a dolly; anything while the picture is dark, flat or all motion (see the column sure)",
    ),
)


def _halved(luma: npt.NDArray[np.uint8]) -> Floats:
    """(n, h, w) uint8 -> (n, h // 2, w // 2) code values, each the mean of 4 x 4 pixels by weights 1 3 3 1.

    Plain means of 2 x 2 let fine patterns through as false coarse ones, which bend motion by parts of a pixel.
    """
    number, high, wide = luma.shape
    first, second = luma[:, 0 : high // 2 * 2 : 2], luma[:, 1 : high // 2 * 2 : 2]
    lines = first.astype(np.uint16) + second
    lines *= 3
    lines[:, 1:] += second[:, :-1]
    lines[:, :-1] += first[:, 1:]
    lines[:, 0] += first[:, 0]
    lines[:, -1] += second[:, -1]
    # Whole numbers below 2^24: exact, whatever the order of adding.
    halved = lines.reshape(-1, wide).astype(np.float32) @ _taps(wide)
    return halved.reshape(number, high // 2, wide // 2) * np.float32(1 / 64)


@cache
def _taps(size: int) -> Floats:
    """(size, size // 2): the weights 1 3 3 1 around each pair of a line; beyond the edge is what is at the edge."""
    half = size // 2
    taps = np.zeros((size, half), np.float32)
    for n in range(half):
        for at, weight in zip(range(2 * n - 1, 2 * n + 3), (1, 3, 3, 1), strict=True):
            taps[min(max(at, 0), 2 * half - 1), n] += weight
    return taps


def _picture_area(frames: Floats) -> tuple[slice, slice]:
    """Rows and columns within black bars; everything where little would be left."""
    bright = frames.max(axis=0) > _BAR
    spans = []
    for axis in (1, 0):
        lines = np.flatnonzero(bright.any(axis=axis))
        size = bright.shape[1 - axis]
        if not len(lines) or lines[-1] - lines[0] + 1 < size / 2:
            return slice(0, bright.shape[0]), slice(0, bright.shape[1])
        # The line next to a bar is mixed with it.
        first, last = int(lines[0]), int(lines[-1]) + 1
        spans.append(slice(first + (first > 0), last - (last < size)))
    return spans[0], spans[1]


def _coarse(frames: Floats, at: npt.NDArray[np.intp]) -> npt.NDArray[np.int64]:
    """(n, 2) whole pixels (down, right) by which each of some frames moves to the one after, by phase correlation."""
    high, wide = frames.shape[1:]
    window = (np.hanning(high + 2)[1:-1, None] * np.hanning(wide + 2)[None, 1:-1]).astype(np.float32)
    shape = (_quick_length(high), _quick_length(wide))
    # Most are the one after of one and the one before of another.
    used = np.union1d(at, at + 1)
    waves = np.fft.rfft2(frames[used] * window, shape)
    before, after = (waves[np.searchsorted(used, side)] for side in (at, at + 1))
    cross = after * before.conj()
    # As pairs of numbers: complex ones are divided, and their magnitudes taken, in several times the time.
    parts = cross.view(np.float32).reshape(*cross.shape, 2)
    squares = np.square(parts)
    strength = np.sqrt(squares[..., 0] + squares[..., 1])
    # Not quite whitened: the noise of the coder fills the weakest frequencies.
    weight = 1 / (strength + np.float32(0.1) * strength.mean(axis=(1, 2), keepdims=True) + np.float32(1e-12))
    parts *= weight[..., None]
    peaks = np.fft.irfft2(cross, shape).reshape(len(cross), -1).argmax(axis=1)
    shift = np.stack(np.divmod(peaks, shape[1]), axis=1)
    return np.where(shift > np.array(shape) // 2, shift - np.array(shape), shift)


@cache
def _quick_length(size: int) -> int:
    """The least length from `size` on whose Fourier transform is quick: no prime factor over 5.

    >>> [_quick_length(size) for size in (36, 53, 64, 67)]
    [36, 54, 64, 72]
    """
    while True:
        rest = size
        for factor in (2, 3, 5):
            while rest % factor == 0:
                rest //= factor
        if rest == 1:
            return size
        size += 1


def _shifts(frames: Floats) -> npt.NDArray[np.int64]:
    """(n, 2) whole pixels that each frame moves to the next; 0 where they lie over each other well as they are."""
    shifts = np.zeros((len(frames) - 1, 2), np.int64)
    ask = np.flatnonzero(np.abs(np.diff(frames, axis=0)).mean(axis=(1, 2)) > _STAYS)
    if len(ask):
        shifts[ask] = _coarse(frames, ask)
    return _better(frames, shifts)


def _filtered(frames: Floats) -> Floats:
    """(n, h, w) -> (3, n, h - 2, w - 2): smoothed, slope to the right, slope down."""
    number, high, wide = frames.shape
    # One picture below the other, filtered as one: what mixes two of them is cut off with the edges.
    tall = frames.reshape(number * high, wide)
    out = np.empty((3, number, high - 2, wide - 2), np.float32)
    for into, across, down in zip(out, (_SMOOTH, _SLOPE, _SMOOTH), (_SMOOTH, _SMOOTH, _SLOPE), strict=True):
        into[:] = cv2.sepFilter2D(tall, cv2.CV_32F, across, down).reshape(frames.shape)[:, 1:-1, 1:-1]
    return out


def _overlap(shift: int, size: int) -> tuple[slice, slice]:
    """Where the frame before and the frame after show the same, if the picture moves by `shift` along an axis."""
    return slice(max(0, -shift), size - max(0, shift)), slice(max(0, shift), size - max(0, -shift))


def _laid_over(
    before: Floats, after: Floats, shifts: npt.NDArray[np.int64]
) -> tuple[Floats, Floats, npt.NDArray[np.bool_] | None]:
    """Pairs of filtered frames with the shift taken out: the mean of their slopes, (2, n, h, w), their difference
    (smoothed), and where both are; of every second pixel each way, which will do: the filters are wider.

    before, after: (3, n, h, w) as `_filtered` gives them; shifts: (n, 2). The mask is None where all of it counts.
    """
    moved = np.flatnonzero(shifts.any(axis=1))
    mask = None
    if len(moved):
        high, wide = before.shape[2:]
        before = before.copy()
        mask = np.ones(before.shape[1:], np.bool_)
        for n in moved.tolist():
            (up, down), (left, right) = _overlap(int(shifts[n, 0]), high), _overlap(int(shifts[n, 1]), wide)
            laid, under = before[:, n, up, left].copy(), after[0, n, down, right]
            # Each frame was brought to one brightness and contrast as a whole; here both must be those of one part.
            laid *= (under.std() + _FAINT) / (laid[0].std() + _FAINT)
            laid[0] += under.mean() - laid[0].mean()
            before[:, n], mask[n] = after[:, n], False
            before[:, n, down, right], mask[n, down, right] = laid, True
    before, after = before[..., ::2, ::2], after[..., ::2, ::2]
    slopes = before[1:] + after[1:]
    slopes *= np.float32(0.5)
    return slopes, after[0] - before[0], None if mask is None else mask[:, ::2, ::2]


def _better(frames: Floats, shifts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The shifts, but none where the frames lie over each other about as well without."""
    kept = shifts.copy()
    high, wide = frames.shape[1:]
    for n in np.flatnonzero(shifts.any(axis=1)).tolist():
        (up, down), (left, right) = _overlap(int(shifts[n, 0]), high), _overlap(int(shifts[n, 1]), wide)
        a, b = frames[n], frames[n + 1]
        there = float(np.abs(b[down, right] - a[up, left]).mean()) if b[down, right].size > high * wide / 5 else np.inf
        if not there < 0.9 * float(np.abs(b[down, right] - a[down, right]).mean()):
            kept[n] = 0
    return kept


def _fine(
    slopes: Floats, difference: Floats, mask: npt.NDArray[np.bool_] | None, size: tuple[int, int], wide: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """(n, 4) dx, dy in pixels, scale and turn; (n,) mean square of the difference that is left; (n,) texture."""
    high, across = size
    x = ((np.arange(across) - (across - 1) / 2) / wide).astype(np.float32)[::2]
    y = ((np.arange(high) - (high - 1) / 2) / wide).astype(np.float32)[::2, None]
    return _least_squares(slopes, difference, mask, (x, y))


def _least_squares(
    slopes: Floats, difference: Floats, mask: npt.NDArray[np.bool_] | None, place: tuple[Floats, Floats]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Robust least squares of some pairs; slopes: (2, n, h, w) to the right and down; place: x and y of each pixel."""
    number, high, across = difference.shape
    x, y = place
    parts = np.empty((number, 4, high, across), np.float32)
    parts[:, 0], parts[:, 1] = slopes
    parts[:, 2] = slopes[0] * x + slopes[1] * y
    parts[:, 3] = slopes[1] * x - slopes[0] * y
    basis = parts.reshape(number, 4, -1)
    turned = basis.transpose(0, 2, 1)
    target: Floats = -difference.reshape(number, -1)
    size = target.shape[1]
    inside = None if mask is None else mask.reshape(number, -1).astype(np.float32)
    # A little towards "nothing moves" decides where there is nothing to see.
    ridge = np.diag(np.array((1e-4, 1e-4, 5e-6, 5e-6)) * size)
    weight = inside
    found: npt.NDArray[np.float64] = np.zeros((number, 4))
    left: Floats = target
    texture: npt.NDArray[np.float64] = np.zeros(number)
    weighted: Floats = np.empty_like(basis)
    for turn in range(_ROUNDS):
        if weight is None:
            weighted[:] = basis
        else:
            np.multiply(basis, weight[:, None], out=weighted)
        normal = (weighted @ turned).astype(np.float64)
        right = (weighted @ target[:, :, None]).astype(np.float64)
        found = np.asarray(np.linalg.solve(normal + ridge, right)[..., 0], dtype=np.float64)
        left = target - (found.astype(np.float32)[:, None] @ basis)[:, 0]
        if turn == 0:
            a, b, c = normal[:, 0, 0], normal[:, 0, 1], normal[:, 1, 1]
            texture = ((a + c) / 2 - np.sqrt((a - c) ** 2 / 4 + b**2)) / size
        if turn + 1 < _ROUNDS:
            # Geman and McClure's weights: what is off by much more than the usual does not count.
            usual = np.abs(left).mean(axis=1, keepdims=True) * np.float32(1.5) + np.float32(1e-6)
            weight = 1 / np.square(1 + np.square(left / usual))
            if inside is not None:
                weight = weight * inside
    square = np.square(left)
    if inside is None:
        return found, square.mean(axis=1, dtype=np.float64), texture
    seen = np.maximum(inside.sum(axis=1, dtype=np.float64), 1)
    return found, (square * inside).sum(axis=1, dtype=np.float64) / seen, texture


def between_frames(luma: npt.NDArray[np.uint8]) -> Floats:
    """(n + 1, h, w) uint8 small pictures -> (n, 6) motion from each to the next, columns as in `COLUMNS`.

    dx, dy:   the picture moves to the right and down, in frame widths (a camera that pans to the right: dx < 0)
    zoom:     natural logarithm of the scale: 0.01 = everything grows by 1 %
    roll:     radians, clockwise
    residual: share of the picture's variance that does not follow, 0 nothing .. 1 all of it; at cuts 0.3 and more
    sure:     0..1, how far the picture says anything about motion; where the frames have too little in common
              dx, dy, zoom and roll are 0
    """
    if len(luma) < 2 or min(luma.shape[1:]) < 16:
        return np.zeros((max(len(luma) - 1, 0), len(COLUMNS)), np.float32)
    frames = _halved(luma)
    wide = frames.shape[2]
    frames = frames[(slice(None), *_picture_area(frames))]
    frames = frames - frames.mean(axis=(1, 2), keepdims=True)
    frames /= np.sqrt(np.square(frames).mean(axis=(1, 2), keepdims=True) + np.float32(_FLOOR))
    shifts = _shifts(frames)
    filtered = _filtered(frames)
    before, after = filtered[:, :-1], filtered[:, 1:]
    size = filtered.shape[2:]
    found, left, texture = _fine(*_laid_over(before, after, shifts), size, wide)
    # More than half a pixel was left: the whole pixel was the wrong one. Once more from the right one.
    off = np.round(np.clip(found[:, 1::-1], -3, 3)).astype(np.int64)
    again = np.flatnonzero(off.any(axis=1))
    if len(again):
        shifts[again] += off[again]
        laid = _laid_over(before[:, again], after[:, again], shifts[again])
        found[again], left[again], texture[again] = _fine(*laid, size, wide)
    residual = np.clip(left / 2, 0, 1)
    sure = np.clip(1 - residual / _LOST, 0, 1) * texture / (texture + _TEXTURE)
    moves = sure > 0.15
    out = np.zeros((len(found), len(COLUMNS)))
    out[:, 0] = (found[:, 0] + shifts[:, 1]) / wide
    out[:, 1] = (found[:, 1] + shifts[:, 0]) / wide
    out[:, 2] = np.log(np.clip(1 + found[:, 2] / wide, 0.5, 2))
    out[:, 3] = found[:, 3] / wide
    out[~moves] = 0
    out[:, 4], out[:, 5] = residual, sure
    return out.astype(np.float32)


class Camera(Analyser[Pictures]):
    """Motion of the picture as a whole from the frame before to each frame, and what moves besides."""

    name, version, watches = "camera", 1, "pictures"
    gives = (
        Gives(
            "camera",
            "curve",
            "motion of the whole picture from the frame before (right, down, growth, clockwise turn), movement within "
            "the frame, and how sure",
            unit="frame widths, log scale, radians a frame",
            columns=COLUMNS,
            source=SOURCE,
        ),
    )

    def begin(self, film: FilmFacts, scratch: Path) -> None:
        self._blocks = Blocks(_AT_ONCE)
        self._last: npt.NDArray[np.uint8] | None = None
        self._rows = Rows(len(COLUMNS), np.float32, scratch / "rows")

    def feed(self, piece: Pictures) -> None:
        for (luma,) in self._blocks.add(piece.luma):
            self._measure(luma)

    def _measure(self, luma: npt.NDArray[Any]) -> None:
        if self._last is None:
            # Frame 0 has nothing before it: as if it had stood still.
            self._last = luma[:1]
        self._rows.add(between_frames(np.concatenate([self._last, luma])))
        self._last = luma[-1:].copy()

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        for (luma,) in self._blocks.rest():
            self._measure(luma)
        values = self._rows.array()
        return {"camera": Curve("camera", values, FRAMES, self.gives[0].unit, COLUMNS)}
