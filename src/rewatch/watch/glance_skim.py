"""Skimming: groups of pictures judged by their anchors, before any of them is decoded in full.

Anchors (I and P frames, which show last of all that was decoded before them) are a third of an x264 film's frames and
cost somewhat more than a third of decoding it. The detector of the full watch looks at them, each held until the next
one; P frames that refer to B frames drift a little from what they are, which it bears. Where it suspects nothing,
there is nothing; a cut on a keyframe whose frame before is an anchor is where it must be. All else remains open, to be
decoded in full.

Measured on transfers of the labelled films and on films composed of their footage (nine, 29,000 frames; version 6 of
the detector): all that it finds in full was suspected at 0.15 or more; of 272 cuts on keyframes that were told at
`LIKELY_AT_KEY` or more one was none. In thirteen films composed since it suspected a dissolve of seven frames at 0.07
alone, and lost it.

Contents
    Skimmed, skim, worth_skimming
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rewatch.evidence import Pictures
from rewatch.facts import FilmFacts
from rewatch.film.excerpts import read_excerpts
from rewatch.film.order import Order
from rewatch.images.boundaries_fades import Transition
from rewatch.images.glance_judge import Ledger
from rewatch.watch.glance_detect import HEAD, judged

MOST_ANCHORS = 0.6
"""Share of anchors up to which skimming is worth it: a film without B frames has nothing else."""
HIDDEN = 0.6
"""Probability of a cut within a group from which on it is decoded in full at once."""
MOST_OPEN = 1.25
"""Share of a film that packets and keyframes leave open, and share of anchors, together, up to which skimming is worth
it: beyond it most of what would be skimmed is decoded in full all the same, as in a film of fades, or where its coder
does not help. Of 16 films the five with more took .97 to 1.24 of the time that opening all at once takes, of the others
nine took .67 to .89."""
SHORTEST = 16
"""Frames of a group up to which it is decoded in full at once: few held frames do not tell quick cuts from movement."""
SUSPECT = 0.15
"""Probability of a boundary from which on a group remains open, as the detector gives it for held anchors."""
LEAST = 0.05
AT_KEY, LIKELY_AT_KEY = 0.5, 0.3
"""Probability from which on a cut on a keyframe is one, and where packets say so too: held frames make the detector
doubt."""
BEFORE = 10
"""Frames before a suspect that the detector must see."""
AFTER_CUT, AFTER_RAMP = 16, 56
"""Frames behind a suspect that are decoded with it."""

Bools = npt.NDArray[np.bool_]


@dataclass(slots=True)
class Skimmed:
    """What came of it.

    cut: probability that the keyframe after a group begins a shot, where that is sure enough
    open: group -> frame up to which it is to be decoded in full; all others hold no boundary
    black: stretches of black of each group that was skimmed, half-open, as near as anchors tell
    """

    cut: dict[int, float] = field(default_factory=dict)
    open: dict[int, int] = field(default_factory=dict)
    black: dict[int, list[tuple[int, int]]] = field(default_factory=dict)


def worth_skimming(order: Order, ledger: Ledger) -> bool:
    """Whether a film has few enough anchors, and is not to be opened nearly everywhere."""
    anchors = float(_anchors(order).mean())
    return anchors <= MOST_ANCHORS and anchors + ledger.share() <= MOST_OPEN


def _anchors(order: Order) -> Bools:
    anchors = order.anchor.copy()
    anchors[order.keyframes] = True
    return anchors


def skim(
    film: FilmFacts,
    scratch: Path,
    order: Order,
    ledger: Ledger,
    groups: Iterable[int],
    on_step: Callable[[], None] = lambda: None,
) -> Skimmed:
    """Skim groups of pictures. ExcerptsFailed where they do not decode to what the packets promised.

    on_step: called for each stretch that was decoded; what it raises ends the skimming
    """
    result = Skimmed()
    todo = sorted(groups)
    length = ledger.coded.ends - ledger.coded.keyframes
    result.open = {g: ledger.end_of(g) for g in todo if ledger.cuts[g] >= HIDDEN or length[g] <= SHORTEST}
    todo = [g for g in todo if g not in result.open]
    if not todo:
        return result
    keys, ends, anchors = order.keyframes.tolist(), ledger.coded.ends.tolist(), _anchors(order)
    spans = []
    for group in todo:
        spans.append((keys[group], ends[group]))
        after = group + 1
        # What lies behind a run belongs to groups that are not skimmed: of each the beginning is.
        while after not in todo and after < len(keys) and keys[after] < ends[group] + HEAD:
            spans.append((keys[after], min(ends[after], ends[group] + HEAD)))
            after += 1
    spans = _apart(spans)
    fresh = read_excerpts(film, order, spans, only=anchors)
    for run in _runs(spans):
        _judge(film, scratch, order, ledger, set(todo), run, _each(fresh, len(run), on_step), anchors, result)
    return result


def _runs(spans: list[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Spans that follow each other without a gap."""
    edges = [n for n in range(1, len(spans)) if spans[n][0] != spans[n - 1][1]]
    for begin, end in pairwise([0, *edges, len(spans)]):
        yield spans[begin:end]


