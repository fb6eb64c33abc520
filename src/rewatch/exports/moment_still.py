"""The picture of one moment: out of the film's file, else the still that was kept of its shot.

Contents
    moment_still
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from rewatch.errors import FilmError, NotMeasured
from rewatch.film.still import read_frame
from rewatch.library.edition import Edition
from rewatch.track import Events


def moment_still(edition: Edition, seconds: float, frame: int | None = None, width: int | None = None) -> Image.Image:
    """The frame on the screen at a second (or frame `frame`), at most `width` wide.

    NotMeasured where the film has no picture; FilmError where there is neither its file nor a kept still.
    """
    times = edition.times
    if times is None or not len(times):
        raise NotMeasured(f"{edition.name} has no picture")
    number = int(times.frame_at(seconds)) if frame is None else frame
    path = Path(edition.facts.path)
    if path.is_file():
        try:
            return Image.fromarray(read_frame(edition.facts, number, times, width))
        except FilmError:
            pass  # the file may have changed: the kept still does not
    stills = edition.tracks.get("stills")
    if not isinstance(stills, Events) or not len(stills):
        raise FilmError(f"{path}: the file is gone, and no still was kept of {edition.name}")
    at = max(0, int(np.searchsorted(_shot_begins(edition, stills), number, side="right")) - 1)
    file = edition.kept("stills") / str(list(stills.columns["file"])[at])
    try:
        with Image.open(file) as picture:
            picture.load()
            return picture.convert("RGB")
    except OSError as error:
        raise FilmError(f"{file}: the kept still cannot be read: {error}") from error


def _shot_begins(edition: Edition, stills: Events) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The first frame of each shot that has a still."""
    shots = edition.spans("shots") if "shots" in edition.tracks else None
    of = np.asarray(stills.columns["shot"], dtype=np.int64)
    if shots is None or shots.clock.rate is not None or not len(shots) or of.max() >= len(shots):
        return np.asarray(stills.at, dtype=np.int64)
    return np.asarray(shots.begin[np.clip(of, 0, len(shots) - 1)], dtype=np.int64)
