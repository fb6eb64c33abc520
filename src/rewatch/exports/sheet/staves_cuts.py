"""The stave of the cuts: every shot a note."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rewatch.exports.reduce import Floats
from rewatch.exports.sheet.layout import Box
from rewatch.exports.sheet.pen import Pen
from rewatch.exports.sheet.staves import Stave
from rewatch.exports.study_view import Study, seconds_between, spans

GRADUAL = ("dissolve", "wipe")
FADES = ("fade_in", "fade_through_black")
STAFF = (-2, -1, 0, 1, 2)
"""The five lines, in doublings of the shot length of the middle one."""
PHRASE = 3
"""Shots in a row that are played legato, from which on they stand under one bow."""
SPACES = 7.0
"""Spaces from the foot to the top of the stave: four within the staff, one and a half beyond on either side."""


class Cuts(Stave):
    """Every shot a note on a staff of five lines, held as long as it lasts, the higher the shorter it is.

    From line to line the length doubles; the middle line is the power of two next to the middle of the film's range.
    """

    name, short, weight, below = "Cuts", "Cuts", 2.5, 1.7

    def __init__(
        self,
        begin: Floats,
        end: Floats,
        kind: list[str],
        closes_with_fade: bool = False,
        staccato: npt.NDArray[np.bool_] | None = None,
        legato: npt.NDArray[np.bool_] | None = None,
    ) -> None:
        """kind: how each shot begins; staccato, legato: which are played so."""
        self.staccato = np.zeros(len(begin), np.bool_) if staccato is None else staccato
        self.legato = np.zeros(len(begin), np.bool_) if legato is None else legato
        self.begin, self.end, self.kind = begin, end, np.array(kind, dtype=object)
        self.length = np.maximum(end - begin, 1e-3)
        self.closes_with_fade = closes_with_fade
        low, high = np.percentile(self.length, [5, 95])
        self.centre = 2.0 ** round(float(np.log2(np.clip(np.sqrt(low * high), 0.5, 256))))

    @classmethod
    def of(cls, study: Study) -> Cuts | None:
        shots = spans(study, "shots")
        if shots is None or not len(shots):
            return None
        boundaries = spans(study, "boundaries")
        fades = boundaries is not None and len(boundaries) > 0 and boundaries.label[-1] == "fade_out"
        played = spans(study, "articulation_shots")
        words = np.array(played.label if played is not None and len(played) == len(shots) else [""] * len(shots))
        return cls(
            *seconds_between(study, shots), list(shots.label), fades, words == "staccato", words == "legato"
        )  # fmt: skip

    @property
    def about(self) -> str:
        gradual, fades = np.isin(self.kind, GRADUAL).any(), np.isin(self.kind, FADES).any()
        phrases = len(self._phrases(0, len(self.begin))) > 0
        shown = (
            (self.staccato.any(), "dot: staccato"),
            (phrases, "bow: legato"),
            (gradual, "slur: dissolve"),
            (fades, "wedge: fade"),
        )
        text = "Each shot a note, held as long as it lasts: the shorter, the higher, a doubling from line to line."
        signs = ", ".join(sign for there, sign in shown if there)
        return f"{text} {signs.capitalize()}." if signs else text

    def height(self, length: npt.ArrayLike) -> Floats:
        """0..1 of a shot's length: logarithmic, short is high."""
        share: Floats = 0.5 - np.log2(np.asarray(length, dtype=np.float64) / self.centre) / SPACES
        return np.clip(share, 0, 1)

    def draw(self, pen: Pen, box: Box) -> None:
        self._staff(pen, box)
        shows = np.flatnonzero(box.within(self.begin, self.end))
        if not len(shows):
            return
        ink, space = pen.ink, box.height / SPACES
        begin, length = self.begin[shows], self.length[shows]
        left, right = box.x(begin), box.x(self.end[shows])
        y = box.y(self.height(length))
        here = begin >= box.begin - 1e-6
        close = float(np.percentile(self.length, 30)) * box.a_second
        head = float(np.clip(close * 0.8, 0.75, min(2.6, space * 1.25)))
        stem = min(space * 2.6, head * 2.9)
        at = left + head * 0.5
        held = right - left > head * 1.2
        start = np.where(here, at, left)
        pen.boxes(
            start[held],
            y[held] - head * 0.13,
            np.maximum(right - head * 0.3, left)[held],
            y[held] + head * 0.13,
            ink.ink,
            order=3,
            alpha=0.38,
        )
        open_ = here & (length >= self.centre * 2.8)
        full = here & ~open_
        thin = max(0.28, head * 0.26)
        pen.lines(at[full] + head * 0.45, y[full] - head * 0.1, at[full] + head * 0.45, y[full] - stem, ink.ink, thin)
        pen.heads(at[full], y[full], head, ink.ink)
        pen.heads(at[open_], y[open_], head * 1.1, ink.ink, open_=True)
        dotted = full & self.staccato[shows]
        if dotted.any() and head > 0.95:
            dot = max(0.2, head * 0.13)
            # Below the head, as the stem stands above it.
            pen.boxes(
                at[dotted] - dot,
                y[dotted] + head * 0.75 - dot,
                at[dotted] + dot,
                y[dotted] + head * 0.75 + dot,
                ink.ink,
            )
        self._slurs(pen, box, shows, at, y, head)
        self._bows(pen, int(shows[0]), at, y, here, head)
        self._fades(pen, box, shows, at - head * 0.5, head)

    def _staff(self, pen: Pen, box: Box) -> None:
        for line in STAFF:
            length = self.centre * 2.0**line
            y = float(box.y(self.height(length)))
            pen.line([box.left, box.right], [y, y], pen.ink.edge, 0.3, order=1.2, alpha=0.8, round_ends=False)
            if box.height > 16 or line in (-2, 2):
                unit = {0.5: "½", 0.25: "¼", 0.125: "⅛"}.get(length, f"{length:g}")
                pen.text(box.right + 2.6, y + 0.7, f"{unit} s", 5.8, colour=pen.ink.soft, style="italic")

    def _slurs(self, pen: Pen, box: Box, shows: npt.NDArray[np.int64], at: Floats, y: Floats, head: float) -> None:
        for i, shot in enumerate(shows.tolist()):
            if self.kind[shot] not in GRADUAL or self.begin[shot] < box.begin or shot == 0:
                continue
            x1, y1 = float(at[i]), float(y[i])
            before = float(at[i - 1]) if i else box.left
            y0 = float(y[i - 1]) if i else float(box.y(self.height(self.length[shot - 1])))
            # A rising slur stands above what it joins, a falling one below: neither crosses its notes.
            way = -1 if y1 < y0 - head * 0.3 else 1
            x0 = max(before + head * 0.3, x1 - max(head * 4, abs(y1 - y0) * 1.2))
            dip = float(np.clip((x1 - x0) * 0.16, head * 0.35, head * 1.3))
            hang = way * head * 0.6
            pen.slur(x0, y0 + hang, x1 - head * 0.2, y1 + hang, way * dip)

    def _phrases(self, first: int, last: int) -> list[tuple[int, int]]:
        """First and last shot of each run of `PHRASE` legato shots or more among ``[first, last)``."""
        inside = np.concatenate(([False], self.legato[first:last], [False])).astype(np.int8)
        turns = np.flatnonzero(np.diff(inside))
        runs = zip(turns[::2].tolist(), turns[1::2].tolist(), strict=True)
        return [(first + a, first + b - 1) for a, b in runs if b - a >= PHRASE]

    def _bows(self, pen: Pen, first: int, at: Floats, y: Floats, here: npt.NDArray[np.bool_], head: float) -> None:
        """A bow beneath what is played legato, from the first note to the last."""
        for a, b in self._phrases(first, first + len(at)):
            i, j = a - first + (not here[a - first]), b - first
            if j - i < PHRASE - 1:
                continue
            x0, x1, y0, y1 = float(at[i]), float(at[j]), float(y[i]) + head * 0.75, float(y[j]) + head * 0.75
            part = (at[i + 1 : j] - x0) / (x1 - x0)
            # As deep as it takes to clear the notes between: a cubic with even handles hangs 4 t (1 - t) of its dip.
            below = y[i + 1 : j] + head * 0.75 - (y0 + (y1 - y0) * part)
            dip = max(head * 0.8, float((below / (4 * part * (1 - part))).max(initial=0.0)))
            pen.slur(x0, y0, x1, y1, min(dip, head * 4))

    def _fades(self, pen: Pen, box: Box, shows: npt.NDArray[np.int64], left: Floats, head: float) -> None:
        size = float(np.clip(head * 1.5, 1.5, 3.2))
        foot, half, ink = box.bottom + box.below * 0.6, size * 0.28, pen.ink.ink
        for i, shot in enumerate(shows.tolist()):
            if self.kind[shot] not in FADES or self.begin[shot] < box.begin:
                continue
            x = float(left[i])
            pen.lines(x + 0.3, foot, [x + 0.3 + size] * 2, [foot - half, foot + half], ink, 0.5)
            if self.kind[shot] == "fade_through_black":
                pen.lines([x - 0.3 - size] * 2, [foot - half, foot + half], x - 0.3, foot, ink, 0.5)
        if self.closes_with_fade and box.end >= float(self.end[-1]) - 1e-6:
            pen.lines([box.right - 0.5 - size] * 2, [foot - half, foot + half], box.right - 0.5, foot, ink, 0.5)
