"""A folder a minute, for those who talk about a film minute by minute.

    DIR/index.html               all minutes, with what stands out in each
    DIR/minute-043/minute.html   the dossier: stills, lines, figures, what stands out, notes; prints well
                   minute.md     the same to paste
                   contact.jpg   a still a shot
                   lines.vtt     what is said, from the minute's own 0:00
                   chapters.json, chapters.ffmetadata   a chapter a shot, from the minute's own 0:00

Every file is whole or not there. Lines, titles and notes come from strangers: they are text in the pages, whatever they
hold; the pages run no script and load nothing from elsewhere.

Contents
    write_minutes
    dossier_html, dossier_markdown, minute_marks, minute_vtt
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from pathlib import Path

from rewatch.clock import lasting, timecode
from rewatch.errors import ExportError, NotMeasured
from rewatch.exports.as_chapters import Mark, ffmetadata_text, podcast_json
from rewatch.exports.as_vtt import document, escaped
from rewatch.exports.contact import draw_contact_sheet
from rewatch.exports.markup import html_text
from rewatch.exports.study_view import begins_by
from rewatch.exports.whole import whole
from rewatch.library.edition import Edition
from rewatch.library.notebook import Notebook
from rewatch.library.notes import Note, notes_of
from rewatch.study.minute import Minute, minute, minutes_in

_STYLE = """
body { font: 16px/1.5 Georgia, serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; } td, th { padding: .15rem .8rem .15rem 0; text-align: left; vertical-align: top; }
td.n { text-align: right; font-variant-numeric: tabular-nums; } img { max-width: 100%; }
.note { white-space: pre-wrap; border-left: 3px solid #999; padding-left: .8rem; } nav a { margin-right: 1rem; }
@media (prefers-color-scheme: dark) { body { background: #161616; color: #ddd; } a { color: #9cf; } }
@media print { nav { display: none; } h2 { break-after: avoid; } tr, .note { break-inside: avoid; } }
"""

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~])")


@dataclass(frozen=True, slots=True)
class _Dossier:
    film: str
    number: int
    of: int
    provisional: str
    minute: Minute
    notes: list[Note]
    stills: tuple[str, ...]


def write_minutes(edition: Edition, folder: Path) -> int:
    """Write all minutes of a film; how many. ExportError where there are none, or the folder cannot be written."""
    count = _count(edition)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(f"{folder} could not be made: {(error.strerror or str(error)).lower()}") from error
    notes = notes_of(Notebook(edition.folder.parent.parent), edition.id)
    width = max(len(str(count)), 3)
    rows = []
    for number in range(1, count + 1):
        found = minute(edition, number)
        here = [n for n in notes if n.begin < found.end and (n.begin if n.end is None else n.end) >= found.begin]
        place = folder / f"minute-{number:0{width}d}"
        try:
            place.mkdir(exist_ok=True)
        except OSError as error:
            raise ExportError(f"{place} could not be made: {(error.strerror or str(error)).lower()}") from error
        stills: tuple[str, ...] = ()
        # A film without a picture has no stills; its minutes have lines and figures all the same.
        with contextlib.suppress(NotMeasured):
            if found.shots:
                pages = draw_contact_sheet(edition, place / "contact.jpg", found.begin, found.end)
                stills = tuple(page.name for page in pages)
        dossier = _Dossier(edition.name, number, count, edition.provisional, found, here, stills)
        _write(place / "minute.html", dossier_html(dossier, width))
        _write(place / "minute.md", dossier_markdown(dossier))
        _write(place / "lines.vtt", minute_vtt(edition.name, found))
        marks = minute_marks(found)
        name = f"{edition.name}, minute {number}"
        _write(place / "chapters.json", podcast_json(marks, name))
        _write(place / "chapters.ffmetadata", ffmetadata_text(marks, name))
        rows.append((place.name, number, "; ".join(found.stands_out)))
    _write(folder / "index.html", _index(edition.name, rows))
    return count


def _count(edition: Edition) -> int:
    if edition.duration > 0:
        return minutes_in(edition)
    raise ExportError(f"{edition.title}: no minutes to write: it has no length")


def _write(path: Path, text: str) -> None:
    with whole(path) as part:
        part.write_text(text, "utf-8", newline="\n")


def _page(title: str, body: str) -> str:
    policy = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html_text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def dossier_html(dossier: _Dossier, width: int = 3) -> str:
    """The minute as a page that stands alone beside its contact sheet."""
    found = dossier.minute
    title = f"{dossier.film}, minute {dossier.number}"
    parts = ["<nav>"]
    for number, word in ((dossier.number - 1, "Previous"), (dossier.number + 1, "Next")):
        if 1 <= number <= dossier.of:
            parts.append(f'<a href="../minute-{number:0{width}d}/minute.html">{word}</a>')
    parts.append('<a href="../index.html">All minutes</a></nav>')
    parts.append(f"<h1>{html_text(title)}</h1>\n<p>{timecode(found.begin)} to {timecode(found.end)}</p>")
    if dossier.provisional:
        parts.append(f"<p>Provisional: {html_text(dossier.provisional)}.</p>")
    if found.stands_out:
        items = "".join(f"<li>{html_text(line)}</li>" for line in found.stands_out)
        parts.append(f"<h2>What stands out</h2>\n<ul>{items}</ul>")
    for name in dossier.stills:
        parts.append(f'<img src="{html_text(name)}" alt="A still of each shot of minute {dossier.number}">')
    if found.lines:
        rows = "".join(
            f'<tr><td class="n">{timecode(line.begin)}</td><td>{html_text(line.speaker)}</td>'
            f"<td>{html_text(line.text)}</td></tr>"
            for line in found.lines
        )
        parts.append(f"<h2>Lines</h2>\n<table>{rows}</table>")
    if found.shots:
        rows = "".join(
            f'<tr><td class="n">{s.index}</td><td class="n">{timecode(s.begin, 1)}</td>'
            f'<td class="n">{lasting(s.end - s.begin)}</td>'
            f"<td>{html_text(begins_by(s.transition, s.by_hand))}</td></tr>"
            for s in found.shots
        )
        head = "<tr><th>shot</th><th>at</th><th>length</th><th>begins by</th></tr>"
        parts.append(f"<h2>Shots</h2>\n<table>{head}{rows}</table>")
    if found.figures:
        rows = "".join(
            f'<tr><td>{html_text(name)}</td><td class="n">{f.value:.3g} {html_text(f.unit)}</td>'
            f'<td class="n">{f.rank} of {f.of}</td></tr>'
            for name, f in found.figures.items()
        )
        head = "<tr><th>figure</th><th>value</th><th>rank</th></tr>"
        parts.append(f"<h2>Figures</h2>\n<table>{head}{rows}</table>")
    if dossier.notes:
        said = "".join(
            f'<div class="note"><b>{timecode(n.begin, 1)}</b> {html_text(n.text)}</div>\n' for n in dossier.notes
        )
        parts.append(f"<h2>Notes</h2>\n{said}")
    return _page(title, "\n".join(parts))


def _index(film: str, rows: list[tuple[str, int, str]]) -> str:
    items = "".join(
        f'<tr><td class="n"><a href="{place}/minute.html">{number}</a></td><td>{html_text(said)}</td></tr>'
        for place, number, said in rows
    )
    return _page(f"{film}, minute by minute", f"<h1>{html_text(film)}, minute by minute</h1>\n<table>{items}</table>")


def marked(text: str) -> str:
    r"""Text as it can stand in Markdown without becoming markup, on one line.

    >>> print(marked("*no* <b>[x](y)"))
    \*no\* \<b\>\[x\](y)
    """
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def dossier_markdown(dossier: _Dossier) -> str:
    """The minute as Markdown to paste. Notes stand as they were written: they are Markdown."""
    found = dossier.minute
    parts = [f"# {marked(dossier.film)}, minute {dossier.number}", f"{timecode(found.begin)} to {timecode(found.end)}"]
    if dossier.provisional:
        parts.append(f"Provisional: {marked(dossier.provisional)}.")
    if found.stands_out:
        parts.append("## What stands out\n\n" + "\n".join(f"- {marked(line)}" for line in found.stands_out))
    for name in dossier.stills:
        parts.append(f"![A still of each shot of minute {dossier.number}]({name})")
    if found.lines:
        rows = [
            f"- {timecode(line.begin)} " + (f"**{marked(line.speaker)}** " if line.speaker else "") + marked(line.text)
            for line in found.lines
        ]
        parts.append("## Lines\n\n" + "\n".join(rows))
    if found.shots:
        table = ["| shot | at | length | begins by |", "|---:|---:|---:|---|"]
        table += [
            f"| {s.index} | {timecode(s.begin, 1)} | {lasting(s.end - s.begin)} "
            f"| {begins_by(s.transition, s.by_hand)} |"
            for s in found.shots
        ]
        parts.append("## Shots\n\n" + "\n".join(table))
    if found.figures:
        table = ["| figure | value | rank |", "|---|---:|---:|"]
        table += [f"| {n} | {f.value:.3g} {f.unit} | {f.rank} of {f.of} |" for n, f in found.figures.items()]
        parts.append("## Figures\n\n" + "\n".join(table))
    if dossier.notes:
        parts.append("## Notes\n\n" + "\n\n".join(f"**{timecode(n.begin, 1)}**\n\n{n.text}" for n in dossier.notes))
    return "\n\n".join(parts) + "\n"


def minute_marks(found: Minute) -> list[Mark]:
    """A chapter a shot, from the minute's own 0:00."""
    length = found.end - found.begin
    marks = []
    for shot in found.shots:
        begin, end = max(shot.begin - found.begin, 0.0), min(shot.end - found.begin, length)
        if end > begin:
            marks.append(Mark(begin, end, f"Shot {shot.index}"))
    return marks or [Mark(0.0, length, f"Minute {found.number}")]


def minute_vtt(film: str, found: Minute) -> str:
    """What is said in a minute, from its own 0:00, as WebVTT."""
    cues = []
    for i, line in enumerate(found.lines, 1):
        payload = escaped(line.text)
        if payload:
            speaker = " ".join(escaped(line.speaker).split())
            begin, end = max(line.begin - found.begin, 0.0), min(line.end, found.end) - found.begin
            cues.append((str(i), begin, end, f"<v {speaker}>{payload}" if speaker else payload))
    return document(f"{film}, minute {found.number}", cues)
