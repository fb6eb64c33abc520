"""Novelty: where a film turns into something else, by all the evidence that it has, at three scales.

J. Foote, "Automatic audio segmentation using a measure of audio novelty", ICME 2000: lay a film's similarity to itself
out as a matrix, and slide a checkerboard along its diagonal: its value is high where what comes is like itself, what
was is like itself, and the two are unlike. The checkerboard is tapered by a Gaussian.

The similarity of two moments here is the inner product of their portraits (`portrait`). For that similarity, and as
well for the negative squared distance, a checkerboard tapered by a product of two Gaussians is, exactly, the squared
distance of the two tapered means, of what comes and of what was: no matrix is needed, and the work grows with the film
and not with its square. (With s the sign and g the taper: the sum over a, b of s_a s_b g_a g_b <x_a, x_b> is
|sum over a of s_a g_a x_a|^2; and what |x|^2 adds in a squared distance cancels, for s g sums to nothing.)

Toward the ends of the film one side grows short: the means are of what there is, and the value is weighed down by how
little that is, so that a film is not said to turn as soon as it begins.

Scales, as seconds on either side, for a film of `length` seconds (Gaussian of half that, cut off there):
    detail    8 s     a fortieth of a film shorter than 5 min
    sequence  30 s    a twentieth of a film shorter than 10 min
    movement  120 s   an eighth of a film shorter than 16 min
so that a feature's checkerboards span 16 s, 1 min and 4 min.

Contents
    scales        length -> seconds on either side
    checkerboard  rows -> novelty
    chance        what noise has of it
    peaks         a curve -> the entries that stand out, by prominence
    novelty_of, novelty_track   the portrait of a film -> its novelty (`movements` has the analyser)
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from rewatch.figure import Figure
from rewatch.smoothing import ahead
from rewatch.structure.evenly import GRID, RATE, Array, column_blocks
from rewatch.structure.portrait import NEEDS, Group
from rewatch.track import Curve

FOOTE = "Foote 2000, ICME, Automatic audio segmentation using a measure of audio novelty"

SCALES = ("detail", "sequence", "movement")
SHORTEST = 4.0
"""Seconds; a film that is shorter has no novelty: there is nothing to set against anything."""
_ROWS = 24
"""Rows on either side of a checkerboard at most; larger ones are laid over means of several entries."""

FIGURES = (
    Figure(
        "novelty",
        "Novelty",
        "",
        "|m_after - m_before|^2 / groups, m the means (Gaussian taper) of all evidence on either side, each number in "
        "spreads from the film's median, each group weighing the same; on either side up to 8 s (detail), 30 s "
        "(sequence), 120 s (movement), less in films under 16 min. Equal to Foote's tapered checkerboard along the "
        "diagonal of the self-similarity",
        FOOTE,
        tuple(name for name in NEEDS if name != "music"),
        "where a film turns into something else, whatever it is that changes",
        "what a story means: two scenes that look and sound alike are one to it",
    ),
)


def scales(length: float) -> tuple[float, float, float]:
    """Seconds on either side of the three checkerboards for a film of `length` seconds."""
    return min(8.0, length / 40), min(30.0, length / 20), min(120.0, length / 8)


def checkerboard(rows: Array, seconds: float) -> Array:
    """(n, k) rows of the grid -> (n + 1,) novelty at each edge of its entries, `seconds` on either side.

    0 at both ends of the film.
    """
    count = len(rows)
    if count < 2:
        return np.zeros(count + 1)
    step = max(1, int(seconds * RATE / _ROWS))
    if step > 1:
        # The last step may be short: it is filled up with its own mean.
        starts = np.arange(0, count, step)
        coarse = np.add.reduceat(rows, starts, axis=0) / np.diff(np.append(starts, count))[:, None]
        at = np.append(starts, count).astype(np.float64)
        return np.interp(np.arange(count + 1), at, _checkerboard(coarse, seconds * RATE / step))
    return _checkerboard(rows, seconds * RATE)


def _checkerboard(rows: Array, reach: float) -> Array:
    """The same with the reach in rows."""
    reach = max(1.0, reach)
    wide = int(np.ceil(reach))
    taper = np.exp(-0.5 * ((np.arange(wide) + 0.5) / (reach / 2)) ** 2)
    mass_after, mass_before = _beside(np.ones((len(rows), 1)), taper)
    novelty = np.zeros(len(rows) + 1)
    for some in column_blocks(rows):
        after, before = _beside(rows[:, some], taper)
        after /= np.maximum(mass_after, 1e-12)
        after -= before / np.maximum(mass_before, 1e-12)
        novelty += (after**2).sum(axis=1)
    novelty *= np.minimum(mass_after, mass_before)[:, 0] / taper.sum()
    return novelty


def _beside(rows: Array, taper: Array) -> tuple[Array, Array]:
    """(n + 1, k) tapered sums of what comes after each edge, and of what was before it."""
    count, wide = len(rows), len(taper)
    padded = np.zeros((count + 2 * wide, rows.shape[1]))
    padded[wide:-wide] = rows
    # Entry j holds the sum over a of taper[a] padded[j + a]: what comes after edge j; mirrored, what was before it.
    after = ahead(padded, taper)[wide : wide + count + 1]
    return after, ahead(padded[::-1], taper)[wide : wide + count + 1][::-1]


def chance(seconds: float) -> float:
    """The novelty that noise has in the mean, a checkerboard of so many seconds on either side: 2 / rows in effect."""
    return 2.0 / max(1.0, 0.81 * seconds * RATE)


def peaks(curve: Array, least: int, most: int, prominence: float, height: float = 0.0) -> npt.NDArray[np.int64]:
    """The entries at which a curve stands out: at most `most`, by prominence, in order of time.

    least:      entries that lie between two of them, and between one and either end
    prominence: what a peak must rise by above the higher of the valleys beside it (its topological persistence), as
                a share of the curve's own range from its median to its greatest value
    height:     what it must reach at least
    """
    if len(curve) < 2 * least + 1 or most < 1:
        return np.zeros(0, dtype=np.int64)
    reach = float(curve.max() - np.median(curve))
    if reach <= 1e-9:
        return np.zeros(0, dtype=np.int64)
    found = summits(curve)
    found = found[curve[found] >= height]
    rises = prominences(curve, found)
    found, rises = found[rises >= prominence * reach], rises[rises >= prominence * reach]
    # Every maximum of a wide plateau is one peak; the surest come first, ties in order of time.
    order = np.lexsort((found, -rises))
    kept: list[int] = []
    for peak in found[order].tolist():
        if len(kept) < most and least <= peak < len(curve) - least and all(abs(peak - k) >= least for k in kept):
            kept.append(peak)
    return np.array(sorted(kept), dtype=np.int64)


def summits(curve: Array) -> npt.NDArray[np.int64]:
    """Entries that are higher than those beside them, of a plateau its middle; as in ``scipy.signal.find_peaks``.

    That takes most of a second to load, at the end of a watch.
    """
    level = np.flatnonzero(np.diff(curve, prepend=np.nan) != 0)  # where each plateau begins
    heights = curve[level]
    high = np.flatnonzero((heights[1:-1] > heights[:-2]) & (heights[1:-1] > heights[2:])) + 1
    return np.asarray((level[high] + level[high + 1] - 1) // 2, dtype=np.int64)


def prominences(curve: Array, at: npt.NDArray[np.int64]) -> Array:
    """(n,) what each summit rises by above the higher of the valleys between it and what is higher, or an end."""
    found = np.zeros(len(at))
    for n, peak in enumerate(at.tolist()):
        higher = np.flatnonzero(curve > curve[peak])
        side = int(np.searchsorted(higher, peak))
        first = int(higher[side - 1]) + 1 if side else 0
        last = int(higher[side]) if side < len(higher) else len(curve)
        found[n] = curve[peak] - max(curve[first : peak + 1].min(), curve[peak:last].min())
    return found


def novelty_of(groups: Mapping[str, Group], length: float) -> Array:
    """(n + 1, 3) novelty at the edges of the grid, a column a scale."""
    if not groups or length < SHORTEST:
        return np.zeros((0, len(SCALES)))
    # A squared distance is the sum of those of the groups.
    found = [np.sum([checkerboard(g.scaled, side) for g in groups.values()], axis=0) for side in scales(length)]
    return np.column_stack(found) / len(groups)


def novelty_track(at_edges: Array) -> Curve:
    """The track ``novelty``: each entry of the grid takes the mean of its two edges."""
    values = (at_edges[1:] + at_edges[:-1]) / 2 if len(at_edges) > 1 else np.zeros((0, len(SCALES)))
    return Curve("novelty", values.astype(np.float32), GRID, "", SCALES)
