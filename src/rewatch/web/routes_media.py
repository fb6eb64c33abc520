"""Routes of picture and sound: the film itself by ranges, its copy for browsers, stills and single frames."""

from __future__ import annotations

import contextlib
import threading
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from rewatch.errors import FilmError, NotMeasured
from rewatch.web.asking import film_of, jobs_of, kept, number, second, shelf_of
from rewatch.web.card import card
from rewatch.web.jobs import Job
from rewatch.web.moment import moment, still_of
from rewatch.web.pages import answer
from rewatch.web.proxy import proxy_path
from rewatch.web.shelf import Open

_TYPES = {
    ".mp4": "video/mp4", ".m4v": "video/mp4", ".mov": "video/mp4", ".webm": "video/webm", ".mkv": "video/x-matroska",
    ".ogv": "video/ogg", ".mpg": "video/mpeg", ".mpeg": "video/mpeg", ".avi": "video/x-msvideo", ".ts": "video/mp2t",
    ".m4a": "audio/mp4", ".mp3": "audio/mpeg", ".flac": "audio/flac", ".wav": "audio/wav", ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
}  # fmt: skip
_WIDTHS = (120, 160, 240, 320, 640, 1280)
_NEAR = 240
_decoding = threading.BoundedSemaphore(2)
"""Frames that are decoded at once: each takes a core."""


class _File(FileResponse):
    """A file by ranges, in pieces large enough that reading them costs few changes of thread."""

    chunk_size = 512 * 1024


def media(request: Request) -> Response:
    """``/films/ID/media``: the film's file, by ranges."""
    film = film_of(request)
    path = film.file
    if path is None:
        raise NotMeasured(missing(film))
    # Never text/html, whatever the file is called: what it holds comes from strangers.
    kind = _TYPES.get(path.suffix.lower(), "application/octet-stream")
    return _File(path, media_type=kind, headers={"cache-control": "no-cache"})


def missing(film: Open) -> str:
    """Why the film itself cannot be played, in a line; "" where it can."""
    if film.facts.listed:
        return f"{film.name} is known by a list alone: there is no film to play"
    if film.file is None:
        return f"the film's file is not where it was, or is another one now: {film.facts.path}"
    return ""


def proxy(request: Request) -> Response:
    """``/films/ID/proxy``: the copy that every browser plays, by ranges."""
    film = film_of(request)
    path = proxy_path(film.edition)
    if not path.is_file():
        raise NotMeasured(f"no copy of {film.name} has been made yet")
    return _File(path, media_type="video/mp4", headers={"cache-control": "no-cache"})


async def make_proxy(request: Request) -> Response:
    """``POST /films/ID/proxy``: begin the copy; answers with the job to follow."""
    film = film_of(request)
    if proxy_path(film.edition).is_file():
        return answer({"ready": True})
    if film.file is None:
        raise NotMeasured(missing(film))
    job = Job("proxy", film.id, "rewatch.web.proxy", (film.id, str(shelf_of(request).library.folder)))
    return answer({"ready": False, "job": jobs_of(request).start(job).id}, 202)


def _card(request: Request, film: Open, shot: int = 0) -> Response:
    """What stands where the stills of a film would that has none."""
    return Response(card(film, shot), media_type="image/svg+xml", headers=kept(request, film.stamp))


def still(request: Request) -> Response:
    """``/films/ID/stills/SHOT?w=240``, shots counted from 1; a card where the film has no stills"""
    film = film_of(request)
    shot = number(request, "shot", 1, 10**7)
    if "stills" not in film.edition.tracks:
        return _card(request, film, shot)
    path = still_of(film, shot)
    return Response(
        _reduced(path, film.stamp, _width(request)), media_type="image/jpeg", headers=kept(request, film.stamp)
    )


