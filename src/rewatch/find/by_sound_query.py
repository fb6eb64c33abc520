"""A sound that is looked for: its landmarks, and how well a place in a film agrees with it.

The same sound may have been played at another speed: films of 24 frames a second run at 25 on television, their pitch
raised with them or put right again. A query is therefore made for each such way (`WAYS`): the clip is turned back, its
spectra taken at other steps, and looked up as any other.

Contents
    WAYS, Way   speeds that a clip is tried at
    Query       one piece of a clip in one of them: `probes`, and `agreement` with landmarks of a film
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from rewatch.sounds.prints_landmarks import HOP, SIZE, Wave, contrast, highest, levels, peaks, window
from rewatch.sounds.prints_pairs import pairs_of, probes

DENSE = (8, 13)
"""A query's landmarks lie nearer together than a film's: each of the film's must have a chance to be among them."""
PROMINENCE = (6, 8)
"""Hops and bins to either side that a level is compared with to tell how nearly it is a peak."""
EDGE = 4
"""Hops at either end of a query that are not trusted: there the sound begins out of nothing."""
LAGS = 96
"""Hops over which a held note counts as one thing: 1.5 s."""
DOUBTFUL = 4.0
"""Agreements below this are not looked at more closely."""
SLACK = 3
"""Hops to either side of a candidate at which it is tried."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a clip may have been played.

    speed:   seconds of the film in a second of the clip
    pitched: whether its pitch went with its speed
    """

    speed: Fraction
    pitched: bool = False

    @property
    def about(self) -> str:
        if self.speed == 1:
            return ""
        return f"played at {self.speed} speed, {'pitch and all' if self.pitched else 'its pitch kept'}"


PAL = Fraction(25, 24)
WAYS = (Way(Fraction(1)), Way(PAL, True), Way(PAL), Way(1 / PAL, True), Way(1 / PAL))


class Query:
    """A piece of a clip (n,) at 8 kHz, as it was before it was played in some way.

    hops: how many hops of the film it takes
    """

    def __init__(self, wave: Wave, way: Way) -> None:
        self.way = way
        frames = _frames(wave, way)
        level = levels(frames) if len(frames) else np.zeros((1, SIZE // 2), dtype=np.float32)
        stands = contrast(level)
        self.hops = len(level)
        hop, bins = np.nonzero(peaks(level, stands, DENSE))
        self.landmarks = len(hop)
        self.probes = probes(*pairs_of(hop.astype(np.int64), bins.astype(np.uint16), None))
        points = _agreement(level, stands)
        inner = points[EDGE : max(self.hops - EDGE, EDGE + 1)]
        self._off, self._spread = points - inner.mean(axis=0), inner.var(axis=0)
        self._lasting = _lasting(self._off[EDGE : max(self.hops - EDGE, EDGE + 1)])
        self._least = 4 * float(self._spread.mean())

    def agreement(
        self, hop: npt.NDArray[np.int64], bins: npt.NDArray[np.uint16], slack: int = SLACK
    ) -> tuple[float, int]:
        """How well landmarks of a film agree with the query, and by how many hops it is to be moved for that.

        hop, bins: those that lie where the query is thought to, counted from where its hop 0 falls
        slack:     hops to either side that are tried

        The agreement is in standard deviations of what chance gives: 0 for a place that has nothing to do with it.
        """
        moves = np.arange(-slack, slack + 1)
        at = hop[None, :] - moves[:, None]
        inside = (at >= EDGE) & (at < self.hops - EDGE)
        off = np.where(inside, self._off[np.clip(at, 0, self.hops - 1), bins], 0).sum(axis=1)
        spread = np.where(inside, self._spread[bins], 0).sum(axis=1) + self._least
        values = off / np.sqrt(spread)
        # Of equals the one that moves least.
        best = int(np.lexsort((np.abs(moves), -values))[0])
        if values[best] < DOUBTFUL:
            return max(0.0, float(values[best])), int(moves[best])
        there = inside[best]
        together = self._together(at[best][there], bins[there].astype(np.int64))
        return float(off[best] / np.sqrt(spread[best] + together)), int(moves[best])

    def _together(self, at: npt.NDArray[np.int64], bins: npt.NDArray[np.int64]) -> float:
        """How much more landmarks in one bin vary than if they were independent: a held note is one thing, not five."""
        order = np.lexsort((at, bins))
        at, bins = at[order], bins[order]
        more = 0.0
        for step in range(1, min(6, len(at))):
            pairs = bins[step:] == bins[:-step]
            lag = np.minimum(at[step:] - at[:-step], LAGS)[pairs]
            more += 2 * float(self._lasting[lag, bins[step:][pairs]].sum())
        return more


def _lasting(off: Wave) -> Wave:
    """(LAGS + 1, bins) covariance of each bin with itself so many hops later; none below 0, none for `LAGS`."""
    count = len(off)
    found = np.zeros((LAGS + 1, off.shape[1]), dtype=np.float32)
    for lag in range(min(LAGS, count - 1)):
        found[lag] = (off[: count - lag] * off[lag:]).mean(axis=0)
    return np.maximum(found, 0)


def _frames(wave: Wave, way: Way) -> Wave:
    """Windowed frames (n, 1024) of what the clip was before it was played that way: one a hop of the film."""
    step = Fraction(HOP)
    if way.pitched:
        from scipy.signal import resample_poly

        wave = resample_poly(wave, way.speed.numerator, way.speed.denominator).astype(np.float32)
    else:
        step /= way.speed
    edge = np.zeros(SIZE // 2, dtype=np.float32)
    data = np.concatenate([edge, wave, edge])
    count = int(len(wave) / step)
    # Hop i is centred on its middle, as in a film.
    begin = ((2 * np.arange(count) + 1) * step.numerator // (2 * step.denominator)).astype(np.int64)
    return np.asarray(np.lib.stride_tricks.sliding_window_view(data, SIZE)[begin] * window())


def _agreement(level: Wave, stands: Wave) -> Wave:
    """(n, bins) how much each point of a query looks like a landmark: nearly the highest around, and prominent.

    One hop off counts as much.
    """
    import cv2

    column = np.ones((3, 1), np.uint8)
    near = highest(level, (1, 0))
    peak = np.exp(2 * (near - highest(level, PROMINENCE)))
    return np.asarray(peak * np.clip(cv2.dilate(stands, column), 0, 3), dtype=np.float32)
