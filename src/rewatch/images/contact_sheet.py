"""Contact sheets: stills laid out on dark pages, in order, each with its caption.

Contents
    contact_sheets   as many pages as it takes
    mosaic_columns   how many columns make a page of a pleasing shape
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

GROUND = (20, 20, 22)
TITLE = (236, 232, 224)
CAPTION = (150, 147, 141)
EDGE = (44, 44, 48)
PAGE_SHAPE = 1.3
"""Height of a full page over its width."""

Files = Sequence[Path]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True, slots=True)
class _Layout:
    """Sizes of a page in pixels."""

    width: int
    columns: int
    cell: tuple[int, int]
    margin: int
    gap: int
    band: int
    head: int

    @property
    def row(self) -> int:
        return self.cell[1] + self.band + self.gap

    def height(self, rows: int) -> int:
        return self.margin * 2 + self.head + rows * self.row - self.gap

    def corner(self, place: int) -> tuple[int, int]:
        row, column = divmod(place, self.columns)
        return self.margin + column * (self.cell[0] + self.gap), self.margin + self.head + row * self.row


def mosaic_columns(count: int, aspect: float, most: int = 8) -> int:
    """Columns for `count` pictures of an aspect (width over height): no long tail of a page, few holes, large pictures.

    >>> [mosaic_columns(n, 16 / 9) for n in (1, 4, 25, 500)]
    [1, 2, 5, 8]
    """

    def off(columns: int) -> float:
        rows = -(-count // columns)
        tall = rows * (1 / aspect + 0.12) / columns
        holes = (rows * columns - count) / (rows * columns)
        return max(tall / PAGE_SHAPE, 0.3 / tall, 1.0) + holes + 0.01 * columns

    return min(range(1, max(1, min(most, count)) + 1), key=off)


def contact_sheets(
    stills: Files,
    captions: Sequence[str] = (),
    *,
    title: str = "",
    subtitle: str = "",
    width: int = 1600,
    columns: int | None = None,
    rows: int | None = None,
) -> list[Image.Image]:
    """Pages of stills, RGB, each `width` pixels wide; no page where there are no stills.

    captions: one a still, or none at all; what is longer than its picture is cut with an ellipsis
    title, subtitle: at the head of the first page
    columns:  None: as many as give a pleasing page
    rows:     a page; None: as many as make it about 1.3 times as high as wide
    A still of another shape than the first is fitted into its place whole. A file that cannot be read leaves its
    place empty. ValueError where captions and stills differ in number, or the page is too narrow for its columns.
    """
    if captions and len(captions) != len(stills):
        raise ValueError(f"{len(captions)} captions for {len(stills)} stills")
    if not stills:
        return []
    aspect = _aspect(stills)
    columns = columns or mosaic_columns(len(stills), aspect)
    layout = _layout(width, columns, aspect, bool(captions), bool(title or subtitle))
    if rows is None:
        room = PAGE_SHAPE * width - 2 * layout.margin - layout.head + layout.gap
        rows = max(1, int(room // layout.row))
        # The rows shared out evenly, so that no page is left with one of them.
        needed = -(-len(stills) // columns)
        rows = -(-needed // -(-needed // rows))
    pages = []
    for begin in range(0, len(stills), rows * columns):
        part = slice(begin, begin + rows * columns)
        first = begin == 0
        head = layout if first else _layout(width, columns, aspect, bool(captions), False)
        pages.append(_page(stills[part], captions[part], head, (title, subtitle) if first else ("", "")))
    return pages


def _aspect(stills: Files) -> float:
    """Width over height of the first still that can be read; 16:9 where none can."""
    for path in stills:
        try:
            with Image.open(path) as still:
                return still.width / still.height
        except OSError:
            continue
    return 16 / 9


def _layout(width: int, columns: int, aspect: float, captions: bool, titled: bool) -> _Layout:
    margin, gap = max(2, width // 40), max(2, width // 110)
    across = (width - 2 * margin - (columns - 1) * gap) // columns
    if across < 8:
        raise ValueError(f"{columns} columns do not fit into {width} pixels")
    size = _caption_size(across)
    return _Layout(
        width=width,
        columns=columns,
        cell=(across, max(1, round(across / aspect))),
        margin=margin,
        gap=gap,
        band=round(size * 1.9) if captions else 0,
        head=round(width / 40 * 2.2) if titled else 0,
    )


def _caption_size(across: int) -> int:
    return max(9, min(20, round(across / 17)))


def _page(stills: Files, captions: Sequence[str], layout: _Layout, heads: tuple[str, str]) -> Image.Image:
    rows = -(-len(stills) // layout.columns)
    page = Image.new("RGB", (layout.width, layout.height(rows)), GROUND)
    draw = ImageDraw.Draw(page)
    if any(heads):
        _head(draw, heads, layout)
    font = ImageFont.load_default(_caption_size(layout.cell[0]))
    for place, path in enumerate(stills):
        x, y = layout.corner(place)
        _paste(page, path, (x, y), layout.cell)
        if captions:
            text = _fitted(captions[place], font, layout.cell[0])
            draw.text((x, y + layout.cell[1] + layout.band * 0.24), text, CAPTION, font)
    return page


def _head(draw: ImageDraw.ImageDraw, heads: tuple[str, str], layout: _Layout) -> None:
    title, subtitle = heads
    large, small = ImageFont.load_default(layout.width / 44), ImageFont.load_default(layout.width / 90)
    room = layout.width - 2 * layout.margin
    title = _fitted(title, large, room)
    base = layout.margin + layout.head * 0.48
    draw.text((layout.margin, base), title, TITLE, large, anchor="ls")
    used = large.getlength(title) + layout.width / 50 if title else 0
    left = _fitted(subtitle, small, room - used)
    draw.text((layout.width - layout.margin, base), left, CAPTION, small, anchor="rs")


def _paste(page: Image.Image, path: Path, corner: tuple[int, int], cell: tuple[int, int]) -> None:
    """Fit a still into its cell whole, in the middle; a thin edge tells a dark picture from the ground."""
    (x, y), (wide, high) = corner, cell
    try:
        with Image.open(path) as still:
            still.draft("RGB", cell)
            part = min(wide / still.width, high / still.height)
            # Within a pixel of the cell's shape: fill it.
            size = round(still.width * part), round(still.height * part)
            size = cell if abs(size[0] - wide) <= 1 and abs(size[1] - high) <= 1 else (max(1, size[0]), max(1, size[1]))
            picture = still.convert("RGB").resize(size, Image.Resampling.LANCZOS)
            page.paste(picture, (x + (wide - size[0]) // 2, y + (high - size[1]) // 2))
    except OSError:
        pass
    ImageDraw.Draw(page).rectangle((x, y, x + wide - 1, y + high - 1), outline=EDGE)


def _fitted(text: str, font: Font, room: float) -> str:
    """The text, cut with an ellipsis where it is longer than the room."""
    if font.getlength(text) <= room:
        return text
    while text and font.getlength(text + "…") > room:
        text = text[:-1]
    return text.rstrip() + "…" if text else ""
