"""Motion: how much a picture differs from the one just before it, whatever moves: camera, people, light.

Contents
    lag_of     which frame before it each one is compared with
    Activity   the analyser: track ``activity``

The motion of the camera alone, and what moves besides, is in `images.camera`.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rewatch.analyser import Analyser, Gives
from rewatch.clock import FRAMES
from rewatch.evidence import Pictures
from rewatch.facts import FilmFacts
from rewatch.figure import Figure
from rewatch.images.colour import shown_luma
from rewatch.rows import Rows
from rewatch.track import Curve, Track

CUTTING = "Cutting, DeLong and Brunick 2011, doi 10.1037/a0020995"
REACH = Fraction(1, 12)
"""Seconds between the frames that are compared: two frames of film at 24 a second."""
NOISE = 1.0
"""Variance (code values squared) that a picture may have and be flat: rounding and the noise of the coder."""

FIGURES = (
    Figure(
        "activity",
        "Visual activity",
        "1 - r",
        "1 - Pearson's r between the luma of each frame and of the frame 1/12 s (at 24 frames a second: two frames) "
        "before it, both reduced to 128 pixels a line",
        CUTTING,
        ("activity",),
        "how much there is of motion of every kind, moment by moment",
        "what moves; at a cut it measures the change of picture, so leave out the frames just after boundaries",
    ),
)


def lag_of(rate: Fraction) -> int:
    """How many frames back a frame is compared with: nearest to 1/12 s, at least one.

    >>> [lag_of(Fraction(rate)) for rate in (12, 18, 24, 25, 30, 50, 60)]
    [1, 2, 2, 2, 2, 4, 5]
    """
    return max(1, round(rate * REACH))


class Activity(Analyser[Pictures]):
    """Visual activity: 1 - r of near-adjacent frames, every frame.

    As in the paper: frames are compared with the next but one, not with their neighbours, for transfers repeat
    frames; r is Pearson's, over all pixels of the luma of the reduced frames; the figure of a film is 1 - median r.
    Not as there: pictures keep their aspect and are reduced to a long side of 128 (the paper: 256 x 256); other rates
    than 24 keep the distance in time; entry n looks back, at the frame `lag` before n (for the first frames: at frame
    0); r has a floor of variance, (cov + 1) / sqrt((var + 1)(var' + 1)), in code values squared, so that black and
    other flat pictures have no activity for their noise. HDR is tone mapped first, that editions may be compared.
    """

    name, version, watches = "activity", 1, "pictures"
    gives = (
        Gives(
            "activity",
            "curve",
            "1 - r of each frame and the one 1/12 s before it: 0 nothing moves; high by nature just after a cut",
            unit="1 - r",
            source=CUTTING,
        ),
    )

    def begin(self, film: FilmFacts, scratch: Path) -> None:
        self._shown = shown_luma(film.picture)
        self._lag = lag_of(film.picture.rate) if film.picture else 2
        self._before: npt.NDArray[np.uint8] | None = None
        self._rows = Rows(None, np.float32, scratch / "rows")

    def feed(self, piece: Pictures) -> None:
        luma = piece.luma if self._shown is None else self._shown[piece.luma]
        if self._before is None:
            # The first frames have frame 0 before them.
            self._before = np.repeat(luma[:1], self._lag, axis=0)
        all_of_it = np.concatenate([self._before, luma])
        self._before = all_of_it[-self._lag :].copy()
        rows = all_of_it.astype(np.float32)
        # Sums along a row of at most 128 stay below 2^24 and are exact; so nothing hangs on the order of adding.
        count = luma.shape[1] * luma.shape[2]
        mean = rows.sum(axis=2).sum(axis=1, dtype=np.float64) / count
        square = np.einsum("nhw,nhw->nh", rows, rows).sum(axis=1, dtype=np.float64) / count
        cross = np.einsum("nhw,nhw->nh", rows[self._lag :], rows[: -self._lag]).sum(axis=1, dtype=np.float64) / count
        variance = np.maximum(square - mean**2, 0) + NOISE
        covariance = cross - mean[self._lag :] * mean[: -self._lag] + NOISE
        r = covariance / np.sqrt(variance[self._lag :] * variance[: -self._lag])
        self._rows.add(np.clip(1 - r, 0, 2))

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        return {"activity": Curve("activity", self._rows.array(), FRAMES, "1 - r")}
