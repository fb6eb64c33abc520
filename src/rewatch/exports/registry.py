"""All formats that a study can be written in, by name. A new one is a module with its writer, and one entry here.

>>> [name for name in EXPORTS if EXPORTS[name].start]
['edl', 'fcpxml', 'otio']
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rewatch.errors import ExportError
from rewatch.exports.study_view import Study
from rewatch.exports.whole import whole


@dataclass(frozen=True, slots=True)
class Export:
    """One format.

    name:   as typed after ``--to``
    about:  one line for people
    suffix: what its files end in, with the dot
    module, function: where its writer is: a function of a study that gives the file's content as str or bytes
    folder: name of a function of the same module that writes a whole folder, or ""
    start:  whether it counts timecode, and its function takes ``start``, that of the first frame
    played: whether it is heard, and its function takes ``told``, how (see `playing_told`)
    """

    name: str
    about: str
    suffix: str
    module: str
    function: str
    folder: str = ""
    start: bool = False
    played: bool = False

    def content(self, study: Study, **told: Any) -> bytes:
        """The file's bytes. ExportError where the film has nothing to put into this format."""
        made = getattr(importlib.import_module(self.module), self.function)(study, **told)
        return made.encode("utf-8") if isinstance(made, str) else bytes(made)

    @property
    def is_text(self) -> bool:
        return self.suffix not in (".png", ".pdf", ".mid", ".parquet")

    def text(self, study: Study, **told: Any) -> str:
        """The file as text. ExportError for formats that are none."""
        if not self.is_text:
            raise ExportError(f"{self.name} is no text: name a file to write it to (-o FILE{self.suffix})")
        return self.content(study, **told).decode("utf-8")

    def write(self, study: Study, path: Path, **told: Any) -> None:
        """Write the file, whole or not at all; into a folder that exists, all of what the format has for folders.

        ExportError where the film does not fit the format or the file cannot be written.
        """
        if path.is_dir() and self.folder:
            getattr(importlib.import_module(self.module), self.folder)(study, path)
            return
        content = self.content(study, **told)
        with whole(path) as part:
            part.write_bytes(content)


_HERE = "rewatch.exports"

EXPORTS: dict[str, Export] = {
    export.name: export
    for export in (
        Export("csv", "its shots, one a row; into a folder: every track", ".csv", f"{_HERE}.as_csv", "shots_csv",
               "write_folder"),
        Export("json", "all of it: facts, figures, tracks", ".json", f"{_HERE}.as_json", "study_json"),
        Export("vtt", "its lines as WebVTT subtitles, with who speaks", ".vtt", f"{_HERE}.as_vtt", "lines_vtt"),
        Export("vtt-shots", "its shots as WebVTT metadata cues", ".vtt", f"{_HERE}.as_vtt", "shots_vtt"),
        Export("midi", "its score to be heard: cuts, lines and pulse as notes", ".mid", f"{_HERE}.as_midi", "midi",
               played=True),
        Export("musicxml", "its cuts as a score for notation programs", ".musicxml", f"{_HERE}.as_musicxml",
               "musicxml", played=True),
        Export("srt", "its lines as SubRip subtitles", ".srt", f"{_HERE}.as_srt", "lines_srt"),
        Export("edl", "its shots as an edit decision list (CMX 3600)", ".edl", f"{_HERE}.as_edl", "edl", start=True),
        Export("fcpxml", "its shots for Final Cut Pro and Resolve", ".fcpxml", f"{_HERE}.as_fcpxml", "fcpxml",
               start=True),
        Export("otio", "its shots and lines as OpenTimelineIO", ".otio", f"{_HERE}.as_otio", "otio", start=True),
        Export("eaf", "its shots, scenes and lines for ELAN", ".eaf", f"{_HERE}.as_eaf", "eaf"),
        Export("cinemetrics", "its shots as Cinemetrics lists them", ".tsv", f"{_HERE}.as_cinemetrics",
               "cinemetrics"),
        Export("webannotation", "its shots, lines and notes as W3C Web Annotations", ".jsonld",
               f"{_HERE}.as_webannotation", "study_annotations"),
        Export("iiif", "it as a IIIF Presentation 3 manifest", ".json", f"{_HERE}.as_iiif", "iiif"),
        Export("matroska", "its chapters for mkvmerge", ".xml", f"{_HERE}.as_chapters", "matroska"),
        Export("ffmetadata", "its chapters for FFmpeg", ".ffmetadata", f"{_HERE}.as_chapters", "ffmetadata"),
        Export("podcast", "its chapters as podcast players take them", ".json", f"{_HERE}.as_chapters", "podcast"),
        Export("parquet", "its shots as Parquet; into a folder: every track", ".parquet", f"{_HERE}.as_parquet",
               "shots_parquet", "write_folder"),
        Export("svg", "its score sheet as SVG", ".svg", f"{_HERE}.sheet", "as_svg"),
        Export("pdf", "its score sheet as PDF", ".pdf", f"{_HERE}.sheet", "as_pdf"),
        Export("png", "its score sheet as PNG", ".png", f"{_HERE}.sheet", "as_png"),
    )
}  # fmt: skip
