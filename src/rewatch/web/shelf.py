"""The shelf: films of the library, held open while they are looked at.

An `Open` film is an edition with what is costly to come by (its tracks, the times of its frames, the sources of its
lanes) kept between two requests. When a watch has written to the edition since, it is read anew.

Contents
    Shelf   by id
    Open    one film
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections import OrderedDict
from functools import cached_property
from pathlib import Path

from rewatch.clock import FrameTimes
from rewatch.errors import FilmUnknown
from rewatch.facts import FilmFacts
from rewatch.library.edition import Edition
from rewatch.library.library import Library
from rewatch.web.lanes import Lanes

HELD = 12
"""Films that are held at once."""


class Open:
    """One film that is looked at. `stamp` changes with whatever is known of it: URLs that bear it can be kept."""

    def __init__(self, edition: Edition, stamp: str) -> None:
        self.edition = edition
        self.stamp = stamp
        self._lock = threading.Lock()

    @property
    def id(self) -> str:
        return self.edition.id

    @property
    def name(self) -> str:
        return self.edition.name

    @property
    def facts(self) -> FilmFacts:
        return self.edition.facts

    @cached_property
    def duration(self) -> float:
        return self.edition.duration

    @cached_property
    def times(self) -> FrameTimes | None:
        return self.edition.times

    @cached_property
    def lanes(self) -> Lanes:
        return Lanes(self.edition, self.times, self.duration)

    @property
    def file(self) -> Path | None:
        """The film's file, where it still is as it was; None where it is gone or another lies there now."""
        if self.facts.listed:
            return None
        path = Path(self.facts.path)
        with contextlib.suppress(OSError):
            if path.is_file() and path.stat().st_size == self.facts.size:
                return path
        return None


class Shelf:
    """Films by id; safe to ask from several threads."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._held: OrderedDict[str, Open] = OrderedDict()
        self._lock = threading.Lock()

    def film(self, id: str) -> Open:
        """The film of that id. FilmUnknown where there is none; an id is nothing but hexadecimal digits."""
        if not re.fullmatch(r"[0-9a-f]{8,64}", id):
            raise FilmUnknown("the library has no such film")
        stamp = self._stamp(id)
        with self._lock:
            found = self._held.get(id)
            if found is None or found.stamp != stamp:
                found = Open(self.library.edition(id), stamp)
                self._held[id] = found
            self._held.move_to_end(id)
            while len(self._held) > HELD:
                self._held.popitem(last=False)
            return found

    def _stamp(self, id: str) -> str:
        path = self.library.place(id).folder / "edition.json"
        try:
            return f"{path.stat().st_mtime_ns:x}"
        except OSError:
            raise FilmUnknown("the library has no such film") from None
