"""A copy of a film that every browser plays: H.264 and AAC in MP4, made on demand beside the edition's tracks.

    python -m rewatch.web.proxy EDITION_ID LIBRARY

The copy keeps the film's clock: each frame and sample stands at the second at which it stands in the film (second 0 is
the container's start), so that the score beneath it is as true as beneath the film. At most 720 lines, 4:2:0, stereo; a
keyframe every two seconds, so that stepping is quick. It is written to a temporary name and renamed when it is whole.

Contents
    proxy_path   where the copy of an edition is
    make_proxy   make it
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import Any

from rewatch.errors import FilmError, RewatchError
from rewatch.facts import FilmFacts
from rewatch.library.edition import Edition

HIGHEST = 720
_TICKS = 90_000
_CRF = "22"
# Its index before its data, for playing while it loads; ticks fine enough for the times that the film has.
_OPTIONS = {"movflags": "+faststart", "video_track_timescale": str(_TICKS), "movie_timescale": str(_TICKS)}


def proxy_path(edition: Edition) -> Path:
    return edition.folder / "web" / "proxy.mp4"


def make_proxy(edition: Edition, told: Callable[[float, float], None] = lambda at, of: None) -> Path:
    """Make the copy; told: how far it is, and of how much, in seconds of the film.

    FilmError where the file cannot be read (any more), LibraryError where the copy cannot be written.
    """
    import av
    from av.error import FFmpegError

    from rewatch.library import atomic

    facts = edition.facts
    target = proxy_path(edition)
    try:
        with (
            atomic.replacing(target) as part,
            av.open(facts.path) as film,
            av.open(str(part), "w", format="mp4", options=_OPTIONS) as copy,
        ):
            _encode(film, copy, facts, edition.duration, told)
    except FFmpegError as error:
        raise FilmError(f"{facts.path} could not be copied for the browser: {error.strerror or error}") from error
    return target


def _encode(film: Any, copy: Any, facts: FilmFacts, duration: float, told: Callable[[float, float], None]) -> None:
    pictures = _Pictures(film, copy, facts) if facts.picture else None
    sounds = _Sounds(film, copy, facts) if facts.sound else None
    if pictures is None and sounds is None:
        raise FilmError(f"{facts.path} has nothing that a browser could play")
    ways: dict[int, _Pictures | _Sounds] = {w.source.index: w for w in (pictures, sounds) if w is not None}
    last = 0.0
    for packet in film.demux([w.source for w in ways.values()]):
        way = ways[packet.stream.index]
        way.take(packet)
        if time.monotonic() - last > 0.3:
            last = time.monotonic()
            told(way.at, duration)
    for way in ways.values():
        way.close()
    told(duration, duration)


class _Pictures:
    def __init__(self, film: Any, copy: Any, facts: FilmFacts) -> None:
        from rewatch.film.decoding import Decoding

        picture = facts.picture
        assert picture is not None
        self.source = film.streams[picture.stream]
        self.source.thread_type = "AUTO"
        self.zero = facts.zero
        self.at = 0.0
        self._facts = picture
        width, height = picture.display_size
        scale = min(1.0, HIGHEST / height)
        self._size = (max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2))
        rate = picture.rate if picture.rate > 0 else Fraction(25)
        self._out = copy.add_stream("libx264", rate=rate)
        self._out.width, self._out.height = self._size
        self._out.pix_fmt = "yuv420p"
        self._out.time_base = Fraction(1, _TICKS)
        self._out.codec_context.time_base = Fraction(1, _TICKS)
        self._out.options = {"preset": "veryfast", "crf": _CRF, "g": str(max(1, round(2 * rate))), "bf": "0"}
        self._copy = copy
        self._last = -1
        with closing(Decoding(facts, picture)) as decoding:
            self._given = decoding.given

    def take(self, packet: Any) -> None:
        from av.error import InvalidDataError

        try:
            frames = packet.decode()
        except InvalidDataError:
            return  # a damaged stretch: the copy holds the frame before it
        for frame in frames:
            self._put(frame)

    def _put(self, frame: Any) -> None:
        import av

        from rewatch.film.still import upright_rgb

        raw = frame.pts if self._given is None else self._given.time(frame)
        if raw is None:
            return
        at = raw * frame.time_base - self.zero
        tick = max(round(at * _TICKS), 0)
        if tick <= self._last:
            return  # a time that repeats: the earlier frame stays
        self._last = tick
        picture = self._facts
        plain = not picture.rotation and picture.transfer == "sdr" and not picture.interlaced
        if plain:
            shown = frame.reformat(*self._size, "yuv420p")
        else:
            # Turned, HDR or interlaced: as the stills show it.
            rgb = av.VideoFrame.from_ndarray(upright_rgb(frame, picture, self._size[0]), "rgb24")
            shown = rgb.reformat(*self._size, "yuv420p")
        shown.pts, shown.time_base = tick, Fraction(1, _TICKS)
        from av.video.frame import PictureType

        shown.pict_type = PictureType.NONE
        self.at = float(at)
        self._copy.mux(self._out.encode(shown))

    def close(self) -> None:
        self._copy.mux(self._out.encode(None))


class _Sounds:
    def __init__(self, film: Any, copy: Any, facts: FilmFacts) -> None:
        from av.audio.resampler import AudioResampler

        sound = facts.sound
        assert sound is not None
        self.source = film.streams[sound.stream]
        self.zero = facts.zero
        self.at = 0.0
        self._rate = 48_000
        self._out = copy.add_stream("aac", rate=self._rate)
        self._out.layout = "stereo"
        self._out.bit_rate = 160_000
        self._copy = copy
        self._resampler = AudioResampler("fltp", "stereo", self._rate)
        self._next: int | None = None

    def take(self, packet: Any) -> None:
        from av.error import InvalidDataError

        try:
            frames = packet.decode()
        except InvalidDataError:
            return
        for frame in frames:
            at = None if frame.pts is None else frame.pts * frame.time_base - self.zero
            if at is not None:
                self.at = float(at)
            frame.pts = None
            for piece in self._resampler.resample(frame):
                self._put(piece, at)
                at = None

    def _put(self, piece: Any, at: Fraction | None) -> None:
        if at is not None:
            tick = round(at * self._rate)
            # Small differences are the rounding of a container; a gap of a tenth of a second is one.
            if self._next is None or abs(tick - self._next) > self._rate // 10:
                self._next = max(tick, self._next or 0, 0)
        piece.pts = self._next or 0
        piece.time_base = Fraction(1, self._rate)
        self._next = piece.pts + piece.samples
        self._copy.mux(self._out.encode(piece))

    def close(self) -> None:
        for piece in self._resampler.resample(None):
            self._put(piece, None)
        self._copy.mux(self._out.encode(None))


def main(id: str, folder: str) -> int:
    from rewatch.library.library import Library
    from rewatch.web.watching import tell, yield_way

    yield_way()
    try:
        make_proxy(Library(Path(folder)).edition(id), lambda at, of: tell(at=round(at, 1), of=round(of, 1)))
    except (RewatchError, OSError) as error:
        tell(error=" ".join(str(error).split()))
        return 1
    tell(done={})
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
