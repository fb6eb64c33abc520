"""Echoes by tune: the same melody and harmony in two films, played anew: in another key, tempo, on other instruments.

The landmarks of a sound (see `sounds.prints`) are mostly notes as they begin, and overtones. Counted by pitch class,
four times a second, they are a chroma (Fujishima 1999) that outlasts speech over it fairly well. Those of both films
are aligned in all twelve keys (dynamic time warping with free ends, as cover songs are found: Serrà, Serra and
Andrzejak 2009), at half to twice the tempo. A moment at which nothing changes tells little: or every drone would be a
tune. What chance yields is measured by B played backwards, which has the same chords for as long, but no melody. This
is the weaker kind of echo by ear: songs are made alike, and what is under speech is hardly heard.

Contents
    Tune             a film's chroma
    melody_echoes    what both films play
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rewatch.compare.echoes_chance import tail_of
from rewatch.compare.echoes_found import Found
from rewatch.sounds.prints import Prints
from rewatch.sounds.prints_landmarks import HOPS, RATE, SIZE

Floats = npt.NDArray[np.float32]
Likely = Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]

STEPS = 4
"""Moments a second."""
LOWEST, HIGHEST = 25, 260
"""Bins: 195 Hz, below which a bin is wider than a semitone; 2 kHz, above which there are overtones only."""
AROUND = np.array([0.25, 0.5, 1.0, 0.5, 0.25])
"""Moments that are heard together."""
CHANGES = STEPS
"""Moments after which the chroma must have changed for one to tell anything."""
STILL = 0.1
"""Share of its worth that a moment keeps where it has not."""
ALIKE = 0.45
"""Likeness from which on a moment speaks for the tune."""
UNEVEN = 0.15
"""What it costs that one film goes on twice as fast for a moment."""
LEAST = 3.0
"""Loudness of a moment's chroma, in landmarks, below which nothing is played."""
FLOOR = 3.0
SLOPE = 0.9
"""Of what chance yields, per moment's worth."""
USUAL, MANY = 0.25, 3.0
"""Chance matches of `FLOOR` and more in a minute of tune of either film, and how many are counted on at most."""
SHORTEST = 5.0
"""Seconds of a tune."""
MOMENTS = 600 * STEPS
"""Moments of a film that are compared: of one with more music, those with most of it."""
PIECE = 8 * STEPS
"""Moments that are kept or left out together."""
MUSICAL = 0.3
"""Likelihood of music from which on a moment counts."""


