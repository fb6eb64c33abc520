"""Films with labelled shot boundaries, in our own format and in the layouts of the public collections.

    ours                      FILM.shots.json beside the films
    BBC Planet Earth          videos/bbc_01.mp4, fixed/01-*.txt; or bbc_01.mp4, annotations/shots/01*.txt (Baraldi 2015)
    RAI                       1.mp4, labels/1_gt.txt (Baraldi 2015)
    ClipShots                 annotations/test.json, videos/test/*.mp4 or videos/*.mp4 (Tang 2018)
    AutoShot                  videos/ID.mp4, annotations/ID.txt (Zhu 2023)

The lists of BBC, RAI and AutoShot have a line a shot, its first and its last frame; what lies between two shots is a
gradual transition. The frames of BBC's own ``annotations/shots`` are one short (Souček and Lokoč 2020).

Contents
    labelled   the films of a folder, with their labels in our format
"""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

Doc = dict[str, Any]
_FILMS = (".mp4", ".mkv", ".mpg", ".webm", ".mov", ".avi")


def _of_shots(shots: list[tuple[int, int]]) -> Doc:
    """Labels out of first and last frame of each shot."""
    found: list[Doc] = []
    for (_, last), (first, _) in pairwise(shots):
        if first - last <= 1:
            found.append({"kind": "cut", "frame": first})
        else:
            found.append({"kind": "dissolve", "first": last + 1, "last": first - 1})
    return {"boundaries": found}


def _rows(path: Path, shift: int = 0) -> list[tuple[int, int]]:
    lines = [line.replace(",", " ").split() for line in path.read_text().splitlines()]
    rows = [
        (int(line[0]), int(line[1])) for line in lines if len(line) >= 2 and line[0].isdigit() and line[1].isdigit()
    ]
    return [(a + (shift if n else 0), b + shift) for n, (a, b) in enumerate(rows)]


def _films(folder: Path) -> list[Path]:
    return sorted(p for p in folder.glob("*") if p.suffix.lower() in _FILMS)


def _clipshots(folder: Path) -> dict[Path, Doc]:
    labels = json.loads((folder / "annotations" / "test.json").read_text())
    videos = folder / "videos" / "test" if (folder / "videos" / "test").is_dir() else folder / "videos"
    found = {}
    for name, told in sorted(labels.items()):
        if (videos / name).exists():
            edges = [(int(a), int(b)) for a, b in told["transitions"]]
            starts, ends = [0, *(b for _, b in edges)], [*(a for a, _ in edges), int(told["frame_num"]) - 1]
            found[videos / name] = _of_shots(list(zip(starts, ends, strict=True)))
    return found


def _ours(path: Path) -> tuple[Path, Doc]:
    """A film and its labels, in our own format."""
    try:
        doc: Doc = json.loads(path.read_text())
        for one in doc["boundaries"]:
            if not {"frame"} <= one.keys() and not {"first", "last"} <= one.keys():
                raise KeyError(one["kind"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        told = '{"boundaries": [{"kind": "cut", "frame": 24}, {"kind": "dissolve", "first": 50, "last": 61}]}'
        raise ValueError(f"{path}: these are no labels such as {told} ({type(error).__name__}: {error})") from None
    stem = path.name.removesuffix(".shots.json")
    named = [doc["film"]] if "film" in doc else [f"{stem}{suffix}" for suffix in _FILMS]
    there = [path.parent / name for name in named if (path.parent / name).is_file()]
    if not there:
        raise ValueError(f"{path}: of its film ({' or '.join(named)}) there is nothing beside it")
    return there[0], doc


def labelled(folder: Path) -> dict[Path, Doc]:
    """Films with their labels, in order; empty where the folder is laid out in none of these ways.

    ValueError for labels that cannot be read, or that are of no film that is there.

    >>> labelled(Path("/nowhere"))
    {}
    """
    ours = sorted(folder.glob("*.shots.json"))
    if ours:
        return dict(map(_ours, ours))
    if (folder / "annotations" / "test.json").exists():
        return _clipshots(folder)
    found: dict[Path, Doc] = {}
    videos = folder / "videos" if (folder / "videos").is_dir() else folder
    for film in _films(videos):
        number = film.stem.removeprefix("bbc_")
        for lists, pattern, shift in (
            (folder / "fixed", f"{number}-*.txt", 0),
            (folder / "annotations" / "shots", f"{number}*.txt", 1),
            (folder / "labels", f"{number}_gt.txt", 0),
            (folder / "annotations", f"{number}.txt", 0),
        ):
            for path in sorted(lists.glob(pattern)):
                found.setdefault(film, _of_shots(_rows(path, shift)))
    return found
