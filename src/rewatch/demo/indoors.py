"""Indoors: the keeper's room, his cat, the stairs of the tower, the lamp.

Contents
    Room, Cat, Stairs, Lamp
"""

from __future__ import annotations

from math import exp, pi, sin

import numpy as np
from PIL import Image

from rewatch.demo import puppets, scenery
from rewatch.demo import timeline as story
from rewatch.demo.paper import Paper, Picture, Stamp, Stencil, ease, glow, halo, ink, paste, placed, rounded, shade
from rewatch.demo.rails_and_hills import rain, rain_sheet


def zoomed(picture: Picture, factor: float, x: float, y: float) -> Picture:
    """What a lens sees that is `factor` longer: enlarged about a place given as fractions of width and height."""
    _, high, wide = picture.shape
    left, top = x * wide * (1 - 1 / factor), y * high * (1 - 1 / factor)
    box = (left, top, left + wide / factor, top + high / factor)
    planes = [Image.fromarray(plane).resize((wide, high), Image.Resampling.BILINEAR, box=box) for plane in picture]
    return np.stack([np.asarray(plane) for plane in planes])


class Room:
    """The keeper in his chair, the cat before the fire, the sea in the window.

    In the evening the camera comes slowly closer; in the morning the same set-up again, the window bright, he nods.
    """

    def __init__(self, paper: Paper, kind: str) -> None:
        self.paper, self.kind = paper, kind
        wall = paper.gradient((0, "#5a2f2a"), (0.5, "#a0583a"), (0.8, "#b8683c"), (1, "#7a3f2a"))
        stripe = (0.5 + 0.5 * np.sign(np.sin(paper.x * 48))) * 0.035 * (paper.y < 0.8)
        wall *= 1 - stripe.astype(np.float32)
        wall *= 1 + 0.05 * paper.noise(101, 0.1, 3)
        floor = Stencil(paper, -paper.half, 0.79, paper.half, 1).box(-2, 0.8, 2, 1.1).stamp()
        paste(wall, floor, ink("#4a2418"))
        for y in (0.84, 0.9, 0.97):
            paste(
                wall,
                Stencil(paper, -paper.half, y - 0.01, paper.half, y + 0.01).line([(-2, y), (2, y)], 0.003).stamp(),
                ink("#2d140e"),
            )
        self._window(wall)
        self._furniture(wall)
        self.wall = np.clip(wall, 0, 1)
        self.fire = halo(paper, 0.62, 0.74, 0.34) * ink("#ff8a2a")
        self.dim = np.float32(0.84 if kind == "morning" else 0.8)
        self.buffer = paper.blank()

    def _window(self, wall: Picture) -> None:
        paper = self.paper
        frame = Stencil(paper, -0.5, 0.1, 0.1, 0.62).box(-0.38, 0.14, 0.02, 0.56).stamp()
        if self.kind == "evening":
            view = paper.gradient((0.14, "#1d2c5e"), (0.4, "#5b5a94"), (0.44, "#2f4377"), (0.56, "#16224a"))
            scenery.moon(view, paper, -0.08, 0.25, 0.045, ink("#fff1c9"), ink("#e3c98f"))
        else:
            view = paper.gradient((0.14, "#8fc0d8"), (0.42, "#fbe3c0"), (0.44, "#6fb0c4"), (0.56, "#3d7f9a"))
            glow(view, paper, -0.1, 0.4, 0.06, ink("#fff0b0"), 0.6)
        shade(wall, frame, 0.02, 0.5)
        part = (
            slice(None),
            slice(frame.top, frame.top + frame.mask.shape[0]),
            slice(frame.left, frame.left + frame.mask.shape[1]),
        )
        paste(wall, frame, view[part])
        s = Stencil(paper, -0.5, 0.1, 0.1, 0.65)
        for x in (-0.38, -0.18, 0.02):
            s.line([(x, 0.14), (x, 0.56)], 0.014)
        for y in (0.14, 0.35, 0.56):
            s.line([(-0.38, y), (0.02, y)], 0.014)
        s.box(-0.42, 0.56, 0.06, 0.585)
        paste(wall, s.stamp(), ink("#2a120c"))

    def _furniture(self, wall: Picture) -> None:
        paper = self.paper
        s = Stencil.whole(paper)
        s.box(0.4, 0.42, 0.86, 0.82).box(0.36, 0.39, 0.92, 0.43)  # hearth
        s.box(0.46, 0, 0.82, 0.4)
        s.box(-0.8, 0.3, -0.56, 0.315).box(-0.8, 0.45, -0.56, 0.465)  # shelves
        for i, (x, h) in enumerate(((-0.78, 0.08), (-0.745, 0.1), (-0.715, 0.07), (-0.69, 0.09), (-0.62, 0.06))):
            s.box(x, 0.3 - h, x + 0.025, 0.3)
            s.box(x + 0.03, 0.45 - h * (0.8 + 0.1 * i), x + 0.052, 0.45)
        s.box(0.16, 0.14, 0.3, 0.2).polygon([(0.14, 0.14), (0.32, 0.14), (0.23, 0.08)]).box(
            0.17, 0.2, 0.29, 0.6
        )  # clock
        shade(wall, s.stamp(), 0.015, 0.4)
        paste(wall, s.stamp(), ink("#24100c"))
        mouth = Stencil(paper, 0.4, 0.4, 0.9, 0.85).box(0.5, 0.56, 0.78, 0.82).ellipse(0.64, 0.57, 0.14, 0.06).stamp()
        paste(wall, mouth, ink("#5c1d0c"))
        dial = Stencil(paper, 0.1, 0.1, 0.4, 0.65).ellipse(0.23, 0.165, 0.032).box(0.19, 0.25, 0.27, 0.55).stamp()
        paste(wall, dial, ink("#e8c890"), 0.85)

    def draw(self, t: float) -> Picture:
        p, paper = self.buffer, self.paper
        flicker = 0.5 + 0.07 * sin(11 * t) + 0.05 * sin(17.3 * t + 1)
        np.multiply(self.wall, self.dim, out=p)
        p += self.fire * np.float32(flicker)
        for i in range(5):
            x, h = 0.56 + 0.04 * i, 0.1 + 0.05 * sin(9 * t + 2.1 * i) + 0.02 * sin(23 * t + i)
            s = Stencil(paper, x - 0.08, 0.5, x + 0.08, 0.85)
            s.polygon(
                rounded(
                    [
                        (x - 0.04, 0.81),
                        (x + 0.04, 0.81),
                        (x + 0.025, 0.81 - h * 0.6),
                        (x + 0.015 * sin(7 * t + i), 0.81 - h * 1.4),
                        (x - 0.03, 0.81 - h * 0.6),
                    ],
                    2,
                )
            )
            paste(p, s.stamp(), ink("#ffb347" if i % 2 else "#ffe08a"), 0.85)
        swing = 0.022 * sin(pi * t)
        s = (
            Stencil(paper, 0.15, 0.2, 0.32, 0.6)
            .line([(0.23, 0.25), (0.23 + swing, 0.5)], 0.005)
            .ellipse(0.23 + swing, 0.5, 0.017)
        )
        nod = 0.5 + 0.5 * sin(1.5 * t) if self.kind == "morning" else 0.15 * sin(2.1 * t)
        paste(p, s.stamp(), ink("#5a3a1c"))
        s = Stencil(paper, -0.8, 0.2, 0.6, 0.98)
        puppets.keeper_seated(s, -0.12, 0.89, 0.52, nod)
        puppets.cat_seated(s, 0.34, 0.92, 0.22, sin(2.4 * t), sin(0.8 * t))
        paste(p, s.stamp(), ink("#140806"))
        if self.kind == "evening":
            zoom = story.ZOOM
            s_ = min(1.0, max(0.0, (t - float(zoom.begin)) / float(zoom.end - zoom.begin)))
            return zoomed(p, float(story.ZOOM_FACTOR) ** s_, 0.5, 0.62)
        return p


