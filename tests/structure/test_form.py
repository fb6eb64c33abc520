"""Form: a movement that returns bears its letter."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from rewatch.structure.evenly import RATE
from rewatch.structure.form import letters
from rewatch.structure.portrait import Group


def evidence(means: list[list[float]], seconds: int = 60, noise: float = 0.5) -> dict[str, Group]:
    """A stretch of so many seconds a row of means, noisy."""
    rows = np.repeat(np.array(means, dtype=np.float64), seconds * RATE, axis=0)
    rows = rows + noise * np.random.default_rng(3).normal(size=rows.shape)
    names = tuple(str(i) for i in range(rows.shape[1]))
    return {"all": Group("all", names, rows, np.ones(len(rows), dtype=np.bool_), rows)}


@pytest.mark.parametrize(
    ("means", "form"),
    [
        ([[0, 0], [3, 0], [0, 0.2]], ["A", "B", "A′"]),
        ([[0, 0], [3, 0], [0, 3], [3, 0.2], [0, 0.1]], ["A", "B", "C", "B′", "A′"]),
        ([[0, 0], [3, 0], [0, 0], [3, 0], [0, 0]], ["A", "B", "A′", "B′", "A′′"]),
        ([[0, 0], [3, 0], [6, 0], [3, 4]], ["A", "B", "C", "D"]),
        ([[0, 0], [3, 0]], ["A", "B"]),
        ([[0, 0]], ["A"]),
    ],
)
def test_what_is_alike_bears_one_letter(means: list[list[float]], form: list[str]) -> None:
    starts = [60.0 * i for i in range(len(means))]
    assert letters(evidence(means), starts, 60.0 * len(means)) == form


def test_neighbours_are_never_alike() -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        count = int(rng.integers(3, 9))
        form = letters(evidence(rng.normal(size=(count, 3)).tolist()), [60.0 * i for i in range(count)], 60.0 * count)
        plain = [name.rstrip("′") for name in form]
        assert all(a != b for a, b in itertools.pairwise(plain))
        assert len(set(form)) == count


def test_no_evidence_no_likeness() -> None:
    assert letters({}, [0.0, 10.0, 20.0], 30.0) == ["A", "B", "C"]
