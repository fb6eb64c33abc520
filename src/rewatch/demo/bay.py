"""The bay: one set-up in three lights (dusk, night, dawn), and the night panorama that the camera whips across.

Contents
    Bay, Panorama
"""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np

from rewatch.demo import puppets, scenery
from rewatch.demo import timeline as story
from rewatch.demo.cards import waves
from rewatch.demo.paper import Ink, Mask, Paper, Picture, Stamp, Stencil, below, ease, glow, ink, paste, ridge, scroll

_SKIES = {
    "dusk": ((0, "#2b2f63"), (0.3, "#7d4a80"), (0.5, "#d9725f"), (0.64, "#ffc27a"), (1, "#ffd9a0")),
    "dawn": ((0, "#6fa9cf"), (0.3, "#a9cfd8"), (0.5, "#f7d9c0"), (0.64, "#ffeec8"), (1, "#fff4dd")),
}
_HILLS = {
    "dusk": (("#8c5678", "#b56f74"), ("#5d3a66", "#6f4467"), ("#2c1d3d", "#1c1228")),
    "dawn": (("#9fb6c0", "#c9cfc6"), ("#6c93a0", "#8fb0ab"), ("#2f5560", "#1d3a45")),
}
_SEAS = {
    "dusk": (("#c4707a", "#8d4f75"), ("#9a5578", "#5f3a68"), ("#6d4070", "#33214c")),
    "dawn": (("#a7d3d6", "#7cb4c2"), ("#7fb8c6", "#4e8ea6"), ("#5699b0", "#245c78")),
}


def cloud_strip(paper: Paper, seed: int, low: float, high: float, count: int) -> tuple[Mask, int]:
    """(strip, top row): an endless strip of flat paper clouds between two heights, twice as long as the picture."""
    wide = Paper(paper.width * 2, paper.height, paper.pixel_aspect)
    rng = np.random.default_rng(seed)
    mask = np.zeros((wide.height, wide.width), np.float32)
    for i in range(count):
        x = -wide.half * 0.85 + 1.7 * wide.half * (i + rng.uniform(0.2, 0.8)) / count
        y, size = rng.uniform(low, high), rng.uniform(0.09, 0.16)
        s = Stencil(wide, x - 3 * size, y - 2 * size, x + 3 * size, y + size)
        for k in range(5):
            s.ellipse(
                x + (k - 2) * size * 0.55,
                y - rng.uniform(0, 0.14) * size,
                size * rng.uniform(0.4, 0.62),
                size * rng.uniform(0.2, 0.32),
            )
        s.ellipse(x, y + 0.1 * size, size * 1.5, size * 0.14)
        stamp = s.stamp()
        part = mask[stamp.top : stamp.top + stamp.mask.shape[0], stamp.left : stamp.left + stamp.mask.shape[1]]
        np.maximum(part, stamp.mask, out=part)
    rows = np.flatnonzero(mask.any(axis=1))
    return mask[rows[0] : rows[-1] + 1], int(rows[0])


