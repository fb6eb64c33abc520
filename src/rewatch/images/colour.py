"""Colour: small pictures as they are shown, in a space that is even to the eye; the mean colour and the barcode.

Conventions
    Colours are Oklab (Ottosson 2020, https://bottosson.github.io/posts/oklab/): L 0 black .. 1 white, a green .. red,
    b blue .. yellow; equal steps look about equal. sRGB is IEC 61966-2-1. Code values of SDR film are taken as
    sRGB, as players show them on a computer's screen; PQ and HLG are tone mapped by `film.colour` first, so that the
    HDR edition of a film has about the colours of its SDR edition.

Contents
    srgb8_to_oklab, oklab_to_srgb8   colours between the two
    srgb8_to_linear, linear_to_srgb8, oklab_to_linear   by way of light: averages are taken of it, not of code values
    Shown                            Y'CbCr of one film -> Oklab or sRGB
    shown_luma                       what luma becomes under tone mapping
    Colour                           the analyser: tracks ``colour`` and ``barcode``
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from rewatch.analyser import Analyser, Gives
from rewatch.clock import FRAMES, Clock
from rewatch.evidence import Pictures
from rewatch.facts import FilmFacts, PictureFacts
from rewatch.figure import Figure
from rewatch.film.colour import Matrix, code_values, linear_light, matrix_of, tone_map
from rewatch.images.blocks import Blocks
from rewatch.rows import Rows
from rewatch.track import Curve, Track

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]

OTTOSSON = "Oklab: Ottosson 2020, https://bottosson.github.io/posts/oklab/"
_TO_CONES = np.array(
    (
        (0.4122214708, 0.5363325363, 0.0514459929),
        (0.2119034982, 0.6806995451, 0.1073969566),
        (0.0883024619, 0.2817188376, 0.6299787005),
    )
)
_TO_LAB = np.array(
    (
        (0.2104542553, 0.7936177850, -0.0040720468),
        (1.9779984951, -2.4285922050, 0.4505937099),
        (0.0259040371, 0.7827717662, -0.8086757660),
    )
)
_LUMA = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722), "bt2020": (0.2627, 0.0593)}
_STEPS = 4095

BANDS = 12
ACROSS = 16
BARCODE_RATE = Fraction(4)

FIGURES = (
    Figure(
        "colour",
        "Mean colour",
        "Oklab",
        f"the frame reduced to {ACROSS} x {BANDS} areas, each to Oklab (HDR tone mapped), the mean of them",
        OTTOSSON,
        ("colour",),
        "how a film's colours change over its course, by steps that look alike",
        "which colours are side by side: red and green in one frame have the mean of grey",
    ),
    Figure(
        "barcode",
        "Barcode",
        "sRGB",
        f"four times a second, the mean Oklab colour of each of {BANDS} bands of the picture from top to bottom",
        OTTOSSON,
        ("barcode",),
        "the look of the whole film at a glance",
        "what stood left and right in the frame",
    ),
)


@cache
def _linear_of() -> Floats:
    """Linear light of 4096 steps of sRGB code value."""
    return linear_light(np.arange(_STEPS + 1) / _STEPS).astype(np.float32)


def _oklab_of_linear(light: Floats) -> Floats:
    cones = light @ _TO_CONES.T.astype(np.float32)
    return np.asarray(np.cbrt(cones) @ _TO_LAB.T.astype(np.float32), dtype=np.float32)


def srgb8_to_oklab(rgb: npt.ArrayLike) -> Floats:
    """(..., 3) sRGB code values 0..255 -> (..., 3) Oklab.

    >>> srgb8_to_oklab([255, 0, 0]).round(2).tolist() == np.float32([0.63, 0.22, 0.13]).tolist()
    True
    """
    return _oklab_of_linear(srgb8_to_linear(rgb).astype(np.float32))


def oklab_to_srgb8(lab: npt.ArrayLike) -> Bytes:
    """(..., 3) Oklab -> (..., 3) uint8 sRGB; what sRGB cannot show is clipped, channel by channel.

    >>> oklab_to_srgb8([1.0, 0.0, 0.0]).tolist()
    [255, 255, 255]
    """
    return linear_to_srgb8(oklab_to_linear(lab))


def oklab_to_linear(lab: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """(..., 3) Oklab -> (..., 3) linear sRGB; outside 0..1 where sRGB cannot show it."""
    of_lab, of_cones = _back()
    return np.asarray((np.asarray(lab, dtype=np.float64) @ of_lab) ** 3 @ of_cones)


@cache
def _back() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    return np.linalg.inv(_TO_LAB).T, np.linalg.inv(_TO_CONES).T


def srgb8_to_linear(rgb: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """sRGB code values 0..255 -> linear light 0..1."""
    return linear_light(np.clip(np.asarray(rgb, dtype=np.float64) / 255, 0, 1))


def linear_to_srgb8(light: npt.ArrayLike) -> Bytes:
    """Linear light 0..1 -> uint8 sRGB; what lies outside is clipped."""
    return np.round(code_values(light) * 255).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Shown:
    """How the code values of one film are shown: its matrix, transfer and primaries."""

    matrix: Matrix = "bt709"
    transfer: Literal["sdr", "pq", "hlg"] = "sdr"
    primaries: str = "bt709"

    @classmethod
    def of(cls, picture: PictureFacts | None) -> Shown:
        """What the file says; BT.709 SDR where there is no picture to ask."""
        return cls() if picture is None else cls(matrix_of(picture), picture.transfer, picture.primaries)

    def srgb(self, luma: npt.NDArray[Any], cb: npt.NDArray[Any], cr: npt.NDArray[Any]) -> Floats:
        """Full-range Y'CbCr, 0..255 each and 128 = no chroma, of one shape -> (..., 3) sRGB 0..1."""
        red, blue = _LUMA[self.matrix]
        green = 1 - red - blue
        y = np.asarray(luma, np.float32)
        u = np.asarray(cb, np.float32) - np.float32(128)
        v = np.asarray(cr, np.float32) - np.float32(128)
        rgb = np.empty((*y.shape, 3), np.float32)
        rgb[..., 0] = y + np.float32(2 - 2 * red) * v
        rgb[..., 1] = y - np.float32(2 * blue * (1 - blue) / green) * u - np.float32(2 * red * (1 - red) / green) * v
        rgb[..., 2] = y + np.float32(2 - 2 * blue) * u
        rgb *= np.float32(1 / 255)
        np.clip(rgb, 0, 1, out=rgb)
        if self.transfer != "sdr":
            code = (rgb * np.float32(65535) + np.float32(0.5)).astype(np.uint16)
            rgb = tone_map(code, self.transfer, self.primaries).astype(np.float32) * np.float32(1 / 255)
        return rgb

    def oklab(self, luma: npt.NDArray[Any], cb: npt.NDArray[Any], cr: npt.NDArray[Any]) -> Floats:
        """Full-range Y'CbCr of one shape -> (..., 3) Oklab."""
        code = (self.srgb(luma, cb, cr) * np.float32(_STEPS) + np.float32(0.5)).astype(np.uint16)
        return _oklab_of_linear(_linear_of()[code])


