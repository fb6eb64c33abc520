"""What stands around the music: title, key figures, legend, and the line at the foot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rewatch import __version__
from rewatch.clock import timecode
from rewatch.exports.sheet.ink import spaced
from rewatch.exports.sheet.layout import Page
from rewatch.exports.sheet.pen import Pen
from rewatch.exports.sheet.staves import Stave
from rewatch.exports.study_view import KeyFigure, Study, glanced, key_figures
from rewatch.facts import FilmFacts

_CODECS = {"h264": "H.264", "hevc": "HEVC", "vp9": "VP9", "av1": "AV1", "mpeg1video": "MPEG-1", "mpeg2video": "MPEG-2",
           "vp8": "VP8", "mpeg4": "MPEG-4", "aac": "AAC", "ac3": "AC-3", "eac3": "E-AC-3", "mp3": "MP3",
           "opus": "Opus", "vorbis": "Vorbis", "flac": "FLAC", "truehd": "TrueHD", "dts": "DTS"}  # fmt: skip

_GLANCED = {
    "Colour": " Glanced at: of the frames looked at, and what lies between them.",
    "Motion": " Glanced at: mostly read from the bytes that frames take.",
}


def one_line(text: str) -> str:
    """A text as it can stand on one line: no breaks, no control signs."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def length_in_words(seconds: float) -> str:
    """``52 seconds``, ``3 min 50 s``, ``2 h 50 min``."""
    whole = round(seconds)
    if whole < 60:
        return "1 second" if whole == 1 else f"{whole} seconds"
    if whole < 600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    minutes = round(seconds / 60)
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} h {minutes % 60:02d} min"


def facts_line(facts: FilmFacts, missing: Sequence[type[Stave]] = ()) -> str:
    """The edition in a line: format, size, rate, sound; and what could not be charted of it."""
    parts = []
    if facts.listed:
        # Of a film without a file the list that it is known by.
        parts.append(f"known by a {facts.container}: {Path(facts.path).name}")
    elif facts.picture is not None:
        seen = facts.picture
        width, height = seen.display_size
        rate = f"{float(seen.rate):.3f}".rstrip("0").rstrip(".")
        parts.append(f"{_CODECS.get(seen.codec, seen.codec)} {width} × {height} at {rate} frames a second")
    else:
        parts.append("no picture")
    if not facts.listed and facts.sound is not None:
        heard = facts.sound
        parts.append(f"{_CODECS.get(heard.codec, heard.codec)} {heard.layout}, {heard.sample_rate / 1000:g} kHz")
    elif not facts.listed:
        parts.append("no sound")
    there = {"picture": facts.picture is not None, "sound": facts.sound is not None, "words": False, "list": False}
    if any(stave.source == "words" for stave in missing):
        parts.append("no lines of dialogue known")
    lost = [stave.name.lower() for stave in missing if there[stave.source]]
    if lost:
        parts.append(f"not charted: {', '.join(lost)}")
    return "   ·   ".join(one_line(part) for part in parts)


def draw_title(pen: Pen, page: Page, study: Study) -> None:
    """The title in the middle, figures of the picture to its left, of sound and words to its right."""
    middle = page.width / 2
    title, size = pen.fitting(one_line(study.title) or "Untitled", 34, 16, 168)
    pen.text(middle, 27.5, title, size, along="center")
    below = [str(study.year)] if study.year else []
    below.append(length_in_words(study.duration))
    if glanced(study):
        below.append("glanced at")
    pen.text(middle, 34.2, spaced("   ·   ".join(below)), 8.5, colour=pen.ink.soft, along="center")
    picture, heard = key_figures(study)
    _figures(pen, picture, page.left, +1)
    _figures(pen, heard, page.right, -1)


def _figures(pen: Pen, figures: Sequence[KeyFigure], edge: float, way: int) -> None:
    at = edge
    for figure in figures if way > 0 else reversed(figures):
        wide = max(pen.width(figure.value, 15), pen.width(spaced(figure.label), 5.6))
        along = "left" if way > 0 else "right"
        pen.text(at, 27.5, figure.value, 15, along=along)  # type: ignore[arg-type]
        pen.text(at, 32, spaced(figure.label), 5.6, colour=pen.ink.soft, along=along)  # type: ignore[arg-type]
        at += way * (wide + 8)


def draw_legend(pen: Pen, page: Page, staves: Sequence[Stave], missing: Sequence[type[Stave]], study: Study) -> None:
    """One column a stave: its name and what it shows; what the film lacks; the edition and the maker below."""
    top = page.height - page.foot + 10.5
    if staves:
        between = 6.0
        wide = (page.right - page.left - between * (len(staves) - 1)) / len(staves)
        for i, stave in enumerate(staves):
            x = page.left + i * (wide + between)
            pen.text(x, top, spaced(stave.name), 6.2, colour=pen.ink.ink)
            about = stave.about + (_GLANCED.get(stave.name, "") if glanced(study) else "")
            for j, line in enumerate(pen.wrapped(about, 6.6, wide, "italic")[:6]):
                pen.text(x, top + 3.4 + j * 2.75, line, 6.6, colour=pen.ink.soft, style="italic")
    foot = page.height - 9
    about = facts_line(study.facts, missing)
    pen.text(page.left, foot, pen.fitting(about, 6.6, 6.6, 250)[0], 6.6, colour=pen.ink.soft, style="italic")
    mark = (
        f"edition {study.facts.identity[:12]}   ·   {timecode(study.duration)}   ·   charted by rewatch {__version__}"
    )
    pen.text(page.right, foot, mark, 6.6, colour=pen.ink.soft, style="italic", along="right")
