"""Folding: words as they are searched, so that what sounds the same is written the same.

Letter case, accents, apostrophes and punctuation go; markup goes; what is described ("[thunder]") stays, for one may
look for it. Signs of scripts that set no spaces between words (Han, kana, Thai, Lao, Burmese, Khmer) stand apart, so
that one or two of them are words that can be found. One space between words, and one at either end: a short word has
its edges to be known by.

Contents
    fold         a text as it is searched
    folded_words its words, each with where it stood in the text
"""

from __future__ import annotations

import re
import unicodedata

_MARKUP = re.compile(r"<[^<>]*>|\{[^{}]*\}")
_APOSTROPHES = str.maketrans("", "", "'’‘ʼ`´＇")
# Combining marks of scripts that are read without them; those of Indic scripts are vowels, and stay.
_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c7\u0640\u064b-\u065f\u0670\u3099\u309a]"
)
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ς": "σ", "ħ": "h"}
)
_STACKED = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u17b4-\u17d3"
"""Marks of Thai, Lao, Burmese and Khmer, which stay with the letter before them."""
_APART = re.compile(
    "([\u3005\u3007\u3041-\u3096\u30a1-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f]"
    f"|[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff][{_STACKED}]*)"
)
_NO_WORD = re.compile(r"[\W_]+")
_RUN = re.compile(r"[^\s\-–—/…]+")


def fold(text: str) -> str:
    """A text as it is searched: words with a space on either side of each; "" where it holds none.

    >>> fold("<i>- Don't touch THE déjà-vu!</i>")
    ' dont touch the deja vu '
    >>> fold("我知道。"), fold("♪ ...")
    (' 我 知 道 ', '')
    """
    text = _MARKUP.sub(" ", text).translate(_APOSTROPHES).casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).casefold()
        text = _MARKS.sub("", text).translate(_LETTERS)
        # Put together again what stays together (the vowels of Indic scripts; Hangul, which is words of syllables).
        text = _APART.sub(r" \1 ", unicodedata.normalize("NFC", text))
        text = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in text)
    else:
        text = _NO_WORD.sub(" ", text)
    words = text.split()
    return f" {' '.join(words)} " if words else ""


def folded_words(text: str) -> list[tuple[str, int, int]]:
    """The words of a text: (folded, begin, end), where ``text[begin:end]`` is the word as it is written.

    >>> folded_words("Don't <i>go</i>, 我们!")
    [('dont', 0, 5), ('go', 9, 11), ('我', 17, 18), ('们', 18, 19)]
    """
    # Of markup only the length stays.
    bare = _MARKUP.sub(lambda found: " " * len(found.group()), text)
    words: list[tuple[str, int, int]] = []
    for run in _RUN.finditer(bare):
        at = run.start()
        for piece in filter(None, _APART.split(run.group())):
            words += [(word, *_trimmed(piece, at)) for word in fold(piece).split()]
            at += len(piece)
    return words


def _trimmed(piece: str, at: int) -> tuple[int, int]:
    """Where a word begins and ends without the punctuation around it."""
    letters = [i for i, c in enumerate(piece) if c.isalnum() or unicodedata.category(c)[0] == "M"]
    return at + letters[0], at + letters[-1] + 1
