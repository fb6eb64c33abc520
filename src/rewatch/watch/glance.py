"""Glance: a film's shots, to the frame, from a part of its frames.

    packets → order → keyframes → what is open? → anchors, detector → what is still open? → stretches in full, detector
    → what is open now? → ...

The whole file is read, all keyframes are decoded, and then of those groups of pictures that packets and keyframes leave
open (`images.glance_judge`) the anchors (`watch.glance_skim`), and what they leave open in full, from a keyframe on; on
each run of that the detector of the full watch decides. The film
is gone through in windows, so that memory does not grow with it; what is learnt in one counts in the next.

Where packets cannot say which frame is which, or a stretch does not decode to what they promised, there is no glance
(`NoGlance`): the film must be read in full.

Contents
    Glance, NoGlance
    Seen      what is handed on from a first look
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rewatch.errors import FilmError
from rewatch.evidence import Pictures
from rewatch.facts import FilmFacts
from rewatch.film.choice import StretchChoice
from rewatch.film.excerpts import Choice, ExcerptsFailed, read_excerpts
from rewatch.film.groups import part_of
from rewatch.film.order import NoOrder, Order, known_order
from rewatch.images.boundaries import DOUBTFUL, LEAST_SURE
from rewatch.images.boundaries_fades import Transition, doubtful
from rewatch.images.glance_evidence import Coded, KeyPictures, compare_each
from rewatch.images.glance_judge import Ledger
from rewatch.watch.glance_detect import HEAD, judged
from rewatch.watch.glance_skim import skim, worth_skimming
from rewatch.watch.streams import give_back_memory

WINDOW = 6000
"""Frames in which groups are opened together."""
NEARLY_ALL = 0.8
"""Share of a window's frames that would be decoded, none skimmed, from which on all of them are."""
DEAR = 0.9
"""Share of what decoding and looking at a whole window takes from which on a glance at it spares too little."""
LOOKING = 0.9e-3
"""Seconds that reducing a frame and looking at it takes, as `glance_judge` counts them."""
LONGEST = 1500
"""Frames of a group of pictures beyond which nothing is gained by glancing: intra refresh has but one keyframe."""
EDGE = 12
"""Frames from the beginning of a run within which a boundary asks for what is before it: coders write no keyframe so
soon after another, and one that stands a little before a cut may have been taken for it."""
AROUND = 40
"""The same of gradual transitions, which are fitted to what is before and behind them; less of short ones."""
TOGETHER = 160
"""Frames up to which groups that follow each other are decoded in one go."""
LONG = 60
"""Frames of a stretch from which on a decoder that has both cores is opened for it, where it is the last one."""
ROUNDS = 12
"""Times that a window is gone through at most, for what was learnt from the last one."""

Bools = npt.NDArray[np.bool_]


class Seen(NamedTuple):
    """A film's keyframes, in order, and what comparing them told."""

    pieces: list[Pictures]
    shown: KeyPictures


class NoGlance(FilmError):
    """The film cannot be glanced at; the message says why."""


@dataclass(slots=True)
class _Opened:
    """What an opened group held, up to frame `end`: transitions that begin behind its keyframe, what nearly counted as
    one, stretches of black."""

    transitions: list[Transition]
    doubts: list[Transition]
    black: list[tuple[int, int]]
    end: int


