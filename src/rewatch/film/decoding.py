"""Decoding: the frames of one picture stream with what their packets say of them, and each reduced to a small one.

Contents
    Decoding      one pass over a picture stream
    print_of      what a frame is known again by
    small_size    how large the small pictures are
"""

from __future__ import annotations

import os
import zlib
from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av.error
import numpy as np
import numpy.typing as npt
from av.packet import Packet
from av.stream import Discard
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from rewatch.clock import FrameTimes
from rewatch.evidence import Damage
from rewatch.facts import FilmFacts, PictureFacts
from rewatch.film.averages import Averages, averages_for
from rewatch.film.colour import is_full_range, is_rgb
from rewatch.film.container import frames, open_container
from rewatch.film.given import Given, given_by
from rewatch.film.planes import rows_of
from rewatch.film.stamps import START, Stamps, stamps_of

LONG_SIDE = 128
# Without the accurate rounding libswscale makes grey a little blue: 127 of 128.
# Numbers: what an enumeration gives is looked up anew for every frame.
_AVERAGE = int(Interpolation.AREA | Interpolation.ACCURATE_RND)
_FULL, _LIMITED, _BT709 = int(ColorRange.JPEG), int(ColorRange.MPEG), int(Colorspace.ITU709)
_MOST_THREADS = 16
_MANY_PIXELS = 1920 * 1088
_DEBLOCKED = ("h264", "hevc")
Planes = tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.uint8]]


def small_size(picture: PictureFacts) -> tuple[int, int]:
    """Width and height of the small pictures, upright: the long side 128, the other even and as the aspect gives.

    The short side is at least 2.
    """
    wide, high = picture.display_size
    short = Fraction(min(wide, high), max(wide, high, 1))
    side = min(LONG_SIDE, max(2, 2 * round(LONG_SIDE * short / 2)))
    return (LONG_SIDE, side) if wide >= high else (side, LONG_SIDE)


def print_of(luma: npt.NDArray[np.uint8], raw: int | None) -> int:
    """CRC-32 of a frame's small luma and its raw timestamp."""
    return zlib.crc32(luma.tobytes(), 0 if raw is None else raw & 0xFFFFFFFF)


