"""Heard: whether the sound goes with the picture, stretch by stretch, and what two films have in common by ear alone.

Where the pictures say that a moment of A is one of B, the landmarks of A's sound are looked for there in B's: of one
recording most are found to the hop, of another hardly any. Only where they are not is the sound looked for elsewhere,
at a distance from its picture.

Contents
    Sounds     the sounds of two editions, and what they have in common
    sounds_of  open them
    sound_of   the sound of a stretch whose picture is known
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt

from rewatch.compare.segments import Side, Sound
from rewatch.errors import NotMeasured
from rewatch.library.edition import Edition
from rewatch.sounds.prints import Prints, open_prints
from rewatch.sounds.prints_landmarks import HOPS
from rewatch.sounds.prints_matches import Alignment, LandmarkIndex, matches

_OFFSET = 0.06
"""Seconds of sound against picture below which the two are as they were; lips are seen to be off from there on."""
_GAIN = 1.0
"""LU."""
_ASIDE = 20.0
"""Seconds by which sound may be shifted against the picture and still be this picture's sound."""
_NEAR = 4
"""Hops around a distance that are tried: 1/64 s each."""
_FEW = 6
"""Landmarks below which nothing is said."""
_OURS = 0.3
"""Share of A's landmarks that B has, from which on it is the same recording (chance: under .02; a PAL copy: .5)."""
_CHANCE = 0.02
_TURN = 8.0
"""What it costs, in nats, to say that another sound begins or ends; neighbouring landmarks count for half."""
_PART = 0.7
"""Seconds of other sound that are told."""
SILENT = -60.0
"""LUFS, momentary: nothing is heard below."""

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Sounds:
    """The sounds of A and B where B shows `speed` seconds of A in one; None of `a` or `b`: it has no sound."""

    a: Prints | None
    b: Prints | None
    loud_a: tuple[Floats, Floats] | None
    loud_b: tuple[Floats, Floats] | None
    speed: float

    @property
    def both(self) -> bool:
        return self.a is not None and self.b is not None

    @cached_property
    def stretches(self) -> tuple[Alignment, ...]:
        """Where B bears what A bears, in order of A, wherever its picture is."""
        return self._found[1]

    @cached_property
    def pitched(self) -> bool:
        """Whether the pitch goes with the speed."""
        return self._found[0]

    @cached_property
    def _found(self) -> tuple[bool, tuple[Alignment, ...]]:
        if self.a is None or self.b is None:
            return True, ()
        ratio = Fraction(1)
        if abs(self.speed - 1) > 2e-4:
            ratio = 1 / Fraction(self.speed).limit_denominator(1001)
        kinds = (True, False)[: 1 + (ratio != 1)]
        found = {kind: tuple(matches(self.a, self.b, speed=ratio, pitched=kind)) for kind in kinds}
        best = max(found, key=lambda kind: sum(s.landmarks for s in found[kind]))
        return best, found[best]

    @cached_property
    def index(self) -> LandmarkIndex:
        """B's landmarks, to look A's up in."""
        assert self.b is not None
        return LandmarkIndex(*self.b.between(0, self.b.hops))

    def borne(self, seconds: Floats, bins: npt.NDArray[np.uint16], to_b: Floats, shift: int) -> Bools:
        """Whether B has A's landmarks (of `seconds`, for order alone), at `to_b` seconds and `shift` hops later."""
        assert self.b is not None
        hops = np.round((to_b - float(self.b.start)) * HOPS).astype(np.int64) + shift
        turned = bins.astype(np.int64)
        if self.speed != 1 and self.pitched:
            turned = np.round(bins * self.speed).astype(np.int64)
        return self.index.has(hops, turned)


def prints(edition: Edition) -> Prints | None:
    """The prints of an edition's sound; None where it has none."""
    try:
        return open_prints(edition.kept("sound_prints"))
    except NotMeasured:
        return None


def sounds_of(a: Edition, b: Edition, speed: float) -> Sounds:
    """The sounds of two editions where the picture of A runs `speed` times as fast in B."""
    return Sounds(prints(a), prints(b), _loudness(a), _loudness(b), speed)


