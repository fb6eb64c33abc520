"""Black bars around the picture, and borders: where they are for certain, so that grids are made of the picture alone.

Bars are what no shot has: black that ends, in frame after frame, at the same straight line, as far from the one edge
as from the other. A line of dialogue or a clock written into one of them changes nothing about that, nor do lines in
both so long as they leave a line of the bar bare; a dark scene tells nothing. A frame that is lit up to its edges has
no bars.

A border is what stands still while all within it changes: the curtains beside an old film in a wide frame, the page
that a film is shown on. A cut changes but a part of such a frame, and would go unseen. It is told in the same way, by
where something happens instead of by where there is light.

Either may also lie on one side alone, or be wider there: a picture moved up to leave room for subtitles, a clip shown
in the corner of a page. Then the other side does not bear it out, and nearly all frames have to.

Where they are taken for wider than they are, the middle of the picture is left, in which nearly every cut is to be
seen: little harm, so long as all frames that are compared are cropped alike. So a window of blocks has one answer, the
narrowest bars of all.

Conventions
    Bars are lines of the small picture (above, below, left, right): (9, 9, 0, 0) is a picture without its first and
    last nine rows.

Contents
    Bars, NO_BARS, Told
    bars_of      what is known of the bars after a block of frames
    still_of     the same of a border that stands still
    both         what is known of the two together
    narrowest    bars that fit several blocks
    goes_beyond  whether a change is of more than what bars leave
    changed_part what is around the part in which a change is
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Bars: TypeAlias = tuple[int, int, int, int]
NO_BARS: Bars = 0, 0, 0, 0
Told: TypeAlias = tuple[int | None, int | None, int | None, int | None]
"""Bars so far as they are known, on each side."""

EVERY = 4
"""Of frames that follow each other, every such one is looked at."""
LIT = 24
"""Full-range code value above which something is seen."""
BARE = 0.04
"""Share of a line that may be lit where there is nothing but the noise of coding."""
FULL = 0.6
"""Share of a line of the picture, at its edge, that must be lit to tell that the picture goes so far."""
NEARLY = 0.3
"""Share of the last line of a bar, beside the picture, that may be lit by what is written there, on one side."""
WRITTEN = 0.85
"""Share of a line in one of the bars that may be lit, by what is written there."""
WIDEST = 0.3, 0.36
"""Shares of the height and of the width that a bar may have: 2.76:1 in 4:3, an upright picture in 16:9. One that the
other side does not bear out may have twice as much, and both together no more."""
ALONE = 3
"""Lines from which on a bar counts that the other side does not bear out: fewer hide no cut."""
NEARLY_ALL = 0.9
"""Share of the frames that must agree on such a bar."""
CHANGED = 20
"""Code values between the darkest and the brightest that a place is in a block, above which something happens there."""
CHANGES_AT_ONCE = 0.5
"""Share of a line, at the edge of a part of the frame, that changes where all of that part is another picture."""
BEYOND = 0.01
"""Share of what is around a picture that noise may change so."""
TELLS = 4
"""Frames that must agree."""

Bools = npt.NDArray[np.bool_]
Shares = npt.NDArray[np.float32]


def _alike(lines: Shares, widest: float) -> npt.NDArray[np.int64]:
    """(n,) lines of the bars, as many on either side, in each frame; -1 where it does not tell.

    lines: (n, count) share of each line that is lit
    """
    count = lines.shape[1]
    reach = int(widest * count)
    ends = np.stack([lines, lines[:, ::-1]])
    # Of the first lines: lit at all, so far; the edge of the picture stands where they first are.
    bare = np.logical_and.accumulate(ends[..., : reach + 1] <= BARE, axis=2).sum(axis=2)
    found = np.full(len(lines), -1)
    for side in (0, 1):
        at = bare[side]
        number = np.arange(len(lines))
        inner = np.minimum(at + 1, count - 1)
        full = np.minimum(*(np.maximum(e[number, at], e[number, inner]) for e in ends)) >= FULL
        # On the other side there may be writing; but not over the whole line, nor where the bar begins.
        other = ends[1 - side]
        beyond = np.where(np.arange(reach + 1) < at[:, None], other[:, : reach + 1], 0).max(axis=1) <= WRITTEN
        edge = np.minimum(other[number, np.maximum(at - 1, 0)], other[number, np.maximum(at - 2, 0)]) <= BARE
        tells = full & (at > 0) & (at <= reach) & beyond & edge
        found = np.where(tells, np.maximum(found, at), found)
    # Written on both sides: the picture begins where both are lit at once, all but full, after a line that is bare on
    # the one side and nearly so on the other. What is written touches no edge of the frame.
    starts = np.arange(2, reach + 1)
    lit, full = ends.min(axis=0), np.maximum(ends[..., :-1], ends[..., 1:]).min(axis=0)
    gap = np.sort(np.minimum(ends[..., :-1], ends[..., 1:]), axis=0)
    beyond = np.maximum.accumulate(ends.max(axis=0), axis=1)
    begins = (lit[:, starts] > BARE) & (full[:, starts] >= FULL) & (beyond[:, :1] <= BARE)
    begins &= (gap[0][:, starts - 2] <= BARE) & (gap[1][:, starts - 2] <= NEARLY) & (beyond[:, starts - 2] <= WRITTEN)
    found = np.where((found < 0) & begins.any(axis=1), starts[begins.argmax(axis=1)], found)
    # Lit to the very edge of the frame, on one side at least.
    to_edge = ends[..., :2].max(axis=2).max(axis=0) > WRITTEN
    return np.where(to_edge & (found < 0), 0, found)


def _agreed(told: npt.NDArray[np.int64], few: int) -> int | None:
    """The narrowest that several frames tell, a line more where the edge lies within one; None where `few` do not."""
    told = np.sort(told[told >= 0])
    if len(told) < few:
        return None
    least = int(told[min(1, len(told) - 1)])
    return int(told[told <= least + 1].max()) if least else 0


def _alone(lines: Shares, widest: float, few: int) -> tuple[int, int]:
    """Lines of the bars on each side by itself, on which nearly all frames agree; 0 where they do not.

    lines: (n, count) share of each line that is lit
    """
    if len(lines) < few:
        return 0, 0
    number, most, wide = np.arange(len(lines)), int(2 * widest * lines.shape[1]), []
    for end in (lines, lines[:, ::-1]):
        at = np.logical_and.accumulate(end[:, : most + 2] <= BARE, axis=1).sum(axis=1)
        edge = np.maximum(end[number, at], end[number, np.minimum(at + 1, lines.shape[1] - 1)])
        told = np.sort(np.where((at >= ALONE) & (at <= most) & (edge >= FULL), at, 0))
        least = int(told[int((1 - NEARLY_ALL) * len(told))])
        wide.append(least if (told <= least + 1).mean() >= NEARLY_ALL else 0)
    return (wide[0], wide[1]) if sum(wide) <= most else (0, 0)


def bars_of(luma: npt.NDArray[np.uint8], before: Told | None = None, every: int = EVERY) -> Told:
    """What is known of each side after a block of frames; None where nothing is yet.

    luma:   (n, h, w)
    before: what was known before it, which stands where these frames tell nothing
    every:  of the frames, every such one is looked at
    """
    return _going_on(before, _told(luma[::every] > LIT, TELLS))


def still_of(luma: npt.NDArray[np.uint8], before: Told | None = None, every: int = EVERY) -> Told:
    """The same of a border that is no black, but does not change while all within it does: curtains, a frame, a page.

    A block of frames tells where something happens in all of the picture, by what changes in it at all.
    """
    some = luma[::every]
    return _going_on(before, _told((some.max(axis=0) - some.min(axis=0) > CHANGED)[None], 1))


def goes_beyond(before: npt.NDArray[np.uint8], after: npt.NDArray[np.uint8], bars: Bars) -> bool:
    """Whether more than noise changes from one frame to another, (h, w) luma, outside of what bars leave."""
    apart = np.maximum(before, after) - np.minimum(before, after)
    outside = np.ones(apart.shape, np.bool_)
    outside[bars[0] : apart.shape[0] - bars[1], bars[2] : apart.shape[1] - bars[3]] = False
    return bool((apart[outside] > CHANGED).mean() > BEYOND)


def changed_part(before: npt.NDArray[np.uint8], after: npt.NDArray[np.uint8]) -> Bars:
    """What is around the part of the frame that changes all at once, up to straight lines; none where there is none.

    before, after: (h, w) luma
    """
    seen = np.maximum(before, after) - np.minimum(before, after) > CHANGED
    around: list[int] = []
    for lines, widest in zip((seen.mean(axis=1), seen.mean(axis=0)), WIDEST, strict=True):
        most = int(2 * widest * len(lines))
        sides = []
        for end in (lines, lines[::-1]):
            at = int(np.logical_and.accumulate(end <= BARE).sum())
            sides.append(at if at < len(end) - 1 and end[at : at + 2].max() >= CHANGES_AT_ONCE else 0)
        around += sides if sum(sides) <= most else [0, 0]
    return around[0], around[1], around[2], around[3]


def _told(seen: Bools, few: int) -> Told:
    """What at least `few` frames tell.

    seen: (n, h, w) where there is something in each of them
    """
    across, down = seen.any(axis=1).sum(axis=1), seen.any(axis=2).sum(axis=1)
    rows = seen.sum(axis=2, dtype=np.float32) / np.maximum(across, 1)[:, None]
    columns = seen.sum(axis=1, dtype=np.float32) / np.maximum(down, 1)[:, None]
    # What is smaller than a picture within the widest bars is a title, a lamp in the night.
    large = (down >= (1 - 2 * WIDEST[0]) * rows.shape[1]) & (across >= (1 - 2 * WIDEST[1]) * columns.shape[1])
    told: list[int | None] = []
    for lines, widest in zip((rows[large], columns[large]), WIDEST, strict=True):
        alike = _agreed(_alike(lines, widest), few)
        told += [w or alike for w in _alone(lines, widest, few)] if not alike else [alike, alike]
    return told[0], told[1], told[2], told[3]


def both(black: Told, still: Told) -> Told:
    """What is known of bars and of borders, on each side: a border counts where there is no bar."""
    above, below, left, right = (b or s or (s if b is None else b) for b, s in zip(black, still, strict=True))
    return above, below, left, right


def _going_on(before: Told | None, now: Told) -> Told:
    """What is known by now."""
    if before is None:
        return now
    above, below, left, right = (_side_going_on(b, n) for b, n in zip(before, now, strict=True))
    return above, below, left, right


def _side_going_on(before: int | None, now: int | None) -> int | None:
    """Of one side. A line in which the bar ends is of the bar, though a bright shot tells otherwise."""
    if before is None or now is None:
        return before if now is None else now
    return before if before - 1 <= now <= before and now else now


def narrowest(told: Iterable[Told]) -> Bars:
    """The narrowest bars of several blocks, on each side; none where none tells."""
    above, below, left, right = (min((t for t in side if t is not None), default=0) for side in zip(*told, strict=True))
    return above, below, left, right
