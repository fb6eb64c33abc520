"""Pulse: where a film beats steadily, in its sound and in its cutting.

The tempogram (see ``score.tempogram``) of the attacks in the sound, the low ones counting for more as accents, of
those of what is low in it (a heart under music is lost among all others), both in windows of 12 s, and of the cuts, in
windows of 20 s, gives a rate from 40 to 180 a minute and its clarity, once a second. Where clarity stands at 0.4 or
more in three windows that agree on the rate to 4 %, and at least eight beats in at least 4 s are there, it is a steady
pulse. What falls anyhow (speech, rain, footsteps in a crowd) rarely comes to 0.3, and then not thrice at one rate;
attacks that keep time to 20 ms stand above 0.5.

A pulse of the sound at 40 to 140 a minute whose beat has two strokes and little beside them, the second a fifth to
nearly half of the beat after the first, is "like a heartbeat": the systole lasts about a third of the cycle at rest.

What a listener would expect: a clock, a march, a club next door, a heart; not rain on a roof, though it patters, and
not talk, though it has rhythm. A rate has doubles and halves: that of a drum kit is the fastest on which strokes fall
about equally strong. Two drums by turns at 120 and more, and nothing between them, count as the halves of a beat.

Contents
    beats       a stretch's instants and rate -> its beats
    stretches   tempogram -> steady pulses
    Pulse       the analyser
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from rewatch.analyser import Analyser, Gives
from rewatch.clock import MILLISECONDS, Clock
from rewatch.figure import Figure
from rewatch.score.grid import Array, shot_seconds, to_ms
from rewatch.score.tempogram import Windows, sharpen, tempogram
from rewatch.track import Curve, Events, Spans, Track

CLOCK = Clock(Fraction(1))
CLEAR = 0.4
LEAST_WINDOWS = 3
SAME = 0.04
LEAST_BEATS = 8
LEAST_SECONDS = 4.0
LOW_WEIGHT = 2 / 3
HEART, HEART_WEIGHT = "like a heartbeat", 2.0
LOW_FULL = 16.0
"""Strength, dB, of a low attack that is a stroke in full: a blow's comes to 20 and more, noise's seldom to 6."""
TOGETHER = 0.06
"""Seconds between an attack and the low one that belongs to it, at most."""

SOUND = Windows()
CUTS = Windows(length=20.0, blur=0.035)
"""Cuts fall on frames: at 24 a second that alone moves them by up to 21 ms."""

PAPER = "Grosche and Mueller 2011, doi 10.1109/TASL.2010.2096216"

FIGURES = (
    Figure(
        "pulse",
        "Pulse of the sound",
        "beats/min, clarity 0..1",
        "autocorrelation tempogram of the attacks, windows of 12 s: the period whose multiples repeat best, and by how "
        "much they repeat better than chance; of all attacks or of the low ones alone, whichever is "
        "clearer",
        PAPER,
        ("onsets", "low_onsets"),
        "music, machines, footsteps, hearts",
        "a rate from its double or half where strokes are equally strong; pulses slower than 40 or faster than 180",
    ),
    Figure(
        "cut_pulse",
        "Pulse of the cutting",
        "cuts/min, clarity 0..1",
        "the same of the cuts, windows of 20 s",
        PAPER,
        ("shots", "frames"),
        "metric montage",
        "pulses of shots longer than 1.5 s",
    ),
    Figure(
        "pulse_stretches",
        "Steady pulses",
        "beats/min",
        "clarity of 0.4 or more in three windows that agree to 4 %, at least 8 beats in 4 s; like a heartbeat: 40 to "
        "140 a minute, two strokes a beat, the second 0.18 to 0.45 of a beat after the first",
        "rewatch",
        ("pulse", "cut_pulse"),
        "finding the heartbeat",
        "whether a heart beats: a slow two-part machine may look the same",
    ),
    Figure(
        "beats",
        "Beats",
        "",
        "the attacks of a steady pulse of the sound, followed from beat to beat from its middle both ways, each the "
        "strongest near where the next is due (8 % of a beat, at least 40 ms); those that are missing filled in",
        "rewatch",
        ("pulse_stretches", "onsets", "low_onsets"),
        "tapping along; cuts on the beat",
        "where a bar begins",
    ),
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A steady pulse: seconds, rate a minute, mean clarity, its beats (seconds) and what it is like.

    weight: of a beat, where two stretches overlap and one of them must give way
    """

    begin: float
    end: float
    rate: float
    clarity: float
    beats: Array
    label: str
    weight: float = 1.0


