"""Strips: each movement of a film across a page of its own, on its own scale, with stills of its shots above it.

The staves are those of the sheet; a page is as wide as A3 and half as high. Over them stand as many stills as there is
room for, each as near as may be to where its shot begins, and a hair leads down to that place. A film without movements
(or of one) is one strip.

Contents
    draw_strips   a film's strips as files
    Part          one movement: when, and what it is called
    parts_of      a film's movements
    chosen        which of many stills there is room for, and where they stand
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from rewatch.clock import timecode
from rewatch.errors import ExportError
from rewatch.exports.sheet import staves_of, suffix_of
from rewatch.exports.sheet.front import length_in_words, one_line
from rewatch.exports.sheet.ink import DAY, NIGHT, spaced
from rewatch.exports.sheet.layout import Page, System
from rewatch.exports.sheet.staves import Stave
from rewatch.exports.study_view import KeyFigure, Study, curve, events, figure, movements, seconds_between, spans
from rewatch.exports.whole import whole
from rewatch.library.edition import Edition

if TYPE_CHECKING:
    from rewatch.exports.sheet.pen import Pen

WIDTH, HEAD, FOOT = 420.0, 34.0, 14.0
MUSIC = 145.0
"""Height of the staves, mm."""
STILL, APART, LEAD = 34.0, 2.0, 7.0
"""Width of a still at most; from one to the next; height of the hairs below them, mm."""
HIGHEST = 30.0
DOTS = 8.0
"""Pixels a millimetre of a still."""


@dataclass(frozen=True, slots=True)
class Part:
    """A movement: its seconds, its number ("II.") and what it is called; "" where it has neither."""

    begin: float
    end: float
    number: str = ""
    name: str = ""


def parts_of(study: Study) -> list[Part]:
    """The film's movements in order; the whole film as one where it has none."""
    found = movements(study)
    if not found:
        return [Part(0.0, study.duration)]
    ends = [*[second for second, _ in found[1:]], study.duration]
    parts = []
    for (begin, text), end in zip(found, ends, strict=True):
        number, _, name = text.partition(" ")
        if end > begin:
            parts.append(Part(begin, end, number, name))
    return parts


def draw_strips(study: Study, path: Path, *, dark: bool = False) -> list[Path]:
    """Draw a film's strips: SVG and PNG as NAME-1.svg, NAME-2.svg ..., PDF as one document of as many pages.

    Gives what was written. Raises ExportError for another ending, for a film of no length, and where a file cannot be
    written.
    """
    suffix = suffix_of(path)
    drawn = strips_bytes(study, suffix, dark=dark)
    written = []
    for i, data in enumerate(drawn, 1):
        target = path if len(drawn) == 1 else path.with_name(f"{path.stem}-{i}{path.suffix}")
        with whole(target) as part:
            part.write_bytes(data)
        written.append(target)
    return written


def strips_bytes(study: Study, suffix: str, *, dark: bool = False) -> list[bytes]:
    """The strips as the bytes of files: one a movement, or one PDF of them all."""
    if not study.duration > 0:
        raise ExportError(f"{study.title}: a film of no length has no strips")
    from rewatch.exports.sheet.paper import pages_bytes

    staves = [stave for stave in staves_of(study).values() if stave is not None]
    stills = _stills(study)
    pages = []
    for part in parts_of(study):
        strip = _Strip(study, part, staves, stills)
        pages.append((strip.page, strip.draw))
    return pages_bytes(pages, NIGHT if dark else DAY, suffix, one_line(study.title))


def _stills(study: Study) -> dict[int, Path]:
    """Shot -> its still, where the library keeps some of this film."""
    track = events(study, "stills")
    if track is None or not isinstance(study, Edition):
        return {}
    folder = study.kept("stills")
    shots = np.asarray(track.columns["shot"], dtype=np.int64).tolist()
    return {shot: folder / str(name) for shot, name in zip(shots, track.columns["file"], strict=True)}


