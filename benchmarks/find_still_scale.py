"""How long stage one takes in a library of a thousand two-hour films; their prints are synthetic, saved as real ones.

python benchmarks/find_still_scale.py FOLDER [FILMS]
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image

from rewatch.facts import FilmFacts, PictureFacts
from rewatch.find.by_still import find_still
from rewatch.find.by_still_query import Query
from rewatch.images.looks import LAYOUT
from rewatch.images.prints import NAME, Prints
from rewatch.library.library import Library

SECONDS = 7200


def prints_of(random: np.random.Generator) -> Prints:
    """Prints of two hours as they are of film: 16 bits change from one to the next, all of them every 18th (a shot)."""
    count = SECONDS * 4
    hashes = random.integers(0, 2**63, (count, 4), dtype=np.uint64) << np.uint64(1)
    steps = np.full((count, 4), 2**64 - 1, np.uint64)
    for _ in range(4):
        steps &= random.integers(0, 2**63, (count, 4), dtype=np.uint64)
    for at in range(1, 18):
        rows = np.arange(at, count, 18)
        hashes[rows] = hashes[rows - 1] ^ steps[rows]
    keys = np.arange(0, count, 5, dtype=np.int32)
    return Prints(
        np.arange(count, dtype=np.int32) * 6,
        (np.arange(count) / 4).astype(np.float32),
        hashes,
        keys,
        random.normal(0, 20, (len(keys), LAYOUT)).astype(np.int8),
        np.full(len(keys), 80, np.uint8),
        np.zeros((1, 5), np.float32),
    )


def fill(library: Library, films: int) -> None:
    """Enter synthetic editions until there are so many."""
    random = np.random.default_rng(5)
    picture = PictureFacts(
        0, "h264", 1920, 1080, Fraction(1), 0, Fraction(24), Fraction(1, 24), "yuv420p", 8, "bt709", "sdr", "bt709",
        False, False, SECONDS * 24, Fraction(SECONDS),
    )  # fmt: skip
    facts = FilmFacts("", "", "mkv", 1, Fraction(SECONDS), Fraction(0), picture, None, (picture,))
    for n in range(len(library.entries()), films):
        path = f"/nowhere/film {n:04d}.mkv"
        edition = library.add(replace(facts, path=path, identity=f"{n:032x}"))
        prints_of(random).save(edition.kept(NAME))


def main(folder: Path, films: int) -> None:
    library = Library(folder)
    fill(library, films)
    random = np.random.default_rng(9)
    smooth = Image.fromarray(random.integers(0, 255, (9, 16, 3), dtype=np.uint8)).resize((1280, 720), Image.BICUBIC)
    # One film shows it: its hash, with a tenth of its bits turned over, stands among the prints of film 500.
    own = Query(np.asarray(smooth)).views[0].hash
    place = library.entries()[films // 2].id
    hashes = np.load(library.place(place).kept(NAME) / "hashes.npy", mmap_mode="r+")
    noise = np.packbits(random.random(256) < 0.1).view(np.uint64)
    hashes[12000] = own ^ noise
    hashes.flush()
    notes: list[str] = []
    began = time.perf_counter()
    find_still(library, smooth, notes=notes)
    print(f"first search, index written: {time.perf_counter() - began:.1f} s; {notes}")
    other = Image.fromarray(random.integers(0, 255, (9, 16, 3), dtype=np.uint8)).resize((1280, 720), Image.BICUBIC)
    for name, picture in (("in film 500", smooth), ("in no film", other)):
        walls, found = [], []
        for _ in range(5):
            began = time.perf_counter()
            found = find_still(library, picture)
            walls.append(time.perf_counter() - began)
        print(f"{name}: {sorted(walls)[2]:.3f} s (least {min(walls):.3f}), {[(m.edition[-4:], m.time) for m in found]}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1000)
