"""Which stretches of a film must be decoded before its shots are sure: what is expected to go wrong otherwise.

A film is judged by groups of pictures. Of each it is estimated, from `glance_evidence`, how probable it is that a cut
hides in it, that a gradual transition does, that the next keyframe is taken for what it is not, and that it hides what
would explain why that shows another picture and yet begins no shot. Groups are opened while more than `LEAVE` of the
film's boundaries would be expected to be wrong, those first whose opening mends most for what it costs. What opened
groups turn out to hold corrects the estimate for the rest: in a film of dissolves ever more is opened, in one of plain
cuts little.

Contents
    Ledger
    probability, changed   what a model says of measures; whether the picture changes between two keyframes
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from rewatch.images import glance_weights as weights
from rewatch.images.glance_evidence import Coded, KeyPictures, measure_anchors, measure_keys

LEAVE = 0.03
"""Boundaries expected to be wrong, as a share of all, that are left."""
FORCED = 0.2
"""Probability, at least, that a keyframe begins no shot where the coder had to write one: it stands as far from the one
before as any does. That a cut is just there is a coincidence, whatever speaks for it."""
FLAT = 4.0
"""Spread of luma (code values) of a keyframe that shows nothing: fades end there, and cost little to look at."""
PRIOR = 1.0
"""Surprises, expected and had, that the estimate's correction begins with."""
PIXEL, BYTE = 2.9e-9, 0.13e-6
"""Seconds that decoding takes for a pixel and for a byte (H.264, one core); only their ratio matters."""
FORESEEN = 0.25
"""Probability of a cut, of a gradual transition, in a group under which one is a surprise: where such are met among
groups that were opened for other reasons, as many are expected, frame for frame, in those that are closed."""
SEEN = 240
"""Frames without a surprise that this begins with."""
SUSPECT = 0.25
"""Share of a group's largest probability from which on an anchor must be looked at when the group is opened; `LEAVE` is
enough, however large that is."""

APART = 8.0, 28.0
"""Distance of two keyframes, blocks free to move (code values), up to which nothing need have changed between them, and
from which on something must have, be it that the camera has moved on."""
SAME = 0.4
"""Persistence from which on two keyframes show the same thing."""
UNEXPLAINED = 0.4
"""Share of the changes between keyframes, where the later one begins no shot, that hide a boundary."""
SURE = 0.1
"""Probability of being wrong up to which a keyframe is taken for what it seems, though its group is opened."""
BEHIND = 16
"""Frames that are decoded behind the last one that must be looked at."""

Doubles = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def probability(measures: Doubles, model: weights.Model) -> Doubles:
    """(n,) logistic regression on (n, k) measures; outliers count as 4 standard deviations."""
    if not len(measures):
        return np.zeros(0)
    level = np.clip((measures - np.array(model.centre)) / np.array(model.scale), -4, 4)
    result: Doubles = 1 / (1 + np.exp(-np.clip(level @ np.array(model.weights) + model.bias, -30, 30)))
    return result


def changed(seen: KeyPictures, at_key: Doubles) -> Doubles:
    """(k,) probability that the picture changes within each group: its keyframe and the next one show other things.

    at_key: (k - 1,) probability that each keyframe but the first begins a shot: that is no change within
    """
    apart = np.clip((np.expm1(seen.near[:, 0]) - APART[0]) / (APART[1] - APART[0]), 0, 1)
    return np.append((1 - at_key) * apart * (seen.near[:, 3] < SAME), 0.0)


