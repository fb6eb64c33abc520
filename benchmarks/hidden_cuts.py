"""Something passes beside a cut, a flash, a shot fired, a damaged frame: is the cut still seen?

    python benchmarks/hidden_cuts.py [--markdown FILE]

Beside each labelled cut that has `CLEAR` frames to the next one, one to three frames are changed, on either side of it,
up to four frames off; each film `ROUNDS` times, by chance. On small pictures, as the detector sees them, by the weights
in the package. A cut counts as seen within a frame of where it is; one that what passes touches can be told no better
than to where that begins or ends. Of what is found elsewhere all counts as false.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).parent))

from films import FILMS
from fit_boundaries import found_in, planes_of
from scoring import boundaries_of

Plane = npt.NDArray[np.uint8]
CLEAR, ROUNDS, LONGEST, FARTHEST = 12, 4, 3, 4


def flash(y: Plane, u: Plane, v: Plane, rng: np.random.Generator) -> None:
    y[:] = np.clip(y * 0.2 + rng.uniform(150, 205), 0, 255)


def shot_fired(y: Plane, u: Plane, v: Plane, rng: np.random.Generator) -> None:
    y[:] = np.clip(y * rng.uniform(1.5, 2.5) + rng.uniform(20, 60), 0, 255)


def damage(y: Plane, u: Plane, v: Plane, rng: np.random.Generator) -> None:
    from_row = int(rng.uniform(0.2, 0.7) * len(u))
    y[2 * from_row :], u[from_row:], v[from_row:] = 150, 44, 21


def black(y: Plane, u: Plane, v: Plane, rng: np.random.Generator) -> None:
    y[:] = y * 0.05


KINDS: tuple[Callable[[Plane, Plane, Plane, np.random.Generator], None], ...] = (flash, shot_fired, damage, black)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--markdown", type=Path, help="write the table to this file too")
    args = parser.parse_args()
    rng = np.random.default_rng(1)
    seen: Counter[str] = Counter()
    every: Counter[str] = Counter()
    false = 0
    for labels in sorted(FILMS.glob("*.shots.json")):
        doc = json.loads(labels.read_text())
        truth, planes = boundaries_of(doc), planes_of(FILMS / doc["film"])
        cuts = [t.first for t in truth if t.kind == "cut"]
        clear = [c for c in cuts if all(abs(c - other) > CLEAR for other in cuts if other != c)]
        plain = boundaries_of(found_in(planes))
        for _ in range(ROUNDS):
            changed = tuple(plane.copy() for plane in planes)
            put: dict[int, tuple[str, int, int]] = {}
            for cut in clear:
                kind, length = KINDS[rng.integers(len(KINDS))], int(rng.integers(1, LONGEST + 1))
                away, behind = int(rng.integers(1, FARTHEST + 1)), bool(rng.integers(2))
                at = cut + away - 1 if behind else cut - away - length + 1
                if at < 1 or at + length > len(planes[0]) - 2:
                    continue
                for n in range(at, at + length):
                    kind(*(plane[n] for plane in changed), rng)
                put[cut] = (kind.__name__, away, length)
            found = boundaries_of(found_in(changed))
            for cut, (kind_name, away, length) in put.items():
                hit = any(f.kind == "cut" and abs(f.first - cut) <= 1 for f in found)
                for name in (kind_name, f"touches the cut, {length}" if away == 1 else "off the cut", "together"):
                    every[name] += 1
                    seen[name] += hit
            known = [*truth, *plain]
            false += sum(all(abs(f.first - t.first) > LONGEST and not f.near(t, LONGEST) for t in known) for f in found)
    lines = ["| what passes | cuts | seen | share |", "|---|---|---|---|"]
    rows = [kind.__name__ for kind in KINDS] + sorted(n for n in every if "cut" in n) + ["together"]
    lines += [
        f"| {name.replace('_', ' ')} | {every[name]} | {seen[name]} | {seen[name] / every[name]:.2f} |" for name in rows
    ]
    text = "\n".join(lines) + f"\n\nFalse, more than {LONGEST} frames from anything: {false}\n"
    print(text)
    if args.markdown:
        args.markdown.write_text(text)


if __name__ == "__main__":
    main()
