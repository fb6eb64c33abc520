"""Chapters: of Matroska (XML), of FFmpeg (ffmetadata) and of podcasts (JSON chapters of Podcasting 2.0).

A film's own chapters where its file has some; else its scenes, else its movements, else its minutes.

Sources: Matroska specification, "Chapters" (RFC 9559, section 5.1.7); FFmpeg documentation, "Metadata";
Podcast Index, "JSON Chapters Format" 1.2.0.

Contents
    chapters_of     the chapters, whatever they come from
    matroska, ffmetadata, podcast
    podcast_json    chapters of any list
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as Tree

from rewatch.clock import timecode
from rewatch.errors import ExportError
from rewatch.exports.markup import xml_text
from rewatch.exports.study_view import Study, movements, seconds_between, spans


@dataclass(frozen=True, slots=True)
class Mark:
    """A chapter: seconds and a title; image is a file name or address, or ""."""

    begin: float
    end: float
    title: str
    image: str = ""


def chapters_of(study: Study) -> list[Mark]:
    """Chapters that follow each other. ExportError for a film of no length."""
    whole = study.duration
    own = [(float(c.begin), c.title) for c in study.facts.chapters]
    scenes = spans(study, "scenes")
    if len(own) < 2:
        own = []
    if not own and scenes is not None and len(scenes) > 1:
        begin, _ = seconds_between(study, scenes)
        own = [
            (float(at), label or f"Scene {i}") for i, (at, label) in enumerate(zip(begin, scenes.label, strict=True), 1)
        ]
    own = own or movements(study)
    if not own:
        own = [(60.0 * i, f"Minute {i + 1}") for i in range(max(-(-int(whole) // 60), 1))]
    own = [(at, " ".join(xml_text(title).split()) or timecode(at)) for at, title in sorted(own) if at < whole]
    if not own:
        raise ExportError(f"{study.title}: no chapters to write: it has no length")
    ends = [at for at, _ in own[1:]] + [whole]
    return [Mark(at, max(end, at), title) for (at, title), end in zip(own, ends, strict=True)]


def matroska(study: Study) -> str:
    """Chapters as ``mkvmerge --chapters`` takes them."""
    root = Tree.Element("Chapters")
    edition = Tree.SubElement(root, "EditionEntry")
    for i, mark in enumerate(chapters_of(study), 1):
        atom = Tree.SubElement(edition, "ChapterAtom")
        # A number that stays the same for the same chapter, and is never 0.
        Tree.SubElement(atom, "ChapterUID").text = str(zlib.crc32(f"{i} {mark.begin:.3f}".encode()) + 1)
        Tree.SubElement(atom, "ChapterTimeStart").text = _nanoseconds(mark.begin)
        Tree.SubElement(atom, "ChapterTimeEnd").text = _nanoseconds(mark.end)
        display = Tree.SubElement(atom, "ChapterDisplay")
        Tree.SubElement(display, "ChapterString").text = mark.title
        Tree.SubElement(display, "ChapterLanguage").text = "und"
    Tree.indent(root, " ")
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE Chapters SYSTEM "matroskachapters.dtd">\n'
    return head + Tree.tostring(root, encoding="unicode") + "\n"


def _nanoseconds(seconds: float) -> str:
    whole, rest = divmod(round(seconds * 10**6), 10**6)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}.{rest:06d}000"


def ffmetadata(study: Study) -> str:
    """Chapters as ``ffmpeg -i film.mkv -i FILE -map_chapters 1`` takes them."""
    name = f"{study.title} ({study.year})" if study.year else study.title
    return ffmetadata_text(chapters_of(study), name)


def ffmetadata_text(marks: Sequence[Mark], title: str) -> str:
    """Chapters of any list, with a title of the whole."""
    rows = [";FFMETADATA1", f"title={_escaped(title)}"]
    for mark in marks:
        times = [
            f"START={round(mark.begin * 1000)}",
            f"END={max(round(mark.end * 1000), round(mark.begin * 1000) + 1)}",
        ]
        rows += ["", "[CHAPTER]", "TIMEBASE=1/1000", *times, f"title={_escaped(mark.title)}"]
    return "\n".join(rows) + "\n"


def _escaped(text: str) -> str:
    # "=", ";", "#", "\" and line breaks are escaped by a backslash.
    return re.sub(r"([=;#\\])", r"\\\1", " ".join(xml_text(text).split()))


def podcast(study: Study) -> str:
    """Chapters as podcast players take them."""
    return podcast_json(chapters_of(study), f"{study.title} ({study.year})" if study.year else study.title)


def podcast_json(marks: Sequence[Mark], title: str) -> str:
    """Chapters of any list, as JSON chapters 1.2.0."""
    chapters = [
        {"startTime": round(m.begin, 3), "endTime": round(m.end, 3), "title": m.title}
        | ({"img": m.image} if m.image else {})
        for m in marks
    ]
    return json.dumps({"version": "1.2.0", "title": title, "chapters": chapters}, indent=1, ensure_ascii=False) + "\n"
