"""WebVTT (W3C): the lines of a film as subtitles, and its shots as metadata cues.

Text is written so that any parser gives it back: ``&``, ``<`` and ``>`` as references (so no arrow ``-->`` can stand
in a cue), empty lines out of a cue, which would end it. A cue lasts at least a millisecond.

Contents
    lines_vtt   lines, with ``<v SPEAKER>`` where the film names one
    shots_vtt   shots: the cue's text is JSON {"index", "first_frame", "last_frame", "length", "transition",
                "by_hand"}
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from rewatch.errors import ExportError
from rewatch.exports.study_view import Study, by_hand, glanced, no_shots, seconds_between, spans


def _stamp(milliseconds: int) -> str:
    seconds, thousandths = divmod(max(milliseconds, 0), 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{thousandths:03d}"


def escaped(text: str) -> str:
    """Text as it can stand in a cue.

    >>> escaped("a --> b\\n\\n<i>")
    'a --&gt; b\\n&lt;i&gt;'
    """
    kept = (" ".join(line.split()) for line in text.replace("\0", "").splitlines())
    lines = "\n".join(line for line in kept if line)
    return lines.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def document(title: str, cues: Iterable[tuple[str, float, float, str]]) -> str:
    """A WebVTT file. cues: identifier, begin and end in seconds, payload (escaped already)."""
    parts = ["WEBVTT\n", f"NOTE\n{escaped(' '.join(title.split())) or 'Untitled'}\n"]
    for identifier, begin, end, payload in cues:
        first = round(begin * 1000)
        last = max(round(end * 1000), first + 1)
        parts.append(f"{identifier}\n{_stamp(first)} --> {_stamp(last)}\n{payload}\n")
    return "\n".join(parts)


def lines_vtt(study: Study) -> str:
    """The lines of a film as WebVTT. ExportError where it has none to write."""
    lines = spans(study, "lines")
    if lines is None:
        raise ExportError(f"{study.title}: no lines to write: the film has no subtitles")
    begin, end = seconds_between(study, lines)
    speakers = lines.columns.get("speaker", [""] * len(lines))
    cues = []
    for i, text in enumerate(lines.label):
        payload = escaped(text)
        if not payload:
            continue
        speaker = " ".join(escaped(str(speakers[i])).split())
        cues.append((str(i + 1), float(begin[i]), float(end[i]), f"<v {speaker}>{payload}" if speaker else payload))
    return document(study.title, cues)


def shots_vtt(study: Study) -> str:
    """The shots of a film as WebVTT metadata cues. ExportError for a film without a picture."""
    shots = spans(study, "shots")
    if shots is None or not len(shots):
        raise ExportError(f"{study.title}: no shots to write: {no_shots(study)}")
    begin, end = seconds_between(study, shots)
    framed = shots.clock.counts_frames
    cues, said = [], by_hand(shots)
    for i, kind in enumerate(shots.label):
        about = {
            "index": i + 1,
            "first_frame": int(shots.begin[i]) if framed else None,
            "last_frame": int(shots.end[i]) - 1 if framed else None,
            "length": round(float(end[i] - begin[i]), 6),
            "transition": kind,
            "by_hand": said[i],
        }
        # In JSON a ">" can be written as an escape, so no arrow stands in the cue and no parser need undo anything.
        payload = json.dumps(about, ensure_ascii=False).replace(">", "\\u003e").replace("<", "\\u003c")
        cues.append((str(i + 1), float(begin[i]), float(end[i]), payload.replace("&", "\\u0026")))
    return document(f"{study.title} (glanced at)" if glanced(study) else study.title, cues)
