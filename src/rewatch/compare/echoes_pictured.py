"""Pictured: what is known of a film's picture, as echoes are looked for in it.

Pictures that show next to nothing (black, a title on a plain ground) are left out, and so are those of a shot that are
like the one before.

Contents
    Pictured   the pictures of one film that tell something
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from rewatch.compare.echoes_found import Stretch
from rewatch.compare.echoes_glimpses import Glimpse, glimpses, soon_decoded
from rewatch.compare.echoes_look import Stills
from rewatch.compare.echoes_views import Floats, seen_in
from rewatch.images.looks import ACROSS, DOWN, unpack_layout
from rewatch.images.prints import open_prints
from rewatch.library.edition import Edition

Numbers = npt.NDArray[np.int64]

QUALITY = 20
"""PDQ's quality of a picture below which it tells nothing."""
UNEVEN = 32
"""Bits by which the ones of a hash may be more or fewer than half."""
CONTRAST = 0.02
"""Of full scale: the spread of luma below which it does not either."""
SIMPLE = 4.0
"""Frequencies that share a picture's contrast: one of fewer is a plain ground, a stripe, a spot."""
SETTLED = 0.92
"""Likeness to the picture before from which on another one of the shot tells nothing new."""
BITS = 20
"""Bits from the hash before, likewise."""
MOST = 4000
"""Layouts, and twice as many hashes, of a film that are compared."""


@dataclass(frozen=True)
class Pictured:
    """The pictures of one film that tell something.

    layouts: (n, DOWN, ACROSS), of seconds `at` and of shots `shot`
    hashes:  (m, 4), of seconds `hash_at` and of shots `hash_shot`
    begin, end: (k,) seconds of each shot
    shape:   how many times as wide as high the picture is, without bars
    every:   seconds and hashes of all pictures, in order of time
    only:    what of the film is looked at; None: all of it
    """

    edition: Edition
    layouts: Floats
    at: npt.NDArray[np.float64]
    shot: Numbers
    hashes: npt.NDArray[np.uint64]
    hash_at: npt.NDArray[np.float64]
    hash_shot: Numbers
    begin: npt.NDArray[np.float64]
    end: npt.NDArray[np.float64]
    shape: float
    stills: Stills
    every: tuple[npt.NDArray[np.float64], npt.NDArray[np.uint64]] | None = None
    only: Stretch | None = None

    @cached_property
    def glimpses(self) -> list[Glimpse]:
        """Pictures of it with their points, two a second or one a shot."""
        found = glimpses(self.edition, self.begin, self.end, self.stills)
        return found if self.only is None else [g for g in found if self.only[0] <= g.at < self.only[1]]

    @property
    def decoded(self) -> bool:
        """Whether they are of every second."""
        return soon_decoded(self.edition)

    def all_hashes(self, shot: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.uint64]]:
        """Seconds and hashes of a shot, also of pictures that tell nothing new."""
        at, hashes = (self.hash_at, self.hashes) if self.every is None else self.every
        first, end = np.searchsorted(at, (self.begin[shot] - 1e-3, self.end[shot] - 1e-3))
        return at[first:end], hashes[first:end]

    @classmethod
    def of(cls, edition: Edition) -> Pictured | None:
        """None: there are no prints."""
        prints = open_prints(edition.kept("picture_prints"))
        times = edition.times
        if prints is None or times is None:
            return None
        if "shots" in edition.tracks:
            shots = edition.spans("shots")
            first, begin, end = shots.begin, shots.begin_seconds(times), shots.end_seconds(times)
        else:
            first = np.zeros(1, np.int64)
            begin, end = np.array([times.begin_seconds]), np.array([times.end_seconds])
        frames, seconds = np.asarray(prints.frames, np.int64), np.asarray(prints.seconds, np.float64)
        shot = np.maximum(np.searchsorted(first, frames, side="right") - 1, 0)
        layouts = unpack_layout(np.asarray(prints.layouts))[:, : DOWN * ACROSS].reshape(-1, DOWN, ACROSS)
        keys = np.asarray(prints.keys, np.int64)
        telling = (np.asarray(prints.quality) >= QUALITY) & _telling(layouts)
        keys, layouts = keys[telling], layouts[telling]
        new = _new_layouts(layouts, shot[keys])
        keys, layouts = keys[new], layouts[new]
        hashes = np.asarray(prints.hashes)
        # A shot whose layouts tell nothing has no hashes that do.
        rows = np.flatnonzero(np.isin(shot, np.unique(shot[keys])))
        # Nor has a picture that is black, in a fade: half the bits of every hash are ones but of such.
        ones = np.bitwise_count(hashes).sum(axis=1, dtype=np.int64)
        rows = rows[np.abs(ones[rows] - 128) <= UNEVEN]
        rows = rows[_new_hashes(hashes[rows], shot[rows])]
        rows = rows[:: max(1, -(-len(rows) // (2 * MOST)))]
        shape = _shape(edition, prints)
        stills = Stills(edition, np.asarray(first, np.int64))
        return cls(
            edition, layouts, seconds[keys], shot[keys], hashes[rows], seconds[rows], shot[rows], begin, end, shape,
            stills, (seconds, hashes),
        )  # fmt: skip

    def between(self, stretch: Stretch) -> Pictured:
        """What is shown in a stretch of it."""
        of, by = ((at >= stretch[0] - 0.3) & (at < stretch[1] + 0.3) for at in (self.at, self.hash_at))
        return replace(
            self,
            only=stretch,
            layouts=self.layouts[of],
            at=self.at[of],
            shot=self.shot[of],
            hashes=self.hashes[by],
            hash_at=self.hash_at[by],
            hash_shot=self.hash_shot[by],
        )


def _shape(edition: Edition, prints: Any) -> float:
    picture = edition.facts.picture
    wide, high = picture.display_size if picture else (16, 9)
    shape = wide / max(1, high)
    if len(prints.areas):
        rows = np.append(prints.areas[:, 0], len(prints))
        _, top, bottom, left, right = prints.areas[int(np.diff(rows).argmax())].tolist()
        shape *= (1 - left - right) / max(0.1, 1 - top - bottom)
    return float(shape)


def _telling(layouts: Floats) -> npt.NDArray[np.bool_]:
    """Pictures with some contrast, in more than a few frequencies."""
    fine = layouts.copy()
    fine[:, 0, 0] = 0
    power = (fine.reshape(len(fine), DOWN * ACROSS) ** 2).astype(np.float64)
    total = power.sum(axis=1)
    many = total**2 / np.maximum((power**2).sum(axis=1), 1e-12)
    telling: npt.NDArray[np.bool_] = (np.sqrt(total) >= CONTRAST) & (many >= SIMPLE / 2)
    return telling


def _new_layouts(layouts: Floats, shot: Numbers) -> Numbers:
    """Numbers of the layouts that differ from those before them in their shot."""
    unit = seen_in(layouts)
    kept: list[int] = []
    for n in range(len(unit)):
        if not kept or shot[kept[-1]] != shot[n] or float(unit[kept[-1]] @ unit[n]) < SETTLED:
            kept.append(n)
    return np.array(kept[:: max(1, -(-len(kept) // MOST))], np.int64)


def _new_hashes(hashes: npt.NDArray[np.uint64], shot: Numbers) -> Numbers:
    kept: list[int] = []
    bits = [int.from_bytes(row.tobytes(), "little") for row in np.ascontiguousarray(hashes)]
    for n, value in enumerate(bits):
        if not kept or shot[kept[-1]] != shot[n] or (value ^ bits[kept[-1]]).bit_count() > BITS:
            kept.append(n)
    return np.array(kept, np.int64)
