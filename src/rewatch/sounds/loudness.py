"""Loudness: how loud the sound is, from moment to moment and as a whole, by the standards of broadcasting.

ITU-R BS.1770-5 (K-weighting, gating, true peak), EBU Tech 3341 (momentary, short-term), EBU Tech 3342 (range). Works
at any sample rate and for any layout; checked against FFmpeg's ``ebur128`` in ``benchmarks/loudness.py``.

Contents
    Loudness   the analyser: tracks loudness, loudness_figures, silence
    FIGURES    how its figures are explained
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import log10
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rewatch.analyser import Analyser, Gives
from rewatch.clock import Clock
from rewatch.evidence import Samples
from rewatch.facts import FilmFacts
from rewatch.figure import Figure
from rewatch.rows import Rows
from rewatch.sounds import gating, silence
from rewatch.sounds.blocks import Blocks
from rewatch.sounds.channels import loudness_weights
from rewatch.sounds.gating import FLOOR, HOP, MOMENTARY, SHORT_TERM, STEPS, Powers, to_lufs
from rewatch.sounds.kweighting import KWeighting
from rewatch.sounds.true_peak import TruePeak
from rewatch.track import Curve, Figures, Track

_BS1770 = "ITU-R BS.1770-5"
_TECH3341 = "EBU Tech 3341"

FIGURES = (
    Figure(
        "loudness",
        "Loudness over time",
        "LUFS",
        "-0.691 + 10 log10 of the K-weighted power, channels summed by weight, over the 400 ms (momentary) and the 3 s "
        "(short-term) around each tenth of a second",
        f"{_BS1770}; {_TECH3341}",
        ("loudness",),
        "where the film is loud and where it is quiet, as one hears it",
        "what is loud: a shout and a gunshot of one loudness look alike",
    ),
    Figure(
        "integrated",
        "Integrated loudness",
        "LUFS",
        "mean K-weighted power of all 400 ms blocks (one every 100 ms) above -70 LUFS and above 10 LU below their "
        "mean; channels summed with weights 1, surround 1.41, low frequency effects 0",
        _BS1770,
        ("loudness",),
        "how loud the film is as a whole, comparable between films and editions",
        "how loud it was in the cinema: a home transfer is often made louder or more even",
    ),
    Figure(
        "range",
        "Loudness range",
        "LU",
        "95th less 10th percentile of the short-term loudness (3 s) above -70 LUFS and above 20 LU below its mean",
        "EBU Tech 3342",
        ("loudness",),
        "how far the quiet passages lie from the loud ones, without the silences and the single loudest bang",
        "how abrupt the changes are: a slow swell and a sudden shock of one height count alike",
    ),
    Figure(
        "true_peak",
        "True peak",
        "dBTP",
        "highest magnitude of any channel, interpolated to at least 176.4 kHz",
        f"{_BS1770} annex 2",
        (),
        "whether the sound clips when it is played or encoded again",
        "how loud it is: one click sets it",
    ),
    Figure(
        "sample_peak",
        "Sample peak",
        "dBFS",
        "highest magnitude of any sample of any channel",
        _BS1770,
        (),
        "whether the sound was driven to full scale: 0 dBFS and just below",
        "what lies between the samples: the wave that is played can be higher; see true_peak",
    ),
    Figure(
        "max_momentary",
        "Loudest moment",
        "LUFS",
        "highest momentary loudness: K-weighted power over 400 ms, one window every 20 ms",
        _TECH3341,
        ("loudness",),
        "how far the loudest blow stands above the film as a whole",
        "where it is, and whether it is alone: the track loudness shows that",
    ),
    Figure(
        "max_short_term",
        "Loudest passage",
        "LUFS",
        "highest short-term loudness: K-weighted power over 3 s, one window every 20 ms",
        _TECH3341,
        ("loudness",),
        "how far the loudest passage stands above the film as a whole",
        "single blows: they are averaged over 3 s",
    ),
    Figure(
        "silence",
        "Silences",
        "",
        "stretches of at least 0.5 s more than 35 LU below the integrated loudness (the threshold never above -50 nor "
        "below -70 LUFS), or without a sample that 16 bits would hold",
        "rewatch",
        ("silence", "loudness_figures"),
        "where a film holds its breath",
        "a quiet that is mixed in (room tone, hiss, night) louder than that from a sound that is meant to be heard",
    ),
)

_UNITS = {figure.name: figure.unit for figure in FIGURES if figure.name not in ("loudness", "silence")}


class Loudness(Analyser[Samples]):
    """Loudness over time, its figures, and the silences.

    ``loudness``: entry i is centred on second ``start + i / 10`` of the sound, both columns alike: momentary measures
    the 400 ms around it, short_term the 3 s around it. (A meter shows a window when it ends, 0.2 or 1.5 s later.) At
    the ends of the film a window is the part of it that lies in the sound. float32 LUFS, never below -70.

    ``loudness_figures``: see `FIGURES`; None, with the reason, for what this sound cannot have.

    ``silence``: see `rewatch.sounds.silence`.
    """

    name = "loudness"
    version = 3
    watches = "samples"
    gives = (
        Gives(
            "loudness",
            "curve",
            "momentary (400 ms) and short-term (3 s) loudness, ten times a second",
            "LUFS",
            ("momentary", "short_term"),
            f"{_BS1770}, {_TECH3341}",
        ),
        Gives(
            "loudness_figures",
            "figures",
            "integrated loudness, loudness range, peaks",
            "",
            tuple(_UNITS),
            f"{_BS1770}, {_TECH3341}, EBU Tech 3342",
        ),
        Gives("silence", "spans", "stretches in which nothing is to be heard", "LUFS", ("level", "digital")),
    )

    def __init__(self) -> None:
        self._clear(None)

    def _clear(self, scratch: Path | None) -> None:
        self._rate = 0
        self._start = Fraction(0)
        self._samples = 0
        self._sums = Rows(None, np.float64, scratch and scratch / "sums")
        self._peaks = Rows(None, np.float32, scratch and scratch / "peaks")

    def settings(self) -> Mapping[str, Any]:
        return {
            "gate": FLOOR,
            "silence_below_integrated": silence.BELOW,
            "silence_threshold": [silence.LOWEST, silence.HIGHEST],
            "silence_shortest": silence.SHORTEST / STEPS,
        }

    def begin(self, film: FilmFacts, scratch: Path) -> None:
        self._clear(scratch)

    def feed(self, piece: Samples) -> None:
        if not self._rate:
            channels = piece.values.shape[1]
            self._rate, self._start = piece.rate, piece.start
            self._blocks = Blocks(piece.rate)
            self._weights = loudness_weights(piece.layout, channels)
            self._heard = np.flatnonzero(self._weights)
            self._filter = KWeighting(piece.rate, len(self._heard))
            self._peak = TruePeak(piece.rate, channels)
        for block in self._blocks.push(piece.values):
            self._measure(block)

    def _measure(self, block: npt.NDArray[np.float32]) -> None:
        """Takes one block (channels, at most a second); only the last is shorter."""
        length = block.shape[1]
        steps = -(-length * STEPS // self._rate)
        # A step that would begin at the very end of a short block has nothing in it.
        edges = np.arange(steps) * self._rate // STEPS
        edges = edges[edges < length]
        self._samples += length
        self._peak.feed(block)
        self._peaks.add(np.maximum.reduceat(np.abs(block).max(axis=0), edges))
        if len(self._heard):
            heard = block if len(self._heard) == len(block) else block[self._heard]
            self._sums.add(np.add.reduceat(self._filter.power(heard, self._weights[self._heard]), edges))
        else:
            self._sums.add(np.zeros(len(edges)))

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        if self._rate:
            rest = self._blocks.rest()
            if rest.size:
                self._measure(rest)
            self._peak.end()
        peaks = self._peaks.array()
        powers = Powers(self._sums.array(), self._samples, self._rate or STEPS)
        whole = gating.integrated(powers)
        return {
            "loudness": self._curve(powers),
            "loudness_figures": self._figures(powers, whole),
            "silence": silence.silences(powers, peaks, whole, Clock(Fraction(STEPS), self._start)),
        }

    def _curve(self, powers: Powers) -> Curve:
        centre = np.arange(-(-powers.samples * 10 // powers.rate)) * HOP
        columns = [powers.mean(centre - length // 2, centre + length // 2) for length in (MOMENTARY, SHORT_TERM)]
        values = np.maximum(to_lufs(np.stack(columns, axis=1)), FLOOR).astype(np.float32)
        return Curve("loudness", values, Clock(Fraction(10), self._start), "LUFS", ("momentary", "short_term"))

    def _figures(self, powers: Powers, whole: float | None) -> Figures:
        true, sample = (self._peak.value, self._peak.sample) if self._rate else (0.0, 0.0)
        values: dict[str, float | None] = {
            "integrated": whole,
            "range": gating.loudness_range(powers),
            "true_peak": 20 * log10(true) if true > 0 else None,
            "sample_peak": 20 * log10(sample) if sample > 0 else None,
            "max_momentary": _loudest(powers, MOMENTARY),
            "max_short_term": _loudest(powers, SHORT_TERM),
        }
        least = {"integrated": 0.4, "range": 3.0, "max_momentary": 0.4, "max_short_term": 3.0}
        lasts = powers.samples / powers.rate
        why = {
            name: _why(lasts, least.get(name, 0.0), bool(sample > 0)) for name, value in values.items() if value is None
        }
        return Figures("loudness_figures", values, _UNITS, why)


def _loudest(powers: Powers, length: int) -> float | None:
    level = float(to_lufs(powers.highest(length)))
    return level if level > FLOOR else None


def _why(lasts: float, least: float, sounds: bool) -> str:
    if not lasts:
        return "there is no sound"
    if not sounds:
        return "the sound is digital silence throughout"
    if lasts < least:
        return f"the sound lasts {lasts:.2f} s, the measure needs {least:g} s"
    return f"no {least:g} s of it is above {FLOOR:g} LUFS"
