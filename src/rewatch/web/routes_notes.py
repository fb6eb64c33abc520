"""Routes of notes and viewings: read, written, changed, deleted, undone. What a person typed is never lost on the way.

A change bears the version that the editor had before their eyes. Was the note changed meanwhile, both texts are kept,
and the answer has the other one beside it: the page shows both.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rewatch.clock import timecode
from rewatch.errors import NoteUnknown
from rewatch.library.notes import Note
from rewatch.study.notes import KEEP, NoteError, Notes, clean_text
from rewatch.study.viewings import Viewing, Viewings
from rewatch.web.asking import BadRequest, body_of, film_of, second, shelf_of
from rewatch.web.pages import answer, markdown, page


def shown(note: Note) -> dict[str, Any]:
    """A note as the page has it: with its text as HTML that can hold no script."""
    plain = note.as_json()
    del plain["anchor"]
    at = timecode(note.begin, 1) + (f" – {timecode(note.end, 1)}" if note.end is not None else "")
    return plain | {"html": str(markdown(note.text)), "when": at}


def _notes(request: Request) -> Notes:
    return Notes(shelf_of(request).library)


def _part(plain: dict[str, Any], name: str, kind: type | tuple[type, ...]) -> Any:
    value = plain.get(name)
    if value is not None and not isinstance(value, kind):
        raise BadRequest(f"{name} is not what it should be")
    return value


def _region(plain: dict[str, Any]) -> tuple[float, float, float, float] | None:
    value = _part(plain, "region", list)
    if value is None:
        return None
    if len(value) != 4:
        raise BadRequest("region is x, y, width, height")
    x, y, w, h = (second(v, "region") for v in value)
    return x, y, w, h


def _tags(plain: dict[str, Any]) -> list[str]:
    return _words(plain, "tags")[:100]


def _words(plain: dict[str, Any], name: str) -> list[str]:
    words = _part(plain, name, list) or []
    if not all(isinstance(word, str) for word in words):
        raise BadRequest(f"{name} are words")
    return words


def of_film(request: Request) -> Response:
    """``/films/ID/notes.json``"""
    film = film_of(request)
    return answer({"notes": [shown(n) for n in _notes(request).find(film.id)]})


async def add(request: Request) -> Response:
    """``POST /films/ID/notes {"begin", "end", "region", "text", "tags"}``"""
    plain = await body_of(request)
    film = film_of(request)
    begin, end = second(plain.get("begin"), "begin"), plain.get("end")
    text = _part(plain, "text", str) or ""

    def write() -> Note:
        return _notes(request).add(
            film.edition, begin, text, end=None if end is None else second(end, "end"), region=_region(plain),
            tags=_tags(plain),
        )  # fmt: skip

    return answer({"note": shown(await run_in_threadpool(write))}, 201)


async def change(request: Request) -> Response:
    """``PATCH /notes/ID {"version", "text", "tags", "begin", "end", "region"}``: what is named is changed."""
    plain = await body_of(request)
    id = request.path_params["note"]
    version = _part(plain, "version", int)
    if version is None:
        raise BadRequest("name the version that you changed")

    def write() -> Any:
        return _notes(request).change(
            id,
            version=version,
            text=clean_text(_part(plain, "text", str) or "") if "text" in plain else KEEP,
            tags=_tags(plain) if "tags" in plain else KEEP,
            begin=second(plain["begin"], "begin") if "begin" in plain else KEEP,
            end=(None if plain["end"] is None else second(plain["end"], "end")) if "end" in plain else KEEP,
            region=_region(plain) if "region" in plain else KEEP,
        )

    done = await run_in_threadpool(write)
    beside = None if done.beside is None else shown(done.beside)
    return answer({"note": shown(done.note), "beside": beside}, 200 if beside is None else 409)


async def delete(request: Request) -> Response:
    """``DELETE /notes/ID {"version"}``"""
    plain = await body_of(request)
    version = _part(plain, "version", int)
    try:
        gone = await run_in_threadpool(_notes(request).delete, request.path_params["note"], version=version)
    except NoteError as error:
        stands = await run_in_threadpool(_notes(request).get, request.path_params["note"])
        return answer({"error": str(error), "note": shown(stands)}, 409)
    return answer({"note": shown(gone)})


async def undo(request: Request) -> Response:
    """``POST /notes/ID/undo``: take back the last change to a note, its deletion too."""
    notes, id = _notes(request), request.path_params["note"]
    acts = await run_in_threadpool(notes.undo, id)
    if not acts:
        raise NoteUnknown("there is nothing left to take back")
    note = await run_in_threadpool(notes.get, id)
    return answer({"note": shown(note)})


def page_of_notes(request: Request) -> Response:
    """``/notes?q=&tag=``: all notes, by film"""
    notes = _notes(request)
    search, tag = request.query_params.get("q", "")[:300], request.query_params.get("tag", "")[:200]
    films: dict[str, list[dict[str, Any]]] = {}
    for note in notes.find(search=search, tag=tag):
        films.setdefault(note.edition, []).append(shown(note))
    there = {e.id for e in shelf_of(request).library.entries()}
    return page(
        request, "notes.html", films=films, there=there, tags=notes.tags(), search=search, tag=tag, here="notes"
    )


def page_of_viewings(request: Request) -> Response:
    """``/viewings``: the log, latest first"""
    viewings = Viewings(shelf_of(request).library)
    log = list(reversed(viewings.find()))
    return page(
        request, "viewings.html", log=log, counts=viewings.counts(), again=viewings.rewatches(),
        films=shelf_of(request).library.entries(), today=date.today().isoformat(),
        there={e.id for e in shelf_of(request).library.entries()}, here="viewings",
    )  # fmt: skip


async def add_viewing(request: Request) -> Response:
    """``POST /films/ID/viewings {"day", "company", "rating", "text"}``"""
    plain = await body_of(request)
    film = film_of(request)
    try:
        day = date.fromisoformat(_part(plain, "day", str) or date.today().isoformat())
    except ValueError:
        raise BadRequest("write the day as 2026-11-23") from None
    rating = _part(plain, "rating", (int, float))

    def write() -> Viewing:
        return Viewings(shelf_of(request).library).add(
            film.edition, day=day, company=_words(plain, "company"), rating=rating,
            text=_part(plain, "text", str) or "",
        )  # fmt: skip

    return answer({"viewing": (await run_in_threadpool(write)).as_json()}, 201)


async def delete_viewing(request: Request) -> Response:
    """``DELETE /viewings/ID``"""
    gone = await run_in_threadpool(Viewings(shelf_of(request).library).delete, request.path_params["viewing"])
    return answer({"viewing": gone.as_json()})


async def undo_viewing(request: Request) -> Response:
    """``POST /viewings/undo``: take back the last change to the log"""
    acts = await run_in_threadpool(Viewings(shelf_of(request).library).undo)
    if not acts:
        raise NoteUnknown("there is nothing left to take back")
    return answer({"undone": len(acts)})


ROUTES = [
    Route("/films/{id}/notes.json", of_film),
    Route("/films/{id}/notes", add, methods=["POST"]),
    Route("/notes", page_of_notes),
    Route("/notes/{note}", change, methods=["PATCH"]),
    Route("/notes/{note}", delete, methods=["DELETE"]),
    Route("/notes/{note}/undo", undo, methods=["POST"]),
    Route("/viewings", page_of_viewings),
    Route("/films/{id}/viewings", add_viewing, methods=["POST"]),
    Route("/viewings/undo", undo_viewing, methods=["POST"]),
    Route("/viewings/{viewing}", delete_viewing, methods=["DELETE"]),
]
