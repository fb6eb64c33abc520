"""Echoes: quotations planted into films by a script, and how many are found; and what is found where nothing is.

    python benchmarks/echoes.py [--hosts 2] [--library DIR]

Hosts are made of two real films. Into each are planted: 2 s of footage of the others (cropped to the host's shape and
further, at any place, graded, some mirrored) and 5 s of their sound under the host's own, 6 dB louder than it, as loud
and 6 dB softer. The hosts are written at 320 pixels, watched, and asked for echoes of each source; what is counted as
found lies on the plant in both films. Sound is planted into many more pieces without writing any film; lines and shapes
of cuts are in `echoes_alone.py`. What is told between films that have nothing to do with each other, the real ones, the
demo film and drawn ones (`drawn.py`), is chance.
"""

from __future__ import annotations

import argparse
import platform
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from scipy.signal import resample_poly

from drawn import Drawn
from films import FILMS
from re_edits import RATE, Piece, Source, load, render
from rewatch.compare.echoes import CHANCE, Echo, echoes
from rewatch.compare.echoes_evidence import KINDS
from rewatch.compare.echoes_sound import sound_echoes
from rewatch.compare.echoes_waves import Wave
from rewatch.demo import Variant
from rewatch.demo import render as draw_demo
from rewatch.library.edition import Edition
from rewatch.library.library import Library
from rewatch.sounds.prints import Prints, prints_of
from rewatch.watch.run import watch

NAMES = {
    "agent": "agent327_480p.mp4",
    "trailer": "sintel_trailer.mp4",
    "cosmos": "cosmos_clip_sdr.mp4",
    "nosferatu": "nosferatu_clip.mp4",
}


@dataclass(frozen=True, slots=True)
class Plant:
    """kind; source and begin there, begin in the host, seconds; how it was dressed; of pictures, how much is shown."""

    kind: str
    source: str
    begin: float
    at: float
    long: float
    dress: str
    share: float = 1.0

    def found_by(self, echo: Echo, source: str) -> bool:
        """Whether an echo (a: the source) lies on it in both films."""
        return (
            echo.kind == self.kind
            and self.source == source
            and _meet((echo.b.start, echo.b.end), (self.at, self.at + self.long))
            and _meet((echo.a.start, echo.a.end), (self.begin, self.begin + self.long))
        )


PLANTED: dict[str, Callable[[Plant], bool]] = {
    "2 s of footage, regraded, seven tenths of it or more shown": lambda p: p.kind == "image" and p.share >= 0.7,
    "as much, half to seven tenths of it shown": lambda p: p.kind == "image" and 0.5 <= p.share < 0.7,
    "as much, less than half of it shown": lambda p: p.kind == "image" and p.share < 0.5,
    "5 s of sound under a host's, which is softer or as loud": lambda p: p.kind == "sound" and p.dress != "-6 dB",
    "as much, the host's 6 dB louder": lambda p: p.kind == "sound" and p.dress == "-6 dB",
}


