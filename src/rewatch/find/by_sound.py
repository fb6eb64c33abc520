"""By sound: where in the library's films a recording is heard.

Two steps. The index tells where pairs of the clip's landmarks are heard in an order that fits (Wang 2003); a few that
agree are enough to look closer. There every landmark of the film is held against the clip's spectrogram: how nearly it
has a peak at each of them, against what chance would give. That tells a sound under its own loudness of noise from one
that is not there, and how sure one may be: chance is known from the clip itself, and from how long all films are.

A clip is tried as it is, then at the speeds of television (`by_sound_query.WAYS`), until it is found.

Contents
    find_sound   the search
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from rewatch.errors import FilmUnknown, NotMeasured
from rewatch.find.by_sound_clip import Clip, Piece, read_clip
from rewatch.find.by_sound_query import SLACK, WAYS, Query, Way
from rewatch.find.match import Match
from rewatch.find.sound_index import SoundIndex, open_index
from rewatch.library.library import Library
from rewatch.sounds.prints import Prints, open_prints

LOOKED_AT, FURTHER = 200, 60
"""Candidates of a piece that are looked at closely, as it is and at other speeds."""
CLOSER = 12
"""Places that are tried at other speeds too."""
WIDE_SLACK = 10
"""Hops to either side at which they are."""
SURE = 0.9
"""A match as sure as this ends the search at other speeds."""
LEAST = 0.5
"""Less sure answers are none."""
TAIL = 1.35
"""How much further chance reaches in real films than if their landmarks were independent of each other."""
STEEP = 20.0
"""How fast an agreement beyond chance becomes certainty."""
SAME = 0.8
"""Share of the best agreement from which on a place counts as the same sound, not one like it."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A place that was looked at closely.

    at:    second of the film at which the clip begins; below 0: before it
    shift: hop of the film at which hop 0 of the piece falls
    """

    edition: str
    at: float
    agreement: float
    score: float
    way: Way
    piece: Piece
    shift: int


def find_sound(
    library: Library,
    clip: Path,
    editions: Sequence[str] | None = None,
    *,
    top: int = 10,
    notes: list[str] | None = None,
) -> list[Match]:
    """The places where a clip is heard, best first; none where it is heard nowhere.

    clip:     a sound file, or a video, whose soundtrack is then taken (``details["clip"]`` says so)
    editions: ids of those to look in; None: all
    top:      how many at most
    notes:    lines for a person are added to it: what was taken of a video, which films have no prints (yet)

    `Match.time` is the second of the film at which the clip begins, `end` the one at which it ends;
    ``details["clip_begins"]`` is the second of the clip at which the film's sound begins, above 0 for a clip that
    begins before the film. ``details["speed"]`` (seconds of film in a second of the clip) and ``details["pitched"]``
    say how it was played, ``details["agreement"]`` how far it stands above chance, in standard deviations.

    FilmError: the clip cannot be read, or is silent. FilmUnknown: there is no film to look in.
    """
    heard = read_clip(clip)
    if editions is None and not library.entries():
        raise FilmUnknown(f"the library at {library.folder} is empty; rewatch watch FILE fills it")
    index = open_index(library)
    if notes is not None:
        notes += [heard.about] if heard.about else []
        notes += _unheard(library, editions, index)
    wanted = None if editions is None else set(editions)
    search = _Search(library, index, wanted)
    return [_match(library, place, heard) for place in search.answers(heard)[:top]]


def _unheard(library: Library, editions: Sequence[str] | None, index: SoundIndex) -> list[str]:
    """A line for each film, of those asked for, that has sound and cannot be searched."""
    ids = [entry.id for entry in library.entries()] if editions is None else list(editions)
    have = index.editions
    lacking = [library.edition(id) for id in ids if id not in have]
    return [
        f"{edition.name} has no prints of its sound (of this version) yet: watch it again to have it searched"
        for edition in lacking
        if edition.facts.sound is not None
    ]


class _Search:
    """One search: the index, the prints of the films that were looked at, the queries that were made."""

    def __init__(self, library: Library, index: SoundIndex, editions: set[str] | None) -> None:
        self._library, self._index, self._editions = library, index, editions
        self._prints: dict[str, Prints | None] = {}
        self._queries: dict[tuple[float, Way], Query] = {}
        # The highest of so many independent values of a normal distribution.
        self._chance = TAIL * float(np.sqrt(2 * np.log(max(index.hops, 1000) * len(WAYS))))

    def answers(self, clip: Clip) -> list[_Found]:
        """All places, best first."""
        found: list[_Found] = []
        for way in WAYS:
            for piece in clip.pieces:
                found += self.places(piece, way)
            if any(place.score >= SURE for place in found):
                break
        # A clip at television's speed agrees half with the film's own: each place is tried at the others too.
        best = [self._as_played(place) for place in _apart(found, clip.seconds)[:CLOSER]]
        return _apart(best, clip.seconds)

    def places(self, piece: Piece, way: Way) -> list[_Found]:
        """Where a piece of a clip may be heard, played in that way."""
        query = self._query(piece, way)
        candidates = self._index.candidates(*query.probes, self._editions, LOOKED_AT if way is WAYS[0] else FURTHER)
        looked = [self._look(query, c.edition, c.shift, piece, SLACK) for c in candidates]
        return [place for place in looked if place.score >= LEAST]

    def _look(self, query: Query, edition: str, shift: int, piece: Piece, slack: int) -> _Found:
        """How well a place agrees with a piece whose hop 0 falls near hop `shift` of the film."""
        prints, way = self._open(edition), query.way
        if prints is None:
            return _Found(edition, 0.0, 0.0, 0.0, way, piece, shift)
        hop, bins = prints.between(shift - slack, shift + query.hops + slack)
        agreement, moved = query.agreement(hop - shift, bins, slack)
        at = float(prints.seconds(shift + moved)) - piece.begin * float(way.speed)
        return _Found(edition, at, agreement, self._score(agreement), way, piece, shift + moved)

    def _as_played(self, place: _Found) -> _Found:
        """The place with the speed that it agrees with best."""
        best, hops = place, self._query(place.piece, place.way).hops
        for way in WAYS:
            if way != place.way:
                # The middle of the piece stays where it is.
                query = self._query(place.piece, way)
                shift = place.shift + (hops - query.hops) // 2
                other = self._look(query, place.edition, shift, place.piece, WIDE_SLACK)
                best = max(best, other, key=lambda f: f.agreement)
        return best

    def _query(self, piece: Piece, way: Way) -> Query:
        key = (piece.begin, way)
        if key not in self._queries:
            self._queries[key] = Query(piece.wave, way)
        return self._queries[key]

    def _score(self, agreement: float) -> float:
        """The probability that an agreement is no chance."""
        return float(1 / (1 + np.exp(-STEEP * (agreement / self._chance - 1))))

    def _open(self, edition: str) -> Prints | None:
        if edition not in self._prints:
            try:
                self._prints[edition] = open_prints(self._library.place(edition).kept("sound_prints"))
            except NotMeasured:  # removed since the index was opened
                self._prints[edition] = None
        return self._prints[edition]


def _apart(found: list[_Found], seconds: float) -> list[_Found]:
    """The best of those that mean the same place, best first."""
    kept: list[_Found] = []
    best = max((f.agreement for f in found), default=0.0)
    for place in sorted(found, key=lambda f: -f.agreement):
        beside = [k for k in kept if k.edition == place.edition]
        # Music that keeps time agrees with itself a bar later; only what agrees as well is a place of its own there.
        close = [k for k in beside if abs(k.at - place.at) < max(1.0, seconds)]
        if any(abs(k.at - place.at) < 1.0 or place.agreement < SAME * k.agreement for k in close):
            continue
        share = place.agreement / best
        score = place.score if share >= SAME else min(place.score, share)
        if score >= LEAST:
            kept.append(replace(place, score=score))
    return sorted(kept, key=lambda f: (-round(f.score, 3), -f.agreement))


def _match(library: Library, place: _Found, clip: Clip) -> Match:
    edition = library.edition(place.edition)
    speed = float(place.way.speed)
    begins = max(0.0, place.at)
    ends = place.at + clip.seconds * speed
    about = [place.way.about]
    if place.at < -0.5:
        about.append(f"the film begins {-place.at / speed:.1f} s into the clip")
    duration = edition.duration
    return Match(
        film=edition.name,
        edition=edition.id,
        time=begins,
        score=round(place.score, 4),
        evidence="sound",
        end=min(ends, duration) if duration else ends,
        about="; ".join(a for a in about if a),
        details={
            "agreement": round(place.agreement, 2),
            "speed": round(speed, 6),
            "pitched": place.way.pitched,
            "clip": clip.kind,
            "clip_begins": round(max(0.0, -place.at) / speed, 3),
        },
    )
