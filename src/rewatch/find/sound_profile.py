"""How alike each stretch of a film's sound is to all others: a matrix profile of its spectrum.

Four times a second the shape of the spectrum (seven bands against their mean), how tonal it is and how loud; two
seconds of these are one stretch. The matrix profile (Yeh and others, Matrix Profile I, ICDM 2016) has for each stretch
the distance to the one most like it elsewhere. Here distances are plain ones, not normalised each by each: loudness
and colour of a sound are what it is known by. And "elsewhere" is beyond the sound itself: as far as one follows the
film from a stretch on while it goes on alike, it is the same sound still, be it a bell or a minute of rain.

Contents
    Stretches, stretches_of   the stretches of a film
    profile                   to the nearest elsewhere, and how far the sound itself reaches
    nearest_in                to the nearest in another film
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rewatch.library.edition import Edition
from rewatch.structure.evenly import Array
from rewatch.track import Curve

Table = npt.NDArray[np.float32]

RATE = 4
LENGTH = 8
"""Entries of a stretch: 2 s."""
HEARD = -50.0
"""LUFS that a stretch must reach to be a sound."""
_BANDS = ("sub", "bass", "low_mid", "mid", "high_mid", "presence", "air")
_FLOOR = -75.0
_SPREAD, _TONE, _LEVEL = 10.0, 2.5, 15.0
"""dB, natural logarithms, dB that count as one step; below, of the strength of onsets and of the kinds."""
_KINDS = ("speech", "music", "effects")
_STRUCK, _KIND = 0.4, 0.7
_LONGEST = 60 * RATE
_PAUSE = 2 * RATE
"""Entries for which a sound may be interrupted and still go on."""
_SAME = 0.1
"""Stretches nearer than this share of random pairs are the same sound, where they follow each other."""
_ROWS = 128
_WORK = 150_000_000
"""Distances that are worked out at most: of a film of over an hour not every stretch is set against all others."""


@dataclass(frozen=True, slots=True)
class Stretches:
    """The stretches of a film's sound.

    table:   (n, k) each as a point; plain distances between them are how unlike they are
    heard:   (n,) whether there is anything to hear
    seconds: (n,) when each begins; it lasts `LENGTH` / `RATE`
    """

    table: Table
    heard: npt.NDArray[np.bool_]
    seconds: Array

    def __len__(self) -> int:
        return len(self.table)


def stretches_of(edition: Edition) -> Stretches | None:
    """The stretches of an edition; None where it has no sound, or less than a stretch of it."""
    spectrum, loudness = edition.tracks.get("spectrum"), edition.tracks.get("loudness")
    if not isinstance(spectrum, Curve) or not isinstance(loudness, Curve) or not len(spectrum):
        return None
    at = spectrum.seconds()
    count = int((at[-1] + 0.05) * RATE)
    owner = np.clip((at * RATE).astype(int), 0, max(0, count - 1))
    bands = np.stack([np.asarray(spectrum.column(b), np.float64) for b in _BANDS], axis=1)
    power = np.stack([np.bincount(owner, 10 ** (band / 10), count) for band in bands.T], axis=1)
    tone = np.bincount(owner, np.log(np.asarray(spectrum.column("flatness"), np.float64) + 1e-4), count)
    held = np.maximum(np.bincount(owner, minlength=count), 1)
    level = np.maximum(10 * np.log10(power / held[:, None] + 1e-12), _FLOOR)
    shape = (level - level.mean(axis=1, keepdims=True)) / _SPREAD
    total = np.maximum(10 * np.log10(power.sum(axis=1) / held + 1e-12), _FLOOR)
    points = np.column_stack([shape, tone / held / _TONE, total / _LEVEL, *_beside(edition, count)])
    if count < LENGTH:
        return None
    windows = np.lib.stride_tricks.sliding_window_view(points, LENGTH, axis=0)
    table = (windows.reshape(len(windows), -1) / np.sqrt(LENGTH)).astype(np.float32)
    momentary = np.interp(np.arange(count) / RATE + 0.125, loudness.seconds(), np.asarray(loudness.column("momentary")))
    # Heard for most of it: where a sound sets in or ends is no sound of its own.
    loud = np.quantile(np.lib.stride_tricks.sliding_window_view(momentary, LENGTH), 0.25, axis=1)
    return Stretches(table, loud > HEARD, np.arange(len(table)) / RATE)


def _beside(edition: Edition, count: int) -> list[Array]:
    """(count,) each: how struck the sound is; speech, music, effects. Zeros where that is not known."""
    found = [np.zeros(count) for _ in range(1 + len(_KINDS))]
    onsets, kinds = edition.tracks.get("onset_strength"), edition.tracks.get("sound_kinds")
    if isinstance(onsets, Curve) and len(onsets):
        at = np.clip((onsets.seconds() * RATE).astype(int), 0, count - 1)
        strength = np.bincount(at, np.asarray(onsets.column(), np.float64), count)
        found[0] = np.log1p(strength / np.maximum(np.bincount(at, minlength=count), 1)) / _STRUCK
    if isinstance(kinds, Curve) and len(kinds):
        middle = (np.arange(count) + 0.5) / RATE
        for i, kind in enumerate(_KINDS):
            found[1 + i] = np.interp(middle, kinds.seconds(), np.asarray(kinds.column(kind), np.float64)) / _KIND
    return found


@dataclass(frozen=True, slots=True)
class Profile:
    """nearest: (n,) distance to the most alike stretch elsewhere (infinite where there is none); where: (n,) which.

    first, last: (n,) how far the sound of each stretch reaches: entries [first, last) that begin in it
    random: distances of random pairs of the film, rising
    """

    nearest: Array
    where: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]
    random: Array

    def unlike(self, distance: npt.ArrayLike) -> Array:
        """(...) 0..1: the share of random pairs of stretches that are as alike, or more: 0 = the same sound."""
        found = np.searchsorted(self.random, np.asarray(distance, dtype=np.float64), side="right")
        return np.asarray(found / max(1, len(self.random)))


def profile(stretches: Stretches) -> Profile:
    """The profile of a film's sound, every stretch against every other."""
    table, count = stretches.table, len(stretches)
    random = _random(stretches)
    same = float(np.quantile(random, _SAME)) if len(random) else 0.0
    square = (table**2).sum(axis=1)
    step = max(1, -(-count * count // _WORK))
    looked = np.arange(0, count, step)
    nearest, where = np.full(count, np.inf), np.full(count, -1, dtype=np.int64)
    first, last = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    columns = np.arange(count)
    for begin in range(0, len(looked), _ROWS):
        rows = looked[begin : begin + _ROWS]
        apart = np.sqrt(np.maximum(square[rows, None] + square[None] - 2 * (table[rows] @ table.T), 0))
        first[rows], last[rows] = _reach(apart, rows, same)
        inside = (columns >= (first[rows] - LENGTH)[:, None]) & (columns < (last[rows] + LENGTH)[:, None])
        apart[inside | ~stretches.heard[None]] = np.inf
        where[rows] = apart.argmin(axis=1)
        nearest[rows] = apart[np.arange(len(rows)), where[rows]]
    if step > 1:
        # Those between are taken to be as the one before them.
        of = columns // step * step
        nearest, first, last = nearest[of], first[of], last[of]
        where = np.minimum(where[of] + columns - of, count - 1)
    return Profile(nearest, where, first, last, random)


def _reach(
    apart: Table, rows: npt.NDArray[np.int64], same: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """How far the sound goes on alike from each stretch, to either side; pauses are passed over."""
    count = apart.shape[1]
    ends = []
    for step in (-1, 1):
        offsets = step * np.arange(1, _LONGEST + 1)
        at = rows[:, None] + offsets
        inside = (at >= 0) & (at < count)
        alike = np.take_along_axis(apart, np.clip(at, 0, count - 1), axis=1) <= same
        # The last entry that is alike before a pause that is too long.
        order = np.arange(1, _LONGEST + 1)
        reached = np.maximum.accumulate(np.where(alike & inside, order, 0), axis=1)
        broken = order - reached > _PAUSE
        until = np.where(broken.any(axis=1), broken.argmax(axis=1), _LONGEST - 1)
        ends.append(np.take_along_axis(reached, until[:, None], axis=1)[:, 0])
    return np.maximum(rows - ends[0], 0), np.minimum(rows + ends[1] + 1, count)


def _random(stretches: Stretches, pairs: int = 20_000) -> Array:
    """Distances of random pairs of stretches that are heard, rising."""
    heard = np.flatnonzero(stretches.heard)
    if len(heard) < 2 * LENGTH:
        return np.zeros(0)
    rng = np.random.default_rng(0)
    a, b = rng.choice(heard, pairs), rng.choice(heard, pairs)
    keep = np.abs(a - b) > 2 * LENGTH
    if not keep.any():
        return np.zeros(0)
    difference = stretches.table[a[keep]] - stretches.table[b[keep]]
    return np.asarray(np.sort(np.linalg.norm(difference.astype(np.float64), axis=1)))


def nearest_in(stretches: Stretches, points: Table) -> Array:
    """(m,) distance of each of some points (rows of another film's table) to the most alike stretch that is heard."""
    table = stretches.table[stretches.heard]
    if not len(table) or not len(points):
        return np.full(len(points), np.inf)
    square = (table.astype(np.float64) ** 2).sum(axis=1)
    own = (points.astype(np.float64) ** 2).sum(axis=1)
    apart = own[:, None] + square[None] - 2.0 * (points @ table.T)
    return np.asarray(np.sqrt(np.maximum(apart.min(axis=1), 0.0)))
