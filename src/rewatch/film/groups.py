"""Groups: a picture parted at its keyframes into stretches that are decoded side by side.

One decoder in several threads waits for itself: each frame for those that it refers to. Decoders of one thread each, on
stretches that do not refer to each other, do not; so a film is read in less time.
Which frame a packet shows must be told beforehand (`film.order`), and what is decoded must bear that out.

Contents
    stretches_of   the stretches of a film; None where it is to be read in one
    read_groups    its pictures from a frame on, in pieces
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from rewatch.evidence import Pictures
from rewatch.facts import FilmFacts
from rewatch.film.choice import StretchChoice
from rewatch.film.excerpts import read_excerpts
from rewatch.film.order import NoOrder, Order, known_order

SHORTEST = 160
"""Frames of a stretch at least: each begins with the choice of large frames anew."""
LONGEST = 600
"""Frames from one keyframe to the next beyond which a film is read in one: what lies decoded would be too much."""
FEWEST = 3
"""Stretches from which on they are worth it."""
MOST_DECODERS = 4


@dataclass(frozen=True, slots=True)
class Stretches:
    """The order of a film's frames, and its stretches: half-open, in order, without a gap, each from a keyframe on."""

    order: Order
    spans: tuple[tuple[int, int], ...]

    def from_frame(self, frame: int) -> Sequence[tuple[int, int]]:
        """Those from the one on that holds a frame."""
        return [span for span in self.spans if span[1] > frame]


def stretches_of(film: FilmFacts) -> Stretches | None:
    """How a film is parted; None where packets do not tell which frame is which, or nothing is gained.

    FilmError where the file cannot be opened.
    """
    if film.picture is None or (os.cpu_count() or 1) < 2:
        return None
    try:
        order = known_order(film).thinned()
    except NoOrder:
        return None
    edges = [0]
    for key in order.keyframes.tolist():
        if key >= edges[-1] + SHORTEST:
            edges.append(key)
    edges.append(len(order))
    if len(edges) <= FEWEST or int(np.diff(order.keyframes, append=len(order)).max()) > LONGEST:
        return None
    return Stretches(order, tuple(pairwise(edges)))


def read_groups(film: FilmFacts, stretches: Stretches, frame: int, batch: int) -> Iterator[Pictures]:
    """The picture from the stretch on that holds `frame`, in pieces of up to `batch` frames.

    ExcerptsFailed where what is decoded is not what the packets promised: all pieces before that are right.
    """
    cores = os.cpu_count() or 1
    decoders = min(cores, MOST_DECODERS)
    spans = stretches.from_frame(frame)
    found = read_excerpts(
        film,
        stretches.order,
        spans,
        choice=StretchChoice,
        workers=decoders,
        ahead=2,
        each=cores // decoders,
        at_last=cores,
    )
    for stretch in found:
        for first in range(0, len(stretch), batch):
            yield part_of(stretch, first, min(first + batch, len(stretch)))


def part_of(pictures: Pictures, begin: int, end: int) -> Pictures:
    """The frames ``begin .. end`` of a piece."""
    names = ("pts", "luma", "cb", "cr", "keyframe", "size", "kind")
    first, last = pictures.first + begin, pictures.first + end
    return replace(
        pictures,
        first=first,
        duration=pictures.duration if end == len(pictures) else int(pictures.pts[end] - pictures.pts[end - 1]),
        large={frame: rgb for frame, rgb in pictures.large.items() if first <= frame < last},
        **{name: getattr(pictures, name)[begin:end] for name in names},
    )
