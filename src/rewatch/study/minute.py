"""One minute of a film: its shots, its lines, its figures, and what stands out against the rest.

Minute n is the nth of the clock: minute 1 runs from 0:00 to 1:00. A film's last minute is as long as it is; figures
that are counts are given by the minute, so that it compares. A minute stands out by rank among the film's minutes
(those of at least 20 s): the most, the least, or among the outer twentieth, and further from their median than the
quartiles lie apart. No threshold but the film itself.

Contents
    minute, Minute   one minute
    minutes_in       how many a film has
    minute_table     the figures of all minutes, one array each
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from rewatch.clock import FrameTimes, lasting, timecode
from rewatch.errors import NotMeasured
from rewatch.library.edition import Edition
from rewatch.track import Curve, Spans

Floats = npt.NDArray[np.float64]
Mean = Callable[[Floats], Any]

LENGTH = 60.0
_SHORTEST = 20.0
"""Seconds: a last minute shorter than this is not ranked."""
_OUTER = 0.05
_FEWEST = 4
"""Minutes a film must have for one of them to stand out."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure that every minute has: its name, unit, and how one says that it is the most or the least."""

    name: str
    unit: str
    most: str
    least: str
    digits: int = 1


MEASURES: tuple[Measure, ...] = (
    Measure("cuts", "/min", "the most cuts", "the fewest cuts", 0),
    Measure("motion", "", "the most motion", "the stillest", 3),
    Measure("loudness", "LUFS", "the loudest", "the quietest"),
    Measure("light", "", "the brightest", "the darkest", 2),
    Measure("words", "/min", "the most words", "the fewest words", 0),
    Measure("speech", "", "the most speech", "the least speech", 2),
    Measure("music", "", "the most music", "the least music", 2),
)


@dataclass(frozen=True, slots=True)
class MinuteFigure:
    """value of this minute; rank from 1 = most, of `of` minutes ranked.

    median, spread: of the film's minutes; the spread is what lies between the quartiles
    """

    value: float
    unit: str
    median: float
    spread: float
    rank: int
    of: int


@dataclass(frozen=True, slots=True)
class ShotInMinute:
    """index (from 1) and frames of the whole shot (None in a film without frames); begin, end in seconds, whole as
    well; by_hand: whether a person said that it begins there."""

    index: int
    first_frame: int | None
    last_frame: int | None
    begin: float
    end: float
    transition: str
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class LineInMinute:
    begin: float
    end: float
    text: str
    speaker: str


@dataclass(frozen=True, slots=True)
class Minute:
    """What happens in minute `number`, seconds [begin, end)."""

    number: int
    begin: float
    end: float
    shots: list[ShotInMinute] = field(default_factory=list)
    lines: list[LineInMinute] = field(default_factory=list)
    figures: dict[str, MinuteFigure] = field(default_factory=dict)
    stands_out: list[str] = field(default_factory=list)


def minute(edition: Edition, number: int) -> Minute:
    """Minute `number` of a film, from 1. NotMeasured where the film has no such minute."""
    edges = _edges(edition.duration)
    count = minutes_in(edition)
    if not 1 <= number <= count:
        has = "minute 1 alone" if count == 1 else f"minutes 1 to {count}"
        raise NotMeasured(f"{edition.name} has no minute {number}: it has {has}")
    begin, end = float(edges[number - 1]), float(edges[number])
    table = minute_table(edition)
    ranked = np.diff(edges) >= min(_SHORTEST, edition.duration)
    figures = {m.name: _figure(m, table[m.name], number - 1, ranked) for m in MEASURES if m.name in table}
    shots = _shots(edition, begin, end)
    found = Minute(number, begin, end, shots, _lines(edition, begin, end), figures)
    found.stands_out.extend(_stands_out(edition, found, bool(ranked[number - 1])))
    return found


def minutes_in(edition: Edition) -> int:
    """How many minutes a film has: one at least."""
    return len(_edges(edition.duration)) - 1


