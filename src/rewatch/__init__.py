"""rewatch: a film-study engine. It watches a film and charts it like a piece of music.

    film = rewatch.open("heat")          a film of the library: film.shots, .lines, .score, .minute(43), .tracks
    rewatch.library().sql("SELECT ...")  all of them

Both are loaded when they are first called; docs/python.md says what they give.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rewatch.film_view import open_film as open
    from rewatch.film_view import open_library as library

__version__ = "0.1.0"

__all__ = ["__version__", "library", "open"]


def __getattr__(name: str) -> Any:
    import importlib

    if name == "open":
        return importlib.import_module("rewatch.film_view").open_film
    if name == "library":
        # The package of that name, which can be called: see there.
        return importlib.import_module("rewatch.library")
    raise AttributeError(f"module 'rewatch' has no attribute {name!r}")
