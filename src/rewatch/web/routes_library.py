"""Routes of the library: its page, and the search over everything: by words, a picture or a sound."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rewatch.clock import timecode
from rewatch.errors import RewatchError
from rewatch.exports.study_view import glanced
from rewatch.find.match import Match
from rewatch.library.catalogue import Entry
from rewatch.study.notes import Notes
from rewatch.study.viewings import Viewings
from rewatch.web.asking import BadRequest, jobs_of, shelf_of
from rewatch.web.pages import answer, page
from rewatch.web.routes_notes import shown

_TOP = 24
LONGEST_QUERY = 500


def library(request: Request) -> Response:
    """``/``: every film with its barcode; what is being watched now"""
    shelf = shelf_of(request)
    counts = {c.edition: c.times for c in Viewings(shelf.library).counts()}
    notes: dict[str, int] = {}
    for note in Notes(shelf.library).find():
        notes[note.edition] = notes.get(note.edition, 0) + 1
    films = [
        _card(request, entry, counts.get(entry.id, 0), notes.get(entry.id, 0)) for entry in shelf.library.entries()
    ]
    jobs = [job.told() for job in jobs_of(request).running("watch")]
    return page(request, "library.html", films=films, jobs=jobs, folder=str(shelf.library.folder), here="library")


def _card(request: Request, entry: Entry, seen: int, notes: int) -> dict[str, Any]:
    card: dict[str, Any] = {
        "id": entry.id, "title": entry.title, "year": entry.year, "duration": entry.duration, "seen": seen,
        "notes": notes, "watched": entry.watched is not None, "stamp": "", "stills": False, "barcode": False,
        "missing": False, "listed": False, "glanced": False,
    }  # fmt: skip
    try:
        # Only its record is read here: no track, however many films there are.
        film = shelf_of(request).film(entry.id)
        tracks = film.edition.tracks
        card |= {
            "stamp": film.stamp,
            "stills": "stills" in tracks or "shots" in tracks,
            "barcode": "barcode" in tracks,
            "missing": film.file is None and not film.facts.listed,
            "listed": film.facts.listed,
            "glanced": glanced(film.edition),
        }
    except RewatchError as error:
        card["fault"] = str(error)
    return card


def search(request: Request) -> Response:
    """``/search?q=``: films by their title, lines that were spoken, notes, looks"""
    query = request.query_params.get("q", "").strip()[:LONGEST_QUERY]
    shelf = shelf_of(request)
    words = query.casefold().split()
    films = [e for e in shelf.library.entries() if words and all(w in e.name.casefold() for w in words)]
    notes = [shown(n) for n in Notes(shelf.library).find(search=query)][:_TOP] if words else []
    groups = [group for name in ("quote", "look") if words and (group := _found(request, name, query))["matches"]]
    there = {e.id for e in shelf.library.entries()}
    return page(
        request,
        "search.html",
        query=query,
        films=films,
        notes=[n for n in notes if n["edition"] in there],
        groups=groups,
    )


_TITLES = {"quote": "Said in", "look": "Looks like it", "still": "Seen in", "sound": "Heard in"}


def _found(request: Request, kind: str, what: Any) -> dict[str, Any]:
    """What one kind of search finds; its complaint, in a line, where it cannot search for that."""
    group: dict[str, Any] = {"kind": kind, "title": _TITLES[kind], "matches": [], "why": ""}
    try:
        group["matches"] = [_shown(m) for m in _search(kind)(shelf_of(request).library, what, top=_TOP)]
    except RewatchError as error:
        group["why"] = str(error)
    return group


def _search(kind: str) -> Callable[..., list[Match]]:
    if kind == "still":
        from rewatch.find.by_still import find_still

        return find_still
    if kind == "sound":
        from rewatch.find.by_sound import find_sound

        return find_sound
    if kind == "look":
        from rewatch.find.by_look import find_look

        return find_look
    from rewatch.find.by_quote import find_quote

    return find_quote


def _shown(match: Match) -> dict[str, Any]:
    # How sure one is of a line, a still, a sound; how much of a look there is, in just this frame of its shot.
    look = match.evidence == "look"
    share = f"{100 * match.score:.0f} %" + ("" if look else " sure")
    return match.as_json() | {"timecode": timecode(match.time, 1), "share": share, "exact": look}


def _of_upload(kind: str) -> Callable[[Request], Any]:
    async def found(request: Request) -> Response:
        """``POST /search/still``, ``POST /search/sound``: the file's bytes are the body; answers with matches"""
        body = await request.body()
        if not body:
            raise BadRequest("the file is empty")

        def run() -> dict[str, Any]:
            # Under a name of our own: the one it bore at home is not asked for.
            with tempfile.TemporaryDirectory(prefix="rewatch-") as folder:
                path = Path(folder) / f"dropped_{kind}"
                path.write_bytes(body)
                group = _found(request, kind, path)
            group["why"] = group["why"].replace(str(path), "the file").replace(path.name, "the file")
            return group

        return answer(await run_in_threadpool(run))

    return found


ROUTES = [
    Route("/", library),
    Route("/search", search),
    Route("/search/still", _of_upload("still"), methods=["POST"]),
    Route("/search/sound", _of_upload("sound"), methods=["POST"]),
]
UPLOADS = ("/search/still", "/search/sound")
