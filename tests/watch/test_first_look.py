"""A first look finds plain cuts also where keyframes come by the clock and tell nothing of shots."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from rewatch.film.probe import open_film
from rewatch.watch.first_look import FirstLook

GROUP = 31
CLOCK = {"g": str(GROUP), "sc_threshold": "0", "bf": "3", "preset": "veryfast"}


def by_the_clock(source: Path, into: Path, frames: int | None = None) -> Path:
    """A film's picture, or its first frames, as broadcasters code it: a keyframe every 31 frames, whatever it shows."""
    with av.open(str(source)) as film, av.open(str(into), "w") as out:
        picture = film.streams.video[0]
        stream = out.add_stream("libx264", rate=picture.average_rate, options=CLOCK)
        stream.width, stream.height, stream.pix_fmt = picture.width, picture.height, "yuv420p"
        for frame in islice(film.decode(picture), frames):
            frame.pict_type = av.video.frame.PictureType.NONE
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return into


def test_cuts_between_keyframes_that_come_by_the_clock(demo_film: Any, tmp_path: Path) -> None:
    look = FirstLook(open_film(by_the_clock(demo_film.path, tmp_path / "clock.mp4")), tmp_path, lambda piece: None)
    look.look()
    keys = look.order.keyframes
    assert (np.diff(keys) == GROUP).all()
    true = np.array([b["frame"] for b in demo_film.truth.boundaries if b["kind"] == "cut"])
    found = np.array([t.first for t in look.transitions()])
    # It tells one cut a group at most.
    apart = np.abs(true[:, None] - found)
    nearest = {int(g): int(apart[(true - 1) // GROUP == g].min()) for g in (true[true % GROUP != 0] - 1) // GROUP}
    assert len(nearest) >= 8
    assert np.mean([n <= 3 for n in nearest.values()]) > 0.8, nearest
    edges = [(b.get("frame", b.get("first")), b.get("frame", b.get("last"))) for b in demo_film.truth.boundaries]
    assert all(any(first - GROUP < at < last + GROUP for first, last in edges) for at in found.tolist())


@pytest.mark.filterwarnings("error")
def test_a_film_of_one_keyframe_has_nothing_to_set_it_beside(demo_film: Any, tmp_path: Path) -> None:
    path = by_the_clock(demo_film.path, tmp_path / "one.mp4", GROUP)
    look = FirstLook(open_film(path), tmp_path, lambda piece: None)
    look.look()
    assert look.order.keyframes.tolist() == [0]
    assert not [t for t in look.transitions() if t.first == 0]
