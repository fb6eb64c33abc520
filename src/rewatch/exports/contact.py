"""The contact sheet: one still a shot, with its number, time and length, on as many pages as it takes.

Contents
    draw_contact_sheet   the pages of a film, or of a stretch of it, as image files
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from rewatch.clock import lasting, timecode
from rewatch.errors import ExportError, NotMeasured
from rewatch.exports.whole import whole
from rewatch.library.edition import Edition

_FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}


def draw_contact_sheet(edition: Edition, path: Path, begin: float = 0.0, end: float | None = None) -> list[Path]:
    """Write the contact sheet of the shots that are seen between two seconds (end None: to the film's end).

    One page is written to `path`; several to ``NAME-1.jpg``, ``NAME-2.jpg`` ... beside it. Gives what was written.
    ExportError for another ending than .png, .jpg or .webp; NotMeasured where there are no stills.
    """
    kind = _FORMATS.get(path.suffix.lower())
    if kind is None:
        raise ExportError(f"{path.name}: a contact sheet is drawn as .jpg, .png or .webp")
    from rewatch.images.contact_sheet import contact_sheets

    times = edition.times
    if times is None:
        raise NotMeasured(f"{edition.name} has no stills: no picture was watched")
    stills, shots = edition.events("stills"), edition.spans("shots")
    if not len(stills):
        raise NotMeasured(f"{edition.name} has no stills: no frame of it could be kept")
    starts, ends = shots.begin_seconds(times), shots.end_seconds(times)
    number = np.asarray(stills.columns["shot"], dtype=np.int64)
    stop = edition.duration if end is None else end
    seen = np.flatnonzero((starts[number] < stop) & (ends[number] > begin)).tolist()
    files = [edition.kept("stills") / str(stills.columns["file"][i]) for i in seen]
    captions = [
        f"{number[i] + 1}  {timecode(float(starts[number[i]]))}  {lasting(float(ends[number[i]] - starts[number[i]]))}"
        for i in seen
    ]
    where = "" if end is None else f"{timecode(begin)} - {timecode(stop)}, "
    count = f"{len(seen)} shot" + ("" if len(seen) == 1 else "s")
    pages = contact_sheets(files, captions, title=edition.name, subtitle=f"{where}{count}")
    written = []
    for i, page in enumerate(pages, 1):
        target = path if len(pages) == 1 else path.with_name(f"{path.stem}-{i}{path.suffix}")
        with whole(target) as part:
            page.save(part, kind)
        written.append(target)
    return written
