"""Stills: single frames of the picture for people to look at, and which frames are worth one.

Contents
    upright_rgb   a decoded frame as sRGB, upright, square pixels, without combs
    LargeChoice   the causal rule that says which frames are kept large while a film is read
    read_frame    one frame by its number
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from rewatch.facts import PictureFacts
from rewatch.film.colour import TRANSFERS, is_full_range, matrix_of, tone_map
from rewatch.film.planes import rows_of, upper_field

LARGE_WIDTH = 640
_SWS_MATRIX = {"bt601": Colorspace.ITU601, "bt709": Colorspace.ITU709, "bt2020": Colorspace.BT2020}
_SHARP = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
_AVERAGE = Interpolation.AREA | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT


def upright_rgb(
    frame: VideoFrame, picture: PictureFacts, width: int | None = None, scaler: VideoReformatter | None = None
) -> npt.NDArray[np.uint8]:
    """A frame as it is shown: (H, W, 3) uint8 sRGB, upright, square pixels, at most `width` wide (None: its own).

    Of an interlaced frame only the upper field is taken, so that nothing moving shows combs. HDR is tone mapped.
    """
    wide, high = _shown_size(frame, picture, width)
    if frame.interlaced_frame:
        frame = upper_field(frame)
    transfer: Literal["sdr", "pq", "hlg"] = TRANSFERS.get(int(frame.color_trc), picture.transfer)
    rgb = (scaler or VideoReformatter()).reformat(
        frame,
        wide,
        high,
        "rgb24" if transfer == "sdr" else "rgb48le",
        src_colorspace=_SWS_MATRIX[matrix_of(picture)],
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.JPEG
        if is_full_range(frame.format.name, int(frame.color_range))
        else ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
        interpolation=_AVERAGE if wide * 2 <= frame.width else _SHARP,
        threads=1,
    )
    lines = rows_of(rgb.planes[0])
    if transfer == "sdr":
        pixels = lines[:, : wide * 3].reshape(high, wide, 3)
    else:
        code = lines[:, : wide * 6].copy().view(np.uint16)
        pixels = tone_map(code.reshape(high, wide, 3), transfer, picture.primaries)
    return np.ascontiguousarray(np.rot90(pixels, -(picture.rotation // 90)))


def _shown_size(frame: VideoFrame, picture: PictureFacts, width: int | None) -> tuple[int, int]:
    """Size in square pixels before the frame is turned."""
    wide, high = Fraction(frame.width) * picture.pixel_aspect, Fraction(frame.height)
    across = high if picture.rotation in (90, 270) else wide
    scale = min(Fraction(1), width / across) if width else Fraction(1)
    return max(1, round(wide * scale)), max(1, round(high * scale))


class LargeChoice:
    """Which frames a still may be taken from, told as they come: four or five in a shot of five seconds.

    After a big change of the picture (the mean difference of luma to the frame before is far over its recent level)
    the frames at `DISTANCES`, then every 250th; and where the picture has drifted far from the one that was taken
    last (a dissolve, a long pan), one more, at most every 24th. Frame 0 is always taken.
    """

    DISTANCES = frozenset((3, 8, 20, 48, 110, 240))

    __slots__ = ("_before", "_level", "_since", "_taken", "_taken_at")

    def __init__(self) -> None:
        self._before: npt.NDArray[np.int16] | None = None
        self._taken: npt.NDArray[np.int16] | None = None
        self._level = 2.0
        self._since = 0
        self._taken_at = 0

    def wants(self, luma: npt.NDArray[np.uint8]) -> bool:
        """Whether this frame, the one after the frame asked about before, is to be kept large."""
        coarse = luma[::2, ::2].astype(np.int16)
        before, self._before = self._before, coarse
        if before is None or before.shape != coarse.shape:
            self._taken = coarse
            return True
        change = float(np.abs(coarse - before).mean())
        if change > 5 + 3 * self._level:
            self._since, self._taken_at = 0, -24
        else:
            self._since += 1
        self._level += (min(change, 20.0) - self._level) / 8
        wanted = self._since in self.DISTANCES or (self._since > 240 and (self._since - 240) % 250 == 0)
        if not wanted and self._since % 8 == 0 and self._since >= self._taken_at + 24 and self._taken is not None:
            wanted = bool(np.abs(coarse - self._taken).mean() > 24) and self._since > 0
        if wanted:
            self._taken, self._taken_at = coarse, self._since
        return wanted
