"""A film known by a list goes into the library: what the list holds, and all that can be measured on it.

There is nothing to decode. The list's tracks are committed as they are; the analysers that work on tracks alone
(``watches == "tracks"``) then run on them. Where the list has a track that an analyser would give, the list's stands:
what somebody annotated by hand is not measured again.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from dataclasses import replace

from rewatch.imports.film import ImportedFilm
from rewatch.library import atomic
from rewatch.library.edition import Edition, Made
from rewatch.library.library import Library
from rewatch.track import Figures, Track
from rewatch.watch.plan import READING, AnyAnalyser, all_analysers, hashed, in_order, keys
from rewatch.watch.run import Watched

IMPORT = "import"
"""The name under which the list's own tracks stand in ``edition.json``."""
VERSION = 2
"""Of how lists are read: one higher where ``imports`` gives other tracks than before."""


def enter_film(film: ImportedFilm, library: Library, settings: Mapping[str, str | None] | None = None) -> Watched:
    """Enter a film into the library and chart it; what is there already is not done twice.

    settings: how the list was read (column, rate, duration: as told, None where not), for the record

    The film is known by the list's content, its format and its column; read again with other settings it is charted
    anew. Raises LibraryError for a library that cannot be written.
    """
    began = time.monotonic()
    edition = library.place(film.identity)
    with edition.locked():
        edition = library.add(film.facts, film.title, film.year)
        for folder in (edition.folder, edition.folder / "tracks"):
            atomic.sweep(folder)
        told = {name: value for name, value in (settings or {}).items() if value is not None}
        made = _chart(film, edition, {"format": film.format, **told})
        library.enter(edition, watched=True)
    return Watched(edition, made, film.notes, seconds=time.monotonic() - began)


def _chart(film: ImportedFilm, edition: Edition, settings: Mapping[str, str]) -> tuple[str, ...]:
    """Commit what is stale; the names of what was made."""
    own = hashed(edition.id, IMPORT, VERSION, dict(settings), str(film.duration))
    order = [a for a in in_order(all_analysers()) if a.watches == "tracks" and _left(a, film.tracks)]
    key = keys(edition.id, order, {"tracks": hashed(READING["tracks"], own), **dict.fromkeys(film.tracks, own)})
    todo = [a for a in order if not edition.is_made(a.name, key[a.name])]
    fresh = edition.is_made(IMPORT, own)
    # What nothing makes any more is not shown.
    edition.forget([name for name in edition.record.made if name not in key and name != IMPORT])
    edition.forget([a.name for a in todo] + ([] if fresh else [IMPORT]))
    made: list[str] = []
    if not fresh:
        edition.commit(Made(IMPORT, VERSION, dict(settings), own, tuple(film.tracks)), film.tracks)
        made.append(IMPORT)
    record = replace(
        edition.record,
        notes=film.notes,
        lines_from=film.path if "lines" in film.tracks else "",
        played={IMPORT: film.duration},
    )
    if record != edition.record:
        edition.save(record)
    for analyser in todo:
        _run(analyser, film, edition, key[analyser.name])
        made.append(analyser.name)
    shutil.rmtree(edition.work, ignore_errors=True)
    return tuple(made)


def _left(analyser: AnyAnalyser, have: Mapping[str, Track]) -> list[str]:
    """The tracks of an analyser that the list does not have."""
    return [given.name for given in analyser.gives if given.name not in have]


UNSEEN = {
    "the film has no picture": "the film is known by a list: its picture was never seen",
    "the film has no sound": "the film is known by a list: its sound was never heard",
}
"""Reasons as analysers give them, and as they are true of a film without a file."""


def _worded(track: Track) -> Track:
    """Figures with their reasons as they are of a film that has a picture and a sound, but not here."""
    if not isinstance(track, Figures):
        return track
    return replace(track, why={name: UNSEEN.get(reason, reason) for name, reason in track.why.items()})


def _run(analyser: AnyAnalyser, film: ImportedFilm, edition: Edition, key: str) -> None:
    scratch = edition.work / analyser.name
    with atomic.explained(scratch):
        scratch.mkdir(parents=True, exist_ok=True)
    analyser.begin(film.facts, scratch)
    tracks = edition.tracks
    given = analyser.finish({name: tracks[name] for name in analyser.needs if name in tracks})
    kept = {name: _worded(track) for name, track in given.items() if name in _left(analyser, film.tracks)}
    made = Made(analyser.name, analyser.version, dict(analyser.settings()), key, tuple(kept), tuple(analyser.needs))
    edition.commit(made, kept, scratch / "keep")
