"""Moments: what is measured of a film at each half second, laid on one grid, column by column as they are asked for.

Contents
    COLUMNS    the columns by name: what each is, its unit
    Moments    the columns of one film
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter1d

from rewatch.clock import FrameTimes
from rewatch.images.palette import GREYS, HUES
from rewatch.library.edition import Edition
from rewatch.structure.evenly import RATE, Array, edges_of, means, share, shot_seconds, stretches
from rewatch.structure.portrait import AFTER_CUT
from rewatch.track import Curve, Events, Spans

Column = tuple[Array, npt.NDArray[np.bool_]]
"""Values at each half second, and where they are known."""

_TALK = 10
"""Half seconds over which talk is spread: a pause for breath is not silence."""
_FLASH = 0.5
"""Seconds before and after a flash that are darker than it."""


class Moments:
    """The columns of one film; each (n,) at half seconds, 0 where unknown."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.times: FrameTimes | None = edition.times
        self.length = edition.duration
        self.edges = edges_of(self.length)
        self._columns: dict[str, Column | None] = {}

    def __len__(self) -> int:
        return len(self.edges) - 1

    @property
    def seconds(self) -> Array:
        """(n,) middle of each half second."""
        return (self.edges[:-1] + self.edges[1:]) / 2

    def column(self, name: str) -> Column | None:
        """A column of `COLUMNS`, ``share:BIN,BIN`` of the palette, or ``near:L,a,b``; None where the film lacks it."""
        if name not in self._columns:
            kind, _, of = name.partition(":")
            if kind == "share":
                self._columns[name] = self._share(of.split(","))
            elif kind == "near":
                self._columns[name] = self._near(np.array([float(x) for x in of.split(",")]))
            else:
                self._columns[name] = COLUMNS[name].of(self)
        return self._columns[name]

    # -- how columns are laid -------------------------------------------------------------------------------------

    def laid(self, track: str, *columns: str, but_cuts: bool = False) -> tuple[Array, npt.NDArray[np.bool_]] | None:
        """(n, k) means of a curve's columns over each half second, and where there is any."""
        raw = self.raw(track, *columns, but_cuts=but_cuts)
        if raw is None:
            return None
        values, covered = means(self.edges, *raw)
        return values, covered > 0

    def raw(self, track: str, *columns: str, but_cuts: bool = False) -> tuple[Array, Array, Array] | None:
        """Begin, end and values of a curve's entries; `but_cuts`: without those that measure a change of picture."""
        curve = self.edition.tracks.get(track)
        if not isinstance(curve, Curve) or not len(curve) or any(c not in curve.columns for c in columns):
            return None
        when = stretches(curve, self.times)
        if when is None:
            return None
        values = np.column_stack([curve.column(c) for c in columns or curve.columns]).astype(np.float64)
        keep = ~self._changes() if but_cuts and self.times is not None else np.ones(len(values), dtype=np.bool_)
        if len(keep) != len(values):
            return None
        return when[0][keep], when[1][keep], values[keep]

    def _changes(self) -> npt.NDArray[np.bool_]:
        """(frames,) where a frame's step from the one before is a change of picture, or just after it."""
        assert self.times is not None
        count = len(self.times)
        marks = np.zeros(count + 1, dtype=np.int64)
        boundaries = self.edition.tracks.get("boundaries")
        if isinstance(boundaries, Spans) and len(boundaries):
            after = max(1, round(AFTER_CUT * count / max(self.times.end_seconds - self.times.begin_seconds, 1e-9)))
            np.add.at(marks, np.clip(boundaries.begin, 0, count), 1)
            np.add.at(marks, np.clip(boundaries.end + after, 0, count), -1)
        found: npt.NDArray[np.bool_] = np.cumsum(marks[:-1]) > 0
        return found

    def covered(self, track: str, *labels: str) -> Column | None:
        """How much of each half second spans with one of these labels cover; with none named: all."""
        spans = self.edition.tracks.get(track)
        if not isinstance(spans, Spans) or (spans.clock.counts_frames and self.times is None):
            return None
        keep = np.array([not labels or label in labels for label in spans.label], dtype=np.bool_)
        begin, end = spans.begin_seconds(self.times)[keep], spans.end_seconds(self.times)[keep]
        # Anything at all in it counts: what lasts a frame is seen.
        end = np.maximum(end, begin + 1e-3)
        return self._any(begin, end), np.ones(len(self), dtype=np.bool_)

    def _any(self, begin: Array, end: Array) -> Array:
        marks = np.zeros(len(self) + 1)
        first = np.clip(np.floor(begin * RATE).astype(int), 0, len(self))
        last = np.clip(np.ceil(end * RATE - 1e-6).astype(int), 0, len(self))
        np.add.at(marks, first, 1)
        np.add.at(marks, np.maximum(first, last), -1)
        return np.minimum(np.cumsum(marks[:-1]), 1.0)

    def _share(self, bins: list[str]) -> Column | None:
        """Weighted share of the picture in bins of the palette: ``red``, ``0.5*dark red soft``."""
        curve = self.edition.tracks.get("palette")
        if not isinstance(curve, Curve):
            return None
        laid = self.laid("palette")
        if laid is None:
            return None
        weights = np.zeros(len(curve.columns))
        for entry in bins:
            weight, _, name = entry.rpartition("*")
            weights[curve.columns.index(name)] += float(weight or 1)
        return laid[0] @ weights, laid[1]

    def _near(self, lab: Array) -> Column | None:
        """Share of the picture in swatches near a colour: in full where it is the same, none at `HEX_REACH`."""
        from rewatch.images.colour import srgb8_to_oklab

        raw = self.raw("swatches")
        if raw is None:
            return None
        begin, end, values = raw
        rows = values.reshape(len(values), -1, 4)
        apart = np.linalg.norm(srgb8_to_oklab(rows[..., 1:].astype(np.uint8)).astype(np.float64) - lab, axis=2)
        near = (rows[..., 0] / 255 * np.clip(2 - 2 * apart / HEX_REACH, 0, 1)).sum(axis=1)
        laid, covered = means(self.edges, begin, end, near[:, None])
        return laid[:, 0], covered > 0


