"""Ways in which a recording of a film's sound goes bad: what `find_sound.py` makes its queries with.

All take a clip (n,) at `RATE` in one channel, and a generator of random numbers; noise is measured over the whole clip.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from fractions import Fraction

import av
import av.error
import av.filter
import numpy as np
import numpy.typing as npt
from scipy.signal import butter, fftconvolve, resample_poly, sosfilt

RATE = 16_000
Wave = npt.NDArray[np.float32]
Random = np.random.Generator
PAL = Fraction(25, 24)


def rms(wave: Wave) -> float:
    return float(np.sqrt(np.mean(wave.astype(np.float64) ** 2) + 1e-20))


def over(wave: Wave, other: Wave, decibels: float) -> Wave:
    """The clip with something else over it, the clip so many decibels louder."""
    return np.asarray(wave + other * np.float32(rms(wave) / rms(other) * 10 ** (-decibels / 20)), np.float32)


def white(wave: Wave, random: Random) -> Wave:
    return over(wave, random.normal(size=len(wave)).astype(np.float32), 0)


def pink_noise(count: int, random: Random) -> Wave:
    spectrum = np.fft.rfft(random.normal(size=count))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 20))
    return np.asarray(np.fft.irfft(spectrum, count), np.float32)


def pink(wave: Wave, random: Random) -> Wave:
    return over(wave, pink_noise(len(wave), random), 0)


def band(wave: Wave, random: Random) -> Wave:
    return np.asarray(sosfilt(butter(4, (300, 3400), "bandpass", fs=RATE, output="sos"), wave), np.float32)


def clipped(wave: Wave, random: Random) -> Wave:
    """At half its RMS: 10 to 20 dB of it are gone."""
    return np.clip(wave, -rms(wave) / 2, rms(wave) / 2)


def room(wave: Wave, random: Random, seconds: float = 0.7, direct: float = -2.0) -> Wave:
    """A room of that reverberation time (RT60), the direct sound `direct` dB against the rest."""
    at = np.arange(int(seconds * RATE)) / RATE
    tail = random.normal(size=len(at)) * 10 ** (-3 * at / seconds)
    tail[: int(0.004 * RATE)] = 0
    tail *= 10 ** (-direct / 20) / np.sqrt((tail**2).sum())
    tail[0] = 1
    return np.asarray(fftconvolve(wave, tail)[: len(wave)], np.float32)


def mp3(wave: Wave, random: Random) -> Wave:
    """MP3 at 32 kbit/s; LAME puts about 0.07 s before it, which players cut off and so does libav."""
    file = io.BytesIO()
    loud = (wave / max(float(np.abs(wave).max()), 1e-9) * 0.9).astype(np.float32)
    with av.open(file, "w", format="mp3") as out:
        stream = out.add_stream("libmp3lame", rate=RATE, layout="mono")
        stream.bit_rate = 32_000
        for at in range(0, len(loud), 1152):
            frame = av.AudioFrame.from_ndarray(loud[None, at : at + 1152], "fltp", "mono")
            frame.sample_rate, frame.pts = RATE, at
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    file.seek(0)
    with av.open(file) as source:
        return np.concatenate([f.to_ndarray().mean(axis=0) for f in source.decode(audio=0)]).astype(np.float32)


def phone(wave: Wave, random: Random) -> Wave:
    """Off a loudspeaker across a room: reverberant, band-passed, a room's noise 6 dB below, limited."""
    heard = over(band(room(wave, random, 0.5, 0.0), random), pink_noise(len(wave), random), 6)
    return np.asarray(np.tanh(heard / rms(heard)) * 0.3, np.float32)


def pal(wave: Wave, random: Random) -> Wave:
    return np.asarray(resample_poly(wave, PAL.denominator, PAL.numerator), np.float32)


def film_of_pal(wave: Wave, random: Random) -> Wave:
    return np.asarray(resample_poly(wave, PAL.numerator, PAL.denominator), np.float32)


def pal_pitch_kept(wave: Wave, random: Random) -> Wave:
    """FFmpeg's atempo, which shifts pieces of the wave over each other (WSOLA)."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=RATE, format="flt", layout="mono", time_base=Fraction(1, RATE))
    tempo, sink = graph.add("atempo", str(float(PAL))), graph.add("abuffersink")
    source.link_to(tempo)
    tempo.link_to(sink)
    graph.configure()
    parts: list[Wave] = []

    def drain() -> None:
        while True:
            try:
                parts.append(graph.pull().to_ndarray().ravel())
            except (av.error.BlockingIOError, av.error.EOFError):
                return

    for at in range(0, len(wave), 4096):
        frame = av.AudioFrame.from_ndarray(wave[None, at : at + 4096], "flt", "mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
        graph.push(frame)
        drain()
    graph.push(None)
    drain()
    return np.concatenate(parts)


def babble(others: Sequence[Wave]) -> Callable[[Wave, Random], Wave]:
    """Four pieces of other films at once, each as loud as the next, together as loud as the clip."""

    def spoil(wave: Wave, random: Random) -> Wave:
        mixed = np.zeros(len(wave), np.float32)
        for _ in range(4):
            other = others[int(random.integers(len(others)))]
            at = int(random.integers(max(1, len(other) - len(wave))))
            part = np.resize(other[at : at + len(wave)], len(wave))
            mixed += part / np.float32(max(rms(part), 1e-4))
        return over(wave, mixed, 0)

    return spoil


SPOILT: dict[str, Callable[[Wave, Random], Wave]] = {
    "clean": lambda wave, random: wave,
    "white noise 0 dB": white,
    "pink noise 0 dB": pink,
    "300-3400 Hz": band,
    "clipped": clipped,
    "reverberant": room,
    "MP3 32 kbit/s": mp3,
    "phone off a loudspeaker": phone,
    "PAL, pitch raised": pal,
    "PAL, pitch kept": pal_pitch_kept,
    "24 of a film at 25": film_of_pal,
}
