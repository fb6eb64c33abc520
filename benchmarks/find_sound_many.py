"""What a search by sound costs among a thousand films of two hours, and what they take on disk.

    python benchmarks/find_sound_many.py [--films 1000] [--folder DIR] [--clips 10]

The films are made of landmarks of the real ones: pieces of 15 to 60 s in random order, each moved by some bins, a
quarter of its landmarks taken out and as many laid at random, the rest moved by a hop or a bin here and there; they are
saved and opened as any prints are. The real films stand among them, and clips of these are looked for. --folder keeps
the library for another run (it takes about 4 GB); the first search in a new one makes the index, which takes minutes.
"""

from __future__ import annotations

import argparse
import platform
import tempfile
import time
from fractions import Fraction
from hashlib import md5
from pathlib import Path

import numpy as np

from films import FILMS
from find_sound import NAMES, listen, load, written
from rewatch.facts import FilmFacts, SoundFacts
from rewatch.find.by_sound import find_sound
from rewatch.find.sound_index import open_index
from rewatch.library.library import Library
from rewatch.sounds.prints import Prints, open_prints, save_prints
from rewatch.sounds.prints_landmarks import BINS, HOPS, LOWEST
from spoil_sound import RATE, white

LENGTH = 7200 * HOPS


def made_up(real: list[Prints], random: np.random.Generator) -> Prints:
    hops, bins, at = [], [], 0
    weights = np.array([p.hops for p in real]) / sum(p.hops for p in real)
    while at < LENGTH:
        source = real[int(random.choice(len(real), p=weights))]
        length = min(int(random.integers(15, 60)) * HOPS, source.hops)
        begin = int(random.integers(source.hops - length + 1))
        hop, of = source.between(begin, begin + length)
        kept = random.random(len(hop)) < 0.75
        moved = int(random.choice([-1, 1]) * random.integers(2, 9))
        hops.append(hop[kept] - begin + at + random.integers(-1, 2, kept.sum()))
        bins.append(of[kept].astype(np.int64) + moved + random.integers(-1, 2, kept.sum()))
        at += length
    hop, of = np.concatenate(hops), np.concatenate(bins)
    hop = np.append(hop, random.integers(0, LENGTH, len(hop) // 3))
    of = np.append(of, random.choice(of, len(hop) - len(of)))
    order = np.argsort(hop, kind="stable")
    inside = np.clip(hop[order], 0, LENGTH - 1).astype(np.uint32)
    return Prints(inside, np.clip(of[order], LOWEST, BINS - 1).astype(np.uint16), Fraction(0), LENGTH)


def fill(library: Library, count: int) -> None:
    random = np.random.default_rng(9)
    ids = [listen(library, FILMS / name) for name in NAMES]
    real = [open_prints(library.edition(id).kept("sound_prints")) for id in ids]
    sound = SoundFacts(0, 0, "aac", 48_000, 2, "stereo", True, Fraction(7200))
    for number in range(count):
        id = md5(f"made up {number}".encode()).hexdigest()
        path = f"/made up/{number}.mkv"
        facts = FilmFacts(path, id, "mkv", 1, Fraction(7200), Fraction(0), None, sound, (), (sound,))
        save_prints(made_up(real, random), library.add(facts, title=f"Made up {number}").kept("sound_prints"))


def size(folder: Path) -> float:
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) / 1e6


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--films", type=int, default=1000)
    options.add_argument("--clips", type=int, default=10)
    options.add_argument("--folder", type=Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        library = Library(given.folder or Path(name))
        if not library.catalogue.exists():
            fill(library, given.films)
        wanted = listen(library, FILMS / NAMES[0])
        began = time.process_time()
        hours = open_index(library).hops / HOPS / 3600
        print(f"Machine: {platform.machine()}, Python {platform.python_version()}. {hours:.0f} hours of film.")
        print(f"The index: {time.process_time() - began:.0f} s of CPU. On disk, MB a film-hour: index", end=" ")
        print(f"{size(library.folder / 'find' / 'sounds') / hours:.2f}, prints", end=" ")
        print(
            f"{sum(size(library.place(e).kept('sound_prints')) for e in open_index(library).editions) / hours:.2f}.\n"
        )
        random = np.random.default_rng(2)
        film = load(FILMS / NAMES[0])
        print("| 5 s of | found | CPU s, median | most | wall s, median |")
        print("|---|--:|--:|--:|--:|")
        for what in ("the film", "the film, 0 dB of noise", "no film"):
            cpu, wall, found = [], [], 0
            for _ in range(given.clips):
                at = int(random.integers(len(film) - 5 * RATE))
                clip = film[at : at + 5 * RATE]
                # Backwards, no sound is what it was.
                heard = clip if what == "the film" else white(clip, random) if "noise" in what else clip[::-1]
                path = written(Path(name) / "clip.wav", heard)
                a, b = time.process_time(), time.monotonic()
                matches = find_sound(library, path)
                cpu.append(time.process_time() - a)
                wall.append(time.monotonic() - b)
                found += bool(matches) and matches[0].edition == wanted and abs(matches[0].time - at / RATE) < 0.2
            print(f"| {what} | {found}/{given.clips} | {np.median(cpu):.2f} | {max(cpu):.2f} | {np.median(wall):.2f} |")


if __name__ == "__main__":
    main()
