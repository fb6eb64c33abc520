"""Files for other programs: read back by their own libraries, or by ours, to the frame and to the letter."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import av
import numpy as np
import pysubs2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewatch.clock import FRAMES, MILLISECONDS, FrameTimes
from rewatch.errors import ExportError
from rewatch.exports.edit_list import edit_list
from rewatch.exports.registry import EXPORTS
from rewatch.exports.timecode import Timecode
from rewatch.imports.film import read_film
from rewatch.track import Spans

NTSC = Fraction(24000, 1001)
RATES = (NTSC, Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60000, 1001))


def at_rate(fakes: Any, study: Any, rate: Fraction) -> Any:
    """The same frames at another rate."""
    times = FrameTimes.even(len(study.times), rate)
    picture = replace(study.facts.picture, rate=rate)
    facts = replace(study.facts, picture=picture)
    return fakes.FakeStudy(study.title, study.year, facts, times, float(times.end_seconds), study.tracks)


def shots_of(path: Path, format: str, **told: Any) -> Spans:
    shots = read_film(path, format, **told).tracks["shots"]
    assert isinstance(shots, Spans)
    return shots


@given(st.sampled_from([(r, False) for r in RATES] + [(r, True) for r in RATES[3:]]), st.integers(0, 5_200_000))
def test_every_frame_has_a_timecode_of_its_own(kind: tuple[Fraction, bool], frame: int) -> None:
    code = Timecode(*kind)
    frame %= code.day
    assert code.frame(code.text(frame)) == frame
    if code.drop:
        # Dropped numbers keep pace with the clock: never 0.1 s away in a day.
        hours, minutes, seconds = (int(p) for p in code.text(frame)[:8].split(":"))
        assert abs(hours * 3600 + minutes * 60 + seconds - float(frame / code.rate)) < 1.1


@pytest.mark.parametrize(
    ("text", "rate", "drop", "frame"),
    [
        ("00:01:00;02", RATES[3], True, 1800),
        ("00:10:00;00", RATES[3], True, 17982),
        ("01:00:00;00", RATES[3], True, 107892),
        ("01:00:00:00", NTSC, False, 86400),
        ("00:01:00;04", RATES[4], True, 3600),
    ],
)
def test_timecodes_that_are_known(text: str, rate: Fraction, drop: bool, frame: int) -> None:
    """SMPTE ST 12-1: an hour of drop-frame is 107 892 frames."""
    assert Timecode(rate, drop).text(frame) == text
    assert Timecode(rate, drop).frame(text) == frame


@pytest.mark.parametrize("text", ["", "1", "25:00:00:00", "00:60:00:00", "00:00:00:24", "a:b:c:d"])
def test_what_is_no_timecode(text: str, short_film: Any) -> None:
    with pytest.raises(ExportError):
        Timecode(NTSC).frame(text)
    with pytest.raises(ExportError, match="no drop-frame"):
        EXPORTS["edl"].text(short_film, start="01:00:00;00")
    with pytest.raises(ExportError, match="midnight"):
        EXPORTS["edl"].text(short_film, start="23:59:00:00")
    with pytest.raises(ExportError):
        Timecode(RATES[3], True).frame("00:01:00;01")


def test_an_edl_of_thousands_of_events_comes_back_to_the_frame(fakes: Any, long_film: Any, tmp_path: Path) -> None:
    shots = long_film.tracks["shots"]
    assert len(shots) > 999
    path = tmp_path / "film.edl"
    for rate, start in ((NTSC, ""), (NTSC, "09:59:30:05"), (RATES[3], "20:00:00;02"), (RATES[3], "00:59:59:29")):
        text = EXPORTS["edl"].text(at_rate(fakes, long_film, rate), **({"start": start} if start else {}))
        path.write_text(text, "utf-8", newline="")
        read = shots_of(path, "edl", rate=rate)
        assert read.clock.rate == rate
        assert read.begin.tolist() == shots.begin.tolist()
        assert read.end.tolist() == shots.end.tolist()
        assert list(read.label)[1:] == list(shots.label)[1:]
        mixed = np.array([k not in ("", "cut") for k in shots.label])
        for column in ("first_frame", "last_frame"):
            assert np.array_equal(np.asarray(read.columns[column])[mixed], np.asarray(shots.columns[column])[mixed])
    assert max(len(row) for row in text.splitlines() if row[:1].isdigit()) <= 80


def test_an_edl_is_read_by_opentimelineio(fakes: Any, short_film: Any) -> None:
    otio = pytest.importorskip("opentimelineio")
    pytest.importorskip("otio_cmx3600_adapter")
    study = at_rate(fakes, short_film, NTSC)
    text = EXPORTS["edl"].text(study)
    timeline = otio.adapters.read_from_string(text, "cmx_3600", rate=float(NTSC), ignore_timecode_mismatch=True)
    film = edit_list(study)
    clips = list(timeline.tracks[0].find_clips())
    assert len(clips) == len(film.clips)
    for mine, clip in zip(film.clips, clips, strict=True):
        if mine.kind in ("", "cut"):
            assert clip.source_range.start_time.to_frames() == mine.begin
        assert clip.name == "fake.mkv"


@pytest.mark.parametrize("rate", RATES)
def test_opentimelineio_reads_its_own(rate: Fraction, fakes: Any, short_film: Any) -> None:
    otio = pytest.importorskip("opentimelineio")
    study = at_rate(fakes, short_film, rate)
    timeline = otio.adapters.read_from_string(EXPORTS["otio"].text(study, start="01:00:00:00"), "otio_json")
    track, shots = timeline.tracks[0], study.tracks["shots"]
    clips = list(track.find_clips())
    assert [c.source_range.start_time.to_frames() for c in clips] == shots.begin.tolist()
    assert [track.range_of_child(c).end_time_exclusive().to_frames() for c in clips] == shots.end.tolist()
    assert timeline.global_start_time.to_frames() == Timecode(rate).frame("01:00:00:00")
    crossed = [c for c in track if isinstance(c, otio.schema.Transition)]
    assert len(crossed) == sum(c.mixed > 0 for c in edit_list(study).clips) > 0
    assert all(c.in_offset.to_frames() + c.out_offset.to_frames() == 22 for c in crossed)
    said = [m.name for c in clips for m in c.markers]
    assert said == list(study.tracks["lines"].label)


FCPXML = """
<!ELEMENT fcpxml (resources?, library?)> <!ATTLIST fcpxml version CDATA #FIXED "1.9">
<!ELEMENT resources (asset | format)*>
<!ELEMENT format EMPTY>
<!ATTLIST format id ID #REQUIRED name CDATA #IMPLIED frameDuration CDATA #IMPLIED width CDATA #IMPLIED
          height CDATA #IMPLIED>
