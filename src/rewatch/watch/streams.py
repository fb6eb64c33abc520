"""The two streams of a watch: picture and sound, each read once and fanned out to its analysers.

The picture is read in one thread (libav decodes in threads of its own, without the GIL) and looked at in another; the
sound is read and heard in a third. Queues are bounded: memory does not grow with the film.
"""

from __future__ import annotations

import ctypes
import queue
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from rewatch.evidence import Damage, Pictures, Samples
from rewatch.facts import FilmFacts
from rewatch.film.groups import stretches_of
from rewatch.film.pictures import PictureReader, ResumeFailed
from rewatch.film.samples import read_samples
from rewatch.watch import checkpoint
from rewatch.watch.checkpoint import Checkpoint
from rewatch.watch.plan import AnyAnalyser

_BATCH = 64
_PIECES_AHEAD = 6
"""As many as are read while the analysers are loaded; a piece takes a megabyte."""
_PATIENCE = 60.0
"""Seconds for a thread to end: a piece takes one at most. The thread of one that hangs is left to the process's end."""
_MMAP_THRESHOLD = -3
"""What ``malloc.h`` calls M_MMAP_THRESHOLD."""
_LARGE = 1 << 18
CHECKPOINT = "picture.checkpoint"
CHECKPOINT_EVERY = 10.0
"""Seconds of wall time between two checkpoints of the picture."""


