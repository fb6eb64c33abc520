"""Films with labelled shot boundaries, in our own format and in the layouts of the public collections.

    ours                      FILM.mp4 (or .mkv, .mov ...), FILM.shots.json: {"boundaries": [
                              {"kind": "cut", "frame": 24}, {"kind": "dissolve", "first": 50, "last": 61}]}
    BBC Planet Earth          bbc_01.mp4, annotations/shots/01_From_Pole_to_Pole.txt (Baraldi 2015)
      as PySceneDetect has it videos/bbc_01.mp4, fixed/01-scenes.txt
    RAI                       1.mp4, labels/1_gt.txt (Baraldi 2015)
    ClipShots                 annotations/test.json, videos/test/*.mp4 or videos/*.mp4 (Tang 2018)
    AutoShot                  kuaishou_v2.txt, the films ID.mp4 in whatever folders beneath (Zhu 2023)
      as PySceneDetect has it videos/ID.mp4, annotations/ID.txt

Frames are numbered from 0 in all of them. Lists of BBC, RAI, and of AutoShot a film, have a line a shot, its first and
its last frame: what lies between two shots is a gradual transition. ClipShots and kuaishou_v2.txt have a pair for each
transition, the last frame of the old shot and the first of the new one; rows of the latter that are slips of the pen
(722,57) are left out. The frames of BBC's own annotations/shots are one short, and so are those of ClipShots where a
film decodes to one frame more than its label says (both after Souček and Lokoč 2020, who mend them in this way).

Contents
    labelled   the films of a folder, with their labels in our format
    fitting    labels of a film, given how many frames it decodes to
"""

from __future__ import annotations

import json
import re
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
            found[videos / name] = {**_of_changes(edges), "frame_num": int(told["frame_num"])}
    return found


def _of_changes(edges: list[tuple[int, int]]) -> Doc:
    """Labels out of the last frame of the old shot and the first of the new one, of each change."""
    starts, ends = [0, *(b for _, b in edges)], [*(a for a, _ in edges), -1]
    return _of_shots(list(zip(starts, ends, strict=True)))


def _autoshot(folder: Path) -> dict[Path, Doc]:
    there = {film.name: film for film in sorted(folder.rglob("*.mp4"))}
    edges: dict[str, list[tuple[int, int]]] = {}
    name = ""
    for line in (folder / "kuaishou_v2.txt").read_text().splitlines():
        if ".mp4" in line:
            name = line.split()[0]
            edges[name] = []
        elif row := re.fullmatch(r"\s*(\d+),+(\d+),?\s*", line):
            last, first = map(int, row.groups())
            if (edges[name][-1][1] if edges[name] else 0) <= last < first:
                edges[name].append((last, first))
    return {there[name]: _of_changes(found) for name, found in sorted(edges.items()) if name in there}


def fitting(doc: Doc, frames: int) -> Doc:
    """Labels, of ClipShots, of a film that decodes to so many frames. ValueError where they are of another film."""
    told = doc.get("frame_num", frames)
    if told == frames:
        return doc
    if told != frames - 1:
        raise ValueError(f"it has {frames} frames, and its labels are of one of {told}")
    moved = [{k: v + 1 if k in ("frame", "first", "last") else v for k, v in one.items()} for one in doc["boundaries"]]
    return {**doc, "boundaries": moved}


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
    if (folder / "kuaishou_v2.txt").exists():
        return _autoshot(folder)
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
