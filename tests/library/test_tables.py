"""Tracks in Parquet files: what goes in comes out, and nothing is loaded for it that is not needed."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rewatch.clock import FRAMES, Clock
from rewatch.errors import LibraryError
from rewatch.library.tables import read_track, write_track
from rewatch.track import Curve, Events, Figures, Spans, Track

EVENTS = Events(
    "hits",
    np.array([3, 5, 900], np.int64),
    Clock(Fraction(24000, 1001)),
    {"loud": np.array([True, False, True]), "size": np.array([1, 2, 255], np.uint8), "word": ["é", "", "a\nb"]},
    "s",
)
TRACKS: list[Track] = [
    EVENTS,
    Events("none", np.zeros(0, np.int64), FRAMES, {"loud": np.zeros(0, bool), "word": []}),
    Curve("light", np.arange(12, dtype=np.float32).reshape(6, 2)[::2], Clock(Fraction(10)), "0 - 1", ("a", "b")),
    Spans("shots", np.array([0, 4]), np.array([4, 9]), ["one", "two"], FRAMES, {"sure": np.array([0.5, 1.0])}),
    Figures("tempo", {"asl": 4.25, "shots": 12, "d": None}, {"asl": "s"}, {"d": "too few shots"}),
]


@pytest.mark.parametrize("track", TRACKS, ids=lambda track: str(track.name))
def test_what_goes_in_comes_out(track: Track, tmp_path: Path) -> None:
    write_track(tmp_path / "track.parquet", track, {"key": "k"})
    back, made_by = read_track(tmp_path / "track.parquet")
    assert made_by == {"key": "k"}
    assert type(back) is type(track)
    pq.read_table(tmp_path / "track.parquet").validate(full=True)
    for name in track.__dataclass_fields__:
        a, b = getattr(track, name), getattr(back, name)
        if isinstance(a, np.ndarray):
            assert np.array_equal(a, b)
            assert a.dtype == b.dtype
        elif name == "columns" and isinstance(a, dict):
            assert {k: list(v) for k, v in a.items()} == {k: list(v) for k, v in b.items()}
            assert all(a[k].dtype == b[k].dtype for k in a if isinstance(a[k], np.ndarray))
        else:
            assert a == b


def test_numbers_of_many_row_groups_are_whole(tmp_path: Path) -> None:
    write_track(tmp_path / "hits.parquet", EVENTS, {"key": "k"})
    table = pq.read_table(tmp_path / "hits.parquet")
    pq.write_table(table, tmp_path / "hits.parquet", row_group_size=1)
    back, _ = read_track(tmp_path / "hits.parquet")
    assert isinstance(back, Events)
    assert back.at.tolist() == [3, 5, 900]
    assert list(back.columns["loud"]) == [True, False, True]


def test_numbers_that_are_missing_are_damage(tmp_path: Path) -> None:
    write_track(tmp_path / "hits.parquet", EVENTS, {"key": "k"})
    table = pq.read_table(tmp_path / "hits.parquet")
    gaps = table.set_column(0, "at", pa.array([3, None, 900], pa.int64()))
    pq.write_table(gaps, tmp_path / "hits.parquet")
    with pytest.raises(LibraryError, match="damaged"):
        read_track(tmp_path / "hits.parquet")


def test_pandas_is_not_loaded(tmp_path: Path) -> None:
    """Where it is installed it takes a quarter of a second, for nothing."""
    (tmp_path / "pandas").mkdir()
    (tmp_path / "pandas" / "__init__.py").write_text("raise SystemExit('pandas was loaded')\n")
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path; import numpy as np\n"
        "from rewatch.clock import FRAMES; from rewatch.track import Figures, Spans\n"
        "from rewatch.library.tables import read_track, write_track\n"
        "spans = Spans('s', np.array([0]), np.array([4]), ['one'], FRAMES, {'sure': np.array([True])})\n"
        "for track in (spans, Figures('f', {'a': 1.0, 'b': None}, {}, {})):\n"
        "    write_track(Path(sys.argv[1]) / 't.parquet', track, {'key': 'k'})\n"
        "    read_track(Path(sys.argv[1]) / 't.parquet')\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
