"""Landmarks: the points of a sound that outlast a bad recording, peaks of its spectrogram above their surroundings.

The idea is Wang's ("An industrial-strength audio search algorithm", ISMIR 2003): where a spectrogram has a peak it has
one too after noise was added, a telephone has cut its ends off or a coder has thinned it out. Levels are measured
against their surroundings in time and frequency, so that neither gain nor the colour of a loudspeaker counts.

Contents
    Down        blocks of many channels at the film's rate -> one channel at 8 kHz
    Landmarks   a stream of one channel -> its landmarks, a stretch at a time
    landmarks_of   the same for a whole sound
"""

from __future__ import annotations

from math import gcd

import numpy as np
import numpy.typing as npt

from rewatch.sounds.channels import mono_weights
from rewatch.sounds.filters import Thinner, hann, low_pass

RATE = 8000
"""Hz: what lies above 4 kHz does not outlast a telephone, and costs time."""
HOP = 125
HOPS = RATE // HOP
"""Spectra a second: 64, so that a hop is an exact 1/64 s."""
SIZE = 1024
BINS = 512
"""Bins of 7.8125 Hz; the one at 4 kHz is left out."""
LOWEST = 8
"""First bin that a landmark may lie in: 62 Hz."""
STRETCH = 8 * HOPS
"""Hops that are looked at together."""
AROUND = HOPS
"""Hops before and after them that their landmarks depend on."""
NEAR_TIME, NEAR_BINS = 5, 10
"""A landmark is the highest within so many hops and bins to either side."""
FLOOR = 1e-6
"""Amplitude below which there is silence: -120 dB."""

Wave = npt.NDArray[np.float32]


class Down:
    """Mixes blocks of exactly one second (channels, rate) down to (8000,); delayed by one block, see `end`."""

    def __init__(self, rate: int, layout: str, channels: int) -> None:
        common = gcd(rate, RATE)
        self._up, self._down = RATE // common, rate // common
        widest = max(self._up, self._down)
        # Taps to either side, at the rate between.
        side = -(-12 * widest // self._down) * self._down
        taps = low_pass(side, 0.94 / widest, np.kaiser(2 * side + 1, 7.0)) * self._up
        self._thinner = Thinner(taps, self._up, self._down)
        # Samples before and after a block that it depends on.
        self._context = self._thinner.reach
        self._weights = mono_weights(layout, channels)
        self._past = np.zeros(self._context, dtype=np.float32)
        self._block: Wave | None = None

    def push(self, block: Wave) -> Wave:
        """(n,) what the block before becomes; empty for the first. Only the last block may be shorter."""
        mixed: Wave = self._weights[0] * block[0]
        for weight, channel in zip(self._weights[1:], block[1:], strict=True):
            mixed += weight * channel
        before, self._block = self._block, mixed
        return self._turn(before, mixed) if before is not None else np.zeros(0, dtype=np.float32)

    def end(self) -> Wave:
        """(n,) what the last block becomes."""
        before, self._block = self._block, None
        nothing = np.zeros(0, dtype=np.float32)
        return self._turn(before, nothing) if before is not None else nothing

    def _turn(self, block: Wave, after: Wave) -> Wave:
        count = -(-len(block) * self._up // self._down)
        data = np.zeros(self._context + len(block) + self._context, dtype=np.float32)
        data[: self._context] = self._past
        data[self._context : self._context + len(block)] = block
        ahead = after[: self._context]
        data[self._context + len(block) : self._context + len(block) + len(ahead)] = ahead
        self._past = data[len(block) : len(block) + self._context].copy()
        return self._thinner(data, count)


class Landmarks:
    """Takes a sound at 8 kHz in pieces of any length; gives landmarks of stretches of eight seconds."""

    def __init__(self) -> None:
        window = hann(SIZE)
        self._window = (window * 2 / window.sum()).astype(np.float32)
        # Silence before the first sample: hop i is centred on sample i * HOP + HOP / 2.
        self._wave = np.zeros(SIZE // 2 - HOP // 2, dtype=np.float32)
        self._level = np.full((AROUND, BINS), np.log(FLOOR), dtype=np.float32)
        self._hops = 0
        self._given = 0

    def push(self, wave: Wave) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint16]]:
        """Landmarks that are settled now: hops and bins, in order of time."""
        self._spectra(wave)
        found = []
        while len(self._level) >= STRETCH + 2 * AROUND:
            found.append(self._pick(self._level[: STRETCH + 2 * AROUND], STRETCH))
            self._level = self._level[STRETCH:]
        return _joined(found)

    def end(self, samples: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint16]]:
        """The rest of a sound that had so many samples in all."""
        self._spectra(np.zeros(SIZE, dtype=np.float32))
        left = -(-samples // HOP) - self._given
        level = self._level[: AROUND + max(left, 0)]
        silent = np.full((STRETCH + 2 * AROUND, BINS), np.log(FLOOR), dtype=np.float32)
        found = []
        while left > 0:
            part = np.concatenate([level, silent])[: STRETCH + 2 * AROUND]
            found.append(self._pick(part, min(left, STRETCH)))
            level, left = level[STRETCH:], left - STRETCH
        return _joined(found)

    def _spectra(self, wave: Wave) -> None:
        """Levels of the hops that are complete with this piece."""
        from scipy import fft

        self._wave = np.concatenate([self._wave, wave])
        count = max(0, (len(self._wave) - SIZE) // HOP + 1)
        parts = [self._level]
        # Eight seconds at a time: what is in the cache is quick.
        for begin in range(0, count, STRETCH):
            end = min(count, begin + STRETCH)
            stretch = self._wave[begin * HOP : (end - 1) * HOP + SIZE]
            frames = np.lib.stride_tricks.sliding_window_view(stretch, SIZE)[::HOP] * self._window
            spectrum = fft.rfft(frames, axis=1, overwrite_x=True)[:, :BINS]
            power = spectrum.real**2 + spectrum.imag**2
            parts.append(np.log(power + np.float32(FLOOR**2)) * np.float32(0.5))
        self._wave = self._wave[count * HOP :]
        self._level = np.concatenate(parts)

    def _pick(self, level: Wave, hops: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint16]]:
        import cv2

        around = np.ones((2 * NEAR_TIME + 1, 2 * NEAR_BINS + 1), np.uint8)
        highest = cv2.dilate(level, around, borderType=cv2.BORDER_CONSTANT, borderValue=-100.0)
        mean = cv2.blur(level, (61, 49), borderType=cv2.BORDER_REFLECT)
        part = slice(AROUND, AROUND + hops)
        peak = (level[part] == highest[part]) & (level[part] > mean[part] + 1.0) & (level[part] > np.log(FLOOR) + 3)
        peak[:, :LOWEST] = False
        at, bins = np.nonzero(peak)
        first = self._given
        self._given += hops
        return at.astype(np.int64) + first, bins.astype(np.uint16)


def _joined(
    found: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.uint16]]],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint16]]:
    hops = np.concatenate([np.zeros(0, dtype=np.int64), *(h for h, _ in found)])
    return hops, np.concatenate([np.zeros(0, dtype=np.uint16), *(b for _, b in found)])


def landmarks_of(wave: Wave) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint16]]:
    """Hops (1/64 s) and bins of the landmarks of a whole sound (n,) at 8 kHz."""
    landmarks = Landmarks()
    begin = landmarks.push(np.asarray(wave, dtype=np.float32))
    return _joined([begin, landmarks.end(len(wave))])
