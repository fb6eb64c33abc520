"""A stretch that runs slower, faster or backwards, and pictures that agree but for what lies over them."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from rewatch.clock import MILLISECONDS
from rewatch.compare.agreement import agreement, slid, unlike
from rewatch.compare.carry import retimed
from rewatch.compare.order import Piece
from rewatch.compare.paces import repaced
from rewatch.compare.segments import Alignment, Grade, Picture, Segment, Side, Sound
from rewatch.compare.turned import turned
from rewatch.compare.words import changes_of
from rewatch.track import Spans

Frames = Any


def told_by(shown: Frames) -> Callable[[Frames, Frames], Any]:
    """Evidence of a film B whose frames show these of A: they hardly differ from those beside them."""

    def told(of_b: Frames, of_a: Frames) -> Any:
        off = np.abs(np.asarray(of_a) - shown[np.asarray(of_b)])
        return np.where(off <= 2, 3.0 - off, -6.0).astype(np.float32)

    return told


def fragments(shown: Frames, begin: int, end: int) -> list[Piece]:
    """What a chain of even distances makes of a stretch: short pieces where it happens to agree."""
    return [Piece((n, n + 4), (int(shown[n]), int(shown[n]) + 4), 1.0) for n in range(begin + 4, end - 8, 16)]


@pytest.mark.parametrize("pace", [0.5, 2.0, 0.8])
def test_slow_motion_is_one_stretch(pace: float) -> None:
    slow = 200 + np.floor((np.arange(round(100 / pace)) + 0.5) * pace).astype(int)
    shown = np.concatenate([np.arange(200), slow, np.arange(300, 500)])
    end = 200 + len(slow)
    pieces = [
        Piece((0, 203), (0, 203), 3.0),
        *(fragments(shown, 200, end) if pace < 1 else []),
        Piece((end - 2, len(shown)), (298, 500), 3.0),
    ]
    found = repaced(pieces, 24.0, 1.0, told_by(shown))
    assert len(found) == 3
    assert found[1].a[1] - found[1].a[0] == pytest.approx(100, abs=6)
    assert (found[1].a[1] - found[1].a[0]) / found[1].frames == pytest.approx(pace, rel=0.05)
    assert not found[1].back
    assert [p.b[1] for p in found[:2]] == [p.b[0] for p in found[1:]]


def test_what_runs_backwards_is_told_so() -> None:
    shown = np.concatenate([np.arange(200), np.arange(271, 199, -1), np.arange(272, 500)])
    pieces = [Piece((0, 201), (0, 201), 3.0), *fragments(shown, 200, 272), Piece((271, 500), (271, 500), 3.0)]
    found = repaced(pieces, 24.0, 1.0, told_by(shown))
    assert [(p.b, p.a, p.back) for p in found] == [
        ((0, 200), (0, 200), False), ((200, 272), (200, 272), True), ((272, 500), (272, 500), False)
    ]  # fmt: skip
    # Pictures that say no are believed.
    assert repaced(pieces, 24.0, 1.0, told_by(shown), lambda b, a: False) == pieces


def test_an_insert_is_no_change_of_pace() -> None:
    shown = np.concatenate([np.arange(200), np.full(72, 10_000), np.arange(230, 500)])
    pieces = [Piece((0, 200), (0, 200), 3.0), Piece((272, 542), (230, 500), 3.0)]
    assert repaced(pieces, 24.0, 1.0, told_by(shown)) == pieces


def test_a_change_of_pace_is_said() -> None:
    def side(begin: float, end: float) -> Side:
        return Side(round(begin * 24), round(end * 24) - 1, begin, end)

    segments = (
        Segment("same", side(0, 10), side(0, 10)),
        Segment("same", side(10, 14), side(10, 18), speed=0.5),
        Segment("replaced", side(14, 16), side(18, 20), backwards=True),
    )
    film = Alignment("1", "2", ("A", "B"), (16.0, 20.0), segments)
    assert film.summary() == "B is 4.0 s longer: 1 run backwards; 8.0 s of it slower"
    assert film.as_json()["segments"][2]["backwards"]
    assert film.frame_map()[[0, 240, 241, 242, 431, 432]].tolist() == [0, 240, 240, 241, 335, -1]


def test_titles_and_a_logo_do_not_hide_a_picture() -> None:
    rng = np.random.default_rng(8)
    one, other = (np.cumsum(np.cumsum(rng.normal(size=(2, 36, 64)), axis=1), axis=2) * 2).astype(np.float32)
    one, other = (128 + 30 * (p - p.mean()) / p.std() for p in (one, other))
    titled = one + rng.normal(0, 1, one.shape).astype(np.float32)
    titled[27:31, 6:58] = 250
    titled[27:31, 8:56:3] = 0
    titled[2:7, 52:62] = 250
    for shown in (titled, 60 + 0.5 * (one - 128)):
        assert agreement(one, shown.astype(np.float32), (1.0, 0.0, 0.0))[0] > 0
    assert agreement(one, other, (1.0, 0.0, 0.0))[0] < 0


def test_only_what_shows_something_else_altogether_is_unlike() -> None:
    rng = np.random.default_rng(9)
    one, other = (rng.normal(128, 30, (2, 36, 64))).astype(np.float32)
    assert unlike(one, other)
    assert not unlike(one, 0.5 * one + 0.5 * other)
    assert not unlike(one, np.full_like(one, 250))
    assert not unlike(one, None)


def test_a_part_of_a_wider_picture_is_found_where_it_is() -> None:
    wide = np.random.default_rng(4).normal(128, 30, (36, 107)).astype(np.float32)
    narrow = 0.8 * wide[:, 31:95] + 10
    found = slid(wide, narrow)
    assert found is not None
    assert np.array_equal(found, wide[:, 31:95])
    assert slid(narrow, narrow) is narrow
    assert slid(wide, np.full_like(narrow, 3.0)).shape == narrow.shape  # type: ignore[union-attr]


def test_what_the_whole_film_has_is_not_said_again() -> None:
    usual = ("mirrored", "sound 4.0 dB quieter")
    plain = Picture(True, None, mirrored=True)
    side = Side(0, 23, 0.0, 1.0)
    for gain, said in ((-3.6, ()), (-5.2, ("sound 5.2 dB quieter",)), (3.9, ("sound 3.9 dB louder",))):
        segment = Segment("same", side, side, picture=plain, sound=Sound(True, gain_db=gain))
        assert changes_of(segment, usual) == said


def test_a_line_of_which_next_to_nothing_is_left_is_not_shown() -> None:
    """A second is removed: of one line a tenth of a second is left, of another half, and one was short before."""
    segments = (
        Segment("same", Side(0, 239, 0.0, 10.0), Side(0, 239, 0.0, 10.0)),
        Segment("removed", Side(240, 263, 10.0, 11.0), None),
        Segment("same", Side(264, 479, 11.0, 20.0), Side(240, 455, 10.0, 19.0)),
    )
    film = Alignment("1", "2", ("A", "B"), (20.0, 19.0), segments)
    begins, ends = np.array([2000, 9000, 9900, 10_900]), np.array([2200, 9800, 11_000, 12_500])
    lines = Spans("lines", begins, ends, ["short", "whole", "gone", "most"], MILLISECONDS)
    a: Any = SimpleNamespace(spans=lambda name: lines, times=None)
    told = retimed(film, a)
    assert list(zip(told.label, told.begin.tolist(), told.end.tolist(), strict=True)) == [
        ("short", 2000, 2200), ("whole", 9000, 9800), ("most", 10_000, 11_500)
    ]  # fmt: skip


def test_a_comparison_turned_round() -> None:
    def side(begin: float, end: float) -> Side:
        return Side(round(begin * 24), round(end * 24) - 1, begin, end)

    sound = Sound(True, gain_db=-3.0, offset_s=0.2, parts=((6.0, 8.0),), missing=None)
    picture = Picture(True, (0.2, 0.0, 0.8, 1.0), grade=Grade(0.8, 0.1, 0.5), moving=True)
    segments = (
        Segment("same", side(0, 10), side(0, 10), picture=picture, sound=sound),
        Segment("removed", side(10, 12), None),
        Segment("moved", side(20, 22), side(10, 12)),
        Segment("same", side(12, 20), side(12, 28), speed=0.5),
        Segment("added", None, side(28, 30), black="end"),
    )
    film = Alignment("1", "2", ("A", "B"), (22.0, 30.0), segments, notes=("A has no picture",))
    back = turned(film)
    assert [(s.kind, s.a and s.a.start, s.b and s.b.start, s.speed) for s in back] == [
        ("same", 0, 0, 1.0), ("added", None, 10, 1.0), ("same", 12, 12, 2.0), ("removed", 28, None, 1.0),
        ("moved", 10, 20, 1.0),
    ]  # fmt: skip
    first = back.segments[0]
    assert first.picture is not None
    assert first.sound is not None
    assert first.picture.crop == pytest.approx((-1 / 3, 0, 4 / 3, 1), abs=1e-3)
    assert first.picture.grade == Grade(1.25, -0.125, 2.0)
    assert (first.sound.gain_db, first.sound.offset_s, first.sound.parts) == (3.0, -0.2, ((6.0, 8.0),))
    assert (back.names, back.durations, back.notes) == (("B", "A"), (30.0, 22.0), ("B has no picture",))
    assert (
        back.summary() == "B is 8.0 s shorter: 1 added, 1 moved; 8.0 s of it faster; another sound for 2.0 s; "
        "B has 2.0 s less of black at its end"
    )
    forth = turned(back)
    assert [(s.kind, s.a, s.b) for s in forth if s.kind != "removed"] == [
        (s.kind, s.a, s.b) for s in film if s.kind != "removed"
    ]
