"""Agreement: how well two small grey pictures agree, in nats.

What is left of one after the other was taken off, scaled as the grade allows, says it. Titles burnt into one edition
and a station's logo lie over a part of the picture: where the whole does not agree, the picture without its lower
third, without its upper fourth and without both is asked as well. Letters are bright: something in what is left out
must be.

Contents
    slid        the part of a wider picture that another shows
    agreement   of two pictures: by their patterns, and by their levels
    in_nats     of many, as evidence
    unlike      whether two pictures show something else altogether
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Grey = npt.NDArray[np.float32]

_DETAILS = 10.0
"""A picture counts for so many independent details: half of how many its pixels are worth."""
_NOTHING = 8.0
"""Evidence that a picture of something must beat to be taken for the same: a correlation of .75."""
_NOISE = 2.0
"""Code values by which codings of one small picture differ."""
_GAIN = 0.6
"""The contrast of a scene is at least so much of what the film's grade makes of it, at most 1 / .6 of it."""
_LEVEL = 3.0
"""Code values by which the mean of a picture is off what the grade makes of it."""
_OFF, _SCENE = 6.0, 12.0
"""Most that the level says, in nats; code values by which a scene's own grade may be off the film's."""
_LEAST = 16.0
"""Nats: no frame says more against two pictures being the same."""
_FLAT = 0.5
_PARTS = ((0.0, 0.68), (0.24, 1.0), (0.24, 0.68))
"""Of the height: where no titles stand, no logo, and neither."""
_GOOD = 5.0
"""Code values by which the light of a copy may scatter, for a part to stand for the whole: bad ones agree in parts."""
_WHITE = 50.0
"""Code values by which letters stand out in a small picture; what bad copies are off is less."""
_CORRELATED, _DETAILED = 0.3, 8.0
"""Correlation below which two pictures show other things; code values by which a picture of something varies."""


def slid(a: Grey | None, b: Grey | None) -> Grey | None:
    """Of a wider picture the part, as wide as another, that is most like it (normalised correlation)."""
    if a is None or b is None or a.shape == b.shape:
        return a
    if float(b.std()) < 1 or float(a.std()) < 1:
        middle = (a.shape[1] - b.shape[1]) // 2
        return a[:, middle : middle + b.shape[1]]
    at = int(cv2.matchTemplate(a, b, cv2.TM_CCOEFF_NORMED)[0].argmax())
    return a[:, at : at + b.shape[1]]


def agreement(a: Grey | None, b: Grey | None, grade: tuple[float, float, float]) -> tuple[float, float]:
    """How well two pictures agree, in nats against that they do not, by their patterns; and by how many code values B's
    level is off what the grade makes of A's. NaN, 0 where one is missing.

    grade: code value of B = gain x that of A + lift, give or take the third: the film's
    """
    if a is None or b is None:
        return float("nan"), 0.0
    found = _of_part(a, b, grade, 1.0)
    if found[0] >= 0 or grade[2] > _GOOD:
        return found
    high = len(a)
    for top, bottom in _PARTS:
        rows = slice(round(top * high), round(bottom * high))
        part = _of_part(a[rows], b[rows], grade, bottom - top)
        if part[0] > max(found[0], 0) and _written(np.delete(b - part[1] - grade[0] * a - grade[1], rows, axis=0)):
            found = part
    return found


def _written(over: Grey) -> bool:
    """Whether what B has more than A, in code values, has something as bright in it as letters are."""
    return float(over.max(initial=0.0)) >= _WHITE


def _of_part(a: Grey, b: Grey, grade: tuple[float, float, float], share: float) -> tuple[float, float]:
    gain, lift, _ = grade
    mean_a, mean_b = float(a.mean()), float(b.mean())
    of_a, of_b = a - mean_a, b - mean_b
    var_a, var_b, noise = float(np.mean(of_a**2)), float(np.mean(of_b**2)), _NOISE**2
    # What is left of B's picture after A's was taken off, as strong as the grade may have left it.
    strength = float(np.mean(of_a * of_b)) / max(var_a, 1e-6)
    strength = min(max(strength, _GAIN * gain), gain / _GAIN)
    left = float(np.mean((of_b - strength * of_a) ** 2))
    told = _DETAILS * share * float(np.log((var_b + noise) / (left + noise)))
    # Black agrees with black, and says little; the fainter a picture, the less it must say.
    seen = var_b / (var_b + 4 * noise)
    return told - _NOTHING * seen + _FLAT * (1 - seen), mean_b - min(max(gain * mean_a + lift, 0.0), 255.0)


def in_nats(found: Floats, shots: npt.NDArray[np.int64], loose: float) -> Floats:
    """(n,) evidence out of (n, 2) agreements: patterns, and levels. shots: (n,) the shot of B that each frame is in."""
    pattern, level = found[:, 0], found[:, 1]
    lone = level.copy()
    for shot in np.unique(shots):
        # A scene may be graded by itself: what is off all through it is no difference of frames.
        inside = shots == shot
        sure = inside & (pattern > _NOTHING)
        if sure.any():
            lone[inside] -= np.clip(np.median(level[sure]), -_SCENE, _SCENE)
    off = lone / max(_LEVEL, 1.5 * loose)
    told = np.maximum(pattern - np.minimum(off * off / 2, _OFF), -_LEAST)
    return np.where(np.isnan(pattern), -_DETAILS, told)


def unlike(a: Grey | None, b: Grey | None) -> bool:
    """Whether both show something, and not the same: what no coding and no fault of a tape makes of a picture."""
    if a is None or b is None:
        return False
    of_a, of_b = a - a.mean(), b - b.mean()
    spread_a, spread_b = float(of_a.std()), float(of_b.std())
    if min(spread_a, spread_b) < _DETAILED:
        return False
    return float(np.mean(of_a * of_b)) < _CORRELATED * spread_a * spread_b