def near(request: Request) -> Response:
    """``/films/ID/near?t=SECONDS``: the still of the shot that is on screen there; a card where there are no stills

    ``&exact=1``: the frame itself, where the file is at hand
    """
    film = film_of(request)
    at = second(request.query_params.get("t"))
    if request.query_params.get("exact") and film.file is not None and film.times is not None:
        with contextlib.suppress(FilmError), _decoding:
            jpeg = _frame(film.id, film.stamp, int(film.times.frame_at(at)), _NEAR, film)
            return Response(jpeg, media_type="image/jpeg", headers=kept(request, film.stamp))
    shot = moment(film, at)["shot"]
    if "stills" not in film.edition.tracks:
        return _card(request, film, 0 if shot is None else shot["number"])
    if shot is None:
        raise NotMeasured(f"{film.name} has no stills")
    path = still_of(film, shot["number"])
    return Response(_reduced(path, film.stamp, _NEAR), media_type="image/jpeg", headers=kept(request, film.stamp))


def poster(request: Request) -> Response:
    """``/films/ID/poster``: the richest still of the first half's longest shots; a card where there are no stills"""
    film = film_of(request)
    if "stills" not in film.edition.tracks:
        return _card(request, film)
    return Response(
        _reduced(_poster(film), film.stamp, _width(request)), media_type="image/jpeg", headers=kept(request, film.stamp)
    )


def _poster(film: Open) -> Path:
    found = film.lanes.stretches("shots")
    if found is not None:
        starts, ends, _ = found
        lengths = (ends - starts) * ((starts > film.duration * 0.1) & (starts < film.duration * 0.5))
        paths = []
        for i in lengths.argsort()[::-1][:5].tolist():
            with contextlib.suppress(NotMeasured, OSError):
                path = still_of(film, i + 1)
                paths.append((path.stat().st_size, path))
        if paths:
            # A title on black takes the fewest bytes.
            return max(paths)[1]
    raise NotMeasured(f"{film.name} has no stills")


def frame(request: Request) -> Response:
    """``/films/ID/frame/NUMBER?w=640``: one frame, decoded now."""
    film = film_of(request)
    path = film.file
    if path is None or film.times is None:
        raise NotMeasured(missing(film) or f"{film.name} has no picture")
    which = number(request, "number", 0, len(film.times) - 1)
    with _decoding:
        jpeg = _frame(film.id, film.stamp, which, _width(request), film)
    return Response(jpeg, media_type="image/jpeg", headers=kept(request, film.stamp))


class _Same:
    """A film that the cache of frames does not tell apart: its id and stamp do."""

    def __init__(self, film: Open) -> None:
        self.film = film

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same)

    def __hash__(self) -> int:
        return 0


def _frame(id: str, stamp: str, which: int, width: int, film: Open) -> bytes:
    return _decoded(id, stamp, which, width, _Same(film))


@lru_cache(maxsize=200)
def _decoded(id: str, stamp: str, which: int, width: int, same: _Same) -> bytes:
    from PIL import Image

    from rewatch.film.still import read_frame

    assert same.film.times is not None
    rgb = read_frame(same.film.facts, which, same.film.times, width)
    out = BytesIO()
    Image.fromarray(rgb).save(out, "JPEG", quality=85)
    return out.getvalue()


def _width(request: Request) -> int:
    asked = number(request, "w", 1, 10_000, 640)
    return next((w for w in _WIDTHS if w >= asked), _WIDTHS[-1])


@lru_cache(maxsize=600)
def _reduced(path: Path, stamp: str, width: int) -> bytes:
    """A still at most so wide, as JPEG. NotMeasured where it is gone or damaged."""
    from PIL import Image

    try:
        if width >= 640:
            return path.read_bytes()
        with Image.open(path) as image:
            image.draft("RGB", (width, width))
            image.thumbnail((width, width))
            out = BytesIO()
            image.convert("RGB").save(out, "JPEG", quality=80)
            return out.getvalue()
    except (OSError, ValueError) as error:
        raise NotMeasured(f"the still {path.name} is gone or damaged") from error


ROUTES = [
    Route("/films/{id}/media", media),
    Route("/films/{id}/proxy", proxy),
    Route("/films/{id}/proxy", make_proxy, methods=["POST"]),
    Route("/films/{id}/stills/{shot}", still),
    Route("/films/{id}/poster", poster),
    Route("/films/{id}/near", near),
    Route("/films/{id}/frame/{number}", frame),
]
