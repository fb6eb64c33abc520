"""Scenery: what stands in the paper film, and the train that goes through it.

A building stands on (x, y) and is `size` high. `Stencil` functions cut a silhouette; the others lay finished paper.

Contents
    lighthouse, house, viaduct    what is built
    carriages, puff               the train and its smoke
    tree, pine, moon, stars       what was there before
    covered                       where a piece of scenery hides what is behind it
"""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, sin

import numpy as np

from rewatch.demo.paper import Ink, Mask, Paper, Picture, Stamp, Stencil, glow, ink, paste, placed, rounded, shade, spot

BLACK = ink("#0b0a12")


def lighthouse(
    picture: Picture, paper: Paper, x: float, y: float, size: float, body: Ink, stripe: Ink, lit: Ink | None
) -> tuple[float, float]:
    """A striped tower with its gallery and lamp; returns where the lamp is. `lit` colours the lamp room's panes."""

    def side(h: float) -> float:
        return 0.115 - 0.045 * h / 0.74

    tower = Stencil(paper, x - size / 3, y - 1.1 * size, x + size / 3, y + 0.02 * size)
    tower.polygon(placed([(-side(0), 0), (side(0), 0), (side(0.74), -0.74), (-side(0.74), -0.74)], x, y, size))
    shade(picture, tower.stamp(), 0.012, 0.5, (0.008, 0.004))
    paste(picture, tower.stamp(), body)
    stripes = Stencil(paper, x - size / 3, y - 1.1 * size, x + size / 3, y + 0.02 * size)
    for low in (0.08, 0.3, 0.52):
        stripes.polygon(
            placed(
                [
                    (-side(low), -low),
                    (side(low), -low - 0.0),
                    (side(low + 0.11), -low - 0.11),
                    (-side(low + 0.11), -low - 0.11),
                ],
                x,
                y,
                size,
            )
        )
    paste(picture, stripes.stamp(), stripe)
    top = Stencil(paper, x - size / 3, y - 1.1 * size, x + size / 3, y + 0.02 * size)
    top.polygon(placed([(-0.12, -0.745), (0.12, -0.745), (0.1, -0.71), (-0.1, -0.71)], x, y, size))
    top.polygon(placed([(-0.075, -0.875), (0.075, -0.875), (0.05, -0.93), (0.0, -0.965), (-0.05, -0.93)], x, y, size))
    top.line(placed([(0, -0.95), (0, -1.02)], x, y, size), 0.012 * size)
    for post in (-0.06, -0.02, 0.02, 0.06):
        top.line(placed([(post, -0.74), (post, -0.88)], x, y, size), 0.01 * size)
    for post in (-0.115, -0.0575, 0.0575, 0.115):
        top.line(placed([(post, -0.745), (post, -0.79)], x, y, size), 0.007 * size)
    top.line(placed([(-0.115, -0.79), (0.115, -0.79)], x, y, size), 0.008 * size)
    if lit is not None:
        pane = Stencil(paper, x - size / 3, y - 1.1 * size, x + size / 3, y)
        paste(
            picture,
            pane.polygon(placed([(-0.06, -0.745), (0.06, -0.745), (0.06, -0.88), (-0.06, -0.88)], x, y, size)).stamp(),
            lit,
        )
    paste(picture, top.stamp(), BLACK)
    return x, y - 0.81 * size


def house(
    picture: Picture, paper: Paper, x: float, y: float, size: float, wall: Ink, window: Ink
) -> tuple[float, float]:
    """A small house, its window lit; returns where its chimney smokes."""

    def cut() -> Stencil:
        return Stencil(paper, x - size, y - 1.5 * size, x + size, y + 0.1 * size)

    shape = cut().polygon(
        placed([(-0.5, 0), (-0.5, -0.5), (-0.62, -0.47), (0, -1.0), (0.62, -0.47), (0.5, -0.5), (0.5, 0)], x, y, size)
    )
    shape.polygon(placed([(0.2, -0.7), (0.2, -1.1), (0.36, -1.1), (0.36, -0.6)], x, y, size))
    shade(picture, shape.stamp(), 0.01, 0.4)
    paste(picture, shape.stamp(), wall)
    pane = cut().polygon(placed([(-0.3, -0.42), (-0.02, -0.42), (-0.02, -0.16), (-0.3, -0.16)], x, y, size))
    glow(picture, paper, x - 0.16 * size, y - 0.3 * size, 0.28 * size, ink("#ffa040"), 0.7)
    paste(picture, pane.stamp(), window)
    cross = cut().line(placed([(-0.16, -0.42), (-0.16, -0.16)], x, y, size), 0.03 * size)
    cross.line(placed([(-0.3, -0.29), (-0.02, -0.29)], x, y, size), 0.03 * size)
    cross.polygon(placed([(0.14, 0), (0.14, -0.36), (0.34, -0.36), (0.34, 0)], x, y, size), 0.6)
    paste(picture, cross.stamp(), BLACK)
    return x + 0.28 * size, y - 1.1 * size


