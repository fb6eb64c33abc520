"""A folder a minute, and the feed of a podcast: read by other programs, safe whatever the lines hold."""

from __future__ import annotations

import itertools
import json
import wave
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import feedparser
import numpy as np
import pysubs2
import pytest
from markdown_it import MarkdownIt

from rewatch.clock import MILLISECONDS
from rewatch.errors import ExportError
from rewatch.exports.as_minutes import write_minutes
from rewatch.exports.as_rss import write_feed
from rewatch.library.edition import Edition
from rewatch.library.library import Library
from rewatch.study.notes import Notes
from rewatch.track import Spans

HOSTILE = [
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "**b** | c",
    "a --> b",
    "# head",
    "\"'><img src=x>",
    "plain",
]


@pytest.fixture
def edition(library: Library, fakes: Any, enter: Any) -> Edition:
    study = fakes.film(150, title="T <b>&", year=None)
    at = np.arange(len(HOSTILE), dtype=np.int64) * 9000 + 3000
    lines = Spans("lines", at, at + 2000, HOSTILE, MILLISECONDS, {"speaker": ["<i>"] * len(HOSTILE)})
    made = enter(library, study, "ab" * 16, lines=lines)
    Notes(library).add(made, 5.0, "<script>note</script>")
    return made  # type: ignore[no-any-return]


