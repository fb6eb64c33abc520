"""A frame: what the scenes draw, mixed as the timeline says, with grain and a vignette, as 8-bit R'G'B'.

Contents
    Projector
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from rewatch.demo import bay, beats, cards, indoors, rails_and_hills
from rewatch.demo.paper import Paper, Picture
from rewatch.demo.timeline import STORY, Look, Timeline

GRAIN = 0.008
"""Standard deviation of the film grain, of full range."""


class Scene(Protocol):
    def draw(self, t: float) -> Picture:
        """The picture at a second of the film; may be overwritten by the next call."""


_SCENES: dict[str, Callable[..., Scene]] = {
    "black": cards.Black,
    "title": cards.Title,
    "bay": bay.Bay,
    "train": rails_and_hills.Train,
    "room": indoors.Room,
    "cat": indoors.Cat,
    "walk": rails_and_hills.Walk,
    "storm": rails_and_hills.Storm,
    "stairs": indoors.Stairs,
    "beat": beats.Beat,
    "lamp": indoors.Lamp,
    "panorama": bay.Panorama,
    "end": cards.End,
}


class Projector:
    """Draws any frame of a timeline; scenes are built when first needed and dropped when past.

    The same frame number gives the same bytes on the same machine and library versions.
    """

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        variant = timeline.variant
        self.rows = variant.picture_height
        self._paper = Paper(variant.width, self.rows, float(variant.pixel_aspect))
        self._bar = (variant.height - self.rows) // 2
        self._scenes: dict[tuple[str, str], Scene] = {}
        rng = np.random.default_rng(1895)
        tile = rng.standard_normal((self.rows + 61, variant.width + 67)).astype(np.float32)
        # A grain is larger than a pixel, more so in a large picture; this also keeps it cheap to encode.
        self._grain = GRAIN * (tile + np.roll(tile, 1, 0) + np.roll(tile, 1, 1) + np.roll(tile, (1, 1), (0, 1))) / 2
        across = self._paper.x / self._paper.half
        self._vignette: Picture = (1 - 0.13 * (across**2 + (2 * self._paper.y - 1) ** 2) ** 1.5 / 2).astype(np.float32)[
            None
        ]
        self._vignette = self._vignette * (1 + 0.012 * self._paper.noise(7, 0.02, 2))[None]
        self._mixed, self._bright = self._paper.blank(), self._paper.blank()

    def _scene(self, index: int) -> Scene:
        entry = STORY[index]
        key = (entry.scene, entry.kind)
        if key not in self._scenes:
            # Those of the staccato passage come again and again; of the others two at a time are enough.
            if entry.scene not in ("beat", "black"):
                for old in [k for k in self._scenes if k[0] not in ("beat", "black")][:-1]:
                    del self._scenes[old]
            kinds: dict[str, Any] = {"kind": entry.kind} if entry.kind else {}
            self._scenes[key] = _SCENES[entry.scene](self._paper, **kinds)
        return self._scenes[key]

    def frame(self, number: int) -> npt.NDArray[np.uint8]:
        """(height, width, 3) uint8 of a frame."""
        look = self.timeline.looks[number]
        seconds = float(self.timeline.seconds(number))
        picture = self._mix(look, seconds)
        bright = self._bright
        np.multiply(picture, self._vignette, out=bright)
        # The grain of a faint picture is faint, of black none: black is exactly 0.
        faint = look.under != look.over or STORY[look.over].scene == "black"
        level = min(1.0, 4 * float(bright.max())) if faint else 1.0
        if level > 0:
            dy, dx = number * 29 % 61, number * 43 % 67
            grain = self._grain[dy : dy + self.rows, dx : dx + self._paper.width]
            bright += grain if level == 1.0 else np.float32(level) * grain
        np.clip(bright, 0, 1, out=bright)
        bright *= 255
        bright += 0.5
        planes = bright.astype(np.uint8)
        whole = np.zeros((self.timeline.variant.height, self._paper.width, 3), np.uint8)
        for colour in range(3):
            whole[self._bar : self._bar + self.rows, :, colour] = planes[colour]
        return whole

    def _mix(self, look: Look, seconds: float) -> Picture:
        over = self._scene(look.over).draw(seconds)
        if look.under == look.over:
            return over
        over = over.clip(0, 1)
        under = self._scene(look.under).draw(seconds).clip(0, 1)
        if look.kind == "wipe":
            edge = look.mix * self._paper.width
            columns = np.arange(self._paper.width, dtype=np.float32)
            mask = np.clip(edge - columns, 0, 1)[None, None, :]
        else:
            mask = np.float32(look.mix)
        np.subtract(over, under, out=self._mixed)
        self._mixed *= mask
        self._mixed += under
        return self._mixed
