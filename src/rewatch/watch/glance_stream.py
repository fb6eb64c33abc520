"""The picture of a glance as a stream of the runner, and analysers that stand in for those of the full watch.

Each stand-in bears the name of an analyser, gives its tracks, and is kept under another key (the picture was read
otherwise), so that a full watch later takes its place. Its settings say how it was glanced. What is measured frame by
frame is measured by the analyser itself on the frames that were looked at; between them values are interpolated, within
a shot, never across a boundary. What a glance has no answer for (the camera) is not given.

A film that cannot be glanced at is read in full here, with the same analysers.

Contents
    glanced        the stand-ins of a plan
    first_look     those of them that a first look can finish
    read_at        keys of what the runner gives, where it is a glance or a first look
    GlanceStream   the stream that feeds them
    HOW, SOURCE    what stands in the settings of whatever was glanced: what was looked at, what a track was made from
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from rewatch.analyser import Analyser, Gives
from rewatch.clock import FRAMES, Clock
from rewatch.evidence import Pictures
from rewatch.facts import FilmFacts
from rewatch.film.ending import note_picture
from rewatch.film.pictures import read_pictures
from rewatch.images.boundaries import Boundaries
from rewatch.images.boundaries_fades import Transition
from rewatch.images.colour import Colour
from rewatch.images.glance_activity import CodedActivity
from rewatch.images.glance_stills import GlanceStills
from rewatch.images.light import Light
from rewatch.images.motion import Activity
from rewatch.images.palette import Palette
from rewatch.images.stills import Stills
from rewatch.track import Curve, Events, Spans, Track
from rewatch.watch.first_look import FirstLook
from rewatch.watch.frames import Frames
from rewatch.watch.glance import Glance, NoGlance, Seen
from rewatch.watch.plan import AnyAnalyser, hashed
from rewatch.watch.streams import Stream

VERSION = 3
"""Part of the key of all that is glanced: one higher where a glance gives other tracks than before."""
HOW, SOURCE = "glanced", "glanced_from"
LOOKED = Gives("looked", "spans", "stretches of which every frame or anchors alone were looked at; else keyframes were")


class Stand(Analyser[Pictures]):
    """Stands in for an analyser of the picture.

    glance: None where the film was read in full after all
    how:    what was looked at, in words
    """

    watches = "pictures"
    source = "the frames looked at; between two of one shot, what lies between them"
    """What its tracks are made from, in words."""

    def __init__(self, own: AnyAnalyser) -> None:
        self.own = own
        self.how = ""
        self.glance: Glance | None = None

    def settings(self) -> Mapping[str, Any]:
        if not self.how:
            return self.own.settings()
        return {**self.own.settings(), HOW: self.how, **({SOURCE: self.source} if self.glance else {})}

    def begin(self, film: FilmFacts, scratch: Path) -> None:
        self.film, self.scratch = film, scratch
        self.own.begin(film, scratch)

    def feed(self, piece: Pictures) -> None:
        """A piece of what was looked at, in order; in full where there is no glance."""
        self.own.feed(piece)

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        given = self.own.finish(tracks)
        return given if self.glance is None else {name: widened(t, self.glance) for name, t in given.items()}


class _StandBoundaries(Stand):
    source = "the frames looked at, and the sizes and kinds of the packets"

    def feed(self, piece: Pictures) -> None:
        if self.glance is None:
            self.own.feed(piece)

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        if self.glance is None:
            return self.own.finish(tracks)
        black = np.array(self.glance.black(), np.int64).reshape(-1, 2)
        return {
            "boundaries": _spans("boundaries", self.glance.transitions()),
            "doubtful": _spans("doubtful", self.glance.doubts()),
            "black": Spans("black", black[:, 0], black[:, 1], ["black"] * len(black), FRAMES),
        }


def _spans(name: str, found: list[Transition]) -> Spans:
    begin, end = (np.array(edge, np.int64) for edge in ([t.first for t in found], [t.last + 1 for t in found]))
    sure = {"sure": np.array([t.sure for t in found], np.float64)}
    return Spans(name, begin, end, [t.kind for t in found], FRAMES, sure)


class _StandFrames(Stand):
    source = "the packets of the whole film"

    def begin(self, film: FilmFacts, scratch: Path) -> None:
        super().begin(film, scratch)
        self._kinds: list[tuple[int, npt.NDArray[np.uint8]]] = []

    def feed(self, piece: Pictures) -> None:
        if self.glance is None:
            self.own.feed(piece)
        else:
            self._kinds.append((piece.first, piece.kind.copy()))

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        if self.glance is None:
            return self.own.finish(tracks)
        order = self.glance.coded
        keyframe = np.zeros(len(order), np.bool_)
        keyframe[order.keyframes] = True
        kind = np.where(keyframe, ord("I"), np.where(order.anchor, ord("P"), ord("B"))).astype(np.uint8)
        for first, known in self._kinds:
            kind[first : first + len(known)] = known
        duration = np.append(np.diff(order.pts), order.duration).astype(np.int64)
        columns = {"duration": duration, "keyframe": keyframe, "size": order.size, "kind": kind}
        spans = [(a, b, "every frame") for a, b in self.glance.spans()]
        spans = sorted(spans + [(a, b, "anchors") for a, b in self.glance.skims()])
        begin, end = (np.array([span[edge] for span in spans], np.int64) for edge in (0, 1))
        looked = Spans("looked", begin, end, [span[2] for span in spans], FRAMES)
        return {"frames": Events("frames", order.pts, Clock(1 / order.time_base), columns), "looked": looked}


class _StandActivity(Stand):
    source = "the stretches looked at in full; elsewhere the bytes that frames take, as these tell to read them"

    def begin(self, film: FilmFacts, scratch: Path) -> None:
        super().begin(film, scratch)
        self._coded = CodedActivity(film, scratch)

    def feed(self, piece: Pictures) -> None:
        if self.glance is None:
            self.own.feed(piece)
        else:
            self._coded.feed(piece)

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        if self.glance is None:
            return self.own.finish(tracks)
        order = self.glance.order
        values = self._coded.curve(order.keyframes, order.size, [t.first for t in self.glance.transitions()])
        return {"activity": Curve("activity", values, FRAMES, "1 - r")}


class _StandStills(Stand):
    source = "the frames looked at"

    def __init__(self, own: AnyAnalyser) -> None:
        super().__init__(own)
        self.taken = GlanceStills()
        self.take = self.taken.take

    def begin(self, film: FilmFacts, scratch: Path) -> None:
        self.taken.begin(scratch)

    def feed(self, piece: Pictures) -> None:
        self.taken.feed(piece)

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        return self.taken.finish(tracks.get("shots"))


_STANDS: Mapping[type[AnyAnalyser], type[Stand]] = {
    Frames: _StandFrames,
    Boundaries: _StandBoundaries,
    Light: Stand,
    Colour: Stand,
    Palette: Stand,
    Activity: _StandActivity,
    Stills: _StandStills,
}


def glanced(order: Sequence[AnyAnalyser]) -> list[AnyAnalyser]:
    """A plan's analysers, those of the picture by their stand-ins; those that have none are left out."""
    kept: list[AnyAnalyser] = []
    for own in order:
        stand = _STANDS.get(type(own))
        if own.watches != "pictures":
            kept.append(own)
        elif stand is not None:
            gives = (*own.gives, LOOKED) if stand is _StandFrames else own.gives
            # A class of its own: what an analyser declares stands in its class.
            named = {"name": own.name, "version": own.version, "needs": own.needs, "gives": gives}
            kept.append(type(f"Glanced{type(own).__name__}", (stand,), named)(own))
    return kept


