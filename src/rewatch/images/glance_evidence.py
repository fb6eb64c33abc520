"""What packets and keyframes say of a film's boundaries before anything else of it is decoded.

An encoder that sees a new shot writes a keyframe there, or where it may not, a frame that costs about as much; within
a dissolve it finds no use for B frames, and its frames cost more than before and after. Like is compared with like:
a frame with the anchors (frames that show last of all decoded so far: I and P) or with the B frames of its own group
of pictures. Sizes are compared as natural logarithms. Keyframes are compared with the next as pictures, too,
without what is no picture around them.

Nothing here decides: these are measures for `glance_judge`.

Contents
    Keys, Anchors      measures of each keyframe, of each anchor between keyframes
    compare_keys, compare_each   keyframes as pictures, all at once or as they come
    measure_keys, measure_anchors
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from rewatch.evidence import Pictures
from rewatch.images.boundaries_bars import bars_of, both, narrowest, still_of
from rewatch.images.boundaries_cuts import structure
from rewatch.images.boundaries_grid import Reducer, matched, spread_distance
from rewatch.images.boundaries_light import persistence

_AT_ONCE = 32
"""Keyframes that are compared at once, without the bars and borders that all of them have."""

Doubles = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]

NEAR = 8
"""Anchors on either side that a packet's size is compared with."""


@dataclass(frozen=True, slots=True)
class Coded:
    """How a picture was coded, frame by frame: `keyframes` (k,), `size` (n,) bytes, `anchor` (n,)."""

    keyframes: Numbers
    size: npt.NDArray[np.int32]
    anchor: Bools

    @property
    def ends(self) -> Numbers:
        """(k,) the frame after the last one of each group of pictures."""
        return np.append(self.keyframes[1:], len(self.size))

    @property
    def forced(self) -> Bools:
        """(k - 1,) keyframes but the first that a coder had to write: as far from the one before as any is."""
        gaps = np.diff(self.keyframes)
        result: Bools = gaps == gaps.max(initial=0)
        return result


@dataclass(frozen=True, slots=True)
class KeyPictures:
    """Keyframes as pictures.

    near, far: (k - 1, 4), (k - 2, 4) from each keyframe to the next, and to the one after that: logarithms of the
               distance with blocks free to move, of that of the structure, of that of the values wherever they are;
               persistence
    level, spread: (k,) mean and standard deviation of the luma
    """

    near: Doubles
    far: Doubles
    level: Doubles
    spread: Doubles


@dataclass(frozen=True, slots=True)
class Anchors:
    """Anchors that are no keyframes: what may stand between `before` (excluded) and `at` (included).

    group: (n,) number of the keyframe that each depends on
    cuts, ramps: (n, ...) measures that speak for a cut, for a gradual transition
    """

    group: Numbers
    before: Numbers
    at: Numbers
    cuts: Doubles
    ramps: Doubles


def compare_keys(luma: Bytes, cb: Bytes, cr: Bytes) -> KeyPictures:
    """Keyframes in order, as small pictures. 0.2 ms each."""
    reducer, bars = Reducer(), narrowest([both(bars_of(luma, every=1), still_of(luma, every=1))])
    grids, fine = reducer(luma, cb, cr, bars), reducer.fine(luma, bars)
    shapes = structure(grids)
    found = []
    for step in (1, 2):
        a, b = slice(None, -step), slice(step, None)
        apart = matched(grids[a], grids[b]), matched(shapes[a], shapes[b]), spread_distance(grids[a], grids[b])
        found.append(np.stack([*np.log1p(apart), persistence(fine[a], fine[b])], axis=1).astype(np.float64))
    cells = grids[:, 0].reshape(len(grids), -1).astype(np.float64)
    return KeyPictures(found[0], found[1], cells.mean(axis=1), cells.std(axis=1))


def compare_each(pieces: Iterable[Pictures]) -> KeyPictures:
    """`compare_keys` of keyframes that come one by one, some at a time: memory does not grow with their pictures."""
    found: list[KeyPictures] = []
    held: list[Pictures] = []

    def compare(last: bool) -> None:
        shown = compare_keys(*(np.concatenate([getattr(p, name) for p in held]) for name in ("luma", "cb", "cr")))
        # The last two are the next ones' first: they are still to be compared with what comes.
        done = len(held) if last else len(held) - 2
        found.append(KeyPictures(shown.near[:done], shown.far[:done], shown.level[:done], shown.spread[:done]))
        del held[:done]

    for piece in pieces:
        held.append(piece)
        if len(held) == _AT_ONCE:
            compare(last=False)
    compare(last=True)
    parts = zip(*((f.near, f.far, f.level, f.spread) for f in found), strict=True)
    return KeyPictures(*(np.concatenate(part) for part in parts))


