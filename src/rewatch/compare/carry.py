"""Carry: what is known of one edition, at the times where it is in another.

Contents
    Carried        a stretch of A, and what is left of it in B
    carried        one stretch, carried
    stretches_of   the lines, scenes or minutes of A, carried
    retimed        the lines of A at B's times, cut where something was removed
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rewatch.clock import MILLISECONDS
from rewatch.compare.segments import Alignment
from rewatch.library.edition import Edition
from rewatch.track import Spans

_WHOLE = 0.995
_LEAST, _MOST = 0.3, 0.5
"""Seconds: what is left of a line is not shown for less than that; share of it from which on it is all the same."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A stretch of A, and what is left of it in B.

    begin, end: seconds of A; parts: seconds of B, in order; at: where it is in B, or would be; share: that is left
    """

    label: str
    begin: float
    end: float
    at: float
    parts: tuple[tuple[float, float], ...]
    share: float

    @property
    def exists(self) -> bool:
        return bool(self.parts)

    @property
    def whole(self) -> bool:
        return self.share >= _WHOLE

    def as_json(self) -> dict[str, Any]:
        return {
            "label": self.label,
            "a": {"start": self.begin, "end": self.end},
            "b": [{"start": round(begin, 6), "end": round(end, 6)} for begin, end in self.parts],
            "at": round(self.at, 6),
            "exists": self.exists,
            "share": round(self.share, 3),
        }


def carried(alignment: Alignment, label: str, begin: float, end: float) -> Carried:
    """One stretch of A, carried."""
    parts = tuple(alignment.parts_in_b(begin, end))
    kept = sum(high - low for low, high in alignment.kept_of_a(begin, end))
    at = parts[0][0] if parts else alignment.to_b(begin).seconds
    return Carried(label, begin, end, at, parts, kept / (end - begin) if end > begin else float(bool(parts)))


def stretches_of(alignment: Alignment, a: Edition, track: str) -> list[Carried]:
    """The spans of one of A's tracks (lines, scenes, minutes, shots), carried; none where it has no such track."""
    if track not in a.tracks:
        return []
    spans = a.spans(track)
    if spans.clock.counts_frames and a.times is None:
        return []
    begins, ends = spans.begin_seconds(a.times).tolist(), spans.end_seconds(a.times).tolist()
    return [carried(alignment, *row) for row in zip(spans.label, begins, ends, strict=True)]


def retimed(alignment: Alignment, a: Edition) -> Spans:
    """The lines of A at B's times; a line of which only parts are in B is shown in these. NotMeasured: A has none."""
    lines = a.spans("lines")
    speakers = lines.columns.get("speaker", [""] * len(lines))
    rows: list[tuple[int, int, str, str]] = []
    begins, ends = lines.begin_seconds(a.times).tolist(), lines.end_seconds(a.times).tolist()
    for text, speaker, begin, end in zip(lines.label, speakers, begins, ends, strict=True):
        parts = alignment.parts_in_b(begin, end)
        # Nobody reads what flashes up.
        for low, high in [part for part in parts if part[1] - part[0] >= min(_LEAST, _MOST * (end - begin))]:
            first = round(low * 1000)
            rows.append((first, max(round(high * 1000), first + 1), text, str(speaker)))
    rows.sort(key=lambda row: row[:2])
    return Spans(
        "lines",
        np.array([row[0] for row in rows], np.int64),
        np.array([row[1] for row in rows], np.int64),
        [row[2] for row in rows],
        MILLISECONDS,
        {"speaker": [row[3] for row in rows]},
    )
