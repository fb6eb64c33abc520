"""The demo film from its first frame to its file.

Contents
    render
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rewatch.demo.mux import write_film
from rewatch.demo.picture import Projector
from rewatch.demo.soundtrack import soundtrack
from rewatch.demo.timeline import Timeline
from rewatch.demo.truth import Truth, truth_of, truth_path
from rewatch.demo.variant import Variant


def render(path: Path, variant: Variant, progress: Callable[[int, int], None] | None = None) -> Truth:
    """See `rewatch.demo.render`."""
    timeline = Timeline(variant)
    projector = Projector(timeline)
    seen = hashlib.sha256()

    def frame(number: int) -> npt.NDArray[np.uint8]:
        drawn = projector.frame(number)
        seen.update(drawn.data)
        return drawn

    samples = soundtrack(variant.channels) if variant.sound_codec else None
    write_film(path, timeline, frame, samples, progress)
    truth = truth_of(timeline, seen.hexdigest() if variant.codec else "")
    truth.write(truth_path(path))
    return truth
