"""Rows: values that are gathered a few at a time over a whole film, kept in few large arrays.

Thousands of small arrays cost several times their content: each has a header of a hundred bytes, and they lie scattered
between what is only passing through, so that the memory around them cannot be given back.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

_BYTES = 1 << 17
"""Of one array: large enough that the C library takes it from the system for itself."""


class Rows:
    """Rows of `width` values (None: single values) of one type, put one after another.

    >>> rows = Rows(2, np.uint8)
    >>> rows.add(np.array([[1, 2], [3, 4]]))
    >>> rows.add(np.array([[5, 6]]))
    >>> len(rows), rows.array().tolist()
    (3, [[1, 2], [3, 4], [5, 6]])
    """

    def __init__(self, width: int | None, dtype: npt.DTypeLike) -> None:
        self._shape: tuple[int, ...] = () if width is None else (width,)
        self._dtype = np.dtype(dtype)
        self._length = max(1, _BYTES // (self._dtype.itemsize * (width or 1)))
        self._full: list[npt.NDArray[Any]] = []
        self._open = np.empty((0, *self._shape), self._dtype)
        self._used = 0

    def __len__(self) -> int:
        return len(self._full) * self._length + self._used

    def add(self, rows: npt.ArrayLike) -> None:
        """Put (n, width) rows, or (n,) single values, at the end."""
        new = np.asarray(rows, dtype=self._dtype).reshape(-1, *self._shape)
        while len(new):
            if not len(self._open):
                self._open = np.empty((self._length, *self._shape), self._dtype)
            room = new[: self._length - self._used]
            self._open[self._used : self._used + len(room)] = room
            self._used += len(room)
            new = new[len(room) :]
            if self._used == self._length:
                self._full.append(self._open)
                self._open, self._used = np.empty((0, *self._shape), self._dtype), 0

    def array(self) -> npt.NDArray[Any]:
        """All of them, (n, width) or (n,), as a new array."""
        return np.concatenate([*self._full, self._open[: self._used]])

    def __getstate__(self) -> dict[str, Any]:
        # What is not filled yet is left out: its bytes are whatever the memory held.
        return {**self.__dict__, "_open": self._open[: self._used].copy()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        part = self._open
        if self._used:
            self._open = np.empty((self._length, *self._shape), self._dtype)
            self._open[: self._used] = part
