"""What a comparison makes of runs of frames: whose a frame is, what a slip is, which frame belongs to which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest

from rewatch.clock import FrameTimes
from rewatch.compare import chain
from rewatch.compare.agreement import agreement
from rewatch.compare.black import marked
from rewatch.compare.chain import Line, Run, likeness_of
from rewatch.compare.claims import claimed
from rewatch.compare.editions import side_of
from rewatch.compare.frame import Framing, as_shown, framing_of, likeness
from rewatch.compare.order import Piece, closed, pieces_of, snug
from rewatch.compare.pictures import pictures_of
from rewatch.compare.seen import Seen, evened
from rewatch.compare.segments import Alignment, Segment, Side
from rewatch.compare.slips import gathered, speed_of
from rewatch.compare.votes import Votes, speeds_of
from rewatch.compare.windows import through, window_votes, windows_of
from rewatch.images.looks import ACROSS, DOWN


def chain_of(*lengths: tuple[int, int, int]) -> list[Piece]:
    """Pieces of so many frames, each after so many dropped (frames of A) and doubled ones (of B)."""
    found, at_a, at_b = [], 0, 0
    for dropped, doubled, frames in lengths:
        at_a, at_b = at_a + dropped, at_b + doubled
        found.append(Piece((at_b, at_b + frames), (at_a, at_a + frames)))
        at_a, at_b = at_a + frames, at_b + frames
    return found


def test_a_frame_opposite_a_long_insert_is_none() -> None:
    pieces = [Piece((240, 840), (1, 601)), Piece((940, 1000), (601, 661))]
    grown = snug(pieces, 661, 1000)
    assert grown[0] == Piece((239, 840), (0, 601))
    assert grown[1] == pieces[1]


def test_two_frames_for_two_frames_are_left_alone() -> None:
    pieces = [Piece((0, 100), (0, 100)), Piece((102, 200), (102, 200))]
    assert snug(pieces, 200, 200) == pieces


def test_a_reel_at_its_own_speed_is_one_piece() -> None:
    pieces = chain_of((0, 0, 1000), *[(1, 0, 24)] * 20)
    plain, reel = gathered(pieces, 24.0)
    assert plain == pieces[0]
    assert (reel.a, reel.b) == ((1000, 1500), (1000, 1480))
    assert len(reel.parts) == 20
    assert speed_of(plain, 1.0) == 1.0
    assert speed_of(reel, 1.0) == pytest.approx(25 / 24, abs=1e-5)


def test_frames_lost_and_doubled_now_and_then_are_no_cuts() -> None:
    (one,) = gathered(chain_of((0, 0, 90), (1, 0, 50), (0, 1, 120), (1, 0, 77), (0, 1, 400)), 24.0)
    assert (one.a, one.b) == ((0, 739), (0, 739))
    assert speed_of(one, 1.0) == 1.0


@pytest.mark.parametrize(
    "lengths",
    [
        ((0, 0, 500), (1, 0, 500), (0, 1, 500), (2, 0, 500)),
        ((0, 0, 100), (12, 0, 100), (9, 0, 100), (0, 5, 100), (7, 0, 50)),
        ((0, 0, 100), (1, 0, 100), (1, 0, 100)),
    ],
    ids=["far apart", "too many frames for a slip", "too few"],
)
def test_cuts_stay_cuts(lengths: tuple[tuple[int, int, int], ...]) -> None:
    pieces = chain_of(*lengths)
    assert gathered(pieces, 24.0) == pieces


@pytest.mark.parametrize("share", [0.0, 1.0], ids=["the first", "the second"])
def test_frames_of_two_pieces_go_to_the_one_they_speak_for(share: float) -> None:
    """B repeats nothing: frames 80 to 99 of A come where the pictures say, though both runs could have them."""
    line = Line(np.arange(220, dtype=np.float64), True, 1.0)
    runs = [Run(0, 100, 0.0), Run(140, 220, -60.0)]

    def told(of_b: Any, of_a: Any) -> Any:
        return np.where((of_b < 100) == (share == 0), 5.0, 2.0).astype(np.float32)

    first, second = pieces_of(runs, line, 160, told)
    edge = 100 if share == 0 else 80
    assert (first.a, second.a) == ((0, edge), (edge, 160))


def test_what_is_shown_again_was_added() -> None:
    line = Line(np.arange(220, dtype=np.float64), True, 1.0)
    runs = [Run(0, 100, 0.0), Run(100, 220, -20.0)]
    first, second = pieces_of(runs, line, 200, lambda of_b, of_a: np.full(len(of_b), 3.0, np.float32))
    assert first.b == (0, 100)
    assert second == Piece((120, 220), (100, 200))


def test_the_frame_map_knows_dropped_frames() -> None:
    def side(first: int, last: int) -> Side:
        return Side(first, last, first / 24, (last + 1) / 24)

    frames = ((0, 0, 50), (51, 50, 50))
    segments = (
        Segment("same", side(0, 100), side(0, 99), frames=frames),
        Segment("added", None, side(100, 109)),
        Segment("same", side(101, 124), side(110, 134), speed=0.96),
    )
    film = Alignment("1", "2", ("A", "B"), (5.2, 5.6), segments)
    told = film.frame_map()
    assert told[[0, 49, 50, 99]].tolist() == [0, 49, 51, 100]
    assert set(told[100:110].tolist()) == {-1}
    assert (told[110], told[134], len(told)) == (101, 124, 135)
    assert segments[0].as_json()["frames"] == [[0, 0, 50], [51, 50, 50]]
    assert "frames" not in segments[2].as_json()


def test_a_part_off_the_middle_is_cut_out_of_the_layout() -> None:
    """A smooth picture and its lower right part, both seen as their lowest frequencies."""
    rng = np.random.default_rng(2)
    whole = rng.normal(size=(5, DOWN, ACROSS)).astype(np.float32)
    whole /= (1 + np.hypot(*np.mgrid[:DOWN, :ACROSS])).astype(np.float32) ** 2
    down, across = (np.arange(200) + 0.5) / 200, (np.arange(320) + 0.5) / 320

    def waves(at: Any, count: int) -> Any:
        return np.where(np.arange(count) == 0, 1, np.sqrt(2)) * np.cos(np.pi * at[:, None] * np.arange(count))

    cut = (waves(down, DOWN) @ whole @ waves(across, ACROSS).T)[:, 40:, 64:]
    rows, columns = waves((np.arange(160) + 0.5) / 160, DOWN), waves((np.arange(256) + 0.5) / 256, ACROSS)
    wanted = (rows.T @ cut @ columns).astype(np.float32)
    framing = Framing(0.8, 0.8, right=0.1, down=0.1)
    assert np.diag(likeness(wanted, framing.of_a(whole))).min() > 0.95
    middle = Framing(0.8, 0.8)
    assert np.diag(likeness(wanted, middle.of_a(whole))).mean() < 0.8


def test_many_small_edits_are_not_taken_for_a_speed() -> None:
    """A few frames gone every two seconds look as if B ran 8 % faster; the speed of A is tried as well."""
    kept = [(0, 0, 60)]
    for n in range(1, 14):
        kept.append((kept[-1][0] + 64 + n % 3, kept[-1][1] + 60, 60 + n * 7 % 20))
    of_a = np.concatenate([np.arange(a, a + count, 3) for a, _, count in kept])
    of_b = np.concatenate([np.arange(b, b + count, 3) for _, b, count in kept])
    times = SimpleNamespace(seconds=lambda frames: np.asarray(frames) / 25)
    film: Any = SimpleNamespace(rate=25.0, times=times)
    assert 1.0 in speeds_of(film, film, Votes(of_b, of_a, np.full(len(of_b), 0.9)))


def seen(pictures: Any, keys: Any, cuts: Sequence[int] = ()) -> Seen:
    """(n, h, w) pictures 0..1 as a comparison reads them, with layouts of some."""
    light = np.stack([pictures.mean(axis=(1, 2)), pictures.std(axis=(1, 2))], axis=1)
    values = np.concatenate([light, light[:, :1], np.zeros((len(pictures), 3))], axis=1).astype(np.float32)
    down, across = (np.arange(n) + 0.5 for n in pictures.shape[1:])
    waves = [
        np.where(np.arange(count) == 0, 1, np.sqrt(2)) * np.cos(np.pi * at[:, None] / len(at) * np.arange(count))
        for at, count in ((down, DOWN), (across, ACROSS))
    ]
    layouts = (waves[0].T @ pictures[keys] @ waves[1] / pictures[0].size).astype(np.float32)
    nothing: Any = None
    times = FrameTimes.even(len(pictures), Fraction(24))
    return Seen(nothing, times, 24.0, values, nothing, np.asarray(keys), layouts, np.asarray(cuts, np.int64))


def test_likenesses_that_agree_on_no_distance_are_nothing() -> None:
    pictures = np.random.default_rng(2).random((60, 42, 64))
    a = seen(pictures, np.arange(0, 60, 5), [30])
    votes = Votes(np.array([0, 20, 40]), np.array([50, 5, 10]), np.ones(3))
    assert chain.chain_of(a, a, Line(np.arange(60.0), True, 1.0), votes) == ([Run(0, 60, None)], None)


def test_light_is_reckoned_on_what_both_films_show() -> None:
    """Two shots, the second with a bright rim that a crop takes off: whole frames do not follow from each other."""
    rng = np.random.default_rng(5)
    pictures = np.clip(0.4 + 0.05 * rng.normal(size=(60, 42, 64)) + 0.2 * np.sin(np.arange(60))[:, None, None], 0, 1)
    rim = np.ones(64)
    rim[10:-10] = 0.0
    pictures[30:] = np.clip(pictures[30:] * 0.6 + 0.4 * rim, 0, 1)
    keys = np.arange(0, 60, 5)
    a, b = seen(pictures, keys, [30]), seen(pictures[:, :, 10:-10], keys, [30])
    every = np.arange(60)
    plain = likeness_of(a, b, every, every)
    shown = likeness_of(*as_shown(a, b, Framing(44 / 64, 1.0)), every, every)
    assert shown.scatter[0] < 0.2 * plain.scatter[0]
    assert shown.gain[0] == pytest.approx(1, abs=0.05)
    assert shown.lift[0] == pytest.approx(0, abs=0.02)


def test_black_that_a_file_has_more_is_no_other_cut() -> None:
    def side(first: int, last: int) -> Side:
        return Side(first, last, first / 10, (last + 1) / 10)

    lit, dark = np.full((100, 2), 0.3, np.float32), np.zeros((100, 2), np.float32)
    of_a, of_b = np.concatenate([lit, dark[:10]]), np.concatenate([dark[:20], lit[:50], dark[:9], lit[:50], dark[:30]])
    plain = [
        Segment("added", None, side(0, 19)),
        Segment("same", side(0, 49), side(20, 69)),
        Segment("added", None, side(70, 78)),
        Segment("same", side(50, 109), side(79, 138)),
        Segment("added", None, side(139, 158)),
    ]
    seconds = np.arange(0, 15.9, 0.1)

    def told(level: float) -> Alignment:
        loud = (seconds, np.where(seconds < 13.9, -20.0, level))
        return Alignment("1", "2", ("A", "B"), (11.0, 15.9), marked(plain, (of_a, of_b), (None, loud)))

    silent = told(-80.0)
    # Music plays over the first one, and over the one between.
    assert [s.black for s in silent] == [None, None, None, None, "end"]
    assert silent.summary() == "B is 4.9 s longer: 2 added; B has 2.0 s more of black at its end"
    assert silent.segments[4].as_json()["black"] == "end"
    assert told(-30.0).summary() == "B is 4.9 s longer: 3 added"
    mute = Alignment("1", "2", ("A", "B"), (11.0, 15.9), marked(plain, (of_a, of_b), (None, None)))
    assert [s.black for s in mute] == ["beginning", None, "within", None, "end"]
    assert mute.summary() == (
        "B is 4.9 s longer: 1 added; B has 2.0 s more of black at its beginning and 2.0 s more of black at its end"
    )


def test_uneven_frames_are_counted_in_the_time_that_most_last() -> None:
    """Every third frame left out of a film at 24, and ten short ones at its end."""
    kept = np.flatnonzero(np.arange(90) % 3 != 1)
    pts = np.concatenate([kept * 5, 450 + np.arange(10)])
    times = FrameTimes(pts, Fraction(1, 120), 460)
    light = np.linspace(0, 1, len(pts)).astype(np.float32)
    edition: Any = SimpleNamespace(times=times)
    nothing: Any = None
    whole = Seen(
        edition, times, 24.0, np.repeat(light[:, None], 6, axis=1), nothing, np.array([2, 40]),
        np.zeros((2, DOWN, ACROSS), np.float32), np.array([20, 50]),
    )  # fmt: skip
    even = evened(whole)
    assert even.rate == pytest.approx(24)
    assert len(even) == 92
    assert even.slots is not None
    assert even.slots[:7].tolist() == [0, 0, 1, 2, 2, 3, 4]
    # Stretches cover the file wholly and once, wherever they are cut.
    for at in range(1, len(even)):
        one, other = side_of(even, (0, at)), side_of(even, (at, len(even)))
        frames = [n for side in (one, other) if side for n in range(side.first_frame or 0, (side.last_frame or 0) + 1)]
        assert frames == list(range(len(pts)))
    assert even.slots[even.keys].tolist() == [2, 40]
    assert even.slots[even.cuts].tolist() == [20, 50]
    regular = FrameTimes.even(100, Fraction(24))
    plain = Seen(edition, regular, 24.0, np.zeros((100, 6), np.float32), nothing, np.zeros(0), nothing, np.zeros(0))
    assert evened(plain) is plain
    # Frame 2 of B is shown while A shows its fifth.
    side_a, side_b = Side(0, 89, 0.0, 3.75), Side(0, 69, 0.0, 460 / 120)
    both = (FrameTimes.even(90, Fraction(24)), times)
    film = Alignment("1", "2", ("A", "B"), (3.75, 3.83), (Segment("same", side_a, side_b),), times=both)
    assert film.frame_map()[[0, 1, 2, 20]].tolist() == [0, 2, 3, 30]


def test_gaps_of_a_frame_or_two_are_closed_in_both_films() -> None:
    pieces = [Piece((0, 50), (60, 110)), Piece((51, 110), (1, 58)), Piece((140, 160), (110, 130))]
    assert closed(pieces, 131, 161, 2) == [
        Piece((0, 50), (58, 110)), Piece((50, 110), (0, 58)), Piece((140, 161), (110, 131))
    ]  # fmt: skip


def test_a_window_that_moves_is_followed() -> None:
    """Eight shots, of each a part of 60 % of the width, that stands elsewhere in every one."""
    rng = np.random.default_rng(3)
    shots = cv2.GaussianBlur(rng.normal(size=(42, 80, 8)), (0, 0), 5)
    shots = np.moveaxis(0.5 + 0.15 * shots / shots.std(), 2, 0)
    pictures = np.repeat(shots, 30, axis=0) + 0.02 * np.sin(np.arange(240) / 9)[:, None, None]
    lefts = np.array([0, 32, 16, 5, 32, 21, 0, 11])
    parts = np.stack([pictures[n, :, lefts[n // 30] : lefts[n // 30] + 48] for n in range(240)])
    keys, cuts = np.arange(5, 240, 10), [*range(30, 240, 30)]
    a, b = seen(pictures, keys, cuts), seen(parts, keys, cuts)
    windows = windows_of(a, b, framing_of(a, b))
    assert windows is not None
    assert windows.wide == pytest.approx(0.6, abs=0.051)
    middles = windows.places[windows.at[15::30]] + 0.5
    assert middles == pytest.approx((lefts + 24) / 80, abs=0.06)
    votes = window_votes(a, b, windows)
    assert np.mean(votes.a // 30 == votes.b // 30) > 0.8
    every = np.arange(240)
    assert (
        likeness_of(*through(a, b, windows), every, every).scatter[0] < 0.5 * likeness_of(a, b, every, every).scatter[0]
    )
    # A crop that stays where it is needs no window.
    fixed = seen(pictures[:, :, 16:64], keys, cuts)
    assert windows_of(a, fixed, framing_of(a, fixed)) is None


def test_bars_known_a_row_short_make_no_other_picture_of_fog(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same faint picture, once letterboxed; of 26 rows of black that came, 25 are known."""
    rng = np.random.default_rng(8)
    fog = 160 + 3 * cv2.resize(rng.normal(size=(9, 16)), (160, 68), interpolation=cv2.INTER_CUBIC)
    barred = np.zeros((120, 160))
    barred[26:-26] = fog
    shown = {"a": fog, "b": barred}

    def read(facts: str, begin: int, end: int, *_: Any) -> Any:
        return ((n, np.repeat(shown[facts].astype(np.uint8)[..., None], 3, axis=2)) for n in range(begin, end))

    monkeypatch.setattr("rewatch.compare.pictures.read_frames", read)
    plain = seen(np.full((4, 42, 64), 0.6), np.arange(4))
    a, b = (replace(plain, edition=SimpleNamespace(facts=name, times=plain.times)) for name in "ab")
    for bars, agree in (((25 / 120, 25 / 120, 0.0, 0.0), True), ((20 / 120, 20 / 120, 0.0, 0.0), False)):
        of_a, of_b = pictures_of(a, replace(b, bars=bars), Framing())
        of_a.read(0, 1)
        of_b.read(0, 1)
        assert (agreement(of_a[0], of_b[0], (1.0, 0.0, 1.0))[0] > 0) == agree


