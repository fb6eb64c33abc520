"""Scenes as rewatch divides a film, beside those that people drew, and beside two ways that know nothing.

Run: python benchmarks/scenes.py [LIBRARY]      (films: $REWATCH_FILMS, lists: $REWATCH_REFERENCE, else ../shared)

Forrest Gump: shots, dialogue and music of the studyforrest annotation (no picture, no sound), against its scenes.csv;
its scenes and locations are kept from the analyser. The films of ../shared/films: against scenes drawn by eye for this
benchmark (`LABELS`), by place and continuous time.

    boundary F, 3 s      a boundary is found if one is named within 3 s of it; each counts once
    boundary F, 1 shot   the same, in shots: at the same change of shot or the one before or after
    boundary F, exact    at the same change of shot
    equal                the film divided into equal parts, as many as we name scenes
    colour               the highest peaks of novelty (Foote's checkerboard) of colour and palette alone, as many, each
                         moved to the nearest change of shot

Prints Markdown; benchmarks/scenes.md holds a run.
"""

from __future__ import annotations

import csv
import os
import platform
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from films import CACHE, FILMS
from rewatch.imports.film import read_film
from rewatch.library.library import Library
from rewatch.structure.evenly import RATE, length_of
from rewatch.structure.novelty import novelty_of, peaks
from rewatch.structure.portrait import NEEDS, portrait
from rewatch.structure.scene_cues import Shots, cues
from rewatch.structure.scenes import Scenes, mean_for
from rewatch.track import Track
from rewatch.watch.run import watch

REFERENCE = Path(os.environ.get("REWATCH_REFERENCE", Path(__file__).parents[2] / "shared" / "reference"))

LABELS: Mapping[str, tuple[int, ...]] = {
    # street | barber's shop | cellar | credits
    "agent327_480p": (555, 3837, 4914),
    # snow | card | hut | fight in the snow | card | streets and ruins | flight | desert | titles
    "sintel_trailer": (209, 296, 398, 406, 456, 623, 840, 978),
    # writing in the castle | at the gate
    "nosferatu_clip": (551,),
    # one hillside, one talk
    "cosmos_clip_sdr": (),
}
"""First frames of scenes after the first, drawn once by eye on one picture a shot, before any scenes were computed.
A trailer has no scenes in the strict sense: its cards and places were taken for such."""


def matched(found: Sequence[float], true: Sequence[float], tolerance: float) -> int:
    """How many pair off, in order, each once."""
    a, b = sorted(found), sorted(true)
    i = j = pairs = 0
    while i < len(a) and j < len(b):
        if abs(a[i] - b[j]) <= tolerance:
            pairs, i, j = pairs + 1, i + 1, j + 1
        elif a[i] < b[j]:
            i += 1
        else:
            j += 1
    return pairs


def measure(found: Sequence[float], true: Sequence[float], tolerance: float) -> str:
    """F (precision / recall)."""
    if not true:
        return f"– ({len(found)} named)"
    pairs = matched(found, true, tolerance)
    precision, recall = pairs / max(1, len(found)), pairs / len(true)
    return f"{2 * pairs / (len(found) + len(true)):.3f} ({precision:.2f} / {recall:.2f})"


def auc(values: np.ndarray, true: np.ndarray) -> float:
    """Area under the ROC curve; ties count half."""
    yes, no = values[true], values[~true]
    return float(np.mean([(np.sum(v > no) + np.sum(v == no) / 2) / len(no) for v in yes]))


def rows(name: str, tracks: Mapping[str, Track], begins: Sequence[float]) -> tuple[list[str], list[str], float]:
    """Lines of the two tables, and CPU seconds of the analyser; begins: true scenes after the first, seconds."""
    given = {n: tracks[n] for n in NEEDS if n in tracks}
    start = time.process_time()
    scenes = Scenes().finish(given)["scenes"]
    spent = time.process_time() - start
    shots, length = Shots.of(given), length_of(given)
    changes = shots.begin[1:]

    def change_of(second: float) -> int:
        return int(np.argmin(np.abs(changes - second)))

    true = sorted({change_of(second) for second in begins})
    seconds = [float(changes[i]) for i in true]
    ways: dict[str, list[float]] = {"rewatch": [float(changes[k - 2]) for k in scenes.columns["first_shot"][1:]]}
    count = len(ways["rewatch"])
    ways["equal"] = [length * (k + 1) / (count + 1) for k in range(count)]
    groups = portrait(given, length)
    coloured = {n: g for n, g in groups.items() if n in ("colour", "palette")}
    if coloured:
        curve = novelty_of(coloured, length)[:, 0]
        highest = peaks(curve, RATE, len(curve), 0.0)
        highest = highest[np.argsort(-curve[highest], kind="stable")][:count]
        ways["colour"] = sorted({float(changes[change_of(p / RATE)]) for p in highest})
    table = []
    for way, named in ways.items():
        at = [float(i) for i in sorted({change_of(second) for second in named})]
        table.append(
            f"| {name} | {len(shots)} | {len(true)} | {way} | {len(named)} | {measure(named, seconds, 3.0)} "
            f"| {measure(at, true, 1)} | {measure(at, true, 0)} |"
        )
    said = []
    if true:
        is_true = np.isin(np.arange(len(changes)), true)
        weighed = cues(given, groups, shots, mean_for(length))
        weighed["all together"] = np.sum(list(weighed.values()), axis=0)
        said.append(f"| {name} | " + ", ".join(f"{cue} {auc(v, is_true):.2f}" for cue, v in weighed.items()) + " |")
    return table, said, spent


def main() -> int:
    library = Library(Path(sys.argv[1]) if len(sys.argv) > 1 else CACHE / "scenes-library")
    table, said, spent = [], [], 0.0
    folder = REFERENCE / "forrest-gump"
    if folder.is_dir():
        tracks = dict(read_film(folder, "csv", title="Forrest Gump").tracks)
        with (folder / "scenes.csv").open(encoding="utf-8", newline="") as file:
            begins = [float(row["start"]) for row in csv.DictReader(file)]
        for name in ("scenes", "locations"):
            tracks.pop(name, None)
        found = rows("Forrest Gump (list)", tracks, begins)
        table, said, spent = table + found[0], said + found[1], spent + found[2]
    for stem, frames in LABELS.items():
        film = FILMS / f"{stem}.mp4"
        if not film.exists():
            continue
        edition = watch(film, library).edition
        times = edition.times
        assert times is not None
        found = rows(stem, edition.tracks, times.seconds(np.array(frames, dtype=np.int64)).tolist())
        table, said, spent = table + found[0], said + found[1], spent + found[2]
    if not table:
        print("Neither films nor lists are where they were looked for.", file=sys.stderr)
        return 1
    print("# Scenes\n")
    print(f"Machine: {platform.machine()}, Python {platform.python_version()}. All together {spent:.2f} CPU seconds.\n")
    print("F (precision / recall) of the boundaries, the film's beginning not counted.\n")
    print("| film | shots | true | by | named | 3 s | 1 shot | exact |")
    print("|---|--:|--:|---|--:|--:|--:|--:|")
    print("\n".join(table))
    print("\n## What each cue knows alone\n")
    print("Area under the ROC curve over the changes of shot: 0.5 is chance. Films with few scenes say little.\n")
    print("| film | cues |")
    print("|---|---|")
    print("\n".join(said))
    return 0


if __name__ == "__main__":
    sys.exit(main())
