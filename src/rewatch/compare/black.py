"""Black: what one edition has more than the other and is nothing but black, with no sound in it.

Black at the head or the tail of a file belongs to the file, not to the cut: a transfer runs on for a second after the
last title, a disc adds some before the first. It stays in the alignment, which covers both files wholly, and says what
it is. Black over which music plays (an overture, exit music) is a part of the film, and not meant.

Contents
    Black       where in its film a stretch of black stands
    marked      segments, those that are black marked as such
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from rewatch.compare.heard import SILENT
from rewatch.compare.order import dark_ends
from rewatch.compare.segments import Black, Segment, Side

Loud = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]

_REACH = 0.2
"""Seconds that momentary loudness reaches to both sides."""


def marked(
    segments: Sequence[Segment],
    values: tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]],
    loud: tuple[Loud | None, Loud | None],
) -> tuple[Segment, ...]:
    """Segments of which what was removed or added is black and silent are marked.

    values: (n, ...) of each frame of A and of B, the first two light's mean and spread
    loud:   seconds and momentary loudness of A and of B in LUFS; None: no sound
    """
    ends = [dark_ends(light) for light in values]
    found: list[Segment] = []
    for segment in segments:
        film = {"removed": 0, "added": 1}.get(segment.kind)
        side = segment.a or segment.b
        if film is not None and side is not None:
            black = _black(side, values[film], ends[film])
            if black and _silent(side, loud[film]):
                segment = replace(segment, black=black)
        found.append(segment)
    return tuple(found)


def _black(side: Side, values: npt.NDArray[np.float32], ends: tuple[int, int, int]) -> Black | None:
    if side.first_frame is None or side.last_frame is None:
        return None
    begin, end = side.first_frame, side.last_frame + 1
    count, head, tail = ends
    if end <= head:
        return "beginning"
    if begin >= count - tail:
        return "end"
    return "within" if dark_ends(values[begin:end])[1] == end - begin else None


def _silent(side: Side, loud: Loud | None) -> bool:
    if loud is None:
        return True
    seconds, level = loud
    # Where the stretch is shorter than the measure, what stands around it is heard in it: its middle counts.
    low, high = (
        min(side.start + _REACH, side.start + side.seconds / 2),
        max(side.end - _REACH, side.end - side.seconds / 2),
    )
    inside = level[(seconds >= low - 0.06) & (seconds <= high + 0.06)]
    return not len(inside) or float(inside.max()) <= SILENT
