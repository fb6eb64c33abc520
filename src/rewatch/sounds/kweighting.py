"""K-weighting: the ear's filter of ITU-R BS.1770-5, at any sample rate.

The recommendation gives the coefficients at 48 kHz alone: a high shelf (the head) and a high-pass (the ear's
insensitivity to low sound). Here both are taken back to their analogue prototypes (centre frequency, gain, quality:
the values that BS.1770's coefficients solve to, as libebur128 found them) and brought to the rate by the bilinear
transform, prewarped at the centre. Below 32 kHz that transform bends the shelf (by 0.2 dB at 1 kHz and 8 kHz); there
the shelf is matched in magnitude instead (Vicanek, "Matched second order digital filters", 2016).

Contents
    k_weighting    the coefficients
    KWeighting     the filter of a stream
"""

from __future__ import annotations

from math import pi, tan
from typing import Any

import numpy as np
import numpy.typing as npt

from rewatch.sounds.filters import Sections

_SHELF = (1681.974450955533, 3.999843853973347, 0.7071752369554196)
"""Hz, dB, quality."""
_HIGH_PASS = (38.13547087602444, 0.5003270373238773)
"""Hz, quality."""


_BENT = 32_000
"""Hz of sample rate below which the shelf is matched."""


def _matched(shelf: npt.NDArray[np.float64], rate: int) -> npt.NDArray[np.float64]:
    """(6,) the shelf of 48 kHz at another rate: poles carried over, gain met at 0, at its centre and at the top.

    Vicanek 2016, equations 29 to 45.
    """
    poles = np.roots(shelf[3:]).astype(np.complex128) ** (48_000 / rate)
    a = np.poly(poles).real
    hertz = np.array([0.0, _SHELF[0], rate / 2])
    wanted = _response(shelf[:3], hertz / 48_000) / _response(shelf[3:], hertz / 48_000)
    power = np.abs(wanted * _response(a, hertz / rate)) ** 2
    s = np.sin(np.pi * _SHELF[0] / rate) ** 2
    middle = (power[1] - power[0] * (1 - s) - power[2] * s) / (4 * s * (1 - s))
    low, high = np.sqrt(power[0]), np.sqrt(power[2])
    w = (low + high) / 2
    b0 = (w + np.sqrt(w * w + middle)) / 2
    return np.array([b0, (low - high) / 2, -middle / (4 * b0), *a])


def _response(taps: npt.NDArray[np.floating], turns: npt.NDArray[np.float64]) -> Any:
    """Of a filter of three taps at frequencies in turns a sample."""
    return np.exp(-2j * np.pi * np.outer(turns, np.arange(3))) @ taps


def _high_pass_norm(rate: float) -> float:
    k = tan(pi * _HIGH_PASS[0] / rate)
    return 1 + k / _HIGH_PASS[1] + k * k


def k_weighting(rate: int) -> npt.NDArray[np.float64]:
    """(2, 6) second-order sections (b0 b1 b2 1 a1 a2) at a sample rate in Hz.

    At 48 kHz they are BS.1770's, whose high-pass has a gain of 1.005 and no more norm than that; that same gain is
    kept at every rate, so that one sound measures the same at all of them. (libebur128 and FFmpeg leave the high-pass
    without norm: the same at 48 kHz, 0.004 dB more at 44.1 kHz, 0.2 dB more at 8 kHz.)

    >>> k_weighting(48000)[0].round(8).tolist()
    [1.53512486, -2.69169619, 1.19839281, 1.0, -1.69065929, 0.73248077]
    """
    hertz, gain, quality = _SHELF
    k = tan(pi * hertz / rate)
    high = 10 ** (gain / 20)
    middle = high**0.4996667741545416
    norm = 1 + k / quality + k * k
    shelf = [
        (high + middle * k / quality + k * k) / norm,
        2 * (k * k - high) / norm,
        (high - middle * k / quality + k * k) / norm,
        1.0,
        2 * (k * k - 1) / norm,
        (1 - k / quality + k * k) / norm,
    ]
    hertz, quality = _HIGH_PASS
    k = tan(pi * hertz / rate)
    norm = _high_pass_norm(rate)
    b = _high_pass_norm(48000) / norm
    high_pass = [b, -2 * b, b, 1.0, 2 * (k * k - 1) / norm, (1 - k / quality + k * k) / norm]
    if rate < _BENT:
        return np.array([_matched(k_weighting(48_000)[0], rate), high_pass])
    return np.array([shelf, high_pass])


class KWeighting:
    """The filter with its memory, for a stream in blocks."""

    def __init__(self, rate: int, channels: int) -> None:
        # float64: the high-pass's poles stand so close to 1 at high rates that float32 would drift.
        self._filter = Sections(k_weighting(rate), channels)

    def power(self, block: npt.NDArray[np.float32], weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """(n,) squares of the filtered samples of a block (channels, n), summed over the channels by weight."""
        filtered = self._filter(block)
        filtered *= filtered
        total: npt.NDArray[np.float64] = weights[0] * filtered[0]
        for weight, channel in zip(weights[1:], filtered[1:], strict=True):
            total += weight * channel
        return total
