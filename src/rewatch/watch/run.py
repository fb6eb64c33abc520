"""Watch a film: from the file to its tracks in the library.

    file → facts → plan (what is stale?) → picture and sound, side by side → tracks, each committed when it is done

A run that is killed, at any moment, leaves the library whole; the next one finds which tracks are there, and goes on
with the picture from the last checkpoint. Two runs on one film take turns.
"""

from __future__ import annotations

import gc
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import filelock
from threadpoolctl import threadpool_limits

from rewatch.errors import FilmError
from rewatch.facts import FilmFacts
from rewatch.film.identity import identify
from rewatch.film.probe import open_film
from rewatch.film.subtitles import read_lines
from rewatch.library import atomic
from rewatch.library.corrections import Correction, corrections_of
from rewatch.library.edition import Edition, Made
from rewatch.library.library import Library
from rewatch.library.notebook import Notebook
from rewatch.track import Spans
from rewatch.watch.corrected import CORRECTIONS, asked_of, commit_corrections, follow, key_of, lines_key
from rewatch.watch.frames import Frames
from rewatch.watch.plan import all_analysers, given_keys, hashed, in_order, keys
from rewatch.watch.progress import Progress, Silent
from rewatch.watch.provisional import chart_first_look
from rewatch.watch.streams import (
    CHECKPOINT,
    PictureStream,
    SoundStream,
    Stream,
)
from rewatch.watch.work import Work, chart, play
from rewatch.words.lines import lines_track

if TYPE_CHECKING:
    from rewatch.watch.glance_stream import Begun

