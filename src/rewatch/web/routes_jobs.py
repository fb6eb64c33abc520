"""Routes of what takes a while: add a film by its path, follow its watch as it goes on, stop it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from rewatch.errors import FilmUnknown
from rewatch.web.asking import BadRequest, body_of, jobs_of, shelf_of
from rewatch.web.jobs import Job
from rewatch.web.pages import answer


async def watch(request: Request) -> Response:
    """``POST /watch {"path": ...}``: watch a film of this machine."""
    plain = await body_of(request)
    text = plain.get("path")
    if not isinstance(text, str) or not text.strip() or "\0" in text:
        raise BadRequest("name the film's file: its whole path on this machine")
    # As it is copied from a file manager: in quotes, or as a file URL's path.
    text = text.strip().strip("\"'").removeprefix("file://")
    path = Path(text).expanduser()
    if not path.is_absolute():
        raise BadRequest(f"give the whole path of the file, from the root on: {text} could lie anywhere")
    try:
        if path.is_dir():
            raise BadRequest(f"{path} is a folder: name one film in it")
        if not path.is_file():
            raise BadRequest(f"there is no file {path}")
    except OSError as error:
        raise BadRequest(f"{path} cannot be looked at: {error.strerror}") from None
    job = Job("watch", str(path), "rewatch.web.watching", (str(path), str(shelf_of(request).library.folder)))
    return answer(jobs_of(request).start(job).told(), 202)


def _job(request: Request) -> Job:
    job = jobs_of(request).get(request.path_params["job"])
    if job is None:
        raise FilmUnknown("there is no such piece of work (any more)")
    return job


async def told(request: Request) -> Response:
    """``/jobs/ID``"""
    return answer(_job(request).told())


async def events(request: Request) -> Response:
    """``/jobs/ID/events``: the same as server-sent events, until it ends."""
    job = _job(request)

    async def stream() -> AsyncIterator[bytes]:
        async for event in job.follow():
            yield b"data: " + json.dumps(event).encode() + b"\n\n"

    return StreamingResponse(stream(), media_type="text/event-stream", headers={"cache-control": "no-store"})


async def stop(request: Request) -> Response:
    """``DELETE /jobs/ID``"""
    job = _job(request)
    job.stop()
    return answer(job.told())


async def running(request: Request) -> Response:
    """``/jobs``: the watches under way"""
    return answer({"jobs": [job.told() for job in jobs_of(request).running("watch")]})


ROUTES = [
    Route("/watch", watch, methods=["POST"]),
    Route("/jobs", running),
    Route("/jobs/{job}", told),
    Route("/jobs/{job}", stop, methods=["DELETE"]),
    Route("/jobs/{job}/events", events),
]
