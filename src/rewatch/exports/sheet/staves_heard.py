"""Staves of what is heard and read: loudness with its dynamics, the kinds of sound, the words."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import numpy.typing as npt

from rewatch.exports.reduce import Floats, Reduced, reduce_curve, smooth
from rewatch.exports.sheet.layout import Box
from rewatch.exports.sheet.marks import DYNAMIC_STEPS, DYNAMICS, hairpins, terraces
from rewatch.exports.sheet.pen import Pen
from rewatch.exports.sheet.staves import FINE, Stave
from rewatch.exports.study_view import Study, curve, figures, seconds_between, spans


class Loudness(Stave):
    """Loudness as a form about its middle line: the thicker the louder; the dynamics stand below it."""

    name, short, weight = "Loudness", "Loud.", 2.3

    MARKS = 0.34
    """Share of the stave's height that is kept for dynamics."""

    def __init__(self, seconds: Floats, momentary: Floats, short_term: Floats, integrated: float | None,
                 rests: tuple[Floats, Floats] | None) -> None:  # fmt: skip
        self.seconds, self.momentary, self.short_term, self.rests = seconds, momentary, short_term, rests
        heard = momentary[momentary > -69.5]
        self.high = float(np.percentile(heard, 99.8)) if len(heard) else -10.0
        self.low = min(self.high - 20, max(-60.0, float(np.percentile(heard, 3)) - 6 if len(heard) else -60.0))
        self.integrated = integrated if integrated is not None else float(np.percentile(momentary, 70))

    @classmethod
    def of(cls, study: Study) -> Loudness | None:
        found = curve(study, "loudness")
        if found is None:
            return None
        numbers = figures(study, "loudness_figures")
        integrated = numbers.values.get("integrated") if numbers is not None else None
        silent = spans(study, "silence")
        momentary = np.asarray(found.column(found.columns[0]), dtype=np.float64)
        short = found.column("short_term") if "short_term" in found.columns else momentary
        return cls(
            found.seconds(study.times),
            momentary,
            np.asarray(short, dtype=np.float64),
            None if integrated is None else float(integrated),
            seconds_between(study, silent) if silent is not None and len(silent) else None,
        )

    @property
    def about(self) -> str:
        return (
            f"Momentary loudness, {self.low:.0f} to {self.high:.0f} LUFS: the thicker the louder. "
            "Dynamics and hairpins follow the film's own loudness."
        ).replace("-", "−")

    def thickness(self, loud: npt.ArrayLike) -> Floats:
        share: Floats = np.clip((np.asarray(loud) - self.low) / (self.high - self.low), 0, 1)
        return share

    def part(self, box: Box) -> Reduced:
        return reduce_curve(self.seconds, self.momentary, box.begin, box.end, round(box.width / FINE))

    def form(self, box: Box) -> Box:
        """Where the form stands: above the dynamics."""
        return Box(box.begin, box.end, box.left, box.right, box.top, box.bottom - self.marks_height(box))

    def marks_height(self, box: Box) -> float:
        return float(np.clip(box.height * self.MARKS, 3.0, 6.5))

    def draw(self, pen: Pen, box: Box) -> None:
        ink, form = pen.ink, self.form(box)
        part = self.part(box)
        if not len(part):
            return
        x, middle = box.x(part.seconds), (form.top + form.bottom) / 2
        half = form.height / 2
        high, mean = self.thickness(part.high) * half, self.thickness(part.mean) * half
        pen.form(x, middle + high, middle - high, ink.sound_pale)
        pen.form(x, middle + mean * 0.82, middle - mean * 0.82, ink.sound, order=2.2)
        pen.line([box.left, box.right], [middle] * 2, ink.sound, 0.35, order=2.4)
        self._rests(pen, box, middle)

    def _rests(self, pen: Pen, box: Box, middle: float) -> None:
        if self.rests is None:
            return
        begin, end = self.rests
        shows = (begin < box.end) & (end > box.begin) & ((end - begin) * box.a_second > 1.2)
        at = (box.x(begin[shows]) + box.x(end[shows])) / 2
        pen.boxes(at - 0.8, np.full_like(at, middle), at + 0.8, np.full_like(at, middle + 0.8), pen.ink.ink, order=3)

    def marks(self, a_second: float) -> tuple[list[tuple[float, str]], list[tuple[float, float, int]]]:
        """Dynamics and hairpins of the whole film at that scale: what stands below the form."""
        part = reduce_curve(self.seconds, self.short_term, self.seconds[0], self.seconds[-1], 4000)
        level = smooth(part.seconds, part.mean - self.integrated, 5 / a_second)
        grades = terraces(part.seconds, level, DYNAMIC_STEPS, 11 / a_second)
        wedges = hairpins(part.seconds, level, grades, 7 / a_second)
        return [(t, DYNAMICS[g]) for t, g in grades], wedges


