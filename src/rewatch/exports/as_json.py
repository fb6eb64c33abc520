"""JSON: all that is known of an edition in one document.

Schema (version 1)
    rewatch, schema   the program's version; 1
    film              {title, year, duration}: seconds
    glanced           whether the picture was no more than glanced at
    edition           the file's facts, as in `facts.FilmFacts`; fractions as text ("24000/1001")
    figures           {group: {figure: {value, unit, why}}}: value null where it could not be measured, and then why
    tracks            {name: track}, in order of their names; a track is
        {kind: "curve", clock, unit, columns: [names], values: {column: [numbers]}}     entry i on tick i
        {kind: "events", clock, unit, at: [ticks], columns: {name: [values]}}
        {kind: "spans", clock, unit, begin: [ticks], end: [ticks], label: [texts], columns: {name: [values]}}
    clock             {"rate": "10", "start": "1/20"}: tick i falls on second start + i / rate; {"frames": true}: ticks
                      are frames, and the track ``frames`` says when each is shown
Tracks are whole, in the clock they were measured on; numbers have the digits that their type holds. NaN never occurs.

Contents
    study_json, study_dict
"""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import numpy as np

from rewatch import __version__
from rewatch.clock import Clock
from rewatch.exports.numbers import plain_numbers
from rewatch.exports.study_view import Study, glanced
from rewatch.library.records import to_plain
from rewatch.track import Curve, Events, Figures, Track

SCHEMA = 1


def study_json(study: Study) -> str:
    """The document as text, one track a line: fit for ``jq`` and for line-wise comparison."""
    whole = study_dict(study)
    tracks = whole.pop("tracks")
    head = json.dumps(whole, indent=1, ensure_ascii=False, allow_nan=False)[:-2]
    lines = (f"  {_line(name)}: {_line(track)}" for name, track in tracks.items())
    return head + ',\n "tracks": {\n' + ",\n".join(lines) + "\n }\n}\n"


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def study_dict(study: Study) -> dict[str, Any]:
    """The document as plain dictionaries, lists, texts and numbers."""
    tracks = {name: study.tracks[name] for name in sorted(study.tracks)}
    return {
        "rewatch": __version__,
        "schema": SCHEMA,
        "film": {"title": study.title, "year": study.year, "duration": float(study.duration)},
        "glanced": glanced(study),
        "edition": to_plain(study.facts),
        "figures": {name: _figures(track) for name, track in tracks.items() if isinstance(track, Figures)},
        "tracks": {name: _track(track) for name, track in tracks.items() if not isinstance(track, Figures)},
    }


def _figures(track: Figures) -> dict[str, Any]:
    return {
        key: {
            "value": value.item() if isinstance(value, np.generic) else value,
            "unit": track.units.get(key, ""),
            "why": track.why.get(key),
        }
        for key, value in track.values.items()
    }


def _clock(clock: Clock) -> dict[str, Any]:
    if clock.rate is None:
        return {"frames": True}
    return {"rate": str(Fraction(clock.rate)), "start": str(Fraction(clock.start))}


def _column(column: Any) -> list[Any]:
    return plain_numbers(column) if isinstance(column, np.ndarray) else [str(text) for text in column]


def _track(track: Track) -> dict[str, Any]:
    if isinstance(track, Figures):
        raise TypeError("figures stand apart from tracks")
    common = {"clock": _clock(track.clock), "unit": track.unit}
    if isinstance(track, Curve):
        values = track.values.reshape(len(track), len(track.columns))
        by_name = {name: plain_numbers(values[:, i]) for i, name in enumerate(track.columns)}
        return {"kind": "curve", **common, "columns": list(track.columns), "values": by_name}
    columns = {name: _column(column) for name, column in track.columns.items()}
    if isinstance(track, Events):
        return {"kind": "events", **common, "at": np.asarray(track.at).tolist(), "columns": columns}
    return {
        "kind": "spans",
        **common,
        "begin": np.asarray(track.begin).tolist(),
        "end": np.asarray(track.end).tolist(),
        "label": list(track.label),
        "columns": columns,
    }
