"""What a watch has to do: which analysers there are, in which order they finish, and which of them are stale.

An analyser's key is a hash of the edition, its name, version and settings, of how the evidence was read, and of the
keys of all that it needed. Stored tracks with that key are kept; anything that changes upstream changes every key
downstream, so nothing is computed twice and nothing stale is kept.

Further analysers are found through the entry-point group ``rewatch.analysers``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rewatch.analyser import Analyser
from rewatch.facts import FilmFacts

READING: Mapping[str, int] = {"pictures": 4, "samples": 2, "tracks": 1}
"""Versions of how evidence is read: one higher where ``film`` gives other pictures or samples than before."""

AnyAnalyser = Analyser[Any]


def all_analysers(least_sure: float | None = None) -> list[AnyAnalyser]:
    """One of each analyser with its default settings, own ones first, in an order in which they can finish.

    least_sure: probability from which on a boundary divides shots; None: as the detector has it
    """
    # Here, for a watch begins to decode before: reading what is installed takes a hundredth of a second to load.
    from importlib.metadata import entry_points

    import rewatch.images.registry as images
    import rewatch.score.registry as score
    import rewatch.sounds.registry as sounds
    import rewatch.structure.registry as structure
    import rewatch.words.registry as words
    from rewatch.structure.shots import Shots

    kinds: list[type[AnyAnalyser]] = [
        *images.ANALYSERS,
        *sounds.ANALYSERS,
        *words.ANALYSERS,
        *structure.ANALYSERS,
        *score.ANALYSERS,
    ]
    kinds += [point.load() for point in entry_points(group="rewatch.analysers")]
    return in_order([kind(least_sure) if kind is Shots else kind() for kind in kinds])


def in_order(analysers: Sequence[AnyAnalyser]) -> list[AnyAnalyser]:
    """The analysers so that each stands after those that give what it needs.

    ValueError where two give the same track, or where they wait for each other.
    """
    giver: dict[str, AnyAnalyser] = {}
    for analyser in analysers:
        for given in analyser.gives:
            if given.name in giver:
                raise ValueError(f"{analyser.name} and {giver[given.name].name} both give the track {given.name}")
            giver[given.name] = analyser
    done: list[AnyAnalyser] = []
    waiting: list[AnyAnalyser] = []

    def place(analyser: AnyAnalyser) -> None:
        if analyser in done:
            return
        if analyser in waiting:
            raise ValueError(f"{analyser.name} needs, in the end, itself")
        waiting.append(analyser)
        for needed in analyser.needs:
            if needed in giver:
                place(giver[needed])
        done.append(analyser)

    for analyser in analysers:
        place(analyser)
    return done


def keys(edition: str, analysers: Iterable[AnyAnalyser], given: Mapping[str, str]) -> dict[str, str]:
    """The key of each analyser, by its name; `analysers` in order.

    given: the keys of what the runner makes itself, by track (``frames``, ``lines``) and by evidence (``pictures``,
    ``samples``): how each was read
    """
    of_track = dict(given)
    found: dict[str, str] = {}
    for analyser in analysers:
        key = hashed(
            edition,
            analyser.name,
            analyser.version,
            dict(analyser.settings()),
            given.get(analyser.watches, ""),
            [[need, of_track.get(need, "")] for need in analyser.needs],
        )
        found[analyser.name] = key
        of_track.update({g.name: key for g in analyser.gives})
    return found


def given_keys(film: FilmFacts, lines: str, corrections: str) -> dict[str, str]:
    """Keys of what the runner gives: how picture and sound are read, which lines there are, what was corrected.

    lines, corrections: their own keys
    """
    return {
        "pictures": hashed(READING["pictures"], film.picture.stream if film.picture else None),
        "samples": hashed(READING["samples"], film.sound.number if film.sound else None),
        "tracks": hashed(READING["tracks"]),
        "lines": lines,
        "corrections": corrections,
    }


def hashed(*parts: Any) -> str:
    """32 hexadecimal digits over JSON values."""
    plain = json.dumps(parts, sort_keys=True, default=str).encode()
    return hashlib.blake2b(plain, digest_size=16).hexdigest()
