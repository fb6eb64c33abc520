"""Probe: what a film's file holds, told from its headers and the first frame of each picture.

Which streams are watched, as players choose them:
    picture  the default one first, then the largest; cover art is no picture
    sound    not commentary or audio description where there is anything else; then the default one, then the one with
             the most channels, then the first. ``audio_stream=N`` takes the Nth instead.

Contents
    open_film
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

import av.error
from av.stream import Disposition

from rewatch.errors import NoSuchStream, NotAFilm, UnknownCodec
from rewatch.facts import Chapter, FilmFacts, PictureFacts, SoundFacts, WordsFacts
from rewatch.film.colour import MATRICES, PRIMARIES, TRANSFERS, is_full_range, is_rgb
from rewatch.film.container import layout_name, open_container, packets
from rewatch.film.identity import identify

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.stream import Stream
    from av.subtitles.stream import SubtitleStream
    from av.video.stream import VideoStream

MICROSECOND = Fraction(1, 1_000_000)
FIRST = 300
"""Packets among which the first frame of a picture is looked for."""
NO_PICTURE = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
ASIDE = Disposition.comment | Disposition.visual_impaired
_ASIDE_TITLE = re.compile(r"commentary|descri(bed|ption|ptive)|audiodeskription|kommentar", re.IGNORECASE)
TEXT_CODECS = frozenset(
    ("subrip", "srt", "ass", "ssa", "webvtt", "mov_text", "text", "ttml", "microdvd", "subviewer", "sami")
)


def open_film(path: str | os.PathLike[str], audio_stream: int | None = None) -> FilmFacts:
    """Everything that is known of a film before it is watched.

    audio_stream: which of the audio streams, counted from 0, is watched; None: as players choose

    FilmError: the file cannot be opened; NotAFilm: neither picture nor sound in it; NoSuchStream: no such audio
    stream; UnknownCodec: the picture, or the sound asked for, cannot be decoded.
    """
    name = os.path.abspath(os.fspath(path))
    with open_container(name) as container:
        pictures = tuple(_picture(container, stream) for stream in _pictures(container))
        sounds = tuple(_sound(stream, number) for number, stream in enumerate(container.streams.audio))
        if not pictures and not sounds:
            raise NotAFilm(f"{name}: not a film: there is neither picture nor sound in it")
        picture = _choose_picture(container, pictures, name)
        sound = _choose_sound(container, sounds, audio_stream, name)
        if picture is None and sound is None:
            raise UnknownCodec(f"{name}: its sound ({sounds[0].codec}) cannot be decoded")
        return FilmFacts(
            path=name,
            identity=identify(name),
            container=container.format.name,
            size=os.path.getsize(name),
            duration=_length(container, (*pictures, *sounds)),
            zero=_zero(container),
            picture=picture,
            sound=sound,
            pictures=pictures,
            sounds=sounds,
            words=tuple(_words(stream) for stream in container.streams.subtitles),
            chapters=tuple(_chapters(container)),
            tags=dict(container.metadata),
        )


def _pictures(container: InputContainer) -> list[VideoStream]:
    return [stream for stream in container.streams.video if not stream.disposition & NO_PICTURE]


def _choose_picture(container: InputContainer, pictures: tuple[PictureFacts, ...], name: str) -> PictureFacts | None:
    if not pictures:
        return None
    known = [facts for facts in pictures if facts.width]
    if not known:
        raise UnknownCodec(f"{name}: its picture ({pictures[0].codec}) cannot be decoded")

    def rank(facts: PictureFacts) -> tuple[bool, int]:
        return _is(container.streams[facts.stream], Disposition.default), facts.width * facts.height

    return max(known, key=rank)  # of equals, max takes the first


def _choose_sound(
    container: InputContainer, sounds: tuple[SoundFacts, ...], asked: int | None, name: str
) -> SoundFacts | None:
    known = [facts for facts in sounds if facts.sample_rate]
    if asked is not None:
        if not 0 <= asked < len(sounds):
            held = {0: "it has none", 1: "it has one, number 0"}.get(
                len(sounds), f"they are numbered 0 to {len(sounds) - 1}"
            )
            raise NoSuchStream(f"{name}: there is no audio stream {asked}: {held}")
        if sounds[asked] not in known:
            raise UnknownCodec(f"{name}: its audio stream {asked} ({sounds[asked].codec}) cannot be decoded")
        return sounds[asked]

    def rank(facts: SoundFacts) -> tuple[bool, bool, int]:
        aside = _is(container.streams[facts.stream], ASIDE) or bool(_ASIDE_TITLE.search(facts.title))
        return not aside, facts.default, facts.channels

    return max(known, key=rank, default=None)


def _is(stream: Stream, disposition: Disposition) -> bool:
    return bool(stream.disposition & disposition)


def _zero(container: InputContainer) -> Fraction:
    """The container's start; exact, where a stream starts there (libav rounds it to microseconds)."""
    exact = [
        stream.start_time * stream.time_base
        for stream in (*_pictures(container), *container.streams.audio)
        if stream.start_time is not None and stream.time_base is not None
    ]
    start: int | None = container.start_time  # PyAV's stubs leave the None out
    if start is None:
        return min(exact, default=Fraction(0))
    rounded = start * MICROSECOND
    return next((start for start in exact if abs(start - rounded) <= MICROSECOND), rounded)


