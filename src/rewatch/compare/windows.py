"""Windows: pan and scan, where B shows a part of A's width that stands elsewhere in each shot, or moves in it.

No one framing explains such an edition. For a share of the width every layout of B is looked for in A's under each of
some places of the window; where most of B is found so, and clearly better than in one place, the place is followed from
layout to layout, shot by shot. Light is then reckoned of A's pictures in each of these places.

Contents
    Windows      which place each frame of B has
    windows_of   them; None where one framing does
    window_votes pairs of frames that look alike through them
    clear        whether none need be looked for
    through      both films as the window shows them
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from rewatch.compare.frame import ALIKE, Framing, as_shown, explained, likeness, part, some
from rewatch.compare.seen import Seen
from rewatch.compare.votes import Votes, best_pairs

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]

_SHARES = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85)
_PLACES = 7
"""Places of the window, evenly from edge to edge, that are tried."""
_MOST = 120, 1500
"""Of B and of A: layouts that are looked at to know whether there is a window."""
_BETTER, _WELL = 1.5, 0.05
"""How much better it must explain B than one framing; likeness beyond that of different pictures, on the average."""
_CLEAR = 0.12
"""Likeness beyond that of different pictures, on the average, from which on one framing is enough."""
_SPREAD = 0.04
"""Of the places, as shares of A's width: where they vary less, it is one framing."""
_LIKE = 0.7
_ROWS = 512


@dataclass(frozen=True, slots=True)
class Windows:
    """wide: share of A's width that B shows; places: (g,) how far its middle stands off A's; at: (n,) of B's frames."""

    wide: float
    places: npt.NDArray[np.float64]
    at: Numbers

    def crop(self, begin: int, end: int) -> tuple[float, float]:
        """Left and right of the window, on the average of frames of B, as shares of A's width."""
        middle = 0.5 + float(self.places[self.at[begin:end]].mean())
        return middle - self.wide / 2, middle + self.wide / 2


def windows_of(a: Seen, b: Seen, framing: Framing) -> Windows | None:
    """The windows through which B shows A; None where one framing explains it as well, or nothing does."""
    of_b, of_a = some(b.layouts, _MOST[0]), some(a.layouts, _MOST[1])
    if len(of_b) < 4 or not len(of_a):
        return None
    fixed = explained(framing, of_a, of_b)
    if fixed > 0.8 * (1 - ALIKE) * len(of_b):
        return None
    best: tuple[float, float] = 0.0, 0.0
    for wide in _SHARES:
        like, _ = _alike(of_a, of_b, wide)
        best = max(best, (float(np.clip(like.max(axis=1) - ALIKE, 0, None).sum()), wide))
    if best[0] < max(_BETTER * fixed, _WELL * len(of_b)):
        return None
    wide = best[1]
    like, place = _alike(a.layouts, b.layouts, wide)
    at = like.argmax(axis=1)
    rows = np.arange(len(at))
    places = _places(wide)
    sure = like[rows, at] >= _LIKE
    chosen = places[place[rows, at]]
    if sure.sum() < 4 or float(chosen[sure].std()) < _SPREAD:
        return None
    return Windows(wide, places, _followed(b, chosen, sure, places))


def clear(a: Seen, b: Seen, framing: Framing) -> bool:
    """Whether one framing explains B so well that no window is looked for the other way round."""
    of_b, of_a = some(b.layouts, _MOST[0]), some(a.layouts, _MOST[1])
    return not len(of_b) or not len(of_a) or explained(framing, of_a, of_b) >= _CLEAR * len(of_b)


def _places(wide: float) -> npt.NDArray[np.float64]:
    return np.linspace(-(1 - wide) / 2, (1 - wide) / 2, _PLACES)


def _alike(of_a: Floats, of_b: Floats, wide: float) -> tuple[Floats, Numbers]:
    """(m, n) how alike layouts of B and of A are at the best place of the window, and which place that is."""
    found = np.full((len(of_b), len(of_a)), -1.0, np.float32)
    place = np.zeros(found.shape, np.int64)
    for n, right in enumerate(_places(wide).tolist()):
        like = likeness(of_b, part(of_a, wide, 1.0, right, 0.0))
        better = like > found
        found[better], place[better] = like[better], n
    return found, place


def _followed(
    b: Seen, chosen: npt.NDArray[np.float64], sure: npt.NDArray[np.bool_], places: npt.NDArray[np.float64]
) -> Numbers:
    """The place of each frame of B: from one sure layout of its shot to the next; the middle where none is sure."""
    shots = np.searchsorted(b.cuts, np.arange(len(b)), side="right")
    middle = np.zeros(len(b))
    keys, of_keys = b.keys[sure], shots[b.keys[sure]]
    for shot in np.unique(of_keys):
        inside = np.flatnonzero(shots == shot)
        here = of_keys == shot
        middle[inside] = np.interp(inside, keys[here], chosen[sure][here])
    return np.asarray(np.abs(middle[:, None] - places[None, :]).argmin(axis=1), dtype=np.int64)


def window_votes(a: Seen, b: Seen, windows: Windows) -> Votes:
    """Pairs of frames that look alike."""
    found = [np.zeros((3, 0))]
    for at in range(0, len(b.keys), _ROWS):
        like, _ = _alike(a.layouts, b.layouts[at : at + _ROWS], windows.wide)
        found.append(best_pairs(like, _LIKE, b.keys[at : at + _ROWS], a.keys))
    rows = np.concatenate(found, axis=1)
    return Votes(rows[0].astype(np.int64), rows[1].astype(np.int64), rows[2])


def through(a: Seen, b: Seen, windows: Windows) -> tuple[Seen, Seen]:
    """A with the light of its frames in each place of the window, B with the place of each of its frames."""
    lit = [as_shown(a, b, Framing(windows.wide, 1.0, right=float(right)))[0].values for right in windows.places]
    return replace(a, lights=np.stack(lit)), replace(b, place=windows.at)
