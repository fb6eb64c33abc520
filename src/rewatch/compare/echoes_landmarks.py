"""Landmarks of two sounds laid over each other: where B bears what A has, also under other sound.

Every few seconds of A are laid over all of B, at every shift; where landmarks (see `sounds.prints`) agree, each one of
A is worth what it tells: one that B has too the more the rarer its like is in B there, one that it lacks a little less
than nothing. The stretch of the highest sum is the echo, and the sum, in nats, what speaks for it.

Contents
    Marks       the landmarks of a sound, to look others up in
    places      windows of A and shifts to B at which landmarks agree
    stretches   what speaks for the same recording there
    backwards   the landmarks of a sound played backwards
    turned      those of a sound at another speed
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from rewatch.sounds.prints import Prints
from rewatch.sounds.prints_landmarks import BINS, HOPS
from rewatch.sounds.prints_pairs import spread

Numbers = npt.NDArray[np.int64]

LONG, STEP = 4 * HOPS, 2 * HOPS
"""Hops of A that are laid over B at once, and from one such window to the next."""
FEWEST = 8
"""Landmarks of a window below which it tells nothing."""
EACH, BLOCK = 6, 64
"""Shifts that are kept of each window, and cells of which one is kept at most."""
PLACES = 120
"""Places that are looked at, those that stand out most."""
BORNE = 0.25
"""Share of A's landmarks that outlast what is laid over them, where the recording is the same."""
LIKELY = (1e-4, 0.3)
"""Within which a landmark's chance is believed."""
MOST, LEAST = 5.0, -1.0
"""Nats that a landmark may tell: one that is very rare in B is often a fault of the count."""
REACH = 8 * HOPS
FLOOR = 10.0
"""Nats from which on a stretch is kept."""
BESIDE = 24
"""Hops by which the shifts of two echoes differ that are not one."""


@dataclass(frozen=True, slots=True)
class Heard:
    """nats: what speaks for it. begin, end: hops of A. shift: hops from there to B. shared, had: landmarks."""

    nats: float
    begin: int
    end: int
    shift: int
    shared: int
    had: int

    def beside(self, begin: int, end: int, shift: int, by: int = BESIDE) -> bool:
        """Whether another stretch of A, at another shift, is the same echo."""
        return abs(self.shift - shift) <= by and self.begin < end and self.end > begin


@dataclass(frozen=True, slots=True)
class Place:
    """Landmarks of A from hop `begin` on agree with B at `shift`: by `stands` standard deviations above chance."""

    stands: float
    begin: int
    shift: int


def backwards(prints: Prints) -> Prints:
    """The prints of a sound played backwards, nearly: peaks stay peaks."""
    hop, bins = prints.between(0, prints.hops)
    turned = (prints.hops - 1 - hop)[::-1].astype(np.uint32)
    return Prints(turned, np.ascontiguousarray(bins[::-1]), prints.start, prints.hops)


def turned(prints: Prints, speed: Fraction) -> Prints:
    """The prints of a sound played so many times as long, and as much lower."""
    if speed == 1:
        return prints
    hop, bins = prints.between(0, prints.hops)
    moved = np.round(bins / float(speed)).astype(np.int64)
    kept = moved < BINS
    later = np.round(hop * float(speed)).astype(np.uint32)
    return Prints(later[kept], moved[kept].astype(np.uint16), prints.start, int(prints.hops * speed) + 1)


