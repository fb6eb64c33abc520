"""Which shot boundaries are least sure, so that a person looks at those first.

On either side of the decision: boundaries that count and may be none, and what nearly counted and may be one. What was
corrected by hand already is not asked again.

Contents
    Doubt        one of them
    least_sure   the least sure of an edition
    traded       what the probability from which on a boundary counts trades, in words
    said         its corrections, in words
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rewatch.library.edition import Edition
from rewatch.track import Events, Spans


@dataclass(frozen=True, slots=True)
class Doubt:
    """kind, first .. last (frames, inclusive; a cut: its new frame, twice), sure 0..1; counts: whether it does now."""

    kind: str
    first: int
    last: int
    sure: float
    counts: bool

    @property
    def frame(self) -> int:
        """The frame by which it is named: the first of the new shot."""
        return self.first if self.kind == "cut" else (self.first + self.last + 1) // 2

    @property
    def correction(self) -> str:
        """What would be typed if it is wrong."""
        return f"--not {self.frame}" if self.counts else f"--cut {self.frame}"


def least_sure(edition: Edition, count: int = 20) -> list[Doubt]:
    """The least sure boundaries, the nearest to the decision first. NotMeasured where there are none measured."""
    counted, nearly = edition.spans("boundaries"), edition.tracks.get("doubtful")
    shots = edition.spans("shots")
    firsts, lasts = (np.asarray(shots.columns[edge], np.int64) for edge in ("first_frame", "last_frame"))
    # A fade that ends the film begins no shot.
    begin = [d for d in _doubts(counted, True) if ((firsts <= d.last) & (lasts >= d.first)).any()]
    doubts = begin + (_doubts(nearly, False) if isinstance(nearly, Spans) else [])
    by_hand = edition.tracks.get("corrections")
    known = by_hand.at if isinstance(by_hand, Events) else np.zeros(0, np.int64)
    open_yet = [d for d in doubts if not ((known >= d.first - 1) & (known <= d.last + 1)).any()]
    return sorted(open_yet, key=lambda d: (abs(d.sure - 0.5), d.first))[:count]


def _doubts(spans: Spans, counts: bool) -> list[Doubt]:
    rows = zip(spans.label, spans.begin.tolist(), spans.end.tolist(), spans.columns["sure"], strict=True)
    return [Doubt(kind, begin, end - 1, float(sure), counts) for kind, begin, end, sure in rows]


def traded(edition: Edition) -> str:
    """What the probability from which on a boundary counts trades, in words: by the boundaries' own probabilities.

    Of those that count, the sum of what they lack to certainty is expected to be none; of those that do not, the sum of
    their probabilities to be some.
    """
    counted, nearly = edition.spans("boundaries"), edition.tracks.get("doubtful")
    least = edition.made_by("boundaries").settings["least_sure"]
    wrong = float((1 - np.asarray(counted.columns["sure"], np.float64)).sum())
    text = f"{len(counted)} boundaries count, being sure by {least:g} or more: some {wrong:.1f} of them should be none"
    if not isinstance(nearly, Spans):
        return text
    lost = float(np.asarray(nearly.columns["sure"], np.float64).sum())
    return f"{text}; of {len(nearly)} that are less sure and do not count some {lost:.1f} should be some"


def said(edition: Edition) -> list[dict[str, Any]]:
    """The corrections of an edition: ``{"frame", "kind", "created"}`` each; kind "cut" or "not"."""
    by_hand = edition.tracks.get("corrections")
    if not isinstance(by_hand, Events):
        return []
    rows = zip(by_hand.at.tolist(), by_hand.columns["kind"], by_hand.columns["created"], strict=True)
    return [{"frame": frame, "kind": kind, "created": created} for frame, kind, created in rows]
