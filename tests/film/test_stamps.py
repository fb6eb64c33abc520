"""Times that run forwards, whatever the file says."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rewatch.film.stamps import Stamps


def stamps(**options):
    return Stamps(Fraction(1, 1000), Fraction(0), Fraction(40), **options)


def placed(raws, **options):
    line = stamps(**options)
    return [line.place(raw) for raw in raws], line


def test_good_times_are_left_alone():
    times, line = placed([0, 40, 95, 500, 3000])
    assert times == [0, 40, 95, 500, 3000]
    assert line.repaired == 0
    assert line.holes == ((500, 3000),)


def test_second_zero_is_subtracted():
    line = Stamps(Fraction(1, 90000), Fraction(47848, 90000), Fraction(3750))
    assert line.place(48750) == 902


def test_missing_times_follow_at_the_rate():
    line = Stamps(Fraction(1, 1000), Fraction(0), Fraction(1001, 24))
    assert [line.place(None) for _ in range(25)][-1] == 1001
    assert placed([0, None, None, 120])[0] == [0, 40, 80, 120]


def test_an_overlap_has_no_time_of_its_own():
    times, line = placed([0, 40, 80, 40, 80, 120, 160])
    assert times == [0, 40, 80, 81, 82, 120, 160]
    assert line.repaired == 2


def test_a_clock_that_starts_anew_goes_on():
    times, line = placed([50_000, 50_040, 0, 40, 80])
    assert times == [50_000, 50_040, 50_080, 50_120, 50_160]
    assert line.repaired == 1


def test_a_time_far_behind_the_end_is_not_believed():
    times, _ = placed([0, 40, 95_000_000, 80, 120], limit=Fraction(60))
    assert times == [0, 40, 80, 120, 160]


@given(st.lists(st.one_of(st.none(), st.integers(-(10**6), 10**6)), max_size=60), st.booleans())
def test_always_strictly_increasing(raws, limited):
    times, _ = placed(raws, limit=Fraction(30) if limited else None)
    assert all(a < b for a, b in pairwise(times))


def test_short_pieces_each_with_a_clock_of_its_own_follow_each_other():
    piece = [1400, 2400, 3400, 4400]
    times, line = placed(piece * 3)
    assert times == [1400, 2400, 3400, 4400, 4440, 5440, 6440, 7440, 7480, 8480, 9480, 10480]
    assert line.repaired == 2


def test_one_wrong_stamp_does_not_move_what_follows():
    times, line = placed([0, 1000, 2000, 2040, 0, 2120, 2160])
    assert times == [0, 1000, 2000, 2040, 2080, 2120, 2160]
    assert line.shift == 0