def stretches(a: Marks, b: Marks, likeliest: Sequence[Place]) -> list[Heard]:
    """What speaks for the same recording at the likeliest places, the strongest first, each place once."""
    found: list[Heard] = []
    weighed = 0
    for place in likeliest:
        if any(f.beside(place.begin, place.begin + LONG, place.shift, BESIDE // 3) for f in found):
            continue
        weighed += 1
        if weighed > PLACES:
            break
        heard = _weigh(a, b, place.begin, place.begin + LONG, place.shift)
        if heard is not None and heard.nats >= FLOOR:
            found.append(heard)
    found.sort(key=lambda f: -f.nats)
    kept: list[Heard] = []
    for f in found:
        if not any(k.beside(f.begin, f.end, f.shift) for k in kept):
            kept.append(f)
    return kept


def places(a: Marks, b: Marks) -> list[Place]:
    """Every four seconds of A are laid over all of B, landmark by landmark; where most agree, the best first.

    Each landmark of the window votes for every shift at which B has its like, the more the rarer that is. What is
    expected of chance goes by how common the window's landmarks are in B and how busy B is there.
    """
    order = np.argsort(b.bin, kind="stable")
    hops, first = b.hop[order], np.searchsorted(b.bin[order], np.arange(BINS + 1))
    tells = np.clip(np.log(BORNE / np.clip(3 * b.density, *LIKELY)), 0, MOST)
    size = -(-((b.hops + LONG) // 2 + 2) // BLOCK) * BLOCK
    busy = np.sqrt(b.busy(2 * np.arange(size) - LONG // 2))
    quiet = 1 / busy
    found: list[Place] = []
    for begin in range(0, max(1, a.hops - LONG // 2), STEP):
        low, high = np.searchsorted(a.hop, (begin, begin + LONG)).tolist()
        hop, bins = a.hop[low:high] - begin, a.bin[low:high]
        worth = tells[bins]
        if np.count_nonzero(worth) < FEWEST:
            continue
        at, of = spread(first[bins], first[bins + 1] - first[bins])
        # Cells of two hops, each with the next: landmarks are a hop off at times.
        votes = np.bincount((hops[at] - hop[of] + LONG) >> 1, worth[of], size)[:size].astype(np.float64)
        votes[:-1] += votes[1:]
        rate = 4 * b.density[bins] * worth
        # Of as many votes by chance as landmarks are worth there, give or take their root.
        votes *= quiet
        votes -= rate.sum() * busy
        blocks = votes.reshape(-1, BLOCK)
        for block in np.argpartition(blocks.max(axis=1), -min(EACH, len(blocks)))[-EACH:].tolist():
            n = block * BLOCK + int(blocks[block].argmax())
            stands = float(votes[n]) / float(np.sqrt((rate * worth).sum() + 1))
            found.append(Place(stands, begin, 2 * n + 1 - LONG - begin))
    return sorted(found, key=lambda p: (-p.stands, p.begin, p.shift))


class Marks:
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
        self.hops = prints.hops

    def busy(self, hop: Numbers) -> npt.NDArray[np.float64]:
        """How many times as many landmarks as usual there are around each hop."""
        return np.asarray(self._busy[np.clip(hop // HOPS, 0, len(self._busy) - 1)])

    def has(self, hop: Numbers, bins: Numbers) -> npt.NDArray[np.bool_]:
        """Whether there is a landmark in the bin, within a hop of `hop`."""
        value = bins << 40 | hop + 2**32
        low = np.searchsorted(self._sorted, value - 1, "left")
        return np.asarray(np.searchsorted(self._sorted, value + 1, "right") > low)

    def likely(self, hop: Numbers, bins: Numbers) -> npt.NDArray[np.float64]:
        """How probably there is one by chance: as many as are in this bin, and as many as there are at this time."""
        return np.asarray(np.clip(3 * self.density[bins] * self.busy(hop), *LIKELY))


def _weigh(a: Marks, b: Marks, begin: int, end: int, shift: int) -> Heard | None:
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
            return Heard(nats, int(hop[first]), int(hop[last - 1]) + 1, at, shared, last - first)
        reach *= 3


def _best_run(b: Marks, hop: Numbers, bins: Numbers, shift: int) -> tuple[float, int, int, int, int]:
    """The run of landmarks with the highest sum: nats, first, end, shift, how many B has."""
    hit = b.has(hop + shift, bins)
    chance = b.likely(hop + shift, bins)
    nats = np.where(hit, np.log(BORNE / chance), np.log((1 - BORNE) / (1 - chance)))
    total = np.concatenate([[0.0], np.cumsum(np.clip(nats, LEAST, MOST))])
    lowest = np.minimum.accumulate(total)
    end = int((total - lowest).argmax())
    first = int(np.flatnonzero(total[: end + 1] == lowest[end])[-1])
    return float(total[end] - lowest[end]), first, end, shift, int(hit[first:end].sum())
