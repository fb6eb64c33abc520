"""Notes as W3C Web Annotations (JSON-LD) and as plain JSON, and back.

An annotation's target is the edition with a media fragment: ``t=`` in seconds, ``xywh=percent:`` for a region. A
fragment cannot be an instant, so that one lasts a frame there. What the standard has no words for (id, version, the
anchor, that it was an instant) goes along under ``rewatch:note``; the standard's own parts are what counts when a file
comes back: whoever edits text, tags or time elsewhere has edited the note.

Sources: W3C Web Annotation Data Model (2017); W3C Media Fragments URI 1.0 (2012).

Contents
    web_annotations   notes as an AnnotationCollection
    annotation        one note as an Annotation
    study_annotations the shots, lines and notes of a film
    notes_json        notes as plain JSON
    read_notes        notes out of any of these, or out of annotations by others
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from rewatch.clock import parse_time
from rewatch.errors import ExportError, LibraryError
from rewatch.exports.study_view import Study, begins_by, by_hand, seconds_between, spans
from rewatch.library.edition import Edition
from rewatch.library.library import Library
from rewatch.library.notebook import Notebook
from rewatch.library.notes import Note, Region, notes_of
from rewatch.study.notes import NoteError, checked_region, note_of_json

CONTEXT: list[Any] = [
    "http://www.w3.org/ns/anno.jsonld",
    {"rewatch:note": {"@id": "urn:rewatch:note", "@type": "@json"}},
]
FRAGMENTS = "http://www.w3.org/TR/media-frags/"

_INSTANT = 0.04
"""Seconds an instant lasts where a fragment must last."""


def web_annotations(notes: Sequence[Note], library: Library | None = None) -> str:
    """Notes as one AnnotationCollection; the films' file names go along where the library has them."""
    paths = {} if library is None else _paths(library)
    items = [annotation(note, paths.get(note.edition, "")) for note in notes]
    films = sorted({note.film for note in notes})
    name = "urn:rewatch:notes:" + uuid.uuid5(uuid.NAMESPACE_URL, "\n".join(note.id for note in notes)).hex
    whole = {
        "@context": CONTEXT,
        "id": name,
        "type": "AnnotationCollection",
        "label": "Notes on " + ", ".join(films) if films else "Notes",
        "total": len(items),
        "first": {"id": f"{name}:1", "type": "AnnotationPage", "startIndex": 0, "items": items},
    }
    return _text(whole)


def annotation(note: Note, path: str = "") -> dict[str, Any]:
    """One note as an Annotation, without its context."""
    source: dict[str, Any] = {"id": f"urn:rewatch:edition:{note.edition}", "type": "Video", "label": note.film}
    if path:
        source["rewatch:file"] = Path(path).name
    tags = [{"type": "TextualBody", "value": tag, "purpose": "tagging"} for tag in note.tags]
    return {
        "id": f"urn:uuid:{uuid.UUID(note.id)}",
        "type": "Annotation",
        "motivation": "commenting",
        "created": note.created,
        "modified": note.changed,
        "body": [
            {"type": "TextualBody", "value": note.text, "format": "text/markdown", "purpose": "commenting"},
            *tags,
        ],
        "target": {
            "type": "SpecificResource",
            "source": source,
            "selector": {"type": "FragmentSelector", "conformsTo": FRAGMENTS, "value": fragment(note)},
        },
        "rewatch:note": note.as_json(),
    }


