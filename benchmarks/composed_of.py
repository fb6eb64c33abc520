"""The same as composed_shots.py, of any footage: what the detector has not been fitted on.

    python benchmarks/composed_of.py FOLDER [--clean 12] [--harsh 8] [--cache FOLDER] [--alone] [--list]

FOLDER holds films; beside one of several shots lie its labels (FILM's name with .shots.json), any other is taken for a
single shot. Of a long shot two stretches are taken, far from each other. Decided by the weights in the package.
TransNetV2 beside it takes its time: not with --alone.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from rewatch.errors import FilmError
from rewatch.film.pictures import read_pictures
from rewatch.film.probe import open_film

sys.path.insert(0, str(Path(__file__).parent))

from compose_transitions import Planes, Stretch, compose, stretches
from composed_shots import row, transnet
from fit_boundaries import found_in
from scoring import Score, score

LONG = 300
"""Frames of a stretch at most."""


def footage_of(folder: Path) -> Iterator[Stretch]:
    for path in sorted(p for p in folder.iterdir() if p.is_file() and p.suffix not in (".json", ".txt", ".md")):
        try:
            parts = [(p.luma, p.cb, p.cr) for p in read_pictures(open_film(path))]
        except FilmError as error:
            print(f"left out: {error}", file=sys.stderr)
            continue
        planes: Planes = tuple(np.concatenate(plane) for plane in zip(*parts, strict=True))  # type: ignore[assignment]
        beside = path.with_suffix(".shots.json")
        labels = json.loads(beside.read_text()) if beside.exists() else {"boundaries": []}
        for shot in stretches(planes, labels):
            count = min(2, max(1, len(shot) // LONG))
            for begin in (0, len(shot) // 2)[:count]:
                yield Stretch(tuple(p[begin : begin + LONG] for p in shot.planes))  # type: ignore[arg-type]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clean", type=int, default=12, help="compositions of footage as it is")
    parser.add_argument("--harsh", type=int, default=8, help="of footage that is shaken, flashed at, aged ...")
    parser.add_argument("--cache", type=Path, help="a folder for what TransNetV2 found")
    parser.add_argument("--alone", action="store_true", help="without TransNetV2")
    parser.add_argument("--list", action="store_true", help="name each miss and each false alarm of ours")
    args = parser.parse_args()
    footage = list(footage_of(args.folder))
    if len(footage) < 2:
        sys.exit(f"{args.folder}: no two shots in it")
    print(f"{len(footage)} stretches of single shots\n")
    print("| detector | footage | boundaries | F1 at 1 | P | R | cuts F1 | gradual | its F1 | IoU |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name, count in (("clean", args.clean), ("harsh", args.harsh)):
        ours: list[Score] = []
        theirs: list[Score] = []
        for number in range(count):
            rng = np.random.default_rng([77 if name == "clean" else 78, number])
            one = compose(rng, footage, shots=16, gradual=0.42, clean=name == "clean")
            truth = {"boundaries": one.boundaries}
            ours.append(score(truth, found_in(one.planes)))
            for what in ("missed", "false") if args.list else ():
                for b in getattr(ours[-1], what):
                    print(f"{name} {number}: {what} {b.kind} {b.first}-{b.last}", file=sys.stderr)
            found = (
                None if args.alone else transnet(one, args.cache / f"{name}.{number:02d}.json" if args.cache else None)
            )
            theirs += [score(truth, found)] if found is not None else []
        print(row("rewatch", name, ours))
        if theirs:
            print(row("TransNetV2", name, theirs), flush=True)


if __name__ == "__main__":
    main()
