"""Strips of frames around shot boundaries, to be judged by eye: one row a boundary, as pages of pictures.

A strip goes from some frames before the change to some after it. Of a cut the frames on either side follow each other;
of a gradual transition they are spread over it. A line stands where the new shot would begin.

Contents
    strip_frames        which frames make the strip of a boundary
    draw_review_strips  the pages, as image files
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from rewatch.clock import timecode
from rewatch.errors import ExportError, FilmError, NotMeasured
from rewatch.exports.whole import whole
from rewatch.film.still import read_frames
from rewatch.images.contact_sheet import CAPTION, EDGE, GROUND, TITLE
from rewatch.library.edition import Edition
from rewatch.study.review import Doubt

_FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
PICTURES = 8
"""In a strip, half of them before the change."""
ROWS = 12
"""Strips on a page."""
_WIDE, _GAP, _MARGIN, _HEAD, _BAND = 192, 4, 24, 46, 24
_MARK = (224, 120, 64)


def strip_frames(first: int, last: int, count: int) -> list[int]:
    """The frames of a strip, in order, `PICTURES` at most; a cut is ``first == last``, its first new frame.

    >>> strip_frames(100, 100, 500), strip_frames(100, 119, 500)
    ([96, 97, 98, 99, 100, 101, 102, 103], [97, 101, 104, 108, 111, 115, 118, 122])
    """
    half = PICTURES // 2
    if first == last:
        wanted = list(range(first - half, first + half))
    else:
        wanted = [round(x) for x in np.linspace(first - 3, last + 3, PICTURES)]
    return sorted({frame for frame in wanted if 0 <= frame < count})


def draw_review_strips(edition: Edition, doubts: Sequence[Doubt], path: Path) -> list[Path]:
    """Write the strips of these boundaries as pages; gives what was written, as the contact sheet does.

    ExportError for another ending than .png, .jpg or .webp; FilmError where the film's file is not there any more.
    """
    kind = _FORMATS.get(path.suffix.lower())
    if kind is None:
        raise ExportError(f"{path.name}: strips are drawn as .jpg, .png or .webp")
    times = edition.times
    if times is None:
        raise NotMeasured(f"{edition.name} has no picture, so no strips of frames")
    if not Path(edition.facts.path).is_file():
        raise FilmError(f"{edition.facts.path}: the file is gone: no strips can be drawn")
    pages = [doubts[begin : begin + ROWS] for begin in range(0, len(doubts), ROWS)]
    written = []
    for number, part in enumerate(pages, 1):
        target = path if len(pages) == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
        page = _page(edition, part)
        with whole(target) as file:
            page.save(file, kind)
        written.append(target)
    return written


def _pictures(edition: Edition, doubt: Doubt) -> list[tuple[int, Image.Image]]:
    times = edition.times
    assert times is not None
    wanted = strip_frames(doubt.first, doubt.last, len(times))
    found = []
    try:
        for number, rgb in read_frames(edition.facts, wanted[0], wanted[-1] + 1, times, 2 * _WIDE):
            if number in wanted:
                found.append((number, Image.fromarray(rgb)))
    except FilmError:
        pass  # damaged there: its strip stays short
    return found


def _page(edition: Edition, doubts: Sequence[Doubt]) -> Image.Image:
    times = edition.times
    assert times is not None
    strips = [_pictures(edition, doubt) for doubt in doubts]
    shape = next((picture.height / picture.width for strip in strips for _, picture in strip), 9 / 16)
    high = max(1, round(_WIDE * shape))
    row = high + _BAND + 3 * _GAP
    page = Image.new(
        "RGB", (2 * _MARGIN + PICTURES * (_WIDE + _GAP) - _GAP, 2 * _MARGIN + _HEAD + row * len(doubts)), GROUND
    )
    draw = ImageDraw.Draw(page)
    draw.text((_MARGIN, _MARGIN), f"{edition.name}: the least sure boundaries", TITLE, ImageFont.load_default(22))
    font, small = ImageFont.load_default(14), ImageFont.load_default(11)
    for number, (doubt, strip) in enumerate(zip(doubts, strips, strict=True)):
        y = _MARGIN + _HEAD + number * row
        extent = f"frame {doubt.frame}" if doubt.first == doubt.last else f"frames {doubt.first}-{doubt.last}"
        counts = "counts" if doubt.counts else "does not count"
        head = (
            f"{extent}  {timecode(float(times.seconds(np.array([doubt.frame]))[0]), 2)}  "
            f"{doubt.kind.replace('_', ' ')}, {doubt.sure:.1%} sure, {counts}; if that is wrong: {doubt.correction}"
        )
        draw.text((_MARGIN, y), head, CAPTION, font)
        for place, (frame, picture) in enumerate(strip):
            x = _MARGIN + place * (_WIDE + _GAP)
            page.paste(picture.resize((_WIDE, high), Image.Resampling.LANCZOS), (x, y + _BAND))
            inside = doubt.first <= frame <= doubt.last and doubt.first != doubt.last
            draw.rectangle((x, y + _BAND, x + _WIDE - 1, y + _BAND + high - 1), outline=_MARK if inside else EDGE)
            draw.text((x + 4, y + _BAND + high - 15), str(frame), TITLE, small, stroke_width=2, stroke_fill=GROUND)
            if place and strip[place - 1][0] < doubt.frame <= frame:
                draw.rectangle((x - _GAP, y + _BAND - 3, x - 1, y + _BAND + high + 2), fill=_MARK)
    return page
