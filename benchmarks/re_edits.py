"""Editions with known truth: a film cut anew by a list of pieces, dressed anew (speed, crop, grade, codec, sound).

Contents
    Piece, Dress     what a re-edit is made of, and what is done to it as a whole
    random_cut       a list of pieces: removals, insertions, moves and replacements in one film
    truth_of         the alignment that ``rewatch compare`` should find, as its JSON says it
    render           write the re-edit as a film
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

WIDTH = 320
_OPTIONS = {
    "libx264": {"preset": "ultrafast"},
    "libx265": {"preset": "ultrafast", "x265-params": "log-level=none"},
}
RATE = 48000


@dataclass(frozen=True, slots=True)
class Piece:
    """Frames ``begin .. end`` of a film: of the film that is re-edited ("a"), or of another."""

    source: str
    begin: int
    end: int
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Dress:
    """What is done to a re-edit as a whole.

    speed:  time of A over time of B: 25/24 is PAL; the frames stay, their rate rises
    pitch:  whether the sound's pitch rises with the speed
    rate:   frames a second of B where other than A's: frames are repeated or dropped (24 -> 25, 23.976 -> 29.97)
    crop:   share of the width that is kept (4:3 out of 16:9: .75); mirror; letterbox: height of B over its picture
    grade:  gain and gamma of the code values, and saturation (0 = black and white)
    sound:  "same", "none", "noise" (replaced), "dub" (other voices in half of it), or gain in dB as "-6dB"
    woven:  five frames of B are made of the fields of four of A, as film is put on NTSC tape (2:3 pulldown)
    """

    speed: Fraction = Fraction(1)
    pitch: bool = True
    rate: Fraction | None = None
    crop: float = 1.0
    mirror: bool = False
    letterbox: float = 1.0
    grade: tuple[float, float, float] = (1.0, 1.0, 1.0)
    bit_rate: int = 400_000
    codec: str = "libx264"
    sound: str = "same"
    picture: bool = True
    woven: bool = False


@dataclass(slots=True)
class Source:
    """A film held whole: frames (n, h, w, 3) uint8 RGB, sound (m, 2) float32 at 48 kHz from the first frame on."""

    frames: npt.NDArray[np.uint8]
    rate: Fraction
    sound: npt.NDArray[np.float32]


def load(path: Path, width: int = WIDTH, most: float = float("inf")) -> Source:
    """The film, or its first `most` seconds."""
    frames: list[npt.NDArray[np.uint8]] = []
    sound: list[npt.NDArray[np.float32]] = []
    with av.open(str(path)) as film:
        picture = film.streams.video[0]
        picture.thread_type = "AUTO"
        high = 2 * round(picture.height * width / picture.width / 2)
        rate = Fraction(picture.average_rate or 24)
        for f in film.decode(picture):
            if len(frames) >= most * rate:
                break
            frames.append(f.reformat(width, high, "rgb24", interpolation="AREA").to_ndarray())
    begins = 0.0
    with av.open(str(path)) as film:
        if film.streams.audio:
            again = av.AudioResampler("fltp", "stereo", RATE)
            for n, frame in enumerate(film.decode(audio=0)):
                if n == 0:
                    begins = float(frame.time or 0)
                sound.extend(part.to_ndarray().T for part in again.resample(frame))
    wave = np.concatenate(sound) if sound else np.zeros((0, 2), np.float32)
    if begins > 0:
        wave = np.concatenate([np.zeros((round(begins * RATE), 2), np.float32), wave])
    pictures = np.stack(frames)
    return Source(pictures, rate, wave[: round(len(pictures) / rate * RATE)].astype(np.float32))


def random_cut(count: int, rate: float, others: Sequence[tuple[str, int]], changes: int, seed: int) -> list[Piece]:
    """`changes` removals, insertions, moves and replacements of .2 to 60 s (no more than a tenth of the film each)."""
    rng = np.random.default_rng(seed)
    longest = min(60.0, count / rate / 10)
    gaps = np.sort(rng.choice(np.arange(1, 4 * changes), size=changes, replace=False)) * count // (4 * changes)
    pieces: list[Piece] = []
    held: list[Piece] = []
    at = 0
    for place in gaps.tolist():
        place = place + int(rng.integers(0, max(2, count // (16 * changes))))
        if place <= at + int(rate):
            continue
        pieces.append(Piece("a", at, place))
        at = place
        pieces += held
        held = []
        frames = round(rate * float(np.exp(rng.uniform(np.log(0.2), np.log(longest)))))
        frames = max(4, min(frames, count // (5 * changes)))
        kind = rng.choice(["removed", "added", "moved", "replaced"], p=[0.35, 0.3, 0.15, 0.2])
        if kind in ("added", "replaced"):
            name, length = others[int(rng.integers(len(others)))]
            long = min(frames, length // 2)
            begin = int(rng.integers(0, length - long))
            pieces.append(Piece(name, begin, begin + long))
        if kind in ("removed", "replaced"):
            at += frames
        if kind == "moved" and frames >= 2 * rate:
            held = [Piece("a", at, at + frames, moved=True)]
            at += frames
    pieces.append(Piece("a", at, count))
    found: list[Piece] = []
    for piece in [p for p in pieces + held if p.end > p.begin]:
        if found and piece.source == "a" and not piece.moved and found[-1] == Piece("a", found[-1].begin, piece.begin):
            # What was too short to be moved is where it was.
            piece = Piece("a", found.pop().begin, piece.end)
        found.append(piece)
    return found


def truth_of(pieces: Sequence[Piece], count: int) -> list[dict[str, Any]]:
    """Kinds with first and last frames (in B's own frames before its rate is changed), in order of B."""
    rows: list[dict[str, Any]] = []
    at_a = at_b = 0
    for piece in pieces:
        long = piece.end - piece.begin
        b = (at_b, at_b + long - 1)
        at_b += long
        if piece.source == "a":
            if piece.moved:
                rows.append({"kind": "moved", "a": (piece.begin, piece.end - 1), "b": b})
                continue
            rows.append({"kind": "same", "a": (piece.begin, piece.end - 1), "b": b})
        else:
            rows.append({"kind": "added", "a": None, "b": b})
    # What of A is in no piece was removed: it stands where A would have gone on.
    used = sorted((r["a"] for r in rows if r["a"]), key=lambda span: span[0])
    for begin, end in used:
        if begin > at_a:
            after = next((n for n, r in enumerate(rows) if r["a"] == (begin, end)), len(rows))
            before = rows[after - 1] if after else None
            if before and before["kind"] == "added":
                rows[after - 1] = {"kind": "replaced", "a": (at_a, begin - 1), "b": before["b"]}
            else:
                rows.insert(after, {"kind": "removed", "a": (at_a, begin - 1), "b": None})
        at_a = max(at_a, end + 1)
    if at_a < count:
        rows.append({"kind": "removed", "a": (at_a, count - 1), "b": None})
    return rows


def render(target: Path, pieces: Sequence[Piece], sources: dict[str, Source], dress: Dress | None = None) -> None:
    """Write the re-edit; frames of other sources are scaled to the size of A's."""
    dress = dress or Dress()
    a = sources["a"]
    rate = a.rate * dress.speed
    out_rate = dress.rate or rate
    count = sum(p.end - p.begin for p in pieces)
    shown = int(count * out_rate / rate)
    sound = _sound(pieces, sources, dress)
    with av.open(str(target), "w") as out:
        coded = out.add_stream(dress.codec, rate=out_rate) if dress.picture else None
        heard = out.add_stream("aac", rate=RATE, layout="stereo") if dress.sound != "none" and len(sound) else None
        wide = None
        if coded is not None:
            assert isinstance(coded, VideoStream)
            stream = _pictures(pieces, sources, dress)
            have = -1
            picture = next(stream)
            have = 0
            wide = picture.shape
            coded.width, coded.height, coded.pix_fmt, coded.bit_rate = wide[1], wide[0], "yuv420p", dress.bit_rate
            coded.options = _OPTIONS.get(dress.codec, {})
            before = picture
            for n in range(shown):
                wanted = int(n * rate / out_rate)
                while have < wanted:
                    before, picture = picture, next(stream)
                    have += 1
                frame = VideoFrame.from_ndarray(_woven(before, picture, n) if dress.woven else picture, "rgb24")
                frame.pts, frame.time_base = n, 1 / out_rate
                out.mux(coded.encode(frame))
            out.mux(coded.encode(None))
        if heard is not None:
            assert isinstance(heard, AudioStream)
            for at in range(0, len(sound), 1024):
                part = np.ascontiguousarray(sound[at : at + 1024].T, dtype=np.float32)
                tone = AudioFrame.from_ndarray(part, "fltp", "stereo")
                tone.sample_rate, tone.pts, tone.time_base = RATE, at, Fraction(1, RATE)
                out.mux(heard.encode(tone))
            out.mux(heard.encode(None))


def _woven(before: npt.NDArray[np.uint8], picture: npt.NDArray[np.uint8], number: int) -> npt.NDArray[np.uint8]:
    """Frame `number` of five: A B BC CD D, where BC has the first field of B and the second of C."""
    if number % 5 not in (2, 3):
        return picture
    mixed = picture.copy()
    mixed[::2] = before[::2]
    return mixed


def _pictures(pieces: Sequence[Piece], sources: dict[str, Source], dress: Dress) -> Iterator[npt.NDArray[np.uint8]]:
    import cv2

    high, wide = sources["a"].frames.shape[1:3]
    gain, gamma, colour = dress.grade
    table = np.clip(255 * gain * (np.arange(256) / 255) ** gamma, 0, 255).astype(np.uint8)
    for piece in pieces:
        for frame in sources[piece.source].frames[piece.begin : piece.end]:
            if frame.shape[:2] != (high, wide):
                frame = cv2.resize(frame, (wide, high), interpolation=cv2.INTER_AREA)
            if dress.crop < 1:
                side = round(wide * (1 - dress.crop) / 2)
                frame = frame[:, side : wide - side]
                frame = frame[:, : frame.shape[1] // 2 * 2]
            if dress.mirror:
                frame = frame[:, ::-1]
            if dress.grade != (1.0, 1.0, 1.0):
                frame = table[frame]
                grey = frame.mean(axis=2, keepdims=True)
                frame = np.clip(grey + colour * (frame - grey), 0, 255).astype(np.uint8)
            if dress.letterbox > 1:
                bar = round(high * (dress.letterbox - 1) / 2)
                frame = np.pad(frame, ((bar, bar), (0, 0), (0, 0)))
                frame = frame[: frame.shape[0] // 2 * 2]
            yield np.ascontiguousarray(frame)


def _sound(pieces: Sequence[Piece], sources: dict[str, Source], dress: Dress) -> npt.NDArray[np.float32]:
    rate = float(sources["a"].rate)
    parts = []
    for piece in pieces:
        source = sources[piece.source]
        at = round(piece.begin * RATE / float(source.rate))
        long = round((piece.end - piece.begin) * RATE / rate)
        part = source.sound[at : at + long]
        parts.append(np.pad(part, ((0, long - len(part)), (0, 0))))
    sound = np.concatenate(parts)
    if dress.sound == "noise":
        rng = np.random.default_rng(5)
        steps = rng.standard_normal((len(sound) // 4800 + 2, 2))
        loud = np.repeat(np.abs(steps), 4800, axis=0)[: len(sound)]
        sound = (0.05 * loud * rng.standard_normal(sound.shape)).astype(np.float32)
    elif dress.sound == "dub":
        # Every other six seconds; a cut of its own at both ends.
        rng = np.random.default_rng(6)
        for at in range(6 * RATE, len(sound), 12 * RATE):
            long = min(6 * RATE, len(sound) - at)
            steps = np.repeat(np.abs(rng.standard_normal(long // 6000 + 1)), 6000)[:long, None]
            sound[at : at + long] = 0.05 * steps * rng.standard_normal((long, 2))
    elif dress.sound.endswith("dB"):
        sound = sound * np.float32(10 ** (float(dress.sound[:-2]) / 20))
    if dress.speed != 1:
        sound = _sped(sound, dress)
    return sound.astype(np.float32)


def _sped(sound: npt.NDArray[np.float32], dress: Dress) -> npt.NDArray[np.float32]:
    if dress.pitch:
        at = np.arange(int(len(sound) / float(dress.speed))) * float(dress.speed)
        return np.stack([np.interp(at, np.arange(len(sound)), channel) for channel in sound.T], axis=1)
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=RATE, format="fltp", layout="stereo", time_base=Fraction(1, RATE))
    tempo, sink = graph.add("atempo", str(float(dress.speed))), graph.add("abuffersink")
    # The filter itself hands the channels on by turns.
    planar = graph.add("aformat", "sample_fmts=fltp")
    source.link_to(tempo)
    tempo.link_to(planar)
    planar.link_to(sink)
    graph.configure()
    out = []
    for at in range(0, len(sound), 4096):
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(sound[at : at + 4096].T), "fltp", "stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
        graph.push(frame)
        out += _pulled(graph)
    graph.push(None)
    out += _pulled(graph)
    return np.concatenate(out, axis=1).T


def _pulled(graph: av.filter.Graph) -> list[npt.NDArray[np.float32]]:
    out = []
    while True:
        try:
            out.append(graph.pull().to_ndarray())
        except (av.BlockingIOError, av.EOFError):
            return out
