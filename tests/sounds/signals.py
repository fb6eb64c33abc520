"""Sounds of known truth, the signals of EBU Tech 3341 and 3342, and FFmpeg's meter as a second opinion."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from pathlib import Path
from typing import Any

import av
import av.filter
import numpy as np
import numpy.typing as npt
from scipy.signal import resample_poly

from rewatch.analyser import Analyser
from rewatch.evidence import Samples
from rewatch.track import Track

Sound = npt.NDArray[np.float32]


def analyse(
    analyser: Analyser[Samples],
    values: Sound,
    rate: int,
    layout: str,
    cuts: Sequence[int] = (),
    start: Fraction = Fraction(0),
) -> Mapping[str, Track]:
    """The tracks of a sound (n, channels), fed in pieces of the given lengths, over and over; whole without any."""
    with tempfile.TemporaryDirectory() as scratch:
        analyser.begin(None, Path(scratch))  # type: ignore[arg-type]
        at = turn = 0
        while at < len(values):
            length = cuts[turn % len(cuts)] if cuts else len(values)
            analyser.feed(Samples(at, start, rate, layout, values[at : at + length]))
            at, turn = at + length, turn + 1
        return analyser.finish({})


def tone(dbfs: float, seconds: float, hertz: float = 1000.0, rate: int = 48000, phase: float = 0.0) -> Sound:
    """(n,) a sine whose peaks stand at `dbfs`."""
    angle = 2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate + np.radians(phase)
    return (10 ** (dbfs / 20) * np.sin(angle)).astype(np.float32)


def steps(parts: Sequence[tuple[float, float]], rate: int = 48000) -> Sound:
    """(n, 2) a stereo sine of 1 kHz at (dBFS, seconds) after one another; -inf is silence."""
    mono = np.concatenate([tone(level, seconds, rate=rate) for level, seconds in parts])
    return np.stack([mono, mono], axis=1)


@dataclass(frozen=True)
class Case:
    """A signal and what a meter must show, with the tolerance of the document."""

    name: str
    values: Sound
    layout: str
    expected: Mapping[str, tuple[float, float, float]]
    """figure -> value, how far below, how far above"""


def ebu_cases() -> list[Case]:
    """EBU Tech 3341 (table 1) and Tech 3342 (table 1), those that are given by a formula and not by a recording."""
    near, coarse = 0.1, 1.0
    whole = {"integrated": (-23.0, near, near)}
    all_three = whole | {"max_momentary": (-23.0, near, near), "max_short_term": (-23.0, near, near)}
    at_33 = dict.fromkeys(all_three, (-33.0, near, near))
    surround = np.zeros((20 * 48000, 5), dtype=np.float32)
    for channel, level in enumerate((-28, -28, -24, -30, -30)):
        surround[:, channel] = tone(level, 20)
    cases = [
        Case("3341-1", steps([(-23, 20)]), "stereo", all_three),
        Case("3341-2", steps([(-33, 20)]), "stereo", at_33),
        Case("3341-3", steps([(-36, 10), (-23, 60), (-36, 10)]), "stereo", whole),
        Case("3341-4", steps([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)]), "stereo", whole),
        Case("3341-5", steps([(-26, 20), (-20, 20.1), (-26, 20)]), "stereo", whole),
        Case("3341-6", surround, "5.0", whole),
        Case(
            "3341-9",
            steps([(-20, 1.34), (-30, 1.66)] * 5),
            "stereo",
            {"max_short_term": (-23.0, near, near)},
        ),
        Case(
            "3341-12",
            steps([(-20, 0.18), (-30, 0.22)] * 25),
            "stereo",
            {"max_momentary": (-23.0, near, near)},
        ),
    ]
    for i in (0, 1, 7, 13, 19):
        quiet = (-np.inf, 0.15 * i)
        cases.append(
            Case(
                f"3341-10.{i + 1}",
                steps([quiet, (-23, 3), (-np.inf, 1)]),
                "stereo",
                {"max_short_term": (-23.0, near, near)},
            )
        )
        cases.append(
            Case(
                f"3341-13.{i + 1}",
                steps([(-np.inf, 0.02 * i), (-23, 0.4), (-np.inf, 1)]),
                "stereo",
                {"max_momentary": (-23.0, near, near)},
            )
        )
    peaks = [("15", 4, 0.0, 0.5, -6.0), ("16", 4, 45.0, 0.5, -6.0), ("17", 6, 60.0, 0.5, -6.0)]
    peaks += [("18", 8, 67.5, 0.5, -6.0), ("19", 4, 45.0, 1.41, 3.0)]
    for name, part, phase, amplitude, shown in peaks:
        wave = tone(20 * np.log10(amplitude), 5, 48000 / part, phase=phase)
        # The document fades in and out, so that nothing but the sine itself is measured.
        fade = np.minimum(1, np.minimum(np.arange(len(wave)), np.arange(len(wave))[::-1]) / 4800).astype(np.float32)
        both = np.stack([wave * fade, wave * fade], axis=1)
        cases.append(Case(f"3341-{name}", both, "stereo", {"true_peak": (shown, 0.4, 0.2)}))
    ranges = [("1", [-20, -30], 10.0), ("2", [-20, -15], 5.0), ("3", [-40, -20], 20.0)]
    ranges += [("4", [-50, -35, -20, -35, -50], 15.0)]
    for name, levels, shown in ranges:
        signal = steps([(level, 20) for level in levels])
        cases.append(Case(f"3342-{name}", signal, "stereo", {"range": (shown, coarse, coarse)}))
    return cases


def ebur128(values: Sound, rate: int, layout: str) -> dict[str, float]:
    """What FFmpeg's filter ``ebur128`` shows, by our names; momentary and short_term are lists, ten a second."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(format="flt", sample_rate=rate, layout=layout, time_base=Fraction(1, rate))
    meter = graph.add("ebur128", "peak=true+sample:metadata=1")
    sink = graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    shown: list[dict[str, str]] = []

    def drain() -> None:
        while True:
            try:
                frame: Any = sink.pull()
            except (BlockingIOError, EOFError):
                return
            if frame.metadata:
                shown.append(dict(frame.metadata))

    for at in range(0, len(values), rate):
        piece = np.ascontiguousarray(values[at : at + rate]).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(piece, format="flt", layout=layout)
        frame.sample_rate, frame.pts = rate, at
        source.push(frame)
        drain()
    source.push(None)
    drain()
    last = {key.removeprefix("lavfi.r128."): float(value) for key, value in shown[-1].items()}
    # A meter's first windows are filled up with silence; the maxima are of those that are whole.
    momentary = [float(row["lavfi.r128.M"]) for row in shown[3:]]
    short = [float(row["lavfi.r128.S"]) for row in shown[29:]]
    return {
        "integrated": last["I"],
        "range": last["LRA"],
        "true_peak": 20 * np.log10(max(last["true_peak"], 1e-10)),
        "sample_peak": 20 * np.log10(max(last["sample_peak"], 1e-10)),
        "max_momentary": max(momentary, default=-200.0),
        "max_short_term": max(short, default=-200.0),
        "momentary": momentary,  # type: ignore[dict-item]
        "short_term": short,  # type: ignore[dict-item]
    }