@dataclass(slots=True)
class Glance:
    """One glance at a film; `look` does it.

    coded:  all frames as the packets tell of them; order: the same with the keyframes that a glance begins from
    looked: (n,) which frames were decoded and looked at; every: those within stretches decoded in full; skimmed: those
            within groups of which the anchors were
    on_frames: called with what was looked at, in order, each frame once
    on_large:  called with the number of each keyframe and the keyframe, large, before that
    on_step:   called for each stretch that was decoded; what it raises ends the look
    least_sure: probability from which on a boundary counts
    begun: a first look at the same film that kept what it saw: what it read is not read again
    """

    film: FilmFacts
    scratch: Path
    on_frames: Callable[[Pictures], None]
    on_second: Callable[[float], None] = lambda second: None
    on_large: Callable[[int, npt.NDArray[np.uint8]], None] = lambda frame, rgb: None
    on_step: Callable[[], None] = lambda: None
    least_sure: float = LEAST_SURE
    begun: Seen | None = None
    coded: Order = field(init=False)
    order: Order = field(init=False)
    ledger: Ledger = field(init=False)
    looked: Bools = field(init=False)
    every: Bools = field(init=False)
    skimmed: Bools = field(init=False)
    _opened: dict[int, _Opened] = field(default_factory=dict)
    _held: dict[int, Pictures] = field(default_factory=dict)
    _cut_after: dict[int, float] = field(default_factory=dict)
    _dark: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    _skims: bool = True

    def look(self) -> None:
        """Do it. NoGlance where the film does not allow it."""
        picture = self.film.picture
        try:
            keys = self._ordered()
            assert picture is not None
            if self.begun is None:
                seen = list(self._each_keyframe())
                shown = compare_each(seen)
            else:
                seen, shown = self.begun
                self.looked[keys] = True
            coded = Coded(keys, self.order.size, self.order.anchor)
            self.ledger = Ledger.of(coded, shown, picture.width * picture.height)
            self._skims = worth_skimming(self.order, self.ledger)
            waits, wait = 0, 1
            for first, end in self._windows():
                whole = waits > 0 or (not self._skims and self._planned(first, end) >= NEARLY_ALL)
                self._window(first, end, whole)
                self._tell(seen, first, end)
                # Where little was spared the next ones are read whole, ever more of them until that changes.
                if waits:
                    waits -= 1
                elif not whole:
                    wait = 2 * wait if self._spent(first, end) >= DEAR else 1
                    waits = wait // 2
            # What was learnt since may speak against what was left closed at the beginning.
            for first, end in self._windows():
                self._window(first, end)
        except (NoOrder, ExcerptsFailed) as why:
            raise NoGlance(str(why)) from None

    def _ordered(self) -> npt.NDArray[np.int64]:
        """Read the packets; the keyframes. NoOrder where they do not tell which frame is which."""
        self.coded = known_order(self.film)
        self.order = self.coded.thinned()
        keys = self.order.keyframes
        if not len(keys) or np.diff(keys, append=len(self.order)).max() > LONGEST:
            raise NoOrder("keyframes are far apart")
        count = len(self.order)
        self.looked, self.every, self.skimmed = (np.zeros(count, bool) for _ in range(3))
        return keys

    def _each_keyframe(self) -> Iterator[Pictures]:
        for piece in read_excerpts(
            self.film, self.order, [(k, k + 1) for k in self.order.keyframes.tolist()], choice=_all
        ):
            # Large frames are handed on at once: of a long film's keyframes they would be gigabytes.
            for frame, rgb in piece.large.items():
                self.on_large(frame, rgb)
            self.looked[piece.first] = True
            yield replace(piece, large={})

    def _windows(self) -> Iterator[tuple[int, int]]:
        ends = self.ledger.coded.ends
        first = 0
        while first < len(ends):
            limit = int(self.order.keyframes[first]) + WINDOW
            end = max(first + 1, int(np.searchsorted(ends, limit, side="right")))
            yield first, end
            first = end

    def _planned(self, first: int, end: int) -> float:
        """Share of the frames of the groups ``first .. end`` that would be decoded by what is known now."""
        keys, ends = self.order.keyframes, self.ledger.coded.ends
        planned = sum(self.ledger.end_of(g) - int(keys[g]) for g in self.ledger.wanted(first, end))
        return planned / float(ends[end - 1] - keys[first])

    def _spent(self, first: int, end: int) -> float:
        """What looking at the groups ``first .. end`` took, against decoding and looking at all of their frames."""
        frames = slice(int(self.order.keyframes[first]), int(self.ledger.coded.ends[end - 1]))
        each, skimmed = self.ledger.of_frame[frames], self.skimmed[frames]
        taken = each[self.every[frames]].sum() + each[skimmed & self.order.anchor[frames]].sum()
        looks = self.every[frames].sum() + skimmed.sum()
        return float((taken + looks * LOOKING) / (each.sum() + len(each) * LOOKING))

    def _window(self, first: int, end: int, whole: bool = False) -> None:
        """Open what is to be opened of the groups ``first .. end``, or all of them, and look at it."""
        asked: dict[int, int] = {}
        for _ in range(ROUNDS):
            if whole:
                fresh = [g for g in range(first, end) if not self.ledger.opened[g]]
                wanted = {g: int(self.ledger.coded.ends[g]) for g in fresh}
            else:
                fresh = self.ledger.wanted(first, end)
                wanted = self._skim(fresh) if self._skims else {g: self.ledger.end_of(g) for g in fresh}
            wished = set(wanted)
            for group, until in asked.items():
                wanted[group] = max(until, wanted.get(group, 0))
            wanted = {g: until for g, until in wanted.items() if g not in self._opened or self._opened[g].end < until}
            if not wanted and not fresh:
                break
            if wanted:
                for group in [g for g in self._held if not first - 3 <= g < end + 2]:
                    del self._held[group]
                asked = self._open(wanted)
            for group in wished:
                self._learn(group)

    def _skim(self, groups: list[int]) -> dict[int, int]:
        """Judge groups by their anchors; those that remain open, and up to which frame."""
        try:
            skimmed = skim(self.film, self.scratch, self.order, self.ledger, groups, self.on_step)
        except ExcerptsFailed:
            # A coder that lets anchors refer to B frames, and a decoder that gives nothing where those are missing.
            self._skims = False
            return {g: self.ledger.end_of(g) for g in groups}
        self._cut_after.update(skimmed.cut)
        self._dark.update(skimmed.black)
        for group in groups:
            self.skimmed[self.order.keyframes[group] : self.ledger.coded.ends[group]] |= group in skimmed.black
            if group not in skimmed.open:
                known = group + 1 < len(self.order.keyframes)
                self.ledger.learn(group, 0, 0, skimmed.cut[group] > 0 if known else None)
        return skimmed.open

    def _open(self, wanted: dict[int, int]) -> dict[int, int]:
        """Decode groups, each up to a frame, and judge the runs that they are in; what must be opened for that."""
        keys, ends = self.order.keyframes, self.ledger.coded.ends
        for group in sorted(wanted):
            # What is no longer than what must be seen behind a run anyway belongs to it.
            while group + 1 < len(keys) and group + 1 not in self._opened and ends[group + 1] - ends[group] <= HEAD:
                group += 1
                wanted[group] = int(ends[group])
        for group, until in wanted.items():
            beside = group + 1 in wanted or (group + 1 in self._opened and group + 1 in self._held)
            until = max(until, self._opened[group].end if group in self._opened else 0)
            if until >= ends[group] - HEAD:
                until = int(ends[group]) if beside else min(int(ends[group]) + HEAD, len(self.order))
            wanted[group] = until
        asked: dict[int, int] = {}
        fresh = self._decoded(wanted)
        for run in self._runs(wanted):
            # A run is judged while the rest of it, and the next ones, are decoded.
            for other, until in self._judge(run, wanted, fresh).items():
                asked[other] = max(until, asked.get(other, 0))
        return asked

    def _decoded(self, wanted: dict[int, int]) -> Iterator[Pictures]:
        """Groups, each up to a frame, one by one in order."""
        keys = self.order.keyframes.tolist()
        spans: list[tuple[int, int]] = []
        for group, until in sorted(wanted.items()):
            begin = keys[group]
            # Those that follow each other are decoded in one go: every other one begins with an empty decoder.
            if spans and spans[-1][1] == begin and begin - spans[-1][0] < TOGETHER:
                begin = spans.pop()[0]
            spans.append((begin, until))
        groups = iter(sorted(wanted))
        # Beside the last stretch the other decoders stand idle; where it is long both cores are given to it.
        at_last = os.cpu_count() if spans[-1][1] - spans[-1][0] >= LONG else None
        for piece in read_excerpts(self.film, self.order, spans, choice=StretchChoice, at_last=at_last):
            self.on_step()
            at = 0
            while at < len(piece):
                end = min(wanted[next(groups)] - piece.first, len(piece))
                yield part_of(piece, at, end)
                at = end

    def _runs(self, wanted: dict[int, int]) -> Iterator[list[int]]:
        """Runs of groups that follow each other and are held whole, or will be, each with a wanted one in it."""
        ends = self.ledger.coded.ends
        run: list[int] = []
        for group in sorted({*self._held, *wanted}):
            if run and (group != run[-1] + 1 or self._end_of(run[-1], wanted) < ends[run[-1]]):
                if not wanted.keys().isdisjoint(run):
                    yield run
                run = []
            run.append(group)
        if not wanted.keys().isdisjoint(run):
            yield run

    def _end_of(self, group: int, wanted: dict[int, int]) -> int:
        return wanted[group] if group in wanted else self._held[group].first + len(self._held[group])

    def _pieces(self, run: list[int], wanted: dict[int, int], fresh: Iterator[Pictures]) -> Iterator[Pictures]:
        """The frames of a run; those decoded just now are held from here on."""
        ends = self.ledger.coded.ends
        for group in run:
            if group in wanted:
                self._held[group] = next(fresh)
            piece = self._held[group]
            # What was decoded behind a group, when it was the last one, is the next one's by now.
            yield piece if group == run[-1] else part_of(piece, 0, min(len(piece), int(ends[group]) - piece.first))

    def _judge(self, run: list[int], wanted: dict[int, int], fresh: Iterator[Pictures]) -> dict[int, int]:
        """Let the detector decide on a run; the groups that it must see for that, up to a frame."""
        keys, ends = self.order.keyframes, self.ledger.coded.ends
        begin, stop = int(keys[run[0]]), self._end_of(run[-1], wanted)
        pieces = self._pieces(run, wanted, fresh)
        transitions, doubts, black = judged(self.film, self.scratch, pieces, self.least_sure)
        for group in run:
            key, end = int(keys[group]), int(ends[group])
            own, nearly = (
                [t for t in found if key < t.first <= end or (group == run[0] and t.first == key)]
                for found in (transitions, doubts)
            )
            inside = [(max(a, key), min(b, end)) for a, b in black if a < end and b > key]
            seen = min(end, self._end_of(group, wanted))
            self._opened[group] = _Opened(own, nearly, inside, seen)
            self.every[key:seen] = True
        asked: dict[int, int] = {}
        left, right = run[0] - 1, run[-1] + 1
        if left >= 0 and any(t.first <= begin + _about(t) for t in transitions):
            asked[left] = begin
        beyond = [t for t in transitions if t.kind != "cut" and t.last + _about(t) >= stop]
        if stop > ends[run[-1]]:
            beyond += [t for t in transitions if t.first > ends[run[-1]]]
        if beyond and stop < len(self.order):
            until = max(t.last + _about(t) for t in beyond) + HEAD
            if right < len(keys) and until > ends[run[-1]]:
                asked[right] = min(until, int(ends[right]))
            if stop < ends[run[-1]]:
                asked[run[-1]] = min(until, int(ends[run[-1]]))
        return asked

    def _learn(self, group: int) -> None:
        keys, ends = self.order.keyframes, self.ledger.coded.ends
        opened = self._opened[group]
        end = int(ends[group])
        hidden = [t for t in opened.transitions if t.kind == "cut" and t.first < end and t.first not in keys]
        ramps = [t for t in opened.transitions if t.kind != "cut"]
        key: bool | None = None
        if opened.end >= end and end < len(self.order) and not any(t.last >= end - 1 for t in ramps):
            key = any(t.kind == "cut" and t.first == end for t in opened.transitions)
        self.ledger.learn(group, len(hidden), len(ramps), key)

    def _tell(self, seen: list[Pictures], first: int, end: int) -> None:
        """Hand on what was looked at of the groups ``first .. end``."""
        ends = self.ledger.coded.ends
        for group in range(first, end):
            piece = self._held.get(group)
            if piece is None:
                piece = seen[group]
            else:
                piece = part_of(piece, 0, min(len(piece), int(ends[group]) - piece.first))
            self.looked[piece.first : piece.first + len(piece)] = True
            self.on_frames(piece)
        give_back_memory()
        self.on_second(float(self.order.pts[int(ends[end - 1]) - 1] * self.order.time_base))

    # -- what came of it ------------------------------------------------------------------------------------------

    def transitions(self) -> list[Transition]:
        """All boundaries, in order; those on keyframes that were not looked at from both sides by probability."""
        found = [t for t in self._at_keyframes() if t.sure >= self.least_sure]
        for group, key in enumerate(self.order.keyframes.tolist()):
            if group in self._opened:
                found += [t for t in self._opened[group].transitions if t.first > key or not group]
        gradual = [t for t in found if t.kind != "cut"]
        kept = [t for t in found if t.kind != "cut" or not any(g.first <= t.first <= g.last + 1 for g in gradual)]
        kept.sort(key=lambda t: (t.first, t.last))
        return [t for n, t in enumerate(kept) if not n or t.first > kept[n - 1].last]

    def doubts(self) -> list[Transition]:
        """What nearly counted as a boundary, in order; in what was not looked at, keyframes alone."""
        nearly = [t for t in self._at_keyframes() if DOUBTFUL <= t.sure < self.least_sure]
        nearly += [t for opened in self._opened.values() for t in opened.doubts]
        return doubtful(nearly, self.transitions())

    def _at_keyframes(self) -> Iterator[Transition]:
        """Of each keyframe that was not looked at from both sides how probable a cut there is."""
        for group, key in enumerate(self.order.keyframes.tolist()):
            before = self._opened.get(group - 1)
            if group and (before is None or before.end < key):
                sure = self._cut_after.get(group - 1, float(self.ledger.at_key[group - 1]))
                yield Transition("cut", key, key, sure)

    def black(self) -> list[tuple[int, int]]:
        """Stretches of black, half-open, in order."""
        every = [span for opened in self._opened.values() for span in opened.black]
        for group, dark in self._dark.items():
            # Of what was decoded in full no more is taken from its anchors.
            known = self._opened[group].end if group in self._opened else 0
            every += [(max(begin, known), end) for begin, end in dark if end > known]
        joined: list[tuple[int, int]] = []
        for begin, end in sorted(every):
            if joined and begin <= joined[-1][1]:
                joined[-1] = joined[-1][0], max(end, joined[-1][1])
            else:
                joined.append((begin, end))
        return joined

    def spans(self) -> list[tuple[int, int]]:
        """Stretches that were decoded in full, half-open, in order."""
        return _stretches(self.every)

    def skims(self) -> list[tuple[int, int]]:
        """Stretches whose anchors alone were looked at, half-open, in order."""
        return _stretches(self.skimmed & ~self.every)


def _stretches(marked: Bools) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marked, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in list(pairwise(edges.tolist()))[::2]]


def _about(found: Transition) -> int:
    """Frames before and behind a transition that its kind and its extent may depend on."""
    return EDGE if found.kind == "cut" else min(AROUND, (found.last - found.first + 1) // 2 + HEAD)


def _all() -> Choice:
    return lambda frame, luma: True
