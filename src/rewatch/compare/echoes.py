"""Echoes: what of one film is found again in others, by picture, sound, words and cutting.

Each kind is looked for by a module of its own, which also measures how many as good matches chance alone yields in
films of this length; what chance may well have made is not told. What many films of the library have (a studio's logo,
a rating card, a stock phrase) is told apart, as common property; and two editions of one film are no echoes of each
other, but said to be what they are.

Contents
    Echo, Echoes   what is found
    echoes         find it
    most_by_chance   how many as good ones chance may yield for an echo to be told
    distinct       each place once
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rewatch.compare.echoes_chance import chance_of
from rewatch.compare.echoes_common import films_with
from rewatch.compare.echoes_evidence import KINDS, Evidence, Said, searches
from rewatch.compare.echoes_found import Found, Stretch, overlap
from rewatch.library.edition import Edition

CHANCE = 0.01
"""What is likelier than this to be chance is not told, but for lines: short ones with a word changed are hardly ever as
sure in films that talk for hours. They are told as far as chance yields one in an hour of both films."""
MANY = 10
"""Films from which on, of more films asked, each echo must be surer: or a large library would answer by its size."""
SAME_FILM = 0.5
"""Share of the shorter of two films that both have in common where they are editions of one film."""
LEAST_SAME = 8.0
"""Seconds of it."""
COMMON = 2
"""Further films that have it, too, from which on it is common property."""

Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Side:
    """A stretch of a film, in seconds. film: its title; edition: its id."""

    film: str
    edition: str
    start: float
    end: float

    def as_json(self) -> dict[str, Any]:
        return {
            "film": self.film,
            "edition": self.edition,
            "start": round(self.start, 3),
            "end": round(self.end, 3),
        }


@dataclass(frozen=True, slots=True)
class Echo:
    """A stretch of A and the one of another film that it returns in.

    kind:    image, sound, line or rhythm; of images and sounds, details say what is the `same`
    score:   how alike they are, 0..1
    chance:  the probability that chance alone yields as good a match of this kind in two films of this length
    common:  whether further films of the library have it, too
    details: plain JSON values: what speaks for it
    """

    kind: str
    a: Side
    b: Side
    score: float
    chance: float
    common: bool = False
    details: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "a": self.a.as_json(),
            "b": self.b.as_json(),
            "score": self.score,
            "chance": float(f"{self.chance:.3g}"),
            "common": self.common,
            "details": dict(self.details),
        }


@dataclass(frozen=True, slots=True)
class Echoes:
    """echoes: those that are the films' own first, the surest first. editions: other editions of the same film.

    notes: what a person should know: which films lack what
    """

    echoes: tuple[Echo, ...]
    editions: tuple[Edition, ...] = ()
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "echoes": [echo.as_json() for echo in self.echoes],
            "editions": [{"film": e.name, "edition": e.id} for e in self.editions],
            "notes": list(self.notes),
        }


def echoes(
    a: Edition,
    others: Sequence[Edition],
    *,
    kinds: Collection[str] = KINDS,
    chance: float | None = None,
    library: Sequence[Edition] = (),
    told: Told | None = None,
) -> Echoes:
    """What of film A is found again in the others.

    kinds:   of echoes that are looked for
    chance:  the most likely to be chance that is told; None: `CHANCE`, of lines what chance yields once in an hour of
             film. Of more than `MANY` films, as much less
    library: further films, by which common property is known
    told:    called with a line at each step
    """
    say = told or (lambda line: None)
    few = min(1.0, MANY / max(1, len(others)))
    said = Said.of(list({e.id: e for e in (*library, *others)}.values())) if "line" in kinds else Said()
    mine = Evidence(a, said)
    # Pictures last: they take the longest, and editions of one film are known by their sound mostly.
    wanted = [kind for kind in ("sound", "line", "rhythm", "image") if kind in kinds]
    found: list[tuple[Evidence, list[Found]]] = []
    editions: list[Edition] = []
    notes: list[str] = []
    for number, other in enumerate(others, start=1):
        if other.id == a.id:
            continue
        theirs = Evidence(other)
        here: list[Found] = []
        hours = (a.duration + other.duration) / 3600
        for kind, search in searches(wanted):
            say(f"{other.name} ({number} of {len(others)}): {kind}")
            here += search(mine, theirs, most_by_chance(kind, hours, chance) * few)
            if _one_film(mine, theirs, here):
                editions.append(other)
                here = []
                break
        found.append((theirs, distinct(here)))
        notes += theirs.notes
        theirs.let_go()
    say("common property")
    told_of = [(theirs.edition, one) for theirs, ones in found for one in ones]
    rest = [Evidence(e) for e in library if e.id not in {a.id, *(o.id for o in others)}]
    answer: list[Echo] = []
    for other, one in told_of:
        holders = {
            e.id
            for e, two in told_of
            if two.kind == one.kind and two.weaker == one.weaker and _same_place(one.a, two.a)
        }
        more = films_with(mine, one, rest, COMMON + 1 - len(holders)) if len(holders) <= COMMON else 0
        answer.append(
            Echo(
                one.kind,
                Side(a.name, a.id, *one.a),
                Side(other.name, other.id, *one.b),
                one.score,
                chance_of(one.expected),
                len(holders) - 1 + more >= COMMON,
                one.details,
            )
        )
    answer.sort(key=lambda e: (e.common, e.chance, e.a.start))
    return Echoes(tuple(answer), tuple(editions), tuple(dict.fromkeys((*mine.notes, *notes))))


def most_by_chance(kind: str, hours: float, chance: float | None = None) -> float:
    """How many as good echoes chance may yield in two films of so many hours together for one to be told.

    chance: as `echoes` takes it

    >>> round(most_by_chance("image", 4.0), 3), most_by_chance("line", 4.0), round(most_by_chance("line", 4.0, 0.5), 2)
    (0.01, 4.0, 0.69)
    """
    expected = -math.log1p(-min(CHANCE if chance is None else chance, 1 - 1e-9))
    return max(expected, hours) if chance is None and kind == "line" else expected


def distinct(found: Sequence[Found]) -> list[Found]:
    """The surest first, each place of either film told of once: a loop returns everywhere in its like."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda f: (f.expected, -f.score, f.a)):
        of_kind = [k for k in kept if k.kind == one.kind and k.weaker == one.weaker]
        if not (any(_same_place(one.a, k.a) for k in of_kind) and any(_same_place(one.b, k.b) for k in of_kind)):
            kept.append(replace(one, expected=max(one.expected, 1e-300)))
    return kept


