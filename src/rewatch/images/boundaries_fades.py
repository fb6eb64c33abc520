"""Black: stretches in which the picture shows nothing, and what becomes of ramps and cuts beside them.

Contents
    black_spans   stretches of black, from each frame's mean and highest luma
    Transition    a boundary as it is reported
    settle        ramps and cuts into transitions that do not overlap
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from rewatch.images.boundaries_judge import sure_of_ramps
from rewatch.images.boundaries_ramps import Ramp

Kind = Literal["cut", "dissolve", "fade_in", "fade_out", "fade_through_black", "wipe"]
BLACK_LEVEL = 20.0
"""Full-range code value that no cell of a black frame exceeds: noise and grey blacks included, dim pictures not."""
BLACK_SPREAD = 1.5
DARK_LEVEL = 40.0
FLAT = 3.0
"""Standard deviation of luma (code values of the coarse grid) below which a picture shows nothing."""
LONGEST_BLACK = 48
"""Frames of black up to which a fade out and the fade in after it are one fade through black."""


@dataclass(frozen=True, slots=True)
class Transition:
    """``first .. last`` mixed frames, inclusive; a cut: the first frame of the new shot, twice."""

    kind: Kind
    first: int
    last: int
    sure: float


def black_spans(
    mean: npt.NDArray[np.float32], spread: npt.NDArray[np.float32], highest: npt.NDArray[np.float32]
) -> npt.NDArray[np.int64]:
    """(k, 2) half-open stretches of black frames."""
    black = (highest <= BLACK_LEVEL) & (spread <= BLACK_SPREAD) & (mean <= BLACK_LEVEL)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], black, [False]]).astype(np.int8)))
    return edges.reshape(-1, 2)


def _kind(ramp: Ramp) -> Kind:
    dark = [spread < FLAT and level < DARK_LEVEL for spread, level in zip(ramp.ends, ramp.levels, strict=True)]
    if dark[0] and not dark[1]:
        return "fade_in"
    return "fade_out" if dark[1] and not dark[0] else "dissolve"


def settle(ramps: Sequence[Ramp], cuts: Sequence[Transition], least: float = 0.5) -> list[Transition]:
    """Transitions that do not overlap, in order: the surest ramps, the cuts, fades joined across black."""
    # Where several overlap, the one that explains most of the change with a ramp.
    good = [(r, sure) for r, sure in zip(ramps, sure_of_ramps(ramps).tolist(), strict=True) if sure >= least]
    good.sort(key=lambda pair: -pair[0].explains)
    kept: list[Transition] = []
    for ramp, sure in good:
        if all(ramp.last < k.first or ramp.first > k.last for k in kept):
            kept.append(Transition(_kind(ramp), ramp.first, ramp.last, sure))
    kept += [c for c in cuts if all(not k.first <= c.first <= k.last + 1 for k in kept)]
    kept.sort(key=lambda k: k.first)
    joined: list[Transition] = []
    for one in kept:
        before = joined[-1] if joined else None
        if (
            before is not None
            and before.kind == "fade_out"
            and one.kind == "fade_in"
            and one.first - before.last - 1 <= LONGEST_BLACK
        ):
            joined[-1] = replace(before, kind="fade_through_black", last=one.last, sure=min(before.sure, one.sure))
        else:
            joined.append(one)
    return joined
