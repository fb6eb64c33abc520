"""Encoding: the text of a file that does not say in what bytes it is written.

UTF-8 and UTF-16 prove themselves. Of the rest the one is taken in which the text reads most like writing: for each
code page, the share of the letters outside ASCII that are among the most frequent ones of a language written in it,
less those that make no word: a sign or a capital within one, accents three in a row, two scripts mixed. Where none
convinces, that is an error, not a guess.

Contents
    decode_text
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class _Page:
    """A code page, the languages written in it (ISO 639-1), and letters frequent in them."""

    codec: str
    languages: tuple[str, ...]
    frequent: frozenset[str]


_PAGES = (
    _Page("cp1252", ("en", "fr", "de", "es", "it", "pt", "nl", "sv", "da", "no", "fi", "is", "ca"),
          frozenset("éèêàâçùûôîïëäöüßåæøñáíóúãõÉÈÀÇÄÖÜÅÆØÑÁÍÓÚ’‘“”–—…«»¿¡°ºª\xa0")),
    _Page("cp1250", ("pl", "cs", "sk", "hu", "sl", "hr", "bs", "ro"),
          frozenset("ąćęłńóśźżáčďéěíňřšťúůýžäôľĺŕöüőűăâîşţđĄĆĘŁŃÓŚŹŻČĎĚŇŘŠŤŮÝŽÁÉÍ’‘“”„–—…»«\xa0")),
    _Page("cp1251", ("ru", "uk", "bg", "be", "sr", "mk"), frozenset("оеаинтсрвлкмдпуОЕАИНТСі’“”«»–—…\xa0")),
    _Page("koi8_r", ("ru",), frozenset("оеаинтсрвлкмдпуОЕАИНТС")),
    _Page("cp1253", ("el",), frozenset("αοιετνσρςπκμλάίόέήύώ’«»–—…\xa0")),
    _Page("cp1254", ("tr",), frozenset("ıiğşçöüİĞŞÇÖÜâ’“”–—…\xa0")),
    _Page("cp1255", ("he",), frozenset("יוהלאתרשמבנדחקע–—…\xa0")),
    _Page("cp1256", ("ar", "fa"), frozenset("اليمنوتربهعدسكةأفیک؟،–—…\xa0")),
    _Page("cp932", ("ja",),
          frozenset("いんうのたしてかなにとるはおもがきこでらっすれをまよりどさあそだくちけえめわつろねじばせみ、。ー")),
    _Page("gb18030", ("zh",), frozenset("的一是不了我你有在他这人们么来个说到上要就和好没那会都，。？！…")),
    _Page("big5", ("zh",), frozenset("的一是不了我你有在他這人們麼來個說到上要就和好沒那會都，。？！…")),
    _Page("cp949", ("ko",), frozenset("이다는가고어나지그을에아내너해하한의자기리도은를사서요있게")),
)  # fmt: skip
_LATIN = ("cp1252", "cp1250", "cp1254")
_ENOUGH = 0.3
_ACCENTS = re.compile(r"[\u00c0-\u024f]{3,}")
_MIXED = re.compile(r"(?<=[A-Za-z])[^\W\d_a-zA-Z]|[^\W\d_a-zA-Z](?=[A-Za-z])")
_BROKEN_WORD = re.compile(r"(?<=[a-zà-öø-ÿа-яα-ωą-ž])(?:[A-ZÀ-ÖØ-ÞА-ЯΑ-Ω]|[¹²³¼½¾¿¡£¥¦§¨©®¯±´¶·¸ºª¤ˇ˘˛])")


def decode_text(data: bytes, language: str = "") -> str | None:
    """The text of a file, line ends as "\\n"; None where its encoding cannot be told.

    language: what the file is said to be in (ISO 639-1), where its name tells; weighs between code pages alike

    >>> decode_text("Où est-elle passée ?".encode("cp1252"))
    'Où est-elle passée ?'
    """
    text = _decoded(data, language)
    return None if text is None else text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(data: bytes, language: str) -> str | None:
    for bom, codec in _BOMS:
        if data.startswith(bom):
            return data.decode(codec, "replace")
    if b"\0" in data:
        return _utf16(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    patched = data.decode("utf-8", "replace")
    lost = patched.count("\ufffd")
    if lost * 50 <= sum(character > "\x7f" for character in patched):
        return patched  # UTF-8 with a broken byte here and there, which stays to be seen
    scored = [(score, page.codec) for page in _PAGES if (score := _score(data, page, language)) is not None]
    best, codec = max(scored, key=lambda pair: pair[0], default=(0.0, ""))
    return data.decode(codec) if best >= _ENOUGH else None


def _utf16(data: bytes) -> str | None:
    """UTF-16 without its mark: line ends and spaces tell which half is zero."""
    if len(data) % 2:
        data = data[:-1]
    codec = "utf-16-le" if data[1::2].count(0) >= data[::2].count(0) else "utf-16-be"
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return None
    return text if "\0" not in text else None


def _score(data: bytes, page: _Page, language: str) -> float | None:
    """How much the text reads like writing in this code page; None: it is none at all."""
    try:
        text = data.decode(page.codec)
    except UnicodeDecodeError:
        return None
    high = [character for character in text if character > "\x7f"]
    if any("\x80" <= character <= "\x9f" or "\ue000" <= character <= "\uf8ff" for character in high):
        return None
    share = sum(character in page.frequent for character in high) / len(high)
    broken = 2 * len(_BROKEN_WORD.findall(text))
    if page.codec in _LATIN:
        broken += sum(len(run) for run in _ACCENTS.findall(text))
        if page.codec == "cp1252" and not {"ã", "ä"} & set(text):
            # Portuguese and Estonian have õ, but never without these; without them it is the Hungarian ő.
            broken += text.count("õ")
    else:
        broken += len(_MIXED.findall(text))
    return share - broken / len(high) + (0.25 if language in page.languages else 0.0)
