"""The detector of the full watch, on a run of frames out of a film.

Contents
    HEAD, judged
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from rewatch.evidence import Pictures
from rewatch.facts import FilmFacts
from rewatch.images.boundaries import BLOCK, Boundaries
from rewatch.images.boundaries_fades import Transition
from rewatch.track import Spans, Track

HEAD = 10
"""Frames looked at behind a run, so that the change at its end is seen from both sides: what a flash needs and more."""
STILL = 8
"""Times that a run's first frame is held before it: the detector sees no cut on a film's second frame, but on a run's
there may be one."""


def judged(
    film: FilmFacts, scratch: Path, pieces: Iterable[Pictures], least_sure: float
) -> tuple[list[Transition], list[Transition], list[tuple[int, int]]]:
    """What the detector finds in pieces that follow each other: boundaries, what nearly counted, stretches of black
    (half-open). Each piece is looked at before the next one is asked for."""
    begin = held = 0
    analyser: Boundaries | None = None
    for piece in pieces:
        if analyser is None:
            begin = piece.first
            held = STILL if begin else 0
            # The detector goes by blocks, counted from the film's beginning.
            analyser = Boundaries(least_sure, lacks=(begin - held) % BLOCK)
            analyser.begin(film, scratch)
            if held:
                analyser.feed(_still(piece, held))
        analyser.feed(replace(piece, first=piece.first - begin + held, large={}))
    if analyser is None:
        return [], [], []
    given = analyser.finish({})
    found, doubts = (_transitions(given[name], held, begin) for name in ("boundaries", "doubtful"))
    dark = given["black"]
    assert isinstance(dark, Spans)
    edges = [(int(a) - held, int(b) - held) for a, b in zip(dark.begin, dark.end, strict=True)]
    return found, doubts, [(max(a, 0) + begin, b + begin) for a, b in edges if b > 0]


def _transitions(found: Track, held: int, begin: int) -> list[Transition]:
    """Those of a track, numbered as the film's frames are."""
    assert isinstance(found, Spans)
    return [
        Transition(kind, max(int(a) - held, 0) + begin, int(b) - 1 - held + begin, float(sure))  # type: ignore[arg-type]
        for kind, a, b, sure in zip(found.label, found.begin, found.end, found.columns["sure"], strict=True)
        if b > held
    ]


def _still(piece: Pictures, length: int) -> Pictures:
    """The first frame of a piece, `length` times, numbered from 0."""
    names = ("luma", "cb", "cr", "keyframe", "size", "kind")
    held: dict[str, Any] = {name: np.repeat(getattr(piece, name)[:1], length, axis=0) for name in names}
    return replace(piece, first=0, pts=int(piece.pts[0]) - np.arange(length, 0, -1), duration=1, large={}, **held)
