"""Notes as rows of the notebook: reading them, finding them by their words, and as plain JSON.

Contents
    Note          one note
    notes_of      those of a film, or all
    found_by      those that hold the words asked for
    wordings      every text that a note ever had
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from rewatch.errors import NoteUnknown
from rewatch.library.notebook import Notebook

Region = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Note:
    """A note at an instant (end None), over a span, or at a region of the frame.

    id:       32 hexadecimal digits; the same wherever the note is taken
    edition:  id of the edition it was written to; `film` is how that was called then: "Heat (1995)"
    begin, end: seconds
    region:   x, y, width, height as shares of the picture as shown, 0..1
    text:     Markdown, as typed
    tags:     without "#", in the order given
    created, changed: ISO 8601, UTC
    version:  1 for a new note, one more with every change: what an editor hands back to say which text it changed
    anchor:   what was seen and heard there, so that the place is found again in another transfer (study.anchors)
    beside:   id of the note that it stands beside: it was written over that one at the same time, or carried over
              from another edition
    """

    id: str
    edition: str
    film: str
    begin: float
    end: float | None
    region: Region | None
    text: str
    tags: tuple[str, ...]
    created: str
    changed: str
    version: int = 1
    anchor: Mapping[str, Any] = field(default_factory=dict)
    beside: str = ""
    deleted: bool = False

    def as_json(self) -> dict[str, Any]:
        """The note as one JSON object; `note_of_json` reads it back."""
        plain = asdict(self)
        plain["region"] = None if self.region is None else list(self.region)
        plain["tags"] = list(self.tags)
        plain["anchor"] = dict(self.anchor)
        return plain


def row_of(note: Note) -> dict[str, Any]:
    """The note as it stands in the table."""
    row = note.as_json()
    row["region"] = None if note.region is None else json.dumps(row["region"])
    row["tags"] = json.dumps(row["tags"], ensure_ascii=False)
    row["anchor"] = json.dumps(row["anchor"], ensure_ascii=False)
    row["deleted"] = int(note.deleted)
    return row


def note_of(row: Mapping[str, Any]) -> Note:
    """The note that a row holds."""
    region = None if row["region"] is None else json.loads(row["region"])
    return Note(
        id=row["id"],
        edition=row["edition"],
        film=row["film"],
        begin=row["begin"],
        end=row["end"],
        region=None if region is None else (region[0], region[1], region[2], region[3]),
        text=row["text"],
        tags=tuple(json.loads(row["tags"])),
        created=row["created"],
        changed=row["changed"],
        version=row["version"],
        anchor=json.loads(row["anchor"]),
        beside=row["beside"],
        deleted=bool(row["deleted"]),
    )


def notes_of(notebook: Notebook, edition: str | None = None, *, deleted: bool = False) -> list[Note]:
    """All notes of an edition, or of the library, in order of film and time. deleted: those that were, alone."""
    rows = notebook.rows(
        "SELECT * FROM notes WHERE deleted = ? AND (? IS NULL OR edition = ?) "
        "ORDER BY film COLLATE NOCASE, edition, begin, created",
        (int(deleted), edition, edition),
    )
    return [note_of(row) for row in rows]


def note_by(notebook: Notebook, id: str) -> Note:
    """The note of that id or its unambiguous beginning (at least 4 digits). NoteUnknown where there is none."""
    rows = []
    if re.fullmatch(r"[0-9a-f]{4,32}", id):
        rows = notebook.rows("SELECT * FROM notes WHERE id GLOB ? LIMIT 2", (id + "*",))
    if len(rows) != 1:
        what = "several notes begin" if rows else "there is no note"
        raise NoteUnknown(f"{what} {'with ' if rows else ''}{id!r}: rewatch notes lists them")
    return note_of(rows[0])


def found_by(notebook: Notebook, words: str, edition: str | None = None) -> list[Note]:
    """Notes whose text or tags hold all the words (or their beginnings), best first; then those that hold them within
    words, as scripts without spaces need it. ``"two words"`` in quotes must stand together."""
    wanted = [phrase or word for phrase, word in re.findall(r'"([^"]+)"|([^\s"]+)', words)]
    if not wanted:
        return []
    asked = " ".join('"' + w.replace('"', '""') + '"*' for w in wanted)
    best = notebook.rows(
        "SELECT notes.* FROM notes_words JOIN notes ON notes.number = notes_words.rowid "
        "WHERE notes_words MATCH ? AND NOT deleted AND (? IS NULL OR edition = ?) ORDER BY bm25(notes_words), begin",
        (asked, edition, edition),
    )
    seen = {row["id"] for row in best}
    within = [
        note
        for note in notes_of(notebook, edition)
        if note.id not in seen and all(w.casefold() in " ".join((note.text, *note.tags)).casefold() for w in wanted)
    ]
    return [note_of(row) for row in best] + within


def wordings(notebook: Notebook, id: str) -> list[str]:
    """Every text that a note had, the oldest first; the last is how it stands."""
    texts: list[str] = []
    acts = notebook.rows("SELECT was, undone FROM acts WHERE what = 'note' AND id = ? ORDER BY number", (id,))
    for act in acts:
        for state in (act["was"], act["undone"]):
            if state is not None and json.loads(state)["text"] not in texts:
                texts.append(json.loads(state)["text"])
    stands = notebook.rows("SELECT text FROM notes WHERE id = ?", (id,))
    return [t for t in texts if not stands or t != stands[0]["text"]] + [row["text"] for row in stands]
