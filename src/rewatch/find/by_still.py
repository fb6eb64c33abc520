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
from rewatch.find.by_still_film import Seen, Spot, look_at_frames, look_at_still
from rewatch.find.by_still_query import Query, pixels_of, read_picture
from rewatch.find.by_still_where import candidates
from rewatch.find.match import Match
from rewatch.library.library import Library

SURE_BITS = 44
"""Bits of a hash under which a print is looked at first."""
STILLS, FRAMES, STRONG = 16, 6, 3
"""Spots that are looked at by the still of their shot, by frames where that is promising, and by frames anyhow."""
WORTH_FRAMES = 0.02
"""A score by its still for which a spot's frames are decoded."""
ENOUGH = 0.97
"""A score at which nothing else is looked for."""
STEEP, POINTS = 25.0, 0.06
"""How fast likeness beyond chance becomes certainty (see `Laid.margin`), and what points that fit a plane add to it."""
FEW = 4.0
"""Patches with edges under which a picture has too little to be laid over another."""
BITS = 70
"""Of the hash that differ from which on it tells nothing."""
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
    if not query.views:
        raise QueryError(f"{_what(query)}: nothing can be told by it, every film has such frames")
    ids = [entry.id for entry in library.entries()] if editions is None else list(editions)
    spots = candidates(library, list(dict.fromkeys(ids)), query.views, said)
    seen = look(spots, Checker(query), exact=exact)
    found = [(score_of(one), one) for one in seen]
    found = [one for one in found if one[0] >= LEAST_SCORE]
    found.sort(key=lambda one: -one[0])
    return [_match(score, one, exact) for score, one in _apart(found)[:top]]


def _what(query: Query) -> str:
    level = float(np.median(query.part()))
    return f"the still is {'black' if level < 40 else 'white' if level > 215 else 'of one colour'} all over"


def look(spots: Sequence[Spot], checker: Checker, *, exact: bool = True) -> list[Seen]:
    """The spots looked at: those of a near hash at once, the others by their shots' stills first."""
    seen: list[Seen] = []
    sure = [spot for spot in spots if spot.distance <= SURE_BITS][:8]
    for spot in sure:
        seen.append((look_at_frames(spot, checker) if exact else None) or look_at_still(spot, checker))
    if any(score_of(one) >= ENOUGH for one in seen):
        return seen
    rest = _turn_about([spot for spot in spots if spot not in sure])[:STILLS]
    stills: list[Seen] = []
    for n, spot in enumerate(rest):
        stills.append(look_at_still(spot, checker))
        if n >= 5 and max(score_of(one) for one in stills) >= ENOUGH:
            break
    stills.sort(key=lambda one: -score_of(one))
    for n, one in enumerate(stills):
        # A still of a shot in motion may show little of what the query shows: those strong by their prints get a look.
        wanted = exact and ((n < FRAMES and score_of(one) >= WORTH_FRAMES) or one.spot in rest[:STRONG])
        by_frames = look_at_frames(one.spot, checker, wide=True) if wanted else None
        seen.append(max((by_frames, one), key=_by_what_is_seen) if by_frames else one)
        following = score_of(stills[n + 1]) if n + 1 < len(stills) else 0.0
        if score_of(seen[-1]) >= ENOUGH and following < LEAST_SCORE:
            break
    return seen


def _turn_about(spots: Sequence[Spot]) -> list[Spot]:
    """Those found by a hash and those found by a layout, in turn: their strengths compare but roughly."""
    by_hash = [spot for spot in spots if spot.places[0].distance < 256]
    by_layout = [spot for spot in spots if spot.places[0].distance == 256]
    paired = [spot for pair in zip(by_layout, by_hash, strict=False) for spot in pair]
    rest = by_layout[len(by_hash) :] + by_hash[len(by_layout) :]
    return paired + rest


def score_of(seen: Seen) -> float:
    """How sure, 0..1; what lies over the query weighs more than its hash, where there is enough to see in it."""
    laid, sure = seen.laid, _by_what_is_seen(seen)
    if not seen.exact or (laid is not None and laid.edged < FEW):
        # The still of a shot is not the frame: where it does not tell, the hash may.
        sure = max(sure, float(np.clip((BITS - seen.spot.distance) / 30, 0, 0.99)))
    return sure


def _by_what_is_seen(seen: Seen) -> float:
    if seen.laid is None:
        return 0.0
    margin = seen.laid.margin + POINTS * np.log1p(seen.laid.points / 15)
    return float(1 / (1 + np.exp(-STEEP * margin)))


def _apart(found: list[tuple[float, Seen]]) -> list[tuple[float, Seen]]:
    """Without those within a second of a better one of the same film; the others of that film are half as sure, for
    the still was taken of one of them: a shot in which little moves agrees with it all along.
    """
    kept: list[tuple[float, Seen]] = []
    for score, one in found:
        beside = [_second(other) for _, other in kept if other.spot.film is one.spot.film]
        if all(abs(second - _second(one)) > 1.0 for second in beside):
            kept.append((score / 2 if beside else score, one))
    return sorted(kept, key=lambda one: -one[0])


def _second(seen: Seen) -> float:
    times = seen.spot.film.times
    return float(times.seconds(seen.frame)) if times is not None and seen.frame < len(times) else seen.spot.second


def _match(score: float, seen: Seen, exact: bool) -> Match:
    spot = seen.spot
    view = spot.places[0].view
    about = [view.name] if not view.name.startswith("inside") else []
    if view.mirrored and "mirrored" not in view.name:
        about.append("mirrored")
    if exact and not spot.film.at_hand:
        about.append("the film's file is not at hand: as near as its prints tell")
    details = {
        "exact": seen.exact,
        "bits": spot.distance if spot.distance < 256 else None,
        "points": seen.laid.points if seen.laid else None,
        "agreement": round(seen.laid.fine, 3) if seen.laid else None,
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
