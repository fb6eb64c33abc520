"""How long a whole score takes from stored evidence: a film laid end to end until it lasts three hours.

    rewatch watch FILM --library LIB
    python benchmarks/score.py LIB FILM [HOURS]

The film's tracks (of frames, samples and lines) are repeated, stored as the library stores them, and then read and
charted by every analyser that works on tracks alone: structure and score, in the order in which they need each other.
Writes score.md. CPU seconds, so that a busy machine does not count.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

# As the program does for itself, before NumPy is loaded: threads of BLAS cost more than they give here.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from rewatch.clock import FrameTimes
from rewatch.facts import FilmFacts
from rewatch.library.library import Library
from rewatch.library.tables import read_track, write_track
from rewatch.score.hawkes import fit
from rewatch.track import Curve, Events, Figures, Spans, Track
from rewatch.watch.plan import all_analysers, in_order


def repeated(track: Track, times: int, frames: FrameTimes, seconds: Fraction) -> Track:
    """A track as often, one after another; `seconds` from one to the next."""
    if isinstance(track, Figures):
        return track
    clock = track.clock
    if isinstance(track, Curve):
        count = len(frames) if clock.counts_frames else round(seconds * (clock.rate or 0))
        rows = np.resize(np.arange(len(track)), count) if len(track) else np.zeros(0, dtype=np.int64)
        return replace(track, values=np.concatenate([track.values[rows]] * times))
    step = len(frames) if clock.counts_frames else round(seconds * (clock.rate or 0))
    moved = (np.arange(times) * step)[:, None]
    columns = {
        name: np.concatenate([values] * times) if isinstance(values, np.ndarray) else list(values) * times
        for name, values in track.columns.items()
    }
    if isinstance(track, Events):
        return replace(track, at=(track.at[None] + moved).ravel(), columns=columns)
    assert isinstance(track, Spans)
    begin, end = (track.begin[None] + moved).ravel(), (track.end[None] + moved).ravel()
    return replace(track, begin=begin, end=end, label=list(track.label) * times, columns=columns)


def main() -> None:
    library, name = Library(Path(sys.argv[1])), sys.argv[2]
    hours = float(sys.argv[3]) if len(sys.argv) > 3 else 3.0
    edition = library.find(name, lambda path: "")
    frames = edition.times
    assert frames is not None, "a film with a picture is wanted"
    order = in_order([a for a in all_analysers() if a.watches == "tracks"])
    made_here = {given.name for a in order for given in a.gives}
    # Frames tell how far it is from one repetition to the next, so that all clocks agree.
    whole = Fraction(frames.end) * frames.time_base
    times = max(1, round(hours * 3600 / float(whole)))
    facts: FilmFacts = replace(edition.facts, duration=whole * times)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        stored = {}
        for track_name in edition.tracks:
            if track_name in made_here or track_name.endswith("_prints"):
                continue
            stored[track_name] = Path(folder) / f"{track_name}.parquet"
            write_track(stored[track_name], repeated(edition.tracks[track_name], times, frames, whole), {})
        tracks: dict[str, Track] = {}
        total = 0.0
        for analyser in order:
            began = time.process_time()
            for need in analyser.needs:
                if need in stored and need not in tracks:
                    tracks[need] = read_track(stored[need])[0]
            read = time.process_time() - began
            analyser.begin(facts, Path(folder))
            given = analyser.finish({need: tracks[need] for need in analyser.needs if need in tracks})
            took = time.process_time() - began
            tracks |= given
            total += took
            rows.append(f"| {analyser.name} | {', '.join(given)} | {read:.2f} | {took - read:.2f} |")
    shots = tracks["shots"]
    assert isinstance(shots, Spans)
    cuts = np.cumsum(np.random.default_rng(1).lognormal(0.9, 0.9, 3000))
    began = time.process_time()
    fit(cuts)
    hawkes = time.process_time() - began
    out = [
        "# The score of three hours",
        "",
        f"{edition.title}, {times} times over: {float(whole * times) / 3600:.2f} h, {len(frames) * times:,} frames, "
        f"{len(shots):,} shots. Machine: {platform.machine()}, Python {platform.python_version()}; CPU seconds.",
        "",
        "| analyser | tracks | reading its evidence | charting |",
        "|---|---|--:|--:|",
        *rows,
        f"| **all** | | | **{total:.2f}** |",
        "",
        f"A Hawkes fit of 3,000 shots (lognormal lengths): {hawkes:.2f} s.",
        "",
    ]
    Path(__file__).with_suffix(".md").write_text("\n".join(out), encoding="utf-8")
    print("\n".join(out))


if __name__ == "__main__":
    main()
