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
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction

import av.error
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

from rewatch.errors import FilmError
from rewatch.evidence import Damage, Pictures
from rewatch.facts import FilmFacts, PictureFacts
from rewatch.film.ahead import Ahead
from rewatch.film.choice import LargeChoice
from rewatch.film.decoding import Decoding, Planes, print_of, small_size
from rewatch.film.ending import note_picture
from rewatch.film.excerpts import ExcerptsFailed
from rewatch.film.groups import Stretches, part_of, read_groups, stretches_of
from rewatch.film.stamps import Stamps, stamps_of
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
        self._stands: Resume | None = None  # where a reading in stretches has come to
        self._points: dict[int, Resume] = {}
        self._pieces = self._read()

    def __next__(self) -> Pictures:
        return next(self._pieces)

    def close(self) -> None:
        """Stop reading and let go of the file; also done at the end of the film. By the thread that iterates."""
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
        if (stretches := stretches_of(self.film)) is not None:
            try:
                yield from self._side_by_side(stretches, picture)
                return
            except (ExcerptsFailed, av.error.FFmpegError):
                pass  # it is gone on with in one, from the last frame that was right
        yield from self._in_one(picture)

    def _in_one(self, picture: PictureFacts) -> Generator[Pictures]:
        """With one decoder, from the first frame or from where the reading stands."""
        decode = Decoding(self.film, picture, hasty=True)
        try:
            number, stamps, choice = 0, decode.stamps(), LargeChoice()
            if self._resume is not None:
                self._go_on(decode, self._resume)
                number, (stamps, choice) = self._resume.frame, self._resume.restored()
            # What was lost on the way to where the reading before stopped was counted by it.
            lost = decode.lost.frames + decode.grey
            ahead = Ahead(decode)
            try:
                yield from self._deliver(_Source(decode, ahead, lost), picture, number, stamps, choice)
            finally:
                ahead.close()
        finally:
            decode.close()

    def _side_by_side(self, stretches: Stretches, picture: PictureFacts) -> Generator[Pictures]:
        """In stretches. ExcerptsFailed where a stretch is not as promised; then `_resume` is what came before it."""
        order, resume = stretches.order, self._resume
        stamps = stamps_of(self.film, picture)
        start = resume.frame if resume else 0
        if start > len(order):
            raise self._not_found(start)
        for raw in order.raw[:start].tolist():
            stamps.place(raw)
        prints = deque(resume.prints if resume else (), maxlen=PRINTS)
        begin = 0 if resume else None
        # From the stretch on that has the frame before, which tells whether it is the same place.
        for piece in read_groups(self.film, stretches, max(start - 1, 0), self._batch):
            before = start - piece.first
            if before > len(piece):
                continue
            if before > 0:
                held = order.raw[piece.first : start].tolist()
                seen = [print_of(luma, raw) for luma, raw in zip(piece.luma[:before], held, strict=True)]
                if resume and not _agree(seen, resume.prints):
                    raise self._not_found(start)
                if before == len(piece):
                    continue
                piece = part_of(piece, before, len(piece))
            end = piece.first + len(piece)
            raws = order.raw[piece.first : end].tolist()
            for raw in raws:
                stamps.place(raw)
            prints.extend(print_of(luma, raw) for luma, raw in zip(piece.luma[-PRINTS:], raws[-PRINTS:], strict=True))
            begin = int(piece.pts[0]) if begin is None else begin
            self._remember(Resume(end, raws[-1], tuple(prints), stamps, LargeChoice(begins=False)))
            self._resume = self._stands = self._points[end]
            yield piece
        self._note(stamps, max(1, round(stamps.nominal)), begin or 0)

    def _not_found(self, frame: int) -> ResumeFailed:
        return ResumeFailed(f"{self.film.path}: frame {frame}, where its reading stopped, was not found again")

    def _go_on(self, decode: Decoding, after: Resume) -> None:
        if after.frame <= PRINTS:
            found = decode.skip(after.frame)
        elif after is self._stands:
            # A reading that goes on in one: the place is there, though it may look like another.
            found = decode.find(after.prints, after.pts)
            if not found:
                decode.rewind()
                found = decode.skip(after.frame)
        elif after.stamps.shift:
            found = False  # the clock started anew: a time may stand for two places
        else:
            found = decode.find(after.prints, after.pts)
        if not found:
            raise self._not_found(after.frame)

    def _deliver(
        self, source: _Source, picture: PictureFacts, number: int, stamps: Stamps, choice: LargeChoice
    ) -> Iterator[Pictures]:
        prints = deque(self._resume.prints if self._resume else (), maxlen=PRINTS)
        scaler = VideoReformatter()
        nominal = max(1, round(stamps.nominal))
        begin: int | None = 0 if self._resume else None
        lost, repaired = source.lost, stamps.repaired
        while True:
            piece = _Piece(number, self._batch, small_size(picture))
            while piece.count < self._batch and (got := source.next()) is not None:
                frame, raw, length = got
                luma = piece.add(frame, raw, length, stamps.place(raw), source.decode.reduce(frame))
                if choice.wants(luma):
                    with suppress(av.error.FFmpegError):  # what cannot be converted is counted where it is reduced
                        piece.large[number + piece.count - 1] = upright_rgb(frame, picture, LARGE_WIDTH, scaler)
            self.damage.frames += source.lost - lost
            self.damage.repaired += stamps.repaired - repaired
            lost, repaired = source.lost, stamps.repaired
            if not piece.count:
                break
            number += piece.count
            begin = int(piece.pts[0]) if begin is None else begin
            prints.extend(piece.prints(PRINTS))
            self._remember(Resume(number, piece.raws[-1], tuple(prints), stamps, choice))
            yield piece.pictures(picture.time_base, nominal)
        self._note(stamps, nominal, begin or 0)

    def _note(self, stamps: Stamps, nominal: int, begin: int) -> None:
        """Say what was lost, at the end."""
        if self.damage.frames:
            self.damage.notes.append(f"frames that could not be decoded: {self.damage.frames}")
        if stamps.last is not None:
            note_picture(self.film, stamps.holes, begin, stamps.last, nominal, self.damage)

    def _remember(self, point: Resume) -> None:
        stamps, choice = point.restored()
        self._points[point.frame] = Resume(point.frame, point.pts, point.prints, stamps, choice)
        if len(self._points) > 256:
            del self._points[next(iter(self._points))]


