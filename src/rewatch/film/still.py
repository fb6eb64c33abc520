"""Stills: single frames of the picture for people to look at.

Contents
    upright_rgb   a decoded frame as sRGB, upright, square pixels, without combs
    read_frame    one frame by its number
    read_frames   a run of frames, decoded once
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from fractions import Fraction
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from rewatch.clock import FrameTimes
from rewatch.errors import FilmError
from rewatch.facts import FilmFacts, PictureFacts
from rewatch.film.colour import TRANSFERS, is_full_range, matrix_of, tone_map
from rewatch.film.decoding import Decoding
from rewatch.film.planes import rows_of, upper_field

LARGE_WIDTH = 640
_SWS_MATRIX = {"bt601": Colorspace.ITU601, "bt709": Colorspace.ITU709, "bt2020": Colorspace.BT2020}
# Without full chroma interpolation libswscale takes a short cut that is darker by two code values.
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
        # In planes, and interleaved afterwards: libswscale takes twice as long to write them side by side.
        "gbrp" if transfer == "sdr" else "rgb48le",
        src_colorspace=_SWS_MATRIX[matrix_of(picture)],
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.JPEG
        if is_full_range(frame.format.name, int(frame.color_range))
        else ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
        interpolation=_AVERAGE if wide < frame.width else _SHARP,
        threads=1,
    )
    if transfer == "sdr":
        green, blue, red = (rows_of(plane)[:, :wide] for plane in rgb.planes)
        pixels = np.asarray(cv2.merge((red, green, blue)), np.uint8)
    else:
        code = rows_of(rgb.planes[0])[:, : wide * 6].copy().view(np.uint16)
        pixels = tone_map(code.reshape(high, wide, 3), transfer, picture.primaries)
    return np.ascontiguousarray(np.rot90(pixels, -(picture.rotation // 90)))


def _shown_size(frame: VideoFrame, picture: PictureFacts, width: int | None) -> tuple[int, int]:
    """Size in square pixels before the frame is turned."""
    wide, high = Fraction(frame.width) * picture.pixel_aspect, Fraction(frame.height)
    across = high if picture.rotation in (90, 270) else wide
    scale = min(Fraction(1), width / across) if width else Fraction(1)
    return max(1, round(wide * scale)), max(1, round(high * scale))


def read_frame(film: FilmFacts, frame: int, times: FrameTimes, width: int | None = None) -> npt.NDArray[np.uint8]:
    """One frame by its number, as it is shown: (H, W, 3) uint8 sRGB, at most `width` wide.

    times: of all frames, as the reading of the picture gave them; what finds the frame, and what proves that it is it

    A keyframe before it is sought and frames are counted from there, each against its time; where the file's own
    times cannot be relied on, they are counted from the start of the film.
    FilmError: the film has no such frame, or it cannot be decoded (any more).
    """
    picture = film.picture
    if picture is None:
        raise FilmError(f"{film.path}: it has no picture")
    if not 0 <= frame < len(times):
        raise FilmError(f"{film.path}: there is no frame {frame}: they are numbered 0 to {len(times) - 1}")
    decode = Decoding(film, picture)
    try:
        for back in (1, 8, 40):
            found = _sought(decode, frame, times, back)
            if found is not None:
                return upright_rgb(found, picture, width)
        decode.rewind()
        if decode.skip(frame) and (got := decode.next()) is not None:
            return upright_rgb(got[0], picture, width)
    finally:
        decode.close()
    raise FilmError(f"{film.path}: frame {frame} could not be decoded")


def read_frames(
    film: FilmFacts,
    first: int,
    end: int,
    times: FrameTimes,
    width: int | None = None,
    only: Container[int] | None = None,
) -> Iterator[tuple[int, npt.NDArray[np.uint8]]]:
    """Frames ``first .. end``, each with its number; the rest is as with `read_frame`.

    only: numbers of the frames that are wanted; the others are decoded and passed over

    FilmError: the first of them cannot be had; where a later one cannot, the run ends before it.
    """
    picture = film.picture
    if picture is None:
        raise FilmError(f"{film.path}: it has no picture")
    if not 0 <= first < len(times):
        raise FilmError(f"{film.path}: there is no frame {first}: they are numbered 0 to {len(times) - 1}")
    decode = Decoding(film, picture)
    scaler = VideoReformatter()
    try:
        for back in (1, 8, 40):
            found = _sought(decode, first, times, back)
            if found is not None:
                break
        else:
            decode.rewind()
            got = decode.next() if decode.skip(first) else None
            if got is None:
                raise FilmError(f"{film.path}: frame {first} could not be decoded")
            found = got[0]
        if only is None or first in only:
            yield first, upright_rgb(found, picture, width, scaler)
        for number in range(first + 1, min(end, len(times))):
            if (got := decode.next()) is None:
                return
            if only is None or number in only:
                yield number, upright_rgb(got[0], picture, width, scaler)
    finally:
        decode.close()


def _sought(decode: Decoding, frame: int, times: FrameTimes, back: int) -> VideoFrame | None:
    """The frame, found from a keyframe about `back` seconds before it; None where that cannot be proved."""
    start = int(times.pts[frame]) - int(back / times.time_base)
    if start <= int(times.pts[0]) or decode.clock_restarts(times) or not decode.seek(start + decode.behind):
        return None
    number: int | None = None
    while (got := decode.next()) is not None:
        here, raw, _ = got
        at = None if raw is None else int(np.searchsorted(times.pts, raw - decode.behind))
        stamped = at if at is not None and at < len(times) and times.pts[at] == (raw or 0) - decode.behind else None
        if number is not None:
            number += 1
            if stamped is not None and stamped != number:
                return None
        elif here.key_frame and stamped is not None:
            # What comes before the first keyframe may lack what it refers to; it is not counted.
            number = stamped
            if number > frame:
                return None
        if number == frame:
            return here
    return None
