"""Dialogue: how much of a film is talk, as figures.

Contents
    Dialogue   the analyser
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rewatch.analyser import Analyser, Gives
from rewatch.facts import FilmFacts
from rewatch.figure import Figure
from rewatch.track import Figures, Spans, Track
from rewatch.words.lines import read_lines

FIGURES = (
    Figure(
        "words",
        "Words spoken",
        "",
        "sum of the words of all lines",
        "rewatch",
        ("lines",),
        "how talkative a film is",
        "what the subtitles leave out: they shorten what is said, a translation more so",
    ),
    Figure(
        "lines",
        "Lines",
        "",
        "number of lines in which anything is said",
        "rewatch",
        ("lines",),
        "how much there is to read",
        "sentences or turns of a conversation: one subtitle may hold two, or half of one",
    ),
    Figure(
        "dialogue_share",
        "Share of dialogue",
        "%",
        "time covered by at least one spoken line / length of the film",
        "rewatch",
        ("lines",),
        "how much of a film is carried by talk",
        "speech that has no subtitle; subtitles stand a little longer than the voice",
    ),
    Figure(
        "words_per_minute",
        "Words a minute",
        "words/min",
        "words / length of the film",
        "rewatch",
        ("lines",),
        "comparing how much films of different length talk",
        "how fast anybody speaks: see speech_rate",
    ),
    Figure(
        "speech_rate",
        "Words a minute while someone speaks",
        "words/min",
        "words / time covered by at least one spoken line",
        "rewatch",
        ("lines",),
        "how fast the talk is where there is talk",
        "how fast one voice is: subtitles stand longer than the voice, and two may speak at once",
    ),
    Figure(
        "speakers",
        "Speakers",
        "",
        "different names that the lines carry",
        "rewatch",
        ("lines",),
        "how many voices a film has, where its subtitles name them",
        "one person under two names (MAN, then JOHN); who speaks without being named",
    ),
)

_UNITS = {figure.name: figure.unit for figure in FIGURES if figure.unit}


def covered(begin: npt.NDArray[np.float64], end: npt.NDArray[np.float64]) -> float:
    """Seconds that at least one of the stretches covers; they are in order of `begin`."""
    if not len(begin):
        return 0.0
    reach = np.maximum.accumulate(end)
    fresh = np.maximum(begin[1:], reach[:-1])
    return float(end[0] - begin[0] + np.maximum(end[1:] - fresh, 0.0).sum())


class Dialogue(Analyser[None]):
    """Words, lines, share of dialogue, speakers. See `FIGURES`."""

    name = "dialogue"
    version = 1
    watches = "tracks"
    needs = ("lines",)
    gives = (
        Gives(
            "dialogue_figures",
            "figures",
            "words, lines, share of dialogue, words a minute, speakers",
            columns=tuple(figure.name for figure in FIGURES),
        ),
    )

    def __init__(self) -> None:
        self.length: float | None = None

    def begin(self, film: FilmFacts, scratch: Path) -> None:
        self.length = None if film.duration is None else float(film.duration)

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        lines = tracks.get("lines")
        values: dict[str, float | int | None] = dict.fromkeys(figure.name for figure in FIGURES)
        why: dict[str, str] = {}
        if not isinstance(lines, Spans) or not len(lines):
            why = dict.fromkeys(values, "no subtitles: the film's lines are not known")
            return {"dialogue_figures": Figures("dialogue_figures", values, _UNITS, why)}
        begin, end, words = read_lines(lines)
        said = words > 0
        # What runs on after the film's end, as in subtitles of a longer cut, is not part of it.
        length = self.length or float(end.max())
        talk = covered(np.minimum(begin[said], length), np.minimum(end[said], length))
        values["words"], values["lines"] = round(words.sum()), int(said.sum())
        if length > 0:
            values["dialogue_share"] = 100 * talk / length
            values["words_per_minute"] = 60 * float(words.sum()) / length
        else:
            why["dialogue_share"] = why["words_per_minute"] = "the film has no length"
        if talk > 0:
            values["speech_rate"] = 60 * float(words.sum()) / talk
        else:
            why["speech_rate"] = "no line in which anything is said"
        named = {name.strip().casefold() for name in lines.columns.get("speaker", ()) if name.strip()}
        if named:
            values["speakers"] = len(named)
        else:
            why["speakers"] = "the subtitles do not say who speaks"
        return {"dialogue_figures": Figures("dialogue_figures", values, _UNITS, why)}
