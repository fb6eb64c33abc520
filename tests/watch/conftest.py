"""What tests of the runner share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rewatch.watch.progress import Silent


class _StopsAt(Silent):
    """Ctrl-C when so many seconds of the film were watched."""

    def __init__(self, second: float) -> None:
        self.second = second

    def moved(self, at: float) -> None:
        if at > self.second:
            raise KeyboardInterrupt


@pytest.fixture
def stops_at() -> Callable[[float], Silent]:
    return _StopsAt
