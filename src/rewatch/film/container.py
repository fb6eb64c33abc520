"""Containers: opening a file with libav and getting its packets and frames, come what may.

What libav says when something is wrong becomes one line for a person here; nothing above this module sees its
exceptions. A packet that cannot be read or decoded is passed over and counted, never the end of the film.

Contents
    open_container   the file, opened, or a FilmError
    packets          the packets of one stream to the end, past whatever cannot be read
    layout_name      of a channel layout, also where the file leaves it open
    frames           the frames of one stream, past whatever cannot be decoded
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import av
import av.error
import av.logging

from rewatch.errors import FilmError, NotAFilm
from rewatch.evidence import Damage

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream

# libav's own messages are for people who mend libav; what matters of them is counted in Damage.
av.logging.set_level(None)

GIVE_UP = 200
"""Failures in a row, without one packet between them, after which the rest of a file is given up."""

NOT_FILMS = ("tty", "image2", "ico", "bin", "xbin", "adf", "idf", "hls", "dash", "concat", "ffmetadata", "sdp", "rtsp")
"""Formats of libav that are no film: text taken for a terminal, single pictures, lists that point elsewhere."""


def open_container(path: str) -> InputContainer:
    """The file, opened for reading; nothing is ever fetched from a network. FilmError or NotAFilm otherwise."""
    _readable(path)
    try:
        # "file:" so that a colon in a name is not taken for a protocol; the white list so that a play list
        # disguised as a film cannot make us call someone.
        container = av.open(
            f"file:{os.path.abspath(path)}", metadata_errors="replace", options={"protocol_whitelist": "file"}
        )
    except av.error.FFmpegError as error:
        raise _why(path, error) from None
    except (UnicodeError, ValueError) as error:
        raise FilmError(f"{path}: cannot be opened: {error}") from None
    names = container.format.name.split(",")
    if any(name in NOT_FILMS or name.endswith("_pipe") for name in names):
        container.close()
        raise NotAFilm(f"{path}: not a film (it reads as {container.format.name})")
    if "mjpeg" in names and not _begins_with_jpeg(path):
        container.close()
        raise NotAFilm(f"{path}: not a film (something else, with photographs in it)")
    return container


def _begins_with_jpeg(path: str) -> bool:
    """libav takes whatever holds a JPEG (a PDF, an archive) for a stream of them."""
    with open(path, "rb") as file:
        return file.read(2) == b"\xff\xd8"


def _readable(path: str) -> None:
    """FilmError where the file system already says no."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        shown = os.fsencode(path).decode("utf-8", "backslashreplace")
        raise FilmError(f"{shown}: its name is not valid text (UTF-8): rename the file") from None
    if not os.path.lexists(path):
        raise FilmError(f"{path}: no such file")
    if os.path.isdir(path):
        raise FilmError(f"{path}: is a directory; name the film's file")
    if os.path.exists(path) and not os.path.isfile(path):
        raise FilmError(f"{path}: is not a file")
    try:
        with open(path, "rb") as file:
            first = file.read(1)
    except PermissionError:
        raise FilmError(f"{path}: no permission to read it") from None
    except OSError as error:
        raise FilmError(f"{path}: cannot be read: {error.strerror or error}") from None
    if not first:
        raise NotAFilm(f"{path}: the file is empty")


def _why(path: str, error: av.error.FFmpegError) -> FilmError:
    if isinstance(error, av.error.InvalidDataError):
        if _mp4_without_index(path):
            return FilmError(f"{path}: its index (moov) is missing: the file is incomplete and cannot be played")
        return NotAFilm(f"{path}: not a film, or damaged from its first bytes on")
    if isinstance(error, (av.error.EOFError, av.error.DemuxerNotFoundError)):
        return NotAFilm(f"{path}: not a film")
    if error.errno == errno.EACCES:
        return FilmError(f"{path}: no permission to read it")
    return FilmError(f"{path}: cannot be opened: {error.strerror}")


def _mp4_without_index(path: str) -> bool:
    with open(path, "rb") as file:
        return file.read(12)[4:8] == b"ftyp"


def packets(container: InputContainer, stream: Stream, damage: Damage | None = None) -> Iterator[Packet[Any]]:
    """The packets of a stream that hold data, to the end of the file.

    Where the file cannot be read, reading goes on behind the place; that is counted as one lost frame. A frame in which
    the file ends is left out: a decoder of several threads that fails in it gives none of those that it still holds.
    """
    failures = 0
    cut: Packet[Any] | None = None
    while failures < GIVE_UP:
        try:
            for packet in container.demux(stream):
                failures = 0
                # Without data: the mark of the end, or a frame that AVI leaves out. To a decoder both mean "the end".
                if not packet.size:
                    continue
                if cut is not None:
                    yield cut
                cut = packet if packet.is_corrupt and stream.type == "video" else None
                if cut is None:
                    yield packet
            return
        except (av.error.FFmpegError, IndexError):  # IndexError: a stream that was not there when it was opened
            if not failures and damage is not None:
                damage.frames += 1
            failures += 1


def frames(
    container: InputContainer,
    stream: Any,
    damage: Damage | None = None,
    on_packet: Callable[[Packet[Any]], None] | None = None,
) -> Iterator[Any]:
    """The frames of a stream in the order of their presentation, from where the container stands to its end.

    `on_packet` is called with each packet before it is decoded. Packets that do not decode are counted in
    ``damage.frames``.
    """
    lost = damage if damage is not None else Damage()
    codec = stream.codec_context
    for packet in packets(container, stream, lost):
        if on_packet is not None:
            on_packet(packet)
        try:
            decoded = codec.decode(packet)
        except av.error.BlockingIOError:
            # The decoder wants to be emptied first, which PyAV cannot do: start it afresh.
            codec.flush_buffers()
            lost.frames += 1
            decoded = _decode(codec, packet, lost)
        except av.error.FFmpegError:
            lost.frames += 1
            continue
        yield from decoded
    yield from _decode(codec, None, lost)


def _decode(codec: Any, packet: Packet[Any] | None, damage: Damage) -> list[Any]:
    try:
        decoded: list[Any] = codec.decode(packet)
    except av.error.EOFError:
        return []
    except av.error.FFmpegError:
        damage.frames += 1
        return []
    return decoded


_LAYOUTS = {1: "mono", 2: "stereo", 3: "2.1", 4: "4.0", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}


def layout_name(layout: Any) -> str:
    """The name of a channel layout; where the file does not say (PCM), FFmpeg's default for so many channels."""
    name: str = layout.name
    return _LAYOUTS.get(layout.nb_channels, name) if name.endswith("channels") else name
