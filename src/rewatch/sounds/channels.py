"""Channels: which loudspeaker each channel feeds, and what that means for loudness and for a mixdown.

Contents
    loudness_weights   BS.1770-5, by the loudspeaker's position
    mono_weights       one channel out of many, as BS.775 folds them down

Layouts are named in FFmpeg's words ("stereo", "5.1(side)"); PyAV tells the channels' names from them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_LOW = frozenset({"LFE", "LFE2"})
_SIDE = frozenset({"SL", "SR", "WL", "WR", "SDL", "SDR", "SSL", "SSR"})
_BACK_PAIR = frozenset({"BL", "BR"})


def channel_names(layout: str, channels: int) -> tuple[str, ...]:
    """FFmpeg's short names ("FL", "LFE", ...), one a channel; all "NONE" where the layout does not say."""
    import av

    try:
        found = tuple(channel.name for channel in av.AudioLayout(layout).channels)
    except ValueError:
        found = ()
    return found if len(found) == channels else ("NONE",) * channels


def loudness_weights(layout: str, channels: int) -> npt.NDArray[np.float64]:
    """(channels,) weights of the channels' powers in a loudness: ITU-R BS.1770-5, tables 3 and 4.

    1.41 for loudspeakers at 60 to 120 degrees to the side near the height of the ear, 0 for low frequency effects, 1
    for all others. The back pair stands at 110 degrees (1.41) where it is the only surround pair, as in 5.1, and at
    135 degrees (1.00) behind a side pair, as in 7.1. (FFmpeg gives both, and the back centre, 1.41.)

    >>> loudness_weights("5.1", 6).tolist()
    [1.0, 1.0, 1.0, 0.0, 1.41, 1.41]
    """
    names = channel_names(layout, channels)
    sides = _SIDE | (_BACK_PAIR if not {"SL", "SR"} & set(names) else frozenset())
    if "BFL" in names:  # 22.2: the front pair proper is FLc/FRc, FL and FR stand at 60 degrees
        sides |= {"FL", "FR"}
    return np.array([0.0 if n in _LOW else 1.41 if n in sides else 1.0 for n in names])


def mono_weights(layout: str, channels: int) -> npt.NDArray[np.float32]:
    """(channels,) amplitudes for a mixdown to one channel: half the sum of the stereo downmix of ITU-R BS.775.

    Low frequency effects are left out, as they are there. Stereo becomes the mean; what is out of phase cancels.

    >>> [round(float(weight), 3) for weight in mono_weights("5.1", 6)]
    [0.5, 0.5, 0.707, 0.0, 0.354, 0.354]
    """
    names = channel_names(layout, channels)
    if channels == 1:
        return np.ones(1, dtype=np.float32)
    if not {"FL", "FR", "FC", "DL", "DR"} & set(names):
        return np.full(channels, 1 / channels, dtype=np.float32)
    front = {"FL": 0.5, "FR": 0.5, "DL": 0.5, "DR": 0.5, "FC": 0.5**0.5}
    return np.array([0.0 if n in _LOW else front.get(n, 0.125**0.5) for n in names], dtype=np.float32)
