"""A film's score as one answer: each part with its figures, its spans and events, and its curves where asked for.

    {"cutting": {"shots": 76, "asl": 3.02, ..., "why": {}}, "tempo": {...}, "momentum": {...}, "dynamics": {...}, ...}

Figures stand in full precision. One that could not be measured is null, and ``why`` says why; a part of which nothing
could be measured is null as a whole, and the answer's own ``why`` says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from rewatch.clock import FrameTimes
from rewatch.library.edition import Edition
from rewatch.track import Curve, Events, Figures, Spans, Track

if TYPE_CHECKING:
    from rewatch.score.counting import CountingRules

PARTS: dict[str, tuple[str, ...]] = {
    "cutting": ("cut_density", "kpart"),
    "tempo": (),
    "momentum": (),
    "dynamics": ("loudness_figures", "hairpins", "sforzandi", "rests"),
    "articulation": ("editing",),
    "pulse": ("cut_pulse", "beats"),
    "accents": (),
    "movements": ("novelty", "sequences", "scenes"),
    "words": ("dialogue_figures", "pace"),
}
"""The parts of a score, in order, with the tracks that belong to them besides those that bear their name."""


def score(edition: Edition, *, tracks: bool = False, rules: CountingRules | None = None) -> dict[str, Any]:
    """The whole score; `tracks`: with the curves' values, each with its rate and first second.

    rules: count the shots anew by these; None = as they were counted when the film was watched
    """
    have: Mapping[str, Track] = edition.tracks
    if rules is not None:
        from rewatch.score.cutting_track import Cutting

        have = {**have, **Cutting(rules).finish(have)}
    answer: dict[str, Any] = {}
    why: dict[str, str] = {}
    for part, others in PARTS.items():
        names = [n for n in have if n == part or n.startswith(f"{part}_") or n in others]
        if names:
            answer[part] = _part({n: have[n] for n in names}, edition.times, part, tracks)
            _say_what_lacks(answer[part], part, edition)
        else:
            answer[part] = None
            why[part] = _why(edition, part)
    answer["why"] = why
    return answer


UNHEARD = {"dynamics": ("marks", "hairpins", "sforzandi"), "pulse": ("beats",), "accents": ("accents",)}
UNSEEN = {"tempo": ("edges", "marks"), "articulation": ("shots", "editing"), "accents": ("accents",)}
"""Spans and events that only what is heard, what is seen can have: an empty list would say that there are none."""
LOUDNESS = ("integrated", "range", "true_peak", "sample_peak", "max_momentary", "max_short_term")


def _say_what_lacks(found: dict[str, Any], part: str, edition: Edition) -> None:
    """What this film cannot have, null with the reason: no key is there for one film and gone for another."""
    unheard = (
        "the film is known by a list: its sound was never heard" if edition.facts.listed else "the film has no sound"
    )
    unseen = (
        "the film is known by a list: its picture was never seen" if edition.facts.listed else "the film has no picture"
    )

    def lacks(names: Iterable[str], reason: str) -> None:
        for name in names:
            if not found.get(name):
                found[name] = None
                found["why"][name] = reason

    if edition.facts.sound is None:
        lacks(UNHEARD.get(part, ()), unheard)
        if part == "dynamics" and edition.facts.picture is None:
            lacks(("rests",), unheard)
    if not found.get("shots") and edition.facts.picture is None and not edition.facts.listed:
        lacks(UNSEEN.get(part, ()), unseen)
    if part == "dynamics":
        for name in LOUDNESS:
            if name not in found:
                found[name] = None
                found["why"][name] = unheard
    if part == "tempo" and edition.facts.picture is None and found.get("marks"):
        found["why"]["motion"] = f"{unseen}; the tempo is that of the cutting alone"
    if part == "articulation":
        for column, none, reason in (("motion", "", unseen), ("attacks", -1.0, unheard)):
            rows_ = found.get("shots") or []
            for row in rows_:
                if row.get(column) == none:
                    row[column] = None
            without = sum(row.get(column) is None for row in rows_)
            if without:
                some = f"too few frames between the cuts in {without} of the shots"
                found["why"][f"shots.{column}"] = reason if without == len(rows_) else some


def _why(edition: Edition, part: str) -> str:
    if part == "words":
        return edition.why_missing("lines")
    return f"{edition.name} has no track that {part} is measured on"


def _part(named: Mapping[str, Track], times: FrameTimes | None, part: str, with_curves: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    why: dict[str, str] = {}
    curves: dict[str, Any] = {}
    for name, track in named.items():
        if isinstance(track, Figures):
            nested, reasons = nest(track)
            found.update(nested)
            why.update(reasons)
        elif isinstance(track, Curve):
            if with_curves:
                curves[name] = _curve(track, times)
        else:
            found[name.removeprefix(f"{part}_")] = rows(track, times)
    return {**found, "why": why} | ({"tracks": curves} if with_curves else {})


def nest(figures: Figures) -> tuple[dict[str, Any], dict[str, str]]:
    """Figures as JSON values: what comes after a dot is nested. A group of which all is null is null, with one reason.

    >>> nest(Figures("f", {"asl": 2.0, "fit.mu": None, "fit.sigma": None}, why={"fit.mu": "two", "fit.sigma": "two"}))
    ({'asl': 2.0, 'fit': None}, {'fit': 'two'})
    """
    out: dict[str, Any] = {}
    why: dict[str, str] = {}
    for name, value in figures.values.items():
        group, dot, leaf = name.partition(".")
        if dot:
            out.setdefault(group, {})[leaf] = value
        else:
            out[name] = value
        if value is None:
            why[name] = figures.why.get(name, "")
    for group, inner in out.items():
        if isinstance(inner, dict) and all(v is None for v in inner.values()):
            out[group] = None
            reasons = [why.pop(f"{group}.{leaf}") for leaf in inner]
            why[group] = reasons[0]
    return out, why


def rows(track: Track, times: FrameTimes | None) -> list[dict[str, Any]]:
    """Events or spans as rows: seconds, label, and the track's columns."""
    if not len(track):
        return []  # a film without picture has empty tracks of frames, and no times for them
    if isinstance(track, Events):
        base = [{"time": round(t, 6)} for t in track.seconds(times).tolist()]
    elif isinstance(track, Spans):
        begin, end = track.begin_seconds(times).tolist(), track.end_seconds(times).tolist()
        base = [
            {"start": round(a, 6), "end": round(b, 6), "label": str(label)}
            for a, b, label in zip(begin, end, track.label, strict=True)
        ]
    else:
        raise TypeError("only events and spans have rows")
    for name, column in track.columns.items():
        values = column.tolist() if isinstance(column, np.ndarray) else list(column)
        for row, value in zip(base, values, strict=True):
            row[name] = value
    return base


def _curve(curve: Curve, times: FrameTimes | None) -> dict[str, Any]:
    clock = curve.clock
    about: dict[str, Any] = {"unit": curve.unit, "columns": list(curve.columns)}
    if clock.counts_frames:
        about["seconds"] = [round(s, 6) for s in curve.seconds(times).tolist()] if len(curve) else []
    else:
        about |= {"rate": str(clock.rate), "start": float(clock.start)}
    return about | {"values": curve.values.tolist()}
