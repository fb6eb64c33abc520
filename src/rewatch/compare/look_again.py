"""Look again: the frames around each join, decoded, decide where it lies, and whether it is one at all.

What is stored of a film tells most; the pictures themselves tell the rest. Around each join, and through every short
run, the frames of B are laid over those frames of A that they may show, each as a small grey picture in B's framing;
the correlation of the two says how well they agree whatever the grade, and the best way is looked for as in `chain`.

Contents
    look_again    the runs, put right
    Pictures      small grey pictures of an edition's file by frame number, decoded once
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from rewatch.compare.chain import Line, Run, best_way
from rewatch.compare.frame import Framing
from rewatch.compare.seen import Seen
from rewatch.errors import FilmError
from rewatch.film.identity import identify
from rewatch.film.still import read_frames
from rewatch.library.edition import Edition

Floats = npt.NDArray[np.float64]

_SIZE = 64, 36
_WIDTH = 160
_AROUND = 12
"""Frames on both sides of a join."""
_SHORT = 8.0
"""Seconds of a run that is looked at from end to end."""
_DETAILS = 10.0
"""A picture counts for so many independent details: half of how many its pixels are worth."""
_NOTHING = 0.75
"""Correlation below which two pictures are rather not the same."""
_FLAT = 2.5
"""Code values of scatter below which a picture shows nothing."""
_DIM = 28.0
_NOISE = 2.0
"""Code values by which codings of one small picture differ."""
_EDIT, _AT_CUT = 30.0, 16.0


class Pictures:
    """Small grey pictures of an edition by frame number: (36, 64) float32, of the part that both films show."""

    def __init__(self, seen: Seen, wide: float, high: float, mirrored: bool = False) -> None:
        self._seen = seen
        self._part = wide, high
        self._mirrored = mirrored
        self._bars = _usual_bars(seen)
        self._held: dict[int, npt.NDArray[np.float32]] = {}

    def __getitem__(self, frame: int) -> npt.NDArray[np.float32] | None:
        return self._held.get(frame)

    def read(self, begin: int, end: int) -> None:
        """Decode frames ``begin .. end``; those that cannot be had are missing."""
        begin, end = max(0, begin), min(len(self._seen), end)
        wanted = [n for n in range(begin, end) if n not in self._held]
        if not wanted:
            return
        seen = self._seen
        try:
            for number, rgb in read_frames(seen.edition.facts, wanted[0], wanted[-1] + 1, seen.times, _WIDTH):
                self._held[number] = self._small(rgb)
        except FilmError:
            return

    def forget(self) -> None:
        self._held.clear()

    def _small(self, rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        top, bottom, left, right = self._bars
        high, wide = rgb.shape[:2]
        rgb = rgb[round(top * high) : high - round(bottom * high), round(left * wide) : wide - round(right * wide)]
        high, wide = rgb.shape[:2]
        x, y = round(wide * (1 - self._part[0]) / 2), round(high * (1 - self._part[1]) / 2)
        rgb = rgb[y : high - y, x : wide - x]
        if self._mirrored:
            rgb = rgb[:, ::-1]
        grey = cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2GRAY)
        return cv2.resize(grey, _SIZE, interpolation=cv2.INTER_AREA).astype(np.float32)


def _usual_bars(seen: Seen) -> tuple[float, float, float, float]:
    """The bars of most of the film: of a dark passage it cannot be told where the picture ends."""
    areas = np.asarray(seen.prints.areas)
    if not len(areas):
        return 0.0, 0.0, 0.0, 0.0
    rows = np.diff(areas[:, 0], append=len(seen.prints))
    kinds, which = np.unique(areas[:, 1:], axis=0, return_inverse=True)
    top, bottom, left, right = kinds[np.bincount(which.ravel(), weights=rows).argmax()].tolist()
    return top, bottom, left, right


def at_hand(edition: Edition) -> bool:
    """Whether the file that an edition was watched from is still where it was, and still the same."""
    try:
        return Path(edition.facts.path).is_file() and identify(edition.facts.path) == edition.facts.identity
    except (OSError, FilmError):
        return False


def look_again(a: Seen, b: Seen, line: Line, framing: Framing, runs: Sequence[Run]) -> list[Run]:
    """The runs after their joins were looked at in the files; both must be at hand."""
    of_a = Pictures(a, min(framing.wide, 1.0), min(framing.high, 1.0))
    of_b = Pictures(b, min(1 / framing.wide, 1.0), min(1 / framing.high, 1.0), framing.mirrored)
    short = round(_SHORT * b.rate)
    turns = {run.begin: run.distance for run in runs}
    for low, high in _windows(runs, short, len(b)):
        near = [r for r in runs if r.begin < high and r.end > low]
        states: list[float | None] = [*sorted({r.distance for r in near if r.distance is not None}), None]
        if len(states) < 2:
            continue
        frames = np.arange(low, high)
        of_b.read(low, high)
        evidence = np.zeros((len(frames), len(states)))
        evidence[:, -1] = _odds(_NOTHING)
        for column, distance in enumerate(states[:-1]):
            at = line.frames(frames, distance or 0.0)
            of_a.read(int(at[0]), int(at[-1]) + 1)
            evidence[:, column] = [
                _evidence(of_a[i], of_b[j]) for i, j in zip(at.tolist(), frames.tolist(), strict=True)
            ]
        price = np.where(np.isin(frames, b.cuts), _AT_CUT, _EDIT)
        first, last = near[0].distance, near[-1].distance
        # What the film begins or ends with may belong to the run beside it.
        # At the film's edges nothing holds the way: it begins and ends where the pictures say.
        taken = best_way(
            evidence,
            states.index(first) if low else None,
            states.index(last) if high < len(b) else None,
            price.astype(np.float64),
        )
        for place in [t for t in turns if low < t < high]:
            del turns[place]
        turns[low] = turns.get(low, states[taken[0]]) if low else states[taken[0]]
        for t in np.flatnonzero(np.diff(taken)) + 1:
            turns[int(frames[t])] = states[taken[t]]
        of_a.forget()
        of_b.forget()
    return _merged(turns, runs, len(b))


def _windows(runs: Sequence[Run], short: int, count: int) -> list[tuple[int, int]]:
    """Where to look: around joins, and through short runs; in order, apart."""
    found: list[list[int]] = []
    wanted = [(r.begin - _AROUND, r.begin + _AROUND) for r in runs[1:]]
    wanted += [(r.begin - _AROUND, r.end + _AROUND) for r in runs if r.end - r.begin <= short and len(runs) > 1]
    for low, high in sorted(wanted):
        low, high = max(0, low), min(count, high)
        if found and low <= found[-1][1]:
            found[-1][1] = max(found[-1][1], high)
        else:
            found.append([low, high])
    return [(low, high) for low, high in found]


def _odds(correlation: float) -> float:
    return float(-_DETAILS * np.log(1 - correlation**2 + 0.002))


def _evidence(a: npt.NDArray[np.float32] | None, b: npt.NDArray[np.float32] | None) -> float:
    """How well two pictures agree, in nats; less than nothing where one is missing."""
    if a is None or b is None:
        return -_DETAILS
    scatter_a, scatter_b = float(a.std()), float(b.std())
    if min(scatter_a, scatter_b) < _FLAT:
        # Black agrees with black, and says little; the picture of something is not black.
        alike = abs(float(a.mean()) - float(b.mean())) < 24 and abs(scatter_a - scatter_b) < _FLAT
        return _odds(_NOTHING) + (0.5 if alike else -_DETAILS)
    correlation = max(0.0, float(np.mean((a - a.mean()) * (b - b.mean()))) / (scatter_a * scatter_b))
    # What coding adds is no difference: of a dark picture little else may be left.
    # A little light in the dark, as where a picture fades out, is told from another by nothing but its coding.
    dim = max(float(a.mean()), float(b.mean())) < _DIM and max(scatter_a, scatter_b) < _DIM / 2
    unlike = max(0.0, (1 - correlation**2) * scatter_b**2 - _NOISE**2) / scatter_b**2
    told = float(-_DETAILS * np.log(unlike + 0.002))
    return max(told, _odds(_NOTHING) + 0.5) if dim else told


def _merged(turns: dict[int, float | None], runs: Sequence[Run], count: int) -> list[Run]:
    merged: list[tuple[int, float | None]] = []
    for place in sorted(turns):
        if not merged or merged[-1][1] != turns[place]:
            merged.append((place, turns[place]))
    ends = [place for place, _ in merged[1:]] + [count]
    score = {r.distance: r.score for r in sorted(runs, key=lambda r: r.end - r.begin)}
    found = [Run(b, e, d, score.get(d, 0.0)) for (b, d), e in zip(merged, ends, strict=True)]
    return [replace(r) for r in found if r.end > r.begin]
