"""An edit decision list, CMX 3600: what editing systems hand on.

    003  AX       V     D    024 01:00:04:10 01:00:06:00 00:00:10:00 00:00:11:15

Number, reel, channels, kind (C cut, D dissolve, W... wipe, K... key) and its length in frames, source in and out,
record in and out. The record times are the film's; the first is second 0. A dissolve or wipe begins at its record in,
and the shots part at its middle. Reel BL is black: what comes out of it by a dissolve is a fade in, and black itself is
no shot. Only the picture's events are read (channels with V or B; NONE and A are sound).

Lists that rewatch wrote say in a comment how a shot begins where events cannot: ``* SHOT 12 BEGINS AT FRAME 358 BY
DISSOLVE OF FRAMES 353 TO 362``, in frames from the list's begin. What the comment says counts.

A list does not say how many frames are in a second: ``--rate`` does. Without it FCM: DROP FRAME means 30000/1001, else
the highest frame number seen tells 24, 25, 30, 50 or 60, and a note says what was taken.

Read here, not by a library: what these give (opentimelineio's adapter, pycmx) are the fields of a line; what a film
needs is the time they mean.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from rewatch.clock import Clock
from rewatch.errors import ShotListError
from rewatch.imports.film import Asked, Found
from rewatch.imports.shots import Row, kind_of, shots_track
from rewatch.imports.tables import nominal, read_text

_TC = r"(\d{2}):(\d{2}):(\d{2})([:;.,])(\d{2,3})"
_EVENT = re.compile(
    rf"\s*(\d+)\s+(\S+)\s+(\S+)\s+(C|D|W\d*|K(?:\s?[BO])?)(?:\s+(\d+))?(?:\s+[FR])?\s+{_TC}\s+{_TC}\s+{_TC}\s+{_TC}\s*"
)
_TOLD = re.compile(
    r"\* SHOT \d+ BEGINS AT FRAME (\d{1,9}) BY ([A-Z_]{1,30})(?: OF FRAMES (\d{1,9}) TO (\d{1,9}))?\s*", re.IGNORECASE
)
_RATES = (24, 25, 30, 50, 60)


@dataclass(frozen=True, slots=True)
class _Event:
    """begin, end: record times, in frames of the timecode's own count.

    told: frame at which the shot begins, the kind of its transition, its first and last frame or None
    """

    line: int
    number: str
    reel: str
    kind: str
    frames: int
    begin: tuple[int, int, int, int]
    end: tuple[int, int, int, int]
    told: tuple[int, str, int | None, int | None] | None = None


def read(path: Path, asked: Asked) -> Found:
    """The shots of an edit decision list, on a clock of its own frames."""
    lines = read_text(path).splitlines()
    title = next((m[1].strip() for line in lines if (m := re.match(r"\s*TITLE:(.*)", line, re.IGNORECASE))), "")
    events = _events(lines)
    if not events:
        raise ShotListError(f"{path} has no event of the picture that can be read as CMX 3600")
    drop = any(re.match(r"\s*FCM:\s*DROP", line, re.IGNORECASE) for line in lines)
    notes: list[str] = []
    rate = asked.rate or _rate(events, drop, notes)
    count = nominal(rate)
    if any(frame >= count for event in events for frame in (event.begin[3], event.end[3])):
        raise ShotListError(f"{path} counts more frames than the {count} that are in a second at {rate}: see --rate")
    dropped = drop and count % 30 == 0
    zero = min(_frame(event.begin, count, dropped) for event in events)
    if zero:
        notes.append("second 0 is where the list's first event begins")
    rows, passed = _rows(events, rate, count, dropped, zero)
    if passed:
        notes.append(f"{passed} key event{'s' if passed != 1 else ''} passed by: they lie over the picture")
    if not rows:
        raise ShotListError(f"{path} holds nothing but black")
    shots, repaired = shots_track(rows, asked.duration, Clock(rate))
    return Found({"shots": shots}, title, notes=notes + repaired)


def _events(lines: list[str]) -> list[_Event]:
    events: list[_Event] = []
    for index, line in enumerate(lines):
        found = _EVENT.fullmatch(line)
        told = _TOLD.fullmatch(line.strip())
        if told and events:
            first, last = (None if told[i] is None else int(told[i]) for i in (3, 4))
            events[-1] = replace(events[-1], told=(int(told[1]), kind_of(told[2].replace("_", " ")), first, last))
        if not found:
            if re.match(r"\s*\d+\s+\S+\s+\S+\s+(C|D|W\d*|K)\b.*\d\d:\d\d:\d\d", line):
                raise ShotListError(f"line {index + 1} is an event that cannot be read: {line.strip()!r}")
            continue
        number, reel, channels, kind, frames = found.groups()[:5]
        if not re.fullmatch(r"B|.*V\d*|.*/V", channels):
            continue
        parts = found.groups()[5:]
        times = [tuple(int(parts[i * 5 + k]) for k in (0, 1, 2, 4)) for i in range(4)]
        begin, end = times[2], times[3]
        events.append(_Event(index + 1, number, reel.upper(), kind[0], int(frames or 0), _four(begin), _four(end)))
    return events


def _four(time: tuple[int, ...]) -> tuple[int, int, int, int]:
    return time[0], time[1], time[2], time[3]


def _rate(events: list[_Event], drop: bool, notes: list[str]) -> Fraction:
    highest = max(max(event.begin[3], event.end[3]) for event in events)
    rate = Fraction(30000, 1001) if drop and highest < 30 else Fraction(next((r for r in _RATES if highest < r), 60))
    reason = "drop frame" if drop and highest < 30 else f"highest frame number: {highest}"
    notes.append(f"read at {rate} frames a second ({reason}); --rate would say otherwise")
    return rate


def _frame(time: tuple[int, int, int, int], count: int, dropped: bool) -> int:
    """Frames since 00:00:00:00. Drop-frame timecode leaves out two numbers a minute (of 30) but for each tenth minute.

    Source: SMPTE ST 12-1.
    """
    hours, minutes, seconds, frames = time
    total = ((hours * 60 + minutes) * 60 + seconds) * count + frames
    if dropped:
        whole = hours * 60 + minutes
        total -= (count // 15) * (whole - whole // 10)
    return total


def _rows(events: list[_Event], rate: Fraction, count: int, dropped: bool, zero: int) -> tuple[list[Row], int]:
    rows: list[Row] = []
    passed = 0
    black = {event.number for event in events if event.reel in ("BL", "BLACK", "BLK")}
    for event in events:
        begin, end = (_frame(time, count, dropped) - zero for time in (event.begin, event.end))
        if end < begin:
            raise ShotListError(f"line {event.line}: the event ends before it begins")
        if event.kind == "K":
            passed += 1
            continue
        mixed = min(event.frames, end - begin) if event.kind in "DW" else 0
        if event.reel in ("BL", "BLACK", "BLK"):
            if mixed and rows and rows[-1].end is not None:
                # The shot before fades into the black: it lasts until nothing of it is left.
                rows[-1] = Row(
                    rows[-1].begin, (begin + mixed) / rate, rows[-1].kind, rows[-1].mixed, line=rows[-1].line
                )
            continue
        if begin == end:
            continue  # the first line of a transition: what is left of the shot that goes
        if event.told is not None:
            at, kind, first, last = event.told
            span = None if first is None or last is None or last < first else (first / rate, (last + 1) / rate)
            if rows and rows[-1].begin < at / rate:
                rows[-1] = Row(rows[-1].begin, at / rate, rows[-1].kind, rows[-1].mixed, line=rows[-1].line)
            rows.append(Row(at / rate, end / rate, kind, span, line=event.line))
            continue
        if not mixed:
            rows.append(Row(begin / rate, end / rate, "cut" if rows else "", line=event.line))
            continue
        kind = "wipe" if event.kind == "W" else "fade_in" if event.number in black else "dissolve"
        span = (begin / rate, (begin + mixed) / rate)
        middle = begin if kind == "fade_in" else begin + mixed // 2
        if kind != "fade_in" and rows and rows[-1].end == begin / rate:
            rows[-1] = Row(rows[-1].begin, middle / rate, rows[-1].kind, rows[-1].mixed, line=rows[-1].line)
        rows.append(Row(middle / rate, end / rate, kind, span, line=event.line))
    return rows, passed
