"""Viewings: when a film was seen, with whom, how it was; a log kept by a person, in the notebook.

Contents
    Viewings     the log of a library: add, find, undo, counts
    Viewing      one entry
    bring_back   what a backup holds
    parse_day, checked_rating
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rewatch.errors import LibraryError, NoteUnknown
from rewatch.library.edition import Edition
from rewatch.library.library import Library
from rewatch.library.notebook import Act, Notebook, copied_rows, now, saving
from rewatch.library.notes import note_of
from rewatch.study.notes import NoteError, Notes, clean_tags, clean_text


@dataclass(frozen=True, slots=True)
class Viewing:
    """One viewing of a film.

    edition: id in the library; "" for a film that is not in it (taken in from elsewhere)
    film:    title without the year
    day:     ISO 8601 date; "" where it is not known
    company: who was there
    rating:  stars, 0.5 to 5 by halves; None = none given
    link:    where else it is logged: its page on Letterboxd
    """

    id: str
    edition: str
    film: str
    year: int | None
    day: str
    company: tuple[str, ...] = ()
    rating: float | None = None
    text: str = ""
    tags: tuple[str, ...] = ()
    created: str = ""
    changed: str = ""
    version: int = 1
    link: str = ""
    deleted: bool = False

    @property
    def name(self) -> str:
        return f"{self.film} ({self.year})" if self.year else self.film

    @property
    def work(self) -> tuple[str, int | None]:
        """What all viewings of one film share, whichever edition was seen."""
        return " ".join(self.film.casefold().split()), self.year

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"company": list(self.company), "tags": list(self.tags)}


@dataclass(frozen=True, slots=True)
class Count:
    """How often a film was seen. first, last: days, "" where not known; rating: the mean of those given."""

    film: str
    edition: str
    times: int
    first: str
    last: str
    rating: float | None


class Viewings:
    """The log of a library."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.notebook = Notebook(library.folder)

    def add(
        self,
        edition: Edition,
        *,
        day: date | None = None,
        company: Iterable[str] = (),
        rating: float | None = None,
        text: str = "",
        tags: Iterable[str] = (),
    ) -> Viewing:
        """Log a viewing of an edition; today where no day is given.

        NoteError for a day to come or a rating that is none; NotSaved, with the text, where it could not be written.
        """
        words = clean_text(text) if text.strip() else ""
        day = day or date.today()
        if day > date.today():
            raise NoteError(f"{day.isoformat()} is yet to come")
        moment = now()
        viewing = Viewing(
            uuid.uuid4().hex, edition.id, edition.title, edition.year, day.isoformat(), clean_tags(company),
            None if rating is None else checked_rating(rating), words, clean_tags(tags), moment, moment,
        )  # fmt: skip
        with saving(words), self.notebook.writing() as writing:
            writing.put("viewings", _row(viewing), "added")
        return viewing

    def find(self, edition: Edition | None = None) -> list[Viewing]:
        """The log, the latest last; of one film (any edition of it) where one is given."""
        rows = self.notebook.rows("SELECT * FROM viewings WHERE NOT deleted ORDER BY day, created")
        found = [_viewing(row) for row in rows]
        if edition is None:
            return found
        work = (" ".join(edition.title.casefold().split()), edition.year)
        return [v for v in found if v.edition == edition.id or v.work == work]

    def rewatches(self) -> set[str]:
        """Ids of the viewings that were not the first of their film."""
        seen: set[Any] = set()
        again = set()
        for viewing in self.find():
            if viewing.work in seen:
                again.add(viewing.id)
            seen.add(viewing.work)
        return again

    def counts(self) -> list[Count]:
        """How often each film was seen, the most often first."""
        films: dict[Any, list[Viewing]] = {}
        for viewing in self.find():
            films.setdefault(viewing.work, []).append(viewing)
        counted = []
        for seen in films.values():
            days = [v.day for v in seen if v.day]
            given = [v.rating for v in seen if v.rating is not None]
            edition = next((v.edition for v in reversed(seen) if v.edition), "")
            mean = sum(given) / len(given) if given else None
            counted.append(Count(seen[-1].name, edition, len(seen), min(days, default=""), max(days, default=""), mean))
        return sorted(counted, key=lambda c: (-c.times, c.film.casefold()))

    def delete(self, id: str) -> Viewing:
        """Take a viewing out of the log; `undo` brings it back. NoteUnknown."""
        found = [v for v in self.find() if len(id) >= 4 and v.id.startswith(id)]
        if len(found) != 1:
            raise NoteUnknown(f"there is no viewing {id!r}: rewatch viewings lists them")
        gone = replace(found[0], deleted=True, version=found[0].version + 1, changed=now())
        with self.notebook.writing() as writing:
            writing.put("viewings", _row(gone), "deleted")
        return gone

    def undo(self) -> list[Act]:
        """Take back the last change to the log. Empty: there is none left."""
        if not self.notebook.exists():
            return []
        with self.notebook.writing() as writing:
            return writing.undo("viewing")

    def take_in(self, viewings: Iterable[Viewing]) -> tuple[int, int]:
        """Take viewings in from elsewhere; how many are new, and how many told something new of one that is here.

        A viewing is the same by its film and day (and which of several on that day); what it lacks here is filled in,
        what stands here is not overwritten. One without a day is taken in only for a film not logged yet.
        """
        new = filled = 0
        here: dict[Any, list[Viewing]] = {}
        for viewing in self.find():
            here.setdefault((viewing.work, viewing.day), []).append(viewing)
        logged = {work for work, _ in here}
        met: dict[Any, int] = {}
        editions = self._editions()
        with self.notebook.writing() as writing:
            for viewing in viewings:
                key = (viewing.work, viewing.day)
                which = met[key] = met.get(key, -1) + 1
                same = here.get(key, [])
                if which < len(same):
                    old = same[which]
                    made = replace(
                        old,
                        company=old.company or viewing.company,
                        rating=old.rating if old.rating is not None else viewing.rating,
                        text=old.text or viewing.text,
                        tags=old.tags or viewing.tags,
                        link=old.link or viewing.link,
                    )
                    if made != old:
                        made = replace(made, version=old.version + 1, changed=now())
                        writing.put("viewings", _row(made), "changed")
                        filled += 1
                    continue
                if not viewing.day and viewing.work in logged:
                    continue
                moment = now()
                edition = viewing.edition or editions.get(viewing.work, "")
                made = replace(viewing, id=uuid.uuid4().hex, edition=edition, created=moment, changed=moment, version=1)
                writing.put("viewings", _row(made), "added")
                here.setdefault(key, []).append(made)
                logged.add(viewing.work)
                new += 1
        return new, filled

    def _editions(self) -> dict[Any, str]:
        try:
            entries = self.library.entries()
        except LibraryError:
            return {}
        return {(" ".join(e.title.casefold().split()), e.year): e.id for e in entries}


