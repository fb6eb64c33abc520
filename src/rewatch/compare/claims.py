"""Claims: stretches of B that go on as what is beside them does, by their pictures, though their light says otherwise.

Light and colour may be off where the picture is not: a scene with a grade of its own, a window that stands elsewhere, a
rim that is cropped away. Before a stretch is told as other material, frames of it are laid over those that A would go
on with, by their patterns alone.

Contents
    claimed         the runs, what goes on given to the run that it goes on from; and frames that must be looked at
    same_pictures   whether frames of both films show the same
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from rewatch.compare.agreement import agreement, slid
from rewatch.compare.chain import Likeness, Line, Run
from rewatch.compare.frame import ALIKE, Framing, likeness
from rewatch.compare.pictures import Pictures, grade_of, pictures_of
from rewatch.compare.seen import Seen

Numbers = npt.NDArray[np.int64]

_SHORT = 12
"""Frames of a run that is not asked: it is looked at frame by frame anyway."""
_FIRST, _APART, _MOST = 3, 12, 60
"""Frames that are tried at first; then one of so many, at most so many of a run."""
_LONG, _OTHERS = 5.0, 4
"""Seconds from which on a run may go on with others than those beside it: with these many, the longest ones."""
_NEAR = 36
"""Frames by which the nearest layout of A may be off the place in question."""
_AGREE = 6.0
"""Nats from which on pictures of something are taken for the same."""
_MOSTLY = 0.66
_SAMPLE, _SAME = 16, 0.75
"""Frames that are tried; share of them that must agree."""


def claimed(
    a: Seen, b: Seen, line: Line, framing: Framing, runs: Sequence[Run], like: Likeness | None
) -> tuple[list[Run], list[int]]:
    """The runs in order, covering B, and the frames at which what was claimed may end."""
    shown = pictures_of(a, b, framing)
    found: list[Run] = []
    open_: list[int] = []
    longest = sorted((r for r in runs if r.distance is not None), key=lambda r: r.begin - r.end)[:_OTHERS]
    for n, run in enumerate(runs):
        long = run.end - run.begin
        if run.distance is not None or long < _SHORT or not longest:
            found.append(run)
            continue
        # What stands beside it first; then what much of the film stands at.
        beside = [runs[m] for m in (n - 1, n + 1) if 0 <= m < len(runs) and runs[m].distance is not None]
        parts = [run]
        others = longest if long >= _LONG * b.rate else []
        for other in {o.distance: o for o in [*others, *beside][::-1]}.values():
            if not _perhaps(a, b, line, framing, run, other.distance or 0.0):
                continue
            claim = _claim(a, line, shown, run, other, like)
            if claim is not None:
                begin, end, doubtful = claim
                pieces = (Run(run.begin, begin, None), replace(other, begin=begin, end=end), Run(end, run.end, None))
                parts = [part for part in pieces if part.end > part.begin]
                open_ += doubtful
                break
        found += parts
        for pictures in shown:
            pictures.forget()
    return _joined(found), open_


def _perhaps(a: Seen, b: Seen, line: Line, framing: Framing, run: Run, distance: float) -> bool:
    """Whether what is stored leaves it open that a run goes on at a distance: nothing is decoded for what it denies."""
    inside = np.flatnonzero((b.keys >= run.begin) & (b.keys < run.end))
    if framing.moving or not len(inside) or not len(a.keys):
        return True
    of_a = line.frames(b.keys[inside], distance)
    after = (
        np.clip(np.searchsorted(a.keys, of_a), 1, len(a.keys) - 1) if len(a.keys) > 1 else np.zeros(len(of_a), np.int64)
    )
    nearest = np.where(np.abs(a.keys[after] - of_a) < np.abs(a.keys[after - 1] - of_a), after, after - 1)
    beside = np.abs(a.keys[nearest] - of_a) <= _NEAR
    if not beside.any():
        return bool(((of_a >= 0) & (of_a < len(a))).any())
    like = likeness(framing.of_b(b.layouts[inside[beside]]), framing.of_a(a.layouts[nearest[beside]]))
    return float(np.diag(like).max()) >= ALIKE


def _claim(
    a: Seen, line: Line, shown: tuple[Pictures, Pictures], run: Run, other: Run, like: Likeness | None
) -> tuple[int, int, list[int]] | None:
    """From where to where a run goes on as another does, and the frames beside its ends; None: it does not."""
    assert other.distance is not None

    def agree(frames: Numbers) -> npt.NDArray[np.bool_]:
        of_a = line.frames(frames, other.distance or 0.0)
        inside = (of_a >= 0) & (of_a < len(a))
        told = np.zeros(len(frames))
        told[inside] = _patterns(shown, frames[inside], of_a[inside], like)
        return np.asarray(told > _AGREE)

    long = run.end - run.begin
    if float(agree(run.begin + (np.arange(_FIRST) * 2 + 1) * long // (2 * _FIRST)).mean()) < _MOSTLY:
        return None
    many = min(_MOST, max(_FIRST, long // _APART))
    frames = run.begin + (np.arange(many) * 2 + 1) * long // (2 * many)
    told = np.flatnonzero(agree(frames))
    if len(told) < _MOSTLY * many:
        return None
    first, last = int(told[0]), int(told[-1])
    step = -(-long // many)
    begin = run.begin if first == 0 else int(frames[first])
    end = run.end if last == many - 1 else int(frames[last]) + 1
    doubtful = [n for edge in (begin, end) for n in range(edge - step, edge + step, _APART)]
    missing = [int(frames[n]) for n in range(first, last) if n not in told]
    return begin, end, [n for n in doubtful + missing if run.begin <= n < run.end]


def _patterns(
    shown: tuple[Pictures, Pictures], of_b: Numbers, of_a: Numbers, like: Likeness | None
) -> npt.NDArray[np.float64]:
    """How well pairs of frames agree, in nats, by their patterns; 0 where one cannot be had."""
    grade = grade_of(like)
    told = np.zeros(len(of_b))
    for n, (i, j) in enumerate(zip(of_a.tolist(), of_b.tolist(), strict=True)):
        shown[0].read(i, i + 1)
        shown[1].read(j, j + 1)
        one, other = shown[0][i], shown[1][j]
        if one is not None and other is not None:
            told[n] = agreement(slid(one, other), other, grade)[0]
    return told


def _joined(runs: Sequence[Run]) -> list[Run]:
    found: list[Run] = []
    for run in runs:
        if found and found[-1].distance == run.distance:
            found[-1] = replace(found[-1], end=run.end)
        else:
            found.append(run)
    return found


def same_pictures(
    a: Seen,
    b: Seen,
    framing: Framing,
    like: Likeness | None,
    of_b: Numbers,
    of_a: Numbers,
) -> bool:
    """Whether frames of B show these frames of A, as some of them say that are looked at."""
    rows = np.unique(np.linspace(0, len(of_b) - 1, min(len(of_b), _SAMPLE)).astype(np.int64))
    told = _patterns(pictures_of(a, b, framing), of_b[rows], of_a[rows], like)
    return bool(np.mean(told > 0) >= _SAME)
