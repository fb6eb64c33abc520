"""Puppets: who moves in the paper film, as jointed silhouettes after Lotte Reiniger's manner.

Each function cuts into a `Stencil`. A figure stands on (x, y) and is `size` high; `phase` turns its limbs (2 pi = a
pair of steps).

Contents
    keeper, keeper_seated, lantern_light    the keeper of the lamp
    cat_seated, cat_walking                 his cat
    gull, whale_tail, boat                  who comes by
"""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np

from rewatch.demo.paper import Paper, Picture, Stencil, glow, ink, paste, placed, rounded, spot


def keeper(
    s: Stencil, x: float, y: float, size: float, phase: float, flip: bool = False, raised: float = 0.0
) -> tuple[float, float]:
    """A man in a long coat and a sou'wester who carries a lantern; returns where the lantern hangs."""
    lean = 0.05 * sin(2 * phase)

    def at(*points: tuple[float, float]) -> list[tuple[float, float]]:
        return [(float(a), float(b)) for a, b in placed(points, x, y, size, flip=flip)]

    for side in (0.0, pi):
        swing = 0.13 * sin(phase + side)
        lift = 0.05 * max(0.0, cos(phase + side))
        s.line(at((0.0, -0.3), (swing * 0.5 + 0.02, -0.16), (swing, -0.02 - lift)), 0.085 * size)
        s.polygon(
            at((swing - 0.05, -0.05 - lift), (swing + 0.04, -0.06 - lift), (swing + 0.11, -lift), (swing - 0.05, -lift))
        )
    tail = 0.04 * sin(2 * phase + 1)
    coat = rounded(
        [(-0.09, -0.68), (0.1, -0.67), (0.16, -0.4), (0.19, -0.13), (-0.2 - tail, -0.1 + lean), (-0.14, -0.42)], 2
    )
    s.polygon(placed(coat, x, y, size, flip=flip))
    s.ellipse(*at((0.025, -0.76))[0], 0.095 * size)
    s.polygon(at((0.1, -0.79), (0.165, -0.755), (0.09, -0.735)))  # nose
    s.polygon(
        placed(
            rounded([(0.11, -0.73), (0.0, -0.7), (-0.03, -0.64), (0.1, -0.55), (0.13, -0.62)], 1), x, y, size, flip=flip
        )
    )
    hat = rounded(
        [
            (-0.2, -0.72),
            (-0.1, -0.82),
            (-0.07, -0.93),
            (0.05, -0.95),
            (0.1, -0.84),
            (0.19, -0.815),
            (0.17, -0.79),
            (-0.05, -0.8),
        ],
        2,
    )
    s.polygon(placed(hat, x, y, size, flip=flip))
    hand = (0.3, -0.47 - 0.42 * raised + 0.02 * sin(phase))
    s.line(at((0.05, -0.62), (0.19, -0.5 - 0.12 * raised), hand), 0.07 * size)
    hook = (hand[0] + 0.015 * sin(phase * 0.9), hand[1] + 0.05)
    s.line(at(hand, hook), 0.012 * size)
    lamp = placed([(-0.05, 0.15), (-0.05, 0.05), (0.0, 0.0), (0.05, 0.05), (0.05, 0.15)], 0, 0, 1) + np.array(hook)
    s.polygon(placed(lamp, x, y, size, flip=flip))
    return at((hook[0], hook[1] + 0.1))[0]


def lantern_light(picture: Picture, paper: Paper, x: float, y: float, size: float, flicker: float) -> None:
    """The flame in the keeper's lantern and what it lights."""
    glow(picture, paper, x, y, 0.16 * size + 0.02, ink("#ff9d3c"), 0.75 * flicker)
    paste(
        picture,
        Stencil(paper, x - size, y - size, x + size, y + size).ellipse(x, y, 0.035 * size, 0.05 * size).stamp(),
        ink("#fff2b8"),
    )


def keeper_seated(s: Stencil, x: float, y: float, size: float, nod: float = 0.0) -> None:
    """The keeper in his armchair, seen from the side, looking right; (x, y) is the floor under the chair's middle."""
    chair = rounded(
        [
            (-0.3, 0),
            (-0.3, -0.28),
            (-0.36, -0.8),
            (-0.3, -0.92),
            (-0.2, -0.9),
            (-0.16, -0.36),
            (0.22, -0.36),
            (0.26, -0.3),
            (0.26, 0),
            (0.2, 0),
            (0.18, -0.16),
            (-0.22, -0.16),
            (-0.24, 0),
        ],
        1,
    )
    s.polygon(placed(chair, x, y, size))
    s.polygon(
        placed(
            rounded(
                [
                    (-0.2, -0.74),
                    (-0.02, -0.74),
                    (0.05, -0.4),
                    (0.3, -0.36),
                    (0.34, -0.05),
                    (0.26, -0.05),
                    (0.22, -0.27),
                    (-0.18, -0.28),
                ],
                1,
            ),
            x,
            y,
            size,
        )
    )
    s.polygon(placed([(0.24, -0.06), (0.4, -0.04), (0.42, 0), (0.24, 0)], x, y, size))
    hx, hy = -0.08 + 0.03 * nod, -0.84 + 0.035 * nod
    s.ellipse(*spot(hx, hy, x, y, size), 0.085 * size)
    s.polygon(placed([(hx + 0.07, hy - 0.03), (hx + 0.13, hy + 0.01), (hx + 0.06, hy + 0.025)], x, y, size))
    s.polygon(
        placed(
            rounded([(hx + 0.08, hy + 0.02), (hx - 0.04, hy + 0.05), (hx + 0.02, hy + 0.2), (hx + 0.12, hy + 0.18)], 1),
            x,
            y,
            size,
        )
    )
    s.polygon(
        placed(
            rounded([(hx - 0.1, hy - 0.02), (hx - 0.08, hy - 0.11), (hx + 0.03, hy - 0.12), (hx + 0.09, hy - 0.04)], 1),
            x,
            y,
            size,
        )
    )
    s.line(placed([(0.0, -0.62), (0.12, -0.47), (0.24, -0.46)], x, y, size), 0.06 * size)


