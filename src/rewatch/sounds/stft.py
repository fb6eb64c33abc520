"""Spectra: the short-time Fourier transform that onsets, spectrum and kinds of sound share.

One frame every 10 ms; each looks at about 43 ms through a Hann window. Frame i is centred on the middle of its
stretch, second ``(i + 1/2) / 100`` of the sound; before and after the sound there is silence. Power is scaled so
that a sine at full scale has 1.0 (0 dB) in its bin.

Contents
    Mono      blocks of many channels -> blocks of one, at most about 64 kHz
    Spectra   blocks of one channel -> power spectra, a second at a time
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rewatch.fourier import powers, quick_length
from rewatch.sounds.channels import mono_weights
from rewatch.sounds.filters import Thinner, hann, low_pass

FRAMES = 100
"""Frames a second."""
_AT_ONCE = 20
"""Frames that are transformed at once: what they take stays in the cache, which makes it three times as fast."""
_WINDOW = 0.0427
"""Seconds: 2048 samples at 48 kHz."""


class Mono:
    """Mixes blocks (channels, n) down to (n / factor,) and halves rates of 88.2 kHz and more until they are below.

    rate: samples a second of what comes out. Low-pass filtering delays it by less than half a millisecond.
    """

    def __init__(self, rate: int, layout: str, channels: int) -> None:
        factor = max(1, rate // 44_100)
        self.factor = factor if rate % factor == 0 else 1
        self.rate = rate // self.factor
        self._weights = mono_weights(layout, channels)
        if self.factor > 1:
            reach = 8 * self.factor
            self._thinner = Thinner(low_pass(reach, 0.9 / self.factor, np.hamming(2 * reach + 1)), 1, self.factor)
            self._held = np.zeros(2 * reach, dtype=np.float32)

    def mix(self, block: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        # Added by hand: a matrix product of this shape gains nothing from BLAS, and may differ with its threads.
        mixed: npt.NDArray[np.float32] = self._weights[0] * block[0]
        for weight, channel in zip(self._weights[1:], block[1:], strict=True):
            mixed += weight * channel
        if self.factor == 1:
            return mixed
        data = np.concatenate([self._held, mixed])
        self._held = data[len(mixed) :]
        return self._thinner(data, -(-len(mixed) // self.factor))


class Spectra:
    """Power spectra of a stream of blocks of one second; each second's come once the next is there.

    size:  samples that one frame looks at
    hertz: (bins,) centre of each bin
    """

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.size = quick_length(round(rate * _WINDOW))
        self.hertz = np.asarray(np.fft.rfftfreq(self.size, 1 / rate), np.float64)
        window = hann(self.size)
        # Half the window's sum is what a sine at full scale comes to.
        self._window = (window * 2 / window.sum()).astype(np.float32)
        centres = (2 * np.arange(FRAMES) + 1) * rate // (2 * FRAMES)
        self._begin = (centres - self.size // 2 + self.size).tolist()
        # 0: frames are not evenly apart, by a sample.
        self._step = rate // FRAMES if rate % FRAMES == 0 else 0
        self._past = np.zeros(self.size, dtype=np.float32)
        self._second = np.zeros(0, dtype=np.float32)

    def push(self, block: npt.NDArray[np.float32]) -> npt.NDArray[np.float32] | None:
        """Takes the next block, which only at the very end may be shorter; (100, bins) of the one before it."""
        before, self._second = self._second, block
        return self._power(before, block) if len(before) else None

    def end(self) -> npt.NDArray[np.float32]:
        """(at most 100, bins): the frames of the last block whose stretch begins within the sound."""
        last, self._second = self._second, np.zeros(0, dtype=np.float32)
        if not len(last):
            return np.zeros((0, len(self.hertz)), dtype=np.float32)
        return self._power(last, self._second)[: -(-len(last) * FRAMES // self.rate)]

    def _power(self, second: npt.NDArray[np.float32], after: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        data = np.zeros(self.size + self.rate + self.size, dtype=np.float32)
        data[: self.size] = self._past
        data[self.size : self.size + len(second)] = second
        ahead = after[: self.size]
        data[self.size + len(second) : self.size + len(second) + len(ahead)] = ahead
        self._past = data[self.rate : self.rate + self.size].copy()
        power = np.empty((FRAMES, len(self.hertz)), dtype=np.float32)
        frames = np.empty((_AT_ONCE, self.size), dtype=np.float32)
        windows = np.lib.stride_tricks.sliding_window_view(data, self.size)
        for first in range(0, FRAMES, _AT_ONCE):
            some = slice(first, first + _AT_ONCE)
            begin = self._begin[some]
            if self._step:
                np.multiply(windows[begin[0] : begin[-1] + 1 : self._step], self._window, out=frames)
            else:
                np.multiply(windows[begin], self._window, out=frames)
            powers(frames, out=power[some])
        return power
