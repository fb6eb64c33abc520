"""Shot boundaries: where one shot becomes the next, by a cut or gradually, to the frame.

Two stages. Every frame is reduced to a coarse grid (`boundaries_grid`) and compared with the one before, nothing
moved. Only where that stands out are costlier questions asked, first with blocks free to move (`boundaries_cuts`,
`boundaries_ramps`, `boundaries_wipes`); how sure each is comes last (`boundaries_judge`).

Grids are kept for a few hundred frames: a block of frames is judged when the two blocks after it are there, so that
what is found depends on a frame's surroundings and never on the lengths of the pieces.

Contents
    Boundaries   analyser: tracks `boundaries`, `doubtful` and `black`
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from rewatch.analyser import Analyser, Gives, Watches
from rewatch.clock import FRAMES
from rewatch.evidence import Pictures
from rewatch.facts import FilmFacts
from rewatch.figure import Figure
from rewatch.images.boundaries_cuts import Candidates, Fine, find_candidates
from rewatch.images.boundaries_fades import FLAT, Light, Transition, black_spans, doubtful, settle
from rewatch.images.boundaries_grid import COLUMNS, ROWS, Grids, Reducer, steps
from rewatch.images.boundaries_judge import sure_of_cuts, sure_of_ramps
from rewatch.images.boundaries_light import PERSISTS, persistence
from rewatch.images.boundaries_ramps import Ramp, details, find_ramps, halved
from rewatch.images.boundaries_wipes import Wipe, find_wipes
from rewatch.rows import Rows
from rewatch.track import Spans, Track

BLOCK = 128
"""Frames judged at a time; what a frame may depend on is one block before it and two after."""
LEAST_SURE = 0.5
"""Probability from which on a boundary counts, where nothing else is asked for."""
DOUBTFUL = 0.1
"""Probability from which on what does not count is still told of."""
LONGEST_LIGHT = 24
"""Frames that lights take to go on or off; what takes longer may be part of a fade."""

Floats = npt.NDArray[np.float32]

FIGURES = (
    Figure(
        "boundaries",
        "Shot boundaries",
        "",
        "every frame as a coarse grid against the one before, nothing moved and with blocks free to move; what stands "
        "out is judged by logistic models of how it stands out: sure = the probability, which counts "
        "from the setting least_sure on. A span goes from the first mixed frame to the last; a cut is the first frame "
        "of the new shot",
        "rewatch; weights and their test on films left out: benchmarks/shots.md",
        ("boundaries",),
        "where one shot becomes the next, and how: cut, dissolve, fade, wipe",
        "a cut to the same picture; cuts hidden in darkness, in a whip pan or by effects; wipes that are not straight",
    ),
    Figure(
        "doubtful",
        "Boundaries in doubt",
        "",
        "what the same models give less than least_sure, but not next to nothing, away from what counted: sure = the "
        "probability that it is a boundary all the same",
        "rewatch",
        ("doubtful",),
        "what to look through by hand: rewatch shots FILM --review lists the nearest calls with their frames",
        "boundaries that the models do not suspect at all",
    ),
    Figure(
        "black",
        "Black",
        "",
        "stretches of frames no cell of whose grid is brighter than a grey black, and all of which are about as dark; "
        "the frames of fades that lead there are the fades'",
        "rewatch",
        ("black",),
        "act breaks, gaps, the film's own pauses",
        "whether black is meant: leaders and missing picture are black as well",
    ),
)


class Boundaries(Analyser[Pictures]):
    """Cuts, dissolves, fades and straight wipes with the probability of each; and where the picture is black."""

    name: ClassVar[str] = "boundaries"
    version: ClassVar[int] = 5
    watches: ClassVar[Watches] = "pictures"
    gives: ClassVar[tuple[Gives, ...]] = (
        Gives("boundaries", "spans", "where one shot becomes the next: first to last mixed frame", columns=("sure",)),
        Gives("doubtful", "spans", "what nearly counted as a boundary", columns=("sure",)),
        Gives("black", "spans", "stretches in which every frame is black"),
    )

    def __init__(self, least_sure: float = LEAST_SURE) -> None:
        """least_sure: probability from which on a boundary counts, 0 < least_sure < 1: higher is more precise"""
        self.least_sure = least_sure

    def settings(self) -> Mapping[str, Any]:
        return {"least_sure": self.least_sure}

    def begin(self, film: FilmFacts, scratch: Path) -> None:
        self._reducer = Reducer()
        self._waiting: list[tuple[npt.NDArray[np.uint8], ...]] = []
        self._waits = 0
        self._grids: list[Grids] = []
        self._luma: list[npt.NDArray[np.uint8]] = []
        self._step: list[Floats] = []
        self._small: list[Floats] = []
        self._detail: list[Floats] = []
        self.cut_candidates: list[Candidates] = []
        self._first = 0
        self._light = Rows(3, np.float32, scratch / "light")
        self.ramp_candidates: list[Ramp] = []
        self.wipes: list[Wipe] = []

    def feed(self, piece: Pictures) -> None:
        at = 0
        while at < len(piece):
            take = min(BLOCK - self._waits, len(piece) - at)
            part = slice(at, at + take)
            # Copies: a view would keep the whole piece alive.
            self._waiting.append((piece.luma[part].copy(), piece.cb[part].copy(), piece.cr[part].copy()))
            self._waits += take
            at += take
            if self._waits == BLOCK:
                self._reduce()
                self._judge(len(self._grids) - 2, len(self._grids) - 3)

    def _reduce(self) -> None:
        """The waiting frames become one block: their grids, their distances, their light."""
        luma, cb, cr = (np.concatenate(planes) for planes in zip(*self._waiting, strict=True))
        self._waiting, self._waits = [], 0
        grids = self._reducer(luma, cb, cr)
        before = self._grids[-1][-1] if self._grids else grids[0]
        self._step.append(steps(grids, before))
        cells = grids[:, 0].reshape(len(grids), ROWS * COLUMNS).astype(np.float32)
        self._light.add(np.stack([cells.mean(axis=1), cells.std(axis=1), cells.max(axis=1)], axis=1))
        self._grids.append(grids)
        self._small.append(halved(grids))
        self._detail.append(details(grids))
        self._luma.append(luma)

    def _fine(self, frames: npt.NDArray[np.int64]) -> Grids:
        """Frames of the window, reduced to fine grids: few are asked for."""
        if not len(frames):
            return np.zeros((0, 1, 2 * ROWS, 2 * COLUMNS), np.uint8)
        # Every block but the last is full.
        return self._reducer.fine(np.stack([self._luma[n // BLOCK][n % BLOCK] for n in frames.tolist()]))

    def _judge(self, for_cuts: int, for_ramps: int) -> None:
        """Judge one block of the window for cuts and one, already judged for cuts, for ramps; then drop the oldest."""
        if for_cuts >= 0:
            grids, step = np.concatenate(self._grids), np.concatenate(self._step)
            begin = for_cuts * BLOCK
            found = find_candidates(grids, self._fine, step, begin, begin + len(self._grids[for_cuts]))
            found = _without_lights(found, self._fine, self.least_sure)
            self.cut_candidates.append(Candidates(found.frame + self._first, found.features))
        if for_ramps >= 0:
            grids = np.concatenate(self._grids)
            near = self.cut_candidates[-6:]
            cuts = np.concatenate([c.frame[sure_of_cuts(c.features) >= self.least_sure] for c in near]) - self._first
            begin = for_ramps * BLOCK
            inside = cuts[(cuts > 0) & (cuts < len(grids))]
            small, end = np.concatenate(self._small), begin + len(self._grids[for_ramps])
            ramps = find_ramps(grids, small, np.concatenate(self._detail), inside, begin, end)
            for ramp in _lights_marked(ramps, self._fine, self.least_sure):
                self.ramp_candidates.append(replace(ramp, first=ramp.first + self._first, last=ramp.last + self._first))
            for wipe in find_wipes(grids, small, inside, begin, end):
                self.wipes.append(replace(wipe, first=wipe.first + self._first, last=wipe.last + self._first))
            if for_ramps > 0:
                self._first += len(self._grids[0])
                for held in (self._grids, self._luma, self._step, self._small, self._detail):
                    del held[0]

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        if self._waits:
            self._reduce()
            self._judge(len(self._grids) - 2, len(self._grids) - 3)
        # The last two blocks have no more to wait for.
        self._judge(len(self._grids) - 1, len(self._grids) - 2)
        self._judge(-1, len(self._grids) - 1)
        every = [
            Transition("cut", int(frame), int(frame), float(sure))
            for c in self.cut_candidates
            for frame, sure in zip(c.frame, sure_of_cuts(c.features), strict=True)
            if sure >= min(DOUBTFUL, self.least_sure)
        ]
        seen = Light(*self._light.array().T)
        black = black_spans(seen)
        sures = sure_of_ramps(self.ramp_candidates)
        ramps = [
            (r, float(s))
            for r, s in zip(self.ramp_candidates, sures, strict=True)
            if s >= min(DOUBTFUL, self.least_sure)
        ]
        sure_ramps = [(r, s) for r, s in ramps if s >= self.least_sure]
        cuts = [c for c in every if c.sure >= self.least_sure]
        wipes = [w for w in self.wipes if w.sure >= self.least_sure]
        # Fades that the light alone tells of come in with probabilities of their own.
        found = [t for t in settle(sure_ramps, cuts, wipes, seen, black) if t.sure >= self.least_sure]
        dissolves = [Transition("dissolve", r.first, r.last, s) for r, s in ramps]
        doubts = doubtful([t for t in every + dissolves if t.sure < self.least_sure], found)
        return {
            "boundaries": _spans("boundaries", found),
            "doubtful": _spans("doubtful", doubts),
            "black": Spans("black", begin=black[:, 0], end=black[:, 1], label=["black"] * len(black), clock=FRAMES),
        }


def _spans(name: str, found: list[Transition]) -> Spans:
    return Spans(
        name,
        begin=np.array([t.first for t in found], np.int64),
        end=np.array([t.last + 1 for t in found], np.int64),
        label=[t.kind for t in found],
        clock=FRAMES,
        columns={"sure": np.array([t.sure for t in found], np.float64)},
    )


def _without_lights(found: Candidates, fine: Fine, least_sure: float) -> Candidates:
    """Those after which the picture is not the same in another light; only those that would count are asked."""
    keep = np.ones(len(found.frame), bool)
    at = np.flatnonzero(sure_of_cuts(found.features) >= least_sure)
    if len(at):
        keep[at] = persistence(fine(found.frame[at] - 1), fine(found.frame[at])) < PERSISTS
    return Candidates(found.frame[keep], found.features[keep])


def _lights_marked(ramps: list[Ramp], fine: Fine, least_sure: float) -> list[Ramp]:
    """The ramps, those marked whose ends are one picture in another light. A fade's ends are one picture and next to
    none: not asked."""
    sure = sure_of_ramps(ramps)
    short = [r.last - r.first < LONGEST_LIGHT and min(r.ends) > FLAT for r in ramps]
    at = [n for n in range(len(ramps)) if sure[n] >= least_sure and short[n]]
    if not at:
        return ramps
    before = fine(np.array([ramps[n].first - 1 for n in at]))
    after = fine(np.array([ramps[n].last + 1 for n in at]))
    marked = list(ramps)
    for n, persists in zip(at, persistence(before, after).tolist(), strict=True):
        marked[n] = replace(ramps[n], light=persists >= PERSISTS)
    return marked
