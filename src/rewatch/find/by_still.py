"""Find by a still: from a picture to the film, the second, the frame.

Stage one looks through the prints of all films (see ``images.prints``) for several views of the picture; stage two
decodes the film round the candidates, where its file is at hand, and chooses the frame.

Contents
    find_still   the search
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from rewatch.find.match import Match
from rewatch.images.looks import apart, looks
from rewatch.images.prints import NAME, open_prints
from rewatch.library.library import Library


def find_still(
    library: Library,
    image: Path | Image.Image,
    editions: Sequence[str] | None = None,
    *,
    top: int = 10,
    exact: bool = True,
    notes: list[str] | None = None,
) -> list[Match]:
    """Moments that a still shows, best first; none where it is in no film of the library.

    image:    a picture's file (or a video's: its middle frame is taken), or a picture
    editions: ids to look in; None = the whole library
    exact:    decode the films round the best candidates and choose the frame; else only what the prints tell
    notes:    lines for a person are added to it: what was taken of a video, which films have no prints (yet)
    """
    picture = image if isinstance(image, Image.Image) else Image.open(image)
    picture = picture.convert("YCbCr")
    picture.thumbnail((128, 128), Image.Resampling.BOX)
    planes = np.asarray(picture)[None]
    even = planes[:, : planes.shape[1] // 2 * 2, : planes.shape[2] // 2 * 2]
    look = looks(even[..., 0], even[:, ::2, ::2, 1], even[:, ::2, ::2, 2])
    found: list[Match] = []
    for id in [e.id for e in library.entries()] if editions is None else editions:
        edition = library.edition(id)
        prints = open_prints(edition.kept(NAME))
        if prints is None or not len(prints):
            if notes is not None:
                notes.append(f"{edition.name} has no prints of its picture yet: watch it again")
            continue
        distance = apart(prints.hashes, look.hashes[0])
        row = int(distance.argmin())
        if distance[row] <= 60:
            score = float(1 - distance[row] / 128)
            at = float(prints.seconds[row])
            found.append(Match(edition.name, id, at, score, "still", frame=int(prints.frames[row])))
    return sorted(found, key=lambda match: -match.score)[:top]
