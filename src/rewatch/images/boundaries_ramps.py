"""Gradual transitions: stretches in which the picture goes in a straight line from one picture to another.

In a dissolve every frame is a mix of its ends, ``(1 - a) A + a B``; in a fade one end is a flat colour. So the frame
half way between two others is their mean, which a moving picture is not. Where that holds best, the mix is measured
frame by frame as the projection on the line from A to B, and a ramp (linear or eased) fitted to it gives the first
and the last mixed frame.

Contents
    Ramp, find_ramps   candidates and their features, in a window of grids
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rewatch.images.boundaries_cuts import structure
from rewatch.images.boundaries_grid import Grids, matched

HALVES = (3, 6, 12, 24, 36)
"""Half lengths, in frames, at which a transition is looked for."""
LONGEST = 2 * HALVES[-1] + 40
LEAST_CHANGE = 8.0
"""Root mean square of the way from A to B, code values: a slighter one is no change of shot that could be told."""
LEAST_STRAIGHT = 0.38
"""The middle may be off the mean of its ends by this share of the way from A to B."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Ramp:
    """A stretch that may be a gradual transition, ``first .. last`` its mixed frames (inclusive).

    way:    root mean square of B - A, code values
    off:    root mean square of the frames' distance from the line A..B, as a share of `way`
    error:  of the ramp's fit, in shares of the way
    apart:  distance of A and B once blocks may move
    ends:   standard deviation of the luma of A and of B: 0 = flat
    levels: mean luma of A and of B
    """

    first: int
    last: int
    way: float
    off: float
    error: float
    apart: float
    mixed: float
    shape: float
    ends: tuple[float, float]
    levels: tuple[float, float]

    @property
    def features(self) -> tuple[float, ...]:
        return (self.way, self.off, self.error, self.apart, self.mixed, self.shape, float(self.last - self.first + 1))


def halved(grids: Grids) -> Floats:
    """(n, 432): grids of 9 x 16 cells, flat: at that size most movement within a transition is gone."""
    sums = grids[:, :, 0::2].astype(np.uint16) + grids[:, :, 1::2]
    sums = sums[..., 0::2] + sums[..., 1::2]
    return sums.reshape(len(grids), -1).astype(np.float32) / np.float32(4)


def ramp(frames: Floats, first: Floats, last: Floats, eased: bool) -> Floats:
    """(m, n) share of B in frame n of a transition whose mixed frames are first[m] .. last[m]."""
    rise = np.clip((frames - first[:, None] + 1) / (last - first + 2)[:, None], 0, 1)
    result: Floats = rise * rise * (3 - 2 * rise) if eased else rise
    return result


