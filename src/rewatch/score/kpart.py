"""The K-part curve: a film in k parts of equal duration, and how fast each is cut.

Source: Brisson and Tsivian, "Side by Side: Data Analysis across Films", Cinemetrics 2011 (films of different length
laid beside each other by the same fraction of their running time). A shot that reaches over the edge of two parts
counts in each by the share of it that lies there: the parts' counts add up to the film's, and an edge that moves a
little changes little. That share is our choice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class KPart:
    """k parts of equal duration.

    shots:    (k,) shots in each part, fractions counted; they sum to the film's
    asl:      (k,) average shot length of each part, seconds: its duration over its shots
    relative: (k,) the part's cutting rate over the film's: above 1 = faster cut than the film as a whole
    """

    shots: Array
    asl: Array
    relative: Array

    def __len__(self) -> int:
        return len(self.shots)


def kpart(lengths: npt.ArrayLike, k: int = 10) -> KPart:
    """The K-part curve of shots of `lengths` seconds (all above 0, in order), in `k` parts.

    ValueError without shots, with a length that is not above 0, or k below 1.

    >>> kpart([2.0, 2.0, 4.0], 2).asl.tolist()
    [2.0, 4.0]
    """
    values = np.asarray(lengths, dtype=np.float64)
    if k < 1:
        raise ValueError(f"a film is not divided into {k} parts")
    if not len(values) or not np.isfinite(values).all() or values.min() <= 0:
        raise ValueError("a K-part curve needs shots, each longer than 0")
    edges = np.concatenate(([0.0], np.cumsum(values)))
    parts = np.linspace(0.0, edges[-1], k + 1)
    # Shots as a function of time grow by one over each shot: the count at any second is read off a broken line.
    shots = np.diff(np.interp(parts, edges, np.arange(len(edges), dtype=np.float64)))
    duration = edges[-1] / k
    return KPart(shots, duration / shots, shots * k / len(values))
