"""A film known by its subtitles alone: SubRip, WebVTT, ASS. Its lines, and nothing else."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pysubs2

from rewatch.clock import MILLISECONDS
from rewatch.errors import ShotListError
from rewatch.imports.film import Asked, Found
from rewatch.imports.tables import read_text
from rewatch.track import Spans


def read(path: Path, asked: Asked) -> Found:
    """The lines of a subtitle file, in order of time."""
    text = read_text(path)
    try:
        parsed = pysubs2.SSAFile.from_string(text, fps=float(asked.rate) if asked.rate else None)
    except Exception as error:  # pysubs2 lets errors of all kinds through on files that are none
        raise ShotListError(f"{path} is no subtitle file that can be read: {error}") from error
    lines = []
    for event in parsed:
        words = " ".join(event.plaintext.split())
        if words and not event.is_comment and not event.is_drawing:
            lines.append((max(event.start, 0), max(event.end, event.start, 0), words, event.name))
    if not lines:
        raise ShotListError(f"{path} holds no line of text")
    lines.sort(key=lambda line: line[:2])
    track = Spans(
        "lines",
        np.array([line[0] for line in lines], dtype=np.int64),
        np.array([line[1] for line in lines], dtype=np.int64),
        [line[2] for line in lines],
        MILLISECONDS,
        {"speaker": [line[3] for line in lines]},
    )
    return Found({"lines": track}, duration=Fraction(max(line[1] for line in lines), 1000))