class Decoding:
    """The frames of a picture stream, from where the container stands to the end; see `next`.

    lost:   what could not be decoded so far
    grey:   how many frames could not be converted by `reduce`, and are grey
    behind: second 0 in raw ticks
    given:  how frames are timed whose own times are no more than guessed; None: by those
    hasty:  leave the deblocking of frames that no other frame refers to (a tenth of the time of H.264). They alone
            are touched, by block edges that the reduction averages away; small pictures differ by 0.02 of 255 on
            average
    rough:  leave all deblocking: pictures drift from what they are, ever more until the next keyframe
    """

    def __init__(self, film: FilmFacts, picture: PictureFacts, *, hasty: bool = False, rough: bool = False) -> None:
        self._left = "all" if rough else "noref" if hasty else ""
        self.lost = Damage()
        self.grey = 0
        self.picture = picture
        self.behind = round(film.zero / picture.time_base)
        self._film = film
        self._errors = Damage()
        self._sizes: dict[int, int] = {}
        self._broken: set[int] = set()
        self._last: int | None = None
        self._hole = 1.5 / float(picture.rate * picture.time_base)
        self._dts: deque[int | None] = deque()
        self._stored: dict[tuple[str, int, int, int], Averages | tuple[int | None, int]] = {}
        self.given: Given | None = None
        self._open()
        self.given = self._guessed()
        self._scaler = VideoReformatter()
        small = small_size(picture)
        self._turns = picture.rotation // 90
        self._small = small if self._turns % 2 == 0 else small[::-1]

    def _open(self) -> None:
        self._container = open_container(self._film.path)
        chosen: Any = self._container.streams[self.picture.stream]
        chosen.thread_type = "AUTO"
        # More threads than cores: each frame waits for those that it refers to. Each thread holds one: of large
        # frames that is much.
        each = 4 if self.picture.width * self.picture.height <= _MANY_PIXELS else 2
        chosen.codec_context.thread_count = min(_MOST_THREADS, each * (os.cpu_count() or 1))
        if self._left and self.picture.codec in _DEBLOCKED:
            chosen.codec_context.options = {"skip_loop_filter": self._left}
        self._stream = chosen
        for stream in self._container.streams:
            if stream.index != self.picture.stream:
                stream.discard = Discard.all  # spares reading the sound a second time
        self._frames = self._start()

    @property
    def codec(self) -> Any:
        """The stream's decoder, to be fed by hand; that leaves the container where it stands."""
        return self._stream.codec_context

    def stamps(self) -> Stamps:
        """Fresh stamps for this stream."""
        return stamps_of(self._film, self.picture)

    def _guessed(self) -> Given | None:
        """How frames are timed where their times are no more than guessed."""
        if self._film.container != "avi" or not self._stream.codec_context.has_b_frames:
            return None
        given = given_by(self._frames, max(1, round(1 / (self.picture.rate * self.picture.time_base))))
        self.rewind()
        self._errors = Damage()
        return given

    def _start(self) -> Iterator[Any]:
        self._sizes.clear()
        self._broken.clear()
        self._dts.clear()
        self._last = None
        if self.given is not None:
            self.given.last = None
        return frames(self._container, self._stream, self._errors, self._note)

    def _note(self, packet: Packet[Any]) -> None:
        if packet.pts is not None and not packet.is_discard:
            self._sizes[packet.pts] = packet.size
            if packet.is_corrupt:
                self._broken.add(packet.pts)
            if len(self._sizes) > 512:  # packets that were never shown, as VP8's alternate references
                del self._sizes[next(iter(self._sizes))]
        if len(self._dts) < 512:
            self._dts.append(packet.dts)

    def next(self) -> tuple[VideoFrame, int | None, int] | None:
        """A frame, its raw timestamp and the bytes of its packet (-1: not known); None at the end.

        A frame without a timestamp has the nth decoding time where it is the nth frame, which is the same in formats
        that store no other (AVI). Where timestamps are guessed, a frame has the time at which the decoder gave it.
        """
        frame = next(self._frames, None)
        if frame is None:
            self._count_lost(None)
            # Where frames have no times, or damaged ones are shown all the same, the decoder's complaints are left.
            self.lost.frames = max(self.lost.frames, self._errors.frames)
            return None
        raw = frame.pts
        if frame.is_corrupt or raw in self._broken:
            self.lost.frames += 1
            self._broken.discard(raw)  # another piece may have a frame of that time
        decoded_at = self._dts.popleft() if self._dts else None
        if raw is None:
            return frame, decoded_at, -1
        size = self._sizes.pop(raw, -1)
        if self.given is not None:
            self._last = self.given.time(frame)
            return frame, self._last, size
        if self._last is not None and raw - self._last > self._hole:
            self._count_lost(raw)
        self._last = raw
        return frame, raw, size

    def _count_lost(self, until: int | None) -> None:
        """Count the packets that should have been shown between the last frame and this one (None: the end).

        Not every packet that shows nothing is lost: a field, an alternate reference. One that leaves a hole is.
        """
        if self._last is not None and self.given is None:
            gone = [pts for pts in self._sizes if self._last < pts and (until is None or pts < until)]
            for pts in gone:
                del self._sizes[pts]
            self.lost.frames += len(gone)

    def reduce(self, frame: VideoFrame) -> Planes:
        """Luma, Cb and Cr of the small picture, upright; views that live as long as they are held.

        A frame of a pixel format that nothing can convert is grey, and counted.
        """
        stored = (frame.format.name, frame.color_range, frame.width, frame.height)
        if stored not in self._stored:
            self._stored[stored] = self._how(frame)
        how = self._stored[stored]
        planes = how(frame) if isinstance(how, Averages) else self._scaled(frame, *how)
        if not self._turns:
            return planes
        turned = [np.rot90(plane, -self._turns) for plane in planes]
        return turned[0], turned[1], turned[2]

    def _how(self, frame: VideoFrame) -> Averages | tuple[int | None, int]:
        """How frames like this one are reduced: by averages, or by libswscale with a matrix and a range."""
        full = is_full_range(frame.format.name, frame.color_range)
        if (averages := averages_for(frame, self._small, full)) is not None:
            return averages
        return _BT709 if is_rgb(frame.format.name) else None, _FULL if full else _LIMITED

    def _scaled(self, frame: VideoFrame, matrix: int | None, code_range: int) -> Planes:
        wide, high = self._small
        try:
            small = self._scaler.reformat(
                frame,
                wide,
                high,
                "yuv420p",
                dst_colorspace=matrix,
                interpolation=_AVERAGE,
                src_color_range=code_range,
                dst_color_range=_FULL,
                threads=1,
            )
        except av.error.FFmpegError:
            self.grey += 1
            small = VideoFrame.from_ndarray(np.full((high * 3 // 2, wide), 128, np.uint8), "yuv420p")
        y, u, v = small.planes
        return rows_of(y)[:, :wide], rows_of(u)[:, : wide // 2], rows_of(v)[:, : wide // 2]

    def find(self, prints: tuple[int, ...], last: int | None) -> bool:
        """Go to just after the frame with raw timestamp `last`, which ends the run of frames known by `prints`.

        False where it is not found, or could be in several places.
        """
        if last is None or len(set(prints)) < len(prints):
            return False
        patience = int(2 / self.picture.time_base)
        for back in (2, 12, 60):
            if not self.seek(last - int(back / self.picture.time_base)):
                return False
            seen: deque[int] = deque(maxlen=len(prints))
            while (got := self.next()) is not None:
                frame, raw, _ = got
                seen.append(print_of(self.reduce(frame)[0], raw))
                if tuple(seen) == prints:
                    return True
                if raw is not None and raw > last + patience:
                    break
        return False

    def skip(self, count: int) -> bool:
        """Decode `count` frames and forget them; False where there are fewer."""
        return all(self.next() is not None for _ in range(count))

    def seek(self, raw: int) -> bool:
        """Go to a keyframe at or before a raw timestamp; False where the file cannot be sought in."""
        try:
            self._container.seek(raw, stream=self._stream)
        except (av.error.FFmpegError, OSError):
            return False
        self._frames = self._start()
        return True

    def rewind(self) -> None:
        """Go back to the first frame, surely: the file is opened anew."""
        self.close()
        self._open()

    def clock_restarts(self, times: FrameTimes) -> bool:
        """Whether the picture runs past what its timestamps span: one of them may then stand for several frames."""
        duration = self._film.duration
        return duration is not None and times.end * times.time_base > duration + START

    def close(self) -> None:
        self._stream.codec_context.flush_buffers()  # stops the decoder's threads before it is taken down
        self._container.close()
        # They know of this object: with that it would stay, and the decoder's frames, until cycles are looked for.
        self._frames = iter(())
