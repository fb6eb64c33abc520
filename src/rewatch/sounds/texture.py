"""Texture: what the sound is made of. One pass over its spectra gives onsets, spectral shape and kinds of sound.

Contents
    Texture   the analyser: tracks onsets, onset_strength, low_onsets, spectrum, sound_kinds
    FIGURES   how they are explained
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
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
from rewatch.sounds import kinds, onsets, spectrum
from rewatch.sounds.blocks import Blocks
from rewatch.sounds.kinds import Features
from rewatch.sounds.onsets import Flux, Low
from rewatch.sounds.spectrum import Spectrum
from rewatch.sounds.stft import FRAMES, Mono, Spectra
from rewatch.track import Curve, Events, Track

_SUPERFLUX = "Böck & Widmer 2013, Maximum filter vibrato suppression for onset detection, DAFx-13"

FIGURES = (
    Figure(
        "onset_strength",
        "Onset strength",
        "dB",
        "rise of the log magnitude over 20 ms, mean over quarter-tone bands from 30 Hz to 17 kHz, against the highest "
        "of three neighbouring bands 20 ms before",
        _SUPERFLUX,
        ("onset_strength",),
        "attacks: blows, steps, notes, syllables",
        "soft entries: strings that swell in have no onset",
    ),
    Figure(
        "onsets",
        "Onsets",
        "",
        "peaks of the onset strength: the highest within 30 ms to either side, and 0.5 dB above the mean from 100 ms "
        "before to 70 ms after",
        _SUPERFLUX,
        ("onsets", "onset_strength"),
        "the rhythm of what is heard; attacks against the cuts",
        "what begins softly; in steady noise one in two to four seconds is the noise's own grain",
    ),
    Figure(
        "low_onsets",
        "Low onsets",
        "dB",
        "level of all between 15 and 75 Hz against its mean from 80 to 30 ms before: the highest within 80 ms to "
        "either side, where it rises by 11 dB or more; strength = the rise less 8 dB",
        "rewatch",
        ("low_onsets",),
        "hearts, drums and steps under other sound, which the mean over all bands loses",
        "what makes them: thunder, doors and explosions are low as well; in steady pink noise one in four seconds is "
        "the noise's own",
    ),
    Figure(
        "spectrum",
        "Spectral shape",
        "",
        "centroid (Hz), flatness (0 tone .. 1 noise), roll-off at 85 % of the power (Hz), level of seven bands (dB)",
        "Peeters 2004, A large set of audio features, IRCAM",
        ("spectrum",),
        "dark or bright, tone or noise",
        "what sounds; it is measured on a mixdown in which what is out of phase cancels",
    ),
    Figure(
        "sound_kinds",
        "Speech, music, effects",
        "",
        "three logistic models of sixteen measures over 2 s between 100 and 3800 Hz: modulation at the rate of "
        "syllables, pauses, steadiness of partials, voicing, flatness, their spread ...; each 0..1 on its own",
        "measures: Saunders 1996; Scheirer & Slaney 1997; Seyerlehner et al. 2007; weights: rewatch, "
        "benchmarks/sound_kinds.py",
        ("sound_kinds",),
        "where to look for dialogue, for music, for noise in an hour of sound",
        "singing from speech, a hum from a held note, a voice far below the music; effects are known by being neither",
    ),
)


class Texture(Analyser[Samples]):
    """Onsets, spectral shape and kinds of sound, from a mixdown to one channel.

    ``onsets``: ticks of 1/100 s, centred in their 10 ms; strength in dB. ``onset_strength``: the curve they are picked
    from. ``low_onsets``: those of what is low alone, on the same clock. ``spectrum``: see `rewatch.sounds.spectrum`.
    ``sound_kinds``: see `rewatch.sounds.kinds`.
    """

    name = "texture"
    version = 4
    watches = "samples"
    gives = (
        Gives("onsets", "events", "where a sound begins", "dB", ("strength",), _SUPERFLUX),
        Gives("onset_strength", "curve", "how much the sound rises, band by band", "dB", ("value",), _SUPERFLUX),
        Gives("low_onsets", "events", "where something low begins: a heart, a drum", "dB", ("strength",)),
        Gives(
            "spectrum", "curve", "centroid, flatness, roll-off, levels of bands", "", spectrum.COLUMNS, "Peeters 2004"
        ),
        Gives("sound_kinds", "curve", "a first guess of speech, music and effects", "0..1", kinds.KINDS),
    )

    def __init__(self) -> None:
        self._clear(None)

    def _clear(self, scratch: Path | None) -> None:
        self._rate = 0
        self._start = Fraction(0)
        self._strength = Rows(None, np.float32, scratch and scratch / "strength")
        self._rises = Rows(None, np.float32, scratch and scratch / "rises")
        self._rows = Rows(len(spectrum.COLUMNS), np.float32, scratch and scratch / "rows")
        self._kinds = Rows(len(kinds.NAMES) + 1, np.float32, scratch and scratch / "kinds")

    def settings(self) -> Mapping[str, Any]:
        return {
            "onset_above": onsets.ABOVE,
            "low_above": onsets.LOW_ABOVE,
            "rolloff": spectrum.ROLLOFF,
            "kinds_heard_from": list(kinds.HEARD),
        }

    def begin(self, film: FilmFacts, scratch: Path) -> None:
        self._clear(scratch)

    def feed(self, piece: Samples) -> None:
        if not self._rate:
            self._rate, self._start = piece.rate, piece.start
            self._blocks = Blocks(piece.rate)
            self._mono = Mono(piece.rate, piece.layout, piece.values.shape[1])
            self._spectra = Spectra(self._mono.rate)
            self._flux = Flux(self._spectra.hertz)
            self._low = Low(self._spectra.hertz)
            self._spectrum = Spectrum(self._spectra.hertz)
            self._features = Features(self._spectra.hertz)
        for block in self._blocks.push(piece.values):
            power = self._spectra.push(self._mono.mix(block))
            if power is not None:
                self._measure(power)

    def _measure(self, power: npt.NDArray[np.float32]) -> None:
        """Takes the frames of one second; only the last has fewer than 100."""
        self._strength.add(self._flux.strength(np.sqrt(power)))
        self._rises.add(self._low.rise(power))
        self._rows.add(self._spectrum.rows(power))
        rows = self._features.push(power)
        if rows is not None:
            self._kinds.add(rows)

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        if self._rate:
            rest = self._blocks.rest()
            if rest.size:
                power = self._spectra.push(self._mono.mix(rest))
                if power is not None:
                    self._measure(power)
            power = self._spectra.end()
            if len(power):
                self._measure(power)
            self._kinds.add(self._features.end())
        fine = Clock(Fraction(FRAMES), self._start + Fraction(1, 2 * FRAMES))
        # Each of a long film takes megabytes: one after the other.
        rise = self._rises.array()
        low = onsets.pick_low(rise)
        low_strength = rise[low] - np.float32(onsets.LOW_LEAST)
        del rise
        judged = kinds.judge(self._kinds.array())
        strength = self._strength.array()
        at = onsets.pick(strength)
        even = Clock(Fraction(spectrum.RATE), self._start + Fraction(1, 2 * spectrum.RATE))
        halves = Clock(Fraction(kinds.RATE), self._start + Fraction(1, 2 * kinds.RATE))
        return {
            "onsets": Events("onsets", at, fine, {"strength": strength[at]}, "dB"),
            "onset_strength": Curve("onset_strength", strength, fine, "dB"),
            "low_onsets": Events("low_onsets", low, fine, {"strength": low_strength}, "dB"),
            "spectrum": Curve("spectrum", self._rows.array(), even, "", spectrum.COLUMNS),
            "sound_kinds": Curve("sound_kinds", judged, halves, "0..1", kinds.KINDS),
        }
