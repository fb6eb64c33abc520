"""Lanes: what the score on the page is drawn from, reduced to the pixels asked for.

A film's length is halved again and again: level 0 is all of it in one tile of `BINS` bins, level 1 has two tiles, and
so on down to bins shorter than a frame. A tile holds, for each lane

    curves   lowest, mean and highest value in each bin, a byte each: 0..254 over the lane's range, 255 where there is
             none. A bin between two entries holds the earlier one's value (frames) or lies between both (the rest)
    shares   how much of each bin is covered by spans (lines), or how many cuts fall in it (shots): a byte each
    spans    the stretches themselves, with their words: the longest `MOST` of a tile

so that its size is that of its bins, whatever the film. On the wire: four bytes with the length of the head (little
endian), the head as JSON, padded with blanks to a multiple of four, then the bytes of the lanes in its order.

Contents
    Lane, LANES   which lanes there are, by default and besides
    Lanes         those of one film, and their tiles
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any

import numpy as np

from rewatch.clock import FrameTimes
from rewatch.errors import NotMeasured
from rewatch.exports.study_view import by_hand
from rewatch.library.edition import Edition
from rewatch.track import Curve, Events, Spans
from rewatch.web.bins import BINS, Bins, Bytes, Floats, Source, reduced

FINEST = 1 / 400
"""Seconds: no bin need be shorter."""
MOST = 120
"""Spans of a lane that one tile holds."""
LONGEST_LABEL = 160


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane of the score.

    curve:  (track, columns) that are drawn as forms; shares: a track of spans of which the coverage is drawn
    spans:  tracks whose labels are written upon it
    low, high: the lane's range; None: the film's own
    figure: what `explain` tells of it
    by_default: whether it is there without being asked for
    """

    name: str
    title: str
    curve: tuple[str, tuple[str, ...]] | None = None
    shares: str = ""
    spans: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    unit: str = ""
    figure: str = ""
    by_default: bool = True

    @property
    def tracks(self) -> tuple[str, ...]:
        return tuple(t for t in (self.curve[0] if self.curve else "", self.shares, *self.spans) if t)


LANES: tuple[Lane, ...] = (
    Lane("movements", "Movements", spans=("movements",), figure="movements"),
    Lane("shots", "Shots", shares="shots", spans=("shots",), figure="asl"),
    Lane("motion", "Motion", ("activity", ("value",)), low=0.0, unit="1 - r", figure="activity"),
    Lane("loudness", "Loudness", ("loudness", ("momentary",)), low=-60.0, high=-4.0, unit="LUFS", figure="loudness"),
    Lane(
        "dynamics", "Dynamics", ("dynamics", ("value",)), spans=("dynamics_marks", "hairpins"), low=-30.0, high=12.0,
        unit="LU", figure="dynamics",
    ),
    Lane("articulation", "Articulation", ("articulation", ("value",)), low=0.25, high=0.75, figure="articulation"),
    Lane("tempo", "Tempo", ("tempo", ("value",)), spans=("tempo_marks",), figure="tempo"),
    Lane("pulse", "Pulse", ("pulse", ("clarity",)), spans=("pulse_stretches",), low=0.0, high=1.0, figure="pulse"),
    Lane("heard", "Heard", ("sound_kinds", ("speech", "music", "effects")), low=0.0, high=1.0, figure="sound_kinds"),
    Lane("lines", "Lines", shares="lines", spans=("lines",), figure="lines"),
    Lane("scenes", "Scenes", spans=("scenes",), figure="scenes", by_default=False),
    Lane("light", "Light", ("light", ("mean",)), low=0.0, high=1.0, figure="light", by_default=False),
    Lane("camera", "Camera rest", ("camera", ("residual",)), low=0.0, figure="camera", by_default=False),
    Lane("density", "Cuts a minute", ("cut_density", ("density",)), low=0.0, unit="cuts/min", figure="cut_density",
         by_default=False),
    Lane("momentum", "Momentum", ("momentum", ("value",)), low=0.0, figure="momentum", by_default=False),
    Lane("novelty", "Novelty", ("novelty", ("sequence",)), low=0.0, figure="novelty", by_default=False),
    Lane("pitch", "Brightness of sound", ("spectrum", ("centroid",)), low=0.0, unit="Hz", figure="spectrum",
         by_default=False),
    Lane("pace", "Words a minute", ("pace", ("value",)), low=0.0, unit="words/min", figure="pace", by_default=False),
)  # fmt: skip
"""In the order in which they stand. The barcode above them is a picture (`Lanes.barcode`), the notes below them are
the person's own."""


