"""Do notes survive a new transfer? Notes at random seconds of a film, carried to another transfer of the same cut.

    python benchmarks/carry_notes.py [--notes 60] [--library DIR]

The cut is the same, so a note must land where it was, but for the constant by which the two files begin apart; that
constant is taken from the transfers' own cuts (the median difference of all of them), not from the notes. Beside it:
the second itself, scaled by the films' lengths, which is what a note without an anchor would have.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from rewatch.library.library import Library
from rewatch.study.notes import Notes
from rewatch.watch.run import watch

FILMS = Path(os.environ.get("REWATCH_FILMS", Path(__file__).resolve().parents[2] / "shared" / "films"))
PAIR = ("agent327_480p.mp4", "agent327_240p_other_transfer.mp4")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=int, default=60)
    parser.add_argument("--library", type=Path, help="keep what was watched here")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        library = Library(asked.library or Path(scratch))
        old, new = (watch(FILMS / name, library).edition for name in PAIR)
        # Notes go to a notebook of their own: what the library holds is left alone.
        notes = Notes(Library(Path(scratch) / "notes"))
        rng = np.random.default_rng(1)
        written = sorted(rng.uniform(2, old.duration - 5, asked.notes).tolist())
        start = time.process_time()
        for second in written:
            notes.add(old, second, repr(second))
        adding = (time.process_time() - start) / asked.notes
        start = time.process_time()
        carried = notes.carry(old.id, new)
        carrying = (time.process_time() - start) / asked.notes
        cuts = [e.spans("shots").begin_seconds(e.times) for e in (old, new)]
        nearest = [float(cuts[1][np.abs(cuts[1] - at).argmin()] - at) for at in cuts[0]]
        apart = float(np.median(nearest))
        rows = {
            "carried": np.array([note.begin - float(note.text) - apart for note, _ in carried]),
            "second, scaled": np.array(written) * (new.duration / old.duration - 1) - apart,
        }
        print(f"# Notes carried to another transfer\n\n{PAIR[0]} to {PAIR[1]}, {asked.notes} notes; ", end="")
        print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores.\n")
        print("| place | within a frame | within 0.1 s | within 0.5 s | worst |\n|---|---:|---:|---:|---:|")
        for name, error in rows.items():
            shares = " | ".join(f"{100 * (np.abs(error) <= limit).mean():.0f} %" for limit in (1 / 24, 0.1, 0.5))
            print(f"| {name} | {shares} | {np.abs(error).max():.3f} s |")
        print(f"\nA note costs {1000 * adding:.0f} ms of CPU to write, {1000 * carrying:.0f} ms to carry. Found:\n")
        for how, count in Counter(how for _, how in carried).most_common():
            print(f"- {how}: {count}")


if __name__ == "__main__":
    main()
