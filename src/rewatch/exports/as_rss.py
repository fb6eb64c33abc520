"""A podcast's feed (RSS 2.0 with the podcast namespace) out of a folder of episode audio, an episode a minute.

Episodes are the audio files of the folder whose names hold a number: the last one is the minute (``heat-043.mp3``).
The feed is written beside them as ``feed.xml``, chapters as ``NAME.chapters.json``:

    chapters     NAME.chapters.json that somebody else wrote, else the chapters in the audio file; where the episode
                 is the minute itself (as long as it, within two seconds), the minute's shots; else it has none
    transcript   NAME.vtt, .srt, .json or .html beside the audio; where the episode is the minute itself, its lines

What an episode says about the minute cannot be known here: no transcript is made up for it.

Sources: RSS 2.0 (RSS Advisory Board); Podcast namespace 1.0 (podcastindex.org); Apple, "A Podcaster's Guide to RSS".

Contents
    write_feed
"""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree as Tree

from rewatch.clock import timecode
from rewatch.errors import ExportError, NotMeasured
from rewatch.exports.as_chapters import Mark, podcast_json
from rewatch.exports.markup import xml_text
from rewatch.exports.whole import whole
from rewatch.library.edition import Edition
from rewatch.study.minute import Minute, minute

AUDIO = {".mp3": "audio/mpeg", ".m4a": "audio/x-m4a", ".aac": "audio/aac", ".ogg": "audio/ogg", ".opus": "audio/ogg",
         ".flac": "audio/flac", ".wav": "audio/wav"}  # fmt: skip
TRANSCRIPTS = {".vtt": "text/vtt", ".srt": "application/x-subrip", ".json": "application/json", ".html": "text/html"}

_ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
_PODCAST = "https://podcastindex.org/namespace/1.0"
_ATOM = "http://www.w3.org/2005/Atom"
_FEEDS = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""The namespace in which the podcast namespace has feeds' names made (its specification of podcast:guid)."""

_OURS = "made by rewatch"
_SAME = 2.0


@dataclass(frozen=True, slots=True)
class _Episode:
    path: Path
    number: int
    duration: float
    chapters: list[Mark]


