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
class Grid:
    """A plane of a frame, and the fields that it is averaged over.

    wide:  samples of a line
    rows:  the line at which each row of fields begins, and the end
    size:  fields across and down
    share: (rows, 1) of each line in its row
    """

    wide: int
    rows: tuple[int, ...]
    size: tuple[int, int]
    share: npt.NDArray[np.float32]

    @classmethod
    def of(cls, wide: int, high: int, size: tuple[int, int]) -> Grid:
        """A plane of so many samples, to a size (width, height)."""
        rows = np.round(np.arange(size[1] + 1) * high / size[1]).astype(int)
        return cls(wide, tuple(rows.tolist()), size, (1 / np.diff(rows)[:, None]).astype(np.float32))

    def means(self, lines: Small) -> npt.NDArray[np.float32]:
        """(rows, columns) means of a plane; lines: (high, wide or more)."""
        tall, high = self.size[1], self.rows[-1]
        # A column of a row is below 2^16 up to 257 lines; numbers of 16 bits are added twice as fast.
        kind = np.uint16 if high <= 256 * tall else np.uint32
        if high % tall == 0:
            summed = np.add.reduce(lines[:high].reshape(tall, high // tall, -1), axis=1, dtype=kind)
        else:
            summed = np.empty((tall, lines.shape[1]), kind)
            for n, (begin, end) in enumerate(pairwise(self.rows)):
                np.add.reduce(lines[begin:end], axis=0, dtype=kind, out=summed[n])
        # Across, OpenCV is quicker than NumPy, and lets other threads run meanwhile.
        fields: npt.NDArray[np.float32]
        fields = cv2.resize(summed[:, : self.wide].astype(np.float32), self.size, interpolation=cv2.INTER_AREA)
        fields *= self.share
        return fields


class Averages:
    """The reduction of frames of one size and pixel format.

    wide, high:   of the frames
    small:        width and height of what they are reduced to
    narrower:     how much narrower and lower Cb and Cr are, as powers of two
    full:         whether the frames' code values have the full range
    """

    def __init__(self, wide: int, high: int, small: tuple[int, int], narrower: tuple[int, int], full: bool) -> None:
        across, down = narrower
        half = small[0] // 2, small[1] // 2
        self._grids = (Grid.of(wide, high, small), Grid.of(-(-wide >> across), -(-high >> down), half))
        # Gain and lift to the full range, with the half that rounds.
        self._luma = (1.0, 0.5) if full else (255 / 219, 0.5 - 16 * 255 / 219)
        self._chroma = (1.0, 0.5) if full else (255 / 224, 128.5 - 128 * 255 / 224)

    def __call__(self, frame: VideoFrame) -> tuple[Small, Small, Small]:
        """Luma, Cb and Cr of the small picture, full range."""
        grid, narrow = self._grids
        y, u, v = frame.planes
        return _reduced(y, grid, self._luma), _reduced(u, narrow, self._chroma), _reduced(v, narrow, self._chroma)


def _reduced(plane: Any, grid: Grid, line: tuple[float, float]) -> Small:
    means = grid.means(rows_of(plane))
    means *= np.float32(line[0])
    means += np.float32(line[1])
    return np.clip(means, 0, 255, out=means).astype(np.uint8)


def averages_for(frame: VideoFrame, small: tuple[int, int], full: bool) -> Averages | None:
    """How frames like this one are reduced; None where they are too small, or of a kind that libswscale must read."""
    narrower = _FORMATS.get(frame.format.name)
    if narrower is None or frame.width < LEAST * small[0] or frame.height < LEAST * small[1]:
        return None
    return Averages(frame.width, frame.height, small, narrower, full)
