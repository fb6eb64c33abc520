"""Stage two of a search by still: is this frame of the film what the query shows, and how do the two lie?

    features   points that look alike in both (SIFT, Lowe 2004, as root SIFT, Arandjelovic and Zisserman 2012) and a
               plane that carries one onto the other (homography by MAGSAC++, Barath et al. 2020)
    agreement  the query drawn over the frame as that plane says, and both compared in small patches, each by its own
               normalised correlation: uneven light, a grade and what lies over a part do not touch the rest

Contents
    Checker     holds the query's points; `lay` finds the plane, `agreement` compares
    Laid        what came out for a frame
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from rewatch.find.by_still_prints import Window
from rewatch.find.by_still_query import Matrix, Query, View, shrunk

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

Points = tuple[Floats, Floats]

FRAME_WIDE = 400
"""Longer side of a frame that points are looked for in."""
QUERY_WIDE = 560
"""Least of the longer side that points of the query are looked for in."""
COMPARED = 192
"""Longer side of the pictures whose patches are compared."""
PATCH = 17
POINTS = 500
LEAST_POINTS = 9
"""Points that must fit a plane for it to be believed enough to be compared by."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A frame and the query laid over each other.

    plane:     3 x 3, from pixels of ``Query.grey`` to the frame, 0..1 each way
    points:    how many points fit it; 0 where it was only guessed from the prints
    agreement: mean correlation of the patches that show anything, 0..1
    patches:   how many there are, of those that do not overlap
    share:     part of the frame that the query covers
    fine:      mean correlation of what is fine in the patches, -1..1: edges and texture without light and shade, which
               pictures have in common that have nothing else
    edged:     how many patches show anything fine
    """

    plane: Matrix
    points: int
    agreement: float
    patches: float
    share: float
    fine: float = 0.0
    edged: float = 0.0

    @property
    def margin(self) -> float:
        """How far what is fine is alike beyond what chance gives, which gives the more the less there is to see."""
        return self.fine - 0.5 - 0.45 / math.sqrt(1 + self.edged)


def points_of(grey: Bytes, most: int = POINTS, strongest_first: bool = False) -> Points:
    """(n, 2) places in pixels of the points of a picture, and (n, 128) what each looks like."""
    points, what = cv2.SIFT.create(most, contrastThreshold=0.012).detectAndCompute(grey, None)
    if what is None or len(points) < 4:
        return np.zeros((0, 2), np.float32), np.zeros((0, 128), np.float32)
    if strongest_first:
        order = np.argsort([-point.response for point in points], kind="stable")
        points, what = [points[n] for n in order], what[order]
    what = np.sqrt(what / np.maximum(what.sum(axis=1, keepdims=True), 1e-6))
    return np.array([point.pt for point in points], np.float32), what.astype(np.float32)


class Checker:
    """Lays the query over frames of films."""

    def __init__(self, query: Query) -> None:
        self.query = query
        self._matcher = cv2.BFMatcher(cv2.NORM_L2)

    @cached_property
    def _plain(self) -> Points:
        return self._own(self.query.grey)

    @cached_property
    def _mirrored(self) -> Points:
        at, what = self._own(np.ascontiguousarray(self.query.grey[:, ::-1]))
        at[:, 0] = self.query.grey.shape[1] - 1 - at[:, 0]
        return at, what

    def _own(self, grey: Bytes) -> Points:
        """Points of the query; a small one is drawn larger first, or its fine ones would go unseen."""
        part = max(1.0, QUERY_WIDE / max(grey.shape))
        if part > 1.0:
            grey = np.asarray(cv2.resize(grey, None, fx=part, fy=part, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
        at, what = points_of(grey, 2 * POINTS)
        return ((at + 0.5) / part - 0.5).astype(np.float32), what

    def lay(
        self, frame: Bytes, guesses: list[tuple[View, Window]], area: Window, points: Points | None = None
    ) -> Laid | None:
        """Lay the query over a grey frame: by points, and by each guess of a view and the window it shows.

        area: what of the frame lies within its bars; windows are parts of that
        points: its `points_of`, where they are known already
        The best by agreement; None where nothing can be compared.
        """
        small = shrunk(frame, FRAME_WIDE)
        ground = Ground(frame)
        at, what = points_of(small) if points is None else points
        found: list[Laid] = []
        mirrored = {view.mirrored for view, _ in guesses}
        for mirror in sorted(mirrored):
            by_points = self._by_points(at, what, small.shape, mirror)
            if by_points is not None:
                plane, count = by_points
                found.append(self.agreement(ground, plane, count))
        if not found or max(laid.margin for laid in found) < 0.1:
            for view, window in guesses[:2]:
                plane = self._refined(ground, guessed(view, window, area))
                found.append(self.agreement(ground, plane, 0))
        return max(found, key=lambda laid: laid.margin + 0.05 * laid.agreement, default=None)

    def lay_by_points(self, frame: Bytes, mirror: bool) -> Laid | None:
        """Lay the query over a grey frame by points alone; None where they fit no plane."""
        small = shrunk(frame, FRAME_WIDE)
        found = self._by_points(*points_of(small), small.shape, mirror)
        return None if found is None else self.agreement(Ground(frame), *found)

    def _by_points(self, at: Any, what: Any, shape: tuple[int, ...], mirror: bool) -> tuple[Matrix, int] | None:
        own_at, own_what = self._mirrored if mirror else self._plain
        if len(at) < LEAST_POINTS or len(own_at) < LEAST_POINTS:
            return None
        pairs = self._matcher.knnMatch(own_what, what, k=2)
        good = [pair[0] for pair in pairs if len(pair) == 2 and pair[0].distance < 0.84 * pair[1].distance]
        if len(good) < LEAST_POINTS:
            return None
        source = own_at[[match.queryIdx for match in good]]
        target = at[[match.trainIdx for match in good]]
        cv2.setRNGSeed(1)
        found: tuple[Any, Any] = cv2.findHomography(source, target, cv2.USAC_MAGSAC, 3.0, None, 2000, 0.999)
        plane, fits = found
        if plane is None or fits is None:
            return None
        inside = fits.ravel() > 0
        # Several points of the query on one of the frame are no evidence.
        count = len(np.unique(np.round(target[inside]), axis=0))
        high, wide = shape[:2]
        unit: Matrix = np.diag([1 / wide, 1 / high, 1.0]) @ plane
        if count < LEAST_POINTS or not self._sane(unit, mirror):
            return None
        return unit, count

    def _sane(self, plane: Matrix, mirror: bool) -> bool:
        """Whether the plane keeps the query's corners in their order, and of a size that can be."""
        top, end, left, right = self.query.inner
        corners = _through(plane, np.array([(left, top), (right, top), (right, end), (left, end)], np.float64))
        if not np.isfinite(corners).all():
            return False
        sides = np.roll(corners, -1, axis=0) - corners
        after = np.roll(sides, -1, axis=0)
        turns = sides[:, 0] * after[:, 1] - sides[:, 1] * after[:, 0]
        if mirror:
            turns = -turns
        x, y = corners.T
        area = abs(0.5 * float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))))
        return bool((turns > 0).all()) and 0.08 < area < 12

    def _refined(self, ground: Ground, plane: Matrix) -> Matrix:
        """The guess, moved, turned and stretched until it fits best (ECC, Evangelidis and Psarakis 2008)."""
        seen = ground.drawn(self.query.grey, plane)
        warp: Any = np.eye(2, 3, dtype=np.float32)
        stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 25, 1e-3)
        try:
            _, warp = cv2.findTransformECC(
                cv2.GaussianBlur(ground.grey, (0, 0), 2.0),
                seen,
                warp,
                cv2.MOTION_AFFINE,
                stop,
                None,
                9,  # type: ignore[call-overload]
            )
        except cv2.error:
            return plane
        high, wide = ground.grey.shape
        scale = np.diag([1 / wide, 1 / high, 1.0])
        whole = np.vstack([np.asarray(warp, np.float64), (0, 0, 1)])
        if not np.isfinite(whole).all() or abs(np.linalg.det(whole)) < 0.3:
            return plane
        refined: Matrix = scale @ np.linalg.inv(whole) @ np.linalg.inv(scale) @ plane
        return refined if np.abs(_through(refined, _unit()) - _through(plane, _unit())).max() < 1e6 else plane

    def agreement(self, ground: Ground, plane: Matrix, points: int = 0) -> Laid:
        """How well the query, drawn over a frame as a plane says, agrees with it."""
        seen = ground.drawn(self.query.grey, plane)
        top, end, left, right = self.query.inner
        inner = np.zeros(self.query.grey.shape, np.uint8)
        inner[top:end, left:right] = 255
        covered = ground.drawn(inner, plane) > 250
        alike, textured = ground.alike(seen, covered)
        patches = float(textured.sum()) / (PATCH * PATCH)
        share = float(covered.mean())
        if patches < 1:
            return Laid(plane, points, 0.0, patches, share)
        fine, edged = ground.finely_alike(seen, covered)
        return Laid(
            plane,
            points,
            _upper_mean(np.clip(alike[textured], 0, 1)),
            patches,
            share,
            _upper_mean(fine[edged]),
            float(edged.sum()) / (PATCH * PATCH),
        )


