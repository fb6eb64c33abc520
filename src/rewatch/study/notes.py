"""Notes: what a person saw, where, in their words. Written to a film, changed, deleted, undone, searched, carried over.

`Notes` is what the command line and the page both write through. Whatever was typed is never lost: a change to a note
that was changed meanwhile keeps both texts, a note that cannot be saved raises `errors.NotSaved` with its text, and
every earlier wording stays in the notebook.

Contents
    Notes           the notes of a library
    Changed         what became of a change
    parse_region    "x,y,w,h" as shares or percent
    clean_tags
"""

from __future__ import annotations

import json
import math
import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rewatch.clock import timecode
from rewatch.errors import LibraryError, NoteUnknown, RewatchError
from rewatch.library.edition import Edition
from rewatch.library.library import Library
from rewatch.library.notebook import Act, Notebook, Writing, now, saving
from rewatch.library.notes import Note, Region, found_by, note_by, note_of, notes_of, row_of, wordings

if TYPE_CHECKING:
    from rewatch.study.anchors import Found

LONGEST = 1_000_000
"""Characters a note may have."""


GONE = "gone"
"""Tag of a note that was carried to an edition which lacks its moment."""


class _Keep(Enum):
    KEEP = "as it is"


KEEP = _Keep.KEEP
"""Given for a part of a note that a change leaves as it is (None is a value: an instant has no end)."""


class NoteError(RewatchError):
    """What was given makes no note: no text, a time that is none, a region outside the picture."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of a change.

    note:  the note as it now stands
    beside: the note that holds the text of this change, where the note had been changed meanwhile by another: both
            texts are kept. None: nobody was in the way.
    """

    note: Note
    beside: Note | None = None


