"""The cards that open and close the film: a toy theatre with its moon on a thread, and a cat that walks home.

Contents
    Black, Title, End
"""

from __future__ import annotations

from math import sin

import numpy as np

from rewatch.demo import puppets, scenery
from rewatch.demo.paper import Mask, Paper, Picture, Stencil, below, ease, glow, ink, paste, shade


def waves(paper: Paper, t: float, base: float, height: float, length: float, drift: float) -> Mask:
    """(width,) the edge of a strip of paper waves: scallops that glide and bob as in a toy theatre."""
    u = (paper.x[0] + drift * np.sin(t * 0.9 + base * 7)) / length
    scallop = 1 - np.abs(np.sin(np.pi * u))
    return np.asarray(base + 0.006 * sin(t * 1.3 + base * 11) - height * scallop**1.35, np.float32)


class Black:
    """Nothing: all zero."""

    def __init__(self, paper: Paper) -> None:
        self._picture = paper.blank()

    def draw(self, t: float) -> Picture:
        return self._picture


class Title:
    """Night, a paper moon and stars on threads over paper waves, and the name of the film."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        sky = paper.gradient((0, "#0d1330"), (0.55, "#27346b"), (0.8, "#5a5a94"), (1, "#8d7fa6"))
        sky += 0.035 * paper.noise(3, 0.22, 4, stretch=2.2)
        points, _ = scenery.stars(paper, 5, 90, 0.7)
        sky += points * ink("#cfd8ff") * np.float32(0.8)
        self.sky = np.clip(sky, 0, 1)
        self.name = paper.text("THE LAMP ON THE HILL", 0, 0.53, 0.082, 0.018)
        self.under = paper.text("a paper film for one night", 0, 0.635, 0.036, 0.008)
        self.buffer = paper.blank()
        self.sheets = [
            (paper.gradient((0, "#39518f"), (0.7, "#4a639f"), (1, "#1a2450")), ink("#8fa3d8")),
            (paper.gradient((0, "#2a3f7a"), (0.8, "#34498a"), (1, "#131b40")), ink("#7288c4")),
            (paper.gradient((0, "#1b2a5a"), (0.85, "#25366c"), (1, "#0b1230")), ink("#566db0")),
        ]

    def draw(self, t: float) -> Picture:
        p, paper = self.buffer, self.paper
        np.copyto(p, self.sky)
        swing = 0.012 * sin(t * 1.1)
        mx, my = 0.5 + swing, 0.235 + 0.003 * sin(t * 2.2)
        paste(p, Stencil(paper, 0.4, 0, 0.6, my).line([(0.5, 0), (mx, my - 0.12)], 0.0025).stamp(), ink("#c9c4d8"), 0.7)
        glow(p, paper, mx, my, 0.15, ink("#ffe9b0"), 0.3)
        scenery.moon(p, paper, mx, my, 0.125, ink("#fff1c9"), ink("#e3c98f"))
        for i, (x, y, r) in enumerate(
            ((-0.62, 0.2, 0.03), (-0.34, 0.3, 0.021), (-0.1, 0.16, 0.026), (0.22, 0.34, 0.018), (0.76, 0.36, 0.022))
        ):
            sx = x + 0.008 * sin(t * (1.2 + 0.2 * i) + i)
            angle = np.arange(10) * np.pi / 5 + 0.1 * sin(t + i)
            reach = np.where(np.arange(10) % 2, 0.42, 1.0) * r
            s = Stencil(paper, sx - 0.05, 0, sx + 0.05, y + 0.05).line([(x, 0), (sx, y - r * 0.6)], 0.002, 0.55)
            s.polygon(np.stack([sx + reach * np.sin(angle), y - reach * np.cos(angle)], axis=1))
            paste(p, s.stamp(), ink("#ffe6a3"))
        paste(p, self.name, ink("#fff6dd"), ease(t, 1.1, 2.2))
        paste(p, self.under, ink("#d9d3ee"), ease(t, 2.0, 3.0))
        for i, (base, length) in enumerate(((0.8, 0.16), (0.87, 0.2), (0.94, 0.25))):
            colour, rim = self.sheets[i]
            below(
                p,
                paper,
                waves(paper, t * (1 + 0.1 * i), base, 0.05, length, 0.09 * (1 - 2 * (i % 2))),
                colour,
                rim,
                0.4,
            )
            if i == 0:
                s = Stencil(paper, -1, 0.6, 0, 0.95)
                x = -0.55 + 0.035 * t
                puppets.boat(s, x, 0.83 + 0.008 * sin(1.7 * t), 0.13, 0.07 * sin(1.3 * t))
                paste(p, s.stamp(), ink("#f4e6cf"))
        return p


class End:
    """Dawn-coloured paper, a sun, a hill; the cat walks home across it."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        sky = paper.gradient((0, "#f0a58c"), (0.5, "#f9d29a"), (1, "#fff0c4")) + 0.03 * paper.noise(9, 0.25, 4, 2)
        glow(sky, paper, 0, 0.8, 0.5, ink("#ffdf90"), 0.25)
        sun = Stencil(paper, -0.3, 0.4, 0.3, 1).ellipse(0, 0.74, 0.2).stamp()
        shade(sky, sun, 0.03, 0.12)
        paste(sky, sun, ink("#fff4c8"))
        paste(sky, paper.text("THE END", 0, 0.3, 0.105, 0.032), ink("#5c2b3a"))
        paste(sky, paper.text("drawn by numbers, cut from paper", 0, 0.42, 0.032, 0.006), ink("#8a4a4e"))
        line = np.asarray(0.79 + 0.05 * (paper.x[0] / 0.9) ** 2, np.float32)
        below(sky, paper, line, paper.gradient((0, "#6a3346"), (1, "#2a1426")), ink("#c77a6c"), 0.25)
        self.sky = np.clip(sky, 0, 1)
        self.buffer = paper.blank()

    def draw(self, t: float) -> Picture:
        p = self.buffer
        np.copyto(p, self.sky)
        x = -0.42 + 0.27 * (t - 81.8)
        s = Stencil(self.paper, x - 0.3, 0.5, x + 0.3, 0.9)
        puppets.cat_walking(s, x, 0.795 + 0.05 * (x / 0.9) ** 2, 0.15, 7.5 * t)
        paste(p, s.stamp(), ink("#2a1426"))
        return p
