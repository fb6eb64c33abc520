"""The index of sounds: which pairs of landmarks are heard where, over all films of a library.

    LIBRARY/find/sounds/index.json        which segments there are, and which editions each holds
    LIBRARY/find/sounds/NAME.keys.npy     (k,) uint32 the hashes that occur, in order
    LIBRARY/find/sounds/NAME.starts.npy   (k + 1,) uint64 where the entries of each begin
    LIBRARY/find/sounds/NAME.entries.npy  (n,) uint32 hops; each edition has a range of them, from its `base` on

Everything in it can be made anew from the prints that the editions keep; it is brought up to date when it is opened.
New films become a segment of their own; segments are merged when they are of like size, so that there are few, and
what was written is rewritten seldom. The arrays are memory-mapped: of a thousand films a search reads some megabytes.

Contents
    open_index   the index of a library, up to date
    SoundIndex   `candidates`: where most pairs of a query agree
"""

from __future__ import annotations

import json
import os
import tempfile
import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import filelock
import numpy as np
import numpy.typing as npt

from rewatch.errors import LibraryError, NotMeasured
from rewatch.find.sound_segments import APART, ROOM, Held, Segment, merge, write_segment
from rewatch.library import atomic
from rewatch.library.library import Library
from rewatch.sounds.prints import ABOUT, Prints, open_prints

FORM = 1
MOST = 2_500_000
"""Entries that one search reads at most; of more, those of the commonest pairs are left out."""
BATCH = 40 * 3600 * 64
"""Hops of the films that are made a segment of at once: forty hours, some hundreds of megabytes while they are."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place where a query may be heard.

    shift: hop of the film at which the query's hop 0 falls; below 0 where it begins before the film
    votes: pairs that say so
    """

    edition: str
    shift: int
    votes: int


