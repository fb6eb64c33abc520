"""Echoes by ear: the same recording in two films, also under other sound.

Pairs of landmarks (see `sounds.prints`) that both films have vote for how far the two lie apart. Where some agree, each
landmark of A is worth what it tells: one that B has too the more the rarer its like is in B there, one that it lacks a
little less than nothing. The stretch of the highest sum is the echo, and the sum, in nats, what speaks for it. What
chance yields is measured by B played backwards: it has the same notes, as many of them and as evenly, but no recording
runs backwards.

Contents
    sound_echoes   all of them between two films
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from rewatch.compare.echoes_chance import Tail, tail_of
from rewatch.compare.echoes_found import Found
from rewatch.sounds.prints import Prints
from rewatch.sounds.prints_landmarks import BINS, HOPS
from rewatch.sounds.prints_pairs import join, pairs_of, probes

Numbers = npt.NDArray[np.int64]

WINDOW = 2 * HOPS
"""Hops of A in which votes are counted, with those of the next window."""
VOTES = 4
"""Pairs that must agree before a place is looked at."""
COMMON = 400
"""A pair that B has more often tells nothing."""
AT_ONCE = 600 * HOPS
"""Hops of A whose pairs are looked up at once."""
BORNE = 0.35
"""Share of A's landmarks that outlast what is laid over them, where the recording is the same."""
MOST, LEAST = 5.0, -1.0
"""Nats that a landmark may tell: one that is very rare in B is often a fault of the count."""
REACH = 8 * HOPS
FLOOR = 10.0
"""Nats from which on a stretch is kept."""
SLOPE = 0.18
"""Of what chance yields, per nat, as measured on films played backwards (benchmarks/echoes.md)."""
PLACES = 4000
"""Places that are looked at, those of most votes."""
BESIDE = 24
"""Hops by which the shifts of two echoes differ that are not one."""


@dataclass(frozen=True, slots=True)
class _Heard:
    """nats: what speaks for it. begin, end: hops of A. shift: hops from there to B. shared, had: landmarks."""

    nats: float
    begin: int
    end: int
    shift: int
    shared: int
    had: int


def sound_echoes(a: Prints, b: Prints, *, speed: Fraction = Fraction(1), least: float = 1.0) -> list[Found]:
    """Stretches of A that B bears too, the surest first; none where chance yields more than `least` as good ones.

    speed: seconds of B in a second of A, where the pitch went with it: 24/25 where B quotes A from a PAL transfer
    """
    if not len(a) or not len(b):
        return []
    turned = _turned(a, speed)
    heard = _stretches(turned, b)
    if not heard:
        return []
    tail = chance_tail(turned, b)
    found: list[Found] = []
    for one in heard:
        expected = tail.expected(one.nats)
        if expected > least:
            continue
        begin, end = (float(a.start) + hop / HOPS / float(speed) for hop in (one.begin, one.end))
        of_b = tuple(float(b.start) + (hop + one.shift) / HOPS for hop in (one.begin, one.end))
        details: dict[str, Any] = {
            "same": "recording",
            "nats": round(one.nats, 1),
            "landmarks": one.shared,
            "of": one.had,
        }
        if speed != 1:
            details["speed"] = round(float(speed), 4)
        share = one.shared / max(one.had, 1)
        found.append(Found("sound", (begin, end), (of_b[0], of_b[1]), round(share, 3), expected, details))
    return found


def chance_tail(a: Prints, b: Prints) -> Tail:
    """What chance yields between two sounds."""
    return tail_of([one.nats for one in _stretches(a, backwards(b))], floor=FLOOR, slope=SLOPE)


def backwards(prints: Prints) -> Prints:
    """The prints of a sound played backwards, nearly: peaks stay peaks."""
    hop, bins = prints.between(0, prints.hops)
    turned = (prints.hops - 1 - hop)[::-1].astype(np.uint32)
    return Prints(turned, np.ascontiguousarray(bins[::-1]), prints.start, prints.hops)


def _turned(prints: Prints, speed: Fraction) -> Prints:
    if speed == 1:
        return prints
    hop, bins = prints.between(0, prints.hops)
    moved = np.round(bins / float(speed)).astype(np.int64)
    kept = moved < BINS
    turned = np.round(hop * float(speed)).astype(np.uint32)
    return Prints(turned[kept], moved[kept].astype(np.uint16), prints.start, int(prints.hops * speed) + 1)


