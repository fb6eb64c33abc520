"""Stage two of a search by still, over one film: its stills and its frames against the query, and the frame chosen.

Contents
    Film         an edition with what a search needs of it
    Spot         one moment of it that may be what the query shows: places of its prints that lie together
    Seen         what looking at it gave
    look_at      a spot looked at: by the shot's still, and by the frames of the file where it is at hand
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from rewatch.clock import FrameTimes
from rewatch.errors import FilmError, RewatchError
from rewatch.film.still import read_frames
from rewatch.find.by_still_check import FRAME_WIDE, Checker, Ground, Laid, Points, guessed, points_of
from rewatch.find.by_still_prints import WHOLE, Place, Window
from rewatch.find.by_still_query import Matrix, shrunk
from rewatch.images.prints import NAME, Prints, open_prints
from rewatch.library.edition import Edition
from rewatch.track import Spans

Bytes = npt.NDArray[np.uint8]

NEAR = 0.4
"""Seconds round a print found by its hash in which the frame is looked for."""
STRIDE = 3
"""Frames from one that is compared at first to the next."""
FAR = 0.9
"""Those round one that was found by its layout, of which there are fewer."""


class Film:
    """An edition, its prints mapped; what else is needed is read when it is."""

    def __init__(self, edition: Edition, prints: Prints | None = None) -> None:
        self.edition = edition
        self.prints = prints if prints is not None else open_prints(edition.kept(NAME))
        self._looked_at: dict[str, tuple[Bytes, Points]] = {}

    @cached_property
    def shape(self) -> float:
        """How many times as wide as high the picture is, the bars taken off that most of its prints have."""
        picture = self.edition.facts.picture
        wide, high = picture.display_size if picture else (16, 9)
        shape = wide / max(1, high)
        if self.prints is not None and len(self.prints.areas):
            rows = np.append(self.prints.areas[:, 0], len(self.prints))
            _, top, bottom, left, right = self.prints.areas[int(np.diff(rows).argmax())].tolist()
            shape *= (1 - left - right) / max(0.1, 1 - top - bottom)
        return shape

    @cached_property
    def times(self) -> FrameTimes | None:
        return self.edition.times

    @cached_property
    def at_hand(self) -> bool:
        """Whether its file is where it was, and as long as it was."""
        try:
            return Path(self.edition.facts.path).stat().st_size == self.edition.facts.size
        except OSError:
            return False

    @cached_property
    def _stills(self) -> tuple[npt.NDArray[np.int64], list[str]]:
        try:
            stills = self.edition.events("stills")
            return np.asarray(stills.at), [str(name) for name in stills.columns["file"]]
        except (RewatchError, KeyError):
            return np.zeros(0, np.int64), []

    @cached_property
    def _shots(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        try:
            shots: Spans = self.edition.spans("shots")
        except RewatchError:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        return np.asarray(shots.begin), np.asarray(shots.end)

    def shot(self, frame: int) -> tuple[int, int] | None:
        """First frame and end of the shot that a frame is in."""
        begin, end = self._shots
        at = int(np.searchsorted(begin, frame, side="right")) - 1
        return (int(begin[at]), int(end[at])) if at >= 0 and frame < end[at] else None

    def still(self, frame: int) -> tuple[Bytes, Points] | None:
        """The still of the frame's shot: its grey pixels, `FRAME_WIDE` wide, and its points; kept once they are had."""
        at, names = self._stills
        shot = self.shot(frame)
        if not len(at) or shot is None:
            return None
        inside = np.flatnonzero((at >= shot[0]) & (at < shot[1]))
        if not len(inside):
            return None
        name = names[int(inside[0])]
        if name not in self._looked_at:
            try:
                with Image.open(self.edition.kept("stills") / name) as image:
                    grey = shrunk(np.asarray(image.convert("L")), FRAME_WIDE)
            except OSError:
                return None
            self._looked_at[name] = grey, points_of(grey)
        return self._looked_at[name]

    def frames(self, first: int, end: int) -> Iterator[tuple[int, Bytes]]:
        """Frames of the file, grey, `FRAME_WIDE` wide; none where it cannot be read."""
        if self.times is None:
            return
        try:
            for number, rgb in read_frames(self.edition.facts, first, end, self.times, FRAME_WIDE):
                yield number, np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
        except FilmError:
            return


