"""The portrait of a film over time: all the evidence that it has, side by side on one even grid.

Each number is set against the film's own: its distance from the film's median in spreads (`evenly.relative`), held
within 4, so that one shout does not outweigh an hour. The numbers come in groups of which each weighs the same,
however many numbers it has:

    light     mean and spread of luma                  loudness  short-term, LUFS
    colour    Oklab a, b, chroma                       texture   centre, flatness and shape of the spectrum
    palette   the histogram (square roots: Hellinger)  kinds     speech, music, effects
    motion    visual activity                          words     pace, and how much of the time is talk
    camera    speed, zoom, movement within the frame   speakers  who speaks
    cutting   length of the shot that is on            music     music in a film's list

Nothing need be there: what a film does not have is left out, and what a stretch has no evidence of counts as the
film's middle there.

Contents
    NEEDS       the tracks that a portrait is made of
    Group, portrait
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rewatch.smoothing import running_mean
from rewatch.structure.evenly import (
    Array,
    column_blocks,
    edges_of,
    means,
    relative,
    share,
    shot_seconds,
    stretches,
    times_of,
)
from rewatch.track import Curve, Spans, Track

Mask = npt.NDArray[np.bool_]

SPEAKERS = 12
"""So many of those who say most are told apart."""
TALK = 10
"""Entries over which talk is spread: a pause for breath is no silence."""
AFTER_CUT = 0.13
"""Seconds after a change of picture in which what is measured between frames is the change, not motion."""
QUIETEST = -50.0
"""LUFS; what is quieter is silence and all the same."""

NEEDS = (
    "frames",
    "shots",
    "boundaries",
    "light",
    "colour",
    "palette",
    "activity",
    "camera",
    "loudness",
    "spectrum",
    "sound_kinds",
    "pace",
    "lines",
    "music",
)


@dataclass(frozen=True, slots=True)
class Group:
    """Evidence of one kind on the grid.

    values: (n, k) as measured; columns: k names
    known:  (n,) where there is any
    scaled: (n, k) set against the film's own, 0 where nothing is known; the group's variances add up to 1
    """

    name: str
    columns: tuple[str, ...]
    values: Array
    known: Mask
    scaled: Array

    def column(self, name: str) -> Array:
        return self.values[:, self.columns.index(name)]


def portrait(tracks: Mapping[str, Track], length: float) -> dict[str, Group]:
    """The groups of evidence, by name, of a film of `length` seconds; those in which nothing varies are left out."""
    edges = edges_of(length)
    found = [*_seen(tracks, edges), *_heard(tracks, edges), *_said(tracks, edges)]
    return {group.name: group for group in found if group is not None}


def _group(name: str, columns: tuple[str, ...], values: Array, known: Mask, parts: bool = False) -> Group | None:
    """None where nothing varies. `parts`: the columns are shares of one whole; what is rare in it stays small."""
    scaled = _about_mean(values, known) if parts else relative(values, known)
    total = float(np.sqrt(scaled.var(axis=0).sum())) if len(scaled) else 0.0
    if total <= 1e-9:
        return None
    scaled /= total
    return Group(name, columns, values, known, scaled)


def _about_mean(values: Array, known: Mask) -> Array:
    """Values less their column's mean over what is known; 0 where nothing is."""
    scaled = np.zeros_like(values)
    if known.any():
        for some in column_blocks(values):
            have = values[known, some]
            scaled[known, some] = have - have.mean(axis=0)
    return scaled


def _curve(tracks: Mapping[str, Track], name: str, *columns: str) -> tuple[Array, Array, npt.NDArray[Any]] | None:
    """Begin, end and values of a curve's entries: (n, k), the columns named, or all as they are stored (not copied).

    None where the film has no such curve.
    """
    track = tracks.get(name)
    if not isinstance(track, Curve) or not len(track):
        return None
    when = stretches(track, times_of(tracks))
    if when is None or any(column not in track.columns for column in columns):
        return None
    if not columns:
        return *when, track.values.reshape(len(track), -1)
    return *when, np.column_stack([np.asarray(track.column(column), np.float64) for column in columns])


def _laid(
    name: str, columns: tuple[str, ...], edges: Array, begin: Array, end: Array, values: npt.NDArray[Any]
) -> Group | None:
    found, covered = means(edges, begin, end, values)
    return _group(name, columns, found, covered > 0)


def _seen(tracks: Mapping[str, Track], edges: Array) -> list[Group | None]:
    # One after the other, each in a function of its own: a long film's curves take megabytes, and go with it.
    return [measure(tracks, edges) for measure in (_light, _colour, _motion, _camera, _palette, _cutting)]


def _light(tracks: Mapping[str, Track], edges: Array) -> Group | None:
    light = _curve(tracks, "light", "mean", "spread")
    return _laid("light", ("mean", "spread"), edges, *light) if light else None


def _colour(tracks: Mapping[str, Track], edges: Array) -> Group | None:
    if not (colour := _curve(tracks, "colour", "a", "b")):
        return None
    begin, end, ab = colour
    values = np.column_stack([ab, np.hypot(ab[:, 0], ab[:, 1])])
    return _laid("colour", ("a", "b", "chroma"), edges, begin, end, values)


def _motion(tracks: Mapping[str, Track], edges: Array) -> Group | None:
    if not (activity := _curve(tracks, "activity")):
        return None
    begin, end, values = activity
    keep = _moving(tracks, len(values))
    return _laid("motion", ("activity",), edges, begin[keep], end[keep], _logs(values[keep, 0], 0.01)[:, None])


