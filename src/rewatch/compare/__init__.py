"""Films side by side: two editions of one film, and the echoes of one film in others.

Called, it is what `rewatch.compare(a, b)` promises: once any module of it is loaded, the name ``rewatch.compare`` is
this package, and a function of that name would be gone.
"""

import sys
import types
from typing import Any


class _Package(types.ModuleType):
    def __call__(self, a: Any, b: Any, **how: Any) -> Any:
        """Two editions side by side; see `rewatch.film_view.compare_films`."""
        import importlib

        return importlib.import_module("rewatch.film_view").compare_films(a, b, **how)


sys.modules[__name__].__class__ = _Package
