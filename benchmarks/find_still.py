"""How surely a still leads back to its second and its frame: stills of films, distorted in many ways.

    python benchmarks/find_still.py [--stills 5] [--rows NAME,...] [--library DIR] [--strangers DIR] [FILM...]

The library: one edition of each of the labelled films, the demo film, and what is named besides. Stills are frames at
random, of those that show something, distorted (`distort_stills.py`); "another transfer" is stills of the editions that
are not in the library (another coding, HDR). Right is the first answer when it names the film and a second within 1 s,
or a frame that shows the same (a held picture); the frame is exact when it is that frame, or one that looks the same to
a mean difference of 1 of 255. Each still is looked for once more in the library without its film: there every answer is
wrong. --strangers DIR: all pictures (and the middles of all videos) under DIR are looked for too, and in no film.
"""

from __future__ import annotations

import argparse
import platform
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from distort_stills import DISTORTIONS, Bytes
from films import FILMS
from rewatch.demo import Variant, render
from rewatch.errors import QueryError
from rewatch.film.pictures import read_pictures
from rewatch.film.still import read_frame
from rewatch.find.by_still import find_still
from rewatch.find.match import Match
from rewatch.library.edition import Edition
from rewatch.library.library import Library
from rewatch.watch.run import watch

NAMES = ("agent327_480p.mp4", "cosmos_clip_sdr.mp4", "nosferatu_clip.mp4", "sintel_trailer.mp4", "nasa_13013.mp4")
OTHERS = ("agent327_240p_other_transfer.mp4", "cosmos_clip_hdr_pq.mp4", "sintel_excerpt_mpeg1.mpg")
OTHER = "another transfer"
NEAR = 1.0
SAME = 1.0
"""Mean difference of luma, of 255, up to which two frames are one picture."""
SHOWS = 12.0
"""Standard deviation of luma from which a frame shows something."""


@dataclass
class Film:
    """An edition and all its frames, small."""

    edition: Edition
    work: str
    small: Bytes
    shows: npt.NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        self.shows = np.flatnonzero(self.small.reshape(len(self.small), -1).std(axis=1) >= SHOWS)

    def second(self, frame: int) -> float:
        assert self.edition.times is not None
        return float(self.edition.times.seconds(frame))

    @cached_property
    def even(self) -> npt.NDArray[np.float32]:
        """(n, 32 * 18) each frame, smaller, without its grade: its correlation with another is the product of both."""
        rows = np.stack([cv2.resize(one, (32, 18), interpolation=cv2.INTER_AREA) for one in self.small])
        values = rows.reshape(len(rows), -1).astype(np.float32)
        values -= values.mean(axis=1, keepdims=True)
        return np.asarray(values / np.maximum(1e-3, np.linalg.norm(values, axis=1, keepdims=True)), np.float32)

    @cached_property
    def even_seconds(self) -> npt.NDArray[np.float64]:
        return np.array([self.second(n) for n in range(len(self.small))])

    def frame(self, number: int) -> Bytes:
        assert self.edition.times is not None
        return read_frame(self.edition.facts, number, self.edition.times)

    def same(self, a: int, b: int) -> bool:
        return a == b or float(np.abs(self.small[a].astype(np.int16) - self.small[b]).mean()) <= SAME


def opened(path: Path, library: Library) -> Film:
    edition = watch(path, library).edition
    small = np.concatenate([piece.luma for piece in read_pictures(edition.facts)])
    return Film(edition, path.stem.split("_")[0], small)


def in_other(film: Film, other: Film, frame: int) -> int | None:
    """The frame of a film that shows what a frame of another edition of it shows, whatever its grade."""
    near = film.shows
    if film.work != "sintel":  # whose excerpt begins anywhere
        near = near[np.abs(film.even_seconds[near] - other.even_seconds[frame]) < 1.5]
    alike = film.even[near] @ other.even[frame]
    return int(near[alike.argmax()]) if len(near) and alike.max() > 0.95 else None


@dataclass
class Still:
    """A frame of a film of the library, and the picture of it that is distorted."""

    film: Film
    frame: int
    rgb: Bytes

    def is_shown_by(self, match: Match) -> bool:
        if match.edition != self.film.edition.id or match.frame is None:
            return False
        return abs(match.time - self.film.second(self.frame)) <= NEAR or self.film.same(match.frame, self.frame)


def stills_of(films: Sequence[Film], count: int, random: np.random.Generator) -> list[Still]:
    found = []
    for film in films:
        for n in sorted(random.choice(film.shows, min(count, len(film.shows)), replace=False).tolist()):
            found.append(Still(film, n, film.frame(n)))
    return found


def stills_of_others(films: Sequence[Film], others: Sequence[Film], count: int, seed: int) -> list[Still]:
    random, found = np.random.default_rng(seed), []
    for other in others:
        film = next(one for one in films if one.work == other.work)
        taken = 0
        for n in random.permutation(other.shows).tolist():
            truth = in_other(film, other, n)
            if truth is not None and film.small[truth].std() >= SHOWS:
                found.append(Still(film, truth, other.frame(n)))
                taken += 1
            if taken == count:
                break
    return found


def asked(library: Library, rgb: Bytes | Path, editions: list[str] | None = None) -> list[Match]:
    try:
        return find_still(library, rgb if isinstance(rgb, Path) else Image.fromarray(rgb), editions)
    except QueryError:
        return []


