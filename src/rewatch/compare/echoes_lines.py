"""Echoes in words: one film quoting another, a word or two changed.

Pairs of words that follow each other closely in both films lead to places; there the words of both are aligned (Smith
and Waterman 1981). A word that both have is worth as many nats as it is rare, one that is changed, left out or put in
costs some: so five rare words tell more than ten common ones, and a short famous line is within reach. How rare a word
is, the films' own lines say, and where they say little, its length: short words are common in every language (Zipf).
Words that go together anyhow tell less, a whole line that returns tells more (see `echoes_usual` and `_whole`).
What chance yields is read off the phrases that any two films share ("what are you doing here"): they fall off evenly,
and a quotation stands out from them.

Contents
    Words         the words of a film, in order
    line_echoes   what two films both say
    says          whether a third says it, too
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from rewatch.compare.echoes_chance import Tail, tail_of
from rewatch.compare.echoes_found import Found
from rewatch.compare.echoes_usual import TOGETHER, USUAL
from rewatch.sounds.prints_pairs import spread
from rewatch.track import Spans
from rewatch.words.folding import fold

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

KNOWN = 2000
"""Words of lines that what is known of a language counts as much as, when it is asked how rare a word is."""
RAREST = 10.5
"""Nats that a word may tell at most."""
KEPT = 0.22
"""Nats that a word tells less because quotations change some."""
CHANGED, BETWEEN = 1.6, 1.8
"""Nats that a changed word costs, and one that only one of the two has."""
BY = 3
"""Words from the first of a pair to the second."""
SEED = 8.0
"""Nats of a pair of words that leads to a place."""
OFTEN = 300
"""Places that one pair may lead to; of a commoner one nothing is learnt."""
WIDE = 28
"""Words of either film that are aligned at once."""
FLOOR = 10.0
"""Nats from which on something said in both films is looked at."""
EDGE = 3.0
"""Nats that it tells that a phrase begins, or ends, where a line does in both films; as many tell against it where it
does not. (Of phrases shared by chance 1 in 100 is a line of both, but for a word at either end; of lines quoted with
one word changed 9 in 10.)"""
_WHOLE = {(0, 0): 1.0, (1, 1): 0.7}
"""Words of the line that are left over in A and B -> share of that: the last word may be the one that was changed."""
LONG = 4
"""Words of a line from which on it may tell anything that it is whole."""
SLOPE = 0.4
"""Of what chance yields, per nat (it would be 1 if each word did not make the next one likelier)."""
STOCK = 3e-5
"""Phrases of `FLOOR` nats and more that a line has in common with another by chance (see benchmarks/echoes.md)."""
STOCK_WORD = 0.8
"""What one of the commonest words tells of what it would, if stock phrases were not made of them."""
SHORT = 40
"""Lines that a film counts as at least: a film of three lines is no proof that they are rare."""
MANY = 3.0
"""Of them that are counted on where fewer are found."""
MOSTLY = 0.6
"""Share of a phrase's nats that says it."""
FEWEST = 3
"""Words that both films must have."""


@dataclass(frozen=True, slots=True)
class Words:
    """words: (n) folded, of all lines in order. line: (n,) which line each is of. begin, end: seconds of each line."""

    words: tuple[str, ...]
    line: Numbers
    begin: Floats
    end: Floats
    text: tuple[str, ...]

    @classmethod
    def of(cls, lines: Spans) -> Words:
        text = tuple(str(label) for label in lines.label)
        folded = [fold(label).split() for label in text]
        line = np.repeat(np.arange(len(text)), [len(words) for words in folded])
        words = tuple(word for words in folded for word in words)
        return cls(words, line.astype(np.int64), lines.begin_seconds(), lines.end_seconds(), text)

    def __len__(self) -> int:
        return len(self.words)

    def said(self, first: int, end: int) -> str:
        """The lines that words ``first .. end`` are of."""
        return " / ".join(self.text[n] for n in range(int(self.line[first]), int(self.line[end - 1]) + 1))

    def left_out(self, at: int, end: int) -> int:
        """Words of a line before a phrase that begins at word ``at`` (end 0), or after one that ends there (1)."""
        of = self.line[at - end]
        edge = np.searchsorted(self.line, of, "right" if end else "left")
        return abs(int(edge) - at)

    def stretch(self, first: int, end: int) -> tuple[float, float]:
        return float(self.begin[self.line[first]]), float(self.end[self.line[end - 1]])


