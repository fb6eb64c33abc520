"""By look: moments by what they look and sound like, in words.

The words and the numbers behind them are in ``look_words`` (``docs/look.md``), how they are put together in
``look_language``. Each half second of a film is what was asked for by a degree; round the highest, what holds seven
tenths of it is one answer; its edges are those of the shots where they are near.

Contents
    find_look
    spans_of    degrees -> the best stretches
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rewatch.find.look_language import Look, degree_of, read_look
from rewatch.find.look_words import Word
from rewatch.find.match import Match
from rewatch.find.moments import COLUMNS, Moments
from rewatch.library.library import Library
from rewatch.structure.evenly import RATE, Array, shot_seconds

LEAST = 0.3
"""The least degree of what is answered."""
_HOLDS = 0.7
_GAP = 2
"""Half seconds that may be wanting within a stretch."""
_NEAR = 0.75
"""Seconds within which the edge of a stretch is that of a shot."""


def find_look(library: Library, words: str, editions: Sequence[str] | None = None, *, top: int = 10) -> list[Match]:
    """Moments that are what the words say, best first; none where there are none.

    words:    as in ``docs/look.md``: "dark and quiet", "(red or orange) not moving", "loud minutes 10-20"
    editions: ids of those to look in; None: all of the library
    The score is the degree, 0..1. details of a match: words (each with its degree and what was measured)

    LookUnknown for a word that is none, with those that are like it.
    """
    look = read_look(words)
    found: list[Match] = []
    for id in [e.id for e in library.entries()] if editions is None else editions:
        edition = library.edition(id)
        moments = Moments(edition)
        if len(moments):
            found += _matches(look, moments, top)
    return sorted(found, key=lambda m: (-m.score, -((m.end or 0) - m.time), m.film, m.time))[:top]


def _matches(look: Look, moments: Moments, top: int) -> list[Match]:
    degree, known = look.degree(moments)
    shots = shot_seconds(moments.edition.tracks)
    found = []
    for first, last, score in spans_of(np.where(known, degree, 0.0), top):
        begin, end = _edges(moments, first, last, shots)
        words = {w.name: _measured(w, moments, first, last) for w in look.words}
        about = ", ".join(f"{name} ({says})" for name, (degree, _, says) in words.items() if says and degree > 0.05)
        frame = int(moments.times.frame_at(begin)) if moments.times is not None else None
        shot = int(np.searchsorted(shots[0], begin + 1e-6, side="right")) if len(shots[0]) else None
        found.append(
            Match(
                moments.edition.name,
                moments.edition.id,
                round(begin, 3),
                round(score, 3),
                "look",
                end=round(end, 3),
                frame=frame,
                about=about,
                details={
                    "words": {n: {"degree": d, "measured": m} for n, (d, m, _) in words.items()},
                    **({"shot": shot} if shot else {}),
                },
            )
        )
    return found


def _measured(word: Word, moments: Moments, first: int, last: int) -> tuple[float, float | None, str]:
    """A word's degree over a stretch, what was measured there, and that in words."""
    name = word.of[0].column
    have = moments.column(name)
    if have is None:
        return 0.0, None, ""
    degree = float(degree_of(word, moments)[0][first:last].mean())
    measured = float(have[0][first:last].mean())
    if name in COLUMNS:
        unit = COLUMNS[name].unit
        says = f"{name} {_short(measured)}{' ' if unit else ''}{unit}"
    else:
        says = f"{measured:.0%} of the picture"
    return round(degree, 3), round(measured, 4), says


def _short(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 2 else f"{value:.2f}"


def spans_of(degree: Array, most: int) -> list[tuple[int, int, float]]:
    """The best stretches [first, last) of half seconds, each with its mean degree; the highest first, none touching."""
    left = degree.copy()
    found: list[tuple[int, int, float]] = []
    while len(found) < most and len(left):
        peak = int(left.argmax())
        height = float(left[peak])
        if height < LEAST:
            break
        holds = left >= max(_HOLDS * height, LEAST / 2)
        first, last = _grown(holds, peak, -1), _grown(holds, peak, 1)
        found.append((first, last + 1, float(degree[first : last + 1].mean())))
        left[max(0, first - _GAP) : last + 1 + _GAP] = 0.0
    return found


def _grown(holds: npt.NDArray[np.bool_], at: int, step: int) -> int:
    """The farthest entry from `at`, going by `step`, that is reached without more than `_GAP` wanting."""
    side = holds[at::step]
    inside = np.flatnonzero(side)
    gaps = np.flatnonzero(np.diff(inside) > _GAP + 1)
    return at + step * int(inside[gaps[0]] if len(gaps) else inside[-1])


def _edges(moments: Moments, first: int, last: int, shots: tuple[Array, Array]) -> tuple[float, float]:
    begin, end = first / RATE, min(last / RATE, moments.length)
    if len(shots[0]):
        at = shots[0][np.abs(shots[0] - begin).argmin()]
        until = shots[1][np.abs(shots[1] - end).argmin()]
        begin = float(at) if abs(at - begin) <= _NEAR and at < end else begin
        end = float(until) if abs(until - end) <= _NEAR and until > begin else end
    return begin, end
