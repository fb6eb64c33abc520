"""Packets: what the container says of each frame of the picture, without decoding any.

Contents
    Packets, read_packets
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from av.stream import Discard

from rewatch.evidence import Damage
from rewatch.facts import FilmFacts
from rewatch.film.container import open_container, packets

NO_TIME = np.iinfo(np.int64).min
"""Stands where a packet has no timestamp."""


@dataclass(frozen=True, slots=True)
class Packets:
    """The packets of a picture stream in the order of the file, which is that of decoding.

    pts, dts: (n,) int64, raw ticks of `time_base` in the container's own time; `NO_TIME` where there is none
    size:     (n,) int32 bytes
    keyframe: (n,) bool
    unsound:  (n,) bool: damaged, or not to be shown (an edit list leaves it out)
    """

    time_base: Fraction
    pts: npt.NDArray[np.int64]
    dts: npt.NDArray[np.int64]
    size: npt.NDArray[np.int32]
    keyframe: npt.NDArray[np.bool_]
    unsound: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.pts)


def read_packets(film: FilmFacts, stream: int | None = None, damage: Damage | None = None) -> Packets:
    """All packets of the picture that is watched (or of another stream of the file, by its index).

    FilmError where the file cannot be opened. A film without a picture has no packets.
    """
    index = film.picture.stream if stream is None and film.picture else stream
    # Not a list of rows: of three hours those would be a quarter of a million objects, and a hole when they are gone.
    columns = [array(kind) for kind in "qqibb"]
    base = Fraction(1)
    if index is not None:
        with open_container(film.path) as container:
            for other in container.streams:
                if other.index != index:
                    other.discard = Discard.all
            chosen = container.streams[index]
            base = chosen.time_base or base
            for packet in packets(container, chosen, damage):
                pts = NO_TIME if packet.pts is None else packet.pts
                dts = NO_TIME if packet.dts is None else packet.dts
                row = pts, dts, packet.size, packet.is_keyframe, packet.is_corrupt or packet.is_discard
                for column, value in zip(columns, row, strict=True):
                    column.append(value)
    kinds = np.int64, np.int64, np.int32, np.bool_, np.bool_
    return Packets(base, *(np.array(column).astype(kind) for column, kind in zip(columns, kinds, strict=True)))
