"""Fades seen by the light alone: how a picture's brightness and contrast run down to black, or up from it.

What moves in a picture breaks the straight way on which ramps are looked for; how bright and how rich in contrast it is
all in all hardly changes by that. So from each edge of a black stretch the light is followed away from it, and fitted
by a fade of every length: ``share(k) L``, k frames from the black, L the light of the whole picture behind it.

Contents
    Fade, fades_beside   the fades that end or begin at black stretches
    length_of            the fade that explains best how light grows out of nothing
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SHORTEST, LONGEST = 2, 100
"""Mixed frames of a fade."""
LEAST_LIGHT = 5.0
"""Code values of mean and of spread, together, by which a picture must stand out from the black beside it."""
MOST_OFF = 0.13
"""Root mean square of what the fit leaves, as a share of the light of the whole picture."""
WHOLE = 8
"""Frames of the whole picture, or half a fade's length if that is more, that a fit takes in."""
FIRST = 0.62
"""Share of the whole light that the frame beside the black may have; more is a cut."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fade:
    """``first .. last`` its mixed frames, inclusive; `rises`: out of black; `off`: what the fit leaves, as a share."""

    first: int
    last: int
    rises: bool
    off: float

    @property
    def sure(self) -> float:
        return float(np.clip(1 - 1.6 * self.off, 0.5, 0.99))


def _shares(length: int, count: int) -> Floats:
    """(3, count) share of the light 1, 2, ... frames from the black: even, eased, and as the area of an iris."""
    even = np.minimum(np.arange(1, count + 1) / (length + 1), 1)
    return np.stack([even, even * even * (3 - 2 * even), even * even])


def length_of(light: Floats) -> tuple[int, float] | None:
    """Length and misfit of the fade that explains best how the light grows from the black on; None where none does."""
    best: tuple[float, int, float] | None = None
    for length in range(SHORTEST, min(LONGEST, len(light) - 2) + 1):
        count = min(len(light), length + max(WHOLE, length // 2))
        seen = light[:count]
        for share in _shares(length, count):
            whole = float(seen @ share) / float(share @ share)
            if whole <= LEAST_LIGHT:
                continue
            off = float(np.sqrt(((seen - whole * share) ** 2).mean())) / whole
            # Where a picture gets brighter by itself, a longer fade fits a little better: the shorter one is meant.
            cost = off + 0.0006 * length
            if best is None or cost < best[0]:
                best = cost, length, off
    if best is None:
        return None
    _, length, off = best
    inside, whole = light[:length], float(np.median(light[length : length + WHOLE]))
    falls = np.maximum.accumulate(inside) - inside
    if off > MOST_OFF or light[0] > FIRST * whole or falls.max() > 0.12 * whole:
        return None
    return length, off


def fades_beside(
    black: npt.NDArray[np.int64],
    mean: npt.NDArray[np.float32],
    spread: npt.NDArray[np.float32],
    cuts: npt.NDArray[np.int64],
) -> list[Fade]:
    """The fades at the edges of black stretches, in order.

    black: (k, 2) half-open stretches, in order; mean, spread: (n,) of each frame's luma, code values
    cuts:  first frames of shots that begin by a cut all but certainly: no fade goes over one
    """
    found: list[Fade] = []
    light = (mean + spread).astype(np.float64)
    for number, (begin, end) in enumerate(black.tolist()):
        # Backwards, down into this black: not beyond the black before it, nor beyond a cut.
        lowest = int(black[number - 1, 1]) if number else 0
        before = cuts[cuts < begin]
        lowest = max(lowest, int(before[-1]) if len(before) else 0, begin - LONGEST - LONGEST // 2)
        fitted = length_of(light[lowest:begin][::-1] - light[begin])
        if fitted is not None:
            found.append(Fade(begin - fitted[0], begin - 1, False, fitted[1]))
        highest = int(black[number + 1, 0]) if number + 1 < len(black) else len(light)
        after = cuts[cuts > end]
        highest = min(highest, int(after[0]) if len(after) else len(light), end + LONGEST + LONGEST // 2)
        fitted = length_of(light[end:highest] - light[end - 1])
        if fitted is not None:
            found.append(Fade(end, end + fitted[0] - 1, True, fitted[1]))
    return found
