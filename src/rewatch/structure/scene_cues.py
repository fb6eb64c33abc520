"""What speaks for and against a scene beginning at a change of shot, one cue a function.

Each cue gives, for every change of shot, a log likelihood ratio (natural logarithm; > 0 speaks for a new scene), or
None where the film lacks what it needs. Cues are added (as if independent). Where a cue compares what was with what
comes, the film itself says what unrelated stretches of it look like: the cue becomes the share u of unrelated pairs
that are as alike, or more. Where a scene begins u may be anything (density 1); within a scene it is near 0, and we take
its density to be c u^(c - 1), so that the ratio is -log c + (1 - c) log u. How near, the film says too: c is what makes
the mean of log u over all changes come out, when as many of them begin scenes as films have in the mean. What tells
nothing (u is anything everywhere) gets c = 1, and says nothing.

    picture   the strongest link across the change: shots on its two sides that share their colours, as the return to
              a speaker does, bridge all between them (overlapping links: Hanjalic, Lagendijk and Biemond, IEEE Trans.
              Circuits and Systems for Video Technology 9, 1999; shot coherence over the ten shots before: Rasheed and
              Shah 2003, doi 10.1109/CVPR.2003.1211489)
    look      light and colours on the whole, just before and just after
    sound     loudness, texture and kinds of sound just before and just after; at half its weight, as sound bridges
    speakers  who speaks before and after
    words     which words fall before and after (Hearst 1997, TextTiling)
    music     music told in a list that begins or ends near by
    passage   a dissolve, a fade, a wipe in a film that mostly cuts
    rhythm    longer shots on either side: scenes open and close at rest

Pauses in the talk are no cue: where somebody narrates, they fall within scenes more than between them.

Contents
    Shots    begin and end of the shots in seconds, kinds of their transitions
    cues     tracks -> name -> (n - 1,) ratios
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rewatch.structure.evenly import RATE, Array, column_blocks, shot_seconds, stretches, times_of
from rewatch.structure.portrait import Group
from rewatch.track import Curve, Spans, Track
from rewatch.words.lines import spoken

Numbers = npt.NDArray[np.int64]

REACH_SHOTS = 10
REACH_SECONDS = 40.0
FADING = 60.0
"""Shots on either side, and seconds between two shots, over which they may be linked; seconds in which a link fades."""
SOUND_SIDE, LOOK_SIDE = 8.0, 15.0
TALK_SIDE = 30.0
SUREST = 0.15
"""Least c, however alike all neighbours are."""
UNRELATED_LINKS = (0.22, 0.38, 0.47, 0.53, 0.57, 0.62, 0.68, 0.74, 0.81, 0.90)
"""The strongest link of colour between shots of different films (deciles, of five films): a film of a few shots in one
place has none that are unrelated to set its own against. u is the geometric mean of that by both."""
_PAIRS = 8
_ENOUGH = 2000
"""Unrelated pairs are one side of a change and the other side of one elsewhere, in so many places around the film; of a
film of many shots about so many pairs are taken."""


@dataclass(frozen=True, slots=True)
class Shots:
    """begin, end: (n,) seconds; kind: how each begins."""

    begin: Array
    end: Array
    kind: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.begin)

    @classmethod
    def of(cls, tracks: Mapping[str, Track]) -> Shots:
        begin, end = shot_seconds(tracks)
        track = tracks.get("shots")
        kind = tuple(str(label) for label in track.label) if isinstance(track, Spans) and len(begin) else ()
        return cls(begin, end, kind)


def cues(tracks: Mapping[str, Track], groups: Mapping[str, Group], shots: Shots, mean: float) -> dict[str, Array]:
    """The cues that the film has, by name: (n - 1,) log likelihood ratios at the changes of shot.

    mean: seconds that a scene lasts in the mean
    """
    if len(shots) < 2:
        return {}
    likely = float(np.clip((shots.end[-1] - shots.begin[0]) / len(shots) / mean, 1e-3, 0.5))
    lines = tracks.get("lines")
    spoken_lines = lines if isinstance(lines, Spans) and len(lines) else None
    music = tracks.get("music")
    found: dict[str, Array | None] = {
        "picture": _picture(tracks, shots, likely),
        "look": _apart(groups, ("light", "colour", "palette"), LOOK_SIDE, shots, likely),
        "sound": _half(_apart(groups, ("loudness", "texture", "kinds"), SOUND_SIDE, shots, likely)),
        "speakers": _speakers(spoken_lines, shots, likely) if spoken_lines is not None else None,
        "words": _words(spoken_lines, shots, likely) if spoken_lines is not None else None,
        "music": _music(music, shots) if isinstance(music, Spans) and len(music) else None,
        "passage": _passage(shots),
        "rhythm": _rhythm(shots),
    }
    return {name: values for name, values in found.items() if values is not None}


def _half(ratio: Array | None) -> Array | None:
    return None if ratio is None else ratio / 2


def _elsewhere(count: int, likely: float) -> list[int]:
    """Steps (in changes of shot, around the end of the film) to places of other scenes: two to five scenes away, either
    way; in a film of a few scenes, spread over it.

    Not further: parts of a film that are far from each other differ more than scenes that are neighbours, and set
    against those any two neighbours would look like one.
    """
    scene = 1 / likely
    near = {round(sign * away * scene) % count for away in range(2, 2 + _PAIRS // 2) for sign in (1, -1)}
    steps = sorted(step for step in near if min(step, count - step) >= 1.5 * scene)
    spread = {round(count * (k + 1) / (_PAIRS + 1)) for k in range(_PAIRS)}
    return steps or sorted(step for step in spread if min(step, count - step) >= 2)


def _against_unrelated(
    alike: Callable[[Numbers, Numbers], Array], count: int, likely: float, lent: Sequence[float] = ()
) -> Array | None:
    """Ratios out of how alike two sides are; None in a film too short to have places that are unrelated.

    alike(i, j): the side before change i and the side after change j, for arrays of each
    likely:      share of the changes that begin a scene, in the mean of films
    lent:        how alike unrelated sides are in other films
    """
    here = np.arange(count)
    steps = _elsewhere(count, likely)
    some = here[:: max(1, count * len(steps) // _ENOUGH)]
    own = [alike(some, (some + step) % count) for step in steps]
    value = alike(here, here)
    known = [np.sort(unrelated) for unrelated in (np.concatenate([*own, []]), np.array(lent)) if len(unrelated)]
    if not known:
        return None
    logs = np.mean([np.log(_share(value, unrelated)) for unrelated in known], axis=0)
    # Of c u^(c - 1) the mean of log u is -1 / c, of what may be anything -1.
    close = float(np.clip((1 - likely) / max(-float(logs.mean()) - likely, 1e-9), SUREST, 1.0))
    ratio: Array = -np.log(close) + (1 - close) * logs
    return ratio


def _share(value: Array, unrelated: Array) -> Array:
    """Share of the unrelated (in order) that are as alike or more, half of those just as alike counted; never 0."""
    above = len(unrelated) - np.searchsorted(unrelated, value - 1e-9, side="left")
    beyond = len(unrelated) - np.searchsorted(unrelated, value + 1e-9, side="right")
    share: Array = ((above + beyond) / 2 + 0.5) / (len(unrelated) + 1)
    return share


def _picture(tracks: Mapping[str, Track], shots: Shots, likely: float) -> Array | None:
    palette = tracks.get("palette")
    if not isinstance(palette, Curve) or not len(palette):
        return None
    when = stretches(palette, times_of(tracks))
    if when is None:
        return None
    # Three looks a shot, its beginning, middle and end: the camera may leave what it began on.
    middle = (when[0] + when[1]) / 2
    # (n, 3, bins); the product of two is Bhattacharyya's coefficient, 1 = the same colours.
    seen = np.empty((len(shots), 3, palette.values.shape[1]), np.float32)
    for some in column_blocks(palette.values):
        sums = _sums(palette.values[:, some])
        for part in range(3):
            first = np.searchsorted(middle, shots.begin + (shots.end - shots.begin) * part / 3)
            last = np.searchsorted(middle, shots.begin + (shots.end - shots.begin) * (part + 1) / 3)
            first = np.minimum(first, len(palette) - 1)
            last = np.maximum(last, first + 1)
            mean = (sums[last] - sums[first]) / (last - first)[:, None]
            seen[:, part, some] = np.sqrt(np.maximum(mean, 0.0))
    turned = np.ascontiguousarray(seen.transpose(0, 2, 1))

    def alike(i: Numbers, j: Numbers) -> Array:
        best = np.zeros(len(i))
        for back in range(REACH_SHOTS):
            for on in range(REACH_SHOTS - back):
                a, b = i - back, j + 1 + on
                here = (a >= 0) & (b < len(shots))
                a, b = np.maximum(a, 0), np.minimum(b, len(shots) - 1)
                apart = (shots.end[i] - shots.end[a]) + (shots.begin[b] - shots.begin[j + 1])
                here &= apart <= REACH_SECONDS
                link = (seen[a] @ turned[b]).max(axis=(1, 2)) ** 2 * np.exp(-apart / FADING)
                best = np.maximum(best, np.where(here, link, 0.0))
        return best

    return _against_unrelated(alike, len(shots) - 1, likely, UNRELATED_LINKS)


def _sums(values: npt.NDArray[Any]) -> Array:
    """(n + 1, k) sums of all rows before each."""
    sums = np.zeros((len(values) + 1, values.shape[1]))
    np.cumsum(values, axis=0, out=sums[1:])
    return sums


def _sides(rows: Array, shots: Shots, seconds: float) -> tuple[Array, Array]:
    """Means of rows of the grid over some seconds before and after each change of shot."""
    at = np.clip(np.rint(shots.begin[1:] * RATE).astype(np.int64), 1, len(rows) - 1)
    side = max(1, round(seconds * RATE))
    low, high = np.maximum(at - side, 0), np.minimum(at + side, len(rows))
    before, after = np.empty((2, len(at), rows.shape[1]))
    for some in column_blocks(rows):
        sums = _sums(rows[:, some])
        before[:, some] = (sums[at] - sums[low]) / (at - low)[:, None]
        after[:, some] = (sums[high] - sums[at]) / (high - at)[:, None]
    return before, after


def _apart(
    groups: Mapping[str, Group], names: Sequence[str], seconds: float, shots: Shots, likely: float
) -> Array | None:
    """Ratios out of how far the means of some groups lie apart before and after each change."""
    rows = [groups[name].scaled for name in names if name in groups]
    if not rows or len(rows[0]) < 2:
        return None
    sides = [_sides(group, shots, seconds) for group in rows]
    before, after = (np.column_stack(side) for side in zip(*sides, strict=True))

    def alike(i: Numbers, j: Numbers) -> Array:
        likeness: Array = -np.sqrt(((before[i] - after[j]) ** 2).sum(axis=1))
        return likeness

    return _against_unrelated(alike, len(shots) - 1, likely)


def _bags(lines: Spans, items: list[Counter[str]], shots: Shots, likely: float) -> Array | None:
    """Ratios out of what is said in the lines before and after each change (cosine of the counts); changes with no line
    on one side say nothing (0). What is said everywhere counts for less."""
    spread: Counter[str] = Counter()
    for item in items:
        spread.update(item.keys())
    if len(spread) < 2:
        return None
    number = {name: k for k, name in enumerate(sorted(spread))}
    begin, end = lines.begin_seconds(), lines.end_seconds()
    middle = np.maximum.accumulate((begin + end) / 2)
    sums = np.zeros((len(items) + 1, len(number)), dtype=np.float32)
    for row, item in enumerate(items):
        for name, times in item.items():
            sums[row + 1, number[name]] = times * np.log(1 + len(items) / spread[name])
    np.cumsum(sums, axis=0, out=sums)
    at = shots.begin[1:]
    first, here, last = (np.searchsorted(middle, at + side) for side in (-TALK_SIDE, 0.0, TALK_SIDE))
    before, after = sums[here] - sums[first], sums[last] - sums[here]
    before /= np.maximum(np.linalg.norm(before, axis=1, keepdims=True), 1e-6)
    after /= np.maximum(np.linalg.norm(after, axis=1, keepdims=True), 1e-6)
    known = (here > first) & (last > here)
    place = np.flatnonzero(known)
    if len(place) < 3:
        return None
    b, a = before[place], after[place]

    def alike(i: Numbers, j: Numbers) -> Array:
        cosine: Array = np.einsum("nk,nk->n", b[i], a[j]).astype(np.float64)
        return cosine

    ratio = _against_unrelated(alike, len(place), likely)
    if ratio is None:
        return None
    found = np.zeros(len(at))
    found[place] = ratio
    return found


def _speakers(lines: Spans, shots: Shots, likely: float) -> Array | None:
    names = [str(name) for name in lines.columns.get("speaker", ())]
    if len(set(names) - {""}) < 2:
        return None
    return _bags(lines, [Counter([name] if name else []) for name in names], shots, likely)


_WORD = re.compile(r"[^\W\d_]{4,}")
"""Words of four letters and more: the little ones are the same everywhere."""


def _words(lines: Spans, shots: Shots, likely: float) -> Array | None:
    items = [Counter(word.casefold() for word in _WORD.findall(spoken(str(text)))) for text in lines.label]
    said = Counter(word for item in items for word in item)
    # A word said once links nothing to anything.
    again = {word for word, times in said.most_common(4000) if times > 1}
    kept = [Counter({word: times for word, times in item.items() if word in again}) for item in items]
    return _bags(lines, kept, shots, likely)


def _music(music: Spans, shots: Shots) -> Array | None:
    if music.clock.counts_frames:
        return None
    turns = np.sort(np.concatenate([music.begin_seconds(), music.end_seconds()]))
    near = np.abs(turns[:, None] - shots.begin[None, 1:]).min(axis=0)
    return np.where(near <= 2.0, 0.7, -0.1)


def _passage(shots: Shots) -> Array | None:
    gradual = np.array([kind not in ("", "cut") for kind in shots.kind[1:]])
    share = float(gradual.mean())
    # Where half of all changes are dissolves, a dissolve says nothing.
    if share == 0 or share >= 0.5:
        return None
    return np.where(gradual, min(1.5, float(np.log(0.5 / share))), -0.1)


def _rhythm(shots: Shots) -> Array | None:
    lengths = np.log(np.maximum(shots.end - shots.begin, 0.04))
    spread = float(lengths.std())
    if spread <= 1e-6:
        return None
    away = np.clip((lengths - np.median(lengths)) / spread, -2.0, 2.0)
    ratio: Array = 0.6 * (away[:-1] + away[1:])
    return ratio
