"""The analyser of cutting: watched films and lists alike, curves that add up, JSON."""

from __future__ import annotations

import json
import time
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest

from rewatch.clock import FRAMES, MILLISECONDS, Clock
from rewatch.score.counting import CountingRules, DetectorQuality
from rewatch.score.cutting_figures import FIGURES
from rewatch.score.cutting_track import Cutting, cut_density
from rewatch.study.score import nest
from rewatch.track import Curve, Events, Figures, Spans, Track


def a_list(milliseconds: npt.ArrayLike) -> Spans:
    edges = np.concatenate(([0], np.cumsum(np.asarray(milliseconds, dtype=np.int64))))
    return Spans("shots", edges[:-1], edges[1:], [""] * (len(edges) - 1), MILLISECONDS)


def watched(lengths: npt.ArrayLike, rate: int = 25) -> dict[str, Track]:
    edges = np.concatenate(([0], np.cumsum(np.asarray(lengths, dtype=np.int64))))
    count = int(edges[-1])
    duration = {"duration": np.ones(count, dtype=np.int64)}
    frames = Events("frames", np.arange(count, dtype=np.int64), Clock(Fraction(rate)), duration)
    return {"shots": Spans("shots", edges[:-1], edges[1:], [""] * (len(edges) - 1), FRAMES), "frames": frames}


def lengths(count: int, seed: int = 0) -> npt.NDArray[np.int64]:
    return np.random.default_rng(seed).lognormal(8.3, 0.8, count).astype(np.int64) // 40 * 40 + 40


def figures_of(tracks: dict[str, Track], analyser: Cutting | None = None) -> Figures:
    found = (analyser or Cutting()).finish(tracks)["cutting"]
    assert isinstance(found, Figures)
    return found


def curve(tracks: dict[str, Track], name: str, analyser: Cutting | None = None) -> Curve:
    found = (analyser or Cutting()).finish(tracks)[name]
    assert isinstance(found, Curve)
    return found


def test_a_list_and_a_watched_film_of_the_same_shots_agree() -> None:
    some = lengths(300)
    by_list, by_watching = figures_of({"shots": a_list(some)}), figures_of(watched(some // 40))
    for name, value in by_list.values.items():
        if name.endswith(("_low", "_high")):
            # A band is what a detector's errors leave: a list has none.
            assert value is None
            continue
        other = by_watching.values[name]
        assert value == other or value == pytest.approx(other, rel=1e-9), name


@pytest.mark.parametrize(
    "tracks", [{}, {"shots": a_list([])}, {"shots": a_list([4000])}, {"shots": a_list([0, 0])}, watched([250])]
)
def test_too_little_gives_every_track_and_reasons(tracks: dict[str, Track]) -> None:
    given = Cutting().finish(tracks)
    assert list(given) == [gives.name for gives in Cutting.gives]
    for gives in Cutting.gives:
        if gives.kind == "curve":
            made = given[gives.name]
            assert isinstance(made, Curve)
            assert (made.unit, made.columns) == (gives.unit, gives.columns)
    found = given["cutting"]
    assert isinstance(found, Figures)
    missing = {name for name, value in found.values.items() if value is None}
    assert missing == set(found.why)
    json.dumps(nest(found), allow_nan=False)


def test_the_curves_add_up_to_the_cuts() -> None:
    tracks: dict[str, Track] = {"shots": a_list(lengths(500))}
    density, rate = curve(tracks, "cut_density"), curve(tracks, "cutting_rate")
    seconds = 1 / float(density.clock.rate or 0)
    assert density.values.sum() * seconds / 60 == pytest.approx(499, rel=0.01)
    assert rate.values.sum() * seconds / 60 == pytest.approx(
        500, rel=1e-3
    )  # the film's end is an event, as in the paper
    assert curve(tracks, "kpart").clock.seconds(0) == Fraction(int(lengths(500).sum()), 1000) / 20


def test_the_density_is_high_where_cuts_are_close() -> None:
    tracks: dict[str, Track] = {"shots": a_list([8000] * 40 + [1000] * 200 + [8000] * 40)}
    density = curve(tracks, "cut_density")
    at = density.clock.seconds_of(np.arange(len(density)))
    assert density.values[(at > 360) & (at < 480)].mean() == pytest.approx(60, rel=0.05)
    assert density.values[at < 240].mean() == pytest.approx(60 / 8, rel=0.1)


def test_an_even_film_has_an_even_density_up_to_its_edges() -> None:
    at = np.arange(0.25, 1000, 0.5)
    density = cut_density(np.arange(2.0, 1000, 4.0), at, width=20.0, film=(0.0, 1000.0))
    assert density == pytest.approx(0.25, rel=0.02)
    assert cut_density([], at, 20.0, (0.0, 1000.0)).tolist() == [0.0] * len(at)


def test_excluded_stretches_leave_figures_and_curve() -> None:
    tracks: dict[str, Track] = {"shots": a_list([1000] * 30 + lengths(200).tolist())}
    rules = Cutting(rules=CountingRules(exclude=((0.0, 30.0),)))
    assert figures_of(tracks, rules).values["shots"] == 200
    assert figures_of(tracks, rules).values["excluded"] == 30
    assert figures_of(tracks, rules).values["asl"] == figures_of({"shots": a_list(lengths(200))}).values["asl"]
    rate = curve(tracks, "cutting_rate", rules)
    assert not rate.values[:60].any()
    assert rate.values[60:].min() > 0


def test_the_band_is_for_what_a_detector_found() -> None:
    quality = DetectorQuality((0.97,), (0.95,))
    found = figures_of(watched(lengths(200) // 40), Cutting(quality=quality))
    low, high, asl = (found.values[name] for name in ("asl_low", "asl_high", "asl"))
    assert low is not None
    assert high is not None
    assert asl is not None
    assert low < high < asl * 1.1
    listed = figures_of({"shots": a_list(lengths(200))}, Cutting(quality=quality))
    assert listed.values["asl_low"] is None
    assert "list" in listed.why["asl_low"]


def test_json_nests_the_fits() -> None:
    out, _ = nest(figures_of({"shots": a_list(lengths(120))}))
    assert {"shots", "asl", "median", "q1", "q3", "sd", "lag1", "npvi", "lognormal", "hawkes"} <= set(out)
    assert set(out["hawkes"]) == {"lambda0", "mu", "beta", "alpha", "ks_d", "ks_p", "log_likelihood"}
    few, why = nest(figures_of({"shots": a_list([1000, 2000])}))
    assert few["hawkes"] is None
    assert few["lognormal"] is None
    assert "too few" in why["hawkes"]
    json.dumps(out, allow_nan=False)


def test_every_figure_can_be_explained() -> None:
    known = {figure.name for figure in FIGURES}
    for name in figures_of({"shots": a_list(lengths(120))}).values:
        assert name in known, name
    for gives in Cutting.gives:
        assert gives.kind != "curve" or gives.name in known


def test_settings_are_plain_json() -> None:
    analyser = Cutting(CountingRules(((0.0, 90.0),), "begin"), DetectorQuality((0.9,), (0.8,)), 12, 4.0)
    assert json.loads(json.dumps(analyser.settings())) == analyser.settings()


def test_three_hours_of_three_thousand_shots_take_less_than_a_second() -> None:
    tracks = watched(np.random.default_rng(0).lognormal(4.2, 0.8, 3000).astype(np.int64) + 1)
    begin = time.process_time()
    Cutting(quality=DetectorQuality((0.97,), (0.95,))).finish(tracks)
    assert time.process_time() - begin < 1.0
