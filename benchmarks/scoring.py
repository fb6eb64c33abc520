"""How shot boundaries are scored against labels made by eye.

Conventions
    A boundary is an interval of frames, first and last inclusive; a cut is the first frame of the new shot alone.
    A found one hits a true one when they overlap after the true one is widened by the tolerance on both sides; one to
    one, in order, the nearest middle first. Ambiguous stretches and fades at the film's very ends (`edge`) are neither
    missed nor false; more than one finding within a gradual transition that was hit is not false either; of records
    that share a `group` one that is hit is enough. Cuts by themselves: findings within 2 frames of a true gradual
    transition are left out. IoU: overlap of each true gradual transition with what hit it, 0 where nothing did.

Contents
    Boundary, boundaries_of, score, Score, together
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Boundary(NamedTuple):
    kind: str
    first: int
    last: int
    group: int | None = None

    def near(self, other: Boundary, tolerance: int = 0) -> bool:
        return self.first <= other.last + tolerance and self.last >= other.first - tolerance

    def shared(self, other: Boundary) -> float:
        union = max(self.last, other.last) - min(self.first, other.first) + 1
        return max(0, min(self.last, other.last) - max(self.first, other.first) + 1) / union


def boundaries_of(doc: Mapping[str, Any]) -> list[Boundary]:
    """Out of labels (``boundaries``) or of what ``rewatch shots FILM --json`` prints (``shots``), in order."""
    found = []
    if "boundaries" in doc:
        for b in doc["boundaries"]:
            first, last = (b["frame"], b["frame"]) if b["kind"] == "cut" else (b["first"], b["last"])
            found.append(Boundary("ambiguous" if b.get("edge") else b["kind"], first, last, b.get("group")))
    else:
        for shot in doc["shots"][1:]:
            how = shot.get("transition") or {"kind": "cut"}
            if how["kind"] == "cut":
                found.append(Boundary("cut", shot["first_frame"], shot["first_frame"]))
            else:
                found.append(Boundary(how["kind"], how["first_frame"], how["last_frame"]))
    return sorted(found, key=lambda b: (b.first, b.last))


def _pairs(truth: list[Boundary], found: list[Boundary], tolerance: int) -> list[tuple[int, int]]:
    """(number in truth, number in found) of each hit."""
    pairs: list[tuple[int, int]] = []
    used: set[int] = set()
    for number, true in enumerate(truth):
        near = [i for i, f in enumerate(found) if i not in used and f.near(true, tolerance)]
        if near:
            best = min(near, key=lambda i: abs(found[i].first + found[i].last - true.first - true.last))
            used.add(best)
            pairs.append((number, best))
    return pairs


class Counts(NamedTuple):
    """Hits, true ones that count, found ones that count."""

    hits: int = 0
    true: int = 0
    found: int = 0

    @property
    def precision(self) -> float:
        return self.hits / self.found if self.found else float(not self.true)

    @property
    def recall(self) -> float:
        return self.hits / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def plus(self, other: Counts) -> Counts:
        return Counts(*(a + b for a, b in zip(self, other, strict=True)))


NONE = Counts()


@dataclass(frozen=True)
class Score:
    """All boundaries, cuts by themselves; overlap of each true gradual transition (0 = missed); what went wrong."""

    all: Counts = NONE
    cuts: Counts = NONE
    gradual_hits: int = 0
    overlaps: tuple[float, ...] = ()
    missed: tuple[Boundary, ...] = ()
    false: tuple[Boundary, ...] = field(default=())

    @property
    def gradual_f1(self) -> float | None:
        """Of gradual transitions that were found, by whatever kind; None where there are none."""
        if not self.overlaps:
            return None
        gradual_false = sum(b.kind != "cut" for b in self.false)
        return 2 * self.gradual_hits / (self.gradual_hits + gradual_false + len(self.overlaps))

    @property
    def iou(self) -> float | None:
        return sum(self.overlaps) / len(self.overlaps) if self.overlaps else None


def score(labels: Mapping[str, Any], found_doc: Mapping[str, Any], tolerance: int = 1) -> Score:
    truth, found = boundaries_of(labels), boundaries_of(found_doc)
    ignored = [t for t in truth if t.kind == "ambiguous"]
    truth = [t for t in truth if t.kind != "ambiguous"]
    pairs = _pairs(truth, found, tolerance)
    hit_by, taken = dict(pairs), {f for _, f in pairs}
    gradual = [n for n, t in enumerate(truth) if t.kind != "cut"]
    hit_gradual = [truth[n] for n in gradual if n in hit_by]
    counted = [
        i
        for i, f in enumerate(found)
        if i in taken or not (any(f.near(g, 2) for g in ignored) or any(f.near(g, tolerance) for g in hit_gradual))
    ]
    groups = {truth[n].group for n in hit_by} - {None}
    missed = [t for n, t in enumerate(truth) if n not in hit_by and t.group not in groups]
    cuts = [t for t in truth if t.kind == "cut"]
    # Of ambiguous stretches only those count here as they do above: as frames that are left out.
    for_cuts = [found[i] for i in counted if not any(found[i].near(truth[n], 2) for n in gradual)]
    return Score(
        all=Counts(len(pairs), len(pairs) + len(missed), len(counted)),
        cuts=Counts(len(_pairs(cuts, for_cuts, tolerance)), len(cuts), len(for_cuts)),
        gradual_hits=len(hit_gradual),
        overlaps=tuple(truth[n].shared(found[hit_by[n]]) if n in hit_by else 0.0 for n in gradual),
        missed=tuple(missed),
        false=tuple(found[i] for i in counted if i not in taken),
    )


def together(scores: Iterable[Score]) -> Score:
    """Of several films: their sums."""
    total = Score()
    for s in scores:
        total = Score(
            all=total.all.plus(s.all),
            cuts=total.cuts.plus(s.cuts),
            gradual_hits=total.gradual_hits + s.gradual_hits,
            overlaps=total.overlaps + s.overlaps,
            missed=total.missed + s.missed,
            false=total.false + s.false,
        )
    return total
