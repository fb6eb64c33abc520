"""The stave of the words: lines of dialogue, sung below the music where there is room for their text."""

from __future__ import annotations

import numpy as np

from rewatch.exports.reduce import Floats
from rewatch.exports.sheet.layout import Box
from rewatch.exports.sheet.pen import Pen
from rewatch.exports.sheet.staves import FINE, Stave, drawn, first_column
from rewatch.exports.study_view import Study, curve, seconds_between, spans
from rewatch.words.lines import count_words


class Words(Stave):
    """Every line of dialogue a tooth of a comb, the longer the more words; their pace rises above it.

    Where a line's text fits between it and the next, it is written below it, as under a song.
    """

    name, short, weight = "Words", "Wds.", 1.45
    source = "words"

    LYRICS = 5.6
    """Points."""

    def __init__(
        self,
        begin: Floats,
        end: Floats,
        text: list[str],
        pace: tuple[Floats, Floats] | None,
        speaker: list[str] | None = None,
    ) -> None:
        self.speaker = speaker or [""] * len(text)
        self.begin, self.end, self.pace = begin, end, pace
        self.text = [" ".join(t.split()) for t in text]
        self.words = np.array([count_words(t) for t in text], dtype=np.float64)
        self.most = max(float(np.percentile(self.words, 95)), 4.0)
        self.top = max(float(np.max(pace[1])), 1.0) if pace is not None else 1.0

    @classmethod
    def of(cls, study: Study) -> Words | None:
        lines = spans(study, "lines")
        if lines is None or not len(lines):
            return None
        pace = curve(study, "pace")
        return cls(
            *seconds_between(study, lines),
            list(lines.label),
            None if pace is None else (pace.seconds(study.times), first_column(pace)),
            [" ".join(str(name).split()) for name in lines.columns.get("speaker", ())],
        )

    @property
    def about(self) -> str:
        text = "Each line a tooth: the longer, the more words."
        return f"{text} Above it their pace, up to {self.top:.0f} words a minute." if self.pace else text

    def draw(self, pen: Pen, box: Box) -> None:
        ink = pen.ink
        shows = np.flatnonzero(box.within(self.begin, self.end))
        left, right = box.x(self.begin[shows]), box.x(self.end[shows])
        # A text wants some 25 mm, and five lines find room one below the other.
        sung = len(shows) > 0 and box.height > 11 and len(shows) * 25 < box.width * 3
        rule = box.top + box.height * ((0.34 if sung else 0.5) if self.pace else 0.05)
        if self.pace:
            part = drawn(*self.pace, box, FINE * 2)
            x = box.x(part.seconds)
            y = rule - np.clip(part.mean / self.top, 0, 1) * (rule - box.top)
            pen.form(x, np.full_like(x, rule), y, ink.words_pale)
            pen.line(x, y, ink.words, 0.6)
        pen.line([box.left, box.right], [rule] * 2, ink.words, 0.4, order=3.5)
        if sung:
            self._sing(pen, box, rule, shows.tolist(), left, right)
            return
        deep = (box.bottom - rule) * (0.25 + 0.75 * np.clip(self.words[shows] / self.most, 0, 1))
        pen.boxes(
            left, np.full_like(left, rule), np.maximum(left + 0.25, right - 0.15), rule + deep, ink.words, alpha=0.9
        )

    def _sing(self, pen: Pen, box: Box, rule: float, shows: list[int], left: Floats, right: Floats) -> None:
        """Lines as strokes, their texts below them in the first row that is free; those that find none are strokes."""
        few = len(shows) * 50 < box.width
        ink, size = pen.ink, self.LYRICS * (1.25 if few else 1)
        step, stroke = size * 0.44, 0.9
        pen.boxes(left, np.full_like(left, rule), np.maximum(left + 0.4, right - 0.3), rule + stroke, ink.words)
        rows = [box.left - 9.0] * int((box.bottom - rule - stroke - 0.6) / step)
        for x, line in zip(left.tolist(), shows, strict=True):
            if self.begin[line] < box.begin:
                continue
            new = self.speaker[line] and (not line or self.speaker[line] != self.speaker[line - 1])
            said = f"{self.speaker[line].title()}: {self.text[line]}" if new else self.text[line]
            text = pen.fitting(said, size, size, min(55, box.right - x), "italic")[0]
            row = next((r for r, taken in enumerate(rows) if taken + 1.5 < x), None)
            if row is None or len(text) < min(4, len(said)):
                continue
            base = rule + stroke + size * 0.4 + row * step
            pen.lines(x, rule, x, base + 0.3, ink.words, 0.3, alpha=0.6)
            wide = pen.width(text, size, "italic")
            # The leaders of lines further down pass behind it, and so do double bars.
            pen.boxes(x + 0.45, base - size * 0.31, x + 0.9 + wide, base + size * 0.09, ink.paper, order=3.7)
            pen.text(x + 0.7, base, text, size, style="italic")
            rows[row] = x + 0.7 + wide
