"""Stamps: the times of frames, made to run forwards where the file's do not.

The rules, for a file whose timestamps are out of order (rips joined from segments have such stretches):
    missing             the time before, and one frame's length
    not after the last  one tick after the last: what overlaps has no time of its own, and the stamps that follow are
                        kept, so that the picture stays with the sound
    back by over 10 s,  the clock was started anew: all that follows is moved up, to go on after the last frame
    or to the start
    ahead by over 10 s, behind the end of the film    likewise, moved down
All of them are counted. A hole in the timestamps stays a hole.

Contents
    Stamps, HOLE
    stamps_of   fresh ones for a picture
"""

from __future__ import annotations

from fractions import Fraction

from rewatch.facts import FilmFacts, PictureFacts

JUMP = 10
"""Seconds. As FFmpeg's own threshold for a discontinuity (-dts_delta_threshold)."""

START = 1
"""Seconds from the first frame on; a stamp that goes back from behind them to within half of them is at the start
again: short pieces were put together, each with a clock of its own."""

HOLE = 0.5
"""Seconds without a new frame that are worth a word, in a picture that otherwise keeps its rate."""


class Stamps:
    """Turns the raw timestamps of frames, in order of presentation, into strictly increasing ticks from second 0.

    zero:    second 0 of the film, in the container's time
    nominal: what a frame lasts, in ticks
    limit:   the second at which the film ends, as its header says; None: not known
    holes:   last tick before and first after each stretch of over half a second without a new frame
    """

    __slots__ = (
        "_before", "_behind", "_exact", "_first", "_jump", "_limit", "_raw", "_start", "_wide",
        "holes", "last", "nominal", "repaired", "shift",
    )  # fmt: skip

    def __init__(self, time_base: Fraction, zero: Fraction, nominal: Fraction, limit: Fraction | None = None) -> None:
        self.nominal = nominal
        self._behind = round(zero / time_base)
        self._jump = int(JUMP / time_base)
        self._limit = None if limit is None else int(limit / time_base)
        self._exact: Fraction | None = None
        self._first: int | None = None  # raw, of the first frame that has one
        self._raw = 0
        self._before: int | None = None  # the shift until the frame before, where that one changed it
        self._start = int(START / time_base)
        self.last: int | None = None
        self.shift = 0
        self.repaired = 0
        self._wide = max(int(HOLE / time_base), int(3 * nominal))
        self.holes: tuple[tuple[int, int], ...] = ()

    def place(self, raw: int | None) -> int:
        """The tick of the next frame, whose timestamp in the file is `raw`."""
        last = self.last
        if raw is None:
            self.repaired += 1
            self._exact = Fraction(0) if last is None else (self._exact or Fraction(last)) + self.nominal
            at = round(self._exact)
            self.last = at if last is None else max(at, last + 1)
            return self.last
        self._exact = None
        before, self._before = self._before, None
        if before is not None and last is not None and last < raw - self._behind + before <= last + self._wide:
            self.shift = before  # it was one frame with a wrong stamp, and the clock goes on as it did
        at = raw - self._behind + self.shift
        if self._first is None:
            self._first = self._raw = raw
        if last is not None and (
            self._started_anew(raw, at, last) or (self._limit is not None and at > max(self._limit, last) + self._jump)
        ):
            self.repaired += 1
            self._before = self.shift
            self.shift += last + max(1, round(self.nominal)) - at
            at = last + max(1, round(self.nominal))
        elif last is not None and at <= last:
            self.repaired += 1
            at = last + 1
        elif last is not None and at - last > self._wide:
            self.holes += ((last, at),)
        self.last, self._raw = at, raw
        return at

    def _started_anew(self, raw: int, at: int, last: int) -> bool:
        first = raw if self._first is None else self._first
        at_start = raw <= first + self._start // 2 and self._raw > first + self._start
        return at_start or at <= last - self._jump


def stamps_of(film: FilmFacts, picture: PictureFacts) -> Stamps:
    """Fresh stamps for a picture of a film."""
    return Stamps(picture.time_base, film.zero, 1 / (picture.rate * picture.time_base), film.duration)
