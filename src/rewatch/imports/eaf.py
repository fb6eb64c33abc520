"""Annotations made in ELAN (.eaf), the annotation format of film and language studies.

Tiers become tracks: the tier of the shots (``--column``, else the one that is called so) is ``shots``; tiers called
dialogue, speech, lines, subtitles or the like are ``lines``, the speaker being the tier's participant; scenes and
sequences are ``scenes`` and ``sequences``; every other tier with annotations is ``tier_NAME``.

Read with the standard library: ELAN leaves times between two aligned ones open, and annotations may point at
annotations of other tiers; both are resolved here (open times divide the time between their neighbours evenly, as ELAN
shows them), which pympi-ling does not. A document type declaration, which no .eaf has, is refused: it could only blow
the reader up.

Source: EAF 3.0, Max Planck Institute for Psycholinguistics, http://www.mpi.nl/tools/elan/EAF_Annotation_Format.pdf
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from rewatch.clock import MILLISECONDS
from rewatch.errors import ShotListError
from rewatch.imports.film import Asked, Found
from rewatch.imports.shots import LONGEST, Row, kind_of, shots_track
from rewatch.imports.tables import read_text
from rewatch.track import Column, Spans

_UNITS = {"milliseconds": Fraction(1, 1000), "PAL-frames": Fraction(1, 25), "NTSC-frames": Fraction(1001, 30000)}

_SHOTS = re.compile(r"(shots?|cuts?|takes?|einstellung(en)?|plans?|planos?)( (list|boundar(y|ies)|detection|cuts?))?")
_LINES = re.compile(r"(dialog(ue)?s?|speech|spoken words|lines?|subtitles?|utterances?|transcript(ion)?|words|asr)\b.*")
_TRACKS = {"scene": "scenes", "scenes": "scenes", "sequence": "sequences", "sequences": "sequences"}


@dataclass(frozen=True, slots=True)
class _Note:
    begin: Fraction
    end: Fraction
    text: str


@dataclass(frozen=True, slots=True)
class _Tier:
    name: str
    participant: str
    notes: list[_Note]

    @property
    def plain(self) -> str:
        return " ".join(re.sub(r"[\W_]+", " ", self.name.casefold()).split())


def read(path: Path, asked: Asked) -> Found:
    """The tiers of an ELAN document."""
    text = read_text(path)
    if re.search(r"<!DOCTYPE|<!ENTITY", text, re.IGNORECASE):
        raise ShotListError(f"{path} declares a document type, which no .eaf does: it is not read")
    try:
        # As text, whatever encoding the XML declaration names: that has been undone.
        root = ElementTree.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    except ElementTree.ParseError as error:
        raise ShotListError(f"{path} is no whole XML document: {error}") from error
    if root.tag.rpartition("}")[2] != "ANNOTATION_DOCUMENT":
        raise ShotListError(f"{path} is no ELAN document")
    tiers = [tier for tier in _tiers(root) if tier.notes]
    if not tiers:
        raise ShotListError(f"{path} holds no annotations")
    found = Found()
    shots = _shots_tier(tiers, asked.column, path)
    if shots is None:
        names = ", ".join(tier.name for tier in tiers[:8])
        found.notes.append(f"no tier is called shots (there are {names}): --column would name it")
    else:
        rows = [Row(n.begin, n.end, kind_of(n.text), None, "" if kind_of(n.text) else n.text) for n in shots.notes]
        found.tracks["shots"], repaired = shots_track(rows, asked.duration)
        found.notes += repaired
    lines = [tier for tier in tiers if tier is not shots and _LINES.fullmatch(tier.plain)]
    if lines:
        found.tracks["lines"] = _spans(
            "lines", [(note, tier.participant) for tier in lines for note in tier.notes], True
        )
    for tier in tiers:
        if tier is not shots and tier not in lines:
            name = _TRACKS.get(tier.plain, "tier_" + tier.plain.replace(" ", "_"))
            while name in found.tracks:
                name += "_2"
            found.tracks[name] = _spans(name, [(note, tier.participant) for note in tier.notes], False)
    return found


def _shots_tier(tiers: list[_Tier], wanted: str | None, path: Path) -> _Tier | None:
    if wanted is not None:
        for tier in tiers:
            if tier.name == wanted or tier.plain == " ".join(wanted.casefold().split()):
                return tier
        raise ShotListError(f"{path} has no tier {wanted!r}: it has {', '.join(tier.name for tier in tiers[:8])}")
    return next((tier for tier in tiers if _SHOTS.fullmatch(tier.plain)), None)


def _spans(name: str, notes: Iterable[tuple[_Note, str]], speakers: bool) -> Spans:
    ordered = sorted(notes, key=lambda pair: (pair[0].begin, pair[0].end))
    columns: dict[str, Column] = {"speaker": [who for _, who in ordered]} if speakers else {}
    return Spans(
        name,
        np.array([round(note.begin * 1000) for note, _ in ordered], dtype=np.int64),
        np.array([round(note.end * 1000) for note, _ in ordered], dtype=np.int64),
        [note.text for note, _ in ordered],
        MILLISECONDS,
        columns,
    )


def _tiers(root: ElementTree.Element) -> list[_Tier]:
    slots = _slots(root)
    times: dict[str, tuple[Fraction, Fraction]] = {}
    refers: dict[str, str] = {}
    for note in root.iter("ALIGNABLE_ANNOTATION"):
        begin, end = slots.get(note.get("TIME_SLOT_REF1", "")), slots.get(note.get("TIME_SLOT_REF2", ""))
        if begin is None or end is None:
            raise ShotListError(f"annotation {note.get('ANNOTATION_ID')} has no time")
        if end < begin:
            raise ShotListError(f"annotation {note.get('ANNOTATION_ID')} ends before it begins")
        times[note.get("ANNOTATION_ID", "")] = (begin, end)
    for note in root.iter("REF_ANNOTATION"):
        refers[note.get("ANNOTATION_ID", "")] = note.get("ANNOTATION_REF", "")

    def when(name: str) -> tuple[Fraction, Fraction] | None:
        seen: set[str] = set()
        while name in refers and name not in seen:
            seen.add(name)
            name = refers[name]
        return times.get(name)

    tiers = []
    for tier in root.iter("TIER"):
        notes = []
        for note in (child for holder in tier.iter("ANNOTATION") for child in holder):
            at = when(note.get("ANNOTATION_ID", ""))
            if at is not None:
                rows = (note.findtext("ANNOTATION_VALUE") or "").splitlines()
                text = "\n".join(" ".join(row.split()) for row in rows if row.strip())
                notes.append(_Note(*at, text))
        notes.sort(key=lambda n: (n.begin, n.end))
        tiers.append(_Tier(tier.get("TIER_ID", ""), tier.get("PARTICIPANT", ""), notes))
    return tiers


def _slots(root: ElementTree.Element) -> dict[str, Fraction]:
    """Time slots in seconds; those left open divide the time between their neighbours evenly."""
    header = root.find("HEADER")
    unit = _UNITS.get(header.get("TIME_UNITS", "milliseconds") if header is not None else "milliseconds")
    if unit is None:
        raise ShotListError("the document counts time in a unit that is not known here")
    slots = [(slot.get("TIME_SLOT_ID", ""), slot.get("TIME_VALUE")) for slot in root.iter("TIME_SLOT")]
    try:
        known = [(i, int(value)) for i, (_, value) in enumerate(slots) if value is not None]
    except ValueError as error:
        raise ShotListError("a time slot holds no whole number") from error
    if not known:
        return {}
    if min(value for _, value in known) < 0 or max(value for _, value in known) * unit > LONGEST:
        raise ShotListError("a time slot lies before 0 or beyond the end of any film")
    places, values = [i for i, _ in known], [value for _, value in known]
    out: dict[str, Fraction] = {}
    right = 0
    for i, (name, value) in enumerate(slots):
        while right < len(places) - 1 and places[right] < i:
            right += 1
        if value is not None:
            exact = Fraction(int(value))
        elif i < places[0] or i > places[-1]:
            exact = Fraction(values[0] if i < places[0] else values[-1])
        else:
            left = right - 1
            share = Fraction(i - places[left], places[right] - places[left])
            exact = values[left] + share * (values[right] - values[left])
        out[name] = exact * unit
    return out
