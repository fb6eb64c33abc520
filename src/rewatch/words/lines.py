"""Lines: subtitles as a track, and the words in them that are spoken.

Contents
    lines_track  lines with their times -> the track ``lines``
    read_lines   the track -> begin, end, words of each line
    spoken       a line without what is no speech: ``[door slams]``, ``♪``, markup
    count_words  how many words a line holds, in scripts with spaces and without
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rewatch.clock import MILLISECONDS
from rewatch.evidence import Line
from rewatch.track import Spans

_MARKUP = re.compile(r"<[^<>]*>|\{[^{}]*\}")
_ASIDE = re.compile(r"\[[^\[\]]*\]|\([^()]*\)|（[^（）]*）|［[^［］]*］|[♪♫♬♩#]+")
_DASHES = re.compile(r"(?<!\w)[-–—‐]+|[-–—‐]+(?!\w)")
_WORD = re.compile(r"[^\W_]+(?:['’.\-‐][^\W_]+)*")

# Scripts that set no spaces between words, as character classes.
_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_KANA = "\u3040-\u309f\u30a0-\u30ff\u31f0-\u31ff\uff66-\uff9d"
_NO_SPACES = "\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
_RUN = re.compile(f"[{_HAN}{_KANA}]+|[{_NO_SPACES}]+")
_HAS_KANA = re.compile(f"[{_KANA}]")
_IS_NO_SPACES = re.compile(f"[{_NO_SPACES}]")

CHARACTERS_A_WORD = {"chinese": 2.8, "japanese": 3.0, "thai": 6.0}
"""Characters that count as one word, in scripts without spaces: the factors of GMX-V 1.0 (LISA OSCAR, 2007), by which
translators count. They make a subtitled film comparable across languages rather than name dictionary words."""


def lines_track(lines: Sequence[Line]) -> Spans:
    """Lines -> the track ``lines``: Spans in milliseconds, label = text, column ``speaker``.

    In order of their begin (ties: of their end); lines that end before they begin end where they begin. Lines without
    any text are left out.
    """
    kept = sorted((line for line in lines if line.text.strip()), key=lambda line: (line.begin, line.end))
    begin = np.array([line.begin for line in kept], dtype=np.int64)
    end = np.array([line.end for line in kept], dtype=np.int64)
    return Spans(
        "lines",
        begin,
        np.maximum(begin, end),
        [line.text for line in kept],
        MILLISECONDS,
        {"speaker": [line.speaker for line in kept]},
    )


def read_lines(
    lines: Spans,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Begin and end in seconds, and words, of each line of the track: three (n,) arrays."""
    words = np.array([count_words(text) for text in lines.label], dtype=np.float64)
    return lines.begin_seconds(), lines.end_seconds(), words


def spoken(text: str) -> str:
    """A line without what is not said: markup, descriptions in brackets or parentheses, notes of music.

    >>> spoken("<i>- Run!</i> [door slams]")
    'Run!'
    """
    return " ".join(_DASHES.sub(" ", _ASIDE.sub(" ", _MARKUP.sub(" ", text))).split())


def count_words(text: str) -> float:
    """Words that are spoken in a line; 0.0 for a line that only describes a sound.

    Scripts with spaces: runs of letters and digits, apostrophes and hyphens within a word belonging to it. Chinese,
    Japanese, Thai, Lao, Burmese, Khmer: characters divided by `CHARACTERS_A_WORD`, so the count need not be whole.
    A run of Han characters with kana in the line is Japanese.

    >>> count_words("Don't you dare, mother-in-law!"), count_words("[thunder]")
    (4.0, 0.0)
    """
    said = spoken(text)
    total = 0.0
    japanese = bool(_HAS_KANA.search(said))
    for run in _RUN.findall(said):
        script = "thai" if _IS_NO_SPACES.match(run) else "japanese" if japanese else "chinese"
        total += len(run) / CHARACTERS_A_WORD[script]
    return total + len(_WORD.findall(_RUN.sub(" ", said)))