class Notes:
    """The notes of a library."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.notebook = Notebook(library.folder)

    # -- asking -------------------------------------------------------------------------------------------------

    def get(self, id: str) -> Note:
        """The note of that id, or of its unambiguous beginning; deleted ones too. NoteUnknown."""
        return note_by(self.notebook, id)

    def find(self, edition: str | None = None, *, search: str = "", tag: str = "", deleted: bool = False) -> list[Note]:
        """Notes of an edition (its id), or of all; in order of time, those found by `search` best first.

        deleted: those that were deleted, instead
        """
        if search.strip():
            found = found_by(self.notebook, search, edition)
        else:
            found = notes_of(self.notebook, edition, deleted=deleted)
        wanted = tag.strip().removeprefix("#").casefold()
        return [n for n in found if not wanted or wanted in (t.casefold() for t in n.tags)]

    def tags(self) -> dict[str, int]:
        """Every tag in use and how many notes bear it, the most used first."""
        counted = Counter(tag for note in notes_of(self.notebook) for tag in note.tags)
        return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0].casefold())))

    def wordings(self, id: str) -> Sequence[str]:
        """Every text that the note ever had, the oldest first."""
        return wordings(self.notebook, self.get(id).id)

    # -- writing ------------------------------------------------------------------------------------------------

    def add(
        self,
        edition: Edition,
        begin: float,
        text: str,
        *,
        end: float | None = None,
        region: Region | None = None,
        tags: Iterable[str] = (),
    ) -> Note:
        """Write a note to a second (or a span, or a region) of an edition.

        NoteError where it makes no sense; NotSaved, with the text, where it could not be written.
        """
        begin, end, region, text = _checked(edition, begin, end, region, text)
        moment = now()
        with saving(text):
            anchor = anchor_at(edition, begin, end)
            note = Note(
                uuid.uuid4().hex, edition.id, edition.name, begin, end, region, text, clean_tags(tags), moment, moment,
                anchor=anchor,
            )  # fmt: skip
            with self.notebook.writing() as writing:
                writing.put("notes", row_of(note), "added")
        return note

    def change(
        self,
        id: str,
        *,
        version: int | None = None,
        text: str | _Keep = KEEP,
        tags: Iterable[str] | _Keep = KEEP,
        begin: float | _Keep = KEEP,
        end: float | _Keep | None = KEEP,
        region: Region | _Keep | None = KEEP,
    ) -> Changed:
        """Change a note, or parts of it.

        version: of the note that the editor had before their eyes; None: the change is made whatever stands there.
        Was the note changed since (another tab, another person), and both changes touch the text, the other's text
        stays where it is and this one is saved as a note beside it; changes to different parts go together. A note
        that was deleted since comes back with this text.
        """
        words = text if isinstance(text, str) else ""
        seen = self.get(id)
        with saving(words):
            edition = self._edition(seen.edition)
            anchor: Mapping[str, Any] | None = None
            if edition is not None and (begin is not KEEP or end is not KEEP):
                at = seen.begin if isinstance(begin, _Keep) else begin
                anchor = anchor_at(edition, at, seen.end if isinstance(end, _Keep) else end)
            with self.notebook.writing() as writing:
                row = writing.row("notes", seen.id)
                stands = note_of(row) if row is not None else seen
                checked = _checked(
                    edition,
                    stands.begin if isinstance(begin, _Keep) else begin,
                    stands.end if isinstance(end, _Keep) else end,
                    stands.region if isinstance(region, _Keep) else region,
                    stands.text if isinstance(text, _Keep) else text,
                )
                new = replace(
                    stands,
                    begin=checked[0],
                    end=checked[1],
                    region=checked[2],
                    text=checked[3],
                    tags=stands.tags if isinstance(tags, _Keep) else clean_tags(tags),
                    anchor=stands.anchor if anchor is None else anchor,
                    changed=now(),
                    deleted=False,
                )
                if version is not None and version != stands.version and new.text != stands.text:
                    was = _text_at(writing, stands.id, version)
                    if new.text == was:
                        # Only the other one touched the text: theirs stands, the other parts of this change go with it.
                        new = replace(new, text=stands.text)
                    elif was != stands.text and not stands.deleted:
                        beside = replace(new, id=uuid.uuid4().hex, version=1, created=new.changed, beside=stands.id)
                        writing.put("notes", row_of(beside), "added")
                        return Changed(stands, beside)
                new = replace(new, version=stands.version + 1)
                writing.put("notes", row_of(new), "changed")
                return Changed(new)

    def delete(self, id: str, *, version: int | None = None) -> Note:
        """Delete a note; `undo` brings it back.

        NoteError where it was changed since `version`: what somebody just wrote is not deleted unread.
        """
        note = self.get(id)
        with self.notebook.writing() as writing:
            stands = note_of(writing.row("notes", note.id) or row_of(note))
            if stands.deleted:
                raise NoteUnknown(f"the note {id!r} is deleted already: rewatch notes --undo brings it back")
            if version is not None and version != stands.version:
                raise NoteError("the note was changed meanwhile and is not deleted: read it again")
            gone = replace(stands, deleted=True, version=stands.version + 1, changed=now())
            writing.put("notes", row_of(gone), "deleted")
        return gone

    def undo(self, id: str | None = None) -> list[Act]:
        """Take back the last change to the notes (of one note, where its id is given). Empty: there is none left."""
        whose = None if id is None else self.get(id).id
        if not self.notebook.exists():
            return []
        with self.notebook.writing() as writing:
            return writing.undo("note", whose)

    def backup(self, path: Path) -> None:
        """Copy the whole notebook (notes, viewings, their history) to a file; `take_in` reads it back."""
        self.notebook.backup(path)

    def take_in(self, notes: Iterable[Note]) -> tuple[int, int, int]:
        """Take notes in that were written out; how many are new, changed, and stand beside one of another text.

        A note that is here already is passed by; one that is here in an earlier wording is brought up to date; where
        both were changed, the other's text becomes a note beside. All of it is undone as one.
        """
        new = changed = beside = 0
        with self.notebook.writing() as writing:
            for note in notes:
                row = writing.row("notes", note.id)
                if row is None:
                    writing.put("notes", row_of(note), "added")
                    new += 1
                    continue
                stands = note_of(row)
                if note.text in {stands.text, *(was.text for was in _states(writing, stands.id))} and (
                    note.version <= stands.version or _content(note) == _content(stands)
                ):
                    continue
                if note.version > stands.version:
                    writing.put("notes", row_of(note), "changed")
                    changed += 1
                    continue
                other = replace(note, id=uuid.uuid5(uuid.UUID(note.id), note.text).hex, version=1, beside=note.id)
                if writing.row("notes", other.id) is None:
                    writing.put("notes", row_of(other), "added")
                    beside += 1
        return new, changed, beside

    def carry(
        self, old: str, edition: Edition, find: Callable[[Note], Found] | None = None, *, write: bool = True
    ) -> list[tuple[Note, str]]:
        """Copy the notes of another edition (its id) to this one, each to the place it was written about.

        find:  tells the place of a note, where more is known than what it hangs on (an alignment of the two); a note
               whose moment is not there (`Found.sure` is 0) is tagged "gone"
        write: False: nothing is written, it is only told

        Gives the new notes with a line about how their place was found. Those carried before are passed by.
        """
        from rewatch.study.anchors import Places

        here = {note.beside for note in notes_of(self.notebook, edition.id)}
        here |= {note.beside for note in notes_of(self.notebook, edition.id, deleted=True)}
        places = Places(edition) if find is None else None
        carried = []
        for note in notes_of(self.notebook, old):
            if note.id in here:
                continue
            place = places.find(note.anchor, note.begin) if places else find(note) if find else None
            assert place is not None
            tags = note.tags if place.sure > 0 or GONE in note.tags else (*note.tags, GONE)
            copy = replace(
                note, id=uuid.uuid4().hex, edition=edition.id, film=edition.name, begin=place.begin, end=place.end,
                version=1, changed=now(), beside=note.id, anchor=anchor_at(edition, place.begin, place.end), tags=tags,
            )  # fmt: skip
            carried.append((copy, place.how))
        if carried and write:
            with self.notebook.writing() as writing:
                for copy, _ in carried:
                    writing.put("notes", row_of(copy), "added")
        return carried

    def _edition(self, id: str) -> Edition | None:
        """The edition a note is written to; None where it has left the library: its notes can still be edited."""
        try:
            return self.library.edition(id)
        except LibraryError:
            return None


def anchor_at(edition: Edition, begin: float, end: float | None) -> dict[str, Any]:
    """See `anchors.anchor_of`, which is loaded when a note is written, not when one is read."""
    from rewatch.study.anchors import anchor_of

    return anchor_of(edition, begin, end)


def _states(writing: Writing, id: str) -> Iterator[Note]:
    """The note as it was, the last time first."""
    question = "SELECT was, undone FROM acts WHERE what = 'note' AND id = ? ORDER BY number DESC"
    for states in writing.db.execute(question, (id,)).fetchall():
        yield from (note_of(json.loads(state)) for state in states if state is not None)


def _text_at(writing: Writing, id: str, version: int) -> str | None:
    """The note's text at a version; None where that is not known, which is like no other."""
    return next((note.text for note in _states(writing, id) if note.version == version), None)


