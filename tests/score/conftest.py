"""Films made up as tracks, for the measures of the score."""

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest

from rewatch.clock import FRAMES, Clock, FrameTimes
from rewatch.track import Curve, Events, Figures, Spans, Track

Array = npt.NDArray[np.float64]
MakeTracks = Callable[..., dict[str, Track]]


def picture(
    lengths: Sequence[float],
    activity: Sequence[float] | Array | None = None,
    kinds: Sequence[str] | None = None,
    rate: Fraction = Fraction(24),
) -> dict[str, Track]:
    """frames, shots, boundaries, black, activity of a film of shots of these lengths (seconds).

    activity: one value a shot, or one a frame; at each cut it jumps to 1, as the real one does
    kinds:    how each shot begins; gradual ones mix for 24 frames
    """
    counts = np.maximum(1, np.rint(np.asarray(lengths, dtype=np.float64) * float(rate))).astype(np.int64)
    end = np.cumsum(counts)
    begin, count = end - counts, int(end[-1])
    times = FrameTimes.even(count, rate)
    ticks = np.diff(np.append(times.pts, times.end))
    kinds = list(kinds or [""] + ["cut"] * (len(counts) - 1))
    half = np.array([0 if kind in ("cut", "") else 12 for kind in kinds], dtype=np.int64)
    first, last = begin - half, begin + np.maximum(half - 1, 0)
    is_change = np.array([kind != "" for kind in kinds])
    tracks: dict[str, Track] = {
        "frames": Events("frames", times.pts, Clock(1 / times.time_base), {"duration": ticks}),
        "shots": Spans(
            "shots",
            begin,
            end,
            kinds,
            FRAMES,
            {"first_frame": first, "last_frame": last, "sure": np.ones(len(begin))},
        ),
        "boundaries": Spans(
            "boundaries", first[is_change], last[is_change] + 1, [k for k in kinds if k], FRAMES,
            {"sure": np.ones(int(is_change.sum()))},
        ),
        "black": Spans("black", begin[:0], end[:0], [], FRAMES),
    }  # fmt: skip
    if activity is not None:
        values = np.asarray(activity, dtype=np.float64)
        values = np.repeat(values, counts) if len(values) == len(counts) else values.copy()
        values[begin[1:][is_change[1:]]] = 1.0
        tracks["activity"] = Curve("activity", values, FRAMES)
    return tracks


def sound(momentary: Array, integrated: float | None = None, onsets: Sequence[float] = ()) -> dict[str, Track]:
    """loudness (10 a second), loudness_figures, onsets, silence out of momentary loudness in LUFS."""
    power = 10 ** (momentary / 10)
    total = np.concatenate(([0.0], np.cumsum(power)))
    at = np.arange(1, len(power) + 1)
    back = np.maximum(at - 30, 0)
    short = np.maximum(10 * np.log10(np.maximum((total[at] - total[back]) / (at - back), 1e-7)), -70.0)
    clock = Clock(Fraction(10), Fraction(1, 20))
    empty = np.zeros(0, dtype=np.int64)
    tracks: dict[str, Track] = {
        "loudness": Curve("loudness", np.column_stack((momentary, short)), clock, "LUFS", ("momentary", "short_term")),
        "onsets": Events(
            "onsets", np.rint(np.asarray(onsets) * 1000).astype(np.int64), Clock(Fraction(1000)),
            {"strength": np.ones(len(onsets))},
        ),
        "silence": Spans("silence", empty, empty, [], Clock(Fraction(100))),
    }  # fmt: skip
    if integrated is not None:
        tracks["loudness_figures"] = Figures("loudness_figures", {"integrated": integrated})
    return tracks


@pytest.fixture
def make_picture() -> MakeTracks:
    return picture


@pytest.fixture
def make_sound() -> MakeTracks:
    return sound