def _stretches(a: Prints, b: Prints) -> list[_Heard]:
    """What speaks for the same recording, the strongest first, each place once."""
    marks_a, marks_b = _Marks(a), _Marks(b)
    found: list[_Heard] = []
    for window, shift in _places(a, b):
        begin, end = window * WINDOW, (window + 2) * WINDOW
        if any(abs(f.shift - shift) <= BESIDE // 3 and f.begin < end and f.end > begin for f in found):
            continue
        heard = _weigh(marks_a, marks_b, begin, end, shift)
        if heard is not None and heard.nats >= FLOOR:
            found.append(heard)
    found.sort(key=lambda f: -f.nats)
    kept: list[_Heard] = []
    for f in found:
        if not any(abs(k.shift - f.shift) <= BESIDE and k.begin < f.end and k.end > f.begin for k in kept):
            kept.append(f)
    return kept


def _places(a: Prints, b: Prints) -> list[tuple[int, int]]:
    """Windows of A and shifts to B that pairs of landmarks agree on, those with most votes first."""
    hashes, begins = pairs_of(*b.between(0, b.hops))
    order = np.argsort(hashes, kind="stable")
    hashes, begins = hashes[order], begins[order]
    keys, counts = np.unique(hashes, return_counts=True)
    often = keys[counts > COMMON]
    lowest = -a.hops - 2
    places: list[tuple[int, int, int]] = []
    for first in range(0, a.hops, AT_ONCE):
        wanted, at = probes(*pairs_of(*a.between(first, min(first + AT_ONCE + HOPS, a.hops))))
        kept = ~np.isin(wanted, often)
        wanted, at = wanted[kept], at[kept]
        i, j = join(hashes, wanted)
        cell = np.sort(at[j] // WINDOW << 32 | (begins[i] - at[j] - lowest) >> 1)
        if not len(cell):
            continue
        ends = np.flatnonzero(np.diff(cell, append=-1))
        votes = np.diff(ends, prepend=-1)
        cell = cell[ends]
        together = votes.copy()
        # With the neighbours: the next shift, and the next window.
        for beside in (1, 1 << 32, (1 << 32) + 1, (1 << 32) - 1):
            k = np.minimum(np.searchsorted(cell, cell + beside), len(cell) - 1)
            together += np.where(cell[k] == cell + beside, votes[k], 0)
        many = np.flatnonzero(together >= VOTES)
        many = many[np.argsort(-together[many], kind="stable")[:PLACES]]
        places += [
            (int(together[n]), int(cell[n] >> 32), int((cell[n] & 0xFFFFFFFF) << 1) + lowest) for n in many.tolist()
        ]
    places.sort(key=lambda p: -p[0])
    return [(window, shift) for _, window, shift in places[:PLACES]]


class _Marks:
    """Landmarks in order of time, as one sorted list of numbers (bin, hop), and how many there are of each."""

    def __init__(self, prints: Prints) -> None:
        self.hop, bins = prints.between(0, prints.hops)
        self.bin = bins.astype(np.int64)
        self._sorted = np.sort(self.bin << 40 | self.hop + 2**32)
        length = max(1, prints.hops)
        self.density = (np.bincount(self.bin, minlength=BINS) + 0.5) / length
        seconds = np.bincount(self.hop // HOPS, minlength=length // HOPS + 2).astype(np.float64)
        around = np.ones(9)
        near = np.convolve(seconds, around, "same") / np.convolve(np.ones_like(seconds), around, "same")
        self._busy = np.maximum(near, 1.0) / max(float(seconds.mean()), 1e-9)

    def has(self, hop: Numbers, bins: Numbers) -> npt.NDArray[np.bool_]:
        """Whether there is a landmark in the bin, within a hop of `hop`."""
        value = bins << 40 | hop + 2**32
        low = np.searchsorted(self._sorted, value - 1, "left")
        return np.asarray(np.searchsorted(self._sorted, value + 1, "right") > low)

    def likely(self, hop: Numbers, bins: Numbers) -> npt.NDArray[np.float64]:
        """How probably there is one by chance: as many as are in this bin, and as many as there are at this time."""
        busy = self._busy[np.clip(hop // HOPS, 0, len(self._busy) - 1)]
        return np.asarray(np.clip(3 * self.density[bins] * busy, 1e-4, 0.3))


def _weigh(a: _Marks, b: _Marks, begin: int, end: int, shift: int) -> _Heard | None:
    """The stretch round hops ``begin .. end`` of A that most speaks for being in B, at about this shift."""
    reach = REACH
    while True:
        low, high = np.searchsorted(a.hop, (begin - reach, end + reach)).tolist()
        hop, bins = a.hop[low:high], a.bin[low:high]
        if not len(hop):
            return None
        best = max((_best_run(b, hop, bins, s) for s in range(shift - 1, shift + 3)), key=lambda run: run[0])
        nats, first, last, at, shared = best
        if last <= first:
            return None
        open_ = (first == 0 and low > 0) or (last == len(hop) and high < len(a.hop))
        if not open_:
            return _Heard(nats, int(hop[first]), int(hop[last - 1]) + 1, at, shared, last - first)
        reach *= 3


def _best_run(b: _Marks, hop: Numbers, bins: Numbers, shift: int) -> tuple[float, int, int, int, int]:
    """The run of landmarks with the highest sum: nats, first, end, shift, how many B has."""
    hit = b.has(hop + shift, bins)
    chance = b.likely(hop + shift, bins)
    nats = np.where(hit, np.log(BORNE / chance), np.log((1 - BORNE) / (1 - chance)))
    total = np.concatenate([[0.0], np.cumsum(np.clip(nats, LEAST, MOST))])
    lowest = np.minimum.accumulate(total)
    end = int((total - lowest).argmax())
    first = int(np.flatnonzero(total[: end + 1] == lowest[end])[-1])
    return float(total[end] - lowest[end]), first, end, shift, int(hit[first:end].sum())
