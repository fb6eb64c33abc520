"""What you have not noticed yet: a film's details by how singular they are and how far from what you know of it.

`far` is how far a detail lies from every note and from everything shown before, 0..1: 1 - exp(-d / 60 s), d being the
distance in time to the nearest; less where a note speaks of it (of its colour, its word), and less with each time that
a detail of its kind was shown. The order is that of singular x (1/4 + 3/4 far), kinds and places taking turns: each
further detail of a kind counts 0.6 of the one before, and one within some seconds of another that is shown with it down
to half. What was shown is remembered, so that the next viewing gets others.

Contents
    unnoticed   the next details of a film
    Shown, Unnoticed
"""

from __future__ import annotations

import math
from collections import Counter, OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from rewatch.errors import LibraryError
from rewatch.library.edition import Edition
from rewatch.library.library import Library
from rewatch.library.notebook import Notebook, now
from rewatch.library.notes import Note, notes_of
from rewatch.study.singular import Detail, details

NEAR = 60.0
"""Seconds at which a detail is two thirds as far as it can be from what is known."""
_TURN = 0.6
_BESIDE = 10.0
"""Seconds: how near two details that are shown together must be to count as one place."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A detail in its place. far: 0..1; score: what it is ranked by."""

    detail: Detail
    far: float
    score: float

    def as_json(self) -> dict[str, Any]:
        plain = asdict(self.detail)
        plain["words"] = list(self.detail.words)
        return {**plain, "key": self.detail.key, "far": self.far, "score": self.score}


@dataclass(frozen=True, slots=True)
class Unnoticed:
    """sitting: how many times one has asked, this one included; left: details that were not shown yet.

    unsaved: why what was shown could not be remembered; empty where it was, or was not asked to be
    """

    details: tuple[Ranked, ...]
    sitting: int
    left: int
    unsaved: str = ""


def unnoticed(
    library: Library, edition: Edition, *, top: int = 5, again: bool = False, remember: bool = True
) -> Unnoticed:
    """The next details of a film.

    again:    those of the last time
    remember: enter them as shown, so that the next call gives others
    """
    notebook = Notebook(library.folder)
    shown = notebook.rows("SELECT detail, sitting, kind FROM shown WHERE edition = ?", (edition.id,))
    last = max((row["sitting"] for row in shown), default=0)
    notes = notes_of(notebook, edition.id)
    found = _details(library, edition)
    if again and last:
        wanted = {row["detail"] for row in shown if row["sitting"] == last}
        before = [row for row in shown if row["sitting"] < last]
        ranked = rank([d for d in found if d.key in wanted], notes, before, len(wanted))
        return Unnoticed(tuple(ranked), last, len({d.key for d in found} - {row["detail"] for row in shown}))
    seen = {row["detail"] for row in shown}
    ranked = rank([d for d in found if d.key not in seen], notes, shown, top)
    unsaved = _remember(notebook, edition, ranked, last + 1) if remember and ranked else ""
    left = len({d.key for d in found} - seen - {r.detail.key for r in ranked})
    return Unnoticed(tuple(ranked), last + 1, left, unsaved)


def _remember(notebook: Notebook, edition: Edition, ranked: Sequence[Ranked], sitting: int) -> str:
    """Enter details as shown; why not, where the library cannot be written to."""
    try:
        with notebook.writing() as writing:
            writing.db.executemany(
                "INSERT OR REPLACE INTO shown (edition, detail, sitting, at, kind) VALUES (?, ?, ?, ?, ?)",
                [(edition.id, r.detail.key, sitting, now(), r.detail.kind) for r in ranked],
            )
    except LibraryError as error:
        return str(error)
    return ""


_HELD = 8
_held: OrderedDict[tuple[object, ...], list[Detail]] = OrderedDict()


def _details(library: Library, edition: Edition) -> list[Detail]:
    """`details`, kept while neither the film nor another of the library is watched anew."""
    ids = sorted(entry.id for entry in library.entries())
    stamp = tuple((id, _changed(library, id)) for id in ids)
    key = (str(library.folder), edition.id, stamp)
    found = _held.get(key)
    if found is None:
        found = _held[key] = details(edition, library)
        while len(_held) > _HELD:
            with suppress(KeyError):
                _held.popitem(last=False)
    return found


def _changed(library: Library, id: str) -> int:
    try:
        return (library.place(id).folder / "edition.json").stat().st_mtime_ns
    except OSError:
        return 0


def rank(found: Sequence[Detail], notes: Sequence[Note], shown: Sequence[dict[str, Any]], top: int) -> list[Ranked]:
    """The `top` details that are most singular and least known, best first; none before the first of its kind, but
    where that was noted."""
    kinds = Counter(row["kind"] for row in shown)
    noted = [(n.begin, n.begin if n.end is None else n.end) for n in notes]
    places = noted + [(at, at) for row in shown if (at := _second(row["detail"])) is not None]
    words = " ".join(" ".join((n.text, *n.tags)) for n in notes).casefold()
    waiting = {d.key: (d, _far(d, places, words)) for d in sorted(found, key=lambda d: -d.singular)}
    picked: list[Ranked] = []
    while waiting and len(picked) < top:
        here = [(r.detail.begin, r.detail.end) for r in picked]
        scored = {
            key: d.singular * (0.25 + 0.75 * far) * _TURN ** min(kinds[d.kind], 6)
            * (1 - 0.5 * math.exp(-_gap(d, here) / _BESIDE))
            for key, (d, far) in waiting.items()
        }  # fmt: skip
        key = max(scored, key=lambda k: (scored[k], -waiting[k][0].begin))
        one = waiting[key][0]
        before = [k for k, (d, _) in waiting.items() if d.kind == one.kind and d.place < one.place and _gap(d, noted)]
        key = before[0] if before else key
        detail, far = waiting.pop(key)
        kinds[detail.kind] += 1
        picked.append(Ranked(detail, far, scored[key]))
    return picked


def _second(key: str) -> float | None:
    try:
        return float(key.rpartition(":")[2])
    except ValueError:
        return None


def _gap(detail: Detail, places: Sequence[tuple[float, float]]) -> float:
    """Seconds to the nearest of some places; infinite where there are none."""
    return min((max(detail.begin - end, begin - detail.end, 0.0) for begin, end in places), default=math.inf)


def _far(detail: Detail, places: Sequence[tuple[float, float]], words: str) -> float:
    far = 1.0 - math.exp(-_gap(detail, places) / NEAR)
    spoken_of = any(word in words for word in detail.words if len(word) > 3)
    return far * (0.5 if spoken_of else 1.0)
