"""The end of a file: whether it holds all that its header promises.

Contents
    note_missing   where a stream ended well before the header says
    note_picture   that, and holes, of a picture
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import av.error

from rewatch.clock import timecode
from rewatch.errors import FilmError
from rewatch.evidence import Damage
from rewatch.facts import FilmFacts
from rewatch.film.container import open_container

GRACE = 2
"""Seconds by which header and content may differ: muxers count the last frame and the priming in several ways."""

# Formats that write their duration down; of the others libav works it out from what is there, or from a bit rate.
_PROMISES = frozenset(("mov", "matroska", "webm", "avi", "asf", "flv", "wav", "flac", "mxf", "mxf_opatom"))


def note_missing(
    film: FilmFacts, stream: int, begin: Fraction, end: Fraction, duration: Fraction | None, damage: Damage
) -> None:
    """Set ``damage.missing``, with a note, where a stream ended well before the header says.

    begin, end: seconds at which the stream was first and last heard or seen
    duration:   what the header says of this stream; None: it speaks of the whole file alone
    """
    if not _PROMISES & set(film.container.split(",")):
        return
    # A track's tag in Matroska tells how long it is or where it ends, by who wrote it: the earlier of both is promised.
    late = Fraction(0) if "matroska" in film.container.split(",") else begin
    promised = duration + late if duration is not None else film.duration
    if promised is None or end >= promised - GRACE:
        return
    if duration is None and _goes_on(film, stream, end):
        return  # the file is whole: another stream is simply longer
    damage.missing = float(promised - end)
    damage.notes.append(f"the file ends at {timecode(end)} of {timecode(promised)}")


def note_picture(
    film: FilmFacts, holes: Sequence[tuple[int, int]], begin: int, last: int, nominal: int, damage: Damage
) -> None:
    """Note what is missing of the picture that is watched: holes in it, and its end.

    holes:       as `Stamps.holes`
    begin, last: ticks at which the first and the last frame are shown
    nominal:     ticks that a frame lasts
    """
    picture = film.picture
    assert picture is not None
    if len(holes) <= 3:  # more, and the picture has no steady rate
        for before, at in holes:
            begin_hole, end_hole = (timecode(tick * picture.time_base, 1) for tick in (before + nominal, at))
            damage.notes.append(f"there is no picture from {begin_hole} to {end_hole}")
    first, end = (tick * picture.time_base for tick in (begin, last + nominal))
    promised = picture.duration
    if film.container == "avi" and picture.frames:
        promised = picture.frames / picture.rate  # the duration libav works out from what there is
    note_missing(film, picture.stream, first, end, promised, damage)


def _goes_on(film: FilmFacts, stream: int, end: Fraction) -> bool:
    """Whether the file holds anything of another stream that is later than `end`."""
    try:
        with open_container(film.path) as container:
            others = [other for other in (*container.streams.video, *container.streams.audio) if other.index != stream]
            if not others:
                return False
            container.seek(int((end + film.zero) * 1_000_000))
            for packet in container.demux(others):
                if packet.pts is not None and packet.pts * packet.time_base - film.zero > end + GRACE:
                    return True
    except (av.error.FFmpegError, FilmError):
        pass
    return False