class SoundIndex:
    """An index as it was when it was opened."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._segments = list(segments)

    @property
    def editions(self) -> set[str]:
        """Ids of those that can be searched."""
        return {held.edition for segment in self._segments for held in segment.held if held.alive}

    @property
    def hops(self) -> int:
        """Length of all films together."""
        return sum(held.hops for segment in self._segments for held in segment.held if held.alive)

    def candidates(
        self,
        hashes: npt.NDArray[np.uint32],
        begins: npt.NDArray[np.int64],
        editions: Collection[str] | None = None,
        most: int = 200,
    ) -> list[Candidate]:
        """The places where most pairs agree, the most votes first.

        hashes, begins: (m,) what is looked up, and the hops of the query at which they begin
        editions:       ids of those that are asked about; None: all
        """
        shares = [(s, s.find(hashes)) for s in self._segments]
        limit = _limit([count for _, (_, count) in shares])
        found: list[Candidate] = []
        for segment, (first, count) in shares:
            count[count > limit] = 0
            found += _voted(segment, first, count, begins, editions, most)
        found.sort(key=lambda c: -c.votes)
        return found[:most]


def _limit(counts: list[npt.NDArray[np.int64]]) -> int:
    """How common a pair may be so that all together stay below `MOST`."""
    ordered = np.sort(np.concatenate([np.zeros(1, dtype=np.int64), *counts]))
    within = int(np.searchsorted(np.cumsum(ordered), MOST, side="right"))
    return int(ordered[min(within, len(ordered)) - 1]) if within < len(ordered) else int(ordered[-1])


def _voted(
    segment: Segment,
    first: npt.NDArray[np.int64],
    count: npt.NDArray[np.int64],
    begins: npt.NDArray[np.int64],
    editions: Collection[str] | None,
    most: int,
) -> list[Candidate]:
    hop = segment.entries(first, count)
    # In steps of two hops, and each step together with the next: what is one hop off counts too. `APART` keeps what
    # begins before a film from reaching into the one before it.
    step = np.sort((hop + np.repeat((APART - begins).astype(np.uint32), count)) >> np.uint32(1))
    # Most stand alone; the few that have company are counted.
    near = np.zeros(len(step) + 1, dtype=bool)
    near[1:-1] = step[1:] - step[:-1] <= 1
    step = step[near[1:] | near[:-1]]
    if not len(step):
        return []
    ends = np.flatnonzero(np.diff(step, append=np.uint32(2**32 - 1)))
    votes = np.diff(ends, prepend=-1)
    value = step[ends]
    together = votes.copy()
    together[:-1] += np.where(np.diff(value) == 1, votes[1:], 0)
    kept = np.flatnonzero(together >= 2)
    shift = (value[kept].astype(np.int64) << 1) - APART
    which = segment.film_at(shift)
    wanted = np.array([h.alive and (editions is None or h.edition in editions) for h in segment.held])
    good = wanted[which]
    kept, shift, which = kept[good], shift[good], which[good]
    if len(kept) > most:
        best = np.argpartition(-together[kept], most)[:most]
        kept, shift, which = kept[best], shift[best], which[best]
    return [
        Candidate(segment.held[w].edition, int(s) + 1 - segment.held[w].base, int(v))
        for s, w, v in zip(shift, which, together[kept], strict=True)
    ]


def open_index(library: Library) -> SoundIndex:
    """The index of a library, brought up to date first where films came, went or were watched anew."""
    folder = library.folder / "find" / "sounds"
    stamps = _stamps(library)
    segments = _read(folder)
    if _missing(segments, stamps) or any(h.alive and not _current(h, stamps) for s in segments for h in s.held):
        try:
            segments = _renewed(library, folder, stamps)
        except LibraryError:
            # A library that cannot be written to, on a disk of others: the index is made for this search alone.
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as apart:
                segments = _update(library, Path(apart), stamps)
    return SoundIndex(segments)


def _renewed(library: Library, folder: Path, stamps: dict[str, int]) -> list[Segment]:
    with atomic.explained(folder / "index.json"):
        folder.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(folder / ".lock")
        lock.acquire()
    try:
        return _update(library, folder, stamps)
    finally:
        lock.release()


def _current(held: Held, stamps: dict[str, int]) -> bool:
    return stamps.get(held.edition) == held.stamp


def _stamps(library: Library) -> dict[str, int]:
    """Edition -> when its prints were written, in nanoseconds; of those that have any."""
    found = {}
    folder = library.folder / "editions"
    kept = os.path.relpath(library.place("x").kept("sound_prints") / ABOUT, folder / "x")
    with suppress(OSError), os.scandir(folder) as editions:
        # A thousand films are looked at for every search: no more than a stat of each.
        for edition in editions:
            with suppress(OSError):
                found[edition.name] = os.stat(os.path.join(edition.path, kept)).st_mtime_ns
    return found


def _missing(segments: Sequence[Segment], stamps: dict[str, int]) -> list[str]:
    """Editions that are in no segment as they are now."""
    have = {h.edition for s in segments for h in s.held if _current(h, stamps)}
    return sorted(set(stamps) - have)


def _read(folder: Path) -> list[Segment]:
    """The segments that there are; none where there is no index, or one of another form, or it is damaged."""
    try:
        plain = json.loads((folder / "index.json").read_text("utf-8"))
        if plain["form"] != FORM:
            return []
        return [Segment(folder, s["name"], [Held(**h) for h in s["held"]]) for s in plain["segments"]]
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        return []


def _update(library: Library, folder: Path, stamps: dict[str, int]) -> list[Segment]:
    segments = _read(folder)
    for segment in segments:
        for held in segment.held:
            held.alive = held.alive and _current(held, stamps)
    for batch in _batches(library, _missing(segments, stamps), stamps):
        segments.append(write_segment(folder, uuid.uuid4().hex[:12], batch))
    segments = [s for s in segments if any(h.alive for h in s.held)]
    for group in _groups(segments):
        merged = merge(folder, uuid.uuid4().hex[:12], group)
        segments = [s for s in segments if s not in group] + [merged]
    plain: dict[str, Any] = {"form": FORM, "segments": [s.as_json() for s in segments]}
    with atomic.replacing(folder / "index.json") as part:
        part.write_text(json.dumps(plain), "utf-8")
    _sweep(folder, {s.name for s in segments})
    return segments


def _batches(library: Library, ids: list[str], stamps: dict[str, int]) -> Iterator[list[tuple[Held, Prints]]]:
    batch: list[tuple[Held, Prints]] = []
    size = 0
    for id in ids:
        try:
            prints = open_prints(library.place(id).kept("sound_prints"))
        except NotMeasured:  # gone since it was listed, or damaged
            continue
        if batch and size + prints.hops > BATCH:
            yield batch
            batch, size = [], 0
        batch.append((Held(id, stamps[id], 0, prints.hops), prints))
        size += prints.hops
    if batch:
        yield batch


def _groups(segments: list[Segment]) -> list[list[Segment]]:
    """The segments that are to be merged: those of like size, so that each entry is rewritten seldom."""
    groups: list[list[Segment]] = []
    for segment in sorted(segments, key=len):
        last = groups[-1] if groups else []
        fits = sum(s.room for s in last) + segment.room <= ROOM
        if last and fits and len(segment) <= 2 * sum(map(len, last)):
            last.append(segment)
        else:
            groups.append([segment])
    return [g for g in groups if len(g) > 1 or _mostly_gone(g[0])]


def _mostly_gone(segment: Segment) -> bool:
    return sum(h.hops for h in segment.held if not h.alive) > segment.room // 2


def _sweep(folder: Path, names: set[str]) -> None:
    """Remove the arrays of segments that are gone; a reader that has them open keeps them."""
    for path in folder.glob("*.npy"):
        if path.name.split(".")[0] not in names:
            try:
                path.unlink()
            except OSError:  # still open elsewhere, on systems that mind: the next update removes it
                continue
