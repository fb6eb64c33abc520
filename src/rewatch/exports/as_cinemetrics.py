"""The shots as the Cinemetrics tool lists them: number, length, time of the cut, and type, in seconds, tabs between.

Source: cinemetrics.uchicago.edu (Y. Tsivian, G. Civjans), the table of a film's shots.

Contents
    cinemetrics
"""

from __future__ import annotations

from rewatch.errors import ExportError
from rewatch.exports.study_view import Study, no_shots, seconds_between, spans


def cinemetrics(study: Study) -> str:
    """The table. Type is the transition by which a shot begins. ExportError for a film without shots."""
    shots = spans(study, "shots")
    if shots is None or not len(shots):
        raise ExportError(f"{study.title}: no shots to write: {no_shots(study)}")
    begin, end = seconds_between(study, shots)
    # Lengths are taken between rounded times, so that they add up to where the cuts are.
    edges = [round(float(t) * 10**6) for t in (*begin, end[-1])]
    rows = ["Shot #\tLength\tTime\tType"]
    for i, kind in enumerate(shots.label):
        length, time = edges[i + 1] - edges[i], edges[i + 1] - edges[0]
        rows.append(f"{i + 1}\t{length / 10**6:.6f}\t{time / 10**6:.6f}\t{kind.replace('_', ' ')}")
    return "\n".join(rows) + "\n"
