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

from rewatch.fourier import of_powers, powers, quick_length
from rewatch.smoothing import gaussian
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
_TOGETHER = 10
"""Seconds whose rows are measured together: less than half the work of one by one."""
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
        self._low, self._high = (int(np.searchsorted(hertz, edge)) for edge in (LOWEST, HIGHEST))
        self._bass = int(np.searchsorted(hertz, 250))
        used = hertz[self._low : self._high]
        width = float(hertz[1])
        self._octave = np.log2(used / 1000).astype(np.float32)
        edges = np.searchsorted(used, np.geomspace(2 * LOWEST, HIGHEST, 10)[:-1])
        self._edges = np.unique(np.minimum(edges, len(used) - 1))
        self._around = 2 * max(3, round(115 / width)) + 1
        # The autocorrelation is taken of the voice's band alone, so that a short transform does.
        self._voice_size = quick_length(2 * self._high)
        self._lags_a_second = self._voice_size * width
        # A window makes the autocorrelation fall with the lag; divided by the window's own, a steady tone has 1.
        window = np.hanning(2 * (len(hertz) - 1))
        own = np.fft.irfft(np.abs(np.fft.rfft(window, 2 * len(window))) ** 2)[: len(window)]
        lags = np.arange(self._voice_size // 2) / self._lags_a_second
        self._taper = np.interp(lags, np.arange(len(own)) / (2 * hertz[-1]), own / own[0]).astype(np.float32)
        # Those before the first of which rows are due, so far as they matter to it, and that and later ones.
        self._before = 0
        self._seconds: list[tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]] = []

    def push(self, power: npt.NDArray[np.float32]) -> npt.NDArray[np.float32] | None:
        """Takes the frames of one second (100, bins), only the last fewer; rows of seconds before it, some at once."""
        self._seconds.append(self._frames(power))
        if len(self._seconds) < self._before + _TOGETHER + 1:
            return None
        rows = self._rows(self._before, self._before + _TOGETHER)
        del self._seconds[:-2]
        self._before = 1
        return rows

    def end(self) -> npt.NDArray[np.float32]:
        """The rows of the last seconds."""
        if not self._seconds:
            return np.zeros((0, len(NAMES) + 1), dtype=np.float32)
        return self._rows(self._before, len(self._seconds))

    def _frames(self, power: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """(n, 7 + bands) values of each frame, and (ceil(n / 2), bins) which bins stand out in every second one."""
        import cv2

        used = power[:, self._low : self._high] + np.float32(_QUIET)
        total = used.sum(axis=1)
        level = np.log(used)
        flatness = level.mean(axis=1) - np.log(total / used.shape[1])
        centroid = (used * self._octave).sum(axis=1) / total
        whole = power[:, : self._high].sum(axis=1) + np.float32(_QUIET)
        bass = power[:, : self._bass].sum(axis=1) / whole
        bands = 10 * np.log10(np.add.reduceat(used, self._edges, axis=1))
        even = np.ascontiguousarray(level[::2])
        peaks = even > cv2.blur(even, (self._around, 1), borderType=cv2.BORDER_REPLICATE) + np.float32(_STANDS_OUT)
        voiced, pitch = self._pitch(power)
        values = np.stack([total, flatness, centroid, bass, voiced, pitch, whole], axis=1)
        return np.concatenate([values, bands], axis=1).astype(np.float32), peaks.astype(np.float32)

    def _pitch(self, power: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """(n,) height of the autocorrelation's peak, 0..1, and its pitch in octaves; of every second frame, twice."""
        own = of_powers(power[::2, : self._high], self._voice_size)
        low, high = (int(self._lags_a_second / hertz) for hertz in _VOICE[::-1])
        part = own[:, low : high + 1] / (np.maximum(own[:, :1], 1e-12) * self._taper[low : high + 1])
        at = part.argmax(axis=1)
        height = np.clip(part[np.arange(len(part)), at], 0, 1)
        octave = np.log2(self._lags_a_second / (at + low) / _VOICE[0])
        return np.repeat(height, 2)[: len(power)], np.repeat(octave, 2)[: len(power)].astype(np.float32)

    def _rows(self, first: int, last: int) -> npt.NDArray[np.float32]:
        """The rows of seconds ``first .. last`` of those that are held."""
        values = np.concatenate([v for v, _ in self._seconds])
        peaks = np.concatenate([p for _, p in self._seconds])
        begin, end = (sum(len(v) for v, _ in self._seconds[:second]) for second in (first, last))
        step = FRAMES // RATE
        middles = np.arange(begin + step // 2, end + step // 2, step)
        starts, ends = np.maximum(middles - REACH, 0), np.minimum(middles + REACH, len(values))
        rows = np.empty((len(middles), len(NAMES) + 1), np.float32)
        # All are of one length but those at the ends of the sound.
        halves = np.minimum((middles + REACH) // 2, len(peaks)) - starts // 2
        lengths = np.stack([ends - starts, halves], axis=1)
        for length, half in np.unique(lengths, axis=0).tolist():
            some = np.flatnonzero((lengths == (length, half)).all(axis=1))
            at = starts[some, None]
            rows[some] = _measured(values[at + np.arange(length)], peaks[at // 2 + np.arange(half)])
        return rows


def _measured(values: npt.NDArray[np.float32], peaks: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """(k, n, 7 + bands) values and (k, n / 2, bins) peaks of k stretches of one length -> their rows."""
    total, flatness, centroid, bass, voiced, pitch, whole = np.ascontiguousarray(values[..., :7].transpose(2, 0, 1))
    weight = total / total.sum(axis=1, keepdims=True)
    # Bands a long way below the loudest say nothing: their level is the codec's.
    bands = values[..., 7:]
    bands = np.maximum(bands, bands.max(axis=(1, 2), keepdims=True) - 50)
    centred = bands - bands.mean(axis=1, keepdims=True)
    rise = np.maximum(bands[:, 2:] - bands[:, :-2], 0).mean(axis=2) / 10
    if not rise.shape[1]:
        rise = np.zeros((len(values), 1), np.float32)
    voice = voiced[:, ::2] > 0.5
    tone = pitch[:, ::2]
    glide = np.minimum(np.abs(np.diff(tone, axis=1)), 1)
    active = peaks.mean(axis=1)
    rows = (
        _syllables(centred),
        centred.std(axis=(1, 2)) / 10,
        (total < 0.5 * total.mean(axis=1, keepdims=True)).mean(axis=1),
        _steadiness(active),
        (voiced * weight).sum(axis=1),
        voiced.std(axis=1),
        _spread(tone, voice),
        _mean(glide, voice[:, 1:] & voice[:, :-1]),
        (flatness * weight).sum(axis=1),
        flatness.std(axis=1),
        (centroid * weight).sum(axis=1),
        centroid.std(axis=1),
        rise.mean(axis=1),
        rise.std(axis=1),
        bass.mean(axis=1),
        active.mean(axis=1),
        10 * np.log10(whole.mean(axis=1)),
    )
    return np.stack(rows, axis=1).astype(np.float32)


def _mean(values: npt.NDArray[np.float32], where: npt.NDArray[np.bool_]) -> npt.NDArray[np.floating]:
    """(k,) means of those that count; 0 of fewer than four."""
    count = where.sum(axis=1)
    sums = np.where(where, values, 0).sum(axis=1)
    return np.asarray(np.where(count > 3, sums / np.maximum(count, 1), 0))


def _spread(values: npt.NDArray[np.float32], where: npt.NDArray[np.bool_]) -> npt.NDArray[np.floating]:
    """(k,) standard deviations likewise."""
    return np.asarray(np.sqrt(_mean(np.square(values - _mean(values, where)[:, None]).astype(np.float32), where)))


def _syllables(levels: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """(k,) of levels (k, n, bands)."""
    number, length, bands = levels.shape
    rates = np.fft.rfftfreq(length, 1 / FRAMES)
    lines = levels.transpose(0, 2, 1) * np.hanning(length).astype(np.float32)
    power = powers(lines.reshape(number * bands, length))
    modulation = power.reshape(number, bands, -1).sum(axis=1)
    syllable, every = (modulation[:, (rates >= a) & (rates <= b)].sum(axis=1) for a, b in ((2.5, 8), (0.5, 20)))
    return np.asarray(syllable / np.maximum(every, np.float32(1e-6)))


def _steadiness(active: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """(k,) sums of the five most prominent peaks of how long each bin was active (0..1 each), (k, bins)."""
    import cv2

    top = (active[:, 1:-1] >= active[:, :-2]) & (active[:, 1:-1] > active[:, 2:])
    heights = (active - cv2.blur(active, (9, 1), borderType=cv2.BORDER_REPLICATE))[:, 1:-1]
    most = np.sort(np.where(top, heights, -np.inf), axis=1)[:, -5:]
    return np.asarray(np.where(most > -np.inf, most, 0).sum(axis=1))


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
    # Summed by einsum, not by BLAS: the last bit does not hang on how many threads that has.
    logit = np.empty((len(rows), len(KINDS)))
    for first in range(0, len(rows), _AT_ONCE):
        some = slice(first, first + _AT_ONCE)
        logit[some] = WEIGHTS[:, 0] + np.einsum("nt,kt->nk", terms(rows[some]), WEIGHTS[:, 1:])
    sure = 1 / (1 + np.exp(-gaussian(logit, SMOOTH, "edge")))
    heard = np.clip((rows[:, -1:] - HEARD[0]) / (HEARD[1] - HEARD[0]), 0, 1)
    return np.asarray(sure * heard, dtype=np.float32)