def _length(container: InputContainer, streams: tuple[PictureFacts | SoundFacts, ...]) -> Fraction | None:
    if container.duration:
        return container.duration * MICROSECOND
    return max((facts.duration for facts in streams if facts.duration is not None), default=None)


def _picture(container: InputContainer, stream: VideoStream) -> PictureFacts:
    time_base = cast(Fraction, stream.time_base)
    codec: Any = stream.codec_context
    if codec is None:
        return PictureFacts(
            stream.index, _codec_name(stream), 0, 0, Fraction(1), 0, Fraction(25), time_base, "", 8, "", "sdr", "",
            False, False, stream.frames or None, _duration(stream), _language(stream), _title(stream),
        )  # fmt: skip
    first = _first_frame(container, stream)
    # The frame knows better than the header: what it carries is what will be shown.
    width, height = (first.width, first.height) if first else (stream.width, stream.height)
    shown: Any = first or codec
    pixel_format = first.format.name if first else (codec.pix_fmt or "")
    components = first.format.components if first else (codec.format.components if codec.format else ())
    return PictureFacts(
        stream=stream.index,
        codec=_codec_name(stream),
        width=width,
        height=height,
        pixel_aspect=stream.sample_aspect_ratio or Fraction(1),
        rotation=-round(first.rotation / 90) * 90 % 360 if first else 0,
        rate=_rate(stream),
        time_base=time_base,
        pixel_format=pixel_format,
        bit_depth=max((component.bits for component in components), default=8),
        primaries=PRIMARIES.get(int(shown.color_primaries), ""),
        transfer=TRANSFERS.get(int(shown.color_trc), "sdr"),
        matrix=MATRICES.get(int(shown.colorspace), "") if not is_rgb(pixel_format) else "rgb",
        full_range=is_full_range(pixel_format, int(shown.color_range)),
        interlaced=codec.field_order > 1 or bool(first and first.interlaced_frame),
        frames=stream.frames or None,
        duration=_duration(stream),
        language=_language(stream),
        title=_title(stream),
    )


def _first_frame(container: InputContainer, stream: VideoStream) -> Any:
    """The first frame that decodes, None where there is none; the container stands at its start again."""
    codec: Any = stream.codec_context
    first = None
    # Not to the end of a long film none of which decodes; what is not shown by then is not told by its first frame.
    for packet in islice(packets(container, stream), FIRST):
        with suppress(av.error.FFmpegError):
            first = next(iter(codec.decode(packet)), None)
        if first is not None:
            break
    else:
        with suppress(av.error.FFmpegError):
            first = next(iter(codec.decode(None)), None)
    with suppress(av.error.FFmpegError):
        container.seek(0 if container.start_time is None else container.start_time)
    return first


def _rate(stream: VideoStream) -> Fraction:
    """Frames a second. The stream's base rate where the average says the same but for rounding and a few odd frames."""
    average, base = stream.average_rate, stream.guessed_rate or stream.base_rate
    if average and base and abs(average / base - 1) < Fraction(1, 20):
        return base
    return average or base or Fraction(25)


def _sound(stream: AudioStream, number: int) -> SoundFacts:
    codec: Any = stream.codec_context
    return SoundFacts(
        stream=stream.index,
        number=number,
        codec=_codec_name(stream),
        sample_rate=codec.sample_rate if codec else 0,
        channels=codec.channels if codec else 0,
        layout=layout_name(codec.layout) if codec else "",
        default=_is(stream, Disposition.default),
        duration=_duration(stream),
        language=_language(stream),
        title=_title(stream),
    )


def _words(stream: SubtitleStream) -> WordsFacts:
    codec = _codec_name(stream)
    return WordsFacts(
        stream=stream.index,
        codec=codec,
        text=codec in TEXT_CODECS,
        default=_is(stream, Disposition.default),
        forced=_is(stream, Disposition.forced) or bool(re.search(r"\bforced\b", _title(stream), re.IGNORECASE)),
        language=_language(stream),
        title=_title(stream),
    )


def _codec_name(stream: Any) -> str:
    """The codec's own name ("vp9", not the decoder's "libvpx-vp9")."""
    codec = stream.codec_context
    if codec is None:
        return getattr(stream, "name", None) or "an unknown codec"
    return str(getattr(codec.codec, "canonical_name", None) or codec.name)


def _duration(stream: Stream) -> Fraction | None:
    # Matroska: what the muxer noted (mkvmerge: with a language behind the key); libav gives the whole file's there.
    for key, value in stream.metadata.items():
        found = re.fullmatch(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)", value) if key.upper().startswith("DURATION") else None
        if found:
            return int(found[1]) * 3600 + int(found[2]) * 60 + Fraction(found[3])
    return stream.duration * stream.time_base if stream.duration and stream.time_base else None


def _language(stream: Stream) -> str:
    language = stream.metadata.get("language", "")
    return "" if language == "und" else language


def _title(stream: Stream) -> str:
    return stream.metadata.get("title", "")


def _chapters(container: InputContainer) -> list[Chapter]:
    zero = _zero(container)
    found = []
    for number, chapter in enumerate(container.chapters(), 1):
        base = chapter["time_base"] or Fraction(1)
        begin, end = chapter["start"] * base - zero, chapter["end"] * base - zero
        found.append(Chapter(begin, max(begin, end), chapter["metadata"].get("title", f"Chapter {number}")))
    return found
