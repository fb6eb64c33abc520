"""The analysers of structure, in the order in which they are shown."""

from __future__ import annotations

from typing import Any

from rewatch.analyser import Analyser
from rewatch.figure import Figure
from rewatch.structure import minutes, shots

ANALYSERS: tuple[type[Analyser[Any]], ...] = (shots.Shots, minutes.Minutes)
FIGURES: tuple[Figure, ...] = shots.FIGURES + minutes.FIGURES
