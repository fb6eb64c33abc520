"""Averages: planes of large frames reduced by the mean of all pixels in each field of a grid.

libswscale does the same to a hundredth of a pixel, for frames of any kind, and takes about twice as long: it rounds
every line of the large frame on its way. Here lines are summed as whole numbers, and rounded once, at the end.
Where the heights do not divide, the edge of a field lies at the nearest line of the large frame; so only frames at
least `LEAST` times as large as the small picture are reduced this way.

Contents
    averages_for   the reduction of frames like one; None where libswscale has to do it
    Averages       the reduction of frames of one kind to one size
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

from rewatch.film.planes import rows_of

LEAST = 8
"""Pixels of the large frame to one of the small picture, each way, from which on this is done."""
_FORMATS = {
    "yuv420p": (1, 1),
    "yuvj420p": (1, 1),
    "yuv422p": (1, 0),
    "yuvj422p": (1, 0),
    "yuv444p": (0, 0),
    "yuvj444p": (0, 0),
}
"""By which power of two Cb and Cr are narrower and lower. All of 8 bits: of more, libswscale is no slower."""

Small = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a plane, and the rows of fields that they are summed over.

    edges: the line at which each row begins, and the end
    even:  lines of every row; 0 where they differ
    """

    edges: tuple[int, ...]
    even: int

    @classmethod
    def of(cls, high: int, rows: int) -> Lines:
        """So many lines, to so many rows."""
        edges = np.round(np.arange(rows + 1) * high / rows).astype(int)
        return cls(tuple(edges.tolist()), high // rows if high % rows == 0 else 0)

    def sum_of(self, plane: Any, out: npt.NDArray[np.unsignedinteger]) -> None:
        """Sums of a plane's lines, a row of fields each, into (rows, samples of a line)."""
        lines = rows_of(plane)[: self.edges[-1], : out.shape[1]]
        if self.even:
            np.add.reduce(lines.reshape(len(out), self.even, -1), axis=1, dtype=out.dtype, out=out)
        else:
            for into, (begin, end) in zip(out, pairwise(self.edges), strict=True):
                np.add.reduce(lines[begin:end], axis=0, dtype=out.dtype, out=into)


class Averages:
    """The reduction of frames of one size and pixel format. Holds room for one frame: for one thread alone.

    wide, high: of the frames
    small:      width and height of what they are reduced to
    narrower:   how much narrower and lower Cb and Cr are, as powers of two
    full:       whether the frames' code values have the full range
    """

    def __init__(self, wide: int, high: int, small: tuple[int, int], narrower: tuple[int, int], full: bool) -> None:
        across, down = narrower
        self._rows = rows = small[1], small[1] // 2
        self._lines = Lines.of(high, rows[0]), Lines.of(-(-high >> down), rows[1])
        # A column of a row is below 2^16 up to 257 lines; numbers of 16 bits are added twice as fast.
        kind = np.uint16 if high <= 256 * rows[0] else np.uint32
        # Cb and Cr stand side by side: one call for both costs hardly more than one for each.
        self._sums = np.empty((rows[0], wide), kind), np.empty((rows[1], 2 * -(-wide >> across)), kind)
        self._means = np.empty((sum(rows), small[0]), np.float32)
        steps = np.concatenate([np.diff(lines.edges) for lines in self._lines])
        self._share = (1 / steps[:, None]).astype(np.float32)
        # Gain and lift to the full range, with the half that rounds.
        gains = (1.0, 1.0) if full else (255 / 219, 255 / 224)
        lifts = (0.5, 0.5) if full else (0.5 - 16 * 255 / 219, 128.5 - 128 * 255 / 224)
        self._gain, self._lift = (np.repeat(np.array(two, np.float32), rows)[:, None] for two in (gains, lifts))

    def __call__(self, frame: VideoFrame) -> tuple[Small, Small, Small]:
        """Luma, Cb and Cr of the small picture, full range."""
        y, u, v = frame.planes
        luma, chroma = self._sums
        wide, down, means = chroma.shape[1] // 2, self._rows[0], self._means
        self._lines[0].sum_of(y, luma)
        self._lines[1].sum_of(u, chroma[:, :wide])
        self._lines[1].sum_of(v, chroma[:, wide:])
        # Across, OpenCV is quicker than NumPy, and lets other threads run meanwhile.
        for sums, into in ((luma, means[:down]), (chroma, means[down:])):
            cv2.resize(sums.astype(np.float32), into.shape[::-1], dst=into, interpolation=cv2.INTER_AREA)
        means *= self._share
        means *= self._gain
        means += self._lift
        np.maximum(means, 0, out=means)
        small = np.minimum(means, 255, out=means).astype(np.uint8)
        half = small.shape[1] // 2
        return small[:down], small[down:, :half], small[down:, half:]


def averages_for(frame: VideoFrame, small: tuple[int, int], full: bool) -> Averages | None:
    """How frames like this one are reduced; None where they are too small, or of a kind that libswscale must read."""
    narrower = _FORMATS.get(frame.format.name)
    if narrower is None or frame.width < LEAST * small[0] or frame.height < LEAST * small[1]:
        return None
    return Averages(frame.width, frame.height, small, narrower, full)
