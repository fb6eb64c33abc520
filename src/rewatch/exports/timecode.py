"""SMPTE timecode: frames as hours, minutes, seconds and frames, exactly, with and without dropped numbers.

Timecode counts frames, not seconds: at 24000/1001 frames a second an hour of timecode lasts 3603.6 s. Drop-frame
timecode leaves numbers out (never frames), two a minute but for each tenth at 30000/1001 and four at 60000/1001, so
that it keeps pace with the clock; at other rates it does not exist.

Source: SMPTE ST 12-1.

Contents
    Timecode   a rate, and whether numbers are dropped: text <-> frames
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from rewatch.errors import ExportError

_TEXT = re.compile(r"(\d{1,2}):([0-5]\d):([0-5]\d)([:;.,])(\d{2,3})")


@dataclass(frozen=True, slots=True)
class Timecode:
    """How frames are numbered.

    >>> Timecode(Fraction(30000, 1001), True).text(1800), Timecode(Fraction(24000, 1001)).text(86400)
    ('00:01:00;02', '01:00:00:00')
    """

    rate: Fraction
    drop: bool = False

    def __post_init__(self) -> None:
        if self.drop and self.rate not in (Fraction(30000, 1001), Fraction(60000, 1001)):
            raise ExportError(
                f"there is no drop-frame timecode at {self.rate} frames a second: only at 29.97 and 59.94"
            )

    @property
    def count(self) -> int:
        """Frames that a second of timecode counts: 30 for 30000/1001."""
        return -(-self.rate.numerator // self.rate.denominator)

    @property
    def day(self) -> int:
        """Frames in 24 hours of timecode, after which it begins again."""
        return self.count * 86400 - (24 * 6 * 9 * (self.count // 15) if self.drop else 0)

    def text(self, frame: int) -> str:
        """``01:00:00:00``; a semicolon before the frames where numbers are dropped."""
        frame %= self.day
        if self.drop:
            dropped = self.count // 15
            tens, rest = divmod(frame, self.count * 600 - 9 * dropped)
            # The first minute of ten keeps its numbers.
            minutes = max(rest - dropped, 0) // (self.count * 60 - dropped)
            frame += dropped * (9 * tens + minutes)
        seconds, frames = divmod(frame, self.count)
        mark = ";" if self.drop else ":"
        width = 3 if self.count > 100 else 2
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{mark}{frames:0{width}d}"

    def frame(self, text: str) -> int:
        """The frame that a text names. ExportError where it is no timecode, or one that is left out."""
        found = _TEXT.fullmatch(text.strip())
        if not found:
            raise ExportError(f"{text!r} is no timecode: write it as 01:00:00:00")
        hours, minutes, seconds, frames = (int(found[i]) for i in (1, 2, 3, 5))
        dropped = self.count // 15 if self.drop else 0
        if hours > 23 or frames >= self.count or (frames < dropped and seconds == 0 and minutes % 10):
            raise ExportError(f"{text!r} is no timecode at {self.rate} frames a second")
        whole = hours * 60 + minutes
        return (whole * 60 + seconds) * self.count + frames - dropped * (whole - whole // 10)
