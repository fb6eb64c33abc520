"""Tempo: how fast a film moves from shot to shot, as its cutting and its motion together make it felt.

The measure follows B. Adams, C. Dorai and S. Venkatesh, "Toward automatic extraction of expressive elements from motion
pictures: tempo", IEEE Transactions on Multimedia 4(4), 2002. We have not seen that paper: of it (and of its first form,
ICME 2000) only the abstract could be had freely, and of a later account (D. Bates and A. Jhala, "Multi-modal analysis
of movies for rhythm extraction", AAAI workshop on Intelligent Cinematography and Editing 2014) an excerpt that breaks
off before the formula. What stands here is the form in which the measure is commonly restated, and may differ from
the paper's own: the length s(n) and the motion m(n) of shot n, each set against the whole film's,

    P(n) = alpha (median of s - s(n)) / (sd of s) + beta (m(n) - mean of m) / (sd of m),     alpha = beta = 1

smoothed by a Gaussian, its edges found where the smoothed tempo climbs or falls. That is the setting
``weighting = "linear"``. The paper's abstract says that the paper of 2002 refines how
shot lengths are normalised, for the skew of their distribution; others tell of a function in two parts, most sensitive
about the median, which gains ever more slowly as shots grow long. The default here, "two-part", puts in the place of
the first term a function of these properties whose shape is our own:

    W(s) =  (median - s) / d        where s is below the median, d the spread of the short half
    W(s) = -log(1 + (s - median) / D)    above, D the spread of the long half

spread = distance from the median to the quartile on that side / 0.6745 (one standard deviation, were it Gaussian).

Also ours: motion is the mean visual activity of the shot without the frames of its transitions (theirs: pan and
tilt); the curve is in time, not in shots: each half second takes the mean of the shots in it, each for as long as it
lasts there; sigma grows with the film from 2 s to 12 s (a hundredth of its length), so that an edge is a turn of the
story in a feature and of a scene in a short film.

What a viewer would expect: 0 is this film's own even walk; a chase of short and busy shots stands at +1 to +3, a long
still take at -1 to -2. As all is relative to the film, a slow film's presto may be another's andante.

Contents
    weigh_lengths, tempo_of_shots   W and P
    tempo_curve                     P in time
    tempo_edges, tempo_marks        where it turns, and the words for it
    Tempo                           the analyser
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rewatch.analyser import Analyser, Gives
from rewatch.clock import MILLISECONDS
from rewatch.figure import Figure
from rewatch.score.activity import activity_of_shots
from rewatch.score.grid import GRID, Array, edges, mean_of_steps, shot_seconds, smooth, to_ms
from rewatch.score.turns import flanks, levels
from rewatch.track import Curve, Spans, Track

PAPER = "after Adams, Dorai and Venkatesh 2002, IEEE Trans. Multimedia 4(4), as it is commonly restated"

WORDS = ("largo", "adagio", "andante", "moderato", "allegro", "vivace", "presto")
BOUNDS = np.array([-1.4, -0.85, -0.35, 0.35, 0.85, 1.4])
"""Tempo above that of the film's median moment at which one word gives way to the next."""

SHORTEST_MARK = 3.0
CHANGE = 0.8

FIGURES = (
    Figure(
        "tempo",
        "Tempo",
        "",
        "P(n) = W(s(n)) + (m(n) - mean m) / sd m over shots, W the shot length against the film's median in two parts, "
        "m the mean visual activity; in time, smoothed by a Gaussian of a hundredth of the film (2 to 12 s)",
        PAPER + "; the shape of W and the motion are ours",
        ("shots", "activity", "frames", "boundaries"),
        "where a film hurries and where it takes its time, by its own measure",
        "which of two films is the faster: it is relative to the film itself",
    ),
    Figure(
        "tempo_edges",
        "Changes of tempo",
        "",
        "rises and falls of the smoothed tempo by 0.8 or more, from 10 % to 90 % of the change: accelerando, "
        "ritardando; sudden where that takes no longer than a step would after the smoothing",
        PAPER + "; the threshold is ours",
        ("tempo",),
        "turns of the story that show in cutting and motion",
        "turns that are told in words, light or sound alone",
    ),
    Figure(
        "tempo_marks",
        "Tempo in words",
        "",
        "tempo less that of the film's median moment: below -1.4 largo, -0.85 adagio, -0.35 andante, 0.35 moderato, "
        "0.85 allegro, 1.4 vivace, above presto; stretches of at least 3 s "
        "(18 s in a feature)",
        "rewatch",
        ("tempo",),
        "reading the score",
        "metronome marks: they are relative to the film",
    ),
)


@dataclass(frozen=True, slots=True)
class TempoSettings:
    """alpha, beta: weights of shot length and motion; weighting: "two-part" or "linear" (see the module).

    sigma:   seconds of the Gaussian; 0 = a hundredth of the film, 2 to 12 s
    change:  least change of tempo that counts as an edge
    """

    alpha: float = 1.0
    beta: float = 1.0
    weighting: str = "two-part"
    sigma: float = 0.0
    change: float = CHANGE


