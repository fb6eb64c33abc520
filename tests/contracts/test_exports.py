"""The contract of all exports: deterministic, readable by others, whole or not at all, whatever the film lacks."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import math
import os
import sys
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pysubs2
import pytest

from rewatch.clock import MILLISECONDS, Clock
from rewatch.errors import ExportError
from rewatch.exports import as_csv
from rewatch.exports.registry import EXPORTS
from rewatch.track import Curve, Events, Figures, Spans

TEXTS = [name for name, export in EXPORTS.items() if export.is_text]
HOSTILE = [
    "=1+1",
    "+1",
    '-2 "quoted", and a comma',
    "@SUM(A1)",
    "\tcell",
    "'tis",
    "two\nlines\n\nand an empty one",
    "00:00:01.000 --> 00:00:02.000",
    "NOTE no comment",
    "<b>bold & brave</b>",
    "</v><c>",
    "日本語 ½ é",
    "a\r\nb",
    "\x00nul",
    "WEBVTT",
    "{\\an8}above",
    "&amp;",
    "  ",
    "",
    "|;,\"'",
]


def _fakes() -> ModuleType:
    name = "rewatch_fake_films"
    if name not in sys.modules:
        path = Path(__file__).parent.parent / "exports" / "fake_films.py"
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="module")
def fakes() -> ModuleType:
    return _fakes()


@pytest.fixture(autouse=True)
def coarse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small PNGs: encoding large ones is no part of the contract."""
    monkeypatch.setattr("rewatch.exports.sheet.paper.DPI", 30)


@pytest.fixture(scope="module")
def study(fakes: ModuleType) -> Any:
    return fakes.film(60)


@pytest.fixture(scope="module")
def hostile(fakes: ModuleType, study: Any) -> Any:
    at = np.arange(len(HOSTILE), dtype=np.int64) * 2000
    lines = Spans("lines", at, at + 1500, HOSTILE, MILLISECONDS, {"speaker": HOSTILE[::-1]})
    return fakes.FakeStudy(
        '=cmd|"/c calc"!A1 --> <title>\n\n', None, study.facts, study.times, 60.0, {**study.tracks, "lines": lines}
    )


def lacking(fakes: ModuleType, study: Any) -> list[Any]:
    """The same film without picture, without sound, without words, without anything; and one that was never watched."""
    return [
        fakes.without(study, picture=False),
        fakes.without(study, sound=False),
        fakes.without(study, words=False),
        fakes.without(study, picture=False, sound=False, words=False),
        fakes.FakeStudy("Unseen", None, fakes.facts(90.0), None, 90.0, {}),
    ]


@pytest.mark.parametrize("name", EXPORTS)
def test_the_registry_says_what_it_is(name: str) -> None:
    export = EXPORTS[name]
    assert export.name == name
    assert export.about
    assert export.suffix.startswith(".")


@pytest.mark.parametrize("name", EXPORTS)
def test_deterministic(name: str, study: Any, hostile: Any) -> None:
    for film in (study, hostile):
        assert EXPORTS[name].content(film) == EXPORTS[name].content(film)


@pytest.mark.parametrize("name", EXPORTS)
def test_a_lack_is_an_error_of_one_line_or_a_file(name: str, fakes: ModuleType, study: Any, tmp_path: Path) -> None:
    for i, film in enumerate(lacking(fakes, study)):
        path = tmp_path / f"{i}{EXPORTS[name].suffix}"
        error = ""
        try:
            EXPORTS[name].write(film, path)
        except ExportError as refused:
            error = str(refused)
        assert path.exists() == (not error)
        assert not error or (film.title in error and "\n" not in error)
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


