"""Pictures that are one of a kind in a film, and pictures that come back: a set-up of the camera, a place.

Shots are set against each other by the layouts of their prints (``images.prints``): by how alike light and dark lie in
the frame (correlation of the lowest frequencies of luma, their mean apart), less what colour and brightness differ. The
most alike two frames of two shots say how alike the shots are. What is as good as black or flat is set against nothing.

Contents
    Picture      one picture: in which shots it is seen, how rare
    pictures_of  those of an edition
    likeness     how alike frames are
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rewatch.errors import NotMeasured
from rewatch.images.looks import ACROSS, DOWN, unpack_layout
from rewatch.images.prints import NAME, open_prints
from rewatch.library.edition import Edition
from rewatch.library.library import Library
from rewatch.structure.evenly import Array, shot_seconds

Floats = npt.NDArray[np.float32]

SAME = 0.68
"""Likeness from which on two shots are the same set-up: of unrelated shots fewer than one pair in a thousand is."""
_TINT, _BRIGHT = 1.5, 0.3
_FAINT, _LIT = 0.03, 0.06
"""Of the spread of light over a frame: what is added to it, and what a picture must have."""
_ALTERNATING = 4


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a film.

    kind:    "once" or "returns"
    shots:   numbers of the shots, from 1, in which it is seen
    places:  begin and end of each, seconds; frames: the frame of each that shows it best
    alike:   how alike the least alike neighbours of the returning shots are; of what is seen once, to the nearest
    rare:    1 - that likeness, within 0..1, of what is seen once; of what returns, 1 - the share of the shots it fills
    library: the share of the library's other films that have nothing as like; None where there are no others
    pattern: "A-B-A-B", where it is cut to and fro with another
    """

    kind: str
    shots: tuple[int, ...]
    places: tuple[tuple[float, float], ...]
    frames: tuple[int, ...]
    alike: float
    rare: float
    library: float | None
    pattern: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "places": [
                {"shot": shot, "start": round(begin, 3), "end": round(end, 3), "frame": frame}
                for shot, (begin, end), frame in zip(self.shots, self.places, self.frames, strict=True)
            ],
            "alike": round(self.alike, 3),
            "rarity": round(self.rare, 3),
            "rarity_in_library": None if self.library is None else round(self.library, 3),
            "pattern": self.pattern,
        }


@dataclass(frozen=True, slots=True)
class _Frames:
    """Frames with a layout. shape: (n, k) unit vectors of luma; rest: (n, 1 + tints) mean and colour; lit: (n,)."""

    shape: Floats
    rest: Floats
    lit: npt.NDArray[np.bool_]
    frame: npt.NDArray[np.int64]
    seconds: Array

    def take(self, at: npt.NDArray[np.int64]) -> _Frames:
        return _Frames(self.shape[at], self.rest[at], self.lit[at], self.frame[at], self.seconds[at])


def pictures_of(library: Library, edition: Edition, top: int = 10, *, beyond: bool = True) -> list[Picture]:
    """Pictures that return, those in most shots first; then those seen once, the rarest first; `top` of each at most.

    beyond: tell how rare each is in the library's other films as well

    NotMeasured where the film has no picture, no shots, or was watched before there were prints.
    """
    frames = _frames_of(edition)
    begin, end = shot_seconds(edition.tracks)
    if frames is None or not len(begin):
        if edition.facts.picture is None:
            raise NotMeasured(f"{edition.name} has no picture")
        if edition.glance:
            raise NotMeasured(edition.why_missing("prints of its picture"))
        raise NotMeasured(f"{edition.name} has no prints of its picture: watch it again, if it has one")
    shot = np.searchsorted(begin, frames.seconds + 1e-3, side="right") - 1
    shots = np.unique(shot[frames.lit & (shot >= 0)])
    best, which = _between_shots(frames, shot, shots)
    entries = library.entries() if beyond else []
    others = [f for e in entries if e.id != edition.id and (f := _frames_of(library.edition(e.id)))]

    def picture(kind: str, members: list[int], alike: float, rare: float, pattern: str = "") -> Picture:
        rows = np.array([which[m] for m in members])
        return Picture(
            kind,
            tuple(int(shots[m]) + 1 for m in members),
            tuple((float(begin[shots[m]]), float(end[shots[m]])) for m in members),
            tuple(int(n) for n in frames.frame[rows]),
            alike,
            rare,
            _lacking(frames.take(rows[:1]), others),
            pattern,
        )

    groups = _groups(best)
    label = {m: i for i, group in enumerate(groups) for m in group}
    patterns = _to_and_fro([label.get(m, -1 - m) for m in range(len(shots))], shots)
    back = [
        picture(
            "returns",
            group,
            min(max(float(best[a, b]) for b in group if b != a) for a in group),
            1 - len(group) / len(begin),
            patterns.get(i, ""),
        )
        for i, group in enumerate(groups)
    ]
    back.sort(key=lambda p: (-len(p.shots), p.places[0]))
    nearest = best.max(axis=1, initial=0.0)
    alone = [m for m in np.argsort(nearest, kind="stable").tolist() if m not in label][:top] if len(shots) > 1 else []
    once = [picture("once", [m], float(nearest[m]), float(np.clip(1 - nearest[m], 0, 1))) for m in alone]
    return back[:top] + once