@dataclass(frozen=True, slots=True)
class _Phrase:
    """nats: what it tells. a, b: first word and end in each film. met: words in both. share: of the nats there."""

    nats: float
    a: tuple[int, int]
    b: tuple[int, int]
    met: int
    share: float


Frequency = Callable[[str], float]


def rarity(counts: Mapping[str, int]) -> Frequency:
    """Nats that each word tells, from how often it is said.

    >>> tells = rarity(Counter(["the"] * 50 + ["lighthouse"]))
    >>> tells("the") < 4 < tells("lamp") < tells("lighthouse")
    True
    """
    total = sum(counts.values()) + KNOWN

    def tells(word: str) -> float:
        usual = USUAL.get(word) or 10 ** -(1.35 + 0.42 * min(len(word), 8))
        nats = min(RAREST, -math.log((counts.get(word, 0) + KNOWN * usual) / total))
        return STOCK_WORD * nats if word in USUAL else nats

    return tells


def says(a: Words, stretch: tuple[float, float], nats: float, film: Words) -> bool:
    """Whether a film says most of what A says in a stretch, of which so many nats were found elsewhere."""
    lines = np.flatnonzero((a.begin < stretch[1]) & (a.end > stretch[0]))
    of = np.flatnonzero(np.isin(a.line, lines))
    if not len(of) or not len(film):
        return False
    part = Words(tuple(a.words[n] for n in of), a.line[of], a.begin, a.end, a.text)
    phrases = _phrases(part, film, rarity(Counter(a.words) + Counter(film.words)))
    return any(phrase.nats >= MOSTLY * nats for phrase in phrases)


def line_echoes(a: Words, b: Words, counts: Mapping[str, int] | None = None, *, least: float = 1.0) -> list[Found]:
    """What is said in both films, the surest first; none where chance yields more than `least` as good ones.

    counts: how often each word is said in the films that are known; None: in these two
    """
    if len(a) < FEWEST or len(b) < FEWEST:
        return []
    tells = rarity(Counter(a.words) + Counter(b.words) if counts is None else counts)
    phrases = _phrases(a, b, tells)
    tail = _tail(a, b, phrases, least)
    found: list[Found] = []
    for phrase in phrases:
        expected = tail.expected(phrase.nats)
        if expected > least:
            continue
        details = {
            "nats": round(phrase.nats, 1),
            "words": phrase.met,
            "a": a.said(*phrase.a),
            "b": b.said(*phrase.b),
            "phrase": " ".join(a.words[phrase.a[0] : phrase.a[1]]),
        }
        found.append(
            Found("line", a.stretch(*phrase.a), b.stretch(*phrase.b), round(phrase.share, 3), expected, details)
        )
    return found


def _tail(a: Words, b: Words, phrases: Sequence[_Phrase], least: float) -> Tail:
    """What chance yields: the phrases that the films share, without those that are none of it.

    Each phrase counts once, however often it is said; what stands out is left out, and the line is laid anew.
    """
    once: dict[str, float] = {}
    for phrase in phrases:
        said = " ".join(a.words[phrase.a[0] : phrase.a[1]])
        once[said] = max(once.get(said, 0.0), phrase.nats)
    scores = np.array(sorted(once.values(), reverse=True))
    # What films of so many lines usually share: few phrases tell nothing else, many tell more.
    none = min(MANY, STOCK * max(SHORT, len(a.text)) * max(SHORT, len(b.text)))
    tail = Tail(FLOOR, none, SLOPE)
    for _ in range(4):
        usual = scores[[tail.expected(s) > min(least, 0.02) for s in scores]] if len(scores) else scores
        # A quotation may be among them: the best one does not bend the line.
        before, tail = tail, tail_of(usual, floor=FLOOR, slope=SLOPE, least=none, weight=12, bent=False)
        if tail == before:
            break
    return tail


