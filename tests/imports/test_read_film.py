"""Films known by a list: every format, every repair, every refusal."""

from __future__ import annotations

import itertools
import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewatch.clock import MILLISECONDS, Clock
from rewatch.errors import ShotListError
from rewatch.imports.film import FORMATS, ImportedFilm, read_film
from rewatch.imports.shots import Row, shots_track
from rewatch.score.counting import CountingRules, counted
from rewatch.score.cutting_track import Cutting
from rewatch.track import Figures, Spans

REFERENCE = Path(os.environ.get("REWATCH_REFERENCE", Path(__file__).parents[3] / "shared" / "reference"))


@pytest.fixture
def read(tmp_path: Path) -> Any:
    """Write a text to a file and read it as a film."""

    def reading(text: str | bytes, format: str, name: str = "Some film.csv", **asked: Any) -> ImportedFilm:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_film(path, format, **asked)

    return reading


def spans(film: ImportedFilm, name: str = "shots") -> Spans:
    track = film.tracks[name]
    assert isinstance(track, Spans)
    return track


def seconds(film: ImportedFilm) -> list[tuple[float, float]]:
    shots = spans(film)
    return list(zip(shots.begin_seconds().tolist(), shots.end_seconds().tolist(), strict=True))


THREE = [(0.0, 2.5), (2.5, 6.0), (6.0, 7.0)]


@pytest.mark.parametrize(
    "text",
    [
        "start,end\n0,2.5\n2.5,6\n6,7\n",
        "Start;End\n0;2,5\n2,5;6,0\n6,0;7,0\n",
        "begin\tduration\n0\t2.5\n2.5\t3.5\n6\t1\n",
        "shot;length\n1;2,5\n2;3,5\n3;1,0\n",
        "length\n2.5\n3.5\n1\n",
        "length\n2,5\n3,5\n1,0\n",
        "2.5\n3.5\n1.0\n",
        "2,5\n3,5\n1,0\n",
        "0,2.5\n2.5,6\n6,7\n",
        "1,0,2.5\n2,2.5,6\n3,6,7\n",
        "0:00,0:02.5\n0:02.5,0:06\n0:06,0:07\n",
        "start_ms,end_ms\n0,2500\n2500,6000\n6000,7000\n",
        "Timecode List:,00:00:02.500,00:00:06.000\n"
        "Scene Number,Start Frame,Start Timecode,Start Time (seconds),End Frame,End Timecode,End Time (seconds)\n"
        "1,1,00:00:00.000,0.000,60,00:00:02.500,2.500\n2,61,00:00:02.500,2.500,144,00:00:06.000,6.000\n"
        "3,145,00:00:06.000,6.000,168,00:00:07.000,7.000\n",
        "\ufeffstart,end\r\n0,2.5\r\n2.5,6\r\n\r\n6,7\r\n",
        'note,end,start\n"a, b",2.5,0\nc,6,2.5\nd,7,6\n',
        "start,end\n2.5,6\n0,2.5\n6,7\n",
    ],
)
def test_tables_in_many_hands_say_the_same(read: Any, text: str) -> None:
    film = read(text, "csv")
    assert seconds(film) == THREE
    assert spans(film).clock == MILLISECONDS
    assert film.duration == 7


def test_begins_alone_end_with_the_film(read: Any) -> None:
    text = "start\n0\n2.5\n6\n"
    assert seconds(read(text, "csv", duration=Fraction(7))) == THREE
    short = read(text, "csv")
    assert seconds(short) == THREE[:2]
    assert any("no end" in note for note in short.notes)


def test_frames_need_a_rate(read: Any) -> None:
    text = "start frame,end frame\n0,59\n60,143\n144,167\n"
    assert seconds(read(text, "csv", rate=Fraction(24))) == THREE
    with pytest.raises(ShotListError, match="--rate"):
        read(text, "csv")
    timecode = "in,out\n00:00:00:00,00:00:02:12\n00:00:02:12,00:00:06:00\n00:00:06:00,00:00:07:00\n"
    assert seconds(read(timecode, "csv", rate=Fraction(24))) == THREE
    with pytest.raises(ShotListError, match="--rate"):
        read(timecode, "csv")


