"""How sure a candidate is: the decision apart from the measuring, so that it can be fitted and read by itself.

Contents
    sure_of_cuts, sure_of_ramp   probabilities, from the features of `boundaries_cuts` and `boundaries_ramps`
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rewatch.images.boundaries_ramps import Ramp

Floats = npt.NDArray[np.float32]
FLAT = 3.0
"""Standard deviation of luma (code values of the coarse grid) below which a picture shows nothing."""


def _logistic(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return 1 / (1 + np.exp(-np.clip(x, -30, 30)))


def sure_of_cuts(features: Floats) -> npt.NDArray[np.float64]:
    """(n,) probability that each candidate is a cut; columns as in `boundaries_cuts.FEATURES`."""
    change, peak, _, back, _, shape, shape_peak, least = np.log(np.maximum(features, 0.05).astype(np.float64)).T
    return _logistic(
        2.5 * (least - np.log(8)) + 5 * (peak - np.log(1.3)) + 3 * (back - np.log(1.1)) + 4 * (shape - np.log(11.0)) + shape_peak + 0 * change
    )


def sure_of_ramp(ramp: Ramp) -> float:
    """Probability that a stretch is a gradual transition."""
    way, off, error, apart, mixed, shape, length = ramp.features
    flat = min(ramp.ends) < FLAT
    x = 6 * np.log(0.16 / (off + 0.03)) + 3 * np.log(0.08 / (error + 0.02)) + 2 * np.log(max(apart, 1) / 25) + 2 * np.log(way / 14) + np.log(max(shape, 1) / 8) + 2 * flat
    return float(_logistic(np.array(x)))