def weigh_lengths(lengths: Array, weighting: str = "two-part") -> Array:
    """W(s): (n,) lengths of shots in seconds -> 0 at the film's median, positive for shorter shots.

    All zero where all shots are equally long. ValueError for a weighting that is not known.
    """
    if weighting not in ("two-part", "linear"):
        raise ValueError(f"shot lengths are weighted two-part or linear, not {weighting}")
    if not len(lengths):
        return np.zeros(0)
    low, median, high = np.percentile(lengths, [25, 50, 75])
    spread = float(np.std(lengths))
    if spread <= 1e-9:
        return np.zeros(len(lengths))
    if weighting == "linear":
        return np.asarray((median - lengths) / spread)
    # Where half the shots are of one length a quartile meets the median: then all that is known is the spread.
    short = (median - low) / 0.6745 if median - low > 1e-3 * spread else spread
    long = (high - median) / 0.6745 if high - median > 1e-3 * spread else spread
    above = np.maximum(lengths - median, 0.0)
    weighed: Array = np.where(lengths < median, (median - lengths) / short, -np.log1p(above / long))
    return weighed


def tempo_of_shots(lengths: Array, motion: Array | None, settings: TempoSettings | None = None) -> Array:
    """P(n): lengths in seconds and motion (n,) of the shots -> their tempo; without motion by length alone."""
    chosen = settings or TempoSettings()
    tempo = chosen.alpha * weigh_lengths(lengths, chosen.weighting)
    if motion is not None and len(motion):
        spread = float(np.std(motion))
        if spread > 1e-9:
            tempo = tempo + chosen.beta * (motion - motion.mean()) / spread
    return tempo


def sigma_for(length: float) -> float:
    """Seconds of the Gaussian for a film of `length` seconds."""
    return min(12.0, max(2.0, length / 100))


def tempo_curve(begin: Array, end: Array, tempo: Array, sigma: float) -> Array:
    """The tempo of shots as a curve on `grid.GRID`; begin, end: (n,) seconds."""
    length = float(end[-1]) if len(end) else 0.0
    return smooth(*mean_of_steps(edges(length), begin, end, tempo), sigma)


def tempo_edges(curve: Array, sigma: float, change: float = CHANGE) -> Spans:
    """Rises and falls of the tempo: labels accelerando, ritardando, sudden faster, sudden slower.

    columns: change (of P, signed)
    """
    found = flanks(curve, change, change / 2)
    # A Gaussian takes 2.563 sigma from 10 % to 90 % of a step; half as much again is still more step than slope.
    step = 1.5 * 2.563 * sigma
    seconds = GRID.seconds_of(np.arange(len(curve)))
    begin = np.array([seconds[a] for a, _, _ in found], dtype=np.float64)
    end = np.array([seconds[b] for _, b, _ in found], dtype=np.float64)
    label = []
    for a, b, (_, _, delta) in zip(begin.tolist(), end.tolist(), found, strict=True):
        sudden = b - a <= step
        label.append(("sudden faster" if sudden else "accelerando") if delta > 0 else "")
        if delta < 0:
            label[-1] = "sudden slower" if sudden else "ritardando"
    changes = np.array([delta for _, _, delta in found], dtype=np.float64)
    return Spans("tempo_edges", to_ms(begin), to_ms(end), label, MILLISECONDS, {"change": changes})


def tempo_marks(curve: Array, length: float, sigma: float) -> Spans:
    """The tempo in words, largo to presto: spans that tile the film; column tempo (mean P).

    Moderato is the tempo of the film's median moment, not of its median shot: where most shots stand in one flurry,
    that is the fast part of the film, not its walk.
    """
    middle = float(np.median(curve)) if len(curve) else 0.0
    runs = levels(curve - middle, BOUNDS, 0.1, round(2 * max(SHORTEST_MARK, 1.5 * sigma)))
    begin = to_ms([a / 2 for a, _, _ in runs])
    end = np.minimum(to_ms([b / 2 for _, b, _ in runs]), to_ms(length))
    means = np.array([curve[a:b].mean() for a, b, _ in runs], dtype=np.float64)
    return Spans("tempo_marks", begin, end, [WORDS[k] for _, _, k in runs], MILLISECONDS, {"tempo": means})


class Tempo(Analyser[None]):
    """Tempo, its edges and its words; see the module's docstring.

    Without picture (no shots) all three tracks are empty, and a film of one shot has no words for it; without
    ``activity`` the tempo is that of the cutting alone.
    """

    name = "tempo"
    version = 2
    watches = "tracks"
    needs = ("shots", "activity", "frames", "boundaries")
    gives = (
        Gives("tempo", "curve", "tempo against the film's own", columns=("value",), source=PAPER),
        Gives("tempo_edges", "spans", "accelerando, ritardando, sudden changes", columns=("change",), source=PAPER),
        Gives("tempo_marks", "spans", "the tempo in words, largo to presto", columns=("tempo",)),
    )

    def __init__(self, settings: TempoSettings | None = None) -> None:
        self.chosen = settings or TempoSettings()

    def settings(self) -> Mapping[str, Any]:
        chosen = self.chosen
        return {
            "alpha": chosen.alpha,
            "beta": chosen.beta,
            "weighting": chosen.weighting,
            "sigma": chosen.sigma,
            "change": chosen.change,
        }

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        shots = shot_seconds(tracks)
        begin, end = shots if shots is not None else (np.zeros(0), np.zeros(0))
        length = float(end[-1]) if len(end) else 0.0
        sigma = self.chosen.sigma or sigma_for(length)
        motion = activity_of_shots(tracks, begin, end) if len(begin) else None
        tempo = tempo_of_shots(end - begin, motion, self.chosen)
        curve = tempo_curve(begin, end, tempo, sigma)
        return {
            "tempo": Curve("tempo", curve, GRID),
            "tempo_edges": tempo_edges(curve, sigma, self.chosen.change),
            # One shot is no faster and no slower than itself.
            "tempo_marks": tempo_marks(curve if len(begin) > 1 else curve[:0], length, sigma),
        }
