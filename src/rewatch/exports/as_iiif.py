"""IIIF Presentation 3: the film as a manifest of one canvas, its chapters as ranges, shots, lines and notes as
annotations.

Addresses are names (urn:rewatch:...) and the film's own file: a manifest is served by whoever serves the film.

Source: IIIF Presentation API 3.0 (2020).

Contents
    iiif
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rewatch.errors import ExportError
from rewatch.exports.as_chapters import chapters_of
from rewatch.exports.as_webannotation import annotation, fragment
from rewatch.exports.study_view import Study, begins_by, by_hand, seconds_between, spans
from rewatch.library.edition import Edition
from rewatch.library.notebook import Notebook
from rewatch.library.notes import Note, notes_of


def iiif(study: Study) -> str:
    """The manifest. ExportError for a film of no length."""
    facts = study.facts
    if study.duration <= 0:
        raise ExportError(f"{study.title}: nothing to present: it has no length")
    base = f"urn:rewatch:edition:{facts.identity}"
    canvas = f"{base}:canvas"
    seen = facts.picture
    duration = round(study.duration, 3)

    path = Path(facts.path)
    body: dict[str, Any] = {
        "id": path.as_uri() if path.is_absolute() else f"{base}:file",
        "type": "Video" if seen is not None else "Sound",
        "duration": duration,
    }
    whole: dict[str, Any] = {"id": canvas, "type": "Canvas", "duration": duration}
    if seen is not None:
        width, height = seen.display_size
        body |= {"width": width, "height": height}
        whole |= {"width": width, "height": height}
    if not facts.listed:
        painting = {
            "id": f"{base}:painting",
            "type": "Annotation",
            "motivation": "painting",
            "body": body,
            "target": canvas,
        }
        whole["items"] = [{"id": f"{base}:page", "type": "AnnotationPage", "items": [painting]}]
    else:
        whole["items"] = []
    whole["annotations"] = _pages(study, base, canvas)
    title = " ".join(study.title.split()) or "Untitled"
    manifest = {
        "@context": "http://iiif.io/api/presentation/3/context.json",
        "id": base,
        "type": "Manifest",
        "label": {"none": [f"{title} ({study.year})" if study.year else title]},
        "items": [whole],
        "structures": [
            {
                "id": f"{base}:range",
                "type": "Range",
                "label": {"en": ["Chapters"]},
                "items": [
                    {
                        "id": f"{base}:range:{i}",
                        "type": "Range",
                        "label": {"none": [mark.title]},
                        "items": [{"id": f"{canvas}#t={mark.begin:g},{mark.end:g}", "type": "Canvas"}],
                    }
                    for i, mark in enumerate(chapters_of(study), 1)
                ],
            }
        ],
    }
    return json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _pages(study: Study, base: str, canvas: str) -> list[dict[str, Any]]:
    pages = []
    for name, motivation in (("shots", "tagging"), ("lines", "supplementing")):
        track = spans(study, name)
        if track is None or not len(track):
            continue
        items, said = [], by_hand(track)
        for i, (begin, end) in enumerate(zip(*seconds_between(study, track), strict=True), 1):
            text = track.label[i - 1]
            begun = begins_by(text, said[i - 1])
            value = f"shot {i}" + (f", {begun}" if begun else "") if name == "shots" else text
            last = max(float(end), float(begin) + 0.001)
            items.append(
                {
                    "id": f"{base}:{name}:{i}",
                    "type": "Annotation",
                    "motivation": motivation,
                    "body": {"type": "TextualBody", "value": value, "format": "text/plain"},
                    "target": f"{canvas}#t={round(float(begin), 6):.10g},{round(last, 6):.10g}",
                }
            )
        label = {"en": [name.capitalize()]}
        pages.append({"id": f"{base}:{name}", "type": "AnnotationPage", "label": label, "items": items})
    if isinstance(study, Edition):
        written = notes_of(Notebook(study.folder.parent.parent), study.id)
        if written:
            items = [_note(note, canvas) for note in written]
            pages.append({"id": f"{base}:notes", "type": "AnnotationPage", "label": {"en": ["Notes"]}, "items": items})
    return pages


def _note(note: Note, canvas: str) -> dict[str, Any]:
    made = annotation(note)
    # On a canvas a region counts the canvas's own units: only a fragment in percent says the same on any.
    return {
        "id": made["id"],
        "type": "Annotation",
        "motivation": "commenting",
        "body": made["body"],
        "target": f"{canvas}#{fragment(note)}",
    }