def _wheel(s: Stencil, x: float, y: float, radius: float, angle: float, spokes: int = 0) -> None:
    s.ellipse(x, y, radius)
    if spokes:
        s.ellipse(x, y, radius * 0.82, fill=0)
        for i in range(spokes):
            a = angle + i * 2 * pi / spokes
            s.line([(x, y), (x + radius * 0.9 * cos(a), y + radius * 0.9 * sin(a))], radius * 0.13)
        s.ellipse(x, y, radius * 0.25)


def carriages(
    picture: Picture,
    paper: Paper,
    x: float,
    y: float,
    size: float,
    turn: float,
    cars: int = 3,
    colour: Ink = BLACK,
    spokes: int = 0,
) -> tuple[float, float]:
    """A steam train going right, its engine's buffer at x, rails at y, engine `size` high; returns where it smokes."""
    length = 1.9 * size
    left = x - length - cars * 2.1 * size
    s = Stencil(paper, left, y - 1.2 * size, x + 0.3 * size, y + 0.05 * size)
    s.polygon(
        placed(rounded([(-1.3, -0.38), (-1.3, -0.86), (-0.2, -0.86), (-0.1, -0.78), (-0.1, -0.38)], 1), x, y, size)
    )
    s.polygon(
        placed([(-1.85, -0.3), (-1.85, -1.0), (-1.92, -1.06), (-1.2, -1.06), (-1.27, -1.0), (-1.27, -0.3)], x, y, size)
    )
    s.polygon(placed([(-1.85, -0.25), (-1.85, -0.42), (0.0, -0.42), (0.02, -0.25)], x, y, size))
    s.polygon(placed([(0.0, -0.3), (0.16, -0.04), (-0.1, -0.04), (-0.1, -0.3)], x, y, size))
    s.polygon(placed([(-0.36, -0.82), (-0.42, -1.16), (-0.2, -1.16), (-0.26, -0.82)], x, y, size))
    s.ellipse(*spot(-0.75, -0.86, x, y, size), 0.12 * size)
    for i in range(cars):
        front = -2.05 - 2.1 * i
        s.polygon(
            placed(
                [
                    (front - 1.95, -0.25),
                    (front - 1.95, -0.86),
                    (front - 1.85, -0.97),
                    (front - 0.1, -0.97),
                    (front, -0.86),
                    (front, -0.25),
                ],
                x,
                y,
                size,
            )
        )
        s.line(placed([(front, -0.3), (front + 0.25, -0.3)], x, y, size), 0.06 * size)
        for at in (-0.4, -1.55):
            _wheel(s, *spot(front + at, -0.17, x, y, size), 0.17 * size, turn, spokes)
    for at, radius in ((-1.5, 0.27), (-0.95, 0.27), (-0.35, 0.17)):
        _wheel(s, *spot(at, -radius, x, y, size), radius * size, turn, spokes)
    rod = 0.14 * size
    hub = [placed([(at, -0.27)], x, y, size)[0] + rod * np.array([cos(turn), sin(turn)]) for at in (-1.5, -0.95)]
    s.line([tuple(h) for h in hub], 0.05 * size)
    paste(picture, s.stamp(), colour)
    panes = Stencil(paper, left, y - 1.2 * size, x, y)
    panes.polygon(placed([(-1.72, -0.92), (-1.45, -0.92), (-1.45, -0.66), (-1.72, -0.66)], x, y, size))
    for i in range(cars):
        for k in range(4):
            a = -2.05 - 2.1 * i - 0.3 - 0.42 * k
            panes.polygon(placed([(a, -0.8), (a - 0.26, -0.8), (a - 0.26, -0.52), (a, -0.52)], x, y, size))
    paste(picture, panes.stamp(), ink("#ffc765"))
    return x - 0.31 * size, y - 1.2 * size


