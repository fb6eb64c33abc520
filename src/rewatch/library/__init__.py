"""Where studies live on disk: a catalogue of films, and for each edition its tracks, stills and provenance.

Called, it is what `rewatch.library()` promises: once any module of it is loaded, the name ``rewatch.library`` is this
package, and a function of that name would be gone.
"""

import sys
import types
from typing import Any


class _Package(types.ModuleType):
    def __call__(self, folder: Any = None) -> Any:
        """All films of a library; see `rewatch.film_view.open_library`."""
        import importlib

        return importlib.import_module("rewatch.film_view").open_library(folder)


sys.modules[__name__].__class__ = _Package
