"""How sure a candidate is: the decision apart from the measuring, so that it can be fitted and read by itself.

All decisions are logistic regressions on the logarithms of a few measures: one number each for how much a measure
speaks for a boundary, and each two of them together. `boundaries_weights` holds the
numbers; ``benchmarks/fit_boundaries.py`` fits them, says on what, and how they do on films that they have not seen.

Contents
    terms            measures to the terms of a regression
    sure_of_cuts     probabilities, from the features of `boundaries_cuts`
    sure_of_ramps    probabilities, from the features of `boundaries_ramps` alone
    sure_of_wipes    probabilities, from the features of `boundaries_wipes` and from what comes back
    sure_of_changes  the same with what comes back (`boundaries_returns`), where that was asked
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rewatch.images import boundaries_weights as weights
from rewatch.images.boundaries_cuts import Candidates
from rewatch.images.boundaries_light import PERSISTS
from rewatch.images.boundaries_ramps import FEATURES, Ramp
from rewatch.images.boundaries_returns import FEATURES as RETURNS
from rewatch.images.boundaries_wipes import Wipe

FLOOR = 0.05
"""Added to every measure before its logarithm: what is smaller than that is noise."""
CONTEXT = ("way", "apart", "length", "flatter", "dip", "moved")
"""Features of a ramp that matter for what its `returns` mean."""

STAYS = 0.7
"""Median of what the parts of a picture keep above which it is still there. Dissolves leave 0.5 at most."""

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


def sure_of_cuts(found: Candidates) -> Doubles:
    """(n,) probability that each candidate is a cut.

    Where it was asked again, the mean of both decisions' log odds: neither overrules the other by itself.
    """
    x = terms(found.features, weights.CUT_CENTRE, weights.CUT_SCALE, pairs=True)
    odds = x @ np.array(weights.CUT_WEIGHTS) + weights.CUT_BIAS
    asked = ~np.isnan(found.again).any(axis=1)
    if asked.any():
        measures = np.concatenate([found.features, found.again], axis=1)[asked]
        x = terms(measures, weights.AGAIN_CENTRE, weights.AGAIN_SCALE, pairs=True)
        odds[asked] = (odds[asked] + x @ np.array(weights.AGAIN_WEIGHTS) + weights.AGAIN_BIAS) / 2
    return logistic(odds)


def sure_of_ramps(ramps: Sequence[Ramp]) -> Doubles:
    """(n,) probability that each stretch is a gradual transition."""
    if not ramps:
        return np.zeros(0)
    x = terms([r.features for r in ramps], weights.RAMP_CENTRE, weights.RAMP_SCALE, pairs=True)
    return logistic(x @ np.array(weights.RAMP_WEIGHTS) + weights.RAMP_BIAS)


def change_measures(sure: npt.ArrayLike, features: npt.ArrayLike, returns: npt.ArrayLike) -> Doubles:
    """(n, k) measures of ramps that were asked again: the odds by themselves, some features, and what comes back."""
    likely = np.clip(np.asarray(sure, np.float64), 0, 0.9999)
    context = np.asarray(features, np.float64)[:, [FEATURES.index(name) for name in CONTEXT]]
    return np.concatenate([(likely / (1 - likely))[:, None], context, np.asarray(returns, np.float64)], axis=1)


def sure_of_changes(ramps: Sequence[Ramp]) -> Doubles:
    """(n,) probability that each stretch is a gradual transition, by itself and by what comes back after it."""
    sure = sure_of_ramps(ramps)
    returns = {n: ramp.returns for n, ramp in enumerate(ramps) if ramp.returns is not None}
    if returns:
        asked = list(returns)
        measures = change_measures(sure[asked], [ramps[n].features for n in asked], list(returns.values()))
        x = terms(measures, weights.CHANGE_CENTRE, weights.CHANGE_SCALE, pairs=True)
        sure[asked] = logistic(x @ np.array(weights.CHANGE_WEIGHTS) + weights.CHANGE_BIAS)
        # One picture in another light is no other picture, however like a dissolve the light may come.
        back = np.array(list(returns.values()))
        persists, stays = (back[:, RETURNS.index(name)] for name in ("persists", "kept"))
        sure[np.array(asked)[(persists >= PERSISTS) | (stays >= STAYS)]] = 0
    return sure


def sure_of_wipes(wipes: Sequence[Wipe]) -> Doubles:
    """(n,) probability that each sweep is a wipe; of those that were asked what comes back."""
    if not wipes:
        return np.zeros(0)
    x = terms([(*w.features, *(w.returns or ())) for w in wipes], weights.WIPE_CENTRE, weights.WIPE_SCALE, pairs=False)
    return logistic(x @ np.array(weights.WIPE_WEIGHTS) + weights.WIPE_BIAS)
