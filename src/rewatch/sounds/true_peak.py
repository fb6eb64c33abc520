"""True peak: how high the sound rises between its samples (ITU-R BS.1770-5, annex 2).

The sound is interpolated to at least 176.4 kHz (four times at 44.1 and 48 kHz, two times at 96 kHz, as the annex has
it) by a windowed sinc, longer than the annex's own of 12 taps: within 0.05 dB up to 0.4 of the sample rate.

An interpolated value can be no higher than the highest sample near it times the sum of the filter's magnitudes.
Where even that does not reach the peak found so far nothing is interpolated: the figure is the same, and most of
the work is saved.
"""

from __future__ import annotations

from math import ceil

import cv2
import numpy as np
import numpy.typing as npt

_TAPS = 32
_ROW = 16
"""Samples that are interpolated at once: small enough to skip most of a film, large enough for a matrix product."""


def _interpolator(factor: int) -> npt.NDArray[np.float32]:
    """(factor - 1, taps): filters that give the value at 1/factor, 2/factor, ... past the middle tap."""
    at = np.arange(_TAPS) - (_TAPS // 2 - 1)
    shifts = np.arange(1, factor)[:, None] / factor
    reach = _TAPS / 2
    window = np.i0(6.0 * np.sqrt(np.clip(1 - ((at - shifts) / reach) ** 2, 0, 1))) / np.i0(6.0)
    filters = np.sinc(at - shifts) * window
    filters /= filters.sum(axis=1, keepdims=True)
    return filters.astype(np.float32)


class TruePeak:
    """The peaks of a stream given in blocks.

    sample: highest magnitude of any sample, full scale = 1
    """

    def __init__(self, rate: int, channels: int) -> None:
        self.factor = max(1, ceil(176_400 / rate))
        self.sample = 0.0
        self._between = 0.0
        self._held = np.zeros((channels, _TAPS), dtype=np.float32)
        filters = _interpolator(self.factor)
        self._bound = float(np.abs(filters).sum(axis=1).max()) if self.factor > 1 else 1.0
        # Row r of samples times this gives all values between its samples: (row + taps - 1, row * (factor - 1)).
        self._matrix = np.zeros((_ROW + _TAPS - 1, _ROW * (self.factor - 1)), dtype=np.float32)
        for i in range(_ROW):
            self._matrix[i : i + _TAPS, i * (self.factor - 1) : (i + 1) * (self.factor - 1)] = filters.T

        # Products of this size OpenBLAS does on one core; over two, handing out the work costs more than the work.
        self._batch = max(1, 250_000 // max(1, self._matrix.size))

    @property
    def value(self) -> float:
        """The true peak so far, full scale = 1; never less than the highest sample."""
        return max(self.sample, self._between)

    def feed(self, block: npt.NDArray[np.float32]) -> None:
        """Takes the next block (channels, n)."""
        if block.size:
            self.sample = max(self.sample, float(block.max()), -float(block.min()))
        if self.factor == 1:
            return
        data = np.concatenate([self._held, block], axis=1)
        rows = max(0, (data.shape[1] - _TAPS + 1) // _ROW)
        if rows:
            for channel in data:
                self._rise(channel, rows)
        self._held = data[:, rows * _ROW :].copy()

    def end(self) -> None:
        """Says that the sound is over: what its last samples ring out to is counted."""
        self.feed(np.zeros((len(self._held), _TAPS + _ROW), dtype=np.float32))

    def _rise(self, data: npt.NDArray[np.float32], rows: int) -> None:
        width = _ROW + _TAPS - 1
        padded = np.zeros((rows + 2) * _ROW, dtype=np.float32)
        used = min(len(data), len(padded))
        np.abs(data[:used], out=padded[:used])
        # Turned, so that the maximum is of long lines: twenty times as quick as of many short ones.
        local = np.maximum.reduce(np.asarray(cv2.transpose(padded.reshape(-1, _ROW))), axis=0)
        near = np.maximum(np.maximum(local[:rows], local[1 : rows + 1]), local[2:])
        windows = np.lib.stride_tricks.sliding_window_view(data, width)[: rows * _ROW : _ROW]
        # The loudest row alone first: what it reaches spares most others.
        for at in (np.array([near.argmax()]), None):
            chosen = np.flatnonzero(near * self._bound > self.value) if at is None else at
            for begin in range(0, len(chosen), self._batch):
                between = windows[chosen[begin : begin + self._batch]] @ self._matrix
                self._between = max(self._between, float(between.max()), -float(between.min()))