def _phrases(a: Words, b: Words, tells: Frequency) -> list[_Phrase]:
    """Alignments of words, each place once, those that tell most first."""
    known = {word: n for n, word in enumerate({*a.words, *b.words})}
    nats = np.array([tells(word) for word in known])
    of_a = np.array([known[word] for word in a.words], np.int64)
    of_b = np.array([known[word] for word in b.words], np.int64)
    at_a, at_b = _places(of_a, of_b, nats)
    phrases = [_whole(a, b, _worth(a, phrase, tells)) for phrase in _aligned(of_a, of_b, nats, at_a, at_b)]
    phrases = [phrase for phrase in phrases if phrase.nats >= FLOOR]
    phrases.sort(key=lambda p: (-p.nats, p.a, p.b))
    kept: list[_Phrase] = []
    by_line: dict[int, list[_Phrase]] = {}
    for phrase in phrases:
        lines = range(int(a.line[phrase.a[0]]), int(a.line[phrase.a[1] - 1]) + 1)
        near = [p for n in lines for p in by_line.get(n, [])]
        if any(_share(p.a, phrase.a) and _share(p.b, phrase.b) for p in near):
            continue
        kept.append(phrase)
        for n in lines:
            by_line.setdefault(n, []).append(phrase)
    return kept


def _worth(a: Words, phrase: _Phrase, tells: Frequency) -> _Phrase:
    """A word that is said again in a phrase, or that goes with the one before it anyhow, tells little."""
    words = a.words[phrase.a[0] : phrase.a[1]]
    less = sum(tells(word) - KEPT for n, word in enumerate(words) if word in words[:n])
    for one, other in pairwise(words):
        if f"{one} {other}" in TOGETHER:
            less += min(tells(one), tells(other)) - KEPT
    return replace(phrase, nats=phrase.nats - less)


def _whole(a: Words, b: Words, phrase: _Phrase) -> _Phrase:
    """Who quotes, quotes a line from its beginning to its end, but for a word; what is common by chance lies amid both.

    Stock phrases are lines of their own, too: short ones, and those of the commonest words only.
    """
    left = [(a.left_out(phrase.a[end], end), b.left_out(phrase.b[end], end)) for end in (0, 1)]
    if all(word in USUAL for word in a.words[phrase.a[0] : phrase.a[1]]):
        return replace(phrase, nats=phrase.nats - EDGE * (1 + sum(ends not in _WHOLE for ends in left)))
    if phrase.a[1] - phrase.a[0] + left[0][0] + left[1][0] < LONG:
        return replace(phrase, nats=phrase.nats - 2 * EDGE)
    return replace(phrase, nats=phrase.nats + EDGE * sum(_WHOLE.get(ends, -1.0) for ends in left))


