"""Glimpses: the points of many pictures of two films looked up in each other, to find those that show the same.

Points that look alike (SIFT, Lowe 2004, see `find.by_still_check`) vote for pairs of pictures, whatever part of the
one the other shows; the pairs with most votes are then laid over each other (`echoes_look`). The pictures are a still
of each shot and, of films that are decoded soon enough and whose files are at hand, two a second.

Contents
    Glimpse     a picture of a film
    glimpses    those of a film
    soon_decoded   whether they are of every second
    Met         two pictures that show the same
    met         the pairs of them in two films
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from rewatch.compare.echoes_files import file_at_hand
from rewatch.compare.echoes_look import Stills, fit, turned_over
from rewatch.errors import FilmError
from rewatch.film.still import read_frames
from rewatch.find.by_still_check import FRAME_WIDE, Points, points_of
from rewatch.library.edition import Edition

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

DECODED = 12e9
"""Pixels of a film up to which all of it is decoded: four minutes of 1920 x 1080, twenty of 854 x 480."""
EVERY = 0.5
"""Seconds from one picture to the next: in a quick shot all is elsewhere after one."""
PICTURES = 1200
"""Of a film at most, evenly chosen: some 100 MB of points."""
POINTS = 300
"""Of a picture, for laying it over another."""
VOTING, IN_ALL = 150, 60_000
"""Points of a picture that are looked up, and of a film: where there are many pictures, fewer of each."""
NEAREST, ALIKE = 4, 0.45
"""Points of A that one of B votes for, and how far what they look like may be apart."""
FEWEST = 6
"""Votes of a pair of pictures that is laid over each other."""
LOOKED_AT, OF_EACH = 240, 4
"""Pairs that are, those of most votes, and those of the same two shots."""


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A picture. at: second; shot: number; wide, high: pixels; places: (n, 2) of its points, in these; looks: (n, 128)
    what each looks like, the strongest first."""

    at: float
    shot: int
    wide: int
    high: int
    places: npt.NDArray[np.float32]
    looks: npt.NDArray[np.float16]

    @classmethod
    def of(cls, grey: npt.NDArray[np.uint8], at: float, shot: int) -> Glimpse:
        places, looks = points_of(grey, POINTS, strongest_first=True)
        return cls(at, shot, grey.shape[1], grey.shape[0], places, looks.astype(np.float16))

    def points(self, mirrored: bool = False, most: int | None = None) -> Points:
        """Its points, or those of its mirror image; the strongest `most`."""
        found = self.places[:most], self.looks[:most].astype(np.float32)
        return turned_over(found, self.wide) if mirrored else found


