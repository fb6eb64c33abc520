"""Staves of what is heard: loudness with its dynamics, and the kinds of sound."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rewatch.exports.reduce import Floats, reduce_curve, smooth
from rewatch.exports.sheet.layout import Box
from rewatch.exports.sheet.marks import hairpins, terraces
from rewatch.exports.sheet.pen import POINT, Pen
from rewatch.exports.sheet.staves import FINE, Stave, drawn
from rewatch.exports.study_view import Study, curve, events, figure, seconds_between, spans

PITCH = 0.62
"""From stroke to stroke of the form of loudness, mm: it is hatched, as an engraver would."""


class Loudness(Stave):
    """Loudness as a form about its middle line: the thicker the louder; the dynamics stand below it.

    Thickness doubles with every 10 LU, as loudness does to the ear (Stevens' sone; ISO 532).
    """

    name, short, weight, below = "Loudness", "Loud.", 2.3, 2.9
    above, source = 1.6, "sound"

    def __init__(
        self,
        seconds: Floats,
        momentary: Floats,
        short_term: Floats,
        integrated: float | None,
        rests: tuple[Floats, Floats] | None,
        attacks: tuple[Floats, Floats] | None,
        pulses: list[tuple[float, float, float]] | None = None,
    ) -> None:
        """rests: begin, end; attacks: second, rise in LU of each sforzando; pulses: begin, end, beats a minute."""
        self.pulses = pulses or []
        self.seconds, self.momentary, self.short_term = seconds, momentary, short_term
        self.rests, self.attacks = rests, attacks
        heard = momentary[momentary > -69.5]
        self.high = float(np.percentile(heard, 99.5)) if len(heard) else 0.0
        self.silent = not len(heard)
        self.integrated = integrated if integrated is not None else float(np.percentile(momentary, 60))

    @classmethod
    def of(cls, study: Study) -> Loudness | None:
        found = curve(study, "loudness")
        if found is None:
            return None
        values = np.asarray(found.values, dtype=np.float64).reshape(len(found), -1)
        short = found.columns.index("short_term") if "short_term" in found.columns else 0
        integrated = figure(study, "loudness_figures", "integrated")
        silence, attacks = spans(study, "silence"), events(study, "sforzandi")
        rise = attacks.columns.get("rise") if attacks is not None else None
        return cls(
            found.seconds(study.times),
            values[:, 0],
            values[:, short],
            None if integrated is None else float(integrated),
            None if silence is None else seconds_between(study, silence),
            None if attacks is None or rise is None else (attacks.seconds(study.times), np.asarray(rise, np.float64)),
            _pulses(study),
        )

    @property
    def about(self) -> str:
        return (
            "Momentary loudness: twice as thick is twice as loud to the ear (10 LU). Dynamics against the film's own."
        )

    def thickness(self, loud: npt.ArrayLike) -> Floats:
        """0..1, the film's loudest moments 1."""
        if self.silent:
            return np.zeros_like(np.asarray(loud, dtype=np.float64))
        return np.minimum(2 ** ((np.asarray(loud, dtype=np.float64) - self.high) / 10), 1)

    def draw(self, pen: Pen, box: Box) -> None:
        ink = pen.ink
        part = reduce_curve(self.seconds, self.momentary, box.begin, box.end, round(box.width / PITCH))
        if not len(part):
            return
        half = box.height / 2
        x = np.arange(box.left + PITCH / 2, float(box.x(part.seconds[-1])), PITCH)
        at = box.begin + (x - box.left) / box.a_second
        high = np.interp(at, part.seconds, self.thickness(part.high)) * half
        mean = np.interp(at, part.seconds, self.thickness(part.mean)) * half
        pen.lines(x, box.middle - high, x, box.middle + high, ink.sound_pale, PITCH * 0.62 * POINT)
        pen.lines(x, box.middle - mean, x, box.middle + mean, ink.sound, PITCH * 0.62 * POINT, order=3.2)
        pen.line([box.left, box.right], [box.middle] * 2, ink.sound, 0.35, order=3.4)
        self._rests(pen, box)
        self._marks(pen, box)
        self._pulses(pen, box)

    def _rests(self, pen: Pen, box: Box) -> None:
        if self.rests is None:
            return
        begin, end = self.rests
        shows = box.within(begin, end) & ((end - begin) * box.a_second > 1.5)
        at = (box.x(begin[shows]) + box.x(end[shows])) / 2
        size = min(0.9, box.height * 0.12)
        # A whole rest: it hangs from its line.
        pen.boxes(at - size, np.full_like(at, box.middle), at + size, np.full_like(at, box.middle + size), pen.ink.ink)

    def _pulses(self, pen: Pen, box: Box) -> None:
        """Metronome marks over the stretches that beat steadily."""
        size = min(8.0, box.above * 3.4)
        y = box.top - box.above * 0.1
        for begin, end, rate in self.pulses:
            if not box.holds(begin):
                continue
            word = f"= {rate:.0f}"
            head, wide = size * 0.13, pen.width(word, size)
            a, b = box.clear(float(box.x(begin)), head * 3 + wide), float(box.x(end))
            if a + head * 3 + wide > box.right:
                continue
            pen.heads([a + head], [y - head * 0.6], head * 2, pen.ink.ink)
            pen.lines(a + head * 1.88, y - head * 0.7, a + head * 1.88, y - size * 0.3, pen.ink.ink, 0.5)
            pen.text(a + head * 3, y, word, size)
            rest = a + head * 3 + wide + 1.0
            if b > rest + 1:
                pen.lines(rest, y - size * 0.1, b, y - size * 0.1, pen.ink.ink, 0.4)
                pen.lines(b, y - size * 0.1, b, y + 0.2, pen.ink.ink, 0.4)

    def _marks(self, pen: Pen, box: Box) -> None:
        if self.silent:
            return
        grades, wedges = self.marks(box.a_second)
        size = min(12.5, box.below * 3.0)
        base = box.bottom + box.below * 0.86
        taken: list[tuple[float, float]] = []
        for at, word in box.marks(grades):
            x = float(box.x(at))
            wide = pen.width(word, size, "dynamic")
            x = min(box.clear(x + 0.8, wide), box.right - wide)
            pen.text(x, base, word, size, style="dynamic")
            taken.append((x - 0.8, x + wide + 0.8))
        middle, mouth = base - size * 0.075, min(1.0, box.below * 0.2)
        for begin, end, way in wedges:
            if not (box.holds(begin) and end <= box.end):
                continue
            a, b = float(box.x(begin)), float(box.x(end))
            a = max([a, *[right for left, right in taken if left < a < right]])
            b = min([b, *[left for left, right in taken if a < left < b]])
            if b - a < 2.5:
                continue
            tip, open_ = (a, b) if way > 0 else (b, a)
            pen.lines([tip] * 2, [middle] * 2, [open_] * 2, [middle - mouth, middle + mouth], pen.ink.ink, 0.5)
            taken.append((a, b))
        self._attacks(pen, box, base, size * 0.82, taken)

    def _attacks(self, pen: Pen, box: Box, base: float, size: float, taken: list[tuple[float, float]]) -> None:
        """The greatest sforzandi that there is room for."""
        if self.attacks is None:
            return
        wide = pen.width("sfz", size, "dynamic")
        seconds, rise = self.attacks
        for i in np.argsort(-rise, kind="stable").tolist():
            if not box.holds(float(seconds[i])):
                continue
            x = box.clear(float(box.x(seconds[i])), wide)
            if x + wide > box.right or any(left < x + wide + 0.6 and x - 0.6 < right for left, right in taken):
                continue
            pen.text(x, base, "sfz", size, style="dynamic", colour=pen.ink.sound)
            taken.append((x - 8, x + wide + 8))

    def marks(self, a_second: float) -> tuple[list[tuple[float, str]], list[tuple[float, float, int]]]:
        """Dynamics and hairpins of the whole film at that scale: what stands below the form."""
        from rewatch.score.dynamics import BOUNDS, MARKS

        part = reduce_curve(self.seconds, self.short_term, self.seconds[0], self.seconds[-1], 4000)
        level = smooth(part.seconds, part.mean - self.integrated, 5 / a_second)
        grades = terraces(part.seconds, level, BOUNDS.tolist(), 12 / a_second)
        return [(t, MARKS[g]) for t, g in grades], hairpins(part.seconds, level, grades, 7 / a_second)


def _pulses(study: Study) -> list[tuple[float, float, float]]:
    """Begin, end and beats a minute of the stretches whose sound has a steady pulse."""
    found = spans(study, "pulse_stretches")
    rates = None if found is None else found.columns.get("bpm")
    if found is None or rates is None:
        return []
    begin, end = seconds_between(study, found)
    of = found.columns.get("of", ["sound"] * len(found))
    return [
        (float(a), float(b), float(rate))
        for a, b, rate, what in zip(begin, end, rates, of, strict=True)
        if what == "sound"
    ]


class Kinds(Stave):
    """Speech, music and effects: three ribbons, the broader the surer."""

    name, short, weight = "Sounds", "Snd.", 1.15
    source = "sound"

    def __init__(self, seconds: Floats, values: Floats, columns: tuple[str, ...]) -> None:
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
        pales = (ink.words_pale, ink.tempo_pale, ink.motion_pale, ink.sound_pale)
        row = box.height / len(self.columns)
        for i, name in enumerate(self.columns):
            middle, tint = box.top + (i + 0.5) * row, tints[i % len(tints)]
            part = drawn(self.seconds, self.values[:, i], box, FINE * 2)
            half = np.clip(part.mean, 0, 1) * row * 0.44
            x = box.x(part.seconds)
            pen.form(x, middle + half, middle - half, pales[i % len(pales)])
            pen.form(x, middle + half * 0.3, middle - half * 0.3, tint)
            pen.line([box.left, box.right], [middle] * 2, tint, 0.25, alpha=0.6)
            if row > 2.1:
                pen.text(box.right + 2.6, middle + 0.7, name, 5.8, colour=ink.soft, style="italic")