class Bay:
    """The wide view: viaduct and hills, the sea, the house, the lighthouse on its cliff.

    At dusk the evening train crosses and the house smokes; at dawn the gulls are out and, once, a whale dives.
    """

    def __init__(self, paper: Paper, kind: str) -> None:
        self.paper, self.kind = paper, kind
        sky = paper.gradient(*_SKIES[kind]) + 0.025 * paper.noise(21, 0.2, 4, 3)
        if kind == "dusk":
            glow(sky, paper, -0.18, 0.6, 0.22, ink("#ffb060"), 0.45)
            paste(sky, Stencil(paper, -0.4, 0.4, 0.1, 0.8).ellipse(-0.18, 0.585, 0.085).stamp(), ink("#ffe0a0"))
        else:
            glow(sky, paper, 0.1, 0.55, 0.3, ink("#fff0b0"), 0.35)
            paste(sky, Stencil(paper, -0.2, 0.3, 0.4, 0.8).ellipse(0.1, 0.5, 0.075).stamp(), ink("#fffbe0"))
        self.sky = np.clip(sky, 0, 1)
        self.clouds = [cloud_strip(paper, 31, 0.1, 0.2, 5), cloud_strip(paper, 37, 0.27, 0.36, 6)]
        self.cloud_ink = ink("#f0957c" if kind == "dusk" else "#ffffff")
        x = paper.x
        hills = _HILLS[kind]
        self.back, self.back_mask = self._hill(ridge(x, 0.56, 0.05, 41), hills[0], 0.3)
        self.mid, self.mid_mask = self._mid(hills[1])
        self.front, self.front_mask = self._front(hills[2])
        self.seas = [paper.gradient((0.6, a), (1, b)) for a, b in _SEAS[kind]]
        self.rim = ink("#ffb58a" if kind == "dusk" else "#ffffff")
        self.buffer = paper.blank()

    def _hill(self, line: Mask, colours: tuple[str, str], low: float) -> tuple[Picture, Mask]:
        sheet = self.paper.gradient((low, colours[0]), (0.75, colours[1]))
        mask = np.clip(self.paper.y * self.paper.height + 0.5 - line[None, :] * self.paper.height, 0, 1)
        return sheet, mask.astype(np.float32)

    def _mid(self, colours: tuple[str, str]) -> tuple[Picture, Mask]:
        """The viaduct and the hill it comes from."""
        paper = self.paper
        s = Stencil.whole(paper)
        line = np.minimum(ridge(paper.x, 0.60, 0.03, 43), 0.42 + 0.4 * (paper.x[0] + 0.95))
        s.polygon([(-paper.half, 1.0), *zip(paper.x[0].tolist(), line.tolist(), strict=True), (paper.half, 1.0)])
        scenery.viaduct(s, -0.95, 0.6, 0.525, 0.72, 10)
        return paper.gradient((0.4, colours[0]), (0.72, colours[1])), s.stamp().mask

    def _front(self, colours: tuple[str, str]) -> tuple[Picture, Mask]:
        """The near shore with the house on the left, the cliff with the lighthouse on the right."""
        paper = self.paper
        scene = paper.gradient((0.5, colours[0]), (1, colours[1]))
        line = np.minimum(0.98 - 0.2 * np.clip((-0.3 - paper.x[0]) / 0.6, 0, 1) ** 0.8, 1.0)
        cliff = 1.02 - 0.42 * np.clip((paper.x[0] - 0.28) / 0.3, 0, 1) ** 0.55
        line = np.minimum(line, cliff) + 0.008 * np.sin(paper.x[0] * 31) + 0.004 * np.sin(paper.x[0] * 83)
        s = Stencil.whole(paper)
        s.polygon(
            [
                (-paper.half - 0.01, 1.02),
                *zip(paper.x[0].tolist(), line.tolist(), strict=True),
                (paper.half + 0.01, 1.02),
            ]
        )
        for px, size in ((-0.83, 0.2), (-0.76, 0.13), (-0.42, 0.1), (0.84, 0.12)):
            scenery.pine(s, px, 0.815 if px < -0.6 else (0.945 if px < 0 else 0.605), size)
        mask = s.stamp().mask

        def tower(p: Picture) -> None:
            scenery.lighthouse(p, paper, 0.64, 0.612, 0.46, ink("#f1e3d3"), ink("#b03a3a"), ink("#ffe9a8"))

        def home(p: Picture) -> None:
            scenery.house(p, paper, -0.61, 0.83, 0.135, ink("#241530"), ink("#ffcf70"))

        for building in (tower, home):
            building(scene)
            mask = np.maximum(mask, scenery.covered(paper, building))
        return scene, mask

    def draw(self, t: float) -> Picture:
        p, paper = self.buffer, self.paper
        np.copyto(p, self.sky)
        for (strip, top), speed in zip(self.clouds, (0.022, 0.035), strict=True):
            paste(p, Stamp(scroll(strip, -t * speed * paper.height, paper.width), top, 0), self.cloud_ink, 0.5)
        p += self.back_mask * (self.back - p)
        if self.kind == "dusk":
            x = -0.95 + 0.22 * (t - 4.5)
            chimney = scenery.carriages(p, paper, x, 0.527, 0.04, 20 * t, 4)
            scenery.puff(p, paper, *chimney, 0.07, t, ink("#ffe3c8"), -0.6)
        else:
            self._gulls(p, t)
        p += self.mid_mask * (self.mid - p)
        rows = waves(paper, t, 0.70, 0.014, 0.09, 0.05)
        below(p, paper, rows, self.seas[0], self.rim, 0.12, 0.003)
        if self.kind == "dawn":
            self._whale(p, t)
        below(p, paper, waves(paper, t * 1.1, 0.775, 0.022, 0.13, -0.06), self.seas[1], self.rim, 0.2, 0.004)
        s = Stencil(paper, -0.3, 0.6, 0.35, 0.95)
        puppets.boat(s, -0.05 + 0.02 * (t % 40 - 6), 0.845 + 0.008 * sin(1.9 * t), 0.14, 0.08 * sin(1.4 * t))
        paste(p, s.stamp(), ink("#2a1a35" if self.kind == "dusk" else "#fff8ea"))
        below(p, paper, waves(paper, t * 0.9, 0.87, 0.034, 0.2, 0.08), self.seas[2], self.rim, 0.25, 0.004)
        p += self.front_mask * (self.front - p)
        if self.kind == "dusk":
            scenery.puff(p, paper, -0.572, 0.675, 0.06, 0.4 * t, ink("#d9b3b8"), 0.25)
            glow(p, paper, 0.64, 0.24, 0.05, ink("#ffe9a8"), 0.5 + 0.2 * sin(3 * t))
        return p

    def _gulls(self, p: Picture, t: float) -> None:
        for i in range(5):
            x = -0.5 + 0.1 * (t - 71) + 0.16 * i + 0.02 * sin(t + i)
            y = 0.2 + 0.05 * ((i * 37) % 5) / 2 + 0.015 * sin(1.3 * t + 2 * i)
            s = Stencil(self.paper, x - 0.1, y - 0.1, x + 0.1, y + 0.1)
            puppets.gull(s, x, y, 0.055, sin(9 * t + 1.7 * i))
            paste(p, s.stamp(), ink("#33525e"))

    def _whale(self, p: Picture, t: float) -> None:
        begin, end = float(story.WHALE.begin), float(story.WHALE.end)
        if begin <= t < end:
            up = sin(pi * (t - begin) / (end - begin)) ** 0.7
            s = Stencil(self.paper, -0.6, 0.4, -0.1, 0.8)
            puppets.whale_tail(s, -0.34, 0.78 + 0.17 * (1 - up), 0.17, 0.1 * sin(2.2 * (t - begin)))
            paste(p, s.stamp(), ink("#2d5566"))


