"""Shots of a few frames between shots of a second: how many of their cuts are seen?

    python benchmarks/brief_shots.py

Stretches of the labelled films' shots, drawn by chance, each film by itself; so a shot may come beside itself, where
there is nothing to be seen: what shots of twelve frames have is about what can be had. Weights of the package.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from compose_transitions import stretches
from films import FILMS
from fit_boundaries import found_in, planes_of
from scoring import boundaries_of

LENGTHS = (1, 2, 3, 4, 5, 6, 8, 12)
LONG, SHOTS, ROUNDS = 24, 16, 4


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    rng = np.random.default_rng(3)
    print("| film | " + " | ".join(map(str, LENGTHS)) + " | false |\n|---" + "|---" * (len(LENGTHS) + 1) + "|")
    for labels in sorted(FILMS.glob("*.shots.json")):
        doc = json.loads(labels.read_text())
        footage = [s for s in stretches(planes_of(FILMS / doc["film"]), doc) if len(s) >= LONG]
        shares, false = [], 0
        for brief in LENGTHS:
            seen = every = 0
            for _ in range(ROUNDS):
                parts = []
                for number in range(SHOTS):
                    length = brief if number % 2 else LONG
                    shot = footage[rng.integers(len(footage))]
                    begin = int(rng.integers(len(shot) - length + 1))
                    parts.append(tuple(plane[begin : begin + length] for plane in shot.planes))
                cuts = np.cumsum([len(part[0]) for part in parts])[:-1]
                planes = tuple(np.concatenate(plane) for plane in zip(*parts, strict=True))
                found = [b.first for b in boundaries_of(found_in(planes)) if b.kind == "cut"]  # type: ignore[arg-type]
                # Of two cuts side by side each must be where it is.
                near = 0 if brief < 3 else 1
                seen += sum(any(abs(f - cut) <= near for f in found) for cut in cuts)
                every += len(cuts)
                false += sum(all(abs(f - cut) > 1 for cut in cuts) for f in found)
            shares.append(f"{seen / every:.2f}")
        print(f"| {Path(doc['film']).stem} | " + " | ".join(shares) + f" | {false} |", flush=True)


if __name__ == "__main__":
    main()
