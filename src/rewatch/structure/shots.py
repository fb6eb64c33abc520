"""Shots: boundaries -> stretches of picture that tile the film.

What counts as a shot, and where one ends
    A cut divides at the first frame of the new shot, a gradual transition at the middle of its mixed frames.
    Every change of picture counts once, as Salt counts them (*Film Style and Technology*, 3rd ed. 2009): black that
    stands for a moment between two pictures is part of the change and no shot of its own. So
        fade out, black, fade in     is one fade through black, from the first mixed frame to the last
        fade out, black, cut         divides at the cut: that is how the new shot begins
        cut to black, black, fade in divides in the fade: likewise
        cut to black, black, cut     divides at the second cut
        fade out, a cut within a frame of its end (a card pops on)   divides in the fade
    Black that stands longer than `BLACK_SHOT` seconds between two pictures is a passage of its own and is kept.
    A fade up from the black in which a film opens, and down to that in which it ends, has a shot on one side only: it
    is an edge, not a change. The same holds for a cut from or to such black where it is short.
    What a person said by hand (the track ``corrections``) stands over all of that.
    How sure a boundary must be to count can be asked for; else it is as the detector has it.

Contents
    chosen       what was measured -> the boundaries that are sure enough
    changes      boundaries -> the changes of shot among them
    corrected    those, with what was said by hand
    shots_track  changes -> the track ``shots``
    shots_json   the track -> what ``rewatch shots --json`` prints
    Shots        the analyser
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from rewatch.analyser import Analyser, Gives
from rewatch.clock import FRAMES, FrameTimes
from rewatch.figure import Figure
from rewatch.track import Events, Spans, Track, frame_times

BLACK_SHOT = 3.0
"""Seconds of black between two pictures from which on it counts as a shot of its own."""

DARK = 0.75
"""Seconds after a fade out, and before a fade in, for which the picture is taken for dark, whether it measures as black
or not."""

LEAST_SURE = "least_sure"
"""Name of the setting: the probability from which on a boundary counts."""

_OUT = ("fade_out", "cut")
_IN = ("fade_in", "cut")

FIGURES = (
    Figure(
        "shot",
        "Shot",
        "",
        "stretch between one change of picture and the next; gradual transitions divide at their middle, short "
        "black between two pictures belongs to the change; what was corrected by hand stands",
        "after Salt, Film Style and Technology (3rd ed. 2009)",
        ("boundaries", "black", "frames"),
        "everything that counts or times shots",
        "shots that a hidden cut joins into one look as one",
    ),
)


@dataclass(frozen=True, slots=True)
class Change:
    """One change of picture: frames ``first .. last`` are mixed or new (a cut: both the first new frame).

    at: first frame of the new shot, as shots are divided
    by_hand: whether a person put it there
    """

    kind: str
    first: int
    last: int
    sure: float
    at: int
    by_hand: bool = False

    def away(self, frame: int) -> int:
        """Frames from it to `frame`, 0 within."""
        return 0 if frame == self.at else max(self.first - frame, frame - self.last, 0)


def chosen(boundaries: Spans, doubtful: Spans | None, least_sure: float) -> Spans:
    """Of what was measured, whether it counted or nearly did, the boundaries that are so sure, in order."""
    parts = [boundaries] if doubtful is None or not len(doubtful) else [boundaries, doubtful]
    begin, end = (np.concatenate([getattr(part, edge) for part in parts]) for edge in ("begin", "end"))
    sure = np.concatenate([np.asarray(part.columns["sure"], np.float64) for part in parts])
    label = [kind for part in parts for kind in part.label]
    kept = [n for n in np.lexsort((end, begin)).tolist() if sure[n] >= least_sure]
    return Spans(
        boundaries.name, begin[kept], end[kept], [label[n] for n in kept], boundaries.clock, {"sure": sure[kept]}
    )


def _change(kind: str, first: int, last: int, sure: float) -> Change:
    return Change(kind, first, last, sure, first if kind == "cut" else (first + last + 1) // 2)


def _without_doubles(found: Iterable[Change]) -> list[Change]:
    """Where two boundaries share a frame they are one change: the gradual one, else the surer."""
    kept: list[Change] = []
    for change in sorted(found, key=lambda c: (c.first, c.last)):
        if kept and change.first <= kept[-1].last:
            rank = (kept[-1].kind != "cut", kept[-1].sure), (change.kind != "cut", change.sure)
            if rank[1] > rank[0]:
                kept[-1] = change
        else:
            kept.append(change)
    return kept


class _Black:
    """Which frames are black, asked of stretches."""

    def __init__(self, black: Spans | None, count: int) -> None:
        self.known = black is not None
        dark = np.zeros(count + 1, dtype=np.int64)
        if black is not None:
            for begin, end in zip(black.begin.tolist(), black.end.tolist(), strict=True):
                dark[begin + 1 : end + 1] = 1
        self.sum = np.cumsum(dark)

    def share(self, begin: int, end: int) -> float:
        """How much of frames ``[begin, end)`` is black, 0..1; an empty stretch is."""
        if end <= begin:
            return 1.0
        return float(self.sum[end] - self.sum[begin]) / (end - begin)


def changes(
    boundaries: Spans, count: int, seconds: npt.NDArray[np.float64], black: Spans | None = None
) -> tuple[list[Change], Change | None, Change | None]:
    """The changes of shot, the transition that opens the film and the one that ends it (None: there is none).

    count:   frames of the film
    seconds: (count + 1,) when each begins, the last entry being the end of the picture
    black:   the track ``black``; without it, what lies between a fade out and the fade in that follows is taken for
             black, and a fade in that nothing comes before for the film's opening
    """
    sure = np.asarray(boundaries.columns.get("sure", np.ones(len(boundaries))), dtype=np.float64)
    rows = zip(boundaries.label, boundaries.begin.tolist(), boundaries.end.tolist(), sure.tolist(), strict=True)
    inside = (_change(k, max(b, 0), min(e, count) - 1, s) for k, b, e, s in rows if b < count and e > max(b, 0))
    found = _without_doubles(inside)
    dark = _Black(black, count)

    def lasts(begin: int, end: int) -> float:
        return float(seconds[end] - seconds[begin]) if end > begin else 0.0

    def is_black(begin: int, end: int, fades: bool) -> bool:
        return dark.share(begin, end) >= 0.8 if dark.known else fades

    opening = ending = None
    if found and found[0].kind in _IN:
        first = found[0]
        fades = first.kind == "fade_in"
        if is_black(0, first.first, fades) and (fades or 0 < lasts(0, first.first) <= BLACK_SHOT):
            opening, found = first, found[1:]
    if found and found[-1].kind in _OUT:
        last = found[-1]
        fades = last.kind == "fade_out"
        begin = last.last + 1 if fades else last.first
        if is_black(begin, count, fades) and (fades or 0 < lasts(begin, count) <= BLACK_SHOT):
            ending, found = last, found[:-1]

    joined: list[Change] = []
    for change in found:
        before = joined[-1] if joined else None
        if before is not None and before.kind in _OUT and change.kind in _IN:
            begin = before.last + 1 if before.kind == "fade_out" else before.first
            both_fade = before.kind == "fade_out" and change.kind == "fade_in"
            if before.kind == "fade_out" and change.kind == "cut" and change.first - begin <= 1:
                continue
            gap = lasts(begin, change.first)
            # A fade ends in the dark and begins in it, even one that is not quite black (an iris, an old print).
            dim = gap <= DARK and (before.kind, change.kind) != ("cut", "cut")
            if change.first >= begin and gap <= BLACK_SHOT and (dim or is_black(begin, change.first, both_fade)):
                surer = max(before.sure, change.sure)
                if both_fade:
                    joined[-1] = _change("fade_through_black", before.first, change.last, surer)
                else:
                    joined[-1] = replace(change, sure=surer)
                continue
        joined.append(change)
    # Two changes can only fall on one frame where the picture between them lasts no frame at all.
    divided = [c for i, c in enumerate(joined) if 0 < c.at < count and (i == 0 or c.at > joined[i - 1].at)]
    return divided, opening, ending


def corrected(
    divided: list[Change], opening: Change | None, count: int, corrections: Events | None
) -> tuple[list[Change], Change | None]:
    """The changes, and the transition that opens the film, as a person left them.

    corrections: frames of the film with the column ``kind``. "not" takes out the nearest change within a frame; "cut"
                 puts one there, over whatever spans that frame
    """
    if corrections is None:
        return divided, opening
    said = list(zip(corrections.at.tolist(), corrections.columns["kind"], strict=True))
    kept: list[Change] = list(divided)
    for frame in (f for f, kind in said if kind == "not"):
        known = [c for c in (*kept, *([opening] if opening is not None else [])) if c.away(frame) <= 1]
        if known:
            gone = min(known, key=lambda c: c.away(frame))
            opening = None if gone is opening else opening
            kept = [c for c in kept if c is not gone]
    cuts = sorted(f for f, kind in said if kind == "cut" and 0 < f < count)
    kept = [c for c in kept if not any(c.away(frame) == 0 for frame in cuts)]
    kept += [Change("cut", frame, frame, 1.0, frame, by_hand=True) for frame in cuts]
    return sorted(kept, key=lambda c: c.at), opening


def shots_track(divided: list[Change], opening: Change | None, count: int) -> Spans:
    """Changes of shot -> the track ``shots``, which tiles frames ``[0, count)``.

    label: kind of the transition that begins the shot ("" for the first, unless the film fades in)
    first_frame, last_frame: int64, first and last frame of that transition, inclusive; -1 where there is none
    sure:  probability of the boundary that begins it, 0..1 (1 for the first, and for what was put there by hand)
    by_hand: bool, whether a person said that it begins there
    """
    begins = np.array([0, *(c.at for c in divided)] if count else [], dtype=np.int64)
    ends = np.append(begins[1:], count).astype(np.int64) if count else begins
    start = opening if opening is not None and opening.kind != "cut" else None
    how: list[Change | None] = [start, *divided] if count else []
    return Spans(
        "shots",
        begins,
        ends,
        [c.kind if c else "" for c in how],
        FRAMES,
        {
            "first_frame": np.array([c.first if c else -1 for c in how], dtype=np.int64),
            "last_frame": np.array([c.last if c else -1 for c in how], dtype=np.int64),
            "sure": np.array([c.sure if c else 1.0 for c in how], dtype=np.float64),
            "by_hand": np.array([c is not None and c.by_hand for c in how], dtype=np.bool_),
        },
    )


def shots_json(shots: Spans, frames: FrameTimes | None = None) -> list[dict[str, Any]]:
    """The shots as ``rewatch shots --json`` prints them, in order.

    ``{"index", "first_frame", "last_frame", "start", "end", "transition", "sure", "by_hand"}`` each: index from 1,
    last_frame inclusive, start and end in seconds to a microsecond, transition ``{"kind", "first_frame",
    "last_frame"}`` or None for a first shot that simply begins; sure: the probability that it begins there, None where
    nothing was measured; by_hand: whether a person said so. A film known only by its shot list has no frames: these
    are None then, and `frames` is not needed.
    """
    on_frames = shots.clock.counts_frames
    start, end = shots.begin_seconds(frames).tolist(), shots.end_seconds(frames).tolist()
    first = shots.columns.get("first_frame", np.full(len(shots), -1))
    last = shots.columns.get("last_frame", np.full(len(shots), -1))
    sure, by_hand = shots.columns.get("sure"), shots.columns.get("by_hand")
    rows: list[dict[str, Any]] = []
    for i, span in enumerate(shots):
        kind, a, b = shots.label[i], int(first[i]), int(last[i])
        known = {
            "kind": kind,
            "first_frame": a if a >= 0 and on_frames else None,
            "last_frame": b if b >= 0 and on_frames else None,
        }
        rows.append(
            {
                "index": i + 1,
                "first_frame": span.begin if on_frames else None,
                "last_frame": span.end - 1 if on_frames else None,
                "start": round(start[i], 6),
                "end": round(end[i], 6),
                "transition": known if kind else None,
                "sure": round(float(sure[i]), 4) if sure is not None else None,
                "by_hand": bool(by_hand[i]) if by_hand is not None else False,
            }
        )
    return rows


class Shots(Analyser[None]):
    """Boundaries -> shots; see the module's docstring for what counts as one.

    least_sure: probability from which on a boundary counts, where that was asked for; None: as the detector has it
    """

    name = "shots"
    version = 2
    watches = "tracks"
    needs = ("boundaries", "doubtful", "black", "frames", "corrections")
    gives = (
        Gives(
            "shots",
            "spans",
            "the shots, each labelled by the transition that begins it",
            columns=("first_frame", "last_frame", "sure", "by_hand"),
            source=FIGURES[0].source,
        ),
    )

    def __init__(self, least_sure: float | None = None) -> None:
        self.least_sure = least_sure

    def settings(self) -> Mapping[str, Any]:
        asked = {} if self.least_sure is None else {LEAST_SURE: self.least_sure}
        return {"black_shot": BLACK_SHOT, "dark": DARK, **asked}

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        frames, boundaries, black = tracks.get("frames"), tracks.get("boundaries"), tracks.get("black")
        if not isinstance(frames, Events) or not isinstance(boundaries, Spans):
            return {"shots": shots_track([], None, 0)}
        if self.least_sure is not None:
            nearly = tracks.get("doubtful")
            boundaries = chosen(boundaries, nearly if isinstance(nearly, Spans) else None, self.least_sure)
        times = frame_times(frames)
        seconds = times.seconds(np.arange(len(times) + 1))
        dark = black if isinstance(black, Spans) else None
        divided, opening, _ = changes(boundaries, len(times), seconds, dark)
        said = tracks.get("corrections")
        divided, opening = corrected(divided, opening, len(times), said if isinstance(said, Events) else None)
        return {"shots": shots_track(divided, opening, len(times))}
