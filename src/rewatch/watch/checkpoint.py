"""Checkpoints: how far the picture was watched, so that a killed run goes on there.

A checkpoint is a pickle of the analysers between two pieces and of where the reader stood. It is a file of our own in
the edition's scratch folder, read only where its key says that it was written by the same plan; one that cannot be
read is as good as none.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rewatch.errors import LibraryError
from rewatch.library.atomic import replacing

FORMAT = 3
"""One higher where an analyser holds what it gathers otherwise than before, and gives the same all the same."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """key: of the plan; seconds: how far; resume: for the reader; state: what is fed, pickled as it is."""

    key: str
    seconds: float
    resume: Any
    state: Any
    format: int = FORMAT


def write(path: Path, checkpoint: Checkpoint) -> bool:
    """Store it; False where there is no room for it: the watch itself can still succeed."""
    try:
        # Streamed, not dumped to bytes first: the state of a long film is tens of megabytes.
        with replacing(path) as part, part.open("wb") as file:
            pickle.dump(checkpoint, file, protocol=pickle.HIGHEST_PROTOCOL)
    except LibraryError:
        return False
    return True


def read(path: Path, key: str) -> Checkpoint | None:
    """The checkpoint of that key, or None."""
    try:
        with path.open("rb") as file:
            found = pickle.load(file)
            fits = isinstance(found, Checkpoint) and (found.format, found.key) == (FORMAT, key)
    # Whatever a file of another version, or half a file, makes pickle raise: there is then no checkpoint.
    except Exception:
        return None
    return found if fits else None
