"""The track ``frames``: when each frame of the picture is shown, and what the encoder made of it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np

from rewatch.analyser import Analyser, Gives
from rewatch.clock import Clock
from rewatch.evidence import Pictures
from rewatch.facts import FilmFacts
from rewatch.figure import Figure
from rewatch.rows import Rows
from rewatch.track import Events, Track

FIGURES = (
    Figure(
        "frames",
        "Frames",
        "",
        "each frame of the watched stream as it was decoded, in presentation order: its time stamp, how long it is "
        "shown (until the next), whether it is a keyframe, its size in bytes and its kind (I, P, B)",
        "the file's own time stamps",
        ("frames",),
        "what every frame number and every second of the picture rests on",
        "frames that the file does not hold: what was dropped before it was made",
    ),
)


class Frames(Analyser[Pictures]):
    """Event n is frame n, at its presentation time in ticks of the file's time base."""

    name = "frames"
    version = 1
    watches = "pictures"
    gives = (
        Gives(
            "frames",
            "events",
            "every frame of the picture: when it is shown, how long, and how it was coded",
            columns=("duration", "keyframe", "size", "kind"),
        ),
    )

    def begin(self, film: FilmFacts, scratch: Path) -> None:
        self._base = film.picture.time_base if film.picture else Fraction(1, 1000)
        self._pts = Rows(None, np.int64, scratch / "pts")
        self._keyframe = Rows(None, np.bool_, scratch / "keyframe")
        self._size = Rows(None, np.int32, scratch / "size")
        self._kind = Rows(None, np.uint8, scratch / "kind")
        self._last = 1

    def feed(self, piece: Pictures) -> None:
        self._base = piece.time_base
        self._last = piece.duration
        self._pts.add(piece.pts)
        self._keyframe.add(piece.keyframe)
        self._size.add(piece.size)
        self._kind.add(piece.kind)

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        pts, size, kind = self._pts.array(), self._size.array(), self._kind.array()
        duration = np.append(np.diff(pts), self._last)[: len(pts)].astype(np.int64)
        columns = {"duration": duration, "keyframe": self._keyframe.array(), "size": size, "kind": kind}
        return {"frames": Events("frames", pts, Clock(1 / self._base), columns)}
