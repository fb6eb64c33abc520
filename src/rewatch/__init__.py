"""rewatch: a film-study engine. It watches a film and charts it like a piece of music.

    film = rewatch.open("heat")          a film of the library: film.shots, .lines, .score, .minute(43), .tracks
    rewatch.library().sql("SELECT ...")  all of them
    rewatch.find(quote="burn little light")   moments by what is remembered of them: a line, a still, a sound, a look
    rewatch.compare("heat-tv", "heat")   two editions side by side
    rewatch.echoes("heat")               what of a film is found again in the others of the library

They are loaded when they are first called; docs/python.md, find.md and compare.md say what they give.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rewatch.film_view import compare_films as compare
    from rewatch.film_view import film_echoes as echoes
    from rewatch.film_view import open_film as open
    from rewatch.film_view import open_library as library
    from rewatch.find_view import find_moments as find

__version__ = "0.1.0"

__all__ = ["__version__", "compare", "echoes", "find", "library", "open"]


def __getattr__(name: str) -> Any:
    import importlib

    if name == "open":
        return importlib.import_module("rewatch.film_view").open_film
    if name == "echoes":
        return importlib.import_module("rewatch.film_view").film_echoes
    if name in ("library", "compare", "find"):
        # The package of that name, which can be called: see there.
        return importlib.import_module(f"rewatch.{name}")
    raise AttributeError(f"module 'rewatch' has no attribute {name!r}")
