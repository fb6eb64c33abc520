"""Prints of the picture: what a film's frames are found again by, from a still.

While the film is read every frame is hashed (32 bytes), and four times a second, and where the picture changes, its
layout is put by. Once the shots are known, prints are chosen: evenly within each shot, at most a quarter of a second
apart, its first, middle and last frame among them. They stand as arrays that are mapped into memory, not loaded.

On disk, in the folder ``picture_prints`` of what the edition keeps (under 1 MB a film-hour)
    frames.npy   (n,) int32, numbers of the frames that have a print, rising
    seconds.npy  (n,) float32, when each is shown
    hashes.npy   (n, 4) uint64, see ``looks``; of the area within black bars
    keys.npy     (m,) int32, rows among the n of those that have a layout too: about one a second, at least one a shot
    layouts.npy  (m, LAYOUT) int8, see ``looks``
    quality.npy  (m,) uint8, PDQ's quality of each of them
    areas.npy    (r, 5) float32: from which row on which black bars were taken off: row, then top, bottom, left and
                 right as shares of the frame's height and width

Contents
    Prints, open_prints   read them: ``open_prints(edition.kept("picture_prints"))``
    PicturePrints         the analyser
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rewatch.analyser import Analyser, Gives
from rewatch.clock import FRAMES
from rewatch.evidence import Pictures
from rewatch.facts import FilmFacts
from rewatch.images.looks import LAYOUT, Area, apart, area_of, bars, hashes_of, layouts_of, quality_of, transform
from rewatch.rows import Rows
from rewatch.track import Events, Spans, Track

NAME = "picture_prints"
RATE = 4
"""Prints a second, at least; frames a second of which layouts are put by."""
KEY = 1.25
"""Seconds of a shot for each layout that is kept of it."""
JUMP = 64
"""Bits by which the hash of a frame differs from the one before where the picture is likely to be cut."""
_STRETCH = 240
"""Frames over which bars are watched: what is lit once in two such stretches is no bar."""
_FILES = ("frames", "seconds", "hashes", "keys", "layouts", "quality", "areas")


@dataclass(frozen=True, slots=True)
class Prints:
    """The prints of one edition, mapped into memory; what each array is stands in the module's docstring."""

    frames: npt.NDArray[np.int32]
    seconds: npt.NDArray[np.float32]
    hashes: npt.NDArray[np.uint64]
    keys: npt.NDArray[np.int32]
    layouts: npt.NDArray[np.int8]
    quality: npt.NDArray[np.uint8]
    areas: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.frames)

    def area(self, row: int) -> tuple[float, float, float, float]:
        """The bars taken off print `row`: top, bottom, left, right, shares of height and width."""
        if not len(self.areas):
            return 0.0, 0.0, 0.0, 0.0
        at = max(0, int(np.searchsorted(self.areas[:, 0], row, side="right")) - 1)
        top, bottom, left, right = self.areas[at, 1:].tolist()
        return top, bottom, left, right

    def save(self, folder: Path) -> None:
        """Write them where `open_prints` reads them."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in _FILES:
            np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)


def open_prints(folder: Path) -> Prints | None:
    """The prints in an edition's folder, mapped; None where there are none, or where they are damaged."""
    try:
        arrays = [np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in _FILES]
    except (OSError, ValueError):
        return None
    frames, seconds, hashes, keys, layouts, quality, areas = arrays
    if len(frames) != len(hashes) or len(keys) != len(layouts) or layouts.shape[1:] != (LAYOUT,):
        return None
    return Prints(frames, seconds, hashes, keys, layouts, quality, areas)


