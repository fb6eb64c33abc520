"""Planes: the bytes of a decoded frame as arrays.

Contents
    rows_of       the lines of one plane
    upper_field   every second line of a frame
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame


def rows_of(plane: Any) -> npt.NDArray[np.uint8]:
    """The lines of a plane, (height, bytes a line), padding at their ends included; a view, no copy."""
    size = plane.line_size
    return np.frombuffer(plane, np.uint8, plane.height * size).reshape(-1, size)


def upper_field(frame: VideoFrame) -> VideoFrame:
    """Every second line of each plane, from the first on: half of an interlaced frame, without combs."""
    field = VideoFrame(frame.width, max(1, frame.height // 2), frame.format.name)
    for whole, half in zip(frame.planes, field.planes, strict=True):
        lines = rows_of(whole)[::2]
        into = np.zeros((half.height, half.line_size), np.uint8)
        high, wide = min(len(lines), half.height), min(lines.shape[1], half.line_size)
        into[:high, :wide] = lines[:high, :wide]
        half.update(into.tobytes().ljust(half.buffer_size, b"\0"))
    field.color_range, field.colorspace = frame.color_range, frame.colorspace
    field.color_trc, field.color_primaries = frame.color_trc, frame.color_primaries
    return field
