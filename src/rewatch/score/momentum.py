"""Momentum: the motion of a film from its first frame to its last, and how it opens and ends.

Motion is visual activity, 1 - r of near-adjacent frames (Cutting, DeLong and Brunick, "Visual activity in Hollywood
film: 1935 to 2005 and beyond", Psychology of Aesthetics, Creativity, and the Arts 5(2), 2011, doi 10.1037/a0020995),
with the jumps of the cuts left out. Momentum is its mean weighted by a Gaussian of sigma 5 s (a fortieth of a film
shorter than 200 s): motion in flight has mass, it does not stop at a cut.

How the film opens and ends is told as percentiles of itself: the share of the film's time in which there is less
momentum than in the opening (the first fortieth of it, 2 s to 2 min), and than in the ending. "It starts in motion
and ends in motion" reads: opening 80, ending 85.

Contents
    momentum_curve     activity -> momentum
    momentum_figures   momentum -> opening, ending, mean, peak
    Momentum           the analyser
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from rewatch.analyser import Analyser, Gives
from rewatch.clock import FrameTimes
from rewatch.figure import Figure
from rewatch.score.activity import frame_activity
from rewatch.score.grid import GRID, Array, edges, mean_of_frames, smooth
from rewatch.track import Curve, Figures, Track

SIGMA = 5.0
STILL = 1e-4
"""Momentum that a film must reach somewhere to have an opening and an ending: less is the coding of a still picture."""
PAPER = "Cutting, DeLong and Brunick 2011, doi 10.1037/a0020995"

FIGURES = (
    Figure(
        "momentum",
        "Momentum",
        "",
        "visual activity 1 - r of near-adjacent frames, frames of boundaries and 1/12 s after them left out, mean "
        "under a Gaussian of sigma 5 s",
        PAPER + "; the smoothing is ours",
        ("activity", "boundaries", "frames"),
        "how motion gathers and comes to rest over a film, across its cuts",
        "what moves: a pan, a crowd and rain may measure alike",
    ),
    Figure(
        "opening",
        "Opening",
        "percentile",
        "share of the film's time with less momentum than the mean of its first fortieth (2 s to 2 min)",
        "rewatch",
        ("momentum",),
        "whether it starts in motion",
        "titles and logos from the story's own beginning",
    ),
    Figure(
        "ending",
        "Ending",
        "percentile",
        "share of the film's time with less momentum than the mean of its last fortieth (2 s to 2 min)",
        "rewatch",
        ("momentum",),
        "whether it ends in motion",
        "rolling credits from the story's own end",
    ),
    Figure(
        "mean_activity",
        "Visual activity",
        "",
        "mean over the film of 1 - r of near-adjacent frames, boundaries left out",
        PAPER,
        ("activity", "boundaries", "frames"),
        "comparing films, where they are measured alike",
        "motion of the camera from motion before it; grain and flicker of a worn print count as well",
    ),
    Figure(
        "momentum_peak",
        "Moment of most motion",
        "s",
        "where momentum is greatest",
        "rewatch",
        ("momentum",),
        "finding where a film moves most",
        "whether it is the climax; two peaks of nearly one height give but one of them",
    ),
)


def momentum_curve(times: FrameTimes, activity: Array, keep: npt.NDArray[np.bool_]) -> tuple[Array, float]:
    """Activity of the frames -> momentum on `grid.GRID` from second 0 to the end of the picture, and mean activity.

    keep: (n,) the frames whose activity is motion. Where a film has none of these, all zero.
    """
    length = times.end_seconds
    means, covered = mean_of_frames(edges(length), times, activity, keep)
    total = covered.sum()
    mean = float((means * covered).sum() / total) if total > 0 else 0.0
    return np.maximum(smooth(means, covered, min(SIGMA, length / 40)), 0.0), mean


def percentile_of(values: Array, value: float) -> float:
    """Share of the values that are less, 0..100; those that are as good as equal count half."""
    near = 1e-9 + 1e-6 * abs(value)
    below, same = (values < value - near).sum(), (np.abs(values - value) <= near).sum()
    return float(100 * (below + same / 2) / len(values))


def momentum_figures(curve: Array, mean: float | None) -> Figures:
    """opening, ending, mean_activity, momentum_peak out of the curve of momentum."""
    units = {figure.name: figure.unit for figure in FIGURES[1:] if figure.unit}
    names = [figure.name for figure in FIGURES[1:]]
    if not len(curve) or mean is None:
        return Figures("momentum_figures", dict.fromkeys(names), units, dict.fromkeys(names, "the film has no picture"))
    stretch = int(min(240, max(4, len(curve) // 40)))
    values: dict[str, float | int | None] = dict.fromkeys(names)
    why: dict[str, str] = {}
    if len(curve) < 4 * stretch:
        why["opening"] = why["ending"] = "shorter than 8 s: opening and ending would be most of the film"
    else:
        values["opening"] = percentile_of(curve, float(curve[:stretch].mean()))
        values["ending"] = percentile_of(curve, float(curve[-stretch:].mean()))
    values["mean_activity"] = mean
    if float(curve.max()) < STILL:
        values["opening"] = values["ending"] = None
        why = dict.fromkeys(("opening", "ending", "momentum_peak"), "nothing moves") | why
    else:
        values["momentum_peak"] = float(GRID.seconds(int(np.argmax(curve))))
    return Figures("momentum_figures", values, units, why)


class Momentum(Analyser[None]):
    """Momentum and its figures; without picture an empty curve, and figures that say so."""

    name = "momentum"
    version = 2
    watches = "tracks"
    needs = ("activity", "boundaries", "frames")
    gives = (
        Gives("momentum", "curve", "visual activity in flight", columns=("value",), source=PAPER),
        Gives(
            "momentum_figures",
            "figures",
            "how the film opens and how it ends, as percentiles of itself",
            columns=tuple(figure.name for figure in FIGURES[1:]),
        ),
    )

    def settings(self) -> Mapping[str, Any]:
        return {"sigma": SIGMA, "still": STILL}

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        known = frame_activity(tracks)
        curve, mean = momentum_curve(*known) if known is not None else (np.zeros(0), None)
        return {"momentum": Curve("momentum", curve, GRID), "momentum_figures": momentum_figures(curve, mean)}
