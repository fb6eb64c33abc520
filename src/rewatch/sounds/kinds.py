"""Kinds of sound: a first guess of speech, music and effects, half second by half second.

Sixteen measures that the literature found to tell them apart (Saunders 1996; Scheirer & Slaney 1997; Seyerlehner et
al. 2007) are taken over two seconds of sound between 100 and 3800 Hz, which every sample rate, codec and old optical
track leaves; each kind is then judged on its own by a logistic model of them (`kind_weights`), so that speech over
music can be both. Only what can be heard is judged: below -70 dB re full scale all three are 0, from -60 dB up they
count in full.

What it cannot tell: singing (music, speech or both, as it comes); a voice far below music or a crowd; one steady tone
or hum from held music; rhythmic machines from drums; a language, a speaker, who is on screen. Effects are the weakest
of the three: they are known by being neither. It is a guess to look along, no annotation. How far it holds, on mixes
and on films that it was not fitted to: ``benchmarks/sound_kinds.md``.

Contents
    Features   power spectra -> what is measured, two rows a second (`NAMES`)
    judge      rows -> speech, music, effects, 0..1
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rewatch.sounds.kind_weights import MEAN, SPREAD, WEIGHTS
from rewatch.sounds.stft import FRAMES

KINDS = ("speech", "music", "effects")
LOWEST, HIGHEST = 100.0, 3800.0
"""Hz that are looked at."""
RATE = 2
REACH = FRAMES
"""Frames to either side of an entry's middle that it is measured from: 2 s in all."""
NAMES = (
    "syllables",
    "depth",
    "low_energy",
    "steady",
    "voiced",
    "voicing_spread",
    "pitch_spread",
    "pitch_glide",
    "flatness",
    "flatness_spread",
    "centroid",
    "centroid_spread",
    "rise",
    "rise_spread",
    "bass",
    "partials",
)
HEARD = (-70.0, -60.0)
"""dB re full scale: what is quieter than the first is not judged, what is louder than the second in full."""
SMOOTH = 1.0
"""Entries: deviation of the Gaussian that the judgement is smoothed with."""
_CLIP = 2.0
_QUIET = 1e-9
"""Power (-90 dB) that is added before logarithms."""
_VOICE = (70.0, 400.0)
"""Hz: pitch of voices."""
_STANDS_OUT = 1.2
"""Natural logarithm of power by which a partial stands above its neighbourhood: 5 dB."""