class Cat:
    """The cat, close: two eyes that follow something, blink, and an ear that turns."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        back = paper.gradient((0, "#14384a"), (0.6, "#2e6f7e"), (1, "#1c4a58")) + 0.04 * paper.noise(111, 0.15, 4, 2)
        pane = Stencil.whole(paper)
        for x in (-0.62, 0.62):
            pane.line([(x, -0.1), (x, 1.1)], 0.03)
        pane.line([(-2, 0.3), (2, 0.3)], 0.03)
        paste(back, pane.stamp(), ink("#0c2029"))
        self.back = np.clip(back, 0, 1)
        self.rain = rain_sheet(paper, 113, 90, 0.08)
        self.buffer = paper.blank()

    def draw(self, t: float) -> Picture:
        p, paper = self.buffer, self.paper
        np.copyto(p, self.back)
        rain(p, self.rain, t, 1.2, 0.22)
        x, y, size = 0.02 * sin(1.1 * t), 0.62, 0.62
        s = Stencil(paper, -0.8, 0.02, 0.8, 1)
        s.polygon(placed(rounded([(-0.9, 0.9), (-0.62, 0.3), (0.62, 0.3), (0.9, 0.9)], 2), x, y, size))
        s.ellipse(x, y, 0.62 * size, 0.5 * size)
        twitch = 0.09 * exp(-(((t - 21.6) / 0.12) ** 2))
        for side, turn in ((-1, 0.0), (1, twitch)):
            s.polygon(
                placed(
                    rounded([(side * 0.6, 0.0), (side * (0.62 + turn), -0.85 + turn), (side * 0.12, -0.42)], 1),
                    x,
                    y,
                    size,
                )
            )
        paste(p, s.stamp(), ink("#0a1014"))
        inner = Stencil(paper, -0.6, 0.02, 0.6, 0.6)
        for side, turn in ((-1, 0.0), (1, twitch)):
            inner.polygon(
                placed([(side * 0.5, -0.2), (side * (0.55 + turn), -0.62 + turn), (side * 0.26, -0.42)], x, y, size)
            )
        paste(p, inner.stamp(), ink("#243038"))
        lid = min(abs(t - 21.15), abs(t - 22.0)) / 0.11
        wide = min(1.0, max(0.06, lid))
        look = 0.05 * sin(2.6 * t)
        eyes, pupils, glints = (Stencil(paper, -0.6, 0.3, 0.6, 0.9) for _ in range(3))
        for side in (-1, 1):
            ex, ey = x + side * 0.25 * size, y - 0.04 * size
            eyes.ellipse(ex, ey, 0.15 * size, 0.145 * size * wide)
            pupils.ellipse(ex + look * size, ey, 0.045 * size, 0.135 * size * wide)
            glints.ellipse(ex + (look + 0.035) * size, ey - 0.055 * size * wide, 0.022 * size * wide)
        paste(p, eyes.stamp(), ink("#ffc640"))
        paste(p, pupils.stamp(), ink("#0a0a08"))
        paste(p, glints.stamp(), ink("#fffbe8"))
        face = Stencil(paper, -0.8, 0.5, 0.8, 1)
        face.polygon(placed([(-0.05, 0.16), (0.05, 0.16), (0.0, 0.22)], x, y, size))
        mouth = 0.05 * (1 if 20.9 <= t < 21.8 else 0) * (0.5 + 0.5 * sin(9 * t))
        face.ellipse(x, y + 0.27 * size, 0.05 * size, (0.012 + mouth) * size)
        paste(p, face.stamp(), ink("#c96a5a"))
        hairs = Stencil(paper, -0.8, 0.5, 0.8, 1)
        for side in (-1, 1):
            for k in (-1, 0, 1):
                hairs.line(
                    placed(
                        [(side * 0.16, 0.2 + 0.03 * k), (side * 0.7, 0.16 + 0.12 * k + 0.02 * sin(5 * t + k))],
                        x,
                        y,
                        size,
                    ),
                    0.004,
                )
        paste(p, hairs.stamp(), ink("#aab8bc"), 0.8)
        return p


class Stairs:
    """The long take: the tower cut open, the keeper climbing, the camera rising with him."""

    TALL = 5
    RISE = 0.34
    TURN = 0.52

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        tall = Paper(paper.width, paper.height * self.TALL, paper.pixel_aspect)
        # The tall sheet is drawn with the picture's height as its unit: a Paper that is many pictures high.
        tall.x = paper.x
        stone = np.stack([np.full((tall.height, tall.width), v, np.float32) for v in (0.33, 0.3, 0.36)])
        rows = (np.arange(tall.height, dtype=np.float32)[:, None] + 0.5) / paper.height
        course = np.floor(rows / 0.075)
        stone_x = (paper.x + 0.5 * (course % 2) * 0.18) / 0.18
        joint = np.minimum(
            np.abs(rows / 0.075 - course - 0.5) * 2 < 0.9, np.abs(stone_x - np.floor(stone_x) - 0.5) * 2 < 0.955
        )
        tone = np.sin(course * 12.9898 + np.floor(stone_x) * 78.233) * 43758.5453
        stone *= (0.86 + 0.14 * (tone - np.floor(tone)) * 1.3).astype(np.float32)
        stone *= np.where(joint, 1.0, 0.66).astype(np.float32)
        round_ = np.clip(1 - (np.abs(paper.x) / 0.68) ** 3, 0.0, 1).astype(np.float32)
        inside = np.clip((0.6 - np.abs(paper.x)) * paper.height, 0, 1).astype(np.float32)
        stone *= 0.35 + 0.65 * round_
        self.tall_top = self.TALL - 1.0
        stone = stone * inside + ink("#0d0f18") * (1 - inside)
        self.windows = [(-0.3 if i % 2 else 0.28, self.TALL - 0.75 - 0.9 * i) for i in range(5)]
        self.steps = np.zeros(stone.shape[1:], np.float32)
        self._flights(stone)
        self.stone = stone.astype(np.float32)
        self.storm = rain_sheet(paper, 121, 120, 0.06)
        self.buffer = paper.blank()

    def _place(self, climbed: float) -> tuple[float, float, bool]:
        """(x, y, going left) on the flights after so many flights; y counts down the tall sheet."""
        flight = int(climbed)
        part = climbed - flight
        left = flight % 2 == 1
        x = self.TURN * (1 - 2 * part) if left else self.TURN * (2 * part - 1)
        return x * 0.86, self.TALL - 0.12 - self.RISE * climbed, left

    def _flights(self, stone: Picture) -> None:
        high = self.paper.height
        for x, y in self.windows:
            self._arch(stone, x, y)
        steps = 12
        for flight in range(int(self.TALL / self.RISE) + 1):
            for k in range(steps):
                x, y, _ = self._place(flight + (k + 0.5) / steps)
                half = self.TURN * 0.86 / steps
                top = round((y - self.RISE / steps / 2) * high)
                a, b = (int(self.paper.column(v)) for v in (x - half, x + half))
                for start, end, tone in (
                    (top, top + max(2, round(0.014 * high)), "#8d8494"),
                    (top + round(0.014 * high), top + round(0.055 * high), "#1a1722"),
                ):
                    start, end = (int(np.clip(v, 0, stone.shape[1])) for v in (start, end))
                    stone[:, start:end, a:b] = ink(tone)
                    self.steps[start:end, a:b] = 1

    def _arch(self, stone: Picture, x: float, y: float) -> None:
        """A window in the wall; what is behind it is drawn when it passes."""
        high = self.paper.height
        s = Stencil(self.paper, x - 0.13, 0.1, x + 0.13, 0.6)
        s.box(x - 0.105, 0.28, x + 0.105, 0.545).ellipse(x, 0.28, 0.105, 0.12)
        mask = s.stamp()
        top = round((y - 0.4) * high) + mask.top
        end = min(stone.shape[1], top + mask.mask.shape[0])
        if top < 0:
            return
        part = stone[:, top:end, mask.left : mask.left + mask.mask.shape[1]]
        part += mask.mask[: end - top] * (ink("#17121c") - part)

    @staticmethod
    def _climbed(t: float) -> float:
        return 0.25 + 0.5 * max(0.0, t - 33.6) - 0.02 * sin(2 * 1.2 * pi * (t - 36))

    def draw(self, t: float) -> Picture:
        p, paper = self.buffer, self.paper
        # The camera follows the mean of the climb, not each step.
        eye = self._camera(t)
        at = eye * paper.height
        first = int(np.clip(np.floor(at), 0, self.stone.shape[1] - paper.height - 1))
        part = np.float32(np.clip(at - first, 0, 1))
        window = self.stone[:, first : first + paper.height + 1]
        np.multiply(window[:, :-1], 1 - part, out=p)
        p += part * window[:, 1:]
        for x, y in self.windows:
            if -0.2 < y - eye < 1.3:
                self._night(p, x, y - eye, t, first)
        x, y, left = self._place(self._climbed(t))
        foot = y - eye + 0.004
        s = Stencil(paper, x - 0.3, foot - 0.4, x + 0.3, foot + 0.05)
        lamp = puppets.keeper(s, x, foot, 0.27, 2.4 * pi * (t - 36), flip=left)
        far = ((paper.x - lamp[0]) ** 2 + (paper.y - lamp[1]) ** 2) / 0.09
        light = (0.38 + (1.5 + 0.1 * sin(17 * t)) / (1 + far * (1 + 0.3 * far))).astype(np.float32)
        p *= light * np.array([1.0, 0.85, 0.68], np.float32).reshape(3, 1, 1)
        paste(p, s.stamp(), ink("#08060a"))
        puppets.lantern_light(p, paper, *lamp, 0.22, 0.85 + 0.08 * sin(19 * t))
        return p

    def _camera(self, t: float) -> float:
        climbed = 0.25 + 0.5 * max(0.0, t - 33.6)
        return float(np.clip(self.TALL - 0.12 - self.RISE * climbed - 0.6, 0.0, self.tall_top))

    def _night(self, p: Picture, x: float, y: float, t: float, first: int) -> None:
        s = Stencil(self.paper, x - 0.12, y - 0.3, x + 0.12, y + 0.2)
        s.box(x - 0.09, y - 0.12, x + 0.09, y + 0.13).ellipse(x, y - 0.12, 0.09, 0.1)
        stamp = s.stamp()
        rows, columns = stamp.mask.shape
        sky = np.empty((3, rows, columns), np.float32)
        sky[:] = ink("#6f90b4")
        moved = np.roll(self.storm, (int(t * 500), int(-t * 175)), axis=(0, 1))[:rows, :columns]
        sky[:, : moved.shape[0], : moved.shape[1]] += 0.5 * moved
        # The stairs run before the window.
        row = first + stamp.top
        steps = self.steps[row : row + rows, stamp.left : stamp.left + columns]
        paste(p, Stamp(stamp.mask * (1 - steps), stamp.top, stamp.left), sky)
        bars = Stencil(self.paper, x - 0.12, y - 0.3, x + 0.12, y + 0.2).line([(x, y - 0.23), (x, y + 0.13)], 0.012)
        paste(p, bars.line([(x - 0.09, y - 0.03), (x + 0.09, y - 0.03)], 0.012).stamp(), ink("#17121c"))


class Lamp:
    """The lamp room in the dark, a match, and then light."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        night = paper.gradient((0, "#0e1a38"), (0.5, "#23386a"), (0.8, "#4a5f92"), (1, "#1a2444")) + 0.03 * paper.noise(
            131, 0.2, 4, 2
        )
        points, _ = scenery.stars(paper, 133, 70, 0.6)
        night += points * ink("#dfe6ff") * np.float32(0.6)
        gold = paper.gradient((0, "#c9752a"), (0.45, "#ffc35a"), (0.8, "#ffdf92"), (1, "#8a4a1c"))
        bars = Stencil.whole(paper)
        for x in (-0.7, -0.42, 0.42, 0.7):
            bars.line([(x, -0.1), (x, 0.86)], 0.022)
        bars.line([(-2, 0.16), (2, 0.16)], 0.022).line([(-2, 0.52), (2, 0.52)], 0.014)
        bars.box(-2, 0.84, 2, 1.2)
        stamp = bars.stamp()
        paste(night, stamp, ink("#0a0e1c"))
        paste(gold, stamp, ink("#4a2410"))
        self.night, self.gold = np.clip(night, 0, 1), np.clip(gold, 0, 1)
        lens, edge = Stencil(paper, -0.4, 0.05, 0.6, 0.95), Stencil(paper, -0.4, 0.05, 0.6, 0.95)
        lens.ellipse(0.12, 0.45, 0.26, 0.36)
        for k in range(6, 0, -1):
            edge.ellipse(0.12, 0.45, 0.26 * k / 6, 0.36 * k / 6)
            edge.ellipse(0.12, 0.45, 0.26 * k / 6 - 0.008, 0.36 * k / 6 - 0.008, fill=0)
        self.lens, self.edge = lens.stamp(), edge.stamp()
        stand = (
            Stencil(paper, -0.2, 0.7, 0.5, 1)
            .polygon([(-0.02, 0.78), (0.26, 0.78), (0.32, 0.9), (-0.08, 0.9)])
            .box(0.06, 0.75, 0.18, 1.1)
        )
        self.stand = stand.stamp()
        self.angle = np.arctan2(paper.y - 0.45, paper.x - 0.12).astype(np.float32)
        self.far = np.exp(-np.hypot(paper.x - 0.12, paper.y - 0.45) * 1.4).astype(np.float32)
        self.buffer = paper.blank()

    def draw(self, t: float) -> Picture:
        p, paper = self.buffer, self.paper
        on = story.LIGHTS_ON
        lit = ease(t, float(on.begin), float(on.end))
        np.copyto(p, self.night)
        if lit:
            p += np.float32(lit) * (self.gold - p)
            rays = np.maximum(np.cos(8 * (self.angle - 0.35 * (t - 62.5))), 0)
            p += (np.float32(0.38 * lit) * rays * self.far) * ink("#fff0b0")
        paste(p, self.lens, ink("#314875" if lit < 0.5 else "#fff0b8"), 0.35 + 0.3 * lit)
        if lit:
            glow(p, paper, 0.12, 0.45, 0.17, ink("#fffbe0"), lit * (1.0 + 0.05 * sin(21 * t)))
        paste(p, self.edge, ink("#8aa3cf" if lit < 0.5 else "#b8742a"), 0.75)
        paste(p, self.stand, ink("#070a14" if lit < 0.5 else "#3a1c0c"))
        raised = ease(t, 60.0, 62.3) - 0.6 * ease(t, 63.2, 65.0)
        s = Stencil(paper, -0.8, 0.2, 0.2, 0.98)
        body = 0.012 * sin(1.8 * t)
        hand = puppets.keeper(s, -0.4 + body, 0.9, 0.58, 0.25 * sin(1.8 * t), raised=raised)
        paste(p, s.stamp(), ink("#05070f" if lit < 0.5 else "#1e0d06"))
        flame = 0.75 + 0.15 * sin(23 * t) + 0.1 * sin(37 * t)
        puppets.lantern_light(p, paper, *hand, 0.3, flame * (1 - 0.6 * lit))
        return p