def chosen(at: Sequence[float], wide: float, left: float, right: float) -> list[tuple[int, float]]:
    """Which of pictures that belong at `at` (mm, increasing) there is room for, and the left edge of each, in order.

    The picture that leaves the least room to its neighbours goes first, until the rest fits; then each is moved just as
    far from its place as it must be.

    >>> chosen([0.0, 1.0, 50.0], 20.0, 0.0, 100.0)
    [(0, 0.0), (2, 50.0)]
    """
    most = max(1, int((right - left + APART) // (wide + APART)))
    step = wide + APART
    kept: list[int] = []
    for i, x in enumerate(at):
        if not kept or x - at[kept[-1]] >= step * 0.75:
            kept.append(i)
    while len(kept) > most:
        gaps = [at[kept[k + 1]] - at[kept[k - 1]] if k + 1 < len(kept) else np.inf for k in range(1, len(kept))]
        del kept[1 + int(np.argmin(gaps))]
    edges: list[float] = []
    for i in kept:
        edges.append(max(at[i], edges[-1] + step) if edges else max(at[i], left))
    limit = right - wide
    for k in range(len(edges) - 1, -1, -1):
        edges[k] = min(edges[k], limit)
        limit = edges[k] - step
    return list(zip(kept, edges, strict=True))


class _Strip:
    """One page: title above, stills, staves."""

    def __init__(self, study: Study, part: Part, staves: Sequence[Stave], stills: Mapping[int, Path]) -> None:
        self.study, self.part, self.staves = study, part, staves
        self.seen: list[tuple[float, Path]] = []
        shots = spans(study, "shots")
        if shots is not None and stills:
            begin, end = seconds_between(study, shots)
            inside = np.flatnonzero((begin < part.end - 0.02) & (end > part.begin + 0.02)).tolist()
            self.seen = [(max(float(begin[i]), part.begin), stills[i]) for i in inside if i in stills]
        self.aspect = _aspect([path for _, path in self.seen])
        self.wide = min(STILL, HIGHEST * self.aspect)
        self.high = self.wide / self.aspect if self.seen else 0.0
        above = self.high + LEAD if self.seen else 0.0
        music = MUSIC * min(1.0, (4 + sum(stave.weight for stave in staves)) / 14)
        self.page = Page(width=WIDTH, height=HEAD + above + 11 + music + FOOT, head=HEAD + above + 11, foot=FOOT)

    def draw(self, pen: Pen, page: Page) -> None:
        from rewatch.exports.sheet.music import draw_system

        part = self.part
        system = System(
            part.begin, part.end, page.left, page.right, page.head, page.height - page.foot, True,
            part.end >= self.study.duration - 1e-6,
        )  # fmt: skip
        self._head(pen, page)
        self._stills(pen, system)
        draw_system(pen, system, self.staves, fresh=True)

    def _head(self, pen: Pen, page: Page) -> None:
        part, ink = self.part, pen.ink
        base, x = 22.0, page.left
        if part.number:
            pen.text(x, base, part.number, 22)
            x += pen.width(part.number, 22) + 4
        name, size = pen.fitting(part.name or one_line(self.study.title), 22, 13, 190, "italic")
        pen.text(x, base, name, size, style="italic")
        when = f"{timecode(part.begin)} – {timecode(part.end)}   ·   {length_in_words(part.end - part.begin)}"
        if part.number:
            when = f"{one_line(self.study.title)[:60]}   ·   {when}"
        pen.text(page.left, base + 6.5, spaced(when), 7, colour=ink.soft)
        at = page.right
        for found in reversed(figures_of(self.study, part)):
            pen.text(at, base, found.value, 13, along="right")
            pen.text(at, base + 4.5, spaced(found.label), 5.6, colour=ink.soft, along="right")
            at -= max(pen.width(found.value, 13), pen.width(spaced(found.label), 5.6)) + 8

    def _stills(self, pen: Pen, system: System) -> None:
        at = [system.x(second) for second, _ in self.seen]
        top = HEAD
        for i, left in chosen(at, self.wide, system.left, system.right) if at else ():
            picture = _picture(self.seen[i][1], round(self.wide * DOTS), round(self.high * DOTS))
            if picture is None:
                continue
            pen.picture(left, top, left + self.wide, top + self.high, picture)
            foot = top + self.high
            # Down from the still's corner, over to the shot, and down to the bar line of time.
            x, y = [left + 0.1, left + 0.1, at[i], at[i]], [foot, foot + 1.2, foot + LEAD - 2.2, foot + LEAD]
            pen.line(x, y, pen.ink.edge, 0.4)


def figures_of(study: Study, part: Part) -> list[KeyFigure]:
    """What is measured of one movement alone: its shots, their average, its loudness against the film's, its lines."""
    found: list[KeyFigure] = []
    shots = spans(study, "shots")
    if shots is not None and len(shots):
        begin, end = seconds_between(study, shots)
        inside = (begin < part.end - 0.02) & (end > part.begin + 0.02)
        if count := int(inside.sum()):
            lengths = np.minimum(end[inside], part.end) - np.maximum(begin[inside], part.begin)
            found.append(KeyFigure(str(count), "shot" if count == 1 else "shots"))
            found.append(KeyFigure(f"{lengths.mean():.1f} s", "average within"))
    loudness, integrated = curve(study, "loudness"), figure(study, "loudness_figures", "integrated")
    if loudness is not None and integrated is not None:
        values = np.asarray(loudness.values, dtype=np.float64).reshape(len(loudness), -1)[:, -1]
        seconds = loudness.seconds(study.times)
        heard = values[(seconds >= part.begin) & (seconds < part.end) & (values > -69.5)]
        if len(heard):
            # A mean of energies, as loudness is one.
            level = 10 * np.log10(np.mean(10 ** (heard / 10))) - float(integrated)
            found.append(KeyFigure(f"{level:+.1f} LU".replace("-", "−"), "against the film"))
    lines = spans(study, "lines")
    if lines is not None and len(lines):
        begin, end = seconds_between(study, lines)
        count = int(((begin >= part.begin) & (begin < part.end)).sum())
        found.append(KeyFigure(str(count), "line" if count == 1 else "lines"))
    return found


def _aspect(files: Sequence[Path]) -> float:
    from PIL import Image

    for path in files:
        try:
            with Image.open(path) as still:
                return still.width / still.height
        except OSError:
            continue
    return 16 / 9


def _picture(path: Path, wide: int, high: int) -> npt.NDArray[np.uint8] | None:
    """A still in so many pixels; None where it cannot be read any more."""
    from PIL import Image

    try:
        with Image.open(path) as still:
            still.draft("RGB", (wide, high))
            return np.asarray(still.convert("RGB").resize((wide, high), Image.Resampling.LANCZOS))
    except OSError:
        return None