def stretches(
    times: Array, strengths: Array, tempogram_: tuple[Array, Array, Array], windows: Windows, clear: float = CLEAR
) -> list[Stretch]:
    """Instants and their tempogram -> the steady pulses in them, in order."""
    middles, rates, clarity = tempogram_
    good = (clarity >= clear) & (rates > 0)
    runs: list[list[int]] = []
    for i in np.flatnonzero(good).tolist():
        if runs and i - runs[-1][-1] <= 5 and abs(rates[i] / rates[runs[-1][-1]] - 1) <= SAME:
            runs[-1].append(i)
        else:
            runs.append([i])
    found: list[Stretch] = []
    while runs:
        run = runs.pop()
        if len(run) < LEAST_WINDOWS:
            continue
        half = len(run) // 2
        rate = float(np.median(rates[run[max(0, half - 2) : half + 3]]))
        core = (float(middles[run[0]]), float(middles[run[-1]]))
        # A window at the edge of a pulse sees half of it: what beats in time there belongs to it.
        first, last = np.searchsorted(times, [core[0] - windows.length / 2, core[1] + windows.length / 2])
        t, w = times[first:last], strengths[first:last]
        near = np.abs(t - middles[run[half]]) <= 10
        struck = beats(t, w, sharpen(t[near], w[near], rate), core)
        if len(struck) >= LEAST_BEATS and struck[-1] - struck[0] >= LEAST_SECONDS:
            period = float(np.polyfit(np.arange(len(struck)), struck, 1)[0])
            label = _kind(t, w, struck, 60 / period)
            begin, end = float(struck[0]), float(struck[-1]) + period
            inside = [i for i in run if begin <= middles[i] <= end] or run
            found.append(Stretch(begin, end, 60 / period, float(clarity[inside].mean()), struck, label))
        else:
            begin, end = (float(middles[run[half]]) + d for d in (-3, 3))
        # The walk of the beats may lose its way before the run ends: what it left over is looked at for itself.
        runs += [[i for i in run if middles[i] < begin - 3], [i for i in run if middles[i] > end + 3]]
    return _apart(found)


def _apart(found: list[Stretch]) -> list[Stretch]:
    """Stretches in order; of two that overlap the one with more beats (by weight) keeps them all, the other what
    lies outside.
    """
    kept: list[Stretch] = []
    for stretch in sorted(found, key=lambda s: -len(s.beats) * s.weight):
        clear = np.ones(len(stretch.beats), dtype=np.bool_)
        for other in kept:
            clear &= (stretch.beats >= other.end) | (stretch.beats + 60 / stretch.rate <= other.begin)
        beats_left = stretch.beats[clear]
        if len(beats_left) >= LEAST_BEATS and np.diff(beats_left).max() < 120 / stretch.rate:
            end = float(beats_left[-1]) + 60 / stretch.rate
            kept.append(replace(stretch, begin=float(beats_left[0]), end=end, beats=beats_left))
    joined: list[Stretch] = []
    for stretch in sorted(kept, key=lambda s: s.begin):
        if joined and (both := _one(joined[-1], stretch)):
            joined[-1] = both
        else:
            joined.append(stretch)
    return joined


def _one(before: Stretch, after: Stretch) -> Stretch | None:
    """Two stretches as one, where the second goes on in time with the first after at most three missing beats."""
    period = 60 / before.rate
    steps = (after.begin - float(before.beats[-1])) / period
    if abs(after.rate / before.rate - 1) > 0.01 or steps > 4.5 or abs(steps - round(steps)) > 0.15:
        return None
    filled = np.linspace(float(before.beats[-1]), after.begin, max(1, round(steps)) + 1)[1:-1]
    struck = np.concatenate((before.beats, filled, after.beats))
    weights = len(before.beats), len(after.beats)
    longer = before if weights[0] >= weights[1] else after
    rate = 60 / float(np.polyfit(np.arange(len(struck)), struck, 1)[0])
    clarity = float(np.average([before.clarity, after.clarity], weights=weights))
    return Stretch(before.begin, after.end, rate, clarity, struck, longer.label)


