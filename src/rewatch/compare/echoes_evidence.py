"""Evidence: what is stored of a film, as the searches for echoes read it; and the searches by their kind.

Contents
    KINDS      of echoes
    Said       how often words are said in the library
    Evidence   what there is of one edition, each part read when it is first asked for
    searches   the search of each kind
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import numpy as np

from rewatch.compare.echoes_files import file_at_hand
from rewatch.compare.echoes_found import Found, covered, overlap
from rewatch.compare.echoes_images import image_echoes
from rewatch.compare.echoes_lines import Words, line_echoes
from rewatch.compare.echoes_melody import Tune, melody_echoes
from rewatch.compare.echoes_pictured import Pictured
from rewatch.compare.echoes_rhythm import Shots, rhythm_echoes
from rewatch.compare.echoes_sound import sound_echoes
from rewatch.compare.echoes_waves import Wave, wave_of
from rewatch.errors import NotMeasured
from rewatch.library.edition import Edition
from rewatch.sounds.prints import Prints, open_prints
from rewatch.track import Curve

KINDS = ("image", "sound", "line", "rhythm")
HEARD = 40
"""Films of the library whose lines are read to know how rare a word is."""
_PAL = Fraction(25, 24)


@dataclass(slots=True)
class Said:
    """How often each word is said in some films of the library; which films those are."""

    counts: Counter[str] = field(default_factory=Counter)
    films: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, editions: Sequence[Edition]) -> Said:
        """By `HEARD` of them, evenly chosen."""
        said = cls()
        for edition in editions[:: max(1, -(-len(editions) // HEARD))]:
            words = Evidence(edition).words
            if words is not None and edition.id not in said.films:
                said.counts.update(words.words)
                said.films.add(edition.id)
            edition.let_go()
        return said


class Evidence:
    """What is stored of one edition. `notes` tells what is missing that could be there.

    said: of the library, by which is known how rare a word is
    """

    def __init__(self, edition: Edition, said: Said | None = None) -> None:
        self.edition = edition
        self.said = said or Said()
        self.notes: list[str] = []

    def let_go(self) -> None:
        """Forget what was read."""
        for name in ("sound", "wave", "tune", "words", "shots", "pictured"):
            self.__dict__.pop(name, None)
        self.edition.let_go()

    @cached_property
    def sound(self) -> Prints | None:
        if not self.edition.facts.sound:
            return None
        try:
            return open_prints(self.edition.kept("sound_prints"))
        except NotMeasured:
            self._lacks("the sound")
            return None

    @cached_property
    def wave(self) -> Wave | None:
        """The sound itself, where the film's file is at hand."""
        sound = self.sound
        if sound is None or not file_at_hand(self.edition.facts):
            return None
        return wave_of(self.edition.facts, float(sound.start), float(sound.seconds(sound.hops)))

    @cached_property
    def tune(self) -> Tune | None:
        sound, kinds = self.sound, self.edition.tracks.get("sound_kinds")
        if sound is None or not isinstance(kinds, Curve) or not len(kinds):
            return None
        seconds, music = kinds.seconds(), np.asarray(kinds.column("music"), np.float64)
        return Tune.of(sound, lambda at: np.interp(at, seconds, music))

    @cached_property
    def words(self) -> Words | None:
        return Words.of(self.edition.spans("lines")) if "lines" in self.edition.tracks else None

    @cached_property
    def spoken(self) -> float:
        """Seconds in which there are lines."""
        words = self.words
        return 0.0 if words is None else covered(list(zip(words.begin.tolist(), words.end.tolist(), strict=True)))

    @cached_property
    def shots(self) -> Shots | None:
        """Where shots begin and end, in seconds."""
        if "shots" not in self.edition.tracks:
            return None
        shots = self.edition.spans("shots")
        times = self.edition.times
        if shots.clock.counts_frames and times is None:
            return None
        return Shots(shots.begin_seconds(times), shots.end_seconds(times))

    @cached_property
    def pictured(self) -> Pictured | None:
        if self.edition.times is None:
            return None
        found = Pictured.of(self.edition)
        if found is None:
            self._lacks("the picture")
        return found

    @cached_property
    def rate(self) -> float:
        """Frames a second; 0 where there are none."""
        times = self.edition.times
        if times is None or len(times) < 2:
            return 0.0
        return (len(times) - 1) / max(times.end_seconds - times.begin_seconds, 1e-6)

    def _lacks(self, what: str) -> None:
        self.notes.append(f"{self.edition.name} has no prints of {what}: watch it again, and that is compared, too")


def by_image(a: Evidence, b: Evidence, least: float) -> list[Found]:
    return image_echoes(a.pictured, b.pictured, least=least) if a.pictured and b.pictured else []


def by_sound(a: Evidence, b: Evidence, least: float) -> list[Found]:
    if a.sound is None or b.sound is None:
        return []
    speeds = [Fraction(1)]
    # A film of 24 frames a second that is quoted in one of 25 may be quoted at PAL's speed, and the other way round.
    if a.rate and b.rate and abs(b.rate / a.rate - _PAL) < 0.005:
        speeds.append(1 / _PAL)
    elif a.rate and b.rate and abs(a.rate / b.rate - _PAL) < 0.005:
        speeds.append(_PAL)
    waves = (a.wave, b.wave) if a.wave and b.wave else None
    found = [one for speed in speeds for one in sound_echoes(a.sound, b.sound, speed=speed, least=least, waves=waves)]
    tunes = melody_echoes(a.tune, b.tune, least=least) if a.tune and b.tune else []
    # Of what is one recording it need not be said that it is one tune.
    return found + [t for t in tunes if not any(overlap(t.a, f.a) and overlap(t.b, f.b) for f in found)]


def by_line(a: Evidence, b: Evidence, least: float) -> list[Found]:
    if not a.words or not b.words:
        return []
    said = Counter(a.said.counts)
    for film in (a, b):
        if film.edition.id not in a.said.films:
            said.update(film.words.words if film.words else ())
    return line_echoes(a.words, b.words, said, least=least)


def by_rhythm(a: Evidence, b: Evidence, least: float) -> list[Found]:
    return rhythm_echoes(a.shots, b.shots, least=least) if a.shots and b.shots else []


Search = Callable[[Evidence, Evidence, float], list[Found]]
_SEARCHES: dict[str, Search] = {"image": by_image, "sound": by_sound, "line": by_line, "rhythm": by_rhythm}


def searches(kinds: Iterable[str]) -> Iterator[tuple[str, Search]]:
    """Each kind with its search: what it finds between two films that chance yields fewer than `least` of."""
    for kind in kinds:
        yield kind, _SEARCHES[kind]
