"""Colour: which matrix, range and transfer a picture's code values are in, and how HDR is shown on an SDR screen.

Conventions
    Where a file does not name its matrix, players take BT.709 for pictures wider than 1024 or higher than 576, and
    BT.601 below; so do we. Where it does not name its range it is limited, unless its pixel format says otherwise.

Contents
    matrix_of       bt601, bt709 or bt2020, the players' guess made where the file is silent
    is_full_range, is_rgb
    linear_light, code_values   from sRGB to light and back
    tone_map        PQ or HLG R'G'B' to sRGB for people to look at
"""

from __future__ import annotations

from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from rewatch.facts import PictureFacts

Matrix = Literal["bt601", "bt709", "bt2020"]

# ISO/IEC 23091-2 (H.273) code points that films carry.
PRIMARIES = {1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "film", 9: "bt2020",
             10: "xyz", 11: "dci-p3", 12: "display-p3", 22: "ebu3213"}  # fmt: skip
MATRICES = {0: "rgb", 1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "ycgco",
            9: "bt2020nc", 10: "bt2020c", 14: "ictcp"}  # fmt: skip
TRANSFERS: dict[int, Literal["sdr", "pq", "hlg"]] = {16: "pq", 18: "hlg"}
FULL_RANGE = 2


def matrix_of(picture: PictureFacts) -> Matrix:
    """The matrix from the picture's Y'CbCr to R'G'B' (of a picture stored as RGB: the one it is reduced by)."""
    if picture.matrix.startswith("bt2020"):
        return "bt2020"
    if picture.matrix in ("smpte170m", "bt470bg", "fcc"):
        return "bt601"
    if picture.matrix in ("bt709", "rgb", "smpte240m", "ycgco", "ictcp"):
        return "bt709"
    return "bt709" if picture.width > 1024 or picture.height > 576 else "bt601"


def is_full_range(pixel_format: str, color_range: int) -> bool:
    """Whether code values run over all of 0..255 (of 8 bits): by the stream's flag, else by its pixel format."""
    if color_range:
        return color_range == FULL_RANGE
    return pixel_format.startswith(("yuvj", "mono")) or is_rgb(pixel_format)


def is_rgb(pixel_format: str) -> bool:
    """Whether the picture is stored as R'G'B' (or a palette of it)."""
    return pixel_format.startswith(("rgb", "bgr", "gbr", "argb", "abgr", "0rgb", "0bgr", "x2rgb", "x2bgr", "pal8"))


def linear_light(code: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """sRGB code values 0..1 as linear light 0..1 (IEC 61966-2-1)."""
    c = np.asarray(code, dtype=np.float64)
    return np.asarray(np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4))


def code_values(light: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Linear light 0..1 as sRGB code values 0..1 (IEC 61966-2-1); what lies outside is clipped.

    >>> code_values([-1.0, 0.5, 1.0]).round(3).tolist()
    [0.0, 0.735, 1.0]
    """
    v = np.clip(np.asarray(light, dtype=np.float64), 0, 1)
    return np.asarray(np.where(v <= 0.0031308, 12.92 * v, 1.055 * v ** (1 / 2.4) - 0.055))


# Linear light of the given primaries to linear BT.709 (ITU-R BT.2087 for BT.2020; the others by the same way).
_TO_709 = {
    "bt2020": ((1.6605, -0.5876, -0.0728), (-0.1246, 1.1329, -0.0083), (-0.0182, -0.1006, 1.1187)),
    "display-p3": ((1.2249, -0.2247, 0.0), (-0.0420, 1.0419, 0.0), (-0.0197, -0.0786, 1.0979)),
    "dci-p3": ((1.2249, -0.2247, 0.0), (-0.0420, 1.0419, 0.0), (-0.0197, -0.0786, 1.0979)),
}
WHITE = 203.0
"""cd/m2 of diffuse white in HDR (ITU-R BT.2408): what becomes white on an SDR screen, nearly."""
PEAK = 1000.0
"""cd/m2 that become 1.0; brighter is cut off."""
HLG_PEAK = 1000.0


def tone_map(rgb: npt.NDArray[np.uint16], transfer: Literal["pq", "hlg"], primaries: str) -> npt.NDArray[np.uint8]:
    """HDR as it is shown here: (..., 3) R'G'B' code values 0..65535 to (..., 3) uint8 sRGB.

    PQ (SMPTE ST 2084) or HLG (ITU-R BT.2100, shown at 1000 cd/m2) to linear light over `WHITE`, to BT.709 primaries,
    then the extended Reinhard curve (Reinhard et al. 2002, eq. 4) with `PEAK` as its white on the brightest of the
    three channels, so that hues keep, then sRGB. A picture to recognise a shot by, not a grade.
    """
    light = _linear(transfer)[rgb >> 4]
    if transfer == "hlg":
        # The system gamma of 1.2 works on luminance, not on each channel.
        luminance = light @ np.array((0.2627, 0.6780, 0.0593), np.float32)
        light *= (HLG_PEAK / WHITE * np.power(np.maximum(luminance, 1e-6), 0.2, dtype=np.float32))[..., None]
    if primaries in _TO_709:
        light = np.maximum(light @ np.array(_TO_709[primaries], np.float32).T, 0)
    brightest = light.max(axis=-1, keepdims=True)
    white = PEAK / WHITE
    light *= (1 + brightest / white**2) / (1 + brightest)
    shown: npt.NDArray[np.uint8] = _srgb()[(np.minimum(light, 1) * 4095 + 0.5).astype(np.uint16)]
    return shown


@cache
def _linear(transfer: Literal["pq", "hlg"]) -> npt.NDArray[np.float32]:
    """Linear light of 4096 code values: over `WHITE` for PQ, scene light 0..1 for HLG."""
    code = np.arange(4096) / 4095
    if transfer == "pq":
        power = code ** (32 / 2523)
        light = np.maximum(power - 3424 / 4096, 0) / (2413 / 128 - 2392 / 128 * power)
        value = 10000 / WHITE * light ** (8192 / 1305)
    else:
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        value = np.where(code <= 0.5, code**2 / 3, (np.exp((code - c) / a) + b) / 12)
    return value.astype(np.float32)


@cache
def _srgb() -> npt.NDArray[np.uint8]:
    """sRGB code values of 4096 steps of linear light."""
    return np.round(code_values(np.arange(4096) / 4095) * 255).astype(np.uint8)