def first_look(order: Sequence[AnyAnalyser]) -> list[AnyAnalyser]:
    """Of a plan's stand-ins, and of the analysers of tracks, those that rest on the picture and the lines alone."""
    known, kept = {"lines", "corrections"}, []
    for analyser in glanced([a for a in order if a.watches != "samples"]):
        if known.issuperset(analyser.needs):
            kept.append(analyser)
            known.update(g.name for g in analyser.gives)
    return kept


def read_at(kind: Literal["glance", "first look"], given: Mapping[str, str]) -> dict[str, str]:
    """The keys of what the runner gives (`plan.given_keys`), where the picture is read in that way."""
    return {**given, "pictures": hashed(given["pictures"], kind, VERSION)}


def widened(track: Track, glance: Glance) -> Track:
    """A curve of the frames that were looked at as one of all frames; any other track as it is."""
    if not isinstance(track, Curve) or not track.clock.counts_frames:
        return track
    at = np.flatnonzero(glance.looked)
    if len(at) != len(track.values) or not len(at):
        raise ValueError(f"track {track.name}: {len(track.values)} values of {len(at)} frames that were looked at")
    frames = np.arange(len(glance.looked))
    before = np.searchsorted(at, frames, side="right") - 1
    after = np.minimum(before + (at[before] < frames), len(at) - 1)
    a, b = at[before], at[after]
    edges = np.array([t.first for t in glance.transitions() if t.kind == "cut"], np.int64)
    # Between two shots nothing is halfway.
    crossed = np.searchsorted(edges, b, side="right") > np.searchsorted(edges, a, side="right")
    share = np.where(crossed | (b == a), 0.0, (frames - a) / np.maximum(b - a, 1))
    share = share.reshape(-1, *[1] * (track.values.ndim - 1))
    values = track.values[before] * (1 - share) + track.values[after] * share
    return Curve(track.name, values.astype(track.values.dtype), track.clock, track.unit, track.columns)


