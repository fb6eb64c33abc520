"""Frames, seconds and timecodes: exact both ways."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewatch.clock import FRAMES, Clock, FrameTimes, parse_time, timecode

RATES = [Fraction(24), Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001), Fraction(60000, 1001)]


@pytest.mark.parametrize("rate", RATES)
def test_a_frames_second_leads_back_to_the_frame(rate: Fraction) -> None:
    times = FrameTimes.even(400_000, rate, Fraction(1, 50))
    at = np.array([0, 1, 2, 1000, 123_457, 399_999])
    assert np.array_equal(times.frame_at(times.seconds(at)), at)
    assert times.exact(123_457) == Fraction(1, 50) + 123_457 / rate
    assert times.exact(len(times)) == Fraction(1, 50) + 400_000 / rate


def test_uneven_frames() -> None:
    times = FrameTimes([0, 40, 41, 200], Fraction(1, 1000), 240)
    assert times.frame_at([0.0, 0.0399, 0.0405, 0.1, 5.0, -1.0]).tolist() == [0, 0, 1, 2, 3, 0]
    assert times.end_seconds == 0.24


@given(st.integers(0, 10**9), st.sampled_from(RATES), st.fractions(0, 10, max_denominator=1000))
def test_ticks_and_seconds(tick: int, rate: Fraction, start: Fraction) -> None:
    clock = Clock(rate, start)
    assert clock.tick_at(clock.seconds(tick)) == tick
    assert clock.seconds_of([tick])[0] == pytest.approx(float(clock.seconds(tick)), abs=1e-6)


def test_a_clock_of_frames_has_no_rate() -> None:
    with pytest.raises(ValueError, match="FrameTimes"):
        FRAMES.seconds(1)


@given(st.integers(0, 10**8))
def test_a_timecode_reads_back(milliseconds: int) -> None:
    assert parse_time(timecode(Fraction(milliseconds, 1000), 3)) == Fraction(milliseconds, 1000)


@pytest.mark.parametrize("text", ["", "x", "1:2:3:4", "-5", "4:"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match="is no time"):
        parse_time(text)
