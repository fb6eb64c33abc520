"""Pictures: the one decode of the picture, each frame reduced to a small one, some kept large.

Conventions
    Frames are numbered from 0 in the order in which the decoder gives them, which is that of presentation. None is
    dropped, none repeated; what cannot be decoded has no number and is counted in `Damage`.
    Small pictures are averaged by area (libswscale) to a long side of 128, full range; those of PQ or HLG film hold
    code values of that transfer, as all small pictures hold code values of the film's own. Interlaced frames: both
    fields are averaged.

Contents
    PictureReader, read_pictures   iterate it: `Pictures`, in order
    Resume, ResumeFailed           where a reading stood, and going on from there
"""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from av.video.reformatter import VideoReformatter

from rewatch.clock import timecode
from rewatch.errors import FilmError
from rewatch.evidence import Damage, Pictures
from rewatch.facts import FilmFacts, PictureFacts
from rewatch.film.choice import LargeChoice
from rewatch.film.decoding import Decoding, print_of, small_size
from rewatch.film.ending import note_missing
from rewatch.film.stamps import Stamps
from rewatch.film.still import LARGE_WIDTH, upright_rgb

PRINTS = 16
_KINDS = {0: "?", 1: "I", 2: "P", 3: "B", 4: "P", 5: "I", 6: "P", 7: "B"}
_KIND = {code: ord(letter) for code, letter in _KINDS.items()}


class ResumeFailed(FilmError):
    """The place where a reading stood was not found again: read the film from its start."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Where a reading of the picture stood; pickle it to go on in another process.

    frame:  number of the next frame to deliver
    pts:    raw timestamp of the last one delivered; None: it had none
    prints: of each of the last 16 frames delivered, the CRC-32 of its small luma and raw timestamp
    stamps, choice: what the times and the choice of large frames of the next ones depend on
    """

    frame: int
    pts: int | None
    prints: tuple[int, ...]
    stamps: Stamps
    choice: LargeChoice

    def restored(self) -> tuple[Stamps, LargeChoice]:
        """Copies of both, to go on with."""
        return copy.copy(self.stamps), copy.copy(self.choice)


