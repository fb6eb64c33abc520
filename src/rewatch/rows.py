"""Rows: values that are gathered a few at a time over a whole film, kept in few large arrays, or in a file.

Thousands of small arrays cost several times their content: each has a header of a hundred bytes, and they lie scattered
between what is only passing through, so that the memory around them cannot be given back. Large arrays of a long film,
of twenty kinds, come to a hundred megabytes that nobody looks at before its end: those are better put by in a file.
"""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

_BYTES = 1 << 17
"""Of one array: large enough that the C library takes it from the system for itself."""


class Rows:
    """Rows of `width` values (None: single values) of one type, put one after another.

    file: where those are put by that fill an array; None: they stay in memory. What is pickled holds no more than the
          last few; the file must then be where it was, and holds what it must: ValueError, when it is unpickled, if
          not. It is written over from the place where the rows were pickled, so a run that goes on after a kill may
          add the same again.

    >>> rows = Rows(2, np.uint8)
    >>> rows.add(np.array([[1, 2], [3, 4]]))
    >>> rows.add(np.array([[5, 6]]))
    >>> len(rows), rows.array().tolist()
    (3, [[1, 2], [3, 4], [5, 6]])
    """

    def __init__(self, width: int | None, dtype: npt.DTypeLike, file: Path | None = None) -> None:
        self._shape: tuple[int, ...] = () if width is None else (width,)
        self._dtype = np.dtype(dtype)
        self._length = max(1, _BYTES // (self._dtype.itemsize * (width or 1)))
        self._file = file
        self._sums: list[int] = []
        self._full: list[npt.NDArray[Any]] = []
        self._open = np.empty((0, *self._shape), self._dtype)
        self._used = 0

    def __len__(self) -> int:
        return (len(self._sums) + len(self._full)) * self._length + self._used

    def add(self, rows: npt.ArrayLike) -> None:
        """Put (n, width) rows, or (n,) single values, at the end. OSError where the file cannot be written."""
        new = np.asarray(rows, dtype=self._dtype).reshape(-1, *self._shape)
        while len(new):
            if not len(self._open):
                self._open = np.empty((self._length, *self._shape), self._dtype)
            room = new[: self._length - self._used]
            self._open[self._used : self._used + len(room)] = room
            self._used += len(room)
            new = new[len(room) :]
            if self._used == self._length:
                self._put_by()

    def _put_by(self) -> None:
        if self._file is None:
            self._full.append(self._open)
            self._open = np.empty((0, *self._shape), self._dtype)
        else:
            with self._file.open("r+b" if self._sums else "wb") as file:
                file.seek(len(self._sums) * self._open.nbytes)
                file.write(self._open.data)
            self._sums.append(zlib.crc32(self._open.data))
        self._used = 0

    def array(self) -> npt.NDArray[Any]:
        """All of them, (n, width) or (n,), as a new array."""
        found = np.empty((len(self), *self._shape), self._dtype)
        stored = found[: len(self._sums) * self._length]
        if self._file is not None and len(stored):
            with self._file.open("rb") as file:
                if file.readinto(stored.data) != stored.nbytes:
                    raise ValueError(f"{self._file} was cut short")
        at = len(stored)
        for part in (*self._full, self._open[: self._used]):
            found[at : at + len(part)] = part
            at += len(part)
        return found

    def _check(self) -> None:
        """ValueError where the file does not hold what was put by: it was not written before the power went."""
        if self._file is None or not self._sums:
            return
        try:
            with self._file.open("rb") as file:
                whole = all(zlib.crc32(file.read(self._bytes)) == known for known in self._sums)
        except OSError:
            whole = False
        if not whole:
            raise ValueError(f"{self._file} does not hold what was put by")

    @property
    def _bytes(self) -> int:
        return self._length * self._dtype.itemsize * int(np.prod(self._shape))

    def __getstate__(self) -> dict[str, Any]:
        # What is not filled yet is left out: its bytes are whatever the memory held.
        return {**self.__dict__, "_open": self._open[: self._used].copy()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._check()
        part = self._open
        self._open = np.empty((self._length if self._used else 0, *self._shape), self._dtype)
        self._open[: self._used] = part
