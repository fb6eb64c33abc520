"""Tempogram: how periodic instants are, at which rate, over time.

An autocorrelation tempogram (P. Grosche, M. Mueller, "Extracting predominant local pulse information from music
recordings", IEEE Trans. Audio, Speech, and Language Processing 19(6), 2011, doi 10.1109/TASL.2010.2096216; the
cyclic and autocorrelation forms in their Tempogram Toolbox, 2011) of instants with strengths: attacks in the sound,
cuts. In a window of W seconds

    R(lag) = sum over pairs i, j of w_i w_j K(t_j - t_i - lag) / sum of w_i^2    x W / (W - lag)

K a Gaussian that is 1 at 0: two instants a lag apart to within some tens of milliseconds count as a pair; w the square
roots of the strengths, so that a snare does not outweigh the drum between its blows. A pulse of
period T repeats at T, 2T, 3T, ...: its strength is the mean of R over those multiples up to 3 s (at least four of
them, so a period must hold over four beats). Instants that fall anyhow give R = b at every lag, b the mean of R; the
clarity of a period is

    c(T) = (mean over h of R(hT) - b) / (1 - b)         1: every instant has its like a period on; 0: chance

and less where instants come so thick that chance alone makes b more than 0.4: times (1 - b) / 0.6.

Of the periods whose clarity comes to 70 % of the greatest the shortest is the pulse, for a period's doubles repeat as
well as itself; but only if its odd multiples count for at least 0.68 of its even ones (up to 110 a minute, rising to
0.78 at 180, where one would rather hear half of it): weak strokes between the beats make no beat of half the length.
A two-part beat (lub-dub) repeats only after both. Above 118 a minute it may still be half of a beat that is heard: it
is passed over where its strokes, by their full strengths, differ by turns (odd multiples below 0.8 of the even) and
nothing falls half way between them, as cymbals do between the beats of a quick drum kit. What is faster than 180 is
heard as half of it.

Contents
    Windows     length, step and tolerance
    tempogram   instants -> rate and clarity over time
    sharpen     a rate known to a few per cent -> the same more exactly
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from rewatch.fourier import of_powers, powers, quick_length
from rewatch.score.grid import Array

_Singles = npt.NDArray[np.float32]
SLOWEST, FASTEST = 40.0, 180.0
BIN = 0.01
_RATES: Array = np.geomspace(FASTEST * 1.04, SLOWEST * 0.96, 340)
"""Candidates, fastest first, about half a per cent apart; a little beyond the range, so that its ends can be peaks."""

_EQUAL = (0.68 + 0.1 * np.clip(np.log(_RATES / 110) / np.log(180 / 110), 0, 1)).astype(np.float32)
"""What part of a candidate's even multiples its odd ones must come to."""
QUICK, BY_TURNS, BETWEEN = 118.0, 0.8, 0.3
"""Beats a minute above which one may be half of a beat; what its odd multiples must then come to with the strokes as
strong as they are, or else what falls half way between."""


@dataclass(frozen=True, slots=True)
class Windows:
    """length, step: seconds of a window and from one to the next
    blur: standard deviation of K, seconds
    least: instants that a window must hold to be looked at
    """

    length: float = 12.0
    step: float = 1.0
    blur: float = 0.025
    least: int = 5


@lru_cache(maxsize=4)
def _templates(lags: int, window: float) -> _Singles:
    """(3, lags, candidates): R at these lags (bins) -> its mean over the odd, over the even multiples of each
    candidate's period, and half way between."""
    rates = len(_RATES)
    periods = 60.0 / _RATES
    counts = np.maximum(4, np.floor(3.0 / periods))
    tables = np.zeros((3, lags, rates), dtype=np.float32)
    for table, first, step in zip(tables, (1, 2, 0.5), (2, 2, 1), strict=True):
        multiples = np.arange(first, counts.max() + 0.1, step)
        column, which = np.nonzero(multiples < counts[:, None] + 0.1)
        at = multiples[which] * periods[column] / BIN
        share = 1 / np.bincount(column)[column]
        low = np.floor(at).astype(np.int64)
        for index, part in ((low, 1 - (at - low)), (low + 1, at - low)):
            weights = part * share * window / (window - index * BIN)
            table += np.bincount(index * rates + column, weights, lags * rates).reshape(lags, rates)
    tables.flags.writeable = False  # it is kept, and lent to every tempogram with such windows
    return tables


