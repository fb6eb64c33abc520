"""The same as composed_shots.py, of any footage: what the detector has not been fitted on.

    python benchmarks/composed_of.py FOLDER [--clean 12] [--harsh 8] [--looks 6] [--draws 1] [--cache FOLDER]
        [--alone] [--list]

FOLDER holds clips, labelled where they are more than one shot (`footage`). Decided by the weights in the package.
TransNetV2 beside it takes its time: not with --alone.
"""

from __future__ import annotations

import argparse
import sys
from itertools import product
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from compose_transitions import compose
from composed_shots import row, transnet
from fit_boundaries import found_in
from footage import clips_in, footage_of
from scoring import Score, score


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clean", type=int, default=12, help="compositions of footage as it is")
    parser.add_argument("--harsh", type=int, default=8, help="of footage that is shaken, flashed at, aged ...")
    parser.add_argument("--looks", type=int, default=6, help="in other looks (`compose_looks`)")
    parser.add_argument("--draws", type=int, default=1, help="so many times as many of each, drawn anew")
    parser.add_argument("--cache", type=Path, help="a folder for what TransNetV2 found")
    parser.add_argument("--alone", action="store_true", help="without TransNetV2")
    parser.add_argument("--list", action="store_true", help="name each miss and each false alarm of ours")
    args = parser.parse_args()
    footage = [shot for clip in clips_in(args.folder) for shot in footage_of(*clip)]
    if len(footage) < 2:
        sys.exit(f"{args.folder}: no two shots in it")
    print(f"{len(footage)} stretches of single shots\n")
    print("| detector | footage | boundaries | F1 at 1 | P | R | cuts F1 | gradual | its F1 | IoU |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name, kind, count in (("clean", 77, args.clean), ("harsh", 78, args.harsh), ("other looks", 79, args.looks)):
        ours: list[Score] = []
        theirs: list[Score] = []
        for draw, number in product(range(args.draws), range(count)):
            rng = np.random.default_rng([kind, number, draw] if draw else [kind, number])
            clean, looks = name == "clean", name == "other looks"
            one = compose(rng, footage, shots=16, gradual=0.42, clean=clean, looks=looks)
            truth = {"boundaries": one.boundaries}
            ours.append(score(truth, found_in(one.planes)))
            label = f"{name.replace(' ', '-')}.{f'{draw}.' if draw else ''}{number:02d}"
            for what in ("missed", "false") if args.list else ():
                for b in getattr(ours[-1], what):
                    print(f"{label}: {what} {b.kind} {b.first}-{b.last}", file=sys.stderr)
            found = None if args.alone else transnet(one, args.cache / f"{label}.json" if args.cache else None)
            theirs += [score(truth, found)] if found is not None else []
        if ours:
            print(row("rewatch", name, ours))
        if theirs:
            print(row("TransNetV2", name, theirs), flush=True)


if __name__ == "__main__":
    main()