def bring_back(library: Library, copy: Path) -> tuple[int, int]:
    """Take in what `Notes.backup` wrote; how many notes and viewings are new or changed.

    Where the library has no notebook the copy becomes it, history and all; else what it lacks is added.
    """
    notes, viewings = Notes(library), Viewings(library)
    if not notes.notebook.exists():
        notes.notebook.restore(copy)
        return len(notes.find()), len(viewings.find())
    of_copy = [note_of(row) for row in copied_rows(copy, "SELECT * FROM notes")]
    log = [_viewing(row) for row in copied_rows(copy, "SELECT * FROM viewings WHERE NOT deleted ORDER BY day, created")]
    return sum(notes.take_in(of_copy)), sum(viewings.take_in(log))


def _row(viewing: Viewing) -> dict[str, Any]:
    row = viewing.as_json()
    row["company"] = json.dumps(row["company"], ensure_ascii=False)
    row["tags"] = json.dumps(row["tags"], ensure_ascii=False)
    row["deleted"] = int(viewing.deleted)
    return row


def _viewing(row: Mapping[str, Any]) -> Viewing:
    given = {name: row[name] for name in row if name != "number"}
    given["company"] = tuple(json.loads(row["company"]))
    given["tags"] = tuple(json.loads(row["tags"]))
    given["deleted"] = bool(row["deleted"])
    return Viewing(**given)


def checked_rating(stars: float) -> float:
    """Stars from half a star to five, by halves; NoteError otherwise."""
    if not 0.5 <= stars <= 5 or (stars * 2) % 1:
        raise NoteError(f"{stars:g} is no rating: half a star to five, by halves: 3.5")
    return float(stars)


def parse_day(text: str) -> date:
    """``1995-12-15``, ``today`` or ``yesterday``; NoteError otherwise.

    >>> parse_day("1995-12-15")
    datetime.date(1995, 12, 15)
    """
    word = text.strip().casefold()
    if word in ("today", "yesterday"):
        return date.today() - timedelta(days=int(word == "yesterday"))
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", word):
            raise ValueError
        return date.fromisoformat(word)
    except ValueError:
        raise NoteError(f"{text!r} is no day: write it as 1995-12-15, today or yesterday") from None
