"""Scenes: shots that belong together, in one place, at one time, about one thing, as far as that can be seen and heard.

A scene can only begin where a shot does. Every change of shot is weighed by the cues that the film has (`scene_cues`:
links of colour across it, sound, who speaks, words, music, dissolves, rhythm), and the scenes are those that
together are the likeliest: a semi-Markov chain, in which a scene's length is lognormal. Films have about 143 scenes
(Rao et al., "A local-to-global approach to multi-modal movie scene segmentation", CVPR 2020: 21 thousand in 150
films), so that one lasts 50 s in the mean; in films under 200 s a quarter of the film.

Out of the chain comes for each change how probable it is that a scene begins there (forward and backward sums over
all ways to divide the film). How many are taken is the number that makes the expected F measure of the boundaries
greatest, but no more than are to be expected: by these probabilities, or by the mean of films, whichever is more.
Taken is the likeliest way to divide the film into about so many: the likeliest of all would leave most of the doubtful
ones out.

What it cannot know: a scene is a matter of the story. Flashbacks in the same room, two places cut against each other,
a montage: people draw these differently, and so does this. See ``benchmarks/scenes.md`` for how often it is right.

Contents
    mean_for    how long a scene lasts in the mean
    Chain       all ways to divide the shots
    scenes_of   the scenes of a film
    Scenes      the analyser: track ``scenes``
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rewatch.analyser import Analyser, Gives
from rewatch.chances import log_below
from rewatch.clock import FRAMES
from rewatch.facts import FilmFacts
from rewatch.figure import Figure
from rewatch.structure.evenly import RATE, Array, length_of
from rewatch.structure.movements import Profile
from rewatch.structure.portrait import NEEDS, Group, portrait
from rewatch.structure.scene_cues import Shots, cues
from rewatch.track import Spans, Track

SOURCE = (
    "cues after Hanjalic et al. 1999, IEEE Trans. CSVT 9, Rasheed and Shah 2003, doi 10.1109/CVPR.2003.1211489, and "
    "Hearst 1997 (TextTiling); their weighing is ours"
)
MEAN_SCENE = 50.0
SPREAD = 0.9
"""Standard deviation of the logarithm of a scene's length."""
LONGEST = 200
"""Shots that a scene has at most."""
LARGEST_BONUS, ROUNDS = 8.0, 10

FIGURES = (
    Figure(
        "scenes",
        "Scenes",
        "",
        "changes of shot weighed by links of colour across them, sound, speakers, words, music, dissolves and "
        "rhythm (log likelihood ratios against unrelated parts of the same film), divided by a semi-Markov chain with "
        "scenes of 50 s in the mean (a quarter of a film under 200 s); sure = probability that a scene begins there",
        SOURCE,
        tuple(name for name in NEEDS if name != "music"),
        "a first division of a film to work with",
        "what a scene is to the story: it finds fewer than half of the boundaries that people draw (see the benchmark)",
    ),
)


def mean_for(length: float) -> float:
    """Seconds that a scene lasts in the mean in a film of `length` seconds."""
    return min(MEAN_SCENE, max(length, 1.0) / 4)