class PicturePrints(Analyser[Pictures]):
    """Prints of the picture; see the module's docstring."""

    name, version, watches = NAME, 1, "pictures"
    needs = ("shots",)
    gives = (
        Gives(
            "picture_prints",
            "events",
            "frames whose layout is kept for searching by a still, about one a second, with PDQ's quality (0 flat .. "
            "100 full of edges)",
            unit="frame",
            columns=("quality",),
            source="Facebook 2019, the TMK+PDQF video-hashing and the PDQ image-hashing algorithm",
        ),
    )

    def begin(self, film: FilmFacts, scratch: Path) -> None:
        self._keep = scratch / "keep"
        self._hashes = Rows(4, np.uint64, scratch / "hashes")
        self._seconds = Rows(None, np.float64, scratch / "seconds")
        self._frames = Rows(None, np.int32, scratch / "frames")
        self._layouts = Rows(LAYOUT, np.int8, scratch / "layouts")
        self._quality = Rows(None, np.uint8, scratch / "quality")
        self._areas: list[tuple[int, tuple[float, ...]]] = []
        self._last: npt.NDArray[np.uint64] | None = None
        self._tick = -1
        self._dark: list[int] | None = None
        self._dark_before: list[int] | None = None

    def feed(self, piece: Pictures) -> None:
        at = 0
        areas = self._areas_of(piece)
        while at < len(piece):
            end = at + 1
            while end < len(piece) and areas[end] == areas[at]:
                end += 1
            self._look(piece, at, end, areas[at])
            at = end

    def _areas_of(self, piece: Pictures) -> list[Area]:
        """The area of each frame: what was lit in this stretch of the film so far, or in the one before it."""
        _, high, wide = piece.luma.shape
        found: list[Area] = []
        last: list[list[int] | None] = []
        for n, here in enumerate(bars(piece.luma).tolist()):
            if (piece.first + n) % _STRETCH == 0:
                self._dark_before, self._dark = self._dark, None
            if here[0] < high:  # something is lit
                self._dark = here if self._dark is None else list(map(min, self._dark, here))
            # Most frames tell no more than those before them.
            if not found or last != [self._dark, self._dark_before]:
                last = [self._dark, self._dark_before]
                known = [dark for dark in last if dark is not None]
                area = area_of(list(map(min, *known, known[0])), high, wide) if known else (0, 0, 0, 0)
            found.append(area)
        return found

    def _look(self, piece: Pictures, begin: int, end: int, area: Area) -> None:
        """Take the prints of frames ``begin .. end`` of a piece, which have one area."""
        _, high, wide = piece.luma.shape
        shares = area[0] / high, area[1] / high, area[2] / wide, area[3] / wide
        if not self._areas or self._areas[-1][1] != shares:
            self._areas.append((piece.first + begin, shares))
        luma = piece.luma[begin:end]
        waves = transform(luma, area)
        hashes = hashes_of(waves)
        before = np.concatenate([hashes[:1] if self._last is None else self._last, hashes[:-1]])
        seconds = piece.pts[begin:end] * piece.time_base.numerator / piece.time_base.denominator
        ticks = np.floor(seconds * RATE).astype(np.int64)
        wanted = np.flatnonzero((np.diff(ticks, prepend=self._tick) != 0) | (apart(hashes, before) > JUMP))
        self._hashes.add(hashes)
        self._seconds.add(seconds)
        self._last, self._tick = hashes[-1:].copy(), int(ticks[-1])
        if len(wanted):
            cb, cr = piece.cb[begin:end][wanted], piece.cr[begin:end][wanted]
            self._frames.add(piece.first + begin + wanted)
            self._layouts.add(layouts_of(waves[wanted], cb, cr, area))
            self._quality.add(quality_of(luma[wanted], area))

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        seconds, put_by = self._seconds.array(), self._frames.array()
        frames: list[int] = []
        keys: list[int] = []
        for begin, end in _shots(tracks.get("shots"), len(seconds)):
            held = put_by[np.searchsorted(put_by, begin) : np.searchsorted(put_by, end)]
            keys += _near(held, seconds, begin, end)
            frames += _evenly(seconds, begin, end)
        # A layout belongs to a print: its frame gets one, too.
        printed = np.unique(np.array(frames + keys, np.int32))
        key = np.unique(np.array(keys, np.int32))
        at = np.searchsorted(put_by, key)
        if len(printed):
            areas = [(np.searchsorted(printed, first), *shares) for first, shares in self._areas]
            Prints(
                printed,
                seconds[printed].astype(np.float32),
                self._hashes.array()[printed],
                np.searchsorted(printed, key).astype(np.int32),
                self._layouts.array()[at],
                self._quality.array()[at],
                np.array(areas, np.float32).reshape(-1, 5),
            ).save(self._keep)
        columns: dict[str, Any] = {"quality": self._quality.array()[at]}
        return {NAME: Events(NAME, key.astype(np.int64), FRAMES, columns, "frame")}


def _shots(shots: Track | None, count: int) -> list[tuple[int, int]]:
    if isinstance(shots, Spans) and len(shots):
        return [(b, min(e, count)) for b, e in zip(shots.begin.tolist(), shots.end.tolist(), strict=True) if b < count]
    return [(0, count)] if count else []


def _evenly(seconds: npt.NDArray[np.float64], begin: int, end: int) -> list[int]:
    """Frames of a shot, its first, middle and last among them, none further apart than the rate says."""
    first, last = seconds[begin], seconds[end - 1]
    steps = 2 * max(1, int(np.ceil((last - first) * RATE / 2 - 0.01)))
    moments = np.linspace(first, last, steps + 1)
    found = begin + np.searchsorted(seconds[begin:end], moments - 1e-6)
    return [int(n) for n in np.minimum(found, end - 1)]


def _near(held: npt.NDArray[np.int32], seconds: npt.NDArray[np.float64], begin: int, end: int) -> list[int]:
    """Of the frames of a shot whose layout was put by, those nearest to even moments."""
    if not len(held):
        return []
    first, last = seconds[begin], seconds[end - 1]
    count = max(1, round((last - first) / KEY))
    moments = first + (last - first) * (np.arange(count) + 0.5) / count
    return [int(held[np.argmin(np.abs(seconds[held] - moment))]) for moment in moments]
