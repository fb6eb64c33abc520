"""Published Hawkes fits of 101 films (Redfern 2023) beside ours.

Run: python benchmarks/hawkes.py [REFERENCE]      (else $REWATCH_REFERENCE, else ../shared/reference)

For each film: our lambda0, mu, beta, alpha and D, how far each is from print, and by how much our log-likelihood
exceeds that of the printed parameters. Prints Markdown; benchmarks/hawkes.md holds a run.
"""

from __future__ import annotations

import csv
import os
import platform
import sys
import time
from pathlib import Path

import numpy as np

from rewatch.score.hawkes import fit

NAMES = ("lambda0", "mu", "beta", "alpha")
PRINTED = 0.0002
PRINTED_D = 0.002


def log_likelihood(events: np.ndarray, lambda0: float, mu: float, beta: float) -> float:
    """As defined, term by term, without any of the code that is measured here."""
    excited, total, before = 0.0, 0.0, events[0]
    for index, now in enumerate(events):
        excited = np.exp(-beta * (now - before)) * (excited + (index > 0))
        total += np.log(lambda0 + mu * beta * excited)
        before = now
    return float(total - lambda0 * events[-1] - mu * (1 - np.exp(-beta * (events[-1] - events))).sum())


def main() -> int:
    default = os.environ.get("REWATCH_REFERENCE", str(Path(__file__).parents[2] / "shared" / "reference"))
    reference = Path(sys.argv[1] if len(sys.argv) > 1 else default)
    with (reference / "cutting-shot-lengths.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    lengths = {
        " ".join(title.split()): np.array([float(row[i]) for row in rows if i < len(row) and row[i].strip()])
        for i, title in enumerate(head)
    }
    with (reference / "hawkes-fits.csv").open(encoding="utf-8", newline="") as file:
        published = list(csv.DictReader(file))

    lines, worst, worst_d, seconds, higher = [], 0.0, 0.0, 0.0, []
    for film in published:
        name = f"{film['title']} ({film['year']})"
        events = np.cumsum(lengths[name])
        begin = time.process_time()
        ours = fit(events)
        seconds += time.process_time() - begin
        off = max(abs(getattr(ours, key) - float(film[key])) for key in NAMES)
        off_d = abs(ours.ks_d - float(film["D"]))
        gain = ours.log_likelihood - log_likelihood(events, *(float(film[key]) for key in NAMES[:3]))
        worst, worst_d = max(worst, off), max(worst_d, off_d)
        if off > PRINTED or off_d > PRINTED_D:
            higher.append((name, gain))
        figures = " | ".join(f"{getattr(ours, key):.4f} ({float(film[key]):.4f})" for key in NAMES)
        lines.append(
            f"| {name} | {len(events)} | {figures} | {ours.ks_d:.3f} ({float(film['D']):.3f}) | "
            f"{ours.ks_p:.3f} ({float(film['p']):.3f}) | {gain:.6f} |"
        )

    draw = np.random.default_rng(0)
    many = np.cumsum(draw.lognormal(1.0, 0.9, 3000))
    begin = time.process_time()
    fit(many)
    one = time.process_time() - begin

    print("# Hawkes fits: rewatch (in brackets: as published by Redfern 2023, doi 10.6339/22-JDS1055)\n")
    print(f"Machine: {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}.\n")
    print(f"- films: {len(published)}; farthest of any parameter from print: {worst:.6f}; of D: {worst_d:.6f}")
    print(f"- all {len(published)} fits: {seconds:.2f} s CPU; one of 3,000 shots: {one:.3f} s CPU")
    print(f"- films further from print than {PRINTED} (D: {PRINTED_D}): {len(higher)}")
    for name, gain in higher:
        print(f"  - {name}: our log-likelihood is higher by {gain:.6f}")
    print("- gain: our log-likelihood less that of the printed parameters (4 decimals), never below 0\n")
    print("| film | shots | lambda0 | mu | beta | alpha | D | p | gain |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
