"""Accents: cuts that fall with the sound: on an attack, on the beat, against what chance would give.

A cut falls on an attack where one of the stronger half of the film's attacks lies within 60 ms of it, and on the beat
where a beat of a steady pulse (see ``score.pulse``) lies within 60 ms, but no more than a tenth of a beat. How often
that would be so by chance is asked, for attacks, of the film itself: the cuts are moved round it by 499 distances,
evenly spread, and counted again each time. That keeps the rhythm of the cuts and that of the sound and loosens only
the tie between them (a permutation test by circular shifts: B. Efron, R. Tibshirani, *An Introduction to the
Bootstrap*, 1993, ch. 15). With k of the 499 giving as many or more, p = (k + 1) / 500. Beats are even, so moving all
cuts alike tells nothing of them; a cut that knows nothing of the music falls anywhere in the beat, and p is the
binomial probability of as many or more on it.

Contents
    by_chance   hits of cuts, and of cuts moved
    Accents     the analyser
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from rewatch.analyser import Analyser, Gives
from rewatch.chances import as_many
from rewatch.clock import MILLISECONDS
from rewatch.figure import Figure
from rewatch.score.grid import Array, shot_seconds, to_ms
from rewatch.track import Events, Figures, Spans, Track

NEAR = 0.06
SHIFTS = 499
LEAST_CUTS = 10

_NAMES = (
    "cuts_on_attacks",
    "cuts_on_attacks_chance",
    "cuts_on_attacks_p",
    "cuts_on_beat",
    "cuts_on_beat_chance",
    "cuts_on_beat_p",
)

_METHOD = "circular shift permutation, 499 shifts"

FIGURES = (
    Figure(
        "accents",
        "Accents",
        "",
        "each cut within 60 ms of one of the stronger half of the attacks; columns: how strong that is, how far from "
        "the cut, and whether the cut is on a beat of a steady pulse as well",
        "rewatch",
        ("shots", "onsets", "frames", "beats"),
        "going to the cuts that land",
        "whether a single one is meant: set them beside what chance would give",
    ),
    Figure(
        "cuts_on_attacks",
        "Cuts on an attack",
        "%",
        "cuts within 60 ms of one of the stronger half of the attacks / cuts",
        "rewatch",
        ("shots", "onsets", "frames"),
        "films cut to their sound, blows that land on a cut",
        "whether the sound was laid to the cut or the cut to the sound",
    ),
    Figure(
        "cuts_on_attacks_chance",
        "Cuts on an attack by chance",
        "%",
        "mean of the same with the cuts moved round the film by 499 distances",
        _METHOD,
        ("shots", "onsets", "frames"),
        "what cuts_on_attacks must be set beside: where attacks are dense, many cuts meet one by chance",
        "chance within one scene: the cuts are moved round the whole film",
    ),
    Figure(
        "cuts_on_attacks_p",
        "Probability of as many by chance",
        "",
        "(1 + moves that give as many or more) / 500",
        _METHOD,
        ("shots", "onsets", "frames"),
        "whether cuts and attacks have anything to do with each other in this film",
        "how strong the tie is, and why: a hall that changes its sound at each cut makes attacks of its own",
    ),
    Figure(
        "cuts_on_beat",
        "Cuts on the beat",
        "%",
        "cuts within 60 ms and a tenth of a beat of one / cuts within steady pulses of the sound",
        "rewatch",
        ("shots", "beats", "pulse_stretches", "frames"),
        "films cut to their music",
        "a cut laid a fixed step before or after the beat: it counts as off it",
    ),
    Figure(
        "cuts_on_beat_chance",
        "Cuts on the beat by chance",
        "%",
        "mean part of a beat that counts as on it",
        "binomial",
        ("shots", "beats", "pulse_stretches", "frames"),
        "what cuts_on_beat must be set beside",
        "chance where the cuts themselves keep time: they are taken to fall anywhere in the beat",
    ),
    Figure(
        "cuts_on_beat_p",
        "Probability of as many by chance",
        "",
        "binomial probability of as many or more",
        "binomial",
        ("shots", "beats", "pulse_stretches", "frames"),
        "whether the film is cut to its music at all",
        "whether each single cut was meant: cuts at a steady distance are not independent, and then p is too small",
    ),
)


def nearest(times: Array, at: Array) -> npt.NDArray[np.int64]:
    """Index of the one of `times` (increasing, not empty) that is nearest to each of `at`."""
    after = np.clip(np.searchsorted(times, at), 1, max(len(times) - 1, 1))
    if len(times) == 1:
        return np.zeros(at.shape, dtype=np.int64)
    return np.where(at - times[after - 1] <= times[after] - at, after - 1, after).astype(np.int64)


def _p(hits: int, moved: Array) -> float:
    return float((1 + (moved >= hits).sum()) / (1 + len(moved)))


def by_chance(cuts: Array, attacks: Array, begin: float, end: float) -> tuple[npt.NDArray[np.bool_], Array]:
    """Which cuts lie within `NEAR` of an attack, and how many do with the cuts moved round ``[begin, end)``: (499,)."""
    length = max(end - begin, 1e-3)
    hit = np.abs(attacks[nearest(attacks, cuts)] - cuts) <= NEAR
    shifts = np.arange(1, SHIFTS + 1) / (SHIFTS + 1) * length
    counts = np.empty(SHIFTS)
    for block in np.array_split(np.arange(SHIFTS), 25):
        moved = begin + (cuts[None, :] - begin + shifts[block, None]) % length
        counts[block] = (np.abs(attacks[nearest(attacks, moved)] - moved) <= NEAR).sum(axis=1)
    return hit, counts


def on_beat(cuts: Array, beats: Array, stretch: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.bool_], Array, Array]:
    """Cuts against beats, (n,) each: which lie between two beats of one stretch, by what part of a beat they are off
    (-0.5..0.5), and what part of a beat still counts as on it."""
    after = np.searchsorted(beats, cuts, side="right")
    inside = (after > 0) & (after < len(beats))
    index = np.clip(after, 1, max(len(beats) - 1, 1))
    if len(beats) < 2:
        return np.zeros(len(cuts), dtype=np.bool_), np.zeros(len(cuts)), np.zeros(len(cuts))
    inside &= stretch[index] == stretch[index - 1]
    period = np.maximum(beats[index] - beats[index - 1], 1e-3)
    phase = ((cuts - beats[index - 1]) / period + 0.5) % 1 - 0.5
    return inside, phase, np.minimum(NEAR / period, 0.1)


class Accents(Analyser[None]):
    """Cuts with the sound, and the chance of it; see the module's docstring.

    Without picture, without sound, with fewer than ten cuts (or ten cuts in steady pulses) the figures are None, and
    `why` says which. The last is not tested: what ten cuts do may be chance whatever they do.
    """

    name = "accents"
    version = 1
    watches = "tracks"
    needs = ("shots", "frames", "onsets", "beats", "pulse_stretches")
    gives = (
        Gives(
            "accents",
            "events",
            "cuts that fall on an attack in the sound",
            columns=("shot", "offset", "strength", "beat"),
        ),
        Gives("accents_figures", "figures", "cuts on attacks and on the beat, and by chance", columns=_NAMES),
    )

    def settings(self) -> Mapping[str, Any]:
        return {"near": NEAR, "shifts": SHIFTS, "least_cuts": LEAST_CUTS}

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        which, cuts, begin, end = _cuts(tracks)
        onsets, beats = tracks.get("onsets"), tracks.get("beats")
        times, strengths = _strong(onsets) if isinstance(onsets, Events) else (np.zeros(0), np.zeros(0))
        values: dict[str, float | int | None] = dict.fromkeys(_NAMES)
        units = {figure.name: figure.unit for figure in FIGURES if figure.unit}
        reason = self._reason(tracks, len(times), len(cuts))
        why: dict[str, str] = dict.fromkeys(_NAMES, reason) if reason else {}
        hit = on = inside = np.zeros(len(cuts), dtype=np.bool_)
        slack = np.zeros(len(cuts))
        if len(cuts) and len(times):
            hit, moved = by_chance(cuts, times, begin, end)
            if not reason:
                values["cuts_on_attacks"] = 100 * float(hit.mean())
                values["cuts_on_attacks_chance"] = 100 * float(moved.mean()) / len(cuts)
                values["cuts_on_attacks_p"] = _p(int(hit.sum()), moved)
        if isinstance(beats, Events) and len(beats) and len(cuts):
            inside, phase, slack = on_beat(cuts, beats.seconds(), np.asarray(beats.columns["stretch"], dtype=np.int64))
            on = inside & (np.abs(phase) <= slack)
        if not reason and inside.sum() >= LEAST_CUTS:
            chance = float(2 * slack[inside].mean())
            values["cuts_on_beat"] = 100 * float(on.sum() / inside.sum())
            values["cuts_on_beat_chance"] = 100 * chance
            values["cuts_on_beat_p"] = as_many(int(on.sum()), int(inside.sum()), chance)
        elif not reason:
            why |= dict.fromkeys(_NAMES[3:], f"fewer than {LEAST_CUTS} cuts within a steady pulse of the sound")
        found = np.flatnonzero(hit)
        near = nearest(times, cuts[found]) if len(found) else found
        events = Events(
            "accents",
            to_ms(cuts[found]),
            MILLISECONDS,
            {
                "shot": which[found],
                "offset": times[near] - cuts[found] if len(found) else np.zeros(0),
                "strength": strengths[near] if len(found) else np.zeros(0),
                "beat": on[found],
            },
        )
        return {"accents": events, "accents_figures": Figures("accents_figures", values, units, why)}

    @staticmethod
    def _reason(tracks: Mapping[str, Track], attacks: int, cuts: int) -> str:
        """Why nothing can be said; "" where it can."""
        if shot_seconds(tracks) is None:
            return "the film has no picture"
        if "onsets" not in tracks:
            return "the film has no sound"
        if not attacks:
            return "no attacks in the sound"
        return f"fewer than {LEAST_CUTS} cuts" if cuts < LEAST_CUTS else ""


def _cuts(tracks: Mapping[str, Track]) -> tuple[npt.NDArray[np.int64], Array, float, float]:
    """Shots that begin with a cut (numbers from 0), the seconds at which they do, and begin and end of the picture."""
    stretch, shots = shot_seconds(tracks), tracks.get("shots")
    if stretch is None or not isinstance(shots, Spans):
        return np.zeros(0, dtype=np.int64), np.zeros(0), 0.0, 0.0
    which = np.array([i for i, kind in enumerate(shots.label) if i and kind in ("cut", "")], dtype=np.int64)
    return which, stretch[0][which], float(stretch[0][0]), float(stretch[1][-1])


def _strong(onsets: Events) -> tuple[Array, Array]:
    """Seconds and strength of the stronger half of the attacks (of all, where all are equally strong)."""
    times = onsets.seconds()
    strengths = np.asarray(onsets.columns.get("strength", np.ones(len(times))), dtype=np.float64)
    keep = strengths >= np.median(strengths) if len(times) else np.zeros(0, dtype=np.bool_)
    return times[keep], strengths[keep]
