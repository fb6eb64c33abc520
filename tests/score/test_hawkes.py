"""The Hawkes process: known processes are found again, the likelihood is right, the published fits are met."""

from __future__ import annotations

import csv
import os
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import kstwo

from rewatch.errors import NotMeasured
from rewatch.score import hawkes
from rewatch.score.hawkes import fit

REFERENCE = Path(os.environ.get("REWATCH_REFERENCE", Path(__file__).parents[3] / "shared" / "reference"))


def simulated(lambda0: float, mu: float, beta: float, until: float, seed: int) -> npt.NDArray[np.float64]:
    """Ogata's thinning: draw from a rate that is never too low, keep each by the true rate over it."""
    draw = np.random.default_rng(seed)
    now, excited, events = 0.0, 0.0, []
    while True:
        bound = lambda0 + excited
        wait = draw.exponential(1 / bound)
        now += wait
        if now > until:
            return np.array(events)
        excited *= np.exp(-beta * wait)
        if draw.random() * bound < lambda0 + excited:
            events.append(now)
            excited += mu * beta


def by_definition(events: npt.NDArray[np.float64], lambda0: float, mu: float, beta: float) -> float:
    """The log-likelihood summed as it is written, in O(n squared)."""
    total = -lambda0 * events[-1]
    for index, now in enumerate(events):
        before = events[:index]
        total += np.log(lambda0 + (mu * beta * np.exp(-beta * (now - before))).sum())
        total -= mu * (1 - np.exp(-beta * (events[-1] - now)))
    return float(total)


@pytest.mark.parametrize(("lambda0", "mu", "beta"), [(0.05, 0.7, 0.04), (0.2, 0.4, 0.5), (0.1, 0.6, 3.0)])
def test_a_simulated_process_is_found_again(lambda0: float, mu: float, beta: float) -> None:
    events = simulated(lambda0, mu, beta, 20_000, seed=7)
    found = fit(events)
    assert found.beta is not None
    # Four standard errors and more for some thousand events.
    assert found.lambda0 == pytest.approx(lambda0, rel=0.25)
    assert found.mu == pytest.approx(mu, abs=0.1)
    assert found.beta == pytest.approx(beta, rel=0.35)
    assert found.ks_p > 0.01
    assert found.log_likelihood >= by_definition(events[:], lambda0, mu, beta)


def test_the_likelihood_is_the_one_of_the_definition() -> None:
    events = simulated(0.1, 0.6, 0.2, 600, seed=3)
    found = fit(events)
    assert found.beta is not None
    at = (found.lambda0, found.mu, found.beta)
    assert found.log_likelihood == pytest.approx(by_definition(events, *at), abs=1e-8)
    for index in range(3):
        for factor in (0.99, 1.01):
            beside = list(at)
            beside[index] *= factor
            assert by_definition(events, *beside) < found.log_likelihood


def test_derivatives_are_those_of_the_likelihood() -> None:
    events = simulated(0.1, 0.6, 0.2, 600, seed=4)
    at, step = np.array([0.13, 0.5, 0.3]), 1e-6
    _, gradient, hessian = hawkes._derivatives(events, (0.13, 0.5, 0.3))
    for index in range(3):
        aside = np.eye(3)[index] * step
        up, down = (hawkes._derivatives(events, tuple(at + sign * aside)) for sign in (1, -1))
        assert (up[0] - down[0]) / (2 * step) == pytest.approx(gradient[index], rel=1e-5, abs=1e-5)
        assert (up[1] - down[1]) / (2 * step) == pytest.approx(hessian[index], rel=1e-4, abs=1e-3)


def test_no_better_optimum_is_found_by_a_search_from_many_starts() -> None:
    from scipy import optimize

    events = simulated(0.08, 0.5, 0.05, 3000, seed=11)
    found = fit(events)
    draw = np.random.default_rng(5)
    for _ in range(12):
        start = np.array([draw.uniform(-5, 0), draw.uniform(-3, -0.05), draw.uniform(-6, 2)])
        other = optimize.minimize(
            lambda x: -hawkes._derivatives(events, tuple(np.exp(x)))[0], start, bounds=[(-12, 2), (-12, 0), (-8, 4)]
        )
        assert -other.fun <= found.log_likelihood + 1e-6


def test_cuts_without_memory_have_none() -> None:
    events = np.cumsum(np.tile([2.0, 4.0, 3.0], 100))  # no burst, no lull, no drift
    found = fit(events)
    assert (found.mu, found.beta, found.alpha) == (0.0, None, 0.0)
    assert found.lambda0 == pytest.approx(1 / 3)
    assert found.intensity([1.0, 50.0]) == pytest.approx(found.lambda0)


def test_intensity_jumps_by_alpha_and_its_integral_is_the_compensator() -> None:
    events = simulated(0.1, 0.6, 0.2, 900, seed=5)
    found = fit(events)
    at = events[20]
    before, after = found.intensity([at, np.nextafter(at, np.inf)])
    assert after - before == pytest.approx(found.alpha, rel=1e-9)
    edges = np.linspace(0, events[-1], 50)
    fine = np.linspace(0, events[-1], 900_001)
    middle = (fine[1:] + fine[:-1]) / 2
    assert found.compensator([events[-1]])[0] == pytest.approx(found.intensity(middle).mean() * events[-1], rel=1e-5)
    assert (found.mean_intensity(edges) * np.diff(edges)).sum() == pytest.approx(len(events), rel=1e-6)


def test_too_few_or_coinciding_cuts_are_refused_with_a_word() -> None:
    with pytest.raises(NotMeasured, match="too few shots"):
        fit([1.0, 2.0])
    with pytest.raises(NotMeasured, match="one instant"):
        fit([*range(1, 20), 19])
    with pytest.raises(ValueError, match="in order"):
        fit([*range(1, 20), 3])


def test_three_thousand_shots_take_less_than_a_second() -> None:
    events = simulated(0.15, 0.6, 0.04, 9000, seed=1)
    assert len(events) > 3000
    begin = time.process_time()
    fit(events)
    assert time.process_time() - begin < 1.0


def published() -> list[tuple[dict[str, str], npt.NDArray[np.float64]]]:
    lengths, fits = REFERENCE / "cutting-shot-lengths.csv", REFERENCE / "hawkes-fits.csv"
    if not (lengths.is_file() and fits.is_file()):
        pytest.skip(f"the published fits are not here: no {fits} (set REWATCH_REFERENCE)")
    with lengths.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    columns = {
        " ".join(title.split()): np.array([float(row[i]) for row in rows if i < len(row) and row[i].strip()])
        for i, title in enumerate(head)
    }
    with fits.open(encoding="utf-8", newline="") as file:
        return [(row, columns[f"{row['title']} ({row['year']})"]) for row in csv.DictReader(file)]


def test_published_fits_are_met() -> None:
    films = published()
    assert len(films) == 101
    for row, lengths in films:
        found = fit(np.cumsum(lengths))
        for name in ("lambda0", "mu", "beta", "alpha"):
            assert getattr(found, name) == pytest.approx(float(row[name]), abs=2e-4), (row["title"], name)
        assert found.ks_d == pytest.approx(float(row["D"]), abs=2e-3), row["title"]
        assert found.ks_p == pytest.approx(float(row["p"]), abs=5e-3), row["title"]


def test_distances_of_few_are_judged_exactly() -> None:
    for count in (1, 2, 7, 30, 99):
        for distance in (0.01, 0.05, 0.1, 0.3, 0.6, 0.9, 1.0):
            assert hawkes._within(distance, count) == pytest.approx(kstwo.cdf(distance, count), abs=1e-12)
