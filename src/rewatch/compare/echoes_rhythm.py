"""Echoes in the cutting: a shape of shot lengths that returns, at the same tempo or another.

Shots of both films are aligned by the logarithms of their lengths (dynamic time warping with free ends), a shot against
one or against two that follow each other. A pair of shots is worth, in nats, how much likelier their lengths are under
one rhythm, some tenths off, than drawn at random from all shots of the films. What chance yields is measured against
the shots of B in reverse order: the same lengths, the same calm and hurried stretches, but other shapes.

Contents
    Shots           the shots of a film
    rhythm_echoes   shapes that two films share
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rewatch.compare.echoes_chance import tail_of
from rewatch.compare.echoes_found import Found

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

LOOSE = 0.08
"""By how much, as a share, lengths differ in the mean that belong to one rhythm."""
TEMPI = np.exp(np.linspace(-0.7, 0.7, 15))
"""How many times as long the shots of B may be."""
JOINED = 3.0
"""Nats that it costs to take two shots for one."""
WORST = -5.0
"""Nats that one shot may speak against a rhythm at most."""
FEWEST = 6
"""Shots of a shape."""
FLOOR = 7.0
SLOPE = 0.8
"""Of what chance yields, per nat."""
SHORTEST = 1 / 50
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Shots:
    """(n,) seconds at which each shot begins and ends."""

    begin: Floats
    end: Floats

    def __len__(self) -> int:
        return len(self.begin)

    @property
    def seconds(self) -> Floats:
        return np.maximum(self.end - self.begin, SHORTEST)

    def backwards(self) -> Shots:
        length = self.seconds[::-1]
        end = np.cumsum(length)
        return Shots(end - length, end)


@dataclass(frozen=True, slots=True)
class _Shape:
    """nats. a, b: first shot and end in each film. tempo: length of B's shots over that of A's."""

    nats: float
    a: tuple[int, int]
    b: tuple[int, int]
    tempo: float


def rhythm_echoes(a: Shots, b: Shots, *, least: float = 1.0) -> list[Found]:
    """Shapes of `FEWEST` shots or more that both films have, the surest first.

    None where chance yields more than `least` as good ones. First and last shots, which the film's ends cut, are left
    out.
    """
    if min(len(a), len(b)) < FEWEST + 2:
        return []
    a, b = _inner(a), _inner(b)
    shapes = _apart(_shapes(a.seconds, b.seconds))
    if not shapes:
        return []
    null = _apart(_shapes(a.seconds, b.backwards().seconds))
    # Nothing at the floor: about what so many places give.
    tail = tail_of([s.nats for s in null], floor=FLOOR, slope=SLOPE)
    found: list[Found] = []
    for shape in shapes:
        expected = tail.expected(shape.nats)
        if expected > least:
            continue
        of_a, of_b = slice(*shape.a), slice(*shape.b)
        off = _off(a.seconds[of_a], b.seconds[of_b] / shape.tempo)
        details = {
            "nats": round(shape.nats, 1),
            "shots": [shape.a[1] - shape.a[0], shape.b[1] - shape.b[0]],
            "tempo": round(shape.tempo, 2),
        }
        found.append(
            Found(
                "rhythm",
                (float(a.begin[of_a][0]), float(a.end[of_a][-1])),
                (float(b.begin[of_b][0]), float(b.end[of_b][-1])),
                round(float(np.exp(-off)), 3),
                expected,
                details,
            )
        )
    return found


def _inner(shots: Shots) -> Shots:
    return Shots(shots.begin[1:-1], shots.end[1:-1])


def _off(a: Floats, b: Floats) -> float:
    """Mean difference of the cuts of two stretches of like length, in shots."""
    at_a, at_b = np.cumsum(a)[:-1], np.cumsum(b)[:-1]
    if not len(at_a) or not len(at_b):
        return 0.0
    nearest = np.abs(at_a[:, None] - at_b[None, :]).min(axis=1)
    return float((nearest / a.mean()).mean())


def _shapes(a: Floats, b: Floats) -> list[_Shape]:
    """Alignments of lengths, those of `FLOOR` nats or more, at all tempi."""
    log_a, log_b = np.log(a), np.log(b)
    spread = max(0.3, float(np.hypot(log_a.std(), log_b.std())))
    middle = float(log_b.mean() - log_a.mean())
    tempi = np.log(TEMPI)
    two_b = np.log(b[1:] + b[:-1])

    def gain(of_b: Floats, of_a: float) -> Floats:
        """(tempi, n) nats of one length of A against lengths of B, at each tempo."""
        apart = of_b[None, :] - of_a
        one = -np.abs(apart - tempi[:, None]) / LOOSE - np.log(2 * LOOSE)
        random = -0.5 * ((apart - middle) / spread) ** 2 - np.log(spread * np.sqrt(2 * np.pi))
        return np.asarray(np.maximum(one - random, WORST))

    count, speeds = len(b), len(tempi)
    blank = np.zeros((speeds, count + 1))
    # Where each began: its first shot of A and of B.
    start = np.broadcast_to(np.arange(count + 1), (speeds, count + 1))
    rows: list[tuple[Floats, Numbers, Numbers]] = [(blank, np.zeros((speeds, count + 1), np.int64), start.copy())]
    ends: list[tuple[Floats, Numbers, Numbers, Numbers, int]] = []
    for i in range(1, len(a) + 1):
        score = np.zeros((speeds, count + 1))
        from_a = np.full((speeds, count + 1), i, np.int64)
        from_b = start.copy()
        last = rows[-1]
        _better(score, from_a, from_b, last, gain(log_b, float(log_a[i - 1])), 1)
        _better(score, from_a, from_b, last, gain(two_b, float(log_a[i - 1])) - JOINED, 2)
        if i > 1:
            both = float(np.log(a[i - 1] + a[i - 2]))
            _better(score, from_a, from_b, rows[-2], gain(log_b, both) - JOINED, 1)
        tempo, j = np.nonzero(score >= FLOOR)
        if len(j):
            ends.append((score[tempo, j], from_a[tempo, j], from_b[tempo, j], np.stack([tempo, j]), i))
        rows = [rows[-1], (score, from_a, from_b)]
    best: dict[tuple[int, int, int], _Shape] = {}
    for scores, of_a, of_b, (tempo, at_b), i in ends:
        for s, p, q, t, j in zip(
            scores.tolist(), of_a.tolist(), of_b.tolist(), tempo.tolist(), at_b.tolist(), strict=True
        ):
            if min(i - p, j - q) >= FEWEST and ((t, p, q) not in best or best[t, p, q].nats < s):
                best[t, p, q] = _Shape(s, (p, i), (q, j), float(TEMPI[t]))
    return list(best.values())


def _better(
    score: Floats, from_a: Numbers, from_b: Numbers, before: tuple[Floats, Numbers, Numbers], gain: Floats, by: int
) -> None:
    """Take the way that ends `by` shots of B further where it leads to more."""
    reached = before[0][:, :-by] + gain
    better = reached > score[:, by:]
    score[:, by:][better] = reached[better]
    from_a[:, by:][better] = before[1][:, :-by][better]
    from_b[:, by:][better] = before[2][:, :-by][better]


def _apart(shapes: list[_Shape]) -> list[_Shape]:
    """Each place once, at its best tempo, the strongest first."""
    kept: list[_Shape] = []
    for shape in sorted(shapes, key=lambda s: -s.nats):
        if not any(
            s.a[0] < shape.a[1] and shape.a[0] < s.a[1] and s.b[0] < shape.b[1] and shape.b[0] < s.b[1] for s in kept
        ):
            kept.append(shape)
    return kept