<!ELEMENT asset (media-rep+)>
<!ATTLIST asset id ID #REQUIRED name CDATA #IMPLIED start CDATA #IMPLIED duration CDATA #IMPLIED
          hasVideo CDATA #IMPLIED format IDREF #IMPLIED hasAudio CDATA #IMPLIED audioSources CDATA #IMPLIED
          audioChannels CDATA #IMPLIED audioRate CDATA #IMPLIED>
<!ELEMENT media-rep EMPTY>
<!ATTLIST media-rep kind (original-media | proxy-media) "original-media" src CDATA #REQUIRED>
<!ELEMENT library (event)*> <!ELEMENT event (project)*> <!ATTLIST event name CDATA #IMPLIED>
<!ELEMENT project (sequence)> <!ATTLIST project name CDATA #IMPLIED>
<!ELEMENT sequence (spine)>
<!ATTLIST sequence format IDREF #REQUIRED duration CDATA #IMPLIED tcStart CDATA #IMPLIED
          tcFormat (DF | NDF) #IMPLIED>
<!ELEMENT spine (asset-clip)*>
<!ELEMENT asset-clip (marker)*>
<!ATTLIST asset-clip ref IDREF #REQUIRED name CDATA #IMPLIED offset CDATA #IMPLIED start CDATA #IMPLIED
          duration CDATA #IMPLIED tcFormat (DF | NDF) #IMPLIED>
