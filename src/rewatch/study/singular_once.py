"""What there is once, told by what is alike: a sound heard only here, a set-up seen only here, an echo of another film.

These compare each moment with all others, of the film or of the library; `find` does it, here it becomes details.

Contents
    FINDERS   (library, edition) -> details
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rewatch.clock import timecode
from rewatch.find.elsewhere import Elsewhere, elsewhere
from rewatch.find.one_of_a_kind import sounds_of
from rewatch.find.one_of_a_kind_pictures import SAME, pictures_of
from rewatch.library.edition import Edition
from rewatch.library.library import Library
from rewatch.study.singular import Detail, shots_of

_MOST = 5
"""Sounds and set-ups that are named, each."""
_EDGE = 3.0
"""Seconds at either end of a film in which a sound is that of a logo, or of the end."""
_ANOTHER = 0.2
"""Share of a film's shots that another one has from which on it is no echo, but an edition of it, or made from it."""
_ECHOES = 3
"""Echoes of one other film that are named."""


def sounds(library: Library, edition: Edition) -> Iterator[Detail]:
    """The sounds that are least like any other of the film."""
    for sound in sounds_of(library, edition, _MOST, beyond=False):
        begin, end = sound.places[0]
        if sound.kind != "once" or begin < _EDGE or end > edition.duration - _EDGE:
            continue
        yield Detail(
            "sound", begin, end,
            f"A sound heard only here ({sound.says}), to {timecode(end, 1)}: what is most like it in the film is still "
            f"{100 * sound.rare:.0f} % as unlike it as any two stretches are by the median.",
            {"rarity": sound.rare, "like": sound.says}, sound.rare**2, tuple(sound.says.replace(",", "").split()),
        )  # fmt: skip


def set_ups(library: Library, edition: Edition) -> Iterator[Detail]:
    """The set-ups that are seen in one shot, by how many others are seen again."""
    laid = shots_of(edition)
    if laid is None:
        return
    found = pictures_of(library, edition, len(laid[0]), beyond=False)
    # Where nothing is ever seen twice it says little that this is not.
    again = len({shot for picture in found if picture.kind == "returns" for shot in picture.shots}) / len(laid[0])
    once = [p for p in found if p.kind == "once" and 1 < p.shots[0] < len(laid[0])]
    for picture in once[:_MOST]:
        shot, (begin, end) = picture.shots[0], picture.places[0]
        alike = max(picture.alike, 0.0)
        yield Detail(
            "set_up", begin, end,
            f"A set-up seen only in shot {shot}: of the film's other {len(laid[0]) - 1} shots none is more than "
            f"{alike:.2f} alike (two of one set-up are {SAME:.2f} and more).",
            {"shot": shot, "alike": alike, "seen_again": again}, picture.rare * (0.5 + 0.5 * again),
        )  # fmt: skip


def echoes(library: Library, edition: Edition) -> Iterator[Detail]:
    """What other films have of this one: the same picture, the same recording, the same words."""
    for other in elsewhere(library, edition, 0.0, edition.duration):
        if _is_made_of_it(library, edition, other):
            continue
        singular = 0.9 / len(other.found) ** 0.5
        for at, match in sorted(other.found, key=lambda found: -found[1].score)[:_ECHOES]:
            there = f"{other.film}, {timecode(match.time, 1)}"
            said = {
                "still": f"the same picture stands there (their prints differ in {match.details.get('bits')} of 256 "
                "bits)",
                "sound": f"{match.about} is heard there",
                "quote": f"the same words are said there: “{' '.join(match.about.split())}”",
            }[match.evidence]
            length = (match.end - match.time) if match.end is not None else 2.0
            yield Detail(
                "echo", at, min(at + length, edition.duration), f"An echo of another film ({there}): {said}.",
                {"film": other.film, "edition": other.edition, "there": match.time, "by": match.evidence,
                 "echoes": len(other.found)},
                singular, (other.film.casefold(),),
            )  # fmt: skip


def _is_made_of_it(library: Library, edition: Edition, other: Elsewhere) -> bool:
    """Whether another film has so much of this one that it is another edition, or an excerpt, of the same."""
    kinds = Counter(match.evidence for _, match in other.found)
    heard = sum(m.end - m.time for _, m in other.found if m.evidence == "sound" and m.end is not None)
    films = (edition, library.edition(other.edition))
    shots = [len(laid[0]) for film in films if (laid := shots_of(film)) is not None]
    lengths = [film.duration for film in films if film.duration]
    return bool(
        (shots and kinds["still"] > max(1.0, _ANOTHER * min(shots))) or (lengths and heard > _ANOTHER * min(lengths))
    )


FINDERS = (sounds, set_ups, echoes)
