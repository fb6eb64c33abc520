"""Which shot boundaries are least sure, so that a person looks at those first.

On either side of the decision: boundaries that count and may be none, and what nearly counted and may be one. What was
corrected by hand already is not asked again.

Contents
    Doubt        one of them
    least_sure   the least sure of an edition
    measured     all that were measured
    traded       what the probability from which on a boundary counts trades, in words
    said         its corrections, in words
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rewatch.library.edition import Edition
from rewatch.structure.shots import LEAST_SURE
from rewatch.track import Events, Spans

CERTAIN = 0.9995
"""Probability from which on a boundary is in no doubt: it would read 100.0 %."""


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
    """The least sure boundaries, the likeliest to be wrong first; no more of them than are in any doubt.

    NotMeasured where there are none measured.
    """
    shots = edition.spans("shots")
    firsts, lasts = (np.asarray(shots.columns[edge], np.int64) for edge in ("first_frame", "last_frame"))
    # A fade that ends the film begins no shot.
    doubts = [d for d in measured(edition) if not d.counts or ((firsts <= d.last) & (lasts >= d.first)).any()]
    by_hand = edition.tracks.get("corrections")
    known = by_hand.at if isinstance(by_hand, Events) else np.zeros(0, np.int64)
    doubts = [d for d in doubts if (d.sure if d.counts else 1 - d.sure) < CERTAIN]
    open_yet = [d for d in doubts if not ((known >= d.first - 1) & (known <= d.last + 1)).any()]
    return sorted(open_yet, key=lambda d: (d.sure if d.counts else 1 - d.sure, d.first))[:count]


def least_sure_of(edition: Edition) -> float:
    """Probability from which on a boundary divides shots of an edition."""
    asked = edition.made_by("shots").settings.get(LEAST_SURE)
    return float(edition.made_by("boundaries").settings[LEAST_SURE] if asked is None else asked)


def measured(edition: Edition) -> list[Doubt]:
    """All boundaries that were measured, whether they divide shots or nearly do. NotMeasured where none were."""
    counted, nearly, least = edition.spans("boundaries"), edition.tracks.get("doubtful"), least_sure_of(edition)
    found = []
    for spans in (counted, *([nearly] if isinstance(nearly, Spans) else [])):
        sures = np.asarray(spans.columns["sure"], np.float64).tolist()
        rows = zip(spans.label, spans.begin.tolist(), spans.end.tolist(), sures, strict=True)
        found += [Doubt(kind, begin, end - 1, sure, sure >= least) for kind, begin, end, sure in rows]
    return found


def traded(edition: Edition) -> str:
    """What the probability from which on a boundary counts trades, in words: by the boundaries' own probabilities.

    Of those that count, the sum of what they lack to certainty is expected to be none; of those that do not, the sum of
    their probabilities to be some.
    """
    found, least = measured(edition), f"{least_sure_of(edition):g}"
    if not found:
        return "there is no boundary, however unsure"
    counted, nearly = ([d.sure for d in found if d.counts is counts] for counts in (True, False))
    told = []
    if counted:
        wrong = len(counted) - sum(counted)
        told.append(f"{_of(len(counted))}, being sure by {least} or more: some {wrong:.1f} of them should be none")
    else:
        told.append(f"no boundary counts, being sure by {least} or more")
    if nearly:
        told.append(f"of {len(nearly)} that are less sure and do not count some {sum(nearly):.1f} should be some")
    return "; ".join(told)


def _of(count: int) -> str:
    return "1 boundary counts" if count == 1 else f"{count} boundaries count"


def said(edition: Edition) -> list[dict[str, Any]]:
    """The corrections of an edition: ``{"frame", "kind", "created"}`` each; kind "cut" or "not"."""
    by_hand = edition.tracks.get("corrections")
    if not isinstance(by_hand, Events):
        return []
    rows = zip(by_hand.at.tolist(), by_hand.columns["kind"], by_hand.columns["created"], strict=True)
    return [{"frame": frame, "kind": kind, "created": created} for frame, kind, created in rows]
