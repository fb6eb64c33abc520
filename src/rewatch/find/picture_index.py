"""The index of all pictures in a large library: which prints may be near a hash, without looking at every one.

Of every second print the 64 bits of the lowest frequencies are taken, cut into four pieces of 16, and filed under each
(multi-index hashing: Norouzi, Punjani and Fleet 2012). A hash that is near has at least one piece that is nearly the
same: those that differ by one bit, or two, are looked up, and of what is found there all 64 bits, then all 256 are
compared. It stands in the library's folder ``find`` and is written anew when editions have come or gone.

Contents
    PictureIndex   `near` gives prints
    up_to_date     opens it, and writes it where it is missing or old
    state_of       which editions have prints, and how many
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rewatch.images.prints import NAME
from rewatch.library import atomic
from rewatch.library.library import Library

Words = npt.NDArray[np.uint64]

EVERY = 2
"""Prints from one that is filed to the next."""
PIECES = 4
NEAR = 13
"""Bits of the 64 that may differ."""
VERSION = 1
HEADER = 128
"""Bytes before the values of an array that is as plain as the hashes are, in NumPy's format."""


@dataclass(frozen=True, slots=True)
class PictureIndex:
    """Prints of many editions, filed. Arrays are mapped.

    editions: their ids; offsets: (e + 1,) where each one's entries begin; its k-th is its print ``EVERY * k``
    shorts:   (n,) the 64 bits of each
    order:    for each piece (n,) uint32, entries by its value
    starts:   for each piece (65537,) int64, where in `order` those of each value begin
    """

    editions: tuple[str, ...]
    offsets: npt.NDArray[np.int64]
    shorts: Words
    order: tuple[npt.NDArray[np.uint32], ...]
    starts: tuple[npt.NDArray[np.int64], ...]

    def near(self, hash: Words, *, far: bool, most: int = 200) -> list[tuple[str, int, int]]:
        """Prints that may be near a (4,) hash: edition, row of its prints, bits of the 64 that differ; nearest first.

        far: look up pieces that differ by two bits as well: all with up to 11 bits, most with up to `NEAR`, are found;
             without it all with up to 7
        """
        short = shortened(hash[None])[0]
        found = []
        for piece in range(PIECES):
            value = (int(short) >> (16 * piece)) & 0xFFFF
            values = value ^ _flips(2 if far else 1)
            begin, end = self.starts[piece][values], self.starts[piece][values + 1]
            found.append(self.order[piece][_ranges(begin, end)])
        entries = np.concatenate(found)
        bits = np.bitwise_count(self.shorts[entries] ^ short)
        near = bits <= NEAR
        entries, first = np.unique(entries[near], return_index=True)
        bits = bits[near][first]
        nearest = np.argsort(bits, kind="stable")[:most]
        at = entries[nearest].astype(np.int64)
        owner = np.searchsorted(self.offsets, at, side="right") - 1
        rows = (at - self.offsets[owner]) * EVERY
        return [
            (self.editions[e], row, bit)
            for e, row, bit in zip(owner.tolist(), rows.tolist(), bits[nearest].tolist(), strict=True)
        ]


@lru_cache(maxsize=2)
def _flips(most: int) -> npt.NDArray[np.int64]:
    """All 16-bit values with at most so many bits set."""
    sets = [bits for count in range(most + 1) for bits in combinations(range(16), count)]
    return np.array([sum(1 << bit for bit in bits) for bits in sets], np.int64)


