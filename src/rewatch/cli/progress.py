"""Progress of a watch on a terminal: what, how far, how fast against real time, how long still. Quiet elsewhere."""

from __future__ import annotations

import os
import sys
import time
from functools import cached_property
from typing import TYPE_CHECKING

from rewatch.cli.common import messages
from rewatch.clock import timecode
from rewatch.watch.progress import Progress as Told
from rewatch.watch.progress import Silent

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress


class Messages:
    """Standard error while films are watched; rich is loaded with the first message, when a film is being decoded."""

    @cached_property
    def console(self) -> Console:
        return messages()

    @property
    def is_terminal(self) -> bool:
        return sys.stderr.isatty() or bool(os.environ.get("FORCE_COLOR"))

    def print(self, line: str) -> None:
        self.console.print(line, markup=False)


class _Bar:
    def __init__(self, err: Messages) -> None:
        self._err = err
        self._progress: Progress | None = None

    def begin(self, name: str, seconds: float, at: float) -> None:
        # Loaded when the film is being decoded already.
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        self._progress = Progress(
            TextColumn("{task.description}", style="bold", markup=False),
            BarColumn(bar_width=30),
            TaskProgressColumn(),
            TextColumn("{task.fields[where]}", markup=False),
            TextColumn("{task.fields[speed]}", style="cyan"),
            TimeRemainingColumn(compact=True),
            console=self._err.console,
            transient=True,
        )
        self._task = self._progress.add_task(name, total=seconds or None, completed=int(at), where="", speed="")
        self._length, self._from, self._began = seconds, at, time.monotonic()
        if at:
            self._err.print(f"{name}: going on from {timecode(at)}")
        self._progress.start()

    def moved(self, at: float) -> None:
        if self._progress is None:
            return
        spent = time.monotonic() - self._began
        speed = f"{(at - self._from) / spent:.0f} x real time" if spent > 1 and at > self._from else ""
        where = f"{timecode(at)} of {timecode(self._length)}" if self._length else timecode(at)
        self._progress.update(self._task, completed=at, where=where, speed=speed)

    def say(self, line: str) -> None:
        self._err.print(f"rewatch: {line}")

    def end(self) -> None:
        if self._progress is not None:
            self._progress.stop()
            self._progress = None


class _Lines(Silent):
    """Not a terminal: only what a person should know."""

    def __init__(self, err: Messages) -> None:
        self._err = err

    def say(self, line: str) -> None:
        self._err.print(f"rewatch: {line}")


def bar(err: Messages) -> Told:
    """A bar where standard error is a terminal; otherwise only what should be said."""
    return _Bar(err) if err.is_terminal else _Lines(err)