class Kinds(Stave):
    """Speech, music and effects: three ribbons, the broader the surer."""

    name, short, weight = "Sounds", "Snd.", 0.9

    def __init__(self, seconds: Floats, values: npt.NDArray[np.float64], columns: tuple[str, ...]) -> None:
        self.seconds, self.values, self.columns = seconds, values, columns

    @classmethod
    def of(cls, study: Study) -> Kinds | None:
        found = curve(study, "sound_kinds")
        if found is None:
            return None
        values = np.asarray(found.values, dtype=np.float64).reshape(len(found), -1)
        return cls(found.seconds(study.times), values, found.columns)

    @property
    def about(self) -> str:
        return f"What is heard, from above: {', '.join(self.columns)}. The broader the ribbon, the surer."

    def draw(self, pen: Pen, box: Box) -> None:
        ink = pen.ink
        tints = (ink.words, ink.tempo, ink.motion, ink.sound)
        row = box.height / len(self.columns)
        for i, name in enumerate(self.columns):
            middle = box.top + (i + 0.5) * row
            part = reduce_curve(self.seconds, self.values[:, i], box.begin, box.end, round(box.width / FINE / 2))
            half = np.clip(part.mean, 0, 1) * row * 0.42
            pen.form(box.x(part.seconds), middle + half, middle - half, tints[i % len(tints)], alpha=0.75)
            pen.line([box.left, box.right], [middle] * 2, tints[i % len(tints)], 0.25, alpha=0.6)
            if row > 2.1:
                pen.text(box.right + 1.2, middle + 0.65, name, 5.5, colour=ink.soft, style="italic")


class Words(Stave):
    """Every line of dialogue a tooth of a comb, the longer the more words; the pace rises above it."""

    name, short, weight = "Words", "Wds.", 1.3

    PACE = 0.52
    """Share of the stave's height above the comb."""

    def __init__(self, begin: Floats, end: Floats, words: Floats, pace: tuple[Floats, Floats] | None) -> None:
        self.begin, self.end, self.words, self.pace = begin, end, words, pace
        self.most = max(float(np.percentile(words, 95)), 4.0) if len(words) else 4.0
        self.top = max(float(np.max(pace[1])), 1.0) if pace is not None and len(pace[1]) else 1.0

    LONGEST: ClassVar[float] = 15.0

    @classmethod
    def of(cls, study: Study) -> Words | None:
        lines = spans(study, "lines")
        if lines is None or not len(lines):
            return None
        pace = curve(study, "pace")
        words = np.array([len(text.split()) for text in lines.label], dtype=np.float64)
        values = None if pace is None else pace.values if pace.values.ndim == 1 else pace.values[:, 0]
        return cls(
            *seconds_between(study, lines), words, None if pace is None else (pace.seconds(study.times), np.asarray(values))
        )

    @property
    def about(self) -> str:
        text = "Each line a tooth: the longer, the more words."
        return f"{text} Above it their pace, up to {self.top:.0f} words a minute." if self.pace else text

    def draw(self, pen: Pen, box: Box) -> None:
        ink = pen.ink
        rule = box.top + box.height * (self.PACE if self.pace else 0.05)
        if self.pace:
            part = reduce_curve(*self.pace, box.begin, box.end, round(box.width / FINE / 2))
            x, y = box.x(part.seconds), rule - np.clip(part.mean / self.top, 0, 1) * (rule - box.top)
            pen.form(x, np.full_like(x, rule), y, ink.words_pale)
            pen.line(x, y, ink.words, 0.6)
        pen.line([box.left, box.right], [rule] * 2, ink.words, 0.4, order=3.5)
        shows = box.within(self.begin, self.end)
        left, right = box.x(self.begin[shows]), box.x(self.end[shows])
        deep = (box.bottom - rule) * (0.25 + 0.75 * np.clip(self.words[shows] / self.most, 0, 1))
        pen.boxes(left, np.full_like(left, rule), np.maximum(left + 0.22, right - 0.12), rule + deep, ink.words, alpha=0.9)
