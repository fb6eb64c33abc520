"""Visual activity without the jumps of the cuts, for the measures of motion.

Activity compares near-adjacent frames (1 - r, Cutting et al. 2011). Where a shot changes it measures the change, not
motion: those frames are left out, and what is said about them is taken from their neighbours.

Contents
    moving_frames      which frames' activity is motion
    activity_of_shots  its mean over each shot
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from rewatch.clock import FrameTimes
from rewatch.score.grid import Array, mean_of_frames, mean_of_steps, times_of
from rewatch.track import Curve, Spans, Track

REACH = 1 / 12
"""Seconds over which activity compares frames: so long after a boundary it still sees the shot before."""


def moving_frames(times: FrameTimes, boundaries: Spans | None) -> npt.NDArray[np.bool_]:
    """(n,) bool: frames whose activity is motion: not those of a boundary, one before it, and `REACH` after it."""
    count = len(times)
    if boundaries is None or not count:
        return np.ones(count, dtype=np.bool_)
    rate = count / max(times.end_seconds - times.begin_seconds, 1e-9)
    marks = np.zeros(count + 1, dtype=np.int64)
    np.add.at(marks, np.clip(boundaries.begin - 1, 0, count), 1)
    np.add.at(marks, np.clip(boundaries.end + max(1, round(rate * REACH)), 0, count), -1)
    clear: npt.NDArray[np.bool_] = np.cumsum(marks[:-1]) == 0
    return clear


def frame_activity(tracks: Mapping[str, Track]) -> tuple[FrameTimes, Array, npt.NDArray[np.bool_]] | None:
    """Frame times, activity (n,) and which of it is motion; None where the film has no picture or none was measured."""
    activity, times, boundaries = tracks.get("activity"), times_of(tracks), tracks.get("boundaries")
    if not isinstance(activity, Curve) or times is None:
        return None
    values = np.asarray(activity.values, dtype=np.float64).reshape(len(activity), -1)[:, 0]
    if len(values) != len(times):
        return None
    return times, values, moving_frames(times, boundaries if isinstance(boundaries, Spans) else None)


def activity_of_shots(tracks: Mapping[str, Track], begin: Array, end: Array) -> Array | None:
    """(n,) mean activity over each shot (seconds), its transitions left out; None where there is no activity.

    A shot that is all transition takes the mean over the frames that it has.
    """
    known = frame_activity(tracks)
    if known is None or not len(begin):
        return None
    times, values, keep = known
    at = np.append(begin, end[-1])
    means, covered = mean_of_frames(at, times, values, keep)
    seconds = times.seconds(np.arange(len(times) + 1))
    whole, _ = mean_of_steps(at, seconds[:-1], seconds[1:], values)
    return np.where(covered > 0, means, whole)