class Panorama:
    """Night, after the storm: the lamp burns on the left; the camera whips round to the train, far to the right."""

    WIDE = 2.6
    SLICES = 24

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.far = self.WIDE * paper.half
        wide = Paper(round(paper.width * (1 + self.WIDE / 2)) + 2, paper.height, paper.pixel_aspect)
        self.wide = wide
        sky = wide.gradient((0, "#0c1636"), (0.4, "#22346a"), (0.66, "#5d6fa5"), (1, "#8a95bb")) + 0.04 * wide.noise(
            51, 0.2, 4, 3
        )
        points, _ = scenery.stars(wide, 53, 160, 0.5)
        sky += points * ink("#dfe6ff") * np.float32(0.8)
        glow(sky, wide, 0.35, 0.2, 0.14, ink("#e8ecff"), 0.35)
        scenery.moon(sky, wide, 0.35, 0.2, 0.085, ink("#f4f1e0"), ink("#cfcbb8"))
        below(sky, wide, ridge(wide.x, 0.58, 0.09, 57), wide.gradient((0.4, "#2e3f75"), (0.8, "#41528a")), None, 0.2)
        below(sky, wide, ridge(wide.x, 0.68, 0.06, 59), wide.gradient((0.5, "#1a2756"), (0.9, "#26356a")), None, 0.25)
        left, right = -wide.half + paper.half, wide.half - paper.half
        s = Stencil.whole(wide)
        scenery.viaduct(s, right - 1.15, right + 1.2, 0.62, 0.95, 9)
        paste(sky, s.stamp(), ink("#101838"))
        below(
            sky,
            wide,
            np.asarray(0.86 + 0.03 * np.sin(wide.x[0] * 3), np.float32),
            wide.gradient((0.8, "#0e1632"), (1, "#070b1c")),
            ink("#33447e"),
            0.3,
        )
        s = Stencil.whole(wide)
        for i in range(26):
            px = -wide.half + 2 * wide.half * i / 25 + 0.05 * sin(i * 9)
            if abs(px - left) > 0.3 and px < right - 0.6:
                scenery.pine(s, px, 0.9, 0.16 + 0.08 * sin(i * 5))
        paste(sky, s.stamp(), ink("#060916"))
        self.lamp = scenery.lighthouse(sky, wide, left, 0.9, 0.72, ink("#c9c3d6"), ink("#7c2f46"), ink("#fff2c0"))
        self.ground = np.clip(sky, 0, 1).astype(np.float32)
        self.left, self.right = left, right
        self.buffer = paper.blank()

    def _camera(self, t: float) -> float:
        """Place the camera looks at, on the wide sheet."""
        pan = story.WHIP_PAN
        s = ease(t, float(pan.begin), float(pan.end))
        return self.left + (self.right - self.left) * s + 0.012 * sin(1.7 * t) * 0.5

    def draw(self, t: float) -> Picture:
        pan = story.WHIP_PAN
        if not float(pan.begin) - 0.03 < t < float(pan.end):
            return self._view(t, self._camera(t), self.buffer)
        total = self.paper.blank()
        for k in range(self.SLICES):
            # The shutter is open for 1/24 s: what passes meanwhile is smeared.
            total += self._view(t, self._camera(t + k / self.SLICES / 24), self.buffer)
        total /= self.SLICES
        return total

    def _view(self, t: float, looks: float, p: Picture) -> Picture:
        paper = self.paper
        start = self.wide.column(looks) - paper.width / 2
        first = int(np.clip(np.floor(start), 0, self.wide.width - paper.width - 1))
        part = np.float32(np.clip(start - first, 0, 1))
        window = self.ground[:, :, first : first + paper.width + 1]
        np.multiply(window[:, :, :-1], 1 - part, out=p)
        p += part * window[:, :, 1:]
        here = self.left - looks
        if here > -2 * paper.half:
            self._beam(p, self.lamp[0] - looks, self.lamp[1], t)
        there = self.right - looks
        if there < 1.5 * paper.half:
            x = there - 0.35 + 0.24 * (t - 69)
            chimney = scenery.carriages(p, paper, x, 0.622, 0.11, 9 * t, 4, ink("#060a18"))
            glow(p, paper, x + 0.02, 0.585, 0.07, ink("#ffe0a0"), 0.8)
            scenery.puff(p, paper, *chimney, 0.2, t, ink("#c3cbe6"), -0.5)
        return p

    def _beam(self, p: Picture, x: float, y: float, t: float) -> None:
        beam(p, self.paper, x, y, 1.25 * (t - 66.6), ink("#fff0b8"), 0.75)
        glow(p, self.paper, x, y, 0.07, ink("#ffe6a0"), 0.9)


def beam(p: Picture, paper: Paper, x: float, y: float, turn: float, colour: Ink, strength: float) -> None:
    """A lighthouse's two beams, level, seen from the side: they widen, shorten and swing past as the lamp turns."""
    reach = cos(turn)
    for way in (1, -1):
        length = way * reach
        if abs(length) < 0.05:
            continue
        ahead = (paper.x - x) / np.float32(length)
        width = 0.012 + 0.1 * np.maximum(ahead, 0)
        across = np.abs(paper.y - y - 0.05 * ahead) / width
        bright = np.float32(strength * (0.45 + 0.55 * max(0.0, sin(turn) * way))) * np.exp(-np.maximum(ahead, 0) * 1.3)
        light = np.clip(1 - across, 0, 1) * np.where(ahead > 0, bright, 0)
        p += light.astype(np.float32) * colour