def _palette(tracks: Mapping[str, Track], edges: Array) -> Group | None:
    if not (palette := _curve(tracks, "palette")):
        return None
    # Square roots: then the distance of two palettes is Hellinger's, and small colours count for something.
    shares, covered = means(edges, *palette)
    np.sqrt(np.maximum(shares, 0.0, out=shares), out=shares)
    names = tuple(tracks["palette"].columns)  # type: ignore[union-attr]
    return _group("palette", names, shares, covered > 0, parts=True)


def _cutting(tracks: Mapping[str, Track], edges: Array) -> Group | None:
    begin, end = shot_seconds(tracks)
    if len(begin) < 2:
        return None
    return _laid("cutting", ("length",), edges, begin, end, np.log(np.maximum(end - begin, 0.04))[:, None])


def _camera(tracks: Mapping[str, Track], edges: Array) -> Group | None:
    if not (camera := _curve(tracks, "camera")):
        return None
    begin, end, values = camera
    named: dict[str, int] = {name: i for i, name in enumerate(tracks["camera"].columns)}  # type: ignore[union-attr]
    if not {"dx", "dy", "zoom", "residual"} <= named.keys():
        return None
    keep = _moving(tracks, len(values))
    dx, dy, zoom, residual = (values[keep, named[name]] for name in ("dx", "dy", "zoom", "residual"))
    logs = np.empty((len(dx), 3))
    logs[:, 0] = _logs(np.hypot(dx.astype(np.float64), dy.astype(np.float64)), 0.002)
    logs[:, 1] = _logs(np.abs(zoom), 0.002)
    logs[:, 2] = _logs(residual, 0.002)
    return _laid("camera", ("speed", "zoom", "residual"), edges, begin[keep], end[keep], logs)


def _logs(values: npt.NDArray[Any], floor: float) -> Array:
    found: Array = np.maximum(values, 0.0, dtype=np.float64)
    found += floor
    np.log(found, out=found)
    return found


def _moving(tracks: Mapping[str, Track], entries: int) -> Mask:
    """(n,) all frames but those whose step from the one before is a change of picture, and those just after them."""
    boundaries, times = tracks.get("boundaries"), times_of(tracks)
    if not isinstance(boundaries, Spans) or not len(boundaries) or times is None or entries != len(times):
        return np.ones(entries, dtype=np.bool_)
    count = len(times)
    after = max(1, round(AFTER_CUT * count / max(times.end_seconds - times.begin_seconds, 1e-9)))
    marks = np.zeros(count + 1, dtype=np.int64)
    np.add.at(marks, np.clip(boundaries.begin, 0, count), 1)
    np.add.at(marks, np.clip(boundaries.end + after, 0, count), -1)
    keep: Mask = np.cumsum(marks[:-1]) == 0
    return keep


def _heard(tracks: Mapping[str, Track], edges: Array) -> list[Group | None]:
    found: list[Group | None] = []
    if loudness := _curve(tracks, "loudness", "short_term"):
        begin, end, values = loudness
        found.append(_laid("loudness", ("short_term",), edges, begin, end, np.maximum(values, QUIETEST)))
    if spectrum := _curve(tracks, "spectrum", "centroid", "flatness", "bass", "low_mid", "mid", "presence"):
        begin, end, values = spectrum
        # Silence has no shape; a level below the floor that all bands share is none either.
        bands = np.maximum(values[:, 2:], -80.0)
        shape = bands - bands.mean(axis=1, keepdims=True)
        values = np.column_stack([np.log2(np.maximum(values[:, 0], 60.0)), values[:, 1], shape])
        columns = ("centre", "flatness", "bass", "low_mid", "mid", "presence")
        found.append(_laid("texture", columns, edges, begin, end, values))
    if kinds := _curve(tracks, "sound_kinds", "speech", "music", "effects"):
        found.append(_laid("kinds", ("speech", "music", "effects"), edges, *kinds))
    music = tracks.get("music")
    if isinstance(music, Spans) and len(music) and not music.clock.counts_frames:
        heard = share(edges, music.begin_seconds(), music.end_seconds())
        found.append(_group("music", ("music",), heard[:, None], np.ones(len(heard), dtype=np.bool_)))
    return found


def _said(tracks: Mapping[str, Track], edges: Array) -> list[Group | None]:
    lines = tracks.get("lines")
    if not isinstance(lines, Spans) or not len(lines) or len(edges) < 2:
        return []
    begin, end, everywhere = lines.begin_seconds(), lines.end_seconds(), np.ones(len(edges) - 1, dtype=np.bool_)
    columns, values = ["talk"], [running_mean(share(edges, begin, end), TALK, "nothing")]
    if pace := _curve(tracks, "pace"):
        columns.append("pace")
        values.append(np.log1p(np.maximum(means(edges, *pace)[0][:, 0], 0.0)))
    found = [_group("words", tuple(columns), np.column_stack(values), everywhere)]
    names = [str(name) for name in lines.columns.get("speaker", ())]
    said = Counter(names)
    said.pop("", None)
    if len(said) > 1:
        who = np.array(names)
        # Ties by name: the order of a Counter is that of the film, which is as good, but not as plain to see.
        most = [name for name, _ in sorted(said.items(), key=lambda item: (-item[1], item[0]))[:SPEAKERS]]
        parts = [running_mean(share(edges, begin[who == n], end[who == n]), TALK, "nothing") for n in most]
        found.append(_group("speakers", tuple(most), np.column_stack(parts), everywhere, parts=True))
    return found
