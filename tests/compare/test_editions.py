"""Two editions beside each other: a recut of the demo film with known truth, from Python and on the command line."""

from __future__ import annotations

import doctest
import importlib.util
import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rewatch.cli.main import run as program
from rewatch.compare.editions import compare
from rewatch.compare.segments import Alignment
from rewatch.library.edition import Edition
from rewatch.library.library import Library
from rewatch.watch.run import watch

_PATH = Path(__file__).parents[2] / "benchmarks" / "re_edits.py"
_PAGE = Path(__file__).parents[2] / "docs" / "compare.md"
_SPEC = importlib.util.spec_from_file_location("re_edits", _PATH)
assert _SPEC
assert _SPEC.loader
re_edits: Any = importlib.util.module_from_spec(_SPEC)
sys.modules["re_edits"] = re_edits
_SPEC.loader.exec_module(re_edits)

Row = tuple[str, tuple[int, int] | None, tuple[int, int] | None]


@dataclass(frozen=True)
class Recut:
    """The demo film and a recut of it, both in one library; what was done, by frames, in order of B."""

    library: Path
    a: Edition
    b: Edition
    truth: list[dict[str, Any]]
    found: Alignment


@pytest.fixture(scope="module")
def recut(demo_film: Any, demo_library: Library, tmp_path_factory: pytest.TempPathFactory) -> Recut:
    """Frames were taken out, others put in, a stretch put at the end; half the size, darker, 3 dB softer."""
    folder = tmp_path_factory.mktemp("recut")
    shutil.copytree(demo_library.folder, folder / "library")
    library = Library(folder / "library")
    film = re_edits.load(demo_film.path, 192)
    noise = np.random.default_rng(3).integers(0, 256, (2, 6, 10, 3))
    # Foreign material: blots that drift, and that no film holds.
    drift = np.linspace(0, 1, 60)[:, None, None, None]
    foreign = re_edits.Source((noise[0] * (1 - drift) + noise[1] * drift).astype(np.uint8), film.rate, film.sound[:0])
    count = len(film.frames)
    piece = re_edits.Piece
    pieces = [
        piece("a", 0, 300),
        piece("foreign", 0, 60),
        piece("a", 300, 500),
        piece("a", 620, 900),
        piece("a", 1000, count),
        piece("a", 900, 1000, moved=True),
    ]
    target = folder / "recut.mp4"
    re_edits.render(
        target, pieces, {"a": film, "foreign": foreign}, re_edits.Dress(grade=(0.9, 1.1, 0.8), sound="-3dB")
    )
    b = watch(target, library, title="The Recut").edition
    a = library.edition(next(iter(demo_library.entries())).id)
    return Recut(folder / "library", a, b, re_edits.truth_of(pieces, count), compare(a, b))


