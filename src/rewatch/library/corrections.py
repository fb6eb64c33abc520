"""Corrections by hand of a film's shots, as rows of the notebook: where a shot begins, and where none does.

They are kept by edition and frame, apart from all that is measured: a new watch, with whatever detector, finds them as
they were made. Of two at one frame the later stands.

Contents
    Correction        one of them
    corrections_of    those of an edition
    correct           make some
    take_back         let what was measured at a frame count again
    undo              take back what was done last
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from rewatch.library.edition import Edition
from rewatch.library.notebook import Act, Notebook, Writing, now

CorrectionKind = Literal["cut", "not"]


@dataclass(frozen=True, slots=True)
class Correction:
    """kind: "cut": a shot begins with `frame`; "not": none begins there. created: ISO 8601, UTC."""

    frame: int
    kind: CorrectionKind
    created: str = ""


def corrections_of(notebook: Notebook, edition: str) -> list[Correction]:
    """Those that stand, in order of frames."""
    rows = notebook.rows("SELECT * FROM corrections WHERE edition = ? AND NOT deleted ORDER BY frame", (edition,))
    return [Correction(row["frame"], row["kind"], row["created"]) for row in rows]


def correct(notebook: Notebook, edition: Edition, made: Iterable[Correction]) -> None:
    """Make corrections; they are undone as one. LibraryError where they cannot be written."""
    with notebook.writing() as writing:
        for one in made:
            _put(writing, edition, one.frame, one.kind, deleted=False)


def take_back(notebook: Notebook, edition: Edition, frames: Iterable[int]) -> list[int]:
    """Take back the corrections at these frames; those frames that had one."""
    taken = []
    standing = {one.frame: one for one in corrections_of(notebook, edition.id)}
    with notebook.writing() as writing:
        for frame in sorted(set(frames) & standing.keys()):
            _put(writing, edition, frame, standing[frame].kind, deleted=True)
            taken.append(frame)
    return taken


def undo(notebook: Notebook, edition: Edition) -> list[Act]:
    """Take back the last change of this edition's corrections; nothing left to take back: an empty list."""
    # Every act of a batch that is the edition's last is the last on its frame.
    last = notebook.rows(
        "SELECT id FROM acts WHERE what = 'correction' AND undone IS NULL AND batch = ("
        "SELECT batch FROM acts WHERE what = 'correction' AND undone IS NULL AND id GLOB ? ORDER BY number DESC LIMIT 1"
        ") ORDER BY number DESC",
        (f"{edition.id}/*",),
    )
    if not last:
        return []
    with notebook.writing() as writing:
        return [act for row in last for act in writing.undo("correction", row["id"])]


def _put(writing: Writing, edition: Edition, frame: int, kind: CorrectionKind, *, deleted: bool) -> None:
    id = f"{edition.id}/{frame}"
    was = writing.row("corrections", id)
    row: dict[str, Any] = {
        "id": id,
        "edition": edition.id,
        "film": edition.name,
        "frame": frame,
        "kind": kind,
        "created": was["created"] if was is not None and deleted else now(),
        "changed": now(),
        "version": was["version"] + 1 if was is not None else 1,
        "deleted": int(deleted),
    }
    writing.put("corrections", row, "added" if was is None else "deleted" if deleted else "changed")
