"""Fit the weights of `rewatch.images.boundaries_judge`, and say how they do on films that they were not fitted on.

    python benchmarks/fit_boundaries.py [--footage FOLDER] [--only DECISION ...] [--write] [--compositions N]

Data: the labelled films (`benchmarks.films.FILMS`), other footage (each folder in FOLDER is one work: clips, labelled
where they are more than one shot, see `footage`), and compositions of the single shots in them: as they are, made harsh
(`compose_transitions`), in other looks and transfers (`compose_looks`). Leave-one-work-out is the figure that counts:
weights fitted without a film (and others of the same work) and without any composition of its footage, judged on that
film. The decision on changes rests on what is thought of ramps by themselves: it is fitted on what is thought of a
work's ramps without that work (stacking, Wolpert 1992). How sure the detector is, is set on works left out as well: one
divisor of all weights of a decision, by which its probabilities fit best there (temperature scaling, Guo et al. 2017);
so few works may make it less sure than it is, never surer. `--write` fits on all and writes ``boundaries_weights.py``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize, minimize_scalar

sys.path.insert(0, str(Path(__file__).parent))

from compose_transitions import Planes, Stretch, compose, stretches
from films import CACHE, FILMS
from footage import clips_in, footage_of
from reliability import judged, table
from rewatch.evidence import Pictures
from rewatch.film.pictures import read_pictures
from rewatch.film.probe import open_film
from rewatch.images import boundaries_ramps, boundaries_weights, boundaries_wipes
from rewatch.images.boundaries import DOUBTFUL, Boundaries
from rewatch.images.boundaries_judge import FLOOR, change_measures, logistic, terms
from rewatch.track import Track
from scoring import Score, score, together
from shot_peers import doc_of, transitions_of

WEIGHTS = Path(boundaries_weights.__file__)
DECISIONS = {
    "cuts": ("CUT", 4.0, True),
    "cuts_again": ("AGAIN", 6.0, True),
    "ramps": ("RAMP", 40.0, True),
    "changes": ("CHANGE", 100.0, True),
    "wipes": ("WIPE", 4.0, False),
}
"""What is decided: what its weights are called, the ridge on them, and whether measures are taken two by two too."""
WEIGH = {
    "real": 20.0,
    "clip": 2.0,
    "composed": 1.0,
    "disturbed": 0.7,
    "other looks": 0.5,
    "disturbed looks": 0.2,
}
"""What an example weighs: of a real film, of a clip as it is, of a composition, of a single shot in which something
happens; of both in looks that no film of these has."""
LEAST_COMPOSED = 12
DISTURBED = 8
"""Single shots in which something happens, for each composition."""
FRESH = 4
"""Compositions of each film that the fits without it are tried on, every other one clean; and half as many more in
other looks (`compose_looks`)."""


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
    """Measures of candidates (n, k), what each is: 1 a boundary, 0 none, -1 left out; and where from: keys of WEIGH."""

    measures: list[Any] = field(default_factory=list)
    answer: list[int] = field(default_factory=list)
    origin: list[str] = field(default_factory=list)

    def add(self, measures: Iterable[Any], answers: Iterable[int], origin: str) -> None:
        self.measures += list(measures)
        self.answer += list(answers)
        self.origin += [origin] * (len(self.answer) - len(self.origin))

    def part(self, which: npt.NDArray[np.bool_]) -> Examples:
        rows = np.flatnonzero(which).tolist()
        answer, origin = [self.answer[n] for n in rows], [self.origin[n] for n in rows]
        return Examples([self.measures[n] for n in rows], answer, origin)


@dataclass
class Source:
    """What one film gives, for each decision."""

    cuts: Examples = field(default_factory=Examples)
    cuts_again: Examples = field(default_factory=Examples)
    ramps: Examples = field(default_factory=Examples)
    changes: Examples = field(default_factory=Examples)
    wipes: Examples = field(default_factory=Examples)

    def examples(self, which: str) -> Examples:
        of: Examples = getattr(self, which)
        return of


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
    """1 a gradual transition, 0 none, -1 left out."""
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


def answer_wipe(wipe: boundaries_wipes.Wipe, labels: list[dict[str, Any]]) -> int:
    """1 a wipe, 0 none, -1 left out: another transition."""
    answer = 0
    for b in labels:
        first, last = (b["frame"], b["frame"]) if b["kind"] == "cut" else (b["first"], b["last"])
        if wipe.first <= last + 1 and wipe.last >= first - 1:
            if b["kind"] == "wipe" and share_of(wipe.first, wipe.last, first, last) > 0.4:
                return 1
            answer = -1
    return answer


class _AsksAlways(Boundaries):
    asks_from = 0.0
    cuts_asked = 0.0, 1.0


def watched(planes: Planes, of: type[Boundaries] = Boundaries) -> tuple[Boundaries, Mapping[str, Track]]:
    watcher = of()
    with TemporaryDirectory() as scratch:
        watcher.begin(None, Path(scratch))  # type: ignore[arg-type]
        for piece in pieces(planes):
            watcher.feed(piece)
        return watcher, watcher.finish({})


def gather(film: Path, labels: dict[str, Any], number: int, compositions: float) -> Source:
    """All candidates of a film, and of what is composed of its footage (`add_composed`)."""
    source = Source()
    planes = planes_of(film)
    _add(source, planes, labels["boundaries"], "real")
    add_composed(source, stretches(planes, labels), number, compositions)
    return source


def gather_footage(folder: Path, number: int, compositions: float) -> tuple[Source, list[Stretch]]:
    """The same of a folder of clips; with their single shots."""
    source, footage = Source(), []
    for planes, labels in clips_in(folder):
        _add(source, planes, labels["boundaries"], "clip")
        footage += footage_of(planes, labels)
    add_composed(source, footage, number, compositions)
    return source, footage


def gathered(
    footage: Path | None, compositions: float = 10.0
) -> tuple[dict[str, dict[str, Any]], dict[str, Source], dict[str, list[Stretch]]]:
    """Of the labelled films, and of each folder in a folder of footage: labels (of films alone), what it gives, and
    its single shots."""
    docs: dict[str, dict[str, Any]] = {}
    sources: dict[str, Source] = {}
    shots: dict[str, list[Stretch]] = {}
    for number, labels in enumerate(sorted(FILMS.glob("*.shots.json"))):
        doc = json.loads(labels.read_text())
        docs[doc["film"]] = doc
        sources[doc["film"]] = gather(FILMS / doc["film"], doc, number, compositions)
        shots[doc["film"]] = stretches(planes_of(FILMS / doc["film"]), doc)
    for number, folder in enumerate(sorted(footage.iterdir()) if footage else (), len(docs)):
        sources[folder.name], shots[folder.name] = gather_footage(folder, number, compositions)
    return docs, sources, shots


def add_composed(source: Source, footage: list[Stretch], number: int, compositions: float) -> None:
    """All candidates of compositions, and of single shots in which something happens.

    number: of the work, for the seeds
    compositions: for each thousand frames of footage
    """
    count = max(LEAST_COMPOSED, round(compositions * sum(map(len, footage)) / 1000))
    for seed in range(count):
        one = compose(np.random.default_rng(1000 * number + seed), footage, shots=16, gradual=0.45, clean=seed % 4 == 3)
        _add(source, one.planes, one.boundaries, "composed")
    for seed in range(DISTURBED * count):
        one = compose(np.random.default_rng([2, number, seed]), footage, shots=1, disturbed=1.0)
        _add(source, one.planes, one.boundaries, "disturbed")
    for seed in range(count):
        rng = np.random.default_rng([3, number, seed])
        one = compose(rng, footage, shots=16, gradual=0.3, clean=seed % 3 == 2, looks=True)
        _add(source, one.planes, one.boundaries, "other looks")
    for seed in range(DISTURBED * count // 2):
        one = compose(np.random.default_rng([4, number, seed]), footage, shots=1, disturbed=1.0, looks=True)
        _add(source, one.planes, one.boundaries, "disturbed looks")


def _add(source: Source, planes: Planes, truth: list[dict[str, Any]], origin: str) -> None:
    found, _ = watched(planes, _AsksAlways)
    for c in found.cut_candidates:
        answers = answer_cuts(c.frame, truth).tolist()
        source.cuts.add(c.features, answers, origin)
        source.cuts_again.add(np.concatenate([c.features, c.again], axis=1), answers, origin)
    wipes = found.wipes
    answers = [answer_wipe(w, truth) for w in wipes]
    source.wipes.add(((*w.features, *(w.returns or ())) for w in wipes), answers, origin)
    answers = answer_ramps(found.ramp_candidates, truth)
    # What happens in a single shot can't be told from a transition by a ramp by itself.
    if not origin.startswith("disturbed"):
        source.ramps.add((r.features for r in found.ramp_candidates), answers, origin)
    # Fades are decided by themselves: in a part of one, the picture is still there.
    fades = answer_ramps(found.ramp_candidates, [b for b in truth if b["kind"].startswith("fade")])
    rows = zip(found.ramp_candidates, answers, fades, strict=True)
    asked = [(r, answer if not fade else -1) for r, answer, fade in rows if r.returns is not None]
    source.changes.add(((*r.features, *(r.returns or ())) for r, _ in asked), (a for _, a in asked), origin)


@dataclass(frozen=True)
class Fit:
    centre: npt.NDArray[np.float64]
    scale: npt.NDArray[np.float64]
    weights: npt.NDArray[np.float64]
    bias: float
    pairs: bool
    by_itself: Fit | None = None

    def cooled(self, temperature: float) -> Fit:
        """The same decision, its probabilities nearer to a half by a factor in log odds."""
        return replace(self, weights=self.weights / temperature, bias=self.bias / temperature)

    def sure(self, measures: Any) -> npt.NDArray[np.float64]:
        return logistic(terms(measures, self.centre, self.scale, self.pairs) @ self.weights + self.bias)


def fit(parts: Iterable[Examples], decay: float, pairs: bool) -> Fit:
    """Logistic regression with a ridge of `decay` on the weights (not the bias)."""
    parts = [e for e in parts if e.answer]
    measures = np.concatenate([np.array(e.measures, np.float64) for e in parts])
    answer = np.concatenate([np.array(e.answer) for e in parts])
    weigh = np.array([WEIGH[origin] for e in parts for origin in e.origin])
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


def without(sources: dict[str, Source], film: str) -> dict[str, Source]:
    """Those of other works."""
    return {name: s for name, s in sources.items() if work(name) != work(film)}


def report(sources: dict[str, Source], which: str) -> None:
    total = dict.fromkeys(WEIGH, np.zeros(3, int))
    for left_out, source in sources.items():
        model = decision(without(sources, left_out), which)
        of = seen_by(model, source.examples(which))
        line = []
        for origin in WEIGH:
            part = of.part(np.array([o == origin for o in of.origin], bool))
            if part.answer:
                answer, sure = np.array(part.answer), model.sure(part.measures) > 0.5
                counts = [(sure & (answer == 1)).sum(), (sure & (answer == 0)).sum(), (~sure & (answer == 1)).sum()]
                total[origin] = total[origin] + counts
                line.append("{}: hits {}, false {}, missed {}".format(origin, *counts))
        print(f"  {which} without {left_out}: {'; '.join(line)}")
    for origin, (h, f, m) in total.items():
        print(
            f"  {which}, {origin}: candidates' F1 {2 * h / max(1, 2 * h + f + m):.4f} ({h} hits, {f} false, {m} missed)"
        )


def decision(sources: Mapping[str, Source], which: str, by_itself: Fit | None = None) -> Fit:
    """Fit one decision; that on changes rests on what is thought of ramps by themselves, by a fit on other works."""
    _, decay, pairs = DECISIONS[which]
    if which == "changes":
        ramps = by_itself or decision(sources, "ramps")
        parts = []
        for film, source in sources.items():
            others = without(sources, film)
            parts.append(stacked(source.changes, decision(others, "ramps") if others else ramps))
        return replace(fit(parts, decay, pairs), by_itself=ramps)
    return fit([source.examples(which) for source in sources.values()], decay, pairs)


def stacked(of: Examples, ramps: Fit) -> Examples:
    """Examples as the decision on changes sees them: of ramps that are asked at all, or nearly."""
    if not of.answer:
        return of
    features, returns = np.split(np.array(of.measures), [len(boundaries_ramps.FEATURES)], axis=1)
    sure = ramps.sure(features)
    made = Examples(list(change_measures(sure, features, returns)), of.answer, of.origin)
    return made.part(sure > DOUBTFUL / 5)


def seen_by(model: Fit, of: Examples) -> Examples:
    return stacked(of, model.by_itself) if model.by_itself else of


def calibrated(sources: dict[str, Source], decisions: Iterable[str] = DECISIONS) -> dict[str, Fit]:
    """Decisions, fitted on these sources, with probabilities as they hold on works left out."""
    fits: dict[str, Fit] = {}
    for which in decisions:
        by = temperature(sources, which)
        print(f"  temperature of {which}: {by:.2f}")
        fits[which] = decision(sources, which, fits.get("ramps")).cooled(by)
    return fits


@contextmanager
def decided_by(fits: Mapping[str, Fit]) -> Iterator[None]:
    """The analyser with these weights instead of its own."""
    new = {
        f"{DECISIONS[which][0]}_{part}": getattr(model, part.lower())
        for which, model in fits.items()
        for part in ("CENTRE", "SCALE", "WEIGHTS", "BIAS")
    }
    kept = {name: getattr(boundaries_weights, name) for name in new}
    try:
        for name, value in new.items():
            setattr(boundaries_weights, name, value)
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


def temperature(sources: dict[str, Source], which: str) -> float:
    """By what the log odds of a decision are to be divided so that they fit films left out best; 1 at least."""
    odds, answers, weigh = [], [], []
    for left_out, source in sources.items():
        model = decision(without(sources, left_out), which)
        of = seen_by(model, source.examples(which))
        known = np.array(of.answer) >= 0
        if known.any():
            x = terms(np.array(of.measures)[known], model.centre, model.scale, model.pairs)
            odds.append(x @ model.weights + model.bias)
            answers.append(np.array(of.answer)[known])
            weigh.append(np.array([WEIGH[origin] for origin in of.origin])[known])
    z, answer, share = (np.concatenate(part) for part in (odds, answers, weigh))

    def loss(log_t: float) -> float:
        cooled = z / np.exp(log_t)
        return float((share * (np.logaddexp(0, cooled) - answer * cooled)).sum())

    return float(np.exp(minimize_scalar(loss, bounds=(0, 2.5), method="bounded").x))


def leave_one_out(
    sources: dict[str, Source],
    docs: dict[str, dict[str, Any]],
    shots: Mapping[str, list[Stretch]],
    decisions: Iterable[str] = DECISIONS,
) -> None:
    """Each film, and fresh compositions of its footage (`shots`), by weights that were fitted without either; and
    compositions of other works, none of whose footage they were fitted on."""
    real: dict[int, list[Score]] = {0: [], 1: [], 2: []}
    composed: dict[tuple[str, str], list[Score]] = {}
    told: list[tuple[float, bool]] = []
    for number, (name, footage) in enumerate(shots.items()):
        with decided_by(calibrated(without(sources, name), decisions)):
            if name in docs:
                doc = docs[name]
                found = found_in(planes_of(FILMS / name))
                told += judged(doc, {"boundaries": found["boundaries"] + found["doubtful"]})
                for tolerance, scores in real.items():
                    scores.append(score(doc, found, tolerance))
                last = real[1][-1]
                wrong = ", ".join(f"{what} {b[:3]}" for what in ("missed", "false") for b in getattr(last, what))
                print(f"  {name}: {say(last)}; {wrong or 'nothing wrong'}")
            for how in ("clean", "harsh", "other looks"):
                scores = composed.setdefault((how, "films" if name in docs else "clips"), [])
                for seed in range(int(how == "clean"), FRESH, 2):
                    rng = np.random.default_rng(10**6 + 1000 * number + seed)
                    one = compose(rng, footage, shots=16, clean=how == "clean", looks=how == "other looks")
                    found, truth = found_in(one.planes), {"boundaries": one.boundaries}
                    scores.append(score(truth, found))
                    told += judged(truth, {"boundaries": found["boundaries"] + found["doubtful"]})
    for tolerance, scores in real.items():
        print(f"  together, tolerance {tolerance}: {say(together(scores))}")
    for (how, of), scores in composed.items():
        print(f"  {how} compositions of {of}, tolerance 1: {say(together(scores))}")
    print(table(told))


def say(s: Score) -> str:
    iou = "-" if s.iou is None else f"{s.iou:.3f}"
    return (
        f"F1 {s.all.f1:.4f} (P {s.all.precision:.3f} R {s.all.recall:.3f}), cuts {s.cuts.f1:.4f}, "
        f"gradual {s.gradual_hits}/{len(s.overlaps)} IoU {iou}"
    )


def as_it_is(which: str) -> Fit:
    """A decision by the weights in the package."""
    parts = (getattr(boundaries_weights, f"{DECISIONS[which][0]}_{part}") for part in ("CENTRE", "SCALE", "WEIGHTS"))
    return Fit(*map(np.array, parts), getattr(boundaries_weights, f"{DECISIONS[which][0]}_BIAS"), DECISIONS[which][2])


def written(fits: Mapping[str, Fit]) -> str:
    lines = [
        '"""Weights of `boundaries_judge`: written by ``benchmarks/fit_boundaries.py``, not by hand."""\n',
        "from __future__ import annotations\n",
    ]
    for which, model in fits.items():
        name = DECISIONS[which][0]
        for part in ("centre", "scale", "weights"):
            numbers = "".join(f"    {v:.6g},\n" for v in getattr(model, part))
            lines.append(f"{name}_{part.upper()} = (\n{numbers})")
        lines.append(f"{name}_BIAS = {model.bias:.6g}")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the weights fitted on everything")
    parser.add_argument("--compositions", type=float, default=10.0, help="for each thousand frames of footage (10)")
    parser.add_argument("--footage", type=Path, help="a folder of folders of clips: more works")
    parser.add_argument("--only", nargs="+", choices=DECISIONS, default=list(DECISIONS), help="fit these alone")
    args = parser.parse_args()
    docs, sources, shots = gathered(args.footage, args.compositions)
    for which in args.only:
        report(sources, which)
    leave_one_out(sources, docs, shots, args.only)
    if args.write:
        fitted = calibrated(sources, args.only)
        WEIGHTS.write_text(written({which: fitted.get(which) or as_it_is(which) for which in DECISIONS}))


if __name__ == "__main__":
    main()
