"""Tracks as Parquet files, and back.

A track is one table: a curve's columns by their names; events ``at`` and their columns; spans ``begin``, ``end``,
``label`` and theirs; figures ``name``, ``value``, ``unit``, ``why``. What the numbers mean stands in the schema's
metadata under ``rewatch`` (JSON: kind, name, unit, clock, and who made it), so that a file explains itself to
whoever opens it with pandas, Polars or DuckDB.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from rewatch.clock import Clock
from rewatch.errors import LibraryError
from rewatch.library.atomic import replacing
from rewatch.track import Column, Curve, Events, Figures, Spans, Track

_META = b"rewatch"


def write_track(path: Path, track: Track, made_by: Mapping[str, Any], synced: bool = True) -> None:
    """Write one track, wholly or not at all; `made_by` (JSON values) is its provenance; synced: as `atomic.swapped`."""
    table = _table(track)
    meta = {**_about(track), "made_by": dict(made_by)}
    table = table.replace_schema_metadata({_META: json.dumps(meta, sort_keys=True).encode()})
    # Dictionaries of numbers take tens of megabytes and most of the time, and save next to nothing: few repeat.
    words = [field.name for field in table.schema if pa.types.is_string(field.type)]
    with replacing(path, synced) as part:
        pq.write_table(table, part, compression="zstd", use_dictionary=words or False)


def read_track(path: Path) -> tuple[Track, dict[str, Any]]:
    """A track and its provenance. LibraryError with one line where the file is damaged or missing."""
    try:
        # Not pq.read_table, which imports the machinery for many files at once: a tenth of a second at every start.
        with pq.ParquetFile(path) as file:
            meta = json.loads((file.schema_arrow.metadata or {})[_META])
            if meta["kind"] == "curve":
                return _curve(file, meta), meta["made_by"]
            # In this thread: those of Arrow each keep what they took.
            table = file.read(use_threads=False)
        return _track(table, meta), meta["made_by"]
    except FileNotFoundError as error:
        raise LibraryError(f"the track {path.stem} is gone from {path.parent}: watch the film again") from error
    except (pa.ArrowInvalid, OSError, KeyError, ValueError) as error:
        raise LibraryError(f"the track {path} is damaged: watch the film again ({error})") from error


def read_key(path: Path) -> str | None:
    """The key that a stored track was made under; None where there is no readable track."""
    try:
        meta = json.loads((pq.read_schema(path).metadata or {})[_META])
        key = meta["made_by"]["key"]
    except (OSError, pa.ArrowInvalid, KeyError, ValueError):
        return None
    return str(key)


def _about(track: Track) -> dict[str, Any]:
    kind = type(track).__name__.lower()
    about: dict[str, Any] = {"kind": kind, "name": track.name}
    if isinstance(track, Figures):
        return about
    about["unit"] = track.unit
    about["clock"] = {
        "rate": None if track.clock.rate is None else str(track.clock.rate),
        "start": str(track.clock.start),
    }
    if isinstance(track, Curve):
        about["flat"] = track.values.ndim == 1
    return about


# Not pa.array: it loads pandas where that is installed, in a quarter of a second, to ask whether it is given any of it.


def _arrow(column: Column) -> pa.Array:
    return _numbers(column) if isinstance(column, np.ndarray) else _texts(column)


def _numbers(values: npt.NDArray[Any], known: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    """known: where there is a value (None: everywhere)."""
    held = _bits(values) if values.dtype == np.bool_ else pa.py_buffer(np.ascontiguousarray(values))
    valid = None if known is None else _bits(known)
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [valid, held])


def _texts(texts: Sequence[str | None]) -> pa.Array:
    data = [(text or "").encode() for text in texts]
    ends = np.concatenate([[0], np.cumsum([len(each) for each in data], dtype=np.int64)])
    if ends[-1] > np.iinfo(np.int32).max:
        raise LibraryError("a track of more than 2 GB of text cannot be kept")
    offsets = pa.py_buffer(ends.astype(np.int32))
    valid = _bits(np.array([text is not None for text in texts], np.bool_)) if None in texts else None
    return pa.Array.from_buffers(pa.string(), len(data), [valid, offsets, pa.py_buffer(b"".join(data))])


def _bits(flags: npt.NDArray[np.bool_]) -> pa.Buffer:
    return pa.py_buffer(np.packbits(flags, bitorder="little"))


def _table(track: Track) -> pa.Table:
    if isinstance(track, Curve):
        return pa.table({name: _arrow(track.column(name)) for name in track.columns})
    if isinstance(track, Events):
        return pa.table({"at": _arrow(track.at)} | {name: _arrow(c) for name, c in track.columns.items()})
    if isinstance(track, Spans):
        own: dict[str, Column] = {"begin": track.begin, "end": track.end, "label": track.label}
        return pa.table({name: _arrow(c) for name, c in (own | dict(track.columns)).items()})
    names = list(track.values)
    values = list(track.values.values())
    return pa.table(
        {
            "name": _texts(names),
            "value": _numbers(
                np.array([float(v or 0) for v in values], np.float64),
                np.array([v is not None for v in values], np.bool_),
            ),
            "whole": _numbers(np.array([isinstance(v, int) for v in values], np.bool_)),
            "unit": _texts([track.units.get(n, "") for n in names]),
            "why": _texts([track.why.get(n) for n in names]),
        }
    )


def _column(array: pa.ChunkedArray) -> Column:
    if pa.types.is_string(array.type):
        texts: Sequence[str] = array.to_pylist()
        return texts
    return _held(array)


def _held(array: pa.ChunkedArray) -> npt.NDArray[Any]:
    """The numbers of a column without gaps; views of one that is in one piece. Not its to_numpy: see `_arrow`."""
    if array.null_count:
        raise ValueError("numbers are missing")
    kind = _type(array.type)
    pieces: list[npt.NDArray[Any]] = []
    for chunk in array.chunks:
        held, begin, end = chunk.buffers()[1], chunk.offset, chunk.offset + len(chunk)
        if held is None or begin == end:
            continue
        if kind == np.bool_:
            bits = np.unpackbits(np.frombuffer(held, np.uint8), count=end, bitorder="little")
            pieces.append(bits[begin:].astype(np.bool_))
        else:
            pieces.append(np.frombuffer(held, kind, count=end)[begin:])
    return pieces[0] if len(pieces) == 1 else np.concatenate([np.zeros(0, kind), *pieces])


def _clock(meta: Mapping[str, Any]) -> Clock:
    rate = meta["clock"]["rate"]
    return Clock(None if rate is None else Fraction(rate), Fraction(meta["clock"]["start"]))


def _curve(file: pq.ParquetFile, meta: Mapping[str, Any]) -> Curve:
    """A curve read column by column: all at once would take three times what it is, in tens of columns."""
    columns = tuple(file.schema_arrow.names)
    values = np.empty((file.metadata.num_rows, len(columns)), np.result_type(*map(_type, file.schema_arrow.types)))
    for i, name in enumerate(columns):
        values[:, i] = _held(file.read(columns=[name], use_threads=False).column(name))
    return Curve(meta["name"], values[:, 0] if meta["flat"] else values, _clock(meta), meta["unit"], columns)


def _type(column: pa.DataType) -> np.dtype[Any]:
    kind: np.dtype[Any] = np.dtype(column.to_pandas_dtype())
    return kind


def _track(table: pa.Table, meta: Mapping[str, Any]) -> Track:
    name, kind = meta["name"], meta["kind"]
    if kind == "figures":
        rows = table.to_pylist()
        values = {
            r["name"]: None if r["value"] is None else (int(r["value"]) if r["whole"] else r["value"]) for r in rows
        }
        return Figures(
            name,
            values,
            {r["name"]: r["unit"] for r in rows if r["unit"]},
            {r["name"]: r["why"] for r in rows if r["why"] is not None},
        )
    clock = _clock(meta)
    columns = {key: _column(table.column(key)) for key in table.column_names}
    if kind == "events":
        at = np.asarray(columns.pop("at"), dtype=np.int64)
        return Events(name, at, clock, columns, meta["unit"])
    if kind == "spans":
        begin = np.asarray(columns.pop("begin"), dtype=np.int64)
        end = np.asarray(columns.pop("end"), dtype=np.int64)
        label = list(columns.pop("label"))
        return Spans(name, begin, end, label, clock, columns, meta["unit"])
    raise ValueError(f"unknown kind of track: {kind}")
