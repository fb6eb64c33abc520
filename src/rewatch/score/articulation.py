"""Articulation: from legato, one thing flowing into the next, to staccato, each thing struck apart.

Each shot gets a number, 0 (legato) to 1 (staccato), the weighted mean of what is known of

    0.45  length    1 / (1 + 2^(-1.25 log2(ref / s))), s its length, ref the cube root of (median of the 21 shots
                    about it x median of the film x 5 s): short against its neighbours, its film and all films
    0.15  joins     mean over its two ends: a cut 0.6, a gradual transition slurs: 0 from half a second on
    0.20  motion    jerkiness / 0.8, at most 1; jerkiness = mean change of activity from one quarter second to the
                    next / mean activity; left out where nothing moves
    0.20  attacks   as length, of strength-weighted attacks a second against the root of (that of the film x 2)

(motion and attacks over 3 s about a shot that is shorter).

All of this is ours, and so are the words: below 0.42 legato, above 0.58 staccato, portato between. Beside it stand the
classes of B. Adams, C. Dorai and S. Venkatesh, "Finding the beat: an analysis of the rhythmic elements of motion
pictures", International Journal of Image and Graphics 2(2), 2002: the motion of a shot is none, fluid or staccato,
the editing of a stretch metric, accelerated, decelerated or free. Their classes, our thresholds: activity below 0.01
is none, jerkiness of 0.6 or more staccato; eight shots whose lengths differ by a fifth or less (sd / mean) are
metric, eight that shorten (Kendall: all but two of the 28 pairs in order, to half or less along their trend)
accelerated, eight that lengthen so decelerated.

What one would expect to see and hear: a fight cut in fragments, blows falling, is staccato; two people at a table
under slow dissolves and a held string are legato; a dialogue cut to and fro lies between.

Contents
    staccato_of_lengths, joins, jerkiness, attack_rate    the four parts
    motion_kinds, editing                                 the published classes
    Articulation                                          the analyser
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rewatch.analyser import Analyser, Gives
from rewatch.clock import MILLISECONDS
from rewatch.figure import Figure
from rewatch.score.activity import activity_of_shots, frame_activity
from rewatch.score.grid import (
    GRID,
    Array,
    edges,
    mean_of_frames,
    mean_of_steps,
    shot_seconds,
    smooth,
    times_of,
    to_ms,
)
from rewatch.smoothing import running_median
from rewatch.track import Column, Curve, Events, Spans, Track

WEIGHTS = {"length": 0.45, "joins": 0.15, "motion": 0.2, "attacks": 0.2}
LEGATO, STACCATO = 0.42, 0.58
STILL, JERKY = 0.01, 0.6
SIGMA = 2.0
ABOUT = 3.0
"""Seconds about a short shot in which its motion and its attacks are counted."""
RUN = 8

PAPER = "Adams, Dorai and Venkatesh 2002, Int. J. Image and Graphics 2(2)"

FIGURES = (
    Figure(
        "articulation",
        "Articulation",
        "0 legato .. 1 staccato",
        "0.45 shortness against neighbourhood, film and 5 s + 0.15 joins (cuts part, dissolves slur) + 0.2 jerkiness "
        "of motion + 0.2 attacks in the sound; over what is known, smoothed by a Gaussian of sigma 2 s",
        "rewatch",
        ("shots", "activity", "boundaries", "onsets", "frames"),
        "where a film flows and where it strikes",
        "intention: hand-held unrest and a careless camera may measure alike",
    ),
    Figure(
        "articulation_shots",
        "Articulation of each shot",
        "0 legato .. 1 staccato",
        "the same of each shot: below 0.42 legato, above 0.58 staccato, portato between; with its motion: none, fluid, "
        "staccato",
        "rewatch; classes of motion: " + PAPER,
        ("shots", "activity", "boundaries", "onsets", "frames"),
        "finding the shots that strike and those that flow",
        "the articulation within a long shot: it is one number for all of it",
    ),
    Figure(
        "editing",
        "Editing",
        "",
        "runs of eight shots: metric (sd / mean of lengths <= 0.2), accelerated, decelerated (at most 2 of 28 pairs "
        "out of order, lengths halved or doubled along the trend), else free",
        PAPER + "; the thresholds are ours",
        ("shots", "frames"),
        "montage by measure, chases that tighten",
        "patterns longer or shorter than some eight shots",
    ),
)


def _above(value: Array, reference: Array | float) -> Array:
    """0..1: one half where value equals reference, 0.7 at twice, 0.85 at four times it."""
    result: Array = 1 / (1 + (reference / np.maximum(value, 1e-9)) ** 1.25)
    return result


def staccato_of_lengths(lengths: Array) -> Array:
    """(n,) lengths of shots, seconds -> 0..1, short ones high."""
    if not len(lengths):
        return np.zeros(0)
    near = running_median(lengths, 21, "mirror")
    reference = np.cbrt(near * np.median(lengths) * 5.0)
    return _above(reference, lengths)


def joins(kinds: Sequence[str], lasting: Array) -> Array:
    """How separate each shot is from its neighbours, 0..1.

    kinds: n, the transition that begins each shot; lasting: (n,) seconds of it. What begins the first shot joins it to
    nothing; a film of one shot is joined to nothing at all: 0. A list that does not say how shots begin has cuts.
    """
    count = len(kinds)
    if count < 2:
        return np.zeros(count)
    apart = np.where([kind in ("cut", "") for kind in kinds], 0.6, 0.6 * np.maximum(0.0, 1 - lasting / 0.5))
    result = np.empty(count)
    result[1:-1] = (apart[1:-1] + apart[2:]) / 2
    result[0], result[-1] = apart[1], apart[-1]
    return result


def jerkiness(
    tracks: Mapping[str, Track], begin: Array, end: Array, least: float = 0.0
) -> tuple[Array, npt.NDArray[np.bool_]] | None:
    """(n,) mean change of activity from one quarter second to the next / mean activity; for which shots it is known.

    least: seconds that are looked at, half before and half after a shot that is shorter; changes from one shot to the
           next do not count. Three quarters of a second are too little to say anything.
    None where there is no activity.
    """
    known = frame_activity(tracks)
    if known is None or not len(begin):
        return None
    times, values, keep = known
    at = np.arange(0, end[-1] + 0.25, 0.25)
    means, covered = mean_of_frames(at, times, values, keep)
    shot = np.searchsorted(begin, (at[:-1] + at[1:]) / 2, side="right") - 1
    whole = (covered > 0.5) & (shot >= 0)
    pair = whole[1:] & whole[:-1] & (shot[1:] == shot[:-1])
    wide = np.maximum(0.0, (least - (end - begin)) / 2)
    # A pair of quarters is where they meet.
    first, last = np.searchsorted(at[1:-1], begin - wide), np.searchsorted(at[1:-1], end + wide)

    def total(of: Array) -> Array:
        sums = np.concatenate(([0.0], np.cumsum(np.where(pair, of, 0.0))))
        return np.asarray(sums[last] - sums[first])

    level = total((means[1:] + means[:-1]) / 2)
    enough = (total(np.ones(len(pair))) >= 2) & (level > 1e-9)
    return np.divide(total(np.abs(np.diff(means))), level, out=np.zeros(len(begin)), where=enough), enough


def attack_rate(onsets: Events, begin: Array, end: Array) -> tuple[Array, float]:
    """Attacks a second about each shot (over 3 s at least), each counting by its strength (1 = the film's median); and
    the film's."""
    times = onsets.seconds()
    strengths = np.asarray(onsets.columns.get("strength", np.ones(len(times))), dtype=np.float64)
    if not len(times) or end[-1] <= 0:
        return np.zeros(len(begin)), 0.0
    weight = np.minimum(strengths / max(float(np.median(strengths)), 1e-9), 4.0)
    total = np.concatenate(([0.0], np.cumsum(weight)))
    wide = np.maximum(0.0, (ABOUT - (end - begin)) / 2)
    low, high = np.maximum(begin - wide, 0.0), np.minimum(end + wide, end[-1])
    inside = total[np.searchsorted(times, high)] - total[np.searchsorted(times, low)]
    return inside / np.maximum(high - low, 1e-3), float(total[np.searchsorted(times, end[-1])] / end[-1])


def motion_kinds(activity: Array, jerks: Array, known: npt.NDArray[np.bool_]) -> list[str]:
    """none, fluid or staccato for each shot; "" where it is too short to tell."""
    kinds = np.where(jerks >= JERKY, "staccato", "fluid")
    kinds = np.where(known, kinds, "")
    return [str(kind) for kind in np.where(activity < STILL, "none", kinds)]


def editing(begin: Array, end: Array) -> Spans:
    """Stretches of metric, accelerated, decelerated and free editing that tile the shots; column shots (how many)."""
    lengths = end - begin
    kinds = np.zeros(len(lengths), dtype=np.int64)
    if len(lengths) >= RUN:
        runs = np.lib.stride_tricks.sliding_window_view(lengths, RUN)
        early, late = np.triu_indices(RUN, 1)
        order = np.sign(runs[:, late] - runs[:, early]).sum(axis=1)
        logs, steps = np.log(np.maximum(runs, 1e-3)), np.arange(RUN) - (RUN - 1) / 2
        trend = (logs @ steps) / (steps @ steps) * (RUN - 1)
        least = RUN * (RUN - 1) / 2 - 4
        metric = runs.std(axis=1) <= 0.2 * runs.mean(axis=1)
        for number, found in (
            (2, (order <= -least) & (trend <= -np.log(2))),
            (3, (order >= least) & (trend >= np.log(2))),
            (1, metric),
        ):
            for start in np.flatnonzero(found).tolist():
                kinds[start : start + RUN] = number
    names = ("free", "metric", "accelerated", "decelerated")
    cuts = [0, *(np.flatnonzero(np.diff(kinds)) + 1).tolist(), len(kinds)] if len(kinds) else [0]
    first, last = np.array(cuts[:-1], dtype=np.int64), np.array(cuts[1:], dtype=np.int64)
    return Spans(
        "editing",
        to_ms(begin[first]),
        to_ms(end[last - 1]),
        [names[k] for k in kinds[first].tolist()],
        MILLISECONDS,
        {"shots": last - first},
    )


class Articulation(Analyser[None]):
    """Articulation of shots and over time, and the published classes; see the module's docstring.

    Without picture all is empty; without sound, or without activity, the rest speaks for itself.
    """

    name = "articulation"
    version = 1
    watches = "tracks"
    needs = ("shots", "activity", "boundaries", "onsets", "frames")
    gives = (
        Gives("articulation", "curve", "0 legato to 1 staccato", unit="", columns=("value",)),
        Gives(
            "articulation_shots",
            "spans",
            "the articulation of each shot: legato, portato, staccato",
            columns=("staccato", "motion", "attacks"),
        ),
        Gives("editing", "spans", "metric, accelerated, decelerated, free", columns=("shots",), source=PAPER),
    )

    def settings(self) -> Mapping[str, Any]:
        return {"weights": WEIGHTS, "sigma": SIGMA, "still": STILL, "jerky": JERKY, "run": RUN}

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        stretch, shots, times = shot_seconds(tracks), tracks.get("shots"), times_of(tracks)
        empty = np.zeros(0)
        if stretch is None or not isinstance(shots, Spans):
            clock = shots.clock if isinstance(shots, Spans) else MILLISECONDS
            none = np.zeros(0, dtype=np.int64)
            columns: dict[str, Column] = {"staccato": empty, "motion": [], "attacks": empty}
            return {
                "articulation": Curve("articulation", empty, GRID),
                "articulation_shots": Spans("articulation_shots", none, none, [], clock, columns),
                "editing": editing(empty, empty),
            }
        begin, end = stretch
        count = len(begin)
        lasting = np.zeros(count)
        if times is not None and shots.clock.counts_frames and "first_frame" in shots.columns:
            first, last = (np.asarray(shots.columns[name], dtype=np.int64) for name in ("first_frame", "last_frame"))
            lasting = np.where(
                first >= 0, times.seconds(np.maximum(last, -1) + 1) - times.seconds(np.maximum(first, 0)), 0
            )
        elif not shots.clock.counts_frames:
            lasting = np.array([0.0 if kind in ("cut", "") else 1.0 for kind in shots.label])
        parts = {"length": staccato_of_lengths(end - begin), "joins": joins(shots.label, lasting)}
        knows = {name: np.ones(count, dtype=np.bool_) for name in parts}
        motion, kinds = jerkiness(tracks, begin, end), [""] * count
        about = jerkiness(tracks, begin, end, ABOUT)
        activity = activity_of_shots(tracks, begin, end)
        if motion is not None and about is not None and activity is not None:
            kinds = motion_kinds(activity, *motion)
            parts["motion"], knows["motion"] = np.minimum(about[0] / 0.8, 1.0), about[1] & (activity >= STILL)
        onsets, attacks = tracks.get("onsets"), np.full(count, -1.0)
        if isinstance(onsets, Events):
            attacks, film = attack_rate(onsets, begin, end)
            parts["attacks"] = _above(attacks + 0.1, np.sqrt(film * 2.0) + 0.1)
            knows["attacks"] = np.full(count, film > 0)
        weight = sum((WEIGHTS[name] * knows[name] for name in parts), start=np.zeros(count))
        staccato = sum((WEIGHTS[name] * knows[name] * parts[name] for name in parts), start=np.zeros(count)) / weight
        curve = smooth(*mean_of_steps(edges(float(end[-1])), begin, end, staccato), SIGMA)
        words = np.where(staccato < LEGATO, "legato", np.where(staccato > STACCATO, "staccato", "portato"))
        return {
            "articulation": Curve("articulation", np.clip(curve, 0.0, 1.0), GRID),
            "articulation_shots": Spans(
                "articulation_shots",
                shots.begin,
                shots.end,
                [str(word) for word in words],
                shots.clock,
                {"staccato": staccato, "motion": kinds, "attacks": attacks},
            ),
            "editing": editing(begin, end),
        }
