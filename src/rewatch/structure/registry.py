"""The analysers of structure, in the order in which they are shown."""

from __future__ import annotations

from typing import Any

from rewatch.analyser import Analyser
from rewatch.figure import Figure
from rewatch.structure import minutes, movements, novelty, scenes, shots

ANALYSERS: tuple[type[Analyser[Any]], ...] = (
    shots.Shots,
    minutes.Minutes,
    movements.Movements,
    scenes.Scenes,
)
FIGURES: tuple[Figure, ...] = (*shots.FIGURES, *minutes.FIGURES, *novelty.FIGURES, *movements.FIGURES, *scenes.FIGURES)
