"""Blocks: pieces of any lengths cut again into blocks of one length, so that lengths cannot show in the results.

Sums of floating-point numbers depend, in their last bits, on how many rows a library is given at once. Analysers that
compute with them go through blocks that begin at whole multiples of `LENGTH` frames, whatever the pieces were.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

LENGTH = 32
"""Frames a block: as many as fit the cache of a processor as floating-point small pictures."""


class Blocks:
    """Holds back what does not fill a block yet; a plain object that can be pickled.

    >>> blocks = Blocks(4)
    >>> [block[0].tolist() for block in blocks.add(np.arange(6))]
    [[0, 1, 2, 3]]
    >>> [block[0].tolist() for block in blocks.rest()]
    [[4, 5]]
    """

    __slots__ = ("_count", "_held", "_length")

    def __init__(self, length: int = LENGTH) -> None:
        self._length = length
        self._held: list[tuple[Array, ...]] = []
        self._count = 0

    def add(self, *arrays: Array) -> Iterator[tuple[Array, ...]]:
        """Arrays of one length (their first axis) -> the blocks that are full now, each as a tuple of arrays."""
        # Copies of what is held: a reader may fill the same memory again.
        at, end = 0, len(arrays[0])
        while self._count + end - at >= self._length:
            take = self._length - self._count
            part = tuple(array[at : at + take] for array in arrays)
            if self._held:
                part = tuple(np.concatenate(held) for held in zip(*self._held, part, strict=True))
                self._held, self._count = [], 0
            at += take
            yield part
        if at < end:
            self._held.append(tuple(array[at:].copy() for array in arrays))
            self._count += end - at

    def rest(self) -> Iterator[tuple[Array, ...]]:
        """What was held back: one short block, or none."""
        if self._held:
            held, self._held, self._count = self._held, [], 0
            yield tuple(np.concatenate(parts) for parts in zip(*held, strict=True))