def _meet(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return min(one[1], other[1]) > max(one[0], other[0])


def clip(frames: npt.NDArray[np.uint8], size: tuple[int, int], random: np.random.Generator) -> tuple[list, float, str]:
    """Frames cropped to the shape of `size` (height, width) and further, graded, perhaps mirrored."""
    high, wide = frames.shape[1:3]
    share = float(random.choice([1.0, 0.9, 0.8]))
    h = min(high, wide * size[0] / size[1]) * share
    w = h * size[1] / size[0]
    top, left = ((side - part) * float(random.choice([0.5, 0.3, 0.7])) for side, part in ((high, h), (wide, w)))
    mirrored = bool(random.random() < 0.15)
    gain, gamma, colour = random.uniform(0.8, 1.15), random.uniform(0.75, 1.35), random.choice([0.0, 0.6, 1.0, 1.3])
    table = np.clip(255 * gain * (np.arange(256) / 255) ** gamma, 0, 255).astype(np.uint8)
    found = []
    for frame in frames:
        part = frame[round(top) : round(top + h), round(left) : round(left + w)]
        part = table[cv2.resize(part, (size[1], size[0]), interpolation=cv2.INTER_AREA)]
        grey = part.mean(axis=2, keepdims=True)
        part = np.clip(grey + colour * (part - grey), 0, 255).astype(np.uint8)
        found.append(part[:, ::-1] if mirrored else part)
    share = h * w / high / wide
    return found, share, f"share {share:.2f}{', mirrored' if mirrored else ''}"


def make_host(name: str, sources: dict[str, Source], folder: Path, seed: int) -> tuple[Path, list[Plant]]:
    """A host with its plants, written."""
    random = np.random.default_rng(seed)
    host = sources[name]
    rate = float(host.rate)
    plants: list[Plant] = []
    frames = list(host.frames)
    others = [other for other in sources if other != name]
    for n in range(9):
        source = others[n % len(others)]
        of = sources[source]
        long = round(2 * float(of.rate))
        while True:
            begin = int(random.integers(0, len(of.frames) - long))
            if of.frames[begin : begin + long : 8].std(axis=(1, 2)).min() > 12:
                break
        shown, share, dress = clip(of.frames[begin : begin + long], host.frames.shape[1:3], random)
        # It takes the place of as many frames of the host.
        at = round((n + 0.5 + random.uniform(-0.2, 0.2)) * len(frames) / 9)
        frames[at : at + long] = shown
        plants.append(Plant("image", source, begin / float(of.rate), at / rate, long / rate, dress, share))
    sound = host.sound.copy()
    heard = [other for other in others if len(sources[other].sound)]
    for n in range(6 if heard else 0):
        source = heard[n % len(heard)]
        level = (6.0, 0.0, -6.0)[n % 3]
        begin, at, mixed = laid_under(sources[source].sound, sound, level, random, (n, 6))
        sound = mixed
        plants.append(Plant("sound", source, begin, at, 5.0, f"{level:+.0f} dB"))
    path = folder / f"host_{name}_{seed}.mp4"
    made = Source(np.stack(frames), host.rate, sound)
    render(path, [Piece("a", 0, len(frames))], {"a": made})
    return path, plants


def laid_under(
    source: npt.NDArray[np.float32],
    host: npt.NDArray[np.float32],
    level: float,
    random: np.random.Generator,
    place: tuple[int, int] = (0, 1),
    rate: int = RATE,
) -> tuple[float, float, npt.NDArray[np.float32]]:
    """5 s of a sound laid under another, `level` dB louder than it: where it begins in both, and the sum."""
    long = 5 * rate

    def level_of(wave: npt.NDArray[np.float32]) -> float:
        return float(np.sqrt(np.mean(wave**2)))

    for _ in range(200):
        begin = int(random.integers(0, len(source) - long))
        at = int((place[0] + random.random()) * (len(host) - long) / place[1])
        quoted, there = source[begin : begin + long], host[at : at + long]
        if min(level_of(quoted), level_of(there)) > 0.01:
            break
    mixed = host.copy()
    mixed[at : at + long] += quoted * np.float32(10 ** (level / 20) * level_of(there) / max(level_of(quoted), 1e-6))
    return begin / rate, at / rate, mixed


def sounds_alone(sources: dict[str, Source], count: int) -> None:
    """Sound planted into two minutes of another film: by prints alone, and with the sounds themselves at hand."""
    waves = {
        n: resample_poly(s.sound.mean(axis=1), 1, 6).astype(np.float32) for n, s in sources.items() if len(s.sound)
    }
    prints: dict[str, Prints] = {name: prints_of(wave) for name, wave in waves.items()}
    random = np.random.default_rng(4)
    names = list(waves)
    print("| 5 s of sound under another | planted | found by prints | elsewhere | and by the sounds | elsewhere |")
    print("|---|---|---|---|---|---|")
    for level in (6.0, 0.0, -6.0):
        found, wrong = [0, 0], [0, 0]
        for _ in range(count):
            source, host = random.choice(names, 2, replace=False)
            piece = waves[host]
            if len(piece) > 120 * 8000:
                first = int(random.integers(0, len(piece) - 120 * 8000))
                piece = piece[first : first + 120 * 8000]
            begin, at, mixed = laid_under(waves[source], piece, level, random, rate=8000)
            of_host = prints_of(mixed)
            for n, sounds in enumerate((None, (asked(waves[source]), asked(mixed)))):
                told = sound_echoes(prints[source], of_host, least=0.01, waves=sounds)
                found[n] += any(_meet(e.a, (begin, begin + 5)) and _meet(e.b, (at, at + 5)) for e in told)
                # What returns within the source itself (a loop) is heard again in the plant.
                wrong[n] += any(not _meet(e.b, (at, at + 5)) for e in told)
        shares = [f"{f / count:.2f} | {w}" for f, w in zip(found, wrong, strict=True)]
        print(f"| quoted {level:+.0f} dB | {count} | {' | '.join(shares)} |")


def asked(wave: npt.NDArray[np.float32]) -> Wave:
    """A sound at 8 kHz as `sound_echoes` asks for it."""

    def between(begin: float, end: float) -> npt.NDArray[np.float32]:
        first, count = round(begin * 8000), round((end - begin) * 8000)
        before = min(count, max(0, -first))
        part = wave[max(0, first) : max(0, first + count)]
        return np.pad(part, (before, count - before - len(part)))

    return Wave(between, 0.0, len(wave) / 8000)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--hosts", type=int, default=2)
    options.add_argument("--library", type=Path)
    given = options.parse_args()
    print(f"{platform.machine()}, Python {platform.python_version()}\n")
    with tempfile.TemporaryDirectory() as name:
        folder = given.library or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        library = Library(folder / "library")
        sources = {key: load(FILMS / file) for key, file in NAMES.items()}
        sounds_alone(sources, 40)
        editions = {key: watched(library, FILMS / file) for key, file in NAMES.items()}
        unrelated(editions | others(library, folder))
        planted: list[tuple[str, Plant, bool]] = []
        wrong: list[str] = []
        spent = 0.0
        for seed in range(given.hosts):
            host = ("agent", "trailer")[seed % 2]
            path, plants = make_host(host, sources, folder, seed)
            edition = watched(library, path)
            for source in (s for s in editions if s != host):
                before = time.process_time()
                told = echoes(editions[source], [edition], kinds=("image", "sound")).echoes
                spent += time.process_time() - before
                here = [p for p in plants if p.source == source]
                for plant in here:
                    planted.append((host, plant, any(plant.found_by(e, source) for e in told)))
                for e in told:
                    if not any(_meet((e.b.start, e.b.end), (p.at, p.at + p.long)) for p in here if p.kind == e.kind):
                        wrong.append(f"{e.kind} {host} {source} {e.a.start:.1f} {e.b.start:.1f} {e.details}")
        print("\n| planted into films that were written and watched | planted | found |\n|---|---|---|")
        for what, of in PLANTED.items():
            ones = [found for _, plant, found in planted if of(plant)]
            print(f"| {what} | {len(ones)} | {np.mean(ones) if ones else float('nan'):.2f} |")
        print(f"\nElsewhere: {len(wrong)}. {spent / max(1, 3 * given.hosts):.1f} s of CPU a pair of films.\n")
        for host, plant, found in planted:
            if not found:
                where = f"at {plant.begin:.1f} in {host} {plant.at:.1f}, {plant.dress}"
                print(f"- not found: {plant.kind} of {plant.source} {where}")
        for line in wrong:
            print(f"- elsewhere: {line}")


def watched(library: Library, path: Path) -> Edition:
    watch(path, library)
    films = [library.edition(e.id) for e in library.entries() if e.path == str(path.absolute())]
    # A host may have been written anew since it was watched first.
    return next(film for film in films if film.facts.size == path.stat().st_size)


def others(library: Library, folder: Path) -> dict[str, Edition]:
    """More films that have nothing to do with any other: drawn ones, and the demo film."""
    made: dict[str, Path] = {"demo": folder / "demo.mp4"}
    if not made["demo"].exists():
        draw_demo(made["demo"], Variant())
    for seed in range(41, 44):
        made[f"drawn {seed}"] = path = folder / f"drawn_{seed}.mp4"
        if not path.exists():
            film = Drawn(90, seed)
            render(path, [Piece("a", 0, film.count)], {"a": Source(film.whole(), film.rate, film.sound())})
    return {name: watched(library, path) for name, path in made.items()}


def unrelated(editions: dict[str, Edition]) -> None:
    """What is told between films that have nothing to do with each other."""
    lowest: dict[str, list[float]] = {kind: [] for kind in KINDS}
    told: list[str] = []
    hours = 0.0
    names = list(editions)
    for i, one in enumerate(names):
        for other in names[:i]:
            found = echoes(editions[one], [editions[other]], chance=0.999)
            hours += (editions[one].duration + editions[other].duration) / 3600
            for kind in KINDS:
                lowest[kind].append(min((e.chance for e in found.echoes if e.kind == kind), default=1.0))
            told += [
                f"- told: {e.kind} {one} {e.a.start:.1f} {other} {e.b.start:.1f}, chance {e.chance:.2g}, {e.details}"
                for e in found.echoes
                if e.chance < CHANCE
            ]
            told += [f"- taken for editions of one film: {one}, {other}" for _ in found.editions]
    pairs = len(names) * (len(names) - 1) // 2
    print(f"\nUnrelated films: {pairs} pairs of {len(names)}, {hours:.1f} hours of film.\n")
    print("| pairs with an echo of which the chance is | under 0.01 | under 0.05 | under 0.2 |\n|---|---|---|---|")
    for kind, values in lowest.items():
        shares = [f"{np.mean(np.array(values) < level):.3f}" for level in (0.01, 0.05, 0.2)]
        print(f"| {kind} | {' | '.join(shares)} |")
    print(f"\nTold of them: {len(told)}, {len(told) / hours:.2f} an hour of film.\n")
    for line in told:
        print(line)


if __name__ == "__main__":
    main()
