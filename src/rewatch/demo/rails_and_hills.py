"""Out of doors and under way: the camera runs beside the train, walks with the keeper, stands in the storm.

Contents
    Train, Walk, Storm
"""

from __future__ import annotations

from math import sin

import numpy as np

from rewatch.demo import puppets, scenery
from rewatch.demo import timeline as story
from rewatch.demo.bay import beam, cloud_strip
from rewatch.demo.cards import waves
from rewatch.demo.paper import Mask, Paper, Picture, Stamp, Stencil, below, ease, glow, ink, paste, ridge, scroll

SLANT = -0.35
"""Rain goes this far to the side for each length that it falls."""


def strip_of_trees(
    paper: Paper, seed: int, foot: float, count: int, size: float, length: float, pines: bool
) -> tuple[Mask, int]:
    """(strip, top row): an endless strip with trees, `length` pictures long, standing at y = `foot`."""
    wide = Paper(int(paper.width * length), paper.height, paper.pixel_aspect)
    rng = np.random.default_rng(seed)
    s = Stencil.whole(wide)
    for i in range(count):
        x = -wide.half * 0.93 + 1.86 * wide.half * (i + rng.uniform(0.15, 0.85)) / count
        big = size * rng.uniform(0.7, 1.2)
        if pines:
            scenery.pine(s, x, foot, big)
        else:
            scenery.tree(s, x, foot, big, seed + i, -0.35)
    mask = s.stamp().mask
    rows = np.flatnonzero(mask.any(axis=1))
    return mask[rows[0] :], int(rows[0])