def _agree(seen: Sequence[int], before: Sequence[int]) -> bool:
    """Whether both end alike, as far as both go."""
    count = min(len(seen), len(before))
    return count > 0 and list(seen[-count:]) == list(before[-count:])


class _Source:
    """Frames that are decoded ahead, and how many were lost up to the one taken last."""

    def __init__(self, decode: Decoding, ahead: Ahead, lost: int) -> None:
        self.decode, self._ahead = decode, ahead
        self._lost = lost - decode.grey

    @property
    def lost(self) -> int:
        return self._lost + self.decode.grey

    def next(self) -> tuple[VideoFrame, int | None, int] | None:
        frame, raw, length, self._lost = self._ahead.next()
        return None if frame is None else (frame, raw, length)


class _Piece:
    """A piece while it is filled; its arrays are made once, for as many frames as it may hold."""

    def __init__(self, first: int, length: int, size: tuple[int, int]) -> None:
        wide, high = size
        self.first = first
        self.count = 0
        self.duration = 0
        self.raws: list[int | None] = []
        self.large: dict[int, npt.NDArray[np.uint8]] = {}
        self.pts = np.empty(length, np.int64)
        self._luma = np.empty((length, high, wide), np.uint8)
        self._cb = np.empty((length, high // 2, wide // 2), np.uint8)
        self._cr = np.empty((length, high // 2, wide // 2), np.uint8)
        self._keyframe = np.empty(length, np.bool_)
        self._size = np.empty(length, np.int32)
        self._kind = np.empty(length, np.uint8)

    def add(self, frame: VideoFrame, raw: int | None, length: int, pts: int, small: Planes) -> npt.NDArray[np.uint8]:
        """Put a frame at the end; its small luma as it is kept."""
        at = self.count
        self._luma[at], self._cb[at], self._cr[at] = small
        self.pts[at], self._size[at] = pts, length
        self._keyframe[at], self._kind[at] = frame.key_frame, _KIND.get(frame.pict_type, 63)
        self.raws.append(raw)
        self.duration = frame.duration
        self.count += 1
        kept: npt.NDArray[np.uint8] = self._luma[at]
        return kept

    def prints(self, last: int) -> list[int]:
        return [print_of(self._luma[at], self.raws[at]) for at in range(max(0, self.count - last), self.count)]

    def pictures(self, time_base: Fraction, nominal: int) -> Pictures:
        n = self.count
        return Pictures(
            first=self.first,
            pts=self.pts[:n],
            time_base=time_base,
            duration=self.duration if self.duration > 0 else nominal,
            luma=self._luma[:n],
            cb=self._cb[:n],
            cr=self._cr[:n],
            keyframe=self._keyframe[:n],
            size=self._size[:n],
            kind=self._kind[:n],
            large=self.large,
        )


def read_pictures(
    film: FilmFacts, *, batch: int = 32, damage: Damage | None = None, resume: Resume | None = None
) -> PictureReader:
    """The picture of a film in pieces of up to `batch` frames; see `PictureReader`."""
    return PictureReader(film, batch=batch, damage=damage, resume=resume)
