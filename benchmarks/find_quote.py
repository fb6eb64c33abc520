"""Find a quote: a library of 1,000 films, quotes of it as people misremember them, and what nobody says.

    python benchmarks/find_quote.py [--films 1000] [--lines 1500] [--quotes 200] [--library DIR]

The lines are made: one in seven small talk, put together out of some dozens of stock phrases and words, so that many
films say the same, as they do; the rest sentences that follow the word order of a large English text (Python's own
manual). An answer is right when it is at the place that was quoted, or at another where just these words are said.
Quotes with even numbers fit `SURENESS` (printed), those with odd numbers give the table of how sure.
"""

from __future__ import annotations

import argparse
import platform
import pydoc_data.topics
import random
import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from rewatch.evidence import Line
from rewatch.facts import FilmFacts
from rewatch.find.by_quote import find_quote
from rewatch.find.match import Match
from rewatch.library.edition import Made
from rewatch.library.library import Library
from rewatch.library.lines_index import LinesIndex
from rewatch.words.folding import fold
from rewatch.words.lines import lines_track

STOCK = [
    phrase.strip()
    for phrase in """
what do you want | i don't know | get out of here | come on | let's go | are you all right | i'm sorry | where
are you going | what are you doing here | i love you | don't worry about it | you have to believe me | tell me
the truth | wait a minute | good night | how did you find me | it's going to be okay | leave me alone | we don't
have much time | what happened to you | who are you | i can't do this anymore | you don't understand | thank you
very much | i'll be right back | what's that supposed to mean | there's nothing we can do | give me the key |
open the door | it's not what you think | we need to talk | he's not coming back | she was here last night | i
thought you were dead | keep your voice down | stay where you are | is anybody there | not tonight | do you have
any idea what this means | you can't be serious | my father used to say | listen to me | put the gun down | all
i wanted was a little peace | the train leaves at nine | nobody told me | i've been waiting for you | have a
seat | would you like something to drink | you look tired | it was a long time ago | that's none of your
business | hold on | we should call the police | i never said that | look at me when i talk to you | take care
of yourself | see you tomorrow
""".replace("\n", " ").split("|")
]
WHO = (
    "i",
    "you",
    "we",
    "they",
    "she",
    "he",
    "nobody",
    "somebody",
    "your_father",
    "the_captain",
    "my_brother",
    "that_woman",
)
DOES = (
    "never_told",
    "wanted_to_see",
    "went_back_to",
    "took_care_of",
    "found",
    "lost_sight_of",
    "called",
    "saw",
    "stole",
    "paid_for",
    "heard_about",
    "asked_about",
    "ran_away_from",
    "laughed_at",
    "waited_for",
    "drove_past",
    "forgot_all_about",
    "promised_me",
    "believed_in",
    "wrote_to",
)
WHAT = (
    "the_doctor",
    "the_money",
    "my_car",
    "the_old_house",
    "her_letter",
    "the_other_one",
    "this_town",
    "the_police",
    "a_ghost",
    "his_name",
    "the_window",
    "the_last_train",
    "our_table",
    "that_night",
    "the_truth",
    "my_sister",
    "the_boat",
    "the_piano",
    "your_coat",
    "the_key",
)