def glimpses(edition: Edition, begin: Floats, end: Floats, stills: Stills) -> list[Glimpse]:
    """Pictures of a film in order of time: one every `EVERY` seconds where it is decoded, else a still of each shot.

    begin, end: seconds of its shots
    """
    if soon_decoded(edition):
        return list(_frames(edition, begin, end))
    found = []
    for shot in range(0, len(begin), max(1, -(-len(begin) // PICTURES))):
        grey = stills.grey(shot)
        if grey is not None:
            found.append(Glimpse.of(grey, stills.seconds(shot), shot))
    return found


def soon_decoded(edition: Edition) -> bool:
    """Whether a film's file is at hand, and decoded soon enough."""
    picture, times = edition.facts.picture, edition.times
    if picture is None or times is None or len(times) * picture.width * picture.height > DECODED:
        return False
    return file_at_hand(edition.facts)


def _frames(edition: Edition, begin: Floats, end: Floats) -> Iterator[Glimpse]:
    times = edition.times
    if times is None or not len(begin):
        return
    seconds = np.asarray(times.seconds(np.arange(len(times))), np.float64)
    # At even moments within each shot, none nearer to its ends than half a step.
    every = max(EVERY, float(end[-1] - begin[0]) / PICTURES)
    moments = [
        first + (last - first) * (np.arange(count) + 0.5) / count
        for first, last in zip(begin.tolist(), end.tolist(), strict=True)
        for count in [max(1, round((last - first) / every))]
    ]
    wanted = np.unique(np.clip(np.searchsorted(seconds, np.concatenate(moments)), 0, len(seconds) - 1)).tolist()
    try:
        for number, rgb in read_frames(edition.facts, wanted[0], wanted[-1] + 1, times, FRAME_WIDE, frozenset(wanted)):
            shot = int(np.searchsorted(begin, seconds[number], side="right")) - 1
            yield Glimpse.of(np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)), float(seconds[number]), max(0, shot))
    except FilmError:
        return


@dataclass(frozen=True, slots=True)
class Met:
    """Two pictures that show the same: points that fit, and the plane that carries pixels of B onto those of A."""

    a: Glimpse
    b: Glimpse
    mirrored: bool
    points: int
    plane: Floats

    def shown(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Left, top, right and bottom of what both show, as shares of A's picture and of B's (mirrored) one."""
        corners = np.array([(0, 0), (self.b.wide, 0), (self.b.wide, self.b.high), (0, self.b.high)], np.float64)
        of_a = _bounds(corners, self.plane, self.a)
        back = np.array([(0, 0), (self.a.wide, 0), (self.a.wide, self.a.high), (0, self.a.high)], np.float64)
        return of_a, _bounds(back, np.asarray(np.linalg.inv(self.plane), np.float64), self.b)


def _bounds(corners: Floats, plane: Floats, there: Glimpse) -> tuple[float, ...]:
    moved = np.c_[corners, np.ones(4)] @ plane.T
    x, y = (moved[:, :2] / moved[:, 2:]).T
    # A mean of both corners of each side: a plane may tilt a little.
    sides = (x[0] + x[3]) / 2, (y[0] + y[1]) / 2, (x[1] + x[2]) / 2, (y[2] + y[3]) / 2
    size = there.wide, there.high
    return tuple(round(float(np.clip(side / size[n % 2], 0, 1)), 2) for n, side in enumerate(sides))


def met(a: Sequence[Glimpse], b: Sequence[Glimpse]) -> list[Met]:
    """Pairs of pictures that show the same, those of most points first; a few of each two shots."""
    taken: Counter[tuple[int, int, bool]] = Counter()
    found: list[Met] = []
    looked = 0
    for count, mirrored, j, i in _votes(a, b):
        key = a[i].shot, b[j].shot, mirrored
        if count < FEWEST or looked == LOOKED_AT:
            break
        if taken[key] == OF_EACH:
            continue
        taken[key] += 1
        looked += 1
        points, plane = fit(a[i].points(), b[j].points(mirrored))
        if plane is not None:
            found.append(Met(a[i], b[j], mirrored, points, plane))
    return sorted(found, key=lambda m: (-m.points, m.a.at, m.b.at))


def _votes(a: Sequence[Glimpse], b: Sequence[Glimpse]) -> list[tuple[int, bool, int, int]]:
    """(votes, mirrored, number in B, number in A) of pairs of pictures, those of most votes first."""
    what, of = _strongest(a, False)
    if len(of) <= NEAREST:
        return []
    make: Any = getattr(cv2, "flann_Index")  # noqa: B009 - cv2's stubs do not know it
    index = make(what, {"algorithm": 1, "trees": 4})
    found: list[tuple[int, bool, int, int]] = []
    for mirrored in (False, True):
        asked, from_ = _strongest(b, mirrored)
        if not len(from_):
            continue
        nearest, apart = index.knnSearch(asked, NEAREST, params={"checks": 24})
        query, rank = np.nonzero(apart < ALIKE**2)
        target = nearest[query, rank].astype(np.int64)
        pair = from_[query] * len(a) + of[target]
        # What is in one picture twice votes once; so does what is asked for twice.
        counts = [_each(pair, thing) for thing in (query.astype(np.int64), target)]
        for key in counts[0].keys() & counts[1].keys():
            least = min(count[key] for count in counts)
            if least >= FEWEST:
                found.append((least, mirrored, *divmod(key, len(a))))
    return sorted(found, key=lambda v: (-v[0], v[1:]))


def _strongest(pictures: Sequence[Glimpse], mirrored: bool) -> tuple[npt.NDArray[np.float32], Numbers]:
    """(n, 128) what the strongest points of all pictures look like, and (n,) of which picture each is."""
    most = min(VOTING, IN_ALL // max(1, len(pictures)))
    what = [g.points(mirrored, most)[1] for g in pictures]
    of = np.repeat(np.arange(len(what)), [len(w) for w in what])
    return np.concatenate([np.zeros((0, 128), np.float32), *what]), of


def _each(pair: Numbers, thing: Numbers) -> dict[int, int]:
    """Of each pair, how many different things."""
    both = np.unique(np.stack([pair, thing], axis=1), axis=0)
    keys, counts = np.unique(both[:, 0], return_counts=True)
    return dict(zip(keys.tolist(), counts.tolist(), strict=True))
