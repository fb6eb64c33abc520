"""Blocks: a stream of samples, cut anew into whole seconds.

Pieces of sound come in any length. What is computed in floating point may differ in its last bit with the length of
the array that it is computed on; so the analysers of this package never work on a piece, but on blocks of exactly one
second that begin at whole seconds of the stream. That is what makes their tracks the same, to the bit, however the
stream was cut.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

_ABSURD = 1000.0
"""60 dB above full scale: no sound, but damage."""


class Blocks:
    """Cuts pieces (n, channels) into blocks (channels, size), float32, contiguous; holds less than one block back.

    >>> blocks = Blocks(3)
    >>> [b.tolist() for b in blocks.push(np.arange(7, dtype=np.float32)[:, None])]
    [[[0.0, 1.0, 2.0]], [[3.0, 4.0, 5.0]]]
    >>> blocks.rest().tolist()
    [[6.0]]
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._held: list[npt.NDArray[np.float32]] = []
        self._count = 0

    def push(self, values: npt.NDArray[np.float32]) -> Iterator[npt.NDArray[np.float32]]:
        """The blocks that are complete with this piece, in order. Exhaust the iterator before the next push."""
        at = 0
        while self._count + len(values) - at >= self.size:
            take = self.size - self._count
            # Copied: a held piece must not keep the decoder's buffer alive, nor change under us.
            block = np.concatenate([*self._held, values[at : at + take]])
            self._held, self._count = [], 0
            at += take
            yield _planar(block)
        if at < len(values):
            self._held.append(np.array(values[at:], dtype=np.float32))
            self._count += len(values) - at

    def rest(self) -> npt.NDArray[np.float32]:
        """What is left after the last piece: (channels, fewer than size); (0, 0) where nothing is."""
        held, self._held, self._count = self._held, [], 0
        if not held:
            return np.zeros((0, 0), dtype=np.float32)
        return _planar(np.concatenate(held))


def _planar(block: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    planar = np.ascontiguousarray(block.T, dtype=np.float32)
    # A damaged floating point stream can hold anything; one NaN would stay in the filters for the rest of the film.
    if not (planar.min() > -_ABSURD and planar.max() < _ABSURD):
        planar = np.clip(np.nan_to_num(planar, nan=0.0, posinf=0.0, neginf=0.0), -_ABSURD, _ABSURD)
    return planar
