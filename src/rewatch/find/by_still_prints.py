"""Stage one of a search by still: the prints of all films against the views of the query.

    whole   every view's hash against every print's: exact Hamming distance, nothing left out
    part    views whose picture may be a part of the frame: each layout is asked how the frame looks within some
            hundreds of windows, and the view laid beside that by normalised correlation. In coefficients that is one
            matrix product for all layouts and windows: cosines cut off by a window are a matrix, and do not depend on
            the film.

Contents
    Place          where in a film's prints a view was found, and how well
    in_prints      the best places of one film
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from rewatch.find.by_still_query import View
from rewatch.images.looks import ACROSS, DOWN, unpack_layout
from rewatch.images.prints import Prints

Floats = npt.NDArray[np.float32]
Window = tuple[float, float, float, float]
"""Left, top, right and end of a part of the frame, 0..1 each way."""
WHOLE: Window = (0.0, 0.0, 1.0, 1.0)

ROWS, COLUMNS = 9, 14
"""Cells of a window that are compared."""
SCALES = (0.92, 0.84, 0.76, 0.7, 0.64, 0.58, 0.5)
_FINE_ROWS, _FINE_COLUMNS = 36, 56
"""Cells of the whole frame, over which the light and dark of windows is summed."""
SHARPEN = 0.2
"""Power of its frequency that each wave is weighted by."""
INDEPENDENT = 0.4
"""Share of a layout's values that count as independent."""
_APART = 1.0
"""Seconds within which two places are one."""


@dataclass(frozen=True, slots=True)
class Place:
    """A view found in a film's prints.

    row:      of the prints
    strength: how unlikely by chance, in standard deviations, roughly
    window:   what part of the frame the view is
    distance: bits of the hash that differ; 256 where the view was found by its layout
    """

    row: int
    strength: float
    view: View
    window: Window
    distance: int


def in_prints(
    prints: Prints, views: Sequence[View], *, shape: float = 16 / 9, most: int = 24, parts: bool = True
) -> list[Place]:
    """The best places of the views in one film, best first, none within a second of a better one of its kind.

    shape: how many times as wide as high the film is, its bars taken off
    parts: look for parts of frames, too
    """
    if not len(prints):
        return []
    found = _whole(prints, views, most)
    if parts and len(prints.keys):
        found += _part(prints, views, shape, most)
    found.sort(key=lambda place: -place.strength)
    return found


def _whole(prints: Prints, views: Sequence[View], most: int) -> list[Place]:
    hashes = np.asarray(prints.hashes)
    words = np.empty_like(hashes)
    bits = np.empty(hashes.shape, np.uint8)
    least = np.full(len(hashes), 256, np.int16)
    which = np.zeros(len(hashes), np.int16)
    for n, view in enumerate(views):
        np.bitwise_xor(hashes, view.hash, out=words)
        np.bitwise_count(words, out=bits)
        distance = bits.sum(axis=1, dtype=np.int16)
        nearer = distance < least
        least[nearer] = distance[nearer]
        which[nearer] = n
    return [
        whole_place(row, int(least[row]), views[which[row]])
        for row in _spread(prints.seconds, np.arange(len(hashes)), least.astype(np.float32), most)
    ]


def whole_place(row: int, distance: int, view: View) -> Place:
    """The place of a view whose hash is so far from a print's: 8 bits are one standard deviation of chance.

    Among many prints and views some are near by chance, which the 0.8 allows for.
    """
    return Place(row, (128 - distance) / 8 - 0.8, view, WHOLE, distance)


def _spread(seconds: npt.NDArray[np.float32], rows: npt.NDArray[np.integer], cost: Floats, most: int) -> list[int]:
    """The rows that cost least, none within a second of a cheaper one."""
    order = np.argsort(cost, kind="stable")[: 40 * most]
    taken: list[int] = []
    at: list[float] = []
    for n in order.tolist():
        row = int(rows[n])
        second = float(seconds[row])
        if all(abs(second - other) > _APART for other in at):
            taken.append(row)
            at.append(second)
            if len(taken) == most:
                break
    return taken