@dataclass(frozen=True, slots=True)
class Tune:
    """chroma: (n, 12) of length 1, or 0 where nothing is played. worth: (n,) what each moment tells, 0..1.

    at: (n,) second at which each begins
    """

    chroma: Floats
    worth: Floats
    at: npt.NDArray[np.float64]

    @classmethod
    def of(cls, prints: Prints, music: Likely | None = None) -> Tune:
        """music: how likely there is music at seconds of the film; None: anywhere"""
        hop, bins = prints.between(0, prints.hops)
        heard = (bins >= LOWEST) & (bins < HIGHEST)
        hertz = bins[heard].astype(np.float64) * RATE / SIZE
        pitch = 69 + 12 * np.log2(hertz / 440)
        below = np.floor(pitch).astype(np.int64)
        moment = hop[heard] * STEPS // HOPS
        counts = np.zeros((prints.hops * STEPS // HOPS + 1, 12))
        for beside, share in ((0, below + 1 - pitch), (1, pitch - below)):
            # Overtones are many, and tell less than the notes below them.
            np.add.at(counts, (moment, (below + beside) % 12), share * np.sqrt(200 / hertz))
        smooth = np.stack([np.convolve(column, AROUND, "same") for column in counts.T], axis=1)
        chroma = np.sqrt(smooth)
        chroma -= chroma.mean(axis=1, keepdims=True)
        size = np.linalg.norm(chroma, axis=1, keepdims=True)
        chroma = np.where(smooth.sum(axis=1, keepdims=True) >= LEAST / 2, chroma / np.maximum(size, 1e-6), 0.0)
        at = float(prints.start) + np.arange(len(chroma)) / STEPS
        worth = _worth(chroma)
        if music is not None:
            likely = music(at)
            worth *= likely
            chroma[likely < MUSICAL] = 0
        kept = _most_music(np.where(chroma.any(axis=1), worth, 0))
        return cls(chroma[kept].astype(np.float32), worth[kept], at[kept])

    def __len__(self) -> int:
        return len(self.chroma)

    def backwards(self) -> Tune:
        return Tune(self.chroma[::-1], self.worth[::-1], self.at)

    def stretch(self, first: int, last: int) -> tuple[float, float]:
        return float(self.at[first]), float(self.at[last]) + 1 / STEPS


def _most_music(worth: npt.NDArray[np.floating]) -> npt.NDArray[np.bool_]:
    """Which moments are compared: pieces in which something is played, `MOMENTS` at most."""
    pieces = -(-len(worth) // PIECE)
    of_piece = np.zeros(pieces * PIECE)
    of_piece[: len(worth)] = worth
    told = of_piece.reshape(pieces, PIECE).sum(axis=1)
    kept = np.zeros(pieces, bool)
    kept[np.argsort(-told, kind="stable")[: MOMENTS // PIECE]] = True
    return np.repeat(kept & (told > 0), PIECE)[: len(worth)]


def _worth(chroma: npt.NDArray[np.floating]) -> Floats:
    """How much the chroma changes about each moment, within a second before it or after it."""
    alike = np.ones(len(chroma))
    if len(chroma) > CHANGES:
        lagged = np.sum(chroma[CHANGES:] * chroma[:-CHANGES], axis=1)
        alike[CHANGES:] = lagged
        alike[:-CHANGES] = np.minimum(alike[:-CHANGES], lagged)
    return np.clip(1.25 * (1 - alike), STILL, 1.0).astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Played:
    """worth; a, b: first and last moment in each film; key: semitones that B is higher."""

    worth: float
    a: tuple[int, int]
    b: tuple[int, int]
    key: int


def melody_echoes(a: Tune, b: Tune, *, least: float = 1.0) -> list[Found]:
    """Tunes that both films play, the surest first; none where chance yields more than `least` as good ones."""
    if min(len(a), len(b)) < SHORTEST * STEPS:
        return []
    played = _played(a, b)
    if not played:
        return []
    usual = min(MANY, USUAL * len(a) * len(b) / (60 * STEPS) ** 2)
    # What is played in both films goes on a little like itself when it is turned round: the best one bends no line.
    null = [one.worth for one in _played(a, b.backwards())]
    tail = tail_of(null, floor=FLOOR, slope=SLOPE, least=max(usual, 0.1), bent=False)
    found: list[Found] = []
    for one in played:
        expected = tail.expected(one.worth)
        if expected > least:
            break
        of_a, of_b = a.stretch(*one.a), b.stretch(*one.b)
        long_a, long_b = one.a[1] - one.a[0] + 1, one.b[1] - one.b[0] + 1
        details: dict[str, Any] = {
            "same": "melody",
            "worth": round(one.worth, 1),
            "key": one.key if one.key <= 6 else one.key - 12,
            "tempo": round(long_b / long_a, 2),
        }
        told = float(np.minimum(1.0, ALIKE + one.worth / max(float(a.worth[one.a[0] : one.a[1] + 1].sum()), 1e-6)))
        found.append(Found("sound", of_a, of_b, round(told, 3), expected, details))
    return found


def _played(a: Tune, b: Tune) -> list[_Played]:
    """Alignments worth `FLOOR` or more, the best first, each place once, of `SHORTEST` seconds in both films."""
    keys = np.stack([np.roll(b.chroma, -key, axis=1) for key in range(12)])
    nothing = np.zeros((12, len(b) + 2), np.float32), np.zeros((12, len(b) + 2), np.int32)
    # The two rows before, each with its worth and where each alignment began: moment of A x len(b) + that of B.
    earlier, last = nothing, nothing
    at = np.arange(len(b), dtype=np.int32)
    best: dict[tuple[int, int], _Played] = {}
    for i in range(len(a)):
        if not a.chroma[i].any():
            earlier, last = last, nothing
            continue
        before, began = np.zeros((12, len(b)), np.float32), np.broadcast_to(at + i * len(b), (12, len(b))).copy()
        for (worth, origin), of, cost in (
            (last, slice(1, -1), 0.0),
            (last, slice(0, -2), UNEVEN),
            (earlier, slice(1, -1), UNEVEN),
        ):
            reached = worth[:, of] - cost
            better = reached > before
            np.copyto(before, reached, where=better)
            np.copyto(began, origin[:, of], where=better)
        before += (keys @ a.chroma[i] - ALIKE) * np.sqrt(a.worth[i] * b.worth)
        row = np.zeros_like(nothing[0]), np.zeros_like(nothing[1])
        np.maximum(before, 0, out=row[0][:, 2:])
        row[1][:, 2:] = began
        earlier, last = last, row
        key, j = np.nonzero(before >= FLOOR)
        for worth, origin, k, n in zip(
            before[key, j].tolist(), began[key, j].tolist(), key.tolist(), j.tolist(), strict=True
        ):
            first_a, first_b = divmod(origin, len(b))
            known = best.get((k, origin))
            if (known is None or known.worth < worth) and min(i - first_a, n - first_b) + 1 >= SHORTEST * STEPS:
                best[k, origin] = _Played(worth, (first_a, i), (first_b, n), k)
    kept: list[_Played] = []
    for one in sorted(best.values(), key=lambda o: -o.worth):
        if not any(_meet(k.a, one.a) and _meet(k.b, one.b) for k in kept):
            kept.append(one)
    return kept


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]
