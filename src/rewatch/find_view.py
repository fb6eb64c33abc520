"""Find from Python: `rewatch.find`. What one may rely on is in docs/find.md.

Contents
    find_moments   what `rewatch.find` calls
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rewatch.clock import parse_time
from rewatch.film_view import FilmView, open_film
from rewatch.find.ask import ask
from rewatch.library.library import Library

if TYPE_CHECKING:
    from PIL.Image import Image

    from rewatch.find.match import Match


def find_moments(
    *films: FilmView | str | Path,
    still: Image | str | Path | None = None,
    sound: str | Path | None = None,
    quote: str | None = None,
    look: str | None = None,
    like: str | tuple[FilmView | str | Path, float] | None = None,
    by: str = "all",
    who: str = "",
    top: int = 10,
    folder: str | Path | None = None,
    notes: list[str] | None = None,
) -> list[Match]:
    """Moments by what is remembered of them, best first, as `rewatch find` answers; of several things all must hold.

    films: to look in, or what `open_film` takes for them; none: all of the library
    still: a picture, or its file; sound: a file; quote, look: words
    like:  another moment: "heat@43:10", or a film and a second; by: all, picture, sound or rhythm
    who:   says the quote
    notes: lines for a person are added to it: what was taken of a video, which films cannot be searched

    QueryError where a still or a sound cannot be read or shows nothing; LookUnknown for a word that is none.
    """

    def opened(film: FilmView | str | Path) -> str:
        return (film if isinstance(film, FilmView) else open_film(film, folder)).edition.id

    if all(what is None for what in (still, sound, quote, look, like)):
        raise ValueError("say what is remembered: still, sound, quote, look or like")
    moment: tuple[str, float] | None = None
    if like is not None:
        film, second = (like.rpartition("@")[0], parse_time(like.rpartition("@")[2])) if isinstance(like, str) else like
        moment = opened(film), float(second)
    return ask(
        Library(None if folder is None else Path(folder)),
        list(dict.fromkeys(opened(film) for film in films)) or None,
        still=Path(still) if isinstance(still, str) else still,
        sound=None if sound is None else Path(sound),
        quote=quote, look=look, like=moment, by=by, who=who, top=top, notes=notes,
    )  # fmt: skip
