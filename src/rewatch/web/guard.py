"""Who may ask, and how much: the one door that every request goes through.

The server is for the person at this machine. A page of somebody else's that is open in the same browser can send
requests here all the same, under its own name (Origin) or, by DNS rebinding, under a name of its own (Host).

    Host      must be one of ours: a loopback name, the one the server was told to listen on, or an IP address where it
              listens to the network (an address cannot be rebound)
    Origin    of whatever writes must be ours, and such a request must bear the header ``x-rewatch``, which no page from
              elsewhere can add without our leave
    body      no longer than its route allows, whatever Content-Length says
    answers   bear a Content-Security-Policy that knows no inline script or style and no other server

Contents
    Guard      ASGI middleware
    own_names  the Host names of a server that listens on an address
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "media-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
WRITES = {"POST", "PUT", "PATCH", "DELETE"}
LONGEST_BODY = 4_500_000
"""Bytes: a note of a million characters, as JSON. Uploads have a limit of their own (`Guard`)."""
LONGEST_UPLOAD = 64 * 2**20


class TooLong(Exception):
    """More was sent than may be."""


def own_names(host: str) -> frozenset[str]:
    """Names that a server listening on `host` goes by, without port, in small letters."""
    names = {"localhost", "127.0.0.1", "[::1]"}
    if is_loopback(host):
        return frozenset(names | {host.lower()})
    return frozenset(names | {host.lower(), socket.gethostname().lower(), socket.getfqdn().lower()})


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens on `host`."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


class Guard:
    """ASGI middleware: refuses what is not ours, and puts `HEADERS` on every answer.

    names: Host names without port; addresses: also any IP address (the server listens to the network)
    uploads: paths that may be sent up to `LONGEST_UPLOAD`
    """

    def __init__(
        self, app: ASGIApp, names: Iterable[str], *, addresses: bool = False, uploads: Iterable[str] = ()
    ) -> None:
        self._app = app
        self._names = frozenset(names)
        self._addresses = addresses
        self._uploads = frozenset(uploads)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return  # no WebSockets here

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        headers = Headers(scope=scope)
        refused = self._refused(scope["method"], headers)
        if refused:
            await JSONResponse({"error": refused}, 403)(scope, receive, sending)
            return
        limit = LONGEST_UPLOAD if scope["path"] in self._uploads else LONGEST_BODY
        told = headers.get("content-length", "0")
        if not told.isascii() or not told.isdigit() or len(told) > 18 or int(told) > limit:
            await _too_long(limit)(scope, receive, sending)
            return
        got = 0

        async def receiving() -> Message:
            nonlocal got
            message = await receive()
            got += len(message.get("body", b""))
            if got > limit:
                raise TooLong
            return message

        try:
            await self._app(scope, receiving, sending)
        except TooLong:
            await _too_long(limit)(scope, receive, sending)

    def _refused(self, method: str, headers: Headers) -> str:
        """Why a request is turned away, in a line; "" where it is not."""
        host = headers.get("host", "")
        if not self._is_ours(host):
            return "this server does not go by that name"
        origin = headers.get("origin")
        site = headers.get("sec-fetch-site")
        if method not in WRITES:
            return ""
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            return "a page from elsewhere may not write here"
        if site not in (None, "same-origin"):
            return "a page from elsewhere may not write here"
        if "x-rewatch" not in headers:
            return "what writes must bear the header x-rewatch"
        return ""

    def _is_ours(self, host: str) -> bool:
        found = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]/@\s]+)(:\d{1,5})?", host)
        if not found:
            return False
        name = found.group(1).lower()
        if name in self._names:
            return True
        if not self._addresses:
            return False
        try:
            ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return False
        return True


def _too_long(limit: int) -> JSONResponse:
    return JSONResponse({"error": f"that is too large: at most {limit / 1e6:.0f} MB can be sent"}, 413)