class Chain:
    """All ways to divide shots into scenes, and what each weighs.

    begin, end: (n,) seconds of the shots; mean: seconds of a scene
    ratios:     (n - 1,) log likelihood ratios of the changes of shot, > 0 for a new scene
    A way weighs the product of the densities of its scenes' lengths (the last goes on for as long as the film does, or
    longer) and of the likelihood ratios of the changes at which they begin.
    """

    def __init__(self, begin: Array, end: Array, mean: float, ratios: Array) -> None:
        self.count = count = len(begin)
        self.reach = reach = min(LONGEST, count)
        edges = np.append(begin, end[-1])
        step = max(float(edges[-1] - edges[0]) / count, 1e-3)
        # Row k: scenes of shots k - reach .. k - 1, to those of shot k - 1 alone.
        self.lasting = np.empty((count + 1, reach))
        away = np.zeros(reach)
        for k in range(count + 1):
            first = np.arange(k - reach, k)
            logs = np.log(np.maximum(edges[k] - edges[np.maximum(first, 0)], 0.04))
            away = (logs - np.log(mean) + SPREAD**2 / 2) / SPREAD
            density = -0.5 * away**2 - logs + np.log(step / (SPREAD * np.sqrt(2 * np.pi)))
            self.lasting[k] = np.where(first >= 0, np.minimum(density, 0.0), -np.inf)
        self.lasting[count] = log_below(-away)
        self.gain = np.zeros(count + 1)
        self.gain[1:count] = ratios

    def probabilities(self) -> Array:
        """(n - 1,) probability of each change of shot that a scene begins there."""
        count, reach = self.count, self.reach
        # forward: all ways to tile the shots before k (`reach` places ahead of the film are empty); backward: the rest.
        forward, backward = np.full(reach + count + 1, -np.inf), np.full(count + 1, -np.inf)
        forward[reach] = backward[count] = 0.0
        for k in range(1, count + 1):
            forward[reach + k] = _log_sum(forward[k : reach + k] + self.lasting[k]) + self.gain[k]
        # Scenes that begin with shot k end in rows k + 1, k + 2 ..., each one place further left: evenly apart.
        flat, apart = self.lasting.ravel(), max(1, reach - 1)
        for k in range(count - 1, -1, -1):
            after = slice(k + 1, min(k + 1 + reach, count + 1))
            lasting = flat[(k + 2) * reach - 1 :: apart][: after.stop - after.start]
            backward[k] = _log_sum(backward[after] + self.gain[after] + lasting)
        inner = forward[reach + 1 : reach + count] + backward[1:count] - forward[reach + count]
        found: Array = np.exp(np.minimum(inner, 0.0))
        return found

    def likeliest(self, bonus: float = 0.0) -> list[int]:
        """The changes at which the scenes of the likeliest way begin, each worth `bonus` more than it is."""
        count, reach = self.count, self.reach
        best = np.full(reach + count + 1, -np.inf)
        best[reach] = 0.0
        start = np.zeros(count + 1, dtype=np.int64)
        gain = (self.gain + bonus).tolist()
        for k in range(1, count + 1):
            ways = best[k : reach + k] + self.lasting[k]
            at = int(ways.argmax())
            best[reach + k] = ways[at] + gain[k]
            start[k] = k - reach + at
        found, k = [], int(start[count])
        while k > 0:
            found.append(k - 1)
            k = int(start[k])
        return found[::-1]

    def divided(self, wanted: int) -> list[int]:
        """The likeliest way of about so many changes: with the bonus that brings them to that number, or next to it."""
        low, high = -LARGEST_BONUS, LARGEST_BONUS
        found = self.likeliest()
        for _ in range(ROUNDS):
            if len(found) == wanted:
                break
            middle = (low + high) / 2
            trial = self.likeliest(middle)
            low, high = (middle, high) if len(trial) < wanted else (low, middle)
            if abs(len(trial) - wanted) <= abs(len(found) - wanted):
                found = trial
        return found


def _log_sum(terms: Array) -> float:
    """log of the sum of exp(terms): what SciPy's does, a tenth of the time for short arrays."""
    most = float(terms.max())
    return most + float(np.log(np.exp(terms - most).sum())) if np.isfinite(most) else most


def scenes_of(
    tracks: Mapping[str, Track], groups: Mapping[str, Group], shots: Shots, length: float
) -> tuple[list[int], Array]:
    """The changes of shot at which scenes begin, and how probable each change is to be one."""
    if len(shots) < 2:
        return [], np.zeros(0)
    mean = mean_for(length)
    weighed = cues(tracks, groups, shots, mean)
    ratios = np.sum(list(weighed.values()), axis=0) if weighed else np.zeros(len(shots) - 1)
    chain = Chain(shots.begin, shots.end, mean, ratios)
    probable = chain.probabilities()
    return chain.divided(_number(probable, length / mean - 1)), probable


def _number(probable: Array, usual: float) -> int:
    """How many changes to take; usual: as many as films of that length have in the mean."""
    right = np.cumsum(np.sort(probable)[::-1])
    if right[-1] < 0.5:
        return 0
    expected = 2 * right / (np.arange(1, len(right) + 1) + right[-1])
    return min(int(np.argmax(expected)) + 1, round(max(float(right[-1]), usual)))


class Scenes(Analyser[None]):
    """Scenes as groups of shots; one for a film of one shot, none for a film without shots.

    On the clock of the shots. Columns: first_shot, last_shot (numbered from 1), sure (probability that a scene begins
    here; 1 for the first). Labels are the words of `movements`.
    """

    name = "scenes"
    version = 2
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
        changes, probable = scenes_of(tracks, groups, shots, length)
        first = np.array([0, *(change + 1 for change in changes)], dtype=np.int64)
        last = np.append(first[1:], len(shots)) - 1
        profile = Profile(groups)
        label = []
        for a, b in zip(first.tolist(), last.tolist(), strict=True):
            begin = int(shots.begin[a] * RATE)
            label.append(profile.words(begin, max(begin + 1, round(shots.end[b] * RATE)), 3) if len(first) > 1 else "")
        sure = np.concatenate([[1.0], probable[first[1:] - 1]])
        columns = {"first_shot": first + 1, "last_shot": last + 1, "sure": sure}
        return {"scenes": Spans("scenes", track.begin[first], track.end[last], label, track.clock, columns)}