def test_finer_than_a_millisecond_stays_exact(read: Any) -> None:
    film = read("start,end\n0,1.041667\n1.041667,2.083333\n", "csv")
    assert seconds(film) == [(0.0, 1.041667), (1.041667, 2.083333)]


def test_kinds_and_notes_of_shots(read: Any) -> None:
    film = read("start,end,transition,scale\n0,2.5,,LS\n2.5,6,Cross-fade,CU\n6,7,cut,LS\n", "csv")
    assert list(spans(film).label) == ["", "dissolve", "cut"]
    assert spans(film).columns["note"] == ["LS", "CU", "LS"]


@pytest.mark.parametrize(
    ("text", "shots", "note"),
    [
        ("start,end\n0,2\n2.4,4\n", [(0, 2.2), (2.2, 4)], "1 gap of up to 1 s"),
        ("start,end\n0,2\n12,14\n", [(0, 2), (12, 14)], "1 gap between shots (10.0 s in all)"),
        ("start,end\n0,2.4\n2,4\n", [(0, 2.2), (2.2, 4)], "1 overlap of up to 1 s"),
        ("start,end\n0,9\n2,4\n4,6\n", [(0, 2), (2, 4), (4, 6)], "1 longer overlap"),
        ("start,end\n0,2\n2,2\n2,4\n", [(0, 2), (2, 4)], "1 shot of no length"),
        ("length\n2\n0\n0\n3\n", [(0, 2), (2, 5)], "2 shots of no length"),
        ("start,end\n2,4\n0,2\n", [(0, 2), (2, 4)], "not in order"),
    ],
)
def test_repairs_are_told(read: Any, text: str, shots: list[tuple[float, float]], note: str) -> None:
    film = read(text, "csv")
    assert seconds(film) == shots
    assert any(note in told for told in film.notes), film.notes


@pytest.mark.parametrize(
    ("text", "format", "told"),
    [
        ("", "csv", "is empty"),
        (bytes(range(256)) * 9, "csv", "is no text"),
        ("length\n2e9\n", "csv", "'2e9' is no length"),
        ("length\n9e8\n", "csv", "no film lasts"),
        ("start,end\n", "csv", "no rows"),
        ("start,end\n0,2\n2,two\n", "csv", "line 3: 'two' is no end"),
        ("start,end\n0,2\n5,3\n", "csv", "line 3: a shot cannot end (3 s) before it begins (5 s)"),
        ("start,end\n-1,2\n", "csv", "before 0"),
        ("length\n2\n-1\n", "csv", "line 3: a shot cannot last -1 s"),
        ("length\n0\n0\n", "csv", "no shot in the list that lasts"),
        ("apples,pears\n1,2\n3,4\n", "csv", "apples, pears"),
        ("A (1990),B (1991)\n1,2\n", "shot-lengths", "--column"),
        ("A (1990)\nx\n", "shot-lengths", "'x' is no shot length"),
        ("no edl at all\n", "edl", "no event"),
        ("<a/>", "eaf", "no ELAN document"),
        ("<a>", "eaf", "no whole XML"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "eaf", "document type"),
        ("nothing that is a subtitle", "srt", "subtitle"),
        ("1;2\n", "tsv", "no format 'tsv'"),
    ],
)
def test_refusals_are_one_line_that_names_the_file(read: Any, text: str, format: str, told: str) -> None:
    with pytest.raises(ShotListError) as caught:
        read(text, format)
    line = str(caught.value)
    assert told in line
    assert "\n" not in line
    assert "Some film.csv" in line or format not in FORMATS


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ShotListError, match="no such file"):
        read_film(tmp_path / "none.csv", "csv")
    with pytest.raises(ShotListError, match="is a folder"):
        read_film(tmp_path, "edl")
    with pytest.raises(ShotListError, match="no table"):
        read_film(tmp_path, "csv")
    (tmp_path / "a.csv").write_text("start,end\n0,5\n")
    with pytest.raises(ShotListError, match="cannot end at 3 s"):
        read_film(tmp_path / "a.csv", "csv", duration=Fraction(3))


