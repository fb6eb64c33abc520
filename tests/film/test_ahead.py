"""Frames decoded ahead: in order, to the end, with what was lost; and a reading that stops stops the decoding."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from rewatch.errors import FilmError
from rewatch.evidence import Damage
from rewatch.film.ahead import Ahead


class Reel:
    """A decoding of so many frames (numbers); every tenth is lost, and one may fail."""

    def __init__(self, frames: int, fails_at: int | None = None) -> None:
        self.lost = Damage()
        self._frames, self._fails_at, self.at = frames, fails_at, 0

    def next(self) -> tuple[Any, int, int] | None:
        if self.at == self._fails_at:
            raise FilmError("torn")
        if self.at >= self._frames:
            self.lost.frames += 5  # what is only known at the end
            return None
        self.at += 1
        self.lost.frames = self.at // 10
        return (self.at - 1, 40 * (self.at - 1), 1)


@pytest.mark.parametrize("frames", [0, 1, 2, 3, 4, 100])
def test_every_frame_in_order_and_what_was_lost_up_to_it(frames: int) -> None:
    ahead: Any = Ahead(Reel(frames))  # type: ignore[arg-type]
    for n in range(frames):
        assert ahead.next() == (n, 40 * n, 1, (n + 1) // 10)
    for _ in range(3):
        assert ahead.next() == (None, None, -1, frames // 10 + 5)
    ahead.close()


@pytest.mark.parametrize("frames", [0, 5, 6, 7])
def test_a_failure_is_raised_in_its_place_and_then_it_is_over(frames: int) -> None:
    ahead: Any = Ahead(Reel(100, fails_at=frames))  # type: ignore[arg-type]
    for n in range(frames):
        assert ahead.next()[0] == n
    with pytest.raises(FilmError, match="torn"):
        ahead.next()
    assert ahead.next()[0] is None
    ahead.close()


def test_it_runs_only_so_far_ahead_and_stops_when_closed() -> None:
    reel = Reel(10_000)
    threads = threading.active_count()
    ahead: Any = Ahead(reel)  # type: ignore[arg-type]
    assert ahead.next()[0] == 0
    ahead.close()
    assert reel.at < 30
    assert threading.active_count() == threads
