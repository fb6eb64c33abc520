"""A film's title and year, read off its file's name."""

from __future__ import annotations

import re
from pathlib import Path

_YEAR = re.compile(r"[\s._\-(\[]((?:18[89]|19\d|20\d)\d)(?=[\s._\-)\]]|$)")
_RELEASE = re.compile(
    r"[\s._\-\[(](?:\d{3,4}[pi]|[48]k|uhd|blu-?ray|bdrip|brrip|web-?(?:dl|rip)|dvd(?:rip)?|hdtv|remux|x26[45]|h\.?26[45]"
    r"|hevc|av1|xvid|remastered|unrated|extended|proper|multi)(?:[\s._\-\])]|$).*",
    re.IGNORECASE,
)


def title_of(path: Path) -> tuple[str, int | None]:
    """Title and year (None where the name has none).

    >>> title_of(Path("Heat (1995).mkv")), title_of(Path("the.third.man.1949.1080p.BluRay.x264.mkv"))
    (('Heat', 1995), ('the third man', 1949))
    >>> title_of(Path("agent327_480p.mp4")), title_of(Path("2001.mkv"))
    (('agent327', None), ('2001', None))
    >>> title_of(Path("[REC] (2007).mkv"))
    ('[REC]', 2007)
    """
    name = path.stem
    years = list(_YEAR.finditer(name))
    year = None
    if years:
        # The last one: "2001 A Space Odyssey (1968)", "Blade Runner 2049 (2017)".
        year, name = int(years[-1].group(1)), name[: years[-1].start()]
    name = re.sub(r"[._]\d{3,4}[pi]$", "", _RELEASE.sub("", name))
    words = re.sub(r"[._]+", " ", name) if " " not in name else name
    title = re.sub(r"\s+", " ", words).lstrip(" -").rstrip(" -([")
    return title or path.stem, year