def pink(count: int, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """(n,) noise with a power of 1/f, deviation 1."""
    spectrum = np.fft.rfft(rng.standard_normal(count))
    noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 1)), count)
    return np.asarray(noise / noise.std())


def attacks(
    kind: str, snr: float | None, seconds: int = 30, rate: int = 48000, seed: int = 0
) -> tuple[npt.NDArray[np.float64], Sound]:
    """When something begins (s), and its sound (n, 1): clicks, notes or bursts, in pink noise `snr` dB below them."""
    rng = np.random.default_rng(seed)
    gaps = rng.uniform(0.15, 0.8, seconds * 7)
    times = 0.5 + np.cumsum(gaps)
    times = times[times < seconds - 1]
    sound = np.zeros((seconds + 2) * rate)
    t = np.arange(rate) / rate
    for at in times:
        if kind == "click":
            one = np.where(t < 0.003, rng.standard_normal(rate) * (1 - t / 0.003), 0)
        elif kind == "note":
            hertz = 110 * 2 ** (rng.integers(0, 36) / 12)
            one = sum(np.sin(2 * np.pi * hertz * k * t) * 0.7**k for k in range(1, 8))
            one = one * np.exp(-4 * t) * np.minimum(1, t / 0.005)
        else:
            one = rng.standard_normal(rate) * np.exp(-t * rng.uniform(8, 25)) * np.minimum(1, t / 0.003)
        begin = int(at * rate)
        sound[begin : begin + rate] += rng.uniform(0.3, 1) * one
    sound = sound[: seconds * rate]
    level = np.sqrt(np.mean([np.mean(sound[int(a * rate) :][: rate // 20] ** 2) for a in times]))
    sound *= 0.1 / level
    if snr is not None:
        sound += pink(len(sound), rng) * 0.1 * 10 ** (-snr / 20)
    return times, sound.astype(np.float32)[:, None]


def hits(truth: npt.NDArray[np.float64], found: npt.NDArray[np.float64], within: float = 0.05) -> tuple[float, float]:
    """Precision and recall of instants, each matched once."""
    used = np.zeros(len(truth), dtype=bool)
    good = 0
    for at in found:
        far = np.where(used, np.inf, np.abs(truth - at))
        if far.min(initial=np.inf) <= within:
            used[far.argmin()] = True
            good += 1
    return good / max(1, len(found)), good / max(1, len(truth))


_MADE = 16_000


def _at(rate: int, sound: npt.NDArray[np.float64]) -> Sound:
    """(n, 1) what was made at 16 kHz, at another rate, RMS 0.1."""
    part = gcd(rate, _MADE)
    sound = resample_poly(sound, rate // part, _MADE // part)
    return np.asarray(sound * 0.1 / np.sqrt(np.mean(sound**2)), dtype=np.float32)[:, None]


def babble(seconds: int, rate: int = 48000, seed: int = 0) -> Sound:
    """(n, 1) syllables without sense: a gliding voice through moving formants, hissed consonants, pauses."""
    rng = np.random.default_rng(seed)
    wanted, rate = rate, _MADE
    sound = np.zeros((seconds + 1) * rate)
    at = 0.2
    while at < seconds - 0.5:
        if rng.random() < 0.15:
            at += rng.uniform(0.25, 0.6)
        hiss, vowel = rng.uniform(0.04, 0.1), rng.uniform(0.09, 0.22)
        n = int(hiss * rate)
        noise = np.diff(rng.standard_normal(n + 1)) * np.hanning(n) * 0.12
        sound[int(at * rate) : int(at * rate) + n] += noise
        at += hiss
        t = np.arange(int(vowel * rate)) / rate
        pitch = rng.uniform(95, 160) * (1 + rng.uniform(-0.25, 0.15) * t / vowel)
        angle = 2 * np.pi * np.cumsum(pitch) / rate
        first, second = rng.uniform(300, 800), rng.uniform(900, 2300)
        voice = np.zeros(len(t))
        for k in range(1, 36):
            hertz = k * pitch
            gain = 1 / (1 + ((hertz - first) / 90) ** 2) + 0.6 / (1 + ((hertz - second) / 130) ** 2)
            gain += 0.15 / (1 + ((hertz - 2700) / 200) ** 2)
            voice += gain * np.sin(k * angle) * (hertz < 5000)
        voice *= np.minimum(1, np.minimum(t, vowel - t) / 0.02)
        sound[int(at * rate) : int(at * rate) + len(t)] += voice
        at += vowel
    return _at(wanted, sound[: seconds * rate])


def chords(seconds: int, rate: int = 48000, seed: int = 0) -> Sound:
    """(n, 1) held triads with overtones, a new one every second."""
    rng = np.random.default_rng(seed)
    wanted, rate = rate, _MADE
    t = np.arange(rate + rate // 4) / rate
    sound = np.zeros((seconds + 1) * rate)
    for second in range(seconds):
        root = 130.8 * 2 ** (rng.choice([0, 2, 4, 5, 7, 9]) / 12)
        for interval in (0, 4, 7, 12):
            for k in range(1, 9):
                hertz = root * 2 ** (interval / 12) * k
                one = np.sin(2 * np.pi * hertz * t + rng.uniform(0, 6)) * 0.65**k
                sound[second * rate :][: len(t)] += one * np.exp(-0.8 * t) * np.minimum(1, t / 0.02)
    return _at(wanted, sound[: seconds * rate])


def gusts(seconds: int, rate: int = 48000, seed: int = 0) -> Sound:
    """(n, 1) wind: noise that swells and dies."""
    rng = np.random.default_rng(seed)
    swell = 0.6 + 0.4 * np.sin(2 * np.pi * 0.3 * np.arange(seconds * rate) / rate)
    return (0.1 * pink(seconds * rate, rng) * swell).astype(np.float32)[:, None]
