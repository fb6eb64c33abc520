"""A quote laid over lines, word by word: which of its words are said there, and how much of it that is.

The words of both are aligned in their order (as in dynamic time warping, with free ends): a word of the quote meets one
that is spelt much like it, or is passed by, as are words between. Two words written as one meet them, and the other way
round. Each counts by how rare it is: "lighthouse" says more than "the". What nobody says at all (it is misspelt, or
wrong) counts no more than the others.

Contents
    Weights   the words of a quote, and what each counts
    Said      what lines say of a quote
    lay       lay a quote over lines
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from rewatch.library.lines_index import IndexedLine
from rewatch.words.folding import folded_words

Floats = npt.NDArray[np.float64]
Pair = tuple[int, int]
"""Numbers of a word of the quote, and of the word that it met."""

_MISSED, _MET, _JOINED, _SPLIT, _PASSED = range(5)
_STEPS = ((1, 0), (1, 1), (1, 2), (2, 1), (0, 1))
"""How many words of the quote and of the text each way takes."""

_MEETS = 0.6
"""Words less alike than this (share of letters in common and in order) are different words."""
_BETWEEN = 0.3
"""What a word between costs, in shares of the quote's mean word."""
_RAREST = 2.0
"""What the rarest word counts more than one that is in every line."""


@dataclass(frozen=True, slots=True)
class Weights:
    """words: of the quote, folded; weights: (n,) what each counts, summing to 1."""

    words: tuple[str, ...]
    weights: Floats

    @classmethod
    def of(cls, folded: str, lines: Mapping[str, int], total: int) -> Weights:
        """lines: of each trigram, in how many of `total` lines it is."""
        words = tuple(folded.split())
        held = np.array([min(lines.get(f" {w} "[i : i + 3], 0) for i in range(len(w))) for w in words], np.float64)
        rare = np.log((total + 1) / (held + 0.5)) / math.log(2 * total + 2)
        known = held > 0
        rare[~known] = np.median(rare[known]) if known.any() else 0.5
        weights = 1 + _RAREST * np.clip(rare, 0, 1)
        # A sign of a script without spaces, or "a", is not as much as a word.
        weights *= np.minimum(1.0, np.array([len(w) for w in words]) / 3 + 1 / 3)
        return cls(words, weights / weights.sum())

    @property
    def letters(self) -> int:
        return sum(map(len, self.words))


@dataclass(frozen=True, slots=True)
class Said:
    """What lines say of a quote.

    lines:   those that the words were found in, in order
    share:   how much of the quote is said, 0..1, less a little for words between
    fit:     the same, less a little where the lines say much else besides
    letters: of the quote's words that were found
    met:     numbers of the words that were found, counted from the first of the lines
    """

    lines: tuple[IndexedLine, ...]
    share: float
    fit: float
    letters: int
    met: tuple[int, ...]

    @property
    def text(self) -> str:
        """The lines as they are written, one a row."""
        return "\n".join(line.text for line in self.lines)

    @property
    def found(self) -> list[Pair]:
        """Begin and end in `text` of each word that was found."""
        words, at = [], 0
        for line in self.lines:
            words += [(at + begin, at + end) for _, begin, end in folded_words(line.text)]
            at += len(line.text) + 1
        return [words[k] for k in sorted(self.met) if k < len(words)]


def lay(quote: Weights, places: Sequence[Sequence[IndexedLine]]) -> list[Said | None]:
    """Lay a quote over each of some places, lines of one film in order; None where nothing of it is said."""
    words = [[(n, word) for n, line in enumerate(lines) for word in line.folded.split()] for lines in places]
    met = _aligned(quote, [[word for _, word in place] for place in words])
    return [
        _said(quote, lines, place, share, pairs) if pairs else None
        for lines, place, (share, pairs) in zip(places, words, met, strict=True)
    ]