def _ranges(begin: npt.NDArray[np.int64], end: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """All numbers of the ranges, one range after another."""
    length = end - begin
    before = np.concatenate([[0], np.cumsum(length)[:-1]])
    numbers: npt.NDArray[np.int64] = np.arange(int(length.sum())) + np.repeat(begin - before, length)
    return numbers


def shortened(hashes: Words) -> Words:
    """(n, 4) hashes -> (n,) the bits of frequencies 1 to 8 each way."""
    low = np.ascontiguousarray(hashes[:, :2]).astype("<u8", copy=False).view(np.uint8)
    return np.ascontiguousarray(low[:, ::2]).view("<u8").ravel().astype(np.uint64, copy=False)


def hashes_at(library: Library, edition: str, first: int, end: int) -> Words:
    """Hashes of rows ``first .. end`` of an edition's prints, read without opening the rest; fewer at its end."""
    path = library.folder / "editions" / edition / "kept" / NAME / "hashes.npy"
    try:
        with path.open("rb") as file:
            file.seek(HEADER + 32 * first)
            return np.frombuffer(file.read(32 * (end - first)), "<u8").reshape(-1, 4).astype(np.uint64, copy=False)
    except (OSError, ValueError):
        return np.zeros((0, 4), np.uint64)


def up_to_date(library: Library, editions: Sequence[str], notes: list[str]) -> PictureIndex:
    """The library's index of these editions; written anew where it is not of just the prints that there are now."""
    folder = library.folder / "find"
    state = state_of(library, editions)
    index = _opened(folder, state)
    if index is None:
        notes.append(f"the index of pictures of {len(editions)} films is written anew")
        _write(library, folder, state)
        index = _opened(folder, state)
        if index is None:
            raise RuntimeError("the index of pictures was written and is not there")
    return index


def state_of(library: Library, editions: Sequence[str]) -> list[list[str | int]]:
    """Each edition that has prints: its id, when they were written, and the bytes of their hashes (32 a print)."""
    found: list[list[str | int]] = []
    for id in sorted(editions):
        try:
            written = (library.folder / "editions" / id / "kept" / NAME / "hashes.npy").stat()
        except OSError:
            continue
        found.append([id, written.st_mtime_ns, written.st_size])
    return found


def _opened(folder: Path, state: list[list[str | int]]) -> PictureIndex | None:
    try:
        manifest = json.loads((folder / "pictures.json").read_text("utf-8"))
        if manifest["version"] != VERSION or manifest["editions"] != state:
            return None
        at = folder / manifest["folder"]
        shorts, offsets = (np.load(at / f"{name}.npy", mmap_mode="r") for name in ("shorts", "offsets"))
        order = tuple(np.load(at / f"order{n}.npy", mmap_mode="r") for n in range(PIECES))
        starts = tuple(np.load(at / f"starts{n}.npy", mmap_mode="r") for n in range(PIECES))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return PictureIndex(tuple(str(entry[0]) for entry in state), np.asarray(offsets), shorts, order, starts)


def _write(library: Library, folder: Path, state: list[list[str | int]]) -> None:
    parts: list[Words] = []
    for id, *_ in state:
        try:
            hashes = np.load(library.folder / "editions" / str(id) / "kept" / NAME / "hashes.npy", mmap_mode="r")
        except (OSError, ValueError):
            hashes = np.zeros((0, 4), np.uint64)
        parts.append(shortened(np.asarray(hashes[::EVERY])))
    shorts = np.concatenate([np.zeros(0, np.uint64), *parts])
    name = f"pictures-{uuid.uuid4().hex[:8]}"
    with atomic.explained(folder / name):
        (folder / name).mkdir(parents=True)
        np.save(folder / name / "shorts.npy", shorts)
        np.save(folder / name / "offsets.npy", np.cumsum([0, *(len(part) for part in parts)], dtype=np.int64))
        for n in range(PIECES):
            values = ((shorts >> np.uint64(16 * n)) & np.uint64(0xFFFF)).astype(np.uint16)
            np.save(folder / name / f"order{n}.npy", np.argsort(values, kind="stable").astype(np.uint32))
            counts = np.bincount(values, minlength=65536)
            np.save(folder / name / f"starts{n}.npy", np.concatenate([[0], np.cumsum(counts)]).astype(np.int64))
    with atomic.replacing(folder / "pictures.json") as part:
        part.write_text(json.dumps({"version": VERSION, "folder": name, "editions": state}), "utf-8")
    for old in folder.glob("pictures-*"):
        if old.name != name:
            shutil.rmtree(old, ignore_errors=True)