<!ELEMENT marker EMPTY>
<!ATTLIST marker start CDATA #REQUIRED duration CDATA #IMPLIED value CDATA #REQUIRED>
"""
"""What Apple's DTD of FCPXML 1.9 says of the elements that are used here."""


@pytest.mark.parametrize("rate", RATES)
def test_fcpxml_is_exact_and_read_by_opentimelineio(rate: Fraction, fakes: Any, short_film: Any) -> None:
    study = at_rate(fakes, short_film, rate)
    text = EXPORTS["fcpxml"].text(study, start="01:00:00:00")
    root = ElementTree.fromstring(text)

    def seconds(value: str | None) -> Fraction:
        assert value is not None
        assert value.endswith("s")
        return Fraction(value[:-1])

    clips = root.findall(".//spine/asset-clip")
    shots = study.tracks["shots"]
    assert [seconds(c.get("start")) * rate for c in clips] == shots.begin.tolist()
    assert [seconds(c.get("duration")) * rate for c in clips] == (shots.end - shots.begin).tolist()
    zero = Timecode(rate).frame("01:00:00:00")
    assert [seconds(c.get("offset")) * rate - zero for c in clips] == shots.begin.tolist()
    frame = root.find(".//format")
    assert frame is not None
    assert seconds(frame.get("frameDuration")) == 1 / rate
    etree = pytest.importorskip("lxml.etree")
    dtd = etree.DTD(io.StringIO(FCPXML))
    assert dtd.validate(etree.fromstring(text.encode())), dtd.error_log
    otio = pytest.importorskip("opentimelineio")
    pytest.importorskip("otio_fcpx_xml_adapter")
    read = otio.adapters.read_from_string(text, "fcpx_xml")
    found = list(read.find_children(descended_from_type=otio.schema.Clip))
    assert len(found) == len(shots)


def test_a_picture_of_uneven_rate_is_cut_at_the_nearest_frames(fakes: Any, short_film: Any) -> None:
    rng = np.random.default_rng(3)
    gaps = rng.integers(300, 700, len(short_film.times))
    pts = np.concatenate([[0], np.cumsum(gaps)])
    times = FrameTimes(pts[:-1], Fraction(1, 12288), int(pts[-1]))
    study = fakes.FakeStudy("Uneven", None, short_film.facts, times, float(times.end_seconds), short_film.tracks)
    film = edit_list(study)
    for clip, begin in zip(film.clips, study.tracks["shots"].begin_seconds(times), strict=True):
        assert abs(float(clip.begin / film.rate) - begin) <= 0.5 / float(film.rate) + 1e-9


HOSTILE = ["<b>&\"'", "a\nb", "日本語 é", "=1+1", "]]>", "{\\i1}x\\N", "1", "00:00:01,000 then"]


def hostile(fakes: Any, study: Any) -> Any:
    at = np.arange(len(HOSTILE), dtype=np.int64) * 2000 + 17
    speakers = ["ANNA", "", "B & <C>", "ANNA", "ANNA", "", "", ""]
    lines = Spans("lines", at, at + 2500, HOSTILE, MILLISECONDS, {"speaker": speakers})
    return fakes.FakeStudy(
        '<T> & "U"', 1999, study.facts, study.times, study.duration, {**study.tracks, "lines": lines}
    )