def _loudness(edition: Edition) -> tuple[Floats, Floats] | None:
    """Seconds and momentary loudness, LUFS."""
    if "loudness" not in edition.tracks:
        return None
    curve = edition.curve("loudness")
    return curve.seconds().astype(np.float64), np.asarray(curve.column("momentary"), dtype=np.float64)


def sound_of(sounds: Sounds, of_a: Side, of_b: Side, *, same_picture: bool = True) -> Sound | None:
    """The sound of B against that of A over a stretch; None where neither has any, or nothing can be told.

    same_picture: False: only whether A's sound runs on under another picture is asked
    """
    if sounds.a is None and sounds.b is None:
        return None
    if sounds.a is None or sounds.b is None:
        return Sound(changed=True, replaced=True, missing="a" if sounds.a is None else "b")
    low, high = (round((second - float(sounds.a.start)) * HOPS) for second in (of_a.start, of_a.end))
    hop, bins = sounds.a.between(max(low, 0), max(high, 0))
    seconds = sounds.a.seconds(hop)
    pace = _pace(sounds, of_a, of_b, seconds, bins)
    to_b = of_b.start + (seconds - of_a.start) * pace
    if not same_picture:
        if abs(of_a.seconds - of_b.seconds * sounds.speed) > 0.2 or len(hop) < _FEW:
            return None
        shift, had = _best(sounds, seconds, bins, to_b, 0)
        if had.mean() < _OURS:
            return Sound(changed=True, replaced=True)
        return Sound(changed=False, gain_db=None, offset_s=0.0)
    if len(hop) < _FEW:
        return _by_loudness(sounds, of_a, of_b, pace)
    shift, had = _best(sounds, seconds, bins, to_b, 0)
    if had.mean() < _OURS:
        # Not where its picture is: elsewhere, perhaps.
        for distance in _distances(sounds, of_a, of_b, pace):
            other, heard = _best(sounds, seconds, bins, to_b, distance)
            if heard.mean() > max(_OURS, 2 * had.mean()):
                shift, had = other, heard
    parts = _other_parts(seconds, had, of_a)
    missing = sum(end - begin for begin, end in parts)
    offset = shift / HOPS
    # Prints have hops of 1/64 s: what is less than two of them is none.
    offset = 0.0 if abs(offset) < 2.5 / HOPS else round(offset, 3)
    if had.mean() < 0.1 or missing > 0.9 * of_a.seconds:
        gain = _gain(sounds, of_a, of_b, pace, ((of_a.start, of_a.end),), inside=True)
        return Sound(changed=True, gain_db=gain, replaced=True)
    gain = _gain(sounds, of_a, of_b, pace, parts, inside=False)
    changed = bool(parts) or abs(offset) > _OFFSET or (gain is not None and abs(gain) > _GAIN)
    return Sound(changed, gain, offset, missing > 0.5 * of_a.seconds, tuple(parts))


def _pace(sounds: Sounds, of_a: Side, of_b: Side, seconds: Floats, bins: npt.NDArray[np.uint16]) -> float:
    """Seconds of B that pass in one of A: by the ends of the stretch, or by the film's speed, whichever fits better.

    A film's last frame may stand for any time, and a speed is told to some digits only.
    """
    if of_a.seconds <= 0:
        return 1.0
    paces = (1 / sounds.speed, of_b.seconds / of_a.seconds)
    if len(seconds) < _FEW or abs(paces[0] - paces[1]) * of_a.seconds < 1 / HOPS:
        return paces[0]
    return max(
        paces,
        key=lambda pace: int(_best(sounds, seconds, bins, of_b.start + (seconds - of_a.start) * pace, 0)[1].sum()),
    )


def _best(
    sounds: Sounds, seconds: Floats, bins: npt.NDArray[np.uint16], to_b: Floats, around: int
) -> tuple[int, Bools]:
    """The shift near `around` (hops) at which B has most of A's landmarks, and which it has there."""
    tried = {shift: sounds.borne(seconds, bins, to_b, shift) for shift in range(around - _NEAR, around + _NEAR + 1)}
    best = max(tried, key=lambda shift: (int(tried[shift].sum()), -abs(shift - around)))
    return best, tried[best]


