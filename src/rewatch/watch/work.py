"""One watch under way: what is to do, what is done; its streams run to their end, each analyser finishes and is kept.

Contents
    Work      what is to do, what is done
    play      run streams to their end
    chart     finish what waits for tracks
    Stopped   a person interrupted it
"""

from __future__ import annotations

import errno
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from importlib import import_module
from pathlib import Path

from rewatch.clock import timecode
from rewatch.errors import RewatchError
from rewatch.facts import FilmFacts
from rewatch.library import atomic
from rewatch.library.edition import Edition, Made
from rewatch.track import Track
from rewatch.watch.corrected import duration_of
from rewatch.watch.needed import Needed
from rewatch.watch.plan import AnyAnalyser
from rewatch.watch.progress import Progress
from rewatch.watch.streams import Stream, give_back_memory, return_large_arrays

_LOOK_EVERY = 0.1
_SETTLE_EVERY = 0.5
"""Seconds after which what was finished is made safe on the disk: what was finished since would be lost by a kill."""


class Stopped(RewatchError):
    """The watch was interrupted; what was done is kept."""


@dataclass(slots=True)
class Work:
    """One watch under way: what is to do, what is done.

    scratch: folder in which what is gathered waits; no other watch may have left anything there that it goes on with
    """

    film: FilmFacts
    edition: Edition
    order: list[AnyAnalyser]
    key: dict[str, str]
    todo: list[AnyAnalyser]
    scratch: Path
    made: list[str] = field(default_factory=list)
    _settled: float = field(default_factory=time.monotonic)

    def finish(self, analyser: AnyAnalyser) -> None:
        """Let an analyser finish, and commit what it gives."""
        given = analyser.finish(Needed(self.edition, analyser.needs))
        self._commit(analyser, given)
        # What it gathered is stored, and need not be held while the others finish.
        vars(analyser).clear()
        self.edition.let_go(but={need for waiting in self.todo for need in waiting.needs})
        del given
        give_back_memory()
        if time.monotonic() - self._settled > _SETTLE_EVERY:
            self.settle()

    def settle(self) -> None:
        """Make safe what was finished."""
        self.edition.settle()
        self._settled = time.monotonic()

    def played(self, stream: Stream) -> None:
        """Remember where a stream truly ended, whatever its header says."""
        end = Fraction(stream.seconds).limit_denominator(10**6)
        record = self.edition.record
        self.edition.save(replace(record, played={**record.played, stream.evidence: end}))

    def _commit(self, analyser: AnyAnalyser, given: Mapping[str, Track]) -> None:
        declared = {g.name for g in analyser.gives}
        if not set(given) <= declared:
            raise ValueError(f"{analyser.name} gave {sorted(set(given) - declared)}, which it does not declare")
        made = Made(
            analyser.name,
            analyser.version,
            dict(analyser.settings()),
            self.key[analyser.name],
            tuple(given),
            tuple(analyser.needs),
        )
        self.edition.commit(made, given, self.scratch / analyser.name / "keep", settled=False)
        self.made.append(analyser.name)
        self.todo = [a for a in self.todo if a.name != analyser.name]


def play(work: Work, streams: list[Stream], told: Progress) -> None:
    """Run the streams to their end; what needs no other stream is finished and committed when its stream ends."""
    for stream in streams:
        stream.start()
    try:
        # The last to finish draw numbers: what that needs is loaded while the film is decoded.
        import_module("numpy.random")
        playing = list(streams)
        while playing:
            for stream in playing:
                stream.ended.wait(_LOOK_EVERY / len(playing))
            told.moved(min(s.seconds for s in playing))
            for stream in [s for s in playing if s.ended.is_set()]:
                playing.remove(stream)
                stream.stop()
                if stream.failure:
                    _raise(stream.failure, work.scratch)
                work.played(stream)
                for analyser in list(stream.analysers):
                    if not any(n in {g.name for a in work.todo for g in a.gives} for n in analyser.needs):
                        work.finish(analyser)
                        stream.analysers.remove(analyser)
    except KeyboardInterrupt:
        for stream in streams:
            stream.stop()
        at = min(s.seconds for s in streams)
        further = f"at {timecode(at)}; the same command goes on from there"
        raise Stopped(
            f"stopped {further}" if all(s.goes_on for s in streams) else "stopped; the same command begins anew"
        ) from None
    finally:
        for stream in streams:
            stream.stop()
        work.settle()


def _raise(failure: BaseException, scratch: Path) -> None:
    if isinstance(failure, OSError) and failure.errno in (errno.ENOSPC, errno.EDQUOT):
        with atomic.explained(scratch / "scratch"):
            raise failure
    raise failure


def chart(work: Work, streams: list[Stream]) -> None:
    """Finish all that waits for tracks, in order, now that the film's true length is known."""
    return_large_arrays()
    fed = {a.name: a for s in streams for a in s.analysers}
    film = replace(work.film, duration=duration_of(work.edition))
    try:
        for analyser in [fed.get(a.name, a) for a in work.todo]:
            if analyser.watches == "tracks":
                scratch = work.scratch / analyser.name
                scratch.mkdir(parents=True, exist_ok=True)
                analyser.begin(film, scratch)
            work.finish(analyser)
    finally:
        work.settle()