def table(
    library: Library, films: Sequence[Film], others: Sequence[Film], given: argparse.Namespace
) -> list[tuple[float, bool]]:
    plain = stills_of(films, given.stills, np.random.default_rng(given.seed))
    foreign = stills_of_others(films, others, given.stills * 2, given.seed)
    rows = {OTHER: (lambda rgb, _: rgb), **DISTORTIONS}
    wanted = given.rows.split(",") if given.rows else list(rows)
    answers: list[tuple[float, bool]] = []
    strays, searched, apart = 0, 0, []
    everywhere = [film.edition.id for film in films]
    print("| the still | stills | right | first wrong | the frame | without its film, answered | CPU s |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for how in wanted:
        random = np.random.default_rng([given.seed, list(rows).index(how)])
        right, wrong, exact, stray, spent = [], [], [], [], 0.0
        for n, still in enumerate(foreign if how == OTHER else plain):
            seen = rows[how](still.rgb, random)
            began = time.process_time()
            found = asked(library, seen, everywhere)
            spent += time.process_time() - began
            judged = [still.is_shown_by(match) for match in found]
            right.append(bool(judged) and judged[0])
            wrong.append(bool(judged) and not judged[0])
            if right[-1]:
                frame = found[0].frame
                assert frame is not None
                exact.append(still.film.same(frame, still.frame))
                apart.append(abs(frame - still.frame))
            if given.wrong and not right[-1]:
                told = [(m.film, round(m.time, 2), m.score, m.details["bits"], m.details["points"],
                         m.details["agreement"]) for m in found[:2]]  # fmt: skip
                print(f"  {how}: {still.film.work} {still.frame} ({still.film.second(still.frame):.2f}) -> {told}")
                if given.keep:
                    given.keep.mkdir(parents=True, exist_ok=True)
                    name = f"{how.replace(' ', '_')}_{still.film.work}_{still.frame}.png"
                    Image.fromarray(seen).save(given.keep / name)
            answers += [(match.score, ok) for match, ok in zip(found, judged, strict=True)]
            if (n + list(rows).index(how)) % given.every == 0:
                elsewhere = asked(library, seen, [f.edition.id for f in films if f.work != still.film.work])
                stray.append(bool(elsewhere))
                answers += [(match.score, False) for match in elsewhere]
                if given.wrong and elsewhere:
                    m = elsewhere[0]
                    print(f"  {how}: {still.film.work} {still.frame} elsewhere -> {m.film} {m.time:.2f} {m.score}",
                          m.details)  # fmt: skip
        strays, searched = strays + sum(stray), searched + len(stray)
        cells = [str(len(right)), *(_percent(values) for values in (right, wrong, exact, stray))]
        print(f"| {how} | {' | '.join(cells)} | {spent / max(1, len(right)):.2f} |", flush=True)
    print(f"\nOf {searched} stills of films that were left out {100 * strays / max(1, searched):.2f} % were answered.")
    return answers


def strangers(library: Library, folder: Path, editions: list[str], tell: bool) -> list[tuple[float, bool]]:
    """All pictures of a folder, which are in no film, as they are and distorted."""
    kinds = (".jpg", ".jpeg", ".png", ".webp", ".avi", ".mp4")
    random = np.random.default_rng(7)
    ways = list(DISTORTIONS.values())
    answers: list[tuple[float, bool]] = []
    count = 0
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in kinds)
    for path in paths:
        found = asked(library, path, editions)
        count += 1
        if path.suffix.lower() in kinds[:4]:
            with Image.open(path) as image:
                if min(image.size) >= 80:
                    rgb = np.asarray(image.convert("RGB"))
                    way = ways[int(random.integers(len(ways)))]
                    found = found + asked(library, way(rgb[: rgb.shape[1] * 2, : rgb.shape[0] * 3], random), editions)
                    count += 1
        answers += [(match.score, False) for match in found]
        if tell and found:
            print(f"  {path.name} -> {[(m.film, m.time, m.score, dict(m.details)) for m in found]}")
    print(f"Of {count} pictures that are of no film {100 * len(answers) / max(1, count):.2f} % were answered.")
    return answers


def _percent(values: Sequence[bool]) -> str:
    return f"{100 * np.mean(values):.0f}" if len(values) else "-"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("films", nargs="*", type=Path, metavar="FILM")
    options.add_argument("--stills", type=int, default=5, help="of each film")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--rows", default="")
    options.add_argument("--library", type=Path)
    options.add_argument("--strangers", type=Path)
    options.add_argument("--every", type=int, default=1, help="look for one of so many without its film")
    options.add_argument("--wrong", action="store_true", help="tell what was not right")
    options.add_argument("--keep", type=Path, metavar="DIR", help="save the stills that were not found")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = given.library or Path(name)
        library = Library(folder)
        demo = folder / "demo.mp4"
        if not demo.exists():
            render(demo, Variant())
        films = [opened(path, library) for path in (*(FILMS / n for n in NAMES), demo, *given.films)]
        others = [opened(FILMS / n, library) for n in OTHERS] if OTHER in (given.rows or OTHER) else []
        print(f"Machine: {platform.machine()}, Python {platform.python_version()}. {given.stills} stills of each of")
        print(f"{len(films)} films; CPU seconds are a whole search.\n")
        answers = table(library, films, others, given)
        if given.strangers:
            answers += strangers(library, given.strangers, [film.edition.id for film in films], given.wrong)
        print("\n| said to be sure | answers | of them right |\n|---|--:|--:|")
        for low, high in ((0.9, 1.01), (0.7, 0.9), (0.5, 0.7)):
            own = [ok for score, ok in answers if low <= score < high]
            print(f"| {low} to {min(1.0, high)} | {len(own)} | {_percent(own)} |")


if __name__ == "__main__":
    main()
