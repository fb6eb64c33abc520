"""The pen: draws in millimetres from the upper left corner of the page; knows nothing of films.

All coordinates are rounded to a hundredth of a point (1/7200 inch): no printer shows more, and the files stay small.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from rewatch.exports.sheet.ink import FAMILIES, Ink, Style

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.font_manager import FontProperties

POINT = 72 / 25.4
"""Points in a millimetre."""


def _head() -> npt.NDArray[np.float64]:
    """(13, 2): an ellipse of width 1 in four cubic arcs, its right side raised."""
    k, turn = 0.5523, np.deg2rad(-24)
    circle = [
        (1, 0),
        (1, k),
        (k, 1),
        (0, 1),
        (-k, 1),
        (-1, k),
        (-1, 0),
        (-1, -k),
        (-k, -1),
        (0, -1),
        (k, -1),
        (1, -k),
        (1, 0),
    ]
    flat = np.array(circle) * [0.5, 0.35]
    turned: npt.NDArray[np.float64] = flat @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return turned


_HEAD = _head()

Along = Literal["left", "center", "right"]
Numbers = npt.ArrayLike


@lru_cache(maxsize=512)
def _strange(text: str) -> str | None:
    """A font of this machine for signs that the bundled ones lack (a title in Japanese); None where all are there."""
    from matplotlib import font_manager

    known: set[int] = set()
    for family in FAMILIES:
        known |= set(font_manager.get_font(font_manager.findfont(family)).get_charmap())
    missing = {ord(sign) for sign in text} - known
    if not missing:
        return None
    best, most = None, 0
    for entry in sorted(font_manager.fontManager.ttflist, key=lambda e: (e.name, e.fname)):
        if "Last Resort" in entry.name or entry.style != "normal":
            continue
        try:
            has = len(missing & set(font_manager.get_font(entry.fname).get_charmap()))
        except (OSError, RuntimeError):
            continue
        if has > most:
            best, most = entry.name, has
        if most == len(missing):
            break
    return best


def _font(text: str, size: float, style: Style) -> FontProperties:
    from matplotlib.font_manager import FontProperties

    strange = _strange(text)
    return FontProperties(
        family=[*FAMILIES, strange] if strange else list(FAMILIES),
        style="italic" if style in ("italic", "dynamic") else "normal",
        weight="bold" if style in ("bold", "dynamic") else "normal",
        size=size,
    )


class Pen:
    """Draws on an Axes that covers the whole page, in millimetres; y grows downwards."""

    def __init__(self, axes: Axes, ink: Ink) -> None:
        self.axes = axes
        self.ink = ink

    def _add(self, artist: Artist) -> None:
        # Not add_patch: that would search each curve for its extremes, and the page's limits are set.
        artist.set_clip_on(False)
        self.axes.add_artist(artist)

    @staticmethod
    def _points(millimetres: Numbers) -> npt.NDArray[np.float64]:
        points: npt.NDArray[np.float64] = np.round(np.asarray(millimetres, dtype=np.float64) * POINT, 2)
        return points

    def line(self, x: Numbers, y: Numbers, colour: str, width: float, *, order: float = 3, alpha: float = 1,
             round_ends: bool = True) -> None:  # fmt: skip
        """One line through all points. width: points."""
        from matplotlib.lines import Line2D

        ends: Any = "round" if round_ends else "butt"
        self._add(
            Line2D(self._points(x), self._points(y), color=colour, linewidth=width, solid_capstyle=ends,
                   solid_joinstyle="round", zorder=order, alpha=alpha)
        )  # fmt: skip

    def lines(self, x0: Numbers, y0: Numbers, x1: Numbers, y1: Numbers, colour: str, width: float, *,
              order: float = 3, alpha: float = 1, round_ends: bool = False) -> None:  # fmt: skip
        """Many straight lines at once."""
        # One path with moves, not a collection: half the size in the file.
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path

        x0, y0, x1, y1 = np.broadcast_arrays(*(self._points(v) for v in (x0, y0, x1, y1)))
        if not x0.size:
            return
        corners = np.stack([np.ravel(x0), np.ravel(y0), np.ravel(x1), np.ravel(y1)], axis=1).reshape(-1, 2)
        codes = np.tile(np.array([Path.MOVETO, Path.LINETO], dtype=np.uint8), len(corners) // 2)
        ends: Any = "round" if round_ends else "butt"
        self._add(
            PathPatch(Path(corners, codes), facecolor="none", edgecolor=colour, linewidth=width, zorder=order,
                      alpha=alpha, capstyle=ends)
        )  # fmt: skip

    def form(self, x: Numbers, low: Numbers, high: Numbers, colour: str, *, order: float = 2, alpha: float = 1) -> None:
        """The area between two curves over the same x, filled."""
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path

        xs, lows, highs = np.broadcast_arrays(self._points(x), self._points(low), self._points(high))
        if len(xs) < 2:
            return
        # A level foot needs its two ends alone.
        foot = slice(None, None, -1) if np.ptp(lows) else [-1, 0]
        corners = np.concatenate([np.stack([xs, highs], 1), np.stack([xs[foot], lows[foot]], 1)])
        self._add(
            PathPatch(Path(np.concatenate([corners, corners[:1]]), closed=True), facecolor=colour, edgecolor="none",
                      linewidth=0, zorder=order, alpha=alpha)
        )  # fmt: skip

    def boxes(self, left: Numbers, top: Numbers, right: Numbers, bottom: Numbers, colour: str, *, order: float = 2,
              alpha: float = 1) -> None:  # fmt: skip
        """Many filled rectangles at once."""
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path

        a, b, c, d = np.broadcast_arrays(*(np.atleast_1d(self._points(v)) for v in (left, top, right, bottom)))
        if not a.size:
            return
        corners = np.stack([a, b, c, b, c, d, a, d, a, b], axis=1).reshape(-1, 2)
        codes = np.tile(
            np.array([Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY], dtype=np.uint8), a.size
        )
        self._add(
            PathPatch(Path(corners, codes), facecolor=colour, edgecolor="none", linewidth=0, zorder=order, alpha=alpha)
        )

    def heads(
        self, x: Numbers, y: Numbers, width: float, colour: str, *, open_: bool = False, order: float = 5
    ) -> None:
        """Note heads: ellipses a little tilted, as they are engraved. width: mm."""
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path

        xs, ys = np.atleast_1d(self._points(x)), np.atleast_1d(self._points(y))
        if not xs.size:
            return
        w = width * POINT
        points = np.round(_HEAD[None] * w + np.stack([xs, ys], axis=1)[:, None], 2).reshape(-1, 2)
        codes = np.tile(np.array([Path.MOVETO, *[Path.CURVE4] * 12], dtype=np.uint8), xs.size)
        self._add(
            PathPatch(Path(points, codes), facecolor=self.ink.paper if open_ else colour,
                      edgecolor=colour if open_ else "none", linewidth=w * 0.13 if open_ else 0, zorder=order)
        )  # fmt: skip

    def slur(self, x0: float, y0: float, x1: float, y1: float, dip: float, *, order: float = 4) -> None:
        """A slur between two notes: thin at its ends, thicker in the middle. dip: mm at the middle, down positive."""
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path

        run, rise = x1 - x0, y1 - y0
        thick = min(0.32, 0.14 + abs(dip) * 0.09)
        lower, upper = dip * 4 / 3 + thick, dip * 4 / 3 - thick
        corners = [
            (x0, y0),
            (x0 + run * 0.25, y0 + rise * 0.25 + lower),
            (x0 + run * 0.75, y0 + rise * 0.75 + lower),
            (x1, y1),
            (x0 + run * 0.75, y0 + rise * 0.75 + upper),
            (x0 + run * 0.25, y0 + rise * 0.25 + upper),
            (x0, y0),
        ]
        self._add(
            PathPatch(
                Path(self._points(corners), [Path.MOVETO, *[Path.CURVE4] * 6]),
                facecolor=self.ink.ink,
                edgecolor=self.ink.ink,
                linewidth=0.15,
                zorder=order,
            )
        )

    def ribbon(self, above: tuple[float, float], top: float, below: tuple[float, float], bottom: float, colour: str, *,
               order: float = 2, alpha: float = 1) -> None:  # fmt: skip
        """A ribbon from one level to another: ``above`` and ``below`` are its left and right ends there."""
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path

        middle = (top + bottom) / 2
        corners = [
            (above[0], top),
            (above[0], middle), (below[0], middle), (below[0], bottom),
            (below[1], bottom),
            (below[1], middle), (above[1], middle), (above[1], top),
            (above[0], top),
        ]  # fmt: skip
        codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.LINETO]
        self._add(
            PathPatch(Path(self._points(corners), codes), facecolor=colour, edgecolor="none", linewidth=0,
                      zorder=order, alpha=alpha)
        )  # fmt: skip

    def wing(self, x: float, y: float, way: int) -> None:
        """The curl at the end of a bracket: from (x, y) outwards to the right; way: -1 up, 1 down."""
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path

        corners = [(x, y), (x + 0.8, y), (x + 1.7, y + way * 0.5), (x + 2.3, y + way * 1.5)]
        back = [(x + 1.5, y + way * 0.8), (x + 0.8, y + way * 0.8), (x, y + way * 0.8)]
        self._add(
            PathPatch(
                Path(self._points(corners + back), [Path.MOVETO, *[Path.CURVE4] * 6]),
                facecolor=self.ink.ink,
                edgecolor="none",
                linewidth=0,
                zorder=4,
            )
        )

    def picture(self, left: float, top: float, right: float, bottom: float, rows: npt.NDArray[np.uint8]) -> None:
        """An image (h, w, 3) stretched over a rectangle; the first row is at the top."""
        a, b, c, d = (float(v) for v in self._points([left, top, right, bottom]))
        self.axes.imshow(rows, extent=(a, c, d, b), aspect="auto", interpolation="none", origin="upper", zorder=2)

    def text(self, x: float, y: float, text: str, size: float, *, colour: str | None = None, style: Style = "roman",
             along: Along = "left", order: float = 6) -> None:  # fmt: skip
        """Words with their baseline at y. size: points."""
        a, b = (float(v) for v in self._points([x, y]))
        self.axes.text(
            a, b, text, fontproperties=_font(text, size, style), color=colour or self.ink.ink, ha=along, va="baseline",
            zorder=order, parse_math=False,
        )  # fmt: skip

    def width(self, text: str, size: float, style: Style = "roman") -> float:
        """How wide words stand, mm."""
        from matplotlib.textpath import text_to_path

        measured = text_to_path.get_text_width_height_descent(text, _font(text, size, style), ismath=False)
        return float(measured[0]) / POINT

    def wrapped(self, text: str, size: float, width: float, style: Style = "roman") -> list[str]:
        """Words broken into lines that fit a width, mm."""
        lines: list[str] = []
        for word in text.split():
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self.width(longer, size, style) <= width:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines

    def fitting(self, text: str, size: float, least: float, width: float, style: Style = "roman") -> tuple[str, float]:
        """The text and the size at which it fits a width: smaller first, then cut short with an ellipsis."""
        wide = self.width(text, size, style)
        if wide > width:
            size = max(least, size * width / wide)
        while len(text) > 1 and self.width(text, size, style) > width:
            text = text[: max(1, int(len(text) * 0.95) - 1)].rstrip(" …") + "…"
        return text, size
