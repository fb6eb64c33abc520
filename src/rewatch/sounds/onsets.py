"""Onsets: where a sound begins (a note, a blow, a syllable), and how strongly.

Spectral flux with a maximum filter ("SuperFlux"): Böck & Widmer, "Maximum filter vibrato suppression for onset
detection", DAFx 2013; peaks picked as in Böck, Krebs & Schedl, ISMIR 2012. Frequencies are gathered into bands of a
quarter tone, magnitudes compressed; only what rises counts, and what merely slides to a neighbouring band (vibrato,
portamento) does not.

What is low is looked at once more for itself: a heart, a drum far off or a step upstairs lives in some three of two
hundred bands, and in any noise the mean over all bands loses it. There the level of all below 75 Hz is set against that
just before; noise of so narrow a band goes up and down by itself, so a low onset must stand out by far more.

Contents
    Flux      power spectra -> onset strength, a hundred times a second
    pick      onset strength -> onsets
    Low       power spectra -> rise of what is low
    pick_low  that -> low onsets
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rewatch.smoothing import running_highest, running_mean

LOWEST, HIGHEST, BANDS_AN_OCTAVE = 30.0, 17_000.0, 24
LAG = 2
"""Frames between the spectra that are compared: 20 ms, about half the window."""
COMPRESS = 1000.0
"""Magnitudes are taken as log(1 + 1000 m): what is quieter than -60 dB hardly counts."""
PEAK = 3
"""Frames to either side in which a peak must be the highest: 30 ms."""
BEFORE, AFTER = 10, 7
"""Frames before and after whose mean a peak must exceed."""
ABOVE = 0.5
"""dB by which it must. Strength is logarithmic, so the grain of steady noise has one height however loud it is: about
this, and one false onset in two to four seconds of pure noise buys a tenth more of the soft ones."""
END = 3
"""Frames at the end of the sound in which nothing is an onset: there the cut itself sounds like a click."""


def _filterbank(hertz: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """(bands, bins) triangles, quarter tones apart, none narrower than a bin; each sums to 1."""
    octaves = int(np.floor(BANDS_AN_OCTAVE * np.log2(min(HIGHEST, hertz[-1]) / LOWEST)))
    centres = LOWEST * 2 ** (np.arange(octaves + 1) / BANDS_AN_OCTAVE)
    bins = np.unique(np.round(centres / hertz[1]).astype(int))
    bins = bins[(bins > 0) & (bins < len(hertz))]
    rows = np.zeros((max(0, len(bins) - 2), len(hertz)), dtype=np.float32)
    for row, (low, middle, high) in zip(rows, zip(bins[:-2], bins[1:-1], bins[2:], strict=True), strict=True):
        row[low : middle + 1] = np.linspace(0, 1, middle - low + 1)
        row[middle : high + 1] = np.linspace(1, 0, high - middle + 1)
    rows /= rows.sum(axis=1, keepdims=True)
    return rows


class Flux:
    """Onset strength of a stream of frames: the mean rise over all bands, in dB.

    >>> flux = Flux(np.fft.rfftfreq(2048, 1 / 48000))
    """

    def __init__(self, hertz: npt.NDArray[np.float64]) -> None:
        bank = _filterbank(hertz)
        self._bands = len(bank)
        self._last = np.zeros((LAG, self._bands), np.float32)
        # An octave at a time: of the bins those that it reaches over, nearly all others weigh nothing.
        self._octaves: list[tuple[slice, slice, npt.NDArray[np.float32]]] = []
        for first in range(0, self._bands, BANDS_AN_OCTAVE):
            some = slice(first, first + BANDS_AN_OCTAVE)
            used = np.flatnonzero(bank[some].any(axis=0))
            bins = slice(int(used[0]), int(used[-1]) + 1)
            self._octaves.append((some, bins, np.ascontiguousarray(bank[some, bins].T)))

    def strength(self, magnitude: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """(n,) float32 for frames (n, bins) that follow those of the last call; before the first was silence."""
        data = np.empty((LAG + len(magnitude), self._bands), np.float32)
        data[:LAG], bands = self._last, data[LAG:]
        for some, bins, weights in self._octaves:
            np.matmul(magnitude[:, bins], weights, out=bands[:, some])
        bands *= np.float32(COMPRESS)
        np.log1p(bands, out=bands)
        self._last = data[len(data) - LAG :].copy()
        past = data[:-LAG]
        wide = past.copy()
        np.maximum(wide[:, :-1], past[:, 1:], out=wide[:, :-1])
        np.maximum(wide[:, 1:], past[:, :-1], out=wide[:, 1:])
        rise = np.subtract(bands, wide, out=wide)
        np.maximum(rise, 0, out=rise)
        return np.asarray(rise.mean(axis=1) * np.float32(20 / np.log(10)), dtype=np.float32)


LOW_FROM, LOW_TO = 15.0, 75.0
"""Hz: where hearts beat and kick drums sound (heart sounds: 20 to 150 Hz, most of it below 60)."""
LOW_FLOOR = 1e-8
"""Power, -80 dB, below which all is silence."""
LOW_BACK = (3, 9)
"""A level is set against the mean of those so many frames before, the last not counted: 30 to 80 ms."""
LOW_ABOVE, LOW_LEAST = 11.0, 8.0
"""dB by which a low onset must rise: in pink noise one in four seconds does, in white one in twenty. Its strength is
what it rises beyond the second: so what just passes counts little beside a blow."""
LOW_PEAK = 8
"""Frames to either side in which it must be the highest: 80 ms."""


class Low:
    """Rise of what is low of a stream of frames, in dB.

    >>> low = Low(np.fft.rfftfreq(2048, 1 / 48000))
    """

    def __init__(self, hertz: npt.NDArray[np.float64]) -> None:
        self._bins = np.flatnonzero((hertz > LOW_FROM) & (hertz < LOW_TO))
        self._last: npt.NDArray[np.float64] | None = None

    def rise(self, power: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """(n,) float32 for frames (n, bins) that follow those of the last call; before the first all was as there."""
        level = np.zeros(len(power))
        for low in self._bins:  # by hand: a sum along an axis may differ with the number of rows
            level += power[:, low]
        level = 10 * np.log10(level + LOW_FLOOR)
        near, far = LOW_BACK
        if not len(level):
            return np.zeros(0, dtype=np.float32)
        before = np.full(far - 1, level[0]) if self._last is None else self._last
        data = np.concatenate([before, level])
        self._last = data[-(far - 1) :]
        past = np.zeros(len(level))
        for back in range(near, far):
            past += data[far - 1 - back : len(data) - back]
        return np.maximum(level - past / (far - near), 0).astype(np.float32)


def pick_low(rise: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """Frames of the low onsets of a rise (n,), in order; their strength is the rise less `LOW_LEAST`."""
    if not len(rise):
        return np.zeros(0, dtype=np.int64)
    highest = running_highest(rise, 2 * LOW_PEAK + 1, "nothing")
    found = (rise == highest) & (rise > LOW_ABOVE)
    found[-END:] = False
    at = np.flatnonzero(found).astype(np.int64)
    return at[np.diff(at, prepend=-LOW_PEAK - 1) > LOW_PEAK]


def pick(strength: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """Frames of the peaks of an onset strength (n,): its onsets, in order.

    A peak is the highest within 30 ms to either side and stands above the mean of its surroundings (100 ms before,
    70 ms after) by `ABOVE`. The last 30 ms of the sound have none.
    """
    if not len(strength):
        return np.zeros(0, dtype=np.int64)
    found = strength == running_highest(strength, 2 * PEAK + 1, "nothing")
    # The mean reaches further back than ahead.
    local = running_mean(strength, BEFORE + AFTER + 1, "nothing", later=(AFTER - BEFORE + 1) // 2)
    local += ABOVE
    found &= strength > local
    found[-END:] = False
    at = np.flatnonzero(found).astype(np.int64)
    # On a plateau the first.
    return at[np.diff(at, prepend=-PEAK - 1) > PEAK]
