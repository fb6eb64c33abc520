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
Bars = tuple[float, float, float, float]


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
    bars:    black bars of most of the film: top, bottom, left, right as shares of the height and width
    """

    edition: Edition
    times: FrameTimes
    rate: float
    values: Floats
    prints: Prints
    keys: Numbers
    layouts: Floats
    cuts: Numbers
    bars: Bars = (0.0, 0.0, 0.0, 0.0)

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
    light, colour = _within(prints, edition.curve("light").values, edition.curve("colour").values)
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
        _usual_bars(prints),
    )


def _within(prints: Prints, light: Floats, colour: Floats) -> tuple[Floats, Floats]:
    """Light and colour of the picture within its bars, out of those of the whole frame."""
    areas = np.asarray(prints.areas, dtype=np.float64)
    if not len(areas) or not areas[:, 1:].any():
        return light, colour
    begins = np.asarray(prints.frames)[areas[:, 0].astype(np.int64)].astype(np.int64)
    # Bars hold from the print on that was the first with them; what is before it belongs to the shot's first one.
    which = np.clip(np.searchsorted(begins, np.arange(len(light)), side="right") - 1, 0, None)
    share = ((1 - areas[:, 1] - areas[:, 2]) * (1 - areas[:, 3] - areas[:, 4]))[which]
    mean = light[:, 0] / share
    square = (light[:, 1].astype(np.float64) ** 2 + light[:, 0].astype(np.float64) ** 2) / share
    spread = np.sqrt(np.clip(square - mean**2, 0, None))
    # A dark frame has no bars of its own: what shines through them is no more than it was.
    inside = np.stack([np.minimum(mean, 1), spread], axis=1)
    return inside.astype(np.float32), (colour / share[:, None]).astype(np.float32)


def _usual_bars(prints: Prints) -> Bars:
    """The bars of most of the film: of a dark passage it cannot be told where the picture ends."""
    areas = np.asarray(prints.areas)
    if not len(areas):
        return 0.0, 0.0, 0.0, 0.0
    rows = np.diff(areas[:, 0], append=len(prints))
    kinds, which = np.unique(areas[:, 1:], axis=0, return_inverse=True)
    top, bottom, left, right = kinds[np.bincount(which.ravel(), weights=rows).argmax()].tolist()
    return top, bottom, left, right
