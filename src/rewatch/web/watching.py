"""Watch a film for the page, in a process of its own: ``python -m rewatch.web.watching FILE LIBRARY``.

Writes the events of `rewatch.web.jobs` to standard output.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

PRIORITY = 10
"""How much less the machine minds this than the page (nice)."""
EVERY = 0.25
"""Seconds between two words about how far it is."""


def tell(**event: Any) -> None:
    """One event, at once."""
    sys.stdout.write(json.dumps(event, ensure_ascii=True) + "\n")
    sys.stdout.flush()


def yield_way() -> None:
    """Run behind everything that a person waits for."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with contextlib.suppress(OSError, AttributeError):
        os.nice(PRIORITY)


class Told:
    """Progress as events, a few a second."""

    def __init__(self) -> None:
        self._length = 0.0
        self._last = 0.0

    def begin(self, name: str, seconds: float, at: float) -> None:
        self._length = seconds
        tell(name=name, at=at, of=seconds)

    def moved(self, at: float) -> None:
        if time.monotonic() - self._last > EVERY:
            self._last = time.monotonic()
            tell(at=round(at, 1), of=round(self._length, 1))

    def say(self, line: str) -> None:
        tell(say=line)

    def end(self) -> None:
        pass


def main(file: str, library: str) -> int:
    yield_way()
    from rewatch.errors import RewatchError
    from rewatch.film.identity import identify
    from rewatch.library.library import Library
    from rewatch.watch.run import watch

    try:
        with contextlib.suppress(OSError):
            tell(film=identify(file))
        done = watch(file, Library(Path(library)), progress=Told())
    except (RewatchError, OSError) as error:
        tell(error=" ".join(str(error).split()))
        return 1
    tell(film=done.edition.id, notes=list(done.notes), done={"name": done.edition.name, "seconds": round(done.seconds)})
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
