"""ELAN (.eaf), written by pympi: shots, scenes, lines by speaker, as tiers of annotations in milliseconds.

What ELAN cannot hold on one tier, annotations that overlap, goes to a further one of the same name. Times are whole
milliseconds, as ELAN's are: nearer than half a frame at any rate below 1000.

Contents
    eaf
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from rewatch.errors import ExportError
from rewatch.exports.markup import xml_text
from rewatch.exports.study_view import Study, begins_by, by_hand, seconds_between, spans

_TIERS = {"shots": "shots", "scenes": "scenes", "movements": "movements"}


def eaf(study: Study) -> bytes:
    """The film's tiers. ExportError for a film that has neither shots nor lines."""
    from pympi.Elan import Eaf

    document = Eaf(author="rewatch")
    # The moment of writing is no part of a study: the same study is the same file.
    document.adocument["DATE"] = "2000-01-01T00:00:00+00:00"
    document.remove_tier("default")
    if not study.facts.listed:
        path = Path(study.facts.path)
        mime = {"mp4": "video/mp4", "mpg": "video/mpeg", "mov": "video/quicktime"}
        document.add_linked_file(
            path.as_uri() if path.is_absolute() else path.name,
            relpath=f"./{path.name}",
            mimetype=mime.get(path.suffix.lower().lstrip("."), "video/*"),
        )
    made = 0
    for name, tier in _TIERS.items():
        track = spans(study, name)
        if track is not None and len(track):
            begin, end = seconds_between(study, track)
            texts = list(track.label)
            if name == "shots":
                texts = [begins_by(kind, said) for kind, said in zip(track.label, by_hand(track), strict=True)]
            made += _tier(document, tier, "", zip(begin.tolist(), end.tolist(), texts, strict=True))
    lines = spans(study, "lines")
    if lines is not None and len(lines):
        begin, end = seconds_between(study, lines)
        speakers = [str(s) for s in lines.columns.get("speaker", [""] * len(lines))]
        for speaker in dict.fromkeys(speakers):
            said = [
                (float(begin[i]), float(end[i]), str(lines.label[i])) for i, s in enumerate(speakers) if s == speaker
            ]
            name = " ".join(("lines", xml_text(speaker).strip())).strip()
            made += _tier(document, name, xml_text(speaker), said)
    if not made:
        raise ExportError(f"{study.title}: nothing to annotate: it has neither shots nor lines")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.eaf"
        document.to_file(str(path))
        return path.read_bytes()


def _tier(document: object, name: str, participant: str, spans: Iterable[tuple[float, float, str]]) -> int:
    """Add annotations, to as many tiers as they overlap; how many there were."""
    ends: list[int] = []
    count = 0
    for begin, end, text in spans:
        first = max(round(begin * 1000), 0)
        last = max(round(end * 1000), first + 1)
        free = next((i for i, until in enumerate(ends) if until <= first), len(ends))
        tier = name if not free else f"{name} ({free + 1})"
        if free == len(ends):
            ends.append(0)
            while tier in document.tiers:  # type: ignore[attr-defined]
                tier += "'"
            document.add_tier(tier, part=participant or None)  # type: ignore[attr-defined]
        ends[free] = last
        document.add_annotation(tier, first, last, xml_text(text))  # type: ignore[attr-defined]
        count += 1
    return count