def tempogram(
    times: Array, strengths: Array, length: float, windows: Windows | None = None, accents: Array | None = None
) -> tuple[Array, Array, Array]:
    """Instants -> (middle of each window in seconds, rate a minute, clarity 0..1), three (m,) arrays.

    times:     (n,) seconds, increasing; strengths: (n,) > 0
    accents:   (n,) > 0, by which strokes differ by turns; None = their strengths
    length:    seconds of the film; the windows' middles run from 0 to its end
    Where a window holds fewer than `windows.least` instants rate and clarity are 0.
    """
    win = windows or Windows()
    middles: Array = np.arange(0, math.floor(length / win.step) + 1, dtype=np.float64) * win.step
    rates, clarity = np.zeros(len(middles)), np.zeros(len(middles))
    if len(times) < win.least:
        return middles, rates, clarity
    half = win.length / 2
    first = np.searchsorted(times, middles - half)
    last = np.searchsorted(times, middles + half)
    busy = np.flatnonzero(last - first >= win.least)
    lags = round(4 * 60 / _RATES[-1] / BIN) + 3
    templates = _templates(lags, win.length)
    at = np.rint((times + half) / BIN).astype(np.int64)
    size = round((length + win.length) / BIN) + round(win.length / BIN) + 1
    loudest = strengths if accents is None else accents
    strokes, blows = (
        np.bincount(at, weights, size).astype(np.float32) for weights in (np.sqrt(_held(strengths)), _held(loudest))
    )
    for chunk in np.array_split(busy, max(1, len(busy) // 256)):
        begin = np.rint(middles[chunk] / BIN).astype(np.int64)
        over, base = _repeats(strokes, begin, templates, win)
        # What is just too fast is heard as half of it, as all that is faster still.
        good = (_EQUAL * over[1] <= over[0]) & (_RATES <= FASTEST * 1.01)
        rates[chunk], found = _peaks((over[0] + over[1]) / 2, good)
        quick = np.flatnonzero(rates[chunk] > QUICK)
        if len(quick):
            # So quick a beat may be half of one: then its strokes differ by turns, and nothing falls between them.
            loud, _ = _repeats(blows, begin[quick], templates, win)
            even = np.maximum(loud[1], 1e-9)
            beat = (loud[0] >= BY_TURNS * even) | (over[2][quick] >= BETWEEN * over[1][quick]) | (_RATES <= QUICK)
            rates[chunk[quick]], found[quick] = _peaks((over[0] + over[1])[quick] / 2, good[quick] & beat)
        clarity[chunk] = found * np.minimum(1.0, (1 - base) / 0.6)
    outside = rates < SLOWEST * 0.99
    rates[outside] = clarity[outside] = 0.0
    return middles, rates, np.clip(clarity, 0.0, 1.0)


def _held(strengths: Array) -> Array:
    """Strengths of which none is far above those that make up half of all: a swarm of weak ones has no say."""
    ordered = np.sort(strengths)
    middle = float(ordered[np.searchsorted(np.cumsum(ordered), ordered.sum() / 2)])
    return np.minimum(strengths, 2 * middle)


def _repeats(
    train: _Singles, begin: npt.NDArray[np.int64], templates: _Singles, win: Windows
) -> tuple[_Singles, _Singles]:
    """How much better than chance each candidate repeats in the windows that begin at these bins, (3, m, candidates)
    as `_templates` has it; and chance, (m,)."""
    lags, width = templates.shape[1], round(win.length / BIN)
    size = quick_length(width + lags)
    spectrum = np.exp(-2 * (math.pi * np.fft.rfftfreq(size, BIN) * win.blur) ** 2)
    peak_one = (spectrum * (math.sqrt(2 * math.pi) * win.blur / BIN)).astype(np.float32)
    unbias = (win.length / (win.length - np.arange(lags) * BIN)).astype(np.float32)
    plain = slice(round(0.25 / BIN), round(4.0 / BIN))
    pieces = np.zeros((len(begin), size), np.float32)
    pieces[:, :width] = np.lib.stride_tricks.sliding_window_view(train, width)[begin]
    power = powers(pieces)
    power *= peak_one
    pairs = of_powers(power, size)[:, :lags]
    pairs /= np.maximum((pieces**2).sum(axis=1), 1e-12)[:, None]
    base = np.minimum((pairs[:, plain] * unbias[plain]).mean(axis=1), 0.95)[:, None]
    return (pairs @ templates - base) / (1 - base), base[:, 0]


def _peaks(score: _Singles, right: npt.NDArray[np.bool_]) -> tuple[Array, Array]:
    """(m, candidates) clarity, and which may be a beat -> rate and clarity of the shortest period that comes near the
    clearest."""
    inner = score[:, 1:-1]
    peak = (inner >= score[:, :-2]) & (inner > score[:, 2:])
    top = np.where(peak, inner, -np.inf).max(axis=1, keepdims=True)
    good = peak & (inner >= 0.7 * top) & (top > 0) & right[:, 1:-1]
    found = good.any(axis=1)
    at = good.argmax(axis=1) + 1
    rows = np.arange(len(score))
    before, here, after = score[rows, at - 1], score[rows, at], score[rows, at + 1]
    bend = before - 2 * here + after
    shift = np.divide(before - after, 2 * bend, out=np.zeros_like(bend), where=np.abs(bend) > 1e-9)
    ratio = _RATES[1] / _RATES[0]
    rates = _RATES[at] * ratio ** np.clip(shift, -0.5, 0.5)
    return np.where(found, rates, 0.0), np.where(found, here, 0.0)


def sharpen(times: Array, strengths: Array, rate: float, within: float = 0.03) -> float:
    """The rate a minute near `rate` at which instants line up best over their whole length.

    Maximises the sum over the first four harmonics of ``|sum of w exp(2 pi i h f t)|^2`` (a Fourier tempogram of one
    window). For stretches in which the rate holds; over 20 s it is good to about a tenth of a per cent.
    """
    if len(times) < 3:
        return rate
    t, w = times - times.mean(), np.minimum(strengths, 3 * np.median(strengths))
    span = max(float(times[-1] - times[0]), 1e-3)

    def fit(rates: Array) -> Array:
        total = np.zeros(len(rates))
        for harmonic in range(1, 5):
            total += np.abs(np.exp(2j * np.pi * harmonic * rates[:, None] / 60 * t[None, :]) @ w) ** 2
        return total

    # Steps that move the fourth harmonic by a tenth of a turn over the stretch.
    count = min(2001, max(21, round(2 * within * rate / 60 * span * 4 * 10)))
    rates = np.linspace(rate * (1 - within), rate * (1 + within), count)
    values = fit(rates)
    best = int(values.argmax())
    if 0 < best < len(rates) - 1:
        a, b, c = values[best - 1 : best + 2]
        return float(rates[best] + (rates[1] - rates[0]) * (a - c) / (2 * (a - 2 * b + c)))
    return float(rates[best])
