"""Clocks: what the integers of a track count, and how they become seconds.

Conventions
    Inside rewatch a moment is an integer on a clock; seconds are for people. Rates are `Fraction`, never float, so a
    frame of a four-hour film at 24000/1001 is where it is and not a millisecond beside it.
    Second 0 is the start of the container, as players show it; picture and sound may begin a little after it.

Contents
    Clock        ticks at an even rate, or the frames of the picture (`FRAMES`)
    FrameTimes   when each frame of a picture is shown: what turns frame numbers into seconds and back
    timecode, parse_time   seconds as people write them
    lasting                how long something lasts
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Clock:
    """What an integer position counts.

    rate:  ticks per second; None = frames of the picture, numbered from 0 in presentation order
    start: second at which tick 0 falls (0 for frames: `FrameTimes` knows)

    >>> Clock(Fraction(10), Fraction(1, 2)).seconds(20)
    Fraction(5, 2)
    """

    rate: Fraction | None
    start: Fraction = Fraction(0)

    @property
    def counts_frames(self) -> bool:
        return self.rate is None

    def seconds(self, tick: int) -> Fraction:
        """Exact second of a tick. ValueError for a clock of frames: ask `FrameTimes`."""
        if self.rate is None:
            raise ValueError("frames become seconds by FrameTimes, not by a rate")
        return self.start + Fraction(int(tick)) / self.rate

    def seconds_of(self, ticks: npt.ArrayLike, frames: FrameTimes | None = None) -> npt.NDArray[np.float64]:
        """Seconds (float64) of an array of ticks; a clock of frames needs `frames`."""
        at = np.asarray(ticks, dtype=np.int64)
        if self.rate is None:
            if frames is None:
                raise ValueError("a clock of frames needs FrameTimes")
            return frames.seconds(at)
        # Whole seconds and the rest apart: float64 keeps nanoseconds over any film that way.
        num, den = self.rate.numerator, self.rate.denominator
        return float(self.start) + (at * den) / num

    def tick_at(self, seconds: float | Fraction) -> int:
        """The last tick at or before a second. ValueError for a clock of frames."""
        if self.rate is None:
            raise ValueError("seconds become frames by FrameTimes, not by a rate")
        return int((Fraction(seconds) - self.start) * self.rate // 1)


FRAMES = Clock(None)
"""The clock of tracks that have one entry per frame of the picture, or count in frames."""

MILLISECONDS = Clock(Fraction(1000))


class FrameTimes:
    """When each frame of a picture is shown.

    pts:       (n,) int64, strictly increasing: presentation time of each frame in ticks of `time_base`, counted from
               second 0 of the container. (Files that repeat or omit timestamps are repaired before they get here.)
    time_base: seconds per tick
    end:       tick at which the last frame ends
    """

    __slots__ = ("_seconds", "end", "pts", "time_base")

    def __init__(self, pts: npt.ArrayLike, time_base: Fraction, end: int) -> None:
        self.pts: npt.NDArray[np.int64] = np.asarray(pts, dtype=np.int64)
        self.time_base = time_base
        self.end = int(end)
        edges = np.append(self.pts, self.end)
        self._seconds: npt.NDArray[np.float64] = edges * time_base.numerator / time_base.denominator

    @classmethod
    def even(cls, count: int, rate: Fraction, start: Fraction = Fraction(0)) -> FrameTimes:
        """Times of `count` frames at an even rate, the first at `start`."""
        base = Fraction(1, rate.numerator * start.denominator)
        step, first = int(1 / rate / base), int(start / base)
        pts = first + step * np.arange(count, dtype=np.int64)
        return cls(pts, base, first + step * count)

    def __len__(self) -> int:
        return len(self.pts)

    def exact(self, frame: int) -> Fraction:
        """Exact second at which a frame appears; `frame == len(self)` is the end of the picture."""
        tick = self.end if frame == len(self.pts) else int(self.pts[frame])
        return tick * self.time_base

    def seconds(self, frames: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Seconds of frame numbers, 0..n inclusive (n = the end of the last frame)."""
        return self._seconds[np.asarray(frames, dtype=np.int64)]

    def frame_at(self, seconds: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """The frame that is on screen at a second; before the first frame 0, after the last one n - 1."""
        if not len(self.pts):
            raise ValueError("no frames")
        # A microsecond of grace: a second that was printed and typed again must find its own frame.
        found = np.searchsorted(self._seconds[:-1], np.asarray(seconds, dtype=np.float64) + 1e-6, side="right") - 1
        return np.clip(found, 0, len(self.pts) - 1)

    @property
    def begin_seconds(self) -> float:
        return float(self._seconds[0])

    @property
    def end_seconds(self) -> float:
        return float(self._seconds[-1])


def timecode(seconds: float | Fraction, decimals: int = 0) -> str:
    """Seconds as people read them: ``0:07``, ``43:10``, ``1:02:03.5``. Cut off, never rounded up into the next.

    >>> timecode(2590), timecode(3723.5, 1)
    ('43:10', '1:02:03.5')
    """
    sign, value = ("-", -seconds) if seconds < 0 else ("", seconds)
    # Rounded to a microsecond before cutting, so that 0.1 + 0.2 does not read 0.299.
    units = round(Fraction(value) * 10**6) * 10**decimals // 10**6
    whole, part = divmod(units, 10**decimals)
    hours, rest = divmod(whole, 3600)
    text = f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"
    return sign + text + (f".{part:0{decimals}d}" if decimals else "")


def lasting(seconds: float) -> str:
    """How long something lasts: tenths of a second; of what is shorter than one, two figures.

    >>> lasting(16.208), lasting(0.25), lasting(0.0417)
    ('16.2 s', '0.25 s', '0.042 s')
    """
    return f"{seconds:.1f} s" if seconds >= 0.995 else f"{float(f'{seconds:.2g}'):g} s"


_TIME = re.compile(r"(?:(?:(\d+):)?(\d{1,3}):)?(\d+)(?:[.,](\d+))?s?")


def parse_time(text: str) -> Fraction:
    """Seconds out of ``43:10``, ``1:02:03.5``, ``75`` or ``75.2s``; ValueError with a line to show otherwise.

    >>> parse_time("1:02:03.5")
    Fraction(7447, 2)
    """
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text!r} is no time: write it as 43:10, 1:02:03.5 or seconds")
    hours, minutes, seconds, part = found.groups()
    total = Fraction(int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds))
    return total + (Fraction(int(part), 10 ** len(part)) if part else 0)
