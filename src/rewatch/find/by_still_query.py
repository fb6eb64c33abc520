"""The query of a search by still: the picture as it came, and the views of it that are looked for.

A picture may have bars, a page or a desk round it, be a part of the frame, mirrored, or photographed off a screen.
Each guess at what of it is the frame makes a view.

Contents
    read_picture       a picture out of a file, within limits; of a video its middle frame
    Query, View        the picture and its views
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from rewatch.errors import FilmError, QueryError
from rewatch.images.looks import hashes_of, quality_of, transform

Bytes = npt.NDArray[np.uint8]
Matrix = npt.NDArray[np.float64]

MOST_PIXELS = 120_000_000
"""Of a picture that is opened: more is a mistake, or an attack on the memory."""
LONG_SIDE = 640
MOST_SCREENS = 5
FLAT = 4.0
"""Standard deviation of a view, of 255, under which it shows nothing."""
LEAST = 24
"""Pixels of the shorter side under which nothing can be told."""


def read_picture(path: Path, notes: list[str]) -> Bytes:
    """(H, W, 3) sRGB of a picture's file, its longer side at most 2048; of a video the frame in its middle.

    QueryError: no such file, neither picture nor video, too large, or damaged. What was taken of a video is noted.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own limit is lower, and only warns
            with Image.open(path) as image:
                return pixels_of(image, str(path))
    except UnidentifiedImageError:
        return _frame_of_video(path, notes)
    except Image.DecompressionBombError as error:
        raise QueryError(f"{path}: a picture of far too many pixels is not opened") from error
    except FileNotFoundError as error:
        raise QueryError(f"{path}: no such file") from error
    except IsADirectoryError as error:
        raise QueryError(f"{path}: is a directory; name the picture's file") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise QueryError(f"{path}: the picture cannot be read ({error})") from error


def pixels_of(image: Image.Image, name: str = "the picture") -> Bytes:
    """(H, W, 3) sRGB, upright, the longer side at most 2048. QueryError where it has more pixels than `MOST_PIXELS`."""
    wide, high = image.size
    if wide * high > MOST_PIXELS:
        raise QueryError(f"{name}: {wide} x {high} is too large for a still: at most {MOST_PIXELS // 10**6} megapixels")
    if min(wide, high) < LEAST:
        raise QueryError(f"{name}: {wide} x {high} is too small to tell a film by: at least {LEAST} pixels a side")
    if image.format == "JPEG":
        image.draft("RGB", (2048, 2048))
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I;16") or upright.mode in ("I", "F"):
        values = np.asarray(upright, dtype=np.float32)
        full = 65535.0 if values.max(initial=0) > 255 else 255.0
        grey = np.clip(values / full * 255, 0, 255).astype(np.uint8)
        rgb = np.repeat(grey[..., None], 3, axis=2)
    else:
        if "A" in upright.getbands() or "transparency" in upright.info:
            upright = Image.alpha_composite(Image.new("RGBA", upright.size, "black"), upright.convert("RGBA"))
        rgb = np.asarray(upright.convert("RGB"))
    return shrunk(rgb, 2048)


def _frame_of_video(path: Path, notes: list[str]) -> Bytes:
    from rewatch.film.pictures import read_pictures
    from rewatch.film.probe import open_film
    from rewatch.film.still import read_frames

    try:
        film = open_film(path)
        if film.picture is None:
            raise QueryError(f"{path}: a sound, not a picture: --sound looks for it")
        times = _times_of(film, read_pictures)
        middle = len(times) // 2
        _, rgb = next(read_frames(film, middle, middle + 1, times, 2048))
    except (FilmError, StopIteration) as error:
        raise QueryError(f"{path}: neither a picture nor a video that can be read") from error
    notes.append(f"{path} is a video: its middle frame, number {middle}, was taken for the still")
    return rgb


