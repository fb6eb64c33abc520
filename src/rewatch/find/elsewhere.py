"""Elsewhere: what of a stretch of a film is also in other films of the library: its pictures, its sounds, its words.

The prints of its pictures, the landmarks of its sound and its lines are looked up; nothing is decoded, so that it can
stand on a page. Of pictures only whole ones are known again (`find_still` knows parts, too). Words that many films say
tell nothing and are left out.

Contents
    elsewhere    the matches, film by film
    Elsewhere    those of one other film
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from rewatch.errors import NotMeasured
from rewatch.find.by_quote import find_quote
from rewatch.find.match import Match
from rewatch.find.picture_index import EVERY, hashes_at, up_to_date
from rewatch.find.sound_index import open_index
from rewatch.images.looks import apart
from rewatch.images.prints import NAME
from rewatch.images.prints import open_prints as open_pictures
from rewatch.library.edition import Edition
from rewatch.library.library import Library
from rewatch.sounds.prints import Prints, open_prints
from rewatch.sounds.prints_landmarks import HOPS
from rewatch.sounds.prints_matches import matches
from rewatch.sounds.prints_pairs import probes
from rewatch.words.folding import fold

Floats = npt.NDArray[np.float64]

BITS = 31
"""Of the 256 of a picture's hash that may differ, as PDQ's authors advise for a match without a person's look."""
QUALITY = 50
"""Of 100: a picture with less to tell it by (dark, flat) is not looked for; again as they advise."""
SURE = 0.9
"""The share of a line that must be said."""
SHORTEST = 2.0
"""Seconds of a sound."""
LINES = 12
WORDS = 4
"""A shorter line is said in every other film."""
OFTEN = 3
"""Places that say a line as well: with more it is a stock phrase."""
LISTENED = 8
"""Other films whose sound is laid against the stretch's: those with the most landmarks in common."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What one other film has of the stretch: (second of the own film, match), in the order of the own film."""

    film: str
    edition: str
    found: tuple[tuple[float, Match], ...]


def elsewhere(library: Library, edition: Edition, begin: float, end: float) -> list[Elsewhere]:
    """What other films have of seconds ``[begin, end)``: the film with the most of it first; none for nothing.

    The evidence of a match is "still", "sound" or "quote".
    """
    others = [entry.id for entry in library.entries() if entry.id != edition.id]
    if not others:
        return []
    found = [
        *_seen(library, edition, begin, end, others),
        *_heard(library, edition, begin, end, others),
        *_said(library, edition, begin, end, others),
    ]
    films: dict[str, list[tuple[float, Match]]] = {}
    for at, match in found:
        films.setdefault(match.edition, []).append((at, match))
    told = [
        Elsewhere(library.edition(id).name, id, tuple(sorted(its, key=lambda f: (f[0], f[1].evidence))))
        for id, its in films.items()
    ]
    return sorted(told, key=lambda e: (-len(e.found), e.film))


