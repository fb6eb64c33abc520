"""Cuts as a Hawkes process: does a cut bring on more cuts, how many, and for how long?

The rate of cutting at time t, given all the cuts before it:

    lambda(t) = lambda0 + sum over cuts t_i < t of  mu * beta * exp(-beta * (t - t_i))

    lambda0   background rate: cuts a second that nothing before them brings on
    mu        reproduction mean: how many further cuts one cut brings on, on average (0: none; below 1: it dies out)
    beta      decay, 1/s: after ``ln 2 / beta`` seconds half of a cut's influence is gone
    alpha     mu * beta: the jump of the rate at a cut, 1/s

Source: Redfern, Motion Picture Editing as a Hawkes Process, Journal of Data Science 21(1), 2023,
doi 10.6339/22-JDS1055; the likelihood and its O(n) recursion: Ozaki, Maximum likelihood estimation of Hawkes'
self-exciting point processes, Ann. Inst. Statist. Math. 31, 1979, doi 10.1007/BF02480272. As in the former, the window
is (0, last event].

How it is fitted
    With beta held, the log-likelihood is concave in (lambda0, mu). So the best pair for each beta is found by Newton's
    method, over a grid of betas that covers every value at which an optimum can lie, and all three are then polished
    together from each peak of that profile, with exact first and second derivatives. No start needs to be guessed and
    no local optimum is mistaken for the global one (to the fineness of the grid).

    The grid runs from 1 / T (a memory as long as the film) to 1 / the shortest gap: beyond that each term
    ``beta * exp(-beta * gap)`` of the intensity only falls as beta rises while the compensator only grows, so no
    optimum can lie there.

Contents
    fit, Hawkes
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rewatch.chances import uneven
from rewatch.errors import NotMeasured

Array = npt.NDArray[np.float64]

FEWEST_EVENTS = 10
"""Three parameters from fewer events than this say nothing."""

_MOST_REPRODUCTION = 1 - 1e-6
"""mu stays below 1: at 1 each cut replaces itself and the process has no average rate any more."""

_GRID = 48


@dataclass(frozen=True, slots=True)
class Hawkes:
    """A Hawkes process with exponential kernel fitted to events.

    events:         (n,) seconds, strictly increasing, the last of them the end of the window
    lambda0, mu:    as in the module's docstring
    beta:           1/s; None where mu is 0 (no cut brings on another: there is nothing that could decay)
    log_likelihood: natural logarithm, events in seconds
    ks_d, ks_p:     Kolmogorov-Smirnov distance of the compensator at the events, divided by its last value, from the
                    uniform distribution, and its p: exact below 100 events, the limit distribution above (as R's
                    ``ks.test``, which the paper used). The parameters come from the same events, so p is on the
                    generous side; a small one still tells against the model.
    """

    events: Array
    lambda0: float
    mu: float
    beta: float | None
    log_likelihood: float
    ks_d: float
    ks_p: float

    @property
    def alpha(self) -> float:
        """The jump of the rate at a cut, 1/s: mu * beta."""
        return self.mu * (self.beta or 0.0)

    def intensity(self, seconds: npt.ArrayLike) -> Array:
        """Cuts a second expected at each of `seconds` given the events strictly before it: lambda(t)."""
        at = np.asarray(seconds, dtype=np.float64)
        return self.lambda0 + self.alpha * self._excitation(at, side="left")

    def compensator(self, seconds: npt.ArrayLike) -> Array:
        """Events expected in (0, t] given the history: the integral of the intensity."""
        at = np.asarray(seconds, dtype=np.float64)
        before = np.searchsorted(self.events, at, side="right")
        return self.lambda0 * at + self.mu * (before - self._excitation(at, side="right"))

    def mean_intensity(self, edges: npt.ArrayLike) -> Array:
        """(n - 1,) mean intensity between neighbouring `edges` (seconds, increasing): what a curve shows of lambda.

        Exact, whatever the width: the curve's integral is the compensator.
        """
        at = np.asarray(edges, dtype=np.float64)
        return np.diff(self.compensator(at)) / np.diff(at)

    def _excitation(self, at: Array, side: str) -> Array:
        """Sum of exp(-beta (t - t_i)) over events before t ("left") or up to and with t ("right")."""
        if self.beta is None:
            return np.zeros_like(at)
        after = _decayed(self.events, self.beta, order=0)[0] + 1.0  # at each event, itself counted
        index = np.searchsorted(self.events, at, side="left" if side == "left" else "right") - 1
        last = np.maximum(index, 0)
        return np.where(index < 0, 0.0, after[last] * np.exp(-self.beta * np.maximum(at - self.events[last], 0.0)))


def fit(events: npt.ArrayLike) -> Hawkes:
    """The maximum-likelihood Hawkes process of `events` (seconds, in order) over the window (0, last event].

    NotMeasured where there are fewer than `FEWEST_EVENTS`, or two at one time (the likelihood has no bound then:
    leave shots of zero length out first). ValueError where events are not in order or not after 0.

    >>> every_second = fit(np.arange(1.0, 101.0))
    >>> round(every_second.lambda0, 6), every_second.mu
    (1.0, 0.0)
    """
    times = np.asarray(events, dtype=np.float64)
    if len(times) < FEWEST_EVENTS:
        raise NotMeasured(f"too few shots for a Hawkes process: {len(times)}, at least {FEWEST_EVENTS} are needed")
    gaps = np.diff(times)
    if not np.isfinite(times).all() or times[0] < 0 or (gaps < 0).any():
        raise ValueError("events must be finite seconds in order, none before 0")
    if (gaps <= 0).any():
        raise NotMeasured("a Hawkes process cannot be fitted where two cuts fall on one instant")
    total = float(times[-1])
    betas = np.geomspace(1.0 / total, max(1.0 / float(gaps.min()), 2.0 / total), _GRID)
    profile = np.array([_profile(times, beta) for beta in betas])

    best, best_value = (len(times) / total, 0.0, 0.0), _poisson(times)
    padded = np.concatenate(([-np.inf], profile[:, 2], [-np.inf]))
    peaks = np.flatnonzero((padded[1:-1] >= padded[:-2]) & (padded[1:-1] >= padded[2:]))
    for peak in peaks:
        point, value = _polish(times, (profile[peak, 0], profile[peak, 1], betas[peak]), (betas[0], betas[-1]))
        # A gain that rounding could have made is none: where cuts do not excite one another, mu is 0 and stays 0.
        if point[1] > 0 and value > best_value + 1e-9 * abs(best_value):
            best, best_value = point, value
    lambda0, mu, beta = (float(number) for number in best)
    best_value = float(best_value)
    fitted = Hawkes(times, lambda0, mu, beta or None, best_value, 0.0, 1.0)
    distance, p = _uniform(fitted.compensator(times))
    return Hawkes(times, lambda0, mu, beta or None, best_value, distance, p)


def _poisson(times: Array) -> float:
    """Log-likelihood of the best process without memory: n log(n / T) - n."""
    count = len(times)
    return count * float(np.log(count / times[-1])) - count


def _decayed(times: Array, beta: float, order: int) -> list[Array]:
    """For k = 0 .. order: sum over j < i of (t_i - t_j)^k exp(-beta (t_i - t_j)), at each event i.

    Each follows from its neighbour: S0_i = e_i (S0_{i-1} + 1), S1_i = e_i (S1_{i-1} + d_i (S0_{i-1} + 1)), and so on,
    with d_i the gap and e_i = exp(-beta d_i). All terms are positive, so nothing cancels. (One number after the other:
    LAPACK does the same, a bidiagonal system, in a part of the time that scipy takes to load it.)
    """
    gap = np.diff(times)
    fade = np.exp(-beta * gap)
    fades = fade.tolist()

    def solve(pushed: Array) -> Array:
        at = 0.0
        found = [at]
        for factor, push in zip(fades, (fade * pushed).tolist(), strict=True):
            at = push + factor * at
            found.append(at)
        return np.array(found)

    sums = [solve(np.ones(len(gap)))]
    if order >= 1:
        sums.append(solve(gap * (sums[0][:-1] + 1.0)))
    if order >= 2:
        sums.append(solve(gap * (2.0 * sums[1][:-1] + gap * (sums[0][:-1] + 1.0))))
    return sums


def _profile(times: Array, beta: float) -> tuple[float, float, float]:
    """The best (lambda0, mu) for one beta, and their log-likelihood: Newton's method on a concave function."""
    total, count = float(times[-1]), len(times)
    jump = beta * _decayed(times, beta, 0)[0]
    mass = float(-np.expm1(-beta * (total - times)).sum())  # compensator of one unit of mu
    # lambda0 T + mu mass = n at every interior optimum (scaling both), which leaves one unknown, the share of the
    # events that others brought on: lambda0 = (1 - share) n / T, mu = share n / mass.
    if mass <= 0:
        return count / total, 0.0, _poisson(times)
    limit = min(1.0 - 1e-9, _MOST_REPRODUCTION * mass / count)
    base, slope = count / total, count * (jump / mass - 1.0 / total)
    share, low, high = min(0.5, limit / 2), 0.0, limit
    for _ in range(60):
        ratio = slope / (base + share * slope)
        first, second = float(ratio.sum()), -float((ratio * ratio).sum())
        low, high = (share, high) if first > 0 else (low, share)
        if second == 0.0:
            break
        step = share - first / second
        following = step if low < step < high else (low + high) / 2
        if abs(following - share) <= 1e-13:
            break
        share = following
    rate = base + share * slope
    if share * count / mass < 1e-9:
        return base, 0.0, _poisson(times)
    return (1 - share) * base, share * count / mass, float(np.log(rate).sum()) - count


