"""Cutting as tracks: the figures of the shots, and how densely and how fast the film is cut at each moment.

Contents
    Cutting         the analyser
    cut_density     Gaussian kernel density of the cuts
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from rewatch.analyser import Analyser, Gives, Watches
from rewatch.chances import below
from rewatch.clock import Clock
from rewatch.score import detector
from rewatch.score.counting import CountingRules, DetectorQuality, ShotTimes, counted
from rewatch.score.cutting import CuttingFigures, cutting
from rewatch.score.grid import GRID, Array, edges, times_of
from rewatch.score.hawkes import Hawkes
from rewatch.score.kpart import kpart
from rewatch.track import Curve, Figures, Spans, Track

_PLAIN = ("asl", "median", "q1", "q3", "iqr", "sd", "mad", "minimum", "maximum", "lag1", "npvi")
_SECONDS = (*_PLAIN[:9], "duration", "asl_low", "asl_high", "median_low", "median_high")
_LOGNORMAL = ("mu", "sigma", "ks_d")
_HAWKES = ("lambda0", "mu", "beta", "alpha", "ks_d", "ks_p", "log_likelihood")


class Cutting(Analyser[None]):
    """Shots in; their figures, the density of cuts, the Hawkes cutting rate and the K-part curve out.

    The shots may lie on the clock of frames (then ``frames`` says when each is shown) or on an even one (a film that
    is known by a list alone).

    rules:     what counts as a shot
    quality:   how well the detector does, for the error bands (by default as measured on labelled films:
               `detector.MEASURED`); not used for shots from a list
    parts:     k of the K-part curve
    bandwidth: width (standard deviation) of the density's kernel in average shot lengths. With 5 each point rests on
               about 18 shots, so that chance moves it by about a quarter.
    """

    name: ClassVar[str] = "cutting"
    version: ClassVar[int] = 1
    watches: ClassVar[Watches] = "tracks"
    needs: ClassVar[tuple[str, ...]] = ("shots", "frames")
    gives: ClassVar[tuple[Gives, ...]] = (
        Gives("cutting", "figures", "shot lengths in figures", source="score.cutting_figures"),
        Gives(
            "cut_density", "curve", "cuts a minute, smoothed by a Gaussian kernel", "cuts/min", ("density",),
            "Redfern 2022, Wide Screen 9(1)",
        ),
        Gives(
            "cutting_rate", "curve", "conditional intensity of the Hawkes process of the cuts", "cuts/min", ("rate",),
            "Redfern 2023, doi 10.6339/22-JDS1055",
        ),
        Gives(
            "kpart", "curve", "average shot length in parts of equal duration", "s", ("asl",),
            "Brisson and Tsivian 2011, Cinemetrics",
        ),
    )  # fmt: skip

    def __init__(
        self,
        rules: CountingRules | None = None,
        quality: DetectorQuality | None = None,
        parts: int = 10,
        bandwidth: float = 5.0,
    ) -> None:
        if parts < 1 or not bandwidth > 0:
            raise ValueError("a K-part curve has at least one part, and a kernel some width")
        self.rules = rules or CountingRules()
        self.quality = quality or detector.MEASURED
        self.parts = parts
        self.bandwidth = bandwidth

    def settings(self) -> Mapping[str, Any]:
        return {
            "exclude": [list(stretch) for stretch in self.rules.exclude],
            "cuts_at": self.rules.cuts_at,
            "precision": list(self.quality.precision) if self.quality else None,
            "recall": list(self.quality.recall) if self.quality else None,
            "boundaries": list(self.quality.boundaries) if self.quality else None,
            "parts": self.parts,
            "bandwidth": self.bandwidth,
        }

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        shots, times = tracks.get("shots"), times_of(tracks)
        if not isinstance(shots, Spans) or not len(shots) or (shots.clock.counts_frames and times is None):
            nothing = cutting(np.empty(0))
            return {"cutting": _figures(nothing, 0, 0), **self._curves(None, nothing)}
        chosen = counted(shots, times, self.rules)
        if shots.clock.counts_frames:
            figures = cutting(chosen.length, self.quality)
        else:
            figures = cutting(chosen.length, None, "the shots come from a list, not from a detector that was measured")
        return {"cutting": _figures(figures, chosen.zero, chosen.outside), **self._curves(chosen, figures)}

    def _curves(self, shots: ShotTimes | None, figures: CuttingFigures) -> dict[str, Track]:
        parts_clock, parts = GRID, np.empty(0)
        density = rate = np.empty(0)
        if shots is not None and len(shots) and figures.asl:
            at = edges(shots.film[1])
            density = 60 * cut_density(shots.cuts, (at[:-1] + at[1:]) / 2, self.bandwidth * figures.asl, shots.film)
            if figures.hawkes is not None:
                rate = 60 * _rate(figures.hawkes, shots, at)
            parts = kpart(shots.length, self.parts).asl
            parts_clock = _parts_clock(shots.film, self.parts)
        return {
            "cut_density": Curve("cut_density", density, GRID, "cuts/min", ("density",)),
            "cutting_rate": Curve("cutting_rate", rate, GRID, "cuts/min", ("rate",)),
            "kpart": Curve("kpart", parts, parts_clock, "s", ("asl",)),
        }


def _parts_clock(film: tuple[float, float], parts: int) -> Clock:
    """The clock whose tick i falls on the middle of part i. Where stretches are excluded the parts share the rest."""
    begin, end = (Fraction(second).limit_denominator(1_000_000) for second in film)
    each = (end - begin) / parts
    return Clock(1 / each, begin + each / 2)


def _rate(process: Hawkes, shots: ShotTimes, at: Array) -> Array:
    """Mean intensity between the seconds `at` of the film's own time, per second; 0 where nothing counts.

    The process runs on the time that counts (the running sum of the lengths); in the film's time it stands still over
    what is excluded.
    """
    ends = np.cumsum(shots.length)
    film = np.maximum.accumulate(np.column_stack((shots.begin, shots.end)).ravel())
    counts = np.column_stack((np.concatenate(([0.0], ends[:-1])), ends)).ravel()
    return np.asarray(np.diff(process.compensator(np.interp(at, film, counts))) / np.diff(at))


def cut_density(cuts: npt.ArrayLike, at: npt.ArrayLike, width: float, film: tuple[float, float]) -> Array:
    """Cuts a second at the seconds `at` (even, increasing): Gaussian kernels of standard deviation `width` on the cuts.

    Near the film's edges each value is divided by the share of the kernel that lies within the film, so that the
    density neither sinks towards them nor loses a cut's weight over them. Outside the film it is 0. Kernels end at
    6 widths (two parts in a thousand million).
    """
    events, seconds = np.asarray(cuts, dtype=np.float64), np.asarray(at, dtype=np.float64)
    if not len(events) or not len(seconds):
        return np.zeros(len(seconds))
    step = float(seconds[1] - seconds[0]) if len(seconds) > 1 else 1.0
    reach = min(int(6 * width / step) + 1, len(seconds))
    near = np.round((events - seconds[0]) / step).astype(np.int64)
    heap = np.zeros(len(seconds))
    # In batches of cuts: memory stays small for films of any length.
    for chosen in np.array_split(np.arange(len(events)), max(1, len(events) * (2 * reach + 1) // 100_000)):
        index = near[chosen, None] + np.arange(-reach, reach + 1)
        inside = (index >= 0) & (index < len(seconds))
        away = (seconds[np.where(inside, index, 0)] - events[chosen, None]) / width
        weight = np.where(inside, np.exp(-0.5 * away * away), 0.0)
        heap += np.bincount(index[inside], weights=weight[inside], minlength=len(seconds))
    share = below((film[1] - seconds) / width) - below((film[0] - seconds) / width)
    within = (seconds >= film[0] - step / 2) & (seconds <= film[1] + step / 2)
    return np.where(within, heap / (width * np.sqrt(2 * np.pi)) / np.maximum(share, 0.1), 0.0)


def _figures(figures: CuttingFigures, zero: int, outside: int) -> Figures:
    """The figures as a track: flat names, those of a fit after a dot ("hawkes.mu")."""
    values: dict[str, float | int | None] = {"shots": figures.shots, "duration": figures.duration}
    why = {name: reason for name, reason in figures.why.items() if name in _PLAIN}
    for name in _PLAIN:
        values[name] = getattr(figures, name)
    for key, band in (("asl", figures.asl_band), ("median", figures.median_band)):
        for edge in ("low", "high"):
            values[f"{key}_{edge}"] = getattr(band, edge) if band else None
            if band is None:
                why[f"{key}_{edge}"] = figures.why[f"{key}_band"]
    for key, fitted, names in (("lognormal", figures.lognormal, _LOGNORMAL), ("hawkes", figures.hawkes, _HAWKES)):
        for name in names:
            values[f"{key}.{name}"] = getattr(fitted, name) if fitted else None
            if fitted is None:
                why[f"{key}.{name}"] = figures.why[key]
    if figures.hawkes is not None and figures.hawkes.beta is None:
        why["hawkes.beta"] = "no cut brings on another (mu is 0): there is nothing that could decay"
    values["zero_length"], values["excluded"] = zero, outside
    rates = {f"hawkes.{name}": "1/s" for name in ("lambda0", "beta", "alpha")}
    return Figures("cutting", values, {**dict.fromkeys(_SECONDS, "s"), **rates}, why)
