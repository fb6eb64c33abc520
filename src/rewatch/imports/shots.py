"""Rows of begin and end -> the track ``shots``: what is repaired, and what is said of it.

Repairs, each told in a note
    a shot of no length            left out
    rows out of order              put in order of their begin
    a gap of up to a second        closed in its middle: that is where Salt lets a transition's cut fall
    a longer gap                   kept: what lies in it belongs to no shot
    an overlap of up to a second   parted in its middle, as a dissolve is
    a longer overlap               the earlier shot ends where the later begins
    the last shot has no end       it ends with the film where that is known, else it is left out
What makes no sense (a shot that ends before it begins, a begin before 0) is refused with its line.

Contents
    Row, by_lengths, by_starts, shots_track
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from rewatch.clock import MILLISECONDS, Clock, timecode
from rewatch.errors import ShotListError
from rewatch.track import Column, Spans

LONGEST = 10_000_000
"""Seconds. No film is longer (four months); a list that is was read wrongly, or is wrong."""

SMALL = Fraction(1)
"""Seconds up to which a gap or an overlap is taken for a transition between two shots."""

KINDS = ("cut", "dissolve", "fade_in", "fade_out", "fade_through_black", "wipe")

_ALSO = {"mix": "dissolve", "cross_dissolve": "dissolve", "crossfade": "dissolve", "cross_fade": "dissolve"}
_ALSO |= {"hard_cut": "cut", "hard": "cut", "straight_cut": "cut", "fade_up": "fade_in"}

MICROSECONDS = Clock(Fraction(1_000_000))


@dataclass(frozen=True, slots=True)
class Row:
    """One shot of a list, in exact seconds.

    end:   None where the list gives begins alone and this is the last
    kind:  one of `KINDS`, or "" where the list does not say how the shot begins
    mixed: first and last moment of the transition that begins it, where the list has them
    note:  whatever else the list says of it
    line:  of the file, for messages; 0 where that means nothing
    """

    begin: Fraction
    end: Fraction | None
    kind: str = ""
    mixed: tuple[Fraction, Fraction] | None = None
    note: str = ""
    line: int = 0


def kind_of(text: str) -> str:
    """The kind of transition that a word names; "" where it names none.

    >>> kind_of("Cross-fade"), kind_of("cut, by hand"), kind_of("close-up")
    ('dissolve', 'cut', '')
    """
    word = "_".join(text.casefold().removesuffix(", by hand").replace("-", " ").split())
    word = _ALSO.get(word, word)
    return word if word in KINDS else ""


def by_lengths(lengths: Iterable[Fraction], lines: Sequence[int] = ()) -> list[Row]:
    """Shots one after another from 0. ShotListError for a negative length."""
    rows, now = [], Fraction(0)
    for index, length in enumerate(lengths):
        line = lines[index] if index < len(lines) else 0
        if length < 0:
            raise ShotListError(f"{_where(line, index)}: a shot cannot last {float(length):g} s")
        rows.append(Row(now, now + length, line=line))
        now += length
    return rows


def by_starts(rows: Sequence[Row]) -> list[Row]:
    """Each row without an end lasts until the next in time begins; the last in time keeps None. Order as given."""
    order = sorted(range(len(rows)), key=lambda i: rows[i].begin)
    out = list(rows)
    for i, following in itertools.pairwise(order):
        if out[i].end is None:
            out[i] = replace(out[i], end=rows[following].begin)
    return out


def shots_track(
    rows: Sequence[Row], duration: Fraction | None = None, clock: Clock | None = None
) -> tuple[Spans, list[str]]:
    """The track ``shots`` and what was repaired, a line each.

    duration: the film's, seconds, where it is known: the last shot ends there if it has no end of its own
    clock:    of the track; milliseconds by default, microseconds where the list is finer
    columns:  first_frame and last_frame of the transition that begins the shot, in ticks of the clock (-1: not known);
              sure = 1; note = what else the list says, where it says anything
    ShotListError where a row makes no sense or none is left.
    """
    notes: list[str] = []
    kept = _checked(rows, duration, notes)
    if not kept:
        raise ShotListError("there is no shot in the list that lasts at all")
    clock = clock or (MILLISECONDS if all(_fits(row) for row in kept) else MICROSECONDS)
    rate = clock.rate
    assert rate is not None
    edges = _parted([(row.begin, _end(row)) for row in kept], notes)
    begin = np.array([round(at * rate) for at, _ in edges], dtype=np.int64)
    end = np.array([round(to * rate) for _, to in edges], dtype=np.int64)
    lasts = end > begin
    if not lasts.all():
        notes.append(f"{_count(int((~lasts).sum()), 'shot')} vanished between the neighbours that overlap it")
        kept = [row for row, stays in zip(kept, lasts, strict=True) if stays]
        begin, end = begin[lasts], end[lasts]
    first = [round(row.mixed[0] * rate) if row.mixed else -1 for row in kept]
    last = [max(round(row.mixed[1] * rate) - 1, round(row.mixed[0] * rate)) if row.mixed else -1 for row in kept]
    columns: dict[str, Column] = {
        "first_frame": np.array(first, dtype=np.int64),
        "last_frame": np.array(last, dtype=np.int64),
        "sure": np.ones(len(kept)),
    }
    if any(row.note for row in kept):
        columns["note"] = [row.note for row in kept]
    return Spans("shots", begin, end, [row.kind for row in kept], clock, columns), notes


def _end(row: Row) -> Fraction:
    assert row.end is not None
    return row.end


def _fits(row: Row) -> bool:
    return all((at * 1000).denominator == 1 for at in (row.begin, _end(row)))


def _checked(rows: Sequence[Row], duration: Fraction | None, notes: list[str]) -> list[Row]:
    ordered = sorted(rows, key=lambda row: row.begin)
    if [row.begin for row in ordered] != [row.begin for row in rows]:
        notes.append("the rows were not in order of time: they are now")
    if ordered and ordered[-1].end is None:
        if duration is not None and duration > ordered[-1].begin:
            ordered[-1] = replace(ordered[-1], end=duration)
        else:
            last = ordered.pop()
            notes.append(
                f"the last shot (from {timecode(last.begin, 1)}) has no end and is left out: --duration would tell it"
            )
    kept, nothing = [], 0
    for index, row in enumerate(ordered):
        if row.begin < 0:
            raise ShotListError(f"{_where(row.line, index)}: a shot cannot begin before 0, at {float(row.begin):g} s")
        if _end(row) > LONGEST:
            raise ShotListError(f"{_where(row.line, index)}: no film lasts {float(_end(row)):g} s")
        if _end(row) < row.begin:
            raise ShotListError(
                f"{_where(row.line, index)}: a shot cannot end ({float(_end(row)):g} s) before it begins "
                f"({float(row.begin):g} s)"
            )
        if _end(row) == row.begin:
            nothing += 1
        else:
            kept.append(row)
    if nothing:
        notes.append(f"{_count(nothing, 'shot')} of no length left out")
    return kept


def _parted(spans: list[tuple[Fraction, Fraction]], notes: list[str]) -> list[tuple[Fraction, Fraction]]:
    """Spans in order of begin -> spans that meet or leave a gap, but never overlap."""
    out = list(spans)
    small_gaps = small_overlaps = cut_short = 0
    gaps: list[Fraction] = []
    for index in range(1, len(out)):
        (before, until), (begin, end) = out[index - 1], out[index]
        apart = begin - until
        if apart > SMALL:
            gaps.append(apart)
            continue
        if apart == 0:
            continue
        if apart > 0:
            small_gaps += 1
        elif -apart <= SMALL:
            small_overlaps += 1
        else:
            cut_short += 1
        at = begin if apart < -SMALL else (until + begin) / 2
        at = min(max(at, before), end)
        out[index - 1], out[index] = (before, at), (at, end)
    if small_gaps:
        notes.append(f"{_count(small_gaps, 'gap')} of up to {float(SMALL):g} s between shots closed in the middle")
    if gaps:
        notes.append(
            f"{_count(len(gaps), 'gap')} between shots ({float(sum(gaps)):.1f} s in all): that time belongs to no shot"
        )
    if small_overlaps:
        notes.append(
            f"{_count(small_overlaps, 'overlap')} of up to {float(SMALL):g} s parted in the middle, as a dissolve is"
        )
    if cut_short:
        notes.append(f"{_count(cut_short, 'longer overlap')}: the earlier shot ends where the later begins")
    return out


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'s' if number != 1 else ''}"


def _where(line: int, index: int) -> str:
    return f"line {line}" if line else f"shot {index + 1}"