def _log(size: npt.NDArray[Any]) -> Doubles:
    result: Doubles = np.log(np.maximum(size, 1).astype(np.float64))
    return result


def measure_keys(coded: Coded, seen: KeyPictures) -> Doubles:
    """(k - 1, ...) measures of each keyframe but the first."""
    keys, ends, size = coded.keyframes.tolist(), coded.ends.tolist(), _log(coded.size)
    longest = max((b - a for a, b in pairwise(keys)), default=1)
    free = coded.anchor.copy()
    free[coded.keyframes] = False
    rows = []
    for j in range(1, len(keys)):
        first, key, end = keys[j - 1], keys[j], ends[j]
        before = np.flatnonzero(free[max(first + 1, key - 24) : key]) + max(first + 1, key - 24)
        after = np.flatnonzero(free[key + 1 : min(end, key + 25)]) + key + 1
        group = np.flatnonzero(free[first + 1 : key]) + first + 1
        ratios = [
            _mean(coded.size[part]) - size[key] if len(part) else np.nan
            for part in (
                before[-3:], after[:3], before[-6:], after[:6], before[-1:], after[:1],
                np.arange(max(first + 1, key - 12), key), np.arange(key + 1, min(key + 13, end)),
            )
        ]  # fmt: skip
        known = np.array(ratios)
        known[np.isnan(known)] = np.nanmean(known) if not np.isnan(known).all() else -1
        far = seen.far[j - 1] if j - 1 < len(seen.far) else seen.near[j - 1]
        onward = seen.near[j] if j < len(seen.near) else seen.near[j - 1]
        quiet = float(size[group[-1]] - np.median(size[group])) if len(group) else 0.0
        rows.append(
            [
                np.log((key - first) / longest), float(key - first == longest), *seen.near[j - 1],
                far[0], far[3], onward[0], onward[3], *known, max(known[:2]), min(known[:2]), max(known[2:4]),
                max(known[6:]), quiet, np.log1p(seen.spread[j - 1]), np.log1p(seen.spread[j]),
                size[key] - size[first],
            ]
        )  # fmt: skip
    return np.array(rows, np.float64).reshape(len(rows), 26)


def _mean(size: npt.NDArray[np.int32]) -> float:
    return float(np.log(max(1.0, float(size.mean()))))


def _window(values: Doubles, reach: int) -> Doubles:
    edge = np.full(reach, np.nan)
    return sliding_window_view(np.concatenate([edge, values, edge]), 2 * reach + 1)


def measure_anchors(coded: Coded, seen: KeyPictures, cut_at_key: Doubles) -> Anchors:
    """Measures of all anchors between keyframes.

    cut_at_key: (k - 1,) probability that each keyframe but the first begins a shot: what explains a change
    """
    keys, ends, size = coded.keyframes, coded.ends, _log(coded.size)
    free = coded.anchor.copy()
    free[keys] = False
    groups: list[tuple[Numbers, ...]] = []
    cuts, ramps = [], []
    for j, (key, end) in enumerate(zip(keys.tolist(), ends.tolist(), strict=True)):
        at = np.flatnonzero(free[key + 1 : end]) + key + 1
        if not len(at):
            continue
        before = np.append(key, at[:-1])
        pictures = seen.near[j] if j < len(seen.near) else np.array([0.0, 0.0, 0.0, 1.0])
        later = min(j + 1, len(keys) - 1)
        spread = np.log1p(sorted((seen.spread[j], seen.spread[later])))
        own = _Group(size, coded.size, at, before, key, end, float(size[keys[later]]))
        one = np.ones((len(at), 1))
        unsure = 1 - (cut_at_key[j] if j < len(cut_at_key) else 0.5)
        cuts.append(np.concatenate([own.cuts(), one * [*pictures[[0, 1, 3]], *spread]], axis=1))
        open_yet = [unsure, unsure * (1 - pictures[3]), unsure * pictures[0], unsure * pictures[1]]
        ramps.append(np.concatenate([own.ramps(), one * [*pictures[[0, 1, 3]], *spread, *open_yet]], axis=1))
        groups.append((np.full(len(at), j), before, at))
    if not groups:
        none = np.zeros(0, np.int64)
        return Anchors(none, none, none, np.zeros((0, 20)), np.zeros((0, 23)))
    group, start, stop = (np.concatenate(column) for column in zip(*groups, strict=True))
    return Anchors(group, start, stop, np.concatenate(cuts), np.concatenate(ramps))


