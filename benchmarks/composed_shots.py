"""Ours and TransNetV2 on transitions composed of single-shot footage of the labelled films.

    python benchmarks/composed_shots.py [--cache FOLDER] [--fitted] [--footage FOLDER] [--list] [--markdown FILE]

About 670 cuts and 370 gradual transitions of 2 to 75 frames in clean modern footage, 240 and 130 in footage that is
shaken, swept, flashed at, held and aged. Ours decides by weights fitted without the work that the footage is from and
without any composition of it (`--fitted`: by those in the package). TransNetV2 takes a quarter of an hour: with --cache
its predictions are kept.
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).parent))

from compose_transitions import Composition, Planes, compose, stretches
from films import FILMS
from fit_boundaries import calibrated, decided_by, found_in, gathered, planes_of, without
from reliability import judged
from reliability import table as reliability_table
from scoring import Score, score, together

PLAN = (
    ("agent327_480p.mp4", 30, True),
    ("cosmos_clip_sdr.mp4", 13, True),
    ("sintel_trailer.mp4", 13, True),
    ("agent327_480p.mp4", 8, False),
    ("cosmos_clip_sdr.mp4", 4, False),
    ("sintel_trailer.mp4", 4, False),
    ("nosferatu_clip.mp4", 4, False),
)
"""Footage of which film, how many compositions, whether clean."""


def rgb_of(planes: Planes) -> npt.NDArray[np.uint8]:
    """Small pictures as TransNetV2 takes them: (n, 27, 48, 3) RGB, BT.709."""
    luma, *chroma = planes
    out = np.empty((len(luma), 27, 48, 3), np.uint8)
    for n, y in enumerate(luma):
        cb, cr = (cv2.resize(p[n], y.shape[::-1]).astype(np.float32) - 128 for p in chroma)
        rgb = np.stack([y + 1.5748 * cr, y - 0.1873 * cb - 0.4681 * cr, y + 1.8556 * cb], axis=-1)
        out[n] = cv2.resize(np.clip(rgb, 0, 255).astype(np.float32), (48, 27), interpolation=cv2.INTER_AREA) + 0.5
    return out


def transnet(one: Composition, cached: Path | None) -> dict[str, Any] | None:
    """What TransNetV2 finds; None where it is not installed."""
    if cached is not None and cached.exists():
        found: dict[str, Any] = json.loads(cached.read_text())
        return found
    try:
        from shot_peers import predicted

        found = predicted(rgb_of(one.planes))
    except ImportError:
        return None
    if cached is not None:
        cached.parent.mkdir(parents=True, exist_ok=True)
        cached.write_text(json.dumps(found))
    return found


def row(name: str, footage: str, scores: list[Score]) -> str:
    s = together(scores)
    gradual = "-" if s.gradual_f1 is None else f"{s.gradual_f1:.3f}"
    return (
        f"| {name} | {footage} | {s.all.true} | {s.all.f1:.3f} | {s.all.precision:.3f} | {s.all.recall:.3f} | "
        f"{s.cuts.f1:.3f} | {s.gradual_hits}/{len(s.overlaps)} | {gradual} | {s.iou or 0:.2f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, help="a folder for what TransNetV2 found")
    parser.add_argument("--fitted", action="store_true", help="decide by the weights of the package")
    parser.add_argument("--footage", type=Path, help="fitted on a folder of folders of clips too, see `fit_boundaries`")
    parser.add_argument("--list", action="store_true", help="name each miss and each false alarm of ours")
    parser.add_argument("--markdown", type=Path, help="write the tables to this file too")
    args = parser.parse_args()
    docs = {d["film"]: d for d in (json.loads(p.read_text()) for p in sorted(FILMS.glob("*.shots.json")))}
    sources = {} if args.fitted else gathered(args.footage)[1]
    scores: dict[tuple[str, bool], dict[str, list[Score]]] = {}
    told: list[tuple[float, bool]] = []
    for film, count, clean in PLAN:
        footage = stretches(planes_of(FILMS / film), docs[film])
        stem = Path(film).stem
        with nullcontext() if args.fitted else decided_by(calibrated(without(sources, film))):
            for number in range(count):
                seed = [7 if clean else 8, number, len(stem)]
                one = compose(np.random.default_rng(seed), footage, shots=16, gradual=0.42, clean=clean)
                truth = {"boundaries": one.boundaries}
                name = f"{'clean' if clean else 'harsh'}.{stem}.{number:02d}"
                ours = found_in(one.planes)
                theirs = transnet(one, args.cache / f"{name}.json" if args.cache else None)
                told += judged(truth, {"boundaries": ours["boundaries"] + ours["doubtful"]})
                of_both = scores.setdefault((stem, clean), {"rewatch": [], "TransNetV2": []})
                of_both["rewatch"].append(score(truth, ours))
                if theirs is not None:
                    of_both["TransNetV2"].append(score(truth, theirs))
                if args.list:
                    for what in ("missed", "false"):
                        for b in getattr(of_both["rewatch"][-1], what):
                            print(f"{name}: {what} {b.kind} {b.first}-{b.last}")
    lines = ["| detector | footage | boundaries | F1 at 1 | P | R | cuts F1 | gradual | its F1 | IoU |"]
    lines.append("|---|---|---|---|---|---|---|---|---|---|")
    for clean in (True, False):
        for name in ("rewatch", "TransNetV2"):
            every: list[Score] = []
            for (stem, how), both in scores.items():
                if how == clean and both[name]:
                    lines.append(row(name, f"{'clean' if clean else 'harsh'}, {stem}", both[name]))
                    every += both[name]
            if every:
                lines.append(row(name, f"{'clean' if clean else 'harsh'}, together", every))
    text = "\n".join(lines) + f"\n\nHow sure rewatch says it is, and is:\n\n{reliability_table(told)}\n"
    print(text)
    if args.markdown:
        args.markdown.write_text(text)


if __name__ == "__main__":
    main()