def study_annotations(study: Study) -> str:
    """Shots and lines as an AnnotationCollection of a page each, notes on a third where the film is in a library.

    `read_notes` takes the notes back; shots and lines are what a film has, not what somebody wrote.
    """
    base = f"urn:rewatch:edition:{study.facts.identity}"
    name = f"{study.title} ({study.year})" if study.year else study.title
    source = {"id": base, "type": "Video", "label": name, "rewatch:file": Path(study.facts.path).name}
    pages: list[tuple[str, list[dict[str, Any]]]] = []
    for track, purpose in (("shots", "tagging"), ("lines", "transcribing")):
        found = spans(study, track)
        if found is None or not len(found):
            continue
        items, said = [], by_hand(found)
        for i, (begin, end) in enumerate(zip(*seconds_between(study, found), strict=True)):
            text = str(found.label[i])
            begun = begins_by(text, said[i])
            value = f"shot {i + 1}" + (f", {begun}" if begun else "") if track == "shots" else text
            last = max(float(end), float(begin) + 0.001)
            where = f"t={_number(float(begin))},{_number(last)}"
            items.append(
                {
                    "id": f"{base}:{track}:{i + 1}",
                    "type": "Annotation",
                    "motivation": "describing",
                    "body": [{"type": "TextualBody", "value": value, "format": "text/plain", "purpose": purpose}],
                    "target": {
                        "type": "SpecificResource",
                        "source": source,
                        "selector": {"type": "FragmentSelector", "conformsTo": FRAGMENTS, "value": where},
                    },
                    "rewatch:track": track,
                }
            )
        pages.append((track, items))
    if isinstance(study, Edition):
        library = Library(study.folder.parent.parent)
        written = notes_of(Notebook(library.folder), study.id)
        if written:
            pages.append(("notes", [annotation(note, study.facts.path) for note in written]))
    if not pages:
        raise ExportError(f"{study.title}: nothing to annotate: it has neither shots nor lines nor notes")
    made: dict[str, Any] | None = None
    starts = [sum(len(items) for _, items in pages[:i]) for i in range(len(pages))]
    for (track, items), first in reversed(list(zip(pages, starts, strict=True))):
        page = {"id": f"{base}:{track}", "type": "AnnotationPage", "startIndex": first, "items": items}
        made = page if made is None else {**page, "next": made}
    total = sum(len(items) for _, items in pages)
    return _text(
        {"@context": CONTEXT, "id": f"{base}:annotations", "type": "AnnotationCollection", "label": name,
         "total": total, "first": made}
    )  # fmt: skip


def fragment(note: Note) -> str:
    """Where a note is, as a media fragment.

    >>> from rewatch.library.notes import Note
    >>> fragment(Note("", "", "", 2.5, None, (0.1, 0.2, 0.25, 0.5), "", (), "", ""))
    't=2.5,2.54&xywh=percent:10,20,25,50'
    """
    end = note.begin + _INSTANT if note.end is None else note.end
    time = f"t={_number(note.begin)},{_number(end)}"
    if note.region is None:
        return time
    return time + "&xywh=percent:" + ",".join(_number(100 * v) for v in note.region)


