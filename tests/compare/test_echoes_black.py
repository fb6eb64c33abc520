"""Fades of two films go to the same black: it is no echo."""

from __future__ import annotations

from typing import Any

import numpy as np

from rewatch.compare.echoes_images import image_echoes
from rewatch.compare.echoes_pictured import Pictured
from rewatch.images.prints import NAME, open_prints


def test_black_frames_are_not_looked_for(demo_library: Any) -> None:
    (entry,) = demo_library.entries()
    edition = demo_library.edition(entry.id)
    prints = open_prints(edition.kept(NAME))
    assert prints is not None
    black = ~np.asarray(prints.hashes).any(axis=1)
    assert black.any()  # the film fades to black
    film = Pictured.of(edition)
    assert film is not None
    assert len(film.hashes) > 20
    assert film.hashes.any(axis=1).all()
    # Two parts of it that have nothing in common but a fade: 0:28 to 0:34, and the end.
    one, two = film.between((28.0, 34.0)), film.between((82.0, 85.0))
    assert image_echoes(one, two, least=0.01) == []
