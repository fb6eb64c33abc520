"""The analysers of the score, in the order in which they are shown."""

from __future__ import annotations

from typing import Any

from rewatch.analyser import Analyser
from rewatch.figure import Figure
from rewatch.score import accents, articulation, cutting_figures, cutting_track, dynamics, momentum, pulse, tempo

ANALYSERS: tuple[type[Analyser[Any]], ...] = (
    cutting_track.Cutting,
    tempo.Tempo,
    momentum.Momentum,
    dynamics.Dynamics,
    articulation.Articulation,
    pulse.Pulse,
    accents.Accents,
)
FIGURES: tuple[Figure, ...] = (
    *cutting_figures.FIGURES,
    *tempo.FIGURES,
    *momentum.FIGURES,
    *dynamics.FIGURES,
    *articulation.FIGURES,
    *pulse.FIGURES,
    *accents.FIGURES,
)
