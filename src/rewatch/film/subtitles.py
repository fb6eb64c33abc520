"""Subtitles: the words of a film with their times, from a file beside it or from within it.

Conventions
    Which are taken: the file that was named; else one beside the film, found as media players find it; else a text
    stream of the film, the default one first. Full subtitles before forced ones (a few foreign lines), plain ones
    before those for the hard of hearing; the film's own language first, then the user's, then English.
    Text is plain: no tags, lines broken by "\\n", dashes of dialogue left in. Who speaks is told by WebVTT voice tags,
    by the Name of ASS, or by a name in capitals with a colon ("ANNA: Come in."), which is then taken off the text.
    Times of files beside the film are taken as they are; those within count from the film's second 0.

Contents
    find_side_files, SideFile   subtitle files beside a film, best first
    read_lines                  the lines, and a word on where they came from
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import av.error
from av.stream import Discard

from rewatch.errors import SubtitleError
from rewatch.evidence import Line
from rewatch.facts import FilmFacts, WordsFacts
from rewatch.film.container import open_container, packets
from rewatch.film.encoding import decode_text
from rewatch.film.languages import language_of, preferred_languages

SUFFIXES = (".srt", ".vtt", ".ass", ".ssa")
FOLDERS = frozenset(("subs", "sub", "subtitles"))
FILM_SUFFIXES = frozenset((".mkv", ".mp4", ".m4v", ".mov", ".avi", ".webm", ".ts", ".m2ts", ".mpg", ".mpeg", ".wmv"))
LONGEST = 20 << 20
"""Bytes; subtitles of a film are a tenth of a megabyte."""
OPEN_END = 5000
"""Milliseconds that a line lasts at most that does not say when it ends."""


@dataclass(frozen=True, slots=True)
class SideFile:
    """A subtitle file beside a film, as its name describes it: language ISO 639-1, "" where it does not say."""

    path: Path
    language: str
    forced: bool
    hearing: bool


def find_side_files(path: str | os.PathLike[str], sound_language: str = "") -> list[SideFile]:
    """Subtitle files that belong to a film: ``film.srt``, ``film.en.forced.vtt``, ..., also in a folder ``Subs``.

    sound_language: that of the film's sound (any code or name of it), to be preferred
    Best first; the order depends on the names and the user's locale alone.
    """
    film = Path(path)
    found = [side for file in _files(film.parent) if (side := _described(file, film)) is not None]
    for folder in _folders(film.parent):
        inside = [*_files(folder), *(file for sub in _folders(folder, film.stem) for file in _files(sub))]
        alone = folder.parent == film.parent and _only_film(film)
        for file in inside:
            side = _described(file, film)
            if side is None and (alone or file.parent.name.lower() == film.stem.lower()):
                side = _side(file, re.split(r"[._\-\s]+", file.stem))
            if side is not None:
                found.append(side)
    wanted = preferred_languages(sound_language)

    def rank(side: SideFile) -> tuple[Any, ...]:
        if side.language in wanted:
            language = 2 * wanted.index(side.language)
        else:
            # A file without a language is the film's plain subtitle: only the film's own language comes before it.
            language = 1 if not side.language else 2 * len(wanted)
        kind = SUFFIXES.index(side.path.suffix.lower())
        return side.forced, language, side.hearing, side.language, kind, str(side.path)

    return sorted(found, key=rank)


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(file for file in folder.iterdir() if file.suffix.lower() in SUFFIXES and file.is_file())
    except OSError:
        return []


def _folders(folder: Path, name: str = "") -> list[Path]:
    names = {name.lower()} if name else FOLDERS
    try:
        return sorted(file for file in folder.iterdir() if file.name.lower() in names and file.is_dir())
    except OSError:
        return []


def _only_film(film: Path) -> bool:
    films = [file for file in film.parent.iterdir() if file.suffix.lower() in FILM_SUFFIXES]
    return films == [film] or not films


def _described(file: Path, film: Path) -> SideFile | None:
    """A file named after the film; None where it is not."""
    name, stem = file.stem.lower(), film.stem.lower()
    if name == stem:
        return _side(file, [])
    if name.startswith(stem) and name[len(stem)] in "._-":
        return _side(file, re.split(r"[._\-\s]+", file.stem[len(stem) + 1 :]))
    return None


def _side(file: Path, words: list[str]) -> SideFile:
    lower = [word.lower() for word in words]
    language = next((code for word in lower if (code := language_of(word))), "")
    return SideFile(file, language, "forced" in lower, bool({"sdh", "cc", "hi"} & set(lower[-2:])) and language != "hi")


def read_lines(film: FilmFacts, subtitles: Path | None = None) -> tuple[list[Line], str]:
    """The film's lines in order of time, and where they came from, in words ("" : there are none).

    subtitles: the file to take; SubtitleError where it cannot be read or holds none
    A file beside the film that cannot be read is passed over, and named in the words.
    """
    if subtitles is not None:
        return _from_file(Path(subtitles), film), f"the file {Path(subtitles).name}"
    passed: list[str] = []
    language = film.sound.language if film.sound else ""
    for side in find_side_files(film.path, language):
        if side.forced:
            continue
        try:
            return _from_file(side.path, film, side.language), "; ".join([f"the file {side.path.name}", *passed])
        except SubtitleError as error:
            passed.append(f"passed over: {error}")
    streams = _text_streams(film, language)
    for stream in streams:
        lines = _from_stream(film, stream)
        if lines:
            said = f", {stream.language}" if stream.language else ""
            return lines, "; ".join([f"stream {stream.stream} of the film ({stream.codec}{said})", *passed])
    return [], "; ".join(passed)


def _text_streams(film: FilmFacts, sound_language: str) -> list[WordsFacts]:
    wanted = preferred_languages(sound_language)

    def rank(stream: WordsFacts) -> tuple[bool, int, int]:
        code = language_of(stream.language)
        return not stream.default, wanted.index(code) if code in wanted else len(wanted), stream.stream

    return sorted((stream for stream in film.words if stream.text and not stream.forced), key=rank)


def _from_file(path: Path, film: FilmFacts, language: str = "") -> list[Line]:
    import pysubs2

    try:
        if path.stat().st_size > LONGEST:
            raise SubtitleError(f"{path}: too large for subtitles")
        data = path.read_bytes()
    except OSError as error:
        raise SubtitleError(f"{path}: cannot be read: {error.strerror or error}") from None
    text = decode_text(data, language or _language_in(path, film))
    if text is None:
        raise SubtitleError(f"{path}: in which encoding it is written cannot be told; save it as UTF-8")
    vtt = text.lstrip("\ufeff \n").startswith("WEBVTT")
    # pysubs2 takes a number at the end of a text for that of the next subtitle. Give it one to take.
    # In WebVTT a text ends at the first empty line; the mark at its begin tells which line that is.
    if vtt:
        text = _CUE.sub(rf"\n0\n\1\n{_BEGIN}", text)
    if "-->" in text:
        text += "\n\n0\n"
    try:
        # HTML tags are kept here, and taken off below, because pysubs2 would drop the voices of WebVTT.
        rate = float(film.picture.rate) if film.picture else None
        parsed = pysubs2.SSAFile.from_string(text, fps=rate, keep_html_tags=True)
    except pysubs2.exceptions.FormatAutodetectionError:
        raise SubtitleError(f"{path}: no subtitles: it reads as none of .srt, .vtt, .ass") from None
    except (pysubs2.exceptions.Pysubs2Error, ValueError, KeyError, IndexError) as error:
        raise SubtitleError(f"{path}: no subtitles that can be read ({type(error).__name__})") from None
    lines: list[Line] = []
    for event in parsed:
        if event.is_text:
            said = event.text
            if vtt:
                said = unescape(re.split(r"\\N\s*\\N", said)[0].removeprefix(_BEGIN))
            lines += _lines(int(event.start), int(event.end), said, event.name)
    if not lines:
        raise SubtitleError(f"{path}: there are no subtitles in it")
    return _in_order(lines)


def _language_in(path: Path, film: FilmFacts) -> str:
    side = _described(path, Path(film.path)) or _side(path, re.split(r"[._\-\s]+", path.stem)[1:])
    return side.language


def _from_stream(film: FilmFacts, facts: WordsFacts) -> list[Line]:
    lines: list[Line] = []
    open_ended: list[int] = []
    with open_container(film.path) as container:
        stream: Any = container.streams[facts.stream]
        for other in container.streams:
            if other.index != facts.stream:
                other.discard = Discard.all
        for packet in packets(container, stream):
            if packet.pts is None:
                continue
            begin = round((packet.pts * packet.time_base - film.zero) * 1000)
            length = round((packet.duration or 0) * packet.time_base * 1000)
            for text, name in _texts(stream, packet, facts.codec):
                if length <= 0:
                    open_ended.append(len(lines))
                lines += _lines(begin, begin + max(0, length), text, name)
    for index in open_ended:
        if index < len(lines):
            line = lines[index]
            later = (other.begin for other in lines[index + 1 :] if other.begin > line.begin)
            end = min(next(later, line.begin + OPEN_END), line.begin + OPEN_END)
            lines[index] = Line(line.begin, end, line.text, line.speaker)
    return _in_order(lines)


def _texts(stream: Any, packet: Any, codec: str) -> Iterator[tuple[str, str]]:
    """The texts of a packet, each with the name that it carries."""
    if codec in ("webvtt", "subrip", "srt"):
        # As they are written: libav would turn them into ASS and lose the voices on the way.
        text = bytes(packet).decode("utf-8", "replace")
        yield (unescape(text) if codec == "webvtt" else text), ""
        return
    try:
        shown = stream.codec_context.decode2(packet)
    except (av.error.FFmpegError, ValueError):
        return
    for rect in shown or ():
        if rect.type not in (b"ass", b"text"):
            continue
        fields = rect.ass.decode("utf-8", "replace").split(",", 8)
        if len(fields) == 9:
            yield fields[8], fields[3].strip()
        elif rect.text:
            yield rect.text.decode("utf-8", "replace"), ""


_CUE = re.compile(r"^((?:\d+:)?\d\d:\d\d\.\d{2,3}\s+-->.*)$", re.MULTILINE)
_BEGIN = "\x01"
_OVERRIDE = re.compile(r"\{[^{}]*\}")
_DRAWING = re.compile(r"\{[^{}]*\\p[1-9][^{}]*\}")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<\d[\d:.]*>")
_CAPITALS = re.compile(r"(?:[-–—]\s*)?([^\W\d_][\w .'’#&/-]{1,30}?)\s*:(?=\s)")


def _lines(begin: int, end: int, text: str, name: str = "") -> list[Line]:
    """One subtitle as plain lines, one for each voice that is named in it."""
    if _DRAWING.search(text):
        return []
    text = _OVERRIDE.sub("", text).replace(r"\N", "\n").replace(r"\n", "\n").replace(r"\h", " ")
    parts = _VOICE.split(text)  # text, voice, text, voice, text ...
    voiced = [("", parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]
    found: list[Line] = []
    for voice, said in voiced:
        for speaker, words in _by_name(_plain(said)):
            if words:
                found.append(Line(begin, max(begin, end), words, (voice or speaker or name).strip()))
    return found


def _plain(text: str) -> str:
    rows = (" ".join(row.split()) for row in _TAG.sub("", text).split("\n"))
    return "\n".join(row for row in rows if row)


def _by_name(text: str) -> Iterator[tuple[str, str]]:
    """A text parted where rows begin with a name in capitals and a colon."""
    speaker, rows = "", list[str]()
    for row in text.split("\n"):
        found = _CAPITALS.match(row + "\n")
        if found and found[1].isupper():
            if rows:
                yield speaker, "\n".join(rows)
            rest = row[found.end() :].strip()
            speaker, rows = found[1], [rest] if rest else []
        else:
            rows.append(row)
    if rows:
        yield speaker, "\n".join(rows)


def _in_order(lines: Iterable[Line]) -> list[Line]:
    """By time; what is set twice (layers of ASS) once."""
    return list(dict.fromkeys(sorted(lines, key=lambda line: (line.begin, line.end))))