def _edges(duration: float) -> Floats:
    # A remainder under a tenth of a second is the rounding of a container, not a minute.
    full = int(duration // LENGTH)
    edges: Floats = np.arange(full + 1, dtype=np.float64) * LENGTH
    return np.append(edges, duration) if duration - full * LENGTH > 0.1 or not full else edges


def minute_table(edition: Edition) -> dict[str, Floats]:
    """The measures of each minute that this film has: name -> (minutes,). Counts are by the minute."""
    edges = _edges(edition.duration)
    lengths = np.diff(edges) / LENGTH
    tracks = edition.tracks
    times = edition.times
    table: dict[str, Floats] = {}
    shots = _laid_shots(edition)
    if shots is not None:
        cuts = shots.begin_seconds(times)[1:]
        table["cuts"] = np.histogram(cuts, edges)[0] / lengths
    if "activity" in tracks and times is not None:
        # The median passes the cuts' own jumps by.
        table["motion"] = _by_minute(edition.curve("activity"), None, edges, times, np.median)
    if "light" in tracks and times is not None:
        table["light"] = _by_minute(edition.curve("light"), "mean", edges, times, np.mean)
    if "loudness" in tracks:
        table["loudness"] = _by_minute(edition.curve("loudness"), "momentary", edges, None, _energy_mean, -70.0)
    if "sound_kinds" in tracks:
        for kind in ("speech", "music"):
            table[kind] = _by_minute(edition.curve("sound_kinds"), kind, edges, None, np.mean)
    if "lines" in tracks:
        from rewatch.words.lines import count_words

        lines = edition.spans("lines")
        words = [count_words(text) for text in lines.label]
        middle = (lines.begin_seconds() + lines.end_seconds()) / 2
        table["words"] = np.histogram(middle, edges, weights=words)[0] / lengths
    return table


def _energy_mean(loudness: Floats) -> float:
    return float(10 * np.log10(np.mean(10 ** (loudness / 10))))


def _by_minute(
    curve: Curve, column: str | None, edges: Floats, times: FrameTimes | None, of: Mean, empty: float = 0.0
) -> Floats:
    """One value a minute: `of` over the curve's entries that fall in it."""
    values = np.asarray(curve.column(column), dtype=np.float64)
    at = curve.seconds(times)
    bounds = np.searchsorted(at, edges)
    return np.array([float(of(values[a:b])) if b > a else empty for a, b in itertools.pairwise(bounds)])


def _figure(measure: Measure, values: Floats, index: int, ranked: npt.NDArray[np.bool_]) -> MinuteFigure:
    among = values[ranked] if ranked.any() else values
    value = float(values[index])
    rank = 1 + int((among > value).sum())
    low, median, high = (float(q) for q in np.quantile(among, [0.25, 0.5, 0.75]))
    return MinuteFigure(value, measure.unit, median, high - low, rank, len(among))


def _laid_shots(edition: Edition) -> Spans | None:
    """The shots, where there are any that can be laid along the clock: in frames whose times are known, or in ticks of
    an even clock, as those of a film are that is known only by a list."""
    if "shots" not in edition.tracks:
        return None
    shots = edition.spans("shots")
    return shots if len(shots) and (edition.times is not None or not shots.clock.counts_frames) else None


def _shots(edition: Edition, begin: float, end: float) -> list[ShotInMinute]:
    times, shots = edition.times, _laid_shots(edition)
    if shots is None:
        return []
    on_frames, said = shots.clock.counts_frames, shots.columns.get("by_hand")
    starts, ends = shots.begin_seconds(times), shots.end_seconds(times)
    inside = np.flatnonzero((starts < end) & (ends > begin))
    return [
        ShotInMinute(
            i + 1,
            int(shots.begin[i]) if on_frames else None,
            int(shots.end[i]) - 1 if on_frames else None,
            float(starts[i]),
            float(ends[i]),
            str(shots.label[i]),
            bool(said[i]) if said is not None else False,
        )
        for i in inside.tolist()
    ]


def _lines(edition: Edition, begin: float, end: float) -> list[LineInMinute]:
    if "lines" not in edition.tracks:
        return []
    lines = edition.spans("lines")
    starts, ends = lines.begin_seconds(), lines.end_seconds()
    speakers = lines.columns.get("speaker", [""] * len(lines))
    inside = np.flatnonzero((starts < end) & (ends > begin))
    return [
        LineInMinute(float(starts[i]), float(ends[i]), str(lines.label[i]), str(speakers[i])) for i in inside.tolist()
    ]


def _stands_out(edition: Edition, found: Minute, ranked: bool) -> list[str]:
    said: list[str] = []
    length = found.end - found.begin
    if len(found.shots) == 1 and length > _SHORTEST:
        shot = found.shots[0]
        said.append(f"one shot holds through the whole minute ({shot.end - shot.begin:.0f} s long in all)")
    if ranked:
        said += [line for m in MEASURES if m.name in found.figures for line in _rank_line(m, found.figures[m.name])]
    if found.begin > 0 or found.end < edition.duration:
        said += _extreme_shots(edition, found)
    return said


def _rank_line(measure: Measure, figure: MinuteFigure) -> list[str]:
    if figure.of < _FEWEST or not abs(figure.value - figure.median) > figure.spread:
        return []
    outer = max(1, int(figure.of * _OUTER))
    from_below = figure.of + 1 - figure.rank
    if figure.rank <= outer and figure.value > figure.median:
        place, phrase = figure.rank, measure.most
    elif from_below <= outer and figure.value < figure.median:
        place, phrase = from_below, measure.least
    else:
        return []
    ordinal = "" if place == 1 else f" but {place - 1}"
    unit = f" {measure.unit}" if measure.unit and not measure.unit.startswith("/") else measure.unit
    value, median = (f"{x:.{measure.digits}f}" for x in (figure.value, figure.median))
    return [f"{phrase} of all {figure.of} minutes{ordinal}: {value}{unit} (median {median})"]


def _extreme_shots(edition: Edition, found: Minute) -> list[str]:
    times, shots = edition.times, _laid_shots(edition)
    if shots is None or not found.shots:
        return []
    lengths = shots.end_seconds(times) - shots.begin_seconds(times)
    if len(lengths) < _FEWEST:
        return []
    said = []
    for index, what in ((int(lengths.argmax()), "longest"), (int(lengths.argmin()), "shortest")):
        if found.shots[0].index <= index + 1 <= found.shots[-1].index:
            at = timecode(float(shots.begin_seconds(times)[index]), 1)
            said.append(f"the film's {what} shot is here: {lasting(float(lengths[index]))} from {at}")
    return said
