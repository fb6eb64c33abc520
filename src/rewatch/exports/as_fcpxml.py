"""FCPXML 1.9: the shots as clips of one storyline, for Final Cut Pro and DaVinci Resolve.

Times are rational numbers of seconds (``1001/24000s``), exact at every rate. Transitions are in the picture already:
clips meet where the shot begins, and a marker at the begin of a clip names its transition and the frames of it.

Source: Apple, FCPXML Reference (version 1.9).

Contents
    fcpxml
"""

from __future__ import annotations

from fractions import Fraction
from xml.etree import ElementTree as Tree

from rewatch.exports.edit_list import edit_list
from rewatch.exports.markup import xml_text
from rewatch.exports.study_view import Study, begins_by
from rewatch.exports.timecode import Timecode


def rational(seconds: Fraction) -> str:
    """Seconds as FCPXML has them.

    >>> rational(Fraction(1001, 24000)), rational(Fraction(5))
    ('1001/24000s', '5s')
    """
    whole = seconds.denominator == 1
    return f"{seconds.numerator}s" if whole else f"{seconds.numerator}/{seconds.denominator}s"


def fcpxml(study: Study, start: str = "") -> str:
    """The film as a project. start: the sequence's first timecode. ExportError for a film without shots."""
    film = edit_list(study)
    frame = 1 / film.rate
    code = Timecode(film.rate, ";" in start)
    zero = code.frame(start) if start else 0
    form = "DF" if code.drop else "NDF"

    root = Tree.Element("fcpxml", version="1.9")
    resources = Tree.SubElement(root, "resources")
    format = Tree.SubElement(resources, "format", id="r1", frameDuration=_exact(frame))
    if film.size is not None:
        format.set("width", str(film.size[0]))
        format.set("height", str(film.size[1]))
    length = film.frames - film.clips[0].begin
    asset = Tree.SubElement(
        resources, "asset", id="r2", name=xml_text(film.file) or "film", start="0s",
        duration=_exact(film.frames * frame), hasVideo="1", format="r1",
    )  # fmt: skip
    if film.channels:
        asset.set("hasAudio", "1")
        asset.set("audioSources", "1")
        asset.set("audioChannels", str(film.channels))
        asset.set("audioRate", str(film.sample_rate))
    Tree.SubElement(asset, "media-rep", kind="original-media", src=xml_text(film.url))
    name = xml_text(film.name) or "film"
    event = Tree.SubElement(Tree.SubElement(root, "library"), "event", name=name)
    project = Tree.SubElement(event, "project", name=name)
    sequence = Tree.SubElement(
        project, "sequence", format="r1", duration=_exact(length * frame), tcStart=_exact(zero * frame), tcFormat=form
    )
    if film.glanced:
        Tree.SubElement(sequence, "note").text = "The film was no more than glanced at."
    spine = Tree.SubElement(sequence, "spine")
    for clip in film.clips:
        offset = zero + clip.begin - film.clips[0].begin
        made = Tree.SubElement(
            spine, "asset-clip", ref="r2", name=f"shot {clip.index}", offset=_exact(offset * frame),
            start=_exact(clip.begin * frame), duration=_exact((clip.end - clip.begin) * frame), tcFormat=form,
        )  # fmt: skip
        if clip.kind not in ("", "cut") or clip.by_hand:
            frames = f", frames {clip.first} to {clip.last}" if clip.first >= 0 and clip.kind != "cut" else ""
            Tree.SubElement(
                made, "marker", start=_exact(clip.begin * frame), duration=_exact(frame),
                value=begins_by(clip.kind, clip.by_hand) + frames,
            )  # fmt: skip
    Tree.indent(root, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n{Tree.tostring(root, encoding="unicode")}\n'


def _exact(seconds: Fraction) -> str:
    return rational(Fraction(seconds))
