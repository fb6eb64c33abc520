"""Pairs of landmarks: what is looked up. Two that lie near each other, their frequencies and the time between.

Of a film every landmark begins a few pairs, of a query all that there are: a landmark that noise adds then pushes no
pair out that the film has. Frequencies are exact to the bin; the time between is allowed to be one hop off, by looking
its neighbours up too (`probes`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

NEXT = 60
"""How many landmarks after one are looked at for pairs."""
SOONEST, LATEST = 4, 48
"""Hops from one to the other: up to 0.75 s."""
WIDEST = 64
"""Bins from one to the other: 500 Hz."""
FAN = 3
"""Pairs a landmark of a film begins: the nearest in time."""
BITS = 24
"""A hash: 9 bits of the first bin, 9 of the second, 6 of the hops between."""

Hashes = npt.NDArray[np.uint32]
Hops = npt.NDArray[np.int64]


def pairs_of(hop: Hops, bins: npt.NDArray[np.uint16], fan: int | None = FAN) -> tuple[Hashes, Hops]:
    """(m,) hashes and the hops at which they begin, of landmarks in order of time. `fan` None: all pairs there are."""
    frequency = bins.astype(np.int32)
    begun = np.zeros(len(hop), dtype=np.int32)
    hashes, begins = [np.zeros(0, dtype=np.uint32)], [np.zeros(0, dtype=np.int64)]
    for step in range(1, min(NEXT, len(hop) - 1) + 1):
        apart = hop[step:] - hop[:-step]
        fits = (apart >= SOONEST) & (apart <= LATEST)
        fits &= np.abs(frequency[step:] - frequency[:-step]) <= WIDEST
        if fan is not None:
            fits &= begun[:-step] < fan
        at = np.flatnonzero(fits)
        begun[at] += 1
        value = frequency[at] << 15 | frequency[at + step] << 6 | apart[at].astype(np.int32)
        hashes.append(value.astype(np.uint32))
        begins.append(hop[at])
    return np.concatenate(hashes), np.concatenate(begins)


def probes(hashes: Hashes, begins: Hops) -> tuple[Hashes, Hops]:
    """What pairs are looked up as: themselves, and with one hop more or less between."""
    near = np.concatenate([hashes, hashes - np.uint32(1), hashes + np.uint32(1)])
    return near, np.concatenate([begins, begins, begins])


def join(sorted_hashes: Hashes, wanted: Hashes) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """All (i, j) with ``sorted_hashes[i] == wanted[j]``, ordered by j.

    >>> [x.tolist() for x in join(np.array([3, 5, 5], np.uint32), np.array([5, 4, 3], np.uint32))]
    [[1, 2, 0], [0, 0, 2]]
    """
    low = np.searchsorted(sorted_hashes, wanted, "left")
    return spread(low, np.searchsorted(sorted_hashes, wanted, "right") - low)


def spread(first: npt.NDArray[np.int64], count: npt.NDArray[np.int64]) -> tuple[Hops, Hops]:
    """The numbers first[j], first[j] + 1, ... (count[j] of them) of all j, and which j each is of.

    >>> [x.tolist() for x in spread(np.array([7, 0]), np.array([2, 1]))]
    [[7, 8, 0], [0, 0, 1]]
    """
    of = np.repeat(np.arange(len(count)), count)
    before = np.cumsum(count) - count
    return np.arange(len(of)) - before[of] + first[of], of
