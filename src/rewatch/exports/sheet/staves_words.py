"""The stave of the words: lines of dialogue, sung below the music where there is room for their text."""

from __future__ import annotations

import numpy as np

from rewatch.exports.reduce import Floats
from rewatch.exports.sheet.layout import Box
from rewatch.exports.sheet.pen import Pen
from rewatch.exports.sheet.staves import FINE, Stave, drawn, first_column
from rewatch.exports.study_view import Study, curve, seconds_between, spans


class Words(Stave):
    """Every line of dialogue a tooth of a comb, the longer the more words; their pace rises above it.

    Where a line's text fits between it and the next, it is written below it, as under a song.
    """

    name, short, weight = "Words", "Wds.", 1.3

    LYRICS = 5.6
    """Points."""

    def __init__(self, begin: Floats, end: Floats, text: list[str], pace: tuple[Floats, Floats] | None) -> None:
        self.begin, self.end, self.pace = begin, end, pace
        self.text = [" ".join(t.split()) for t in text]
        self.words = np.array([len(t.split()) for t in text], dtype=np.float64)
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
        )

    @property
    def about(self) -> str:
        text = "Each line a tooth: the longer, the more words."
        return f"{text} Above it their pace, up to {self.top:.0f} words a minute." if self.pace else text

    def draw(self, pen: Pen, box: Box) -> None:
        ink = pen.ink
        shows = np.flatnonzero(box.within(self.begin, self.end))
        left, right = box.x(self.begin[shows]), box.x(self.end[shows])
        sung = len(shows) > 0 and box.height > 12 and float(np.median(right - left)) > 9
        rule = box.top + box.height * (0.5 if self.pace else 0.05)
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
        deep = 0.5 + 1.0 * np.clip(self.words[shows] / self.most, 0, 1)
        pen.boxes(left, np.full_like(left, rule), np.maximum(left + 0.4, right - 0.3), rule + deep, pen.ink.words)
        lines = int((box.bottom - rule - 2.2) / 2.3)
        for i, line in enumerate(shows):
            if self.begin[line] < box.begin:
                continue
            room = (float(left[i + 1]) if i + 1 < len(left) else box.right) - float(left[i]) - 1.2
            room = min(room, max(float(right[i] - left[i]) * 1.4, 16))
            if room < 7:
                continue
            broken = pen.wrapped(self.text[line], self.LYRICS, room, "italic")
            for j, words in enumerate(broken[:lines]):
                more = j == lines - 1 and len(broken) > lines
                shown = pen.fitting(f"{words} …" if more else words, self.LYRICS, self.LYRICS, room, "italic")[0]
                pen.text(float(left[i]), rule + 3.9 + j * 2.3, shown, self.LYRICS, style="italic", colour=pen.ink.soft)