class Train:
    """The camera keeps pace with the engine; the land runs by, nearer sheets faster."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        sky = paper.gradient((0, "#3c3a70"), (0.35, "#a45c7e"), (0.62, "#f2a07a"), (0.8, "#ffd9a4"), (1, "#ffd9a4"))
        sky += 0.025 * paper.noise(61, 0.22, 4, 3)
        self.sky = np.clip(sky, 0, 1)
        self.clouds = cloud_strip(paper, 63, 0.1, 0.32, 6)
        self.hill = paper.gradient((0.4, "#8a5480"), (0.8, "#b06d7c"))
        self.near_hill = paper.gradient((0.5, "#54386a"), (0.85, "#6d4670"))
        self.bank = paper.gradient((0.78, "#2a1b38"), (1, "#140c1e"))
        self.trees = strip_of_trees(paper, 65, 0.76, 14, 0.2, 2.0, True)
        wide = Paper(int(paper.width * 1.6), paper.height, paper.pixel_aspect)
        s = Stencil.whole(wide)
        for x in (-wide.half * 0.5, wide.half * 0.5):
            s.box(x - 0.012, 0.12, x + 0.012, 1.0).box(x - 0.1, 0.19, x + 0.1, 0.205).box(
                x - 0.08, 0.25, x + 0.08, 0.264
            )
        s.box(-wide.half, 0.19, wide.half, 0.193, 0.8).box(-wide.half, 0.25, wide.half, 0.253, 0.8)
        self.poles = s.stamp().mask
        self.buffer = paper.blank()

    def draw(self, t: float) -> Picture:
        p, paper, run = self.buffer, self.paper, t - 11
        high = paper.height
        np.copyto(p, self.sky)
        strip, top = self.clouds
        paste(p, Stamp(scroll(strip, run * 0.05 * high, paper.width), top, 0), ink("#ffc09a"), 0.55)
        below(p, paper, ridge(paper.x + 0.12 * run, 0.55, 0.07, 67), self.hill, None, 0.15)
        below(p, paper, ridge(paper.x + 0.4 * run, 0.68, 0.05, 69), self.near_hill, ink("#8f6086"), 0.2, 0.004)
        strip, top = self.trees
        paste(p, Stamp(scroll(strip, run * 0.75 * high, paper.width), top, 0), ink("#3d2a52"))
        below(p, paper, np.full(paper.width, 0.83, np.float32), self.bank, ink("#d98f78"), 0.3, 0.004)
        sway = 0.004 * sin(13 * t)
        x = 0.46 + 0.03 * sin(0.9 * t)
        chimney = scenery.carriages(p, paper, x, 0.835 + sway * 0.5, 0.27, 11 * t, 3, ink("#120c1c"), 8)
        scenery.puff(p, paper, chimney[0], chimney[1] - 0.02, 0.24, 1.6 * t, ink("#fff0e0"), -0.75, 0.75)
        glow(p, paper, x + 0.06, 0.66, 0.05, ink("#ffe2a6"), 0.8)
        paste(p, Stamp(scroll(self.poles, run * 1.9 * high, paper.width), 0, 0), ink("#0d0815"), 0.92)
        return p


class Walk:
    """The keeper goes over the hill to his tower in the last blue light; a tree passes close to the camera."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        sky = paper.gradient((0, "#101d3a"), (0.45, "#2c4c70"), (0.75, "#6f9a9f"), (1, "#a9c3ae"))
        sky += 0.04 * paper.noise(71, 0.2, 4, 2.5)
        glow(sky, paper, -0.45, 0.24, 0.16, ink("#dff0e8"), 0.3)
        scenery.moon(sky, paper, -0.45, 0.24, 0.1, ink("#eef3dc"), ink("#c3cdb4"))
        self.sky = np.clip(sky, 0, 1)
        self.clouds = cloud_strip(paper, 73, 0.12, 0.4, 7)
        self.hills = [
            paper.gradient((0.5, "#3c6474"), (0.9, "#5d8587")),
            paper.gradient((0.55, "#1f3c4e"), (0.95, "#2f5260")),
        ]
        self.path = paper.gradient((0.72, "#0e1c26"), (1, "#060c12"))
        self.trees = strip_of_trees(paper, 75, 0.84, 9, 0.42, 2.0, False)
        giant = Stencil.whole(paper)
        giant.polygon([(-0.14, -0.02), (0.13, -0.02), (0.17, 0.5), (0.26, 1.02), (-0.3, 1.02), (-0.17, 0.5)])
        for x, y, tx, ty in ((-0.1, 0.2, -0.55, 0.02), (0.1, 0.3, 0.5, 0.1), (-0.12, 0.4, -0.4, 0.33)):
            giant.line([(x, y), ((x + tx) / 2, (y + ty) / 2 + 0.04), (tx, ty)], 0.06)
        self.giant = giant.stamp()
        self.buffer = paper.blank()

    def draw(self, t: float) -> Picture:
        p, paper, run = self.buffer, self.paper, t - 22
        high = paper.height
        np.copyto(p, self.sky)
        strip, top = self.clouds
        paste(p, Stamp(scroll(strip, -run * 0.12 * high, paper.width), top, 0), ink("#16283f"), 0.55)
        below(p, paper, ridge(paper.x + 0.05 * run, 0.62, 0.08, 77), self.hills[0], None, 0.15)
        below(p, paper, ridge(paper.x + 0.13 * run, 0.74, 0.05, 79), self.hills[1], ink("#4c7480"), 0.2, 0.004)
        strip, top = self.trees
        paste(p, Stamp(scroll(strip, run * 0.24 * high, paper.width), top, 0), ink("#0b1822"))
        line = ridge(paper.x + 0.24 * run, 0.855, 0.012, 81)
        below(p, paper, line, self.path, ink("#2c4a55"), 0.3, 0.004)
        x = -0.12 + 0.03 * sin(0.8 * t)
        foot = float(np.interp(x, paper.x[0], line)) + 0.012
        s = Stencil(paper, x - 0.3, foot - 0.5, x + 0.35, foot + 0.05)
        lamp = puppets.keeper(s, x, foot, 0.4, 5.6 * t)
        glow(p, paper, lamp[0], lamp[1], 0.11, ink("#ffb050"), 0.5 + 0.06 * sin(17 * t))
        paste(p, s.stamp(), ink("#070b10"))
        puppets.lantern_light(p, paper, *lamp, 0.3, 0.8 + 0.08 * sin(19 * t))
        begin, end = float(story.CROSSING.begin), float(story.CROSSING.end)
        if begin <= t < end:
            across = 2.6 * paper.half * (0.5 - (t - begin) / (end - begin))
            shift = round(across * high / paper.pixel_aspect)
            paste(p, Stamp(self.giant.mask, self.giant.top, self.giant.left + shift), ink("#03060a"))
        return p


def rain_sheet(paper: Paper, seed: int, count: int, length: float) -> Mask:
    """(height, width) streaks of rain that tile from bottom to top."""
    rng = np.random.default_rng(seed)
    s = Stencil.whole(paper)
    for _ in range(count):
        x, y = rng.uniform(-paper.half, paper.half), rng.uniform(0, 1)
        bright = float(rng.uniform(0.3, 1.0))
        for turn in (-1, 0, 1):
            s.line([(x, y + turn), (x + SLANT * length, y + turn + length)], 0.0022, bright)
    return s.stamp().mask