def beats(times: Array, strengths: Array, rate: float, core: tuple[float, float]) -> Array:
    """The beats of a steady pulse: instants followed from beat to beat, those that are missing filled in.

    Starts from the phase on which most strength falls within `core` (seconds) and walks out from its middle both ways,
    each time to the strongest instant near where the next is due, the period following those that are found; stops when
    fewer than three of six are there, then goes back until three of the last four were: what strikes in time by chance
    is no beat.
    """
    period = 60.0 / rate
    inside = (times >= core[0] - 4 * period) & (times <= core[1] + 4 * period)
    if inside.sum() < 2:
        return np.zeros(0)
    middle = (core[0] + core[1]) / 2
    near = np.abs(times - middle) <= max(8 * period, 1e-9)
    t, w = (times[near], strengths[near]) if near.sum() >= 4 else (times[inside], strengths[inside])
    phases = np.arange(48) / 48
    apart = (t[:, None] / period - phases[None, :] + 0.5) % 1 - 0.5
    phase = phases[int((w[:, None] * np.exp(-0.5 * (apart / 0.04) ** 2)).sum(axis=0).argmax())]
    start = (round(middle / period - phase) + phase) * period
    walks = []
    for way in (1, -1):
        walk: list[float] = []
        there: list[bool] = []
        step = period
        due = start if way == 1 else start - period
        while len(there) < 6 or sum(there[-6:]) >= 3:
            slack = max(0.04, 0.08 * step)
            a, b = np.searchsorted(times, [due - slack, due + slack])
            there.append(bool(b > a))
            struck = float(times[a + int(np.argmax(strengths[a:b]))]) if b > a else due
            walk.append(struck)
            off = struck - due
            step = min(max(step + way * 0.1 * off, 0.85 * period), 1.15 * period)
            due += off / 2 + way * step
        while walk and not (there[-1] and sum(there[-4:]) >= min(3, len(there))):
            walk.pop()
            there.pop()
        walks.append(walk)
    return np.array(walks[1][::-1] + walks[0], dtype=np.float64)


def _kind(times: Array, strengths: Array, struck: Array, rate: float) -> str:
    """What a pulse is like: "like a heartbeat" or "steady"."""
    period = 60.0 / rate
    if not 40 <= rate <= 140:
        return "steady"
    first, last = np.searchsorted(times, [struck[0] - period / 8, struck[-1] + period / 2])
    t, w = times[first:last], strengths[first:last]
    beat = np.searchsorted(struck, t + period / 8, side="right") - 1
    phase = (t - struck[np.maximum(beat, 0)]) / period
    on = np.abs(phase) < 0.125
    counts, edges_ = np.histogram(phase[~on], bins=28, range=(0.125, 0.875), weights=w[~on])
    if not counts.sum():
        return "steady"
    two = np.convolve(counts, np.ones(3), mode="same")
    # The walk may have settled on the second stroke: then the first lies behind by the long part of the beat.
    at = float((edges_[int(two.argmax())] + edges_[int(two.argmax()) + 1]) / 2)
    second = np.abs(phase - at) < 0.06
    gap = min(at, 1 - at)
    answered = len(np.unique(beat[second])) / len(struck)
    others = float(w[~on & ~second].sum() / w.sum())
    return HEART if 0.18 <= gap <= 0.45 and answered >= 0.6 and others <= 0.25 else "steady"


def _accents(strokes: tuple[Array, Array], low: tuple[Array, Array]) -> Array:
    """Strengths of attacks (instants, strengths) that count for more as what is low in them does: a kick drum moves few
    of the bands whose mean an attack is measured by, and would count for less than the cymbal between two beats.

    A low attack adds to the nearest other within `TOGETHER`: one of `LOW_FULL` as much as the stronger attacks have, so
    that the grain of noise adds little.
    """
    times, strengths = strokes
    if len(times) < 2 or not len(low[0]):
        return strengths
    worth = float(np.percentile(strengths, 90)) * np.minimum(low[1] / LOW_FULL, 1.0) ** 2
    after = np.clip(np.searchsorted(times, low[0]), 1, len(times) - 1)
    near = after - (low[0] - times[after - 1] <= times[after] - low[0])
    together = np.abs(low[0] - times[near]) <= TOGETHER
    counted = strengths.copy()
    np.add.at(counted, near[together], worth[together])
    return counted


def _worth(low: Stretch, others: list[Stretch]) -> float:
    """What a beat of a pulse of what is low weighs against those of all attacks.

    It is there for what they do not tell and gives way, unless it tells much more; but where they beat with it and it
    is a heart, it tells the same without what sounds beside it.
    """
    if low.label != HEART:
        return LOW_WEIGHT
    same = (s for s in others if s.begin < low.end and low.begin < s.end and abs(s.rate / low.rate - 1) <= SAME)
    return HEART_WEIGHT if any(same) else LOW_WEIGHT


_NOTHING = (np.zeros(0), np.zeros(0), np.zeros(0))


