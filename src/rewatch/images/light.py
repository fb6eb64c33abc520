"""Light: how bright each frame is, and how far its light and dark lie apart.

Luma is taken as it is shown on an ordinary screen: code values of the film over 0..1 (0 black, 1 white), HDR tone
mapped first. It is what the eye reads as lightness, nearly; it is not linear light.

Contents
    Light   the analyser: track ``light``
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from rewatch.analyser import Analyser, Gives
from rewatch.clock import FRAMES
from rewatch.evidence import Pictures
from rewatch.facts import FilmFacts
from rewatch.figure import Figure
from rewatch.images.colour import shown_luma
from rewatch.rows import Rows
from rewatch.track import Curve, Track

FIGURES = (
    Figure(
        "light",
        "Light",
        "0..1",
        "mean and standard deviation of luma over each frame, 0 = black, 1 = white (HDR tone mapped)",
        "luma as in ITU-R BT.601, BT.709; the film's own matrix",
        ("light",),
        "where a film is dark or bright, flat or rich in contrast",
        "how bright it was on the set, or on a screen that is set up otherwise",
    ),
)


class Light(Analyser[Pictures]):
    """Mean and spread (standard deviation) of luma, every frame."""

    name, version, watches = "light", 1, "pictures"
    gives = (
        Gives(
            "light",
            "curve",
            "mean and spread (standard deviation) of luma over the frame",
            unit="0..1",
            columns=("mean", "spread"),
            source="ITU-R BT.709",
        ),
    )

    def begin(self, film: FilmFacts, scratch: Path) -> None:
        self._shown = shown_luma(film.picture)
        self._rows = Rows(2, np.float32, scratch / "rows")

    def feed(self, piece: Pictures) -> None:
        luma = piece.luma if self._shown is None else self._shown[piece.luma]
        rows = luma.astype(np.float32)
        # Sums along a row of at most 128 stay below 2^24 and are exact; so nothing hangs on the order of adding.
        total = rows.sum(axis=2).sum(axis=1, dtype=np.float64)
        squares = np.einsum("nhw,nhw->nh", rows, rows).sum(axis=1, dtype=np.float64)
        count = luma.shape[1] * luma.shape[2]
        mean = total / count
        spread = np.sqrt(np.maximum(squares / count - mean**2, 0.0))
        self._rows.add(np.stack([mean, spread], axis=1) / 255)

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        return {"light": Curve("light", self._rows.array(), FRAMES, "0..1", ("mean", "spread"))}
