"""Frames as coarse grids, and how far one grid is from another once things in it may have moved.

Conventions
    A *grid* is a frame, without the black bars around it, area-averaged to 18 rows x 32 columns of (Y, Cb, Cr), uint8,
    whatever its aspect: at that size grain, interlacing and compression are gone, while 1/32 of the picture still tells
    shapes apart.
    Distances are in code values (0..255) summed over the three channels, mean over the grid.

Contents
    ROWS, COLUMNS, Reducer   small pictures to grids
    WITHOUT_CORNERS          a grid's cells without those of the corners
    steps                    distance of each grid from the one before, nothing moved
    local_means              means around each value of many pictures
    matched                  distance of pairs of grids, each block moved to where it fits best
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from rewatch.images.boundaries_bars import NO_BARS, Bars

ROWS, COLUMNS = 18, 32
BLOCK_ROWS, BLOCK_COLUMNS = 3, 4
BLOCKS = (ROWS // BLOCK_ROWS) * (COLUMNS // BLOCK_COLUMNS)
REACH_ROWS, REACH_COLUMNS = 4, 6
"""How far a block is looked for, in cells: a fifth of the picture in each direction, between two frames."""
CORNER_ROWS, CORNER_COLUMNS = 5, 8
"""Cells of each corner in which a station may have its mark."""
FEW = 20
"""Pairs, half as many at twice the size, up to which all places of a row are looked at in one go, in half the time. Of
more, what that takes does not stay near the processor."""

Grids = npt.NDArray[np.uint8]


def area_weights(cells: int, pixels: int, without: tuple[float, float] = (0, 0)) -> npt.NDArray[np.float32]:
    """(cells, pixels): the share that each pixel has in each cell of an even division of a line.

    without: pixels at its beginning and its end that are in no cell
    """
    inside = pixels - sum(without)
    edges = without[0] + np.arange(cells + 1) * inside / cells
    at = np.arange(pixels)
    share = np.minimum(edges[1:, None], at + 1) - np.maximum(edges[:-1, None], at)
    weights: npt.NDArray[np.float32] = (np.clip(share, 0, 1) * cells / inside).astype(np.float32)
    return weights


def _without_corners() -> npt.NDArray[np.bool_]:
    middle = np.ones((ROWS, COLUMNS), np.bool_)
    for rows in (slice(CORNER_ROWS), slice(ROWS - CORNER_ROWS, None)):
        for columns in (slice(CORNER_COLUMNS), slice(COLUMNS - CORNER_COLUMNS, None)):
            middle[rows, columns] = False
    return middle.ravel()


WITHOUT_CORNERS = _without_corners()
"""(576,) the cells in which a picture that fades to black leaves nothing, though a station's mark stays in a corner."""


def _halved_lines(plane: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint16]:
    """(n, h, w) -> (n, h, w // 2) sums of two values side by side; w even. Quicker than slices with a stride."""
    if plane.dtype == np.uint8:
        pairs = np.ascontiguousarray(plane).view(np.uint16)
        return (pairs & np.uint16(255)) + (pairs >> np.uint16(8))
    wide = np.ascontiguousarray(plane).view(np.uint32)
    return ((wide & np.uint32(65535)) + (wide >> np.uint32(16))).astype(np.uint16)


