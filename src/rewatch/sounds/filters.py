"""Filters of a stream of sound, as products of matrices: what SciPy's ``signal`` has, which takes a second to load.

Contents
    hann       the window of a spectrum
    low_pass   taps of a windowed sinc
    Thinner    stretches filtered and brought to another rate
    Sections   second-order sections over a stream
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_OUTPUTS = 16
"""Values that one row of `Thinner` gives at least: enough for BLAS, few enough to spare its zeros."""
_LARGEST = 400_000
"""Numbers in its matrix."""
_LENGTH, _GROUP, _GROUPS = 32, 16, 96
"""Samples that `Sections` filters as one row, rows whose states it finds at once, and groups of these."""

Wave = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]


def hann(size: int) -> Doubles:
    """(size,) Hann window of a transform: its next value would be the 0 that it began with."""
    return np.hanning(size + 1)[:-1]


def low_pass(reach: int, cutoff: float, window: Doubles) -> Doubles:
    """(2 reach + 1,) taps of a windowed sinc that sum to 1; cutoff as a share of half the rate."""
    taps = np.sinc(cutoff * np.arange(-reach, reach + 1)) * window
    return np.asarray(taps / taps.sum())


class Thinner:
    """Brings stretches to ``up / down`` of their rate through a filter of `taps` (odd; at the rate `up` times theirs).

    Output i is centred on sample ``i * down / up`` of what is given, whose first `reach` samples come before sample 0.

    reach: samples that each output may depend on, to either side
    """

    def __init__(self, taps: npt.ArrayLike, up: int, down: int) -> None:
        taps = np.asarray(taps, dtype=np.float32)
        side = len(taps) // 2
        self.reach = -(-side // up)
        self._up, self._down = up, down
        periods = -(-_OUTPUTS // up)
        self._outputs, self._step = periods * up, periods * down
        self._width = 2 * self.reach + self._step
        # Rates that have next to nothing in common are rare: no matrix for them, but a row of taps for each phase.
        self._by_phase = self._outputs * self._width > _LARGEST
        places = np.arange(2 * self.reach + 1) if self._by_phase else np.arange(self._width)
        outputs = np.arange(up) if self._by_phase else np.arange(self._outputs) * down
        # Sample j of a row stands at (j - reach) * up between the samples, its output k at k * down.
        at = outputs[None] - ((places - self.reach) * up)[:, None] + side
        within = (at >= 0) & (at < len(taps))
        self._matrix = np.where(within, taps[np.clip(at, 0, len(taps) - 1)], np.float32(0))

    def __call__(self, data: Wave, count: int) -> Wave:
        """(count,) outputs 0, 1, ...; after the end of `data` there is silence."""
        rows = -(-count // self._outputs)
        needed = rows * self._step + 2 * self.reach + 1
        if len(data) < needed:
            data = np.concatenate([data, np.zeros(needed - len(data), dtype=np.float32)])
        if self._by_phase:
            first, phase = np.divmod(np.arange(count) * self._down, self._up)
            windows = np.lib.stride_tricks.sliding_window_view(data, len(self._matrix))[first]
            return np.asarray(np.einsum("kw,wk->k", windows, self._matrix[:, phase]))
        windows = np.lib.stride_tricks.sliding_window_view(data, self._width)[:: self._step][:rows]
        found: Wave = np.ascontiguousarray(windows) @ self._matrix
        return found.reshape(-1)[:count]


class Sections:
    """Second-order sections (n, 6) in a row, with their memory, over a stream of so many channels, in float64.

    A recursion is linear in what it is given and in its state. So rows of samples are filtered by one matrix, groups
    of rows hand their states on by another, and many groups by a third.
    """

    def __init__(self, sections: Doubles, channels: int) -> None:
        order = 2 * len(sections)
        self._state = np.zeros((channels, order))
        # One sample on: state and output from the state (first rows) and the input (last row).
        given = np.append(np.zeros(order), 1.0)
        following = np.vstack([np.eye(order), np.zeros(order)])
        for n, (b0, b1, b2, _, a1, a2) in enumerate(sections.tolist()):
            first, second = following[:, 2 * n].copy(), following[:, 2 * n + 1].copy()
            out = b0 * given + first
            following[:, 2 * n], following[:, 2 * n + 1] = b1 * given - a1 * out + second, b2 * given - a2 * out
            given = out
        onward, entry = following[:-1], following[-1]
        powers = [np.eye(order)]
        for _ in range(_LENGTH):
            powers.append(powers[-1] @ onward)
        self._powers = powers
        self._to_state = np.stack([entry @ powers[_LENGTH - 1 - n] for n in range(_LENGTH)])
        of_state = np.stack([power @ given[:-1] for power in powers[:_LENGTH]], axis=1)
        answer = np.append(given[-1], (entry @ of_state)[:-1])
        later = np.arange(_LENGTH)[None] - np.arange(_LENGTH)[:, None]
        self._filter = np.vstack([np.where(later >= 0, answer[np.clip(later, 0, None)], 0.0), of_state])
        self._of_rows = _Onward(powers[_LENGTH], _GROUP)
        self._of_groups = _Onward(np.linalg.matrix_power(powers[_LENGTH], _GROUP), _GROUPS)

    def __call__(self, block: npt.NDArray[np.floating]) -> Doubles:
        """(channels, n) -> the same, filtered."""
        channels, size = block.shape
        if not size:
            return np.zeros(block.shape)
        order = self._state.shape[1]
        groups = -(-size // (_LENGTH * _GROUP))
        rows = np.empty((channels, groups * _GROUP, _LENGTH + order))
        samples = rows[:, :, :_LENGTH]
        whole, rest = divmod(size, _LENGTH)
        samples[:, :whole] = block[:, : size - rest].reshape(channels, whole, _LENGTH)
        samples[:, whole:] = 0.0
        if rest:
            samples[:, whole, :rest] = block[:, size - rest :]
        added = rows.reshape(-1, _LENGTH + order)[:, :_LENGTH] @ self._to_state
        added = added.reshape(channels * groups, _GROUP * order)
        # From no state at all; then with the state that each group begins with.
        states = self._of_rows.states(added).reshape(channels, groups, _GROUP + 1, order)
        begins = np.empty((channels, groups, order))
        state = self._state
        for first in range(0, groups, _GROUPS):
            some = states[:, first : first + _GROUPS, -1]
            ends = self._of_groups.states(some.reshape(channels, -1), state)
            begins[:, first : first + _GROUPS] = ends[:, :-1]
            state = ends[:, -1]
        states += (begins.reshape(-1, order) @ self._of_rows.onward).reshape(states.shape)
        rows.reshape(channels, groups, _GROUP, -1)[..., _LENGTH:] = states[:, :, :-1]
        filtered: Doubles = (rows.reshape(-1, _LENGTH + order) @ self._filter).reshape(channels, -1)[:, :size]
        # The state after the last sample, not after the zeros that fill the last group.
        at = whole if rest else whole - 1
        used = rest or _LENGTH
        entered = rows[:, at, :used] @ self._to_state[_LENGTH - used :]
        self._state = rows[:, at, _LENGTH:] @ self._powers[used] + entered
        # The memory of sound long gone sinks into subnormal numbers, which are a hundred times slower to add.
        self._state[np.abs(self._state) < 1e-30] = 0.0
        return filtered


class _Onward:
    """States at the begin of each of up to `steps` steps and at the end, from what the steps add.

    power:  (order, order) what one step makes of a state
    onward: (order, (steps + 1) order) what 0, 1, ... of them make of it
    """

    def __init__(self, power: Doubles, steps: int) -> None:
        order = len(power)
        powers = [np.eye(order)]
        for _ in range(steps):
            powers.append(powers[-1] @ power)
        blank = np.zeros((order, order))
        self.onward = np.concatenate(powers, axis=1)
        self._within = np.block(
            [[powers[to - one - 1] if to > one else blank for to in range(steps + 1)] for one in range(steps)]
        )

    def states(self, added: Doubles, state: Doubles | None = None) -> Doubles:
        """(n, steps order) what is added -> (n, steps + 1, order), from `state` (n, order) on, or from none."""
        order, wide = len(self.onward), added.shape[1]
        found = added @ self._within[:wide, : wide + order]
        if state is not None:
            found += state @ self.onward[:, : wide + order]
        return np.asarray(found.reshape(len(added), -1, order))
