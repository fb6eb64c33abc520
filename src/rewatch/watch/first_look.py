"""First look: a film's shots from its packets and keyframes alone, nothing decoded between them.

What a glance (`watch.glance`) begins with, and its first guess: the keyframes that look like the beginning of a shot,
and the packets that weigh as much as a cut does. Where keyframes come by the clock, and one shows something else than
the one before, a cut is told between them, at the likeliest packet, unless its packets are all alike. It costs a
twentieth of decoding the film, and is for the minutes until that is done: plain cuts are mostly there; to the frame
where the coder set a keyframe, otherwise mostly within three frames; dissolves and fades are mostly not.

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
from rewatch.images.boundaries_fades import Transition, doubtful
from rewatch.images.glance_evidence import Anchors, Coded, KeyPictures, compare_each, measure_anchors, measure_keys
from rewatch.images.glance_judge import Doubles, changed, probability
from rewatch.watch.glance import Glance, NoGlance, Seen

LIKELY, DOUBTFUL = 0.5, 0.1
"""Probability of a cut from which on it is taken for one, and told of as one that nearly is."""
BY_THE_CLOCK = 0.5
"""Share of keyframes as far from the one before as any from which on they are taken to say nothing of shots."""
LEAST_HEAVY = 0.02
"""Probability of a cut, told from packets alone, that one of a group must reach to be what changed the picture.
Of changes under it 16 of 59 were cuts, of others 83 of 99 (groups of 12 to 48 frames; five films)."""


@dataclass(slots=True)
class FirstLook(Glance):
    """One first look at a film; asked as a `Glance` is.

    keeps: whether what was seen is kept for a glance that goes on from there, as `seen`
    """

    keeps: bool = False
    seen: Seen | None = None
    _cuts: list[Transition] = field(default_factory=list)

    def look(self) -> None:
        """Do it. NoGlance where the film does not allow it."""
        try:
            keys = self._ordered()
            pieces: list[Pictures] = []
            shown = compare_each(self._told(pieces))
        except (NoOrder, ExcerptsFailed) as why:
            raise NoGlance(str(why)) from None
        if self.keeps:
            self.seen = Seen(pieces, shown)
        coded = Coded(keys, self.order.size, self.order.anchor)
        at_key = probability(measure_keys(coded, shown), weights.KEYS)
        anchors = measure_anchors(coded, shown, at_key)
        hidden = probability(anchors.cuts, weights.CUTS)
        # Coders end a run of B frames before a cut: it comes just behind the last frame that others rest on.
        sure = dict(zip((anchors.before + 1).tolist(), hidden.tolist(), strict=True))
        sure.update(zip(keys[1:].tolist(), at_key.tolist(), strict=True))
        sure.update(_between(coded, shown, at_key, anchors, hidden))
        self._cuts = [Transition("cut", at, at, p) for at, p in sorted(sure.items()) if p > DOUBTFUL]

    def _told(self, kept: list[Pictures]) -> Iterator[Pictures]:
        """The keyframes, each handed on, and kept where they are to be."""
        for piece in self._each_keyframe():
            self.on_frames(piece)
            self.on_second(float(piece.pts[0] * piece.time_base))
            if self.keeps:
                kept.append(piece)
            yield piece

    def transitions(self) -> list[Transition]:
        return [cut for cut in self._cuts if cut.sure > LIKELY]

    def doubts(self) -> list[Transition]:
        return doubtful([cut for cut in self._cuts if cut.sure <= LIKELY], self.transitions())


def _between(
    coded: Coded, shown: KeyPictures, at_key: Doubles, anchors: Anchors, hidden: Doubles
) -> Iterator[tuple[int, float]]:
    """Cuts, and their probabilities, where keyframes come by the clock and one shows something else than the last.

    hidden: (n,) probability of a cut just before each of `anchors`; where one is likely by itself nothing is added
    """
    if coded.forced.sum() < BY_THE_CLOCK * len(coded.forced):
        return
    change = changed(shown, at_key)
    for group in np.flatnonzero(coded.forced & (change[:-1] > LIKELY)).tolist():
        here = np.flatnonzero(anchors.group == group)
        if len(here) and LEAST_HEAVY <= hidden[here].max() <= LIKELY:
            yield int(anchors.before[here[hidden[here].argmax()]]) + 1, float(change[group])
