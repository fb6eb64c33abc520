"""Fit the weights of `rewatch.images.boundaries_judge`, and say how they do on films that they were not fitted on.

    python benchmarks/fit_boundaries.py [--write] [--compositions N]

Data: the labelled films (`benchmarks.films.FILMS`), and compositions of their single-shot footage
(`compose_transitions`). Leave-one-work-out is the figure that counts: weights fitted without a film (and others of the
same work) and without any composition of its footage, judged on that film. How sure the
detector is, is set on films left out as well: one factor on all weights of a decision, by which its probabilities fit
best there (temperature scaling, Guo et al. 2017); it moves no decision. `--write` fits on all and writes
``boundaries_weights.py``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize, minimize_scalar

sys.path.insert(0, str(Path(__file__).parent))

from compose_transitions import Planes, compose, stretches
from films import CACHE, FILMS
from reliability import judged, table
from rewatch.evidence import Pictures
from rewatch.film.pictures import read_pictures
from rewatch.film.probe import open_film
from rewatch.images import boundaries_ramps, boundaries_weights
from rewatch.images.boundaries import Boundaries
from rewatch.images.boundaries_judge import FLOOR, logistic, terms
from rewatch.track import Track
from scoring import Score, score, together
from shot_peers import doc_of, transitions_of

WEIGHTS = Path(boundaries_weights.__file__)
CUT_DECAY, RAMP_DECAY = 4.0, 40.0
REAL, COMPOSED = 10.0, 1.0
"""What an example of a real film weighs against one of a composition."""
LEAST_COMPOSED = 12
FRESH = 4
"""Compositions of each film that the fits without it are tried on, every other one clean."""


def planes_of(film: Path) -> Planes:
    """A film's small pictures, cached."""
    cached = CACHE / f"{film.stem}.planes.npz"
    if not cached.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        parts = [(p.luma, p.cb, p.cr) for p in read_pictures(open_film(film))]
        np.savez(cached, *(np.concatenate(plane) for plane in zip(*parts, strict=True)))
    with np.load(cached) as stored:
        return tuple(stored[k] for k in ("arr_0", "arr_1", "arr_2"))  # type: ignore[return-value]


def pieces(planes: Planes, length: int = 128) -> Iterator[Pictures]:
    luma, cb, cr = planes
    for first in range(0, len(luma), length):
        part = slice(first, first + length)
        n = len(luma[part])
        yield Pictures(
            first=first,
            pts=np.arange(first, first + n),
            time_base=Fraction(1, 24),
            duration=1,
            luma=luma[part],
            cb=cb[part],
            cr=cr[part],
            keyframe=np.zeros(n, bool),
            size=np.full(n, -1, np.int32),
            kind=np.full(n, ord("?"), np.uint8),
        )


@dataclass
class Examples:
    """Measures of candidates (n, k), and what each is: 1 a boundary, 0 none, -1 left out."""

    measures: list[Any] = field(default_factory=list)
    answer: list[int] = field(default_factory=list)

    def add(self, measures: Iterable[Any], answers: Iterable[int]) -> None:
        self.measures += list(measures)
        self.answer += list(answers)


@dataclass
class Source:
    """What one film gives: its own candidates and those of its compositions, for cuts and for ramps."""

    cuts: dict[bool, Examples]
    ramps: dict[bool, Examples]


def answer_cuts(frames: npt.NDArray[np.int64], labels: list[dict[str, Any]]) -> npt.NDArray[np.int64]:
    answer = np.zeros(len(frames), np.int64)
    for b in labels:
        if b["kind"] != "cut":
            answer[(frames >= b["first"] - 2) & (frames <= b["last"] + 2)] = -1
    for b in labels:
        if b["kind"] == "cut":
            answer[(np.abs(frames - b["frame"]) == 1) & (answer != 1)] = -1
            answer[frames == b["frame"]] = 1
    return answer


def share_of(a: int, b: int, c: int, d: int) -> float:
    """Intersection over union of a..b and c..d."""
    return max(0, min(b, d) - max(a, c) + 1) / (max(b, d) - min(a, c) + 1)


