"""Given: times of frames where a file stores no more than when each is decoded.

AVI does; from that libav works out when a frame is shown, and cannot for H.264 with B frames, nor for MPEG-4 whose B
frames are packed with others. Frames come in the order of showing all the same, each when a packet more was decoded:
that packet's time, less what lies between the two from the first frame on, is the frame's, wherever reading begins.

Contents
    Given      the times of such frames, in order
    given_by   whether times are no more than guessed, by the first frames
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice, pairwise

from av.video.frame import VideoFrame

FIRST = 48
"""Frames by which it is told whether times are guessed."""


@dataclass(slots=True)
class Given:
    """lag: ticks from when a frame is shown to when it is given; tick: that one lasts; last: time of the last one."""

    lag: int
    tick: int
    last: int | None = None

    def time(self, frame: VideoFrame) -> int:
        """Raw ticks of the next frame."""
        last = self.last
        if frame.dts is None:  # the last ones come without any packet
            self.last = (frame.pts or 0) if last is None else last + self.tick
        else:
            self.last = frame.dts - self.lag if last is None else max(frame.dts - self.lag, last + 1)
        return self.last


def given_by(frames: Iterable[VideoFrame], tick: int) -> Given | None:
    """How the frames of a stream are timed, by its first ones; None where the times that they bear run forwards."""
    some = [(frame.pts, frame.dts) for frame in islice(frames, FIRST) if frame.pts is not None]
    if all(before < after for (before, _), (after, _) in pairwise(some)):
        return None
    shown, decoded = some[0]
    return Given(0 if decoded is None or shown is None else decoded - shown, tick)
