"""First look: a film's shots from its packets and keyframes alone, nothing decoded between them.

What a glance (`watch.glance`) begins with, and its first guess: the keyframes that look like the beginning of a shot,
and the packets that weigh as much as a cut does. It costs a twentieth of decoding the film, and is for the minutes
until that is done: plain cuts are mostly there and mostly to the frame, dissolves and fades mostly not.

Contents
    FirstLook
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from rewatch.evidence import Pictures
from rewatch.film.excerpts import ExcerptsFailed
from rewatch.film.order import NoOrder
from rewatch.images import glance_weights as weights
from rewatch.images.boundaries_fades import Transition
from rewatch.images.glance_evidence import Coded, KeyPictures, compare_keys, measure_anchors, measure_keys
from rewatch.images.glance_judge import probability
from rewatch.watch.glance import Glance, NoGlance

LIKELY = 0.5
"""Probability of a cut from which on it is taken for one."""
_AT_ONCE = 256
"""Keyframes that are compared at once: memory does not grow with their pictures."""


@dataclass(slots=True)
class FirstLook(Glance):
    """One first look at a film; asked as a `Glance` is."""

    _cuts: list[Transition] = field(default_factory=list)

    def look(self) -> None:
        """Do it. NoGlance where the film does not allow it."""
        try:
            keys = self._ordered()
            shown = _compared(self._told())
        except (NoOrder, ExcerptsFailed) as why:
            raise NoGlance(str(why)) from None
        coded = Coded(keys, self.order.size, self.order.anchor)
        at_key = probability(measure_keys(coded, shown), weights.KEYS)
        anchors = measure_anchors(coded, shown, at_key)
        hidden = probability(anchors.cuts, weights.CUTS)
        sure = dict(zip(anchors.at.tolist(), hidden.tolist(), strict=True))
        sure.update(zip(keys[1:].tolist(), at_key.tolist(), strict=True))
        self._cuts = [Transition("cut", at, at, p) for at, p in sorted(sure.items()) if p > LIKELY]

    def _told(self) -> Iterator[Pictures]:
        """The keyframes, each handed on."""
        for piece in self._each_keyframe():
            self.on_frames(piece)
            self.on_second(float(piece.pts[0] * piece.time_base))
            yield piece

    def transitions(self) -> list[Transition]:
        return self._cuts


def _compared(pieces: Iterator[Pictures]) -> KeyPictures:
    """`compare_keys` of keyframes that come one by one."""
    found: list[KeyPictures] = []
    held: list[Pictures] = []

    def compare(last: bool) -> None:
        shown = compare_keys(*(np.concatenate([getattr(p, name) for p in held]) for name in ("luma", "cb", "cr")))
        # The last two are the next ones' first: they are still to be compared with what comes.
        done = len(held) if last else len(held) - 2
        found.append(KeyPictures(shown.near[:done], shown.far[:done], shown.level[:done], shown.spread[:done]))
        del held[:done]

    for piece in pieces:
        held.append(piece)
        if len(held) == _AT_ONCE:
            compare(last=False)
    compare(last=True)
    parts = zip(*((f.near, f.far, f.level, f.spread) for f in found), strict=True)
    return KeyPictures(*(np.concatenate(part) for part in parts))