def give_back_memory() -> None:
    """Let the C library, and Arrow, return freed memory to the system, where they can (glibc).

    Small arrays that are kept lie between large ones that were freed; without this a long film's watch grows by what
    lies between.
    """
    if "pyarrow" in sys.modules:
        sys.modules["pyarrow"].default_memory_pool().release_unused()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def return_large_arrays() -> None:
    """From here on let the C library return large arrays as soon as they are freed, where it can (glibc).

    Usually it learns from the first that are freed to keep such memory, which is quicker while a film plays; but what
    is worked out of a long film's tracks would lie in it with holes of tens of megabytes.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, _LARGE)


class Stream(ABC):
    """One stream being watched in threads of its own.

    seconds: how far it has come; ended: all of it was fed; failure: what went wrong, to be raised by whoever waits
    goes_on: whether a watch that was stopped in it goes on, or begins it anew
    """

    evidence: ClassVar[str]
    goes_on: ClassVar[bool] = True

    def __init__(self, film: FilmFacts, analysers: Sequence[AnyAnalyser], scratch: Path) -> None:
        self.film = film
        self.analysers = list(analysers)
        self.damage = Damage()
        self.seconds = 0.0
        self.ended = threading.Event()
        self.failure: BaseException | None = None
        self._scratch = scratch
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        for job in self._jobs():
            self._run(job)

    def _run(self, job: Any) -> None:
        thread = threading.Thread(target=self._guarded, args=(job,), daemon=True, name=f"{job.__name__}")
        self._threads.append(thread)
        thread.start()

    def stop(self) -> None:
        """Ask it to stop after the piece in hand, and wait until it has, or until it must be stuck in a library."""
        self._stop.set()
        for thread in self._threads:
            thread.join(_PATIENCE)

    @abstractmethod
    def _jobs(self) -> list[Any]:
        """What its threads run."""

    def _guarded(self, job: Any) -> None:
        try:
            job()
        # Carried to the thread that waits for the stream, and raised there.
        except BaseException as error:
            self.failure = self.failure or error
            self._stop.set()
            self.ended.set()

    def _begin(self) -> None:
        for analyser in self.analysers:
            scratch = self._scratch / analyser.name
            scratch.mkdir(parents=True, exist_ok=True)
            analyser.begin(self.film, scratch)


class SoundStream(Stream):
    """The chosen audio stream, from its first sample to its last."""

    evidence = "samples"

    def _jobs(self) -> list[Any]:
        return [self._listen]

    def _listen(self) -> None:
        self._begin()
        for piece in read_samples(self.film, damage=self.damage):
            if self._stop.is_set():
                return
            for analyser in self.analysers:
                analyser.feed(piece)
            self.seconds = float(piece.start + _seconds(piece))
        self.ended.set()


def _seconds(piece: Samples) -> float:
    return (piece.first + len(piece)) / piece.rate


_Item = tuple[Pictures, Any, Damage]
"""A piece, the point to resume at after it, and what was lost until then."""


class PictureStream(Stream):
    """The picture, from its first frame or from the checkpoint of a killed run.

    Its reading may begin before it is known who looks: `read_ahead`, then `looked_at_by`, then `start`.
    """

    evidence = "pictures"

    def __init__(self, film: FilmFacts, analysers: Sequence[AnyAnalyser], scratch: Path, key: str) -> None:
        super().__init__(film, analysers, scratch)
        self._key = key
        self._path = scratch / CHECKPOINT
        self._queue: queue.Queue[_Item | None] = queue.Queue(maxsize=_PIECES_AHEAD)
        self._checkpoint: Checkpoint | None = checkpoint.read(self._path, key) if key else None
        self._fresh = False
        self._reading = False
        self.resumed_at = 0.0
        if self._checkpoint:
            self.seconds = self.resumed_at = self._checkpoint.seconds

    @classmethod
    def read_ahead(cls, film: FilmFacts, scratch: Path) -> PictureStream:
        """A stream that is being read from the first frame on; nobody looks at it yet."""
        stream = cls(film, (), scratch, "")
        # Here, though the thread would do it: beside whatever else is loaded meanwhile it would take twice as long,
        # and until it is known no core is put to use.
        stretches_of(film)
        stream._run(stream._read)
        stream._reading = True
        return stream

    def looked_at_by(self, analysers: Sequence[AnyAnalyser], key: str) -> None:
        """Who looks at a stream that is read ahead, and the key of their plan."""
        self.analysers, self._key = list(analysers), key

    def _jobs(self) -> list[Any]:
        return [self._look] if self._reading else [self._read, self._look]

    def _reader(self) -> Iterator[_Item]:
        """Pieces with the point to resume at after each; from the checkpoint on where there is one that holds."""
        if self._checkpoint:
            reader = PictureReader(self.film, batch=_BATCH, damage=self.damage, resume=self._checkpoint.resume)
            with suppress(ResumeFailed):
                for piece in reader:
                    if self._checkpoint is not None:
                        self.analysers, kept = self._checkpoint.state
                        self._take_back(kept)
                        self._checkpoint = None
                    yield piece, reader.resume_point(), self._so_far()
                if self._checkpoint is not None:
                    # Nothing came after it: the picture had been watched to its end.
                    self.analysers, kept = self._checkpoint.state
                    self._take_back(kept)
                return
            self.damage.__init__()  # type: ignore[misc]
            self.resumed_at = self.seconds = 0.0
        self._fresh = True
        reader = PictureReader(self.film, batch=_BATCH, damage=self.damage)
        for piece in reader:
            yield piece, reader.resume_point(), self._so_far()

    def _so_far(self) -> Damage:
        """What was lost up to the piece that was read last; those who look are some pieces behind."""
        return replace(self.damage, notes=list(self.damage.notes))

    def _take_back(self, kept: Damage) -> None:
        self.damage.frames += kept.frames
        self.damage.repaired += kept.repaired
        self.damage.notes[:0] = [n for n in kept.notes if n not in self.damage.notes]

    def _read(self) -> None:
        for item in self._reader():
            if not self._put(item):
                return
        self._put(None)

    def _put(self, item: _Item | None) -> bool:
        while not self._stop.is_set():
            with suppress(queue.Full):
                self._queue.put(item, timeout=0.2)
                return True
        return False

    def _look(self) -> None:
        last: _Item | None = None
        written = time.monotonic()
        while not self._stop.is_set():
            try:
                item = self._queue.get(timeout=0.2)
            except queue.Empty:
                continue
            if self._fresh:
                self._begin()
                self._fresh = False
            if item is None:
                self.ended.set()
                return
            last, (piece, _, _) = item, item
            for analyser in self.analysers:
                analyser.feed(piece)
            self.seconds = float((int(piece.pts[-1]) + piece.duration) * piece.time_base)
            if time.monotonic() - written > CHECKPOINT_EVERY:
                self._write(item)
                written = time.monotonic()
        if last is not None and self.failure is None:
            self._write(last)

    def _write(self, item: _Item) -> None:
        state = (self.analysers, item[2])
        checkpoint.write(self._path, Checkpoint(self._key, self.seconds, item[1], state))
        give_back_memory()
