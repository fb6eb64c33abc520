"""SubRip (.srt), written by pysubs2: the lines of a film, with who speaks as ``NAME:`` where the film names one.

SubRip has no way to write an arrow, an empty line or its own tags as text: arrows become ``->``, empty lines go. A line
lasts at least a millisecond.

Contents
    lines_srt
"""

from __future__ import annotations

from rewatch.errors import ExportError
from rewatch.exports.study_view import Study, seconds_between, spans


def lines_srt(study: Study) -> str:
    """The lines of a film as SubRip. ExportError where it has none to write."""
    import pysubs2

    lines = spans(study, "lines")
    if lines is None:
        raise ExportError(f"{study.title}: no lines to write: the film has no subtitles")
    begin, end = seconds_between(study, lines)
    speakers = lines.columns.get("speaker", [""] * len(lines))
    file = pysubs2.SSAFile()
    for i, text in enumerate(lines.label):
        kept = (" ".join(row.split()) for row in text.replace("\0", "").replace("-->", "->").splitlines())
        words = "\n".join(row for row in kept if row)
        if not words:
            continue
        name = " ".join(str(speakers[i]).replace("\0", "").replace("-->", "->").split())
        first = max(round(float(begin[i]) * 1000), 0)
        last = max(round(float(end[i]) * 1000), first + 1)
        said = f"{name.upper()}: {words}" if name else words
        # The library's own line break is \N; what braces and backslashes a line has are the line's.
        file.append(pysubs2.SSAEvent(first, last, said.replace("\n", "\\N")))
    made: str = file.to_string("srt", keep_ssa_tags=True)
    return made
