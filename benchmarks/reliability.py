"""Whether a probability holds what it says: of boundaries told with one, how many were there.

Contents
    judged   boundaries that were told, each with its probability and whether it is true
    table    them in bins, as Markdown
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from scoring import boundaries_of

EDGES = (0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.995, 1.0)

Rows = list[tuple[float, bool]]


def judged(labels: Mapping[str, Any], told: Mapping[str, Any], tolerance: int = 1) -> Rows:
    """(sure, true) of each boundary in `told`; those near ambiguous labels are left out. Each label makes one true."""
    truth = boundaries_of(labels)
    rows: Rows = []
    free = [t for t in truth if t.kind != "ambiguous"]
    ordered = sorted(told["boundaries"], key=lambda b: -b["sure"])
    for b in ordered:
        (one,) = boundaries_of({"boundaries": [b]})
        hit = next((t for t in free if t.near(one, tolerance)), None)
        if hit is not None:
            free.remove(hit)
        elif any(t.near(one, 2) for t in truth):
            # A second finding of what was found, or of what nobody can tell.
            continue
        rows.append((float(b["sure"]), hit is not None))
    return rows


def table(rows: Iterable[tuple[float, bool]]) -> str:
    """Bins of what was told: how many, how sure on average, how many of them true; and the mean gap of the two."""
    told = np.array(list(rows), np.float64).reshape(-1, 2)
    lines = ["| told sure | boundaries | mean | true |", "|---|---|---|---|"]
    gap = 0.0
    for low, high in pairwise(EDGES):
        inside = told[(told[:, 0] >= low) & ((told[:, 0] < high) | (high == 1.0))]
        if len(inside):
            mean, true = inside.mean(axis=0)
            gap += abs(mean - true) * len(inside) / max(len(told), 1)
            lines.append(f"| {low:g} to {high:g} | {len(inside)} | {mean:.3f} | {true:.3f} |")
    return "\n".join([*lines, f"\nExpected calibration error: {gap:.3f} ({len(told)} boundaries)."])