HEX_REACH = 0.14
"""Oklab distance from which on a colour is another; up to half of it, the same."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A column: what it is, in which unit, and how it is had of a film's moments."""

    says: str
    unit: str
    of: Callable[[Moments], Column | None]


def _plain(track: str, column: str, but_cuts: bool = False) -> Callable[[Moments], Column | None]:
    def of(moments: Moments) -> Column | None:
        laid = moments.laid(track, column, but_cuts=but_cuts)
        return None if laid is None else (laid[0][:, 0], laid[1])

    return of


def _spans(track: str, *labels: str) -> Callable[[Moments], Column | None]:
    return lambda moments: moments.covered(track, *labels)


def _camera(which: str) -> Callable[[Moments], Column | None]:
    """Motion of the whole picture, widths (or doublings) a second."""

    def of(moments: Moments) -> Column | None:
        raw = moments.raw("camera", "dx", "dy", "zoom", "sure", but_cuts=True)
        if raw is None or not len(raw[0]):
            return None
        begin, end, values = raw
        rate = 1 / np.maximum(end - begin, 1e-3)
        moves = values[:, :3] * rate[:, None]
        if which == "shake":
            # What is left when the motion of a quarter of a second is taken off.
            size = max(3, round(0.25 / float(np.median(end - begin))) | 1)
            moves = moves - uniform_filter1d(moves, size, axis=0, mode="nearest")
            laid, covered = means(moments.edges, begin, end, (moves[:, :2] ** 2).sum(axis=1, keepdims=True))
            return np.sqrt(np.maximum(laid[:, 0], 0.0)), covered > 0
        # Signed means: a pan goes one way, a tremble to and fro.
        laid, covered = means(moments.edges, begin, end, moves)
        at = {"pan": 0, "tilt": 1, "zoom": 2}
        if which in at:
            return np.abs(laid[:, at[which]]), covered > 0
        return np.hypot(laid[:, 0], laid[:, 1]) + np.abs(laid[:, 2]), covered > 0

    return of


