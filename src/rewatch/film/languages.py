"""Languages: the codes and names under which files carry them, as ISO 639-1.

Contents
    language_of           "eng", "English", "en-GB" -> "en"
    preferred_languages   which come first
"""

from __future__ import annotations

import os

_SAME = """
ar ara arabic|bg bul bulgarian|bs bos bosnian|ca cat catalan|cs cze ces czech|da dan danish|de ger deu german deutsch
el gre ell greek|en eng english|es spa spanish español espanol castellano latino|et est estonian|eu baq eus basque
fa per fas persian farsi|fi fin finnish|fr fre fra french français francais|gl glg galician|he heb hebrew|hi hin hindi
hr hrv croatian|hu hun hungarian|id ind indonesian|is ice isl icelandic|it ita italian italiano|ja jpn japanese
ka geo kat georgian|ko kor korean|lt lit lithuanian|lv lav latvian|mk mac mkd macedonian|ms may msa malay
nl dut nld dutch nederlands|no nor nob nb norwegian|pl pol polish|pt por portuguese brazilian pob|ro rum ron romanian
ru rus russian|sk slo slk slovak|sl slv slovenian|sq alb sqi albanian|sr srp scc serbian|sv swe swedish|th tha thai
tr tur turkish|uk ukr ukrainian|vi vie vietnamese|zh chi zho chinese mandarin cantonese chs cht
"""
_CODES = {word: words.split()[0] for line in _SAME.split("\n") for words in line.split("|") for word in words.split()}


def language_of(word: str) -> str:
    """ISO 639-1 code of a language's code, name or locale; "" where it is none that is known.

    >>> language_of("eng"), language_of("pt-BR"), language_of("Deutsch"), language_of("forced")
    ('en', 'pt', 'de', '')
    """
    lower = word.lower()
    return _CODES.get(lower) or _CODES.get(lower.replace("_", "-").split("-")[0], "")


def preferred_languages(sound: str = "") -> list[str]:
    """The languages of subtitles in order of preference: the sound's, the user's (from the locale), English."""
    users = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    codes = [language_of(sound), language_of(users.split(".")[0]), "en"]
    return list(dict.fromkeys(code for code in codes if code))