class Ground:
    """A frame that queries are drawn over, its longer side `COMPARED`."""

    def __init__(self, frame: Bytes) -> None:
        self.grey = shrunk(frame, COMPARED)
        self._soft = cv2.GaussianBlur(self.grey, (0, 0), 1.0).astype(np.float32)
        self._mean, self._spread = _local(self._soft)
        self._fine = _band(self._soft)
        self._edges = _power(self._fine)

    def drawn(self, picture: Bytes, plane: Matrix) -> Bytes:
        """A picture of the query's size drawn over the frame; black where it does not reach."""
        high, wide = self.grey.shape
        to_pixels = np.array([(wide, 0, -0.5), (0, high, -0.5), (0, 0, 1.0)]) @ plane
        # Where the query is larger it is blurred first, by what one pixel of the frame covers.
        corner = _through(to_pixels, np.array([(0.0, 0.0), (picture.shape[1], 0.0)]))
        part = float(np.hypot(*(corner[1] - corner[0]))) / picture.shape[1]
        if part < 0.7 and part > 0.01:
            picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.45 / part), dtype=np.uint8)
        drawn = cv2.warpPerspective(picture, to_pixels, (wide, high), flags=cv2.INTER_LINEAR)
        return np.asarray(drawn, dtype=np.uint8)

    def alike(self, seen: Bytes, covered: npt.NDArray[np.bool_]) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Correlation of the patch round each pixel, and whether there is anything to compare in it."""
        soft = cv2.GaussianBlur(seen, (0, 0), 1.0).astype(np.float32)
        mean, spread = _local(soft)
        both = cv2.boxFilter(self._soft * soft, -1, (PATCH, PATCH)) - self._mean * mean
        alike = both / np.sqrt(np.maximum(self._spread * spread, 1e-3))
        whole = cv2.erode(covered.astype(np.uint8), np.ones((PATCH // 2, PATCH // 2), np.uint8)) > 0
        # What is textured is for the frame to say: a query that is flat there does not agree.
        floor = max(4.0, 0.02 * float(self._soft.var()))
        textured = whole & (self._spread > floor)
        return np.asarray(alike * (spread > 0.5), dtype=np.float32), textured

    def finely_alike(self, seen: Bytes, covered: npt.NDArray[np.bool_]) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """The same of what is fine in both."""
        fine = _band(cv2.GaussianBlur(seen, (0, 0), 1.0).astype(np.float32))
        edges = _power(fine)
        both = cv2.boxFilter(self._fine * fine, -1, (PATCH, PATCH))
        alike = both / np.sqrt(np.maximum(self._edges * edges, 1e-3))
        whole = cv2.erode(covered.astype(np.uint8), np.ones((PATCH, PATCH), np.uint8)) > 0
        edged = whole & (self._edges > max(1.0, 0.05 * float(self._edges.mean())))
        return np.asarray(alike * (edges > 0.05), dtype=np.float32), edged


def _upper_mean(values: npt.NDArray[Any]) -> float:
    """Mean of all but the lowest quarter, which may lie under something else; 0 of none."""
    ordered = np.sort(values)[len(values) // 4 :]
    return float(ordered.mean()) if len(ordered) else 0.0


def _band(soft: Any) -> Any:
    """What is fine: without all that is larger than some pixels."""
    return soft - cv2.GaussianBlur(soft, (0, 0), 3.0)


def _power(fine: Any) -> Any:
    return cv2.boxFilter(fine * fine, -1, (PATCH, PATCH))


def _local(soft: Any) -> tuple[Any, Any]:
    mean = cv2.boxFilter(soft, -1, (PATCH, PATCH))
    return mean, np.maximum(cv2.boxFilter(soft * soft, -1, (PATCH, PATCH)) - mean * mean, 0)


def _unit() -> Matrix:
    return np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float64)


def _through(plane: Matrix, points: Matrix) -> Matrix:
    """(n, 2) points carried by a 3 x 3 plane."""
    moved = np.c_[points, np.ones(len(points))] @ plane.T
    with np.errstate(divide="ignore", invalid="ignore"):
        through: Matrix = moved[:, :2] / moved[:, 2:]
    return through


def guessed(view: View, window: Window, area: Window) -> Matrix:
    """The plane that a view's place among the prints tells."""
    left, top, right, end = window
    inner = np.array([(right - left, 0, left), (0, end - top, top), (0, 0, 1.0)])
    x, y, to_x, to_y = area
    outer = np.array([(to_x - x, 0, x), (0, to_y - y, y), (0, 0, 1.0)])
    guess: Matrix = outer @ inner @ np.linalg.inv(view.to_query)
    return guess
