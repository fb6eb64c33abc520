"""What is singular in the words: a rare word, the only line of a speaker, the longest stretch without any.

Contents
    FINDERS
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import numpy as np

from rewatch.clock import timecode
from rewatch.library.edition import Edition
from rewatch.study.singular import Detail, apart, of_distance, only

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LONG = 7
"""Letters from which on a word that is said once is worth a look: short ones are said once by chance."""
_FEWEST = 20
"""Lines a film must have for one of its words to be rare."""


def rare_words(edition: Edition) -> Iterator[Detail]:
    """The longest words that are said once, no form of them twice."""
    if "lines" not in edition.tracks:
        return
    lines = edition.spans("lines")
    if len(lines) < _FEWEST:
        return
    said = Counter(word.casefold() for text in lines.label for word in _WORD.findall(text))
    # "street" and "streets" are one word here: what two share their first five letters for.
    stems = Counter(word[:5] for word in said.elements())
    begin, end = lines.begin_seconds(), lines.end_seconds()
    total = sum(said.values())
    found = []
    for i, text in enumerate(lines.label):
        for place, word in enumerate(_WORD.findall(text)):
            plain = word.casefold()
            # A capital within a sentence is a name.
            name = word[0].isupper() and place > 0
            if len(plain) >= _LONG and said[plain] == 1 and stems[plain[:5]] == 1 and not name:
                found.append((len(plain), i, word))
    for length, i, word in sorted(found, reverse=True)[:6]:
        yield Detail(
            "word", float(begin[i]), float(end[i]),
            f"“{word}” is said here and nowhere else among the film's {total} words: “{_short(lines.label[i])}”",
            {"word": word, "words": total, "line": lines.label[i]},
            only(1, total) * min(length / 14, 1.0) * 0.8, (word.casefold(),),
        )  # fmt: skip


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 120 else plain[:117] + "..."


def only_lines(edition: Edition) -> Iterator[Detail]:
    """Speakers who say one line in the whole film."""
    if "lines" not in edition.tracks:
        return
    lines = edition.spans("lines")
    speakers = [str(s).strip() for s in lines.columns.get("speaker", [])]
    named = Counter(s for s in speakers if s)
    if len(named) < 2:
        return
    begin, end = lines.begin_seconds(), lines.end_seconds()
    for i, speaker in enumerate(speakers):
        if speaker and named[speaker] == 1:
            yield Detail(
                "only_line", float(begin[i]), float(end[i]),
                f"The only line of {' '.join(speaker.split())} in the film, of "
                f"{sum(named.values())} whose speaker is named: “{_short(lines.label[i])}”",
                {"speaker": speaker, "line": lines.label[i], "lines": sum(named.values())},
                only(1, len(lines)) * 0.9, (speaker.casefold(),),
            )  # fmt: skip


def wordless(edition: Edition) -> Iterator[Detail]:
    """The longest stretches without a word, between two lines."""
    if "lines" not in edition.tracks:
        return
    lines = edition.spans("lines")
    if len(lines) < 8:
        return
    begin, end = lines.begin_seconds(), np.maximum.accumulate(lines.end_seconds())
    gaps = begin[1:] - end[:-1]
    z = apart(np.log(np.maximum(gaps, 0.1)), 0.2)
    for rank, i in enumerate(np.argsort(-gaps)[:2].tolist()):
        if gaps[i] < 10:
            continue
        place = "longest" if not rank else "second longest"
        yield Detail(
            "wordless", float(end[i]), float(begin[i + 1]),
            f"The {place} stretch without a word: {timecode(float(gaps[i]))} between “{_short(lines.label[i])}” and "
            f"“{_short(lines.label[i + 1])}”",
            {"length": float(gaps[i]), "median": float(np.median(gaps))}, of_distance(float(z[i])), ("silent",),
            1 + rank,
        )  # fmt: skip


FINDERS = (rare_words, only_lines, wordless)
