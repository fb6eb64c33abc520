"""What an odd edition is made of: frames of some films, and the frame of A that each of them shows.

Contents
    Cut, plain        a row of frames of some films
    Made, told        a film and its truth
    write, titles     a film as a file; white words on dark ground
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from re_edits import RATE, Source

Frame = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int64]
Change = Callable[[Frame, int], Frame]

FOREIGN, ANY = -1, -2


@dataclass(slots=True)
class Cut:
    """A row of frames of some films: which film (0: the source) and which frame, and how both are mixed where two are.

    film, frame: (n,); mixed: {place: (film, frame, share of that one)}
    """

    film: Numbers
    frame: Numbers
    mixed: dict[int, tuple[int, int, float]]

    def __len__(self) -> int:
        return len(self.film)


@dataclass(slots=True)
class Made:
    """A film B out of the source, and its truth.

    cut: what its frames are; rate: at which it runs; change: what is done to each (the picture, its number in B)
    truth: (n,) frame of A for each frame of B; wanted: how many differences are right, at least and at most
    a: the same for A, where it is not the source as it is; shown: seconds at which frames are shown, where uneven
    """

    cut: Cut
    rate: Fraction
    truth: Numbers
    wanted: tuple[int, int]
    change: Change | None = None
    a: Change | None = None
    shown: npt.NDArray[np.float64] | None = None
    codec: str = "libx264"
    bit_rate: int = 400_000
    weave: bool = False
    picture: bool = True
    speed_sound: bool = False


def plain(*parts: tuple[int, int, int]) -> Cut:
    """(film, begin, end) one after the other; begin > end: backwards."""
    film, frame = [], []
    for name, begin, end in parts:
        row = np.arange(begin, end) if end >= begin else np.arange(begin - 1, end - 1, -1)
        film.append(np.full(len(row), name))
        frame.append(row)
    return Cut(np.concatenate(film), np.concatenate(frame), {})


def truth_of(cut: Cut) -> Numbers:
    return np.where(cut.film == 0, cut.frame, FOREIGN)


def told(cut: Cut, rate: Fraction, wanted: tuple[int, int], **more: object) -> Made:
    return Made(cut, rate, truth_of(cut), wanted, **more)  # type: ignore[arg-type]


def titles(like: Source, seconds: float, line: str, rolls: bool) -> Source:
    """White words on dark ground, standing or rolling, with a tone under them."""
    high, wide = like.frames.shape[1:3]
    count = round(seconds * like.rate)
    frames = np.full((count, high, wide, 3), 12, np.uint8)
    for n in range(count):
        for k in range(8 if rolls else 1):
            y = high // 2 + k * high // 5 - (n // 2 if rolls else 0)
            cv2.putText(frames[n], line[k * 3 :], (wide // 8, y), cv2.FONT_HERSHEY_SIMPLEX, wide / 400, (230,) * 3, 1)
    at = np.arange(round(seconds * RATE)) / RATE
    tone = 0.1 * np.sin(2 * np.pi * np.where(at % 0.5 < 0.25, 330, 440) * at)
    return Source(frames, like.rate, np.repeat(tone[:, None], 2, axis=1).astype(np.float32))


def pictures_of(cut: Cut, films: Sequence[Source], change: Change | None) -> Iterator[Frame]:
    high, wide = films[0].frames.shape[1:3]

    def one(film: int, frame: int) -> Frame:
        found = films[film].frames[frame]
        return (
            found if found.shape[:2] == (high, wide) else cv2.resize(found, (wide, high), interpolation=cv2.INTER_AREA)
        )

    for n, (film, frame) in enumerate(zip(cut.film.tolist(), cut.frame.tolist(), strict=True)):
        picture = one(film, frame)
        if n in cut.mixed:
            other, at, share = cut.mixed[n]
            picture = cv2.addWeighted(picture, 1 - share, one(other, at), share, 0)
        yield picture if change is None else change(picture, n)


def sound_of(made: Made, films: Sequence[Source]) -> npt.NDArray[np.float32]:
    """The sound that goes with the frames, stretch by stretch; faster or slower where they are."""
    cut = made.cut
    lasts = np.full(len(cut), 1 / float(made.rate)) if made.shown is None else np.diff(
        made.shown, append=made.shown[-1] + 1 / float(made.rate)
    )  # fmt: skip
    jumps = (np.diff(cut.film) != 0) | (np.abs(np.diff(cut.frame)) > 8)
    if made.shown is None and not made.speed_sound and np.diff(cut.frame).min(initial=1) >= 0:
        jumps |= np.abs(np.diff(cut.frame)) > 1
    edges = [0, *(np.flatnonzero(jumps) + 1).tolist(), len(cut)]
    out = []
    for begin, end in itertools.pairwise(edges):
        film = films[int(cut.film[begin])]
        long = round(float(lasts[:end].sum()) * RATE) - round(float(lasts[:begin].sum()) * RATE)
        # Where each frame begins, and in between evenly.
        ahead = cut.frame[begin] <= cut.frame[end - 1]
        first, after = (
            (cut.frame[begin], cut.frame[end - 1] + 1) if ahead else (cut.frame[begin] + 1, cut.frame[end - 1])
        )
        at = np.linspace(first, after, long, endpoint=False) / float(film.rate) * RATE
        if made.speed_sound and made.shown is None:
            starts = np.concatenate([[0], np.cumsum(lasts[begin:end])]) * RATE
            where = np.append(cut.frame[begin:end], after) / float(film.rate) * RATE
            at = np.interp(np.arange(long), starts, where)
        wave = film.sound
        if not len(wave):
            out.append(np.zeros((long, 2), np.float32))
            continue
        out.append(np.stack([np.interp(at, np.arange(len(wave)), c) for c in wave.T], axis=1).astype(np.float32))
    return np.concatenate(out)


def write(target: Path, made: Made, films: Sequence[Source], change: Change | None) -> None:
    """The film as a file; change: in place of its own."""
    sound = sound_of(made, films)
    base = Fraction(1, 90_000)
    with av.open(str(target), "w") as out:
        coded = out.add_stream(made.codec, rate=made.rate) if made.picture else None
        assert coded is None or isinstance(coded, VideoStream)
        heard = out.add_stream("aac", rate=RATE, layout="stereo") if float(np.abs(sound).max(initial=0)) > 0 else None
        before: Frame | None = None
        for n, picture in enumerate(pictures_of(made.cut, films, change) if made.picture else ()):
            picture = np.ascontiguousarray(picture[: picture.shape[0] // 2 * 2, : picture.shape[1] // 2 * 2])
            assert coded is not None
            if n == 0:
                coded.width, coded.height = picture.shape[1], picture.shape[0]
                coded.pix_fmt, coded.bit_rate = "yuv420p", made.bit_rate
                coded.options = {"preset": "ultrafast"} if made.codec == "libx264" else {}
                if made.shown is not None:
                    coded.time_base = coded.codec_context.time_base = base
            shown = picture
            if made.weave and before is not None and n % 5 in (2, 3):
                shown = picture.copy()
                shown[::2] = before[::2]
            frame = VideoFrame.from_ndarray(shown, "rgb24")
            frame.pts, frame.time_base = n, 1 / made.rate
            if made.shown is not None:
                frame.pts, frame.time_base = round(float(made.shown[n]) / base), base
            out.mux(coded.encode(frame))
            before = picture
        if coded is not None:
            out.mux(coded.encode(None))
        if heard is not None:
            assert isinstance(heard, AudioStream)
            for at in range(0, len(sound), 1024):
                tone = AudioFrame.from_ndarray(np.ascontiguousarray(sound[at : at + 1024].T), "fltp", "stereo")
                tone.sample_rate, tone.pts, tone.time_base = RATE, at, Fraction(1, RATE)
                out.mux(heard.encode(tone))
            out.mux(heard.encode(None))
