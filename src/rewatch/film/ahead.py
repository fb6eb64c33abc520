"""Ahead: a picture decoded a few frames ahead, in a thread of its own.

Taking a frame from libav and reducing it both wait for their turn with Python's other threads. One after the other
those waits add up, and the decoder's threads stand idle meanwhile; side by side they do not.

Contents
    Ahead   the frames of a `Decoding`, in order
"""

from __future__ import annotations

import queue
import threading
from contextlib import suppress

from av.video.frame import VideoFrame

from rewatch.film.decoding import Decoding

_AT_ONCE = 3
"""Frames handed over at a time: each handing over costs both threads a turn."""
_WAITING = 3
"""How many times that may wait: a dozen frames of a large picture are a hundred megabytes."""
_LOOK_EVERY = 0.2

Decoded = tuple[VideoFrame | None, int | None, int, int]
"""What `Decoding.next` gives, and how many frames had been lost when it gave it; no frame: the end."""


class Ahead:
    """The frames of a decoding from where it stands to its end; nobody else may use it until `close`."""

    def __init__(self, decoding: Decoding) -> None:
        self._decoding = decoding
        self._queue: queue.Queue[list[Decoded] | BaseException] = queue.Queue(maxsize=_WAITING)
        self._stop = threading.Event()
        self._taken: list[Decoded] = []
        self._thread = threading.Thread(target=self._decode, daemon=True, name="decode ahead")
        self._thread.start()

    def next(self) -> Decoded:
        """The next frame; again and again the end, once that was reached. Raises what the decoding raised."""
        while not self._taken:
            item = self._queue.get()
            if isinstance(item, BaseException):
                self._taken = [(None, None, -1, 0)]
                raise item
            self._taken = item[::-1]
        return self._taken.pop() if self._taken[-1][0] is not None else self._taken[-1]

    def close(self) -> None:
        """Stop decoding; the decoding may be used and closed by others after it."""
        self._stop.set()
        self._thread.join()

    def _decode(self) -> None:
        some: list[Decoded] = []
        try:
            while not self._stop.is_set():
                got = self._decoding.next()
                lost = self._decoding.lost.frames
                some.append((None, None, -1, lost) if got is None else (*got, lost))
                if got is None or len(some) == _AT_ONCE:
                    self._put(some)
                    some = []
                if got is None:
                    return
        # Carried to the thread that waits for the frames, and raised there.
        except BaseException as error:
            self._put(some)
            self._put(error)

    def _put(self, item: list[Decoded] | BaseException) -> None:
        while not self._stop.is_set():
            with suppress(queue.Full):
                self._queue.put(item, timeout=_LOOK_EVERY)
                return
