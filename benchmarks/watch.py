"""What `rewatch watch` costs: its time beside a bare decode of the picture, its memory on a long film, its answers.

    python benchmarks/watch.py            time, alternating with the bare decode, on a 720p H.264 film
    python benchmarks/watch.py --memory   peak memory on a 3-hour film (looped by stream copy) and a short one
    python benchmarks/watch.py --answers  how long --help, shots, score and minute take

Each figure is of whole processes, measured in one run; quote the ratios, not the seconds.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from films import FILMS, at_720p, looped

DECODE = """
import av, sys
with av.open(sys.argv[1]) as c:
    s = c.streams.video[0]; s.thread_type = "AUTO"
    print(sum(1 for _ in c.decode(s)))
"""
ADAPTIVE = """
import sys
from scenedetect import detect, AdaptiveDetector
print(len(detect(sys.argv[1], AdaptiveDetector())))
"""


def run(command: list[str], **env: str) -> tuple[float, float]:
    """Wall and CPU seconds of a command; it must succeed. Its bytecode is kept from run to run, as it is installed."""
    plain = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**plain, **env})
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def watch_command(film: Path, library: str) -> list[str]:
    return [sys.executable, "-m", "rewatch.cli.main", "watch", str(film), "--again", "--library", library]


def measure_time(film: Path, runs: int, peer_python: str | None) -> None:
    rows: dict[str, list[tuple[float, float]]] = {"bare decode": [], "rewatch watch": [], "PySceneDetect adaptive": []}
    for i in range(runs + 1):
        # A library of its own each time: the film is a new one, as it is for who watches it.
        with tempfile.TemporaryDirectory() as library:
            found = {
                "bare decode": run([sys.executable, "-c", DECODE, str(film)]),
                "rewatch watch": run(watch_command(film, library)),
            }
        if peer_python:
            found["PySceneDetect adaptive"] = run([peer_python, "-c", ADAPTIVE, str(film)])
        if i:  # the first is the warm-up
            for name, figure in found.items():
                rows[name].append(figure)
    print(f"{film.name}, {runs} runs, alternating, {os.cpu_count()} cores\n")
    print("| | wall s (median) | CPU s (median) | wall / bare decode | CPU / bare decode |\n|---|---|---|---|---|")
    bare = rows["bare decode"]
    for name, figures in rows.items():
        if figures:
            wall, cpu = (statistics.median(f[i] for f in figures) for i in (0, 1))
            ratios = [statistics.median(f[i] / b[i] for f, b in zip(figures, bare, strict=True)) for i in (0, 1)]
            print(f"| {name} | {wall:.1f} | {cpu:.1f} | {ratios[0]:.2f} | {ratios[1]:.2f} |")


def peak_memory(film: Path) -> float:
    """Peak resident memory of a watch, MB."""
    code = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=-3, stderr=-3);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    with tempfile.TemporaryDirectory() as library:
        command = [sys.executable, "-c", code, *watch_command(film, library)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(done.stdout) / 1024


def measure_memory(film: Path, hours: float) -> None:
    short, long = peak_memory(film), peak_memory(looped(film, hours))
    print("| film | peak memory MB |\n|---|---|")
    print(
        f"| {film.name} | {short:.0f} |\n| the same for {hours:g} h | {long:.0f} |\n| difference | {long - short:.0f} |"
    )


def measure_answers(film: Path, runs: int) -> None:
    with tempfile.TemporaryDirectory() as library:
        run(watch_command(film, library))
        rewatch = [sys.executable, "-m", "rewatch.cli.main"]
        print("| command | wall s (median) |\n|---|---|")
        run([*rewatch, "--help"])
        for words in (["--help"], ["shots", str(film)], ["score", str(film)], ["minute", "2", str(film)]):
            extra = [] if words == ["--help"] else ["--library", library]
            walls = [run([*rewatch, *words, *extra])[0] for _ in range(runs)]
            print(f"| rewatch {words[0]} | {statistics.median(walls):.2f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("film", nargs="?", type=Path, default=FILMS / "agent327_480p.mp4")
    parser.add_argument("--as-is", action="store_true", help="measure the film itself, not a 720p encode of it")
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--answers", action="store_true")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--hours", type=float, default=3.0)
    parser.add_argument("--peer-python", help="a Python that has scenedetect installed")
    args = parser.parse_args()
    if not args.film.exists():
        sys.exit(f"no film at {args.film}: name one, or set REWATCH_FILMS")
    film = args.film if args.as_is else at_720p(args.film)
    if args.memory:
        measure_memory(film, args.hours)
    elif args.answers:
        measure_answers(film, args.runs)
    else:
        measure_time(film, args.runs, args.peer_python)


if __name__ == "__main__":
    main()