def _seen(
    library: Library, edition: Edition, begin: float, end: float, others: Sequence[str]
) -> list[tuple[float, Match]]:
    """Where other films show the same picture, whole: the nearest of each other film for each shot."""
    prints = open_pictures(edition.kept(NAME))
    if prints is None or not len(prints):
        return []
    keys = np.asarray(prints.keys)
    seconds = np.asarray(prints.seconds, dtype=np.float64)[keys]
    told = np.flatnonzero((seconds >= begin) & (seconds < end) & (np.asarray(prints.quality) >= QUALITY))
    if not len(told):
        return []
    index = up_to_date(library, [edition.id, *others], [])
    wanted, rows_of = set(others), {}
    nearest: dict[tuple[int, str], tuple[int, float, int]] = {}
    shot_of = _shots_at(edition, seconds[told])
    for key, shot in zip(told.tolist(), shot_of.tolist(), strict=True):
        hash = np.asarray(prints.hashes[keys[key]])
        # Those of its own shot are nearest: more are asked for than are wanted.
        for id, row, _ in index.near(hash, far=False, most=400):
            if id not in wanted:
                continue
            first = max(0, row - EVERY)
            hashes = hashes_at(library, id, first, row + EVERY + 1)
            if not len(hashes):
                continue
            distance = apart(hashes, hash)
            at = int(distance.argmin())
            if distance[at] <= BITS and distance[at] < nearest.get((shot, id), (BITS + 1, 0.0, 0))[0]:
                nearest[shot, id] = (int(distance[at]), float(seconds[key]), first + at)
    found = []
    for (_, id), (bits, at_second, row) in nearest.items():
        other = library.edition(id)
        if id not in rows_of:
            rows_of[id] = open_pictures(other.kept(NAME))
        its = rows_of[id]
        if its is not None and row < len(its):
            score = round(1 - bits / 256, 3)
            match = Match(
                other.name,
                id,
                float(its.seconds[row]),
                score,
                "still",
                frame=int(its.frames[row]),
                details={"bits": bits},
            )
            found.append((at_second, match))
    return found


def _shots_at(edition: Edition, seconds: Floats) -> npt.NDArray[np.intp]:
    """The shot that is on at each second; one for all where they are not known."""
    if "shots" not in edition.tracks:
        return np.zeros(len(seconds), dtype=np.intp)
    shots = edition.spans("shots")
    if shots.clock.counts_frames and edition.times is None:
        return np.zeros(len(seconds), dtype=np.intp)
    return np.searchsorted(shots.begin_seconds(edition.times), seconds + 1e-3, side="right")


def _heard(
    library: Library, edition: Edition, begin: float, end: float, others: Sequence[str]
) -> list[tuple[float, Match]]:
    """Where other films have the same recording."""
    try:
        own = open_prints(edition.kept("sound_prints"))
    except NotMeasured:
        return []
    first, last = (int((second - float(own.start)) * HOPS) for second in (begin, end))
    first, last = max(0, first), min(own.hops, last)
    hop, bins = own.between(first, last)
    if not len(hop):
        return []
    part = Prints((hop - first).astype(np.uint32), bins, own.start + Fraction(first, HOPS), last - first)
    candidates = open_index(library).candidates(*probes(*part.pairs()), others)
    found = []
    for id in list(dict.fromkeys(c.edition for c in candidates))[:LISTENED]:
        other = library.edition(id)
        try:
            laid = matches(part, open_prints(other.kept("sound_prints")))
        except NotMeasured:
            continue
        for one in laid:
            if one.end_a - one.begin_a < SHORTEST:
                continue
            about = f"the same sound for {one.end_a - one.begin_a:.1f} s"
            details = {"share": round(one.share, 3), "landmarks": one.landmarks}
            # As sure as it stands above chance: `matches` gives none that does not.
            match = Match(
                other.name, id, one.begin_b, 1.0, "sound", end=one.end_b, about=about, details=details
            )  # fmt: skip
            found.append((one.begin_a, match))
    return found


def _said(
    library: Library, edition: Edition, begin: float, end: float, others: Sequence[str]
) -> list[tuple[float, Match]]:
    """Where other films say the stretch's lines."""
    if "lines" not in edition.tracks:
        return []
    lines = edition.spans("lines")
    starts, ends = lines.begin_seconds(None), lines.end_seconds(None)
    at = [
        i for i in np.flatnonzero((starts < end) & (ends > begin)).tolist() if fold(lines.label[i]).count(" ") > WORDS
    ]
    # Of many the longest: the more words, the less by chance.
    at = sorted(sorted(at, key=lambda i: -len(lines.label[i]))[:LINES])
    found = []
    for i in at:
        said = find_quote(library, str(lines.label[i]), others, top=OFTEN + 1)
        sure = [m for m in said if float(m.details["said"]) >= SURE]
        if sure and int(sure[0].details["places"]) <= OFTEN:
            found += [(float(starts[i]), match) for match in sure]
    return found
