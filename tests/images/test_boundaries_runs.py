"""A run out of a film is judged as in the film."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from scipy.ndimage import gaussian_filter

from rewatch.evidence import Pictures
from rewatch.images.boundaries import BLOCK, Boundaries
from rewatch.track import Spans


def film() -> Pictures:
    """Shots of 75 frames, textures that move to the right, with a little noise."""
    random = np.random.default_rng(2)
    planes: list[list[npt.NDArray[np.uint8]]] = [[], [], []]
    for _ in range(9):
        world = [gaussian_filter(random.normal(0, 1, size), 4) for size in ((72, 260), (36, 130), (36, 130))]
        world = [128 + spread * w / w.std() for w, spread in zip(world, (40, 14, 14), strict=True)]
        for n in range(75):
            for into, part, step in zip(planes, world, (1, 0.5, 0.5), strict=True):
                at = int(n * step)
                shown = part[:, at : at + 128 * len(part) // 72]
                into.append(np.clip(shown + random.normal(0, 1, shown.shape) + 0.5, 0, 255).astype(np.uint8))
    luma, cb, cr = (np.stack(plane) for plane in planes)
    count = len(luma)
    kind, size = np.full(count, ord("P"), np.uint8), np.full(count, 100, np.int32)
    return Pictures(0, np.arange(count), Fraction(1, 24), 1, luma, cb, cr, np.zeros(count, bool), size, kind)


@pytest.mark.parametrize("begin", [30, 2 * BLOCK + 100])
def test_a_run_out_of_a_film_is_judged_as_in_the_film(begin: int) -> None:
    whole = film()
    names = ("pts", "luma", "cb", "cr", "keyframe", "size", "kind")
    run = replace(whole, **{name: getattr(whole, name)[begin:] for name in names})
    found = []
    for piece, lacks, ahead in ((whole, 0, 0), (run, begin % BLOCK, begin)):
        analyser = Boundaries(lacks=lacks)
        analyser.begin(None, Path())  # type: ignore[arg-type]
        analyser.feed(piece)
        spans = analyser.finish({})["boundaries"]
        assert isinstance(spans, Spans)
        rows = zip(spans.label, spans.begin + ahead, spans.end + ahead, spans.columns["sure"], strict=True)
        found.append([row for row in rows if row[1] > begin])
    assert [row[1] for row in found[0]] == [cut for cut in range(75, 675, 75) if cut > begin]
    assert found[0] == found[1]