def _derivatives(times: Array, point: tuple[float, float, float]) -> tuple[float, Array, Array]:
    """Log-likelihood at (lambda0, mu, beta), its gradient and its Hessian."""
    lambda0, mu, beta = point
    total = float(times[-1])
    s0, s1, s2 = _decayed(times, beta, 2)
    rate = lambda0 + mu * beta * s0
    left = total - times
    fade = np.exp(-beta * left)
    mass, mass_b, mass_bb = float((1 - fade).sum()), float((left * fade).sum()), -float((left * left * fade).sum())
    # d/d beta of beta * s0 and again.
    g, g_b, g_bb = beta * s0, s0 - beta * s1, -2.0 * s1 + beta * s2
    inverse = 1.0 / rate
    value = float(np.log(rate).sum()) - lambda0 * total - mu * mass
    gradient = np.array(
        [inverse.sum() - total, (g * inverse).sum() - mass, mu * (g_b * inverse).sum() - mu * mass_b],
    )
    square = inverse * inverse
    h01 = -(g * square).sum()
    h02 = -mu * (g_b * square).sum()
    h12 = (g_b * inverse).sum() - mass_b - mu * (g * g_b * square).sum()
    h22 = mu * (g_bb * inverse).sum() - mu * mass_bb - mu * mu * (g_b * g_b * square).sum()
    hessian = np.array(
        [[-square.sum(), h01, h02], [h01, -(g * g * square).sum(), h12], [h02, h12, h22]],
    )
    return value, gradient, hessian