def _same_place(one: Stretch, other: Stretch) -> bool:
    """Whether half of the first lies in the other."""
    return overlap(one, other) >= 0.5 * max(one[1] - one[0], 1e-6)


def _one_film(a: Evidence, b: Evidence, found: Sequence[Found]) -> bool:
    """Whether A and B are editions of one film: most of the shorter is in the other, in order, by one kind of evidence.

    A trailer has much of its film, but in another order; and who quotes much, quotes it here and there.
    """
    shorter = min(a.edition.duration, b.edition.duration)
    for kind in ("image", "sound", "line"):
        of_kind = [f for f in found if f.kind == kind and not f.weaker and chance_of(f.expected) < CHANCE]
        whole = shorter
        if kind == "line":
            # Of a film that hardly speaks, its lines are no measure.
            whole = min(a.spoken, b.spoken)
            of_kind = of_kind if len(of_kind) >= 8 else []
        common = _in_order(of_kind)
        if common >= max(LEAST_SAME, SAME_FILM * whole):
            return True
    return False


def _in_order(found: Sequence[Found]) -> float:
    """Seconds of the longest chain of stretches that follow each other in both films."""
    ordered = sorted(found, key=lambda f: (f.a, f.b))
    longest: list[float] = []
    for n, one in enumerate(ordered):
        best = 0.0
        for other, so_far in zip(ordered[:n], longest, strict=True):
            # Stretches that overlap are not counted twice.
            over = max(0.0, other.a[1] - one.a[0], other.b[1] - one.b[0])
            if other.b[0] <= one.b[0]:
                best = max(best, so_far - over)
        longest.append(best + min(one.a[1] - one.a[0], one.b[1] - one.b[0]))
    return max(longest, default=0.0)
