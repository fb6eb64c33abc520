"""Spectrum: the colour of the sound, dark or bright, tone or noise, ten times a second.

Contents
    BANDS      the named bands and their edges
    Spectrum   power spectra -> rows of the track ``spectrum``
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

BANDS: tuple[tuple[str, float, float], ...] = (
    ("sub", 20, 60),
    ("bass", 60, 250),
    ("low_mid", 250, 500),
    ("mid", 500, 2000),
    ("high_mid", 2000, 4000),
    ("presence", 4000, 6000),
    ("air", 6000, 20000),
)
"""Name, lower and upper edge in Hz, as sound engineers call them."""
COLUMNS = ("centroid", "flatness", "rolloff", *(name for name, _, _ in BANDS))
FLOOR = -100.0
"""dB; a band that is quieter, or that the sample rate does not reach, stands at this."""
ROLLOFF = 0.85
RATE = 10
_ZERO = 1e-10


class Spectrum:
    """Turns frames (100 a second) into rows of `COLUMNS`, ten a second.

    centroid: Hz, mean of the frequencies weighted by magnitude (Peeters 2004)
    flatness: 0..1, geometric by arithmetic mean of the power from 60 Hz to 16 kHz (Johnston 1988): 0 tone, 1 noise
    rolloff:  Hz below which 85 % of the power lies (Scheirer & Slaney 1997 use 95 %)
    bands:    dB re a sine at full scale, power summed over the band
    Silence (nothing above -100 dB) has 0 Hz, flatness 0.
    """

    def __init__(self, hertz: npt.NDArray[np.float64]) -> None:
        self._hertz = hertz.astype(np.float32)
        edges = [(low, high) for _, low, high in BANDS]
        self._bands = [(int(np.searchsorted(hertz, a)), int(np.searchsorted(hertz, b))) for a, b in edges]
        self._flat = slice(int(np.searchsorted(hertz, 60)), int(np.searchsorted(hertz, 16_000)))
        # A sine leaks into the window's neighbouring bins: 1.5 is the Hann window's noise bandwidth, in bins.
        self._leak = np.float32(1.5)

    def rows(self, power: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """(ceil(n / 10), columns) of frames (n, bins); all but the last call with a multiple of ten frames."""
        whole = len(power) // FRAMES_A_ROW
        mean = np.empty((-(-len(power) // FRAMES_A_ROW), power.shape[1]), np.float32)
        np.mean(power[: whole * FRAMES_A_ROW].reshape(whole, FRAMES_A_ROW, power.shape[1]), axis=1, out=mean[:whole])
        if whole < len(mean):
            np.mean(power[whole * FRAMES_A_ROW :], axis=0, out=mean[whole])
        magnitude = np.sqrt(mean)
        running = np.cumsum(mean, axis=1)
        total = running[:, -1]
        sounds = total > _ZERO
        out = np.zeros((len(mean), len(COLUMNS)), dtype=np.float32)
        out[:, 0] = (magnitude * self._hertz).sum(axis=1) / np.maximum(magnitude.sum(axis=1), 1e-12)
        flat = np.maximum(mean[:, self._flat], 1e-20)
        out[:, 1] = np.exp(np.log(flat).mean(axis=1)) / flat.mean(axis=1)
        at = (running >= ROLLOFF * total[:, None]).argmax(axis=1)
        out[:, 2] = self._hertz[at]
        out[~sounds, :3] = 0.0
        for i, (low, high) in enumerate(self._bands):
            band = mean[:, low:high].sum(axis=1) / self._leak
            # Not left to the logarithm: processors differ in its last digit.
            out[:, 3 + i] = np.where(band > _ZERO, 10 * np.log10(np.maximum(band, _ZERO)), FLOOR)
        return out


FRAMES_A_ROW = 10