@dataclass(slots=True)
class Spot:
    """Places of one film's prints within a second of each other, the strongest first."""

    film: Film
    places: list[Place]

    @property
    def strength(self) -> float:
        return self.places[0].strength

    @property
    def distance(self) -> int:
        """Bits of the nearest hash; 256 where none is near."""
        return min(place.distance for place in self.places)

    @property
    def row(self) -> int:
        return self.places[0].row

    @property
    def second(self) -> float:
        assert self.film.prints is not None
        return float(self.film.prints.seconds[self.row])

    @property
    def frame(self) -> int:
        assert self.film.prints is not None
        return int(self.film.prints.frames[self.row])

    def area(self) -> Window:
        assert self.film.prints is not None
        top, bottom, left, right = self.film.prints.area(self.row)
        return left, top, 1 - right, 1 - bottom


@dataclass(frozen=True, slots=True)
class Seen:
    """What looking at a spot gave.

    frame: the one that shows it; the print's own where no better one could be had
    exact: whether it was chosen among the frames of the file
    laid:  how the query lies over it; None where there was nothing to lay it over
    """

    spot: Spot
    frame: int
    exact: bool
    laid: Laid | None


def spots(film: Film, places: Sequence[Place]) -> list[Spot]:
    """Places gathered into moments."""
    found: list[Spot] = []
    assert film.prints is not None
    for place in sorted(places, key=lambda one: -one.strength):
        second = float(film.prints.seconds[place.row])
        for spot in found:
            if abs(spot.second - second) <= 1.0:
                spot.places.append(place)
                break
        else:
            found.append(Spot(film, [place]))
    return found


def look_at_still(spot: Spot, checker: Checker) -> Seen:
    """A spot looked at by the still of its shot."""
    still = spot.film.still(spot.frame)
    if still is None:
        return Seen(spot, spot.frame, False, None)
    grey, points = still
    laid = checker.lay(grey, [(place.view, place.window) for place in spot.places], spot.area(), points)
    return Seen(spot, spot.frame, False, laid)


def look_at_frames(spot: Spot, checker: Checker, *, wide: bool = False) -> Seen | None:
    """A spot looked at by the frames of the file, and the one chosen that shows the query; None: it cannot be read.

    wide: as many frames as for one that is found by its layout alone
    """
    film = spot.film
    times = film.times
    if times is None or not film.at_hand:
        return None
    reach = NEAR if spot.distance <= 70 and not wide else FAR
    first, last = (int(n) for n in times.frame_at([spot.second - reach, spot.second + reach]))
    shot = film.shot(spot.frame)
    if shot is not None and spot.distance > 40:  # a boundary may be a frame or two beside the true one
        first, last = max(first, shot[0] - 2), min(last, shot[1] + 1)
    frames = list(film.frames(first, last + 1))
    if not frames:
        return None
    return _chosen(spot, checker, frames)


def _chosen(spot: Spot, checker: Checker, frames: list[tuple[int, Bytes]]) -> Seen:
    """The frame of a run that shows the query."""
    area = spot.area()
    guesses = [(place.view, place.window) for place in spot.places]
    anchor = min(range(len(frames)), key=lambda n: abs(frames[n][0] - spot.frame))
    laid = checker.lay(frames[anchor][1], guesses, area)
    grounds: dict[int, Ground] = {}

    def agreement(n: int, plane: Matrix) -> Laid:
        if n not in grounds:
            grounds[n] = Ground(frames[n][1])
        return checker.agreement(grounds[n], plane, laid.points if laid else 0)

    # A plane that was fitted to one frame of a pan fits that frame; the plain view, where it holds, tells them apart.
    plain = [guessed(view, window, area) for view, window in guesses if window == WHOLE][:2]
    planes = [*plain, *([laid.plane] if laid else [])]
    if not planes:
        return Seen(spot, spot.frame, True, None)
    coarse = sorted({*range(0, len(frames), STRIDE), anchor})
    tried = [{n: agreement(n, plane) for n in coarse} for plane in planes]
    worth = [
        max(one.agreement for one in run.values()) + (0.03 if k < len(plain) else 0) for k, run in enumerate(tried)
    ]
    at = worth.index(max(worth))
    run, plane = tried[at], planes[at]
    top = max(run.values(), key=lambda one: one.agreement).agreement
    for n in [n for n in coarse if run[n].agreement >= top - 0.06]:
        for near in range(max(0, n - STRIDE + 1), min(len(frames), n + STRIDE)):
            if near not in run:
                run[near] = agreement(near, plane)
    if laid is not None and laid.points and at == len(plain) and _passes(run, anchor):
        along = _along(checker, frames, laid, anchor)
        return Seen(spot, frames[along[0]][0], True, along[1])
    best_at = _sharpest(checker, frames, run, anchor)
    again = checker.lay(frames[best_at][1], guesses, area) if best_at != anchor else None
    chosen = max((one for one in (run[best_at], laid, again) if one is not None), key=_worth)
    return Seen(
        spot, frames[best_at][0], True, replace(chosen, points=max(chosen.points, again.points if again else 0))
    )