def test_elan_comes_back(fakes: Any, short_film: Any, tmp_path: Path) -> None:
    study = hostile(fakes, short_film)
    path = tmp_path / "film.eaf"
    path.write_bytes(EXPORTS["eaf"].content(study))
    film = read_film(path, "eaf")
    lines, shots = film.tracks["lines"], film.tracks["shots"]
    assert isinstance(lines, Spans)
    assert isinstance(shots, Spans)
    given = study.tracks["lines"]
    assert lines.begin.tolist() == given.begin.tolist()
    assert lines.end.tolist() == given.end.tolist()
    assert list(lines.label) == HOSTILE
    assert list(lines.columns["speaker"]) == list(given.columns["speaker"])
    begins = study.tracks["shots"].begin_seconds(study.times)
    assert np.abs(shots.begin_seconds() - begins).max() <= 0.0005
    assert list(shots.label)[1:] == list(study.tracks["shots"].label)[1:]
    from pympi.Elan import Eaf

    other = Eaf(str(path), suppress_version_warning=True)
    assert len(other.get_annotation_data_for_tier("shots")) == len(shots)
    said = [other.get_annotation_data_for_tier(t) for t in ("lines ANNA", "lines ANNA (2)")]
    assert [t[2] for t in sorted(said[0] + said[1])] == [HOSTILE[i] for i in (0, 3, 4)]


def test_subrip_comes_back(fakes: Any, short_film: Any, tmp_path: Path) -> None:
    for study in (short_film, hostile(fakes, short_film)):
        path = tmp_path / "film.srt"
        path.write_bytes(EXPORTS["srt"].content(study))
        given = study.tracks["lines"]
        read = pysubs2.load(str(path), keep_unknown_html_tags=True)
        assert [e.start for e in read] == given.begin.tolist()
        assert [e.end for e in read] == np.maximum(given.end, given.begin + 1).tolist()
    # Ours reads speakers as well.
    path.write_bytes(EXPORTS["srt"].content(short_film))
    back = read_film(path, "srt").tracks["lines"]
    assert isinstance(back, Spans)
    given = short_film.tracks["lines"]
    assert list(back.label) == list(given.label)
    assert list(back.columns["speaker"]) == list(given.columns["speaker"])
    assert back.begin.tolist() == given.begin.tolist()


@pytest.mark.parametrize(("to", "back"), [("csv", "csv"), ("cinemetrics", "cinemetrics")])
def test_tables_come_back(to: str, back: str, fakes: Any, short_film: Any, tmp_path: Path) -> None:
    study = at_rate(fakes, short_film, NTSC)
    path = tmp_path / "film.csv"
    path.write_bytes(EXPORTS[to].content(study))
    read, given = shots_of(path, back), study.tracks["shots"]
    assert np.abs(read.begin_seconds() - given.begin_seconds(study.times)).max() <= 2e-6
    assert np.abs(read.end_seconds() - given.end_seconds(study.times)).max() <= 2e-6
    if to == "csv":
        assert list(read.label)[1:] == list(given.label)[1:]


def test_ffmpeg_reads_the_chapters(fakes: Any, short_film: Any, tmp_path: Path) -> None:
    at = np.array([0, 600, 1200], dtype=np.int64)
    names = ["a=b;c#d\\e", "two\nlines", "[CHAPTER]"]
    scenes = Spans("scenes", at, np.append(at[1:], 2160), names, FRAMES)
    study = fakes.FakeStudy(
        "T=1", None, short_film.facts, short_film.times, 90.0, {**short_film.tracks, "scenes": scenes}
    )
    path = tmp_path / "film.ffmetadata"
    path.write_bytes(EXPORTS["ffmetadata"].content(study))
    with av.open(str(path), format="ffmetadata") as read:
        chapters = read.chapters()
        assert read.metadata["title"] == "T=1"
    found = [(c["start"] * c["time_base"], c["metadata"]["title"]) for c in chapters]
    assert found == [(0, names[0]), (25, "two lines"), (50, names[2])]
    podcast = json.loads(EXPORTS["podcast"].text(study))
    assert podcast["version"] == "1.2.0"
    assert [(c["startTime"], c["title"]) for c in podcast["chapters"]] == [(float(t), n) for t, n in found]
    etree = pytest.importorskip("lxml.etree")
    # The part of Matroska's own DTD (mkvtoolnix, matroskachapters.dtd) that is used here.
    dtd = etree.DTD(
        io.StringIO("""
        <!ELEMENT Chapters (EditionEntry*)>
        <!ELEMENT EditionEntry (EditionUID?, EditionFlagHidden?, EditionFlagDefault?, ChapterAtom*)>
        <!ELEMENT ChapterAtom (ChapterUID?, ChapterTimeStart, ChapterTimeEnd?, ChapterDisplay*)>
        <!ELEMENT ChapterDisplay (ChapterString, ChapterLanguage*)>
        <!ELEMENT EditionUID (#PCDATA)> <!ELEMENT EditionFlagHidden (#PCDATA)> <!ELEMENT EditionFlagDefault (#PCDATA)>
        <!ELEMENT ChapterUID (#PCDATA)> <!ELEMENT ChapterTimeStart (#PCDATA)> <!ELEMENT ChapterTimeEnd (#PCDATA)>
        <!ELEMENT ChapterString (#PCDATA)> <!ELEMENT ChapterLanguage (#PCDATA)>
    """)
    )
    tree = etree.fromstring(EXPORTS["matroska"].content(study))
    assert dtd.validate(tree), dtd.error_log
    assert tree.xpath("//ChapterTimeStart/text()")[1] == "00:00:25.000000000"
    assert len(set(tree.xpath("//ChapterUID/text()"))) == 3


