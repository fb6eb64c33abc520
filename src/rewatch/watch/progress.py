"""What a watch tells whoever looks on. The faces implement it: a bar on a terminal, an event stream on a page."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """All times are seconds of the film."""

    def begin(self, name: str, seconds: float, at: float) -> None:
        """A film of that length is being watched from second `at` on (0, or where a killed run had stopped)."""

    def moved(self, at: float) -> None:
        """How far it is watched."""

    def say(self, line: str) -> None:
        """Something a person should know: a wait, a stage."""

    def end(self) -> None:
        """It is done, or given up."""


class Silent:
    """Tells nobody."""

    def begin(self, name: str, seconds: float, at: float) -> None:
        pass

    def moved(self, at: float) -> None:
        pass

    def say(self, line: str) -> None:
        pass

    def end(self) -> None:
        pass
