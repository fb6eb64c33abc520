"""Sounds laid over each other, sample by sample: whether they hold one recording, whatever else lies over it.

Where two sounds hold the same recording, the phases of all their frequencies differ by one delay (the phase transform
of Knapp and Carter 1976); where they do not, they differ at random, however alike the notes are. Each quarter of a
second is compared by itself, and none may say more than a little, so that two clicks or two beats of a drum are no
recording; their sum is known to be normal where there is nothing.

Contents
    Wave     a sound, a stretch at a time
    Laid     how two lie
    laid     lay one over the other, about where they are thought to lie
    short, everywhere   the same wherever it may be, of films that are short enough
    wave_of  the sound of a film's file
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt

from rewatch.compare.echoes_evened import LONG, evened, likeliest
from rewatch.errors import FilmError
from rewatch.facts import FilmFacts
from rewatch.film.samples import read_stretch
from rewatch.sounds.channels import mono_weights
from rewatch.sounds.prints_landmarks import RATE

Floats = npt.NDArray[np.float32]

PART = RATE // 4
"""Samples that are compared by themselves."""
ROOM = 400
"""Samples by which the delay may differ from what was thought: three hops."""
AROUND = 4.0
"""Seconds before and after a stretch over which the recording may go on."""
MOST = 3.0
"""Standard deviations that a part may say."""
FEWEST = 4
"""Parts that a stretch counts as at least."""
USUAL = 1.2
"""Of them that it must say for the recording to go on."""
SHORT = 250_000.0
"""Seconds of one film times those of the other up to which every delay is tried: eight minutes of both."""
LONGEST = 1200.0
"""Seconds of either: all of it is in memory."""
SILENT = 1e-4
"""Amplitude, -80 dB, from which on a part says anything."""


class Wave:
    """The sound of one film, a stretch at a time. begin, end: seconds between which it has any."""

    def __init__(self, between: Callable[[float, float], Floats], begin: float, end: float) -> None:
        self.between, self.begin, self.end = between, begin, end

    def __call__(self, begin: float, end: float) -> Floats:
        """(n,) samples at 8 kHz from one second to another, silent where there is no sound."""
        return self.between(begin, end)

    @cached_property
    def evened(self) -> Floats:
        """All of it, as `echoes_evened` goes by."""
        return evened(self(self.begin, self.end))

    def turned(self, speed: Fraction) -> Floats:
        """The same of the sound at another speed."""
        return self.evened if speed == 1 else evened(_turned(self(self.begin, self.end), speed))


@dataclass(frozen=True, slots=True)
class Laid:
    """stands: standard deviations above chance. begin, end: seconds of A in which it is. shift: from there to B."""

    stands: float
    begin: float
    end: float
    shift: float


def laid(a: Wave, b: Wave, begin: float, end: float, shift: float, speed: Fraction = Fraction(1)) -> Laid | None:
    """Seconds ``begin .. end`` of A over B, `shift` seconds of B later or a little off; None: there is no sound.

    speed: seconds of B in a second of A; `shift` is between A at that speed (speed x its seconds) and B
    """
    count = round(float(speed) * (end - begin) * RATE / PART)
    edge = round(float(speed) * AROUND * RATE / PART)
    parts = count + 2 * edge
    first = begin - edge * PART / RATE / float(speed)
    samples = parts * PART
    of_a = _exactly(_turned(a(first, first + samples / RATE / float(speed)), speed), samples)
    at_b = first * float(speed) + shift - ROOM / RATE
    of_b = _exactly(b(at_b, at_b + (samples + 2 * ROOM) / RATE), samples + 2 * ROOM)
    said = _said(of_a.reshape(parts, PART), np.lib.stride_tricks.sliding_window_view(of_b, PART + 2 * ROOM)[::PART])
    if said is None:
        return None
    within = np.asarray(said[edge : edge + count])
    # Silent parts say nothing, and add nothing that could be chance's.
    total = within.sum(axis=0) / np.sqrt(max(FEWEST, int(np.count_nonzero(within.any(axis=1)))))
    delay = int(np.abs(total).argmax())
    # A recording may have been turned upside down: its phases all differ by half a turn.
    goes_on = np.concatenate([[0.0], np.cumsum(said[:, delay] * np.sign(total[delay]) - USUAL)])
    lowest = np.minimum.accumulate(goes_on)
    last = int((goes_on - lowest).argmax())
    from_ = int(np.flatnonzero(goes_on[: last + 1] == lowest[last])[-1])
    begins, ends = (first + n * PART / RATE / float(speed) for n in (from_, last))
    return Laid(float(abs(total[delay])), begins, ends, shift + (delay - ROOM) / RATE)


def short(a: Wave, b: Wave) -> bool:
    """Whether two films are so short that every delay between them can be tried."""
    lengths = a.end - a.begin, b.end - b.begin
    return max(lengths) <= LONGEST and lengths[0] * lengths[1] <= SHORT


def everywhere(a: Wave, b: Wave, speed: Fraction, most: int) -> list[Laid]:
    """Two short films laid over each other at the likeliest of all delays."""
    pace = float(speed)
    found: list[Laid] = []
    for at, delay in likeliest(a.turned(speed), b.evened, most):
        # Of A at B's speed, from its first second on; `laid` counts from second 0 of both.
        begin = a.begin + at / pace
        one = laid(a, b, begin, begin + LONG / pace, b.begin - a.begin * pace + delay, speed)
        if one is not None and one.end > one.begin:
            found.append(one)
    return found


def _said(a: Floats, b: Floats) -> npt.NDArray[np.float64] | None:
    """(n, PART) and (n, PART + 2 ROOM) samples -> (n, 2 ROOM + 1) standard deviations that each delay stands out by."""
    from scipy import fft

    def loud(wave: Floats) -> npt.NDArray[np.bool_]:
        return np.asarray(np.sqrt((wave**2).mean(axis=1)) > SILENT)

    live = loud(a) & loud(b)
    if not live.any():
        return None
    size = fft.next_fast_len(a.shape[1] + b.shape[1])
    both = fft.rfft(b, size, axis=1) * np.conj(fft.rfft(a, size, axis=1))
    delays = fft.irfft(both / np.maximum(np.abs(both), 1e-12), size, axis=1)
    spread = np.sqrt((delays**2).mean(axis=1, keepdims=True))
    said = np.clip(delays[:, : 2 * ROOM + 1] / np.maximum(spread, 1e-12), -MOST, MOST)
    return np.where(live[:, None], said, 0.0).astype(np.float64)


def _turned(wave: Floats, speed: Fraction) -> Floats:
    """A sound played so many times as long."""
    if speed == 1:
        return wave
    from scipy.signal import resample_poly

    return np.asarray(resample_poly(wave, speed.numerator, speed.denominator), dtype=np.float32)


def _exactly(wave: Floats, count: int) -> Floats:
    return np.pad(wave[:count], (0, max(0, count - len(wave))))


def wave_of(film: FilmFacts, begin: float, end: float) -> Wave:
    """The sound of a film's file, decoded where it is asked for; silent where that cannot be."""

    def between(begin: float, end: float) -> Floats:
        from scipy.signal import resample_poly

        found = np.zeros(round((end - begin) * RATE), np.float32)
        try:
            pieces = list(read_stretch(film, begin, end))
        except FilmError:
            return found
        for piece in pieces:
            mixed = piece.values @ mono_weights(piece.layout, piece.values.shape[1])
            part = resample_poly(mixed, RATE, piece.rate).astype(np.float32)
            at = round((float(piece.start) + piece.first / piece.rate - begin) * RATE)
            low, high = max(0, at), min(len(found), at + len(part))
            if high > low:
                found[low:high] = part[low - at : high - at]
        return found

    return Wave(between, begin, end)
