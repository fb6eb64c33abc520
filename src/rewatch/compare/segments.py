"""Segments: how two editions lie beside each other, as the answer of a comparison says it.

Contents
    Side, Picture, Sound, Segment, Alignment
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["same", "removed", "added", "moved", "replaced"]


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
    """

    changed: bool
    crop: tuple[float, float, float, float] | None = None
    mirrored: bool = False
    grade: Grade | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "changed": self.changed,
            "crop": list(self.crop) if self.crop else None,
            "mirrored": self.mirrored,
            "grade": self.grade.as_json() if self.grade else None,
        }


@dataclass(frozen=True, slots=True)
class Sound:
    """The sound of B against that of A over a segment.

    gain_db:  how much louder B is; offset_s: how much later it is heard against the picture than in A
    replaced: another sound than A's stands here (music, a dub, silence)
    """

    changed: bool
    gain_db: float | None = None
    offset_s: float | None = None
    replaced: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "changed": self.changed,
            "gain_db": self.gain_db,
            "offset_s": self.offset_s,
            "replaced": self.replaced,
        }


@dataclass(frozen=True, slots=True)
class Segment:
    """One stretch of the alignment.

    kind:  "same"; "removed" (in A only); "added" (in B only); "moved" (in both, out of order with its neighbours);
           "replaced" (other material at the same place)
    speed: how many seconds of A pass in one of B
    sure:  0..1
    """

    kind: Kind
    a: Side | None
    b: Side | None
    speed: float = 1.0
    picture: Picture | None = None
    sound: Sound | None = None
    sure: float = 1.0

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "a": self.a.as_json() if self.a else None,
            "b": self.b.as_json() if self.b else None,
            "speed": self.speed,
            "picture": self.picture.as_json() if self.picture else None,
            "sound": self.sound.as_json() if self.sound else None,
            "sure": self.sure,
        }


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two editions side by side.

    a, b:     ids of the editions; names: as people call them
    segments: cover both films wholly; in the order of B, what was removed where A would have gone on
    related:  False: the two have nothing in common, and nothing was forced together
    notes:    what is less exact than it might be, one line each
    """

    a: str
    b: str
    names: tuple[str, str]
    durations: tuple[float, float]
    segments: tuple[Segment, ...]
    related: bool = True
    notes: tuple[str, ...] = ()
    speed: float = 1.0
    details: dict[str, Any] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Segment]:
        return iter(self.segments)

    @property
    def differences(self) -> list[Segment]:
        """All that is not the same."""
        return [s for s in self.segments if s.kind != "same"]

    def count(self, kind: Kind) -> int:
        return sum(s.kind == kind for s in self.segments)

    def summary(self) -> str:
        """One line: "B is 2 min 14 s shorter: 11 removed, 2 added, 1 moved; 4.2 % faster"."""
        if not self.related:
            return "the two have nothing in common that could be found"
        apart = self.durations[1] - self.durations[0]
        length = "as long" if abs(apart) < 0.05 else f"{in_words(abs(apart))} {'longer' if apart > 0 else 'shorter'}"
        counts = [(self.count(kind), kind) for kind in ("removed", "added", "replaced", "moved")]
        told = ", ".join(f"{n} {kind}" for n, kind in counts if n) or "the same cut"
        speed = ""
        if abs(self.speed - 1) > 2e-4:
            # Three figures: a thousandth is what NTSC's rates differ by.
            speed = f"; {abs(self.speed - 1) * 100:.2g} % {'faster' if self.speed > 1 else 'slower'}"
        return f"B is {length}: {told}{speed}"

    def as_json(self) -> dict[str, Any]:
        return {
            "a": {"edition": self.a, "film": self.names[0], "duration": self.durations[0]},
            "b": {"edition": self.b, "film": self.names[1], "duration": self.durations[1]},
            "related": self.related,
            "speed": self.speed,
            "summary": self.summary(),
            "segments": [s.as_json() for s in self.segments],
            "notes": list(self.notes),
        }


def in_words(seconds: float) -> str:
    """
    >>> in_words(134), in_words(7.25), in_words(3720)
    ('2 min 14 s', '7.2 s', '1 h 2 min')
    """
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
