"""Shots out of known boundaries: what divides, what counts once, what is an edge."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewatch.clock import FRAMES, MILLISECONDS, Clock, FrameTimes
from rewatch.structure.shots import Shots, shots_json
from rewatch.track import Events, Spans, Track

RATE = Fraction(24)


def spans(name: str, rows: list[tuple[str, int, int]]) -> Spans:
    """Rows of (label, first frame, last frame), both inclusive."""
    rows = sorted(rows, key=lambda row: row[1])
    begin = np.array([a for _, a, _ in rows], dtype=np.int64)
    end = np.array([b + 1 for _, _, b in rows], dtype=np.int64)
    columns = {"sure": np.full(len(rows), 0.9)} if name == "boundaries" else {}
    return Spans(name, begin, end, [label for label, _, _ in rows], FRAMES, columns)


def frames(count: int) -> Events:
    times = FrameTimes.even(count, RATE)
    ticks = np.full(count, times.end // max(count, 1), dtype=np.int64)
    return Events("frames", times.pts, Clock(1 / times.time_base), {"duration": ticks})


def shots(
    count: int, boundaries: list[tuple[str, int, int]], black: list[tuple[int, int]] | None = None
) -> tuple[Spans, list[dict[str, object]]]:
    tracks: dict[str, Track] = {"frames": frames(count), "boundaries": spans("boundaries", boundaries)}
    if black is not None:
        tracks["black"] = spans("black", [("black", a, b) for a, b in black])
    found = Shots().finish(tracks)["shots"]
    assert isinstance(found, Spans)
    return found, shots_json(found, FrameTimes.even(count, RATE))


def ends(track: Spans) -> list[tuple[int, int, str]]:
    return [(s.begin, s.end, label) for s, label in zip(track, track.label, strict=True)]


def test_a_film_without_a_cut_is_one_shot() -> None:
    track, rows = shots(240, [], [])
    assert ends(track) == [(0, 240, "")]
    first = {"index": 1, "first_frame": 0, "last_frame": 239, "start": 0.0, "end": 10.0, "transition": None}
    assert rows == [{**first, "sure": 1.0, "by_hand": False}]


def test_a_cut_divides_at_the_first_new_frame() -> None:
    track, rows = shots(100, [("cut", 40, 40)], [])
    assert ends(track) == [(0, 40, ""), (40, 100, "cut")]
    assert rows[0]["last_frame"] == 39
    assert rows[1]["transition"] == {"kind": "cut", "first_frame": 40, "last_frame": 40}
    assert rows[1]["start"] == pytest.approx(40 / 24, abs=1e-6)


def test_a_dissolve_divides_at_its_middle() -> None:
    track, rows = shots(200, [("dissolve", 100, 119)], [])
    assert ends(track) == [(0, 110, ""), (110, 200, "dissolve")]
    assert rows[1]["transition"] == {"kind": "dissolve", "first_frame": 100, "last_frame": 119}


def test_fades_at_the_ends_of_the_film_are_edges() -> None:
    track, rows = shots(300, [("fade_in", 12, 30), ("cut", 150, 150), ("fade_out", 260, 280)], [(0, 11), (281, 299)])
    assert ends(track) == [(0, 150, "fade_in"), (150, 300, "cut")]
    assert rows[0]["transition"] == {"kind": "fade_in", "first_frame": 12, "last_frame": 30}


def test_fades_at_the_very_first_and_last_frame_are_edges_too() -> None:
    track, _ = shots(300, [("fade_in", 0, 20), ("fade_out", 280, 299)], [])
    assert ends(track) == [(0, 300, "fade_in")]


def test_a_fade_in_after_a_picture_is_a_change_even_if_it_is_the_first_found() -> None:
    track, _ = shots(300, [("fade_in", 150, 169)], [(140, 149)])
    assert len(track) == 2


def test_fade_out_black_fade_in_is_one_fade_through_black() -> None:
    track, rows = shots(300, [("fade_out", 100, 119), ("fade_in", 130, 149)], [(120, 129)])
    assert ends(track) == [(0, 125, ""), (125, 300, "fade_through_black")]
    assert rows[1]["transition"] == {"kind": "fade_through_black", "first_frame": 100, "last_frame": 149}


def test_fade_out_black_cut_divides_at_the_cut() -> None:
    track, _ = shots(300, [("fade_out", 100, 119), ("cut", 130, 130)], [(120, 129)])
    assert ends(track) == [(0, 130, ""), (130, 300, "cut")]


def test_a_fade_ends_in_the_dark_even_if_it_does_not_measure_as_black() -> None:
    track, _ = shots(300, [("fade_out", 100, 109), ("cut", 115, 115)], [])
    assert ends(track) == [(0, 115, ""), (115, 300, "cut")]
    track, _ = shots(300, [("fade_out", 100, 109), ("cut", 135, 135)], [])
    assert len(track) == 3
    track, _ = shots(300, [("cut", 100, 100), ("fade_in", 106, 125)], [])
    assert ends(track) == [(0, 116, ""), (116, 300, "fade_in")]


def test_cut_to_black_and_fade_in_is_one_change() -> None:
    track, _ = shots(300, [("cut", 100, 100), ("fade_in", 110, 129)], [(100, 109)])
    assert ends(track) == [(0, 120, ""), (120, 300, "fade_in")]


def test_cut_to_black_and_cut_from_black_is_one_change() -> None:
    track, _ = shots(300, [("cut", 100, 100), ("cut", 110, 110)], [(100, 109)])
    assert ends(track) == [(0, 110, ""), (110, 300, "cut")]


def test_two_cuts_with_a_picture_between_are_two_changes_however_short() -> None:
    track, _ = shots(300, [("cut", 100, 100), ("cut", 103, 103)], [])
    assert len(track) == 3


def test_a_card_that_pops_on_as_the_fade_ends_divides_once() -> None:
    track, _ = shots(300, [("fade_out", 100, 119), ("cut", 120, 120)], [])
    assert ends(track) == [(0, 110, ""), (110, 300, "fade_out")]


def test_long_black_between_pictures_is_a_passage_of_its_own() -> None:
    track, _ = shots(600, [("fade_out", 100, 119), ("fade_in", 320, 339)], [(120, 319)])
    assert [label for _, _, label in ends(track)] == ["", "fade_out", "fade_in"]


def test_without_the_track_of_black_fades_are_taken_at_their_word() -> None:
    track, _ = shots(300, [("fade_in", 10, 20), ("fade_out", 100, 119), ("fade_in", 130, 149), ("fade_out", 250, 270)])
    assert [label for _, _, label in ends(track)] == ["fade_in", "fade_through_black"]


def test_a_cut_within_a_dissolve_is_the_dissolve() -> None:
    track, _ = shots(300, [("dissolve", 100, 139), ("cut", 120, 120)], [])
    assert [label for _, _, label in ends(track)] == ["", "dissolve"]


def test_a_film_without_picture_has_no_shots() -> None:
    found = Shots().finish({})["shots"]
    assert len(found) == 0


def test_a_shot_list_without_frames_goes_by_seconds() -> None:
    track = Spans("shots", np.array([0, 2500]), np.array([2500, 9000]), ["", "cut"], MILLISECONDS)
    rows = shots_json(track)
    assert rows[1] == {
        "index": 2,
        "first_frame": None,
        "last_frame": None,
        "start": 2.5,
        "end": 9.0,
        "transition": {"kind": "cut", "first_frame": None, "last_frame": None},
        "sure": None,
        "by_hand": False,
    }


KINDS = ["cut", "dissolve", "fade_in", "fade_out", "fade_through_black", "wipe"]
found = st.tuples(st.sampled_from(KINDS), st.integers(0, 399), st.integers(0, 40)).map(
    lambda row: (row[0], row[1], row[1] if row[0] == "cut" else min(399, row[1] + row[2]))
)
dark = st.tuples(st.integers(0, 399), st.integers(0, 60)).map(lambda row: (row[0], min(399, row[0] + row[1])))


@given(st.lists(found, max_size=12), st.none() | st.lists(dark, max_size=5))
def test_shots_always_tile_the_film(rows: list[tuple[str, int, int]], black: list[tuple[int, int]] | None) -> None:
    track, _ = shots(400, rows, black)
    assert track.begin[0] == 0
    assert track.end[-1] == 400
    assert (track.begin[1:] == track.end[:-1]).all()
    assert (track.end > track.begin).all()
    first, last = np.asarray(track.columns["first_frame"]), np.asarray(track.columns["last_frame"])
    inner = slice(1, None)
    assert (first[inner] <= track.begin[inner]).all()
    assert (track.begin[inner] <= last[inner] + 1).all()


def by_hand(count: int, boundaries: list[tuple[str, int, int]], said: list[tuple[int, str]]) -> Spans:
    tracks: dict[str, Track] = {"frames": frames(count), "boundaries": spans("boundaries", boundaries)}
    at = np.array([frame for frame, _ in said], np.int64)
    tracks["corrections"] = Events("corrections", at, FRAMES, {"kind": [kind for _, kind in said]})
    found = Shots().finish(tracks)["shots"]
    assert isinstance(found, Spans)
    return found


def test_what_is_said_by_hand_stands() -> None:
    found = [("cut", 40, 40), ("cut", 42, 42), ("dissolve", 60, 79), ("cut", 100, 100)]
    assert ends(by_hand(120, found, [(41, "not"), (65, "not"), (110, "cut")])) == [
        (0, 42, ""),
        (42, 100, "cut"),
        (100, 110, "cut"),
        (110, 120, "cut"),
    ]
    track = by_hand(120, found, [(70, "cut"), (100, "cut"), (119, "not"), (500, "cut")])
    assert ends(track)[3:] == [(70, 100, "cut"), (100, 120, "cut")]
    assert np.asarray(track.columns["by_hand"]).tolist() == [False, False, False, True, True]
    assert np.asarray(track.columns["sure"])[3:].tolist() == [1.0, 1.0]


def test_a_fade_that_opens_a_film_can_be_taken_out() -> None:
    opened = [("fade_in", 10, 29), ("cut", 60, 60)]
    assert by_hand(100, opened, []).label[0] == "fade_in"
    assert list(by_hand(100, opened, [(15, "not")]).label) == ["", "cut"]


def test_how_sure_a_boundary_must_be_can_be_asked() -> None:
    sure = {"sure": np.array([0.99, 0.6])}
    found = Spans("boundaries", np.array([20, 60]), np.array([21, 71]), ["cut", "dissolve"], FRAMES, sure)
    nearly = {"sure": np.array([0.3, 0.12])}
    doubtful = Spans("doubtful", np.array([40, 85]), np.array([41, 86]), ["cut", "cut"], FRAMES, nearly)
    tracks: dict[str, Track] = {"frames": frames(100), "boundaries": found, "doubtful": doubtful}
    for least, begins in ((None, [0, 20, 65]), (0.7, [0, 20]), (0.2, [0, 20, 40, 65]), (0.1, [0, 20, 40, 65, 85])):
        shots = Shots(least).finish(tracks)["shots"]
        assert isinstance(shots, Spans)
        assert shots.begin.tolist() == begins, least
    del tracks["doubtful"]  # as an older rewatch had it
    shots = Shots(0.2).finish(tracks)["shots"]
    assert isinstance(shots, Spans)
    assert shots.begin.tolist() == [0, 20, 65]
