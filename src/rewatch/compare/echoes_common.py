"""Common property: what further films of the library have, too.

Contents
    films_with   how many of them have a stretch
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rewatch.compare.echoes_evidence import Evidence
from rewatch.compare.echoes_found import Found
from rewatch.compare.echoes_images import by_hash
from rewatch.compare.echoes_lines import says
from rewatch.compare.echoes_sound import sound_echoes
from rewatch.sounds.prints import Prints
from rewatch.sounds.prints_landmarks import HOPS

ASKED = 40
"""Films that are looked through for one echo; of more, as many, evenly chosen."""
_SURE = 0.01


def films_with(a: Evidence, echo: Found, films: Sequence[Evidence], most: int) -> int:
    """How many of the films, `most` at most, have what an echo has of film A. Of shapes of shots and melodies: 0."""
    has = {"image": _shows, "sound": _sounds, "line": _says}.get(echo.kind)
    count = 0
    if has is None or most <= 0 or echo.details.get("same") == "melody":
        return 0
    for film in films[:: max(1, -(-len(films) // ASKED))]:
        count += has(a, echo, film)
        if count >= most:
            break
    return count


def _says(a: Evidence, echo: Found, film: Evidence) -> bool:
    if film.words is None:
        return False
    return a.words is not None and says(a.words, echo.a, float(echo.details["nats"]), film.words)


def _sounds(a: Evidence, echo: Found, film: Evidence) -> bool:
    if a.sound is None or film.sound is None:
        return False
    begin, end = (int((second - float(a.sound.start)) * HOPS) for second in echo.a)
    hop, bins = a.sound.between(begin, end)
    part = Prints((hop - begin).astype(np.uint32), bins, a.sound.start, end - begin)
    return bool(sound_echoes(part, film.sound, least=_SURE))


def _shows(a: Evidence, echo: Found, film: Evidence) -> bool:
    if a.pictured is None or film.pictured is None:
        return False
    part = a.pictured.between(echo.a)
    if not len(part.hashes):
        return False
    part = replace(part, layouts=part.layouts)
    return any(pair.expected <= _SURE for pair in by_hash(part, film.pictured))
