"""The analysers of sound, in the order in which they are shown."""

from __future__ import annotations

from typing import Any

from rewatch.analyser import Analyser
from rewatch.figure import Figure
from rewatch.sounds import loudness, prints, texture

ANALYSERS: tuple[type[Analyser[Any]], ...] = (loudness.Loudness, texture.Texture, prints.SoundPrints)
FIGURES: tuple[Figure, ...] = loudness.FIGURES + texture.FIGURES
