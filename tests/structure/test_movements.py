"""Movements begin where the film turns, and are called by what sets them apart."""

from collections.abc import Callable

import numpy as np
import pytest

from rewatch.clock import MILLISECONDS
from rewatch.images.palette import BINS
from rewatch.structure.movements import COLUMNS, Movements
from rewatch.track import Curve, Spans, Track

Makes = Callable[..., dict[str, Track]]
RED, BLUE, GREEN = BINS.index("mid red vivid"), BINS.index("mid blue soft"), BINS.index("dark green soft")


def run(tracks: dict[str, Track]) -> tuple[Spans, Spans]:
    found = Movements().finish(tracks)
    movements, sequences = found["movements"], found["sequences"]
    assert isinstance(movements, Spans)
    assert isinstance(sequences, Spans)
    assert isinstance(found["novelty"], Curve)
    return movements, sequences


def acts(make_film: Makes) -> dict[str, Track]:
    """Quiet, slow, dark and blue for 80 s; loud, fast and red for 60 s; then as at first but green, for 100 s."""
    shots = [10.0] * 8 + [1.5] * 40 + [10.0] * 10
    return make_film(
        shots,
        [BLUE] * 8 + [RED] * 40 + [GREEN] * 10,
        luma=[0.2] * 8 + [0.6] * 40 + [0.2] * 10,
        level=[-35.0] * 8 + [-15.0] * 40 + [-33.0] * 10,
        moving=[0.02] * 8 + [0.4] * 40 + [0.02] * 10,
    )


def test_three_acts_are_three_movements(make_film: Makes) -> None:
    movements, _ = run(acts(make_film))
    assert movements.begin.tolist() == [0, 80_000, 140_000]
    assert movements.end.tolist() == [80_000, 140_000, 240_000]
    assert movements.clock == MILLISECONDS


def test_the_words_are_those_that_set_a_movement_apart(make_film: Makes) -> None:
    first, second, third = run(acts(make_film))[0].label
    assert second == "loud, fast, bright, red"
    assert first == "quiet, slow, dark, blue"
    assert "green" in third
    assert not {"loud", "fast", "bright", "red"} & set((first + ", " + third).split(", "))
    assert len(second.split(", ")) <= 4


def test_a_small_difference_is_called_a_little(make_film: Makes) -> None:
    """Shots of 5.5 s, then of 4.7 s: a seventh shorter is less than one would notice, and all that there is."""
    movements, _ = run(make_film([5.5] * 20 + [4.7] * 24, [BLUE] * 44))
    assert list(movements.label) == ["a little slower", "a little faster"]


def test_the_hue_is_named_where_it_is_what_differs(make_film: Makes) -> None:
    movements, _ = run(make_film([5.0] * 24, [BLUE] * 12 + [RED] * 12))
    assert list(movements.label) == ["blue", "red"]


def test_columns_tell_how_far_apart(make_film: Makes) -> None:
    movements, _ = run(acts(make_film))
    loudness, cutting, talk = (np.asarray(movements.columns[name]) for name in ("loudness", "cutting", "talk"))
    assert loudness[1] > 0.5 > -0.5 > loudness[0]
    assert cutting[1] > 0.5
    assert not talk.any(), "a film without lines has no distance in talk"
    assert set(movements.columns) == {*COLUMNS, "letter"}


def test_movements_begin_sequences_and_both_cover_the_film(make_film: Makes) -> None:
    movements, sequences = run(acts(make_film))
    assert set(movements.begin.tolist()) <= set(sequences.begin.tolist())
    for track in (movements, sequences):
        assert track.begin[0] == 0
        assert track.end[-1] == 240_000
        assert (track.begin[1:] == track.end[:-1]).all()


def test_a_turn_within_a_shot_stays_there(make_film: Makes) -> None:
    tracks = make_film([120.0], [BLUE], level=[-30.0])
    loudness = tracks["loudness"]
    assert isinstance(loudness, Curve)
    values = loudness.values + np.where(np.arange(len(loudness)) < 700, 0, 18)[:, None].astype(np.float32)
    tracks["loudness"] = Curve("loudness", values, loudness.clock, "LUFS", loudness.columns)
    movements, _ = run(tracks)
    assert len(movements) == 2
    assert abs(movements.begin[1] - 70_000) <= 1000


def test_talk(make_film: Makes, make_lines: Callable[..., Spans]) -> None:
    tracks = make_film([5.0] * 24, [BLUE] * 24)
    tracks["lines"] = make_lines([(60.0 + 3 * i, 62.5 + 3 * i) for i in range(20)])
    movements, _ = run(tracks)
    assert list(movements.label) == ["wordless", "talkative"]


@pytest.mark.parametrize("seconds", [0.5, 3.0, 10.0, 40.0])
def test_a_film_in_which_nothing_turns_is_one_movement(seconds: float, make_film: Makes) -> None:
    movements, sequences = run(make_film([seconds], [BLUE]))
    for track in (movements, sequences):
        assert len(track) == 1
        assert track.end[0] == seconds * 1000
        assert list(track.label) == [""]


def test_the_coding_of_a_still_is_no_movement(make_film: Makes) -> None:
    """Its light differs by a two-hundredth from third to third, seen beside noise of a tenth of that."""
    tracks = make_film([120.0], [BLUE], luma=[0.3])
    light = tracks["light"]
    assert isinstance(light, Curve)
    step = np.repeat([0.3, 0.305, 0.3], len(light) // 3)[:, None]
    values = np.hstack([step, np.full_like(step, 0.2)]) + 0.0005 * np.sin(np.arange(len(step)))[:, None]
    still = {name: tracks[name] for name in ("frames", "shots", "boundaries")}
    for height, parts in ((1.0, 1), (30.0, 3)):
        seen = (0.3 + height * (values - 0.3)).astype(np.float32)
        movements, sequences = run({**still, "light": Curve("light", seen, light.clock, "0..1", light.columns)})
        assert len(movements) == parts, movements.label
        assert len(sequences) >= parts


def test_no_tracks_no_movements() -> None:
    movements, sequences = run({})
    assert len(movements) == len(sequences) == 0


@pytest.mark.parametrize("seconds", [10, 85, 600])
def test_noise_is_not_cut_to_pieces(seconds: int, make_film: Makes) -> None:
    movements, _ = run(
        make_film([2.5] * (seconds * 2 // 5), [BLUE] * (seconds * 2 // 5), level=[-25.0] * (seconds * 2 // 5))
    )
    assert 1 <= len(movements) <= 5
    assert np.diff(movements.begin).min(initial=10**9) >= 4000
    assert all(movements.label) or len(movements) == 1
