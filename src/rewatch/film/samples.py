"""Samples: the sound that is watched, decoded to floats in which sample i is heard at ``start + i / rate``.

Conventions
    Rate and channel layout are the stream's own, never mixed down; should they change on the way, what follows is
    converted to those of the beginning. What the encoder put before and after the sound (priming, padding) is left
    out, as libav does it.
    Timestamps are believed from 20 ms on: a hole is filled with zeros, an overlap is cut off, anything smaller is
    the rounding of the container. A clock that is started anew (back by over 10 s, or to the start) or runs far
    beyond the end of the film is taken to go on where it was.

Contents
    read_samples   from the first to the last
    read_stretch   those of a few seconds
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from typing import Any

import av.error
import numpy as np
import numpy.typing as npt
from av.audio.resampler import AudioResampler
from av.stream import Discard

from rewatch.evidence import Damage, Samples
from rewatch.facts import FilmFacts
from rewatch.film.container import frames, layout_name, open_container
from rewatch.film.ending import note_missing
from rewatch.film.stamps import JUMP, START

TOLERANCE = 50
"""A timestamp may be off by this part of a second (20 ms) before it is believed."""
LEAD = 0.25
"""Seconds before a stretch at which decoding begins: a coder's first frame leans on the one before."""
HOLES = 0.1
"""Seconds of holes together that are worth a word."""

Block = npt.NDArray[np.float32]
MANY = 8
"""Planes from which on PyAV cannot be asked for them."""
_FORMATS = {
    "u8": ("u1", 2.0**7),
    "s16": ("i2", 2.0**15),
    "s32": ("i4", 2.0**31),
    "s64": ("i8", 2.0**63),
    "flt": ("f4", 1.0),
    "dbl": ("f8", 1.0),
}


def read_samples(film: FilmFacts, *, block_seconds: float = 1.0, damage: Damage | None = None) -> Iterator[Samples]:
    """The film's sound in pieces of `block_seconds` (the last one shorter). A film without sound gives nothing.

    FilmError where the file cannot be opened; what cannot be decoded is silent, and counted in `damage`.
    """
    sound = film.sound
    if sound is None:
        return
    lost = damage if damage is not None else Damage()
    with open_container(film.path) as container:
        stream = container.streams[sound.stream]
        line = _Line(film, stream.time_base or Fraction(1, sound.sample_rate))
        for other in container.streams:
            if other.index != sound.stream:
                other.discard = Discard.all
        before = lost.frames
        for frame in frames(container, stream, lost):
            try:
                line.add(frame)
            except av.error.FFmpegError:  # a format that makes no sense and cannot be converted
                lost.frames += 1
            yield from line.blocks(block_seconds)
        line.flush()
        yield from line.blocks(block_seconds)
        yield from line.blocks(0)
        lost.repaired += line.repaired
        if lost.frames > before:
            lost.notes.append(f"pieces of the sound that could not be decoded: {lost.frames - before}")
        if line.silent > line.rate * HOLES:
            seconds = f"{line.silent / line.rate:.1f} s"
            lost.notes.append(f"the sound has {line.holes} hole{'s' * (line.holes > 1)}, silent for {seconds}")
        if line.start is not None:
            end = line.start + Fraction(line.written, line.rate)
            note_missing(film, sound.stream, line.start, end, sound.duration, lost)


def read_stretch(film: FilmFacts, begin: float, end: float) -> Iterator[Samples]:
    """The sound round seconds ``begin .. end`` of the film, as `read_samples` gives it but for what the file's own
    timestamps, which the place is found by, have wrong. May begin a little before; nothing where there is none.

    FilmError where the file cannot be opened.
    """
    sound = film.sound
    if sound is None or end <= max(begin, 0.0):
        return
    with open_container(film.path) as container:
        stream = container.streams[sound.stream]
        base = stream.time_base or Fraction(1, sound.sample_rate)
        for other in container.streams:
            if other.index != sound.stream:
                other.discard = Discard.all
        with suppress(av.error.FFmpegError):  # what cannot be sought is read from its beginning
            container.seek(int((Fraction(begin - LEAD) + film.zero) / base), stream=stream)
        line = _Line(film, base)
        for frame in frames(container, stream, Damage()):
            if frame.pts is not None and frame.pts * base - film.zero >= end:
                break
            with suppress(av.error.FFmpegError):
                line.add(frame)
        line.flush()
        yield from line.blocks(0)