def puff(
    picture: Picture,
    paper: Paper,
    x: float,
    y: float,
    size: float,
    t: float,
    colour: Ink,
    wind: float = -0.3,
    strength: float = 0.6,
) -> None:
    """Smoke: paper discs that rise, drift with the wind, grow and thin out."""
    for i in range(9):
        age = (t * 0.9 + i / 9) % 1.0
        px = x + wind * age * size * 3 + 0.12 * size * sin(9 * age + i)
        py = y - age * size * 1.7
        r = size * (0.12 + 0.34 * age)
        paste(
            picture,
            Stencil(paper, px - r, py - r, px + r, py + r).ellipse(px, py, r, r * 0.85).stamp(),
            colour,
            strength * (1 - age) ** 1.5,
        )


def viaduct(s: Stencil, x0: float, x1: float, rail: float, foot: float, arches: int) -> None:
    """A viaduct of so many arches from x0 to x1, its rails at y = `rail`."""
    span = (x1 - x0) / arches
    s.box(x0, rail, x1, foot)
    for i in range(arches):
        middle, half = x0 + (i + 0.5) * span, span * 0.36
        s.box(middle - half, rail + 0.025 + half, middle + half, foot + 0.02, fill=0)
        s.ellipse(middle, rail + 0.025 + half, half, fill=0)
    s.box(x0, rail - 0.006, x1, rail + 0.012)


def tree(s: Stencil, x: float, y: float, size: float, seed: int, lean: float = 0.0) -> None:
    """A bare tree that forks a few times."""
    rng = np.random.default_rng(seed)

    def grow(px: float, py: float, angle: float, length: float, width: float, depth: int) -> None:
        qx, qy = px + length * sin(angle), py - length * cos(angle)
        s.line([(px, py), (qx, qy)], width)
        if depth:
            for side in (-1, 1):
                grow(
                    qx,
                    qy,
                    angle + side * rng.uniform(0.25, 0.62) + lean * 0.3,
                    length * rng.uniform(0.62, 0.8),
                    width * 0.62,
                    depth - 1,
                )

    grow(x, y, lean * 0.3, size * 0.32, size * 0.06, 5)


def pine(s: Stencil, x: float, y: float, size: float) -> None:
    """A fir in three tiers."""
    for i in range(3):
        low, wide = 0.12 + 0.26 * i, 0.24 - 0.055 * i
        s.polygon(placed([(-wide, -low), (wide, -low), (0, -low - 0.4)], x, y, size))
    s.line([(x, y), (x, y - 0.2 * size)], 0.05 * size)


def moon(picture: Picture, paper: Paper, x: float, y: float, radius: float, colour: Ink, spots: Ink) -> Stamp:
    """A paper moon with its seas; returns its disc."""
    disc = Stencil(paper, x - radius, y - radius, x + radius, y + radius).ellipse(x, y, radius).stamp()
    paste(picture, disc, colour)
    seas = Stencil(paper, x - radius, y - radius, x + radius, y + radius)
    for dx, dy, r in (
        (-0.3, -0.25, 0.24),
        (0.25, -0.4, 0.13),
        (0.15, 0.2, 0.28),
        (-0.42, 0.3, 0.12),
        (0.5, 0.02, 0.1),
        (-0.05, 0.62, 0.13),
    ):
        seas.ellipse(x + dx * radius, y + dy * radius, r * radius)
    paste(picture, seas.stamp(), spots, 0.5)
    return disc


def stars(paper: Paper, seed: int, count: int, lowest: float) -> tuple[Mask, Mask]:
    """(sharp points, twinkle phase) as two (height, width) masks: a static sky of stars."""
    rng = np.random.default_rng(seed)
    sharp = Stencil.whole(paper)
    for _ in range(count):
        x, y, r = rng.uniform(-paper.half, paper.half), lowest * rng.uniform() ** 1.2, rng.uniform(0.0012, 0.0034)
        sharp.ellipse(x, y, r, fill=float(rng.uniform(0.35, 1)))
    phase = paper.noise(seed + 1, 0.06, 1) * 9
    return sharp.stamp().mask, phase


def covered(paper: Paper, draw: Callable[[Picture], object]) -> Mask:
    """(height, width) where finished paper lies, not its shadow or glow: drawn on black and on white it is the same."""
    on, off = paper.blank(), np.ones_like(paper.blank())
    draw(on)
    draw(off)
    solid = np.clip(1 - (off - on).mean(axis=0), 0, 1)
    solid[solid < 0.75] = 0
    return np.asarray(solid, np.float32)
