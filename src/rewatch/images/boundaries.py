"""Shot boundaries: where one shot becomes the next, by a cut or gradually, to the frame.

Two stages. Every frame is reduced to a coarse grid (`boundaries_grid`) and compared with the one before, nothing
moved. Only where that stands out are costlier questions asked, first with blocks free to move (`boundaries_cuts`,
`boundaries_ramps`, `boundaries_wipes`), then, where doubt is left, what of the picture is kept or comes back
(`boundaries_kept`, `boundaries_returns`); how sure each is comes last (`boundaries_judge`).

Grids are kept for a few hundred frames: a block of frames is judged when the two blocks after it are there, so that
what is found depends on a frame's surroundings and never on the lengths of the pieces. Bars and borders around it are
left out (`boundaries_bars`), alike of all frames that are kept: where the bars change, all are reduced anew.

Contents
    Boundaries   analyser: tracks `boundaries`, `doubtful` and `black`
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from rewatch.analyser import Analyser, Gives, Watches
from rewatch.clock import FRAMES
from rewatch.evidence import Pictures
from rewatch.facts import FilmFacts
from rewatch.figure import Figure
from rewatch.images.boundaries_bars import (
    NO_BARS,
    Bars,
    Told,
    bars_of,
    both,
    changed_part,
    goes_beyond,
    narrowest,
    still_of,
)
from rewatch.images.boundaries_cuts import Candidates, Fine, ask_again, find_candidates, joined, without_lights
from rewatch.images.boundaries_dips import Dip, find_dips
from rewatch.images.boundaries_fades import Light, Likely, Transition, black_spans, doubtful, settle
from rewatch.images.boundaries_grid import COLUMNS, ROWS, WITHOUT_CORNERS, Grids, Reducer, steps
from rewatch.images.boundaries_judge import sure_of_changes, sure_of_cuts, sure_of_ramps, sure_of_wipes
from rewatch.images.boundaries_ramps import Ramp, details, find_ramps, halved
from rewatch.images.boundaries_returns import ALIKE, returned
from rewatch.images.boundaries_wipes import Wipe, find_wipes
from rewatch.rows import Rows
from rewatch.track import Spans, Track

BLOCK = 128
"""Frames judged at a time; what a frame may depend on is one block before it and two after."""
LEAST_SURE = 0.5
"""Probability from which on a boundary counts, where nothing else is asked for."""
DOUBTFUL = 0.1
"""Probability from which on what does not count is still told of."""
INSET = 6
"""Lines around a part of the frame, on one side at least, from which on a change in that part alone is judged anew."""
EDGES: tuple[Bars, ...] = (INSET, 0, 0, 0), (0, INSET, 0, 0), (0, 0, INSET, 0), (0, 0, 0, INSET)
NEAR = 8
"""Frames on either side of a change that tell of the part in which it is."""

Floats = npt.NDArray[np.float32]
Planes = tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.uint8]]

FIGURES = (
    Figure(
        "boundaries",
        "Shot boundaries",
        "",
        "every frame, without bars around it, as a coarse grid against the one before, nothing moved and with "
        "blocks free to move; what stands "
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
        "stretches of frames no cell of whose grid is brighter than a grey black, and all of which are about as dark, "
        "but for what stands in a corner as it is; "
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
    version: ClassVar[int] = 17
    watches: ClassVar[Watches] = "pictures"
    gives: ClassVar[tuple[Gives, ...]] = (
        Gives("boundaries", "spans", "where one shot becomes the next: first to last mixed frame", columns=("sure",)),
        Gives("doubtful", "spans", "what nearly counted as a boundary", columns=("sure",)),
        Gives("black", "spans", "stretches in which every frame is black"),
    )

    asks_from: ClassVar[float] = DOUBTFUL
    """Probability from which on a ramp is asked what of the picture comes back."""
    cuts_asked: ClassVar[tuple[float, float]] = 0.02, 0.8
    """Between these probabilities a cut is asked what of the picture is kept; above, only whether it is a light."""

    def __init__(self, least_sure: float = LEAST_SURE, lacks: int = 0) -> None:
        """least_sure: probability from which on a boundary counts, 0 < least_sure < 1: higher is more precise
        lacks: frames, under BLOCK, that the first block is short of: a run out of a film goes by the film's blocks
        """
        self.least_sure = least_sure
        self._lacks = lacks

    def settings(self) -> Mapping[str, Any]:
        return {"least_sure": self.least_sure}

    def begin(self, film: FilmFacts, scratch: Path) -> None:
        self._reducer = Reducer()
        self._waiting: list[tuple[npt.NDArray[np.uint8], ...]] = []
        self._waits = 0
        self._planes: list[Planes] = []
        self._told: list[Told] = []
        self._still: list[Told] = []
        self._bars: Bars = NO_BARS
        self._insets: list[list[Bars]] = []
        self._grids: list[Grids] = []
        self._step: list[Floats] = []
        self._small: list[Floats] = []
        self._detail: list[Floats] = []
        self.cut_candidates: list[Candidates] = []
        self._cuts: list[npt.NDArray[np.int64]] = []
        self._first = 0
        self._light = Rows(4, np.float32, scratch / "light")
        self.ramp_candidates: list[Ramp] = []
        self.wipes: list[Wipe] = []
        self.dips: list[Dip] = []

    def feed(self, piece: Pictures) -> None:
        at = 0
        while at < len(piece):
            room = BLOCK - (0 if self._planes else self._lacks)
            take = min(room - self._waits, len(piece) - at)
            part = slice(at, at + take)
            # Copies: a view would keep the whole piece alive.
            self._waiting.append((piece.luma[part].copy(), piece.cb[part].copy(), piece.cr[part].copy()))
            self._waits += take
            at += take
            if self._waits == room:
                self._reduce()
                self._judge(len(self._grids) - 2, len(self._grids) - 3)

    def _reduce(self) -> None:
        """The waiting frames become one block of the window: their grids and what is measured of each by itself."""
        luma, cb, cr = (np.concatenate(planes) for planes in zip(*self._waiting, strict=True))
        self._waiting, self._waits = [], 0
        self._planes.append((luma, cb, cr))
        self._told.append(bars_of(luma, self._told[-1] if self._told else None))
        self._still.append(still_of(luma, self._still[-1] if self._still else None))
        bars = narrowest(both(*pair) for pair in zip(self._told, self._still, strict=True))
        if bars != self._bars:
            self._bars = bars
            for held in (self._grids, self._step, self._small, self._detail):
                held.clear()
        for planes in self._planes[len(self._grids) :]:
            grids = self._reducer(*planes, bars=self._bars)
            self._step.append(steps(grids, self._grids[-1][-1] if self._grids else grids[0]))
            self._grids.append(grids)
            self._small.append(halved(grids))
            self._detail.append(details(grids))

    def _luma(self, frames: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
        """Frames of the window as they came, at least one."""
        # Every block but the last is full, and the first one of a run.
        first = self._planes[0][0]
        lacks = BLOCK - len(first) if len(self._planes) > 1 else 0
        within = [(n + lacks, lacks if n < len(first) else 0) for n in frames.tolist()]
        return np.stack([self._planes[n // BLOCK][0][n % BLOCK - short] for n, short in within])

    def _fine(self, frames: npt.NDArray[np.int64], bars: Bars | None = None) -> Grids:
        """Frames of the window, reduced to fine grids: few are asked for.

        bars: around them; None: those of the window
        """
        if not len(frames):
            return np.zeros((0, 1, 2 * ROWS, 2 * COLUMNS), np.uint8)
        return self._reducer.fine(self._luma(frames), self._bars if bars is None else bars)

    def _asked(self, found: Candidates, bars: Bars | None = None) -> Candidates:
        """Candidates for cuts with what more is asked of some of them."""
        fine = partial(self._fine, bars=bars)
        sure = sure_of_cuts(found)
        found = ask_again(found, fine, (sure >= self.cuts_asked[0]) & (sure <= self.cuts_asked[1]))
        return without_lights(found, fine, sure > self.cuts_asked[1])

    def _with_insets(self, found: Candidates) -> Candidates:
        """Candidates that do not count, but change a part of the frame from edge to edge, judged by that part.

        So a cut is seen within a page on which a film is shown for a while only. The part is told by the frames around
        a candidate, or known from others and from blocks near by, or it ends at straight lines itself.
        """
        within: dict[Bars, list[int]] = {}
        here: list[Bars] = []
        known = [narrowest([told]) for told in (*self._still, *self._told)] + [b for held in self._insets for b in held]
        count = sum(len(luma) for luma, _, _ in self._planes)
        for at in np.flatnonzero(sure_of_cuts(found) < self.least_sure).tolist():
            before, after = self._luma(found.around[at, 1:3])
            if all(goes_beyond(before, after, edge) for edge in EDGES):
                continue
            frame = int(found.frame[at])
            near = np.arange(max(0, frame - NEAR), min(count, frame + NEAR))
            told = narrowest([still_of(self._luma(near), every=1)])
            here += [told] if max(told) >= INSET else []
            for bars in dict.fromkeys([told, *reversed(here), *known, changed_part(before, after)]):
                if max(bars) >= INSET and bars != self._bars and not goes_beyond(before, after, bars):
                    within.setdefault(bars, []).append(frame)
                    break
        self._insets.append(here)
        for bars, frames in within.items():
            grids = np.concatenate([self._reducer(*planes, bars=bars) for planes in self._planes])
            step, fine = steps(grids, None), partial(self._fine, bars=bars)
            for frame in frames:
                anew = self._asked(find_candidates(grids, fine, step, frame, frame + 1), bars)
                if (sure_of_cuts(anew) >= self.least_sure).any():
                    found = joined(found, np.array([frame]), anew)
        return found

    def _judge(self, for_cuts: int, for_ramps: int) -> None:
        """Judge one block of the window for cuts and one, already judged for cuts, for ramps; then drop the oldest."""
        if for_cuts >= 0:
            grids, step = np.concatenate(self._grids), np.concatenate(self._step)
            begin = sum(len(held) for held in self._grids[:for_cuts])
            found = self._asked(find_candidates(grids, self._fine, step, begin, begin + len(self._grids[for_cuts])))
            found = self._with_insets(found)
            self.cut_candidates.append(replace(found, frame=found.frame + self._first))
            self._cuts.append(self.cut_candidates[-1].frame[sure_of_cuts(found) >= self.least_sure])
            del self._cuts[:-6]
        if for_ramps >= 0:
            grids = np.concatenate(self._grids)
            cuts = np.concatenate(self._cuts) - self._first
            begin = sum(len(held) for held in self._grids[:for_ramps])
            inside = cuts[(cuts > 0) & (cuts < len(grids))]
            small, end = np.concatenate(self._small), begin + len(self._grids[for_ramps])
            ramps = find_ramps(grids, small, np.concatenate(self._detail), inside, begin, end)
            for ramp in _asked_again(ramps, grids, self._fine, min(self.asks_from, self.least_sure)):
                self.ramp_candidates.append(replace(ramp, first=ramp.first + self._first, last=ramp.last + self._first))
            wipes = find_wipes(grids, small, inside, begin, end)
            sides = np.array([(w.first - 1, w.last + 1) for w in wipes], np.int64).reshape(-1, 2)
            for wipe, back in zip(wipes, returned(grids, self._fine, sides).tolist(), strict=True):
                self.wipes.append(
                    replace(wipe, first=wipe.first + self._first, last=wipe.last + self._first, returns=tuple(back))
                )
            for dip in find_dips(grids, small, self._fine, inside, begin, end):
                self.dips.append(replace(dip, first=dip.first + self._first, last=dip.last + self._first))
            cells = self._grids[for_ramps][:, 0].reshape(-1, ROWS * COLUMNS).astype(np.float32)
            middle, corners = cells[:, WITHOUT_CORNERS], cells[:, ~WITHOUT_CORNERS]
            measured = (middle.mean(axis=1), middle.std(axis=1), middle.max(axis=1), corners.max(axis=1))
            self._light.add(np.stack(measured, axis=1))
            if for_ramps > 0:
                self._first += len(self._grids[0])
                del self._insets[:-1]
                for held in (self._planes, self._told, self._still, self._grids, self._step, self._small, self._detail):
                    del held[0]

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        if self._waits:
            self._reduce()
            self._judge(len(self._grids) - 2, len(self._grids) - 3)
        # The last two blocks have no more to wait for.
        self._judge(len(self._grids) - 1, len(self._grids) - 2)
        self._judge(-1, len(self._grids) - 1)
        least = min(DOUBTFUL, self.least_sure)
        flashes = [d for d in self.dips if d.back and not d.black]
        every = [
            Transition("cut", int(frame), int(frame), float(sure))
            for c in self.cut_candidates
            for frame, sure in zip(c.frame, sure_of_cuts(c), strict=True)
            if sure >= least and not any(f.holds(int(frame), int(frame)) for f in flashes)
        ]
        # What passes at the edge of a block may move a cut into the block before.
        every.sort(key=lambda cut: cut.first)
        seen = Light(*self._light.array().T)
        black = black_spans(seen)
        first, last = sure_of_ramps(self.ramp_candidates), sure_of_changes(self.ramp_candidates)
        rows = zip(self.ramp_candidates, first.tolist(), last.tolist(), strict=True)
        ramps = [Likely(*r) for r in rows if r[1] >= least and not any(f.holds(r[0].first, r[0].last) for f in flashes)]
        cuts = [c for c in every if c.sure >= self.least_sure]
        wipes = [
            Transition("wipe", w.first, w.last, s)
            for w, s in zip(self.wipes, sure_of_wipes(self.wipes).tolist(), strict=True)
        ]
        dips = [
            Transition("fade_through_black" if d.black else "dissolve", d.first, d.last, d.sure)
            for d in self.dips
            if not d.back
        ]
        # Fades that the light alone tells of come in with probabilities of their own.
        settled = settle(
            ramps,
            cuts,
            [w for w in wipes if w.sure >= self.least_sure],
            [d for d in dips if d.sure >= self.least_sure],
            seen,
            black,
            self.least_sure,
            [c for c in every if c.sure < self.least_sure],
        )
        found = [t for t in settled if t.sure >= self.least_sure]
        dissolves = [Transition("dissolve", r.ramp.first, r.ramp.last, r.sure) for r in ramps]
        doubts = doubtful([t for t in every + dissolves + wipes if least <= t.sure < self.least_sure], found)
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


def _asked_again(ramps: list[Ramp], grids: Grids, fine: Fine, least: float) -> list[Ramp]:
    """The ramps, those from that probability on with what of their picture comes back. Of ramps that overlap for the
    most part the surest is asked for all. One that leads to or from black is a fade, whatever comes after."""
    sure = sure_of_ramps(ramps)
    asked: list[int] = []
    by: dict[int, int] = {}
    for n in np.argsort(-sure, kind="stable").tolist():
        if sure[n] < least or any(ramps[n].dark):
            continue
        alike = [m for m in asked if ramps[n].shared(ramps[m]) >= ALIKE]
        if not alike:
            asked.append(n)
        by[n] = alike[0] if alike else n
    spans = np.array([(ramps[n].first - 1, ramps[n].last + 1) for n in asked], np.int64).reshape(-1, 2)
    answers = dict(zip(asked, returned(grids, fine, spans).tolist(), strict=True))
    return [replace(ramp, returns=tuple(answers[by[n]])) if n in by else ramp for n, ramp in enumerate(ramps)]
