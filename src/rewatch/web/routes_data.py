"""Routes of what the page draws: tiles of lanes and barcode, moments, shots, the times of frames."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rewatch.web.asking import film_of, in_turn, kept, number, second
from rewatch.web.moment import frame_page, moment, shot_index
from rewatch.web.pages import answer
from rewatch.web.shelf import Open

_DEEPEST = 40
_BINARY = "application/octet-stream"


def _known(request: Request, film: Open) -> Response | None:
    """304 where the asker has it already."""
    if request.headers.get("if-none-match") == f'"{film.stamp}"':
        return Response(status_code=304, headers=kept(request, film.stamp))
    return None


def lanes(request: Request) -> Response:
    """``/films/ID/lanes/LEVEL/TILE?of=motion,loudness``"""
    film = film_of(request)
    level, tile = number(request, "level", 0, _DEEPEST), number(request, "tile", 0, 2**_DEEPEST)
    names = request.query_params.get("of", "").split(",")
    return _known(request, film) or Response(
        film.lanes.tile(level, tile, names), media_type=_BINARY, headers=kept(request, film.stamp)
    )


def barcode(request: Request) -> Response:
    """``/films/ID/barcode/LEVEL/TILE``: WebP"""
    film = film_of(request)
    level, tile = number(request, "level", 0, _DEEPEST), number(request, "tile", 0, 2**_DEEPEST)
    return _known(request, film) or Response(
        film.lanes.barcode(level, tile), media_type="image/webp", headers=kept(request, film.stamp)
    )


def at(request: Request) -> Response:
    """``/films/ID/at?t=SECONDS``"""
    return answer(moment(film_of(request), second(request.query_params.get("t"))))


def shots(request: Request) -> Response:
    """``/films/ID/shots``: see `moment.shot_index`"""
    film = film_of(request)
    return _known(request, film) or Response(shot_index(film), media_type=_BINARY, headers=kept(request, film.stamp))


def frames(request: Request) -> Response:
    """``/films/ID/frames/MINUTE``, from 0: see `moment.frame_page`"""
    film = film_of(request)
    page = number(request, "page", 0, 10**6)
    return _known(request, film) or answer(frame_page(film, page), headers=kept(request, film.stamp))


def state(request: Request) -> Response:
    """``/films/ID/state``: what changes while a film is watched."""
    film = film_of(request)
    lanes = [film.lanes.about(lane) for lane in film.lanes.available()]
    return answer(
        {
            "stamp": film.stamp,
            "duration": film.duration,
            "levels": film.lanes.levels,
            "lanes": lanes,
            "barcode": film.lanes.has_barcode,
            "glanced": film.edition.glanced_from("barcode"),
        }
    )


ROUTES = [
    Route("/films/{id}/lanes/{level}/{tile}", in_turn(lanes)),
    Route("/films/{id}/barcode/{level}/{tile}", in_turn(barcode)),
    Route("/films/{id}/at", in_turn(at)),
    Route("/films/{id}/shots", in_turn(shots)),
    Route("/films/{id}/frames/{page}", in_turn(frames)),
    Route("/films/{id}/state", in_turn(state)),
]
