"""Drawing on a terminal: a film as a few lines of text.

Contents
    sparkline      values -> eight heights of block
    barcode_line   colours -> a strip of coloured cells
    minute_strip   a stretch of a film: its colours, cuts, motion, loudness, lines
    score_strip    the same for the whole film
    headline       a film in one line
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from rewatch.clock import timecode
from rewatch.exports.reduce import Floats, max_rows, mean_rows
from rewatch.exports.study_view import Study, curve, figure, glanced, seconds_between, spans
from rewatch.images.colour import linear_to_srgb8, oklab_to_linear, srgb8_to_linear

if TYPE_CHECKING:
    from rich.text import Text

BLOCKS = "▁▂▃▄▅▆▇█"
CROWDED = 1.2
"""Cuts a cell from which on they are drawn by their number."""
STIRS = 0.004
"""Activity that is drawn to the full height at most: of a still, the coding alone is what moves."""
WIDE = 5.0
"""Seconds of a cell from which on lines are drawn by the share of it that they take."""


def sparkline(
    values: npt.ArrayLike,
    width: int,
    *,
    low: float | None = None,
    high: float | None = None,
    keep: Literal["max", "mean"] = "max",
) -> str:
    """Values as a line of `width` blocks.

    low, high: values of the lowest and the highest block; those of the data where not given. All values equal:
               lowest blocks. No values: spaces
    keep:      what a block shows of its share: the greatest, so that no attack is lost, or the mean

    >>> sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8)
    '▁▂▃▄▅▆▇█'
    """
    found = np.asarray(values, dtype=np.float64).ravel()
    if width <= 0:
        return ""
    if not len(found):
        return " " * width
    shown = max_rows(found, width) if keep == "max" else mean_rows(found, width)
    floor = float(found.min()) if low is None else low
    ceiling = float(found.max()) if high is None else high
    if ceiling <= floor:
        return BLOCKS[0] * width
    step = np.floor((shown - floor) / (ceiling - floor) * len(BLOCKS))
    return "".join(BLOCKS[i] for i in np.clip(step, 0, len(BLOCKS) - 1).astype(int))


def barcode_line(colours: npt.ArrayLike, width: int) -> Text:
    """A strip of `width` coloured cells: each the mean (of light, not of code values) of its share.

    colours: (n, 3) sRGB 0..255, in order of time
    """
    from rich.color import Color
    from rich.style import Style
    from rich.text import Text

    strip = Text(no_wrap=True, end="")
    rows = np.asarray(colours)
    if width <= 0 or not len(rows):
        return strip
    for r, g, b in linear_to_srgb8(mean_rows(srgb8_to_linear(rows), width)).tolist():
        strip.append(" ", Style(bgcolor=Color.from_rgb(r, g, b)))
    return strip


def _between(seconds: Floats, begin: float, end: float) -> slice:
    first, last = np.searchsorted(seconds, [begin, end])
    return slice(int(first), max(int(last), int(first) + (first < len(seconds))))


def _colours(study: Study, begin: float, end: float) -> npt.NDArray[Any] | None:
    found = curve(study, "barcode")
    if found is not None and found.values.shape[-1] % 3 == 0:
        rows = found.values[_between(found.seconds(study.times), begin, end)].reshape(-1, found.values.shape[1] // 3, 3)
        return linear_to_srgb8(srgb8_to_linear(rows).mean(axis=1)) if len(rows) else None
    found = curve(study, "colour")
    if found is None or found.values.shape[-1] != 3:
        return None
    return linear_to_srgb8(oklab_to_linear(found.values[_between(found.seconds(study.times), begin, end)]))


def _curve_line(study: Study, name: str, begin: float, end: float, width: int, low: float | None = None) -> str | None:
    found = curve(study, name)
    if found is None:
        return None
    values = np.asarray(found.values, dtype=np.float64).reshape(len(found), -1)[:, 0]
    if name == "loudness":
        values = 2 ** (values / 10)  # as loud as it is to the ear: ten LU are twice as loud
    floor = float(np.percentile(values, 1)) if low is None else low
    part = values[_between(found.seconds(study.times), begin, end)]
    # The whole film is scaled as its blocks will show it: the mean of many frames never reaches their peaks.
    shown = mean_rows(values, max(1, round(width * len(values) / max(len(part), 1))))
    ceiling = float(np.percentile(shown, 99.5))
    if name == "loudness":
        ceiling = max(ceiling, 2.0**-5)  # -50 LUFS: silence throughout is not as loud as it gets
    if name == "activity":
        ceiling = max(ceiling, STIRS)
    return sparkline(part, width, low=floor, high=max(ceiling, floor + 1e-9), keep="mean")


def _per_cell(at: Floats, begin: float, end: float, width: int) -> npt.NDArray[np.int64]:
    """How many instants fall into each of `width` cells."""
    inside = at[(at >= begin) & (at < end)]
    cells = ((inside - begin) / (end - begin) * width).astype(np.int64)
    return np.bincount(np.minimum(cells, width - 1), minlength=width)


def minute_strip(study: Study, begin: float, end: float, width: int) -> list[Text]:
    """A stretch of a film in rows of text `width` wide: colour, cuts, motion, loudness, lines; what it has of them.

    Heights are those of the whole film, so that a quiet minute looks quiet.
    """
    from rich.text import Text

    label = 10
    room = max(width - label, 1)
    rows: list[Text] = []

    def add(name: str, drawn: str | Text, style: str) -> None:
        row = Text(no_wrap=True)
        row.append(f"{name:<{label}}", "dim")
        row.append_text(Text(drawn, style) if isinstance(drawn, str) else drawn)
        rows.append(row)

    if end <= begin:
        return rows
    colours = _colours(study, begin, end)
    if colours is not None and len(colours):
        add("colour", barcode_line(colours, room), "")
    shots = spans(study, "shots")
    if shots is not None and len(shots):
        add("cuts", _cuts_line(_per_cell(seconds_between(study, shots)[0][1:], begin, end, room)), "")
    for name, track, low, style in (
        ("tempo", "tempo", None, "yellow"),
        ("motion", "activity", 0.0, "cyan"),
        ("loudness", "loudness", 0.0, "red"),
    ):
        drawn = _curve_line(study, track, begin, end, room, low)
        if drawn is not None:
            add(name, drawn, style)
    lines = spans(study, "lines")
    if lines is not None and len(lines):
        add("lines", _lines_line(*seconds_between(study, lines), np.linspace(begin, end, room + 1)), "green")
    return rows


def _cuts_line(counts: npt.NDArray[np.int64]) -> str:
    """Cuts a cell: each a stroke; in a long film, where most cells have several, how many as heights."""
    if float(counts.mean()) < CROWDED:
        return "".join("·│┃█"[min(int(n), 3)] for n in counts)
    heights = sparkline(counts, len(counts), low=0, high=float(np.percentile(counts, 99)) + 1)
    return "".join(block if n else "·" for block, n in zip(heights, counts, strict=True))


def _lines_line(first: Floats, last: Floats, edges: Floats) -> str:
    """Where lines stand; where a cell is wide enough to hold several, how much of it they take as heights."""
    if float(edges[1] - edges[0]) < WIDE:
        heard = [bool(((first < b) & (last > a)).any()) for a, b in itertools.pairwise(edges)]
        return "".join("▬" if h else " " for h in heard)
    order = np.argsort(first, kind="stable")
    first, last = first[order], last[order]
    # Two who speak at once fill the time once.
    begin = np.maximum(first, np.maximum.accumulate(np.concatenate(([0.0], last[:-1]))))
    spoken = np.concatenate(([0.0], np.cumsum(np.maximum(last - begin, 0.0))))
    ends = np.ravel(np.column_stack((begin, np.maximum(last, begin))))
    filled = np.interp(edges, ends, np.ravel(np.column_stack((spoken[:-1], spoken[1:]))))
    shares = np.diff(filled) / np.diff(edges)
    heights = sparkline(shares, len(shares), low=0.0, high=1.0)
    return "".join(block if share > 0.01 else " " for block, share in zip(heights, shares, strict=True))


def score_strip(study: Study, width: int) -> list[Text]:
    """The whole film in rows of text, and the clock below them."""
    from rich.text import Text

    rows = minute_strip(study, 0.0, study.duration, width)
    if rows:
        room = max(width - 10, 1)
        axis = [" "] * room
        for share in (0, 0.25, 0.5, 0.75):
            stamp = timecode(study.duration * share, 0 if study.duration >= 10 else 1)
            at = round(share * room)
            axis[at : at + len(stamp)] = stamp
        rows.append(Text(" " * 10 + "".join(axis[:room]), "dim", no_wrap=True))
    return rows


def headline(study: Study) -> str:
    """A film in one line: ``Heat (1995): 2:50:16, 2190 shots of 4.7 s on average, -24.1 LUFS, 49 words a minute``."""
    name = f"{study.title} ({study.year})" if study.year else study.title
    parts = [timecode(study.duration)]
    shots, average = figure(study, "cutting", "shots"), figure(study, "cutting", "asl")
    if not shots or average is None:
        parts.append("no picture" if study.facts.picture is None and not study.facts.listed else "no shots")
    elif shots == 1:
        parts.append("one shot")
    else:
        parts.append(f"{shots} shots of {average:.1f} s on average")
    integrated = figure(study, "loudness_figures", "integrated")
    if integrated is not None:
        parts.append(f"{integrated:.1f} LUFS")
    elif study.facts.listed:
        # The film has a sound, and a picture; what is known of it is a list.
        parts.append(f"known by a {study.facts.container}")
    elif study.facts.sound is None:
        parts.append("no sound")
    pace = figure(study, "dialogue_figures", "words_per_minute")
    if pace is not None:
        parts.append(f"{pace:.0f} words a minute")
    if glanced(study):
        parts.append("glanced at")
    return f"{' '.join(name.split())}: {', '.join(parts)}"
