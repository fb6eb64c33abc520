"""Scenes: shots that belong together, in one place, at one time, about one thing, as far as that can be seen and heard.

A scene can only begin where a shot does. Every change of shot is weighed by the cues that the film has (`scene_cues`:
links of colour across it, sound, who speaks, words, pauses, music, dissolves, rhythm), and the scenes are those that
together are the likeliest: a semi-Markov chain, in which a scene's length is lognormal. Films have about 143 scenes
(Rao et al., "A local-to-global approach to multi-modal movie scene segmentation", CVPR 2020: 21 thousand in 150
films), so that one lasts 50 s in the mean; in films under 200 s a quarter of the film.

Out of the chain comes for each change how probable it is that a scene begins there (forward and backward sums over
all ways to divide the film). Of these, as many of the most probable are taken as make the expected F measure of their
boundaries greatest: few where the evidence is thin.

What it cannot know: a scene is a matter of the story. Flashbacks in the same room, two places cut against each other,
a montage: people draw these differently, and so does this. See ``benchmarks/scenes.md`` for how often it is right.

Contents
    probabilities   ratios and lengths of shots -> how probable each change begins a scene
    choose          the changes that are taken
    Scenes          the analyser: track ``scenes``
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import log_ndtr

from rewatch.analyser import Analyser, Gives
from rewatch.clock import FRAMES
from rewatch.facts import FilmFacts
from rewatch.figure import Figure
from rewatch.structure.evenly import RATE, Array, length_of
from rewatch.structure.movements import Profile
from rewatch.structure.portrait import NEEDS, portrait
from rewatch.structure.scene_cues import Shots, cues
from rewatch.track import Spans, Track

SOURCE = (
    "cues after Hanjalic et al. 1999, doi 10.1109/76.767124, Rasheed and Shah 2005, doi 10.1109/TMM.2005.858392, "
    "Hearst 1997; their weighing is ours"
)
MEAN_SCENE = 50.0
SPREAD = 0.9
"""Standard deviation of the logarithm of a scene's length."""
LONGEST = 300
"""Shots that a scene has at most."""

FIGURES = (
    Figure(
        "scenes",
        "Scenes",
        "",
        "changes of shot weighed by links of colour across them, sound, speakers, words, pauses, music, dissolves and "
        "rhythm (log likelihood ratios against unrelated parts of the same film), divided by a semi-Markov chain with "
        "scenes of 50 s in the mean (a quarter of a film under 200 s); sure = probability that a scene begins there",
        SOURCE,
        tuple(name for name in NEEDS if name != "music"),
        "a first division of a film to work with",
        "what a scene is to the story: about half of the boundaries that people draw, see the benchmark",
    ),
)


def mean_for(length: float) -> float:
    """Seconds that a scene lasts in the mean in a film of `length` seconds."""
    return min(MEAN_SCENE, max(length, 1.0) / 4)


def probabilities(ratios: Array, begin: Array, end: Array, mean: float) -> Array:
    """(n - 1,) probability of each change of shot that a scene begins there.

    ratios:     (n - 1,) log likelihood ratios, > 0 for a new scene
    begin, end: (n,) seconds of the shots; mean: seconds of a scene
    """
    count = len(begin)
    if count < 2:
        return np.zeros(0)
    centre = np.log(mean) - SPREAD**2 / 2
    edges = np.append(begin, end[-1])
    step = (edges[-1] - edges[0]) / count
    # forward[k]: all ways in which scenes tile shots 0 .. k - 1; backward[k]: shots k .. n - 1.
    forward, backward = np.full(count + 1, -np.inf), np.full(count + 1, -np.inf)
    forward[0] = backward[count] = 0.0
    gain = np.zeros(count + 1)
    gain[1:count] = ratios

    def weigh(lasts: Array) -> Array:
        logs = np.log(np.maximum(lasts, 0.04))
        density = -0.5 * ((logs - centre) / SPREAD) ** 2 - logs + np.log(step / (SPREAD * np.sqrt(2 * np.pi)))
        weighed: Array = np.minimum(density, 0.0)
        return weighed

    # The last scene goes on for as long as the film does: at least so long.
    ending: Array = log_ndtr((centre - np.log(np.maximum(edges[-1] - edges[:-1], 0.04))) / SPREAD)
    for k in range(1, count + 1):
        first = slice(max(0, k - LONGEST), k)
        lasting = weigh(edges[k] - edges[first]) if k < count else ending[first]
        forward[k] = _log_sum(forward[first] + lasting) + gain[k]
    for k in range(count - 1, -1, -1):
        last = slice(k + 1, min(count, k + LONGEST) + 1)
        lasting = weigh(edges[last] - edges[k])
        if k + LONGEST >= count:
            lasting[-1] = ending[k]
        backward[k] = _log_sum(backward[last] + gain[last] + lasting)
    found: Array = np.exp(np.minimum(forward[1:count] + backward[1:count] - forward[count], 0.0))
    return found


