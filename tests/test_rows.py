"""Rows: what is put in a few at a time comes out whole."""

from __future__ import annotations

import pickle
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewatch.rows import Rows


@given(st.lists(st.integers(0, 70_000), max_size=6), st.booleans(), st.booleans())
def test_all_of_it_in_order(lengths: list[int], pickled: bool, in_file: bool) -> None:
    with TemporaryDirectory() as folder:
        rows = Rows(3, np.float32, Path(folder) / "rows" if in_file else None)
        parts = [np.arange(3 * n, dtype=np.float32).reshape(n, 3) + i for i, n in enumerate(lengths)]
        for part in parts:
            rows.add(part)
            if pickled:
                rows = pickle.loads(pickle.dumps(rows))
        assert len(rows) == sum(lengths)
        assert np.array_equal(rows.array(), np.concatenate([np.zeros((0, 3), np.float32), *parts]))
        assert rows.array().dtype == np.float32


def test_rows_in_a_file_go_on_from_where_they_were_pickled(tmp_path: Path) -> None:
    rows = Rows(None, np.int32, tmp_path / "rows")
    rows.add(np.arange(50_000))
    stood = pickle.dumps(rows)
    rows.add(np.full(200_000, -1))  # a run that is killed after its checkpoint
    again = pickle.loads(stood)
    again.add(np.arange(50_000, 150_000))
    assert np.array_equal(again.array(), np.arange(150_000))
    assert len(stood) < 130_000


def test_rows_whose_file_is_not_whole_are_not_taken_up(tmp_path: Path) -> None:
    rows = Rows(None, np.int32, tmp_path / "rows")
    rows.add(np.arange(100_000))
    stood = pickle.dumps(rows)
    whole = (tmp_path / "rows").read_bytes()
    for damaged in (whole[:-1], whole[:70_000] + b"\0" + whole[70_001:-1] + b"\1"):
        (tmp_path / "rows").write_bytes(damaged)
        with pytest.raises(ValueError, match="does not hold"):
            pickle.loads(stood)
    (tmp_path / "rows").unlink()
    with pytest.raises(ValueError, match="does not hold"):
        pickle.loads(stood)
    with pytest.raises(OSError, match="rows"):
        rows.array()


def test_single_values() -> None:
    rows = Rows(None, np.int64)
    assert rows.array().shape == (0,)
    rows.add([3, 4])
    rows.add(5)
    assert rows.array().tolist() == [3, 4, 5]
