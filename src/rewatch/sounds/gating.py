"""Gating: from the power of short stretches of sound to its loudness, by the standards.

Contents
    Powers           K-weighted power in steps of 20 ms: all that is kept of a film's sound to measure its loudness
    to_lufs          power -> LUFS
    integrated       programme loudness, ITU-R BS.1770-5 annex 1
    loudness_range   EBU Tech 3342

Of an hour of sound `Powers` holds 1.4 MB.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

STEPS = 50
"""Steps of `Powers` a second."""
HOP = STEPS // 10
"""Steps from one gating block or entry of a curve to the next: a tenth of a second."""
MOMENTARY = 2 * STEPS // 5
"""Steps of 400 ms."""
SHORT_TERM = 3 * STEPS
"""Steps of 3 s."""
FLOOR = -70.0
"""LUFS; what is quieter is not counted (the absolute gate), and charted as this."""


_AT_ONCE = 1 << 15


def to_lufs(power: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """LUFS of mean K-weighted power; -200 for none."""
    level: npt.NDArray[np.float64] = -0.691 + 10 * np.log10(np.maximum(np.asarray(power, dtype=np.float64), 1e-20))
    return level


@dataclass(frozen=True)
class Powers:
    """Sums of K-weighted power over consecutive steps of 20 ms.

    sums:    (n,) sum over the samples of each step, channels added by weight; the last step may be cut short
    samples: how many samples there are in all
    rate:    samples a second
    """

    sums: npt.NDArray[np.float64]
    samples: int
    rate: int

    def level(self) -> npt.NDArray[np.float64]:
        """(n,) LUFS of each step."""
        found = np.empty(len(self.sums))
        for first in range(0, len(found), _AT_ONCE):
            steps = np.arange(first, min(first + _AT_ONCE, len(found)) + 1)
            found[steps[:-1]] = to_lufs(self.sums[steps[:-1]] / np.maximum(np.diff(self._edge(steps)), 1))
        return found

    def _edge(self, step: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        return np.minimum(step * self.rate // STEPS, self.samples)

    @property
    def whole(self) -> int:
        """Steps that are complete."""
        return min(len(self.sums), self.samples * STEPS // self.rate)

    @cached_property
    def _run(self) -> npt.NDArray[np.float64]:
        """(n + 1,) sum of all before each step, and of all."""
        run = np.zeros(len(self.sums) + 1)
        np.cumsum(self.sums, out=run[1:])
        return run

    def mean(self, begin: npt.NDArray[np.int64], end: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Mean power from step `begin` up to step `end` of each; what lies outside the sound is left out."""
        run, mean = self._run, np.empty(len(begin))
        # Some at a time: of a long film each array of all windows takes megabytes.
        for first in range(0, len(begin), _AT_ONCE):
            some = slice(first, first + _AT_ONCE)
            low, high = (np.clip(steps[some], 0, len(self.sums)) for steps in (begin, end))
            mean[some] = (run[high] - run[low]) / np.maximum(self._edge(high) - self._edge(low), 1)
        return np.maximum(mean, 0.0, out=mean)

    def windows(self, length: int, hop: int = HOP) -> npt.NDArray[np.float64]:
        """Mean power of all complete windows of `length` steps, one every `hop` steps; empty where none fits."""
        begin = np.arange(0, self.whole - length + 1, hop)
        return self.mean(begin, begin + length)

    def highest(self, length: int) -> float:
        """Mean power of the loudest complete window of `length` steps; 0 where none fits."""
        return max((float(part.max()) for part in self._every(length)), default=0.0)

    def _every(self, length: int) -> Iterator[npt.NDArray[np.float64]]:
        for first in range(0, self.whole - length + 1, _AT_ONCE):
            begin = np.arange(first, min(first + _AT_ONCE, self.whole - length + 1))
            yield self.mean(begin, begin + length)


def _gated(powers: npt.NDArray[np.float64], below: float) -> npt.NDArray[np.float64]:
    """What is above the absolute gate, and above the gate `below` LU beneath the mean of that."""
    kept = powers[to_lufs(powers) > FLOOR]
    return kept[kept > kept.mean() * 10 ** (-below / 10)] if len(kept) else kept


def integrated(powers: Powers) -> float | None:
    """Loudness of the whole in LUFS: 400 ms blocks, overlapping by 75 %, gated at -70 LUFS and at -10 LU relative.

    None where no block is left: nothing lasts 400 ms, or nothing is above the absolute gate.
    """
    kept = _gated(powers.windows(MOMENTARY), 10)
    return float(to_lufs(kept.mean())) if len(kept) else None


def loudness_range(powers: Powers) -> float | None:
    """LU between the 10th and 95th percentile of the short-term loudness, gated at -70 LUFS and at -20 LU relative.

    EBU Tech 3342. None where no window of 3 s is left.
    """
    kept = _gated(powers.windows(SHORT_TERM), 20)
    if not len(kept):
        return None
    low, high = np.percentile(to_lufs(kept), [10, 95], method="nearest")
    return float(high - low)
