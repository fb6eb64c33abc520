"""Everything that is remembered of a moment, asked at once: each search gives its answers, and all must hold.

Contents
    ask   one search, or several together
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rewatch.find.combine import MANY, together
from rewatch.find.match import Match

if TYPE_CHECKING:
    from PIL.Image import Image

    from rewatch.library.library import Library


def ask(
    library: Library,
    editions: Sequence[str] | None = None,
    *,
    still: Path | Image | None = None,
    sound: Path | None = None,
    quote: str | None = None,
    look: str | None = None,
    like: tuple[str, float] | None = None,
    by: str = "all",
    who: str = "",
    top: int = 10,
    notes: list[str] | None = None,
) -> list[Match]:
    """Moments that answer to all that is given, best first; none where one of the searches finds nothing.

    editions: ids of those to look in; None: all
    still, sound, quote, look: see `find_still`, `find_sound`, `find_quote`, `find_look`
    like, by: id and second of another moment, and what it is compared by; see `find_like`
    who:      goes with `quote`
    top:      how many at most; each tells its frame, where the film has frames
    notes:    lines for a person are added to it

    Raises what the searches raise.
    """
    # Each search is imported when it is asked for: a quote needs no decoder. The most exact come first.
    searches: list[Callable[[Sequence[str] | None, int], list[Match]]] = []
    if quote is not None:
        from rewatch.find.by_quote import find_quote

        searches.append(lambda left, most: find_quote(library, quote, left, who=who, top=most))
    if sound is not None:
        from rewatch.find.by_sound import find_sound

        searches.append(lambda left, most: find_sound(library, sound, left, top=most, notes=notes))
    if still is not None:
        from rewatch.find.by_still import find_still

        searches.append(lambda left, most: find_still(library, still, left, top=most, notes=notes))
    if like is not None:
        from rewatch.find.by_like import find_like

        searches.append(lambda left, most: find_like(library, *like, left, by=by, top=most))
    if look is not None:
        from rewatch.find.by_look import find_look

        searches.append(lambda left, most: find_look(library, look, left, top=most))
    found: dict[str, list[Match]] = {}
    left = editions
    for search in searches:
        matches = search(left, top if len(searches) == 1 else MANY)
        if not matches:
            return []
        found[matches[0].evidence] = matches
        if len(searches) > 1:
            # Only films that are left need be looked through.
            left = sorted({match.edition for match in matches})
    return [_with_frame(library, match) for match in together(found, top)] if found else []


def _with_frame(library: Library, match: Match) -> Match:
    """A match that tells its frame, where the film has frames."""
    if match.frame is not None:
        return match
    times = library.edition(match.edition).times
    return match if times is None or not len(times) else replace(match, frame=int(times.frame_at(match.time)))
