"""Stills: one picture a shot for people to know it by, its most typical sharp frame.

Which frames a still may be taken from is settled while the film is read, long before its shots are known: the reader
gives some frames large (`Pictures.large`), after every big change and then ever more seldom. Of those that look alike
only the sharper ones go on, written to the scratch folder as JPEG; small pictures are put by beside them, at every
change and every second, for shots that were given no large frame. At the end each shot picks.

    typical   near the shot's median look: the frame in 8 x 6 areas of Y'CbCr
    sharp     variance of the Laplacian over that of the picture (Pech-Pacheco et al. 2000); less, where it moves fast
    clear     not within a transition, and some frames away from its ends

Contents
    sharpness, look_of, apart   what frames are compared by
    Stills                      the analyser: track ``stills``; the pictures stand in its folder ``keep``
"""

from __future__ import annotations

import os
import shutil
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from rewatch.analyser import Analyser, Gives
from rewatch.clock import FRAMES
from rewatch.evidence import Pictures
from rewatch.facts import FilmFacts
from rewatch.figure import Figure
from rewatch.images.colour import Shown, area_means
from rewatch.rows import Rows
from rewatch.track import Events, Spans, Track

Bytes = npt.NDArray[np.uint8]

FIGURES = (
    Figure(
        "stills",
        "Stills",
        "",
        "of each shot the frame that is nearest to its median look (8 x 6 areas of Y'CbCr), sharp (variance of the "
        "Laplacian over that of the picture), slow, and clear of transitions",
        "rewatch; sharpness: Pech-Pacheco et al. 2000, doi 10.1109/ICPR.2000.903548",
        ("stills", "shots"),
        "knowing a shot by one picture",
        "what else happens in the shot; a still need not be its most telling moment",
    ),
)

QUALITY = 82
WIDTH = 640
OPEN = 3
"""Large frames that are held in memory, of the run of frames that is being read."""
ALIKE = 0.04
"""Looks nearer than this (share of full scale) show the same."""
EVERY = 8
"""Frames from one look that counts for the typical one to the next."""
ANCHOR = 24
"""Frames from one small picture that is always put by to the next."""
CLEAR = 2
"""Frames next to a boundary that are taken only where there are no others: coders smear there."""
_WAY = 8.0
"""Share of sharpness that a look off by 1 costs: one off by 0.03 loses against one a quarter less sharp."""
_CALM = 4.0
"""Mean change of luma (code values a frame) that halves the worth of a frame: it is blurred, or about to be mixed."""


def sharpness(rgb: Bytes) -> float:
    """How sharp (h, w, 3) sRGB is: variance of the Laplacian of green over that of green; every third pixel."""
    green = rgb[::3, ::3, 1].astype(np.float32)
    if min(green.shape) < 3:
        return 0.0
    inner = green[1:-1, 1:-1]
    laplacian = green[:-2, 1:-1] + green[2:, 1:-1] + green[1:-1, :-2] + green[1:-1, 2:] - 4 * inner
    return float(laplacian.var() / (inner.var() + 10.0))


def look_of(luma: Bytes, cb: Bytes, cr: Bytes) -> npt.NDArray[np.float32]:
    """(n, h, w) small pictures -> (n, 144) looks: 8 x 6 areas of luma, Cb and Cr; chroma counts double, 0..1."""
    parts = [area_means(plane, 6, 8).reshape(len(luma), 48) for plane in (luma, cb, cr)]
    weights = np.repeat(np.array((1, 2, 2), np.float32) / np.float32(255), 48)
    return np.asarray(np.concatenate(parts, axis=1) * weights, dtype=np.float32)