def test_a_column_a_film(read: Any) -> None:
    text = "Heat  (1995),Ronin (1998),Heat (1986)\n2.5,1,9\n3.5,,9\n1,,\n"
    film = read(text, "shot-lengths", column="heat (1995)")
    assert (film.title, film.year, seconds(film)) == ("Heat", 1995, THREE)
    assert seconds(read(text, "shot-lengths", column="Ronin")) == [(0.0, 1.0)]
    with pytest.raises(ShotListError, match="could be any"):
        read(text, "shot-lengths", column="Heat")
    with pytest.raises(ShotListError, match="no column 'Jaws'"):
        read(text, "shot-lengths", column="Jaws")
    semicolons = read(
        "Heat (1995);The Good, the Bad and the Ugly (1966)\n2,5;1\n3,5;\n1;\n", "shot-lengths", column="Heat"
    )
    assert seconds(semicolons) == THREE
    assert film.identity != read(text, "shot-lengths", column="Ronin").identity


def test_a_title_of_a_number_is_a_title(read: Any) -> None:
    film = read("1917 (2019),Heat (1995)\n2.5,1\n3.5,2\n1,3\n", "shot-lengths", column="1917")
    assert (film.title, film.year, seconds(film)) == ("1917", 2019, THREE)


def test_cinemetrics_saved_by_the_tool(read: Any) -> None:
    text = "1\n3\n23.3\n7\nBCU;CU;MCU\n0;0;0\n0;0;0\n&@1;25;25;1\n2;35;60;0\n3;10;70;2\n"
    film = read(text, "cinemetrics", name="Film.cms")
    assert seconds(film) == THREE
    assert spans(film).columns["note"] == ["CU", "BCU", "MCU"]
    with pytest.raises(ShotListError, match="line 9"):
        read("1\n3\n2\n7\nBCU\n0\n0\n&@1;25;25;1\nrubbish\n", "cinemetrics")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("No.\tType\tLength\n1\tCU\t2.5\n2\tLS\t3.5\n3\tCU\t1.0\n", "seconds"),
        ("Shot;Length;Type\n1;25;CU\n2;35;LS\n3;10;CU\n", "tenths"),
        ("2.5\n3.5\n1.0\n", "seconds"),
    ],
)
def test_cinemetrics_as_a_table(read: Any, text: str, told: str) -> None:
    film = read(text, "cinemetrics")
    assert seconds(film) == THREE
    assert any(told in note for note in film.notes)


def test_cinemetrics_by_the_times_of_its_cuts(read: Any) -> None:
    assert seconds(read("shot,time\n1,2.5\n2,6\n3,7\n", "cinemetrics")) == THREE
    assert seconds(read("time\n0\n2.5\n6\n", "cinemetrics", duration=Fraction(7))) == THREE


EDL = """TITLE: THE CUT
FCM: NON-DROP FRAME

001  AX       V     C        00:00:10:00 00:00:14:00 01:00:00:00 01:00:04:00
* FROM CLIP NAME: ONE
001  AX       A     C        00:00:10:00 00:00:14:00 01:00:00:00 01:00:04:00
002  AX       V     C        00:00:14:00 00:00:14:00 01:00:04:00 01:00:04:00
002  BX       B     D    024 00:00:20:00 00:00:26:00 01:00:04:00 01:00:10:00
003  CX       AA/V  W001 012 00:00:00:00 00:00:02:00 01:00:10:00 01:00:12:00
004  DX       V     K B  000 00:00:00:00 00:00:02:00 01:00:10:00 01:00:12:00
005  EX       V     C        00:00:00:00 00:00:03:23 01:00:12:00 01:00:15:23
"""


