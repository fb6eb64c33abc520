"""Samples: the sound that is watched, decoded to floats in which sample i is heard at ``start + i / rate``.

Conventions
    Rate and channel layout are the stream's own, never mixed down; should they change on the way, what follows is
    converted to those of the beginning. What the encoder put before and after the sound (priming, padding) is left
    out, as libav does it.
    Timestamps are believed from 20 ms on: a hole is filled with zeros, an overlap is cut off, anything smaller is
    the rounding of the container. A clock that is started anew (back by over 10 s) or runs far beyond the end of the
    film is taken to go on where it was.

Contents
    read_samples
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
from av.audio.resampler import AudioResampler
from av.stream import Discard

from rewatch.evidence import Damage, Samples
from rewatch.facts import FilmFacts, SoundFacts
from rewatch.film.container import frames, layout_name, open_container
from rewatch.film.ending import note_missing
from rewatch.film.stamps import JUMP

TOLERANCE = Fraction(20, 1000)
"""Seconds by which a timestamp may be off before it is believed."""
HOLES = 0.1
"""Seconds of holes together that are worth a word."""

Block = npt.NDArray[np.float32]
MANY = 8
_SCALES = {"s16": 2.0**15, "s32": 2.0**31, "s64": 2.0**63}


def read_samples(film: FilmFacts, *, block_seconds: float = 1.0, damage: Damage | None = None) -> Iterator[Samples]:
    """The film's sound in pieces of `block_seconds` (the last one shorter). A film without sound gives nothing.

    FilmError where the file cannot be opened; what cannot be decoded is silent, and counted in `damage`.
    """
    sound = film.sound
    if sound is None:
        return
    lost = damage if damage is not None else Damage()
    line = _Line(film, sound)
    with open_container(film.path) as container:
        stream = container.streams[sound.stream]
        for other in container.streams:
            if other.index != sound.stream:
                other.discard = Discard.all
        before = lost.frames
        for frame in frames(container, stream, lost):
            line.add(frame)
            yield from line.blocks(block_seconds)
        line.flush()
        yield from line.blocks(block_seconds)
        yield from line.blocks(0)
        lost.repaired += line.repaired
        if lost.frames > before:
            lost.notes.append(f"{lost.frames - before} pieces of the sound could not be decoded")
        if line.silent > line.rate * HOLES:
            seconds = f"{line.silent / line.rate:.1f} s"
            lost.notes.append(f"the sound has {line.holes} hole{'s' * (line.holes > 1)}, silent for {seconds}")
        if line.start is not None:
            end = line.start + Fraction(line.written, line.rate)
            note_missing(film, sound.stream, line.start, end, sound.duration, lost)


class _Line:
    """Decoded sound on its way out: parts are laid where their timestamps say, and leave in blocks.

    start:   second of sample 0; None before there is any
    written: samples laid so far
    holes, silent: stretches that the stream leaves out, and their samples together
    """

    def __init__(self, film: FilmFacts, sound: SoundFacts) -> None:
        self.start: Fraction | None = None
        self.written = 0
        self.repaired = 0
        self.holes = 0
        self.silent = 0
        self.rate = 0
        self._layout = ""
        self._film = film
        self._given = 0
        self._held: deque[Block] = deque()
        self._held_samples = 0
        self._channels = 0
        self._shift = 0
        self._resampler: AudioResampler | None = None
        self._between: tuple[str, int, str] | None = None

    def add(self, frame: Any) -> None:
        if not frame.samples:
            return
        if self.start is None:
            self.rate, self._layout = frame.sample_rate, layout_name(frame.layout)
            self._channels = frame.layout.nb_channels
            base = frame.time_base or Fraction(1, self.rate)
            self.start = Fraction(0) if frame.pts is None else frame.pts * base - self._film.zero
        pts, base = frame.pts, frame.time_base
        if frame.sample_rate != self.rate or layout_name(frame.layout) != self._layout:
            parts = self._convert(frame)
        else:
            if self._resampler is not None:
                self._lay_all(self._resampler.resample(None))
                self._resampler = None
            parts = [_interleaved(frame)]
        for part in parts:
            self._lay(part, pts, base)
            pts = None  # what follows of the same frame follows on

    def flush(self) -> None:
        """Lay what a conversion still holds back."""
        if self._resampler is not None:
            self._lay_all(self._resampler.resample(None))
            self._resampler = None

    def _lay_all(self, converted: list[Any]) -> None:
        for frame in converted:
            self._lay(_interleaved(frame), None, None)

    def _convert(self, frame: Any) -> list[Block]:
        now = (frame.format.name, frame.sample_rate, layout_name(frame.layout))
        if self._resampler is None or self._between != now:
            self.flush()
            self._resampler = AudioResampler(format="fltp", layout=self._layout, rate=self.rate)
            self._between = now
        frame.pts = None
        return [_interleaved(part) for part in self._resampler.resample(frame)]

    def _lay(self, part: Block, pts: int | None, base: Fraction | None) -> None:
        if pts is not None and base is not None and self.start is not None:
            off = self._place(pts * base) - self.written
            limit = int(TOLERANCE * self.rate)
            if off > limit:
                self._silence_for(off)
            elif off < -limit:
                self.repaired += 1
                part = part[-off:]
        if len(part):
            self._hold(part)

    def _place(self, seconds: Fraction) -> int:
        """The sample at which a timestamp falls."""
        assert self.start is not None
        at = round((seconds - self._film.zero - self.start) * self.rate) + self._shift
        jump = JUMP * self.rate
        end = None if self._film.duration is None else round((self._film.duration - self.start) * self.rate)
        if at <= self.written - jump or (end is not None and at > max(end, self.written) + jump):
            self.repaired += 1
            self._shift += self.written - at
            return self.written
        return at

    def _silence_for(self, samples: int) -> None:
        # Without memory of its own: a hole may be long.
        self.holes += 1
        self.silent += samples
        self._hold(np.broadcast_to(np.float32(0), (samples, self._channels)))

    def _hold(self, part: Block) -> None:
        self._held.append(part)
        self._held_samples += len(part)
        self.written += len(part)

    def blocks(self, seconds: float) -> Iterator[Samples]:
        """What is held, in blocks of so many seconds; 0: all of it, in one."""
        length = max(1, round(seconds * self.rate)) if seconds else self._held_samples
        while self._held_samples >= length > 0 and self.start is not None:
            yield Samples(self._given, self.start, self.rate, self._layout, self._take(length))
            self._given += length

    def _take(self, length: int) -> Block:
        taken = np.empty((length, self._channels), np.float32)
        at = 0
        while at < length:
            part = self._held[0]
            use = min(len(part), length - at)
            taken[at : at + use] = part[:use]
            at += use
            if use == len(part):
                self._held.popleft()
            else:
                self._held[0] = part[use:]
        self._held_samples -= length
        return taken


def _interleaved(frame: Any) -> Block:
    """A decoded frame as (n, channels) float32, full scale 1.0."""
    channels = frame.layout.nb_channels
    if frame.format.is_planar and channels >= MANY:
        # PyAV 18 looks for a plane behind the eighth and fails; packed, there is only one.
        packed = AudioResampler(format=frame.format.packed.name).resample(frame)
        return np.concatenate([_interleaved(part) for part in packed])
    values: npt.NDArray[Any] = frame.to_ndarray()
    values = values.T if frame.format.is_planar else values.reshape(-1, channels)
    name = frame.format.packed.name
    if name in ("flt", "dbl"):
        return np.asarray(values, np.float32)
    if name == "u8":
        return (np.asarray(values, np.float32) - np.float32(128)) / np.float32(128)
    return np.asarray(values, np.float32) * np.float32(1 / _SCALES[name])
