"""The file: picture, sound and lines encoded and put into a container.

Pictures are drawn as 8-bit R'G'B' and encoded as BT.709, limited range. What the encoder is given is the same each
time. The file that it makes of it is the same too with the usual codec (H.264, AAC: a test holds this); other encoders
share work between threads in ways that may differ from run to run, so there only the truth and the pictures as drawn
(`Truth.picture_hash`) are promised.

Contents
    write_film
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

import av
import numpy as np
import numpy.typing as npt
from av.subtitles.subtitle import SubtitleSet
from av.video.reformatter import Colorspace, Interpolation, VideoReformatter

from rewatch.demo.timeline import LINES, Timeline
from rewatch.demo.variant import ENCODERS, SOUND_ENCODERS, Variant

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import OutputContainer
    from av.subtitles.stream import SubtitleStream
    from av.video.stream import VideoStream

Frames = Callable[[int], npt.NDArray[np.uint8]]

SOUND_RATE = 48000
_LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}
_TEXT_CODECS = {".mp4": "mov_text", ".m4v": "mov_text", ".mov": "mov_text", ".mkv": "subrip", ".mka": "subrip"}
_BT709 = 1  # AVCOL_PRI_, AVCOL_TRC_ and AVCOL_SPC_BT709 alike
_LIMITED = 1  # AVCOL_RANGE_MPEG

_ASS_HEADER = b"""[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, Bold, Alignment, Encoding
Style: Default,Sans,16,&Hffffff,0,2,0

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


def _picture_options(variant: Variant) -> dict[str, str]:
    codec, quality = variant.codec, variant.quality
    # The demo must be ready soon on a slow machine: x264's fastest preset with the tools given back that cost little
    # (measured at 640x360: 2.7 ms a frame where "veryfast" takes 7.3, of the same size).
    x264 = "cabac=1:deblock=1,0,0:8x8dct=1:aq-mode=1:bframes=2:b-adapt=0:mbtree=1:rc-lookahead=12:scenecut=40:subme=1"
    chosen: dict[str, dict[str, str]] = {
        "h264": {"preset": "ultrafast", "crf": str(22 if quality is None else quality), "x264-params": x264},
        "hevc": {
            "preset": "ultrafast",
            "crf": str(24 if quality is None else quality),
            "x265-params": "log-level=none",
        },
        "vp9": {"deadline": "realtime", "cpu-used": "8", "row-mt": "1", "crf": str(32 if quality is None else quality)},
        "vp8": {"deadline": "realtime", "cpu-used": "8", "crf": str(20 if quality is None else quality)},
        "av1": {"preset": "9", "crf": str(35 if quality is None else quality)},
    }
    options = chosen.get(str(codec), {})
    if variant.bit_rate is not None:
        options = {key: value for key, value in options.items() if key != "crf"}
    return options


def _add_picture(container: OutputContainer, timeline: Timeline) -> VideoStream:
    variant = timeline.variant
    assert variant.codec is not None
    encoder = ENCODERS[variant.codec]
    stream = cast("VideoStream", container.add_stream(encoder, rate=variant.rate, options=_picture_options(variant)))
    stream.width, stream.height = variant.width, variant.height
    stream.pix_fmt = "yuvj420p" if variant.codec == "mjpeg" else "yuv420p10le" if variant.bits == 10 else "yuv420p"
    context = stream.codec_context
    context.time_base = timeline.time_base
    context.gop_size = variant.keyframes
    context.sample_aspect_ratio = variant.pixel_aspect
    context.color_primaries = context.color_trc = context.colorspace = _BT709
    if variant.codec != "mjpeg":
        context.color_range = _LIMITED
    if variant.bit_rate is not None:
        context.bit_rate = variant.bit_rate
    elif variant.codec in ("vp9", "vp8"):
        context.bit_rate = 0 if variant.codec == "vp9" else 1_200_000
    elif variant.codec in ("mpeg1", "mpeg2", "mpeg4", "mjpeg"):
        context.bit_rate = variant.width * variant.height * 14
    return stream


def _pictures(stream: VideoStream, timeline: Timeline, frame: Frames) -> Iterator[tuple[int, av.VideoFrame]]:
    # One reformatter for all frames keeps its tables; a frame's own would build them anew.
    reformatter = VideoReformatter()
    for number, tick in enumerate(timeline.ticks):
        drawn = av.VideoFrame.from_ndarray(frame(number), format="rgb24")
        made = reformatter.reformat(
            drawn,
            format=stream.pix_fmt,
            dst_colorspace=Colorspace.ITU709,
            interpolation=Interpolation.BILINEAR,
            threads=1,
        )
        made.pts, made.time_base = tick, timeline.time_base
        yield number, made


def _add_sound(container: OutputContainer, variant: Variant) -> AudioStream:
    assert variant.sound_codec is not None
    stream = cast("AudioStream", container.add_stream(SOUND_ENCODERS[variant.sound_codec], rate=SOUND_RATE))
    stream.layout = _LAYOUTS[variant.channels]
    if variant.sound_codec == "aac":
        stream.options = {"aac_coder": "fast"}
    if variant.sound_codec not in ("flac", "pcm"):
        stream.bit_rate = 64000 * max(2, variant.channels)
    return stream


def _sound(container: OutputContainer, stream: AudioStream, samples: npt.NDArray[np.float32]) -> None:
    # One piece a second: the encoder's own frame sizes are made of it by PyAV's fifo.
    for begin in range(0, samples.shape[1], SOUND_RATE):
        # Interleaved: of eight planes PyAV 18 counts nine.
        piece = samples[:, begin : begin + SOUND_RATE].T.reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(piece), format="flt", layout=stream.layout.name)
        frame.sample_rate, frame.pts, frame.time_base = SOUND_RATE, begin, Fraction(1, SOUND_RATE)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def _add_lines(container: OutputContainer, suffix: str) -> SubtitleStream:
    stream = cast("SubtitleStream", container.add_stream(_TEXT_CODECS[suffix]))
    stream.codec_context.subtitle_header = _ASS_HEADER
    stream.codec_context.time_base = Fraction(1, 1000)
    stream.metadata["language"] = "eng"
    return stream


