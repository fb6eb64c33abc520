"""An edit decision list, CMX 3600: the film's shots as events of one reel, for editing systems.

The film is the source: its own timecode (that of the file, else from 00:00:00:00), record timecode from 01:00:00:00
unless told. Dissolves and wipes are events of their kind; as both sides are the same file at the same time, mixing them
changes no picture. Fades are in the picture already and are cuts here, where the shot begins. Each event that does not
begin by a cut says in a comment what its transition is, in frames; `imports.edl` reads it, so that nothing is lost.
Event numbers are three digits, and as many more as it takes: 1000 follows 999.

Contents
    edl
"""

from __future__ import annotations

from rewatch.errors import ExportError
from rewatch.exports.edit_list import Clip, edit_list
from rewatch.exports.study_view import Study
from rewatch.exports.timecode import Timecode

START = "01:00:00:00"


def edl(study: Study, start: str = "") -> str:
    """The shots of a film. start: record timecode of the first frame; a semicolon in it asks for drop-frame.

    ExportError for a film without shots, or a timecode that there is not at its rate.
    """
    film = edit_list(study)
    begin = start or START
    record = Timecode(film.rate, ";" in begin)
    zero = record.frame(begin)
    if zero + film.frames > record.day:
        raise ExportError(f"{study.title}: from {begin} its timecode would run past midnight")
    source = Timecode(film.rate, record.drop)
    try:
        source_zero = Timecode(film.rate, ";" in film.source_start).frame(film.source_start or "00:00:00:00")
    except ExportError:
        source_zero = 0

    rows = [f"TITLE: {_line(film.name)[:70]}", f"FCM: {'DROP FRAME' if record.drop else 'NON-DROP FRAME'}", ""]
    if film.glanced:
        rows.append("* THE FILM WAS NO MORE THAN GLANCED AT")
    clips = film.clips
    starts = [clip.first if clip.mixed else clip.begin for clip in clips]
    for i, clip in enumerate(clips):
        ends = starts[i + 1] if i + 1 < len(clips) else clip.end
        number = f"{i + 1:03d}"
        if clip.mixed:
            rows.append(_event(number, "C", "", (starts[i], starts[i]), source, source_zero, record, zero))
        kind = {"dissolve": "D", "wipe": "W001"}[clip.kind] if clip.mixed else "C"
        frames = f"{clip.mixed:03d}" if clip.mixed else ""
        rows.append(_event(number, kind, frames, (starts[i], ends), source, source_zero, record, zero))
        rows.append(f"* FROM CLIP NAME: {_line(film.file)}")
        if clip.kind not in ("", "cut"):
            rows.append(_told(clip, clips[0].begin))
        if clip.by_hand:
            rows.append(f"* SHOT {clip.index} BEGINS WHERE IT DOES BY HAND")
    return "\r\n".join(rows) + "\r\n"


def _told(clip: Clip, zero: int) -> str:
    mixed = f" OF FRAMES {clip.first - zero} TO {clip.last - zero}" if clip.first >= 0 else ""
    return f"* SHOT {clip.index} BEGINS AT FRAME {clip.begin - zero} BY {clip.kind.upper()}{mixed}"


def _event(
    number: str,
    kind: str,
    frames: str,
    span: tuple[int, int],
    source: Timecode,
    first: int,
    record: Timecode,
    zero: int,
) -> str:
    times = [source.text(first + span[0]), source.text(first + span[1])]
    times += [record.text(zero + span[0]), record.text(zero + span[1])]
    # The columns are where the tape machines wanted them; the semicolon of drop-frame stands in the FCM line.
    return f"{number}  AX       V     {kind:<5}{frames:<3} {' '.join(times).replace(';', ':')}"


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
