"""Votes: pairs of moments of two films that look alike, and the speed that most of them agree on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rewatch.compare.frame import Framing, likeness
from rewatch.compare.seen import Seen

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

_LIKE = 0.65
"""Least likeness of two layouts (of different pictures: 1 pair in 200 or fewer reaches .6)."""
_APART = 56
"""Most bits by which two hashes differ (of different pictures: fewer than 88 in 1 of 100)."""
_EACH = 4
"""Places of A that a moment of B may vote for."""
_ROWS = 512
_MOST = 8_000
"""Hashes of B that vote, spread over the film: all of them up to half an hour."""
_PAIR = 6.0, 40.0
"""Seconds of B between two votes that tell the speed."""
_LOOSE = 0.12
"""Seconds by which prints of the same picture fall apart: there are four a second."""

_FRAMES = 1.05
"""A transfer frame by frame is commoner than any other."""
_UNLIKE = 0.005
_MANY = 25
"""Pairs that must agree before the votes are believed."""

SPEEDS = (25 / 24, 24 / 25, 25 / 24 * 1.001, 24 / 25 / 1.001, 1.001, 1 / 1.001)
"""Speeds that films are shown at besides their own: PAL and back, NTSC's thousandth, and both."""


@dataclass(frozen=True, slots=True)
class Votes:
    """(n,) frames of B, of A, and how much each pair weighs, 0..1."""

    b: Numbers
    a: Numbers
    weight: Floats

    def __len__(self) -> int:
        return len(self.b)


def votes_of(a: Seen, b: Seen, framing: Framing) -> Votes:
    """Pairs of frames that look alike: by their layouts, and by their hashes where B's picture is A's whole one."""
    found = [_by_layout(a, b, framing)]
    if framing.whole:
        found.append(_by_hash(a, b, framing.mirrored))
    rows = np.concatenate(found, axis=1)
    return Votes(rows[0].astype(np.int64), rows[1].astype(np.int64), rows[2])


def _by_layout(a: Seen, b: Seen, framing: Framing) -> Floats:
    of_a = framing.of_a(a.layouts)
    found = []
    for at in range(0, len(b.keys), _ROWS):
        like = likeness(framing.of_b(b.layouts[at : at + _ROWS]), of_a)
        found.append(best_pairs(like, _LIKE, b.keys[at : at + _ROWS], a.keys))
    return np.concatenate([np.zeros((3, 0)), *found], axis=1)


def _by_hash(a: Seen, b: Seen, mirrored: bool) -> Floats:
    of_a, frames_a = _signs(np.asarray(a.prints.hashes)), a.places(a.prints.frames)
    if mirrored:
        # Bit 16 i + j is the frequency j + 1 across: the odd ones change their sign.
        of_a = of_a * np.where(np.arange(256) % 2, 1, -1).astype(np.float32)
    step = max(1, round(len(b.prints) / _MOST))
    hashes, frames = np.asarray(b.prints.hashes)[::step], b.places(b.prints.frames)[::step]
    found = []
    for at in range(0, len(hashes), _ROWS):
        # The product of two rows of signs is 256 less twice the bits by which they differ.
        like = _signs(hashes[at : at + _ROWS]) @ of_a.T / np.float32(256)
        found.append(best_pairs(like, 1 - _APART / 128, frames[at : at + _ROWS], frames_a))
    return np.concatenate([np.zeros((3, 0)), *found], axis=1)


def _signs(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.float32]:
    bits = np.unpackbits(np.ascontiguousarray(hashes).view(np.uint8), axis=1, bitorder="little")
    return bits.astype(np.float32) * 2 - 1


def best_pairs(like: npt.NDArray[np.float32], least: float, b: Numbers, a: Numbers) -> Floats:
    """The best few of each row that are like enough."""
    row, column = np.nonzero(like >= least)
    value = like[row, column]
    order = np.lexsort((-value, row))
    row, column, value = row[order], column[order], value[order]
    # How many of its row come before each.
    before = np.arange(len(row)) - np.searchsorted(row, row)
    kept = before < _EACH
    return np.stack([b[row[kept]], a[column[kept]], value[kept]]).astype(np.float64)


def speeds_of(a: Seen, b: Seen, votes: Votes) -> list[float]:
    """Seconds of A that pass in one of B: what most pairs of votes a few seconds apart agree on, the likeliest first.

    One where the votes are clear about it; else all that come into question. Pairs that lie near each other mostly have
    no edit between them; over a whole film removals look like a speed.
    """
    ratio = b.rate / a.rate
    plain = [1.0, *([ratio] if 0.5 < ratio < 2 and abs(ratio - 1) > 1e-4 else [])]
    if not len(votes):
        return plain[:1]
    # One vote, the best one, for each moment of B.
    order = np.lexsort((-votes.weight, votes.b))
    first = order[np.diff(votes.b[order], prepend=-1) != 0]
    at_b, at_a = b.times.seconds(votes.b[first]), a.times.seconds(votes.a[first])
    passed_a, passed_b = [np.zeros(0)], [np.zeros(0)]
    for step in (1, 2, 4, 8, 12, 16, 24, 32, 48, 64):
        near = (at_b[step:] - at_b[:-step] >= _PAIR[0]) & (at_b[step:] - at_b[:-step] <= _PAIR[1])
        passed_a.append((at_a[step:] - at_a[:-step])[near])
        passed_b.append((at_b[step:] - at_b[:-step])[near])
    of_a, of_b = np.concatenate(passed_a), np.concatenate(passed_b)

    def agreed(speed: float) -> float:
        return float(np.exp(-0.5 * ((of_a - speed * of_b) / _LOOSE) ** 2).sum())

    # Where the films' own rates explain it as well, no other speed is looked for; that of the frames before all.
    best = max(plain, key=lambda speed: agreed(speed) * (_FRAMES if speed == ratio else 1.0))
    for speeds, margin in ((SPEEDS, 1.1), (np.arange(0.9, 1.1, 0.0005).tolist(), 1.25)):
        other = max(speeds, key=agreed)
        if agreed(other) > margin * agreed(best) and abs(other - best) > 3e-4:
            best = other
    unlike = [agreed(speed) for speed in (*plain, *SPEEDS) if abs(speed - best) > _UNLIKE]
    known = any(abs(speed - best) < 3e-4 for speed in (*plain, *SPEEDS))
    # Edits every few seconds look like a speed as well: an odd one is tried against the others, however clear.
    if known and agreed(best) > 3 * max(unlike, default=0.0) and agreed(best) >= _MANY:
        return [float(best)]
    found: list[float] = []
    for speed in (*plain, float(best), *SPEEDS[:2]):
        if all(abs(speed - other) > 3e-4 for other in found):
            found.append(float(speed))
    return found
