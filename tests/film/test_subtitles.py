"""The words, from beside the film and from within."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from rewatch.errors import SubtitleError
from rewatch.evidence import Line
from rewatch.film.probe import open_film
from rewatch.film.subtitles import find_side_files, read_lines

SRT = "1\n00:00:01,000 --> 00:00:02,500\n{}\n\n2\n00:00:03,000 --> 00:00:04,000\nSecond\n"


@pytest.fixture(autouse=True)
def _locale(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture(scope="module")
def bare(tmp_path_factory, render):
    """The facts of a film without words; each test gets them for a path of its own."""
    return open_film(render(tmp_path_factory.mktemp("bare") / "film.mp4", count=3))


def beside(bare, folder, **files):
    film = dataclasses.replace(bare, path=str(folder / "film.mp4"))
    (folder / "film.mp4").touch()
    return film


def write(folder: Path, name: str, text: str = SRT.format("First"), encoding: str = "utf-8") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def test_side_files_are_found_as_players_find_them(tmp_path):
    (tmp_path / "Film.mkv").touch()
    for name in ("Film.srt", "Film.en.srt", "Film.en.forced.srt", "film.EN.sdh.srt", "Film.de.vtt", "Film.pt-BR.ass",
                 "Subs/Film.fr.srt", "Subs/2_English.srt",
                 "Film 2.srt", "Filmed.srt", "Other.srt", "Film.en.txt"):  # fmt: skip
        write(tmp_path, name)
    found = find_side_files(tmp_path / "Film.mkv")
    assert [str(side.path.relative_to(tmp_path)) for side in found] == [
        "Film.en.srt", "Subs/2_English.srt", "film.EN.sdh.srt", "Film.srt", "Film.de.vtt", "Subs/Film.fr.srt",
        "Film.pt-BR.ass", "Film.en.forced.srt"]  # fmt: skip
    assert [side.language for side in found] == ["en", "en", "en", "", "de", "fr", "pt", "en"]
    assert [side.forced for side in found] == [False] * 7 + [True]


def test_the_sounds_language_comes_first_then_the_users(tmp_path, monkeypatch):
    (tmp_path / "film.mp4").touch()
    for code in ("de", "en", "fr", "it"):
        write(tmp_path, f"film.{code}.srt")
    write(tmp_path, "film.srt")

    def order(language=""):
        return [side.path.name.split(".")[1] for side in find_side_files(tmp_path / "film.mp4", language)]

    assert order("fre") == ["fr", "srt", "en", "de", "it"]
    monkeypatch.setenv("LC_ALL", "it_IT.UTF-8")
    assert order("fre") == ["fr", "srt", "it", "en", "de"]
    assert order() == ["it", "srt", "en", "de", "fr"]


def test_a_named_file_comes_before_one_beside_the_film(tmp_path, bare):
    film = beside(bare, tmp_path)
    write(tmp_path, "film.en.srt")
    other = write(tmp_path, "notes.vtt", "WEBVTT\n\n00:05.000 --> 00:06.000\nOther\n")
    assert read_lines(film, other) == ([Line(5000, 6000, "Other")], "the file notes.vtt")
    lines, words = read_lines(film)
    assert words == "the file film.en.srt"
    assert lines == [Line(1000, 2500, "First"), Line(3000, 4000, "Second")]


def test_forced_ones_are_not_the_dialogue(tmp_path, bare):
    film = beside(bare, tmp_path)
    write(tmp_path, "film.en.forced.srt")
    assert read_lines(film) == ([], "")


@pytest.mark.parametrize(
    ("raw", "plain", "speaker"),
    [
        ("<i>Come</i> in.", "Come in.", ""),
        (r"{\an8}Up here", "Up here", ""),
        ('<font color="#fff">White</font>', "White", ""),
        ("- Who?\n- Me.", "- Who?\n- Me.", ""),
        ("ANNA: Come in.", "Come in.", "ANNA"),
        ("- MAN 1: Stop!", "Stop!", "MAN 1"),
        ("ANNA:\nCome in.", "Come in.", "ANNA"),
        ("Note: this is text", "Note: this is text", ""),
        ("AT 12:30 SHARP", "AT 12:30 SHARP", ""),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2", ""),
        ("Tom & Jerry", "Tom & Jerry", ""),
        ("ПЁТР: Иди сюда.", "Иди сюда.", "ПЁТР"),
    ],
)
def test_tags_go_and_names_are_told(tmp_path, bare, raw, plain, speaker):
    film = beside(bare, tmp_path)
    write(tmp_path, "film.srt", SRT.format(raw))
    assert read_lines(film)[0][0] == Line(1000, 2500, plain, speaker)


@pytest.mark.parametrize("suffix", ["srt", "vtt"])
def test_a_number_at_the_end_of_a_text_is_kept(tmp_path, bare, suffix):
    film = beside(bare, tmp_path)
    if suffix == "srt":
        text = SRT.format("It was\n1984").replace("Second", "No, it was\n1985")
    else:
        text = (
            "WEBVTT\n\n00:01.000 --> 00:02.500\nIt was\n1984\n\n00:03.000 --> 00:04.000\nNo, it was\n1985\n"
            "\n00:05.000 --> 00:06.000\n\n7\n00:07.000 --> 00:08.000\n42\n"
        )
    write(tmp_path, f"film.{suffix}", text)
    said = [line.text for line in read_lines(film)[0]]
    assert said == ["It was\n1984", "No, it was\n1985", *(["42"] if suffix == "vtt" else [])]


def test_two_names_in_one_subtitle_are_two_lines(tmp_path, bare):
    film = beside(bare, tmp_path)
    write(tmp_path, "film.srt", SRT.format("ANNA: Come in.\nBOB: Why?"))
    assert read_lines(film)[0][:2] == [Line(1000, 2500, "Come in.", "ANNA"), Line(1000, 2500, "Why?", "BOB")]


def test_webvtt_voices_notes_and_names_of_cues(tmp_path, bare):
    film = beside(bare, tmp_path)
    text = (
        "WEBVTT - Some title\n\nSTYLE\n::cue { color: red }\n\nintro\n00:01.000 --> 00:02.000 line:0\n"
        "<v.loud Roger Bingham>We are in <i>New&nbsp;York</i> &amp; on air\n\nNOTE this is not said\n\nsecond cue\n"
        "01:00:00.000 --> 01:00:01.000\n<v Fred>Hi.\n<v Ann>Hello.\n"
    )
    write(tmp_path, "film.vtt", text)
    assert read_lines(film)[0] == [
        Line(1000, 2000, "We are in New York & on air", "Roger Bingham"),
        Line(3_600_000, 3_601_000, "Hi.", "Fred"),
        Line(3_600_000, 3_601_000, "Hello.", "Ann"),
    ]


def test_ass_names_layers_drawings_and_comments(tmp_path, bare):
    film = beside(bare, tmp_path)
    head = (
        "[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname\nStyle: Default,Arial\n\n[Events]\n"
        "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
    )
    events = (
        "Dialogue: 0,0:00:03.00,0:00:04.00,Default,Anna,0,0,0,,{\\i1}Later{\\i0}\\Nthan this, yes\n"
        "Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\pos(1,2)}Sign\n"
        "Dialogue: 1,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\pos(1,2)\\blur3}Sign\n"
        "Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\p1}m 0 0 l 10 10{\\p0}\n"
        "Comment: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,never shown\n"
    )
    write(tmp_path, "film.ass", head + events)
    assert read_lines(film)[0] == [Line(1000, 2000, "Sign"), Line(3000, 4000, "Later\nthan this, yes", "Anna")]


@pytest.mark.parametrize("encoding", ["cp1251", "utf-16", "utf-8-sig", "koi8-r"])
def test_russian_in_any_encoding_is_readable(tmp_path, bare, encoding):
    film = beside(bare, tmp_path)
    text = SRT.format("Где мой брат? Не знаю, может быть, он ушёл из дома. Пожалуйста, успокойтесь.")
    write(tmp_path, "film.srt", text, encoding)
    assert read_lines(film)[0][0].text.startswith("Где мой брат?")


def test_what_cannot_be_read_is_an_error_when_named_and_passed_over_beside(tmp_path, bare):
    import random

    film = beside(bare, tmp_path)
    broken = tmp_path / "film.srt"
    broken.write_bytes(random.Random(1).randbytes(4000))
    with pytest.raises(SubtitleError, match="save it as UTF-8") as caught:
        read_lines(film, broken)
    assert "\n" not in str(caught.value)
    lines, words = read_lines(film)
    assert lines == []
    assert "film.srt" in words
    write(tmp_path, "film.xx.srt")
    lines, words = read_lines(film)
    assert len(lines) == 2
    assert words.startswith("the file film.xx.srt; passed over: ")


@pytest.mark.parametrize(
    "text", ["", "Just some prose.\n", "WEBVTT\n\n", "[Script Info]\n[Events]\nDialogue: nonsense\n"]
)
def test_a_named_file_without_subtitles(tmp_path, bare, text):
    film = beside(bare, tmp_path)
    with pytest.raises(SubtitleError):
        read_lines(film, write(tmp_path, "words.srt", text))
    with pytest.raises(SubtitleError, match="No such file"):
        read_lines(film, tmp_path / "gone.srt")


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_embedded_text(tmp_path, render, suffix):
    lines = [(500, 900, "ANNA: Good evening."), (1200, 2000, "Two\\Nrows")]
    film = open_film(render(tmp_path / f"film{suffix}", count=60, lines=lines))
    assert len(film.words) == 1
    got, words = read_lines(film)
    assert got == [Line(500, 900, "Good evening.", "ANNA"), Line(1200, 2000, "Two\nrows")]
    assert words.startswith(f"stream {film.words[0].stream} of the film")


def test_embedded_text_of_a_real_film(films, tmp_path):
    film = open_film(films / "nasa_13013.mp4")
    lines, words = read_lines(film)
    assert words == "stream 2 of the film (mov_text, eng)"
    assert lines[0] == Line(210, 4260, "This is the optical and science segment of the Webb", "NAR")
    assert len(lines) == 4


def test_real_side_files(films):
    film = open_film(films / "agent327_480p.mp4")
    names = [side.path.name.split(".")[1] for side in find_side_files(film.path)]
    assert names == ["en", "de", "es", "fr", "it", "ru"]
    lines, words = read_lines(film)
    assert words == "the file agent327_480p.en.vtt"
    assert lines[0] == Line(12720, 15120, "This is 327, I'm going in")
    assert read_lines(film, films / "agent327_480p.ru.vtt")[0][1].text == "Удачи, агент"
