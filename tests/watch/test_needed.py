"""What an analyser finishes from is read when it is asked for, and not held when it is long."""

from __future__ import annotations

import numpy as np
import pytest

from rewatch.clock import FRAMES
from rewatch.track import Curve, Events, Track
from rewatch.watch.needed import Needed


class Edition:
    """Stands for an edition: what was read of it is noted, what is held is in `cache`."""

    def __init__(self, stored: dict[str, Track]) -> None:
        self.stored, self.cache, self.read = stored, set(), []
        self.tracks = self

    def __contains__(self, name: object) -> bool:
        return name in self.stored

    def __getitem__(self, name: str) -> Track:
        if name not in self.cache:
            self.read.append(name)
            self.cache.add(name)
        return self.stored[name]

    def let_go(self, but: list[str]) -> None:
        self.cache &= set(but)


def test_long_tracks_are_read_anew_short_ones_held() -> None:
    long = Curve("long", np.zeros((300_000, 2), np.float32), FRAMES, "", ("a", "b"))
    short = Curve("short", np.zeros(10, np.float32), FRAMES, "")
    frames = Events("frames", np.arange(100_000), FRAMES, {"size": np.arange(100_000)}, "")
    edition = Edition({"long": long, "short": short, "frames": frames, "other": short})
    needed = Needed(edition, ("short", "long", "frames", "absent"))  # type: ignore[arg-type]
    assert list(needed) == ["short", "long", "frames"]
    assert len(needed) == 3
    assert edition.read == []
    for _ in range(2):
        assert needed["short"] is short
        assert needed.get("long") is long
        assert needed["frames"] is frames
    assert edition.read == ["short", "long", "frames", "long", "frames"]
    assert edition.cache == {"short"}
    assert needed.get("absent") is None
    with pytest.raises(KeyError):
        needed["other"]