def apart(a: npt.NDArray[np.floating[Any]], b: npt.NDArray[np.floating[Any]]) -> float:
    """How far two looks lie apart: mean difference of their areas, 0 the same .. about 1."""
    return float(np.abs(a - b).mean())


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A frame that a still may be taken from.

    sharp: less so where the picture moves; rgb: until it is written
    place: of a small picture in the file of them: its first byte and how many
    """

    frame: int
    look: npt.NDArray[np.floating[Any]]
    sharp: float
    rgb: Bytes | None = None
    place: tuple[int, int] | None = None


class _PutBy:
    """Candidates that are written, in order of frames: of a long film tens of thousands, so they are kept as rows."""

    def __init__(self, scratch: Path, name: str) -> None:
        self._frame = Rows(None, np.int64, scratch / f"{name}.frame")
        self._look = Rows(144, np.float16, scratch / f"{name}.look")
        self._sharp = Rows(None, np.float64, scratch / f"{name}.sharp")
        self._place = Rows(2, np.int64, scratch / f"{name}.place")
        self.last: npt.NDArray[np.float16] | None = None

    def __len__(self) -> int:
        return len(self._frame)

    def add(
        self, frame: int, look: npt.NDArray[np.floating[Any]], sharp: float, place: tuple[int, int] = (-1, 0)
    ) -> None:
        self.last = look.astype(np.float16)
        self._frame.add(frame)
        self._look.add(self.last)
        self._sharp.add(sharp)
        self._place.add(place)

    def all(self) -> list[_Candidate]:
        rows = zip(self._frame.array(), self._look.array(), self._sharp.array(), self._place.array(), strict=True)
        return [
            _Candidate(int(frame), look, float(sharp), place=(int(at), int(size)) if at >= 0 else None)
            for frame, look, sharp, (at, size) in rows
        ]


class Stills(Analyser[Pictures]):
    """One still a shot, as JPEG at most 640 wide, named by its frame.

    A shot for which the reader kept no large frame gets its best small picture, enlarged; one that has not even that
    (a few frames long, and no big change before it) the picture next in time: `at` says which frame it is.
    """

    name, version, watches = "stills", 2, "pictures"
    needs = ("shots",)
    gives = (
        Gives(
            "stills",
            "events",
            "one frame a shot: typical of it, sharp, clear of transitions; its number and its file",
            unit="frame",
            columns=("shot", "file"),
            source="Pech-Pacheco et al. 2000, doi 10.1109/ICPR.2000.903548 (sharpness)",
        ),
    )

    def begin(self, film: FilmFacts, scratch: Path) -> None:
        self._scratch = scratch
        for folder in ("large", "keep"):
            (scratch / folder).mkdir(parents=True, exist_ok=True)
            for path in (scratch / folder).glob("*.jpg"):
                path.unlink()
        self._shown = Shown.of(film.picture)
        self._size: tuple[int, int] | None = None
        if film.picture:
            wide, high = film.picture.display_size
            part = min(1.0, WIDTH / wide)
            self._size = max(1, round(wide * part)), max(1, round(high * part))
        self._count = 0
        self._before: npt.NDArray[np.int16] | None = None
        self._level = 2.0
        self._open: list[_Candidate] = []
        self._large, self._small = _PutBy(scratch, "large"), _PutBy(scratch, "small")
        # One file for all of them, one after the other: a file each would cost more than the picture.
        self._album = scratch / "album"
        self._album.write_bytes(b"")
        self._album_end = 0
        self._looks = Rows(144, np.uint8, scratch / "looks")

    def feed(self, piece: Pictures) -> None:
        fresh, steps = self._changes(piece.luma)
        numbers = piece.first + np.arange(len(piece))
        typical = numbers % EVERY == 0
        large = np.isin(numbers, list(piece.large))
        anchor = numbers % ANCHOR == 0
        wanted = np.flatnonzero(typical | large | fresh)
        looks = look_of(piece.luma[wanted], piece.cb[wanted], piece.cr[wanted])
        for at, look in zip(wanted.tolist(), looks, strict=True):
            frame = piece.first + at
            if fresh[at]:
                self._flush()
            if typical[at]:
                self._looks.add(np.round(look * 127))
            if large[at]:
                rgb = piece.large[frame]
                # The step to a new picture says nothing about it.
                calm = 1.0 if fresh[at] else _CALM / (_CALM + steps[at])
                self._hold(_Candidate(frame, look, sharpness(rgb) * calm, rgb))
            elif fresh[at] or anchor[at] or self._small.last is None or apart(look, self._small.last) > 2 * ALIKE:
                self._put_by(frame, look, piece.luma[at], piece.cb[at], piece.cr[at])
        self._count = piece.first + len(piece)

    def _changes(self, luma: Bytes) -> tuple[npt.NDArray[np.bool_], list[float]]:
        """Whether the picture changes at each frame far more than it did before, likely a cut; and by how much."""
        coarse = luma[:, ::2, ::2].astype(np.int16)
        before = coarse[:1] if self._before is None else self._before
        total = np.abs(np.diff(coarse, axis=0, prepend=before)).reshape(len(luma), -1).sum(axis=1, dtype=np.int64)
        self._before = coarse[-1:].copy()
        found = np.zeros(len(luma), np.bool_)
        steps = (total / coarse[0].size).tolist()
        for n, step in enumerate(steps):
            found[n] = step > 4 + 2.5 * self._level
            self._level += (min(step, 20.0) - self._level) / 8
        if self._count == 0:
            found[0] = True
        return found, steps

    def _hold(self, candidate: _Candidate) -> None:
        """Add to those held open; of two that look alike the less sharp goes, else the oldest is written."""
        self._open.append(candidate)
        if len(self._open) > OPEN and not self._drop_one():
            self._write(self._open.pop(0))

    def _drop_one(self) -> bool:
        """Let go of one of the two neighbours that look most alike; False where none do."""
        gaps = [apart(a.look, b.look) for a, b in zip(self._open, self._open[1:], strict=False)]
        if not gaps or min(gaps) > ALIKE:
            return False
        n = gaps.index(min(gaps))
        del self._open[n if self._open[n].sharp < self._open[n + 1].sharp else n + 1]
        return True

    def _flush(self) -> None:
        """The run of frames is over: write what is held, one of each look."""
        while self._drop_one():
            pass
        for candidate in self._open:
            self._write(candidate)
        self._open = []

    def _write(self, candidate: _Candidate) -> None:
        assert candidate.rgb is not None
        Image.fromarray(candidate.rgb).save(self._path("large", candidate.frame), quality=QUALITY)
        self._large.add(candidate.frame, candidate.look, candidate.sharp)

    def _put_by(self, frame: int, look: npt.NDArray[np.float32], luma: Bytes, cb: Bytes, cr: Bytes) -> None:
        wide = [np.repeat(np.repeat(plane, 2, axis=0), 2, axis=1) for plane in (cb, cr)]
        rgb = np.round(self._shown.srgb(luma, *wide) * 255).astype(np.uint8)
        picture = BytesIO()
        Image.fromarray(rgb).save(picture, "JPEG", quality=90)
        # Written at its place, not at the end: a run that goes on after a kill writes some of them again.
        with self._album.open("r+b") as album:
            album.seek(self._album_end)
            album.write(picture.getbuffer())
        self._small.add(frame, look, 1.0, (self._album_end, picture.tell()))
        self._album_end += picture.tell()

    def _path(self, folder: str, frame: int) -> Path:
        return self._scratch / folder / f"{frame:06d}.jpg"

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        self._flush()
        chosen: list[tuple[int, int, str]] = []
        looks = self._looks.array()
        large, small = self._large.all(), self._small.all()
        for shot, (begin, end, clear_begin, clear_end) in enumerate(self._shots(tracks.get("shots"))):
            pick = _choose(looks, large, small, begin, end, clear_begin, clear_end)
            chosen.append((pick.frame, shot, self._keep(pick)))
        chosen.sort()
        columns: dict[str, Any] = {
            "shot": np.array([shot for _, shot, _ in chosen], np.int64),
            "file": [file for _, _, file in chosen],
        }
        at = np.array([frame for frame, _, _ in chosen], np.int64)
        return {"stills": Events("stills", at, FRAMES, columns, "frame")}

    def _shots(self, shots: Track | None) -> list[tuple[int, int, int, int]]:
        """Begin and end of each shot, and of what is clear of its transitions; the whole film where there are none."""
        if not self._count:
            return []
        if not isinstance(shots, Spans) or not len(shots):
            return [(0, self._count, 0, self._count)]
        last = np.asarray(shots.columns["last_frame"], np.int64)
        first = np.append(np.asarray(shots.columns["first_frame"], np.int64)[1:], -1)
        found = []
        for n, (begin, end) in enumerate(zip(shots.begin.tolist(), shots.end.tolist(), strict=True)):
            # The first frame after a cut is whole.
            clear_begin = begin if shots.label[n] == "cut" else max(begin, int(last[n]) + 1)
            clear_end = min(end, int(first[n])) if first[n] >= 0 else end
            found.append((begin, end, clear_begin, clear_end) if clear_begin < clear_end else (begin, end, begin, end))
        return found

    def _keep(self, pick: _Candidate) -> str:
        """Bring a picture into ``keep``, where it is not there yet.

        What was gathered stays where it is: a run that is killed before all that was made is on disk begins this again,
        and finds ``keep`` taken away.
        """
        target = self._path("keep", pick.frame)
        target.parent.mkdir(exist_ok=True)
        if not target.exists():
            if pick.place is None:
                part = target.with_suffix(".part")
                shutil.copyfile(self._path("large", pick.frame), part)
                os.replace(part, target)
            else:
                with self._album.open("rb") as album:
                    album.seek(pick.place[0])
                    small = Image.open(BytesIO(album.read(pick.place[1])))
                part = target.with_suffix(".part")
                large = small.resize(self._size or small.size, Image.Resampling.BICUBIC)
                large.save(part, "JPEG", quality=QUALITY)
                os.replace(part, target)
        return target.name


def _within(candidates: list[_Candidate], begin: int, end: int) -> list[_Candidate]:
    """Those whose frame lies in ``[begin, end)``; candidates are in order of frames."""
    first, last = (bisect_left(candidates, frame, key=lambda c: c.frame) for frame in (begin, end))
    return candidates[first:last]


def _choose(
    looks: Bytes,
    every_large: list[_Candidate],
    every_small: list[_Candidate],
    begin: int,
    end: int,
    clear_begin: int,
    clear_end: int,
) -> _Candidate:
    """The candidate of one shot's still."""
    seen = looks[-(-clear_begin // EVERY) : -(-clear_end // EVERY)].astype(np.float32) / np.float32(127)
    away = CLEAR if clear_end - clear_begin > 4 * CLEAR else 0
    large, small = _within(every_large, begin, end), _within(every_small, begin, end)
    # At its ends a transition may show next to nothing of the other shot.
    typical = np.median(seen, axis=0) if len(seen) else None
    nearly = [c for c in large if typical is None or apart(c.look, typical) < ALIKE]
    for held in (
        _within(large, clear_begin + away, clear_end - away),
        _within(large, clear_begin, clear_end),
        nearly,
        _within(small, clear_begin, clear_end),
        large,
        small,
    ):
        if held:
            return _best(held, seen)
    middle = (begin + end) // 2
    return min(every_large + every_small, key=lambda candidate: abs(candidate.frame - middle))


def _best(held: list[_Candidate], looks: npt.NDArray[np.float32]) -> _Candidate:
    """The candidate that is near the typical look and sharp; the earliest of equals."""
    own = np.stack([candidate.look for candidate in held]).astype(np.float32)
    typical = np.median(np.concatenate([looks, own]) if len(looks) else own, axis=0)
    off = np.abs(own - typical).mean(axis=1)
    sharp = np.array([candidate.sharp for candidate in held])
    dull = 1 - sharp / max(float(sharp.max()), 1e-9)
    return held[int((off * _WAY + dull).round(6).argmin())]