def test_pictures_are_asked_before_a_stretch_is_told_as_other_material(monkeypatch: pytest.MonkeyPatch) -> None:
    """Light said no to frames 100 to 180 of B; of these 100 to 150 show what A goes on with."""
    rng = np.random.default_rng(6)
    pictures = np.repeat(rng.normal(128, 30, (24, 36, 64)), 10, axis=0)
    shown_b = pictures.copy()
    shown_b[150:180] = np.repeat(rng.normal(128, 30, (3, 36, 64)), 10, axis=0)
    asked: list[int] = []

    class Shown:
        def __init__(self, frames: Any) -> None:
            self._frames = frames.astype(np.float32)

        def __getitem__(self, frame: int) -> Any:
            return self._frames[frame]

        def read(self, begin: int, end: int) -> None:
            asked.append(begin)

        def forget(self) -> None:
            pass

    monkeypatch.setattr("rewatch.compare.claims.pictures_of", lambda *_: (Shown(pictures), Shown(shown_b)))
    keys = np.arange(5, 240, 10)
    small = np.clip(pictures[:, ::2, ::2] / 255, 0, 1), np.clip(shown_b[:, ::2, ::2] / 255, 0, 1)
    a, b = seen(small[0], keys), seen(small[1], keys)
    line = Line(np.arange(240.0), True, 1.0)
    runs = [Run(0, 100, 0.0, 3.0), Run(100, 180, None), Run(180, 240, 0.0, 3.0)]
    found, doubtful = claimed(a, b, line, Framing(), runs, None)
    assert [(r.begin, r.distance) for r in found if r.begin < 140] == [(0, 0.0)]
    assert found[0].end == pytest.approx(150, abs=14)
    assert found[1].distance is None
    assert any(abs(n - 150) <= 12 for n in doubtful)
    # What the stored layouts deny is not decoded.
    asked.clear()
    other = seen(np.clip(rng.normal(128, 30, small[1].shape) / 255, 0, 1), keys)
    assert claimed(a, other, line, Framing(), runs, None) == (runs, [])
    assert not asked