def _times_of(film: Any, read_pictures: Any) -> Any:
    """When each frame of a clip is shown; of a long film only its first minutes are read."""
    from rewatch.clock import FrameTimes

    pts: list[int] = []
    base, duration = film.picture.time_base, 1
    reader = read_pictures(film)
    for piece in reader:
        pts += piece.pts.tolist()
        duration = piece.duration
        if len(pts) > 3000:
            reader.close()
            break
    if not pts:
        raise FilmError(f"{film.path}: no frame of it can be decoded")
    return FrameTimes(pts, base, pts[-1] + duration)


def shrunk(picture: Bytes, longest: int) -> Bytes:
    """The picture averaged down until its longer side is at most `longest`."""
    high, wide = picture.shape[:2]
    part = longest / max(high, wide)
    if part >= 1:
        return picture
    size = max(1, round(wide * part)), max(1, round(high * part))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class View:
    """One guess at what of the query is the frame.

    name:      how it came about
    to_query:  from the view's own coordinates, 0..1 each way, to pixels of `Query.grey`
    mirrored:  whether left and right were exchanged
    part:      whether it is looked for as a part of the frame, too
    hash, quality: as of a film's frame
    luma, waves: (h, w) the view, its longer side 128; (17, 17) its cosines
    """

    name: str
    to_query: Matrix
    mirrored: bool
    hash: npt.NDArray[np.uint64]
    part: bool
    quality: int
    luma: Bytes
    waves: npt.NDArray[np.float32]


