"""Paper: pages drawn by a pen, as the bytes of an SVG, PDF or PNG file. The same drawing gives the same bytes.

Contents
    pages_bytes   drawings -> files: one a page, or one PDF of them all
    leaner        an SVG in fewer bytes
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from rewatch.exports.sheet.ink import SETTINGS, Ink
from rewatch.exports.sheet.layout import Page

if TYPE_CHECKING:
    from rewatch.exports.sheet.pen import Pen

Draw = Callable[["Pen", Page], None]

DPI = 200
"""Of the PNG, and of the pictures that stand in SVG and PDF."""


def pages_bytes(pages: Sequence[tuple[Page, Draw]], ink: Ink, suffix: str, title: str) -> list[bytes]:
    """Pages and what draws on each -> files: one a page as SVG and PNG, a single one of all pages as PDF."""
    import matplotlib
    from matplotlib.backends.backend_pdf import PdfPages
    from matplotlib.figure import Figure

    from rewatch.exports.sheet.pen import POINT, Pen

    metadata: dict[str, dict[str, Any]] = {
        "svg": {"Title": title, "Creator": "rewatch", "Date": None},
        "pdf": {"Title": title, "Creator": "rewatch", "Producer": "rewatch", "CreationDate": None},
        "png": {"Title": title, "Software": "rewatch"},
    }
    found: list[bytes] = []
    with matplotlib.rc_context(), warnings.catch_warnings():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(SETTINGS)
        # A sign that no font of this machine has is drawn as a box; nothing a person could do about it here.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        whole = io.BytesIO()
        bound: Any = PdfPages(whole, metadata=metadata["pdf"]) if suffix == "pdf" else None
        for page, draw in pages:
            figure = Figure(figsize=(page.width / 25.4, page.height / 25.4), facecolor=ink.paper, dpi=DPI)
            axes: Any = figure.add_axes((0, 0, 1, 1))
            axes.set_axis_off()
            axes.autoscale(False)
            axes.set_xlim(0, page.width * POINT)
            axes.set_ylim(page.height * POINT, 0)
            draw(Pen(axes, ink), page)
            # Once more: a picture that was drawn may have moved them.
            axes.set_xlim(0, page.width * POINT)
            axes.set_ylim(page.height * POINT, 0)
            axes.set_aspect("auto")
            if bound is not None:
                bound.savefig(figure, facecolor=ink.paper, dpi=DPI)
                continue
            drawn = io.BytesIO()
            figure.savefig(drawn, format=suffix, facecolor=ink.paper, metadata=metadata[suffix], dpi=DPI)
            found.append(leaner(drawn.getvalue()) if suffix == "svg" else drawn.getvalue())
        if bound is not None:
            bound.close()
            found.append(whole.getvalue())
    return found


def leaner(svg: bytes) -> bytes:
    """The same drawing in fewer bytes: in a path's data a command is written once for the points that follow it.

    >>> leaner(b'<path d="M 1 2 \\nL 3 4 \\nL 5 6 \\nz\\n"/>')
    b'<path d="M1 2L3 4 5 6z"/>'
    """

    def shorter(found: re.Match[bytes]) -> bytes:
        data, last = [], b""
        for step in found[1].split(b"\n"):
            command, points = step[:1], b" ".join(step[1:].split())
            data.append(b" " + points if command == last and command in b"LC" else command + points)
            last = command
        return b' d="' + b"".join(data) + b'"'

    return re.sub(rb' d="(M[^"]*)"', shorter, svg)