def _struck(track: Track) -> tuple[Array, Array]:
    """Instants and strengths (n,) of a track of onsets."""
    if not isinstance(track, Events):
        return np.zeros(0), np.zeros(0)
    strengths = np.asarray(track.columns.get("strength", np.ones(len(track))), dtype=np.float64)
    return track.seconds(), np.maximum(strengths, 1e-6)


def _clearest(grams: list[tuple[Array, Array, Array]]) -> Array:
    """(m, 2) rate and clarity: at each second those of the clearest tempogram."""
    if not grams:
        return np.zeros((0, 2))
    rates, clarity = (np.stack([gram[part] for gram in grams]) for part in (1, 2))
    best = clarity.argmax(axis=0)
    which = np.arange(len(best))
    return np.column_stack([rates[best, which], clarity[best, which]])


class Pulse(Analyser[None]):
    """Pulse of the sound and of the cutting, and where it is steady; see the module's docstring.

    Rate and clarity are 0 where there is too little to beat. Without sound ``pulse`` is empty, without picture
    ``cut_pulse``.
    """

    name = "pulse"
    version = 4
    watches = "tracks"
    needs = ("onsets", "low_onsets", "shots", "frames")
    gives = (
        Gives(
            "pulse", "curve", "rate a minute and clarity of the sound's pulse", columns=("bpm", "clarity"), source=PAPER
        ),
        Gives(
            "cut_pulse",
            "curve",
            "rate a minute and clarity of the cuts' pulse",
            columns=("bpm", "clarity"),
            source=PAPER,
        ),
        Gives(
            "pulse_stretches",
            "spans",
            "steady pulses of sound and of cutting",
            columns=("bpm", "clarity", "of"),
            source=PAPER,
        ),
        Gives("beats", "events", "the beats of the steady pulses of the sound", columns=("stretch",)),
    )

    def settings(self) -> Mapping[str, Any]:
        return {"clear": CLEAR, "same": SAME, "least_beats": LEAST_BEATS, "sound": SOUND.length, "cuts": CUTS.length}

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        curves: dict[str, Track] = {}
        shots = shot_seconds(tracks)
        cuts = shots[0][1:] if shots is not None else np.zeros(0)
        end = float(shots[1][-1]) if shots is not None else 0.0
        heard = [_struck(tracks[name]) for name in ("onsets", "low_onsets") if name in tracks]
        last = max((float(times[-1]) for times, _ in heard if len(times)), default=0.0)
        length = max(end, last) if last else 0.0
        accents = [_accents(heard[0], heard[1]), heard[1][1]] if len(heard) == 2 else [train[1] for train in heard]
        grams = [tempogram(*train, length, SOUND, some) for train, some in zip(heard, accents, strict=True)]
        steady = [stretches(*train, gram, SOUND) for train, gram in zip(heard, grams, strict=True)]
        steady[1:] = [[replace(stretch, weight=_worth(stretch, steady[0])) for stretch in some] for some in steady[1:]]
        found = [(stretch, "sound") for stretch in _apart([stretch for some in steady for stretch in some])]
        curves["pulse"] = Curve("pulse", _clearest(grams), CLOCK, "", ("bpm", "clarity"))
        gram = tempogram(cuts, np.ones(len(cuts)), end, CUTS) if shots is not None else _NOTHING
        found += [(stretch, "cuts") for stretch in stretches(cuts, np.ones(len(cuts)), gram, CUTS)]
        curves["cut_pulse"] = Curve("cut_pulse", np.column_stack(gram[1:]), CLOCK, "", ("bpm", "clarity"))
        found.sort(key=lambda row: (row[0].begin, row[1]))
        sound = [(number, stretch) for number, (stretch, of) in enumerate(found) if of == "sound"]
        at = np.concatenate([np.zeros(0), *(stretch.beats for _, stretch in sound)])
        number = np.concatenate([np.zeros(0, np.int64), *(np.full(len(s.beats), n) for n, s in sound)]).astype(np.int64)
        return curves | {
            "pulse_stretches": Spans(
                "pulse_stretches",
                to_ms([stretch.begin for stretch, _ in found]),
                to_ms([stretch.end for stretch, _ in found]),
                [stretch.label for stretch, _ in found],
                MILLISECONDS,
                {
                    "bpm": np.array([stretch.rate for stretch, _ in found], dtype=np.float64),
                    "clarity": np.array([stretch.clarity for stretch, _ in found], dtype=np.float64),
                    "of": [of for _, of in found],
                },
            ),
            "beats": Events("beats", to_ms(at), MILLISECONDS, {"stretch": number}),
        }
