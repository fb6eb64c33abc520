"""Excerpts: stretches of the picture decoded by themselves, without what lies between.

The file is read once from its start; only the packets that a stretch needs go to a decoder, each stretch to its own,
several side by side (one thread each: that wastes less than one decoder in several threads). What comes back must be
just the frames that the packets promised, or the film is not to be read in this way.

A stretch may be skimmed: only some of its frames are decoded, and each is held until the next one.

Contents
    read_excerpts, ExcerptsFailed
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import av.error
import numpy as np
import numpy.typing as npt
from av.packet import Packet
from av.stream import Discard
from av.video.reformatter import VideoReformatter

from rewatch.errors import FilmError
from rewatch.evidence import Pictures
from rewatch.facts import FilmFacts, PictureFacts
from rewatch.film.container import open_container, packets
from rewatch.film.decoding import Decoding, small_size
from rewatch.film.order import Order
from rewatch.film.still import LARGE_WIDTH, upright_rgb

WORKERS = 2
SEEK_OVER = 500
"""Packets that are sooner read over than sought past."""
AHEAD = 3
"""Stretches that may lie decoded, or half decoded, for each worker: what bounds the memory."""

Bools = npt.NDArray[np.bool_]
Choice = Callable[[int, npt.NDArray[np.uint8]], bool]
"""Whether a frame, told by its number and its small luma, is to be had large as well."""


class ExcerptsFailed(FilmError):
    """A stretch did not decode to the frames that its packets promised: read the film in full."""


@dataclass(slots=True)
class _Job:
    begin: int
    end: int
    first_packet: int
    end_packet: int
    packets: list[Packet[Any]] = field(default_factory=list)
    last: bool = False
    done: threading.Event = field(default_factory=threading.Event)
    pictures: Pictures | None = None
    failure: BaseException | None = None


class _Worker:
    """One decoder with a thread of its own, which waits on `threads` of the decoder; `at_last` for the last job."""

    def __init__(
        self,
        film: FilmFacts,
        picture: PictureFacts,
        order: Order,
        choice: Callable[[], Choice] | None,
        threads: int,
        at_last: int,
        only: Bools | None,
    ) -> None:
        self._film, self._picture, self._order, self._choice, self._only = film, picture, order, choice, only
        self._at_last = at_last
        self._open(threads)
        self._scaler = VideoReformatter()

    def _open(self, threads: int) -> None:
        self._threads = threads
        self._decoding = Decoding(self._film, self._picture, hasty=True, rough=self._only is not None)
        self._codec = self._decoding.codec
        self._codec.thread_count = threads

    def run(self, jobs: queue.Queue[_Job | None]) -> None:
        try:
            while (job := jobs.get()) is not None:
                try:
                    if job.last and self._threads != self._at_last:
                        self._decoding.close()
                        self._open(self._at_last)
                    self._decode(job)
                # Carried to the thread that waits for the stretch, and raised there.
                except BaseException as error:
                    job.failure = error
                job.packets = []
                job.done.set()
        finally:
            self._decoding.close()

    def _decode(self, job: _Job) -> None:
        wide, high = small_size(self._picture)
        count, order = job.end - job.begin, self._order
        luma = np.empty((count, high, wide), np.uint8)
        cb, cr = (np.empty((count, high // 2, wide // 2), np.uint8) for _ in range(2))
        kind = np.full(count, ord("?"), np.uint8)
        key = np.zeros(count, np.bool_)
        lasts = 0
        large: dict[int, npt.NDArray[np.uint8]] = {}
        choice = self._choice() if self._choice else None
        due = np.arange(job.begin, job.end)
        if self._only is not None:
            due = due[self._only[job.begin : job.end]]
        done = 0
        for frame in self._frames(job):
            number = order.at(frame.pts, bool(frame.key_frame))
            if not job.begin <= number < job.end and number >= 0:
                continue
            if done >= len(due) or number != due[done] or frame.is_corrupt:
                missed = int(due[min(done, len(due) - 1)])
                raise ExcerptsFailed(f"{self._film.path}: frame {missed} is not where its packet is")
            at = number - job.begin
            luma[at], cb[at], cr[at] = self._decoding.reduce(frame)
            kind[at], key[at] = _KINDS.get(int(frame.pict_type), ord("?")), frame.key_frame
            lasts = frame.duration
            if choice is not None and choice(number, luma[at]):
                with suppress(av.error.FFmpegError):
                    large[number] = upright_rgb(frame, self._picture, LARGE_WIDTH, self._scaler)
            done += 1
        if done < len(due) or self._decoding.lost.frames or self._decoding.grey:
            frame_lost = int(due[min(done, len(due) - 1)])
            raise ExcerptsFailed(f"{self._film.path}: frame {frame_lost} could not be decoded")
        if done < count:
            shown = due[np.searchsorted(due, np.arange(job.begin, job.end), side="right") - 1] - job.begin
            luma, cb, cr = luma[shown], cb[shown], cr[shown]
        part = slice(job.begin, job.end)
        last = int(order.pts[job.end] - order.pts[job.end - 1]) if job.end < len(order) else lasts or order.duration
        job.pictures = Pictures(
            job.begin, order.pts[part], order.time_base, last, luma, cb, cr, key, order.size[part], kind, large
        )

    def _frames(self, job: _Job) -> Iterator[Any]:
        self._codec.flush_buffers()
        try:
            for packet in job.packets:
                yield from self._codec.decode(packet)
            yield from self._codec.decode(None)
        except av.error.EOFError:
            return
        except av.error.FFmpegError as error:
            raise ExcerptsFailed(f"{self._film.path}: {error.strerror} near frame {job.begin}") from None


_KINDS = {1: ord("I"), 2: ord("P"), 3: ord("B"), 4: ord("P"), 5: ord("I"), 6: ord("P"), 7: ord("B")}


def read_excerpts(
    film: FilmFacts,
    order: Order,
    spans: Sequence[tuple[int, int]],
    *,
    choice: Callable[[], Choice] | None = None,
    workers: int = WORKERS,
    ahead: int = AHEAD,
    each: int = 1,
    at_last: int | None = None,
    only: Bools | None = None,
) -> Iterator[Pictures]:
    """The frames of each of `spans` (half-open, in order, apart, each from a keyframe on), one `Pictures` a span.

    workers: decoders side by side; each: threads of one; at_last: of the one that decodes the last span, beside which
             the others stand idle (None: as each); ahead: spans of each that may lie decoded
    choice: makes, for each span, what says of each of its frames whether it is to be had large; None: none are
    only: (n,) the frames that are decoded, keyframes among them, none of them deblocked; any other one is given as the
          one of these before it. Frames that refer to those left out come out near what they are, not as they are
    ExcerptsFailed where frames are damaged or other than the packets promised.
    """
    picture = film.picture
    if picture is None or not spans:
        return
    if any(end <= begin for begin, end in spans) or any(b < a for (_, a), (b, _) in pairwise(spans)):
        raise ValueError("spans must be in order and must not overlap")
    # By Python's own sets: NumPy's would be loaded before the first frame is decoded.
    if not {begin for begin, _ in spans} <= set(order.keyframes.tolist()):
        raise ValueError("spans must begin with keyframes")
    todo = [_Job(begin, end, *order.packets_of(begin, end)) for begin, end in spans]
    todo[-1].last = True
    ready: queue.Queue[_Job | None] = queue.Queue()
    room = threading.Semaphore(workers * ahead)
    stop = threading.Event()
    failed: list[BaseException] = []

    def read() -> None:
        try:
            _deal(film, order, only, todo, ready, room, stop)
        except BaseException as error:
            failed.append(error)
            for job in todo:
                job.done.set()
        finally:
            for _ in range(workers):
                ready.put(None)

    threads = [threading.Thread(target=read, daemon=True, name="excerpts")]
    for _ in range(min(workers, len(todo))):
        worker = _Worker(film, picture, order, choice, each, at_last or each, only)
        threads.append(threading.Thread(target=worker.run, args=(ready,), daemon=True, name="excerpt"))
    for thread in threads:
        thread.start()
    try:
        for number, job in enumerate(todo):
            job.done.wait()
            if failed or job.failure:
                raise failed[0] if failed else job.failure  # type: ignore[misc]
            if job.pictures is None:
                raise ExcerptsFailed(f"{film.path}: it ends before frame {job.begin}")
            pictures, todo[number].pictures = job.pictures, None
            yield pictures
            room.release()
    finally:
        stop.set()
        for _ in todo:
            room.release()
        for thread in threads:
            thread.join()


def _deal(
    film: FilmFacts,
    order: Order,
    only: Bools | None,
    todo: Sequence[_Job],
    ready: queue.Queue[_Job | None],
    room: threading.Semaphore,
    stop: threading.Event,
) -> None:
    """Read the file, and give each job to the workers as soon as its packets are there."""
    waiting = list(reversed(todo))
    open_jobs: list[_Job] = []
    needed = np.ones(len(order), np.bool_)
    if only is not None:
        needed[order.packet] = only
    for place, packet in _packets(film, order, todo[0].first_packet):
        while waiting and waiting[-1].first_packet <= place:
            room.acquire()
            open_jobs.append(waiting.pop())
        if stop.is_set():
            return
        if needed[place]:
            for job in open_jobs:
                job.packets.append(packet)
        for job in [j for j in open_jobs if j.end_packet <= place + 1]:
            open_jobs.remove(job)
            ready.put(job)
        if not waiting and not open_jobs:
            return
    for job in (*open_jobs, *waiting):
        job.done.set()


def _packets(film: FilmFacts, order: Order, first: int) -> Iterator[tuple[int, Packet[Any]]]:
    """The picture's packets with their places in the file, from `first` on or from somewhat before it."""
    assert film.picture is not None
    with open_container(film.path) as container:
        for other in container.streams:
            if other.index != film.picture.stream:
                other.discard = Discard.all
        stream = container.streams[film.picture.stream]
        if first > SEEK_OVER:
            key = int(np.flatnonzero(order.packet == first)[0])
            with suppress(av.error.FFmpegError, OSError):
                container.seek(int(order.raw[key]), stream=stream)
            place = -1
            for packet in packets(container, stream):
                if place < 0:
                    found = order.at(packet.pts, packet.is_keyframe)
                    if found < 0 or order.packet[found] > first:
                        break
                    place = int(order.packet[found]) - 1
                place += 1
                yield place, packet
            if place >= 0:
                return
    with open_container(film.path) as container:  # not to be sought in: from the start
        yield from enumerate(packets(container, container.streams[film.picture.stream]))
