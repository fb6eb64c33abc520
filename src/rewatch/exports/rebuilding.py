"""Rebuilding: an edition out of another one, as a timeline that editors open; and back.

The clips run in the order of B and cover it wholly. What both editions show is taken from A, at its own speed; what B
alone shows, from B. A sound track beside the picture says the same of the sound: where B bears another sound than A,
it is taken from B.

    otio  OpenTimelineIO; each clip's metadata has the segment it comes from, under ``rewatch``
    edl   CMX 3600: reel A and reel B; M2 says at how many frames a second a reel runs that does not run at its own
    csv   every segment, one a row: kind, frames and seconds in both, speed, what became of picture and sound

Contents
    Clip, clips_of     B as clips of A and of B
    write_alignment    a file, or its text
    read_otio          the timeline back: the alignment that a timeline of clips of A and B stands for
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from rewatch.compare.order import Piece, laid_out
from rewatch.compare.segments import Alignment, Kind, Segment, Side
from rewatch.errors import ExportError
from rewatch.exports.timecode import Timecode
from rewatch.exports.whole import whole
from rewatch.library.edition import Edition


@dataclass(frozen=True, slots=True)
class Clip:
    """Frames ``begin .. end`` of film "a" or "b", shown from frame `at` of B for `frames` of B.

    sound: of which film; None where B has none
    """

    film: str
    begin: int
    end: int
    at: int
    frames: int
    segment: Segment
    sound: str | None

    @property
    def steady(self) -> bool:
        """Whether it shows one frame of the film for one of B."""
        return self.end - self.begin == self.frames


def clips_of(alignment: Alignment, b: Edition) -> list[Clip]:
    """B as clips, end to end. ExportError where one of the films has no picture."""
    found: list[Clip] = []
    for segment in alignment:
        if segment.b is None:
            continue
        side = segment.a if segment.kind in ("same", "moved") else segment.b
        first, last = segment.b.first_frame, segment.b.last_frame
        if side is None or side.first_frame is None or side.last_frame is None or first is None or last is None:
            raise ExportError("a timeline is made of pictures: one of the two has none; csv lists what is heard")
        film = "b" if side is segment.b else "a"
        bears = b.facts.sound is not None
        other = segment.sound is not None and segment.sound.replaced
        sound = None if not bears else "b" if film == "b" or other else "a"
        found.append(Clip(film, side.first_frame, side.last_frame + 1, first, last + 1 - first, segment, sound))
    if not found:
        raise ExportError("B has no frames to rebuild")
    return found


def write_alignment(a: Edition, b: Edition, alignment: Alignment, to: str, path: Path | None = None) -> str:
    """The alignment as otio, edl or csv, written to `path` where one is given; the text."""
    writers = {"otio": _otio, "edl": _edl, "csv": _csv}
    if to not in writers:
        raise ExportError(f"a comparison is written as {', '.join(writers)}, not as {to}")
    text = writers[to](a, b, alignment)
    if path is not None:
        with whole(path) as part:
            part.write_bytes(text.encode("utf-8"))
    return text


# -- OpenTimelineIO -------------------------------------------------------------------------------------------------


def _otio(a: Edition, b: Edition, alignment: Alignment) -> str:
    import opentimelineio as otio

    films, rates = {"a": a, "b": b}, {"a": _rate(a), "b": _rate(b)}

    def span(begin: int, frames: int, rate: Fraction) -> otio.opentime.TimeRange:
        time = otio.opentime.RationalTime
        return otio.opentime.TimeRange(time(begin, float(rate)), time(frames, float(rate)))

    def clip_from(clip: Clip, film: str, begin: int, end: int, number: int) -> otio.schema.Clip:
        edition = films[film]
        url = Path(edition.facts.path)
        media = otio.schema.ExternalReference(
            url.as_uri() if url.is_absolute() else url.name, span(0, _frames(edition), rates[film])
        )
        media.name = url.name
        made = otio.schema.Clip(f"{number} {clip.segment.kind}", media)
        # What it lasts is counted in B's frames; where it begins, in the film's own.
        start = otio.opentime.RationalTime(begin, float(rates[film]))
        lasts = otio.opentime.RationalTime(clip.frames, float(rates["b"]))
        made.source_range = otio.opentime.TimeRange(start, lasts)
        runs = Fraction(end - begin) / rates[film] / (Fraction(clip.frames) / rates["b"])
        if film == "a" and abs(float(runs) - 1) > 1e-9:
            made.effects.append(otio.schema.LinearTimeWarp(time_scalar=float(runs)))
        made.metadata["rewatch"] = clip.segment.as_json() | {"film": film, "frames": [begin, end - 1]}
        return made

    timeline = otio.schema.Timeline(f"{alignment.names[1]} out of {alignment.names[0]}")
    timeline.metadata["rewatch"] = {
        "a": alignment.a,
        "b": alignment.b,
        "summary": alignment.summary(),
        "removed": [s.as_json() for s in alignment if s.b is None],
        "rates": {film: str(rate) for film, rate in rates.items()},
    }
    picture = otio.schema.Track("picture", kind=otio.schema.TrackKind.Video)
    sound = otio.schema.Track("sound", kind=otio.schema.TrackKind.Audio)
    clips = clips_of(alignment, b)
    for number, clip in enumerate(clips, 1):
        picture.append(clip_from(clip, clip.film, clip.begin, clip.end, number))
        if clip.sound == clip.film:
            sound.append(clip_from(clip, clip.film, clip.begin, clip.end, number))
        elif clip.sound == "b":
            sound.append(clip_from(clip, "b", clip.at, clip.at + clip.frames, number))
    timeline.tracks.append(picture)
    if len(sound):
        timeline.tracks.append(sound)
    return str(otio.adapters.write_to_string(timeline, "otio_json")) + "\n"


def read_otio(text: str, a: Edition, b: Edition) -> Alignment:
    """The alignment that a timeline of clips of A and B stands for, in their order, whoever cut it.

    Clips of other files, gaps and clips of B count as added. ExportError where it is no timeline or shows nothing of
    A.
    """
    import opentimelineio as otio

    try:
        timeline = otio.adapters.read_from_string(text, "otio_json")
        track = timeline.video_tracks()[0]
    except (otio.exceptions.OTIOError, AttributeError, IndexError, ValueError) as error:
        raise ExportError("that is no OpenTimelineIO timeline with a picture") from error
    rates = {"a": _rate(a), "b": _rate(b)}
    name = Path(a.facts.path).name
    pieces: list[Piece] = []
    at = 0
    for item in track:
        if isinstance(item, otio.schema.Transition):
            continue
        span = item.trimmed_range()
        frames = round(span.duration.to_seconds() * float(rates["b"]))
        media = getattr(item, "media_reference", None)
        url = getattr(media, "target_url", "")
        if url and Path(url).name in (name, Path(a.facts.path).as_uri().rsplit("/", 1)[-1]):
            warps = [e.time_scalar for e in item.effects if isinstance(e, otio.schema.LinearTimeWarp)]
            begin = round(span.start_time.to_seconds() * float(rates["a"]))
            runs = (warps[0] if warps else 1.0) * span.duration.to_seconds()
            pieces.append(Piece((at, at + frames), (begin, begin + max(round(runs * float(rates["a"])), 1))))
        at += frames
    if not pieces:
        raise ExportError(f"the timeline shows nothing of {name}")
    times_a, times_b = a.times, b.times
    assert times_a is not None
    assert times_b is not None
    if at != len(times_b):
        raise ExportError(f"the timeline has {at} frames, and B has {len(times_b)}")
    segments = []
    kinds: list[tuple[Kind, Any, Any, float]] = laid_out(pieces, len(times_a), len(times_b))
    for kind, of_a, of_b, _ in kinds:
        sides = [
            None if part is None else Side(part[0], part[1] - 1, *times.seconds([part[0], part[1]]).tolist())
            for part, times in ((of_a, times_a), (of_b, times_b))
        ]
        both = kind in ("same", "moved") and sides[0] and sides[1]
        speed = sides[0].seconds / sides[1].seconds if both and sides[0] and sides[1] else 1.0
        segments.append(Segment(kind, sides[0], sides[1], round(speed, 6)))
    return Alignment(a.id, b.id, (a.name, b.name), (a.duration, b.duration), tuple(segments))


def _rate(edition: Edition) -> Fraction:
    """Frames a second, one of the usual ones where it is that."""
    from rewatch.exports.edit_list import STANDARD

    times = edition.times
    if times is None or len(times) < 2:
        raise ExportError(f"{edition.name} has no picture: a timeline is made of pictures")
    mean = (len(times) - 1) / (float(times.seconds(len(times) - 1)) - times.begin_seconds)
    near = min(STANDARD, key=lambda rate: abs(float(rate) - mean))
    return near if abs(float(near) - mean) < 3e-4 * mean else Fraction(mean).limit_denominator(1001)


def _frames(edition: Edition) -> int:
    return 0 if edition.times is None else len(edition.times)


# -- CMX 3600 -------------------------------------------------------------------------------------------------------


def _edl(a: Edition, b: Edition, alignment: Alignment) -> str:
    films, rates = {"a": a, "b": b}, {"a": _rate(a), "b": _rate(b)}
    record = Timecode(rates["b"])
    source = {film: Timecode(rate) for film, rate in rates.items()}
    zero = record.frame("01:00:00:00")
    title = " ".join(f"{alignment.names[1]} out of {alignment.names[0]}".split())[:70]
    rows = [f"TITLE: {title}", "FCM: NON-DROP FRAME", ""]
    for number, clip in enumerate(clips_of(alignment, b), 1):
        film = clip.film
        times = [source[film].text(clip.begin), source[film].text(clip.end)]
        times += [record.text(zero + clip.at), record.text(zero + clip.at + clip.frames)]
        rows.append(f"{number:03d}  {film.upper():<8} V     C        {' '.join(times)}")
        if film == "a":
            # Frames of the reel's own timecode that pass in a second of B.
            runs = float(Fraction(clip.end - clip.begin) / (Fraction(clip.frames) / rates["b"]))
            if abs(runs - float(rates["a"])) > 5e-3:
                rows.append(f"M2   {film.upper():<8}       {runs:05.1f}                {times[0]}")
        rows.append(f"* FROM CLIP NAME: {Path(films[film].facts.path).name}")
        rows.append(f"* {clip.segment.kind.upper()}")
        if clip.sound == "b" and film == "a":
            rows.append("* THE SOUND IS THAT OF REEL B")
    return "\r\n".join(rows) + "\r\n"


# -- a list ---------------------------------------------------------------------------------------------------------

COLUMNS = (
    "kind", "a_first_frame", "a_last_frame", "a_start", "a_end", "b_first_frame", "b_last_frame", "b_start", "b_end",
    "speed", "picture_changed", "mirrored", "gain", "lift", "saturation", "sound_changed", "sound_replaced", "gain_db",
    "offset_s", "sure",
)  # fmt: skip


def _csv(a: Edition, b: Edition, alignment: Alignment) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for segment in alignment:
        grade = segment.picture.grade if segment.picture else None
        picture, sound = segment.picture, segment.sound
        row = [segment.kind, *_side(segment.a), *_side(segment.b), segment.speed]
        row += ["", ""] if picture is None else [_yes(picture.changed), _yes(picture.mirrored)]
        row += ["", "", ""] if grade is None else [grade.gain, grade.lift, grade.saturation]
        row += ["", ""] if sound is None else [_yes(sound.changed), _yes(sound.replaced)]
        row += ["", ""] if sound is None else [_or(sound.gain_db), _or(sound.offset_s)]
        writer.writerow([*row, segment.sure])
    return out.getvalue()


def _side(side: Side | None) -> list[Any]:
    if side is None:
        return ["", "", "", ""]
    return [_or(side.first_frame), _or(side.last_frame), round(side.start, 6), round(side.end, 6)]


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _or(value: float | None) -> Any:
    return "" if value is None else value
