"""Films made of tracks alone: acts that differ in ways that are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
import pytest

from rewatch.clock import FRAMES, MILLISECONDS, Clock, FrameTimes
from rewatch.images.palette import BINS
from rewatch.track import Curve, Events, Spans, Track

RATE = 24


def film(
    shots: Sequence[float],
    look: Sequence[int],
    *,
    luma: Sequence[float] | None = None,
    level: Sequence[float] | None = None,
    moving: Sequence[float] | None = None,
    seed: int = 1,
) -> dict[str, Track]:
    """Shots of so many seconds, each filled with one colour of `palette.BINS` (and a little of the others).

    luma, level (LUFS), moving (activity): of each shot; noise is laid over all
    """
    random = np.random.default_rng(seed)
    lengths = np.array([round(seconds * RATE) for seconds in shots])
    begin = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    count = int(lengths.sum())
    times = FrameTimes.even(count, Fraction(RATE))
    step = np.full(count, times.end // max(count, 1), dtype=np.int64)

    def each(values: Sequence[float], rate: Fraction) -> np.ndarray:
        at = np.arange(int(count / RATE * rate)) / float(rate) + 0.5 / float(rate)
        shot = np.searchsorted(begin / RATE, at, side="right") - 1
        return np.asarray(values, dtype=np.float64)[shot]

    def noise(n: int) -> np.ndarray:
        return random.normal(size=n)

    shares = 0.3 * random.dirichlet(np.full(len(BINS), 0.3), size=int(count / RATE * 4))
    shares[np.arange(len(shares)), each(look, Fraction(4)).astype(int)] += 0.7
    tracks: dict[str, Track] = {
        "frames": Events("frames", times.pts, Clock(1 / times.time_base), {"duration": step}),
        "shots": Spans("shots", begin, begin + lengths, ["", *["cut"] * (len(shots) - 1)], FRAMES),
        "boundaries": Spans("boundaries", begin[1:], begin[1:] + 1, ["cut"] * (len(shots) - 1), FRAMES),
        "palette": Curve("palette", shares.astype(np.float32), Clock(Fraction(4), Fraction(1, 8)), "", BINS),
    }
    if luma is not None:
        mean = each(luma, Fraction(RATE)) + 0.01 * noise(count)
        values = np.column_stack([mean, 0.2 + 0.01 * noise(count)]).astype(np.float32)
        tracks["light"] = Curve("light", values, FRAMES, "0..1", ("mean", "spread"))
    if moving is not None:
        values = np.abs(each(moving, Fraction(RATE)) * (1 + 0.1 * noise(count))).astype(np.float32)
        tracks["activity"] = Curve("activity", values, FRAMES, "1 - r")
    if level is not None:
        loud = each(level, Fraction(10))
        both = np.column_stack([loud + noise(len(loud)), loud + 0.3 * noise(len(loud))]).astype(np.float32)
        clock = Clock(Fraction(10), Fraction(1, 20))
        tracks["loudness"] = Curve("loudness", both, clock, "LUFS", ("momentary", "short_term"))
    return tracks


def lines(times: Sequence[tuple[float, float]], speakers: Sequence[str] = ()) -> Spans:
    begin = np.array([round(1000 * a) for a, _ in times], dtype=np.int64)
    end = np.array([round(1000 * b) for _, b in times], dtype=np.int64)
    text = ["Something is said here"] * len(times)
    return Spans("lines", begin, end, text, MILLISECONDS, {"speaker": list(speakers) or [""] * len(times)})


@pytest.fixture
def make_film() -> Callable[..., dict[str, Track]]:
    return film


@pytest.fixture
def make_lines() -> Callable[..., Spans]:
    return lines