FIRST_LOOK_FROM = 900
"""Seconds that a film lasts from which on its watch begins with a first look; a shorter one is watched soon anyway."""
_GLANCE = "glance"
"""Folder, in the edition's scratch, of a glance's own."""
_FIRST_LOOK = "first"
"""Folder, in that one, of the first look that it goes on from."""
_LOOKED = "a first look is charted: what is asked of the film meanwhile is answered from that, provisionally"
_SWITCH_INTERVAL = 0.0005
"""Seconds between Python's thread switches while watching: the thread that feeds the decoder must not wait the usual
5 ms for its turn after each frame."""
_COLLECT_EVERY = 50_000
"""Objects made between two searches for those that only refer to each other: arrays do not, and thousands are made."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What a watch did.

    made:    analysers that ran; empty where everything was there already
    notes:   what a person should know of the file: damage, what is missing
    resumed: second from which the picture was gone on with; 0.0 = from the start
    seconds: wall time
    """

    edition: Edition
    made: tuple[str, ...]
    notes: tuple[str, ...] = ()
    resumed: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a person wants of the shots: corrections by hand, and how sure a boundary must be (None: as usual)."""

    corrections: Sequence[Correction]
    least_sure: float | None


def watch(
    path: str | Path,
    library: Library,
    *,
    audio_stream: int | None = None,
    subtitles: str | Path | None = None,
    title: str | None = None,
    year: int | None = None,
    again: bool = False,
    glance: bool = False,
    shots_precision: float | None = None,
    progress: Progress | None = None,
) -> Watched:
    """Watch a film's file and chart it into the library.

    audio_stream: number of the audio stream, from 0; None = the one that players choose
    subtitles:    a file of lines to use instead of what the film brings
    title, year:  what it is called; None = as its file is
    again:        forget what was charted, and watch all of it anew
    glance:       chart the picture from its packets, its keyframes and what they leave open; a later watch refines it
    shots_precision: probability from which on a boundary divides shots, between 0 and 1; None = as before, and at first
                     an even chance

    Raises FilmError for a file that cannot be watched, LibraryError for a library that cannot be written, Stopped
    (after Ctrl-C) with everything kept that was done.
    """
    began = time.monotonic()
    told = progress or Silent()
    film = open_film(path, audio_stream)
    edition = library.place(film.identity)
    lock = edition.locked()
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        told.say("another watch of this film is running: waiting for it")
        lock.acquire()
    except OSError as error:
        with atomic.explained(edition.folder / ".lock"):
            raise error
    new = True
    try:
        edition = library.add(film, title, year)
        new = not edition.record.made
        _sweep(edition)
        followed = () if again else follow(library, edition, shots_precision) or ()
        asked = _Asked(corrections_of(Notebook(library.folder), edition.id), asked_of(edition, shots_precision))
        done = _watch(film, edition, Path(subtitles) if subtitles else None, again, glance, told, asked)
        # What was corrected while it was watched.
        follow(library, edition)
        library.enter(edition, watched=True)
    except FilmError:
        if new or not edition.record.made:
            # Nothing could be had of it: the library is as it was.
            library.remove(edition)
        raise
    finally:
        told.end()
        lock.release()
    made = tuple(dict.fromkeys((*followed, *done.made)))
    return replace(done, made=made, seconds=time.monotonic() - began)


def _sweep(edition: Edition) -> None:
    for folder in (edition.folder, edition.folder / "tracks", edition.work):
        atomic.sweep(folder)


def _watch(
    film: FilmFacts,
    edition: Edition,
    subtitles: Path | None,
    again: bool,
    glance: bool,
    told: Progress,
    asked: _Asked,
) -> Watched:
    # What is new is read from its first frame, and that may as well begin while the analysers are loaded.
    waits = not glance and (edition.work / CHECKPOINT).exists()
    new = film.picture is not None and (again or not (edition.record.made or waits))
    first = new and film.duration is not None and film.duration >= FIRST_LOOK_FROM
    new = new and not glance
    interval, often = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(_SWITCH_INTERVAL)
    gc.set_threshold(_COLLECT_EVERY, *often[1:])
    ahead = PictureStream.read_ahead(film, edition.work) if new and not first else None
    # Our matrix products are small, and threads of BLAS that wait for the next one keep the decoder from the cores.
    blas = threadpool_limits(1, user_api="blas")
    try:
        return _watch_on(film, edition, subtitles, again, glance, told, asked, ahead, first)
    finally:
        if ahead is not None:
            ahead.stop()
        blas.restore_original_limits()
        sys.setswitchinterval(interval)
        gc.set_threshold(*often)


def _watch_on(
    film: FilmFacts,
    edition: Edition,
    subtitles: Path | None,
    again: bool,
    glance: bool,
    told: Progress,
    asked: _Asked,
    ahead: PictureStream | None,
    first: bool,
) -> Watched:
    lines, lines_from = read_lines(film, subtitles)
    words = lines_track(lines) if lines else None
    has = {"pictures": film.picture is not None, "samples": film.sound is not None, "tracks": True}
    order = [a for a in in_order([Frames(), *all_analysers(asked.least_sure)]) if has[a.watches]]
    given = plain = given_keys(film, lines_key(words), key_of(asked.corrections))
    key = keys(edition.id, order, given)
    scratch = edition.work
    if glance and (again or not edition.is_made("boundaries", key.get("boundaries", ""))):
        from rewatch.watch.glance_stream import glanced, read_at

        order = glanced(order)
        plain, given = given, read_at("glance", given)
        key = keys(edition.id, order, given)
        # Apart from what a full watch that was stopped goes on with.
        scratch = edition.work / _GLANCE
    if again:
        edition.forget(list(edition.record.made))
        shutil.rmtree(edition.work, ignore_errors=True)
    todo = [a for a in order if not edition.is_made(a.name, key[a.name])]
    # What nothing makes any more (an analyser that is gone, a stream that is not watched now) is not shown.
    stale = [name for name in edition.record.made if name not in key and name not in ("lines", CORRECTIONS)]
    # What was glanced at stands until it is replaced.
    edition.forget(stale if edition.glance and not again else stale + [a.name for a in todo])
    work = Work(film, edition, order, key, todo, scratch)
    _commit_lines(work, words, given["lines"], lines_from)
    commit_corrections(edition, asked.corrections)
    if not work.todo:
        return Watched(edition, tuple(work.made), edition.record.notes)
    begun: Begun | bool = False
    try:
        if first:
            # What a glance's first look saw it goes on from.
            kept = scratch / _FIRST_LOOK if scratch != edition.work else None
            begun = chart_first_look(film, edition, plain, asked.least_sure, kept)
        if begun:
            told.say(_LOOKED)
        return _go(work, given["pictures"], ahead, told, begun)
    finally:
        if scratch != edition.work:
            # A glance begins anew, so nothing that it gathered is of any use.
            shutil.rmtree(scratch, ignore_errors=True)


def _go(work: Work, read: str, ahead: PictureStream | None, told: Progress, begun: Begun | bool) -> Watched:
    """Do what is to do. read: key of how the picture is read; begun: what of it a first look has seen."""
    film, edition = work.film, work.edition
    streams = _streams(work, read, ahead, begun)
    del begun  # the keyframes of a long film
    resumed = max((s.resumed_at for s in streams if isinstance(s, PictureStream)), default=0.0)
    told.begin(edition.name, float(film.duration or 0), resumed)
    play(work, streams, told)
    # What was played at an earlier watch, and not at this one, was no less damaged for that.
    damage = {**edition.record.damage, **{s.evidence: tuple(s.damage.notes) for s in streams}}
    notes = (*_unheard(film), *_notes(damage)) if streams else edition.record.notes
    chart(work, streams)
    if _changed(film):
        # What was seen is not the edition that its tracks would be kept under.
        edition.forget([*work.made, "lines", *(edition.record.made if edition.glance else ())])
        shutil.rmtree(edition.work, ignore_errors=True)
        raise FilmError(f"{film.path}: the file changed while it was watched: nothing of it was kept, watch it again")
    edition.save(replace(edition.record, notes=notes, damage=damage))
    shutil.rmtree(work.scratch, ignore_errors=True)
    with suppress(OSError):
        edition.work.rmdir()  # where no full watch waits there to go on
    return Watched(edition, tuple(work.made), notes, resumed)


def _changed(film: FilmFacts) -> bool:
    """Whether the file is another one now; one that is gone was read to its end all the same."""
    try:
        return identify(film.path) != film.identity
    except OSError:
        return False


def _commit_lines(work: Work, words: Spans | None, key: str, lines_from: str) -> None:
    edition = work.edition
    if words is None:
        edition.forget(["lines"])
    elif not edition.is_made("lines", key):
        edition.commit(Made("lines", 1, {"from": lines_from}, key, ("lines",)), {"lines": words})
    if edition.record.lines_from != lines_from:
        edition.save(replace(edition.record, lines_from=lines_from))


def _streams(work: Work, read: str, ahead: PictureStream | None, begun: Begun | bool) -> list[Stream]:
    """The streams that are to be watched.

    read: key of how the picture is read; begun: what of it a first look has seen
    """
    pictures = [a for a in work.todo if a.watches == "pictures"]
    # What was fed so far hangs on no track: whatever is corrected meanwhile, a stopped watch goes on.
    who = [[a.name, a.version, dict(a.settings())] for a in work.order if a.watches == "pictures"]
    plan_key = hashed(work.edition.id, read, who)
    samples = [a for a in work.todo if a.watches == "samples"]
    streams: list[Stream] = []
    if pictures and all(hasattr(a, "glance") for a in pictures):
        from rewatch.watch.glance_stream import GlanceStream

        seen = None if isinstance(begun, bool) else begun
        streams.append(GlanceStream(work.film, pictures, work.scratch, begun=seen))
    elif pictures and ahead is not None:
        ahead.looked_at_by(pictures, plan_key)
        streams.append(ahead)
    elif pictures:
        streams.append(PictureStream(work.film, pictures, work.scratch, plan_key))
    if samples:
        streams.append(SoundStream(work.film, samples, work.scratch))
    return streams


def _unheard(film: FilmFacts) -> tuple[str, ...]:
    if film.sound is None and film.sounds:
        return (f"its sound ({film.sounds[0].codec}) cannot be decoded here: only the picture was charted",)
    return ()


def _notes(damage: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(note for evidence in ("pictures", "samples") for note in damage.get(evidence, ())))