class Reducer:
    """Small Y'CbCr 4:2:0 pictures, without the bars around them, to grids (n, 3, 18, 32).

    Bars are lines of the luma above, below, left and right (`boundaries_bars`).
    """

    def __init__(self) -> None:
        self._weights: dict[tuple[int, int, tuple[float, float]], npt.NDArray[np.float32]] = {}

    def _reduce(
        self, plane: npt.NDArray[np.uint8], without: tuple[float, float, float, float], finer: int = 1
    ) -> npt.NDArray[np.float32]:
        _, height, width = plane.shape
        # Whole numbers of pixels a cell are summed as whole numbers: most films' pictures are 128 wide.
        lines: npt.NDArray[np.unsignedinteger] = plane
        halvings = 0
        while width % 2 == 0 and lines.shape[2] % (2 * finer * COLUMNS) == 0 and halvings < 2 and not any(without[2:]):
            lines, halvings = _halved_lines(lines), halvings + 1
        sizes = ((finer * ROWS, height, without[:2]), (finer * COLUMNS, lines.shape[2], without[2:]))
        for size in sizes:
            if size not in self._weights:
                self._weights[size] = area_weights(*size)
        down, across = (self._weights[size] for size in sizes)
        reduced: npt.NDArray[np.float32] = down @ lines.astype(np.float32)
        if lines.shape[2] != finer * COLUMNS:
            reduced = reduced @ across.T
        return reduced * np.float32(0.5**halvings)

    def fine(self, luma: npt.NDArray[np.uint8], bars: Bars = NO_BARS) -> Grids:
        """(n, 1, 36, 64): luma alone, at twice the size, where half a cell's movement matters."""
        return (self._reduce(luma, bars, 2) + np.float32(0.5)).astype(np.uint8)[:, None]

    def __call__(
        self,
        luma: npt.NDArray[np.uint8],
        cb: npt.NDArray[np.uint8],
        cr: npt.NDArray[np.uint8],
        bars: Bars = NO_BARS,
    ) -> Grids:
        grids = np.empty((len(luma), 3, ROWS, COLUMNS), np.uint8)
        for channel, plane in enumerate((luma, cb, cr)):
            # Colour is coarser.
            down, across = (size / whole for size, whole in zip(plane.shape[1:], luma.shape[1:], strict=True))
            without = (bars[0] * down, bars[1] * down, bars[2] * across, bars[3] * across)
            grids[:, channel] = self._reduce(plane, without) + np.float32(0.5)
        return grids


def local_means(pictures: npt.NDArray[np.float32], size: tuple[int, int]) -> npt.NDArray[np.float32]:
    """(n, h, w) the mean around each value, `size` rows and columns of it; the edge goes on beyond itself."""
    means = np.empty_like(pictures)
    for picture, into in zip(pictures, means, strict=True):
        cv2.blur(picture, size[::-1], dst=into, borderType=cv2.BORDER_REPLICATE)
    return means


def distance(a: Grids, b: Grids) -> npt.NDArray[np.uint8]:
    """|a - b| of every value, without leaving uint8."""
    return np.maximum(a, b) - np.minimum(a, b)


def steps(grids: Grids, before: Grids | None) -> npt.NDArray[np.float32]:
    """(n,) distance of each grid from the one before it, nothing moved; the first from `before`, 0 where None."""
    first = grids[:1] if before is None else before[None]
    apart = distance(grids, np.concatenate([first, grids[:-1]]))
    total = apart.reshape(len(grids), -1).sum(axis=1, dtype=np.uint32)
    apart_by: npt.NDArray[np.float32] = (total / np.float32(ROWS * COLUMNS)).astype(np.float32)
    return apart_by


def matched(before: Grids, after: Grids) -> npt.NDArray[np.float32]:
    """(n,) distance of each pair of grids when every block of `after` may come from elsewhere in `before`."""
    apart: npt.NDArray[np.float32] = matched_blocks(before, after).mean(axis=1, dtype=np.float32)
    return apart