def test_duckdb_reads_the_parquet(short_film: Any, tmp_path: Path) -> None:
    import duckdb

    EXPORTS["parquet"].write(short_film, tmp_path)
    assert {p.stem for p in tmp_path.iterdir()} == set(short_film.tracks)
    with duckdb.connect() as db:
        shots = db.execute(
            f"SELECT count(*), max(\"end\"), min(first_frame) FROM '{tmp_path}/shots.parquet'"
        ).fetchone()
        loud = db.execute(f"SELECT momentary FROM '{tmp_path}/loudness.parquet' ORDER BY time").fetchnumpy()[
            "momentary"
        ]
    assert shots == (len(short_film.tracks["shots"]), 90.0, 0)
    assert np.array_equal(loud, short_film.tracks["loudness"].column("momentary"))


def test_iiif_has_what_the_standard_requires(fakes: Any, short_film: Any) -> None:
    """Presentation 3.0: required properties, targets on the canvas, items of the kinds that they may be."""
    manifest = json.loads(EXPORTS["iiif"].text(hostile(fakes, short_film)))
    assert manifest["@context"] == "http://iiif.io/api/presentation/3/context.json"
    assert manifest["label"] == {"none": ['<T> & "U" (1999)']}
    (canvas,) = manifest["items"]
    assert (canvas["type"], canvas["duration"], canvas["width"], canvas["height"]) == ("Canvas", 90.0, 1280, 534)
    painting = canvas["items"][0]["items"][0]
    assert (painting["motivation"], painting["target"]) == ("painting", canvas["id"])
    shots, lines = canvas["annotations"]
    assert [a["body"]["value"] for a in lines["items"]] == HOSTILE
    ids = [a["id"] for page in (shots, lines) for a in page["items"]]
    assert len(set(ids)) == len(ids) == len(short_film.tracks["shots"]) + len(HOSTILE)
    for item in (*shots["items"], *lines["items"], *(r["items"][0] | {"target": r["items"][0]["id"]}
                                                     for r in manifest["structures"][0]["items"])):  # fmt: skip
        name, _, time = item["target"].partition("#t=")
        begin, end = map(float, time.split(","))
        assert name == canvas["id"]
        assert 0 <= begin < end


def test_the_sound_of_a_film_known_by_a_list_is_not_invented(tmp_path: Path, fakes: Any) -> None:
    path = tmp_path / "list.edl"
    path.write_text("TITLE: X\nFCM: NON-DROP FRAME\n001 AX V C 00:00:00:00 00:00:02:00 01:00:00:00 01:00:02:00\n")
    film = read_film(path, "edl", rate=Fraction(25))
    study = fakes.FakeStudy(film.title, None, film.facts, None, 2.0, film.tracks)
    assert "01:00:00:00 01:00:02:00" in EXPORTS["edl"].text(study)
    assert "hasAudio" not in EXPORTS["fcpxml"].text(study)
