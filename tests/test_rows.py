"""Rows: what is put in a few at a time comes out whole."""

from __future__ import annotations

import pickle

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rewatch.rows import Rows


@given(st.lists(st.integers(0, 70_000), max_size=6), st.booleans())
def test_all_of_it_in_order(lengths: list[int], pickled: bool) -> None:
    rows = Rows(3, np.float32)
    parts = [np.arange(3 * n, dtype=np.float32).reshape(n, 3) + i for i, n in enumerate(lengths)]
    for part in parts:
        rows.add(part)
        if pickled:
            rows = pickle.loads(pickle.dumps(rows))
    assert len(rows) == sum(lengths)
    assert np.array_equal(rows.array(), np.concatenate([np.zeros((0, 3), np.float32), *parts]))
    assert rows.array().dtype == np.float32


def test_single_values() -> None:
    rows = Rows(None, np.int64)
    assert rows.array().shape == (0,)
    rows.add([3, 4])
    rows.add(5)
    assert rows.array().tolist() == [3, 4, 5]
