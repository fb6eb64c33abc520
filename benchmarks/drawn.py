"""Films drawn by numbers that nothing was tuned to: scenes of a few set-ups that take turns, with their sound.

A set-up is a cloudy texture of a colour of its own before which things drift; the camera rests, pans, closes in or
shakes; grain lies over it. Between scenes stand titles, black and fades. The sound has voices (bursts as long as
syllables), notes and stretches of near silence. The same seed gives the same film.

Contents
    Drawn      a film of any length
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np
import numpy.typing as npt

RATE = 48000


@dataclass(frozen=True, slots=True)
class Shot:
    """Frames of one set-up; kind: "seen", "title" or "black"; how the camera moves; levels at its ends, for fades."""

    frames: int
    setup: int
    kind: str
    pan: tuple[float, float]
    zoom: float
    shake: float
    levels: tuple[float, float]
    begins: int


class Drawn:
    """A film of `seconds` at 24 frames a second; size: width, height."""

    def __init__(
        self, seconds: float, seed: int, rate: Fraction = Fraction(24), size: tuple[int, int] = (320, 180)
    ) -> None:
        self.rate, self.size, self._seed = rate, size, seed
        self._rng = np.random.default_rng(seed)
        self.count = int(seconds * rate)
        self.shots = list(self._shots())

    def _shots(self) -> Iterator[Shot]:
        rng, left, setup, fps = self._rng, self.count, 0, float(self.rate)
        while left > 0:
            here = [setup + n for n in range(int(rng.integers(1, 4)))]
            setup += len(here)
            pace = float(np.exp(rng.uniform(np.log(1.0), np.log(6.0))))
            begins = dict.fromkeys(here, 0)
            turns = int(rng.integers(3, 12))
            for turn in range(turns):
                frames = min(left, max(6, int(fps * pace * float(rng.lognormal(0, 0.5)))))
                which = here[turn % len(here)]
                pan = (0.0, 0.0) if rng.random() < 0.4 else tuple(rng.normal(0, 0.6, 2).tolist())
                first = 0.0 if turn == 0 and rng.random() < 0.3 else 1.0
                last = 0.0 if turn == turns - 1 and rng.random() < 0.3 else 1.0
                zoom, shake = float(rng.choice([0, 0, 0.0008, -0.0006])), float(rng.choice([0, 0, 0, 1.0]))
                yield Shot(frames, which, "seen", pan, zoom, shake, (first, last), begins[which])
                begins[which] += frames
                left -= frames
                if left <= 0:
                    return
            if rng.random() < 0.4:
                kind = str(rng.choice(["title", "black"]))
                frames = min(left, int(fps * rng.uniform(0.5, 3.0)))
                if frames:
                    yield Shot(frames, setup, kind, (0.0, 0.0), 0.0, 0.0, (1.0, 1.0), 0)
                setup, left = setup + 1, left - frames

    def frames(self) -> Iterator[npt.NDArray[np.uint8]]:
        """(height, width, 3) uint8 RGB, one after the other."""
        grain = (
            np.random.default_rng(self._seed + 1).normal(0, 2.5, (8, self.size[1], self.size[0], 1)).astype(np.float32)
        )
        number = 0
        for shot in self.shots:
            for frame in self._shot(shot):
                noisy = frame + grain[(number * 5) % 8] if shot.kind == "seen" else frame
                number += 1
                yield np.clip(noisy, 0, 255).astype(np.uint8)

    def whole(self) -> npt.NDArray[np.uint8]:
        """All frames at once: (count, height, width, 3)."""
        found = np.empty((self.count, self.size[1], self.size[0], 3), np.uint8)
        for number, frame in enumerate(self.frames()):
            found[number] = frame
        return found

    def _shot(self, shot: Shot) -> Iterator[npt.NDArray[np.float32]]:
        wide, high = self.size
        rng = np.random.default_rng((self._seed, shot.setup))
        if shot.kind != "seen":
            written = np.zeros((high, wide, 3), np.uint8)
            if shot.kind == "title":
                words = "".join(chr(int(c)) for c in rng.integers(65, 91, 9))
                place = wide // 6, high // 2
                cv2.putText(written, words, place, cv2.FONT_HERSHEY_SIMPLEX, wide / 400, (220, 220, 210), 2)
            still = written.astype(np.float32)
            for _ in range(shot.frames):
                yield still
            return
        ground = _cloud(rng, wide, high)
        things = [(rng.uniform(0, 1, 2), rng.normal(0, 1, 2), rng.uniform(0.05, 0.2), rng.integers(20, 236, 3).tolist())
                  for _ in range(int(rng.integers(1, 5)))]  # fmt: skip
        for n in range(shot.frames):
            t = shot.begins + n
            scale = 1.25 * (1 + shot.zoom * n)
            x, y = wide * 0.12 + shot.pan[0] * n, high * 0.12 + shot.pan[1] * n
            if shot.shake:
                x, y = x + shot.shake * np.sin(n * 1.7), y + shot.shake * np.cos(n * 2.3)
            matrix = np.array([[scale, 0, -x], [0, scale, -y]], np.float32)
            frame = cv2.warpAffine(ground, matrix, (wide, high), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
            for place, way, large, colour in things:
                at = place + 0.25 * way * np.sin(t / 31 * (1 + large) + 6 * place)
                centre = int(at[0] * wide), int(at[1] * high)
                cv2.ellipse(
                    frame, centre, (int(large * wide), int(large * high * 1.5)), 40 * t / 24, 0, 360, colour, -1
                )
            level = shot.levels[0] * max(0, 1 - n / 18) + min(1, n / 18)
            level *= shot.levels[1] * max(0, 1 - (shot.frames - 1 - n) / 18) + min(1, (shot.frames - 1 - n) / 18)
            yield frame * np.float32(min(level, 1.0))

    def sound(self) -> npt.NDArray[np.float32]:
        """(n, 2) float32 at 48 kHz."""
        rng = np.random.default_rng(self._seed + 2)
        count = int(self.count * RATE / self.rate)
        out = np.zeros(count + RATE, np.float32)
        at = 0
        while at < count:
            mood = rng.random()
            until = min(count, at + int(RATE * rng.uniform(2, 9)))
            while at < until:
                long = int(RATE * rng.uniform(0.08, 0.4))
                t = np.arange(long, dtype=np.float32) / RATE
                hull = np.sin(np.pi * np.minimum(t * RATE / long, 1)) ** 0.5
                if mood < 0.15:
                    made = 0.0004 * rng.standard_normal(long)
                elif mood < 0.6:
                    pitch = float(rng.uniform(90, 260))
                    bright = rng.uniform(0.3, 1, 12) * np.exp(-np.abs(np.arange(12) - rng.uniform(2, 9)) / 2)
                    wave = sum(b * np.sin(2 * np.pi * pitch * (k + 1) * t) for k, b in enumerate(bright))
                    made = 0.12 * hull * (wave + 0.3 * rng.standard_normal(long))
                else:
                    notes = 220 * 2 ** (rng.choice([0, 2, 3, 5, 7, 8, 10, 12], 2) / 12)
                    made = (
                        0.1 * np.exp(-3 * t) * sum(np.sin(2 * np.pi * f * k * t) / k for f in notes for k in (1, 2, 3))
                    )
                stop = min(at + long, len(out))
                out[at:stop] += made[: stop - at].astype(np.float32)
                at += int(long * rng.uniform(0.8, 1.3))
        out = out[:count]
        return np.stack([out, 0.8 * out], axis=1)


def _cloud(rng: np.random.Generator, wide: int, high: int) -> npt.NDArray[np.float32]:
    """A texture as cloudy as pictures are: the larger, the stronger."""
    total = np.zeros((high, wide, 3), np.float32)
    for step in (2, 4, 8, 16, 32):
        small = rng.normal(0, 1, (max(2, high * step // 90), max(2, wide * step // 90), 3)).astype(np.float32)
        total += cv2.resize(small, (wide, high), interpolation=cv2.INTER_CUBIC) / step**0.7
    grey = total.mean(axis=2, keepdims=True)
    colour = rng.uniform(0.1, 0.6)
    base = rng.uniform(40, 170) + rng.normal(0, 12, 3)
    return np.clip(base + rng.uniform(18, 45) * (grey + colour * (total - grey)), 0, 255).astype(np.float32)