def _frames_of(edition: Edition) -> _Frames | None:
    prints = open_prints(edition.kept(NAME))
    if prints is None or not len(prints.keys):
        return None
    low = unpack_layout(np.asarray(prints.layouts))
    luma = low[:, 1 : DOWN * ACROSS]
    size = np.linalg.norm(luma, axis=1)
    rest = np.concatenate([low[:, :1] * _BRIGHT, low[:, DOWN * ACROSS :] * _TINT], axis=1)
    at = np.asarray(prints.keys)
    return _Frames(
        luma / np.maximum(size, _FAINT)[:, None],
        rest,
        size > _LIT,
        np.asarray(prints.frames)[at].astype(np.int64),
        np.asarray(prints.seconds)[at].astype(np.float64),
    )


def likeness(one: Any, other: Any) -> Floats:
    """(n, m) how alike frames are: 1 the same, 0 nothing in common, below it the opposite."""
    alike = one.shape @ other.shape.T
    alike -= np.abs(one.rest[:, None, 0] - other.rest[None, :, 0])
    colour = (one.rest[:, 1:] ** 2).sum(axis=1)[:, None] + (other.rest[:, 1:] ** 2).sum(axis=1)[None]
    colour = colour - 2 * one.rest[:, 1:] @ other.rest[:, 1:].T
    return np.asarray(alike - np.sqrt(np.maximum(colour, 0)), dtype=np.float32)


def _between_shots(
    frames: _Frames, shot: npt.NDArray[np.int64], shots: npt.NDArray[np.int64]
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """(s, s) how alike shots are in their most alike frames, -1 with itself; (s,) the frame each is most like by."""
    lit = np.flatnonzero(frames.lit & (shot >= 0))
    own = frames.take(lit)
    of = np.searchsorted(shots, shot[lit])
    starts = np.searchsorted(of, np.arange(len(shots)))
    best = np.full((len(shots), len(shots)), -1.0, dtype=np.float32)
    which = lit[starts] if len(lit) else np.zeros(0, dtype=np.int64)
    for m in range(len(shots)):
        rows = np.flatnonzero(of == m)
        alike = likeness(own.take(rows), own)
        each = np.maximum.reduceat(alike, starts, axis=1)
        each[:, m] = -1.0
        best[m] = each.max(axis=0)
        which[m] = lit[rows[int(each.max(axis=1).argmax())]]
    return best, which


def _groups(best: Floats) -> list[list[int]]:
    """Shots of the same set-up, in groups: each like one of its group at least, and two of them no neighbours."""
    count = len(best)
    left, groups = set(range(count)), []
    for m in range(count):
        if m not in left:
            continue
        group, new = set(), {m}
        while new:
            group |= new
            new = {int(b) for a in new for b in np.flatnonzero(best[a] >= SAME)} - group
        left -= group
        members = sorted(group)
        # One shot cut in two is no return.
        if len(members) > 1 and members[-1] - members[0] >= len(members):
            groups.append(members)
    return groups


def _to_and_fro(labels: list[int], shots: npt.NDArray[np.int64]) -> dict[int, str]:
    """Groups that are cut to and fro with another: group -> "A-B-A-B"."""
    found: dict[int, int] = {}
    at = 0
    while at + 2 < len(labels):
        a, b, until = labels[at], labels[at + 1], at + 2
        while until < len(labels) and labels[until] == (a, b)[(until - at) % 2] and a != b:
            until += 1
        if until - at >= _ALTERNATING:
            for group in (a, b):
                found[group] = max(found.get(group, 0), until - at)
        at = max(at + 1, until - 1 if until - at >= _ALTERNATING else at + 1)
    return {
        group: "-".join("AB"[i % 2] for i in range(min(length, 8))) for group, length in found.items() if group >= 0
    }


def _lacking(frame: _Frames, others: list[_Frames]) -> float | None:
    """The share of other films in which no frame is as like as the same set-up is."""
    if not others:
        return None
    lacking = [not other.lit.any() or float(likeness(frame, other)[:, other.lit].max()) < SAME for other in others]
    return float(np.mean(lacking))
