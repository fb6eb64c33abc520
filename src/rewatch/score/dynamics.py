"""Dynamics: how loud each moment is against the film's own loudness, in the words of music.

Level is short-term loudness (3 s, EBU Tech 3341) less integrated loudness (ITU-R BS.1770-5), in LU: 0 is as loud as
the film as a whole, which in most films is about where its dialogue lies. The marks are ours:

    below -20 ppp | -20 pp | -13 p | -7 mp | -2 mf | 2 f | 5 ff | 9 fff        LU, each up to the next

Crescendi and diminuendi (hairpins) are rises and falls of the level by 6 LU or more that take their time: over at
least 3 s, without turning back by 3 LU or resting for 5 s, and spread out rather than done in one step; they are given
from a tenth to nine tenths of their change. Sforzandi are attacks: within half a second the momentary loudness (0.4 s)
comes to 3 LU or more above the film's, from at least 6 LU below that in all of the 3 s before. Rests are stretches of
silence, or of black, of half a second and longer.

What a listener would expect: dialogue mp to mf, a battle ff, a whisper in an empty house p; a sforzando makes one
start; a hairpin is a storm coming nearer, not a door that opens on a party.

Contents
    level           loudness -> LU against the film's
    dynamics_marks, hairpins, sforzandi, rests   read from it
    Dynamics        the analyser
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rewatch.analyser import Analyser, Gives
from rewatch.clock import MILLISECONDS, FrameTimes
from rewatch.facts import FilmFacts
from rewatch.figure import Figure
from rewatch.score.grid import GRID, Array, edges, times_of, to_ms
from rewatch.score.turns import climbs, flanks, levels
from rewatch.smoothing import gaussian, running_highest
from rewatch.track import Curve, Events, Figures, Spans, Track

MARKS = ("ppp", "pp", "p", "mp", "mf", "f", "ff", "fff")
BOUNDS = np.array([-20.0, -13.0, -7.0, -2.0, 2.0, 5.0, 9.0])
"""LU at which one mark gives way to the next."""

QUIETEST = -40.0
"""LU below which a level is not told apart: the floor of loudness (-70 LUFS) is no level of its own."""

SHORTEST_MARK = 2.0
HAIRPIN = 6.0
HAIRPIN_SECONDS = 3.0
PLATEAU = 5.0
"""Seconds without progress after which a rise or fall has ended."""
ATTACK = 6.0
REST = 0.5

_SOURCE = "ITU-R BS.1770-5, EBU Tech 3341"

FIGURES = (
    Figure(
        "dynamics",
        "Dynamics",
        "LU",
        "short-term loudness (3 s) - integrated loudness of the film",
        _SOURCE,
        ("loudness", "loudness_figures"),
        "where a film is loud and where it is quiet, whatever level it was mastered at",
        "how loud it is in a room",
    ),
    Figure(
        "dynamics_marks",
        "Dynamic marks",
        "",
        "level below -20 LU ppp, -13 pp, -7 p, -2 mp, 2 mf, 5 f, 9 ff, above fff; stretches of at least 2 s",
        "rewatch",
        ("dynamics",),
        "reading the score",
        "how loud one film is against another: the marks are relative to the film's own loudness",
    ),
    Figure(
        "hairpins",
        "Crescendi and diminuendi",
        "LU",
        "rises and falls of the level by 6 LU or more over 3 s or more, less than 3 LU of it turned back, no rest of "
        "5 s in it, no more than 60 % of it within any 2 s",
        "rewatch",
        ("loudness",),
        "storms that come nearer, music that swells and dies",
        "a swell of the music under dialogue that stays louder than it",
    ),
    Figure(
        "sforzandi",
        "Sforzandi",
        "LU",
        "momentary loudness that within 0.5 s comes to 3 LU or more above integrated and 6 LU or more above all of the "
        "3 s before",
        "rewatch",
        ("loudness", "onsets"),
        "shocks",
        "a shock in a film that is loud throughout",
    ),
    Figure(
        "rests",
        "Rests",
        "s",
        "stretches of silence or of black of 0.5 s and longer",
        "rewatch",
        ("silence", "black", "frames"),
        "where the film holds its breath",
        "whether it was meant: a reel change and a drop-out are rests as well",
    ),
    Figure(
        "loud_share",
        "Share at forte or louder",
        "%",
        "time with level >= 2 LU / time",
        "rewatch",
        ("dynamics",),
        "whether a film's loudness comes in a few outbursts or stands throughout",
        "how loud it is: the level is relative to the film's own loudness",
    ),
    Figure(
        "quiet_share",
        "Share at piano or softer",
        "%",
        "time with level < -7 LU / time",
        "rewatch",
        ("dynamics",),
        "how much of a film is whispered, or nearly still",
        "quiet from silence: both lie below",
    ),
)

_NAMES = ("loud_share", "quiet_share")


def _power_mean(decibels: Array) -> float:
    return 10 * math.log10(float(np.mean(10 ** (decibels / 10))))


def integrated(momentary: Array) -> float | None:
    """Integrated loudness, LUFS, out of momentary values (0.4 s blocks, 10 a second), gated as BS.1770-5 says.

    None where nothing lies above the gate of -70 LUFS.
    """
    heard = momentary[momentary > -69.99]
    if not len(heard):
        return None
    return _power_mean(heard[heard >= _power_mean(heard) - 10])


def level(at: Array, seconds: Array, loudness: Array, reference: float) -> Array:
    """Loudness at `seconds` (LUFS) -> LU against `reference` at every entry between the edges `at`, by mean power."""
    middle = (at[:-1] + at[1:]) / 2
    if not len(seconds) or not len(middle):
        return np.zeros(0)
    power = 10 ** (loudness / 10)
    total = np.concatenate(([0.0], np.cumsum(power)))
    first = np.searchsorted(seconds, at[:-1] - 1e-9)
    last = np.searchsorted(seconds, at[1:] - 1e-9)
    count = last - first
    near = power[np.clip(np.searchsorted(seconds, middle), 0, len(power) - 1)]
    mean = np.where(count > 0, (total[last] - total[first]) / np.maximum(count, 1), near)
    result: Array = np.maximum(10 * np.log10(np.maximum(mean, 1e-8)) - reference, QUIETEST)
    return result


def dynamics_marks(curve: Array, length: float) -> Spans:
    """Stretches at one dynamic, ppp to fff, that tile the sound; column level (LU, mean)."""
    runs = levels(curve, BOUNDS, 0.5, round(SHORTEST_MARK * 2))
    begin = to_ms([a / 2 for a, _, _ in runs])
    end = np.minimum(to_ms([b / 2 for _, b, _ in runs]), to_ms(length))
    means = np.array([curve[a:b].mean() for a, b, _ in runs], dtype=np.float64)
    names = [MARKS[k] for _, _, k in runs]
    return Spans("dynamics_marks", begin, np.maximum(begin, end), names, MILLISECONDS, {"level": means}, "LU")


def hairpins(seconds: Array, momentary: Array, reference: float) -> Spans:
    """Crescendi and diminuendi; columns change, from, to (LU against `reference`).

    seconds, momentary: (n,) ten values a second
    """
    found: list[tuple[int, int, float]] = []
    flat = np.zeros(0)
    if len(momentary) > 1:
        step = float(np.median(np.diff(seconds)))
        power = 10 ** (np.maximum(momentary - reference, QUIETEST) / 10)
        fast = 10 * np.log10(gaussian(power, 0.5 / step, "edge"))
        # In decibels, so that the breaths of speech weigh no more than its words.
        flat = gaussian(fast, 1.5 / step, "edge")
        pace = max(1, round(2.0 / step))
        for a, b, delta in flanks(flat, HAIRPIN, HAIRPIN / 2):
            for c, d in climbs(flat[a : b + 1] * np.sign(delta), round(PLATEAU / step)):
                change = float(flat[a + d] - flat[a + c])
                if (d - c) * step < HAIRPIN_SECONDS or abs(change) < HAIRPIN:
                    continue
                way = fast[a + c : a + d + 1] * np.sign(delta)
                steepest = float((way[pace:] - way[:-pace]).max()) if len(way) > pace else math.inf
                if steepest <= 0.6 * abs(change):
                    found.append((a + c, a + d, change))
    first = np.array([a for a, _, _ in found], dtype=np.int64)
    last = np.array([b for _, b, _ in found], dtype=np.int64)
    return Spans(
        "hairpins",
        to_ms(seconds[first]) if found else first,
        to_ms(seconds[last]) if found else last,
        ["crescendo" if delta > 0 else "diminuendo" for _, _, delta in found],
        MILLISECONDS,
        {
            "change": np.array([delta for _, _, delta in found], dtype=np.float64),
            "from": flat[first] if found else np.zeros(0),
            "to": flat[last] if found else np.zeros(0),
        },
        "LU",
    )


def sforzandi(seconds: Array, momentary: Array, reference: float, onsets: Array) -> Events:
    """Sudden attacks; columns level (LU reached) and rise (LU above the loudest of the 3 s before).

    onsets: seconds of the attacks in the sound; one within 0.4 s before gives the exact moment
    """
    at, reached, rise = np.zeros(0), np.zeros(0), np.zeros(0)
    if len(momentary) > 1:
        step = float(np.median(np.diff(seconds)))
        lu = np.maximum(momentary - reference, QUIETEST)
        ahead, back = max(1, round(0.5 / step)), max(1, round(3.0 / step))
        # Entry i: the loudest of the half second that begins with it, and of the three seconds before it.
        after = running_highest(lu, ahead + 1, "edge", later=(ahead + 1) // 2)
        before = np.full(len(lu), QUIETEST)
        before[1:] = running_highest(lu, back, "edge", later=-((back - 1) // 2))[:-1]
        jump = after - before
        # A film that begins loud begins; it does not startle.
        hit = (after >= 3.0) & (jump >= ATTACK) & (np.arange(len(lu)) * step >= 1.0)
        # Of a run of entries before one attack the last is nearest to it.
        first = np.flatnonzero(hit & ~np.append(False, hit[:-1]))
        last = np.flatnonzero(hit & ~np.append(hit[1:], False))
        best = [a + int(jump[a : b + 1].argmax()) for a, b in zip(first.tolist(), last.tolist(), strict=True)]
        at, reached, rise = seconds[last], after[best], jump[best]
        if len(onsets) and len(at):
            found = np.clip(np.searchsorted(onsets, at + 0.4, side="right") - 1, 0, len(onsets) - 1)
            near = np.abs(onsets[found] - at) <= 0.4
            at = np.where(near, onsets[found], at)
        order = np.argsort(at, kind="stable")
        at, reached, rise = at[order], reached[order], rise[order]
    return Events("sforzandi", to_ms(at), MILLISECONDS, {"level": reached, "rise": rise}, "LU")


def rests(silence: Spans | None, black: Spans | None, times: FrameTimes | None) -> Spans:
    """Stretches of silence and of black of half a second and longer; labels silence, black. They may overlap."""
    rows: list[tuple[float, float, str]] = []
    for spans, label in ((silence, "silence"), (black, "black")):
        if spans is None or not len(spans) or (spans.clock.counts_frames and times is None):
            continue
        begin, end = spans.begin_seconds(times), spans.end_seconds(times)
        rows += [(a, b, label) for a, b in zip(begin.tolist(), end.tolist(), strict=True) if b - a >= REST]
    rows.sort()
    begins, ends = to_ms([a for a, _, _ in rows]), to_ms([b for _, b, _ in rows])
    return Spans("rests", begins, ends, [label for _, _, label in rows], MILLISECONDS)


class Dynamics(Analyser[None]):
    """Dynamics; see the module's docstring.

    Without sound, or with nothing but silence, there is no level: the curve is empty and ``dynamics_figures`` says
    why; rests of black (and of silence) are there all the same.
    """

    name = "dynamics"
    version = 1
    watches = "tracks"
    needs = ("loudness", "loudness_figures", "silence", "onsets", "black", "frames")
    gives = (
        Gives("dynamics", "curve", "loudness against the film's own", unit="LU", columns=("value",), source=_SOURCE),
        Gives("dynamics_marks", "spans", "stretches at one dynamic, ppp to fff", unit="LU", columns=("level",)),
        Gives("hairpins", "spans", "crescendi and diminuendi", unit="LU", columns=("change", "from", "to")),
        Gives("sforzandi", "events", "sudden attacks", unit="LU", columns=("level", "rise")),
        Gives("rests", "spans", "silence and black"),
        Gives("dynamics_figures", "figures", "share of the film that is loud, that is quiet", columns=_NAMES),
    )

    def __init__(self) -> None:
        self.has_sound = False

    def settings(self) -> Mapping[str, Any]:
        return {"bounds": BOUNDS.tolist(), "hairpin": HAIRPIN, "attack": ATTACK, "rest": REST}

    def begin(self, film: FilmFacts, scratch: Path) -> None:
        self.has_sound = film.sound is not None

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        loudness = tracks.get("loudness")
        seconds = momentary = short = np.zeros(0)
        if isinstance(loudness, Curve) and len(loudness):
            seconds = loudness.seconds()
            momentary = np.asarray(loudness.column("momentary"), dtype=np.float64)
            short = np.asarray(loudness.column("short_term"), dtype=np.float64)
        reference = _reference(tracks.get("loudness_figures"), momentary)
        if reference is None:
            seconds = momentary = short = np.zeros(0)
        step = float(seconds[1] - seconds[0]) if len(seconds) > 1 else 0.1
        length = float(seconds[-1]) + step / 2 if len(seconds) else 0.0
        zero = reference or 0.0
        curve = level(edges(length), seconds, short, zero)
        onsets = tracks.get("onsets")
        attacks = onsets.seconds() if isinstance(onsets, Events) else np.zeros(0)
        silence, black = tracks.get("silence"), tracks.get("black")
        return {
            "dynamics": Curve("dynamics", curve, GRID, "LU"),
            "dynamics_marks": dynamics_marks(curve, length),
            "hairpins": hairpins(seconds, momentary, zero),
            "sforzandi": sforzandi(seconds, momentary, zero, attacks),
            "rests": rests(
                silence if isinstance(silence, Spans) else None,
                black if isinstance(black, Spans) else None,
                times_of(tracks),
            ),
            "dynamics_figures": self._figures(curve),
        }

    def _figures(self, curve: Array) -> Figures:
        units = dict.fromkeys(_NAMES, "%")
        if not len(curve):
            reason = "the sound is silent throughout" if self.has_sound else "the film has no sound"
            return Figures("dynamics_figures", dict.fromkeys(_NAMES), units, dict.fromkeys(_NAMES, reason))
        loud, quiet = 100 * float((curve >= 2.0).mean()), 100 * float((curve < -7.0).mean())
        return Figures("dynamics_figures", {"loud_share": loud, "quiet_share": quiet}, units)


def _reference(figures: Track | None, momentary: npt.NDArray[np.float64]) -> float | None:
    """Integrated loudness of the film: as measured, else out of the momentary values; None where all is silent."""
    if isinstance(figures, Figures):
        measured = figures.values.get("integrated")
        if measured is not None and measured > -69.99:
            return float(measured)
    return integrated(momentary)
