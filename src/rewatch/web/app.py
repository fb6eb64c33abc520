"""The application: routes, the guard before them, and what is told of an error.

    app = create_app(Library())         # uvicorn.run(app) serves it

Contents
    create_app
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import anyio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from rewatch.errors import RewatchError
from rewatch.library.library import Library
from rewatch.web import (
    routes_compare,
    routes_data,
    routes_film,
    routes_jobs,
    routes_library,
    routes_media,
    routes_notes,
    routes_unnoticed,
)
from rewatch.web.guard import HEADERS, Guard, TooLong, is_loopback, own_names
from rewatch.web.jobs import Jobs
from rewatch.web.pages import STATIC, failed, refused, static_at
from rewatch.web.shelf import Shelf

AT_ONCE = 2
"""Answers that are reckoned at once (see `asking.in_turn`)."""


def create_app(library: Library, host: str = "127.0.0.1") -> Starlette:
    """The page over a library, for a server that listens on `host`."""

    @contextlib.asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        app.state.jobs = Jobs()
        app.state.turns = anyio.CapacityLimiter(AT_ONCE)
        yield
        await app.state.jobs.close()

    app = Starlette(
        routes=[
            *routes_library.ROUTES,
            *routes_film.ROUTES,
            *routes_data.ROUTES,
            *routes_media.ROUTES,
            *routes_notes.ROUTES,
            *routes_jobs.ROUTES,
            *routes_unnoticed.ROUTES,
            *routes_compare.ROUTES,
            Mount(static_at(), _Static(directory=STATIC)),
        ],
        middleware=[
            Middleware(Guard, own_names(host), addresses=not is_loopback(host), uploads=routes_library.UPLOADS),
            # Level 1: of a tile it takes all but a thirtieth of what level 9 does, in a third of the time.
            Middleware(_Squeeze, compresslevel=1),
        ],
        exception_handlers={
            RewatchError: _told,
            HTTPException: _refused,
            OSError: _system,
            Exception: _fault,
        },
        lifespan=life,
    )
    app.state.shelf = Shelf(library)
    app.state.jobs = Jobs()
    return app


class _Static(StaticFiles):
    """Our own scripts and styles, under a path that changes with them."""

    def file_response(self, *args: object, **more: object) -> Response:
        response: Response = super().file_response(*args, **more)  # type: ignore[arg-type]
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response


class _Squeeze(GZipMiddleware):
    """Text and tiles go compressed; picture and sound as they are: they are asked for by ranges."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        whole = path.endswith(("/media", "/proxy", "/events")) or "/stills/" in path or "/frame/" in path
        target = self.app if whole else super().__call__
        await target(scope, receive, send)


async def _told(request: Request, error: Exception) -> Response:
    return failed(request, error)


async def _system(request: Request, error: Exception) -> Response:
    assert isinstance(error, OSError)
    return refused(request, 500, {"error": f"the system would not have it: {error.strerror or error}"})


async def _fault(request: Request, error: Exception) -> Response:
    # Told from outside of the guard: it bears the guard's headers all the same.
    response = refused(request, 500, {"error": f"a fault in rewatch itself: {type(error).__name__}"})
    response.headers.update(HEADERS)
    return response


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    line = "there is no such page" if error.status_code == 404 else str(error.detail)
    return refused(request, error.status_code, {"error": line})


__all__ = ["TooLong", "create_app"]