def _distances(sounds: Sounds, of_a: Side, of_b: Side, pace: float) -> list[int]:
    """Hops by which A's sound is heard beside its picture in B, as the prints' own search tells."""
    found = set()
    for stretch in sounds.stretches:
        low, high = max(stretch.begin_a, of_a.start), min(stretch.end_a, of_a.end)
        if high - low > 0.25:
            middle = (low + high) / 2
            in_b = stretch.begin_b + (middle - stretch.begin_a) * stretch.speed
            apart = in_b - (of_b.start + (middle - of_a.start) * pace)
            if abs(apart) <= _ASIDE:
                found.add(round(apart * HOPS))
    return sorted(found, key=abs)


def _other_parts(seconds: Floats, had: Bools, side: Side) -> list[tuple[float, float]]:
    """Seconds of A where its own sound is not heard in B: the best way between "it is" and "it is not" (Viterbi)."""
    share = min(max(float(had[had.argmax() :].mean()) if had.any() else 0.0, 0.3), 0.95)
    # Nats for "it is", against "it is not".
    odds = np.where(had, 0.5 * np.log(share / _CHANCE), 0.5 * np.log((1 - share) / (1 - _CHANCE)))
    is_, not_ = 0.0, 0.0
    back = np.zeros((len(odds), 2), bool)
    for n, told in enumerate(odds.tolist()):
        back[n] = not_ - _TURN > is_, is_ - _TURN > not_
        is_, not_ = max(is_, not_ - _TURN) + told, max(not_, is_ - _TURN)
    state = not_ > is_
    other = np.zeros(len(odds), bool)
    for n in range(len(odds) - 1, -1, -1):
        other[n] = state
        if back[n, int(state)]:
            state = not state
    edges = np.flatnonzero(np.diff(np.concatenate([[0], other.astype(np.int8), [0]])))
    parts = []
    for first, after in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        # Half way between the last landmark that is there and the first that is not.
        begin = side.start if first == 0 else (seconds[first - 1] + seconds[first]) / 2
        end = side.end if after == len(seconds) else (seconds[after - 1] + seconds[after]) / 2
        if end - begin >= _PART:
            parts.append((float(begin), float(end)))
    return parts


def _gain(
    sounds: Sounds,
    of_a: Side,
    of_b: Side,
    pace: float,
    parts: Sequence[tuple[float, float]],
    *,
    inside: bool,
) -> float | None:
    """How much louder B is, LU: the median over what is heard in both, inside `parts` or outside of them."""
    if sounds.loud_a is None or sounds.loud_b is None:
        return None
    seconds, loud = sounds.loud_a
    # Momentary loudness is of .4 s: at the ends it is of what comes before and after.
    wanted = (seconds >= of_a.start + 0.2) & (seconds <= of_a.end - 0.2)
    within = np.zeros(len(seconds), bool)
    for begin, end in parts:
        within |= (seconds >= begin - 0.2) & (seconds <= end + 0.2)
    wanted &= within if inside else ~within
    at = of_b.start + (seconds[wanted] - of_a.start) * pace
    if len(at) < 3:
        return None
    there = np.interp(at, *sounds.loud_b)
    heard = (loud[wanted] > SILENT) & (there > SILENT)
    if heard.sum() < 3:
        return None
    return round(float(np.median(there[heard] - loud[wanted][heard])), 2)


def _by_loudness(sounds: Sounds, of_a: Side, of_b: Side, pace: float) -> Sound | None:
    """Where A's sound has hardly a landmark: it is silent, or it is short."""
    if sounds.loud_a is None or sounds.loud_b is None:
        return None
    seconds, loud = sounds.loud_a
    wanted = (seconds >= of_a.start + 0.2) & (seconds <= of_a.end - 0.2)
    if wanted.sum() < 3:
        return Sound(changed=False)
    there = np.interp(of_b.start + (seconds[wanted] - of_a.start) * pace, *sounds.loud_b)
    if float(np.median(loud[wanted])) < SILENT and float(np.median(there)) > SILENT + 20:
        return Sound(changed=True, replaced=True)
    return Sound(changed=False)
