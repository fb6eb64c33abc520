"""rewatch: a film-study engine. It watches a film and charts it like a piece of music."""

__version__ = "0.1.0"