def _content(note: Note) -> tuple[Any, ...]:
    return note.text, note.tags, note.begin, note.end, note.region, note.deleted


def note_of_json(plain: Any) -> Note:
    """A note out of what `Note.as_json` wrote; NoteError where it is none."""
    try:
        if not isinstance(plain, Mapping):
            raise TypeError("no object")
        id, begin, end = str(plain["id"]), float(plain["begin"]), plain.get("end")
        if not re.fullmatch(r"[0-9a-f]{32}", id) or not math.isfinite(begin):
            raise ValueError("no id")
        region = plain.get("region")
        if region is not None:
            region = checked_region(tuple(float(v) for v in region))
        return Note(
            id=id,
            edition=str(plain["edition"]),
            film=str(plain.get("film", "")),
            begin=max(begin, 0.0),
            end=None if end is None else max(float(end), begin),
            region=region,
            text=clean_text(str(plain["text"])),
            tags=clean_tags(str(tag) for tag in plain.get("tags", ())),
            created=str(plain.get("created") or now()),
            changed=str(plain.get("changed") or now()),
            version=max(int(plain.get("version", 1)), 1),
            anchor=dict(plain.get("anchor") or {}),
            beside=str(plain.get("beside", "")),
            deleted=bool(plain.get("deleted", False)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise NoteError(f"that is no note: {error}") from error


def clean_text(text: str) -> str:
    """A text as it can be kept: no NUL, no halves of characters, lines that end alike. NoteError for an empty one."""
    # What a terminal in another encoding typed arrives as lone surrogates.
    try:
        whole = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace") if not text.isascii() else text
    except UnicodeEncodeError:
        # Halves of characters that come from no terminal.
        whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    whole = whole.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    if not whole.strip():
        raise NoteError("a note needs some words")
    if len(whole) > LONGEST:
        raise NoteError(f"a note can have {LONGEST:,} characters, this one has {len(whole):,}")
    return whole


def clean_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Tags without "#", without doubles (whatever their case), in the order given.

    >>> clean_tags(["#Mirror", "mirror ", "two words", ""])
    ('Mirror', 'two words')
    """
    found: dict[str, str] = {}
    for tag in tags:
        plain = " ".join(tag.encode("utf-8", "replace").decode().replace("\0", "").split()).lstrip("#").strip()[:200]
        if plain:
            found.setdefault(plain.casefold(), plain)
    return tuple(found.values())


def parse_region(text: str) -> Region:
    """``0.1,0.2,0.3,0.4`` or ``10%,20%,30%,40%``: x, y, width, height of the picture as shown. NoteError.

    >>> parse_region("10%,20%,30%,40%")
    (0.1, 0.2, 0.3, 0.4)
    """
    parts = [p.strip() for p in text.split(",")]
    try:
        values = tuple(float(p[:-1]) / 100 if p.endswith("%") else float(p) for p in parts)
    except ValueError:
        values = ()
    if len(values) != 4:
        raise NoteError(f"{text!r} is no region: x,y,width,height as shares of the picture: 0.1,0.2,0.3,0.4")
    return checked_region(values)


def checked_region(values: Sequence[float]) -> Region:
    """x, y, width, height as shares of the picture; NoteError where they do not lie in it."""
    x, y, w, h = values
    inside = all(math.isfinite(v) and v >= 0 for v in values) and x + w <= 1 + 1e-6 and y + h <= 1 + 1e-6
    if not inside or not w or not h:
        raise NoteError(f"the region {x:g},{y:g},{w:g},{h:g} does not lie in the picture: shares from 0 to 1")
    return float(x), float(y), float(w), float(h)


def _checked(
    edition: Edition | None, begin: float, end: float | None, region: Region | None, text: str
) -> tuple[float, float | None, Region | None, str]:
    text = clean_text(text)
    if not math.isfinite(begin) or begin < 0 or (end is not None and not math.isfinite(end)):
        raise NoteError("a note's time is in seconds from the film's beginning")
    if end is not None and end < begin:
        raise NoteError(f"the note would end ({timecode(end, 1)}) before it begins ({timecode(begin, 1)})")
    if edition is not None and edition.duration and max(begin, end or 0.0) > edition.duration + 1e-3:
        late = timecode(max(begin, end or 0.0), 1)
        raise NoteError(f"{edition.name} ends at {timecode(edition.duration, 1)}: it has no {late}")
    return begin, None if end == begin else end, None if region is None else checked_region(region), text