def test_edl(read: Any) -> None:
    film = read(EDL, "edl", rate=Fraction(24))
    shots = spans(film)
    assert film.title == "THE CUT"
    assert shots.clock == Clock(Fraction(24))
    assert shots.begin.tolist() == [0, 4 * 24 + 12, 10 * 24 + 6, 12 * 24]
    assert shots.end.tolist() == [4 * 24 + 12, 10 * 24 + 6, 12 * 24, 15 * 24 + 23]
    assert list(shots.label) == ["", "dissolve", "wipe", "cut"]
    assert np.asarray(shots.columns["first_frame"]).tolist() == [-1, 96, 240, -1]
    assert np.asarray(shots.columns["last_frame"]).tolist() == [-1, 119, 251, -1]
    assert any("1 key event" in note for note in film.notes)
    assert counted(shots, rules=CountingRules(cuts_at="begin")).length.tolist() == [4, 6, 2, 3 + 23 / 24]
    assert counted(shots, rules=CountingRules(cuts_at="end")).length.tolist() == [5, 5.5, 1.5, 3 + 23 / 24]


def test_edl_without_a_rate_says_what_it_took(read: Any) -> None:
    assert spans(read(EDL, "edl")).clock.rate == 24
    assert any("24 frames a second" in note for note in read(EDL, "edl").notes)
    drop = "FCM: DROP FRAME\n001 AX V C 00:00:00;00 00:10:00;00 00:00:00;00 00:10:00;00\n"
    film = read(drop, "edl")
    assert spans(film).clock.rate == Fraction(30000, 1001)
    assert int(spans(film).end[0]) == 17982  # ten minutes of drop-frame timecode, SMPTE ST 12-1
    with pytest.raises(ShotListError, match="more frames"):
        read(EDL, "edl", rate=Fraction(15))
    with pytest.raises(ShotListError, match="line 1 is an event"):
        read("001 AX V C 00:00:00:00 00:00:01:00 00:00:00:00\n", "edl")


def test_edl_through_black(read: Any) -> None:
    text = """001  AX       V     C        00:00:00:00 00:00:04:00 00:00:00:00 00:00:04:00
002  AX       V     C        00:00:04:00 00:00:04:00 00:00:04:00 00:00:04:00
002  BL       V     D    025 00:00:00:00 00:00:03:00 00:00:04:00 00:00:07:00
003  BL       V     C        00:00:00:00 00:00:00:00 00:00:07:00 00:00:07:00
003  BX       V     D    025 00:00:00:00 00:00:05:00 00:00:07:00 00:00:12:00
"""
    film = read(text, "edl", rate=Fraction(25))
    assert seconds(film) == [(0.0, 5.0), (7.0, 12.0)]
    assert list(spans(film).label) == ["", "fade_in"]


EAF = """<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT AUTHOR="" DATE="2024-01-01T00:00:00+00:00" FORMAT="3.0" VERSION="3.0">
<HEADER MEDIA_FILE="" TIME_UNITS="milliseconds"/>
<TIME_ORDER>
<TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="0"/><TIME_SLOT TIME_SLOT_ID="ts2" TIME_VALUE="2500"/>
<TIME_SLOT TIME_SLOT_ID="ts3" TIME_VALUE="2500"/><TIME_SLOT TIME_SLOT_ID="ts4" TIME_VALUE="6000"/>
<TIME_SLOT TIME_SLOT_ID="ts5" TIME_VALUE="6000"/><TIME_SLOT TIME_SLOT_ID="ts6"/>
<TIME_SLOT TIME_SLOT_ID="ts7" TIME_VALUE="7000"/>
</TIME_ORDER>
<TIER LINGUISTIC_TYPE_REF="default-lt" TIER_ID="Shots">
<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts2"><ANNOTATION_VALUE>LS
</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a2" TIME_SLOT_REF1="ts3" TIME_SLOT_REF2="ts4"><ANNOTATION_VALUE>
dissolve</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a3" TIME_SLOT_REF1="ts5" TIME_SLOT_REF2="ts7"><ANNOTATION_VALUE/>
</ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
<TIER LINGUISTIC_TYPE_REF="default-lt" TIER_ID="Dialogue" PARTICIPANT="Ada">
<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a4" TIME_SLOT_REF1="ts5" TIME_SLOT_REF2="ts6">
<ANNOTATION_VALUE>Where are we?</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
<TIER LINGUISTIC_TYPE_REF="ref" TIER_ID="Shot Scale" PARENT_REF="Shots">
<ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a5" ANNOTATION_REF="a2"><ANNOTATION_VALUE>CU</ANNOTATION_VALUE>
</REF_ANNOTATION></ANNOTATION></TIER>
</ANNOTATION_DOCUMENT>
"""


