"""Sounds of short films as wholes: every delay at which one may hold what the other has, tried at once.

Both are evened out, every tenth of a second and every frequency made as loud as any other, so that neither what is loud
nor what is deep outshouts the rest; then stretches of A are correlated with all of B. Five seconds of a recording stand
out so far that nothing need be left of its landmarks. It costs as much as both films' lengths multiplied.

Contents
    evened      a sound evened out
    likeliest   where B may hold what A has
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rewatch.sounds.prints_landmarks import RATE

Floats = npt.NDArray[np.float32]

SIZE = 2048
"""Samples that are evened at once, half of them shared with the next."""
SILENT = 1e-4
CHUNK, STEP = 24, 20
"""Seconds of A that are correlated at once, and from one such stretch to the next."""
BLOCK = RATE // 2
"""Delays of which one is kept at most."""
EACH = 4
"""Delays that are kept of each stretch."""
STANDS = 5.2
"""Standard deviations from which on a delay is kept: of millions, chance yields some."""
LONG = 4
"""Seconds that most speak for it."""


def evened(wave: Floats) -> Floats:
    """(n,) samples at 8 kHz -> (n,), of about the same power at every time and frequency; silence stays silence."""
    from scipy import fft

    padded = np.pad(wave, SIZE)
    frames = np.lib.stride_tricks.sliding_window_view(padded, SIZE)[:: SIZE // 2]
    shape = np.sqrt(np.hanning(SIZE + 1)[:SIZE]).astype(np.float32)
    out = np.zeros(len(frames) * SIZE // 2 + SIZE, np.float32)
    for first in range(0, len(frames), 512):
        part = frames[first : first + 512]
        spectrum = fft.rfft(part * shape, axis=1)
        spectrum /= np.maximum(np.abs(spectrum), 1e-9)
        spectrum[np.sqrt((part**2).mean(axis=1)) < SILENT] = 0
        again = fft.irfft(spectrum, SIZE, axis=1) * shape
        for half in range(2):
            laid = again[half::2].reshape(-1)
            at = (first + half) * SIZE // 2
            out[at : at + len(laid)] += laid
    return out[SIZE : SIZE + len(wave)]


def likeliest(a: Floats, b: Floats, most: int) -> list[tuple[float, float]]:
    """(second of A, seconds from there to B) of the likeliest `most` places, the first first; of two evened sounds."""
    from scipy import fft

    size = fft.next_fast_len(len(b) + CHUNK * RATE, real=True)
    of_b = fft.rfft(b, size)
    found: list[tuple[float, float, float]] = []
    for first in range(0, max(1, len(a) - LONG * RATE), STEP * RATE):
        chunk = a[first : first + CHUNK * RATE]
        delays = fft.irfft(of_b * np.conj(fft.rfft(chunk, size)), size)
        spread = float(delays.std())
        if not spread:
            continue
        blocks = np.abs(delays[: size // BLOCK * BLOCK]).reshape(-1, BLOCK)
        highest = blocks.max(axis=1)
        for n in np.argsort(-highest)[:EACH].tolist():
            if highest[n] < STANDS * spread:
                break
            delay = n * BLOCK + int(blocks[n].argmax())
            delay -= size if delay > len(b) else 0
            at = _best(chunk, b, delay)
            found.append((float(highest[n]) / spread, (first + at) / RATE, (delay - first) / RATE))
    return [(at, shift) for _, at, shift in sorted(found, reverse=True)[:most]]


def _best(chunk: Floats, b: Floats, delay: int) -> int:
    """First sample of the seconds of a chunk that most speak for a delay."""
    low, high = max(0, -delay), min(len(chunk), len(b) - delay)
    if high - low <= LONG * RATE:
        return low
    both = np.cumsum(chunk[low:high].astype(np.float64) * b[low + delay : high + delay])
    return low + int(np.abs(both[LONG * RATE :] - both[: -LONG * RATE]).argmax())