class Talk:
    """Lines of dialogue without end."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.words = re.findall(r"[a-z]+", " ".join(pydoc_data.topics.topics.values()).lower())
        self.after: dict[tuple[str, str], list[str]] = {}
        for a, b, c in zip(self.words, self.words[1:], self.words[2:], strict=False):
            self.after.setdefault((a, b), []).append(c)
        self.starts = list(self.after)

    def line(self) -> str:
        pick = self.random
        kind = pick.random()
        if kind < 0.05:
            return ", ".join(pick.sample(STOCK, pick.choice((1, 1, 2)))).capitalize() + pick.choice(".?!")
        if kind < 0.15:
            told = f"{pick.choice(WHO)} {pick.choice(DOES)} {pick.choice(WHAT)}".replace("_", " ")
            return (told + pick.choice(("", "", ", " + pick.choice(STOCK)))).capitalize() + pick.choice(".?!")
        said = list(pick.choice(self.starts))
        for _ in range(pick.randint(1, 9)):
            near = self.after.get((said[-2], said[-1]))
            said.append(pick.choice(near) if near and pick.random() < 0.8 else pick.choice(self.words))
        return " ".join(said).capitalize() + pick.choice(".?!")


def make_library(folder: Path, films: int, lines: int) -> Library:
    """Films that hold nothing but lines, each of 1 to 3 s with a pause."""
    library, talk = Library(folder), Talk(1)
    for n in range(films):
        at, spoken = 10_000, []
        for _ in range(lines):
            lasts = talk.random.randint(900, 3500)
            spoken.append(Line(at, at + lasts, talk.line()))
            at += lasts + talk.random.randint(50, 3000)
        facts = FilmFacts(
            f"/films/Film {n}.mkv", f"{n:032x}", "list srt", 0, Fraction(at, 1000), Fraction(0), None, None
        )
        edition = library.add(facts)
        edition.commit(Made("lines", 1, {}, "bench", ("lines",)), {"lines": lines_track(spoken)})
    return library


def misspelt(word: str, pick: random.Random) -> str:
    i = pick.randrange(len(word))
    letter = pick.choice("etaoinshrdlu")
    how = pick.randrange(4)
    if how == 0 and len(word) > 2:
        return word[:i] + word[i + 1 :]
    if how == 1:
        return word[:i] + letter + word[i:]
    if how == 2 and i + 1 < len(word):
        return word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    return word[:i] + letter + word[i + 1 :]


def spoilt(words: list[str], pick: random.Random, how: str, others: list[str]) -> list[str]:
    """Two words in ten (one at least of five) are misspelt, replaced, left out; or any of these."""
    out = list(words)
    for at in sorted(pick.sample(range(len(words)), max(1, round(len(words) / 5))), reverse=True):
        kind = pick.choice(("misspelt", "wrong", "missing")) if how == "mixed" else how
        if kind == "misspelt":
            out[at] = misspelt(out[at], pick)
        elif kind == "wrong":
            out[at] = pick.choice(others)
        else:
            del out[at]
    return out


@dataclass(frozen=True, slots=True)
class Quote:
    """What is asked for; which words were said, where, in seconds ("": nowhere)."""

    asked: str
    said: str = ""
    edition: str = ""
    begin: float = 0.0
    end: float = 0.0

    def is_told_by(self, match: Match) -> bool:
        """The place itself, or another where all of these words, or all that are asked for, are said."""
        here = match.edition == self.edition and match.time < self.end and (match.end or 0.0) > self.begin
        text = fold(match.details["text"])
        return bool(self.said) and (here or f" {self.said} " in text or f" {self.asked} " in text)


def quotes(library: Library, kind: str, count: int, seed: int) -> list[Quote]:
    """What is asked for, `count` times."""
    pick, asked = random.Random(f"{kind} {seed}"), []
    entries, talk = library.entries(), Talk(seed + 99)
    while len(asked) < count:
        if kind == "said by nobody":
            words = [pick.choice(talk.words) for _ in range(pick.randint(5, 12))]
            asked.append(Quote(" ".join(words)))
            continue
        edition = pick.choice(entries).id
        track = library.edition(edition).spans("lines")
        lines = track.label
        at = pick.randrange(len(lines) - 3)
        words = fold(" ".join(lines[at : at + 3])).split()
        if kind.startswith("three"):
            start, size = 0, pick.randint(3, 5)
            words = fold(lines[at]).split()
            if not 3 <= len(words) <= 5:
                continue
        else:
            first = len(fold(lines[at]).split())
            size = 10
            # Over a break between two subtitles, or from the beginning of one; a part of it to be within.
            start = max(0, first - 5) if kind == "over a break" else 0
        said, last, reach = words[start : start + size], at, 0
        while (reach := reach + len(fold(lines[last]).split())) < start + len(said):
            last += 1
        if len(said) < min(size, 3):
            continue
        how = kind.split(": ")[-1]
        heard = said if how in ("as it is", "over a break") else spoilt(said, pick, how, talk.words)
        begin, end = float(track.begin_seconds()[at]), float(track.end_seconds()[last])
        asked.append(Quote(" ".join(heard), " ".join(said), edition, begin, end))
    return asked


KINDS = (
    "ten words: as it is",
    "ten words: misspelt",
    "ten words: wrong",
    "ten words: missing",
    "ten words: mixed",
    "over a break",
    "three to five words: as it is",
    "three to five words: misspelt",
    "said by nobody",
)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--films", type=int, default=1000)
    parser.add_argument("--lines", type=int, default=1500)
    parser.add_argument("--quotes", type=int, default=200)
    parser.add_argument("--library", type=Path)
    given = parser.parse_args()
    folder = given.library or Path(tempfile.mkdtemp(prefix="rewatch-quotes-"))
    library = Library(folder)
    if len(library.entries()) != given.films:
        library = make_library(folder, given.films, given.lines)
    began = time.process_time()
    entered = LinesIndex(library).renew()
    built = time.process_time() - began
    rows, fitted, judged = [], [], []
    for kind in KINDS:
        ranks, times, answered = [], [], 0
        for n, quote in enumerate(quotes(library, kind, given.quotes, 7)):
            began = time.process_time()
            matches = find_quote(library, quote.asked)
            times.append(time.process_time() - began)
            right = [quote.is_told_by(match) for match in matches]
            seen = [(m.score, m.details["said"], r) for m, r in zip(matches, right, strict=True)]
            (fitted if n % 2 == 0 else judged).extend(seen)
            answered += bool(matches)
            ranks.append(right.index(True) + 1 if True in right else 0)
        first = sum(r == 1 for r in ranks) / len(ranks)
        mrr = sum(1 / r for r in ranks if r) / len(ranks)
        rows.append((kind, first, mrr, answered / len(ranks), 1000 * np.median(times), 1000 * np.quantile(times, 0.95)))
    _print(rows, judged, fitted, given, built, entered, folder)


def _print(
    rows: list[tuple], judged: list, fitted: list, given: argparse.Namespace, built: float, entered: int, folder: Path
) -> None:  # type: ignore[type-arg]
    print("# Find a quote\n")
    print(f"Machine: {platform.machine()}, Python {platform.python_version()}, one thread.")
    print(f"{given.films} films of {given.lines}", end=" ")
    size = (folder / "lines.sqlite").stat().st_size / 1e6
    print(
        f"lines; {given.quotes} quotes of each kind; ms = processor time of one search. The index: {size:.0f} MB"
        + (f", built in {built:.0f} s.\n" if entered else ".\n")
    )
    print("| quotes | first answer right | MRR | answered | ms, median | ms, 95 % |\n|---|--:|--:|--:|--:|--:|")
    for kind, first, mrr, answered, median, most in rows:
        if kind == "said by nobody":
            print(f"| {kind} | | | {answered:.1%} | {median:.0f} | {most:.0f} |")
        else:
            print(f"| {kind} | {first:.1%} | {mrr:.3f} | {answered:.1%} | {median:.0f} | {most:.0f} |")
    print("\n| said to be sure | answers | of them right |\n|---|--:|--:|")
    table = np.array([(score, right) for score, _, right in judged])
    for low, high in ((0.9, 1.01), (0.7, 0.9), (0.5, 0.7), (0.3, 0.5), (0.1, 0.3), (0.0, 0.1)):
        inside = table[(table[:, 0] >= low) & (table[:, 0] < high)]
        if len(inside):
            print(f"| {low:.1f} to {min(high, 1):.1f} | {len(inside)} | {inside[:, 1].mean():.0%} |")
    data = np.array([(1.0, share, right) for _, share, right in fitted])
    print(f"\nSURENESS fitted to the other half: {_fit(data[:, :2], data[:, 2])}")


def _fit(x: np.ndarray, y: np.ndarray) -> tuple[float, ...]:  # type: ignore[type-arg]
    def loss(w: np.ndarray) -> float:  # type: ignore[type-arg]
        z = x @ w
        return float(np.mean(np.logaddexp(0, z) - y * z) + 1e-4 * (w**2).sum())

    run: Callable[..., object] = minimize
    return tuple(round(float(v), 2) for v in run(loss, np.array([-12.0, 18.0])).x)  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
