"""Sounds that are one of a kind in a film, and sounds that come back.

    once         what is least like anything else in the film, by the matrix profile of its spectrum (`sound_profile`)
    come back    the same recording heard again, by its prints (`sounds_coming_back`); and what is played again in
                 step, in other words, on other instruments: stretches whose nearest elsewhere go on side by side

Rarity in the film: how much farther the nearest to it is than the usual two stretches of the film: 1 = as unlike as any
two, 0 = the same is heard elsewhere. Rarity in the library: the share of the other films in which nothing is nearer to
it than that.

Contents
    Sound     one sound: where it is heard, how rare
    sounds_of the sounds of an edition
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rewatch.errors import NotMeasured
from rewatch.find.moments import Moments
from rewatch.find.sound_profile import LENGTH, RATE, Profile, Stretches, nearest_in, profile, stretches_of
from rewatch.find.sounds_coming_back import Stretch, coming_back
from rewatch.library.edition import Edition
from rewatch.library.library import Library
from rewatch.sounds.prints import open_prints
from rewatch.structure.evenly import Array

IN_STEP = 4
"""Stretches in a row (a quarter second each) whose nearest lie in a row as well, for what is played again."""
NEAR = 0.03
"""Share of random pairs that are nearer, at most, for what is played again."""
APART = 0.5
"""Steps of `sound_profile` that two sounds must lie apart for one to be of its own kind: less is one tone, one hiss."""
_DRIFT = 2
_SHORTEST = 1.0
_LONGEST = 30.0


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound of a film.

    kind:    "once", "again" (the same recording), "alike" (played again)
    places:  begin and end in seconds of each time it is heard
    rare:    in the film, 0..1; of what comes back, 1 - the share of the film that it fills
    library: the share of the library's other films that have nothing like it; None where there are no others
    says:    what it is like, in words
    """

    kind: str
    places: tuple[Stretch, ...]
    rare: float
    library: float | None
    says: str

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "places": [{"start": round(b, 3), "end": round(e, 3)} for b, e in self.places],
            "rarity": round(self.rare, 3),
            "rarity_in_library": None if self.library is None else round(self.library, 3),
            "says": self.says,
        }


def sounds_of(library: Library, edition: Edition, top: int = 10, *, beyond: bool = True) -> list[Sound]:
    """Sounds heard once, the rarest first; then those that come back, those most heard first; `top` of each at most.

    beyond: tell how rare each is in the library's other films as well

    NotMeasured where the film has no sound.
    """
    stretches = stretches_of(edition)
    if stretches is None or not stretches.heard.any():
        raise NotMeasured(f"{edition.name} has no sound to look at: none that is charted, or none that is heard")
    found = profile(stretches)
    if len(found.random) and float(np.median(found.random)) < APART:
        return []  # one sound from end to end: of that no part is heard once, and none comes back
    moments = Moments(edition)
    entries = library.entries() if beyond else []
    others = [s for e in entries if e.id != edition.id and (s := stretches_of(library.edition(e.id)))]
    once = [
        Sound("once", (place,), rare, _rare_elsewhere(stretches, found, place, others), in_words(moments, place))
        for place, rare in _once(stretches, found, top)
    ]
    again = [("again", places) for places in _recordings(edition, top)]
    taken = [place for _, places in again for place in places]
    again += [("alike", places) for places in _in_step(stretches, found) if not _shares(places, taken)]
    back = [
        Sound(
            kind,
            tuple(places),
            1 - min(1.0, sum(e - b for b, e in places) / max(edition.duration, 1e-9)),
            _rare_elsewhere(stretches, found, places[0], others),
            in_words(moments, places[0]),
        )
        for kind, places in again[:top]
    ]
    return once + back


def _once(stretches: Stretches, found: Profile, top: int) -> list[tuple[Stretch, float]]:
    """Places of what is least like anything else, and how much so."""
    usual = float(np.median(found.random)) if len(found.random) else 0.0
    known = stretches.heard & np.isfinite(found.nearest) & (found.nearest >= APART)
    if not usual or not known.any():
        return []
    unlike = np.where(known, found.nearest / usual, 0.0)
    total, count = (np.concatenate([[0.0], np.cumsum(x)]) for x in (unlike, known))
    mean = (total[found.last] - total[found.first]) / np.maximum(count[found.last] - count[found.first], 1)
    # A sound is as rare as its rarest stretch and the whole of it are.
    score = np.where(known, (unlike + mean) / 2, 0.0)
    left = score.copy()
    out: list[tuple[Stretch, float]] = []
    while len(out) < top:
        i = int(left.argmax())
        if left[i] <= 0:
            break
        first, last = _held(found, stretches, i)
        out.append(
            ((float(stretches.seconds[first]), float(stretches.seconds[last - 1]) + LENGTH / RATE), float(score[i]))
        )
        left[max(0, first - LENGTH) : last + LENGTH] = 0.0
    # Said to be rare only where it is: nearer than one in a hundred pairs is nothing of its own.
    return [(place, min(1.0, rare)) for place, rare in out if float(found.unlike(rare * usual)) > 0.01]