def _number(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def notes_json(notes: Sequence[Note]) -> str:
    """Notes as plain JSON, all of what there is of them."""
    return _text({"rewatch": "notes", "format": 1, "notes": [note.as_json() for note in notes]})


def _text(plain: Any) -> str:
    return json.dumps(plain, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _paths(library: Library) -> dict[str, str]:
    try:
        return {entry.id: entry.path for entry in library.entries()}
    except LibraryError:
        return {}


# -- and back -------------------------------------------------------------------------------------------------------


def read_notes(path: Path, edition: Edition | None, library: Library) -> list[Note]:
    """The notes in a file: plain JSON of ours, Web Annotations of anybody's.

    edition: what annotations of others are about; else their target's name or file must be one of the library's.
    NoteError with a line that says which entry is none.
    """
    try:
        plain = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise NoteError(f"{path} is no JSON: {error}") from error
    except OSError as error:
        raise NoteError(f"{path}: {(error.strerror or str(error)).lower()}") from error
    if isinstance(plain, dict) and plain.get("rewatch") == "notes":
        entries = plain.get("notes")
        if not isinstance(entries, list):
            raise NoteError(f"{path} holds no notes")
        return [_numbered(path, i, lambda entry=entry: note_of_json(entry)) for i, entry in enumerate(entries, 1)]
    found = [
        _numbered(path, i, lambda entry=entry: _note(entry, edition, library))
        for i, entry in enumerate(_annotations(plain), 1)
    ]
    if not found and not _is_collection(plain):
        raise NoteError(f"{path} holds no notes and no annotations")
    return found


def _numbered(path: Path, number: int, read: Any) -> Note:
    try:
        note: Note = read()
    except (NoteError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise NoteError(f"{path}, entry {number}: {error}") from error
    return note


def _is_collection(plain: Any) -> bool:
    return isinstance(plain, dict) and plain.get("type") in ("AnnotationCollection", "AnnotationPage")


def _annotations(plain: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(plain, list):
        for each in plain:
            yield from _annotations(each)
    elif isinstance(plain, dict):
        kinds = plain.get("type", plain.get("@type"))
        if "rewatch:track" in plain:
            return
        if kinds == "Annotation" or (isinstance(kinds, list) and "Annotation" in kinds):
            yield plain
        for within in ("first", "next", "items", "annotations"):
            yield from _annotations(plain.get(within))


def _note(plain: Mapping[str, Any], edition: Edition | None, library: Library) -> Note:
    text, tags = _body(plain)
    target = plain["target"]
    target = target[0] if isinstance(target, list) else target
    own = plain.get("rewatch:note")
    note = None if own is None else note_of_json(own)
    if note is None or fragment(note) not in _fragments(target):
        begin, end, region = _where(target, edition)
    else:
        begin, end, region = note.begin, note.end, note.region
    if note is not None:
        changed = {**note.as_json(), "text": text, "tags": list(tags), "begin": begin, "end": end, "region": region}
        made = note_of_json(changed)
        if (made.text, made.tags, made.begin, made.end, made.region) != (
            note.text, note.tags, note.begin, note.end, note.region
        ):  # fmt: skip
            # Edited elsewhere: a later version than the one that went out.
            changed["version"] = note.version + 1
            changed["changed"] = str(plain.get("modified") or note.changed)
            made = note_of_json(changed)
        return made
    about = edition or _edition(target, library)
    name = str(plain.get("id") or plain.get("@id") or json.dumps(plain, sort_keys=True))
    return note_of_json(
        {
            "id": _uuid(name).hex,
            "edition": about.id,
            "film": about.name,
            "begin": begin,
            "end": end,
            "region": region,
            "text": text,
            "tags": list(tags),
            "created": str(plain.get("created") or ""),
            "changed": str(plain.get("modified") or plain.get("created") or ""),
        }
    )


def _uuid(name: str) -> uuid.UUID:
    found = re.fullmatch(r"urn:uuid:([0-9a-fA-F-]{36})", name)
    try:
        return uuid.UUID(found[1]) if found else uuid.uuid5(uuid.NAMESPACE_URL, name)
    except ValueError:
        return uuid.uuid5(uuid.NAMESPACE_URL, name)


def _body(plain: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    bodies = plain.get("body", plain.get("bodyValue", []))
    texts: list[str] = []
    tags: list[str] = []
    for body in bodies if isinstance(bodies, list) else [bodies]:
        if isinstance(body, str):
            texts.append(body)
        elif isinstance(body, dict) and "value" in body:
            (tags if body.get("purpose") == "tagging" else texts).append(str(body["value"]))
    if not any(t.strip() for t in texts) and tags:
        texts = [" ".join(f"#{tag}" for tag in tags)]
    return "\n\n".join(t for t in texts if t.strip()), tuple(tags)


def _selectors(target: Any) -> Iterator[Mapping[str, Any]]:
    found = target.get("selector", []) if isinstance(target, dict) else []
    for selector in found if isinstance(found, list) else [found]:
        while isinstance(selector, dict):
            yield selector
            selector = selector.get("refinedBy")


def _fragments(target: Any) -> list[str]:
    found = [str(s["value"]) for s in _selectors(target) if s.get("type") == "FragmentSelector" and "value" in s]
    name = _source(target)
    return found + ([unquote(name.partition("#")[2])] if "#" in name else [])


def _source(target: Any) -> str:
    if isinstance(target, str):
        return target
    source = target.get("source", target.get("id", target.get("@id", "")))
    return str(source.get("id", source.get("@id", ""))) if isinstance(source, dict) else str(source)


def _where(target: Any, edition: Edition | None) -> tuple[float, float | None, Region | None]:
    begin: float | None = None
    end: float | None = None
    region: Region | None = None
    for text in _fragments(target):
        for part in text.split("&"):
            name, _, value = part.partition("=")
            if name == "t":
                first, _, last = value.removeprefix("npt:").partition(",")
                begin = float(parse_time(first)) if first else 0.0
                end = float(parse_time(last)) if last else None
            elif name == "xywh":
                region = _region(value, edition)
    for selector in _selectors(target):
        if selector.get("type") == "PointSelector" and "t" in selector:
            begin = float(selector["t"])
    if begin is None:
        raise NoteError("it is about no moment: there is no media fragment t= in its target")
    return begin, end, region


def _region(text: str, edition: Edition | None) -> Region:
    unit, colon, numbers = text.rpartition(":")
    values = [float(v) for v in numbers.split(",")]
    if len(values) != 4:
        raise NoteError(f"xywh={text} is no region")
    if colon and unit == "percent":
        return checked_region([v / 100 for v in values])
    size = None if edition is None or edition.facts.picture is None else edition.facts.picture.display_size
    if size is None:
        raise NoteError(f"xywh={text} counts pixels: name the film whose they are")
    return checked_region([v / size[i % 2] for i, v in enumerate(values)])


def _edition(target: Any, library: Library) -> Edition:
    name = _source(target).partition("#")[0]
    file = unquote(name.rsplit("/", 1)[-1])
    entries = library.entries()
    found = [e for e in entries if name == f"urn:rewatch:edition:{e.id}" or (file and Path(e.path).name == file)]
    if len(found) != 1:
        raise NoteError(f"which film is {name or 'it'} about? name it: rewatch notes FILM --import FILE")
    return library.edition(found[0].id)