class Lanes:
    """The lanes of one film."""

    def __init__(self, edition: Edition, times: FrameTimes | None, duration: float) -> None:
        self._edition = edition
        self._times = times
        self.duration = duration
        self.levels = 1 + max(0, math.ceil(math.log2(max(duration, 1e-6) / BINS / FINEST)))
        self._has = lru_cache(maxsize=256)(self._look)
        self._source = lru_cache(maxsize=64)(self._make_source)
        self._stretch = lru_cache(maxsize=32)(self._make_stretch)
        self._sent = lru_cache(maxsize=160)(self._make_tile)
        self._pictures = lru_cache(maxsize=160)(self._make_barcode)

    # -- what there is ------------------------------------------------------------------------------------------

    def available(self) -> list[Lane]:
        """The lanes that this film has something for."""
        return [lane for lane in LANES if any(self._has(t) for t in lane.tracks)]

    @property
    def has_barcode(self) -> bool:
        return self._has("barcode")

    def _look(self, track: str) -> bool:
        """Whether there is anything in a track that can be laid along the clock."""
        tracks = self._edition.tracks
        if track not in tracks:
            return False
        found = tracks[track]
        clock = getattr(found, "clock", None)
        return len(found) > 0 and not (clock is not None and clock.counts_frames and self._times is None)

    def about(self, lane: Lane) -> dict[str, Any]:
        """What the page must know of a lane besides its tiles; plain JSON values."""
        about: dict[str, Any] = {
            "name": lane.name,
            "title": lane.title,
            "unit": lane.unit,
            "figure": lane.figure,
            "default": lane.by_default,
            "spans": list(lane.spans),
            "shares": bool(lane.shares),
            "columns": [],
            "glanced": next(filter(None, map(self._edition.glanced_from, lane.tracks)), ""),
        }
        if lane.curve and self._has(lane.curve[0]):
            source = self._source(lane, lane.curve[1][0])
            about |= {"columns": list(lane.curve[1]), "low": source.low, "high": source.high}
        return about

    # -- tiles --------------------------------------------------------------------------------------------------

    def tile(self, level: int, index: int, names: Iterable[str]) -> bytes:
        """One tile of the lanes named, as it goes over the wire. NotMeasured for a level or tile that is none."""
        if not (0 <= level < self.levels and 0 <= index < 2**level):
            raise NotMeasured(f"there is no tile {index} of level {level}")
        wanted = set(names)
        return self._sent(level, index, tuple(lane.name for lane in self.available() if lane.name in wanted))

    def _make_tile(self, level: int, index: int, names: tuple[str, ...]) -> bytes:
        begin, end = self._edges(level, index)
        head: dict[str, Any] = {"level": level, "tile": index, "begin": begin, "end": end, "bins": BINS, "lanes": []}
        parts: list[bytes] = []
        bins = Bins(begin, end)
        for lane in (lane for lane in LANES if lane.name in names):
            told: dict[str, Any] = {"name": lane.name, "curves": 0, "shares": False, "spans": {}}
            if lane.curve and self._has(lane.curve[0]):
                for column in lane.curve[1]:
                    parts.append(reduced(self._source(lane, column), bins).tobytes())
                    told["curves"] += 1
            if lane.shares and self._has(lane.shares):
                parts.append(self._shares(lane, begin, end).tobytes())
                told["shares"] = True
            for track in lane.spans:
                if self._has(track):
                    told["spans"][track] = self._spans(track, begin, end)
            head["lanes"].append(told)
        written = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
        written += b" " * (-len(written) % 4)
        return len(written).to_bytes(4, "little") + written + b"".join(parts)

    def barcode(self, level: int, index: int) -> bytes:
        """One tile of the barcode: a WebP of `BINS` columns, the film's bands from top to bottom."""
        if not (0 <= level < self.levels and 0 <= index < 2**level) or not self.has_barcode:
            raise NotMeasured(f"there is no barcode {index} of level {level}")
        return self._pictures(level, index)

    def _make_barcode(self, level: int, index: int) -> bytes:
        from PIL import Image

        begin, end = self._edges(level, index)
        curve = self._edition.curve("barcode")
        at = curve.seconds(self._times)
        edges = np.searchsorted(at, np.linspace(begin, end, BINS + 1))
        first = np.clip(edges[:-1], 0, len(at) - 1)
        last = np.clip(np.maximum(edges[1:], first + 1), 1, len(at))
        # One running sum over what the tile sees, not over the film.
        seen = np.asarray(curve.values[first[0] : last[-1]], dtype=np.float64)
        total = np.concatenate([np.zeros((1, seen.shape[1])), np.cumsum(seen, axis=0)])
        mean = (total[last - first[0]] - total[first - first[0]]) / (last - first)[:, None]
        if mean.max(initial=0.0) <= 1.0:
            mean = mean * 255
        rgb = np.clip(np.rint(mean), 0, 255).astype(np.uint8).reshape(BINS, -1, 3).transpose(1, 0, 2)
        out = BytesIO()
        Image.fromarray(np.ascontiguousarray(rgb)).save(out, "WEBP", quality=88, method=2)
        return out.getvalue()

    def _edges(self, level: int, index: int) -> tuple[float, float]:
        step = self.duration / 2**level
        return index * step, (index + 1) * step

    def _shares(self, lane: Lane, begin: float, end: float) -> Bytes:
        starts, ends, _ = self._stretch(lane.shares)
        width = (end - begin) / BINS
        if lane.name == "shots":
            # The first shot begins the film: that is no cut.
            count, _ = np.histogram(starts[1:], BINS, (begin, end))
            cuts: Bytes = np.minimum(count, 254).astype(np.uint8)
            return cuts
        seen = (ends > begin) & (starts < end)
        cover = np.zeros(BINS + 1)
        for s, e in zip(starts[seen].tolist(), ends[seen].tolist(), strict=True):
            # What of the span falls into its first and last bin, and all of those between.
            i, j = max(0.0, (s - begin) / width), min(float(BINS), (e - begin) / width)
            first, last = int(i), min(int(j), BINS)
            if first == last:
                cover[first] += j - i
                continue
            cover[first] += first + 1 - i
            cover[first + 1 : last] += 1
            cover[last] += j - last
        share: Bytes = np.ceil(np.minimum(cover[:BINS], 1) * 254).astype(np.uint8)
        return share

    def _spans(self, track: str, begin: float, end: float) -> list[list[Any]]:
        """[number from 0, begin, end, label, extra] of the longest spans of a track that reach into the stretch."""
        starts, ends, found = self._stretch(track)
        at = np.flatnonzero((starts < end) & (ends > begin))
        if len(at) > MOST:
            if track == "shots":
                return []  # they are drawn by their share alone; a few of many would tell wrong
            longest = np.argsort(starts[at] - ends[at], kind="stable")[:MOST]
            at = np.sort(at[longest])
        said = by_hand(found)
        extra = next((found.columns[c] for c in ("bpm", "speaker", "change") if c in found.columns), None)
        return [
            [
                int(i),
                round(float(starts[i]), 4),
                round(float(ends[i]), 4),
                f"{found.label[i]}, by hand" if said[i] else str(found.label[i])[:LONGEST_LABEL],
                _plain(None if extra is None else extra[i]),
            ]
            for i in at.tolist()
        ]

    def _make_stretch(self, track: str) -> tuple[Floats, Floats, Spans]:
        found = self._edition.spans(track)
        return found.begin_seconds(self._times), found.end_seconds(self._times), found

    def _make_source(self, lane: Lane, column: str) -> Source:
        assert lane.curve is not None
        curve: Curve = self._edition.curve(lane.curve[0])
        seconds = curve.seconds(self._times)
        values = np.asarray(curve.column(column), dtype=np.float64)
        low, high = lane.low, lane.high
        if low is None:
            low = float(values.min())
        if high is None:
            # Single leaps (a cut in the motion) may run out of the lane: the rest would lie flat otherwise.
            high = float(np.quantile(values, 0.995)) if lane.low is not None else float(values.max())
        if not high > low:
            high = low + 1.0
        total = np.concatenate([[0.0], np.cumsum(values)])
        return Source(seconds, values, total, curve.clock.counts_frames, low, high)

    # -- moments ------------------------------------------------------------------------------------------------

    def value_at(self, lane: Lane, seconds: float) -> list[float] | None:
        """The lane's values at a second, one a column; None where it has none there."""
        if not lane.curve or not self._has(lane.curve[0]):
            return None
        found = []
        for column in lane.curve[1]:
            source = self._source(lane, column)
            i = int(np.searchsorted(source.seconds, seconds + 1e-6, side="right")) - 1
            if not source.held and 0 <= i < len(source.values) - 1:
                near = seconds - source.seconds[i] > source.seconds[i + 1] - seconds
                i += int(near)
            found.append(float(source.values[min(max(i, 0), len(source.values) - 1)]))
        return found

    def events_seconds(self, track: str) -> Floats:
        """(n,) seconds of a track of events; empty where there is none."""
        if not self._has(track):
            return np.zeros(0)
        events: Events = self._edition.events(track)
        return events.seconds(self._times)

    def stretches(self, track: str) -> tuple[Floats, Floats, Spans] | None:
        """Begin and end in seconds and the spans of a track; None where the film has none."""
        return self._stretch(track) if self._has(track) else None


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    return round(value, 3) if isinstance(value, float) else value
