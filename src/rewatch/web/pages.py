"""Pages: templates, and what they are filled with. Everything is escaped unless it was made here as markup.

Contents
    static_at   where our scripts and styles stand
    page        one template as an answer
    answer      JSON as an answer
    failed      an error as an answer: a page for a person, JSON for a script
    markdown    the text of a note as HTML that can hold no script and load nothing
"""

from __future__ import annotations

import json
from functools import cache, lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from rewatch import __version__
from rewatch.clock import lasting, timecode
from rewatch.errors import (
    FilmAmbiguous,
    FilmUnknown,
    LibraryError,
    NoteUnknown,
    NotMeasured,
    NotSaved,
    RewatchError,
)

STATIC = Path(__file__).with_name("static")


@cache
def static_at() -> str:
    """Where our scripts and styles stand: a path that changes with them, so that browsers may keep them for good."""
    digest = blake2b(digest_size=6)
    for path in sorted(STATIC.iterdir()):
        digest.update(path.name.encode() + path.read_bytes())
    return f"/static/{digest.hexdigest()}"


@cache
def _templates() -> Environment:
    env = Environment(
        loader=PackageLoader("rewatch.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    env.filters["timecode"] = timecode
    env.filters["lasting"] = lasting
    env.filters["length"] = length
    env.filters["markdown"] = markdown
    env.globals["version"] = __version__
    env.globals["static"] = static_at()
    return env


def length(seconds: float) -> str:
    """How long a film is, as people say it.

    >>> length(230.1), length(52), length(10_260)
    ('3 min 50 s', '52 s', '2 h 51 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A template of ``templates/``, filled."""
    values.setdefault("query", "")
    values.setdefault("here", "")
    return HTMLResponse(_templates().get_template(template).render(request=request, **values), status)


def answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Plain values as JSON."""
    body = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Response(body, status, headers, "application/json")


def status_of(error: Exception) -> int:
    """The HTTP status that says best what went wrong."""
    if isinstance(error, FilmUnknown | NoteUnknown | NotMeasured):
        return 404
    if isinstance(error, FilmAmbiguous):
        return 300
    if isinstance(error, NotSaved):
        return 507
    if isinstance(error, LibraryError):
        return 500
    return 400


def failed(request: Request, error: Exception) -> Response:
    """What a person, or a script, is told of an error of ours: one line."""
    status = status_of(error)
    told: dict[str, Any] = {"error": str(error)}
    if isinstance(error, NotSaved):
        told["text"] = error.text
    return refused(request, status, told)


def refused(request: Request, status: int, told: dict[str, Any]) -> Response:
    """The same with a status and a line of one's own."""
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        return page(request, "error.html", status, code=status, line=told["error"])
    return answer(told, status)


@lru_cache(maxsize=512)
def markdown(text: str) -> Markup:
    """A note's Markdown as HTML. HTML in it is shown as it was typed; pictures are links: nothing is loaded.

    >>> markdown("*red* <script>alert(1)</script> [x](javascript:alert(1))")
    Markup('<p><em>red</em> &lt;script&gt;alert(1)&lt;/script&gt; [x](javascript:alert(1))</p>\\n')
    """
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable("image").enable("table")
    html: str = reader.render(text)
    return Markup(html)


def is_error(error: Exception) -> bool:
    return isinstance(error, RewatchError)
