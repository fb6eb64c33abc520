"""``rewatch serve``: the study as a page, on this machine."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from pathlib import Path

import click

from rewatch.cli.common import library_option, messages, open_library
from rewatch.errors import RewatchError

PORT = 7327
_TRIED = 20


class CannotListen(RewatchError):
    """The address or port is not to be had."""


@click.command("serve")
@click.option("--port", type=click.IntRange(0, 65535), metavar="N", help=f"Port; 0: any free one [default: {PORT}].")
@click.option(
    "--host", default="127.0.0.1", metavar="ADDRESS", help="Listen here [default: 127.0.0.1, this machine alone]."
)
@click.option("--no-open", is_flag=True, help="Do not open the browser.")
@library_option
def command(port: int | None, host: str, no_open: bool, library_folder: Path | None) -> None:
    """Open the library as a page: the films playing, their scores beneath, minutes, notes, viewings.

    Nothing is loaded from elsewhere and nothing leaves this machine. Ctrl-C ends it.

    \b
    Example:
      rewatch serve
      rewatch serve --port 8000 --no-open
    """
    import uvicorn

    from rewatch.web.app import create_app
    from rewatch.web.guard import is_loopback

    err = messages()
    library = open_library(library_folder)
    library.entries()  # a library that cannot be read says so now, not on the page
    listening = _listen(host, port)
    shown = "localhost" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
    url = f"http://{shown}:{listening.getsockname()[1]}/"
    if not is_loopback(host):
        err.print(
            f"rewatch: whoever can reach {host} can see your films and change your notes: there is no password",
            markup=False,
        )
    err.print(f"rewatch: the page is at {url} (Ctrl-C ends it)", markup=False)
    config = uvicorn.Config(
        create_app(library, host), log_level="warning", access_log=False, timeout_graceful_shutdown=1,
        server_header=False, lifespan="on",
    )  # fmt: skip
    # A request must not wait the usual 5 ms for its turn each time that a tile is being reckoned.
    sys.setswitchinterval(0.0005)
    if not no_open:
        threading.Timer(0.4, _open, (url,)).start()
    with contextlib.closing(listening), contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listening])


def _open(url: str) -> None:
    import webbrowser

    with contextlib.suppress(Exception):
        webbrowser.open(url)


def _listen(host: str, port: int | None) -> socket.socket:
    """A socket that listens; without a port asked for, the first free one from `PORT` on."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except OSError:
        raise CannotListen(f"no address {host!r}: --host takes one of this machine's, such as 127.0.0.1") from None
    tried = [port] if port is not None else list(range(PORT, PORT + _TRIED))
    failure: OSError | None = None
    for candidate in tried:
        listening = socket.socket(family, socket.SOCK_STREAM)
        if sys.platform != "win32":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((address[0], candidate))
            listening.listen(128)
            return listening
        except OSError as error:
            listening.close()
            failure = error
    which = f"port {port}" if port is not None else f"ports {PORT} to {PORT + _TRIED - 1}"
    why = failure.strerror.lower() if failure and failure.strerror else "taken"
    raise CannotListen(f"{host}, {which}: {why}; choose another with --port N")