def _flash(moments: Moments) -> Column | None:
    """How far the light leaps above what is just before and just after."""
    raw = moments.raw("light", "mean")
    if raw is None or not len(raw[0]):
        return None
    begin, end, values = raw
    light = values[:, 0]
    size = max(2, round(_FLASH / float(np.median(end - begin))))
    from scipy.ndimage import percentile_filter

    # The upper quarter of the half second before, and of the one after: a flash lasts less than that.
    before = percentile_filter(light, 75, size=size, origin=(size - 1) // 2, mode="nearest")
    after = percentile_filter(light, 75, size=size, origin=-(size // 2), mode="nearest")
    leap = np.maximum(light - np.maximum(before, after), 0.0)
    at = np.clip((begin * RATE).astype(int), 0, len(moments) - 1)
    most = np.zeros(len(moments))
    np.maximum.at(most, at, leap)
    return most, np.ones(len(moments), dtype=np.bool_)


def _shot_length(moments: Moments) -> Column | None:
    begin, end = shot_seconds(moments.edition.tracks)
    if not len(begin):
        return None
    laid, covered = means(moments.edges, begin, end, (end - begin)[:, None])
    return laid[:, 0], covered > 0


def _shot_ratio(moments: Moments) -> Column | None:
    lengths = moments.column("shot length")
    begin, end = shot_seconds(moments.edition.tracks)
    if lengths is None or len(begin) < 4:
        return None
    return lengths[0] / max(float(np.median(end - begin)), 1e-6), lengths[1]


def _above(moments: Moments) -> Column | None:
    figures = moments.edition.tracks.get("loudness_figures")
    integrated = getattr(figures, "values", {}).get("integrated")
    laid = moments.laid("loudness", "momentary", "short_term")
    if laid is None or integrated is None:
        return None
    # Whichever is nearer to the middle: neither one beat nor the three seconds about a moment make it loud.
    return laid[0].max(axis=1) - integrated, laid[1]


def _talk(moments: Moments) -> Column | None:
    lines = moments.edition.tracks.get("lines")
    if isinstance(lines, Spans) and len(lines):
        covered = share(moments.edges, lines.begin_seconds(), lines.end_seconds())
        return uniform_filter1d(covered, _TALK, mode="constant"), np.ones(len(moments), dtype=np.bool_)
    speech = _plain("sound_kinds", "speech")(moments)
    return None if speech is None else (uniform_filter1d(speech[0], _TALK, mode="nearest"), speech[1])


def _low(moments: Moments) -> Column | None:
    laid = moments.laid("spectrum", "sub", "bass", "low_mid", "mid", "high_mid", "presence", "air")
    if laid is None:
        return None
    power = 10 ** (laid[0] / 10)
    total = power.sum(axis=1)
    heard = laid[1] & (total > 1e-6)
    return np.where(heard, power[:, :2].sum(axis=1) / np.maximum(total, 1e-12), 0.0), heard


def _centre(moments: Moments) -> Column | None:
    laid = moments.laid("spectrum", "centroid", "low_mid", "mid", "high_mid")
    if laid is None:
        return None
    heard = laid[1] & (laid[0][:, 1:].max(axis=1) > -60)
    return np.where(heard, laid[0][:, 0], 0.0), heard


def _grey(moments: Moments) -> Column | None:
    black, greys = moments.column("share:black"), moments.column("share:" + ",".join(GREYS[1:]))
    if black is None or greys is None:
        return None
    seen = 1 - black[0]
    known = greys[1] & (seen > 0.08)
    return np.where(known, greys[0] / np.maximum(seen, 1e-6), 0.0), known


def _coloured(moments: Moments) -> Column | None:
    return moments.column("share:" + ",".join(f"{light} {h} vivid" for light in ("dark", "mid", "light") for h in HUES))


def _onsets(moments: Moments) -> Column | None:
    events = moments.edition.tracks.get("sforzandi")
    if not isinstance(events, Events):
        return None
    at = events.seconds(moments.times)
    return moments._any(at, at + 0.5), np.ones(len(moments), dtype=np.bool_)


def _part(moments: Moments) -> Column | None:
    at = moments.seconds / max(moments.length, 1e-9)
    return at, np.ones(len(moments), dtype=np.bool_)


COLUMNS: dict[str, Measured] = {
    "light": Measured("mean luma of the picture, 0 black to 1 white", "", _plain("light", "mean")),
    "contrast": Measured("spread of luma within the picture", "", _plain("light", "spread")),
    "warmth": Measured("Oklab b of the mean colour: above 0 yellow, below blue", "", _plain("colour", "b")),
    "grey share": Measured("share of what is not black that has no colour", "", _grey),
    "vivid share": Measured("share of the picture in vivid colours", "", _coloured),
    "activity": Measured("visual activity, 1 - r from frame to frame", "", _plain("activity", "value", True)),
    "pan": Measured("how fast the picture goes sideways", "widths/s", _camera("pan")),
    "tilt": Measured("how fast the picture goes up or down", "widths/s", _camera("tilt")),
    "zoom": Measured("how fast the picture grows or shrinks", "log/s", _camera("zoom")),
    "shake": Measured("how much the picture trembles", "widths/s", _camera("shake")),
    "camera": Measured("how fast the whole picture moves, in any way", "widths/s", _camera("all")),
    "flash": Measured("leap of the light above the half seconds before and after", "", _flash),
    "cuts": Measured("a cut", "", _spans("boundaries", "cut")),
    "dissolves": Measured("a dissolve", "", _spans("boundaries", "dissolve")),
    "fades": Measured("a fade", "", _spans("boundaries", "fade_in", "fade_out", "fade_through_black")),
    "wipes": Measured("a wipe", "", _spans("boundaries", "wipe")),
    "shot length": Measured("length of the shot that is on", "s", _shot_length),
    "shot ratio": Measured("length of the shot by the film's median shot", "x", _shot_ratio),
    "tempo": Measured("tempo of cutting and motion", "", _plain("tempo", "value")),
    "articulation": Measured("0 legato to 1 staccato", "", _plain("articulation", "value")),
    "heartbeat": Measured("a pulse like a heartbeat", "", _spans("pulse_stretches", "like a heartbeat")),
    "pulse": Measured("a pulse", "", _spans("pulse_stretches")),
    "loudness": Measured("loudness above that of the whole film", "LU", _above),
    "level": Measured("momentary loudness", "LUFS", _plain("loudness", "momentary")),
    "sforzandi": Measured("a sudden loud moment", "", _onsets),
    "speech": Measured("speech, as guessed by ear", "", _plain("sound_kinds", "speech")),
    "music": Measured("music, as guessed by ear", "", _plain("sound_kinds", "music")),
    "effects": Measured("effects and noises, as guessed by ear", "", _plain("sound_kinds", "effects")),
    "pace": Measured("words a minute, over half a minute", "words/min", _plain("pace", "value")),
    "talk": Measured("how much of five seconds is talk: by the lines, else by ear", "", _talk),
    "low share": Measured("share of the sound's power below 250 Hz", "", _low),
    "centre": Measured("centre of the sound's spectrum", "Hz", _centre),
    "part": Measured("how far into the film, 0 to 1", "", _part),
}