def _said(
    quote: Weights, lines: Sequence[IndexedLine], words: list[tuple[int, str]], share: float, pairs: list[Pair]
) -> Said:
    first, last = words[pairs[0][1]][0], words[pairs[-1][1]][0]
    before = next(k for k, (n, _) in enumerate(words) if n == first)
    said = sum(len(word) for n, word in words if first <= n <= last)
    letters = sum(len(quote.words[j]) for j in {j for j, _ in pairs})
    fit = share - 0.05 * (1 - min(1.0, letters / max(said, 1)))
    met = tuple(dict.fromkeys(k - before for _, k in pairs))
    return Said(tuple(lines[first : last + 1]), share, fit, letters, met)


def _aligned(quote: Weights, places: Sequence[Sequence[str]]) -> list[tuple[float, list[Pair]]]:
    """How much of the quote is in the words of each place, and which of its words (index) met which."""
    m, n = len(quote.words), max(map(len, places), default=0)
    if not m or not n:
        return [(0.0, [])] * len(places)
    alone = _alike(quote.words, places, n)
    # Two words of the text as one of the quote; one of the text as two of the quote.
    joined = _alike(quote.words, [[a + b for a, b in itertools.pairwise(place)] for place in places], n)
    split = _alike([a + b for a, b in itertools.pairwise(quote.words)], places, n)
    weights, cost = quote.weights, _BETWEEN / m
    ramp = cost * np.arange(n + 1)
    best = np.zeros((m + 1, len(places), n + 1))
    how = np.zeros((m + 1, len(places), n + 1), np.int8)
    for j in range(m):
        reached, way = best[j].copy(), how[j + 1]
        _better(reached[:, 1:], way[:, 1:], best[j, :, :-1] + weights[j] * alone[j], _MET)
        _better(reached[:, 2:], way[:, 2:], best[j, :, :-2] + weights[j] * joined[j, :, :-1] - cost, _JOINED)
        if j:
            both = (weights[j] + weights[j - 1]) * split[j - 1]
            _better(reached[:, 1:], way[:, 1:], best[j - 1, :, :-1] + both - cost, _SPLIT)
        # Words between cost a little: the best so far, less what lies between.
        passed = np.maximum.accumulate(reached + ramp, axis=1) - ramp
        _better(reached, way, passed - 1e-12, _PASSED)
        best[j + 1] = reached
    return [_traced(best[:, p], how[:, p], alone[:, p], joined[:, p], split[:, p]) for p in range(len(places))]


def _better(reached: Floats, way: npt.NDArray[np.int8], other: Floats, which: int) -> None:
    """Take the other way where it leads to more."""
    more = other > reached
    reached[more] = other[more]
    way[more] = which


def _traced(
    best: Floats, how: npt.NDArray[np.int8], alone: Floats, joined: Floats, split: Floats
) -> tuple[float, list[Pair]]:
    j, k = len(best) - 1, int(best[-1].argmax())
    share = float(best[-1, k])
    pairs: list[Pair] = []
    while j > 0 and share > 0:
        step = int(how[j, k])
        if step == _MET and alone[j - 1, k - 1] > 0:
            pairs.append((j - 1, k - 1))
        elif step == _JOINED and joined[j - 1, k - 2] > 0:
            pairs += [(j - 1, k - 1), (j - 1, k - 2)]
        elif step == _SPLIT and split[j - 2, k - 1] > 0:
            pairs += [(j - 1, k - 1), (j - 2, k - 1)]
        j -= _STEPS[step][0]
        k -= _STEPS[step][1]
    return min(1.0, share), pairs[::-1]


def _alike(ours: Sequence[str], places: Sequence[Sequence[str]], wide: int) -> Floats:
    """(ours, places, wide) how much alike words are, 0 for different ones, and beyond the end of a place."""
    every = list({word: None for place in places for word in place})
    table = np.zeros((len(ours), len(every) + 1))
    if ours and every:
        alike = process.cdist(ours, every, scorer=fuzz.ratio, dtype=np.float32) / 100
        # Half the letters in common is what words have that have nothing to do with each other.
        table[:, :-1] = np.where(alike >= _MEETS, 2 * alike - 1, 0.0)
    number = {word: i for i, word in enumerate(every)}
    at = np.full((len(places), wide), len(every))
    for row, place in zip(at, places, strict=True):
        row[: len(place)] = [number[word] for word in place]
    return table[:, at]
