"""The analysers of the score, in the order in which they are shown."""

from __future__ import annotations

from typing import Any

from rewatch.analyser import Analyser
from rewatch.figure import Figure
from rewatch.score import cutting_figures, cutting_track, dynamics, momentum, tempo

ANALYSERS: tuple[type[Analyser[Any]], ...] = (
    cutting_track.Cutting,
    tempo.Tempo,
    momentum.Momentum,
    dynamics.Dynamics,
)
FIGURES: tuple[Figure, ...] = cutting_figures.FIGURES + tempo.FIGURES + momentum.FIGURES + dynamics.FIGURES
