"""Silence: stretches in which nothing is to be heard.

A film is as quiet as it sounds against its own loud passages: a hiss at -62 LUFS is the quiet of a study in a film
mixed to -27, and an intended sound in one mixed to -45. So the threshold stands 35 LU below the film's integrated
loudness, but never above -50 nor below -70 LUFS; without an integrated loudness at -60.

Contents
    threshold, silences
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rewatch.clock import Clock
from rewatch.smoothing import running_median
from rewatch.sounds.gating import Powers, to_lufs
from rewatch.track import Spans

BELOW = 35.0
LOWEST, HIGHEST, UNKNOWN = -70.0, -50.0, -60.0
SHORTEST = 25
"""Steps of 20 ms: half a second."""
TICK = 5
"""Steps: the median over them lets a click or crackle of 40 ms pass in a silence."""
DIGITAL = 2.0**-16
"""What stays below this everywhere is rounded to nothing in 16 bits."""
QUIETEST = -100.0
"""LUFS: floor of the column level."""


def threshold(loudness: float | None) -> float:
    """LUFS below which a film of this integrated loudness is silent.

    >>> threshold(-23.0), threshold(-40.0), threshold(None)
    (-58.0, -70.0, -60.0)
    """
    return UNKNOWN if loudness is None else min(HIGHEST, max(LOWEST, loudness - BELOW))


def silences(powers: Powers, peaks: npt.NDArray[np.float32], loudness: float | None, clock: Clock) -> Spans:
    """All stretches of at least half a second below the threshold, exact to 20 ms.

    peaks: (n,) highest magnitude in each step of `powers`
    Columns: level (mean LUFS, not below -100), digital (no sample would be heard in 16 bits: the track is empty there)
    """
    level = powers.level()
    if len(level):
        level = running_median(level, TICK, "edge")
    # What rings on in the filter after the sound has stopped is no sound: an empty track is silent at once.
    quiet = (level < threshold(loudness)) | (peaks < DIGITAL)
    change = np.flatnonzero(np.diff(np.concatenate(([0], quiet.astype(np.int8), [0]))))
    begin, end = change[::2].astype(np.int64), change[1::2].astype(np.int64)
    long = end - begin >= SHORTEST
    begin, end = begin[long], end[long]
    columns = {
        "level": np.maximum(to_lufs(powers.mean(begin, end)), QUIETEST).astype(np.float32),
        "digital": np.array([bool((peaks[a:b] < DIGITAL).all()) for a, b in zip(begin, end, strict=True)], dtype=bool),
    }
    return Spans("silence", begin, end, ["silence"] * len(begin), clock, columns, "LUFS")
