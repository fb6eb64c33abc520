"""From candidates to transitions: black stretches, fades that end at them, and nothing that overlaps.

Contents
    Light          mean, spread and highest cell of every frame's luma
    black_spans    stretches of black
    Transition     a boundary as it is reported
    Likely         a ramp that may become one
    settle         ramps and cuts into transitions, in order
    doubtful       what nearly counted, apart from what does
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from rewatch.images.boundaries_light_fades import Fade, fades_beside
from rewatch.images.boundaries_ramps import DARK_LEVEL, FLAT, Ramp

Kind = Literal["cut", "dissolve", "fade_in", "fade_out", "fade_through_black", "wipe"]

BLACK_LEVEL = 20.0
"""Full-range code value that no cell of a black frame exceeds: noisy and grey blacks included, dim pictures not."""
BLACK_SPREAD = 1.5
ABOVE_BLACK = 0.3, 2.5
"""A frame at the edge of a black stretch belongs to the fade where its mean, or its highest cell, is that far above
the stretch's darkest (code values): a fade's last frames are black to the eye, but not to a measure."""
LONGEST_BLACK = 48
"""Frames of black up to which a fade out and the fade in after it are one fade through black."""
GOOD_FIT = 0.06
"""What the fit of a fade's light may leave to be believed to the frame."""
CERTAIN = 0.9
"""Probability of a cut from which on no fade goes over it."""
SUDDEN = 2
"""Mixed frames up to which a dissolve may be a cut."""
SNAP = 6
"""Frames, or half the ramp if that is more, by which a fade's end is moved to where the black begins."""


@dataclass(frozen=True, slots=True)
class Light:
    """Of every frame's luma, as a coarse grid: (n,) mean, standard deviation, highest cell without the corners, in
    which stations have their marks; and the highest cell of the corners. Code values."""

    mean: npt.NDArray[np.float32]
    spread: npt.NDArray[np.float32]
    highest: npt.NDArray[np.float32]
    corners: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Transition:
    """``first .. last`` mixed frames, inclusive; a cut: the first frame of the new shot, twice."""

    kind: Kind
    first: int
    last: int
    sure: float


@dataclass(frozen=True, slots=True)
class Likely:
    """A ramp with its probability by itself, which is a fade's, and by what comes back too, which is a dissolve's."""

    ramp: Ramp
    by_itself: float
    sure: float


def black_spans(light: Light) -> npt.NDArray[np.int64]:
    """(k, 2) half-open stretches of black frames, without the frames of fades that lead to and from them."""
    black = (light.highest <= BLACK_LEVEL) & (light.spread <= BLACK_SPREAD)
    # A mark in a corner stands as it is; what moves there, or glows, is a picture.
    for begin, end in _runs(black).tolist():
        corners = light.corners[begin:end]
        steady = np.abs(corners - np.median(corners)) <= ABOVE_BLACK[1]
        black[begin:end] &= (corners <= BLACK_LEVEL) | (steady if steady.mean() > 0.5 else False)
    edges = _runs(black)
    for span in edges:
        part = slice(int(span[0]), int(span[1]))
        mean, highest = light.mean[part], light.highest[part]
        bare = (mean <= mean.min() + ABOVE_BLACK[0]) & (highest <= highest.min() + ABOVE_BLACK[1])
        inside = np.flatnonzero(bare)
        if len(inside):
            span[:] = span[0] + inside[0], span[0] + inside[-1] + 1
    return edges


