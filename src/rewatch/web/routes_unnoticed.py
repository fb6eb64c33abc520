"""Routes of what has not been noticed yet: a page of a few details, and others when they are asked for."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rewatch.clock import timecode
from rewatch.study.unnoticed import unnoticed
from rewatch.web.asking import film_of, shelf_of
from rewatch.web.pages import answer, page


def shown(request: Request) -> Response:
    """``/films/ID/unnoticed``: those of the last time; looking at them changes nothing"""
    film = film_of(request)
    found = unnoticed(shelf_of(request).library, film.edition, again=True, remember=False)
    details = [(r.detail, timecode(r.detail.begin, 1)) for r in found.details]
    return page(request, "unnoticed.html", film=film, details=details, left=found.left)


async def others(request: Request) -> Response:
    """``POST /films/ID/unnoticed``: others, which are remembered as shown"""
    film = film_of(request)
    found = await run_in_threadpool(unnoticed, shelf_of(request).library, film.edition)
    return answer({"details": [r.as_json() for r in found.details], "left": found.left})


ROUTES = [
    Route("/films/{id}/unnoticed", shown),
    Route("/films/{id}/unnoticed", others, methods=["POST"]),
]
