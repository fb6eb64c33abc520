"""The analysers of the picture, in the order in which they are shown."""

from __future__ import annotations

from typing import Any

from rewatch.analyser import Analyser
from rewatch.figure import Figure
from rewatch.images import boundaries, camera, colour, light, motion, palette, prints, stills

ANALYSERS: tuple[type[Analyser[Any]], ...] = (
    boundaries.Boundaries,
    light.Light,
    colour.Colour,
    palette.Palette,
    motion.Activity,
    camera.Camera,
    stills.Stills,
    prints.PicturePrints,
)
FIGURES: tuple[Figure, ...] = light.FIGURES + colour.FIGURES + palette.FIGURES + motion.FIGURES + camera.FIGURES
