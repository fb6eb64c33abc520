"""By likeness: moments that are like a given one, by picture, by sound, by rhythm, in the same film or in others.

Each half second of a film is described by some dozens of numbers of fixed scale, the same for every film:
    picture   palette (roots of its shares: Hellinger), light and contrast, movement, motion of the camera; over 2 s
    sound     shape of the spectrum, its centre and flatness, loudness, speech, music, effects; over 4 s
    rhythm    length of the shot that is on, cuts within 6, 20 and 60 s, movement and how it changes, attacks; over 8 s
How alike two moments are is told by how many pairs of moments, taken at random from the films that are looked in, are
less alike: 0.99 = closer than 99 of 100. That is no chance of being right, for nobody can say what is right.

Contents
    find_like
    PARTS      picture, sound, rhythm
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter1d

from rewatch.clock import timecode
from rewatch.errors import NotMeasured
from rewatch.find.match import Match
from rewatch.find.moments import Moments
from rewatch.library.edition import Edition
from rewatch.library.library import Library
from rewatch.structure.evenly import RATE, Array, shot_seconds
from rewatch.track import Events

LEAST = 0.8
"""How alike at least: closer than eight of ten pairs."""
ITSELF = 10.0
"""Seconds to either side of the moment, besides its own shot, that are the moment itself."""
_APART = 5.0
"""Seconds between two answers of one film, unless a cut is between them."""
_PAIRS = 6000
_FEWEST = 20
"""Half seconds a film must have to be compared."""


def find_like(
    library: Library,
    edition: str,
    seconds: float,
    editions: Sequence[str] | None = None,
    *,
    by: str = "all",
    top: int = 10,
) -> list[Match]:
    """Moments like second `seconds` of an edition, the most alike first; none of the moment itself.

    by:       of `PARTS`, or "all" together
    editions: ids of those to look in; None: all of the library
    details of a match: by (how alike in each part), shot

    NotMeasured where the film is shorter than that, or lacks the evidence.
    """
    own = library.edition(edition)
    if not 0 <= seconds < own.duration:
        raise NotMeasured(f"{own.name} has no {timecode(seconds)}: it is {timecode(own.duration)} long")
    parts = list(PARTS) if by == "all" else [by]
    moments = Moments(own)
    at = min(int(seconds * RATE), len(moments) - 1)
    mine = {part: PARTS[part](moments) for part in parts}
    asked = {part: values[at] for part, values in mine.items() if values is not None}
    if not asked:
        raise NotMeasured(f"{own.name} has nothing measured of its {' or '.join(parts)}")
    films = []
    for id in [e.id for e in library.entries()] if editions is None else editions:
        film = own if id == edition else library.edition(id)
        its = moments if id == edition else Moments(film)
        described = {part: mine[part] if id == edition else PARTS[part](its) for part in asked}
        have = {part: values for part, values in described.items() if values is not None}
        # A film without sound is not like another by sound: it is not compared.
        if len(have) == len(asked) and len(its) >= _FEWEST:
            films.append((film, its, have))
    if not films:
        return []
    scale = _scales([have for _, _, have in films])
    found: list[Match] = []
    for film, its, have in films:
        apart = {part: np.linalg.norm(have[part] - asked[part], axis=1) for part in asked}
        total = np.sqrt(sum((apart[part] / scale[part][len(scale[part]) // 2]) ** 2 for part in asked))
        itself = seconds if film is own else None
        found += _matches(film, its, apart, total, scale, itself, top)
    return sorted(found, key=lambda m: (-m.score, m.film, m.time))[:top]


def _scales(films: list[dict[str, Array]]) -> dict[str, Array]:
    """Distances of random pairs, rising, of each part; and "all": of all parts together."""
    rng = np.random.default_rng(0)
    sizes = np.array([len(next(iter(have.values()))) for have in films])
    # Each film as often as any other, so that one long film does not say what alike is.
    pick = rng.integers(0, len(films), (2, _PAIRS))
    at = (rng.random((2, _PAIRS)) * sizes[pick]).astype(int)
    near = (pick[0] == pick[1]) & (np.abs(at[0] - at[1]) < 2 * ITSELF * RATE)
    keep = ~near if (~near).sum() > _PAIRS // 10 else np.ones(_PAIRS, dtype=np.bool_)
    pick, at = pick[:, keep], at[:, keep]
    scale: dict[str, Array] = {}
    together = np.zeros(pick.shape[1])
    for part in films[0]:
        width = films[0][part].shape[1]
        rows = np.zeros((2, pick.shape[1], width))
        for i, have in enumerate(films):
            for side in (0, 1):
                rows[side, pick[side] == i] = have[part][at[side, pick[side] == i]]
        distance = np.linalg.norm(rows[0] - rows[1], axis=1)
        scale[part] = np.maximum(np.sort(distance), 1e-6)
        together += (distance / scale[part][len(distance) // 2]) ** 2
    scale["all"] = np.sort(np.sqrt(together))
    return scale


def _alike(apart: float, scale: Array) -> float:
    """The share of random pairs that are farther apart; 1 only in the limit."""
    nearer = float(np.searchsorted(scale, apart, side="left"))
    return 1 - (nearer + 0.5) / (len(scale) + 1)


def _matches(
    film: Edition,
    moments: Moments,
    apart: dict[str, Array],
    total: Array,
    scale: dict[str, Array],
    itself: float | None,
    top: int,
) -> list[Match]:
    begin, end = shot_seconds(film.tracks)
    at = moments.seconds
    left = total.copy()
    if itself is not None:
        low, high = itself - ITSELF, itself + ITSELF
        shot = int(np.searchsorted(begin, itself + 1e-6, side="right")) - 1
        if shot >= 0:
            low, high = min(low, float(begin[shot])), max(high, float(end[shot]))
        left[(at >= low) & (at <= high)] = np.inf
    found: list[Match] = []
    while len(found) < top:
        i = int(left.argmin())
        score = _alike(float(total[i]), scale["all"])
        if not np.isfinite(left[i]) or score < LEAST:
            break
        here = float(at[i])
        shot = int(np.searchsorted(begin, here, side="right")) - 1
        low, high = here - _APART / 2, here + _APART / 2
        if shot >= 0:
            low, high = max(low, float(begin[shot])), min(high, float(end[shot]))
        low, high = max(0.0, low), min(moments.length, high)
        left[(at >= here - _APART) & (at <= here + _APART) & (at >= low - 0.5) & (at <= high + 0.5)] = np.inf
        each = {part: round(_alike(float(values[i]), scale[part]), 3) for part, values in apart.items()}
        found.append(
            Match(
                film.name,
                film.id,
                round(low, 3),
                round(score, 4),
                "like",
                end=round(high, 3),
                frame=int(moments.times.frame_at(low)) if moments.times is not None else None,
                about=", ".join(f"{part} {value:.2f}" for part, value in each.items()),
                details={"by": each, **({"shot": shot + 1} if shot >= 0 else {})},
            )
        )
    return found


def _together(moments: Moments, seconds: float, *columns: tuple[Array, npt.NDArray[np.bool_]] | None) -> Array | None:
    """Columns side by side, each a mean over some seconds; None where one is lacking."""
    have = [column for column in columns if column is not None]
    if len(have) < len(columns) or not have:
        return None
    size = max(1, round(seconds * RATE))
    out = []
    for values, known in have:
        table = values.reshape(len(values), -1)
        # What is not known counts as the film's middle.
        filled = np.where(known[:, None], table, np.median(table[known], axis=0) if known.any() else 0.0)
        out.append(uniform_filter1d(filled, size, axis=0, mode="nearest"))
    return np.concatenate(out, axis=1)


def _scaled(
    column: tuple[Array, npt.NDArray[np.bool_]] | None, by: float, log: float = 0.0
) -> tuple[Array, npt.NDArray[np.bool_]] | None:
    """A column over its usual spread; `log`: the logarithm, of at least so much."""
    if column is None:
        return None
    values = np.log(np.maximum(column[0], 0.0) + log) if log else column[0]
    return values / by, column[1]


def _picture(moments: Moments) -> Array | None:
    palette = moments.laid("palette")
    if palette is None:
        return None
    return _together(
        moments,
        2.0,
        (2.0 * np.sqrt(np.maximum(palette[0], 0.0)), palette[1]),
        _scaled(moments.column("light"), 0.2),
        _scaled(moments.column("contrast"), 0.1),
        _scaled(moments.column("activity"), 3.0, 0.01),
        _scaled(moments.column("camera"), 3.0, 0.02),
    )


def _sound(moments: Moments) -> Array | None:
    bands = moments.laid("spectrum", "sub", "bass", "low_mid", "mid", "high_mid", "presence", "air")
    if bands is None:
        return None
    # Silence has no shape.
    levels = np.maximum(bands[0], -75.0)
    shape = (levels - levels.mean(axis=1, keepdims=True)) / 12
    flat = moments.laid("spectrum", "flatness")
    return _together(
        moments,
        4.0,
        (shape, bands[1]),
        _scaled(moments.column("centre"), 1.0, 100.0),
        None if flat is None else (np.log(flat[0] + 1e-3) / 3, flat[1]),
        _scaled(moments.column("level"), 12.0),
        *(_scaled(moments.column(kind), 0.6) for kind in ("speech", "music", "effects")),
    )


def _rhythm(moments: Moments) -> Array | None:
    begin, _ = shot_seconds(moments.edition.tracks)
    if len(begin) < 2:
        return None
    known = np.ones(len(moments), dtype=np.bool_)
    cuts = []
    for window in (6.0, 20.0, 60.0):
        edges = np.searchsorted(begin[1:], [moments.seconds - window / 2, moments.seconds + window / 2])
        inside = np.minimum(moments.seconds + window / 2, moments.length) - np.maximum(moments.seconds - window / 2, 0)
        cuts.append(np.log((edges[1] - edges[0] + 0.5) / np.maximum(inside, 1.0)) / 0.8)
    # A film known by a list of its shots has no motion: its rhythm is that of its cuts.
    moving = _scaled(moments.column("activity"), 1.5, 0.01) or (np.zeros(len(moments)), known)
    changing = (np.abs(np.diff(moving[0], prepend=moving[0][:1])) * 2, moving[1])
    onsets = moments.edition.tracks.get("onsets")
    # A film without sound has no attacks: that is a rhythm, too.
    at = onsets.seconds(moments.times) if isinstance(onsets, Events) else np.zeros(0)
    attacks = np.log(np.histogram(at, moments.edges)[0] * RATE + 0.5)
    return _together(
        moments,
        8.0,
        (np.column_stack(cuts), known),
        _scaled(moments.column("shot length"), 0.8, 0.1),
        moving,
        changing,
        (attacks, known),
    )


PARTS: dict[str, Callable[[Moments], Array | None]] = {"picture": _picture, "sound": _sound, "rhythm": _rhythm}
"""What moments are likened by: the moments of a film -> (n, k), Euclidean."""