def matched_blocks(before: Grids, after: Grids, finer: int = 1) -> npt.NDArray[np.float32]:
    """(n, 48) distance of each block of `after` from the best place for it in `before`, mean over its cells.

    Each block (3 x 4 cells of 18 x 32, whatever the grid) takes its best place within 4 x 6 cells of the grid (a fifth
    of the picture, a tenth of one that is twice as fine), by exhaustive search of the least sum of absolute
    differences; beyond the edge the picture is continued by its last cell.

    before, after: (n, channels, 18 finer, 32 finer)
    """
    count = len(after)
    if not count:
        return np.zeros((0, BLOCKS), np.float32)
    if count * finer <= FEW:
        return _matched_few(before, after, finer)
    high, wide = finer * BLOCK_ROWS, finer * BLOCK_COLUMNS
    down_reach, across_reach = REACH_ROWS, REACH_COLUMNS
    rows, columns = finer * ROWS, finer * COLUMNS
    # Pairs last, channels beside the rows: so every operation runs over long contiguous rows, however small a grid is.
    channels = after.shape[1]
    target = np.ascontiguousarray(after.transpose(2, 1, 3, 0)).reshape(rows * channels, columns * count)
    margin = ((down_reach, down_reach), (0, 0), (across_reach, across_reach), (0, 0))
    source = np.pad(before.transpose(2, 1, 3, 0), margin, mode="edge")
    source = source.reshape(len(source) * channels, -1)
    apart = np.empty_like(target)
    lines = np.empty((rows // high, columns * count), np.uint16)
    by_column = lines.reshape(rows // high, columns // wide, wide, count)
    total = np.empty((rows // high, columns // wide, count), np.uint16)
    best = np.full_like(total, np.iinfo(np.uint16).max)
    for down in range(2 * down_reach + 1):
        band = source[down * channels : (down + rows) * channels]
        for across in range(2 * across_reach + 1):
            cv2.absdiff(band[:, across * count : (across + columns) * count], target, dst=apart)
            np.add.reduce(apart.reshape(rows // high, high * channels, -1), axis=1, dtype=np.uint16, out=lines)
            np.add(by_column[:, :, 0], by_column[:, :, 1], out=total)
            for column in range(2, wide):
                np.add(total, by_column[:, :, column], out=total)
            np.minimum(best, total, out=best)
    return (best.reshape(BLOCKS, count).T / np.float32(high * wide)).astype(np.float32)


def _matched_few(before: Grids, after: Grids, finer: int) -> npt.NDArray[np.float32]:
    """As `matched_blocks`, of a few pairs."""
    count, channels = after.shape[:2]
    high, wide = finer * BLOCK_ROWS, finer * BLOCK_COLUMNS
    rows, columns = finer * ROWS, finer * COLUMNS
    across, blocks = 2 * REACH_COLUMNS + 1, columns // wide

    def by_cell(part: Grids) -> Grids:
        """(rows, channels, columns, n) -> (rows channels, columns n): the first cell of each block first."""
        cells = part.reshape(len(part), channels, blocks, wide, count).transpose(0, 1, 3, 2, 4)
        return np.ascontiguousarray(cells).reshape(len(part) * channels, -1)

    margin = ((REACH_ROWS, REACH_ROWS), (0, 0), (REACH_COLUMNS, REACH_COLUMNS), (0, 0))
    source = np.pad(before.transpose(2, 1, 3, 0), margin, mode="edge")
    places = np.concatenate([by_cell(source[:, :, k : k + columns]) for k in range(across)], axis=1)
    target = np.tile(by_cell(after.transpose(2, 1, 3, 0)), (1, across))
    apart = np.empty_like(target)
    lines = np.empty((rows // high, target.shape[1]), np.uint16)
    cells = lines.reshape(rows // high, across, wide, blocks * count)
    total = np.empty((rows // high, across, blocks * count), np.uint16)
    best = np.full((rows // high, blocks * count), np.iinfo(np.uint16).max, np.uint16)
    for down in range(2 * REACH_ROWS + 1):
        cv2.absdiff(places[down * channels : (down + rows) * channels], target, dst=apart)
        np.add.reduce(apart.reshape(rows // high, high * channels, -1), axis=1, dtype=np.uint16, out=lines)
        np.add(cells[:, :, 0], cells[:, :, 1], out=total)
        for cell in range(2, wide):
            np.add(total, cells[:, :, cell], out=total)
        np.minimum(best, total.min(axis=1), out=best)
    return (best.reshape(BLOCKS, count).T / np.float32(high * wide)).astype(np.float32)


def spread_distance(before: Grids, after: Grids) -> npt.NDArray[np.float32]:
    """(n,) distance of the values in each pair of grids, wherever they stand: Wasserstein-1, channels summed."""
    a, b = (
        np.sort(g.reshape(len(g), 3, ROWS * COLUMNS), axis=2, kind="stable").astype(np.int16) for g in (before, after)
    )
    apart: npt.NDArray[np.float32] = np.abs(a - b).mean(axis=2).sum(axis=1).astype(np.float32)
    return apart
