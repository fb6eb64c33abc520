"""Find the moment: from a still, a sound, a line, a look, or another moment.

Called, it is what `rewatch.find()` promises: once any module of it is loaded, the name ``rewatch.find`` is this
package, and a function of that name would be gone.
"""

import sys
import types
from typing import Any


class _Package(types.ModuleType):
    def __call__(self, *films: Any, **what: Any) -> Any:
        """Moments by what is remembered of them; see `rewatch.find_view.find_moments`."""
        import importlib

        return importlib.import_module("rewatch.find_view").find_moments(*films, **what)


sys.modules[__name__].__class__ = _Package
