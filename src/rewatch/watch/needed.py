"""Needed: the tracks that an analyser finishes from, as long as it looks at them.

All that the analysers of a long film's form need comes to forty megabytes; each looks at one after the other.

Contents
    Needed   some tracks of an edition, by name
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rewatch.library.edition import Edition
from rewatch.track import Curve, Events, Track

_HELD = 1 << 20
"""Bytes up to which a track stays in memory for who asks next; a longer one is read anew."""


class Needed(Mapping[str, Track]):
    """Those of some tracks that an edition has; each is read when it is asked for."""

    def __init__(self, edition: Edition, names: Iterable[str]) -> None:
        self._edition = edition
        self._names = tuple(name for name in names if name in edition.tracks)

    def __getitem__(self, name: str) -> Track:
        if name not in self._names:
            raise KeyError(name)
        track = self._edition.tracks[name]
        if _bytes_of(track) > _HELD:
            self._edition.let_go(but=[other for other in self._names if other != name])
        return track

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _bytes_of(track: Track) -> int:
    """Of its numbers, about."""
    if isinstance(track, Curve):
        return track.values.nbytes
    return track.at.nbytes * (1 + len(track.columns)) if isinstance(track, Events) else 0
