"""Look again: the frames around each join, decoded, decide where it lies, and whether it is one at all.

What is stored of a film tells most; the pictures themselves tell the rest. Around each join, and through every short
run, and wherever a frame of B does not look like the frame of A that it should show, the frames of B are laid over
those of A that they may show, each as a small grey picture in B's framing. What is left of one after the other was
taken off, scaled as the grade allows, says how well they agree; and the best way is looked for as in `chain`.

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

from rewatch.compare.chain import Likeness, Line, Run, best_way, one_distance
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
_NOTHING = 8.0
"""Evidence that a picture of something must beat to be taken for the same: a correlation of .75."""
_NOISE = 2.0
"""Code values by which codings of one small picture differ."""
_GAIN = 0.6
"""The contrast of a scene is at least so much of what the film's grade makes of it, at most 1 / .6 of it."""
_LEVEL = 3.0
"""Code values by which the mean of a picture is off what the grade makes of it."""
_OFF, _SCENE = 6.0, 12.0
"""Most that the level says, in nats; code values by which a scene's own grade may be off the film's."""
_LEAST = 16.0
"""Nats: no frame says more against two pictures being the same."""
_SLIP, _WON = 3, 6.0
"""Frames of A by which a slip is off; nats a frame that tell it from one."""
_FLAT = 0.5
_EDIT, _AT_CUT = 30.0, 16.0
_ODD = -0.5
"""Evidence of a frame (of what is stored, over three frames) below which it is looked at."""
_MOST_ODD = 3000
"""Frames that are looked at for that reason at most."""


class Pictures:
    """Small grey pictures of an edition by frame number: (36, 64) float32, of the part that both films show."""

    def __init__(self, seen: Seen, wide: float, high: float, mirrored: bool = False) -> None:
        self._seen = seen
        self._part = wide, high
        self._mirrored = mirrored
        self._bars = seen.bars
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


def at_hand(edition: Edition) -> bool:
    """Whether the file that an edition was watched from is still where it was, and still the same."""
    try:
        return Path(edition.facts.path).is_file() and identify(edition.facts.path) == edition.facts.identity
    except (OSError, FilmError):
        return False


def look_again(
    a: Seen, b: Seen, line: Line, framing: Framing, runs: Sequence[Run], like: Likeness | None = None
) -> list[Run]:
    """The runs after their joins were looked at in the files; both must be at hand. like: the grade of the film."""
    grade = (1.0, 0.0, 0.0) if like is None else (like.gain[0], 255 * like.lift[0], 255 * like.scatter[0])
    of_a = Pictures(a, min(framing.wide, 1.0), min(framing.high, 1.0))
    of_b = Pictures(b, min(1 / framing.wide, 1.0), min(1 / framing.high, 1.0), framing.mirrored)
    short = round(_SHORT * b.rate)
    turns = {run.begin: run.distance for run in runs}
    for low, high in _windows(runs, short, len(b), _odd(a, b, line, runs, like)):
        near = [r for r in runs if r.begin < high and r.end > low]
        states: list[float | None] = [*sorted({r.distance for r in near if r.distance is not None}), None]
        if len(states) < 2:
            continue
        frames = np.arange(low, high)
        of_b.read(low, high)
        evidence = np.zeros((len(frames), len(states)))
        for column, distance in enumerate(states[:-1]):
            at = line.frames(frames, distance or 0.0)
            of_a.read(int(at[0]), int(at[-1]) + 1)
            found = [agreement(of_a[i], of_b[j], grade) for i, j in zip(at.tolist(), frames.tolist(), strict=True)]
            evidence[:, column] = _told(np.array(found), np.searchsorted(b.cuts, frames, side="right"), grade[2])
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
        taken = _without_slips(taken, evidence, states)
        for place in [t for t in turns if low < t < high]:
            del turns[place]
        turns[low] = turns.get(low, states[taken[0]]) if low else states[taken[0]]
        for t in np.flatnonzero(np.diff(taken)) + 1:
            turns[int(frames[t])] = states[taken[t]]
        of_a.forget()
        of_b.forget()
    return _merged(turns, runs, line, len(b))


def _odd(a: Seen, b: Seen, line: Line, runs: Sequence[Run], like: Likeness | None) -> list[int]:
    """Frames of B that do not look as those of A that they should show: an insert, a dropped frame, perhaps."""
    if like is None:
        return []
    found: list[int] = []
    for run in runs:
        if run.distance is not None and run.end - run.begin > 3:
            frames = np.arange(run.begin, run.end)
            told = like.evidence(a, b, frames, line.frames(frames, run.distance))
            smooth = np.convolve(told, np.full(3, 1 / 3), "same")
            found += frames[smooth < _ODD].tolist()
    # Where much is odd it is the model that is: a scene with a grade of its own.
    return found if len(found) <= _MOST_ODD else []


