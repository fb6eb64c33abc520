"""Asking: what every route reads out of a request, and where it finds the library.

Contents
    in_turn                      a route whose answers are reckoned a few at a time
    shelf_of, jobs_of, film_of   what the application holds
    number, second               numbers in a path or a query, within their range
    body_of                      the JSON object that was sent
    kept                         headers of an answer that does not change while its URL does not
"""

from __future__ import annotations

import json
import math
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from rewatch.errors import NotMeasured, RewatchError
from rewatch.web.jobs import Jobs
from rewatch.web.shelf import Open, Shelf


class BadRequest(RewatchError):
    """What was asked makes no sense; the line says why."""


def in_turn(route: Callable[[Request], Response]) -> Callable[[Request], Awaitable[Response]]:
    """A route that reckons a little and waits for nothing, run beside the server's loop, few at a time: more threads
    than there are processors only wait for each other."""

    async def waiting(request: Request) -> Response:
        turns: anyio.CapacityLimiter = request.app.state.turns
        return await anyio.to_thread.run_sync(route, request, limiter=turns)

    return waiting


def shelf_of(request: Request) -> Shelf:
    shelf: Shelf = request.app.state.shelf
    return shelf


def jobs_of(request: Request) -> Jobs:
    jobs: Jobs = request.app.state.jobs
    return jobs


def film_of(request: Request) -> Open:
    """The film whose id is in the path. FilmUnknown."""
    return shelf_of(request).film(request.path_params["id"])


def number(request: Request, name: str, low: int, high: int, default: int | None = None) -> int:
    """A whole number of the path or the query, within low .. high. BadRequest."""
    text = request.path_params.get(name, request.query_params.get(name))
    if text is None and default is not None:
        return default
    try:
        value = int(str(text)[:20])
    except ValueError:
        raise BadRequest(f"{name} is a whole number") from None
    if not low <= value <= high:
        raise NotMeasured(f"there is no {name} {value}")
    return value


def second(text: Any, what: str = "t") -> float:
    """A time in seconds. BadRequest."""
    try:
        value = float(text)
    except (TypeError, ValueError):
        raise BadRequest(f"{what} is a time in seconds") from None
    if not math.isfinite(value):
        raise BadRequest(f"{what} is a time in seconds")
    return value


async def body_of(request: Request) -> dict[str, Any]:
    """The JSON object that was sent. BadRequest for anything else."""
    if not request.headers.get("content-type", "").lower().startswith("application/json"):
        raise BadRequest("send it as application/json")
    try:
        plain = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise BadRequest("that is no JSON") from None
    if not isinstance(plain, dict):
        raise BadRequest("that is no JSON object")
    return _whole(plain)


def _whole(plain: dict[str, Any]) -> dict[str, Any]:
    """The same without halves of characters, which JSON can spell and no file or database can hold."""
    text = json.dumps(plain, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        whole: dict[str, Any] = json.loads(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
        return whole
    return plain


def kept(request: Request, stamp: str) -> dict[str, str]:
    """For good where the URL bears the stamp of what it is made from; to be asked about again otherwise."""
    if request.query_params.get("v") == stamp:
        return {"cache-control": "private, max-age=31536000, immutable", "etag": f'"{stamp}"'}
    return {"cache-control": "no-cache", "etag": f'"{stamp}"'}
