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
from rewatch.images.boundaries_grid import WITHOUT_CORNERS, Grids, distance, matched

HALVES = (3, 6, 12, 24, 36)
"""Half lengths, in frames, at which a transition is looked for."""
LONGEST = 2 * HALVES[-1] + 40
LEAST_CHANGE = 10.0
"""Root mean square of the way from A to B, code values: a slighter one is no change of shot that could be told."""
MOST_DETAIL = 0.97
"""Energy of detail half way, as a share of the mean of its ends'."""
DETAIL = 0.15
"""What a misfit of the energy of detail weighs against one of the share."""
MOST_ERROR = 0.15
STEADY = 1.5, 0.08
"""What the shares within may go up and down by, all in all, and more for each frame."""
LEAST_STRAIGHT = 0.45
"""The middle may be off the mean of its ends by this share of the way from A to B."""
FLAT = 4.0
"""Spread of luma (code values) below which a picture shows nothing."""
DARK_LEVEL = 40.0

Floats = npt.NDArray[np.float32]


FEATURES = ("way", "off", "error", "apart", "mixed", "shape", "length", "flatter", "fuller", "dip", "expected", "moved")


@dataclass(frozen=True, slots=True)
class Ramp:
    """A stretch that may be a gradual transition, ``first .. last`` its mixed frames (inclusive).

    ends:     standard deviation of the luma of A and of B, without their corners: 0 = flat
    levels:   mean luma of A and of B, without their corners
    features: (len(FEATURES),)
        way       root mean square of B - A, code values
        off       root mean square of the frames' distance from the line A..B, as a share of `way`
        error     of the ramp's fit, in shares of the way
        apart     distance of A and B once blocks may move
        mixed     distance of frames within from the mixes that they should be, blocks free to move, share of `apart`
        shape     distance of the structures of A and B
        length    frames
        flatter, fuller   standard deviation of the whole luma of A and of B, the smaller and the larger
        dip       energy of detail within, as a share of what lies between that of A and that of B: a mix of two
                  pictures has half, a moving picture all of it
        expected  how far it is from that of a mix, in natural logarithms
        moved     what movement leaves of the distance from quarter to quarter: little in a shot that only moves
    returns:  what of A is left or comes back (`boundaries_returns`); None where that was not asked
    """

    first: int
    last: int
    ends: tuple[float, float]
    levels: tuple[float, float]
    features: tuple[float, ...]
    returns: tuple[float, ...] | None = None

    @property
    def explains(self) -> float:
        """How much of a change the ramp accounts for: more than its two halves together, less where it fits badly."""
        way, _, error, *_ = self.features
        return float(way**1.25 * np.exp(-8 * error))

    @property
    def dark(self) -> tuple[bool, bool]:
        """Whether A and B are black, or next to."""
        a, b = (spread < FLAT and level < DARK_LEVEL for spread, level in zip(self.ends, self.levels, strict=True))
        return a, b

    def shared(self, other: Ramp) -> float:
        """Overlap of the two over their union."""
        union = max(self.last, other.last) - min(self.first, other.first) + 1
        return max(0, min(self.last, other.last) - max(self.first, other.first) + 1) / union


def halved(grids: Grids) -> Floats:
    """(n, 432): grids of 9 x 16 cells, flat: at that size most movement within a transition is gone."""
    sums = grids[:, :, 0::2].astype(np.uint16) + grids[:, :, 1::2]
    sums = sums[..., 0::2] + sums[..., 1::2]
    return sums.reshape(len(grids), -1).astype(np.float32) / np.float32(4)


def _means(rows: Floats) -> Floats:
    """As ``rows.mean(axis=1)``, in less time: rows are few and short."""
    means: Floats = np.add.reduce(rows, axis=1) / np.float32(rows.shape[1])
    return means


def _median(few: Floats) -> float:
    """As ``np.median``, in a tenth of the time: it is asked for twice in every fit, of up to five numbers."""
    ordered, half = np.sort(few), len(few) // 2
    return float(ordered[half] if len(few) % 2 else (ordered[half - 1] + ordered[half]) / np.float32(2))


def rises(frames: Floats, first: Floats, last: Floats) -> tuple[Floats, Floats]:
    """(m, n) share of B in frame n of a transition whose mixed frames are first[m] .. last[m], linear and eased."""
    rise: Floats = np.clip((frames - first[:, None] + 1) / (last - first + 2)[:, None], 0, 1)
    return rise, rise * rise * (3 - 2 * rise)


