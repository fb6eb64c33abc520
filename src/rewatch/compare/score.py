"""What an edit does to the score: the figures of two editions that it moves, beside each other.

Contents
    FigureChange, score_changes
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rewatch.library.edition import Edition
from rewatch.track import Figures

_FIGURES = (
    ("cutting", "shots", "shots", 0),
    ("cutting", "asl", "average shot", 2),
    ("cutting", "median", "median shot", 2),
    ("momentum_figures", "mean_activity", "motion", 3),
    ("loudness_figures", "integrated", "loudness", 1),
    ("loudness_figures", "range", "loudness range", 1),
    ("dialogue_figures", "words_per_minute", "pace of the words", 1),
)
_UNITS = {"asl": "s", "median": "s", "integrated": "LUFS", "range": "LU", "words_per_minute": "words/min"}


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A figure of both editions, as it is explained by ``rewatch explain``."""

    figure: str
    label: str
    unit: str
    a: float
    b: float
    decimals: int = 2

    def as_json(self) -> dict[str, Any]:
        return {"figure": self.figure, "label": self.label, "unit": self.unit, "a": self.a, "b": self.b}

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.label} {self.a:.{self.decimals}f} → {self.b:.{self.decimals}f}{unit}"

    @property
    def seen(self) -> bool:
        """Whether the two differ as they are printed."""
        return round(self.a, self.decimals) != round(self.b, self.decimals)


def score_changes(a: Edition, b: Edition) -> tuple[FigureChange, ...]:
    """Those figures of the score that both editions have, the same or not."""
    found = []
    for track, figure, label, decimals in _FIGURES:
        values = [_value(edition, track, figure) for edition in (a, b)]
        if values[0] is not None and values[1] is not None:
            found.append(FigureChange(figure, label, _UNITS.get(figure, ""), values[0], values[1], decimals))
    return tuple(found)


def _value(edition: Edition, track: str, figure: str) -> float | None:
    found = edition.tracks.get(track)
    return found.values.get(figure) if isinstance(found, Figures) else None
