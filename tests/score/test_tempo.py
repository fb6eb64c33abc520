"""Tempo on films whose tempo is evident."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from rewatch.score.tempo import (
    Tempo,
    TempoSettings,
    tempo_curve,
    tempo_edges,
    tempo_marks,
    tempo_of_shots,
    weigh_lengths,
)
from rewatch.track import Curve, Spans, Track

MakeTracks = Callable[..., dict[str, Track]]


def test_shot_length_is_weighed_about_the_median() -> None:
    lengths = np.array([1.0, 2.0, 4.0, 8.0, 40.0])
    weighed = weigh_lengths(lengths)
    assert weighed[2] == 0
    assert (np.diff(weighed) < 0).all()


def test_long_shots_gain_ever_more_slowly() -> None:
    lengths = np.array([2.0, 3.0, 4.0, 6.0, 8.0, 10.0, 12.0])
    weighed = weigh_lengths(lengths)
    steps = np.diff(weighed[3:])
    assert (np.abs(steps[1:]) < np.abs(steps[:-1])).all()


def test_one_long_take_does_not_flatten_the_rest() -> None:
    lengths = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])
    with_take = np.append(lengths, 600.0)
    assert weigh_lengths(with_take)[0] > 0.7 * weigh_lengths(lengths)[0]
    assert weigh_lengths(with_take, "linear")[0] < 0.1 * weigh_lengths(lengths, "linear")[0]


def test_linear_weighting_is_the_published_formula() -> None:
    lengths = np.array([1.0, 2.0, 4.0, 8.0, 40.0])
    expected = (np.median(lengths) - lengths) / lengths.std()
    assert weigh_lengths(lengths, "linear") == pytest.approx(expected)


def test_motion_counts_in_its_own_spread() -> None:
    lengths = np.full(4, 3.0)
    motion = np.array([0.1, 0.2, 0.3, 0.4])
    assert tempo_of_shots(lengths, motion) == pytest.approx((motion - 0.25) / motion.std())


def test_an_unknown_weighting_is_refused() -> None:
    with pytest.raises(ValueError, match="two-part or linear"):
        weigh_lengths(np.ones(3), "cubic")


def tempo_track(tracks: dict[str, Track], settings: TempoSettings | None = None) -> tuple[Curve, Spans, Spans]:
    given = Tempo(settings).finish(tracks)
    curve, edges, marks = given["tempo"], given["tempo_edges"], given["tempo_marks"]
    assert isinstance(curve, Curve)
    assert isinstance(edges, Spans)
    assert isinstance(marks, Spans)
    return curve, edges, marks


def test_a_staccato_passage_is_the_fast_one_and_begins_and_ends_suddenly(make_picture: MakeTracks) -> None:
    lengths = [6.0] * 20 + [0.75] * 40 + [6.0] * 20
    curve, edges, marks = tempo_track(make_picture(lengths, [0.1] * 20 + [0.4] * 40 + [0.1] * 20))
    seconds = curve.seconds()
    fast = (seconds > 125) & (seconds < 145)
    slow = (seconds < 110) | (seconds > 160)
    assert curve.values[fast].min() > curve.values[slow].max() + 1
    assert list(edges.label) == ["sudden faster", "sudden slower"]
    middle = (edges.begin_seconds() + edges.end_seconds()) / 2
    assert middle == pytest.approx([120.0, 150.0], abs=1.5)
    assert marks.label[len(marks) // 2] in ("vivace", "presto")


def test_shots_that_grow_shorter_over_a_minute_are_an_accelerando(make_picture: MakeTracks) -> None:
    falling = list(np.geomspace(8.0, 1.0, 30))
    lengths = [8.0] * 12 + falling + [1.0] * 90
    _, edges, _ = tempo_track(make_picture(lengths))
    assert list(edges.label) == ["accelerando"]
    assert edges.begin_seconds()[0] > 80
    assert edges.end_seconds()[0] < 96 + sum(falling) + 10
    lengths.reverse()
    _, edges, _ = tempo_track(make_picture(lengths))
    assert list(edges.label) == ["ritardando"]


def test_an_even_film_has_no_edges_and_walks(make_picture: MakeTracks) -> None:
    curve, edges, marks = tempo_track(make_picture([4.0] * 50, [0.2] * 50))
    assert np.abs(curve.values).max() < 1e-9
    assert len(edges) == 0
    assert list(marks.label) == ["moderato"]


def test_the_jumps_at_the_cuts_are_no_motion(make_picture: MakeTracks) -> None:
    # All shots equally long and still but for the jump to 1 at each cut.
    curve, _, _ = tempo_track(make_picture([2.0] * 30, [0.05] * 30))
    assert np.abs(curve.values).max() < 1e-9


def test_tempo_does_not_depend_on_the_frame_rate(make_picture: MakeTracks) -> None:
    lengths = [4.0] * 10 + [1.0] * 20 + [4.0] * 10
    at_24, _, _ = tempo_track(make_picture(lengths))
    at_50, _, _ = tempo_track(make_picture(lengths, rate=Fraction(50)))
    assert at_24.values == pytest.approx(at_50.values, abs=0.02)


def test_marks_tile_the_film(make_picture: MakeTracks) -> None:
    rng = np.random.default_rng(5)
    lengths = rng.lognormal(1.2, 0.9, 400)
    curve, _, marks = tempo_track(make_picture(lengths, rng.uniform(0, 0.5, 400)))
    assert marks.begin[0] == 0
    assert (marks.begin[1:] == marks.end[:-1]).all()
    assert (np.diff(marks.begin) >= 15000).all()
    assert all(a != b for a, b in zip(marks.label, marks.label[1:], strict=False))
    assert marks.end_seconds()[-1] == pytest.approx(len(curve) / 2, abs=0.5)


@pytest.mark.parametrize("lengths", [[10.0], [0.04], [0.04, 0.04], [3.0, 7.0]])
def test_films_of_hardly_any_shots(make_picture: MakeTracks, lengths: list[float]) -> None:
    curve, edges, marks = tempo_track(make_picture(lengths, [0.1] * len(lengths)))
    assert np.isfinite(curve.values).all()
    assert len(curve) >= 1
    assert (len(marks) > 0) == (len(lengths) > 1)  # a film of one shot is no faster and no slower than itself
    assert len(edges) <= 1


def test_without_picture_all_is_empty() -> None:
    curve, edges, marks = tempo_track({})
    assert len(curve) == len(edges) == len(marks) == 0


def test_a_step_is_sudden_and_a_slope_is_not() -> None:
    begin = np.arange(0.0, 400.0, 2.0)
    end = begin + 2.0
    step = np.where(begin < 200, -1.5, 1.5)
    slope = np.clip((begin - 150) / 50, -1.0, 1.0)
    assert list(tempo_edges(tempo_curve(begin, end, step, 4.0), 4.0).label) == ["sudden faster"]
    assert list(tempo_edges(tempo_curve(begin, end, slope, 4.0), 4.0).label) == ["accelerando"]
    words = list(tempo_marks(tempo_curve(begin, end, step, 4.0), 400.0, 4.0).label)
    assert (words[0], words[-1]) == ("largo", "presto")
    assert len(words) <= 3
