"""Films rendered on the spot, each frame with its number written in it as a pattern of bits."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest
from av.audio.frame import AudioFrame
from av.subtitles.subtitle import SubtitleSet
from av.video.frame import VideoFrame

WIDTH, HEIGHT, BITS = 192, 128, 12


def picture_of(number: int, width: int = WIDTH, height: int = HEIGHT) -> npt.NDArray[np.uint8]:
    """(height, width, 3): `number` in black and white columns above, colours that drift below."""
    rgb = np.empty((height, width, 3), np.uint8)
    across = np.linspace(0, 255, width)[None, :]
    down = np.linspace(0, 255, height)[:, None]
    rgb[..., 0] = (across + number) % 256 * 0.6 + 40
    rgb[..., 1] = 0.4 * across + 0.4 * down + 20
    rgb[..., 2] = (down + 2 * number) % 256 * 0.6 + 40
    strip = height // 4
    for bit in range(BITS):
        left, right = bit * width // BITS, (bit + 1) * width // BITS
        rgb[:strip, left:right] = 235 if number >> bit & 1 else 20
    return rgb


def number_in(luma: npt.NDArray[Any]) -> int:
    """The number that `picture_of` wrote: (h, w) luma of any size, upright."""
    high, wide = luma.shape
    rows = luma[high // 16 : 3 * high // 16]
    marks = [
        rows[:, round((bit + 0.5) * wide / BITS) - 1 : round((bit + 0.5) * wide / BITS) + 2] for bit in range(BITS)
    ]
    return sum(1 << bit for bit, mark in enumerate(marks) if mark.mean() > 128)


def tone(samples: int, rate: int, channels: int) -> npt.NDArray[np.float32]:
    """(channels, samples): a short burst each tenth of a second on a quiet tone; each channel a bit lower."""
    t = np.arange(samples) / rate
    wave = 0.05 * np.sin(2 * np.pi * 440 * t) + 0.6 * np.sin(2 * np.pi * 2000 * t) * (t % 0.1 < 0.003)
    return np.stack([wave / (1 + channel) for channel in range(channels)]).astype(np.float32)


class Render:
    """Writes a film; every option has a plain default."""

    picture = staticmethod(picture_of)
    tone = staticmethod(tone)

    def __call__(
        self,
        path: Path,
        *,
        count: int = 60,
        codec: str | None = "libx264",
        rate: Fraction = Fraction(24),
        pixel_format: str = "yuv420p",
        options: dict[str, str] | None = None,
        pts: Sequence[int] | None = None,
        time_base: Fraction | None = None,
        size: tuple[int, int] = (WIDTH, HEIGHT),
        aspect: Fraction | None = None,
        full_range: bool = False,
        rotation: float = 0,
        interlaced: bool = False,
        colour: tuple[int, int, int] | None = None,
        sound: str | None = None,
        sound_rate: int = 48000,
        layout: str = "stereo",
        sound_seconds: float = 2.5,
        sounds: int = 1,
        lines: Sequence[tuple[int, int, str]] = (),
        cover: bytes | None = None,
        language: str = "",
    ) -> Path:
        with av.open(str(path), "w") as out:
            streams: list[tuple[Any, Any]] = []
            picture = None
            if codec is not None:
                picture = out.add_stream(codec, rate=rate, options=options or self._options(codec))
                picture.width, picture.height, picture.pix_fmt = *size, pixel_format
                if time_base:
                    picture.codec_context.time_base = time_base
                if aspect:
                    picture.codec_context.sample_aspect_ratio = aspect
                if full_range:
                    picture.codec_context.color_range = 2
                if colour:
                    context = picture.codec_context
                    context.color_primaries, context.color_trc, context.colorspace = colour
                if rotation:
                    picture.set_display_rotation(rotation)
            for _ in range(sounds if sound else 0):
                stream = out.add_stream(sound, rate=sound_rate, layout=layout)
                if language:
                    stream.metadata["language"] = language
                streams.append((stream, self._sound(stream, sound_rate, layout, sound_seconds)))
            words = out.add_stream("mov_text" if path.suffix == ".mp4" else "srt") if lines else None
            if cover is not None:
                art = out.add_stream("mjpeg", rate=1)
                art.width, art.height, art.pix_fmt = 32, 32, "yuvj420p"
                art.disposition = av.stream.Disposition.attached_pic
            if picture is not None:
                streams.insert(
                    0,
                    (picture, self._frames(picture, count, pts, time_base, size, pixel_format, full_range, interlaced)),
                )
            if words is not None:
                words.codec_context.subtitle_header = b"[Script Info]\n"
            if cover is not None:
                frame = VideoFrame.from_ndarray(np.full((32, 32, 3), 200, np.uint8)).reformat(format="yuvj420p")
                frame.pts = 0
                out.mux(art.encode(frame) + art.encode())
            # Side by side in time, as muxers want it.
            for stream, frames in streams:
                for frame in frames:
                    out.mux(stream.encode(frame))
                out.mux(stream.encode())
            if words is not None:
                for begin, end, text in lines:
                    tick = 1000 if path.suffix == ".mp4" else 1
                    packet = words.codec_context.encode_subtitle(
                        SubtitleSet.create(f"0,0,Default,,0,0,0,,{text}".encode(), 0, end - begin, begin * 1000)
                    )
                    packet.stream = words
                    packet.pts = packet.dts = begin * tick
                    packet.duration = (end - begin) * tick
                    packet.time_base = Fraction(1, 1000 * tick)
                    out.mux(packet)
        return path

    @staticmethod
    def _options(codec: str) -> dict[str, str]:
        quiet = {"libx264": {"bf": "3", "g": "12", "preset": "veryfast"},
                 "libx265": {"preset": "ultrafast", "x265-params": "log-level=none:keyint=12:bframes=3:pools=1"},
                 "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8", "g": "12"},
                 "libsvtav1": {"preset": "12", "g": "12"}}  # fmt: skip
        return quiet.get(codec, {})

    @staticmethod
    def _frames(stream, count, pts, time_base, size, pixel_format, full_range, interlaced):  # type: ignore[no-untyped-def]
        for number in range(count):
            rgb = picture_of(number, *size)
            if interlaced:  # the lower field is of the next instant
                rgb[1::2] = np.roll(picture_of(number, *size), 24, axis=1)[1::2]
            frame = VideoFrame.from_ndarray(rgb, "rgb24").reformat(
                format=pixel_format, dst_color_range="JPEG" if full_range else "MPEG"
            )
            frame.pts = number if pts is None else pts[number]
            frame.time_base = time_base or 1 / stream.codec_context.framerate
            frame.pict_type = 0
            yield frame

    @staticmethod
    def _sound(stream, rate, layout, seconds):  # type: ignore[no-untyped-def]
        channels = stream.codec_context.channels
        values = tone(round(rate * seconds), rate, channels)
        name = stream.codec_context.format.name
        for at in range(0, values.shape[1], 1024):
            part = values[:, at : at + 1024]
            if name == "flt" or channels == 8:  # PyAV 18 cannot fill eight planes; the encoder's resampler can
                data = np.ascontiguousarray(part.T.reshape(1, -1))
                frame = AudioFrame.from_ndarray(data, "flt", layout)
            elif name == "fltp":
                frame = AudioFrame.from_ndarray(np.ascontiguousarray(part), "fltp", layout)
            else:
                kind = {"s16": np.int16, "s32": np.int32}[name.removesuffix("p")]
                whole = np.round(part * np.iinfo(kind).max).astype(kind)
                data = whole if name.endswith("p") else whole.T.reshape(1, -1)
                frame = AudioFrame.from_ndarray(np.ascontiguousarray(data), name, layout)
            frame.sample_rate, frame.pts, frame.time_base = rate, at, Fraction(1, rate)
            yield frame


@pytest.fixture(scope="session")
def render() -> Render:
    return Render()


@pytest.fixture(scope="session")
def number_of() -> Callable[[npt.NDArray[Any]], int]:
    return number_in


@pytest.fixture(scope="session")
def drawn() -> Callable[..., npt.NDArray[np.uint8]]:
    return picture_of


@pytest.fixture(scope="session")
def films() -> Path:
    """The folder of real films; skips where it is not there."""
    root = Path(__file__).resolve().parents[2]
    folder = Path(os.environ.get("REWATCH_FILMS", root.parent / "shared" / "films"))
    if not folder.is_dir():
        pytest.skip(f"no real films in {folder} (set REWATCH_FILMS)")
    return folder
