"""Where a still may be: the spots of all films that stage two is to look at.

A few dozen films are searched print by print, for parts of frames as well. A large library is asked by its index, for
whole frames: parts have too few values to be told apart among millions.

Contents
    candidates    spots of all films, the strongest first
"""

from __future__ import annotations

from collections.abc import Sequence

from rewatch.find.by_still_film import Film, Spot, spots
from rewatch.find.by_still_prints import Place, in_prints, whole_place
from rewatch.find.by_still_query import View
from rewatch.find.picture_index import EVERY, hashes_at, state_of, up_to_date
from rewatch.images.looks import apart
from rewatch.library.library import Library

PRINTS = 1_000_000
"""As many are searched one by one: about sixty hours of film."""
FARTHEST = 80
"""Bits of 256 beyond which a print out of the index is nothing."""
MOST = 160
"""Prints out of the index, over all views, that are compared in full."""


def candidates(library: Library, editions: Sequence[str], views: Sequence[View], notes: list[str]) -> list[Spot]:
    """Spots that may be what the views show, the strongest first; what could not be searched is noted."""
    state = state_of(library, editions)
    have = {str(id) for id, *_ in state}
    _note_missing(library, [id for id in editions if id not in have], notes)
    if sum(int(size) for _, _, size in state) // 32 > PRINTS:
        notes.append(f"among {len(have)} films only whole frames were looked for: name films to look for parts of them")
        found = _by_index(library, sorted(have), set(editions), views, notes)
    else:
        found = []
        for id in sorted(have):
            film = Film(library.edition(id))
            if film.prints is None:
                notes.append(f"{film.edition.name}: its prints cannot be read: watch it again")
                continue
            found += spots(film, in_prints(film.prints, views, shape=film.shape))
    return sorted(found, key=lambda spot: -spot.strength)


def _note_missing(library: Library, missing: Sequence[str], notes: list[str]) -> None:
    for id in missing[:20]:
        edition = library.edition(id)
        if edition.facts.picture is not None and not edition.facts.listed:
            notes.append(f"{edition.name} has no prints of its picture yet: watch it again to have it searched")


def _by_index(
    library: Library, have: Sequence[str], wanted: set[str], views: Sequence[View], notes: list[str]
) -> list[Spot]:
    index = up_to_date(library, have, notes)
    near: list[tuple[int, str, int, View]] = []
    for view in views:
        far = view.name.startswith("inside")
        near += [(bits, id, row, view) for id, row, bits in index.near(view.hash, far=far) if id in wanted]
    near.sort(key=lambda one: one[0])
    places: dict[str, list[Place]] = {}
    for _, id, row, view in near[:MOST]:
        first = max(0, row - EVERY)
        hashes = hashes_at(library, id, first, row + EVERY + 1)
        if not len(hashes):
            continue
        distance = apart(hashes, view.hash)
        at = int(distance.argmin())
        if distance[at] <= FARTHEST:
            places.setdefault(id, []).append(whole_place(first + at, int(distance[at]), view))
    found: list[Spot] = []
    for id, own in places.items():
        film = Film(library.edition(id))
        if film.prints is not None:
            found += spots(film, [place for place in own if place.row < len(film.prints)])
    return found
