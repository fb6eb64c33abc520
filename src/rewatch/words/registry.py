"""The analysers of words, in the order in which they are shown."""

from __future__ import annotations

from typing import Any

from rewatch.analyser import Analyser
from rewatch.figure import Figure
from rewatch.words import dialogue, pace

ANALYSERS: tuple[type[Analyser[Any]], ...] = (pace.Pace, dialogue.Dialogue)
FIGURES: tuple[Figure, ...] = pace.FIGURES + dialogue.FIGURES
