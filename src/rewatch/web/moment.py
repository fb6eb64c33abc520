"""A moment: all that is known of one second of a film, as the page shows it beside the picture and under the pointer.

Contents
    moment       one second: frame, shot, line, figures
    shot_index   where every shot begins: what stepping by shots goes by
    frame_page   the times of the frames of one minute: what stepping by frames goes by
    still_of     the file of a shot's still
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from rewatch.clock import timecode
from rewatch.errors import NotMeasured
from rewatch.exports.study_view import begins_by, by_hand
from rewatch.web.lanes import LANES, Lane
from rewatch.web.shelf import Open

PAGE = 60.0
"""Seconds of frames that are told at once."""
_WORDS = {"tempo": "tempo_marks", "dynamics": "dynamics_marks", "articulation": "articulation_shots"}
_DIGITS = {"": 2, "LUFS": 1, "LU": 1, "1 - r": 3, "cuts/min": 1, "Hz": 0, "words/min": 0}


def moment(film: Open, seconds: float) -> dict[str, Any]:
    """What is known of a second (clipped to the film), as JSON values; what is not known is null."""
    at = min(max(seconds, 0.0), film.duration)
    times = film.times
    return {
        "time": round(at, 6),
        "timecode": timecode(at, 2),
        "minute": int(at // 60) + 1,
        "frame": int(times.frame_at(at)) if times is not None else None,
        "shot": _shot(film, at),
        "line": _line(film, at),
        "movement": _label(film, "movements", at),
        "figures": _figures(film, at),
    }


def _shot(film: Open, at: float) -> dict[str, Any] | None:
    found = film.lanes.stretches("shots")
    if found is None:
        return None
    starts, ends, shots = found
    i = int(np.clip(np.searchsorted(starts, at + 1e-6, side="right") - 1, 0, len(starts) - 1))
    frames = shots.clock.counts_frames
    return {
        "number": i + 1,
        "of": len(starts),
        "begin": round(float(starts[i]), 6),
        "end": round(float(ends[i]), 6),
        "first_frame": int(shots.begin[i]) if frames else None,
        "last_frame": int(shots.end[i]) - 1 if frames else None,
        "transition": begins_by(str(shots.label[i]), by_hand(shots)[i]),
        "by_hand": by_hand(shots)[i],
    }


def _line(film: Open, at: float) -> dict[str, Any] | None:
    found = film.lanes.stretches("lines")
    if found is None:
        return None
    starts, ends, lines = found
    inside = np.flatnonzero((starts <= at) & (ends > at))
    if not len(inside):
        return None
    i = int(inside[-1])
    speakers = lines.columns.get("speaker")
    return {
        "begin": round(float(starts[i]), 3),
        "end": round(float(ends[i]), 3),
        "text": str(lines.label[i]),
        "speaker": str(speakers[i]) if speakers is not None else "",
    }


def _label(film: Open, track: str, at: float) -> str:
    found = film.lanes.stretches(track)
    if found is None:
        return ""
    starts, ends, spans = found
    inside = np.flatnonzero((starts <= at) & (ends > at))
    return str(spans.label[int(inside[-1])]) if len(inside) else ""


def _figures(film: Open, at: float) -> list[dict[str, str]]:
    """What the lanes stand at: name, title, value and a word for it, and what explains it."""
    told = []
    for lane in LANES:
        values = film.lanes.value_at(lane, at) if lane.by_default else None
        if values is None:
            continue
        word = _label(film, _WORDS[lane.name], at) if lane.name in _WORDS else ""
        if lane.name == "pulse":
            word = _label(film, "pulse_stretches", at)
        told.append(
            {"name": lane.name, "title": lane.title, "value": _said(lane, values), "word": word, "figure": lane.figure}
        )
    return told


def _said(lane: Lane, values: list[float]) -> str:
    if lane.curve and len(values) > 1:
        # Of several kinds the one that is strongest.
        best = int(np.argmax(values))
        return f"{lane.curve[1][best]} {values[best]:.2f}"
    unit = lane.unit if lane.unit not in ("", "1 - r") else ""
    digits = _DIGITS.get(lane.unit, 2)
    number = f"{round(values[0], digits) + 0.0:.{digits}f}".replace("-", "−")  # + 0.0: none is told as minus nothing
    return f"{number} {unit}".rstrip()


def shot_index(film: Open) -> bytes:
    """Every shot in 12 bytes, little endian: the second where it begins (float64), its first frame (int32, or -1)."""
    found = film.lanes.stretches("shots")
    if found is None:
        return b""
    starts, _, shots = found
    table = np.empty(len(starts), dtype=[("at", "<f8"), ("frame", "<i4")])
    table["at"] = starts
    table["frame"] = shots.begin if shots.clock.counts_frames else -1
    return table.tobytes()


def frame_page(film: Open, page: int) -> dict[str, Any]:
    """Frames that begin in seconds [60 page, 60 page + 60): number of the first, the second of each and where the last
    ends. NotMeasured for a film without frames, or a page beyond it."""
    times = film.times
    if times is None:
        raise NotMeasured(f"{film.name} has no frames that one could step through")
    starts = times.seconds(np.arange(len(times)))
    a, b = np.searchsorted(starts, [page * PAGE, (page + 1) * PAGE])
    if page < 0 or page * PAGE > film.duration:
        raise NotMeasured(f"{film.name} has no minute {page + 1}")
    # One more than begin here: the end of the last.
    edges = times.seconds(np.arange(a, b + 1)) if b > a else np.zeros(0)
    return {"first": int(a), "seconds": [round(s, 6) for s in edges.tolist()], "frames": len(times)}


def still_of(film: Open, number: int) -> Path:
    """The JPEG of a shot, counted from 1. NotMeasured where the shot has none."""
    edition = film.edition
    if "stills" in edition.tracks:
        stills = edition.events("stills")
        at = np.flatnonzero(np.asarray(stills.columns["shot"]) == number - 1)
        if len(at):
            name = str(stills.columns["file"][int(at[0])])
            # The name comes from our own track; the check costs nothing and holds whatever stands in it.
            if re.fullmatch(r"[\w-]+\.(jpg|jpeg|png|webp)", name):
                return edition.kept("stills") / name
    raise NotMeasured(f"{film.name} has no still of shot {number}")
