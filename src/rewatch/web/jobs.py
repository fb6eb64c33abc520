"""Jobs: work that takes a while, each in a process of its own, told of as it goes on.

A job is a module of ours run as ``python -m MODULE ARGUMENT...``: it writes one JSON object a line to its standard
output, and ends. It runs at low priority: the page must stay quick while a film is watched. Jobs of one kind take
turns.

    {"at": 12.5, "of": 5400.0}    how far, seconds of the film
    {"say": "..."}                something a person should know
    {"film": "2ee76d..."}         which edition it is about
    {"done": {...}}               it has ended well
    {"error": "..."}              it has failed, in a line

Contents
    Job    one of them: its events so far, and those to come
    Jobs   all of them
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

Event = dict[str, Any]
KEPT = 50
"""Jobs that are remembered after their end."""


@dataclass
class Job:
    """One piece of work.

    kind:  "watch" | "proxy"; about: what it is about: a path, an edition's id
    state: "waiting" | "running" | "done" | "failed" | "stopped"
    latest: the last event of each key
    """

    kind: str
    about: str
    module: str
    arguments: Sequence[str]
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    state: str = "waiting"
    latest: Event = field(default_factory=dict)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _process: asyncio.subprocess.Process | None = None

    @property
    def ended(self) -> bool:
        return self.state in ("done", "failed", "stopped")

    def told(self) -> Event:
        """All that is known of it now."""
        return {"id": self.id, "kind": self.kind, "about": self.about, "state": self.state, **self.latest}

    def tell(self, event: Event, state: str | None = None) -> None:
        self.latest.update(event)
        if state:
            self.state = state
        self._changed.set()
        self._changed = asyncio.Event()

    async def follow(self) -> AsyncIterator[Event]:
        """What is known of it now, and again whenever there is more; ends with the job."""
        while True:
            changed = self._changed
            yield self.told()
            if self.ended:
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), 15)

    def stop(self) -> None:
        """End it; what was done is kept."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGINT if sys.platform != "win32" else signal.SIGTERM)
        if not self.ended:
            self.tell({}, "stopped")


class Jobs:
    """The jobs of a server; all of it runs in the server's event loop."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._turns: dict[str, asyncio.Lock] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, job: Job) -> Job:
        """Begin a job; one of the same kind about the same that has not ended is given instead."""
        same = self.of(job.kind, job.about)
        if same is not None and not same.ended:
            return same
        self._jobs[job.id] = job
        for old in [j for j in self._jobs.values() if j.ended][:-KEPT]:
            del self._jobs[old.id]
        task = asyncio.create_task(self._run(job))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return job

    def get(self, id: str) -> Job | None:
        return self._jobs.get(id)

    def of(self, kind: str, about: str) -> Job | None:
        """The latest job of that kind about that."""
        found = [j for j in self._jobs.values() if (j.kind, j.about) == (kind, about)]
        return found[-1] if found else None

    def running(self, kind: str) -> list[Job]:
        return [j for j in self._jobs.values() if j.kind == kind and not j.ended]

    async def close(self) -> None:
        """End all of them; the server goes."""
        for job in self._jobs.values():
            job.stop()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)

    async def _run(self, job: Job) -> None:
        async with self._turns.setdefault(job.kind, asyncio.Lock()):
            if job.ended:
                return
            job.tell({}, "running")
            try:
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", job.module, *job.arguments,
                    stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
                )  # fmt: skip
            except OSError as error:
                job.tell({"error": f"it could not be started: {error.strerror}"}, "failed")
                return
            job._process = process
            assert process.stdout is not None
            async for line in process.stdout:
                with contextlib.suppress(ValueError):
                    job.tell(json.loads(line))
            await process.wait()
            if job.state == "stopped":
                return
            if process.returncode == 0 and "error" not in job.latest:
                job.tell({}, "done")
            else:
                job.tell({"error": job.latest.get("error", "it ended of itself: something went wrong")}, "failed")
