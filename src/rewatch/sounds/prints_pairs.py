"""Pairs of landmarks: what is looked up. Two that lie near each other, their frequencies and the time between."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

NEXT = 40
"""How many landmarks after it one is paired with at most, before the zone is looked at."""
SOONEST, LATEST = 3, 63
"""Hops from one to the other."""
WIDEST = 96
"""Bins from one to the other."""
FAN, DENSE_FAN = 3, 8
"""Pairs a landmark begins, of a film and of a query."""
BITS = 22


def pairs_of(
    hop: npt.NDArray[np.int64], bins: npt.NDArray[np.uint16], dense: bool = False
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """(m,) hashes, below 2**22, and the hops at which they begin; landmarks are in order of time."""
    fan = DENSE_FAN if dense else FAN
    frequency = bins.astype(np.int32)
    begun = np.zeros(len(hop), dtype=np.int32)
    hashes, begins = [np.zeros(0, dtype=np.uint32)], [np.zeros(0, dtype=np.int64)]
    for step in range(1, min(NEXT, len(hop) - 1) + 1):
        apart = hop[step:] - hop[:-step]
        fits = (apart >= SOONEST) & (apart <= LATEST) & (begun[:-step] < fan)
        fits &= np.abs(frequency[step:] - frequency[:-step]) <= WIDEST
        at = np.flatnonzero(fits)
        begun[at] += 1
        value = (frequency[at] >> 1) << 14 | (frequency[at + step] >> 1) << 6 | apart[at]
        hashes.append(value.astype(np.uint32))
        begins.append(hop[at])
    return np.concatenate(hashes), np.concatenate(begins)
