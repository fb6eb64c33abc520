"""Seen: what is stored of an edition's picture, as a comparison reads it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rewatch.clock import FrameTimes
from rewatch.errors import NotMeasured
from rewatch.images.looks import ACROSS, DOWN, unpack_layout
from rewatch.images.prints import Prints, open_prints
from rewatch.library.edition import Edition

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Seen:
    """The picture of one edition.

    times:   when each of its n frames is shown
    rate:    frames a second, on the average
    values:  (n, 5) float32, of each frame: light's mean and spread, mean colour in Oklab
    prints:  its prints
    keys:    (m,) int64, frames that have a layout, rising
    layouts: (m, DOWN, ACROSS) float32, lowest frequencies of their luma
    cuts:    frames with which a shot begins, rising
    """

    edition: Edition
    times: FrameTimes
    rate: float
    values: Floats
    prints: Prints
    keys: Numbers
    layouts: Floats
    cuts: Numbers

    def __len__(self) -> int:
        return len(self.times)


def see(edition: Edition) -> Seen | None:
    """What there is of an edition's picture; None where it has none. NotMeasured: watched before there were prints."""
    times = edition.times
    if times is None or len(times) < 2:
        return None
    prints = open_prints(edition.kept("picture_prints"))
    if prints is None:
        raise NotMeasured(f"{edition.name} was watched before there were prints of the picture: watch it again")
    light, colour = edition.curve("light").values, edition.curve("colour").values
    activity = np.log10(edition.curve("activity").column() + 1e-3) / 4
    rows = np.asarray(prints.keys)
    layouts = unpack_layout(np.asarray(prints.layouts))[:, : DOWN * ACROSS].reshape(-1, DOWN, ACROSS)
    rate = (len(times) - 1) / (float(times.seconds(len(times) - 1)) - times.begin_seconds)
    cuts = edition.spans("shots").begin[1:] if "shots" in edition.tracks else np.zeros(0, np.int64)
    return Seen(
        edition,
        times,
        rate,
        np.concatenate([light, colour, activity[:, None]], axis=1).astype(np.float32),
        prints,
        np.asarray(prints.frames)[rows].astype(np.int64),
        layouts,
        np.asarray(cuts, np.int64),
    )