def answer_ramps(ramps: list[boundaries_ramps.Ramp], labels: list[dict[str, Any]]) -> list[int]:
    answers = []
    for r in ramps:
        answer, best = 0, 0.0
        for b in labels:
            if b["kind"] == "cut":
                if r.first <= b["frame"] <= r.last:
                    answer = min(answer, -1)
                continue
            parts = [(b["first"], b["last"])]
            if b["kind"] == "fade_through_black":
                black = b.get("black") or [(b["first"] + b["last"]) // 2] * 2
                parts += [(b["first"], black[0] - 1), (black[1] + 1, b["last"])]
            share = max(share_of(r.first, r.last, *p) for p in parts)
            if r.first <= b["last"] + 1 and r.last >= b["first"] - 1:
                answer = -1
            if b["kind"] not in ("ambiguous", "wipe"):
                best = max(best, share)
        answers.append(1 if best > 0.4 else answer)
    return answers


def watched(planes: Planes) -> tuple[Boundaries, Mapping[str, Track]]:
    watcher = Boundaries()
    watcher.begin(None, Path())  # type: ignore[arg-type]
    for piece in pieces(planes):
        watcher.feed(piece)
    return watcher, watcher.finish({})


def gather(film: Path, labels: dict[str, Any], number: int, compositions: float) -> Source:
    """All candidates of a film and of its compositions: one for each `1 / compositions` thousand frames of footage."""
    source = Source({True: Examples(), False: Examples()}, {True: Examples(), False: Examples()})
    planes = planes_of(film)
    footage = stretches(planes, labels)
    made = [(planes, labels["boundaries"], True)]
    count = max(LEAST_COMPOSED, round(compositions * sum(map(len, footage)) / 1000))
    for seed in range(count):
        one = compose(np.random.default_rng(1000 * number + seed), footage, shots=16, clean=seed % 4 == 3)
        made.append((one.planes, one.boundaries, False))
    for frames, truth, real in made:
        found, _ = watched(frames)
        for c in found.cut_candidates:
            source.cuts[real].add(c.features, answer_cuts(c.frame, truth))
        source.ramps[real].add((r.features for r in found.ramp_candidates), answer_ramps(found.ramp_candidates, truth))
    return source


@dataclass(frozen=True)
class Fit:
    centre: npt.NDArray[np.float64]
    scale: npt.NDArray[np.float64]
    weights: npt.NDArray[np.float64]
    bias: float
    pairs: bool

    def cooled(self, temperature: float) -> Fit:
        """The same decision, its probabilities nearer to a half by a factor in log odds."""
        return replace(self, weights=self.weights / temperature, bias=self.bias / temperature)

    def sure(self, measures: Any) -> npt.NDArray[np.float64]:
        return logistic(terms(measures, self.centre, self.scale, self.pairs) @ self.weights + self.bias)


def fit(parts: list[tuple[Examples, float]], pairs: bool, decay: float) -> Fit:
    """Logistic regression with a ridge of `decay` on the weights (not the bias)."""
    measures = np.concatenate([np.array(e.measures, np.float64) for e, _ in parts])
    answer = np.concatenate([np.array(e.answer) for e, _ in parts])
    weigh = np.concatenate([np.full(len(e.answer), w) for e, w in parts])
    known = answer >= 0
    measures, answer, weigh = measures[known], answer[known], weigh[known]
    level = np.log(np.maximum(measures, 0) + FLOOR)
    centre, scale = level.mean(axis=0), level.std(axis=0) + 1e-6
    x = terms(measures, centre, scale, pairs)
    # Terms of two are few times as large as those of one: the ridge is to mean the same for both.
    size = x.std(axis=0) + 1e-6
    x = x / size

    def loss(w: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        z = x @ w[:-1] + w[-1]
        p = logistic(z)
        error = weigh * (p - answer)
        value = (weigh * (np.logaddexp(0, z) - answer * z)).sum() + 0.5 * decay * (w[:-1] ** 2).sum()
        return float(value), np.append(x.T @ error + decay * w[:-1], error.sum())

    w = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 3000}).x
    return Fit(centre, scale, w[:-1] / size, float(w[-1]), pairs)