class PictureReader(Iterator[Pictures]):
    """Reads the picture of a film once, from its start or from where another reading stood.

    damage: counts what was lost; the reader's own where none is given
    A film without a picture gives nothing. FilmError where the file cannot be opened (it could, when it was probed);
    `ResumeFailed`, at the first piece, where `resume` does not fit what the file gives.
    """

    def __init__(
        self, film: FilmFacts, *, batch: int = 32, damage: Damage | None = None, resume: Resume | None = None
    ) -> None:
        self.film = film
        self.damage = damage if damage is not None else Damage()
        self._batch = batch
        self._resume = resume
        self._points: dict[int, Resume] = {}
        self._pieces = self._read()

    def __next__(self) -> Pictures:
        return next(self._pieces)

    def close(self) -> None:
        """Stop reading and let go of the file; also done at the end of the film."""
        self._pieces.close()

    def resume_point(self, frame: int | None = None) -> Resume | None:
        """Where to go on after the piece that ended before `frame` (None: after the last one given).

        None before the first piece. The points of the last 256 pieces are kept, so that a consumer that lags behind
        this reader can save the one that fits what it has seen.
        """
        if frame is None:
            frame = next(reversed(self._points), -1)
        return self._points.get(frame)

    def _read(self) -> Generator[Pictures]:
        picture = self.film.picture
        if picture is None:
            return
        decode = Decoding(self.film, picture)
        try:
            number, stamps, choice = 0, decode.stamps(), LargeChoice()
            if self._resume is not None:
                self._go_on(decode, self._resume)
                number, (stamps, choice) = self._resume.frame, self._resume.restored()
            yield from self._deliver(decode, picture, number, stamps, choice)
        finally:
            decode.close()

    def _go_on(self, decode: Decoding, after: Resume) -> None:
        if after.frame <= PRINTS:
            found = decode.skip(after.frame)
        else:
            found = decode.find(after.prints, after.pts)
        if not found:
            raise ResumeFailed(f"{self.film.path}: frame {after.frame}, where its reading stopped, was not found again")

    def _deliver(
        self, decode: Decoding, picture: PictureFacts, number: int, stamps: Stamps, choice: LargeChoice
    ) -> Iterator[Pictures]:
        wide, high = small_size(picture)
        batch = self._batch
        prints = deque(self._resume.prints if self._resume else (), maxlen=PRINTS)
        scaler = VideoReformatter()
        nominal = max(1, round(stamps.nominal))
        begin: int | None = None
        before = (decode.lost.frames, stamps.repaired)
        ended = False
        while not ended:
            luma = np.empty((batch, high, wide), np.uint8)
            cb = np.empty((batch, high // 2, wide // 2), np.uint8)
            cr = np.empty((batch, high // 2, wide // 2), np.uint8)
            pts = np.empty(batch, np.int64)
            key = np.empty(batch, np.bool_)
            size = np.empty(batch, np.int32)
            kind = np.empty(batch, np.uint8)
            large: dict[int, npt.NDArray[np.uint8]] = {}
            raws: list[int | None] = []
            duration = nominal
            count = 0
            while count < batch:
                got = decode.next()
                if got is None:
                    ended = True
                    break
                frame, raw, length = got
                luma[count], cb[count], cr[count] = decode.reduce(frame)
                pts[count] = stamps.place(raw)
                key[count], size[count] = frame.key_frame, length
                kind[count] = _KIND.get(frame.pict_type, 63)
                if choice.wants(luma[count]):
                    large[number + count] = upright_rgb(frame, picture, LARGE_WIDTH, scaler)
                duration = frame.duration
                raws.append(raw)
                count += 1
            if not count:
                break
            number += count
            if begin is None:
                begin = int(pts[0])
            for at in range(max(0, count - PRINTS), count):
                prints.append(print_of(luma[at], raws[at]))
            self._remember(Resume(number, raws[-1], tuple(prints), stamps, choice))
            self.damage.frames += decode.lost.frames - before[0]
            self.damage.repaired += stamps.repaired - before[1]
            before = (decode.lost.frames, stamps.repaired)
            yield Pictures(
                first=number - count,
                pts=pts[:count],
                time_base=picture.time_base,
                duration=duration if duration > 0 else nominal,
                luma=luma[:count],
                cb=cb[:count],
                cr=cr[:count],
                keyframe=key[:count],
                size=size[:count],
                kind=kind[:count],
                large=large,
            )
        self.damage.frames += decode.lost.frames - before[0]
        if self.damage.frames:
            self.damage.notes.append(f"{self.damage.frames} frames could not be decoded")
        if len(stamps.holes) <= 3:  # more, and the picture has no steady rate
            for last, at in stamps.holes:
                begin_hole, end_hole = (timecode(tick * picture.time_base, 1) for tick in (last + nominal, at))
                self.damage.notes.append(f"there is no picture from {begin_hole} to {end_hole}")
        if stamps.last is not None:
            end = (stamps.last + nominal) * picture.time_base
            first = Fraction(0) if begin is None or self._resume else begin * picture.time_base
            note_missing(self.film, picture.stream, first, end, _promised(self.film, picture), self.damage)

    def _remember(self, point: Resume) -> None:
        stamps, choice = point.restored()
        self._points[point.frame] = Resume(point.frame, point.pts, point.prints, stamps, choice)
        if len(self._points) > 256:
            del self._points[next(iter(self._points))]


def _promised(film: FilmFacts, picture: PictureFacts) -> Fraction | None:
    """How long the header says that the picture lasts."""
    if film.container == "avi" and picture.frames:
        return picture.frames / picture.rate  # the duration libav works out from what there is
    return picture.duration


def read_pictures(
    film: FilmFacts, *, batch: int = 32, damage: Damage | None = None, resume: Resume | None = None
) -> PictureReader:
    """The picture of a film in pieces of up to `batch` frames; see `PictureReader`."""
    return PictureReader(film, batch=batch, damage=damage, resume=resume)
