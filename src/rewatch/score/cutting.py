"""Cutting in figures: how long the shots of a film are, how they vary, how each follows on the one before.

`cutting` takes nothing but shot lengths in seconds, so it serves a film that was watched and one known by a list alone.
Which shots count is decided before, in `score.counting`; what a figure cannot be had for is None, and `why` says why.

Contents
    cutting, CuttingFigures, Lognormal
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from rewatch.chances import below
from rewatch.errors import NotMeasured
from rewatch.score.counting import Band, DetectorQuality, error_band
from rewatch.score.hawkes import Hawkes, fit

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lognormal:
    """Maximum-likelihood lognormal distribution of the shot lengths.

    mu, sigma: mean and standard deviation (divided by n) of the natural logarithms of seconds
    ks_d:      largest distance between the shots' distribution function and the fitted one
    """

    mu: float
    sigma: float
    ks_d: float


@dataclass(frozen=True, slots=True)
class CuttingFigures:
    """What the lengths of a film's shots say. Seconds but for counts, lag1, npvi and the two fits.

    shots:      how many count
    duration:   seconds that they last together
    asl:        average shot length
    sd:         sample standard deviation (divided by n - 1)
    q1, q3:     quartiles by linear interpolation between the ordered lengths; iqr = q3 - q1
    mad:        median absolute deviation from the median, not scaled
    lag1:       autocorrelation of each length with the next, -1..1
    npvi:       normalised pairwise variability index of neighbouring shots, 0..200
    asl_band, median_band: 90 % band that the detector's errors leave (`counting.error_band`)
    why:        name of each that is None -> one line
    """

    shots: int
    duration: float
    asl: float | None = None
    median: float | None = None
    q1: float | None = None
    q3: float | None = None
    iqr: float | None = None
    sd: float | None = None
    mad: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    lag1: float | None = None
    npvi: float | None = None
    lognormal: Lognormal | None = None
    hawkes: Hawkes | None = None
    asl_band: Band | None = None
    median_band: Band | None = None
    why: Mapping[str, str] = field(default_factory=dict)


def cutting(
    lengths_seconds: npt.ArrayLike,
    quality: DetectorQuality | None = None,
    no_band: str = "the precision and recall of what found these shots are not known",
) -> CuttingFigures:
    """All figures of shots of these lengths (seconds, in order).

    lengths_seconds: (n,) each above 0; ValueError otherwise (`counting.counted` leaves shots of no length out)
    quality:         precision and recall of the detector that found them, for the error bands
    no_band:         what is said where there is none

    >>> figures = cutting([2.0, 4.0, 3.0])
    >>> figures.asl, figures.median, figures.why["hawkes"]
    (3.0, 3.0, 'too few shots for a Hawkes process: 3, at least 10 are needed')
    """
    x = np.asarray(lengths_seconds, dtype=np.float64)
    if x.ndim != 1 or not np.isfinite(x).all() or (x <= 0).any():
        raise ValueError("shot lengths must be finite seconds above 0")
    count = len(x)
    if not count:
        names = [name for name in CuttingFigures.__dataclass_fields__ if name not in ("shots", "duration", "why")]
        return CuttingFigures(0, 0.0, why=dict.fromkeys(names, "there are no shots"))
    why: dict[str, str] = {}
    median = float(np.median(x))
    q1, q3 = _quartiles(x, why)
    if count == 1:
        why["sd"] = why["mad"] = "one shot has no spread"
    asl_band, median_band = error_band(x, quality) if quality else (None, None)
    if quality is None:
        why["asl_band"] = why["median_band"] = no_band
    return CuttingFigures(
        shots=count,
        duration=float(x.sum()),
        asl=float(x.mean()),
        median=median,
        q1=q1,
        q3=q3,
        iqr=None if q1 is None or q3 is None else q3 - q1,
        sd=float(x.std(ddof=1)) if count > 1 else None,
        mad=float(np.median(np.abs(x - median))) if count > 1 else None,
        minimum=float(x.min()),
        maximum=float(x.max()),
        lag1=_lag1(x, why),
        npvi=_npvi(x, why),
        lognormal=_lognormal(x, why),
        hawkes=_hawkes(x, why),
        asl_band=asl_band,
        median_band=median_band,
        why=why,
    )


def _quartiles(x: Array, why: dict[str, str]) -> tuple[float | None, float | None]:
    if len(x) < 2:
        for name in ("q1", "q3", "iqr"):
            why[name] = "one shot has no quartiles"
        return None, None
    q1, q3 = np.percentile(x, (25, 75))
    return float(q1), float(q3)


def _lag1(x: Array, why: dict[str, str]) -> float | None:
    if len(x) < 3:
        why["lag1"] = f"a film of {len(x)} shot{'s'[: len(x) > 1]} has too few pairs of neighbours"
        return None
    away = x - x.mean()
    power = float(away @ away)
    if power <= 1e-24 * float(x @ x):
        why["lag1"] = "all shots are of one length"
        return None
    return float(away[:-1] @ away[1:]) / power


def _npvi(x: Array, why: dict[str, str]) -> float | None:
    if len(x) < 2:
        why["npvi"] = "one shot has no neighbour"
        return None
    return float(200.0 * np.mean(np.abs(np.diff(x)) / (x[:-1] + x[1:])))


def _lognormal(x: Array, why: dict[str, str]) -> Lognormal | None:
    if len(x) < 3:
        why["lognormal"] = f"a distribution cannot be fitted to {len(x)} shot{'s'[: len(x) > 1]}"
        return None
    logs = np.sort(np.log(x))
    mu, sigma = float(logs.mean()), float(logs.std())
    if sigma <= 1e-12:
        why["lognormal"] = "all shots are of one length"
        return None
    expected = below((logs - mu) / sigma)
    steps = np.arange(len(x) + 1) / len(x)
    return Lognormal(mu, sigma, float(max((steps[1:] - expected).max(), (expected - steps[:-1]).max())))


def _hawkes(x: Array, why: dict[str, str]) -> Hawkes | None:
    """As in the paper: cuts at the running sum of the lengths, the last shot's end among them and the window's end."""
    try:
        return fit(np.cumsum(x))
    except NotMeasured as reason:
        why["hawkes"] = str(reason)
        return None
