"""Chances: the few distributions that figures are judged by, of single numbers and short arrays.

``scipy.special`` has them as well, but takes longer to load than all figures of a film to be worked out.

Contents
    below, log_below   of a standard normal number
    uneven             of the Kolmogorov-Smirnov distance
    as_many            of a binomial number
"""

from __future__ import annotations

from math import erfc, exp, lgamma, log, log1p, pi, sqrt

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

_FAR = -20.0
"""Below that its chance is near the least number that a float can be: its logarithm has a series of its own."""


def below(x: npt.ArrayLike) -> Array:
    """Probability that a standard normal number is below each x.

    >>> below([0.0, 1.96]).round(3).tolist()
    [0.5, 0.975]
    """
    at = np.asarray(x, dtype=np.float64)
    scale = -sqrt(0.5)
    return np.array([0.5 * erfc(scale * v) for v in at.ravel().tolist()]).reshape(at.shape)


def log_below(x: npt.ArrayLike) -> Array:
    """Natural logarithm of it, however small it is."""
    at = np.asarray(x, dtype=np.float64)
    return np.array([_log_below(v) for v in at.ravel().tolist()]).reshape(at.shape)


def _log_below(x: float) -> float:
    if x > 0:
        return log1p(-0.5 * erfc(x * sqrt(0.5)))
    if x > _FAR:
        return log(0.5 * erfc(-x * sqrt(0.5)))
    if x == -np.inf:
        return x
    # 1 - 1/x² + 3/x⁴ - 15/x⁶ ...: each term is less than a hundredth of the one before, at first.
    term = total = 1.0
    for n in range(1, 10):
        term *= -(2 * n - 1) / (x * x)
        total += term
    return -0.5 * x * x - log(-x * sqrt(2 * pi)) + log(total)


def uneven(x: float) -> float:
    """Probability that ``sqrt(n) * D`` of many uniform numbers is above x (Kolmogorov's limit).

    >>> round(uneven(1.36), 3)
    0.049
    """
    if x <= 0:
        return 1.0
    if x < 0.8:  # where the other series, of Jacobi's theta, is the quick one
        return 1.0 - sqrt(2 * pi) / x * sum(exp(-(((2 * k - 1) * pi / x) ** 2) / 8) for k in range(1, 8))
    return 2 * sum(exp(-2 * (k * x) ** 2) * (1 if k % 2 else -1) for k in range(1, 10))


def as_many(hits: int, of: int, chance: float) -> float:
    """Probability of `hits` or more of so many that hit by chance.

    >>> round(as_many(9, 10, 0.5), 4)
    0.0107
    """
    if hits <= 0:
        return 1.0
    if hits > of or chance <= 0:
        return 0.0
    if chance >= 1:
        return 1.0
    whole, odds, miss = lgamma(of + 1), log(chance), log1p(-chance)
    terms = [whole - lgamma(k + 1) - lgamma(of - k + 1) + k * odds + (of - k) * miss for k in range(hits, of + 1)]
    return min(1.0, sum(exp(term) for term in sorted(terms)))
