"""By quote: the moment at which words were said, however they are remembered.

Letter case, accents and punctuation do not count; words may be misspelt, wrong, missing or too many; the quote may run
over several subtitles. The index of lines (`library.lines_index`) names some lines that share rare letters with the
quote; `find.by_quote_words` lays the quote over each with its neighbours, word by word, and tells how much of it is
said there.

How sure: the chance that these words are said there, as measured on quotes with known answers
(``benchmarks/find_quote.py``), shared out among the places where they are said as well: of two that are alike each is
half as sure. What hardly any line says is not answered.

Contents
    find_quote
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

from rewatch.find.by_quote_words import Said, Weights, lay
from rewatch.find.match import Match
from rewatch.library.library import Library
from rewatch.library.lines_index import Found, IndexedLine, LinesIndex
from rewatch.words.folding import fold

SURENESS = (-12.0, 18.0)
"""Of the logistic curve: its constant, and what the share of the quote that is said adds."""
LEAST = 0.5
"""How sure, at least, that it is said at all, of what is answered: two thirds of the quote must be."""
_REACH = 2
"""Lines before and after one that is named, over which the quote may run; more where it is longer than they are."""
_FARTHEST = 7
_LAID = 48
"""Lines that the quote is laid over word by word: the likeliest, by letters."""
_WHOLE = 0.97
"""A line that says so much of the quote says all of it, whatever its neighbours say."""
_LONGEST = 600
"""Letters of a quote that are looked at."""
_EQUAL = 0.02
"""Fits that differ by less are as good."""
_ALIKE = 14.0
"""How steeply places share: one that says a tenth less of the quote counts for a quarter."""


def find_quote(
    library: Library, quote: str, editions: Sequence[str] | None = None, *, who: str = "", top: int = 10
) -> list[Match]:
    """Where words are said, best first; none where no film says anything like them.

    editions: ids of those to look in; None: all of the library
    who:      only what is said by a speaker of that name, or of a name in which it stands
    details of a match: text (the lines as they are written), found (begin and end in it of each word of the quote),
    speaker, lines (how many), said (how much of the quote, 0..1), places (that say it as well as this one, itself too)

    Raises LibraryError where the library cannot be read.
    """
    folded = fold(quote)
    # Cut at a word: what is said within a minute is enough to know it by.
    folded = folded if len(folded) <= _LONGEST else folded[: folded.rindex(" ", 0, _LONGEST) + 1]
    if not folded:
        return []
    index = LinesIndex(library)
    index.renew()
    reach = min(_FARTHEST, max(_REACH, len(folded) // 25))
    found = index.search(folded, editions, fold(who).strip(), reach=reach)
    if not found.ids:
        return []
    weights = Weights.of(folded, found.lines, found.total)
    said = _said(_places(found, folded, reach), weights, fold(who).strip())
    names = {e.id: e.name for e in library.entries()}
    return _matches(said, names, top)


@dataclass(frozen=True, slots=True)
class _Place:
    """A line that may say it (or a part of it), and its neighbours in the film, itself among them."""

    edition: str
    line: IndexedLine
    beside: list[IndexedLine]


def _places(found: Found, folded: str, reach: int) -> list[_Place]:
    """The likeliest places, by letters."""
    text = found.text
    ids = [id for id in found.ids if id in text]
    near = [[text[i] for i in range(*found.beside(id, reach)) if i in text] for id in ids]
    beside = ["".join(line.folded for line in lines) for lines in near]
    # Of the quote and a text the shorter slides along the longer.
    like = process.cdist([folded], beside, scorer=fuzz.partial_ratio, dtype=np.float32)[0]
    own = process.cdist([folded], [text[id].folded for id in ids], scorer=fuzz.ratio, dtype=np.float32)[0]
    few = max(_LAID // 4, _LAID * 12 // max(12, folded.count(" ")))
    likeliest = np.argsort(-(like + own / 10), kind="stable")[:few].tolist()
    return [_Place(found.edition(ids[i]), text[ids[i]], near[i]) for i in likeliest]


def _said(places: Sequence[_Place], weights: Weights, who: str) -> list[tuple[str, Said]]:
    """What each place says of the quote, the most first; of places that lie over each other the one that says more."""
    alone = lay(weights, [[place.line] for place in places])
    # Lines of others may stand between two of the one who is asked for.
    wider = lay(weights, [[line for line in p.beside if not who or who in fold(line.speaker)] for p in places])
    found = []
    for place, one, more in zip(places, alone, wider, strict=True):
        best = max((s for s in (one, more) if s is not None), key=lambda s: s.fit, default=None)
        if one is not None and one.share >= _WHOLE:
            best = one
        if best is not None:
            found.append((place.edition, best))
    found.sort(key=lambda item: (-item[1].fit, item[1].lines[0].id))
    taken: set[int] = set()
    kept = []
    for edition, said in found:
        ids = {line.id for line in said.lines}
        if not ids & taken:
            kept.append((edition, said))
            taken |= ids
    return kept


def _matches(said: list[tuple[str, Said]], names: dict[str, str], top: int) -> list[Match]:
    fits = np.array([s.fit for _, s in said])
    sure = np.array([_surely(s) for _, s in said])
    weight = np.exp(_ALIKE * (fits - fits.max(initial=0.0))) * sure
    scores = sure * weight / max(float(weight.sum()), 1e-12)
    places = [int((np.abs(fits - s.fit) < _EQUAL).sum()) for _, s in said]
    kept = [
        (score, edition, s, count)
        for (edition, s), certain, score, count in zip(said, sure.tolist(), scores.tolist(), places, strict=True)
        if certain >= LEAST
    ]
    kept.sort(key=lambda item: (-item[0], names.get(item[1], ""), item[2].lines[0].id))
    return [_match(edition, names.get(edition, edition), s, score, count) for score, edition, s, count in kept[:top]]


def _surely(said: Said) -> float:
    """The chance that a quote is said there of which so much is: fitted by ``benchmarks/find_quote.py``."""
    constant, slope = SURENESS
    return 1 / (1 + math.exp(-(constant + slope * said.share)))


def _match(edition: str, film: str, said: Said, score: float, places: int) -> Match:
    return Match(
        film,
        edition,
        said.lines[0].begin / 1000,
        round(score, 3),
        "quote",
        end=said.lines[-1].end / 1000,
        about=" ".join(said.text.split()),
        details={
            "text": said.text,
            "found": [list(place) for place in said.found],
            "speaker": next((line.speaker for line in said.lines if line.speaker), ""),
            "lines": len(said.lines),
            "said": round(said.share, 3),
            "places": places,
        },
    )
