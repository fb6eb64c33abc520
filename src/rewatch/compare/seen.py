"""Seen: what is stored of an edition's picture, as a comparison reads it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

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

_EVEN = 0.25
"""Share by which frames may last longer or less long than most, and still be even."""
_FEW = 0.005
"""Share of the frames that may last another time in a film that is even."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The picture of one edition.

    times:   when each of its n frames is shown; evenly: see `evened`
    rate:    frames a second, on the average
    values:  (n, 5) float32, of each frame: light's mean and spread, mean colour in Oklab
    prints:  its prints
    keys:    (m,) int64, frames that have a layout, rising
    layouts: (m, DOWN, ACROSS) float32, lowest frequencies of their luma
    cuts:    frames with which a shot begins, rising
    bars:    black bars of most of the film: top, bottom, left, right as shares of the height and width
    lights:  (g, n, 6) float32, the values through each place of a window (see `windows`); None where there is none
    place:   (n,) int64, through which place of the window each frame shows the other film's; None where there is none
    slots:   (n,) int64, rising: the frame of the file that each of the n is; None where they are the file's own
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
    slots: Numbers | None = None
    lights: Floats | None = None
    place: Numbers | None = None

    def __len__(self) -> int:
        return len(self.times)

    def light(self, frames: Numbers, column: int, other: Seen, of_other: Numbers) -> Floats:
        """A column of the values of frames, as frames of another film show them."""
        if self.lights is None or other.place is None:
            return np.asarray(self.values[frames, column], dtype=np.float32)
        return np.asarray(self.lights[other.place[of_other], frames, column], dtype=np.float32)

    @property
    def shown(self) -> FrameTimes:
        """When each frame of the file is shown."""
        found = self.edition.times
        assert found is not None
        return found

    def frame(self, number: int) -> int:
        """The frame of the file that one of the n is."""
        return number if self.slots is None else int(self.slots[number])

    def edge(self, number: int) -> int:
        """The frame of the file that begins with one of the n, or that is the next to begin; n: the file's end."""
        if self.slots is None:
            return number
        if number >= len(self.slots):
            return len(self.shown)
        # What lies between two that are shown belongs to the one before it.
        return int(self.slots[number]) + bool(number and self.slots[number] == self.slots[number - 1])

    def places(self, frames: npt.ArrayLike) -> Numbers:
        """Which of the n shows each of these frames of the file first, or what comes after it."""
        wanted = np.asarray(frames, dtype=np.int64)
        return wanted if self.slots is None else np.minimum(np.searchsorted(self.slots, wanted), len(self.slots) - 1)


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


def evened(seen: Seen) -> Seen:
    """A film whose frames are shown for uneven times, as if they were even: each as often as it lasts.

    A capture that left out repeats, a phone's film, a file whose tail runs at another rate: places in it are counted
    in the time that most of its frames last. As it was where fewer than one frame in 200 lasts another time.
    """
    edges = seen.times.seconds(np.arange(len(seen) + 1))
    lasts = np.diff(edges)
    usual = np.abs(lasts / np.median(lasts) - 1) <= _EVEN
    if np.mean(~usual) < _FEW:
        return seen
    rate = 1 / float(lasts[usual].mean())
    count = max(2, round((edges[-1] - edges[0]) * rate))
    ticks = np.round((edges[0] + np.arange(count + 1) / rate) * 10**6).astype(np.int64)
    times = FrameTimes(ticks[:-1], Fraction(1, 10**6), int(ticks[-1]))
    slots = seen.times.frame_at(times.seconds(np.arange(count)) + 0.5 / rate)
    even = replace(seen, times=times, rate=rate, values=seen.values[slots], slots=slots)
    kept = np.isin(seen.keys, slots)
    return replace(
        even, keys=even.places(seen.keys[kept]), layouts=seen.layouts[kept], cuts=np.unique(even.places(seen.cuts))
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
