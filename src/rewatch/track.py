"""Tracks: everything that is charted over a film's time, in four shapes.

    Curve     values at every tick of a clock: loudness ten times a second, light at every frame
    Events    instants: onsets, the frames themselves
    Spans     stretches with labels: shots, lines, silences
    Figures   numbers about the whole film: integrated loudness

A track knows its name, its clock and its unit; who made it, from what and with which settings stands beside it in
the library. Arrays are NumPy, one row per entry, and are treated as immutable. NaN never stands in a track: where
nothing can be measured the value is left out, or the track is missing with a reason (`errors.NotMeasured`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from rewatch.clock import Clock, FrameTimes
from rewatch.span import Span

Column: TypeAlias = npt.NDArray[Any] | Sequence[str]


def _check_columns(name: str, rows: int, columns: Mapping[str, Column]) -> None:
    for key, column in columns.items():
        if len(column) != rows:
            raise ValueError(f"track {name}: column {key} has {len(column)} rows, not {rows}")
        if isinstance(column, np.ndarray) and column.dtype.kind == "f" and not np.isfinite(column).all():
            raise ValueError(f"track {name}: column {key} has values that are no numbers")


@dataclass(frozen=True, slots=True)
class Curve:
    """Values at every tick of a clock.

    values:  (n, k), or (n,) where k = 1; finite
    columns: names of the k values
    unit:    of all columns ("LUFS", "words/min", "" = a plain number)
    Entry i belongs to tick i: on `FRAMES` to frame i, else to second ``clock.seconds(i)``, which is the middle of the
    stretch that was measured.
    """

    name: str
    values: npt.NDArray[Any]
    clock: Clock
    unit: str = ""
    columns: tuple[str, ...] = ("value",)

    def __post_init__(self) -> None:
        width = 1 if self.values.ndim == 1 else self.values.shape[1]
        if self.values.ndim > 2 or width != len(self.columns):
            raise ValueError(f"curve {self.name}: {self.values.shape} values for columns {self.columns}")
        if self.values.dtype.kind == "f" and not np.isfinite(self.values).all():
            raise ValueError(f"curve {self.name} has values that are no numbers")

    def __len__(self) -> int:
        return len(self.values)

    def column(self, name: str | None = None) -> npt.NDArray[Any]:
        """(n,) one column; the only one where no name is given. KeyError for a name it does not have."""
        if self.values.ndim == 1:
            if name not in (None, self.columns[0]):
                raise KeyError(name)
            return self.values
        if name is None:
            if len(self.columns) != 1:
                raise KeyError(f"curve {self.name} has columns {self.columns}: name one")
            return self.values[:, 0]
        if name not in self.columns:
            raise KeyError(name)
        return self.values[:, self.columns.index(name)]

    def seconds(self, frames: FrameTimes | None = None) -> npt.NDArray[np.float64]:
        """(n,) second of each entry."""
        return self.clock.seconds_of(np.arange(len(self.values)), frames)


@dataclass(frozen=True, slots=True)
class Events:
    """Instants, in order of time.

    at:      (n,) int64 ticks of the clock, not decreasing
    columns: further values, one row per event: arrays, or lists of text
    """

    name: str
    at: npt.NDArray[np.int64]
    clock: Clock
    columns: Mapping[str, Column] = field(default_factory=dict)
    unit: str = ""

    def __post_init__(self) -> None:
        _check_columns(self.name, len(self.at), self.columns)
        if len(self.at) > 1 and bool((np.diff(self.at) < 0).any()):
            raise ValueError(f"events {self.name} are not in order")

    def __len__(self) -> int:
        return len(self.at)

    def seconds(self, frames: FrameTimes | None = None) -> npt.NDArray[np.float64]:
        """(n,) second of each event."""
        return self.clock.seconds_of(self.at, frames)


@dataclass(frozen=True, slots=True)
class Spans:
    """Stretches with labels, in order of their begin; they may overlap.

    begin, end: (n,) int64 ticks of the clock, half-open
    label:      n texts: the kind of a boundary, the words of a line
    columns:    further values, one row per span
    """

    name: str
    begin: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    label: Sequence[str]
    clock: Clock
    columns: Mapping[str, Column] = field(default_factory=dict)
    unit: str = ""

    def __post_init__(self) -> None:
        if not len(self.begin) == len(self.end) == len(self.label):
            raise ValueError(f"spans {self.name}: begin, end and label differ in length")
        if bool((np.asarray(self.end) < np.asarray(self.begin)).any()):
            raise ValueError(f"spans {self.name}: one ends before it begins")
        if len(self.begin) > 1 and bool((np.diff(self.begin) < 0).any()):
            raise ValueError(f"spans {self.name} are not in order")
        _check_columns(self.name, len(self.begin), self.columns)

    def __len__(self) -> int:
        return len(self.begin)

    def __iter__(self) -> Iterator[Span]:
        for begin, end in zip(self.begin.tolist(), self.end.tolist(), strict=True):
            yield Span(begin, end, self.clock)

    def begin_seconds(self, frames: FrameTimes | None = None) -> npt.NDArray[np.float64]:
        return self.clock.seconds_of(self.begin, frames)

    def end_seconds(self, frames: FrameTimes | None = None) -> npt.NDArray[np.float64]:
        """(n,) second at which each span ends (of the first tick after it)."""
        return self.clock.seconds_of(self.end, frames)


@dataclass(frozen=True, slots=True)
class Figures:
    """Numbers about the whole film. A figure that could not be measured is None, and `why` says why.

    values: name -> number or None
    units:  name -> unit, where it has one
    why:    name -> one line for each that is None
    """

    name: str
    values: Mapping[str, float | int | None]
    units: Mapping[str, str] = field(default_factory=dict)
    why: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for key, value in self.values.items():
            if value is not None and not np.isfinite(value):
                raise ValueError(f"figure {self.name}.{key} is no number")

    def __len__(self) -> int:
        return len(self.values)


Track: TypeAlias = Curve | Events | Spans | Figures


def frame_times(frames: Events) -> FrameTimes:
    """When each frame is shown, out of the track ``frames``: event n is frame n, in ticks of the file's time base.

    The column ``duration`` (int64, ticks) says how long each frame lasts; the last one's ends the picture.
    """
    if frames.clock.rate is None:
        raise ValueError("the track of frames counts in ticks of time, not in frames")
    end = int(frames.at[-1] + np.asarray(frames.columns["duration"])[-1]) if len(frames) else 0
    return FrameTimes(frames.at, 1 / frames.clock.rate, end)
