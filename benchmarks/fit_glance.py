"""Fit the decisions of a glance (`images/glance_weights.py`), and say how they do on works they have not seen.

    python benchmarks/fit_glance.py WORK=FILE[,FILE...] ... [--write]

Each WORK is one film in any number of transfers (other coders, other settings): what is held out is always a work, so
that no footage stands on both sides. Labels are what the full detector finds in the same file. Printed for each file,
with the weights fitted on the other works: boundaries hidden in groups that stay closed (cuts, gradual), keyframes
taken for what they are not, and the share of a full decode's cost that is opened.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

import rewatch.images.glance_judge as judge
from rewatch.film.order import order_of
from rewatch.film.packets import read_packets
from rewatch.film.pictures import read_pictures
from rewatch.film.probe import open_film
from rewatch.images import glance_weights
from rewatch.images.boundaries import Boundaries
from rewatch.images.glance_evidence import Coded, KeyPictures, compare_keys, measure_anchors, measure_keys
from rewatch.images.glance_weights import Model
from rewatch.track import Spans

Doubles = npt.NDArray[np.float64]
LOOSE, TIGHT = 1.0, 0.2
"""Inverse of the penalty on weights: keyframes and cuts; gradual transitions, of which there are few."""


@dataclass
class Example:
    name: str
    coded: Coded
    seen: KeyPictures
    pixels: int
    found: list[tuple[str, int, int]]

    def hidden(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """(k,) cuts and gradual transitions in each group that no keyframe shows."""
        keys = self.coded.keyframes
        cuts, ramps = np.zeros(len(keys), np.int64), np.zeros(len(keys), np.int64)
        for kind, first, last in self.found:
            if kind != "cut":
                ramps[np.searchsorted(keys, (first + last) // 2, side="right") - 1] += 1
            elif first not in keys:
                cuts[np.searchsorted(keys, first, side="right") - 1] += 1
        return cuts, ramps

    def at_key(self) -> npt.NDArray[np.bool_]:
        return np.isin(self.coded.keyframes[1:], [first for kind, first, _ in self.found if kind == "cut"])

    def within(self) -> npt.NDArray[np.bool_]:
        """(k - 1,) keyframes within or just behind a gradual transition."""
        ramps = [(a, b) for kind, a, b in self.found if kind != "cut"]
        return np.array([any(a <= k <= b + 1 for a, b in ramps) for k in self.coded.keyframes[1:].tolist()], bool)

    def marked(self, before: npt.NDArray[np.int64], at: npt.NDArray[np.int64], gradual: bool) -> npt.NDArray[np.bool_]:
        keys = set(self.coded.keyframes.tolist())
        spans = [(a, b) for kind, a, b in self.found if (kind != "cut") == gradual and (gradual or a not in keys)]
        result = np.zeros(len(at), bool)
        for first, last in spans:
            result |= np.maximum(before + 1, first) <= np.minimum(at, last)
        return result


def example(path: Path) -> Example:
    film = open_film(path)
    assert film.picture is not None
    order = order_of(film, read_packets(film)).thinned()
    keys = set(order.keyframes.tolist())
    analyser = Boundaries()
    kept: list[list[npt.NDArray[np.uint8]]] = [[], [], []]
    with TemporaryDirectory() as scratch:
        analyser.begin(film, Path(scratch))
        for piece in read_pictures(film):
            analyser.feed(piece)
            at = [n for n in range(len(piece)) if piece.first + n in keys]
            for into, plane in zip(kept, (piece.luma, piece.cb, piece.cr), strict=True):
                into.append(plane[at].copy())
        spans = analyser.finish({})["boundaries"]
    assert isinstance(spans, Spans)
    found = [(k, a, b - 1) for k, a, b in zip(spans.label, spans.begin.tolist(), spans.end.tolist(), strict=True)]
    seen = compare_keys(*(np.concatenate(planes) for planes in kept))
    coded = Coded(order.keyframes, order.size, order.anchor)
    return Example(path.name, coded, seen, film.picture.width * film.picture.height, found)


def fitted(x: Doubles, y: npt.NDArray[np.bool_], loose: float) -> Model:
    centre, scale = x.mean(axis=0), x.std(axis=0) + 1e-6
    z, target = np.clip((x - centre) / scale, -4, 4), y.astype(float)

    def loss(p: Doubles) -> tuple[float, Doubles]:
        u = z @ p[:-1] + p[-1]
        off = 1 / (1 + np.exp(-u)) - target
        value = (np.logaddexp(0, u) - target * u).sum() + (p[:-1] ** 2).sum() / (2 * loose)
        return float(value), np.append(z.T @ off + p[:-1] / loose, off.sum())

    p = minimize(loss, np.zeros(z.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    return Model(tuple(centre), tuple(scale), tuple(p[:-1]), float(p[-1]))


def fit(examples: list[Example]) -> tuple[Model, Model, Model]:
    measures = [measure_keys(e.coded, e.seen) for e in examples]
    keys = fitted(np.concatenate(measures), np.concatenate([e.at_key() for e in examples]), LOOSE)
    probable = [judge.probability(m, keys) for m in measures]
    anchors = [measure_anchors(e.coded, e.seen, p) for e, p in zip(examples, probable, strict=True)]
    marks = [[e.marked(a.before, a.at, g) for e, a in zip(examples, anchors, strict=True)] for g in (False, True)]
    cuts = fitted(np.concatenate([a.cuts for a in anchors]), np.concatenate(marks[0]), LOOSE)
    ramps = fitted(np.concatenate([a.ramps for a in anchors]), np.concatenate(marks[1]), TIGHT)
    return keys, cuts, ramps


def report(e: Example) -> str:
    """What a glance with the present weights leaves wrong in it, were all that it opens judged as in full."""
    ledger = judge.Ledger.of(e.coded, e.seen, e.pixels)
    (cuts, ramps), at_key, within, count = e.hidden(), e.at_key(), e.within(), len(ledger.cuts)
    while wanted := ledger.wanted(0, count):
        for group in wanted:
            known = group < count - 1 and not within[group]
            ledger.learn(group, int(cuts[group]), int(ramps[group]), bool(at_key[group]) if known else None)
    closed = ~ledger.opened
    wrong = ((ledger.at_key > 0.5) != at_key) & ~within & closed[:-1]
    cost = ledger.cost[ledger.opened].sum() / ledger.cost.sum()
    return (
        f"{e.name:32} {len(e.found):3} boundaries; lost {cuts[closed].sum()} cuts, {ramps[closed].sum()} gradual; "
        f"{wrong.sum()} keyframes wrong; opened {cost:.0%}"
    )


def use(models: tuple[Model, Model, Model]) -> None:
    glance_weights.KEYS, glance_weights.CUTS, glance_weights.RAMPS = models  # type: ignore[misc]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("works", nargs="+", metavar="WORK=FILE[,FILE...]")
    parser.add_argument("--write", action="store_true", help="write the weights fitted on all works")
    args = parser.parse_args()
    works = {name: [example(Path(f)) for f in files.split(",")] for name, files in (w.split("=") for w in args.works)}
    for name, examples in works.items() if len(works) > 1 else ():
        use(fit([e for other, those in works.items() if other != name for e in those]))
        for one in examples:
            print(report(one), flush=True)
    if args.write:
        path = Path(glance_weights.__file__)
        head = path.read_text().partition("\nKEYS = ")[0]
        models = dict(zip(("KEYS", "CUTS", "RAMPS"), fit([e for those in works.values() for e in those]), strict=True))
        for name, model in models.items():
            columns = ["(" + ", ".join(f"{x:.5g}" for x in part) + ")" for part in model[:3]]
            head += f"\n{name} = Model(\n    " + ",\n    ".join([*columns, f"{model.bias:.5g}"]) + ",\n)\n"
        path.write_text(head)


if __name__ == "__main__":
    main()
