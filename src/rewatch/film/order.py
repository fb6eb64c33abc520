"""Order: which frame each packet shows, told without decoding; and when that cannot be told.

Frames are numbered as the one full reading of the picture numbers them: the nth that is presented is frame n. Where
every packet is one frame and bears its own time, its number is the rank of its time. Where anything speaks against
that there is no order, and the film must be read in full.

Contents
    Order, order_of, NoOrder
    known_order               the same of a film, read once
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from rewatch.facts import FilmFacts
from rewatch.film.packets import NO_TIME, Packets, read_packets
from rewatch.film.stamps import stamps_of

MOST_REORDERED = 64
"""Places between decoding and presentation: coders hold back 16 frames at most; more is a clock that starts anew."""
NOT_ONE_EACH = ("vp8", "vp6", "vp6f", "vp7", "rv40", "rv30", "gif", "rawvideo")
"""Codecs (or what is packed with them) whose packets may show no frame, or whose times are not those of frames."""

DENSE, APART = 4, 12
"""Frames from one keyframe to the next up to which they are thinned out, and to how many."""

Numbers = npt.NDArray[np.int64]


class NoOrder(ValueError):
    """Which frame a packet shows cannot be told; the message says why, in a few words."""


@dataclass(frozen=True, slots=True)
class Order:
    """The frames of a picture, as its packets tell of them.

    raw:       (n,) timestamp of each frame in the container's own ticks, increasing; but a keyframe may bear that of
               the frame before it
    pts:       (n,) ticks of the stream's time base from second 0, as `Pictures.pts`
    packet:    (n,) place of each frame's packet in the file's order
    size:      (n,) int32 bytes
    anchor:    (n,) bool: shown after all that was decoded before it: I and P frames, never a B frame
    keyframes: (k,) frames that can be decoded by themselves, in order; the first is frame 0
    duration:  ticks that the last frame lasts
    holes:     as `Stamps.holes`
    """

    time_base: Fraction
    raw: Numbers
    pts: Numbers
    packet: Numbers
    size: npt.NDArray[np.int32]
    anchor: npt.NDArray[np.bool_]
    keyframes: Numbers
    duration: int
    holes: tuple[tuple[int, int], ...] = ()

    def __len__(self) -> int:
        return len(self.raw)

    def at(self, raw: int | None, key: bool) -> int:
        """The frame (a keyframe or not) with a raw timestamp; -1 where there is none."""
        if raw is None:
            return -1
        found = int(np.searchsorted(self.raw, raw, side="right")) - 1
        if found > 0 and not key and self.raw[found - 1] == raw:
            found -= 1
        return found if found >= 0 and self.raw[found] == raw else -1

    def key_before(self, frame: int) -> int:
        """The keyframe at or before a frame."""
        return int(self.keyframes[np.searchsorted(self.keyframes, frame, side="right") - 1])

    def thinned(self) -> Order:
        """The same, where (nearly) all frames are keyframes, with but every twelfth of them as one."""
        if len(self.keyframes) < len(self.raw) / DENSE:
            return self
        kept = [0]
        for key in self.keyframes.tolist():
            if key >= kept[-1] + APART:
                kept.append(key)
        return replace(self, keyframes=np.array(kept, np.int64))

    def packets_of(self, begin: int, end: int) -> tuple[int, int]:
        """First packet, and the one after the last, that must be decoded to see the frames ``begin .. end``."""
        return int(self.packet[self.key_before(begin)]), int(self.packet[begin:end].max()) + 1


def order_of(film: FilmFacts, packets: Packets) -> Order:
    """The order of a picture's packets. NoOrder where it cannot be told from them."""
    picture = film.picture
    if picture is None or not len(packets):
        raise NoOrder("no picture")
    if picture.codec in NOT_ONE_EACH:
        raise NoOrder(f"{picture.codec} may hide frames")
    if (packets.pts == NO_TIME).any():
        raise NoOrder("packets without a time")
    if packets.unsound.any():
        raise NoOrder("damaged or hidden packets")
    place = np.argsort(packets.pts, kind="stable").astype(np.int64)
    raw = packets.pts[place]
    repeated = np.flatnonzero(np.diff(raw) <= 0)
    # Where pieces were put together, the first keyframe of one may bear the time of the last frame before it.
    if not packets.keyframe[place[repeated + 1]].all():
        raise NoOrder("repeated timestamps")
    frame = np.empty(len(place), np.int64)
    frame[place] = np.arange(len(place))
    if np.abs(frame - np.arange(len(frame))).max() > MOST_REORDERED:
        raise NoOrder("a clock that starts anew")
    if not packets.keyframe[0] or frame[0] != 0:
        raise NoOrder("it does not begin with a keyframe")
    stamps = stamps_of(film, picture)
    pts = np.fromiter((stamps.place(int(at)) for at in raw), np.int64, len(raw))
    if stamps.repaired > len(repeated):
        raise NoOrder("timestamps out of order")
    anchor = np.zeros(len(place), np.bool_)
    anchor[frame[np.maximum.accumulate(frame) == frame]] = True
    keyframes = np.sort(frame[packets.keyframe])
    # A keyframe that another one, decoded later, comes before is none that one could begin with.
    keyframes = keyframes[np.append(True, np.diff(place[keyframes]) > 0)]
    lasts, size = max(1, round(stamps.nominal)), packets.size[place]
    return Order(picture.time_base, raw, pts, place, size, anchor, keyframes, lasts, stamps.holes)


def known_order(film: FilmFacts) -> Order:
    """`order_of` a film's packets, kept for who asks next: it takes reading the whole file. NoOrder as there."""
    found = _order(_Named(film))
    if isinstance(found, str):
        raise NoOrder(found)
    return found


class _Named:
    """A film that the cache knows again by its content and by which of its pictures is watched."""

    def __init__(self, film: FilmFacts) -> None:
        self.film = film
        self._key = (film.identity, str(film.path), film.picture.stream if film.picture else -1)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Named) and other._key == self._key

    def __hash__(self) -> int:
        return hash(self._key)


@lru_cache(maxsize=1)
def _order(named: _Named) -> Order | str:
    try:
        return order_of(named.film, read_packets(named.film))
    except NoOrder as why:
        return str(why)
