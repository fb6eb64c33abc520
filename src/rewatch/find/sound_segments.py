"""Segments of the index of sounds: arrays that are written once, looked up by hash, and merged.

Contents
    Held            an edition in a segment
    Segment         one of them, memory-mapped
    write_segment   from the prints of films
    merge           several into one, what is gone left out
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rewatch.sounds.prints import Prints
from rewatch.sounds.prints_pairs import BITS

APART = 1 << 15
"""Hops left free before each film: over eight minutes, longer than any piece of a query."""
ROOM = 2**32 - 2**20
"""Hops that a segment has room for: eighteen thousand hours."""
AT_ONCE = 16_000_000
"""Entries that are merged at once."""

Hashes = npt.NDArray[np.uint32]
Counts = npt.NDArray[np.int64]


@dataclass(slots=True)
class Held:
    """An edition in a segment.

    stamp: when its prints were written
    base:  where its hop 0 stands in the segment's entries
    alive: whether it is still to be found; what is not is left out when segments are merged
    """

    edition: str
    stamp: int
    base: int
    hops: int
    alive: bool = True


class Segment:
    """Some films' pairs, by hash."""

    def __init__(self, folder: Path, name: str, held: list[Held]) -> None:
        self.name, self.held = name, held
        self.keys: Hashes = np.load(folder / f"{name}.keys.npy", mmap_mode="r")
        self.starts: npt.NDArray[np.uint64] = np.load(folder / f"{name}.starts.npy", mmap_mode="r")
        self._entries: Hashes = np.load(folder / f"{name}.entries.npy", mmap_mode="r")
        self._bases = np.array([h.base for h in held], dtype=np.int64)

    def __len__(self) -> int:
        return int(self.starts[-1])

    @property
    def room(self) -> int:
        """Hops that its films take."""
        return sum(h.hops + APART for h in self.held)

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "held": [asdict(h) for h in self.held]}

    def find(self, hashes: Hashes) -> tuple[Counts, Counts]:
        """(m,) first entry of each hash, and how many there are."""
        if not len(self.keys):
            return np.zeros(len(hashes), dtype=np.int64), np.zeros(len(hashes), dtype=np.int64)
        at = np.minimum(np.searchsorted(self.keys, hashes), len(self.keys) - 1)
        first = self.starts[at].astype(np.int64)
        count = self.starts[at + 1].astype(np.int64) - first
        return first, np.where(self.keys[at] == hashes, count, 0)

    def entries(self, first: Counts, count: Counts) -> Hashes:
        """The entries of such ranges, one range after the other."""
        # Copied range by range: each lies together on the disk. (A memmap is slow to slice, the array under it not.)
        whole = self._entries.view(np.ndarray)
        ends = first + count
        some = np.flatnonzero(count)
        parts = [whole[a:b] for a, b in zip(first[some].tolist(), ends[some].tolist(), strict=True)]
        return np.concatenate([np.zeros(0, dtype=np.uint32), *parts])

    def film_at(self, hop: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The number, in `held`, of the film that entries lie in; the free stretch before a film is the film's."""
        return np.clip(np.searchsorted(self._bases, hop + APART // 2, side="right") - 1, 0, None)

    def between(self, low: int, high: int) -> tuple[Hashes, Hashes]:
        """Hash and hop of the entries whose hashes are in ``[low, high)``."""
        a, b = np.searchsorted(self.keys, np.array([low, high], dtype=np.uint32))
        count = np.diff(self.starts[a : b + 1]).astype(np.int64)
        begin, end = int(self.starts[a]), int(self.starts[b])
        return np.repeat(self.keys[a:b], count), np.asarray(self._entries[begin:end])

    def before(self, hashes: Hashes) -> Counts:
        """(m,) how many entries have smaller hashes."""
        return self.starts[np.searchsorted(self.keys, hashes)].astype(np.int64)


def write_segment(folder: Path, name: str, films: Iterable[tuple[Held, Prints]]) -> Segment:
    """A segment of the films' pairs; each `Held` is given its base."""
    held: list[Held] = []
    parts: list[npt.NDArray[np.uint64]] = [np.zeros(0, dtype=np.uint64)]
    base = APART
    for film, prints in films:
        film.base = base
        held.append(film)
        base += film.hops + APART
        hashes, begins = prints.pairs()
        parts.append(hashes.astype(np.uint64) << np.uint64(32) | (begins + film.base).astype(np.uint64))
    whole = np.concatenate(parts)
    whole.sort()
    with _Writer(folder, name, len(whole)) as writer:
        writer.add((whole >> np.uint64(32)).astype(np.uint32), whole.astype(np.uint32))
    return Segment(folder, name, held)


def merge(folder: Path, name: str, segments: Sequence[Segment]) -> Segment:
    """One segment of all films of these that are alive."""
    held: list[Held] = []
    moves = []
    base = APART
    for segment in segments:
        move = np.zeros(len(segment.held), dtype=np.int64)
        for i, old in enumerate(segment.held):
            if old.alive:
                held.append(Held(old.edition, old.stamp, base, old.hops))
                move[i] = base - old.base
                base += old.hops + APART
        moves.append((segment, move, np.array([h.alive for h in segment.held], dtype=bool)))
    with _Writer(folder, name, sum(len(s) for s in segments)) as writer:
        edges = _edges(segments)
        for low, high in pairwise(edges):
            parts = [np.zeros(0, dtype=np.uint64)]
            for segment, move, alive in moves:
                hashes, hops = segment.between(low, high)
                which = segment.film_at(hops.astype(np.int64))
                good = alive[which]
                moved = (hops + move[which])[good].astype(np.uint64)
                parts.append(hashes[good].astype(np.uint64) << np.uint64(32) | moved)
            whole = np.concatenate(parts)
            whole.sort()
            writer.add((whole >> np.uint64(32)).astype(np.uint32), whole.astype(np.uint32))
    return Segment(folder, name, held)


def _edges(segments: Sequence[Segment]) -> list[int]:
    """Hashes that cut all entries into parts of about `AT_ONCE`."""
    grid = np.arange(0, (1 << BITS) + 1, 1 << (BITS - 12), dtype=np.uint32)
    before = sum((s.before(grid) for s in segments), np.zeros(len(grid), dtype=np.int64))
    edges, last = [0], 0
    for value, count in zip(grid[1:-1].tolist(), before[1:-1].tolist(), strict=True):
        if count - last > AT_ONCE:
            edges.append(value)
            last = count
    return [*edges, 1 << BITS]


class _Writer:
    """Writes a segment's arrays, part by part in order of hashes. They count once the index names them."""

    def __init__(self, folder: Path, name: str, most: int) -> None:
        self._folder, self._name = folder, name
        self._keys: list[Hashes] = [np.zeros(0, dtype=np.uint32)]
        self._counts: list[Counts] = [np.zeros(0, dtype=np.int64)]
        self._entries = np.lib.format.open_memmap(
            folder / f"{name}.entries.npy", mode="w+", dtype=np.uint32, shape=(max(most, 1),)
        )
        self._at = 0

    def add(self, hashes: Hashes, hops: Hashes) -> None:
        self._entries[self._at : self._at + len(hops)] = hops
        self._at += len(hops)
        begins = np.flatnonzero(np.diff(hashes, prepend=np.uint32(2**32 - 1)))
        self._keys.append(hashes[begins])
        self._counts.append(np.diff(begins, append=len(hashes)).astype(np.int64))

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, *failed: object) -> None:
        self._entries.flush()
        starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(np.concatenate(self._counts))])
        np.save(self._folder / f"{self._name}.keys.npy", np.concatenate(self._keys))
        np.save(self._folder / f"{self._name}.starts.npy", starts.astype(np.uint64))