def cat_seated(s: Stencil, x: float, y: float, size: float, sway: float, look: float = 0.0) -> None:
    """A cat that sits with its back to us; its tail sways (-1..1), its head turns (-1..1)."""
    s.polygon(
        placed(
            rounded(
                [
                    (-0.24, 0),
                    (-0.27, -0.18),
                    (-0.14, -0.5),
                    (-0.08, -0.62),
                    (0.08, -0.62),
                    (0.14, -0.5),
                    (0.27, -0.18),
                    (0.24, 0),
                ],
                2,
            ),
            x,
            y,
            size,
        )
    )
    hx = 0.05 * look
    s.ellipse(*spot(hx, -0.72, x, y, size), 0.17 * size, 0.145 * size)
    for side in (-1, 1):
        s.polygon(
            placed([(hx + side * 0.165, -0.71), (hx + side * 0.15, -0.95), (hx + side * 0.03, -0.83)], x, y, size)
        )
    u = np.linspace(0, 1, 12)
    tail = np.stack([0.2 + 0.25 * u + 0.06 * sway * u, -0.05 - 0.32 * u**2 + 0.0 * u], axis=1)
    tail[:, 0] += 0.12 * sway * u**2
    s.line(placed(tail, x, y, size), 0.075 * size)


def cat_walking(s: Stencil, x: float, y: float, size: float, phase: float) -> None:
    """A cat going right, tail up."""
    s.polygon(
        placed(
            rounded(
                [(-0.5, -0.62), (-0.2, -0.68), (0.3, -0.66), (0.5, -0.6), (0.48, -0.36), (0.0, -0.3), (-0.48, -0.36)], 2
            ),
            x,
            y,
            size,
        )
    )
    for i, root in enumerate((-0.42, -0.3, 0.32, 0.44)):
        swing = 0.14 * sin(phase + (0, pi, pi * 0.6, pi * 1.6)[i])
        s.line(placed([(root, -0.42), (root + swing * 0.4, -0.2), (root + swing, -0.03)], x, y, size), 0.085 * size)
    s.ellipse(*spot(0.56, -0.72, x, y, size), 0.2 * size, 0.17 * size)
    for ear in (0.42, 0.6):
        s.polygon(placed([(ear, -0.86), (ear + 0.035, -1.04), (ear + 0.12, -0.86)], x, y, size))
    u = np.linspace(0, 1, 14)
    tail = np.stack([-0.48 - 0.22 * np.sin(u * 1.8) + 0.05 * np.sin(phase / 2 + 3 * u) * u, -0.58 - 0.62 * u], axis=1)
    s.line(placed(tail, x, y, size), 0.075 * size)


def gull(s: Stencil, x: float, y: float, size: float, beat: float) -> None:
    """A bird in flight, wings at `beat` (-1 down .. 1 up)."""
    up = 0.35 * beat
    wing = [(0.0, 0.0), (0.22, -0.12 - up * 0.5), (0.55, -up), (0.24, -0.04 - up * 0.4), (0.0, 0.07)]
    s.polygon(placed(wing, x, y, size)).polygon(placed(wing, x, y, size, flip=True))
    s.ellipse(x, y + 0.02 * size, 0.09 * size, 0.06 * size)


def whale_tail(s: Stencil, x: float, y: float, size: float, bend: float) -> None:
    """The flukes of a whale that dives; (x, y) is where they leave the water."""
    half = [(0.0, -0.72), (0.1, -0.86), (0.34, -0.98), (0.62, -0.94), (0.5, -0.8), (0.26, -0.66), (0.1, -0.5)]
    stem = [
        (-0.1, -0.62),
        (0.1, -0.62),
        (0.09, -0.4),
        (0.17, -0.1),
        (0.3, 0.12),
        (-0.3, 0.12),
        (-0.17, -0.1),
        (-0.09, -0.4),
    ]
    for flip in (False, True):
        s.polygon(placed(rounded(half, 1), x, y, size, bend, flip))
    s.polygon(placed(rounded(stem, 1), x, y, size, bend))


def boat(s: Stencil, x: float, y: float, size: float, roll: float) -> None:
    s.polygon(placed(rounded([(-0.5, -0.2), (0.55, -0.22), (0.35, 0.05), (-0.35, 0.05)], 1), x, y, size, roll))
    s.line(placed([(0.02, -0.2), (0.02, -1.0)], x, y, size, roll), 0.035 * size)
    s.polygon(placed([(0.06, -0.98), (0.06, -0.3), (0.45, -0.3)], x, y, size, roll))
    s.polygon(placed([(-0.02, -0.9), (-0.02, -0.3), (-0.36, -0.3)], x, y, size, roll))