def test_eaf(read: Any) -> None:
    film = read(EAF, "eaf", name="Film.eaf")
    assert seconds(film) == THREE
    assert list(spans(film).label) == ["", "dissolve", ""]
    assert spans(film).columns["note"] == ["LS", "", ""]
    lines = spans(film, "lines")
    assert (list(lines.label), lines.columns["speaker"]) == (["Where are we?"], ["Ada"])
    assert (lines.begin.tolist(), lines.end.tolist()) == ([6000], [6500])  # an open time lies between its neighbours
    scale = spans(film, "tier_shot_scale")
    assert (list(scale.label), scale.begin.tolist(), scale.end.tolist()) == (["CU"], [2500], [6000])
    with pytest.raises(ShotListError, match="no tier 'Cuts'"):
        read(EAF, "eaf", column="Cuts")


def test_subtitles_alone(read: Any) -> None:
    text = "1\n00:00:01,000 --> 00:00:02,500\n<i>Hello,</i>\nyou.\n\n2\n00:00:04,000 --> 00:00:05,000\nBye.\n"
    film = read(text, "srt", name="A film (1999).srt")
    assert (film.title, film.year, film.duration) == ("A film", 1999, 5)
    assert list(spans(film, "lines").label) == ["Hello,\nyou.", "Bye."]
    assert "shots" not in film.tracks
    assert spans(read("WEBVTT\n\n00:01.000 --> 00:02.000\nHi.\n", "srt"), "lines").begin.tolist() == [1000]
    latin = read("1\n00:00:01,000 --> 00:00:02,500\nÉtait-ce là ?\n".encode("cp1252"), "srt")
    assert list(spans(latin, "lines").label) == ["Était-ce là ?"]


def test_a_film_of_a_list_has_facts_and_a_lasting_identity(read: Any) -> None:
    one, two = read("length\n2.5\n", "csv"), read("length\n2.5\n", "csv", name="Another name.csv")
    assert one.identity == two.identity
    assert one.identity != read("length\n2.6\n", "csv").identity
    assert len(one.identity) == 32
    assert (one.facts.picture, one.facts.sound, one.facts.duration) == (None, None, Fraction(5, 2))
    assert (one.title, two.title) == ("Some film", "Another name")
    named = read("length\n2.5\n", "csv", title="Heat", year=1995)
    assert (named.title, named.year) == ("Heat", 1995)


def a_folder(path: Path) -> None:
    (path / "shots.csv").write_text("start\n0.0\n2.5\n6.0\n")
    (path / "scenes.csv").write_text("start,location,tod\n1.0,HERE,DAY\n4.0,THERE,NIGHT\n")
    (path / "dialogue.csv").write_text(
        '"start","end","person","text"\n1.5,2.0,"ADA","One, two."\n5.0,4.9,"BEN","Three."\n'
    )
    (path / "music.csv").write_text("start,end,artist,title,background\n3,7,Bach,Air,1\n")
    (path / "moods.tsv").write_text("onset\tduration\tmood\n0.5\t1\tglad\n")
    (path / "README.csv").write_text("who,what\nme,this\n")


