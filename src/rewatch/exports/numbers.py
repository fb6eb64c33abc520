"""Numbers as text: the shortest decimals that read back as the same numbers."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import numpy.typing as npt


def plain_numbers(values: npt.NDArray[Any]) -> list[Any]:
    """An array as lists of Python numbers whose decimals say no more than its type holds.

    A float32 of 0.1 becomes 0.1, not 0.10000000149011612, and is the same float32 when read again. Shape is kept.

    >>> plain_numbers(np.array([0.1, 2.0], dtype=np.float32))
    [0.1, 2.0]
    """
    if values.dtype.kind != "f" or values.dtype.itemsize > 4:
        plain: list[Any] = values.tolist()
        return plain
    flat = np.ravel(values)
    short = np.array([float(f"{v:.7g}") for v in flat.tolist()], dtype=np.float64)
    # Seven digits are not always enough for a float32; nine are.
    other = np.flatnonzero(short.astype(values.dtype) != flat)
    short[other] = np.array([float(f"{v:.9g}") for v in flat[other].tolist()], dtype=np.float64)
    return cast("list[Any]", short.reshape(values.shape).tolist())
