"""How sure a candidate is: the decision apart from the measuring, so that it can be fitted and read by itself.

Both decisions are logistic regressions on the logarithms of a few measures: one number each for how much a measure
speaks for a boundary, and each two of them together. `boundaries_weights` holds the
numbers; ``benchmarks/fit_boundaries.py`` fits them, says on what, and how they do on films that they have not seen.

Contents
    terms            measures to the terms of a regression
    sure_of_cuts     probabilities, from the features of `boundaries_cuts`
    sure_of_ramps    probabilities, from the features of `boundaries_ramps`
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rewatch.images import boundaries_weights as weights
from rewatch.images.boundaries_ramps import Ramp

FLOOR = 0.05
"""Added to every measure before its logarithm: what is smaller than that is noise."""

Doubles = npt.NDArray[np.float64]


def terms(measures: npt.ArrayLike, centre: npt.ArrayLike, scale: npt.ArrayLike, pairs: bool) -> Doubles:
    """(n, k) measures to (n, k) terms, or with `pairs` to (n, k + k (k - 1) / 2) with each two multiplied."""
    values = np.asarray(measures, np.float64)
    # Clipped: an unheard-of measure must not decide alone.
    level: Doubles = np.clip((np.log(np.maximum(values, 0) + FLOOR) - np.asarray(centre)) / np.asarray(scale), -4, 4)
    if not pairs:
        return level
    a, b = np.triu_indices(level.shape[1], 1)
    return np.concatenate([level, level[:, a] * level[:, b]], axis=1)


def logistic(x: Doubles) -> Doubles:
    result: Doubles = 1 / (1 + np.exp(-np.clip(x, -30, 30)))
    return result


def sure_of_cuts(features: npt.NDArray[np.float32]) -> Doubles:
    """(n,) probability that each candidate is a cut; columns as in `boundaries_cuts.FEATURES`."""
    x = terms(features, weights.CUT_CENTRE, weights.CUT_SCALE, pairs=True)
    return logistic(x @ np.array(weights.CUT_WEIGHTS) + weights.CUT_BIAS)


def sure_of_ramps(ramps: Sequence[Ramp]) -> Doubles:
    """(n,) probability that each stretch is a gradual transition."""
    if not ramps:
        return np.zeros(0)
    x = terms([r.features for r in ramps], weights.RAMP_CENTRE, weights.RAMP_SCALE, pairs=True)
    return logistic(x @ np.array(weights.RAMP_WEIGHTS) + weights.RAMP_BIAS)
