"""Chances: those of SciPy, to a part in 10^11 and far out in the tails."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from rewatch.chances import as_many, below, log_below, uneven


def test_a_normal_number_is_below() -> None:
    at = np.linspace(-37, 9, 2000).reshape(2, 1000)
    assert np.allclose(below(at), special.ndtr(at), rtol=1e-11, atol=0)


def test_however_improbable() -> None:
    at = np.append(np.linspace(-1000, 9, 5000), -np.inf)
    assert np.allclose(log_below(at), special.log_ndtr(at), rtol=1e-12, atol=0)


def test_uneven_numbers() -> None:
    for at in (-1.0, 0.0, 0.05, 0.3, 0.79, 0.8, 0.81, 1.0, 1.36, 2.5, 5.0):
        assert uneven(at) == pytest.approx(special.kolmogorov(at), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("of", [1, 7, 300, 4000])
@pytest.mark.parametrize("chance", [0.0, 0.003, 0.3, 0.9, 1.0])
def test_as_many_by_chance(of: int, chance: float) -> None:
    for hits in {1, of // 3, of // 2, of}:
        if hits:
            assert as_many(hits, of, chance) == pytest.approx(special.bdtrc(hits - 1, of, chance), rel=1e-9, abs=1e-300)
    assert as_many(0, of, chance) == 1.0
    assert as_many(of + 1, of, chance) == 0.0
