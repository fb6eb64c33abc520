"""Footage to compose films of: folders of clips, most of them one shot each.

Beside a clip of several shots lie its labels (its name with .shots.json); any other is taken for a single shot.

Contents
    clips_in     the small pictures of each clip of a folder, with its labels
    footage_of   single shots out of them
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from compose_transitions import Planes, Stretch, stretches
from rewatch.errors import FilmError
from rewatch.film.pictures import read_pictures
from rewatch.film.probe import open_film

LONG = 300
"""Frames of a stretch at most."""


def clips_in(folder: Path) -> Iterator[tuple[Planes, dict[str, Any]]]:
    for path in sorted(p for p in folder.iterdir() if p.is_file() and p.suffix not in (".json", ".txt", ".md")):
        try:
            parts = [(p.luma, p.cb, p.cr) for p in read_pictures(open_film(path))]
        except FilmError as error:
            print(f"left out: {error}", file=sys.stderr)
            continue
        planes: Planes = tuple(np.concatenate(plane) for plane in zip(*parts, strict=True))  # type: ignore[assignment]
        beside = path.with_suffix(".shots.json")
        yield planes, json.loads(beside.read_text()) if beside.exists() else {"boundaries": []}


def footage_of(planes: Planes, labels: dict[str, Any]) -> Iterator[Stretch]:
    """The single shots of a clip; of a long one two stretches, far from each other."""
    for shot in stretches(planes, labels):
        count = min(2, max(1, len(shot) // LONG))
        for begin in (0, len(shot) // 2)[:count]:
            yield Stretch(tuple(p[begin : begin + LONG] for p in shot.planes))  # type: ignore[arg-type]