def _passes(run: dict[int, Laid], anchor: int) -> bool:
    """Whether the picture passes by: a frame or two away the plane that was fitted to one does not fit."""
    beside = [one.fine for n, one in run.items() if 0 < abs(n - anchor) <= STRIDE]
    return bool(beside) and min(beside) < run[anchor].fine - 0.15


def _along(checker: Checker, frames: list[tuple[int, Bytes]], laid: Laid, anchor: int) -> tuple[int, Laid]:
    """Of a picture that passes by, the frame that a part of it is from: all that hold the part agree with it, each by
    its own plane, and only what moves in it tells them apart.
    """
    mirror = bool(np.linalg.det(laid.plane[:2, :2]) < 0)
    tried: dict[int, tuple[float, Laid]] = {anchor: (_difference(checker, frames[anchor][1], laid.plane), laid)}
    best = anchor
    for step in (2 * STRIDE, STRIDE, 1):
        wanted = range(anchor % step, len(frames), step) if step == 2 * STRIDE else (best - step, best + step)
        for n in wanted:
            own = checker.lay_by_points(frames[n][1], mirror) if 0 <= n < len(frames) and n not in tried else None
            if own is not None and own.margin >= laid.margin - 0.2 and own.share <= 1.5 * laid.share:
                tried[n] = _difference(checker, frames[n][1], own.plane), own
        best = min(tried, key=lambda n: (tried[n][0], abs(n - anchor)))
    return best, tried[best][1]


def _worth(laid: Laid) -> float:
    return laid.margin + 0.05 * laid.agreement


def _sharpest(checker: Checker, frames: list[tuple[int, Bytes]], run: dict[int, Laid], anchor: int) -> int:
    """Of the frames that agree best, the one that differs least in every pixel; of such as are equal that next to
    the print: where nothing moves in what the query shows, nothing else tells them apart.
    """
    most = max(one.agreement for one in run.values())
    among = [n for n, one in run.items() if one.agreement >= most - 0.02]
    if len(among) == 1:
        return among[0]
    off = {n: _difference(checker, frames[n][1], run[n].plane) for n in among}
    least = min(off.values())
    return min((n for n in among if off[n] <= 1.01 * least + 0.01), key=lambda n: abs(n - anchor))


def _difference(checker: Checker, frame: Bytes, plane: Matrix) -> float:
    """Mean difference of the query, drawn over a frame, to it; brightness and contrast brought in line first."""
    high, wide = frame.shape
    to_pixels = np.array([(wide, 0, -0.5), (0, high, -0.5), (0, 0, 1.0)]) @ plane
    drawn = cv2.warpPerspective(checker.query.grey, to_pixels, (wide, high), flags=cv2.INTER_LINEAR)
    top, end, left, right = checker.query.inner
    inner = np.zeros(checker.query.grey.shape, np.uint8)
    inner[top:end, left:right] = 255
    covered = cv2.warpPerspective(inner, to_pixels, (wide, high), flags=cv2.INTER_LINEAR) > 250
    if covered.sum() < 100:
        return float("inf")
    a: Any = drawn[covered].astype(np.float32)
    b: Any = frame[covered].astype(np.float32)
    gain = float(((a - a.mean()) * (b - b.mean())).mean() / max(1e-3, float(a.var())))
    return float(np.abs((a - a.mean()) * gain - (b - b.mean())).mean())