def _lines(container: OutputContainer, stream: SubtitleStream) -> None:
    for number, line in enumerate(LINES):
        begin, end = round(line.begin * 1000), round(line.end * 1000)
        text = f"{number},0,Default,{line.speaker},0,0,0,,{line.text}".encode()
        packet = stream.codec_context.encode_subtitle(SubtitleSet.create(text, 0, end - begin, begin))
        packet.stream, packet.time_base = stream, Fraction(1, 1000)
        packet.pts = packet.dts = begin
        packet.duration = end - begin
        container.mux(packet)


def side_file(path: Path) -> Path:
    """``film.mp4`` has its lines in ``film.en.vtt`` where they are not in the film itself."""
    return path.with_name(path.stem + ".en.vtt")


def _write_side_file(path: Path) -> None:
    def clock(seconds: Fraction) -> str:
        ms = round(seconds * 1000)
        return f"{ms // 3600000:02d}:{ms // 60000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"

    cues = [f"{clock(n.begin)} --> {clock(n.end)}\n<v {n.speaker}>{n.text}\n" for n in LINES]
    side_file(path).write_text("\n".join(["WEBVTT\n", *cues]), encoding="utf-8")


def write_film(
    path: Path,
    timeline: Timeline,
    frame: Frames,
    samples: npt.NDArray[np.float32] | None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Encode a film into `path`, whose ending chooses the container.

    frame:   gives the (height, width, 3) uint8 picture of a frame number; each is asked for once, in order
    samples: (channels, n) float32 at 48 kHz, or None for no sound
    """
    variant = timeline.variant
    suffix = path.suffix.lower()
    embedded = variant.subtitles == "embedded" and suffix in _TEXT_CODECS
    if variant.codec == "av1":
        os.environ.setdefault("SVT_LOG", "1")  # else the encoder writes its settings to standard error
    with av.open(str(path), "w", format="matroska" if suffix == ".mka" else None) as container:
        # The title is the only tag: a date or an encoder's name would make two runs differ.
        container.metadata["title"] = "The Lamp on the Hill"
        picture = _add_picture(container, timeline) if variant.codec else None
        sound = _add_sound(container, variant) if samples is not None and variant.sound_codec else None
        lines = _add_lines(container, suffix) if embedded else None
        if lines is not None:
            _lines(container, lines)
        if sound is not None and samples is not None:
            # The muxer interleaves by time what it is given; 85 s of coded sound wait there for their picture.
            _sound(container, sound, samples)
        if picture is not None:
            for number, made in _pictures(picture, timeline, frame):
                container.mux(picture.encode(made))
                if progress is not None:
                    progress(number + 1, len(timeline))
            container.mux(picture.encode(None))
    if variant.subtitles == "side" or (variant.subtitles == "embedded" and not embedded):
        _write_side_file(path)
