"""Form: which movements of a film return, as one writes it of music: A B A′.

A movement that is like an earlier one bears its letter, with a prime for each time that it has returned. Likeness is
that of the means of all evidence (`portrait`): two movements are alike where these are less than `ALIKE` times as far
apart (squared) as the two are, in the mean, from what stands beside them. Movements that follow one another were
divided, so they differ. The measure is our own.

Contents
    letters   movements -> their letters
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np

from rewatch.structure.evenly import RATE
from rewatch.structure.portrait import Group

ALIKE = 1 / 3


def letters(groups: Mapping[str, Group], starts: Sequence[float], length: float) -> list[str]:
    """What each movement is called in a formal analysis: a letter of its own, or that of an earlier one with primes."""
    edges = [round(second * RATE) for second in (*starts, length)]
    if not groups or len(starts) < 3:
        return [_letter(i) for i in range(len(starts))]
    parts = [slice(a, max(b, a + 1)) for a, b in itertools.pairwise(edges)]
    means = np.stack([np.concatenate([g.scaled[part].mean(axis=0) for g in groups.values()]) for part in parts])
    apart = ((means[:, None] - means[None]) ** 2).sum(axis=2)
    beside = np.diagonal(apart, 1)
    # How far each is from its neighbours: from one at the ends of the film, else from two.
    around = (np.append(beside, 0.0) + np.append(0.0, beside)) / np.array([1, *[2] * (len(starts) - 2), 1])
    kind: list[int] = []
    for i in range(len(starts)):
        like = [j for j in range(i - 1) if apart[i, j] <= ALIKE * (around[i] + around[j]) / 2]
        # Neighbours are of two kinds, though both be like a third.
        like = [j for j in like if kind[j] != kind[i - 1]]
        kind.append(kind[min(like, key=lambda j: float(apart[i, j]))] if like else max(kind, default=-1) + 1)
    return [_letter(k) + "′" * kind[:i].count(k) for i, k in enumerate(kind)]


def _letter(number: int) -> str:
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number % 26]
