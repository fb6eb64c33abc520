"""What a glance costs and what it misses: against bare decoding, the full detector, and labels made by eye.

    python benchmarks/glance.py [FILE ...] [--markdown FILE]

Without files: the labelled films, and one of them at 720p. Of each film: bare decoding (PyAV, threads as it likes), the
full detector on every frame, and a glance (packets, keyframes, stretches, detector; no sound). Times are wall and CPU
seconds, both as ratios to the bare decode of the same film just before; on a machine with other work the CPU ratio is
the one to trust. F1 (tolerance 1) of both against the labels where there are any; "differs" counts the boundaries
that the glance has otherwise than the full detector, to the frame.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

# As the program does for itself, before NumPy is loaded: threads of BLAS cost more than they give here.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import av

sys.path.insert(0, str(Path(__file__).parent))

from films import FILMS, at_720p
from rewatch.film.pictures import read_pictures
from rewatch.film.probe import open_film
from rewatch.images.boundaries import Boundaries
from rewatch.images.boundaries_fades import Transition
from rewatch.track import Spans
from rewatch.watch.glance import Glance, NoGlance
from scoring import score

HEAD = ["film", "codec", "frames", "looked at", "wall", "CPU", "F1 glance", "F1 full", "boundaries", "differs"]


def timed(run: Any) -> tuple[Any, float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    found = run()
    return found, time.perf_counter() - wall, time.process_time() - cpu


def bare(path: Path) -> int:
    with av.open(str(path)) as source:
        source.streams.video[0].thread_type = "AUTO"
        return sum(1 for _ in source.decode(video=0))


def full(path: Path) -> list[Transition]:
    facts = open_film(path)
    analyser = Boundaries()
    with tempfile.TemporaryDirectory() as scratch:
        analyser.begin(facts, Path(scratch))
        for piece in read_pictures(facts):
            analyser.feed(piece)
        spans = analyser.finish({})["boundaries"]
    assert isinstance(spans, Spans)
    rows = zip(spans.label, spans.begin.tolist(), spans.end.tolist(), strict=True)
    return [Transition(kind, begin, end - 1, 1.0) for kind, begin, end in rows]  # type: ignore[arg-type]


def glanced(path: Path) -> Glance | None:
    with tempfile.TemporaryDirectory() as scratch:
        glance = Glance(open_film(path), Path(scratch), lambda piece: None)
        try:
            glance.look()
        except NoGlance:
            return None
        return glance


def doc(found: list[Transition]) -> dict[str, Any]:
    return {
        "boundaries": [
            {"kind": "cut", "frame": t.first} if t.kind == "cut" else {"kind": t.kind, "first": t.first, "last": t.last}
            for t in found
        ]
    }


def row(path: Path, labels: dict[str, Any] | None) -> list[str]:
    count, wall, cpu = timed(lambda: bare(path))
    glance, own_wall, own_cpu = timed(lambda: glanced(path))
    every = full(path)
    codec = open_film(path).picture.codec  # type: ignore[union-attr]
    if glance is None:
        return [path.name, codec, str(count), "in full", "-", "-", "-", "-", str(len(every)), "0"]
    found = glance.transitions()
    differs = {(t.kind, t.first, t.last) for t in found} ^ {(t.kind, t.first, t.last) for t in every}
    f1 = [f"{score(labels, doc(x), 1).all.f1:.3f}" if labels else "-" for x in (found, every)]
    return [
        path.name, codec, str(count), f"{glance.looked.mean():.0%}", f"{own_wall / wall:.2f}", f"{own_cpu / cpu:.2f}",
        *f1, str(len(every)), str(len(differs)),
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--markdown", type=Path, help="write the table to this file too")
    args = parser.parse_args()
    labelled = {FILMS / (d := json.loads(p.read_text()))["film"]: d for p in sorted(FILMS.glob("*.shots.json"))}
    films = args.files or [*labelled, at_720p(FILMS / "agent327_480p.mp4")]
    lines = ["| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)]
    print("\n".join(lines))
    for film in films:
        # A film at another size has the same frames.
        labels = labelled.get(film) or labelled.get(FILMS / f"{film.stem.removesuffix('_720p')}.mp4")
        lines.append("| " + " | ".join(row(film, labels)) + " |")
        print(lines[-1], flush=True)
    if args.markdown:
        args.markdown.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
