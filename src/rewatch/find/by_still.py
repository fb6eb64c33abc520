"""Find by a still: from a picture to the film, the second, the frame.

Stage one looks through the prints of all films (see ``images.prints``) for several views of the picture; stage two
lays it over the stills and, where the file is at hand, the frames round the candidates, and chooses the frame.

Contents
    find_still   the search
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from rewatch.errors import QueryError
from rewatch.find.by_still_check import Checker
from rewatch.find.by_still_film import Film, Seen, Spot, look_at_frames, look_at_still, spots
from rewatch.find.by_still_prints import in_prints
from rewatch.find.by_still_query import Query, pixels_of, read_picture
from rewatch.find.match import Match
from rewatch.library.library import Library

SURE_BITS = 44
"""Bits of a hash under which a print is looked at first."""
STILLS, FRAMES = 20, 4
"""Spots that are looked at by the still of their shot, and by frames decoded."""
FLAT = 4.0
"""Standard deviation of a picture, of 255, under which it shows nothing."""
LEAST_SCORE = 0.5
"""Under which nothing is said to be found."""


def find_still(
    library: Library,
    image: Path | Image.Image,
    editions: Sequence[str] | None = None,
    *,
    top: int = 10,
    exact: bool = True,
    notes: list[str] | None = None,
) -> list[Match]:
    """Moments that a still shows, best first; none where it is in no film of the library.

    image:    a picture's file (or a video's: its middle frame is taken), or a picture
    editions: ids to look in; None = the whole library
    exact:    decode the films round the best candidates and choose the frame; else only what is kept of them tells
    notes:    lines for a person are added to it: what was taken of a video, which films have no prints (yet)

    QueryError: the picture cannot be read, is too large or too small, or shows nothing that could be told by it.
    """
    said: list[str] = [] if notes is None else notes
    rgb = pixels_of(image) if isinstance(image, Image.Image) else read_picture(Path(image), said)
    query = Query(rgb)
    if float(query.part().std()) < FLAT:
        raise QueryError(f"{_what(query)}: nothing can be told by it, every film has such frames")
    ids = [entry.id for entry in library.entries()] if editions is None else list(editions)
    films = [Film(library.edition(id)) for id in dict.fromkeys(ids)]
    candidates: list[Spot] = []
    for film in films:
        if film.prints is None or film.edition.facts.picture is None:
            if film.edition.facts.picture is not None and not film.edition.facts.listed:
                said.append(f"{film.edition.name} has no prints of its picture (yet): watch it again to search it")
            continue
        candidates += spots(film, in_prints(film.prints, query.views, shape=film.shape))
    candidates.sort(key=lambda spot: -spot.strength)
    seen = look(candidates, Checker(query), exact=exact)
    found = [(score_of(one), one) for one in seen]
    found = [one for one in found if one[0] >= LEAST_SCORE]
    found.sort(key=lambda one: -one[0])
    return [_match(score, one, exact) for score, one in _apart(found)[:top]]


def _what(query: Query) -> str:
    level = float(np.median(query.part()))
    return f"the still is {'black' if level < 40 else 'white' if level > 215 else 'of one colour'} all over"


def look(candidates: Sequence[Spot], checker: Checker, *, exact: bool = True) -> list[Seen]:
    """The candidates looked at: those of a near hash at once, the others by their shots' stills first."""
    seen: list[Seen] = []
    sure = [spot for spot in candidates if spot.distance <= SURE_BITS][:8]
    for spot in sure:
        seen.append((look_at_frames(spot, checker) if exact else None) or look_at_still(spot, checker))
    if any(score_of(one) >= 0.97 for one in seen):
        return seen
    rest = [spot for spot in candidates if spot not in sure][:STILLS]
    stills = sorted((look_at_still(spot, checker) for spot in rest), key=lambda one: -score_of(one))
    for n, one in enumerate(stills):
        by_frames = look_at_frames(one.spot, checker, wide=True) if exact and n < FRAMES else None
        seen.append(max((by_frames, one), key=score_of) if by_frames else one)
        if by_frames and score_of(by_frames) >= 0.97 and n + 1 < len(stills) and score_of(stills[n + 1]) < 0.5:
            break
    return seen


def score_of(seen: Seen) -> float:
    """How sure, 0..1."""
    laid = seen.laid
    if laid is None:
        return float(np.clip((70 - seen.spot.distance) / 30, 0, 0.99))
    weight = (
        12.0 * (laid.agreement - 0.62)
        + 0.9 * np.log1p(laid.points / 8)
        + 0.8 * (np.log1p(laid.patches) - 2.0)
        + 0.05 * max(0, 80 - seen.spot.distance)
    )
    return float(1 / (1 + np.exp(-weight)))


def _apart(found: list[tuple[float, Seen]]) -> list[tuple[float, Seen]]:
    """Without those within a second of a better one of the same film."""
    kept: list[tuple[float, Seen]] = []
    for score, one in found:
        at = _second(one)
        if all(one.spot.film is not other.spot.film or abs(_second(other) - at) > 1.0 for _, other in kept):
            kept.append((score, one))
    return kept


def _second(seen: Seen) -> float:
    times = seen.spot.film.times
    return float(times.seconds(seen.frame)) if times is not None and seen.frame < len(times) else seen.spot.second


def _match(score: float, seen: Seen, exact: bool) -> Match:
    spot = seen.spot
    view = spot.places[0].view
    about = [view.name] if not view.name.startswith("inside") else []
    if view.mirrored and "mirrored" not in view.name:
        about.append("mirrored")
    if exact and not seen.exact:
        about.append("the film's file is not at hand: as near as its prints tell")
    details = {
        "exact": seen.exact,
        "bits": spot.distance if spot.distance < 256 else None,
        "points": seen.laid.points if seen.laid else None,
        "agreement": round(seen.laid.agreement, 3) if seen.laid else None,
        "view": view.name,
    }
    edition = spot.film.edition
    return Match(
        edition.name,
        edition.id,
        _second(seen),
        round(score, 3),
        "still",
        frame=seen.frame,
        about="; ".join(about),
        details=details,
    )
