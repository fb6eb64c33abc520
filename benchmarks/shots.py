"""Shot boundaries, ours and its peers', against labels made by eye.

    python benchmarks/shots.py ~/my_films                     # all detectors, film by film and together
    python benchmarks/shots.py ~/BBC --only full glance --together
    python benchmarks/shots.py --only full --list             # which boundaries are missed, which are false

Peers are run where they are installed (`pip install -e '.[bench]'`), all with their defaults.

Columns: F1 of all boundaries at a tolerance of 0, 1 and 2 frames; at 1, of all boundaries precision and recall; F1 of
the cuts; how many of the gradual transitions were found, F1 and mean overlap (IoU) of those; CPU time over all threads
as a ratio to decoding the film and nothing else (TransNetV2: decoding, reducing to 48 x 27 and the network).

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
from typing import Any, TypeVar

import av.error

sys.path.insert(0, str(Path(__file__).parent))

from films import FILMS
from reliability import judged
from reliability import table as reliability_table
from scoring import Score, score, together
from shot_labels import __doc__ as layouts
from shot_labels import fitting, labelled
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


Found = TypeVar("Found")


def timed(run: Callable[[Path], Found], film: Path) -> tuple[Found, float]:
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


def named(parts: list[str]) -> list[str]:
    """The detectors whose names hold any of these parts; of a part that is in none the program ends."""
    for part in parts:
        if not any(part.lower() in name.lower() for name in DETECTORS):
            sys.exit(f"no detector is called {part}: there are {'; '.join(DETECTORS)}")
    return [name for name in DETECTORS if any(part.lower() in name.lower() for part in parts)]


def fitted(films: dict[Path, Doc], notes: list[str]) -> tuple[dict[Path, Doc], dict[Path, float]]:
    """The films that decode, with their labels, and CPU seconds that decoding alone takes."""
    kept, bare = {}, {}
    for film, doc in films.items():
        try:
            frames, bare[film] = timed(decode_only, film)
            kept[film] = fitting(doc, frames)
        except (av.error.FFmpegError, ValueError) as error:
            notes.append(f"{film.name}: left out ({error})")
    return kept, bare


def main() -> None:
    how = f"how FOLDER is laid out:\n\n{(layouts or '').partition('Contents')[0].partition(chr(10) * 2)[2].rstrip()}"
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=how, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "folder", nargs="?", type=Path, default=FILMS, help="films and labels [default: the tests' films]"
    )
    parser.add_argument("--list", action="store_true", help="name each miss and each false alarm (tolerance 1)")
    names = f"of {'; '.join(DETECTORS)}: a part of a name will do"
    parser.add_argument("--only", nargs="+", metavar="NAME", default=[""], help=names)
    parser.add_argument("--together", action="store_true", help="leave the rows of single films out")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table to this file too")
    args = parser.parse_args()
    try:
        films = labelled(args.folder)
    except ValueError as error:
        sys.exit(str(error))
    if not films:
        sys.exit(f"no labelled films in {args.folder}: see --help for how they are laid out")
    detectors = named(args.only)
    rows: list[list[str]] = []
    notes: list[str] = []
    told: list[tuple[float, bool]] = []
    films, bare = fitted(films, notes)
    if not films:
        sys.exit("\n".join(notes))
    for name in detectors:
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
