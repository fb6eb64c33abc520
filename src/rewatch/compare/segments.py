"""Segments: how two editions lie beside each other, as the answer of a comparison says it.

Contents
    Side, Picture, Sound, Segment, Alignment
    Place     where a moment of one edition is in the other
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from rewatch.clock import FrameTimes
from rewatch.compare.score import FigureChange
from rewatch.compare.summary import summary_of

Kind = Literal["same", "removed", "added", "moved", "replaced"]
Black = Literal["beginning", "within", "end"]
"""Where in its film a stretch stands that is black and silent."""


@dataclass(frozen=True, slots=True)
class Side:
    """A stretch of one edition: frames (both inclusive; None where it has no picture) and seconds (half-open)."""

    first_frame: int | None
    last_frame: int | None
    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start

    def as_json(self) -> dict[str, Any]:
        return {
            "first_frame": self.first_frame,
            "last_frame": self.last_frame,
            "start": self.start,
            "end": self.end,
        }


@dataclass(frozen=True, slots=True)
class Grade:
    """Light and colour of B against A, where they are the same pictures: code value of B = gain x that of A + lift.

    saturation: of B over that of A; 0 = black and white
    """

    gain: float
    lift: float
    saturation: float

    @property
    def changed(self) -> bool:
        return abs(self.gain - 1) > 0.06 or abs(self.lift) > 0.03 or abs(self.saturation - 1) > 0.2

    def as_json(self) -> dict[str, Any]:
        return {"gain": self.gain, "lift": self.lift, "saturation": self.saturation}


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture of B against that of A, where both show the same.

    crop:     what B shows of A's picture: left, top, right, bottom as shares of A's width and height (0, 0, 1, 1 = all;
              less than 0 or more than 1 where B shows more than A)
    mirrored: left and right are exchanged
    moving:   what B shows is a window that stands elsewhere from shot to shot; crop: where it is, on the average
    bars_a, bars_b: black bars of the two: top, bottom, left, right as shares of height and width; crop and grade are of
              what is within them
    """

    changed: bool
    crop: tuple[float, float, float, float] | None = None
    mirrored: bool = False
    grade: Grade | None = None
    bars_a: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    bars_b: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    moving: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "changed": self.changed,
            "crop": list(self.crop) if self.crop else None,
            "mirrored": self.mirrored,
            "moving": self.moving,
            "grade": self.grade.as_json() if self.grade else None,
            "bars": {"a": [round(x, 3) for x in self.bars_a], "b": [round(x, 3) for x in self.bars_b]},
        }


@dataclass(frozen=True, slots=True)
class Sound:
    """The sound of B against that of A over a segment.

    gain_db:  how much louder B is; offset_s: how much later it is heard against the picture than in A
    replaced: another sound than A's stands here (music, a dub, silence), all through or for the most part
    parts:    (begin, end) in seconds of A: where another sound stands in a segment that else has A's
    missing:  "a", "b": this edition has no sound at all
    """

    changed: bool
    gain_db: float | None = None
    offset_s: float | None = None
    replaced: bool = False
    parts: tuple[tuple[float, float], ...] = ()
    missing: Literal["a", "b"] | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "changed": self.changed,
            "gain_db": self.gain_db,
            "offset_s": self.offset_s,
            "replaced": self.replaced,
            "parts": [{"start": round(begin, 3), "end": round(end, 3)} for begin, end in self.parts],
            "missing": self.missing,
        }


