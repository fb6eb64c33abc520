"""A closer look: pictures of two shots laid over each other, stills, or frames of the files where they are at hand.

Points that look alike in both (SIFT, Lowe 2004) are matched, and a plane is sought that carries one picture onto the
other (MAGSAC++, Barath et al. 2020): how many fit it says whether they show the same, whatever part, size or grade.

Contents
    Stills   the pictures of one film, by shot or by frame
"""

from __future__ import annotations

from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from rewatch.compare.echoes_files import file_at_hand
from rewatch.errors import FilmError, NotMeasured
from rewatch.film.still import read_frames
from rewatch.find.by_still_check import FRAME_WIDE, Points, points_of
from rewatch.find.by_still_query import shrunk
from rewatch.library.edition import Edition

Bytes = npt.NDArray[np.uint8]

LEAST = 9
"""Points that must fit before they are counted."""
RATIO = 0.8
"""Lowe's: how much nearer the best match is than the second best."""
NONE: Points = np.zeros((0, 2), np.float32), np.zeros((0, 128), np.float32)


class Stills:
    """The pictures of one film; the points of each are found when they are first asked for.

    first: (n,) number of each shot's first frame
    """

    def __init__(self, edition: Edition, first: npt.NDArray[np.int64]) -> None:
        self._edition = edition
        self._first = first
        self._files: dict[int, str] | None = None
        self._points: dict[tuple[str, float, bool], Points] = {}

    @cached_property
    def at_hand(self) -> bool:
        return file_at_hand(self._edition.facts)

    def of_shot(self, shot: int, mirrored: bool = False) -> Points:
        """Points of a shot's still."""
        key = "shot", float(shot), mirrored
        if key not in self._points:
            self._points[key] = _points(self._still(shot), mirrored)
        return self._points[key]

    def of_moment(self, seconds: float, mirrored: bool = False) -> Points:
        """Points of the frame that is shown at a second, decoded."""
        key = "moment", seconds, mirrored
        if key not in self._points:
            self._points[key] = _points(self._frame(seconds), mirrored)
        return self._points[key]

    def _frame(self, seconds: float) -> Bytes | None:
        times = self._edition.times
        if times is None or not self.at_hand:
            return None
        number = int(times.frame_at(seconds + 1e-4))
        try:
            for _, rgb in read_frames(self._edition.facts, number, number + 1, times, FRAME_WIDE):
                return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
        except FilmError:
            pass
        return None

    def _still(self, shot: int) -> Bytes | None:
        if self._files is None:
            self._files = self._named()
        name = self._files.get(shot)
        if name is None:
            return None
        try:
            with Image.open(self._edition.kept("stills") / name) as image:
                return shrunk(np.asarray(image.convert("L")), FRAME_WIDE)
        except OSError:
            return None

    def _named(self) -> dict[int, str]:
        """Shot -> file."""
        try:
            stills = self._edition.events("stills")
        except NotMeasured:
            return {}
        shot = np.searchsorted(self._first, np.asarray(stills.at), side="right") - 1
        return {int(n): str(name) for n, name in zip(shot, stills.columns["file"], strict=True)}


def _points(grey: Bytes | None, mirrored: bool) -> Points:
    if grey is None:
        return NONE
    return points_of(np.ascontiguousarray(grey[:, ::-1]) if mirrored else grey)


def fitting(a: Points, b: Points) -> int:
    """How many points of one picture fit those of the other, as one film shows what the other does; 0: too few."""
    (at_a, what_a), (at_b, what_b) = a, b
    if min(len(at_a), len(at_b)) < LEAST:
        return 0
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(what_b, what_a, k=2)
    good = [two[0] for two in pairs if len(two) == 2 and two[0].distance < RATIO * two[1].distance]
    if len(good) < LEAST:
        return 0
    source = at_b[[match.queryIdx for match in good]]
    target = at_a[[match.trainIdx for match in good]]
    cv2.setRNGSeed(1)
    plane, fits = cv2.findHomography(source, target, cv2.USAC_MAGSAC, 3.0, None, 2000, 0.999)
    if plane is None or fits is None or not _sane(np.asarray(plane, np.float64)):
        return 0
    inside = fits.ravel() > 0
    # Several points of one picture on one of the other are no evidence.
    count = min(
        len(np.unique(np.round(target[inside] / 3), axis=0)), len(np.unique(np.round(source[inside] / 3), axis=0))
    )
    return count if count >= LEAST else 0


def _sane(plane: npt.NDArray[np.float64]) -> bool:
    """Whether it neither folds nor turns nor stretches the picture much: films crop, they do not tilt."""
    if not np.isfinite(plane).all() or abs(plane[2, 2]) < 1e-9:
        return False
    (a, b), (c, d) = (plane / plane[2, 2])[:2, :2]
    wide, high = float(np.hypot(a, c)), float(np.hypot(b, d))
    return (
        a > 0 and d > 0 and 0.3 < wide < 3.3 and 0.3 < high < 3.3 and 0.6 < wide / high < 1.7 and abs(c) < 0.35 * wide
    )