def _part(prints: Prints, views: Sequence[View], shape: float, most: int) -> list[Place]:
    low = unpack_layout(np.asarray(prints.layouts))[:, : DOWN * ACROSS] * _weights(DOWN, ACROSS, shape).ravel()
    energy = _Energy(low)
    best = np.zeros(len(low), np.float32)
    which = np.zeros((len(low), 2), np.int32)
    asked = [view for view in views if view.part]
    spread: dict[tuple[Window, ...], Floats] = {}
    for n, view in enumerate(asked):
        windows = windows_of(round(view.luma.shape[1] / view.luma.shape[0], 1), round(shape, 2))
        if windows not in spread:
            spread[windows] = np.reciprocal(energy.of(windows))
        top, at = _strongest(np.asarray((low @ _asked(view, windows, shape)) * spread[windows], np.float32), windows)
        better = top > best
        best[better] = top[better]
        which[better, 0], which[better, 1] = n, at[better]
    keys = np.asarray(prints.keys)
    places = []
    row_of = {int(row): n for n, row in enumerate(keys)}
    for row in _spread(prints.seconds, keys, -best, most):
        n = row_of[row]
        view = asked[which[n, 0]]
        window = windows_of(round(view.luma.shape[1] / view.luma.shape[0], 1), round(shape, 2))[which[n, 1]]
        places.append(Place(row, float(best[n]), view, window, 256))
    return places


@lru_cache(maxsize=64)
def windows_of(shape: float, frame: float) -> tuple[Window, ...]:
    """Parts of a frame that a picture `shape` times as wide as high may be: the frame itself, and smaller ones."""
    across, down = (1.0, frame / shape) if shape > frame else (shape / frame, 1.0)
    found: list[Window] = [WHOLE]
    for scale in (1.0, *SCALES):
        w, h = across * scale, down * scale
        for y in _steps(1 - h):
            found += [(x, y, x + w, y + h) for x in _steps(1 - w)]
    return tuple(dict.fromkeys(found))


def _steps(room: float) -> list[float]:
    count = 1 + round(room / 0.085)
    return [room / 2] if count == 1 else [float(x) for x in np.linspace(0, room, count)]


def _strongest(alike: Floats, windows: tuple[Window, ...]) -> tuple[Floats, npt.NDArray[np.intp]]:
    """Of each layout, by (n, windows) correlations: how strong its best window is, and which that is.

    The fewer independent values a layout tells of a window, the more is alike by chance (Fisher's z).
    """
    sizes = np.array([round((right - left) * (end - top), 3) for left, top, right, end in windows])
    most = np.zeros(len(alike), np.float32)
    which = np.zeros(len(alike), np.intp)
    for size in np.unique(sizes):
        own = np.flatnonzero(sizes == size)
        values = alike[:, own[0] : own[-1] + 1] if len(own) == own[-1] - own[0] + 1 else alike[:, own]
        at = values.argmax(axis=1)
        best = np.clip(values[np.arange(len(values)), at], 0, 0.995)
        strength = np.arctanh(best) * np.float32(np.sqrt(max(INDEPENDENT * DOWN * ACROSS * size - 3, 1.0)))
        better = strength > most
        most[better], which[better] = strength[better], own[at[better]]
    return most, which