def shown_luma(picture: PictureFacts | None) -> Bytes | None:
    """(256,) uint8: what each code value of luma becomes when the film is shown; None for SDR, where it stays."""
    if picture is None or picture.transfer == "sdr":
        return None
    grey = np.repeat(np.arange(256, dtype=np.uint16)[:, None] * np.uint16(257), 3, axis=1)
    return tone_map(grey, picture.transfer, "bt709")[:, 0].copy()


@lru_cache(maxsize=64)
def area_weights(size: int, parts: int) -> Floats:
    """(size, parts): the share of each of `size` pixels in the means of `parts` equal areas; columns sum to 1."""
    edges = np.arange(parts + 1) * size / parts
    pixel = np.arange(size)[:, None]
    overlap = np.clip(np.minimum(pixel + 1, edges[1:]) - np.maximum(pixel, edges[:-1]), 0, None)
    weights = np.asarray(overlap * parts / size, dtype=np.float32)
    weights.flags.writeable = False  # it is lent to every piece
    return weights


def area_means(planes: Bytes, rows: int, columns: int) -> Floats:
    """(n, h, w) -> (n, rows, columns) means of equal areas; an area may be smaller than a pixel."""
    high, wide = planes.shape[1:]
    # One small product a frame: of one large product BLAS would make threads, which cost more than they gain here.
    narrow = planes.astype(np.float32) @ area_weights(wide, columns)
    means: Floats = area_weights(high, rows).T @ narrow
    return means


class Colour(Analyser[Pictures]):
    """The mean colour of each frame, and the barcode: the picture squeezed to a line, four times a second."""

    name, version, watches = "colour", 1, "pictures"
    gives = (
        Gives("colour", "curve", "mean colour of the frame", unit="Oklab", columns=("L", "a", "b"), source=OTTOSSON),
        Gives(
            "barcode",
            "curve",
            f"mean colour of each of {BANDS} bands from the top of the picture to its foot",
            unit="sRGB",
            columns=tuple(f"{channel}{band}" for band in range(BANDS) for channel in "rgb"),
            source=OTTOSSON,
        ),
    )

    def begin(self, film: FilmFacts, scratch: Path) -> None:
        self._shown = Shown.of(film.picture)
        self._blocks = Blocks()
        self._means = Rows(3, np.float32, scratch / "means")
        self._tick = 0
        self._sum = np.zeros((BANDS, 3))
        self._frames = 0
        self._lines = Rows(3 * BANDS, np.uint8, scratch / "lines")

    def feed(self, piece: Pictures) -> None:
        base = piece.time_base
        ticks = piece.pts * (base.numerator * BARCODE_RATE.numerator) // (base.denominator * BARCODE_RATE.denominator)
        for block in self._blocks.add(piece.luma, piece.cb, piece.cr, ticks):
            self._measure(*block)

    def _measure(self, luma: Bytes, cb: Bytes, cr: Bytes, ticks: npt.NDArray[np.int64]) -> None:
        lab = self._shown.oklab(*(area_means(plane, BANDS, ACROSS) for plane in (luma, cb, cr)))
        bands = lab.mean(axis=2, dtype=np.float64)
        self._means.add(bands.mean(axis=1))
        for tick, lines in zip(np.maximum(ticks, 0).tolist(), bands, strict=True):
            if tick > self._tick:
                self._close(tick)
            self._sum += lines
            self._frames += 1

    def _close(self, tick: int) -> None:
        """The ticks before `tick` are over: one without a frame of its own shows the one before (the first: after)."""
        if self._frames:
            line = oklab_to_srgb8(self._sum / self._frames).reshape(-1)
            self._lines.add(np.tile(line, (max(0, tick - len(self._lines)), 1)))
        self._tick, self._frames = tick, 0
        self._sum = np.zeros((BANDS, 3))

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        for block in self._blocks.rest():
            self._measure(*block)
        self._close(self._tick + 1)
        colour, barcode = self.gives
        clock = Clock(BARCODE_RATE, 1 / (2 * BARCODE_RATE))
        return {
            "colour": Curve("colour", self._means.array(), FRAMES, colour.unit, colour.columns),
            "barcode": Curve("barcode", self._lines.array(), clock, barcode.unit, barcode.columns),
        }