def write_feed(edition: Edition, folder: Path, url: str) -> Path:
    """Write the feed of a folder; gives its path.

    url: where the folder will be found on the web: https://example.org/heat/
    ExportError where the folder holds no episode, or the address is none.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ExportError(f"{url!r} is no address to find the episodes at: write it as https://example.org/heat/")
    base = url if url.endswith("/") else url + "/"
    episodes = _episodes(edition, folder)
    for prefix, name in (("itunes", _ITUNES), ("podcast", _PODCAST), ("atom", _ATOM)):
        Tree.register_namespace(prefix, name)
    root = Tree.Element("rss", version="2.0")
    channel = Tree.SubElement(root, "channel")
    title = xml_text(f"{edition.name}, minute by minute")
    _put(channel, "title", title)
    _put(channel, "link", base)
    count = "1 episode" if len(episodes) == 1 else f"{len(episodes)} episodes, each"
    _put(channel, "description", f"{title}: {count} on one minute of the film.")
    _put(channel, "language", "en")
    _put(channel, "generator", "rewatch")
    Tree.SubElement(channel, f"{{{_ATOM}}}link", href=base + "feed.xml", rel="self", type="application/rss+xml")
    _put(channel, f"{{{_PODCAST}}}guid", str(uuid.uuid5(_FEEDS, (parts.netloc + parts.path).rstrip("/") + "/feed.xml")))
    _put(channel, f"{{{_PODCAST}}}medium", "podcast")
    _put(channel, f"{{{_ITUNES}}}type", "serial")
    _put(channel, f"{{{_ITUNES}}}explicit", "false")
    category = Tree.SubElement(channel, f"{{{_ITUNES}}}category", text="TV & Film")
    Tree.SubElement(category, f"{{{_ITUNES}}}category", text="Film Reviews")
    for episode in episodes:
        _item(channel, edition, episode, base)
    Tree.indent(root, " ")
    target = folder / "feed.xml"
    with whole(target) as part:
        Tree.ElementTree(root).write(part, encoding="UTF-8", xml_declaration=True)
    return target


def _put(parent: Tree.Element, name: str, text: str) -> Tree.Element:
    made = Tree.SubElement(parent, name)
    made.text = xml_text(text)
    return made


def _item(channel: Tree.Element, edition: Edition, episode: _Episode, base: str) -> None:
    path = episode.path
    status = path.stat()
    found = minute(edition, episode.number)
    item = Tree.SubElement(channel, "item")
    _put(item, "title", f"Minute {episode.number} of {edition.name}")
    said = "; ".join(found.stands_out)
    about = f"{timecode(found.begin)} to {timecode(found.end)}" + (f": {said}." if said else ".")
    _put(item, "description", about)
    guid = _put(item, "guid", f"urn:uuid:{uuid.uuid5(_FEEDS, f'{edition.id} {episode.number} {path.name}')}")
    guid.set("isPermaLink", "false")
    _put(item, "pubDate", format_datetime(datetime.fromtimestamp(int(status.st_mtime), UTC)))
    kind = AUDIO[path.suffix.lower()]
    Tree.SubElement(item, "enclosure", url=base + quote(path.name), length=str(status.st_size), type=kind)
    _put(item, f"{{{_ITUNES}}}duration", str(round(episode.duration)))
    _put(item, f"{{{_ITUNES}}}episode", str(episode.number))
    _put(item, f"{{{_ITUNES}}}episodeType", "full")
    _put(item, f"{{{_PODCAST}}}episode", str(episode.number))
    same = abs(episode.duration - (found.end - found.begin)) <= _SAME
    chapters = _chapters(episode, found if same else None, edition.name)
    if chapters is not None:
        kind = "application/json+chapters"
        Tree.SubElement(item, f"{{{_PODCAST}}}chapters", url=base + quote(chapters.name), type=kind)
    for suffix, kind in TRANSCRIPTS.items():
        beside = path.with_suffix(suffix)
        if suffix == ".vtt" and same and not beside.exists() and found.lines:
            from rewatch.exports.as_minutes import minute_vtt

            with whole(beside) as part:
                part.write_text(minute_vtt(edition.name, found), "utf-8")
        if beside.is_file():
            Tree.SubElement(item, f"{{{_PODCAST}}}transcript", url=base + quote(beside.name), type=kind)


def _chapters(episode: _Episode, same: Minute | None, film: str) -> Path | None:
    target = episode.path.with_name(episode.path.stem + ".chapters.json")
    if target.exists() and not _is_ours(target):
        return target
    marks = episode.chapters
    if not marks and same is not None:
        from rewatch.exports.as_minutes import minute_marks

        marks = minute_marks(same)
    if not marks:
        return None
    plain = json.loads(podcast_json(marks, f"{film}, minute {episode.number}"))
    with whole(target) as part:
        part.write_text(json.dumps({**plain, "description": _OURS}, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return target


def _is_ours(path: Path) -> bool:
    try:
        plain = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(plain, dict) and plain.get("description") == _OURS


def _episodes(edition: Edition, folder: Path) -> list[_Episode]:
    if not folder.is_dir():
        raise ExportError(f"{folder} is no folder: --to rss -o DIR names the folder of the episodes' audio")
    found: dict[int, _Episode] = {}
    for path in sorted(folder.iterdir()):
        numbers = re.findall(r"\d+", path.stem)
        if path.suffix.lower() not in AUDIO or not path.is_file() or not numbers or len(numbers[-1]) > 6:
            continue
        number = int(numbers[-1])
        try:
            minute(edition, number)
        except NotMeasured as error:
            raise ExportError(f"{path.name}: {error}") from error
        if number in found:
            raise ExportError(f"{path.name} and {found[number].path.name} are both about minute {number}")
        found[number] = _Episode(path, number, *_heard(path))
    if not found:
        raise ExportError(f"{folder} holds no episode: audio files with the minute's number in their names")
    return [found[number] for number in sorted(found)]


def _heard(path: Path) -> tuple[float, list[Mark]]:
    """Seconds of an audio file, and its chapters."""
    import av

    try:
        with av.open(str(path)) as audio:
            length = float(audio.duration or 0) / av.time_base
            marks = [
                Mark(float(c["start"] * (c["time_base"] or 0)), float(c["end"] * (c["time_base"] or 0)),
                     str(c["metadata"].get("title", "")) or f"Chapter {i}")
                for i, c in enumerate(audio.chapters(), 1)
            ]  # fmt: skip
    except (av.error.FFmpegError, OSError) as error:
        raise ExportError(f"{path.name} cannot be read as audio: {error.strerror or error}") from error
    return length, marks