def rain(p: Picture, sheet: Mask, t: float, speed: float, strength: float) -> None:
    """Let a sheet of rain fall `speed` picture heights a second, along its streaks."""
    down = t * speed * sheet.shape[0]
    moved = np.roll(sheet, (int(down), int(SLANT * down)), axis=(0, 1))
    p += moved * np.float32(strength) * ink("#c9dcf0")


class Storm:
    """The tower from below: rain, breakers, lightning; then its lamp goes out."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        sky = paper.gradient((0, "#141c26"), (0.5, "#33424e"), (0.8, "#566a70"), (1, "#5d7276"))
        sky += 0.07 * paper.noise(83, 0.28, 5, 2.2)
        self.sky = np.clip(sky, 0, 1)
        self.clouds = cloud_strip(paper, 85, 0.04, 0.3, 9)
        self.rain = [rain_sheet(paper, 87, 160, 0.07), rain_sheet(paper, 89, 70, 0.13)]
        line = np.asarray(
            0.98 - 0.16 * np.exp(-((paper.x[0] - 0.28) ** 2) / 0.09) + 0.012 * np.sin(paper.x[0] * 41), np.float32
        )
        self.rock_line = line
        self.rock = paper.gradient((0, "#1b252d"), (1, "#0c1318"))
        self.seas = [
            paper.gradient((0.6, a), (1, b))
            for a, b in (("#4a5f68", "#2c3c46"), ("#384b55", "#1c2932"), ("#26353f", "#0e161c"))
        ]

        def tower(p: Picture) -> tuple[float, float]:
            return scenery.lighthouse(p, paper, 0.28, 0.86, 0.78, ink("#9aa3a3"), ink("#5a2730"), ink("#241f18"))

        self.tower = paper.blank()
        self.lamp = tower(self.tower)
        self.tower_mask = scenery.covered(paper, tower)
        bolt = Stencil.whole(paper)
        rng = np.random.default_rng(91)
        for x0, width in ((-0.42, 0.01), (-0.34, 0.005)):
            x, points = x0, [(x0, 0.0)]
            for k in range(1, 12):
                x += rng.uniform(-0.055, 0.06)
                points.append((x, 0.06 * k))
            bolt.line(points, width)
        self.bolt = bolt.stamp()
        self.buffer = paper.blank()

    def draw(self, t: float) -> Picture:
        p, paper = self.buffer, self.paper
        high = paper.height
        np.copyto(p, self.sky)
        strip, top = self.clouds
        paste(p, Stamp(scroll(strip, -t * 0.16 * high, paper.width), top, 0), ink("#0d141b"), 0.5)
        lit = 1 - ease(t, float(story.LAMP_OUT.begin), float(story.LAMP_OUT.end))
        lit *= 0.9 + 0.1 * sin(23 * t) if t < 31 else 0.75 + 0.25 * sin(41 * t)
        since = min((t - float(f) for f in story.FLASHES if t >= float(f)), default=9.0)
        bright = max(0.0, 1 - since / float(story.FLASH_SECONDS)) if since < float(story.FLASH_SECONDS) else 0.0
        if bright:
            paste(p, self.bolt, ink("#ffffff"), bright**0.5)
        if lit > 0.01:
            beam(p, paper, *self.lamp, 1.1 * (t - 27.4), ink("#ffe9b0"), 0.6 * lit)
        below(p, paper, waves(paper, 1.9 * t, 0.79, 0.06, 0.3, 0.2), self.seas[0], ink("#9fb3b8"), 0.2, 0.005)
        p += self.tower_mask * (self.tower - p)
        if lit > 0.01:
            glow(p, paper, *self.lamp, 0.07, ink("#ffd98a"), 1.0 * lit)
        below(p, paper, self.rock_line, self.rock, ink("#4f6068"), 0.25, 0.004)
        below(p, paper, waves(paper, 2.3 * t, 0.88, 0.075, 0.36, -0.24), self.seas[1], ink("#b9cacc"), 0.2, 0.006)
        below(p, paper, waves(paper, 2.1 * t, 0.97, 0.08, 0.45, 0.3), self.seas[2], ink("#8fa5ab"), 0.25, 0.006)
        rain(p, self.rain[0], t, 1.6, 0.2)
        rain(p, self.rain[1], t, 2.6, 0.28)
        if bright:
            p += np.float32(0.85 * bright) * (1 - p)
        return p