def _held(found: Profile, stretches: Stretches, i: int) -> tuple[int, int]:
    """Where the sound of a stretch begins and ends, as far as it is heard, no longer than one would listen to."""
    half = int(_LONGEST / 2 * RATE)
    first, last = max(int(found.first[i]), i - half), min(int(found.last[i]), i + half)
    while first < i and not stretches.heard[first]:
        first += 1
    while last > i + 1 and not stretches.heard[last - 1]:
        last -= 1
    return first, last


def _recordings(edition: Edition, top: int) -> list[list[Stretch]]:
    try:
        return coming_back(open_prints(edition.kept("sound_prints")), top)
    except NotMeasured:
        return []  # watched before there were prints


def _in_step(stretches: Stretches, found: Profile) -> list[list[Stretch]]:
    """Stretches that are played again elsewhere, with that elsewhere; the longest first."""
    near = stretches.heard & np.isfinite(found.nearest) & (found.unlike(found.nearest) < NEAR)
    later = found.where - np.arange(len(stretches))
    runs = []
    i = 0
    while i < len(stretches):
        j = i
        while j + 1 < len(stretches) and near[j] and near[j + 1] and abs(int(later[j + 1] - later[i])) <= _DRIFT:
            j += 1
        if near[i] and j - i + 1 >= IN_STEP:
            runs.append((j - i + 1, i, int(later[i])))
        i = j + 1
    kept: list[list[Stretch]] = []
    taken: list[Stretch] = []
    for count, first, by in sorted(runs, reverse=True):
        seconds = (count - 1) / RATE + LENGTH / RATE
        places = sorted((at / RATE, at / RATE + seconds) for at in (first, first + by))
        if not _shares(places, taken):
            kept.append(places)
            taken += places
    return kept


def _shares(places: Sequence[Stretch], taken: Sequence[Stretch]) -> bool:
    """Whether a third or more of a place is taken already."""
    return any(min(e, f) - max(b, a) > (e - b) / 3 for b, e in places for a, f in taken)


def _rare_elsewhere(stretches: Stretches, found: Profile, place: Stretch, others: Sequence[Stretches]) -> float | None:
    """The share of other films in which nothing is nearer to a sound than the nearest usually is."""
    if not others or not len(found.random):
        return None
    first = min(int(place[0] * RATE), len(stretches) - 1)
    last = max(first + 1, min(int(place[1] * RATE) - LENGTH + 1, len(stretches)))
    points = stretches.table[np.unique(np.linspace(first, last - 1, 5).astype(int))]
    limit = float(np.quantile(found.random, NEAR))
    lacking = [bool(np.median(nearest_in(other, points)) > limit) for other in others]
    return float(np.mean(lacking))


def in_words(moments: Moments, place: Stretch) -> str:
    """What a sound is like: deep, tonal, quiet, music ..."""
    inside = (moments.seconds >= place[0] - 0.25) & (moments.seconds <= place[1] + 0.25)

    def mean(name: str) -> float | None:
        column = moments.column(name)
        if column is None or not (column[1] & inside).any():
            return None
        return float(column[0][column[1] & inside].mean())

    said: list[str] = []
    low, centre, loud = mean("low share"), mean("centre"), mean("loudness")
    flat = moments.laid("spectrum", "flatness")
    if loud is not None and abs(loud) >= 5:
        said.append("loud" if loud > 0 else "quiet" if loud > -15 else "very quiet")
    if low is not None and low > 0.9:
        said.append("deep")
    elif centre is not None and centre > 4000:
        said.append("high")
    if flat is not None and inside.any():
        tone = _middle(flat[0][inside, 0])
        said.append("tonal" if tone < 0.003 else "noisy" if tone > 0.1 else "")
    kinds = {kind: mean(kind) or 0.0 for kind in ("speech", "music", "effects")}
    heard = [kind for kind, value in sorted(kinds.items(), key=lambda item: -item[1]) if value > 0.6]
    said.append(" and ".join("noises" if kind == "effects" else kind for kind in heard[:2]))
    return ", ".join(filter(None, said)) or "neither deep nor high, neither loud nor quiet"


def _middle(values: Array) -> float:
    return float(np.median(values))
