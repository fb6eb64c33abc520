"""Sounding: what the sound says about which frames of A those of B are, where the pictures cannot tell them apart.

A held picture, a title, black: any frame of it is as good as another, but the sound runs on. Where B's sound is A's,
B's landmarks are looked for in A's at the place that each distance says; so a cut through a held picture is found to a
few frames, though it cannot be seen.

Contents
    Sounding     nats for each frame of B at a distance
    sounding     made of two films whose runs are known; None where their sounds are not the same
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rewatch.compare.chain import Line, Run
from rewatch.compare.heard import Sounds
from rewatch.compare.seen import Seen
from rewatch.sounds.prints_landmarks import HOPS
from rewatch.sounds.prints_matches import LandmarkIndex

_HIT, _MISS = 1.5, 0.3
"""Nats for a landmark that is there, and against one that is not: neighbours say much the same."""
_LONG = 2.0
"""Seconds of a run from which on it can tell how the sounds lie."""
_MOST = 40
_SHIFTS = 8
_SAME = 0.35
"""Share of the landmarks that must be there for the sounds to be the same."""

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]


class Sounding:
    """Nats for frames of B at distances. shift: hops by which A's sound stands off its picture against B's."""

    def __init__(self, a: Seen, b: Seen, line: Line, sounds: Sounds, shift: int = 0) -> None:
        assert sounds.a is not None
        assert sounds.b is not None
        self._a, self._b, self._line, self._shift = a, b, line, shift
        self._start_a = float(sounds.a.start)
        self._index = LandmarkIndex(*sounds.a.between(0, sounds.a.hops))
        hop, bins = sounds.b.between(0, sounds.b.hops)
        # The middle of a hop, for its frame.
        self._seconds = sounds.b.seconds(hop) + 0.5 / HOPS
        pitched = sounds.speed != 1 and sounds.pitched
        self._bins = np.round(bins / sounds.speed).astype(np.int64) if pitched else bins.astype(np.int64)
        self._speed = sounds.speed

    def borne(
        self, begin: int, end: int, distance: float, shifts: Sequence[int]
    ) -> tuple[Numbers, list[npt.NDArray[np.bool_]]]:
        """Of the landmarks in frames ``begin .. end`` of B: their frames, and whether A has each, at each shift."""
        edges = self._b.times.seconds([begin, end])
        low, high = np.searchsorted(self._seconds, edges)
        seconds, bins = self._seconds[low:high], self._bins[low:high]
        frames = self._b.times.frame_at(seconds)
        if self._line.by_frame:
            of_a = np.clip(self._line.frames(frames, distance), 0, len(self._a) - 1)
            in_a = self._a.times.seconds(of_a) + (seconds - self._b.times.seconds(frames)) * self._speed
        else:
            in_a = self._a.times.begin_seconds + self._speed * seconds + distance / self._a.rate
        hops = np.floor((in_a - self._start_a) * HOPS).astype(np.int64)
        return frames, [self._index.has(hops + self._shift + shift, bins) for shift in shifts]

    def evidence(self, frames: Numbers, distance: float) -> Floats:
        """(n,) nats for rising frames of B."""
        begin, end = int(frames[0]), int(frames[-1]) + 1
        of, (had,) = self.borne(begin, end, distance, (0,))
        each = np.bincount(of - begin, np.where(had, _HIT, -_MISS), end - begin)
        return np.asarray(each[frames - begin], dtype=np.float64)


def sounding(a: Seen, b: Seen, line: Line, sounds: Sounds, runs: Sequence[Run]) -> Sounding | None:
    """None where one has no sound, or B's is not A's in most of what they show together."""
    if not sounds.both:
        return None
    plain = Sounding(a, b, line, sounds)
    long = [r for r in runs if r.distance is not None and r.end - r.begin > _LONG * b.rate]
    shifts = range(-_SHIFTS, _SHIFTS + 1)
    had, count = np.zeros(len(shifts)), 0
    for run in sorted(long, key=lambda r: r.begin - r.end)[:_MOST]:
        frames, borne = plain.borne(run.begin, min(run.end, run.begin + int(60 * b.rate)), run.distance or 0.0, shifts)
        had += [one.sum() for one in borne]
        count += len(frames)
    best = int(had.argmax())
    if not count or had[best] < _SAME * count:
        return None
    return Sounding(a, b, line, sounds, shifts[best])
