"""What is singular in the sound: a sudden silence, the loudest attack, a quiet and a loud, the one cut on a beat.

Contents
    FINDERS
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rewatch.library.edition import Edition
from rewatch.study.singular import Detail, apart, of_distance, only, shots_of
from rewatch.track import Events

_HEARD = -70.0
"""LUFS from which on there is a sound."""
_BEGINS = 3.0
"""Seconds within which the sound of a film begins."""
_ON_BEAT = 0.04
"""Seconds a cut may lie beside a beat: a frame at 25 a second."""


def sudden_silences(edition: Edition) -> Iterator[Detail]:
    """Stretches of near silence that the sound falls into, by how far it falls."""
    if "loudness" not in edition.tracks:
        return
    loudness = edition.curve("loudness")
    level = np.asarray(loudness.column("momentary"), dtype=np.float64)
    at = loudness.seconds()
    if len(level) < 100:
        return
    step = float(at[1] - at[0])
    before, after = max(round(2.0 / step), 1), max(round(1.0 / step), 1)
    # A second that is quiet throughout, after two that were loud on average, half a second of the fall between.
    gap = max(round(0.5 / step), 1)
    ahead = np.lib.stride_tricks.sliding_window_view(level, after).max(axis=1)
    behind = np.convolve(level, np.ones(before) / before, mode="valid")
    first = np.arange(before + gap, len(level) - after + 1)
    fall = behind[first - gap - before] - ahead[first]
    if not len(fall):
        return
    z = apart(fall, 2.0)
    usual = float(np.median(level[level > _HEARD])) if (level > _HEARD).any() else 0.0
    taken: list[int] = []
    for i in np.argsort(-fall).tolist():
        index = int(first[i])
        # From quiet to quieter is no silence that one hears; and at its end every film falls silent.
        if behind[first[i] - gap - before] < usual - 10 or (level[first[i] :] <= ahead[first[i]] + 6).all():
            continue
        if any(abs(index - other) * step < 5 for other in taken):
            continue
        if fall[i] < 12 or len(taken) == 3:
            break
        taken.append(index)
        loud, quiet = float(behind[index - gap - before]), float(ahead[index])
        # Where within the half second of the fall it is down, to stay.
        above = np.flatnonzero(level[index - gap : index] > quiet + 6)
        index += (int(above[-1]) + 1 if len(above) else 0) - gap
        rest = np.flatnonzero(level[index:] > quiet + 6)
        lasts = float(rest[0]) * step if len(rest) else (len(level) - index) * step
        yield Detail(
            "silence", float(at[index]), float(at[index]) + lasts,
            f"A sudden quiet: the sound falls by {fall[i]:.0f} dB, from {loud:.0f} to {quiet:.0f} LUFS, and stays down "
            f"for {lasts:.1f} s.",
            {"fall": float(fall[i]), "before": loud, "after": quiet, "length": lasts},
            of_distance(float(z[i])), ("silence", "quiet"),
        )  # fmt: skip


def attacks(edition: Edition) -> Iterator[Detail]:
    """The loudest attacks: where the level rises most within three tenths of a second."""
    if "loudness" not in edition.tracks:
        return
    loudness = edition.curve("loudness")
    level = np.asarray(loudness.column("momentary"), dtype=np.float64)
    at = loudness.seconds()
    if len(level) < 100:
        return
    floor = np.maximum(level, -50.0)
    reach = max(round(0.3 / float(at[1] - at[0])), 1)
    rise = floor[reach:] - floor[:-reach]
    z = apart(rise, 2.0)
    usual = float(np.median(level[level > _HEARD])) if (level > _HEARD).any() else 0.0
    taken: list[int] = []
    for i in np.argsort(-rise).tolist():
        # That the sound of the film begins is no attack, and none is hard that ends below the film's usual level.
        if at[i] < _BEGINS or level[i + reach] < usual - 6:
            continue
        if any(abs(i - other) < 50 for other in taken):
            continue
        if len(taken) == 2 or rise[i] < 8:
            break
        taken.append(i)
        place = "The hardest" if len(taken) == 1 else "The second hardest"
        yield Detail(
            "attack", float(at[i]), float(at[i + reach]) + 0.5,
            f"{place} attack of the film: within 0.3 s the sound rises by {rise[i]:.0f} dB, to "
            f"{level[i + reach]:.0f} LUFS.",
            {"rise": float(rise[i]), "level": float(level[i + reach])}, of_distance(float(z[i])), ("loud", "bang"),
            len(taken),
        )  # fmt: skip


def on_the_beat(edition: Edition) -> Iterator[Detail]:
    """The one cut that falls on a beat of the music, where there is one alone; or the one of few that does not."""
    laid = shots_of(edition)
    if laid is None or "beats" not in edition.tracks:
        return
    beats = edition.tracks["beats"]
    if not isinstance(beats, Events) or len(beats) < 8:
        return
    pulse = beats.seconds(edition.times)
    cuts = laid[1][1:]
    cuts = cuts[(cuts >= pulse[0] - _ON_BEAT) & (cuts <= pulse[-1] + _ON_BEAT)]
    if len(cuts) < 5:
        return
    near = np.searchsorted(pulse, cuts)
    left = np.abs(cuts - pulse[np.maximum(near - 1, 0)])
    right = np.abs(pulse[np.minimum(near, len(pulse) - 1)] - cuts)
    on = np.minimum(left, right) <= _ON_BEAT
    # Only cuts within the music count: those whose beats are not further away than beats lie apart.
    within = np.minimum(left, right) <= np.median(np.diff(pulse))
    for wanted, word in ((True, "on"), (False, "beside")):
        hits = np.flatnonzero(within & (on == wanted))
        if len(hits) != 1 or within.sum() < 5:
            continue
        at = float(cuts[int(hits[0])])
        among = int(within.sum())
        said = (
            f"The only cut that falls on a beat of the music: of {among} cuts there no other lies within 0.04 s of one."
        )
        if not wanted:
            said = f"The only cut beside the beat: the {among - 1} others in the music fall on one, within 0.04 s."
        yield Detail(
            f"cut_{word}_beat", at - 0.5, at + 0.5, said, {"cuts": among, "within": _ON_BEAT}, only(1, among),
            ("beat", "cut"),
        )  # fmt: skip


FINDERS = (sudden_silences, attacks, on_the_beat)