def _how(glance: Glance, first: bool) -> str:
    """What was looked at, in words."""
    looked = [_many(len(glance.order.keyframes), "keyframe")]
    if spans := len(glance.spans()):
        looked.append(f"{_many(spans, 'stretch', 'stretches')} in full")
    kind = "a first look at" if first else "glanced at"
    text = f"{kind} {int(glance.looked.sum())} of {_many(len(glance.looked), 'frame')} ({', '.join(looked)})"
    # Of these no more than boundaries was asked, and their frames are not counted.
    skims = len(glance.skims())
    return f"{text}, for boundaries at {_many(skims, 'stretch', 'stretches')} without B frames too" if skims else text


def _many(count: int, one: str, more: str = "") -> str:
    return f"{count} {one if count == 1 else more or one + 's'}"


class Begun(NamedTuple):
    """What a first look hands on: the keyframes, and the stills that they were taken for (none or one)."""

    seen: Seen
    stills: list[GlanceStills]


class GlanceStream(Stream):
    """The picture, glanced at; in full where that cannot be.

    first: a first look alone; it fails (NoGlance) where the film allows none
    begun: a first look that it goes on from; kept: whether this one, which is a first look, is to be gone on from
    """

    evidence = "pictures"
    goes_on = False

    def __init__(
        self,
        film: FilmFacts,
        analysers: Sequence[AnyAnalyser],
        scratch: Path,
        first: bool = False,
        begun: Begun | None = None,
        kept: bool = False,
    ) -> None:
        super().__init__(film, analysers, scratch)
        self._first = first
        self._begun = begun
        self._kept = kept
        self.seen: Begun | None = None

    def _jobs(self) -> list[Any]:
        return [self._glance]

    def _glance(self) -> None:
        self._begin()
        stands = [a for a in self.analysers if isinstance(a, Stand)]
        kind = FirstLook if self._first else Glance
        glance = kind(self.film, self._scratch, self._feed, self._at, self._large)
        glance.on_step = self._unless_stopped
        stills = [a.taken for a in stands if isinstance(a, _StandStills)]
        if isinstance(glance, FirstLook):
            glance.keeps = self._kept
            for taken in stills:
                taken.handed_on = self._kept
        elif self._begun is not None:
            glance.begun = self._begun.seen
            for before, taken in zip(self._begun.stills, stills, strict=True):
                taken.go_on_from(before)
            self._begun = None
        for stand in stands:
            stand.glance = glance
        try:
            glance.look()
        except NoGlance as why:
            if self._first:
                raise
            self._in_full(stands, str(why).rpartition(": ")[2])
        else:
            if isinstance(glance, FirstLook) and glance.seen is not None:
                self.seen = Begun(glance.seen, stills)
                glance.seen = None
            how = _how(glance, self._first)
            for stand in stands:
                stand.how = how
            order = glance.order
            self.seconds = float((int(order.pts[-1]) + order.duration) * order.time_base)
            if not self._first:
                note_picture(self.film, order.holes, int(order.pts[0]), int(order.pts[-1]), order.duration, self.damage)
        if not self._stop.is_set():
            self.ended.set()

    def _unless_stopped(self) -> None:
        if self._stop.is_set():
            raise InterruptedError

    def _large(self, frame: int, rgb: npt.NDArray[np.uint8]) -> None:
        self._unless_stopped()
        for analyser in self.analysers:
            if isinstance(analyser, _StandStills):
                analyser.take(frame, rgb)

    def _at(self, second: float) -> None:
        self.seconds = second
        self._unless_stopped()

    def _in_full(self, stands: Sequence[Stand], why: str) -> None:
        for stand in stands:
            stand.glance = None
            stand.how = f"every frame looked at ({why})"
        self._begin()
        for piece in read_pictures(self.film, damage=self.damage):
            self._feed(piece)
            self._at(float((int(piece.pts[-1]) + piece.duration) * piece.time_base))

    def _feed(self, piece: Pictures) -> None:
        for analyser in self.analysers:
            analyser.feed(piece)