@dataclass(frozen=True, slots=True)
class Segment:
    """One stretch of the alignment.

    kind:  "same"; "removed" (in A only); "added" (in B only); "moved" (in both, out of order with its neighbours);
           "replaced" (other material at the same place)
    speed: how many seconds of A pass in one of B
    sure:  0..1
    frames: (first of A, first of B, count) of the stretches that go frame by frame, where frames were dropped or
        doubled between them; () where all of it goes evenly
    backwards: of what was replaced: it is A's own pictures, run backwards
    black: of what was removed or added: it is black and silent, and stands at its film's beginning or end, or within it
    """

    kind: Kind
    a: Side | None
    b: Side | None
    speed: float = 1.0
    picture: Picture | None = None
    sound: Sound | None = None
    sure: float = 1.0
    frames: tuple[tuple[int, int, int], ...] = ()
    black: Black | None = None
    backwards: bool = False

    @property
    def of_the_cut(self) -> bool:
        """Whether it differs by more than black before or after the film."""
        return self.kind != "same" and self.black not in ("beginning", "end")

    @property
    def other_sound(self) -> float:
        """Seconds of A that have the same picture in B, and another sound."""
        if self.a is None or self.sound is None or self.kind not in ("same", "moved"):
            return 0.0
        return self.a.seconds if self.sound.replaced else sum(end - begin for begin, end in self.sound.parts)

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "a": self.a.as_json() if self.a else None,
            "b": self.b.as_json() if self.b else None,
            "speed": self.speed,
            "picture": self.picture.as_json() if self.picture else None,
            "sound": self.sound.as_json() if self.sound else None,
            "sure": self.sure,
            "black": self.black,
            "backwards": self.backwards,
        } | ({"frames": [list(stretch) for stretch in self.frames]} if self.frames else {})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a moment of one edition is in the other.

    seconds: the same moment; where it is not there, the moment where it would have been
    there:   whether it is
    kind:    of the segment it lies in
    frame:   of the other edition, where both have pictures there
    """

    seconds: float
    there: bool
    kind: Kind
    frame: int | None = None


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two editions side by side.

    a, b:     ids of the editions; names: as people call them
    segments: cover both films wholly; in the order of B, what was removed where A would have gone on
    related:  False: the two have nothing in common, and nothing was forced together
    notes:    what is less exact than it might be, one line each
    score:    figures of the score in both
    times:    when the frames of A and of B are shown, where those of one of them last unevenly
    """

    a: str
    b: str
    names: tuple[str, str]
    durations: tuple[float, float]
    segments: tuple[Segment, ...]
    related: bool = True
    notes: tuple[str, ...] = ()
    speed: float = 1.0
    score: tuple[FigureChange, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)
    times: tuple[FrameTimes, FrameTimes] | None = field(default=None, repr=False, compare=False)

    def __iter__(self) -> Iterator[Segment]:
        return iter(self.segments)

    @property
    def differences(self) -> list[Segment]:
        """All that is not the same."""
        return [s for s in self.segments if s.kind != "same"]

    def frame_map(self) -> npt.NDArray[np.int64]:
        """(n,) for each frame of B the frame of A that it shows; -1 where A has none. Empty where B has no picture."""
        sides = [s.b for s in self.segments if s.b is not None and s.b.last_frame is not None]
        found = np.full(max((side.last_frame or 0) + 1 for side in sides) if sides else 0, -1, np.int64)
        for segment in self.segments:
            if segment.kind not in ("same", "moved") or segment.a is None or segment.b is None:
                continue
            (a, last_a), (b, last_b) = ((side.first_frame, side.last_frame) for side in (segment.a, segment.b))
            if a is None or b is None or last_a is None or last_b is None:
                continue
            if self.times is not None:
                # The middle of each frame of B, and the frame of A that is shown at the same share of the way.
                edges = self.times[1].seconds(np.arange(b, last_b + 2))
                share = ((edges[:-1] + edges[1:]) / 2 - edges[0]) / (edges[-1] - edges[0])
                at = segment.a.start + share * segment.a.seconds
                found[b : last_b + 1] = np.clip(self.times[0].frame_at(at), a, last_a)
                continue
            pace = (last_a + 1 - a) / (last_b + 1 - b)
            found[b : last_b + 1] = a + np.floor((np.arange(last_b + 1 - b) + 0.5) * pace).astype(np.int64)
            for first_a, first_b, count in segment.frames:
                found[first_b : first_b + count] = np.arange(first_a, first_a + count)
        return found

    def count(self, kind: Kind) -> int:
        return sum(s.kind == kind for s in self.segments)

    def to_b(self, second: float) -> Place:
        """Where a second of A is in B.

        >>> same = [Segment("same", Side(None, None, 0, 10), Side(None, None, 0, 10))]
        >>> gone = [*same, Segment("removed", Side(None, None, 10, 15), None)]
        >>> kept = [*gone, Segment("same", Side(None, None, 15, 20), Side(None, None, 10, 15))]
        >>> editions = Alignment("1", "2", ("A", "B"), (20, 15), tuple(kept))
        >>> editions.to_b(12)
        Place(seconds=10, there=False, kind='removed', frame=None)
        >>> editions.to_b(16).seconds, editions.to_a(11).seconds
        (11.0, 16.0)
        """
        return self._place(second, "a", "b")

    def to_a(self, second: float) -> Place:
        """Where a second of B is in A; see `to_b`."""
        return self._place(second, "b", "a")

    def _place(self, second: float, here: str, other: str) -> Place:
        sides = [(s, getattr(s, here), getattr(s, other)) for s in self.segments]
        inside = [row for row in sides if row[1] and row[1].start <= second < row[1].end]
        if not inside:
            # Before the first picture, after the last one, or in a gap between two: the nearest.
            inside = [min((row for row in sides if row[1]), key=lambda row: _apart(row[1], second))]
        segment, mine, theirs = inside[0]
        if theirs is None:
            return Place(self._goes_on(segment, other), False, segment.kind)
        share = min(max((second - mine.start) / mine.seconds, 0.0), 1.0) if mine.seconds > 0 else 0.0
        at = theirs.start + share * theirs.seconds
        if segment.kind == "replaced":
            return Place(at, False, segment.kind)
        frame = None
        if self.times is not None:
            frame = int(self.times[other == "b"].frame_at(at))
        elif theirs.first_frame is not None and theirs.last_frame is not None:
            count = theirs.last_frame + 1 - theirs.first_frame
            # Half a thousandth of a frame of grace: the second at which a frame begins is that frame.
            frame = theirs.first_frame + min(int(share * count + 5e-4), count - 1)
        return Place(at, True, segment.kind, frame)

    def _goes_on(self, segment: Segment, other: str) -> float:
        """The second of the other edition where it goes on without this segment."""
        at = self.segments.index(segment)
        if other == "b":
            # Segments stand in the order of B.
            before = [s.b.end for s in self.segments[:at] if s.b]
            return before[-1] if before else 0.0
        before = [s.a.end for s in self.segments[:at] if s.a and s.kind != "moved"]
        return before[-1] if before else 0.0

    def parts_in_b(self, begin: float, end: float) -> list[tuple[float, float]]:
        """What is left in B of a stretch of A, in order of B; parts that meet there are one."""
        return self._parts(begin, end, "a", "b")

    def parts_in_a(self, begin: float, end: float) -> list[tuple[float, float]]:
        """What of a stretch of B is in A, in order of A; parts that meet there are one."""
        return self._parts(begin, end, "b", "a")

    def kept_of_a(self, begin: float, end: float) -> list[tuple[float, float]]:
        """The parts of a stretch of A that are in B, in seconds of A."""
        sides = [s.a for s in self.segments if s.a and s.b and s.kind != "replaced"]
        inside = [(max(begin, side.start), min(end, side.end)) for side in sides]
        return sorted((low, high) for low, high in inside if low < high)

    def _parts(self, begin: float, end: float, here: str, other: str) -> list[tuple[float, float]]:
        found: list[tuple[float, float]] = []
        for segment in self.segments:
            mine, theirs = getattr(segment, here), getattr(segment, other)
            if not mine or not theirs or segment.kind == "replaced" or mine.seconds <= 0:
                continue
            low, high = max(begin, mine.start), min(end, mine.end)
            if low < high:
                pace = theirs.seconds / mine.seconds
                found.append((theirs.start + (low - mine.start) * pace, theirs.start + (high - mine.start) * pace))
        found.sort()
        joined: list[tuple[float, float]] = []
        for low, high in found:
            if joined and low - joined[-1][1] < 1e-3:
                joined[-1] = joined[-1][0], high
            else:
                joined.append((low, high))
        return joined

    def summary(self) -> str:
        """One line: "B is 2 min 14 s shorter: 11 removed, 2 added, 1 moved; 4.2 % faster"."""
        return summary_of(self)

    def as_json(self) -> dict[str, Any]:
        return {
            "a": {"edition": self.a, "film": self.names[0], "duration": self.durations[0]},
            "b": {"edition": self.b, "film": self.names[1], "duration": self.durations[1]},
            "related": self.related,
            "speed": self.speed,
            "summary": self.summary(),
            "segments": [s.as_json() for s in self.segments],
            "score": [change.as_json() for change in self.score],
            "notes": list(self.notes),
        }


def _apart(side: Side, second: float) -> float:
    return max(side.start - second, second - side.end, 0.0)
