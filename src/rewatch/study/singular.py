"""Details: what there is in a film only once, or more of than anywhere else in it; each with a sentence and figures.

A detail's `singular` is how far it stands apart from the film's own rest, 0..1: for an extreme z / (z + 3), z being its
robust distance from the median (in 1.4826 median absolute deviations); for what there is c times among n of its like
n / (n + 10) / c. No threshold but the film itself: a film without rhythm has no odd beat.

Contents
    Detail, details   all details of a film, unranked
    apart, only       the two measures
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from rewatch.errors import LibraryError, NotMeasured
from rewatch.library.edition import Edition
from rewatch.library.library import Library
from rewatch.track import Spans

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing to notice.

    kind:     "stillness", "long_take", ...: what sort of thing
    begin, end: seconds
    sentence: what it is and why, for a person, with its figures
    figures:  the same numbers by name
    singular: 0..1
    words:    what a note about it would mention: a colour, a word
    place:    2 for "the second hardest ...", which is told after the hardest
    """

    kind: str
    begin: float
    end: float
    sentence: str
    figures: dict[str, Any] = field(default_factory=dict)
    singular: float = 0.0
    words: tuple[str, ...] = ()
    place: int = 1

    @property
    def key(self) -> str:
        """What it is remembered by: kind and second, the same after the film is watched again."""
        return f"{self.kind}:{self.begin:.0f}"


def apart(values: Floats, least: float) -> Floats:
    """(n,) how far each value stands from the median, in robust deviations; a deviation is taken for `least` where it
    is less: what nobody could tell apart, and what measuring itself scatters by."""
    middle = np.median(values)
    spread = 1.4826 * np.median(np.abs(values - middle))
    distance: Floats = (values - middle) / max(float(spread), least)
    return distance


def of_distance(z: float) -> float:
    """`singular` of a robust distance.

    >>> of_distance(3.0)
    0.5
    """
    return max(z, 0.0) / (max(z, 0.0) + 3.0)


def only(count: int, among: int) -> float:
    """`singular` of what there is `count` times among `among` of its like."""
    return among / (among + 10) / max(count, 1)


def shots_of(edition: Edition) -> tuple[Spans, Floats, Floats] | None:
    """The shots with begin and end in seconds; None where there are none that can be laid along the clock."""
    if "shots" not in edition.tracks:
        return None
    shots = edition.spans("shots")
    if not len(shots) or (shots.clock.counts_frames and edition.times is None):
        return None
    return shots, shots.begin_seconds(edition.times), shots.end_seconds(edition.times)


def details(edition: Edition, library: Library | None = None) -> list[Detail]:
    """Everything singular in a film that its tracks tell; what a film does not have is passed by.

    library: where its sounds and pictures, and its echoes in other films, are looked for; None: they are left out
    """
    from rewatch.study import singular_again, singular_heard, singular_once, singular_said, singular_seen

    found: list[Detail] = []
    finders: list[Callable[[Edition], Iterator[Detail]]] = [
        *singular_seen.FINDERS,
        *singular_heard.FINDERS,
        *singular_said.FINDERS,
        *singular_again.FINDERS,
    ]
    if library is not None:
        finders += [partial(finder, library) for finder in singular_once.FINDERS]
    for finder in finders:
        try:
            found.extend(finder(edition))
        except (LibraryError, NotMeasured):
            continue  # a track that is not there, or is being written
    return found