class _Group:
    """The anchors of one group of pictures, measured against each other."""

    def __init__(
        self, log: Doubles, size: npt.NDArray[np.int32], at: Numbers, before: Numbers, key: int, end: int, nxt: float
    ) -> None:
        self.at, self.before, self.key, self.end, self.next = at, before, key, end, nxt
        self.x = log[at]
        self.own = float(log[key])
        self.median = float(np.median(self.x))
        between = np.ones(end - key, bool)
        between[0] = between[at - key] = False
        b_frames = log[key:end][between]
        self.b_median = float(np.median(b_frames)) if len(b_frames) else self.median
        b = np.where(between, log[key:end] - self.b_median, np.nan)
        spans = list(zip((before + 1 - key).tolist(), (at - key).tolist(), strict=True))
        self.b_most = np.array([b[i:j].max() if j > i else 0.0 for i, j in spans])
        self.b_mean = np.array([b[i:j].mean() if j > i else 0.0 for i, j in spans])
        rest = b[at[-1] + 1 - key :]
        self.b_after = np.append(self.b_most[1:], rest.max() if len(rest) else 0.0)
        self.run = np.nanmean(_window(self.x, 2), axis=1) - self.median
        self.bytes = np.append(0, np.cumsum(size[key + 1 : end].astype(np.float64)))

    def cuts(self) -> Doubles:
        x = self.x
        local = np.nanmedian(_window(x, NEAR), axis=1)
        before, after = np.append(0, x[:-1] - self.median), np.append(x[1:] - self.median, 0)
        most, least = max(self.own, self.next), min(self.own, self.next)
        columns = [
            x - local, x - self.median, self.b_most, self.b_mean, self.b_after, self.run, before, after,
            np.log1p(self.at - self.key), np.log1p(self.end - self.at), np.log(self.at - self.before),
            x - self.own, x - self.next, x - most, x - least,
        ]  # fmt: skip
        return np.stack(columns, axis=1)

    def ramps(self) -> Doubles:
        x = self.x
        quiet = float(np.percentile(x, 20))
        wide = np.nanmean(_window(x, 5), axis=1) - self.median
        low, high = (f(_window(x, 6), axis=1) for f in (np.nanmin, np.nanmax))
        b_share = np.nanmean(_window(self.b_mean, 2), axis=1) - self.run
        gap = (self.at - self.before).astype(np.float64)
        near, far = (np.nanmean(_window(gap, reach), axis=1) for reach in (2, 5))
        here, about, left, right = (
            self._rate(begin, end) for begin, end in ((-5, 6), (-10, 11), (-30, -8), (9, 31))
        )  # fmt: skip
        left = np.where(np.isnan(left), np.where(np.isnan(right), about, right), left)
        right = np.where(np.isnan(right), left, right)
        more, less = np.fmax(left, right), np.fmin(left, right)
        columns = [
            self.run, wide, self.run + self.median - quiet, b_share, low - self.own, high - low, np.log(far),
            near - np.median(gap), here - more, here - less, about - more, about - less, more - less,
            np.full(len(x), self.median - self.own),
        ]  # fmt: skip
        return np.asarray(np.nan_to_num(np.stack(columns, axis=1)), np.float64)

    def _rate(self, begin: int, end: int) -> Doubles:
        """Logarithm of the bytes a frame in ``at + begin .. at + end``, within the group; NaN for under 3 frames."""
        last = len(self.bytes) - 1
        a, b = (np.clip(self.at + edge - self.key - 1, 0, last) for edge in (begin, end))
        mean = (self.bytes[b] - self.bytes[a]) / np.maximum(b - a, 1)
        return np.where(b - a > 2, np.log(mean + 20), np.nan)