def _runs(where: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """(k, 2) half-open stretches in which it holds."""
    edges: npt.NDArray[np.int64] = np.flatnonzero(np.diff(np.concatenate([[False], where, [False]]).astype(np.int8)))
    return edges.reshape(-1, 2)


def _snapped(ramp: Ramp, sure: float, black: npt.NDArray[np.int64], cuts: Sequence[int]) -> Transition:
    """A ramp as a transition; one that leads to or from black ends where the black does, but for a cut between."""
    first, last = ramp.first, ramp.last
    reach = max(SNAP, (last - first + 1) // 2)
    dark = ramp.dark
    falls = ramp.levels[1] < ramp.levels[0]
    near = black[(black[:, 1] > first - reach) & (black[:, 0] < last + reach)]
    if falls:
        ends = [begin - 1 for begin, _ in near.tolist() if abs(begin - 1 - last) <= reach and begin > first]
        ends = [end for end in ends if not _between(cuts, last + 1, end + 1)]
        if ends:
            return Transition("fade_out", first, min(ends, key=lambda e: abs(e - last)), sure)
    else:
        begins = [end for _, end in near.tolist() if abs(end - first) <= reach and end <= last]
        begins = [begin for begin in begins if not _between(cuts, begin, first)]
        if begins:
            return Transition("fade_in", min(begins, key=lambda b: abs(b - first)), last, sure)
    kind: Kind = "fade_in" if dark[0] and not dark[1] else "fade_out" if dark[1] and not dark[0] else "dissolve"
    return Transition(kind, first, last, sure)


def _between(cuts: Sequence[int], first: int, last: int) -> bool:
    """Whether one of the cuts, in order, lies in ``first .. last``."""
    at = bisect_left(cuts, first)
    return at < len(cuts) and cuts[at] <= last


def _with_fades(kept: list[Transition], fades: Sequence[Fade]) -> list[Transition]:
    """Transitions and the fades that the light tells of; where both are one, the fade's extent unless it fits badly."""
    result = list(kept)
    for fade in fades:
        same = [k for k in result if k.first <= fade.last + 1 and k.last >= fade.first - 1]
        kind: Kind = "fade_in" if fade.rises else "fade_out"
        if any(k.kind == "wipe" for k in same):
            continue
        sure = max([fade.sure, *(k.sure for k in same)])
        one = Transition(kind, fade.first, fade.last, sure)
        if len(same) == 1 and same[0].kind == kind and fade.off > GOOD_FIT:
            one = replace(same[0], sure=sure)
        result = [k for k in result if k not in same] + [one]
    return sorted(result, key=lambda k: k.first)


def _joined(before: Transition, after: Transition, light: Light) -> Transition | None:
    """One transition out of two that meet in a picture that shows nothing; None where they do not."""
    between = slice(before.last + 1, after.first)
    gap = after.first - before.last - 1
    if before.kind == "cut" or after.kind == "cut" or gap > LONGEST_BLACK:
        return None
    if _one_fade(before, after, gap, light):
        kind: Kind = "fade_in" if before.kind == "fade_in" else "fade_out"
    elif before.kind == "fade_out" and after.kind == "fade_in":
        kind = "fade_through_black"
    elif gap <= SNAP and not {"fade_through_black", "wipe"} & {before.kind, after.kind}:
        middle = slice(max(0, before.last - 1), after.first + 2)
        if light.spread[middle].min() > FLAT or (gap and light.spread[between].max() > 3 * FLAT):
            return None
        kind = "fade_through_black" if light.mean[middle].min() < DARK_LEVEL else "dissolve"
    else:
        return None
    return replace(before, kind=kind, last=after.last, sure=min(before.sure, after.sure))


def _one_fade(before: Transition, after: Transition, gap: int, light: Light) -> bool:
    """Whether a fade and a dissolve that adjoins it are one, found in two parts: the light goes one way."""
    kinds = (before.kind, after.kind)
    if gap > SNAP or kinds not in (("fade_in", "dissolve"), ("dissolve", "fade_out")):
        return False
    # Cut off by a hold of full light, a dissolve would be one of its own; here no frame stands still.
    level = light.mean[before.first : after.last + 1].astype(np.float64)
    rise = level if kinds[0] == "fade_in" else level[::-1]
    return bool((np.maximum.accumulate(rise) - rise).max() <= 0.05 * (rise[-1] - rise[0]))


def _apart(ramps: Sequence[tuple[Ramp, Transition]]) -> list[tuple[Ramp, Transition]]:
    """Those that do not overlap and together explain most of the change, in order (weighted interval scheduling)."""
    ordered = sorted(ramps, key=lambda pair: (pair[0].last, pair[0].first))
    lasts = [ramp.last for ramp, _ in ordered]
    best, chosen, before = [0.0], [False], [0]
    for number, (ramp, _) in enumerate(ordered):
        free = bisect_left(lasts, ramp.first, 0, number)
        value = best[free] + ramp.explains
        chosen.append(value > best[-1])
        before.append(free)
        best.append(max(value, best[-1]))
    taken, at = [], len(ordered)
    while at:
        if chosen[at]:
            taken.append(ordered[at - 1])
            at = before[at]
        else:
            at -= 1
    return taken[::-1]


def _sudden(one: Transition, nearly: Sequence[Transition]) -> Transition:
    """A dissolve, or the cut that it is where grain and flicker hid that."""
    if one.kind != "dissolve" or one.last - one.first >= SUDDEN:
        return one
    inside = [c for c in nearly if one.first <= c.first <= one.last + 1]
    if not inside:
        return one
    surest = max(inside, key=lambda c: c.sure)
    # Two doubts about one change: that it is a boundary holds unless both are wrong.
    return replace(surest, sure=1 - (1 - surest.sure) * (1 - one.sure))


def settle(
    ramps: Sequence[Likely],
    cuts: Sequence[Transition],
    wipes: Sequence[Transition],
    dips: Sequence[Transition],
    light: Light,
    black: npt.NDArray[np.int64],
    least_sure: float,
    nearly: Sequence[Transition] = (),
) -> list[Transition]:
    """Transitions that do not overlap, in order.

    ramps: those that are likely enough count; where several overlap, those that explain most of the change are taken
    cuts:  those that are to count
    wipes: those that are to count; the surest where several overlap
    dips:  those that are to count, unless black is beside them: then its fades tell more
    nearly: cuts in doubt: a dissolve of a frame or two with one of them in it is that cut
    """
    swept: list[Transition] = []
    dark = [d for d in dips if ((black[:, 0] <= d.last + 1) & (black[:, 1] >= d.first)).any()]
    by_sure = [sorted(found, key=lambda t: (-t.sure, t.first)) for found in (dips, wipes)]
    for w in (t for found in by_sure for t in found if t not in dark):
        if not any(w.first <= s.last + 1 and w.last >= s.first - 1 for s in swept):
            swept.append(w)
    certain = sorted(c.first for c in cuts if c.sure >= CERTAIN)
    likely: list[tuple[Ramp, Transition]] = []
    for r in ramps:
        if any(r.ramp.first <= s.last + 1 and r.ramp.last >= s.first - 1 for s in swept):
            continue
        snapped = _snapped(r.ramp, r.by_itself, black, certain)
        # What leads to or from black is the light of one picture too, and yet a fade.
        snapped = replace(snapped, sure=r.sure) if snapped.kind == "dissolve" else snapped
        snapped = _sudden(snapped, nearly)
        if snapped.sure >= least_sure:
            likely.append((r.ramp, snapped))
    kept = [snapped for _, snapped in _apart(likely)]
    # Ends that were moved may have met.
    kept = [k for n, k in enumerate(kept) if not n or k.first > kept[n - 1].last]
    kept += [s for s in swept if not any(k.first <= s.last and k.last >= s.first for k in kept)]
    kept = _with_fades(kept, fades_beside(black, light.mean, light.spread, np.array(certain, np.int64)))
    # A cut on which a fade ends is the fade's end.
    kept += [c for c in cuts if not any(k.first <= c.first <= k.last + 1 for k in kept)]
    kept.sort(key=lambda k: k.first)
    settled: list[Transition] = []
    for one in kept:
        joined = _joined(settled[-1], one, light) if settled else None
        if joined is not None:
            settled[-1] = joined
        else:
            settled.append(one)
    return settled


def doubtful(nearly: Sequence[Transition], found: Sequence[Transition]) -> list[Transition]:
    """Of what nearly counted the surest that stand neither beside each other nor beside what was found; in order."""
    kept: list[Transition] = []
    begins = [f.first for f in found]
    for one in sorted(nearly, key=lambda t: (-t.sure, t.first)):
        at = bisect_left(begins, one.first)
        beside = [*found[max(0, at - 1) : at + 1], *kept]
        if not any(one.first <= b.last + 2 and one.last >= b.first - 2 for b in beside):
            kept.append(one)
    return sorted(kept, key=lambda t: t.first)
