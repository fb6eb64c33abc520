"""Stills of a film of which most frames were not looked at: of each shot the sharpest keyframe or frame kept large.

Contents
    GlanceStills
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from rewatch.clock import FRAMES
from rewatch.evidence import Pictures
from rewatch.images.stills import CLEAR, QUALITY, sharpness
from rewatch.track import Events, Spans, Track


class GlanceStills:
    """Fed with what was looked at, in order; pictures wait in ``scratch / "large"``, those chosen go to ``keep``.

    handed_on: whether the pictures are left there when it finishes, for another one that goes on with them
    """

    handed_on = False

    def begin(self, scratch: Path) -> None:
        self._scratch = scratch
        for folder in ("large", "keep"):
            (scratch / folder).mkdir(parents=True, exist_ok=True)
            for path in (scratch / folder).glob("*.jpg"):
                path.unlink()
        self._sharp: dict[int, float] = {}
        self._frames: list[int] = []
        self._count = 0

    def feed(self, piece: Pictures) -> None:
        for frame, rgb in piece.large.items():
            self.take(frame, rgb)
        self._count = piece.first + len(piece)

    def take(self, frame: int, rgb: npt.NDArray[np.uint8]) -> None:
        """A frame that a still may be made of, as `Pictures.large`; in any order, known ones are passed by."""
        if frame not in self._sharp:
            Image.fromarray(rgb).save(self._path("large", frame), quality=QUALITY)
            self._sharp[frame] = sharpness(rgb)

    def go_on_from(self, other: GlanceStills) -> None:
        """Take over the pictures that another one was given, and has finished with."""
        for frame, sharp in other._sharp.items():
            other._path("large", frame).replace(self._path("large", frame))
            self._sharp[frame] = sharp

    def _path(self, folder: str, frame: int) -> Path:
        return self._scratch / folder / f"{frame:06d}.jpg"

    def finish(self, shots: Track | None) -> Mapping[str, Track]:
        """The track ``stills``; the whole film is one shot where there are none."""
        self._frames = sorted(self._sharp)
        chosen: list[tuple[int, int]] = []
        spans = [(0, self._count)] if self._count else []
        if isinstance(shots, Spans) and len(shots):
            spans = list(zip(shots.begin.tolist(), shots.end.tolist(), strict=True))
        for shot, (begin, end) in enumerate(spans if self._frames else []):
            chosen.append((self._choose(begin, end), shot))
        files = []
        for frame, _ in chosen:
            kept = self._path("keep", frame)
            if not kept.exists():
                kept.write_bytes(self._path("large", frame).read_bytes())
            files.append(kept.name)
        for path in () if self.handed_on else (self._scratch / "large").glob("*.jpg"):
            path.unlink()
        columns: dict[str, Any] = {"shot": np.array([shot for _, shot in chosen], np.int64), "file": files}
        at = np.array([frame for frame, _ in chosen], np.int64)
        rows = np.argsort(at, kind="stable")
        columns = {"shot": columns["shot"][rows], "file": [files[i] for i in rows.tolist()]}
        return {"stills": Events("stills", at[rows], FRAMES, columns, "frame")}

    def _choose(self, begin: int, end: int) -> int:
        for away in (2 * CLEAR, CLEAR, 0):
            first, last = bisect_left(self._frames, begin + away), bisect_left(self._frames, end - away)
            if first < last:
                # A cut's own keyframe is whole, and is taken where it is the sharpest or the only one.
                return max(self._frames[first:last], key=lambda frame: self._sharp[frame])
        middle = (begin + end) // 2
        return min(self._frames, key=lambda frame: abs(frame - middle))