def fit(share: Floats, begin: int, centre: int, half: int) -> tuple[float, int, int, float]:
    """The ramp that fits `share` (of B, at frames begin, begin + 1, ...) best: (rms error, first, last, height)."""
    frames = np.arange(begin, begin + len(share), dtype=np.float32)
    reach = 2 * half + 6
    firsts = np.arange(max(begin + 1, centre - reach), centre + 1)
    lasts = np.arange(centre, min(begin + len(share) - 1, centre + reach + 1))
    best = (np.inf, centre, centre, 1.0)
    if not len(firsts) or not len(lasts):
        return best
    level = share - share.mean()
    stride = max(1, len(firsts) // 14)
    grid = firsts[::stride], lasts[::stride]
    for _ in range(2 if stride > 1 else 1):
        first, last = (axis.ravel().astype(np.float32) for axis in np.meshgrid(*grid, indexing="ij"))
        for eased in (False, True):
            model = ramp(frames, first, last, eased)
            model -= model.mean(axis=1, keepdims=True)
            height = (model @ level) / np.maximum((model * model).sum(axis=1), 1e-6)
            error = ((level - height[:, None] * model) ** 2).mean(axis=1)
            at = int(error.argmin())
            if error[at] < best[0]:
                best = (float(error[at]), int(first[at]), int(last[at]), float(height[at]))
        near = np.arange(-stride, stride + 1)
        grid = np.unique(np.clip(best[1] + near, firsts[0], centre)), np.unique(np.clip(best[2] + near, centre, lasts[-1]))
    return float(np.sqrt(best[0])), best[1], best[2], best[3]


def _measure(grids: Grids, small: Floats, centre: int, half: int, lowest: int, highest: int) -> Ramp | None:
    """Fit the ends of one candidate within ``lowest .. highest`` and measure it."""
    a, b = centre - half, centre + half
    error, first, last = 0.0, a + 1, b - 1
    for _ in range(3):
        begin, end = max(lowest, a - max(10, half)), min(highest, b + max(10, half))
        way = small[b] - small[a]
        length = float(way @ way)
        if length <= 0:
            return None
        share = ((small[begin : end + 1] - small[a]) @ way) / np.float32(length)
        error, first, last, _ = fit(share, begin, centre, half)
        again = max(begin, first - 1), min(end, last + 1)
        if again == (a, b):
            break
        a, b = again
    way = small[b] - small[a]
    length = float(way @ way)
    if length <= 0 or last - first + 1 > LONGEST:
        return None
    inside = small[a + 1 : b] - small[a] if b - a > 1 else small[a : b + 1] - small[a]
    share = (inside @ way) / np.float32(length)
    off = inside - share[:, None] * way
    size = float(np.sqrt(length / len(way)))
    # Three frames within, against the mix of the ends that they should be, blocks free to move.
    at = np.unique(np.clip(np.round(a + (b - a) * np.array([0.25, 0.5, 0.75])).astype(int), a, b))
    weight = np.clip(((small[at] - small[a]) @ way) / np.float32(length), 0, 1)[:, None, None, None]
    mixes = (grids[a] * (1 - weight) + grids[b] * weight + 0.5).astype(np.uint8)
    ends = np.stack([grids[a], grids[b]])
    apart = matched(np.concatenate([ends[:1], mixes]), np.concatenate([ends[1:], grids[at]]))
    shapes = structure(ends)
    luma = ends[:, 0].astype(np.float32)
    return Ramp(
        first=first,
        last=last,
        way=size,
        off=float(np.sqrt((off * off).mean())) / (size + 2),
        error=error,
        apart=float(apart[0]),
        mixed=float(apart[1:].mean()) / (float(apart[0]) + 2),
        shape=float(matched(shapes[:1], shapes[1:])[0]),
        ends=(float(luma[0].std()), float(luma[1].std())),
        levels=(float(luma[0].mean()), float(luma[1].mean())),
    )


def find_ramps(grids: Grids, cuts: npt.NDArray[np.int64], begin: int, end: int) -> list[Ramp]:
    """Ramps whose middle lies in ``begin .. end`` of a window, none of them across one of `cuts`; frames of the window."""
    small, count = halved(grids), len(grids)
    shot = np.searchsorted(cuts, np.arange(count), side="right")
    found: list[tuple[float, int, int]] = []
    for half in HALVES:
        middle = np.arange(max(begin, half), min(end, count - half))
        if not len(middle):
            continue
        a, b = small[middle - half], small[middle + half]
        way = np.sqrt(((b - a) ** 2).mean(axis=1))
        bent = small[middle] - (a + b) / 2
        straight = np.sqrt((bent * bent).mean(axis=1)) / (way + 2)
        good = (way > LEAST_CHANGE) & (straight < LEAST_STRAIGHT) & (shot[middle - half] == shot[middle + half])
        score = way * (1 - 2 * straight)
        found += [(-float(score[i]), int(middle[i]), half) for i in np.flatnonzero(good)]
    found.sort()
    taken = np.zeros(count, bool)
    ramps = []
    for _, middle_at, half in found:
        if taken[middle_at - half : middle_at + half + 1].mean() > 0.3:
            continue
        lowest = int(cuts[shot[middle_at] - 1]) if shot[middle_at] else 0
        highest = int(cuts[shot[middle_at]]) - 1 if shot[middle_at] < len(cuts) else count - 1
        one = _measure(grids, small, middle_at, half, lowest, highest)
        taken[middle_at - half : middle_at + half + 1] = True
        if one is not None:
            taken[one.first : one.last + 1] = True
            ramps.append(one)
    return ramps
