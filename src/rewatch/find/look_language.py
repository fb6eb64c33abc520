"""The language of looks: words, and / or / not, parentheses, minutes; read into a tree that knows its degree.

    look     = and { "or" and }
    and      = not { [ "and" | "with" | "," ] not }
    not      = [ "not" | "no" | "without" ] how
    how      = { "very" | "rather" | "somewhat" | "slightly" } one
    one      = WORD | #RRGGBB | "minutes" A-B | "minute" N | TIME-TIME | "(" look ")"

Contents
    read_look   text -> Look
    Look        what it finds: degrees, and the words that it is made of
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rewatch.clock import parse_time
from rewatch.errors import QueryError
from rewatch.find.look_words import Word, near_words, word_of
from rewatch.find.moments import Moments
from rewatch.structure.evenly import Array

Degree = tuple[Array, npt.NDArray[np.bool_]]
"""How much each half second is it, and where that is known."""

_TOKEN = re.compile(r"[()]|,|#\w+|\d[\d:.]*\s*[-–—]\s*\d[\d:.]*|[^\s(),]+")
_FROM_TO = re.compile(r"(\d[\d:.]*)\s*[-–—]\s*(\d[\d:.]*)")
_PHRASES = {
    r"black\s+and\s+white": "black-and-white",
    r"\blong\s+(take|shot)s?\b": "long",
    r"\bwhip\s+pan\b": "whip-pan",
    r"\bshort\s+shots?\b": "short",
    r"\bnight\s+like\b": "night-like",
    r"\bhand\s+held\b": "handheld",
}
_HOW: dict[str, Callable[[Array], Array]] = {
    "very": np.square,
    "rather": np.sqrt,
    "somewhat": np.sqrt,
    "slightly": np.sqrt,
}
_NOT, _AND, _OR = ("not", "no", "without"), ("and", "with", ",", "&"), ("or", "|")


class LookUnknown(QueryError):
    """A look that is not understood; the message says which word, and which words are like it."""


@dataclass(frozen=True, slots=True)
class Look:
    """degree: of the moments of a film. words: those that a moment is asked to be (not those it must not be)."""

    degree: Callable[[Moments], Degree]
    words: tuple[Word, ...] = ()


def read_look(text: str) -> Look:
    """Read a look. LookUnknown, with a line for a person, where it is none.

    >>> [word.name for word in read_look("dark and (red or #ff8800), not loud").words]
    ['dark', 'red', '#ff8800']
    """
    folded = text.casefold()
    for phrase, word in _PHRASES.items():
        folded = re.sub(phrase, word, folded)
    reader = _Reader(_TOKEN.findall(folded))
    if not reader.left:
        raise LookUnknown("a look is made of words: try --look 'dark and quiet'")
    found = reader.either()
    if reader.left:
        raise LookUnknown(f"the look {text!r} has a {reader.left[0]!r} too many")
    return found


class _Reader:
    """Takes tokens from the front."""

    def __init__(self, tokens: list[str]) -> None:
        self.left = tokens

    def _take(self, *which: str) -> str | None:
        return self.left.pop(0) if self.left and self.left[0] in which else None

    def either(self) -> Look:
        parts = [self.both()]
        while self._take(*_OR):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else _joined(parts, np.maximum.reduce, np.logical_or.reduce)

    def both(self) -> Look:
        parts = [self.negated()]
        while self.left and self.left[0] not in (*_OR, ")"):
            while self._take(*_AND):
                pass
            parts.append(self.negated())
        return parts[0] if len(parts) == 1 else _joined(parts, np.minimum.reduce, np.logical_and.reduce)

    def negated(self) -> Look:
        if self._take(*_NOT):
            inner = self.negated()

            def degree(moments: Moments) -> Degree:
                values, known = inner.degree(moments)
                return np.where(known, 1 - values, 0.0), known

            return Look(degree)
        if how := self._take(*_HOW):
            inner = self.negated()
            return Look(lambda moments: _mapped(_HOW[how], inner.degree(moments)), inner.words)
        return self.one()

    def one(self) -> Look:
        if not self.left:
            raise LookUnknown("the look ends where another word should come")
        token = self.left.pop(0)
        if token == "(":
            inner = self.either()
            if not self._take(")"):
                raise LookUnknown("the look lacks a closing parenthesis")
            return inner
        if token in ("minute", "minutes"):
            return self._minutes(self.left.pop(0) if self.left else "")
        if between := _FROM_TO.fullmatch(token):
            return _within(*(float(_time(t)) for t in between.groups()))
        word = word_of(token)
        if word is None:
            near = near_words(token)
            hint = f"near it: {', '.join(near)}" if near else "docs/look.md has them all"
            raise LookUnknown(f"no look is called {token!r}; {hint}")
        return Look(lambda moments: degree_of(word, moments), (word,))

    def _minutes(self, token: str) -> Look:
        between = re.fullmatch(r"(\d+)(?:\s*[-–—]\s*(\d+))?", token)
        if not between:
            raise LookUnknown("minutes are written as 'minutes 10-20' or 'minute 43'")
        first, last = int(between[1]), int(between[2] or between[1])
        if not 1 <= first <= last:
            raise LookUnknown(f"minutes are counted from 1, the smaller number first: not {token}")
        return _within(60.0 * (first - 1), 60.0 * last)


def _time(text: str) -> float:
    try:
        return float(parse_time(text))
    except ValueError as error:
        raise LookUnknown(str(error)) from None


def _within(begin: float, end: float) -> Look:
    def degree(moments: Moments) -> Degree:
        at = moments.seconds
        return ((at >= begin) & (at < end)).astype(np.float64), np.ones(len(moments), dtype=np.bool_)

    return Look(degree)


def _joined(parts: list[Look], of: Callable[..., Array], known: Callable[..., npt.NDArray[np.bool_]]) -> Look:
    def degree(moments: Moments) -> Degree:
        found = [part.degree(moments) for part in parts]
        return of([values for values, _ in found]), known([where for _, where in found])

    return Look(degree, tuple(dict.fromkeys(word for part in parts for word in part.words)))


def _mapped(how: Callable[[Array], Array], degree: Degree) -> Degree:
    return how(degree[0]), degree[1]


def degree_of(word: Word, moments: Moments) -> Degree:
    """How much each half second of a film is a word; 0 where there is no evidence."""
    parts = [ramp.of(moments) for ramp in word.of]
    if any(part is None for part in parts):
        return np.zeros(len(moments)), np.zeros(len(moments), dtype=np.bool_)
    have = [part for part in parts if part is not None]
    return np.minimum.reduce([p[0] for p in have]), np.logical_and.reduce([p[2] for p in have])