@dataclass(slots=True)
class Ledger:
    """What is expected of each group of pictures, and what opened ones held.

    at_key: (k - 1,) probability that each keyframe but the first is the first of a shot
    cuts, ramps: (k,) probability that a group hides one
    changes: (k,) probability that the picture changes within a group, as its two keyframes differ
    always: (k,) groups that are opened in any case: beside a keyframe that shows nothing, and the film's last
    cost, of_frame: (k,), (n,) seconds that decoding a group, a frame takes; only their ratios matter
    """

    coded: Coded
    at_key: Doubles
    cuts: Doubles
    ramps: Doubles
    changes: Doubles
    always: Bools
    cost: Doubles
    suspects: list[int]
    of_frame: Doubles
    opened: Bools = field(init=False)
    _factors: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    _found: int = 0
    _holding: int = 0
    _had: Doubles = field(default_factory=lambda: np.zeros(4))
    _expected: Doubles = field(default_factory=lambda: np.zeros(4))
    _unforeseen: Doubles = field(default_factory=lambda: np.zeros(2))
    _seen: Doubles = field(default_factory=lambda: np.zeros(2))

    def __post_init__(self) -> None:
        self.opened = np.zeros(len(self.cuts), bool)

    @classmethod
    def of(cls, coded: Coded, seen: KeyPictures, pixels: int) -> Ledger:
        """pixels: of one frame as it is coded."""
        at_key = probability(measure_keys(coded, seen), weights.KEYS)
        anchors = measure_anchors(coded, seen, at_key)
        count = len(coded.keyframes)
        cuts, ramps = np.zeros(count), np.zeros(count)
        of_cut, of_ramp = probability(anchors.cuts, weights.CUTS), probability(anchors.ramps, weights.RAMPS)
        np.maximum.at(cuts, anchors.group, of_cut)
        np.maximum.at(ramps, anchors.group, of_ramp)
        flat = seen.spread < FLAT
        always = flat | np.append(flat[1:], True)
        each: Doubles = pixels * PIXEL + coded.size.astype(np.float64) * BYTE
        cost = np.add.reduceat(each, coded.keyframes)
        last = coded.keyframes.copy()
        of_any = of_cut + of_ramp
        near = of_any >= np.minimum(SUSPECT * (cuts + ramps)[anchors.group], LEAVE)
        np.maximum.at(last, anchors.group[near], anchors.at[near])
        return cls(coded, at_key, cuts, ramps, UNEXPLAINED * changed(seen, at_key), always, cost, last.tolist(), each)

    @property
    def unsure(self) -> Doubles:
        """(k,) probability that the keyframe after each group is taken for what it is not."""
        wrong = np.minimum(self.at_key, 1 - self.at_key)
        return np.append(np.where(self.coded.forced & (self.at_key > 0.5), np.maximum(wrong, FORCED), wrong), 0.0)

    def expected(self) -> Doubles:
        """(k,) boundaries expected to be wrong if a group is not opened, as far as is known by now."""
        cut, ramp, key, change = self._factors
        # A group that hides one boundary may hide more: as many as others did.
        many = (self._found + PRIOR) / (self._holding + PRIOR)
        hidden = many * (cut * self.cuts + ramp * self.ramps + change * self.changes)
        result: Doubles = hidden + key * self.unsure + self.always
        result += self._surprises() * (self.coded.ends - self.coded.keyframes)
        return result

    def _surprises(self) -> float:
        """Boundaries a frame that are to be expected where nothing speaks for one."""
        return float((self._unforeseen / (self._seen + SEEN)).sum())

    def threshold(self) -> float:
        """Expected errors a unit of cost from which on a closed group is to be opened; inf: none is."""
        expected = self.expected()
        allowed = LEAVE * max(5.0, float((self.at_key > 0.5).sum()) + self._found)
        closed = np.flatnonzero(~self.opened)
        worth = expected[closed] / self.cost[closed]
        order = np.argsort(-worth, kind="stable")
        left = expected[closed].sum() - np.cumsum(expected[closed][order])
        if expected[closed].sum() <= allowed:
            return float("inf")
        return float(worth[order[int(np.argmax(left <= allowed))]])

    def wanted(self, first: int, end: int) -> list[int]:
        """Groups among ``first .. end`` that are to be opened now."""
        limit = self.threshold()
        worth = self.expected() / self.cost
        return [g for g in range(first, end) if not self.opened[g] and worth[g] >= limit]

    def share(self) -> float:
        """Of the whole film's cost, what is to be opened by what is known now."""
        worth = self.expected() / self.cost
        opened = self.opened | (worth >= self.threshold())
        return float(self.cost[opened].sum() / max(self.cost.sum(), 1e-12))

    def end_of(self, group: int) -> int:
        """The frame up to which an opened group is to be decoded: its end, but where only its beginning is open."""
        end = int(self.coded.ends[group])
        if (
            self.always[group]
            or self.changes[group] > LEAVE
            or self.unsure[group] > SURE
            or not group < len(self.at_key)
        ):
            return end
        least = self.suspects[group] + BEHIND
        return least if least < end - BEHIND and self._surprises() * (end - least) <= LEAVE else end

    def learn(self, group: int, cuts: int, ramps: int, key: bool | None) -> None:
        """What an opened group held: hidden cuts and gradual transitions; whether the keyframe after it is a cut.

        key: None where it is not a matter of the group (the film's end, a keyframe within a transition)
        """
        self.opened[group] = True
        wrong = key is not None and group < len(self.at_key) and (self.at_key[group] > 0.5) != key
        self._found += cuts + ramps
        self._holding += cuts + ramps > 0
        if not self.always[group]:
            length = float(self.coded.ends[group] - self.coded.keyframes[group])
            foreseen = np.array([self.cuts[group] + self.changes[group], self.ramps[group]]) >= FORESEEN
            self._unforeseen += np.where(foreseen, 0.0, (cuts, ramps))
            self._seen += np.where(foreseen, 0.0, length)
        # What a change between keyframes was expected for counts with it alone.
        other = min(cuts + ramps, 1) if self.changes[group] > 0 else 0
        self._had += (min(cuts, 1), min(ramps, 1), int(wrong), other)
        self._expected += (self.cuts[group], self.ramps[group], self.unsure[group], self.changes[group])
        cut, ramp, wrongs, change = ((self._had + PRIOR) / (self._expected + PRIOR)).tolist()
        self._factors = (cut, ramp, wrongs, change)
