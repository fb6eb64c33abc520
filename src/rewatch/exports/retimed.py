"""The lines of one edition for another one: what the subtitle exports write with ``--for``.

Contents
    Retimed   edition B as a study whose lines are those of A
"""

from __future__ import annotations

from collections.abc import Mapping

from rewatch.clock import FrameTimes
from rewatch.compare.carry import retimed
from rewatch.compare.segments import Alignment
from rewatch.facts import FilmFacts
from rewatch.library.edition import Edition
from rewatch.track import Track


class Retimed:
    """B as it is, with the lines of A at B's times (`exports.study_view.Study`). NotMeasured: A has no lines."""

    def __init__(self, alignment: Alignment, a: Edition, b: Edition) -> None:
        self._b = b
        self._lines = retimed(alignment, a)

    @property
    def title(self) -> str:
        return self._b.title

    @property
    def year(self) -> int | None:
        return self._b.year

    @property
    def facts(self) -> FilmFacts:
        return self._b.facts

    @property
    def times(self) -> FrameTimes | None:
        return self._b.times

    @property
    def tracks(self) -> Mapping[str, Track]:
        return {**{name: self._b.tracks[name] for name in self._b.tracks if name != "lines"}, "lines": self._lines}

    @property
    def duration(self) -> float:
        return self._b.duration

    @property
    def provisional(self) -> str:
        return self._b.provisional
