"""Routes of two films side by side: two editions compared, and the echoes of a film in the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rewatch.errors import RewatchError
from rewatch.web.asking import BadRequest, film_of, in_turn, jobs_of, shelf_of
from rewatch.web.comparing import Kept
from rewatch.web.jobs import Job
from rewatch.web.pages import answer, page
from rewatch.web.routes_film import about
from rewatch.web.shelf import Open

_MODULE = "rewatch.web.comparing"
SHOWN = 400
"""Echoes of a pair of films, or rows of a table, that a page holds."""


def _other(request: Request) -> Open:
    return shelf_of(request).film(request.path_params["other"])


def choose(request: Request) -> Response:
    """``/films/ID/compare``: which film to lay beside it"""
    film = film_of(request)
    films = [e for e in shelf_of(request).library.entries() if e.id != film.id and _has_file(request, e.id)]
    # What is nearly as long may be an edition of it: the likeliest first.
    films.sort(key=lambda e: abs((e.duration or 0) - film.duration))
    return page(request, "choose.html", film=film, films=films)


def _has_file(request: Request, id: str) -> bool:
    """Whether a film is known by more than a list: only such can be laid side by side."""
    try:
        return not shelf_of(request).film(id).facts.listed
    except RewatchError:
        return False


def compared(request: Request) -> Response:
    """``/films/A/compare/B``: both in step, ribbons between them, the list of differences"""
    a, b = film_of(request), _other(request)
    if a.id == b.id:
        raise BadRequest("lay it beside another film: with itself it agrees")
    library = shelf_of(request).library
    found = Kept.compare(library, a.id, b.id).read()
    job = jobs_of(request).of("compare", f"{a.id} {b.id}")
    segments = [_plain(s) for s in found["segments"]] if found else []
    return page(
        request,
        "beside.html",
        kind="compare",
        a=a,
        b=b,
        found=found,
        rows=_differences(found)[:SHOWN] if found else [],
        sides=_sides(request, (a, b)),
        segments=segments,
        job=job.id if job is not None and not job.ended else "",
    )


def _differences(found: dict[str, Any]) -> list[dict[str, Any]]:
    """What the list shows: all that is not the same, and where picture or sound were changed."""
    return [{**s, "number": i} for i, s in enumerate(found["segments"]) if s["kind"] != "same" or s["changes"]]


def _plain(segment: dict[str, Any]) -> dict[str, Any]:
    """What the scripts need of a segment."""

    def ends(side: dict[str, Any] | None) -> list[float] | None:
        return None if side is None else [side["start"], side["end"]]

    return {"kind": segment["kind"], "a": ends(segment["a"]), "b": ends(segment["b"]), "speed": segment.get("speed", 1)}


def _sides(request: Request, films: Sequence[Open]) -> list[dict[str, Any]]:
    return [about(request, film) for film in films]


async def compare(request: Request) -> Response:
    """``POST /films/A/compare/B``: begin to compare; answers with the job to follow"""
    a, b = film_of(request), _other(request)
    if a.id == b.id:
        raise BadRequest("lay it beside another film: with itself it agrees")
    folder = str(shelf_of(request).library.folder)
    job = Job("compare", f"{a.id} {b.id}", _MODULE, ("compare", folder, a.id, b.id))
    return answer(jobs_of(request).start(job).told(), 202)


def echoes(request: Request) -> Response:
    """``/films/ID/echoes``: in which films, and where"""
    film = film_of(request)
    found = Kept.echoes(shelf_of(request).library, film.id).read()
    job = jobs_of(request).of("echoes", film.id)
    own, common = _by_film(found, common=False), _by_film(found, common=True)
    return page(
        request, "echoes.html", film=film, found=found, own=own, common=common,
        job=job.id if job is not None and not job.ended else "",
    )  # fmt: skip


def _by_film(found: dict[str, Any] | None, common: bool) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """(side of the other film, its echoes), the film with the surest echo first."""
    films: dict[str, list[dict[str, Any]]] = {}
    for echo in found["echoes"] if found else []:
        if echo["common"] == common:
            films.setdefault(echo["b"]["edition"], []).append({**echo, "words": in_words(echo), "odds": odds(echo)})
    return [(these[0]["b"], these[:SHOWN]) for these in films.values()]


def echoes_beside(request: Request) -> Response:
    """``/films/A/echoes/B``: both in step where they echo each other"""
    a, b = film_of(request), _other(request)
    found = Kept.echoes(shelf_of(request).library, a.id).read()
    its = [e for e in found["echoes"] if e["b"]["edition"] == b.id] if found else []
    its.sort(key=lambda e: float(e["a"]["start"]))
    its = its[:SHOWN]
    rows = [{**e, "number": i, "changes": [in_words(e)], "odds": odds(e)} for i, e in enumerate(its)]
    job = jobs_of(request).of("echoes", a.id)
    return page(
        request,
        "beside.html",
        kind="echoes",
        a=a,
        b=b,
        found=found,
        rows=rows,
        sides=_sides(request, (a, b)),
        segments=[_plain(e) for e in its],
        job=job.id if job is not None and not job.ended else "",
    )


async def listen(request: Request) -> Response:
    """``POST /films/ID/echoes``: begin to look for echoes; answers with the job to follow"""
    film = film_of(request)
    job = Job("echoes", film.id, _MODULE, ("echoes", str(shelf_of(request).library.folder), film.id))
    return answer(jobs_of(request).start(job).told(), 202)


def in_words(echo: dict[str, Any]) -> str:
    """What an echo is, as a person says it.

    >>> in_words({"kind": "line", "details": {"a": "Nobody goes", "b": "Nobody goes"}})
    '“Nobody goes”'
    """
    details = echo["details"]
    if echo["kind"] == "line":
        here, there = (" ".join(str(details.get(side, "")).split()) for side in ("a", "b"))
        return f"“{here}”" if here == there else f"“{here}” – “{there}”"
    if echo["kind"] == "image":
        said = [str(details.get("same", "the same picture"))]
        return ", ".join(said + (["mirrored"] if details.get("mirrored") else []))
    if echo["kind"] == "rhythm":
        return "the same cutting rhythm"
    return "the same " + str(details.get("same", "recording"))


def odds(echo: dict[str, Any]) -> str:
    """The probability that it is chance, as people say it.

    >>> odds({"chance": 0.004}), odds({"chance": 1e-12})
    ('1 in 250', 'less than 1 in a million')
    """
    chance = float(echo["chance"])
    if chance < 1e-6:
        return "less than 1 in a million"
    return f"1 in {max(1, round(1 / chance)):,}"


ROUTES = [
    Route("/films/{id}/compare", choose),
    Route("/films/{id}/compare/{other}", in_turn(compared)),
    Route("/films/{id}/compare/{other}", compare, methods=["POST"]),
    Route("/films/{id}/echoes", in_turn(echoes)),
    Route("/films/{id}/echoes", listen, methods=["POST"]),
    Route("/films/{id}/echoes/{other}", in_turn(echoes_beside)),
]