def _polish(
    times: Array, start: tuple[float, float, float], reach: tuple[float, float]
) -> tuple[tuple[float, float, float], float]:
    """From a good start to the optimum beside it: damped Newton in the logarithms of the three, so all stay positive.

    Near the optimum it doubles the correct digits with each step; where the surface is not concave it climbs along the
    gradient instead. beta stays within `reach`, mu below 1.
    """
    if start[1] <= 0:
        return start, _poisson(times)
    low = np.log([1e-12, 1e-12, reach[0]])
    high = np.log([np.inf, _MOST_REPRODUCTION, reach[1]])
    at = np.clip(np.log(start), low, high)
    value, gradient, hessian = _derivatives(times, tuple(np.exp(at)))
    damping = 0.0
    for _ in range(100):
        scale = np.exp(at)
        slope = gradient * scale
        curve = hessian * np.outer(scale, scale) + np.diag(slope)
        # What pushes against a bound is held there; the rest goes on.
        held = ((at <= low) & (slope < 0)) | ((at >= high) & (slope > 0))
        free = ~held
        if not free.any() or float(np.abs(slope[free]).max()) < 1e-9:
            break
        bent = -curve[np.ix_(free, free)]
        lowest = float(np.linalg.eigvalsh(bent)[0])
        shift = max(0.0, 1e-6 - lowest) + damping
        move = np.zeros(3)
        move[free] = np.linalg.solve(bent + shift * np.eye(int(free.sum())), slope[free])
        following = np.clip(at + np.clip(move, -1.0, 1.0), low, high)
        ahead = _derivatives(times, tuple(np.exp(following)))
        if ahead[0] >= value:
            settled = float(np.abs(following - at).max()) < 1e-12
            at, (value, gradient, hessian), damping = following, ahead, damping / 10 if damping > 1e-9 else 0.0
            if settled:
                break
        else:
            if float(np.abs(move).max()) < 1e-10:
                break  # as near as rounding lets it
            damping = max(10 * damping, 1e-3 * abs(lowest) + 1e-3)
    lambda0, mu, beta = (float(x) for x in np.exp(at))
    return (lambda0, mu, beta), value


def _uniform(compensator: Array) -> tuple[float, float]:
    """Kolmogorov-Smirnov distance of the scaled compensator from the uniform distribution on (0, 1), and its p."""
    scaled = np.sort(compensator / compensator[-1])
    count = len(scaled)
    steps = np.arange(count + 1) / count
    distance = float(max((steps[1:] - scaled).max(), (scaled - steps[:-1]).max()))
    if count < 100:
        p = 1 - _within(distance, count)
    else:
        p = uneven(math.sqrt(count) * distance)
    return distance, float(np.clip(p, 0.0, 1.0))


def _within(distance: float, count: int) -> float:
    """Probability that the distance of so many uniform numbers is no more than that: Marsaglia, Tsang and Wang 2003.

    Exact to 13 digits. (``scipy.stats.kstwo`` has it as well, and takes a second to load.)
    """
    if distance <= 0:
        return 0.0
    k = int(count * distance) + 1
    short = k - count * distance
    size = 2 * k - 1
    if size > 150:
        return 1.0  # that far apart are none; and their factorials are no floats
    # On and below the first upper diagonal there are ones, less what the corners cut off, over factorials.
    steps = np.arange(size)[:, None] - np.arange(size) + 1
    table = (steps >= 0).astype(np.float64)
    table[:, 0] -= short ** np.arange(1, size + 1)
    table[-1] -= short ** np.arange(size, 0, -1)
    table[-1, 0] += max(0.0, 2 * short - 1) ** size
    factorials = np.cumprod(np.append(1.0, np.arange(1, size + 1)))
    table = np.where(steps >= 0, table / factorials[np.maximum(steps, 0)], 0.0)
    power = np.eye(size)
    for n in range(1, count + 1):
        power = power @ table * (n / count)
    return float(power[k - 1, k - 1])
