"""Slips: frames dropped or doubled again and again, which are no cuts but a way of running.

A reel that runs at another speed than the rest, a capture that lost frames: frame by frame they look like a cut of a
frame here and there. Pieces that hang together by such slips are one, and how often frames slip tells its speed. A lone
frame that is gone is told as what it is.

Contents
    gathered    the pieces, those that hang together by slips made one
    speed_of    at which speed such a piece runs
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from rewatch.compare.order import Piece

_FRAMES = 2
"""Frames that slip at once; the shortest cuts have more."""
_APART = 10.0
"""Seconds of B between two slips that still belong together."""
_MANY, _EVERY = 6, 24
"""More frames that slip at once, in a held picture, where one is due every so many."""
_LEAST = 3
"""Slips that are a way of running."""
_PLAIN = (25 / 24, 24 / 25, 1.25, 0.8, 1.001, 1 / 1.001)
_NEAR = 0.006


def gathered(pieces: Sequence[Piece], rate: float) -> list[Piece]:
    """The pieces in order of B, those that hang together by slips made one, their parts kept. rate: frames a second."""
    found: list[Piece] = []
    at = 0
    while at < len(pieces):
        last = at
        while last + 1 < len(pieces) and _slip(pieces[last], pieces[last + 1]):
            last += 1
        found += _one(pieces[at : last + 1], round(_APART * rate))
        at = last + 1
    return found


def _slip(one: Piece, other: Piece) -> bool:
    """Whether a frame or two slip between two pieces; or more, as many as are due at a usual speed."""
    gone, come = other.a[0] - one.a[1], other.b[0] - one.b[1]
    frames = max(gone, come)
    if min(gone, come) != 0 or frames <= 0:
        return False
    return frames <= _FRAMES or (frames <= _MANY and abs(max(one.frames, other.frames) / frames - _EVERY) < _EVERY / 4)


def _one(chain: Sequence[Piece], apart: int) -> list[Piece]:
    """A chain of pieces that slips join: where they slip often they are one; what is long between them is left."""
    found: list[Piece] = []
    at = 0
    while at < len(chain):
        last = at
        # Two that slips join are both long, or neither is.
        while last + 1 < len(chain) and min(chain[last].frames, chain[last + 1].frames) <= apart:
            last += 1
        group = list(chain[at : last + 1])
        small = sum(max(q.a[0] - p.a[1], q.b[0] - p.b[1]) <= _FRAMES for p, q in pairwise(group))
        if small < max(_LEAST, 0.6 * (len(group) - 1)):
            found += group
        elif abs((group[-1].a[1] - group[0].a[0]) - (group[-1].b[1] - group[0].b[0])) <= _FRAMES:
            found.append(_whole(group, group[0], group[-1]))
        else:
            # It runs at a speed of its own; long pieces at its ends do not.
            first, after = int(group[0].frames > apart), len(group) - int(group[-1].frames > apart)
            inner = _whole(group[first:after], group[first], group[after - 1])
            if first:
                inner = replace(inner, a=(group[0].a[1], inner.a[1]), b=(group[0].b[1], inner.b[1]))
            if after < len(group):
                inner = replace(inner, a=(inner.a[0], group[-1].a[0]), b=(inner.b[0], group[-1].b[0]))
            found += [*group[:first], inner, *group[after:]]
        at = last + 1
    return found


def _whole(group: Sequence[Piece], first: Piece, last: Piece) -> Piece:
    score = sum(p.score * p.frames for p in group) / sum(p.frames for p in group)
    a, b = (first.a[0], last.a[1]), (first.b[0], last.b[1])
    return Piece(b, a, score, tuple((p.b, p.a) for p in group))


def speed_of(piece: Piece, speed: float) -> float:
    """How many seconds of A pass in one of B in a piece. speed: that of pieces that go frame by frame."""
    if not piece.parts:
        return speed
    ratio = (piece.a[1] - piece.a[0]) / piece.frames
    # A slip more or less, over so many frames.
    near = max(_NEAR, 1.5 / piece.frames)
    if abs(ratio - 1) < min(near, 2.5 / piece.frames):
        return speed
    plain = min(_PLAIN, key=lambda known: abs(known - ratio))
    return round(speed * (plain if abs(plain - ratio) < near else ratio), 6)
