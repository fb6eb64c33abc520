"""Cutting: figures against published and hand-worked ones, counting rules, error bands, films that have too little."""

from __future__ import annotations

import csv
import math
import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from rewatch.clock import FRAMES, FrameTimes
from rewatch.score.counting import CountingRules, DetectorQuality, counted, error_band
from rewatch.score.cutting import cutting
from rewatch.score.cutting_figures import FIGURES
from rewatch.score.kpart import kpart
from rewatch.track import Spans

REFERENCE = Path(os.environ.get("REWATCH_REFERENCE", Path(__file__).parents[3] / "shared" / "reference"))


def on_frames(*edges: int, transitions: dict[int, tuple[int, int]] | None = None) -> tuple[Spans, FrameTimes]:
    """Shots that meet at `edges`, 25 frames a second; `transitions`: shot -> first and last mixed frame."""
    count = len(edges) - 1
    first, last = np.full(count, -1), np.full(count, -1)
    for shot, (a, b) in (transitions or {}).items():
        first[shot], last[shot] = a, b
    columns = {"first_frame": first.astype(np.int64), "last_frame": last.astype(np.int64)}
    begin, end = np.array(edges[:-1], dtype=np.int64), np.array(edges[1:], dtype=np.int64)
    return Spans("shots", begin, end, [""] * count, FRAMES, columns), FrameTimes.even(edges[-1], Fraction(25))


@pytest.mark.parametrize(
    ("title", "shots", "asl", "median", "sd", "q1", "q3"),
    [
        ("Jaws", 1076, 6.764, 3.60, 10.88, 2.1, 6.8),
        ("Barry Lyndon", 771, 13.964, 9.80, 13.02, 5.7, 17.05),
        ("Goodfellas", 1201, 6.950, 4.20, 9.31, 2.4, 7.9),
    ],
)
def test_check_figures(title: str, shots: int, asl: float, median: float, sd: float, q1: float, q3: float) -> None:
    path = REFERENCE / "cutting-shot-lengths.csv"
    if not path.is_file():
        pytest.skip(f"the published shot lengths are not here: no {path} (set REWATCH_REFERENCE)")
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    column = next(i for i, name in enumerate(head) if name.startswith(title))
    found = cutting([float(row[column]) for row in rows if column < len(row) and row[column].strip()])
    assert found.shots == shots
    assert found.asl == pytest.approx(asl, abs=5e-4)
    assert found.median == pytest.approx(median, abs=1e-9)
    assert found.sd == pytest.approx(sd, abs=5e-3)
    assert (found.q1, found.q3) == pytest.approx((q1, q3), abs=1e-9)
    assert found.iqr == pytest.approx(q3 - q1, abs=1e-9)


def test_hand_worked_figures() -> None:
    found = cutting([1.0, 3.0, 2.0, 6.0])
    assert (found.shots, found.duration, found.asl, found.median) == (4, 12.0, 3.0, 2.5)
    assert (found.q1, found.q3) == (1.75, 3.75)
    assert found.sd == pytest.approx(math.sqrt(14 / 3))
    assert found.mad == 1.0  # deviations 1.5, 0.5, 0.5, 3.5
    assert found.lag1 == pytest.approx((-2 * 0 + 0 * -1 + -1 * 3) / 14)
    assert found.npvi == pytest.approx(100 / 3 * (2 / 2 + 1 / 2.5 + 4 / 4))


def test_a_metronome_and_taking_turns() -> None:
    assert cutting([2.0] * 30).npvi == 0
    turns = cutting([1.0, 3.0] * 20)
    assert turns.npvi == pytest.approx(100)
    assert turns.lag1 == pytest.approx(-39 / 40)


def test_a_lognormal_film_is_known_as_one() -> None:
    draw = np.random.default_rng(4)
    found = cutting(draw.lognormal(1.5, 0.8, 4000))
    assert found.lognormal is not None
    assert found.lognormal.mu == pytest.approx(1.5, abs=0.05)
    assert found.lognormal.sigma == pytest.approx(0.8, abs=0.04)
    assert found.lognormal.ks_d < 0.02
    uneven = cutting(np.concatenate((draw.uniform(1, 1.1, 300), draw.uniform(20, 21, 300))))
    assert uneven.lognormal is not None
    assert uneven.lognormal.ks_d > 0.2


@pytest.mark.parametrize("lengths", [[], [4.0], [2.0, 3.0], [2.0] * 3])
def test_what_cannot_be_measured_has_a_reason(lengths: list[float]) -> None:
    found = cutting(lengths)
    missing = {name for name in found.__dataclass_fields__ if getattr(found, name) is None}
    assert missing
    assert missing == set(found.why)
    assert all(reason and "\n" not in reason for reason in found.why.values())


@pytest.mark.parametrize("lengths", [[1.0, 0.0], [-1.0], [float("nan")], [float("inf")]])
def test_lengths_that_are_none_are_refused(lengths: list[float]) -> None:
    with pytest.raises(ValueError, match="above 0"):
        cutting(lengths)


