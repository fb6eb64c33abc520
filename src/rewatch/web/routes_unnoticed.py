"""Routes of what has not been noticed yet: a page of a few details, and others when they are asked for."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rewatch.clock import timecode
from rewatch.study.singular import Detail
from rewatch.study.unnoticed import Unnoticed, unnoticed
from rewatch.web.asking import film_of, shelf_of
from rewatch.web.pages import answer, page
from rewatch.web.shelf import Open


def shown(request: Request) -> Response:
    """``/films/ID/unnoticed``: those of the last time; looking at them changes nothing"""
    film = film_of(request)
    found = unnoticed(shelf_of(request).library, film.edition, again=True, remember=False)
    details = [(r.detail, timecode(r.detail.begin, 1), _picture(film, r.detail)) for r in found.details]
    return page(request, "unnoticed.html", film=film, details=details, left=found.left)


def _picture(film: Open, detail: Detail) -> str:
    """Where the picture of a detail is: the frame at its middle; the shot's still where the film is not at hand."""
    end = min(detail.end, film.duration)
    at = float(detail.figures.get("at", (detail.begin + end) / 2))
    if film.file is not None and film.times is not None and len(film.times):
        frame = min(max(int(film.times.frame_at(at)), 0), len(film.times) - 1)
        return f"/films/{film.id}/frame/{frame}?w=320&v={film.stamp}"
    return f"/films/{film.id}/near?t={at:.3f}&v={film.stamp}"


async def others(request: Request) -> Response:
    """``POST /films/ID/unnoticed``: others than the page shows; both are remembered as shown"""
    film = film_of(request)

    def next_ones() -> Unnoticed:
        library = shelf_of(request).library
        # What the page shows before anybody has asked is not remembered yet.
        unnoticed(library, film.edition, again=True)
        return unnoticed(library, film.edition)

    found = await run_in_threadpool(next_ones)
    return answer({"details": [r.as_json() for r in found.details], "left": found.left})


ROUTES = [
    Route("/films/{id}/unnoticed", shown),
    Route("/films/{id}/unnoticed", others, methods=["POST"]),
]