def _windows(runs: Sequence[Run], short: int, count: int, odd: Sequence[int] = ()) -> list[tuple[int, int]]:
    """Where to look: around joins and odd frames, and through short runs; in order, apart."""
    found: list[list[int]] = []
    wanted = [(r.begin - _AROUND, r.begin + _AROUND) for r in runs[1:]]
    wanted += [(r.begin - _AROUND, r.end + _AROUND) for r in runs if r.end - r.begin <= short and len(runs) > 1]
    wanted += [(n - _AROUND, n + _AROUND) for n in odd]
    for low, high in sorted(wanted):
        low, high = max(0, low), min(count, high)
        if found and low <= found[-1][1]:
            found[-1][1] = max(found[-1][1], high)
        else:
            found.append([low, high])
    return [(low, high) for low, high in found]


def agreement(
    a: npt.NDArray[np.float32] | None, b: npt.NDArray[np.float32] | None, grade: tuple[float, float, float]
) -> tuple[float, float]:
    """How well two pictures agree, in nats against that they do not, by their patterns; and by how many code values B's
    level is off what the grade makes of A's. NaN, 0 where one is missing.

    grade: code value of B = gain x that of A + lift, give or take: the film's
    """
    if a is None or b is None:
        return float("nan"), 0.0
    gain, lift, _ = grade
    mean_a, mean_b = float(a.mean()), float(b.mean())
    of_a, of_b = a - mean_a, b - mean_b
    var_a, var_b, noise = float(np.mean(of_a**2)), float(np.mean(of_b**2)), _NOISE**2
    # What is left of B's picture after A's was taken off, as strong as the grade may have left it.
    strength = float(np.mean(of_a * of_b)) / max(var_a, 1e-6)
    strength = min(max(strength, _GAIN * gain), gain / _GAIN)
    left = float(np.mean((of_b - strength * of_a) ** 2))
    told = _DETAILS * float(np.log((var_b + noise) / (left + noise)))
    # Black agrees with black, and says little; the fainter a picture, the less it must say.
    seen = var_b / (var_b + 4 * noise)
    return told - _NOTHING * seen + _FLAT * (1 - seen), mean_b - min(max(gain * mean_a + lift, 0.0), 255.0)


def _told(found: Floats, shots: npt.NDArray[np.int64], loose: float) -> Floats:
    """(n,) evidence out of (n, 2) agreements: patterns, and levels. shots: (n,) the shot of B that each frame is in."""
    pattern, level = found[:, 0], found[:, 1]
    lone = level.copy()
    for shot in np.unique(shots):
        # A scene may be graded by itself: what is off all through it is no difference of frames.
        inside = shots == shot
        sure = inside & (pattern > _NOTHING)
        if sure.any():
            lone[inside] -= np.clip(np.median(level[sure]), -_SCENE, _SCENE)
    off = lone / max(_LEVEL, 1.5 * loose)
    told = np.maximum(pattern - np.minimum(off * off / 2, _OFF), -_LEAST)
    return np.where(np.isnan(pattern), -_DETAILS, told)


def _without_slips(
    taken: npt.NDArray[np.int64], evidence: Floats, states: Sequence[float | None]
) -> npt.NDArray[np.int64]:
    """The way without slips: a few frames off for a while and back again, which no cutter does, but noise may."""
    edges = [0, *(np.flatnonzero(np.diff(taken)) + 1).tolist(), len(taken)]
    for before, begin, end in zip(edges, edges[1:], edges[2:], strict=False):
        here, there = states[taken[begin]], states[taken[before]]
        after = states[taken[end]] if end < len(taken) else None
        if here is None or there is None or there != after or abs(here - there) > _SLIP:
            continue
        won = float((evidence[begin:end, taken[begin]] - evidence[begin:end, taken[before]]).sum())
        if won < 2 * _EDIT + _WON * (end - begin):
            taken[begin:end] = taken[before]
    return taken


def _merged(turns: dict[int, float | None], runs: Sequence[Run], line: Line, count: int) -> list[Run]:
    merged: list[tuple[int, float | None]] = []
    for place in sorted(turns):
        if not merged or not one_distance(merged[-1][1], turns[place], line):
            merged.append((place, turns[place]))
    ends = [place for place, _ in merged[1:]] + [count]
    score = {r.distance: r.score for r in sorted(runs, key=lambda r: r.end - r.begin)}
    found = [Run(b, e, d, score.get(d, 0.0)) for (b, d), e in zip(merged, ends, strict=True)]
    return [replace(r) for r in found if r.end > r.begin]