def work(film: str) -> str:
    """Files named alike hold the same work (a trailer, an excerpt): one is no test of weights fitted on another."""
    return film.split("_")[0]


def report(name: str, sources: dict[str, Source], which: str, pairs: bool, decay: float) -> None:
    total = np.zeros((2, 3), int)
    for left_out in sources:
        parts = []
        for film, source in sources.items():
            if work(film) != work(left_out):
                of = getattr(source, which)
                parts += [(of[True], REAL), (of[False], COMPOSED)]
        model = fit(parts, pairs, decay)
        of = getattr(sources[left_out], which)
        line = []
        for row, real in enumerate((True, False)):
            if not of[real].answer:
                continue
            answer, sure = np.array(of[real].answer), model.sure(of[real].measures)
            counts = [int(((sure > 0.5) & (answer == 1)).sum()), int(((sure > 0.5) & (answer == 0)).sum())]
            counts.append(int(((sure <= 0.5) & (answer == 1)).sum()))
            total[row] += counts
            line.append("hits {}, false {}, missed {}".format(*counts))
        print(f"  {name} without {left_out}: real {line[0]}; composed {line[-1]}")
    for row, kind in enumerate(("real", "composed")):
        h, f, m = total[row]
        print(f"  {name} {kind}: candidates' F1 {2 * h / (2 * h + f + m):.4f} ({h} hits, {f} false, {m} missed)")


def both(sources: Collection[Source]) -> tuple[Fit, Fit]:
    """The decisions on cuts and on ramps, fitted on these sources."""
    fits = []
    for which, pairs, decay in (("cuts", True, CUT_DECAY), ("ramps", True, RAMP_DECAY)):
        parts = []
        for source in sources:
            of = getattr(source, which)
            parts += [(of[True], REAL), (of[False], COMPOSED)]
        fits.append(fit(parts, pairs, decay))
    return fits[0], fits[1]


def calibrated(sources: dict[str, Source]) -> tuple[Fit, Fit]:
    """As `both`, with probabilities as they hold on works left out."""
    cut, ramp = both(list(sources.values()))
    by = [temperature(sources, *of) for of in (("cuts", True, CUT_DECAY), ("ramps", True, RAMP_DECAY))]
    print(f"  temperatures: cuts {by[0]:.2f}, ramps {by[1]:.2f}")
    return cut.cooled(by[0]), ramp.cooled(by[1])


@contextmanager
def decided_by(cut: Fit, ramp: Fit) -> Iterator[None]:
    """The analyser with these weights instead of its own."""
    names = [f"{kind}_{part}" for kind in ("CUT", "RAMP") for part in ("CENTRE", "SCALE", "WEIGHTS", "BIAS")]
    kept = {name: getattr(boundaries_weights, name) for name in names}
    try:
        for name in names:
            kind, part = name.split("_")
            setattr(boundaries_weights, name, getattr(cut if kind == "CUT" else ramp, part.lower()))
        yield
    finally:
        for name, value in kept.items():
            setattr(boundaries_weights, name, value)


def found_in(planes: Planes) -> dict[str, Any]:
    """What the analyser finds, in the format of the labels; what nearly counted under ``doubtful``."""
    given = watched(planes)[1]
    return {
        **doc_of(transitions_of(given["boundaries"])),
        "doubtful": doc_of(transitions_of(given["doubtful"]))["boundaries"],
    }


def temperature(sources: dict[str, Source], which: str, pairs: bool, decay: float) -> float:
    """By what the log odds of a decision are to be divided so that they fit films left out best."""
    odds, answers, weigh = [], [], []
    for left_out, source in sources.items():
        parts = []
        for film, other in sources.items():
            if work(film) != work(left_out):
                parts += [(getattr(other, which)[True], REAL), (getattr(other, which)[False], COMPOSED)]
        model = fit(parts, pairs, decay)
        for real, weight in ((True, REAL), (False, COMPOSED)):
            of = getattr(source, which)[real]
            known = np.array(of.answer) >= 0
            if known.any():
                x = terms(np.array(of.measures)[known], model.centre, model.scale, pairs)
                odds.append(x @ model.weights + model.bias)
                answers.append(np.array(of.answer)[known])
                weigh.append(np.full(int(known.sum()), weight))
    z, answer, share = (np.concatenate(part) for part in (odds, answers, weigh))

    def loss(log_t: float) -> float:
        cooled = z / np.exp(log_t)
        return float((share * (np.logaddexp(0, cooled) - answer * cooled)).sum())

    return float(np.exp(minimize_scalar(loss, bounds=(-0.5, 2.5), method="bounded").x))


