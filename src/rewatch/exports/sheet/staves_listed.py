"""The stave of what somebody wrote down of a film: its places, its scenes, its music, whatever a list has."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rewatch.exports.reduce import Floats
from rewatch.exports.sheet.layout import Box
from rewatch.exports.sheet.pen import Pen
from rewatch.exports.sheet.staves import Stave
from rewatch.exports.study_view import Study, seconds_between, spans

ROWS = ("locations", "scenes", "music")
"""The tracks that have a row where a list has them, from above; then the list's own, in order of their names."""
OWN = ("tier_", "list_")
MOST = 6
"""Rows that a stave has at most."""
TINTED = 5
"""So many labels have a tint of their own: those that take most of the film."""


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of annotation: begin, end (n,) seconds, labels, and which of them stand out (None: it does not say)."""

    name: str
    begin: Floats
    end: Floats
    label: list[str]
    strong: npt.NDArray[np.bool_] | None = None

    def merged(self) -> Row:
        """Neighbours of one label as one stretch."""
        if self.strong is not None or not len(self.label):
            return self
        first = [0]
        for i in range(1, len(self.label)):
            if self.label[i] != self.label[i - 1] or self.begin[i] - self.end[i - 1] > 0.05:
                first.append(i)
        last = [*[i - 1 for i in first[1:]], len(self.label) - 1]
        return Row(self.name, self.begin[first], self.end[last], [self.label[i] for i in first])


class Listed(Stave):
    """A ribbon a kind of annotation: what takes most of the film has a tint of its own, so that one sees it return."""

    name, short, weight = "Annotated", "Ann.", 0.5
    above, below, source = 0.5, 0.3, "list"

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows
        self.weight = 0.5 * len(rows)

    @classmethod
    def of(cls, study: Study) -> Listed | None:
        if not study.facts.listed:
            return None
        own = sorted(name for name in study.tracks if name.startswith(OWN))
        rows = []
        for name in (*ROWS, *own):
            track = spans(study, name)
            # Scenes that were measured on the shots have a probability; what somebody wrote has none.
            if track is None or not len(track) or "sure" in track.columns:
                continue
            background = track.columns.get("background")
            strong = None
            if isinstance(background, np.ndarray) and background.dtype.kind in "iuf":
                strong = background == 0
            label = [" ".join(str(text).split()) for text in track.label]
            shown = name.removeprefix("tier_").removeprefix("list_").replace("_", " ")
            rows.append(Row(shown, *seconds_between(study, track), label, strong).merged())
        return cls(rows[:MOST]) if rows else None

    @property
    def about(self) -> str:
        names = ", ".join(row.name for row in self.rows)
        strong = any(row.strong is not None for row in self.rows)
        return f"As the list has it, from above: {names}." + (" Dark: in the foreground." if strong else "")

    def draw(self, pen: Pen, box: Box) -> None:
        high = box.height / len(self.rows)
        for i, row in enumerate(self.rows):
            top = box.top + i * high
            self._row(pen, box, row, top + high * 0.06, top + high * 0.94)

    def _row(self, pen: Pen, box: Box, row: Row, top: float, bottom: float) -> None:
        ink = pen.ink
        pale = (ink.tempo_pale, ink.motion_pale, ink.words_pale, ink.sound_pale, ink.edge)
        if row.strong is None:
            lasts: Counter[str] = Counter()
            for text, length in zip(row.label, (row.end - row.begin).tolist(), strict=True):
                lasts[text] += length
            most = [text for text, _ in sorted(lasts.items(), key=lambda item: (-item[1], item[0]))[:TINTED]]
            tint = dict(zip(most, pale, strict=False)) if len(lasts) > 1 else {}
            tints = [tint.get(text, ink.hair) for text in row.label]
        else:
            tints = [ink.sound_pale if strong else ink.hair for strong in row.strong.tolist()]
        shows = np.flatnonzero(box.within(row.begin, row.end))
        left, right = box.x(row.begin[shows]), box.x(row.end[shows])
        # A hair between neighbours, but never the whole of what is shown.
        right = np.maximum(right - 0.25, left + 0.2)
        for colour in dict.fromkeys(tints[i] for i in shows.tolist()):
            own = np.array([tints[i] == colour for i in shows.tolist()])
            pen.boxes(left[own], np.full(own.sum(), top), right[own], bottom, colour, alpha=0.85)
        size = min(7.6, max(5.6, (bottom - top) * 2.1))
        base = (top + bottom) / 2 + size * 0.115
        for i, a, b in zip(shows.tolist(), left.tolist(), right.tolist(), strict=True):
            if b - a < 5:
                continue
            text, fits = pen.fitting(row.label[i], size, 5.4, b - a - 1.2, "italic")
            wide = pen.width(text, fits, "italic")
            x = box.clear(a + 0.6, wide)
            if len(text) >= min(5, len(row.label[i])) and a < x and x + wide < b:
                pen.text(x, base, text, fits, style="italic")
        if bottom - top > 1.9:
            pen.text(box.right + 2.6, base, row.name, 5.8, colour=ink.soft, style="italic")
