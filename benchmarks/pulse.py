"""Pulse: known rates, clean and in as much noise, and what does not beat at all.

    python benchmarks/pulse.py

Writes pulse.md. Each row is one minute of sound, through the onsets of ``sounds.texture``. "Noise" has the power of
the signal (0 dB).
"""

from __future__ import annotations

import platform
import tempfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import signal

from rewatch.demo.voices import say
from rewatch.evidence import Samples
from rewatch.facts import FilmFacts, SoundFacts
from rewatch.score.pulse import Pulse
from rewatch.sounds.texture import Texture
from rewatch.track import Curve, Spans

Array = npt.NDArray[np.float64]
RATE, SECONDS = 48_000, 60
COUNT = RATE * SECONDS
T = np.arange(RATE // 4) / RATE
RANDOM = np.random.default_rng(0)

CLICK = np.sin(2 * np.pi * 1500 * T) * np.exp(-T / 0.006)
KICK = np.sin(2 * np.pi * (50 * T + 6 * (1 - np.exp(-T / 0.03)))) * np.exp(-T / 0.08)
SNARE = (RANDOM.normal(size=len(T)) * 0.7 + np.sin(2 * np.pi * 190 * T)) * np.exp(-T / 0.06)
HAT = signal.sosfilt(signal.butter(2, 7000, "high", fs=RATE, output="sos"), RANDOM.normal(size=len(T))) * np.exp(
    -T / 0.02
)
THUD = np.sin(2 * np.pi * 45 * T) * np.exp(-T / 0.05)


def struck(times: Array, sound: Array, gain: float | Array = 1.0) -> Array:
    out = np.zeros(COUNT)
    for time, loud in zip(times, np.broadcast_to(gain, len(times)), strict=True):
        at = int(time * RATE)
        end = min(COUNT, at + len(sound))
        out[at:end] += loud * sound[: max(0, end - at)]
    return out


def pink() -> Array:
    hertz = np.fft.rfftfreq(COUNT)
    lines = np.fft.rfft(RANDOM.normal(size=COUNT)) / np.sqrt(np.maximum(hertz, hertz[1]))
    return np.asarray(np.fft.irfft(lines, COUNT))


def beating() -> Iterator[tuple[str, float, Array]]:
    """Name, true rate, sound."""
    for rate in (45, 60, 72, 100, 133, 176):
        yield "clicks", rate, struck(np.arange(1, SECONDS - 1, 60 / rate), CLICK)
    for rate in (68, 80, 92, 118, 140, 170):
        beat = np.arange(1, SECONDS - 1, 60 / rate)
        hats = struck(np.concatenate((beat, beat + 30 / rate)), HAT, 0.35)
        yield "drums", rate, struck(beat[::2], KICK) + struck(beat[1::2], SNARE, 0.6) + hats
    for rate in (50, 60, 72, 90):
        beat = np.arange(1, SECONDS - 1, 60 / rate)
        yield "heart", rate, struck(beat, THUD) + struck(beat + 0.36 * 60 / rate, THUD, 0.6)


def talk() -> Array:
    out, at = np.zeros(COUNT), 0.5
    texts = (
        "It will be a wild night.",
        "Listen, cat. The evening train.",
        "There! I see the light!",
        "Good night, cat.",
    )
    while at < SECONDS - 4:
        text = texts[int(RANDOM.integers(len(texts)))]
        long = len(text) / 14
        line = np.asarray(say(text, "Keeper", long), dtype=np.float64)
        out[int(at * RATE) : int(at * RATE) + len(line)] += line
        at += long + RANDOM.uniform(0.2, 1.5)
    return out


def babble() -> Array:
    """Eight who talk at once."""
    return sum(
        (np.roll(talk() * RANDOM.uniform(0.5, 1), int(RANDOM.integers(COUNT))) for _ in range(8)), np.zeros(COUNT)
    )


NOISES: dict[str, Callable[[], Array]] = {
    "silence": lambda: np.zeros(COUNT),
    "white noise": lambda: RANDOM.normal(size=COUNT),
    "pink noise": pink,
    "babble": babble,
}


def not_beating() -> Iterator[tuple[str, Array]]:
    t = np.arange(COUNT) / RATE
    yield "white noise", RANDOM.normal(size=COUNT)
    yield "pink noise", pink()
    yield "drone", sum((np.sin(2 * np.pi * hertz * t) for hertz in (55, 110.3, 165.9)), start=np.zeros(COUNT))
    yield "drone that beats at 1.2 Hz", np.sin(2 * np.pi * 110 * t) + np.sin(2 * np.pi * 111.2 * t)
    for name, drops in (("rain", 40), ("drips", 4)):
        at = np.sort(RANDOM.uniform(0, SECONDS, SECONDS * drops))
        rain = struck(at, HAT[:2000], RANDOM.lognormal(-1, 0.8, len(at)))
        yield name, rain / rain.std() + 0.2 * pink() / pink().std()
    yield "footsteps out of step", struck(np.cumsum(np.maximum(0.2, RANDOM.normal(0.5, 0.1, 110))), KICK)
    yield "talk", talk()


def measured(sound: Array) -> tuple[list[tuple[float, float, str]], float]:
    """(rate, seconds it lasts, label) of each steady pulse, and the greatest clarity anywhere."""
    texture = Texture()
    facts = SoundFacts(0, 0, "pcm", RATE, 1, "mono", True, None)
    values = (sound / np.abs(sound).max() * 0.7).astype(np.float32)[:, None]
    with tempfile.TemporaryDirectory() as folder:
        film = FilmFacts("/f", "0" * 32, "wav", 1, Fraction(SECONDS), Fraction(0), None, facts)
        texture.begin(film, Path(folder))
        texture.feed(Samples(0, Fraction(0), RATE, "mono", values))
        heard = texture.finish({})
        tracks = Pulse().finish({name: heard[name] for name in ("onsets", "low_onsets")})
    found, curve = tracks["pulse_stretches"], tracks["pulse"]
    assert isinstance(found, Spans)
    assert isinstance(curve, Curve)
    lasts = found.end_seconds() - found.begin_seconds()
    rows = zip(np.asarray(found.columns["bpm"]).tolist(), lasts.tolist(), found.label, strict=True)
    return list(rows), float(curve.column("clarity").max(initial=0.0))


def main() -> None:
    out = [
        "# Pulse: known rates, and what does not beat",
        "",
        f"Machine: {platform.machine()}, Python {platform.python_version()}.",
        "",
    ]
    out += ["| what | rate | in | measured | share of its 58 s | like | within 1 % |", "|---|--:|---|--:|--:|---|---|"]
    missed = 0
    for name, rate, sound in beating():
        for noise, made in NOISES.items():
            grain = made()
            found, _ = measured(sound / sound.std() + grain / max(float(grain.std()), 1e-9))
            right = bool(found) and all(abs(bpm / rate - 1) <= 0.01 for bpm, _, _ in found)
            missed += not right
            rates = ", ".join(f"{bpm:.2f}" for bpm, _, _ in found) or "none"
            share = sum(lasts for _, lasts, _ in found) / (SECONDS - 2)
            like = ", ".join(sorted({label for _, _, label in found}))
            out.append(
                f"| {name} | {rate} | {noise} | {rates} | {share:.0%} | {like} | {'yes' if right else '**no**'} |"
            )
    out += [
        "",
        "| what does not beat | pulses reported | greatest clarity (0.4 and more is a pulse) |",
        "|---|--:|--:|",
    ]
    for name, sound in not_beating():
        found, clarity = measured(sound)
        missed += len(found)
        out.append(f"| {name} | {len(found)} | {clarity:.2f} |")
    out += ["", f"Missed or false: {missed}.", ""]
    Path(__file__).with_suffix(".md").write_text("\n".join(out), encoding="utf-8")
    print("\n".join(out))


if __name__ == "__main__":
    main()
