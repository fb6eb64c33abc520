"""What two sounds have in common: stretches of one that the other bears too, laid beside each other by their prints.

Pairs of landmarks that both have vote for how far the two lie apart, in every five seconds of the first; where enough
agree, the landmarks themselves are counted, and what follows on is joined.

Contents
    Alignment   a stretch of one sound and where the other has it
    matches     all of them
    LandmarkIndex   landmarks to look others up in
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from rewatch.sounds.prints_landmarks import BINS, HOPS
from rewatch.sounds.prints_pairs import join, pairs_of, probes

if TYPE_CHECKING:
    from rewatch.sounds.prints import Prints

WINDOW = 5 * HOPS
"""Hops of the first sound in which votes are counted together."""
VOTES = 6
"""Pairs that must agree in a window before it is looked at."""
SURE = 9.0
"""Standard deviations above chance that the landmarks of a window must have in common."""
COMMON = 400
"""A pair that the second sound has more often tells nothing."""
GAP = 2
"""Windows without agreement over which a stretch goes on: a line spoken over, a silence."""
BESIDE = 8
"""Hops by which two places must differ to be two."""
DRIFT = 2
"""Hops that the shift may change from one window to the next."""

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Alignment:
    """A stretch that two sounds share.

    begin_a, end_a: its seconds in the first (the film's own seconds); begin_b, end_b: in the second
    speed:          seconds of the second in a second of the first
    landmarks:      how many landmarks they share in it
    share:          of the first one's landmarks in it, 0..1: near 1 one recording, less where something lies over it
    agreement:      standard deviations above chance, of its best window
    """

    begin_a: float
    end_a: float
    begin_b: float
    end_b: float
    speed: float
    landmarks: int
    share: float
    agreement: float


def matches(
    a: Prints, b: Prints, *, speed: Fraction = Fraction(1), pitched: bool = True, apart: float = 10.0
) -> list[Alignment]:
    """The stretches of `a` that `b` bears too, in order of `a`; a stretch may be borne several times.

    speed:   seconds of `b` in a second of `a`: 24/25 where `b` is a PAL transfer of a film that `a` has at 24
    pitched: whether the pitch went with the speed
    apart:   where `b` is `a`: seconds that a sound and its return lie apart at least

    What lasts less than two or three seconds is not found. Two films of two hours take some seconds.
    """
    hop_a, bin_a = _turned(a, speed, pitched)
    hop_b, bin_b = b.between(0, b.hops)
    hashes, begins = pairs_of(hop_b, bin_b)
    order = np.argsort(hashes, kind="stable")
    hashes, begins = hashes[order], begins[order]
    keys, counts = np.unique(hashes, return_counts=True)
    often = keys[counts > COMMON]
    wanted, at = probes(*pairs_of(hop_a, bin_a))
    kept = ~np.isin(wanted, often)
    wanted, at = wanted[kept], at[kept]
    i, j = join(hashes, wanted)
    shift = begins[i] - at[j]
    window = at[j] // WINDOW
    if a is b:
        # Each return once: as the later of the two.
        far = shift >= apart * HOPS
        shift, window = shift[far], window[far]
    windows = _windows(window, shift, LandmarkIndex(hop_a, bin_a), LandmarkIndex(hop_b, bin_b))
    return [_alignment(a, b, float(speed), group) for group in _chains(windows)]


def _turned(a: Prints, speed: Fraction, pitched: bool) -> tuple[Numbers, npt.NDArray[np.uint16]]:
    """Landmarks of a sound as they would be at another speed."""
    hop, bins = a.between(0, a.hops)
    if speed == 1:
        return hop, bins
    turned = np.round(hop * float(speed)).astype(np.int64)
    if pitched:
        bins = np.round(bins / float(speed)).astype(np.uint16)
    kept = bins < BINS
    return turned[kept], bins[kept]


class LandmarkIndex:
    """Landmarks in order of time, and as one sorted list of numbers (bin, hop) to look them up in."""

    def __init__(self, hop: Numbers, bins: npt.NDArray[np.uint16]) -> None:
        self.hop, self.bin = hop, bins.astype(np.int64)
        self._sorted = np.sort(self.bin << 40 | self.hop + 2**32)
        length = max(1, int(hop[-1]) + 1) if len(hop) else 1
        self.density = np.bincount(self.bin, minlength=BINS) / length

    def between(self, begin: int, end: int) -> tuple[Numbers, Numbers]:
        low, high = np.searchsorted(self.hop, (begin, end))
        return self.hop[low:high], self.bin[low:high]

    def has(self, hop: Numbers, bins: Numbers) -> npt.NDArray[np.bool_]:
        """Whether there is a landmark in the bin, within a hop of `hop`."""
        value = bins << 40 | hop + 2**32
        low = np.searchsorted(self._sorted, value - 1, "left")
        return np.asarray(np.searchsorted(self._sorted, value + 1, "right") > low)


@dataclass(frozen=True, slots=True)
class _Window:
    """Five seconds of the first sound, and where the second has them."""

    number: int
    shift: int
    agreement: float
    shared: int
    had: int
    begin: int
    end: int


def _windows(window: Numbers, shift: Numbers, a: LandmarkIndex, b: LandmarkIndex) -> list[_Window]:
    """The windows whose landmarks agree, of each place the best."""
    if not len(shift):
        return []
    lowest = int(shift.min())
    value = np.sort(window << 32 | (shift - lowest) >> 1)
    ends = np.flatnonzero(np.diff(value, append=-1))
    votes = np.diff(ends, prepend=-1)
    value = value[ends]
    together = votes.copy()
    together[:-1] += np.where(np.diff(value) == 1, votes[1:], 0)
    found: list[_Window] = []
    for at in np.flatnonzero(together >= VOTES):
        number, step = int(value[at] >> 32), int(value[at] & 0xFFFFFFFF)
        looked = _look(number, (step << 1) + lowest, a, b)
        if looked is not None and looked.agreement >= SURE:
            found.append(looked)
    best: list[_Window] = []
    for _, places in groupby(sorted(found, key=lambda w: (w.number, -w.agreement, w.shift)), lambda w: w.number):
        apart: list[_Window] = []
        for place in places:
            # Votes around one shift all lead to it.
            if not any(abs(w.shift - place.shift) < BESIDE for w in apart):
                apart.append(place)
        best += apart
    return best


def _look(number: int, shift: int, a: LandmarkIndex, b: LandmarkIndex) -> _Window | None:
    hop, bins = a.between(number * WINDOW, (number + 1) * WINDOW)
    if not len(hop):
        return None
    by_chance = float(np.minimum(3 * b.density[bins], 1).sum())
    tried = [(int(b.has(hop + s, bins).sum()), -abs(s - shift), s) for s in range(shift - 1, shift + 4)]
    shared, _, best = max(tried)
    agreement = (shared - by_chance) / (by_chance + 1) ** 0.5
    borne = hop[b.has(hop + best, bins)]
    if not len(borne):
        return None
    begin, end = int(borne[0]), int(borne[-1]) + 1
    return _Window(number, best, agreement, shared, int(((hop >= begin) & (hop < end)).sum()), begin, end)


def _chains(windows: list[_Window]) -> list[list[_Window]]:
    """Windows that follow on at one shift."""
    open_: list[list[_Window]] = []
    done: list[list[_Window]] = []
    for window in windows:
        going = [c for c in open_ if window.number - c[-1].number <= GAP + 1]
        done += [c for c in open_ if c not in going]
        open_ = going
        fits = [c for c in open_ if c[-1].number < window.number and abs(c[-1].shift - window.shift) <= DRIFT]
        if fits:
            min(fits, key=lambda c: abs(c[-1].shift - window.shift)).append(window)
        else:
            open_.append([window])
    return sorted(done + open_, key=lambda c: (c[0].begin, c[0].shift))


def _alignment(a: Prints, b: Prints, speed: float, chain: list[_Window]) -> Alignment:
    first, last = chain[0], chain[-1]
    begin, end = first.begin / speed, last.end / speed
    return Alignment(
        float(a.start) + begin / HOPS,
        float(a.start) + end / HOPS,
        float(b.start) + (first.begin + first.shift) / HOPS,
        float(b.start) + (last.end + last.shift) / HOPS,
        speed,
        sum(w.shared for w in chain),
        sum(w.shared for w in chain) / sum(w.had for w in chain),
        max(w.agreement for w in chain),
    )
