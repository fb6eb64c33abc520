"""Landmarks: the points of a sound that outlast a bad recording, peaks of its spectrogram above their surroundings.

The idea is Wang's ("An industrial-strength audio search algorithm", ISMIR 2003): where a spectrogram has a peak it has
one too after noise was added, a telephone has cut its ends off or a coder has thinned it out. Levels are measured
against their surroundings in time and frequency, so that neither gain nor the colour of a loudspeaker counts.

A stretch of film has about thirty landmarks a second. Their bins outlast noise exactly, their hops to within one.

Contents
    Down        blocks of many channels at the film's rate -> one channel at 8 kHz
    levels, contrast, peaks   the spectrogram, each point of it against its surroundings, what stands out
    Landmarks   a stream of one channel -> its landmarks, a stretch at a time
"""

from __future__ import annotations

from math import gcd

import numpy as np
import numpy.typing as npt

from rewatch.fourier import powers
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
NEAR = (10, 16)
"""A landmark is the highest within so many hops and bins to either side: 0.16 s and 125 Hz."""
SURROUNDINGS = (49, 61)
"""Hops and bins of the stretch that levels are measured against: 0.77 s and 477 Hz."""
ABOVE = 1.0
"""Standard deviations of its surroundings that a landmark stands above their mean."""
FLOOR = 1e-6
"""Amplitude that is added to every bin: -120 dB re a sine at full scale, silence."""
HEARD = 2e-5
"""Amplitude from which on a landmark counts: -94 dB in its bin, below the grain of sixteen bits."""

Wave = npt.NDArray[np.float32]
Found = tuple[npt.NDArray[np.int64], npt.NDArray[np.uint16]]
"""Hops and bins, in order of time."""


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


def window() -> Wave:
    """(1024,) Hann, scaled so that a sine at full scale has amplitude 1 in its bin."""
    shape = hann(SIZE)
    return np.asarray(shape * 2 / shape.sum(), dtype=np.float32)


def levels(frames: Wave) -> Wave:
    """(n, 512) logarithms of amplitude of windowed frames (n, 1024)."""
    level = powers(frames)[:, :BINS] + np.float32(FLOOR**2)
    np.log(level, out=level)
    level *= np.float32(0.5)
    return level


def contrast(level: Wave) -> Wave:
    """Each point of (n, bins) levels against its surroundings, in their standard deviations."""
    import cv2

    size = (SURROUNDINGS[1], SURROUNDINGS[0])
    mean = cv2.blur(level, size, borderType=cv2.BORDER_REFLECT)
    spread = cv2.blur(level * level, size, borderType=cv2.BORDER_REFLECT) - mean * mean
    return np.asarray((level - mean) / np.sqrt(np.maximum(spread, np.float32(0.05))), dtype=np.float32)


def highest(level: Wave, near: tuple[int, int]) -> Wave:
    """The highest level within so many hops and bins to either side of each point."""
    import cv2

    around = np.ones((2 * near[0] + 1, 2 * near[1] + 1), np.uint8)
    return np.asarray(cv2.dilate(level, around, borderType=cv2.BORDER_CONSTANT, borderValue=-100.0))


def peaks(level: Wave, stands: Wave, near: tuple[int, int] = NEAR) -> npt.NDArray[np.bool_]:
    """(n, bins) where the landmarks are: the highest of what is near, and above the surroundings."""
    found = (level == highest(level, near)) & (stands > ABOVE) & (level > np.float32(np.log(HEARD)))
    found[:, :LOWEST] = False
    return np.asarray(found)


class Landmarks:
    """Takes a sound at 8 kHz in pieces of any length; gives landmarks of stretches of eight seconds."""

    def __init__(self) -> None:
        self._window = window()
        # Silence before the first sample: hop i is centred on sample i * HOP + HOP / 2.
        self._wave = np.zeros(SIZE // 2 - HOP // 2, dtype=np.float32)
        self._levels = [np.full((AROUND, BINS), np.log(FLOOR), dtype=np.float32)]
        self._given = 0

    def push(self, wave: Wave) -> Found:
        """Landmarks that are settled now."""
        self._hear(wave)
        found: list[Found] = []
        if sum(len(part) for part in self._levels) < STRETCH + 2 * AROUND:
            return _joined(found)
        level = np.concatenate(self._levels)
        while len(level) >= STRETCH + 2 * AROUND:
            found.append(self._pick(level[: STRETCH + 2 * AROUND], STRETCH))
            level = level[STRETCH:]
        self._levels = [level.copy()]
        return _joined(found)

    def end(self, samples: int) -> Found:
        """The rest of a sound that had so many samples in all."""
        self._hear(np.zeros(SIZE, dtype=np.float32))
        left = -(-samples // HOP) - self._given
        level = np.concatenate(self._levels)[: AROUND + max(left, 0)]
        silent = np.full((STRETCH + 2 * AROUND, BINS), np.log(FLOOR), dtype=np.float32)
        found = []
        while left > 0:
            part = np.concatenate([level, silent])[: STRETCH + 2 * AROUND]
            found.append(self._pick(part, min(left, STRETCH)))
            level, left = level[STRETCH:], left - STRETCH
        return _joined(found)

    def _hear(self, wave: Wave) -> None:
        """Adds the levels of the hops that are complete with this piece."""
        self._wave = np.concatenate([self._wave, wave])
        count = max(0, (len(self._wave) - SIZE) // HOP + 1)
        # A second at a time: what is in the cache is quick.
        for begin in range(0, count, HOPS):
            end = min(count, begin + HOPS)
            stretch = self._wave[begin * HOP : (end - 1) * HOP + SIZE]
            self._levels.append(levels(np.lib.stride_tricks.sliding_window_view(stretch, SIZE)[::HOP] * self._window))
        self._wave = self._wave[count * HOP :]

    def _pick(self, level: Wave, hops: int) -> Found:
        """Landmarks of so many hops, which others surround."""
        found = peaks(level, contrast(level))[AROUND : AROUND + hops]
        at, bins = np.nonzero(found)
        first, self._given = self._given, self._given + hops
        return at.astype(np.int64) + first, bins.astype(np.uint16)


def _joined(found: list[Found]) -> Found:
    hops = np.concatenate([np.zeros(0, dtype=np.int64), *(h for h, _ in found)])
    return hops, np.concatenate([np.zeros(0, dtype=np.uint16), *(b for _, b in found)])


def landmarks_of(wave: Wave) -> Found:
    """Landmarks of a whole sound (n,) at 8 kHz, as a film's are taken."""
    landmarks = Landmarks()
    return _joined([landmarks.push(np.asarray(wave, dtype=np.float32)), landmarks.end(len(wave))])