def _each(pieces: Iterator[Pictures], count: int, on_step: Callable[[], None]) -> Iterator[Pictures]:
    for piece in islice(pieces, count):
        on_step()
        yield piece


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same, each beginning once, as far as any goes."""
    ends: dict[int, int] = {}
    for begin, end in spans:
        ends[begin] = max(end, ends.get(begin, 0))
    ordered = sorted(ends.items())
    return [(a, min(b, c)) for (a, b), (c, _) in pairwise(ordered)] + ordered[-1:]


def _judge(
    film: FilmFacts,
    scratch: Path,
    order: Order,
    ledger: Ledger,
    own: set[int],
    run: list[tuple[int, int]],
    pieces: Iterator[Pictures],
    anchors: Bools,
    result: Skimmed,
) -> None:
    found, _, dark = judged(film, scratch, pieces, LEAST)
    keys, ends = order.keyframes, ledger.coded.ends
    first, stop = run[0][0], run[-1][1]
    for group in own.intersection(range(int(np.searchsorted(keys, first)), int(np.searchsorted(keys, stop)))):
        key, end = int(keys[group]), int(ends[group])
        result.black[group] = [(max(a, key), min(b, end)) for a, b in dark if a < end and b > key]
        # A boundary that begins with a keyframe is the matter of the group before that.
        here = [t for t in found if t.last >= key and t.first <= end and not (t.kind == "cut" and t.first == key)]
        at_end = max((t.sure for t in here if _at(t, end)), default=0.0)
        inside = [t for t in here if t.sure >= SUSPECT and not _at(t, end)]
        likely = LIKELY_AT_KEY if group < len(ledger.at_key) and ledger.at_key[group] > 0.5 else AT_KEY
        # Pictures drift from what they are up to a keyframe that comes late: that alone can look like a cut there.
        late = group < len(ledger.at_key) and bool(ledger.coded.forced[group])
        if at_end and (at_end < likely or late or not anchors[end - 1]):
            _reach(result, group, end)
        else:
            result.cut[group] = max(at_end, float(ledger.at_key[group])) if at_end else 0.0
            if inside:
                last = max(t.last + (AFTER_CUT if t.kind == "cut" else AFTER_RAMP) for t in inside)
                _reach(result, group, min(last, end))
                # So near its keyframe the detector must see what was before.
                if group and min(t.first for t in inside) < key + BEFORE:
                    _reach(result, group - 1, key)


def _reach(result: Skimmed, group: int, until: int) -> None:
    result.open[group] = max(until, result.open.get(group, 0))


def _at(found: Transition, frame: int) -> bool:
    return found.kind == "cut" and found.first == frame