def _log_sum(terms: Array) -> float:
    """log of the sum of exp(terms): what SciPy's does, a tenth of the time for short arrays."""
    most = float(terms.max())
    return most + float(np.log(np.exp(terms - most).sum())) if np.isfinite(most) else most


def choose(probable: Array) -> npt.NDArray[np.int64]:
    """The changes at which scenes begin: as many of the most probable as make the expected F measure greatest."""
    if not len(probable):
        return np.zeros(0, dtype=np.int64)
    order = np.argsort(-probable, kind="stable")
    right = np.cumsum(probable[order])
    expected = 2 * right / (np.arange(1, len(order) + 1) + right[-1])
    # With fewer than one to be expected there is more to be lost by naming one.
    if right[-1] < 0.5:
        return np.zeros(0, dtype=np.int64)
    return np.sort(order[: int(np.argmax(expected)) + 1])


class Scenes(Analyser[None]):
    """Scenes as groups of shots; one for a film of one shot, none for a film without shots.

    On the clock of the shots. Columns: first_shot, last_shot (numbered from 1), sure (probability that a scene begins
    here; 1 for the first). Labels are the words of `movements`.
    """

    name = "scenes"
    version = 1
    watches = "tracks"
    needs = NEEDS
    gives = (
        Gives(
            "scenes", "spans", "shots that belong together", columns=("first_shot", "last_shot", "sure"), source=SOURCE
        ),
    )

    def __init__(self) -> None:
        self.length = 0.0

    def settings(self) -> Mapping[str, Any]:
        return {"mean": MEAN_SCENE, "spread": SPREAD}

    def begin(self, film: FilmFacts, scratch: Path) -> None:
        self.length = 0.0 if film.duration is None else float(film.duration)

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        shots, track = Shots.of(tracks), tracks.get("shots")
        if not len(shots) or not isinstance(track, Spans):
            none = np.zeros(0, dtype=np.int64)
            columns = {"first_shot": none, "last_shot": none, "sure": np.zeros(0)}
            clock = track.clock if isinstance(track, Spans) else FRAMES
            return {"scenes": Spans("scenes", none, none, [], clock, columns)}
        length = length_of(tracks, self.length)
        groups = portrait(tracks, length)
        weighed = cues(tracks, groups, shots)
        ratios = np.sum(list(weighed.values()), axis=0) if weighed else np.zeros(len(shots) - 1)
        probable = probabilities(ratios, shots.begin, shots.end, mean_for(length))
        first = np.concatenate([[0], choose(probable) + 1]).astype(np.int64)
        last = np.append(first[1:], len(shots)) - 1
        profile = Profile(groups)
        label = []
        for a, b in zip(first.tolist(), last.tolist(), strict=True):
            begin = int(shots.begin[a] * RATE)
            label.append(profile.words(begin, max(begin + 1, round(shots.end[b] * RATE)), 3) if len(first) > 1 else "")
        sure = np.concatenate([[1.0], probable[first[1:] - 1]])
        columns = {"first_shot": first + 1, "last_shot": last + 1, "sure": sure}
        return {"scenes": Spans("scenes", track.begin[first], track.end[last], label, track.clock, columns)}