def _share(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _pairs(words: Numbers, nats: Floats, count: int) -> tuple[Numbers, Numbers]:
    """Pairs of words near each other that tell enough: what they are, and where the first stands."""
    keys, at = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for by in range(1, BY + 1):
        first, second = words[:-by], words[by:]
        tell = np.flatnonzero(nats[first] + nats[second] >= SEED)
        keys.append(first[tell] * count + second[tell])
        at.append(tell)
    return np.concatenate(keys), np.concatenate(at)


def _places(of_a: Numbers, of_b: Numbers, nats: Floats) -> tuple[Numbers, Numbers]:
    """Numbers of a word of A and one of B from which both say much the same; one place for many pairs."""
    key_a, at_a = _pairs(of_a, nats, len(nats))
    key_b, at_b = _pairs(of_b, nats, len(nats))
    order = np.argsort(key_b, kind="stable")
    key_b, at_b = key_b[order], at_b[order]
    low, high = np.searchsorted(key_b, key_a, "left"), np.searchsorted(key_b, key_a, "right")
    held = np.where(high - low > OFTEN, 0, high - low)
    j, i = spread(low, held)
    a, b = at_a[i], at_b[j]
    # Pairs of one diagonal, give or take a word or two, within ten words, are one place.
    cells = np.unique(np.stack([(b - a) // 4, a // 8], axis=1), axis=0, return_index=True)[1]
    return a[cells], b[cells]


def _aligned(of_a: Numbers, of_b: Numbers, nats: Floats, at_a: Numbers, at_b: Numbers) -> list[_Phrase]:
    """The best local alignment round each place."""
    found: list[_Phrase] = []
    before = WIDE // 3
    steps = np.arange(WIDE) - before
    for first in range(0, len(at_a), 2000):
        a, b = at_a[first : first + 2000], at_b[first : first + 2000]
        i, j = a[:, None] + steps, b[:, None] + steps
        in_a, in_b = (i >= 0) & (i < len(of_a)), (j >= 0) & (j < len(of_b))
        words_a = np.where(in_a, of_a[np.clip(i, 0, len(of_a) - 1)], -1)
        words_b = np.where(in_b, of_b[np.clip(j, 0, len(of_b) - 1)], -2)
        best, at, began, met = _smith_waterman(words_a, words_b, nats)
        for n in np.flatnonzero((best >= FLOOR) & (met >= FEWEST)):
            of = int(a[n]) - before + began[n, 0], int(a[n]) - before + int(at[n, 0])
            to = int(b[n]) - before + began[n, 1], int(b[n]) - before + int(at[n, 1])
            there = max(float(nats[of_a[of[0] : of[1]]].sum()), float(nats[of_b[to[0] : to[1]]].sum()))
            share = min(1.0, (float(best[n]) + KEPT * int(met[n])) / max(there, 1e-9))
            found.append(_Phrase(float(best[n]), (int(of[0]), of[1]), (int(to[0]), to[1]), int(met[n]), share))
    return found


def _smith_waterman(a: Numbers, b: Numbers, nats: Floats) -> tuple[Floats, Numbers, Numbers, Numbers]:
    """Of (n, w) words each: (n,) nats, (n, 2) ends, (n, 2) beginnings and (n,) words met of the best alignments."""
    n, wide = a.shape
    same = (a[:, :, None] == b[:, None, :]) & (a[:, :, None] >= 0)
    gain = np.where(same, nats[np.maximum(a, 0)][:, :, None] - KEPT, -CHANGED)
    score = np.zeros((n, wide + 1, wide + 1))
    # Where each alignment began and how many words it met, carried along with its score: a, b, met.
    carried = np.zeros((n, wide + 1, wide + 1, 3), np.int64)
    carried[..., 0], carried[..., 1] = np.arange(wide + 1)[:, None], np.arange(wide + 1)
    rows = np.arange(n)
    for i in range(1, wide + 1):
        for j in range(1, wide + 1):
            ways = np.stack(
                [
                    np.zeros(n),
                    score[:, i - 1, j - 1] + gain[:, i - 1, j - 1],
                    score[:, i - 1, j] - BETWEEN,
                    score[:, i, j - 1] - BETWEEN,
                ]
            )
            way = ways.argmax(axis=0)
            score[:, i, j] = ways[way, rows]
            on = way > 0
            from_i, from_j = np.where(way == 3, i, i - 1), np.where(way == 2, j, j - 1)
            taken = carried[rows, from_i, from_j]
            taken[:, 2] += (way == 1) & same[:, i - 1, j - 1]
            carried[on, i, j] = taken[on]
    flat = score.reshape(n, -1).argmax(axis=1)
    at = np.stack(np.divmod(flat, wide + 1), axis=1)
    best = score[rows, at[:, 0], at[:, 1]]
    began = carried[rows, at[:, 0], at[:, 1]]
    return best, at, began[:, :2], began[:, 2]
