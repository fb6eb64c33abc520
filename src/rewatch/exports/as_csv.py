"""CSV (RFC 4180): the shots of a film, one a row; or every track in a file of its own.

Conventions
    UTF-8, comma, a header, CRLF at the end of rows as the RFC has it. Seconds are decimals cut to the microsecond;
    frames count from 0 in presentation order and last_frame is inclusive.
    Text that a spreadsheet would take for a formula (it begins with ``= + - @``, a tab or a line break), and text
    that begins with an apostrophe, gets an apostrophe in front (OWASP, "CSV Injection"); `plain_text` takes it off
    again. Numbers are written as they are.

Contents
    shots_csv      the shots as one table
    track_csv      any track as one table
    write_folder   every track of a study, a file each
    guarded, plain_text
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rewatch.clock import FrameTimes
from rewatch.errors import ExportError
from rewatch.exports.numbers import plain_numbers
from rewatch.exports.study_view import Study, by_hand, no_shots, spans
from rewatch.exports.whole import whole
from rewatch.track import Curve, Events, Figures, Spans, Track

SHOT_COLUMNS = (
    "index",
    "first_frame",
    "last_frame",
    "start",
    "end",
    "length",
    "transition",
    "transition_first_frame",
    "transition_last_frame",
    "by_hand",
)

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'")


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula.

    >>> guarded("=1+1"), guarded("- Who is there?"), guarded("Me.")
    ("'=1+1", "'- Who is there?", 'Me.')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def plain_text(cell: str) -> str:
    """What `guarded` was given."""
    return cell[1:] if cell.startswith("'") else cell


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A header and rows as CSV; None is an empty cell, text is guarded."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([guarded(c) for c in columns])
    for row in rows:
        writer.writerow([guarded(c) if isinstance(c, str) else "" if c is None else c for c in row])
    return out.getvalue()


def shots_csv(study: Study) -> str:
    """The shots of a film, one a row, columns `SHOT_COLUMNS`. ExportError for a film without a picture."""
    shots = spans(study, "shots")
    if shots is None or not len(shots):
        raise ExportError(f"{study.title}: no shots to write: {no_shots(study)}")
    begin, end = (_seconds(at, shots, study.times) for at in (shots.begin, shots.end))
    framed = shots.clock.counts_frames
    first = shots.columns.get("first_frame", [-1] * len(shots))
    last = shots.columns.get("last_frame", [-1] * len(shots))
    rows, said = [], by_hand(shots)
    for i in range(len(shots)):
        mixed = int(first[i]) >= 0
        rows.append(
            (
                i + 1,
                int(shots.begin[i]) if framed else None,
                int(shots.end[i]) - 1 if framed else None,
                begin[i],
                end[i],
                round(end[i] - begin[i], 6),
                shots.label[i],
                int(first[i]) if mixed else None,
                int(last[i]) if mixed else None,
                "yes" if said[i] else None,
            )
        )
    return table(SHOT_COLUMNS, rows)


def _seconds(ticks: Any, track: Spans | Events | Curve, times: FrameTimes | None) -> list[float]:
    if not len(ticks):
        return []  # an empty track of frames, in a film without a picture: there are no times to look up
    return [round(s, 6) for s in track.clock.seconds_of(ticks, times).tolist()]


def track_csv(track: Track, times: FrameTimes | None) -> str:
    """Any track as a table, its times in seconds first: curves and events have time, spans begin, end and label."""
    if isinstance(track, Figures):
        rows = [(k, v, track.units.get(k, ""), track.why.get(k, "")) for k, v in track.values.items()]
        return table(("figure", "value", "unit", "why"), rows)
    timed = len(track) == 0 or not track.clock.counts_frames or times is not None
    if isinstance(track, Curve):
        at = np.arange(len(track))
        values = track.values.reshape(len(track), len(track.columns))
        columns: dict[str, list[Any]] = {"frame" if track.clock.counts_frames else "tick": at.tolist()}
        if timed:
            columns["time"] = _seconds(at, track, times)
        for i, name in enumerate(track.columns):
            columns[name] = plain_numbers(values[:, i])
        return _columns(columns)
    if isinstance(track, Events):
        columns = {"frame" if track.clock.counts_frames else "tick": np.asarray(track.at).tolist()}
        if timed:
            columns["time"] = _seconds(track.at, track, times)
    else:
        columns = {"begin": np.asarray(track.begin).tolist(), "end": np.asarray(track.end).tolist()}
        if timed:
            columns["start"] = _seconds(track.begin, track, times)
            columns["stop"] = _seconds(track.end, track, times)
        columns["label"] = list(track.label)
    return _columns({**columns, **_further(track.columns)})


def _further(columns: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {k: plain_numbers(v) if isinstance(v, np.ndarray) else list(v) for k, v in columns.items()}


def _columns(columns: Mapping[str, list[Any]]) -> str:
    return table(list(columns), zip(*columns.values(), strict=True))


def write_folder(study: Study, folder: Path) -> None:
    """Every track of a study into a folder, ``NAME.csv`` each; each file whole or not at all."""
    times = study.times
    for name in sorted(study.tracks):
        content = track_csv(study.tracks[name], times)
        with whole(folder / f"{name}.csv") as part:
            part.write_bytes(content.encode("utf-8"))
