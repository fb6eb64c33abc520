"""The staccato passage: one bold picture a beat, as a poster in two papers.

Contents
    Beat
"""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np

from rewatch.demo import puppets
from rewatch.demo.cards import waves
from rewatch.demo.paper import Paper, Picture, Stencil, below, ease, glow, ink, paste, placed, rounded, shade
from rewatch.demo.rails_and_hills import rain, rain_sheet

_GROUNDS = {
    "wave": ((0, "#26404a"), (0.6, "#5b8a8c"), (1, "#8fb5ac")),
    "wheels": ((0, "#7a1f22"), (0.6, "#c2452f"), (1, "#e07a3f")),
    "boots": ((0, "#4c5a78"), (1, "#a4b0c4")),
    "bell": ((0, "#d99a2b"), (0.6, "#f2c65a"), (1, "#fbe6a4")),
    "eyes": ((0, "#07080c"), (1, "#14161f")),
    "lantern": ((0, "#2a1206"), (0.5, "#7a3a10"), (1, "#3a1a08")),
    "gull": ((0, "#8d9aa4"), (0.6, "#c4ccd0"), (1, "#e6e8e4")),
    "face": ((0, "#3a2358"), (0.6, "#7b4a96"), (1, "#b57fb4")),
}


class Beat:
    """One of the pictures of the staccato passage; always moving."""

    def __init__(self, paper: Paper, kind: str) -> None:
        self.paper, self.kind = paper, kind
        ground = paper.gradient(*_GROUNDS[kind]) + 0.03 * paper.noise(len(kind) * 17 + 5, 0.15, 4, 2)
        self.ground = np.clip(ground, 0, 1)
        self.rain = rain_sheet(paper, 143, 110, 0.09) if kind in ("wave", "gull", "face") else None
        self.seas = [
            paper.gradient((0.3, a), (1, b))
            for a, b in (("#3f6f78", "#27505c"), ("#2a5561", "#143642"), ("#173c48", "#081a22"))
        ]
        self.buffer = paper.blank()

    def draw(self, t: float) -> Picture:
        p = self.buffer
        np.copyto(p, self.ground)
        getattr(self, "_" + self.kind)(p, t)
        if self.rain is not None:
            rain(p, self.rain, t, 2.4, 0.3)
        return p

    def _wave(self, p: Picture, t: float) -> None:
        for i, (base, height, length) in enumerate(((0.52, 0.2, 0.8), (0.7, 0.22, 0.95), (0.9, 0.24, 1.2))):
            below(
                p,
                self.paper,
                waves(self.paper, 3 * t + i, base, height, length, 0.4 * (1 - 2 * (i % 2))),
                self.seas[i],
                ink("#e8f4ee"),
                0.3,
                0.012,
            )

    def _wheels(self, p: Picture, t: float) -> None:
        s = Stencil.whole(self.paper)
        turn = 7.5 * t
        hubs = ((-0.42, 0.53), (0.46, 0.53))
        for x, y in hubs:
            s.ellipse(x, y, 0.37)
            s.ellipse(x, y, 0.315, fill=0)
            for k in range(10):
                a = turn + k * pi / 5
                s.line([(x, y), (x + 0.33 * cos(a), y + 0.33 * sin(a))], 0.028)
            s.ellipse(x, y, 0.08)
        s.line([(x + 0.19 * cos(turn), y + 0.19 * sin(turn)) for x, y in hubs], 0.075)
        s.box(-2, 0.905, 2, 1.1)
        paste(p, s.stamp(), ink("#1a0a0c"))

    def _boots(self, p: Picture, t: float) -> None:
        s = Stencil.whole(self.paper)
        slip = 2 * t % 1
        for k in range(11):
            s.box(-1.3 + 0.27 * (k - 2 * slip), 1.16 - 0.12 * (k - 2 * slip), 2, 1.3)
        shade(p, s.stamp(), 0.02, 0.4)
        paste(p, s.stamp(), ink("#2b3346"))
        boots = Stencil.whole(self.paper)
        for foot in (0.0, 0.5):
            # Each foot stands while the other climbs; the camera climbs evenly with both.
            climbed = 2 * t + foot
            part = climbed % 1
            ahead = ease(part, 0.4, 1.0) - part
            x, y = (
                -0.02 + 0.54 * (ahead - foot + 0.25),
                0.66 - 0.24 * (ahead - foot + 0.25) - 0.09 * sin(pi * ease(part, 0.4, 1.0)),
            )
            shape = [(-0.1, -0.75), (0.1, -0.75), (0.1, -0.15), (0.26, -0.1), (0.3, 0), (-0.1, 0)]
            boots.polygon(placed(rounded(shape, 2), x, y, 1.0, -0.2 * sin(pi * ease(part, 0.4, 1.0))))
        paste(p, boots.stamp(), ink("#0a0c12"))

    def _bell(self, p: Picture, t: float) -> None:
        angle = 0.5 * sin(2 * pi * t + 0.6)
        s = Stencil.whole(self.paper)
        s.line([(0, -0.1), (0, 0.16)], 0.03)
        half = [(0.0, 0.0), (0.1, 0.01), (0.17, 0.1), (0.19, 0.34), (0.3, 0.52), (0.3, 0.56), (0.0, 0.56)]
        for flip in (False, True):
            s.polygon(placed(half, 0, 0.14, 1.15, angle, flip))
        clapper = placed([(0, 0.56), (-0.12 * sin(2 * pi * t + 0.1), 0.68)], 0, 0.14, 1.15, angle)
        s.line(clapper, 0.03).ellipse(float(clapper[1, 0]), float(clapper[1, 1]), 0.06)
        shade(p, s.stamp(), 0.02, 0.3, (0.015, 0.015))
        paste(p, s.stamp(), ink("#4a2208"))

    def _eyes(self, p: Picture, t: float) -> None:
        look = 0.03 * sin(9 * t)
        for colour, rx, ry, dx in (
            ("#ffc640", 0.2, 0.17, 0.0),
            ("#090807", 0.05, 0.16, look),
            ("#fffbe8", 0.03, 0.03, look + 0.045),
        ):
            s = Stencil.whole(self.paper)
            for side in (-1, 1):
                s.ellipse(side * 0.36 + dx, 0.5 - (0.06 if rx < 0.04 else 0), rx, ry)
            paste(p, s.stamp(), ink(colour))

    def _lantern(self, p: Picture, t: float) -> None:
        angle = 0.22 * sin(2 * pi * t)
        x, y = (float(v) for v in placed([(0, 0.56)], 0, -0.05, 1, angle)[0])
        glow(p, self.paper, x, y, 0.3, ink("#ff9a3c"), 0.8 + 0.1 * sin(31 * t))
        s = Stencil.whole(self.paper)
        s.line(placed([(0, 0), (0, 0.3)], 0, -0.05, 1, angle), 0.02)
        s.polygon(placed([(-0.2, 0.38), (0, 0.26), (0.2, 0.38)], 0, -0.05, 1, angle))
        s.polygon(placed([(-0.22, 0.78), (0.22, 0.78), (0.24, 0.86), (-0.24, 0.86)], 0, -0.05, 1, angle))
        for post in (-0.17, 0.17):
            s.line(placed([(post, 0.38), (post, 0.8)], 0, -0.05, 1, angle), 0.025)
        paste(p, s.stamp(), ink("#120702"))
        flame = Stencil.whole(self.paper)
        tip = 0.05 * sin(19 * t)
        flame.polygon(
            placed(
                rounded([(-0.07, 0.72), (0.07, 0.72), (0.06, 0.58), (tip, 0.42), (-0.06, 0.58)], 2), 0, -0.05, 1, angle
            )
        )
        paste(p, flame.stamp(), ink("#fff3c0"))

    def _gull(self, p: Picture, t: float) -> None:
        for i, (x, y, size) in enumerate(((0.02, 0.46, 0.85), (-0.6, 0.25, 0.22), (0.62, 0.72, 0.28))):
            s = Stencil.whole(self.paper)
            puppets.gull(s, x + 0.05 * sin(5 * t + i), y + 0.03 * sin(7 * t + i), size, sin(11 * t + 2 * i))
            paste(p, s.stamp(), ink("#2a333c"))

    def _face(self, p: Picture, t: float) -> None:
        s = Stencil.whole(self.paper)
        x, y = -0.1 + 0.05 * sin(3 * t), 0.52 + 0.015 * sin(8 * t)
        s.polygon(placed(rounded([(-0.5, 0.9), (-0.42, 0.35), (0.1, 0.25), (0.35, 0.5), (0.42, 0.9)], 2), x, y, 1))
        s.ellipse(x, y, 0.25, 0.28)
        s.polygon(placed(rounded([(0.18, -0.08), (0.36, 0.05), (0.34, 0.1), (0.2, 0.1)], 1), x, y, 1))
        flap = 0.03 * sin(13 * t)
        s.polygon(
            placed(
                rounded([(0.2, 0.14), (-0.05, 0.16), (-0.1, 0.38), (0.16 + flap, 0.52), (0.3 + flap, 0.34)], 2), x, y, 1
            )
        )
        s.polygon(
            placed(
                rounded(
                    [
                        (-0.55, 0.02),
                        (-0.28, -0.16),
                        (-0.2, -0.44),
                        (0.14, -0.48),
                        (0.26, -0.2),
                        (0.46, -0.12),
                        (0.42, -0.06),
                        (-0.1, -0.1),
                    ],
                    2,
                ),
                x,
                y,
                1,
            )
        )
        paste(p, s.stamp(), ink("#150a20"))
        eye = Stencil.whole(self.paper).ellipse(x + 0.17, y - 0.01, 0.035, 0.022)
        paste(p, eye.stamp(), ink("#f4e9ff"))