class _Line:
    """Decoded sound on its way out: parts are laid where their timestamps say, and leave in blocks.

    start:   second of sample 0; None before there is any
    written: samples laid so far
    holes, silent: stretches that the stream leaves out, and their samples together
    """

    def __init__(self, film: FilmFacts, time_base: Fraction) -> None:
        self.start: Fraction | None = None
        self.written = 0
        self.repaired = 0
        self.holes = 0
        self.silent = 0
        self.rate = 0
        self._layout = ""
        self._film = film
        self._base = time_base
        self._scale = Fraction(1)
        self._origin = 0
        self._given = 0
        self._held: deque[Block] = deque()
        self._held_samples = 0
        self._channels = 0
        self._shift = 0
        self._raw = 0  # where the last timestamp lay before it was shifted
        self._resampler: AudioResampler | None = None
        self._between: tuple[str, int, str] | None = None

    def add(self, frame: Any) -> None:
        """Lay a decoded frame where its timestamp says."""
        if not frame.samples:
            return
        layout, pts = layout_name(frame.layout), frame.pts
        if self.start is None:
            self.rate, self._layout, self._channels = frame.sample_rate, layout, frame.layout.nb_channels
            self.start = Fraction(0) if pts is None else pts * self._base - self._film.zero
            # In whole numbers from here on: this is done for every frame.
            self._scale = self._base * self.rate
            self._origin = round((self._film.zero + self.start) * self.rate)
        if frame.sample_rate != self.rate or layout != self._layout:
            parts = self._convert(frame)
        else:
            self.flush()
            parts = [_interleaved(frame)]
        for part in parts:
            self._lay(part, pts)
            pts = None  # what follows of the same frame follows on

    def flush(self) -> None:
        """Lay what a conversion still holds back."""
        resampler, self._resampler = self._resampler, None
        if resampler is not None:
            with suppress(av.error.FFmpegError):
                self._lay_all(resampler.resample(None))

    def _lay_all(self, converted: list[Any]) -> None:
        for frame in converted:
            self._lay(_interleaved(frame), None)

    def _convert(self, frame: Any) -> list[Block]:
        now = (frame.format.name, frame.sample_rate, layout_name(frame.layout))
        if self._resampler is None or self._between != now:
            self.flush()
            self._resampler = AudioResampler(format="flt", layout=self._layout, rate=self.rate)
            self._between = now
        frame.pts = None
        return [_interleaved(part) for part in self._resampler.resample(frame)]

    def _lay(self, part: Block, pts: int | None) -> None:
        if pts is not None:
            off = self._place(pts) - self.written
            limit = self.rate // TOLERANCE
            if off > limit:
                self._silence_for(off)
            elif off < -limit:
                self.repaired += 1
                part = part[-off:]
        if len(part):
            self._hold(part)

    def _place(self, pts: int) -> int:
        """The sample at which a timestamp falls."""
        num, den = self._scale.numerator, self._scale.denominator
        at = (2 * pts * num + den) // (2 * den) - self._origin + self._shift
        jump = JUMP * self.rate
        # As in `Stamps`: the pieces of a film that was put together may be shorter than a jump.
        before, self._raw = self._raw, at - self._shift
        at_start = self._raw <= self.rate * START // 2 and before > self.rate * START
        if at_start or at <= self.written - jump or (at > self.written + jump and self._behind_the_end(at - jump)):
            self.repaired += 1
            self._shift += self.written - at
            return self.written
        return at

    def _behind_the_end(self, at: int) -> bool:
        end, start = self._film.duration, self.start or Fraction(0)
        # Where the file does not say how long it is, an hour without sound is not believed either.
        return at > (self.written + 3600 * self.rate if end is None else round((end - start) * self.rate))

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
    samples, channels = frame.samples, frame.layout.nb_channels
    if frame.format.is_planar and channels >= MANY:
        # PyAV 18 looks for a plane behind the eighth and fails; packed, there is only one.
        packed = AudioResampler(format=frame.format.packed.name).resample(frame)
        return np.concatenate([_interleaved(part) for part in packed])
    kind, scale = _FORMATS[frame.format.packed.name]
    values = np.empty((samples, channels), np.float32)
    if frame.format.is_planar:
        for channel, plane in enumerate(frame.planes):
            values[:, channel] = np.frombuffer(plane, kind, samples)
    else:
        values[:] = np.frombuffer(frame.planes[0], kind, samples * channels).reshape(samples, channels)
    if kind == "u1":
        values -= 128
    if scale != 1:
        values *= np.float32(1 / scale)
    return values