@pytest.mark.parametrize("name", EXPORTS)
def test_written_whole_or_not_at_all(name: str, study: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / f"film{EXPORTS[name].suffix}"
    path.write_text("what was there before")

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(ExportError, match="disk is full"):
            EXPORTS[name].write(study, path)
    assert path.read_text() == "what was there before"
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    EXPORTS[name].write(study, path)
    assert path.read_bytes() == EXPORTS[name].content(study)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("name", EXPORTS)
def test_text_or_a_word_why_not(name: str, study: Any) -> None:
    if name in TEXTS:
        assert EXPORTS[name].text(study).encode() == EXPORTS[name].content(study)
    else:
        with pytest.raises(ExportError, match="-o FILE"):
            EXPORTS[name].text(study)


def test_csv_reads_back(study: Any) -> None:
    rows = list(csv.DictReader(io.StringIO(EXPORTS["csv"].text(study), newline="")))
    shots = study.tracks["shots"]
    assert tuple(rows[0]) == as_csv.SHOT_COLUMNS
    assert [int(r["first_frame"]) for r in rows] == shots.begin.tolist()
    assert [int(r["last_frame"]) + 1 for r in rows] == shots.end.tolist()
    assert [r["transition"] for r in rows] == list(shots.label)
    for row, begin in zip(rows, shots.begin_seconds(study.times), strict=True):
        assert float(row["start"]) == pytest.approx(begin, abs=1e-6)
        assert float(row["length"]) == pytest.approx(float(row["end"]) - float(row["start"]), abs=2e-6)
    mixed = [r for r in rows if r["transition"] == "dissolve"]
    assert mixed
    assert all(int(r["transition_first_frame"]) < int(r["transition_last_frame"]) for r in mixed)


def test_a_folder_of_csv_holds_every_track(hostile: Any, tmp_path: Path) -> None:
    EXPORTS["csv"].write(hostile, tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == {f"{name}.csv" for name in hostile.tracks}
    with (tmp_path / "lines.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [as_csv.plain_text(r["label"]) for r in rows] == HOSTILE
    assert [as_csv.plain_text(r["speaker"]) for r in rows] == HOSTILE[::-1]
    for name, track in hostile.tracks.items():
        with (tmp_path / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            table = list(csv.reader(file))
        assert len(table) == len(track) + 1
        assert {len(row) for row in table} == {len(table[0])}
    with (tmp_path / "loudness.csv").open(encoding="utf-8", newline="") as file:
        read = np.array([[float(r["momentary"]), float(r["time"])] for r in csv.DictReader(file)])
    loudness = hostile.tracks["loudness"]
    assert np.array_equal(read[:, 0].astype(np.float32), loudness.column("momentary"))
    assert read[:, 1] == pytest.approx(loudness.seconds(), abs=1e-6)


def test_no_cell_is_a_formula(hostile: Any, tmp_path: Path) -> None:
    EXPORTS["csv"].write(hostile, tmp_path)
    for path in tmp_path.iterdir():
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                for cell in row:
                    if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")):
                        assert math.isfinite(float(cell)), f"{path.name}: {cell!r}"


def test_json_reads_back_to_the_last_digit(hostile: Any) -> None:
    read = json.loads(EXPORTS["json"].text(hostile), parse_constant=lambda c: pytest.fail(f"{c} in JSON"))
    assert read["film"] == {"title": hostile.title, "year": None, "duration": 60.0}
    assert read["edition"]["picture"]["rate"] == "24"
    assert read["figures"]["loudness_figures"]["integrated"] == {"value": -23.4, "unit": "LUFS", "why": None}
    assert list(read["tracks"]) == sorted(n for n in hostile.tracks if not isinstance(hostile.tracks[n], Figures))
    for name, plain in read["tracks"].items():
        track = hostile.tracks[name]
        clock = plain["clock"]
        made = Clock(None) if "frames" in clock else Clock(Fraction(clock["rate"]), Fraction(clock["start"]))
        assert made == track.clock
        if isinstance(track, Curve):
            assert plain["kind"] == "curve"
            values = np.stack([plain["values"][c] for c in plain["columns"]], axis=1)
            assert np.array_equal(values.astype(track.values.dtype), track.values.reshape(len(track), -1))
        elif isinstance(track, Events):
            assert plain["at"] == track.at.tolist()
        else:
            assert plain["begin"] == np.asarray(track.begin).tolist()
            assert plain["label"] == list(track.label)
            assert {k: list(v) for k, v in track.columns.items()} == plain["columns"]


def test_vtt_reads_back(study: Any) -> None:
    read = pysubs2.SSAFile.from_string(EXPORTS["vtt"].text(study), format_="vtt")
    lines = study.tracks["lines"]
    assert [e.start for e in read] == lines.begin.tolist()
    assert [e.end for e in read] == np.maximum(lines.end, lines.begin + 1).tolist()
    assert [e.plaintext for e in read] == list(lines.label)
    assert EXPORTS["vtt"].text(study).count("<v ANNA>") == list(lines.columns["speaker"]).count("ANNA")


def test_vtt_holds_whatever_is_said(hostile: Any) -> None:
    text = EXPORTS["vtt"].text(hostile)
    blocks = [b.split("\n") for b in text.strip().split("\n\n")][2:]
    said = [i for i, line in enumerate(HOSTILE) if line.replace("\0", "").strip()]
    assert [int(b[0]) - 1 for b in blocks] == said
    for block, i in zip(blocks, said, strict=True):
        assert block[1].count("-->") == 1
        payload = "\n".join(block[2:])
        assert "-->" not in payload
        assert payload.count("<") == payload.count("<v ") <= 1
        # WebVTT's own unescaping gives the words back.
        words = payload.split(">", 1)[1] if payload.startswith("<v ") else payload
        plain = words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        assert plain.split() == HOSTILE[i].replace("\0", "").split()
    # pysubs2 takes any line with two time stamps for the head of a cue, so that one is left out for it.
    others = text.replace("00:00:01.000 --&gt; 00:00:02.000", "time")
    assert len(pysubs2.SSAFile.from_string(others, format_="vtt")) == len(said)


def test_shots_as_metadata_cues(study: Any) -> None:
    text = EXPORTS["vtt-shots"].text(study)
    cues = [b.split("\n") for b in text.strip().split("\n\n")][2:]
    about = [json.loads(b[2]) for b in cues]
    shots = study.tracks["shots"]
    assert [a["first_frame"] for a in about] == shots.begin.tolist()
    assert [a["transition"] for a in about] == list(shots.label)


def test_no_lines_among_subtitles_is_an_empty_file_not_an_error(fakes: ModuleType, study: Any) -> None:
    none = np.zeros(0, dtype=np.int64)
    film = fakes.FakeStudy(
        "Quiet", None, study.facts, None, 90.0, {"lines": Spans("lines", none, none, [], MILLISECONDS)}
    )
    assert EXPORTS["vtt"].text(film) == "WEBVTT\n\nNOTE\nQuiet\n"


def test_a_pipe_is_written_straight_to(study: Any, tmp_path: Path) -> None:
    link = tmp_path / "link.csv"
    target = tmp_path / "target.csv"
    target.write_text("old")
    link.symlink_to(target)
    EXPORTS["csv"].write(study, link)
    assert link.is_symlink()
    assert target.read_bytes() == EXPORTS["csv"].content(study)
    EXPORTS["csv"].write(study, Path(os.devnull))
    assert not Path(os.devnull).is_file()


def test_a_soundtrack_with_empty_tracks_of_frames_is_written(fakes: ModuleType, study: Any, tmp_path: Path) -> None:
    """What analysers of the picture give where there is none: tracks of frames, empty, and no times of frames."""
    heard = fakes.without(study, "shots", picture=False)
    none = np.zeros(0, np.int64)
    heard.tracks["shots"] = Spans("shots", none, none, [], Clock(None), {"sure": np.zeros(0)})
    for name in ("csv", "vtt-shots"):
        with pytest.raises(ExportError, match="the film has no picture"):
            EXPORTS[name].content(heard)
    EXPORTS["csv"].write(heard, tmp_path)
    assert (tmp_path / "shots.csv").read_text("utf-8").splitlines() == ["begin,end,start,stop,label,sure"]