def test_a_folder_of_annotations(tmp_path: Path) -> None:
    a_folder(tmp_path)
    film = read_film(tmp_path, "csv", title="Annotated")
    assert seconds(film) == THREE
    assert set(film.tracks) == {"shots", "scenes", "lines", "music", "list_moods"}
    scenes = spans(film, "scenes")
    assert (list(scenes.label), scenes.end.tolist()) == (["HERE", "THERE"], [4000, 7000])
    assert scenes.columns["tod"] == ["DAY", "NIGHT"]
    lines = spans(film, "lines")
    assert (list(lines.label), lines.columns["speaker"]) == (["One, two.", "Three."], ["ADA", "BEN"])
    assert lines.end.tolist() == [2000, 5000]
    assert np.asarray(spans(film, "music").columns["background"]).tolist() == [1]
    assert list(spans(film, "list_moods").label) == ["glad"]
    told = "\n".join(film.notes)
    assert "README.csv has no column of times" in told
    assert "ends before" in told
    assert read_film(tmp_path, "csv", duration=Fraction(9)).duration == 9


def test_the_annotated_feature_film() -> None:
    folder = REFERENCE / "forrest-gump"
    if not folder.is_dir():
        pytest.skip(f"the annotated film is not here: no {folder} (set REWATCH_REFERENCE)")
    film = read_film(folder, "csv", title="Forrest Gump", year=1994)
    assert {name: len(track) for name, track in film.tracks.items()} == {
        "shots": 844,  # 848 rows, four of which begin where another does
        "scenes": 205,
        "lines": 985,
        "music": 70,
        "locations": 869,
    }
    assert 7080 < film.duration < 7090
    found = Cutting().finish(film.tracks)["cutting"]
    assert isinstance(found, Figures)
    assert found.values["shots"] == 844
    assert found.values["asl"] == pytest.approx(float(film.duration) / 844)
    assert found.values["hawkes.mu"] is not None


def test_a_published_film_by_its_column() -> None:
    path = REFERENCE / "cutting-shot-lengths.csv"
    if not path.is_file():
        pytest.skip(f"the published shot lengths are not here: no {path} (set REWATCH_REFERENCE)")
    film = read_film(path, "shot-lengths", column="Jaws (1975)")
    found = Cutting().finish(film.tracks)["cutting"]
    assert isinstance(found, Figures)
    assert (film.title, film.year, found.values["shots"]) == ("Jaws", 1975, 1076)
    assert (found.values["median"], found.values["q1"], found.values["q3"]) == pytest.approx((3.6, 2.1, 6.8), abs=1e-12)
    assert found.values["asl"] == pytest.approx(6.764, abs=5e-4)


def test_shots_that_rewatch_wrote_are_read_again(read: Any) -> None:
    text = (
        "index,first_frame,last_frame,start,end,length,transition,transition_first_frame,transition_last_frame\r\n"
        "1,0,59,0,2.5025,2.5025,,,\r\n2,60,143,2.5025,6.006,3.5035,cut,60,60\r\n3,144,167,6.006,7.007,1.001,dissolve,140,147\r\n"
    )
    film = read(text, "csv")
    assert seconds(film) == [(0.0, 2.5025), (2.5025, 6.006), (6.006, 7.007)]
    assert list(spans(film).label) == ["", "cut", "dissolve"]


TENTHS = st.integers(0, 600).map(lambda n: Fraction(n, 10))


@given(st.lists(st.tuples(TENTHS, TENTHS), min_size=1, max_size=30))
def test_whatever_a_list_says_its_shots_come_one_after_another(pairs: list[tuple[Fraction, Fraction]]) -> None:
    rows = [Row(begin, begin + length) for begin, length in pairs]
    try:
        shots, notes = shots_track(rows)
    except ShotListError as error:
        assert not any(length for _, length in pairs)
        assert "no shot" in str(error)  # noqa: PT017
        return
    assert (shots.end > shots.begin).all()
    assert (shots.begin[1:] >= shots.end[:-1]).all()
    assert shots.begin[0] >= 1000 * min(begin for begin, _ in pairs)
    assert shots.end[-1] <= 1000 * max(begin + length for begin, length in pairs)
    tiled = sorted(pairs) == pairs and all(b > 0 for _, b in pairs)
    tiled = tiled and all(x[0] + x[1] == y[0] for x, y in itertools.pairwise(pairs))
    assert bool(notes) != tiled