class Query:
    """A picture that is looked for; of one that shows nothing there are no views.

    rgb: its pixels, the longer side at most `LONG_SIDE`; grey: their luma
    inner: top, end, left and right of what lies within its borders
    """

    def __init__(self, rgb: Bytes) -> None:
        self.rgb = shrunk(rgb, LONG_SIDE)
        self.grey = np.asarray(cv2.cvtColor(self.rgb, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
        self.inner = trimmed(self.grey)
        # Of what is flat every print is alike: bars, the wall beside a screen.
        plain = [view for view in self._views() if float(view.luma.std()) >= FLAT]
        self.views = [*plain, *(_mirrored(view) for view in plain)]

    def part(self) -> Bytes:
        """The grey picture within its borders."""
        top, end, left, right = self.inner
        return self.grey[top:end, left:right]

    def _views(self) -> list[View]:
        high, wide = self.grey.shape
        top, end, left, right = self.inner
        found = {"inside its borders": _rectangle(left, top, right, end)}
        if self.inner != (0, high, 0, wide):
            found["whole"] = _rectangle(0, 0, wide, high)
        if (top, end) != (0, high) and (left, right) != (0, wide):
            # Bars one way, and a dark room that looks like bars the other.
            found["bars above and below taken off"] = _rectangle(0, top, wide, end)
            found["bars at the sides taken off"] = _rectangle(left, 0, right, high)
        for share in (0.94, 0.88, 0.8):
            found[f"the middle {share:.0%}"] = _middle(left, top, right, end, share, share)
        found["the heart of it"] = _middle(left, top, right, end, 0.62, 0.62)
        # Wider films on narrower screens, in the dark: bars that cannot be told from the picture.
        shape = (right - left) / max(1, end - top)
        for ratio in (1.33, 1.66, 1.85, 2.0, 2.39):
            if ratio > shape * 1.04:
                found[f"as {ratio}:1"] = _middle(left, top, right, end, 1.0, shape / ratio)
            elif ratio < shape / 1.04:
                found[f"as {ratio}:1"] = _middle(left, top, right, end, ratio / shape, 1.0)
        for n, quad in enumerate(screens(self.grey)):
            found[f"screen {n + 1}"] = quad
        return [self._view(name, corners) for name, corners in found.items()]

    def _view(self, name: str, corners: Matrix) -> View:
        wide, high = _size_of(corners)
        unit = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
        to_query = np.asarray(cv2.getPerspectiveTransform(unit, corners.astype(np.float32)), dtype=np.float64)
        seen = _warped(self.rgb, to_query, (wide, high))
        luma = np.asarray(cv2.cvtColor(seen, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
        return _seen(name, to_query, False, luma)


def _seen(name: str, to_query: Matrix, mirrored: bool, luma: Bytes) -> View:
    waves = transform(luma[None], (0, 0, 0, 0))
    part = name.startswith(("inside", "whole", "the middle 80", "the heart", "screen"))
    quality = int(quality_of(luma[None], (0, 0, 0, 0))[0])
    return View(name, to_query, mirrored, hashes_of(waves)[0], part, quality, luma, waves[0])


def _mirrored(view: View) -> View:
    """The view with left and right exchanged."""
    swap = np.array([(-1.0, 0, 1), (0, 1, 0), (0, 0, 1)])
    luma = np.ascontiguousarray(view.luma[:, ::-1])
    return _seen(f"{view.name}, mirrored", view.to_query @ swap, True, luma)


def _rectangle(left: float, top: float, right: float, end: float) -> Matrix:
    return np.array([(left, top), (right, top), (right, end), (left, end)], np.float64)


def _middle(left: int, top: int, right: int, end: int, across: float, down: float) -> Matrix:
    x, y = (left + right) / 2, (top + end) / 2
    w, h = (right - left) / 2 * across, (end - top) / 2 * down
    return _rectangle(x - w, y - h, x + w, y + h)


def _size_of(corners: Matrix) -> tuple[int, int]:
    """Width and height of a view, even, the longer side 128."""
    across = max(np.hypot(*(corners[1] - corners[0])), np.hypot(*(corners[2] - corners[3])))
    down = max(np.hypot(*(corners[3] - corners[0])), np.hypot(*(corners[2] - corners[1])))
    part = 128 / max(across, down, 1.0)
    return max(16, 2 * round(across * part / 2)), max(16, 2 * round(down * part / 2))


def _warped(rgb: Bytes, to_query: Matrix, size: tuple[int, int]) -> Bytes:
    """The view, averaged by area: drawn three times as large as needed where the query is larger, then reduced."""
    wide, high = size
    # Pixel centres: the view's pixel (i, j) is its point ((i + .5) / wide, (j + .5) / high).
    fine = 3
    scale = np.array(
        [(1 / (wide * fine), 0, 0.5 / (wide * fine)), (0, 1 / (high * fine), 0.5 / (high * fine)), (0, 0, 1)]
    )
    shift = np.array([(1, 0, -0.5), (0, 1, -0.5), (0, 0, 1)])
    drawn = cv2.warpPerspective(
        rgb,
        shift @ to_query @ scale,
        (wide * fine, high * fine),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(cv2.resize(drawn, (wide, high), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def trimmed(grey: Bytes) -> tuple[int, int, int, int]:
    """Top, end, left and right of what lies within even borders of any colour; the whole where little would be left."""
    high, wide = grey.shape
    soft = cv2.blur(grey, (3, 3)).astype(np.int16)
    top, end, left, right = 0, high, 0, wide
    for _ in range(2):  # letterboxed and then pillarboxed
        inner = soft[top:end, left:right]
        rows = _border(inner), _border(inner[::-1])
        columns = _border(inner.T), _border(inner.T[::-1])
        if sum(rows) < 0.7 * (end - top):
            top, end = top + rows[0], end - rows[1]
        if sum(columns) < 0.7 * (right - left):
            left, right = left + columns[0], right - columns[1]
    if end - top < max(LEAST // 2, 0.2 * high) or right - left < max(LEAST // 2, 0.2 * wide):
        return 0, high, 0, wide
    return top, end, left, right


def _border(lines: npt.NDArray[np.int16]) -> int:
    """How many of the first lines are of the one colour of the very first."""
    if len(lines) < 3:
        return 0
    colour = np.median(lines[0])
    off = np.abs(lines[:, ::2] - colour)
    even = ((off > 10).mean(axis=1) <= 0.05) & (off.mean(axis=1) <= 5)
    count = int(even.argmin()) if not even.all() else len(lines)
    return count + 1 if 2 <= count < len(lines) else 0  # the line where they meet is a mixture


def screens(grey: Bytes) -> list[Matrix]:
    """Corners of what may be a screen in a photograph, clockwise from the top left; at most `MOST_SCREENS`.

    A screen is a bright patch in a dark room, or what lies within the dark ring of its frame, or within strong edges.
    """
    small = shrunk(grey, 320)
    part = grey.shape[1] / small.shape[1]
    soft = cv2.GaussianBlur(cv2.medianBlur(small, 5), (5, 5), 0)
    otsu, _ = cv2.threshold(soft, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    masks = [soft > level for level in (otsu, otsu * 0.6, otsu * 0.35)]
    masks += [soft > level for level in np.percentile(soft, (6, 12, 20, 30))]
    around = cv2.GaussianBlur(soft, (0, 0), 12).astype(np.int16)
    masks += [soft > around - 8, soft > around - 20]  # rings darker than what is next to them
    masks += [cv2.dilate(cv2.Canny(soft, low, 3 * low), np.ones((3, 3), np.uint8)) == 0 for low in (12, 30)]
    found: list[tuple[float, Matrix]] = []
    for mask in masks:
        whole = np.pad(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), 1)
        contours, _ = cv2.findContours(whole, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE, offset=(-1, -1))
        for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:4]:
            quad = _quad(cv2.convexHull(contour), small.size)
            if quad is not None and all(np.abs(quad - other).max() > 4 for _, other in found):
                found.append((_likely(quad, small.shape), quad))
    found.sort(key=lambda one: -one[0])
    return [quad * part for _, quad in found[:MOST_SCREENS]]


def _likely(quad: Matrix, shape: tuple[int, ...]) -> float:
    """How like a screen's four corners are: its shape, straight above all, and large."""
    across = [float(np.hypot(*(quad[b] - quad[a]))) for a, b in ((0, 1), (3, 2))]
    down = [float(np.hypot(*(quad[b] - quad[a]))) for a, b in ((0, 3), (1, 2))]
    ratio = sum(across) / max(1.0, sum(down))
    skew = abs(np.log(across[0] / max(1.0, across[1]))) + abs(np.log(down[0] / max(1.0, down[1])))
    off = min(abs(np.log(ratio / known)) for known in (4 / 3, 16 / 9, 2.39))
    area = cv2.contourArea(quad.astype(np.float32)) / (shape[0] * shape[1])
    # Corners on the picture's own edge are those of the picture, not of a screen.
    high, wide = shape[:2]
    edge = ((quad[:, 0] < 3) | (quad[:, 0] > wide - 4)).astype(int) + ((quad[:, 1] < 3) | (quad[:, 1] > high - 4))
    return float(area - 1.5 * off - 1.5 * skew - 0.25 * edge.sum())


def _quad(hull: Any, pixels: int) -> Matrix | None:
    """Four corners that a hull nearly is; None where it is none, too small or the picture itself."""
    length = cv2.arcLength(hull, True)
    for loose in (0.02, 0.04, 0.06, 0.09):
        corners = cv2.approxPolyDP(hull, loose * length, True)
        if len(corners) <= 4:
            break
    if len(corners) != 4:
        return None
    area, whole = cv2.contourArea(corners), cv2.contourArea(hull)
    if not 0.12 * pixels < area < 0.97 * pixels or area < 0.85 * whole:
        return None
    points = corners.reshape(4, 2).astype(np.float64)
    turn = np.argsort(np.arctan2(*(points - points.mean(axis=0)).T[::-1]))
    points = points[turn]  # clockwise, as y grows downwards
    quad: Matrix = np.roll(points, -int(points.sum(axis=1).argmin()), axis=0)
    return quad