class Features:
    """What tells the kinds apart: rows (n, 17) float32, those of `NAMES` and the level in dB. Two rows a second.

    syllables:  share of the modulation of band levels (0.5 to 20 Hz) that lies at 2.5 to 8 Hz
    depth:      spread of the band levels, dB / 10
    low_energy: share of frames with less than half the mean power
    steady:     continuous frequency activation: how long spectral peaks stay on one frequency
    voiced:     mean height of the autocorrelation's peak between 70 and 400 Hz; voicing_spread: its deviation
    pitch_spread, pitch_glide: deviation, and mean step in 20 ms, of the pitch of voiced frames, octaves
    flatness, centroid: their means weighted by power, as logarithms (natural, octaves re 1 kHz); with deviations
    rise:       rise of the band levels over 20 ms, dB / 10; with its deviation
    bass:       share of the power below 250 Hz
    partials:   share of bins that stand out of their neighbourhood
    """

    def __init__(self, hertz: npt.NDArray[np.float64]) -> None:
        from scipy import fft

        self._low, self._high = (int(np.searchsorted(hertz, edge)) for edge in (LOWEST, HIGHEST))
        self._bass = int(np.searchsorted(hertz, 250))
        used = hertz[self._low : self._high]
        width = float(hertz[1])
        self._octave = np.log2(used / 1000).astype(np.float32)
        edges = np.searchsorted(used, np.geomspace(2 * LOWEST, HIGHEST, 10)[:-1])
        self._edges = np.unique(np.minimum(edges, len(used) - 1))
        self._around = 2 * max(3, round(115 / width)) + 1
        # The autocorrelation is taken of the voice's band alone, so that a short transform does.
        self._voice_size = int(fft.next_fast_len(2 * self._high, real=True))
        self._lags_a_second = self._voice_size * width
        # A window makes the autocorrelation fall with the lag; divided by the window's own, a steady tone has 1.
        window = np.hanning(2 * (len(hertz) - 1))
        own = fft.irfft(np.abs(fft.rfft(window, 2 * len(window))) ** 2)[: len(window)]
        lags = np.arange(self._voice_size // 2) / self._lags_a_second
        self._taper = np.interp(lags, np.arange(len(own)) / (2 * hertz[-1]), own / own[0]).astype(np.float32)
        self._seconds: list[tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]] = []

    def push(self, power: npt.NDArray[np.float32]) -> npt.NDArray[np.float32] | None:
        """Takes the frames of one second (100, bins), only the last fewer; the rows of the second before it."""
        self._seconds.append(self._frames(power))
        if len(self._seconds) == 1:
            return None
        rows = self._rows(len(self._seconds) - 2)
        del self._seconds[:-2]
        return rows

    def end(self) -> npt.NDArray[np.float32]:
        """The rows of the last second."""
        if not self._seconds:
            return np.zeros((0, len(NAMES) + 1), dtype=np.float32)
        return self._rows(len(self._seconds) - 1)

    def _frames(self, power: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """(n, 7 + bands) values of each frame, and (ceil(n / 2), bins) which bins stand out in every second one."""
        from scipy.ndimage import uniform_filter1d

        used = power[:, self._low : self._high] + np.float32(_QUIET)
        total = used.sum(axis=1)
        level = np.log(used)
        flatness = level.mean(axis=1) - np.log(total / used.shape[1])
        centroid = (used * self._octave).sum(axis=1) / total
        whole = power[:, : self._high].sum(axis=1) + np.float32(_QUIET)
        bass = power[:, : self._bass].sum(axis=1) / whole
        bands = 10 * np.log10(np.add.reduceat(used, self._edges, axis=1))
        even = level[::2]
        peaks = even > uniform_filter1d(even, self._around, axis=1, mode="nearest") + _STANDS_OUT
        voiced, pitch = self._pitch(power)
        values = np.stack([total, flatness, centroid, bass, voiced, pitch, whole], axis=1)
        return np.concatenate([values, bands], axis=1).astype(np.float32), peaks.astype(np.float32)

    def _pitch(self, power: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """(n,) height of the autocorrelation's peak, 0..1, and its pitch in octaves; of every second frame, twice."""
        from scipy import fft

        own = fft.irfft(power[::2, : self._high], self._voice_size, axis=1)[:, : self._voice_size // 2]
        own = own / (np.maximum(own[:, :1], 1e-12) * self._taper)
        low, high = (int(self._lags_a_second / hertz) for hertz in _VOICE[::-1])
        part = own[:, low : high + 1]
        at = part.argmax(axis=1)
        height = np.clip(part[np.arange(len(part)), at], 0, 1)
        octave = np.log2(self._lags_a_second / (at + low) / _VOICE[0])
        return np.repeat(height, 2)[: len(power)], np.repeat(octave, 2)[: len(power)].astype(np.float32)

    def _rows(self, second: int) -> npt.NDArray[np.float32]:
        values = np.concatenate([v for v, _ in self._seconds])
        peaks = np.concatenate([p for _, p in self._seconds])
        begin = sum(len(v) for v, _ in self._seconds[:second])
        step = FRAMES // RATE
        middles = range(begin + step // 2, begin + step // 2 + len(self._seconds[second][0]), step)
        windows = [(max(0, m - REACH), m + REACH) for m in middles]
        return np.stack([_row(values[a:b], peaks[a // 2 : b // 2]) for a, b in windows])


def _row(values: npt.NDArray[np.float32], peaks: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    total, flatness, centroid, bass, voiced, pitch, whole = values[:, :7].T
    weight = total / total.sum()
    # Bands a long way below the loudest say nothing: their level is the codec's.
    bands = np.maximum(values[:, 7:], values[:, 7:].max() - 50)
    centred = bands - bands.mean(axis=0)
    rise = np.maximum(bands[2:] - bands[:-2], 0).mean(axis=1) / 10 if len(bands) > 2 else np.zeros(1)
    voice = voiced[::2] > 0.5
    tone = pitch[::2]
    glide = np.abs(np.diff(tone))[voice[1:] & voice[:-1]]
    active = peaks.mean(axis=0)
    return np.array(
        [
            _syllables(centred),
            centred.std() / 10,
            (total < 0.5 * total.mean()).mean(),
            _steadiness(active),
            (voiced * weight).sum(),
            voiced.std(),
            tone[voice].std() if voice.sum() > 3 else 0.0,
            np.minimum(glide, 1).mean() if len(glide) > 3 else 0.0,
            (flatness * weight).sum(),
            flatness.std(),
            (centroid * weight).sum(),
            centroid.std(),
            rise.mean(),
            rise.std(),
            bass.mean(),
            active.mean(),
            10 * np.log10(whole.mean()),
        ],
        dtype=np.float32,
    )


def _syllables(levels: npt.NDArray[np.float32]) -> float:
    from scipy import fft

    rates = fft.rfftfreq(len(levels), 1 / FRAMES)
    window = np.hanning(len(levels)).astype(np.float32)[:, None]
    modulation = (np.abs(fft.rfft(levels * window, axis=0)) ** 2).sum(axis=1)
    syllable = modulation[(rates >= 2.5) & (rates <= 8)].sum()
    return float(syllable / max(float(modulation[(rates >= 0.5) & (rates <= 20)].sum()), 1e-6))


def _steadiness(active: npt.NDArray[np.float32]) -> float:
    """Sum of the five most prominent peaks of how long each bin was active (0..1 each)."""
    from scipy.ndimage import uniform_filter1d

    top = (active[1:-1] >= active[:-2]) & (active[1:-1] > active[2:])
    heights = (active - uniform_filter1d(active, 9, mode="nearest"))[1:-1][top]
    return float(np.sort(heights)[-5:].sum())


def terms(rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """(n, 48) what the model weighs: each measure as deviations from its usual value (cut at two), |those|, those²."""
    z = np.clip((rows[:, : len(NAMES)] - MEAN) / SPREAD, -_CLIP, _CLIP)
    return np.concatenate([z, np.abs(z), z * z], axis=1)


_AT_ONCE = 2048
"""Rows that are weighed at once: of a long film all terms together take tens of megabytes."""


def judge(rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """(n, 3) speech, music, effects, each 0..1 on its own, from the rows of `Features` (n, 17)."""
    if not len(rows):
        return np.zeros((0, len(KINDS)), dtype=np.float32)
    from scipy.ndimage import gaussian_filter1d

    # Summed by einsum, not by BLAS: the last bit does not hang on how many threads that has.
    logit = np.empty((len(rows), len(KINDS)))
    for first in range(0, len(rows), _AT_ONCE):
        some = slice(first, first + _AT_ONCE)
        logit[some] = WEIGHTS[:, 0] + np.einsum("nt,kt->nk", terms(rows[some]), WEIGHTS[:, 1:])
    sure = 1 / (1 + np.exp(-gaussian_filter1d(logit, SMOOTH, axis=0, mode="nearest")))
    heard = np.clip((rows[:, -1:] - HEARD[0]) / (HEARD[1] - HEARD[0]), 0, 1)
    return np.asarray(sure * heard, dtype=np.float32)
