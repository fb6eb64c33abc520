"""The pictures on both sides of each join: one image a difference, A above, B below.

Contents
    draw_joins   write them into a folder
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from rewatch.clock import timecode
from rewatch.compare.segments import Alignment, Segment, Side
from rewatch.errors import ExportError, FilmError, LibraryError, NotMeasured
from rewatch.exports.moment_still import moment_still
from rewatch.exports.whole import whole
from rewatch.images.contact_sheet import CAPTION, EDGE, GROUND, TITLE
from rewatch.library.edition import Edition

_WIDTH = 320
_GAP, _BAND, _HEAD, _LETTER = 10, 22, 40, 34


def draw_joins(a: Edition, b: Edition, alignment: Alignment, folder: Path) -> list[Path]:
    """Write a picture for each difference: ``01_removed_0.17.81.jpg``, in order of B; what was written.

    Each has a row a film: the frame before, the first and the last of what is different, the frame after; where a film
    has nothing of it, the two frames that meet there. ExportError where a film has no picture.
    """
    for film in (a, b):
        if film.times is None:
            raise ExportError(f"{film.name} has no picture to save")
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for number, segment in enumerate(alignment.differences if alignment.related else (), 1):
        rows = [
            (film, _frames(film, side, other))
            for film, side, other in (
                (a, segment.a, _meets(alignment, segment, "a")),
                (b, segment.b, _meets(alignment, segment, "b")),
            )
        ]
        begins = segment.a or segment.b
        at = timecode(begins.start if begins else 0.0, 2).replace(":", ".")
        path = folder / f"{number:02d}_{segment.kind}_{at}.jpg"
        page = _page(f"{number}  {segment.kind}", rows)
        with whole(path) as part:
            page.save(part, "JPEG", quality=90)
        written.append(path)
    return written


def _meets(alignment: Alignment, segment: Segment, film: str) -> float:
    """The second of a film where it goes on without the segment."""
    side = segment.b if film == "a" else segment.a
    if side is None:
        return 0.0
    return (alignment.to_a if film == "a" else alignment.to_b)((side.start + side.end) / 2).seconds


def _frames(film: Edition, side: Side | None, meets: float) -> list[int]:
    """Numbers of the frames that are shown of a film; -1 where it has none there."""
    times = film.times
    count = 0 if times is None else len(times)
    if side is None or side.first_frame is None or side.last_frame is None:
        # The first frame that begins where the other film goes its own way, and the one before it.
        after = 0 if times is None else int(times.frame_at(meets + 0.5 * film.duration / max(count, 1)))
        if times is not None and meets >= times.end_seconds - 1e-3:
            after = count
        shown = [after - 1, after]
    else:
        shown = [side.first_frame - 1, side.first_frame, side.last_frame, side.last_frame + 1]
    return [n if 0 <= n < count else -1 for n in shown]


def _page(title: str, rows: list[tuple[Edition, list[int]]]) -> Image.Image:
    high = {id(film): _height(film) for film, _ in rows}
    wide = max(len(frames) for _, frames in rows)
    size = (
        2 * _GAP + _LETTER + wide * (_WIDTH + _GAP) - _GAP,
        _HEAD + sum(high[id(film)] + _BAND + _GAP for film, _ in rows),
    )
    page = Image.new("RGB", size, GROUND)
    draw = ImageDraw.Draw(page)
    large, small = ImageFont.load_default(20), ImageFont.load_default(13)
    draw.text((_GAP, _GAP), title, TITLE, large)
    y = _HEAD
    for letter, (film, frames) in zip("AB", rows, strict=True):
        draw.text((_GAP, y + 4), letter, TITLE, large)
        # Where a film has nothing, its two frames stand outside, under the other film's neighbours.
        columns = range(4) if len(frames) == 4 else ((0, wide - 1) if wide == 4 else range(len(frames)))
        for column, frame in zip(columns, frames, strict=True):
            x = _GAP + _LETTER + column * (_WIDTH + _GAP)
            box = (x, y, x + _WIDTH - 1, y + high[id(film)] - 1)
            picture = _still(film, frame)
            if picture is None:
                draw.rectangle(box, outline=EDGE)
                continue
            page.paste(picture.resize((_WIDTH, high[id(film)]), Image.Resampling.LANCZOS), (x, y))
            assert film.times is not None
            told = f"{frame}   {timecode(float(film.times.seconds(frame)), 2)}"
            draw.text((x, y + high[id(film)] + 4), told, CAPTION, small)
        y += high[id(film)] + _BAND + _GAP
    return page


def _height(film: Edition) -> int:
    picture = film.facts.picture
    wide, high = (16, 9) if picture is None else picture.display_size
    return max(1, round(_WIDTH * high / wide))


def _still(film: Edition, frame: int) -> Image.Image | None:
    if frame < 0 or film.times is None:
        return None
    try:
        return moment_still(film, float(film.times.seconds(frame)), frame, _WIDTH)
    except (FilmError, LibraryError, NotMeasured):
        return None