@lru_cache(maxsize=4096)
def _cosines(begin: float, end: float, cells: int, frequencies: int) -> npt.NDArray[np.float64]:
    """(cells, frequencies): the mean of each cosine over each cell of the stretch ``begin .. end`` of 0..1."""
    k = np.arange(frequencies)[None, :]
    edges = np.linspace(begin, end, cells + 1)[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        whole = np.sin(np.pi * k * edges) / (np.pi * k)
    mean: npt.NDArray[np.float64] = np.diff(whole, axis=0) * cells / (end - begin) * np.sqrt(2.0)
    mean[:, 0] = 1.0
    return mean


@lru_cache(maxsize=64)
def _bases(windows: tuple[Window, ...]) -> tuple[Floats, Floats]:
    """Of each window the cosines over its cells, down (w, ROWS, DOWN) and across (w, COLUMNS, ACROSS)."""
    down = np.stack([_cosines(top, end, ROWS, DOWN) for _, top, _, end in windows])
    across = np.stack([_cosines(left, right, COLUMNS, ACROSS) for left, _, right, _ in windows])
    return down.astype(np.float32), across.astype(np.float32)


class _Energy:
    """How much light and dark there is within a window of each frame."""

    def __init__(self, low: Floats) -> None:
        down = _cosines(0, 1, _FINE_ROWS, DOWN).astype(np.float32)
        across = _cosines(0, 1, _FINE_COLUMNS, ACROSS).astype(np.float32)
        frames = np.matmul(down, np.matmul(low.reshape(-1, DOWN, ACROSS), across.T))
        self._sums = _sums(frames), _sums(frames * frames)

    def of(self, windows: Sequence[Window]) -> Floats:
        """(n, windows) standard deviation of each frame within each."""
        cells = [
            (round(x * _FINE_COLUMNS), round(y * _FINE_ROWS), round(right * _FINE_COLUMNS), round(end * _FINE_ROWS))
            for x, y, right, end in windows
        ]
        left, top, right, end = np.array(cells).T
        size = ((right - left) * (end - top)).astype(np.float32)
        mean, square = (
            (s[:, end, right] - s[:, top, right] - s[:, end, left] + s[:, top, left]) / size for s in self._sums
        )
        spread: Floats = np.sqrt(np.maximum(square - mean * mean, 1e-6))
        return spread


def _sums(values: Floats) -> Floats:
    summed = np.zeros((len(values), values.shape[1] + 1, values.shape[2] + 1), np.float32)
    summed[:, 1:, 1:] = values.cumsum(axis=1).cumsum(axis=2)
    return summed


@lru_cache(maxsize=64)
def _weights(down: int, across: int, shape: float) -> Floats:
    """(down, across): what each frequency counts. Pictures have the less of one the higher it is, by a power; without
    this, correlation is that of the lowest few alone. A power keeps its form whatever the scale of a window is.
    """
    radius = np.hypot(np.arange(down)[:, None], np.arange(across)[None, :] / shape)
    return np.asarray(radius**SHARPEN, dtype=np.float32)


def _asked(view: View, windows: tuple[Window, ...], shape: float) -> Floats:
    """(DOWN * ACROSS, windows): what the layout of a frame is multiplied with to lay the view beside each window."""
    down, across = _bases(windows)
    high, wide = view.luma.shape
    waves = view.waves * _weights(*view.waves.shape, wide / high)
    asked = np.empty((len(windows), DOWN * ACROSS), np.float32)
    sizes = np.array([(round(end - top, 3), round(right - left, 3)) for left, top, right, end in windows])
    for h, w in np.unique(sizes, axis=0):
        # What a layout cannot show within such a window is not asked of it.
        rows, columns = (max(2, min(17, round(n * part) + 1)) for n, part in ((DOWN, h), (ACROSS, w)))
        cells = _cosines(0, 1, ROWS, rows) @ waves[:rows, :columns] @ _cosines(0, 1, COLUMNS, columns).T
        cells = (cells - cells.mean()).astype(np.float32)
        cells /= max(1e-6, float(np.sqrt((cells * cells).mean())))
        of_size = np.flatnonzero((sizes == (h, w)).all(axis=1))
        products = np.matmul(np.matmul(down[of_size].transpose(0, 2, 1), cells), across[of_size])
        asked[of_size] = products.reshape(len(of_size), -1) / cells.size
    return np.ascontiguousarray(asked.T)
