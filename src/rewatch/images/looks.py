"""Looks: what a picture is found again by, computed for many small pictures at once.

    hash     256 bits of a discrete cosine transform, as PDQ takes them (Facebook 2019, "The TMK+PDQF Video-Hashing
             Algorithm and the PDQ Image-Hashing Algorithm"): 64 x 64 luma, frequencies 1..16 each way, a bit for every
             coefficient above the median. PDQ blurs the picture itself; here it comes averaged by area already.
    quality  PDQ's: 0 flat .. 100 full of edges; what lies under 50 is poor to go by
    layout   the lowest coefficients themselves, of luma and of both colours, in a byte each: enough to say how any
             part of the picture looks, and so to find it from a crop
    area     what is left of a picture when its black bars are taken off; hash and layout are of the area alone

Contents
    bars, area_of        the black bars of small pictures
    Look, looks          hash, quality and layout of small pictures
    pack_layout, unpack_layout   coefficients as bytes, and back
    apart                Hamming distance
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Area = tuple[int, int, int, int]
"""Rows and columns of black at the top, bottom, left and right."""

SIDE, BITS = 64, 16
DOWN, ACROSS = 7, 10
"""Frequencies of luma in a layout, 0 included, down and across."""
TINT = (2, 3)
"""Those of each colour."""
LAYOUT = DOWN * ACROSS + 2 * TINT[0] * TINT[1]
BLACK = 12
"""Of bars, code values: coders ring next to the picture's edge."""
_SHARES = (np.arange(256) * 100 // 255).astype(np.uint8)
"""Steps of code values in hundredths of all of them."""
_LEAST = 0.35
"""Share of the height or width that a picture keeps: what would leave less is a dark picture, not a frame with bars."""
_FULL = 0.5
"""Of a coefficient that fills its byte; the whole picture's mean of luma is 0..1 on this scale."""


@dataclass(frozen=True, slots=True)
class Look:
    """Of n pictures. hashes: (n, 4) uint64; quality: (n,) uint8, PDQ's 0..100; layouts: (n, LAYOUT) int8."""

    hashes: npt.NDArray[np.uint64]
    quality: Bytes
    layouts: npt.NDArray[np.int8]


def bars(luma: Bytes, black: int = BLACK) -> npt.NDArray[np.int16]:
    """(n, h, w) -> (n, 4): how many rows and columns at the top, bottom, left and right show nothing above `black`.

    Of a picture that is black all over: the whole height and width.
    """
    lit_rows = luma.max(axis=2) > black
    lit_columns = luma.max(axis=1) > black
    sides = [_first(lit) for lit in (lit_rows, lit_rows[:, ::-1], lit_columns, lit_columns[:, ::-1])]
    return np.stack(sides, axis=1).astype(np.int16)


def _first(lit: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    found: npt.NDArray[np.intp] = np.where(lit.any(axis=1), lit.argmax(axis=1), lit.shape[1])
    return found


def area_of(sides: Sequence[int], height: int, width: int) -> Area:
    """The area that bars leave; the whole picture where they are thin, uneven, or leave too little to be bars."""
    top, bottom, left, right = sides
    if not _are_bars(top, bottom, height):
        top = bottom = 0
    if not _are_bars(left, right, width):
        left = right = 0
    return top, bottom, left, right


def _are_bars(before: int, after: int, size: int) -> bool:
    even = abs(before - after) <= max(2, 0.04 * size)
    return even and before + after >= max(3, 0.04 * size) and size - before - after >= _LEAST * size


@lru_cache(maxsize=256)
def _waves(begin: int, end: int, size: int) -> Floats:
    """(1 + BITS, size): cosines of frequency 0..16 over 64 cells averaged out of the pixels ``begin .. end``."""
    edges = begin + (end - begin) * np.arange(SIDE + 1) / SIDE
    pixels = np.arange(size)
    cover = np.clip(np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels), 0, None)
    cover /= cover.sum(axis=1, keepdims=True)
    k, x = np.arange(BITS + 1)[:, None], np.arange(SIDE)[None, :]
    wave = np.cos(np.pi / (2 * SIDE) * k * (2 * x + 1)) * np.sqrt(2.0) / SIDE
    wave[0] = 1.0 / SIDE
    return np.asarray(wave @ cover, dtype=np.float32)


def transform(planes: npt.NDArray[np.uint8], area: tuple[float, ...]) -> Floats:
    """(n, h, w) -> (n, 17, 17) coefficients, of full scale, the picture's mean at 0, 0."""
    count, high, wide = planes.shape
    top, bottom, left, right = area
    down, across = _waves(top, high - bottom, high), _waves(left, wide - right, wide)
    part = (planes.reshape(-1, wide).astype(np.float32) @ across.T).reshape(count, high, BITS + 1)
    return np.asarray(np.matmul(down, part) / np.float32(255), dtype=np.float32)


def looks(luma: Bytes, cb: Bytes, cr: Bytes, area: Area = (0, 0, 0, 0)) -> Look:
    """Hash, quality and layout of (n, h, w) small pictures, of one area all."""
    waves = transform(luma, area)
    return Look(hashes_of(waves), quality_of(luma, area), layouts_of(waves, cb, cr, area))


def layouts_of(waves: Floats, cb: Bytes, cr: Bytes, area: Area) -> npt.NDArray[np.int8]:
    """(n, LAYOUT) layouts of pictures whose luma was transformed already."""
    half = tuple(side / 2 for side in area)
    tints = [transform(plane, half)[:, : TINT[0], : TINT[1]] - _grey(*TINT) for plane in (cb, cr)]
    parts = [waves[:, :DOWN, :ACROSS], *tints]
    return pack_layout(np.concatenate([part.reshape(len(waves), -1) for part in parts], axis=1))


def _grey(down: int, across: int) -> Floats:
    grey = np.zeros((down, across), np.float32)
    grey[0, 0] = 128 / 255
    return grey


def hashes_of(waves: Floats) -> npt.NDArray[np.uint64]:
    """(n, 17, 17) coefficients -> (n, 4) hashes: bit 16 i + j stands for frequencies i + 1 down and j + 1 across."""
    fine = waves[:, 1:, 1:].reshape(len(waves), -1)
    ordered = np.partition(fine, (127, 128), axis=1)
    above = fine > (ordered[:, 127:128] + ordered[:, 128:129]) / 2
    return np.ascontiguousarray(np.packbits(above, axis=1, bitorder="little")).view("<u8").astype(np.uint64)


def quality_of(luma: Bytes, area: Area) -> Bytes:
    """(n,) PDQ's quality of each picture: how many steps between neighbours are large."""
    _, high, wide = luma.shape
    top, bottom, left, right = area
    inner = luma[:, top : high - bottom, left : wide - right]
    # PDQ counts steps over 64 x 64 cells; here pixels, as many times fewer or more as there are.
    cells = SIDE * SIDE / max(1, inner.shape[1] * inner.shape[2])
    total = np.zeros(len(luma), np.int64)
    for one, other in ((inner[:, 1:], inner[:, :-1]), (inner[:, :, 1:], inner[:, :, :-1])):
        steps = np.maximum(one, other) - np.minimum(one, other)
        total += cv2.LUT(steps.reshape(len(luma), -1), _SHARES).sum(axis=1, dtype=np.int64)
    quality: Bytes = np.minimum(total * cells / 90, 100).astype(np.uint8)
    return quality


def pack_layout(low: Floats) -> npt.NDArray[np.int8]:
    """Coefficients as bytes, by the root of their size: small ones keep their sign and more."""
    part = np.sqrt(np.minimum(np.abs(low) / _FULL, 1.0))
    return np.round(127 * np.copysign(part, low)).astype(np.int8)


def unpack_layout(layouts: npt.NDArray[np.int8]) -> Floats:
    """Coefficients again, (n, LAYOUT) float32: luma's DOWN x ACROSS, then those of both colours."""
    part = layouts.astype(np.float32) / np.float32(127)
    return np.asarray(np.copysign(part * part * np.float32(_FULL), part), dtype=np.float32)


def apart(hashes: npt.NDArray[np.uint64], one: npt.NDArray[np.uint64]) -> npt.NDArray[np.int16]:
    """(n,) of how many of the 256 bits each of (n, 4) hashes differs from (4,) or (n, 4) others."""
    bits: npt.NDArray[np.int16] = np.bitwise_count(hashes ^ one).sum(axis=-1, dtype=np.int16)
    return bits


def hexadecimal(one: npt.NDArray[np.uint64]) -> str:
    """A (4,) hash as PDQ writes it: 64 hexadecimal digits, the highest frequencies first."""
    return "".join(f"{int(word):016x}" for word in one[::-1])