@pytest.fixture
def here(recut: Recut, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in, where the recut's library is the library."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REWATCH_LIBRARY", str(recut.library))
    return tmp_path


def test_the_page_is_true(here: Path) -> None:
    failed, tried = doctest.testfile(str(_PAGE), module_relative=False)
    assert not failed
    assert tried > 12


def test_the_commands_of_the_page_run(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [line.strip() for line in _PAGE.read_text("utf-8").splitlines() if line.startswith("    rewatch ")]
    commands = [line.split()[1:] for line in lines if line.split()[1] in ("compare", "carry", "export")]
    assert len(commands) > 5
    for words in commands:
        named = ["lamp" if w == "heat-tv" else "recut" if w == "heat-restored" else w for w in words]
        try:
            program(named)
        except SystemExit as ended:
            if ended.code:
                pytest.fail(f"{named}: {capsys.readouterr().err}")
    assert {"both.png", "joins", "rebuild.otio", "restored.srt"} <= {path.name for path in here.iterdir()}


def rows_of(found: Alignment) -> list[Row]:
    def frames(side: Any) -> tuple[int, int] | None:
        return None if side is None else (side.first_frame, side.last_frame)

    return [(s.kind, frames(s.a), frames(s.b)) for s in found]


def test_the_recut_is_told_to_the_frame(recut: Recut) -> None:
    def near(one: tuple[int, int] | None, other: tuple[int, int] | None) -> bool:
        if one is None or other is None:
            return one is other
        return abs(one[0] - other[0]) <= 1 and abs(one[1] - other[1]) <= 1

    left = rows_of(recut.found)
    for row in recut.truth:
        wanted = (row["kind"], row["a"] and tuple(row["a"]), row["b"] and tuple(row["b"]))
        hit = [r for r in left if r[0] == wanted[0] and near(r[1], wanted[1]) and near(r[2], wanted[2])]
        assert len(hit) == 1, (wanted, left)
        left.remove(hit[0])
    assert not left


def test_all_of_both_films_is_covered_once(recut: Recut) -> None:
    rows = rows_of(recut.found)
    for side, edition in ((1, recut.a), (2, recut.b)):
        spans = sorted(row[side] for row in rows if row[side] is not None)
        assert spans[0][0] == 0
        assert spans[-1][1] == len(edition.events("frames")) - 1
        assert all(after[0] == before[1] + 1 for before, after in pairwise(spans))


def test_grade_and_level_are_told(recut: Recut) -> None:
    same = [s for s in recut.found if s.kind == "same" and s.a and s.a.seconds > 5]
    for segment in same:
        assert segment.picture is not None
        assert segment.picture.grade is not None
        assert segment.picture.grade.gain < 0.97
        assert segment.sound is not None
        assert segment.sound.gain_db == pytest.approx(-3, abs=0.5)
        assert not segment.sound.replaced


def test_a_moment_is_carried_both_ways(recut: Recut) -> None:
    frame = recut.a.events("frames").seconds()
    there = recut.found.to_b(float(frame[700]))
    assert there.there
    assert there.frame is not None
    assert abs(there.frame - (300 + 60 + 200 + 80)) <= 1
    assert recut.found.to_a(there.seconds).seconds == pytest.approx(float(frame[700]), abs=0.05)
    gone = recut.found.to_b(float(frame[560]))
    assert not gone.there
    assert gone.kind == "removed"
    moved = recut.found.to_b(float(frame[950]))
    assert moved.there
    assert moved.kind == "moved"


def test_an_edition_beside_itself_is_the_same(recut: Recut) -> None:
    found = compare(recut.a, recut.a)
    assert [s.kind for s in found] == ["same"]
    assert not found.differences


def test_the_other_way_round_what_was_added_is_removed(recut: Recut) -> None:
    there = recut.found
    back = compare(recut.b, recut.a, refine=False)
    assert back.count("removed") == there.count("added")
    assert back.count("added") == there.count("removed")


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(recut: Recut, capsys: pytest.CaptureFixture[str]) -> Run:
    """Calls the program with the recut's library: status, standard output, standard error."""

    def call(*words: str) -> tuple[int, str, str]:
        status = 0
        try:
            program([*words, "--library", str(recut.library)])
        except SystemExit as ended:
            status = int(ended.code or 0)
        out, err = capsys.readouterr()
        return status, out, err

    return call


def test_the_table(run: Run) -> None:
    status, out, _ = run("compare", "lamp", "recut", "--hasty")
    assert not status
    for word in ("removed", "added", "moved", "throughout", "shorter"):
        assert word in out


def test_json_is_the_alignment(run: Run, recut: Recut) -> None:
    status, out, _ = run("compare", "lamp", "recut", "--json")
    assert not status
    told = json.loads(out)
    assert [s["kind"] for s in told["segments"]] == [s.kind for s in recut.found]
    assert told["summary"] == recut.found.summary()


@pytest.mark.parametrize("form", ["otio", "edl", "csv"])
def test_it_is_written_for_editors(run: Run, recut: Recut, tmp_path: Path, form: str) -> None:
    target = tmp_path / f"b.{form}"
    status, _, err = run("compare", "lamp", "recut", "--hasty", "--to", form, "-o", str(target))
    assert not status, err
    text = target.read_text(encoding="utf-8")
    if form != "otio":
        assert len(text.splitlines()) > 5
        return
    import opentimelineio

    timeline = opentimelineio.adapters.read_from_string(text, "otio_json")
    frames = sum(clip.source_range.duration.value for clip in timeline.video_tracks()[0].find_clips())
    assert frames == pytest.approx(len(recut.b.events("frames")), abs=1)


def test_the_sheet_and_the_joins_are_drawn(run: Run, tmp_path: Path) -> None:
    from PIL import Image

    sheet, joins = tmp_path / "both.png", tmp_path / "joins"
    status, _, err = run("compare", "lamp", "recut", "--hasty", "--sheet", str(sheet), "--stills", str(joins))
    assert not status, err
    with Image.open(sheet) as drawn:
        assert min(drawn.size) > 500
        assert len(drawn.convert("RGB").getcolors(1 << 24) or []) > 100
    assert len(list(joins.iterdir())) >= 3


def test_notes_go_with_their_moments(run: Run, recut: Recut) -> None:
    frame = recut.a.events("frames").seconds()
    for at, text in ((700, "kept"), (560, "lost")):
        assert not run("note", "lamp", f"{float(frame[at]):.2f}", text)[0]
    status, out, err = run("carry", "lamp", "recut", "--json")
    assert not status, err
    told = {row["text"]: row for row in json.loads(out)["notes"]}
    assert told["kept"]["exists"]
    assert not told["lost"]["exists"]
    assert not run("carry", "lamp", "recut")[0]
    _, listed, _ = run("notes", "recut")
    assert listed.count("kept") == 1
    assert "gone" in listed


def test_where_is_a_moment(run: Run, recut: Recut) -> None:
    frame = recut.a.events("frames").seconds()
    status, out, _ = run("carry", "lamp", "recut", "--at", f"{float(frame[700]):.2f}", "--json")
    assert not status
    (told,) = json.loads(out)["times"]
    assert told["exists"]


@pytest.mark.parametrize("words", [("lamp", "nothing"), ("nothing", "lamp")])
def test_a_film_that_is_not_there_is_one_line(run: Run, words: tuple[str, str]) -> None:
    status, out, err = run("compare", *words)
    assert (status, out) == (1, "")
    assert err.count("\n") == 1
    assert "nothing" in err


def test_two_films_that_have_nothing_in_common(run: Run, tmp_path: Path) -> None:
    """Nothing is forced together. A file that is not in the library is watched first."""
    rng = np.random.default_rng(11)
    blots = rng.integers(0, 256, (8, 6, 10, 3))
    shots = np.repeat(blots, 40, axis=0)[:, :, :, :]
    drift = rng.integers(-6, 7, (len(shots), 1, 1, 1))
    frames = np.clip(shots + drift, 0, 255).astype(np.uint8)
    big = frames.repeat(18, axis=1).repeat(19, axis=2)[:, :108, :190]
    sound = (0.1 * rng.standard_normal((int(len(frames) / 24 * 48000), 2))).astype(np.float32)
    other = re_edits.Source(np.ascontiguousarray(big), Fraction(24), sound)
    target = tmp_path / "blots.mp4"
    re_edits.render(target, [re_edits.Piece("a", 0, len(frames))], {"a": other})
    status, out, err = run("compare", "lamp", str(target), "--json")
    assert not status
    assert "blots.mp4 is not in the library yet: watching it first" in err
    told = json.loads(out)
    assert not told["related"]
    assert "nothing in common" in told["summary"]
    status, _, err = run("compare", "lamp", str(target))
    assert (status, "watching" in err) == (0, False)
