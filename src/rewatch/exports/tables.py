"""Tracks as Arrow tables for people: times in seconds first, then the track's own ticks, then its values.

    curve    time, tick | frame, and its columns
    events   time, tick | frame, and its columns
    spans    begin, end (seconds), first, last (ticks or frames; last inclusive), label, and its columns
    figures  figure, value, unit, why

Columns are views of the arrays that the track holds wherever Arrow's layout allows it: pandas, Polars, DuckDB and NumPy
read them without copy. Seconds are computed. The schema's metadata says name, unit and clock (under ``rewatch``).

Contents
    arrow_table
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from rewatch.clock import FrameTimes
from rewatch.track import Column, Curve, Events, Figures, Spans, Track

if TYPE_CHECKING:
    import pyarrow as pa


def arrow_table(track: Track, times: FrameTimes | None) -> pa.Table:
    """A track as a table; a track of frames without their times has no seconds."""
    import pyarrow as pa

    if isinstance(track, Figures):
        names = list(track.values)
        return pa.table(
            {
                "figure": pa.array(names, pa.string()),
                "value": pa.array([None if v is None else float(v) for v in track.values.values()], pa.float64()),
                "unit": pa.array([track.units.get(n, "") for n in names], pa.string()),
                "why": pa.array([track.why.get(n) for n in names], pa.string()),
            },
            metadata=_about(track),
        )
    tick = "frame" if track.clock.counts_frames else "tick"
    timed = not track.clock.counts_frames or times is not None
    columns: dict[str, Any] = {}
    if isinstance(track, Spans):
        if timed or not len(track):
            columns["begin"] = _seconds(track.begin, track, times)
            columns["end"] = _seconds(track.end, track, times)
        columns[f"first_{tick}"] = np.asarray(track.begin)
        columns[f"last_{tick}"] = np.asarray(track.end) - 1
        columns["label"] = list(track.label)
        further: dict[str, Column] = dict(track.columns)
    elif isinstance(track, Events):
        if timed or not len(track):
            columns["time"] = _seconds(track.at, track, times)
        columns[tick] = np.asarray(track.at)
        further = dict(track.columns)
    else:
        at = np.arange(len(track), dtype=np.int64)
        if timed or not len(track):
            columns["time"] = _seconds(at, track, times)
        columns[tick] = at
        further = {name: track.column(name) for name in track.columns}
    for name, values in further.items():
        # The mixed frames of a shot's transition are called as the shot's own first and last frame are.
        columns[f"transition_{name}" if name in columns else name] = values
    return pa.table({name: _array(values) for name, values in columns.items()}, metadata=_about(track))


def _seconds(ticks: Any, track: Curve | Events | Spans, times: FrameTimes | None) -> Any:
    return track.clock.seconds_of(ticks, times) if len(ticks) else np.zeros(0)


def _array(values: Any) -> Any:
    import pyarrow as pa

    if isinstance(values, np.ndarray):
        return pa.array(np.ascontiguousarray(values))
    return pa.array([str(v) for v in values], pa.string())


def _about(track: Track) -> dict[str, str]:
    about: dict[str, Any] = {"name": track.name, "kind": type(track).__name__.lower()}
    if not isinstance(track, Figures):
        rate = track.clock.rate
        about["unit"] = track.unit
        about["clock"] = "frames" if rate is None else {"rate": str(rate), "start": str(track.clock.start)}
    return {"rewatch": json.dumps(about)}