class Tags(HTMLParser):
    """What a browser would find."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]
        for name, value in attrs:
            if name in ("src", "href"):
                assert value is not None
                assert ":" not in value

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_folder_a_minute(edition: Edition, tmp_path: Path) -> None:
    assert write_minutes(edition, tmp_path / "out") == 3
    folders = sorted(p.name for p in (tmp_path / "out").iterdir())
    assert folders == ["index.html", "minute-001", "minute-002", "minute-003"]
    first = tmp_path / "out" / "minute-001"
    assert {p.name for p in first.iterdir()} >= {
        "minute.html", "minute.md", "contact.jpg", "lines.vtt", "chapters.json", "chapters.ffmetadata"
    }  # fmt: skip
    for page in (tmp_path / "out").rglob("*.html"):
        found = Tags()
        found.feed(page.read_text("utf-8"))
        assert not {"script", "i", "iframe"} & set(found.tags)
        if page.parent == first:
            assert all(text in found.text for text in HOSTILE[:6])
            assert "<script>note</script>" in found.text
            assert found.tags.count("img") == 1
    chapters = json.loads((first / "chapters.json").read_text("utf-8"))["chapters"]
    assert chapters[0]["startTime"] == 0
    assert all(a["endTime"] == pytest.approx(b["startTime"], abs=0.002) for a, b in itertools.pairwise(chapters))
    assert chapters[-1]["endTime"] == 60
    cues = pysubs2.load(str(tmp_path / "out" / "minute-002" / "lines.vtt"))
    assert [c.start for c in cues] == []
    cues = pysubs2.load(str(first / "lines.vtt"))
    assert [c.start for c in cues] == [3000 + 9000 * i for i in range(7)]


def test_lines_are_no_markdown(edition: Edition, tmp_path: Path) -> None:
    write_minutes(edition, tmp_path)
    text = (tmp_path / "minute-001" / "minute.md").read_text("utf-8")
    lines = text.split("## Lines")[1].split("\n## ")[0]
    tokens = [t for block in MarkdownIt("commonmark").parse(lines) for t in (block.children or [block])]
    kinds = {t.type for t in tokens}
    assert not kinds & {"html_inline", "html_block", "link_open", "em_open", "heading_open", "image"}
    plain = "".join(t.content for t in tokens if t.type in ("text", "text_special"))
    assert all(text in plain for text in HOSTILE)


def test_films_without_picture_or_length(library: Library, fakes: Any, enter: Any, tmp_path: Path) -> None:
    from rewatch.imports.film import read_film
    from rewatch.watch.imported import enter_film

    (tmp_path / "two.srt").write_text("1\n00:00:01,000 --> 00:01:02,000\nWell\n")
    heard = enter_film(read_film(tmp_path / "two.srt", "srt", title="Two"), library).edition
    assert write_minutes(heard, tmp_path / "out") == 2
    assert not list((tmp_path / "out").rglob("*.jpg"))
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match="could not be made"):
        write_minutes(heard, tmp_path / "file" / "out")


def talk(path: Path, seconds: float) -> None:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(1)
        out.setframerate(8000)
        out.writeframes(b"\x80" * round(8000 * seconds))


def test_a_feed_that_players_can_read(edition: Edition, tmp_path: Path) -> None:
    talk(tmp_path / "heat & co 002.wav", 75.0)
    talk(tmp_path / "minute-1.wav", 60.0)
    (tmp_path / "heat & co 002.vtt").write_text("WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n")
    (tmp_path / "cover.jpg").write_bytes(b"")
    path = write_feed(edition, tmp_path, "https://example.org/heat")
    raw = path.read_bytes()
    feed = feedparser.parse(raw)
    assert not feed.bozo, feed.bozo_exception
    assert feed.version == "rss20"
    for name in ("title", "link", "description", "language"):
        assert feed.feed[name]
    assert ElementTree.fromstring(raw).findtext("channel/title") == "T <b>&, minute by minute"
    one, two = feed.entries
    assert one.title.startswith("Minute 1 of")
    assert (one.itunes_episode, two.itunes_episode) == ("1", "2")
    assert two.enclosures[0]["href"] == "https://example.org/heat/heat%20%26%20co%20002.wav"
    assert int(two.enclosures[0]["length"]) == (tmp_path / "heat & co 002.wav").stat().st_size
    assert two.enclosures[0]["type"] == "audio/wav"
    assert two.itunes_duration == "75"
    assert one.published_parsed
    assert one.id != two.id
    # The minute itself has its shots for chapters and its lines for a transcript; a talk about it has its own alone.
    assert one.podcast_chapters["url"] == "https://example.org/heat/minute-1.chapters.json"
    assert one.podcast_transcript["url"].endswith("minute-1.vtt")
    assert "podcast_chapters" not in two
    assert two.podcast_transcript["type"] == "text/vtt"
    chapters = json.loads((tmp_path / "minute-1.chapters.json").read_text())["chapters"]
    assert chapters[0]["startTime"] == 0
    # Written again it is the same feed; chapters of somebody else's are kept.
    (tmp_path / "heat & co 002.chapters.json").write_text('{"version": "1.2.0", "chapters": []}')
    write_feed(edition, tmp_path, "https://example.org/heat/")
    again = feedparser.parse(path.read_bytes())
    assert [e.id for e in again.entries] == [one.id, two.id]
    assert (tmp_path / "heat & co 002.chapters.json").read_text() == '{"version": "1.2.0", "chapters": []}'
    assert "podcast_chapters" in again.entries[1]


def test_what_makes_no_feed(edition: Edition, tmp_path: Path) -> None:
    def refused(said: str, url: str = "https://example.org/") -> None:
        with pytest.raises(ExportError, match=said):
            write_feed(edition, tmp_path, url)

    refused("no episode")
    refused("no address", "ftp://x/")
    refused("no address", "javascript:alert(1)")
    talk(tmp_path / "e9.wav", 1.0)
    refused("has no minute 9")
    (tmp_path / "e9.wav").unlink()
    (tmp_path / "e1.mp3").write_bytes(b"no audio at all" * 100)
    refused("cannot be read as audio")
    (tmp_path / "e1.mp3").unlink()
    talk(tmp_path / "a1.wav", 1.0)
    talk(tmp_path / "b1.wav", 1.0)
    refused("both about minute 1")
    with pytest.raises(ExportError, match="no folder"):
        write_feed(edition, tmp_path / "nowhere", "https://example.org/")