def test_where_a_dissolve_parts_two_shots() -> None:
    shots, frames = on_frames(0, 100, 200, transitions={1: (90, 109)})
    lengths = {at: counted(shots, frames, CountingRules(cuts_at=at)).length * 25 for at in ("midpoint", "begin", "end")}
    assert lengths["midpoint"] == pytest.approx([100, 100])
    assert lengths["begin"] == pytest.approx([90, 110])
    assert lengths["end"] == pytest.approx([110, 90])


def test_a_hard_cut_falls_where_it_falls() -> None:
    shots, frames = on_frames(0, 100, 200, transitions={1: (100, 100)})
    assert counted(shots, frames, CountingRules(cuts_at="end")).length.tolist() == [4.0, 4.0]


def test_titles_and_credits_do_not_count() -> None:
    shots, frames = on_frames(0, 50, 100, 200, 250)
    found = counted(shots, frames, CountingRules(exclude=((0.0, 3.0), (9.0, 10.0))))
    assert found.outside == 1  # the first, 0 to 2 s
    assert found.length == pytest.approx([1.0, 4.0, 1.0])
    assert found.begin == pytest.approx([3.0, 4.0, 8.0])
    assert found.cuts == pytest.approx([4.0, 8.0])


def test_shots_of_no_length_are_passed_by() -> None:
    shots, frames = on_frames(0, 50, 50, 100)
    found = counted(shots, frames)
    assert (found.zero, found.length.tolist(), found.cuts.tolist()) == (1, [2.0, 2.0], [2.0])


def test_lengths_are_exact_late_in_a_film() -> None:
    edges = np.cumsum([0] + [3600] * 2000)
    shots = Spans("shots", edges[:-1], edges[1:], [""] * 2000, FRAMES)
    frames = FrameTimes(np.arange(edges[-1]), Fraction(1, 1000), int(edges[-1]))
    assert set(counted(shots, frames).length.tolist()) == {3.6}


@pytest.mark.parametrize("rules", [{"exclude": ((3.0, 2.0),)}, {"cuts_at": "middle"}])
def test_rules_that_make_no_sense(rules: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"excluded|cut falls"):
        CountingRules(**rules)  # type: ignore[arg-type]


def test_a_perfect_detector_leaves_no_band() -> None:
    lengths = np.random.default_rng(1).lognormal(1, 0.8, 500)
    asl, median = error_band(lengths, DetectorQuality((1.0,), (1.0,)))
    assert (asl.low, asl.high) == pytest.approx((lengths.mean(), lengths.mean()))
    assert (median.low, median.high) == pytest.approx((np.median(lengths), np.median(lengths)))


def test_the_band_holds_the_truth_nine_times_in_ten() -> None:
    draw, precision, recall, held = np.random.default_rng(8), 0.93, 0.9, 0
    for _ in range(60):
        truth = draw.exponential(5.0, 400)
        cuts, total = np.cumsum(truth)[:-1], truth.sum()
        found = cuts[draw.random(len(cuts)) < recall]
        false = draw.random(draw.poisson(len(found) * (1 - precision) / precision)) * total
        lengths = np.diff(np.sort(np.concatenate(([0, total], found, false))))
        band, _ = error_band(lengths, DetectorQuality((precision,), (recall,)), films=200)
        held += band.low <= truth.mean() <= band.high
    assert 45 <= held <= 60  # 54 expected; the binomial's 0.1 % tails lie outside


def test_the_band_widens_with_the_spread_between_films_and_is_the_same_each_time() -> None:
    lengths = np.random.default_rng(1).lognormal(1, 0.8, 500)
    one, _ = error_band(lengths, DetectorQuality((0.95,), (0.95,)))
    many, _ = error_band(lengths, DetectorQuality((0.99, 0.95, 0.91), (0.91, 0.95, 0.99)))
    assert many.high - many.low > 2 * (one.high - one.low)
    assert error_band(lengths, DetectorQuality((0.95,), (0.95,)))[0] == one
    few, _ = error_band(lengths, DetectorQuality((0.95,), (0.95,), (20,)))
    assert few.high - few.low > 2 * (one.high - one.low)
    for wrong in (((), ()), ((0.9,), (0.9, 0.8)), ((0.0,), (0.9,)), ((0.9,), (1.1,)), ((0.9,), (0.9,), (5, 6))):
        with pytest.raises(ValueError, match=r"precision|boundaries"):
            DetectorQuality(*wrong)


def test_kpart() -> None:
    parts = kpart([1.0] * 10 + [5.0] * 2, 4)
    assert parts.asl == pytest.approx([1, 1, 5, 5])
    assert parts.shots == pytest.approx([5, 5, 1, 1])
    assert parts.relative == pytest.approx([5 / 3, 5 / 3, 1 / 3, 1 / 3])
    assert kpart(np.random.default_rng(0).exponential(4, 97), 7).shots.sum() == pytest.approx(97)
    for lengths, k in (([], 3), ([1.0, 0.0], 3), ([1.0], 0)):
        with pytest.raises(ValueError, match=r"shots|parts"):
            kpart(lengths, k)


def test_every_figure_says_what_it_is() -> None:
    assert len({figure.name for figure in FIGURES}) == len(FIGURES)
    for figure in FIGURES:
        for text in (figure.title, figure.formula, figure.source, figure.good_for, figure.cannot_tell):
            assert text
            assert "\n" not in text