def fit(share: Floats, detail: Floats, begin: int, centre: int, half: int) -> tuple[float, int, int, float]:
    """The ramp that fits `share` (of B, at frames begin, begin + 1, ...) best: (rms error, first, last, height).

    Where the pictures move, `share` wanders; the energy of detail does not, and dips while both lie over each other.
    """
    frames = np.arange(begin, begin + len(share), dtype=np.float32)
    reach = 2 * half + 6
    firsts = np.arange(max(begin + 1, centre - reach), centre + 1)
    lasts = np.arange(centre, min(begin + len(share) - 1, centre + reach + 1))
    best = (np.inf, centre, centre, 1.0)
    if not len(firsts) or not len(lasts):
        return best
    level = share - share.mean()
    edge = max(1, min(5, len(share) // 4))
    old, new = _median(detail[:edge]), _median(detail[-edge:])
    pale = detail / (max(old, new) + 4)
    old, new = old / (max(old, new) + 4), new / (max(old, new) + 4)
    least = np.inf
    stride = max(1, len(firsts) // 14)
    grid = firsts[::stride], lasts[::stride]
    for _ in range(2 if stride > 1 else 1):
        first, last = (axis.ravel().astype(np.float32) for axis in np.meshgrid(*grid, indexing="ij"))
        for model in rises(frames, first, last):
            paleness = _means((pale - (1 - model) ** 2 * old - model**2 * new) ** 2)
            model -= _means(model)[:, None]
            height = (model @ level) / np.maximum(np.add.reduce(model * model, axis=1), 1e-6)
            error = _means((level - height[:, None] * model) ** 2)
            both = error + DETAIL * paleness
            at = int(both.argmin())
            if both[at] < least:
                least = float(both[at])
                best = (float(error[at]), int(first[at]), int(last[at]), float(height[at]))
        grid = (
            np.arange(max(best[1] - stride, int(firsts[0])), min(best[1] + stride, centre) + 1),
            np.arange(max(best[2] - stride, centre), min(best[2] + stride, int(lasts[-1])) + 1),
        )
    return float(np.sqrt(best[0])), best[1], best[2], best[3]


@dataclass(frozen=True, slots=True)
class _Straight:
    """A ramp with what could be measured of it by itself."""

    a: int
    b: int
    way: float
    off: float
    error: float
    dip: float
    expected: float
    share: Floats


def _straighten(small: Floats, detail: Floats, centre: int, half: int, lowest: int, highest: int) -> _Straight | None:
    """Fit the ends of one candidate within ``lowest .. highest``; None where it turns out to be no straight way."""
    a, b = centre - half, centre + half
    error, first, last = 0.0, a + 1, b - 1
    for _ in range(3):
        begin, end = max(lowest, a - max(10, half)), min(highest, b + max(10, half))
        way = small[b] - small[a]
        length = float(way @ way)
        if length <= 0:
            return None
        share = ((small[begin : end + 1] - small[a]) @ way) / np.float32(length)
        error, first, last, _ = fit(share, detail[begin : end + 1], begin, centre, half)
        again = max(begin, first - 1), min(end, last + 1)
        if again == (a, b):
            break
        a, b = again
    way = small[b] - small[a]
    length = float(way @ way)
    size = float(np.sqrt(length / len(way)))
    if size < LEAST_CHANGE or b - a > LONGEST or b - a < 3 or error > MOST_ERROR:
        return None
    inside = small[a + 1 : b] - small[a]
    share = (inside @ way) / np.float32(length)
    # To and fro, as a strobe goes: a transition goes one way, but for grain and flicker.
    if np.abs(np.diff(share)).sum() > STEADY[0] + STEADY[1] * len(share):
        return None
    off = inside - share[:, None] * way
    bent = float(np.sqrt((off * off).mean())) / (size + 2)
    if bent > LEAST_STRAIGHT:
        return None
    part = np.clip(share, 0, 1)
    within, noise = detail[a + 1 : b], np.float32(2)
    between = (1 - part) * detail[a] + part * detail[b]
    mixed = (1 - part) ** 2 * detail[a] + part**2 * detail[b]
    dip = float((within.sum() + noise) / (between.sum() + noise))
    expected = float(np.abs(np.log((within + noise) / (mixed + noise))).mean())
    return _Straight(a, b, size, bent, error, dip, expected, part)


def _measure(grids: Grids, straights: list[_Straight]) -> list[Ramp]:
    """What costs more, for all of a window's ramps at once."""
    if not straights:
        return []
    a, b = (np.array([getattr(s, end) for s in straights]) for end in "ab")
    # Three frames within, against the mix of the ends that they should be.
    at = np.stack([np.clip(np.round(a + (b - a) * q).astype(int), a + 1, b - 1) for q in (0.25, 0.5, 0.75)])
    weights = np.array([[s.share[n - s.a - 1] for n, s in zip(row, straights, strict=True)] for row in at], np.float32)
    weights = weights[..., None, None, None]
    mixes = (grids[a] * (1 - weights) + grids[b] * weights + np.float32(0.5)).astype(np.uint8)
    shapes = structure(np.concatenate([grids[a], grids[b]]))
    count = len(straights)
    path = np.concatenate([a[None], at, b[None]])
    before = np.concatenate([grids[a], mixes.reshape(-1, *grids.shape[1:]), shapes[:count], grids[path[:-1].ravel()]])
    after = np.concatenate([grids[b], grids[at.ravel()], shapes[count:], grids[path[1:].ravel()]])
    distances = matched(before, after).reshape(9, count)
    apart, inside, shape, moving = distances[0], distances[1:4], distances[4], distances[5:].sum(axis=0)
    still = distance(before[5 * count :], after[5 * count :]).reshape(4, count, -1).mean(axis=2).sum(axis=0) * 3
    moved = moving / (still + 2)
    mixed = np.mean(inside, axis=0) / (apart + 2)
    ramps = []
    for n, s in enumerate(straights):
        luma = grids[[s.a, s.b], 0].reshape(2, -1).astype(np.float32)
        spread = luma.std(axis=1).tolist()
        middle = luma[:, WITHOUT_CORNERS]
        ends, levels = middle.std(axis=1).tolist(), middle.mean(axis=1).tolist()
        found = (s.way, s.off, s.error, apart[n], mixed[n], shape[n], s.b - s.a - 1)
        features = tuple(float(x) for x in (*found, min(spread), max(spread), s.dip, s.expected, moved[n]))
        ramps.append(Ramp(s.a + 1, s.b - 1, (ends[0], ends[1]), (levels[0], levels[1]), features))
    return ramps


def details(grids: Grids) -> Floats:
    """(n,) energy of detail: mean square of the luma's differences from cell to cell, code values squared."""
    luma = grids[:, 0].astype(np.int16)
    across, down = luma[:, :, 1:] - luma[:, :, :-1], luma[:, 1:] - luma[:, :-1]
    energy = [np.square(d.astype(np.float32)).mean(axis=(1, 2)) for d in (across, down)]
    result: Floats = energy[0] + energy[1]
    return result


def find_ramps(
    grids: Grids, small: Floats, detail: Floats, cuts: npt.NDArray[np.int64], begin: int, end: int
) -> list[Ramp]:
    """Ramps whose middle lies in ``begin .. end`` of a window, none across one of `cuts`; frames of the window.

    small: the grids `halved`; detail: their `details`
    """
    count = len(grids)
    shot = np.searchsorted(cuts, np.arange(count), side="right")
    straights: dict[tuple[int, int], _Straight] = {}
    for half in HALVES:
        middle = np.arange(max(begin, half), min(end, count - half))
        if not len(middle):
            continue
        a, b = small[middle - half], small[middle + half]
        way = np.sqrt(((b - a) ** 2).mean(axis=1))
        bent = small[middle] - (a + b) / 2
        straight = np.sqrt((bent * bent).mean(axis=1)) / (way + 2)
        # Where two pictures lie over each other, detail of each is paler: a mere movement keeps it.
        between = (detail[middle - half] + detail[middle + half]) / 2
        paler = detail[middle] + 1 < MOST_DETAIL * (between + 1)
        good = paler & (way > LEAST_CHANGE) & (straight < LEAST_STRAIGHT) & (shot[middle - half] == shot[middle + half])
        score = np.where(good, way * (1 - 2 * straight), 0)
        free = good.copy()
        for i in np.argsort(-score, kind="stable")[: int(good.sum())].tolist():
            if not free[i]:
                continue
            free[max(0, i - half) : i + half + 1] = False
            at = int(middle[i])
            lowest = int(cuts[shot[at] - 1]) if shot[at] else 0
            highest = int(cuts[shot[at]]) - 1 if shot[at] < len(cuts) else count - 1
            one = _straighten(small, detail, at, half, lowest, highest)
            if one is not None:
                straights.setdefault((one.a, one.b), one)
    return _measure(grids, list(straights.values()))
