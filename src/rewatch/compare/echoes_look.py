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
Floats = npt.NDArray[np.float64]

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
        self._files: dict[int, tuple[str, float]] | None = None
        self._points: dict[tuple[str, float, bool], Points] = {}

    @cached_property
    def at_hand(self) -> bool:
        return file_at_hand(self._edition.facts)

    def of_shot(self, shot: int, mirrored: bool = False) -> Points:
        """Points of a shot's still."""
        key = "shot", float(shot), mirrored
        if key not in self._points:
            self._points[key] = _points(self.grey(shot), mirrored)
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

    def grey(self, shot: int) -> Bytes | None:
        """A shot's still; None where there is none."""
        if self._files is None:
            self._files = self._named()
        if shot not in self._files:
            return None
        name, _ = self._files[shot]
        try:
            with Image.open(self._edition.kept("stills") / name) as image:
                return shrunk(np.asarray(image.convert("L")), FRAME_WIDE)
        except OSError:
            return None

    def seconds(self, shot: int) -> float:
        """When the still of a shot is shown."""
        return 0.0 if self._files is None or shot not in self._files else self._files[shot][1]

    def _named(self) -> dict[int, tuple[str, float]]:
        """Shot -> file, second."""
        times = self._edition.times
        try:
            stills = self._edition.events("stills")
        except NotMeasured:
            return {}
        at = np.asarray(stills.at)
        shot = np.searchsorted(self._first, at, side="right") - 1
        seconds = np.zeros(len(at)) if times is None else np.asarray(times.seconds(at), np.float64)
        files = zip(stills.columns["file"], seconds.tolist(), strict=True)
        return {int(n): (str(name), second) for n, (name, second) in zip(shot, files, strict=True)}


def _points(grey: Bytes | None, mirrored: bool) -> Points:
    if grey is None:
        return NONE
    return points_of(np.ascontiguousarray(grey[:, ::-1]) if mirrored else grey)


def fitting(a: Points, b: Points) -> int:
    """How many points of one picture fit those of the other, as one film shows what the other does; 0: too few."""
    return fit(a, b)[0]


def fit(a: Points, b: Points) -> tuple[int, Floats | None]:
    """The same, and the (3, 3) plane that carries the pixels of B onto those of A."""
    (at_a, what_a), (at_b, what_b) = a, b
    if min(len(at_a), len(at_b)) < LEAST:
        return 0, None
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(what_b, what_a, k=2)
    good = [two[0] for two in pairs if len(two) == 2 and two[0].distance < RATIO * two[1].distance]
    if len(good) < LEAST:
        return 0, None
    source = at_b[[match.queryIdx for match in good]]
    target = at_a[[match.trainIdx for match in good]]
    cv2.setRNGSeed(1)
    found, fits = cv2.findHomography(source, target, cv2.USAC_MAGSAC, 3.0, None, 2000, 0.999)
    if found is None or fits is None or not _sane(np.asarray(found, np.float64)):
        return 0, None
    inside = fits.ravel() > 0
    # Several points of one picture on one of the other are no evidence.
    count = min(
        len(np.unique(np.round(target[inside] / 3), axis=0)), len(np.unique(np.round(source[inside] / 3), axis=0))
    )
    return (count, np.asarray(found, np.float64)) if count >= LEAST else (0, None)


def turned_over(points: Points, wide: int) -> Points:
    """The points of a picture's mirror image, so many pixels wide: what each looks like is mirrored, too (n, 128)."""
    at, what = points
    if not len(at):
        return points
    # SIFT's 4 x 4 cells of 8 directions are laid along a point's own direction: the mirror turns that frame over.
    cells = what.reshape(-1, 4, 4, 8)[:, ::-1, :, :]
    cells = np.roll(cells[..., ::-1], 1, axis=-1)
    return np.stack([wide - 1 - at[:, 0], at[:, 1]], axis=1), np.ascontiguousarray(cells.reshape(-1, 128))


def _sane(plane: npt.NDArray[np.float64]) -> bool:
    """Whether it neither folds nor turns nor stretches the picture much: films crop, they do not tilt."""
    if not np.isfinite(plane).all() or abs(plane[2, 2]) < 1e-9:
        return False
    (a, b), (c, d) = (plane / plane[2, 2])[:2, :2]
    wide, high = float(np.hypot(a, c)), float(np.hypot(b, d))
    return (
        a > 0 and d > 0 and 0.3 < wide < 3.3 and 0.3 < high < 3.3 and 0.6 < wide / high < 1.7 and abs(c) < 0.35 * wide
    )
