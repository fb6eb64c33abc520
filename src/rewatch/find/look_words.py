"""The vocabulary of looks: each word, and the numbers behind it. ``docs/look.md`` is written from here:

    python -m rewatch.find.look_words > docs/look.md

Contents
    WORDS       the words
    Word, Ramp  a word; one of the numbers it is made of
    word_of     the word that somebody means
    near_words  words like one that is unknown
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rewatch.find.moments import COLUMNS, HEX_REACH, Moments
from rewatch.images.palette import HUES
from rewatch.structure.evenly import Array

Known = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Ramp:
    """Counts from `begins` on, and in full at `full` (which may be the smaller), straight between.

    relative: the numbers are ranks among the film's own moments (0 the least, 1 the most), and a moment counts only
              as far as it is at least `apart` (in the column's unit) from the film's median
    """

    column: str
    begins: float
    full: float
    relative: bool = False
    apart: float = 0.0

    def of(self, moments: Moments) -> tuple[Array, Array, Known] | None:
        """(n,) how much each half second is it, 0..1; what was measured; where anything was. None: no evidence."""
        column = moments.column(self.column)
        if column is None or not column[1].any():
            return None
        values, known = column
        if self.relative:
            middle = float(np.median(values[known]))
            far = (values - middle) * (1 if self.full > self.begins else -1)
            degree = self._ramp(_ranks(values, known)) * np.clip(far / max(self.apart, 1e-9), 0, 1)
        else:
            degree = self._ramp(values)
        return np.where(known, degree, 0.0), values, known

    def _ramp(self, values: Array) -> Array:
        return np.clip((values - self.begins) / (self.full - self.begins), 0.0, 1.0)

    def says(self) -> str:
        """The numbers in words."""
        about = COLUMNS.get(self.column)
        unit = f" {about.unit}" if about and about.unit else ""
        name = self.column if about else "share of the picture"
        if self.relative:
            less = self.full < self.begins
            upper, lower = (1 - self.begins, 1 - self.full) if not less else (self.begins, self.full)
            far = f", and {self.apart:g}{unit} {'under' if less else 'over'} its median" if self.apart else ""
            return f"{name} among the film's {'least' if less else 'most'} {upper:.0%}, in full its {lower:.0%}{far}"
        return f"{name} from {self.begins:g}{unit}, in full at {self.full:g}{unit}"


def _ranks(values: Array, known: Known) -> Array:
    """(n,) share of the known moments that lie below each; of equals, half."""
    have = np.sort(values[known])
    low, high = np.searchsorted(have, values, side="left"), np.searchsorted(have, values, side="right")
    return np.asarray((low + high) / 2 / max(len(have), 1))


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the vocabulary: as much as the least of its ramps."""

    name: str
    of: tuple[Ramp, ...]
    says: str
    also: tuple[str, ...] = ()
    subject: str = ""


def _colour(name: str, *also: str, bins: str = "", says: str = "") -> Word:
    if not bins:
        shades = [f"{light} {name}" for light in ("dark", "mid", "light")]
        # A soft colour is half the colour; in the dark a quarter.
        bins = ",".join(
            entry
            for shade in shades
            for entry in (f"{shade} vivid", f"{0.25 if shade.startswith('dark') else 0.5}*{shade} soft")
        )
    ramp = Ramp(f"share:{bins}", 0.05, 0.3)
    return Word(name, (ramp,), says or f"much {name} in the picture; soft shades by half, dark ones by a quarter", also)


_BROWN = "dark orange vivid,dark orange soft,dark yellow soft,0.5*dark red soft,0.5*mid orange soft"

_SUBJECTS: dict[str, tuple[Word, ...]] = {
    "Light": (
        Word("dark", (Ramp("light", 0.22, 0.08),), "a dark picture, whatever the film's own light is"),
        Word("bright", (Ramp("light", 0.36, 0.55),), "a bright picture", ("light", "high-key")),
        Word("darker", (Ramp("light", 0.25, 0.05, True, 0.04),), "dark for this film"),
        Word("brighter", (Ramp("light", 0.75, 0.95, True, 0.04),), "bright for this film"),
        Word("black", (Ramp("light", 0.05, 0.02),), "no picture but black", ("blackness",)),
        Word("white", (Ramp("share:white,0.5*light grey", 0.1, 0.5),), "much white in the picture"),
        Word("contrasty", (Ramp("contrast", 0.2, 0.28),), "deep shadows and bright lights together", ("contrast",)),
        Word("flat", (Ramp("contrast", 0.12, 0.06), Ramp("light", 0.03, 0.06)), "little between light and dark"),
        Word(
            "night-like",
            (Ramp("light", 0.28, 0.12), Ramp("warmth", 0.035, 0.005), Ramp("contrast", 0.015, 0.05)),
            "dark, not warm, but not black: something is lit",
            ("night", "nightlike", "nocturnal"),
        ),
        Word(
            "flash", (Ramp("flash", 0.06, 0.2),), "the light leaps up and is gone within half a second", ("lightning",)
        ),
    ),
    "Colour": (
        *(_colour(hue) for hue in HUES if hue not in ("cyan", "violet")),
        _colour("cyan", "teal", "turquoise"),
        _colour("violet", "purple"),
        _colour("brown", "sepia", bins=_BROWN, says="dark and soft orange"),
        Word("grey", (Ramp("share:dark grey,grey,light grey", 0.4, 0.8),), "most of the picture is grey", ("gray",)),
        Word(
            "black-and-white",
            (Ramp("grey share", 0.93, 0.99),),
            "no colour in anything that is not black",
            ("colourless", "monochrome", "bw"),
        ),
        Word(
            "colourful",
            (Ramp("vivid share", 0.15, 0.45),),
            "much of the picture in vivid colours",
            ("vivid", "colorful"),
        ),
        Word(
            "pale",
            (Ramp("vivid share", 0.05, 0.0), Ramp("light", 0.1, 0.2)),
            "no vivid colour, but light",
            ("muted", "washed-out"),
        ),
        Word("warm", (Ramp("warmth", 0.02, 0.05),), "the picture as a whole leans to yellow and orange"),
        Word("cold", (Ramp("warmth", 0.0, -0.03),), "the picture as a whole leans to blue", ("cool",)),
    ),
    "Motion": (
        Word("still", (Ramp("activity", 0.02, 0.003),), "next to nothing moves", ("motionless", "calm")),
        Word("moving", (Ramp("activity", 0.06, 0.2),), "much moves", ("motion", "lively", "busy")),
        Word("pan", (Ramp("pan", 0.06, 0.25),), "the picture goes sideways", ("panning", "sideways")),
        Word("whip-pan", (Ramp("pan", 0.7, 1.5),), "the picture is flung sideways", ("swish",)),
        Word("tilt", (Ramp("tilt", 0.05, 0.2),), "the picture goes up or down", ("tilting",)),
        Word(
            "zoom", (Ramp("zoom", 0.03, 0.12),), "the picture grows or shrinks: a zoom, a dolly", ("dolly", "zooming")
        ),
        Word("shaky", (Ramp("shake", 0.03, 0.12),), "the picture trembles", ("handheld", "hand-held")),
        Word("static", (Ramp("camera", 0.02, 0.005),), "the camera stands", ("locked", "tripod")),
    ),
    "Cutting": (
        Word(
            "fast",
            (Ramp("tempo", 0.7, 0.93, True, 0.3),),
            "fast for this film: cutting and motion",
            ("quick", "hectic"),
        ),
        Word("slow", (Ramp("tempo", 0.3, 0.07, True, 0.3),), "slow for this film: cutting and motion"),
        Word(
            "long",
            (Ramp("shot ratio", 1.8, 4.0), Ramp("shot length", 3.0, 6.0)),
            "a shot long for this film",
            ("long-take",),
        ),
        Word("short", (Ramp("shot ratio", 0.7, 0.3), Ramp("shot length", 3.0, 1.5)), "a shot short for this film"),
        Word("staccato", (Ramp("articulation", 0.54, 0.62),), "struck apart: short, jerky, with attacks", ("choppy",)),
        Word("legato", (Ramp("articulation", 0.46, 0.38),), "one thing flowing into the next", ("smooth", "flowing")),
        Word("cut", (Ramp("cuts", 0.0, 1.0),), "a cut is here"),
        Word("dissolve", (Ramp("dissolves", 0.0, 1.0),), "a dissolve is here"),
        Word("fade", (Ramp("fades", 0.0, 1.0),), "a fade is here"),
        Word("wipe", (Ramp("wipes", 0.0, 1.0),), "a wipe is here"),
    ),
    "Sound": (
        Word("loud", (Ramp("loudness", 1.0, 5.0),), "loud against the whole film"),
        Word("quiet", (Ramp("loudness", -7.0, -15.0),), "quiet against the whole film", ("soft", "hushed")),
        Word("silent", (Ramp("level", -50.0, -62.0),), "next to nothing is heard", ("silence", "mute")),
        Word("sudden", (Ramp("sforzandi", 0.0, 1.0),), "a sudden loud moment", ("bang", "sforzando")),
        Word("music", (Ramp("music", 0.5, 0.9),), "music is heard", ("musical",)),
        Word("speech", (Ramp("speech", 0.4, 0.85),), "somebody speaks, by ear", ("voice", "voices", "dialogue")),
        Word("noise", (Ramp("effects", 0.5, 0.9),), "noises, neither speech nor music", ("effects", "noisy")),
        Word(
            "deep",
            (Ramp("low share", 0.75, 0.95, True, 0.05), Ramp("level", -55.0, -45.0)),
            "deep for this film: a hum, a rumble",
            ("hum", "rumble", "low"),
        ),
        Word("shrill", (Ramp("centre", 0.8, 0.97, True, 300.0),), "high and sharp for this film", ("high", "hissing")),
        Word("pulse", (Ramp("pulse", 0.0, 1.0),), "the sound carries a pulse", ("beat", "rhythmic")),
        Word("heartbeat", (Ramp("heartbeat", 0.0, 1.0),), "a pulse like a heartbeat"),
    ),
    "Words": (
        Word(
            "talkative",
            (Ramp("pace", 0.7, 0.93, True, 10.0), Ramp("pace", 15.0, 60.0)),
            "many words for this film, and some at all",
            ("talky", "wordy"),
        ),
        Word("talk", (Ramp("talk", 0.1, 0.5),), "somebody is talking", ("talking", "conversation")),
        Word("wordless", (Ramp("talk", 0.15, 0.0),), "nobody says a word", ("speechless", "no-words")),
    ),
    "Place in the film": (
        Word("opening", (Ramp("part", 0.08, 0.04),), "the first twentieth", ("beginning",)),
        Word("middle", (Ramp("part", 0.3, 0.4), Ramp("part", 0.7, 0.6)), "the middle third"),
        Word("ending", (Ramp("part", 0.92, 0.96),), "the last twentieth", ("end",)),
    ),
}
WORDS: dict[str, Word] = {word.name: word for words in _SUBJECTS.values() for word in words}
_ALSO = {also: word for word in WORDS.values() for also in word.also}
_HEX = re.compile(r"#?([0-9a-f]{6}|[0-9a-f]{3})", re.IGNORECASE)


def word_of(name: str) -> Word | None:
    """The word of that name, or the colour ``#c81e1e``; None where there is none.

    >>> word_of("gray").name, word_of("#c33").name, word_of("shiny")
    ('grey', '#cc3333', None)
    """
    name = name.casefold()
    if found := WORDS.get(name) or _ALSO.get(name):
        return found
    if not name.startswith("#") or not (code := _HEX.fullmatch(name)):
        return None
    from rewatch.images.colour import srgb8_to_oklab

    digits = code[1].lower() if len(code[1]) == 6 else "".join(2 * c for c in code[1].lower())
    lab = srgb8_to_oklab(np.frombuffer(bytes.fromhex(digits), np.uint8)).astype(np.float64)
    near = "near:" + ",".join(f"{value:.5f}" for value in lab.reshape(-1).tolist())
    return Word("#" + digits, (Ramp(near, 0.02, 0.2),), "much of that colour in the picture")


def near_words(name: str) -> list[str]:
    """Words that look like one that is unknown, at most four; the vocabulary's own names."""
    near = difflib.get_close_matches(name.casefold(), [*WORDS, *_ALSO], n=6, cutoff=0.5)
    return list(dict.fromkeys(_ALSO[n].name if n in _ALSO else n for n in near))[:4]


def document() -> str:
    """``docs/look.md``."""
    out = [_TOP]
    for subject, words in _SUBJECTS.items():
        out.append(f"## {subject}\n\n| word | finds | numbers | set against |\n|---|---|---|---|")
        for word in words:
            names = ", ".join(f"**{n}**" if n == word.name else n for n in (word.name, *word.also))
            against = (
                "the film" if any(ramp.relative for ramp in word.of) or _BY_FILM & {r.column for r in word.of} else ""
            )
            out.append(
                f"| {names} | {word.says} | {'; '.join(r.says() for r in word.of)} | {against or 'a fixed scale'} |"
            )
        out.append("")
    out.append("## What the numbers are of\n\n| column | what it is | unit |\n|---|---|---|")
    used = dict.fromkeys(ramp.column for word in WORDS.values() for ramp in word.of if ramp.column in COLUMNS)
    out += [f"| {name} | {COLUMNS[name].says} | {COLUMNS[name].unit} |" for name in used]
    return "\n".join(out) + "\n"


_BY_FILM = {"shot ratio", "loudness", "part"}
"""Columns that are measured against the film as it is."""

_TOP = f"""# Looks: the words of `rewatch find --look`

`rewatch find --look "dark and quiet"` finds moments by what was measured of them. This page is every word that it
knows, and the numbers behind each; it is written from the code (`python -m rewatch.find.look_words > docs/look.md`),
and the tests see to it that it is not stale.

Each half second of a film is each word by a degree from 0 to 1: none where its number only begins to count, all where
it counts in full, straight between. Words are put together as in logic by degree (Zadeh, Fuzzy Sets, 1965):

    dark quiet              dark and quiet: the lesser of the two degrees (a comma, `and`, `with` or a space)
    red or orange           the greater of the two
    not moving              1 less the degree (also `without`, `no`)
    (red or orange) night   parentheses
    very dark, rather red   the square; the square root (also `somewhat`, `slightly`)
    minutes 10-20           within these minutes of the film's clock: minute 1 is 0:00 to 1:00; also `minute 43`
    1:20:00-1:25:00         within these times
    #c81e1e                 a colour: nearer than {HEX_REACH:g} in Oklab, in full within half of that

What a film has no evidence of (the sound of a silent film) is never found, by `not` neither. Moments that follow each
other are put together to spans; the score of a span is its degree, so of two words it is the weaker. "Set against the
film" means that the same number may count in one film and not in another.
"""

if __name__ == "__main__":
    import sys

    sys.stdout.write(document())
