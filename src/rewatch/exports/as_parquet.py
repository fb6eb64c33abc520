"""Parquet: the shots of a film as one table; into a folder: every track, times in seconds beside its own ticks.

The tables are those of Python's `rewatch.open(...)`: see `exports.tables`.

Contents
    shots_parquet, write_folder
"""

from __future__ import annotations

import io
from pathlib import Path

from rewatch.errors import ExportError
from rewatch.exports.study_view import Study, no_shots, spans
from rewatch.exports.tables import arrow_table
from rewatch.exports.whole import whole


def shots_parquet(study: Study) -> bytes:
    """The shots as one table. ExportError for a film without shots."""
    import pyarrow.parquet as pq

    shots = spans(study, "shots")
    if shots is None or not len(shots):
        raise ExportError(f"{study.title}: no shots to write: {no_shots(study)}")
    out = io.BytesIO()
    pq.write_table(arrow_table(shots, study.times), out, compression="zstd")
    return out.getvalue()


def write_folder(study: Study, folder: Path) -> None:
    """Every track into a folder, ``NAME.parquet`` each; each file whole or not at all."""
    import pyarrow.parquet as pq

    times = study.times
    for name in sorted(study.tracks):
        table = arrow_table(study.tracks[name], times)
        with whole(folder / f"{name}.parquet") as part:
            pq.write_table(table, part, compression="zstd")