def leave_one_out(sources: dict[str, Source], docs: dict[str, dict[str, Any]]) -> None:
    """Each film, and fresh compositions of its footage, by weights that were fitted without either."""
    real: dict[int, list[Score]] = {0: [], 1: [], 2: []}
    composed: dict[bool, list[Score]] = {True: [], False: []}
    told: list[tuple[float, bool]] = []
    for number, (film, doc) in enumerate(docs.items()):
        planes = planes_of(FILMS / film)
        others = {name: s for name, s in sources.items() if work(name) != work(film)}
        with decided_by(*calibrated(others)):
            found = found_in(planes)
            told += judged(doc, {"boundaries": found["boundaries"] + found["doubtful"]})
            for tolerance, scores in real.items():
                scores.append(score(doc, found, tolerance))
            footage = stretches(planes, doc)
            for seed in range(FRESH):
                clean = seed % 2 == 1
                one = compose(np.random.default_rng(10**6 + 1000 * number + seed), footage, shots=16, clean=clean)
                found, truth = found_in(one.planes), {"boundaries": one.boundaries}
                composed[clean].append(score(truth, found))
                told += judged(truth, {"boundaries": found["boundaries"] + found["doubtful"]})
        last = real[1][-1]
        wrong = ", ".join(f"{what} {b[:3]}" for what in ("missed", "false") for b in getattr(last, what))
        print(f"  {film}: {say(last)}; {wrong or 'nothing wrong'}")
    for tolerance, scores in real.items():
        print(f"  together, tolerance {tolerance}: {say(together(scores))}")
    for clean, scores in composed.items():
        print(f"  {'clean' if clean else 'harsh'} compositions, tolerance 1: {say(together(scores))}")
    print(table(told))


def say(s: Score) -> str:
    iou = "-" if s.iou is None else f"{s.iou:.3f}"
    return (
        f"F1 {s.all.f1:.4f} (P {s.all.precision:.3f} R {s.all.recall:.3f}), cuts {s.cuts.f1:.4f}, "
        f"gradual {s.gradual_hits}/{len(s.overlaps)} IoU {iou}"
    )


def written(cut: Fit, ramp: Fit) -> str:
    lines = [
        '"""Weights of `boundaries_judge`: written by ``benchmarks/fit_boundaries.py``, not by hand."""\n',
        "from __future__ import annotations\n",
    ]
    for name, model in (("CUT", cut), ("RAMP", ramp)):
        for part in ("centre", "scale", "weights"):
            numbers = "".join(f"    {v:.6g},\n" for v in getattr(model, part))
            lines.append(f"{name}_{part.upper()} = (\n{numbers})")
        lines.append(f"{name}_BIAS = {model.bias:.6g}")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the weights fitted on everything")
    parser.add_argument("--compositions", type=float, default=3.0, help="for each thousand frames of footage (3)")
    args = parser.parse_args()
    sources, docs = {}, {}
    for number, labels in enumerate(sorted(FILMS.glob("*.shots.json"))):
        doc = json.loads(labels.read_text())
        docs[doc["film"]] = doc
        sources[doc["film"]] = gather(FILMS / doc["film"], doc, number, args.compositions)
    report("cuts", sources, "cuts", True, CUT_DECAY)
    report("ramps", sources, "ramps", True, RAMP_DECAY)
    leave_one_out(sources, docs)
    if args.write:
        WEIGHTS.write_text(written(*calibrated(sources)))


if __name__ == "__main__":
    main()
