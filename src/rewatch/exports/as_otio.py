"""OpenTimelineIO, written by its own library: the shots as clips of one track, dissolves and wipes as transitions.

The film's file is the media of every clip, so that the timeline opens where the file is; lines are markers on the
track's clips. What each shot begins by, in frames, stands in the clips' metadata under ``rewatch``.

Contents
    otio   the timeline as .otio (JSON)
"""

from __future__ import annotations

from rewatch.exports.edit_list import edit_list
from rewatch.exports.study_view import Study, seconds_between, spans
from rewatch.exports.timecode import Timecode


def otio(study: Study, start: str = "") -> str:
    """The timeline. start: its first timecode (global start time). ExportError for a film without shots."""
    import opentimelineio as io

    film = edit_list(study)
    rate = float(film.rate)

    def span(begin: int, end: int) -> io.opentime.TimeRange:
        return io.opentime.TimeRange(io.opentime.RationalTime(begin, rate), io.opentime.RationalTime(end - begin, rate))

    timeline = io.schema.Timeline(film.name)
    if start:
        frame = Timecode(film.rate, ";" in start).frame(start)
        timeline.global_start_time = io.opentime.RationalTime(frame, rate)
    timeline.metadata["rewatch"] = {"rate": str(film.rate), "glanced": film.glanced}
    track = io.schema.Track("shots", kind=io.schema.TrackKind.Video)
    lines = spans(study, "lines")
    said = [] if lines is None else list(zip(*seconds_between(study, lines), lines.label, strict=True))
    zero = 0.0 if study.times is None else study.times.begin_seconds
    at = 0
    for i, clip in enumerate(film.clips):
        if clip.mixed and i:
            track.append(
                io.schema.Transition(
                    transition_type="SMPTE_Dissolve" if clip.kind == "dissolve" else "Custom_Transition",
                    in_offset=io.opentime.RationalTime(clip.begin - clip.first, rate),
                    out_offset=io.opentime.RationalTime(clip.last + 1 - clip.begin, rate),
                    metadata={"rewatch": {"transition": clip.kind}},
                )
            )
        media = io.schema.ExternalReference(film.url, span(film.clips[0].begin, film.frames))
        media.name = film.file
        made = io.schema.Clip(f"shot {clip.index}", media, span(clip.begin, clip.end))
        made.metadata["rewatch"] = {
            "shot": clip.index,
            "transition": clip.kind,
            "first_frame": clip.first,
            "last_frame": clip.last,
            "by_hand": clip.by_hand,
        }
        # A line belongs to the shot in which it begins.
        last_clip = i + 1 == len(film.clips)
        while at < len(said) and (last_clip or round((said[at][0] - zero) * rate) < clip.end):
            begin, end, text = said[at]
            first = max(round((float(begin) - zero) * rate), clip.begin)
            last = max(round((float(end) - zero) * rate), first)
            made.markers.append(
                io.schema.Marker(text.replace("\0", ""), span(first, last), metadata={"rewatch": {"track": "lines"}})
            )
            at += 1
        track.append(made)
    timeline.tracks.append(track)
    return str(io.adapters.write_to_string(timeline, "otio_json")) + "\n"
